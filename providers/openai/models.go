package openai

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

const (
	listing = "listing models"

	maxList = 64 << 20 // OpenRouter's is about a megabyte
)

// listed is a model as any service may describe it.
type listed struct {
	ID     loose `json:"id"`
	Type   loose `json:"type"`
	Active *bool `json:"active"`

	// The window. Its first name that is given counts: what a local server
	// has loaded is less than what the model could do.
	Loaded  wire.Tally `json:"loaded_context_length"`
	Max     wire.Tally `json:"max_model_len"`
	Length  wire.Tally `json:"context_length"`
	Window  wire.Tally `json:"context_window"`
	Longest wire.Tally `json:"max_context_length"`
	Meta    struct {
		Now     wire.Tally `json:"n_ctx"`
		Trained wire.Tally `json:"n_ctx_train"`
	} `json:"meta"`

	MaxOutput     wire.Tally `json:"max_output_tokens"`
	MaxCompletion wire.Tally `json:"max_completion_tokens"`
	Top           struct {
		MaxCompletion wire.Tally `json:"max_completion_tokens"`
	} `json:"top_provider"`

	Architecture struct {
		Inputs  []string `json:"input_modalities"`
		Outputs []string `json:"output_modalities"`
	} `json:"architecture"`
	Capabilities struct {
		Chat   *bool `json:"completion_chat"`
		Vision *bool `json:"vision"`
		Tools  *bool `json:"function_calling"`
		Audio  *bool `json:"audio"`
	} `json:"capabilities"`
	Image      *bool    `json:"supports_image_input"`
	ToolUse    *bool    `json:"supports_tools"`
	Parameters []string `json:"supported_parameters"`

	Reasoning *listedReasoning `json:"reasoning"`
	Pricing   pricing          `json:"pricing"`
}

// listedReasoning is how a model of OpenRouter's can be told to think.
type listedReasoning struct {
	Efforts   []string `json:"supported_efforts"` // empty for all
	Mandatory bool     `json:"mandatory"`
	Budget    bool     `json:"supports_max_tokens"`
}

// pricing is dollars per token as text (OpenRouter), or dollars per million
// tokens as numbers (Together).
type pricing struct {
	Prompt         *loose `json:"prompt"`
	Completion     *loose `json:"completion"`
	CacheRead      *loose `json:"input_cache_read"`
	CacheWrite     *loose `json:"input_cache_write"`
	CacheWriteHour *loose `json:"input_cache_write_1h"`
	Audio          *loose `json:"audio"`
	Image          *loose `json:"image"`   // each
	Request        *loose `json:"request"` // each

	Input  *loose `json:"input"`
	Output *loose `json:"output"`
	Cached *loose `json:"cached_input"`
}

// Models implements [providers.Provider]. It lists what answers in text.
func (s *service) Models(ctx context.Context) ([]providers.Model, error) {
	models, err := s.models(ctx)
	if err != nil {
		return nil, s.fail(listing, "", err)
	}
	return models, nil
}

func (s *service) models(ctx context.Context) ([]providers.Model, error) {
	r, err := s.request(ctx, http.MethodGet, "/models", nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		_, err := s.refused(resp)
		return nil, err
	}
	if first, err := resp.First(); err == nil && first == '<' {
		return nil, s.client.Page(resp)
	}
	data, _, err := resp.All(maxList)
	if err != nil {
		return nil, err
	}
	list, err := s.parseList(data)
	if err != nil {
		return nil, err
	}
	today := time.Now().Format(time.DateOnly)
	var models []providers.Model
	seen := map[loose]bool{"": true}
	for _, l := range list {
		if !seen[l.ID] && l.talks() && (s.dialect != own || !s.mute(string(l.ID))) {
			seen[l.ID] = true
			models = append(models, s.model(l, today))
		}
	}
	return models, nil
}

// parseList reads a list, bare or under "data".
func (s *service) parseList(data []byte) ([]listed, error) {
	var page struct {
		Data  json.RawMessage `json:"data"`
		Error json.RawMessage `json:"error"`
	}
	whole := data
	if wire.Lenient(data, &page) == nil && page.Data != nil {
		data = page.Data
	}
	var items []json.RawMessage
	if json.Unmarshal(data, &items) != nil || len(items) == 0 && wire.Given(page.Error) {
		if err := s.faultIn(whole); err != nil {
			return nil, err
		}
		return nil, wire.Malformed("not a list of models", whole, s.endpoint.Key)
	}
	list := make([]listed, 0, len(items))
	for _, item := range items {
		var l listed
		if wire.Lenient(item, &l) == nil {
			list = append(list, l)
		}
	}
	return list, nil
}

// talks reports whether a model holds a conversation in text, as far as the
// list says.
func (l *listed) talks() bool {
	if l.Active != nil && !*l.Active || l.Capabilities.Chat != nil && !*l.Capabilities.Chat {
		return false
	}
	if out := l.Architecture.Outputs; len(out) > 0 && !slices.Contains(out, "text") {
		return false
	}
	switch l.Type {
	case "embedding", "embeddings", "rerank", "moderation", "image", "audio", "transcribe", "video":
		return false
	}
	return true
}

// mute reports whether one of OpenAI's models can't be asked by the service's
// protocol; OpenAI's list says nothing but names.
func (s *service) mute(id string) bool {
	part := func(name string) bool { return strings.Contains(id, name) }
	return slices.ContainsFunc(mute, part) || slices.ContainsFunc(s.protocol.mute(), part)
}

// mute are parts of the names of models that don't chat.
var mute = []string{"embedding", "tts", "whisper", "dall-e", "image", "moderation", "babbage", "davinci", "sora", "realtime", "transcribe", "instruct", "computer-use"}

func (s *service) model(l listed, today string) providers.Model {
	if l.Parameters != nil || l.Reasoning != nil {
		s.claims.Store(string(l.ID), claim{l.Parameters, l.Reasoning})
	}
	can := s.known(string(l.ID), l.abilities(s.dialect))
	s.listed.Store(string(l.ID), can)
	menu := s.menu(string(l.ID))
	m := providers.Model{
		Ref:     providers.Ref{Provider: s.endpoint.Name, Model: string(l.ID)},
		Context: firstOf(l.Loaded, l.Max, l.Length, l.Window, l.Longest, l.Meta.Now, l.Meta.Trained),
		Output:  firstOf(l.Top.MaxCompletion, l.MaxCompletion, l.MaxOutput),
		Can:     can,
		Local:   s.endpoint.Local,
		Price:   l.Pricing.price(today),
		Accepts: menu.knobs(),
	}
	if by := s.dialect; m.Can.Thoughts == providers.Unknown && menu.thinks && by != openRouter && by != dashScope { // whose menus are for all models alike
		m.Can.Thoughts = providers.Yes
	}
	return m
}

func firstOf(counts ...wire.Tally) int {
	for _, n := range counts {
		if n > 0 {
			return int(n)
		}
	}
	return 0
}

// abilities are what the list tells; silence is Unknown.
func (l *listed) abilities(by dialect) providers.Abilities {
	var can providers.Abilities
	set := func(to *providers.Support, told *bool) {
		if told != nil {
			*to = providers.Supported(*told)
		}
	}
	if in := l.Architecture.Inputs; len(in) > 0 {
		can.Images = providers.Supported(slices.Contains(in, "image"))
		can.Audio = providers.Supported(slices.Contains(in, "audio"))
		if by == openRouter { // which has a word for it; of others' silence nothing follows
			can.Documents = providers.Supported(slices.Contains(in, "file"))
		}
	}
	if p := l.Parameters; len(p) > 0 {
		can.Tools = providers.Supported(slices.Contains(p, "tools"))
		can.Thoughts = providers.Supported(slices.Contains(p, "reasoning") || slices.Contains(p, "include_reasoning"))
	}
	set(&can.Images, l.Capabilities.Vision)
	set(&can.Images, l.Image)
	set(&can.Tools, l.Capabilities.Tools)
	set(&can.Tools, l.ToolUse)
	set(&can.Audio, l.Capabilities.Audio)
	return can
}

// price reads the prices exactly. One that can't be read, or is negative as a
// router's is, makes the whole price unknown: never zero.
func (p pricing) price(today string) *providers.Price {
	parse, in, out, read := providers.ParseDollars, p.Prompt, p.Completion, p.CacheRead
	perMillion := in == nil && out == nil
	if perMillion {
		parse, in, out, read = providers.ParsePerMillion, p.Input, p.Output, p.Cached
	}
	if in == nil || out == nil {
		return nil
	}
	var err error
	amount := func(v *loose, otherwise providers.Money) providers.Money {
		if v == nil || *v == "" {
			return otherwise
		}
		m, failed := parse(string(*v))
		err = errors.Join(err, failed)
		return m
	}
	price := providers.Price{Source: providers.Listed, AsOf: today}
	price.Input, price.Output = amount(in, 0), amount(out, 0)
	price.CacheRead, price.CacheWrite = amount(read, price.Input), price.Input
	if !perMillion {
		price.CacheWrite = amount(p.CacheWrite, price.Input)
		price.CacheWriteHour, price.Audio = amount(p.CacheWriteHour, 0), amount(p.Audio, 0)
		price.PerImage, price.PerRequest = amount(p.Image, 0), amount(p.Request, 0)
	}
	switch {
	case err != nil, *in == "", *out == "":
		return nil
	case price.Rates != (providers.Rates{}) || price.PerImage != 0 || price.PerRequest != 0:
	case perMillion:
		return nil // Together's way of saying that it has none
	default:
		price.Source = providers.Free
	}
	return &price
}
