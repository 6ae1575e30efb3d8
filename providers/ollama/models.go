package ollama

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ollama/ollama/api"

	"juxta/providers"
)

// A card is what is known of one model. Its zero value knows nothing.
type card struct {
	can     providers.Abilities
	context int // longest window in tokens; 0 if unknown
	licence string
	efforts bool // think takes low, medium and high, and not only on and off
	remote  bool // Ollama's cloud runs it, reached directly or through a server
	chats   providers.Support
	eyes    eyes
	build   providers.Build // without its server
}

// cards remembers what /api/show said, because the server reads the head of
// the model's file for every answer.
type cards struct {
	mu   sync.Mutex
	held map[string]heldCard // by full name
}

type heldCard struct {
	card
	digest string    // "" if it was not said with the card
	at     time.Time // last known to be true
}

// fresh is how long a card counts without asking: long enough for the turns of
// a conversation, short enough for a model that was created anew.
const fresh = time.Minute

func (c *cards) byName(name string) (card, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.held[fullName(name)]
	return h.card, ok && time.Since(h.at) < fresh
}

func (c *cards) byDigest(name, digest string) (card, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.held[fullName(name)]
	if !ok || digest == "" || h.digest != digest {
		return card{}, false
	}
	h.at = time.Now()
	c.held[fullName(name)] = h
	return h.card, true
}

func (c *cards) keep(name, digest string, m card) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]heldCard{}
	}
	c.held[fullName(name)] = heldCard{m, digest, time.Now()}
}

// fullName is name as the server lists it: in lower case, because names are
// the same in any, and with the tag that a name without one stands for.
func fullName(name string) string {
	name = strings.ToLower(name)
	if !strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
		name += ":latest"
	}
	return name
}

// What a server says of its models, without what nobody asks for here and would
// cost all of it: some servers leave a time empty.
type (
	listing struct {
		Models []listedModel `json:"models"`
	}
	listedModel struct {
		api.ListModelResponse
		ModifiedAt ignored `json:"modified_at"`
	}
	running struct {
		Models []struct {
			api.ProcessModelResponse
			ExpiresAt ignored `json:"expires_at"`
		} `json:"models"`
	}
	shown struct {
		api.ShowResponse
		ModifiedAt ignored `json:"modified_at"`
		Messages   ignored `json:"messages"`
		Tensors    ignored `json:"tensors"`
	}
)

// ignored is any JSON.
type ignored struct{}

// UnmarshalJSON implements [json.Unmarshaler].
func (ignored) UnmarshalJSON([]byte) error { return nil }

// atOnce is how many models are asked about at the same time.
const atOnce = 4

// Models lists the models that can answer, with what /api/show says of each. A
// model of which it says nothing, or not in time, is listed with what the list
// itself knows.
func (p *provider) Models(ctx context.Context) ([]providers.Model, error) {
	var list listing
	if err := p.call(ctx, http.MethodGet, "/api/tags", nil, &list); err != nil {
		return nil, p.failed("listing models", "", err)
	}
	list.Models = slices.DeleteFunc(list.Models, func(m listedModel) bool { return name(m) == "" })
	found := make([]card, len(list.Models))
	faults := make([]error, len(list.Models))
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, m := range list.Models {
		slots <- struct{}{}
		wg.Go(func() {
			defer providers.Catch(&faults[i])
			defer func() { <-slots }()
			found[i] = p.listed(ctx, m)
		})
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, p.failed("listing models", "", err)
	}
	if errors.Is(ctx.Err(), context.Canceled) { // out of time, the names are worth having
		return nil, p.failed("listing models", "", context.Cause(ctx))
	}
	var out []providers.Model
	for i, m := range list.Models {
		if found[i].chats == providers.No {
			continue // it embeds text or paints
		}
		out = append(out, providers.Model{
			Ref:     providers.Ref{Provider: p.Name(), Model: name(m)},
			Context: found[i].context,
			Can:     found[i].can,
			Local:   p.endpoint.Local && !found[i].remote,
			Licence: found[i].licence,
			Digest:  m.Digest,
			Size:    max(m.Size, 0),
			Accepts: found[i].accepts(),
		})
	}
	return out, nil
}

// name is a listed model's name; old servers fill only one of the two fields.
func name(m listedModel) string {
	if m.Name != "" {
		return m.Name
	}
	return m.Model
}

// listed is the card of a model in the list.
func (p *provider) listed(ctx context.Context, m listedModel) card {
	if c, ok := p.cards.byDigest(name(m), m.Digest); ok {
		return c
	}
	c, err := p.show(ctx, name(m))
	if err != nil {
		return p.cardOf(api.ShowResponse{
			RemoteHost: m.RemoteHost, Details: m.Details, Capabilities: m.Capabilities,
		})
	}
	c.build.Digest = m.Digest
	p.cards.keep(name(m), m.Digest, c)
	return c
}

// know is the card of a model that is about to be asked.
func (p *provider) know(ctx context.Context, name string) (card, error) {
	if c, ok := p.cards.byName(name); ok {
		return c, nil
	}
	c, err := p.show(ctx, name)
	if err == nil {
		p.cards.keep(name, "", c)
	}
	return c, err
}

// digest is that of a model; "" if the server does not say it in time.
func (p *provider) digest(ctx context.Context, of string) string {
	ctx, cancel := context.WithTimeout(ctx, psPatience)
	defer cancel()
	var list listing
	if err := p.call(ctx, http.MethodGet, "/api/tags", nil, &list); err != nil {
		return ""
	}
	for _, m := range list.Models {
		if fullName(name(m)) == fullName(of) {
			return m.Digest
		}
	}
	return ""
}

// A release is the server's version, as it said it last.
type release struct {
	mu   sync.Mutex
	says string // "" if it does not say
	at   time.Time
}

// version is what the server calls itself, "ollama 0.17.4"; "" if it does not say
// that in time. An asker who left is no reason to think that it says nothing.
func (p *provider) version(ctx context.Context) string {
	if says, ok := p.release.known(); ok {
		return says
	}
	patient, cancel := context.WithTimeout(ctx, psPatience)
	defer cancel()
	var v struct{ Version string }
	err := p.call(patient, http.MethodGet, "/api/version", nil, &v)
	if ctx.Err() != nil {
		return ""
	}
	says := ""
	if err == nil && v.Version != "" {
		says = "ollama " + cut(v.Version)
	}
	p.release.keep(says)
	return says
}

func (r *release) known() (says string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.says, !r.at.IsZero() && time.Since(r.at) < fresh
}

func (r *release) keep(says string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.says, r.at = says, time.Now()
}

// built is what is known of who answers; nil of a model that others run, and if
// nothing is.
func (p *provider) built(ctx context.Context, name string, about card) *providers.Build {
	b := about.build
	if about.remote {
		return nil
	}
	if b.Digest == "" && about.chats != providers.Unknown { // it is a server that says more than answers
		if b.Digest = p.digest(ctx, name); b.Digest != "" {
			about.build = b
			p.cards.keep(name, b.Digest, about)
		}
	}
	if b.Server = p.version(ctx); b == (providers.Build{}) {
		return nil
	}
	return &b
}

// longestTemplate is in bytes; what is longer is none.
const longestTemplate = 64 << 10

func (p *provider) show(ctx context.Context, name string) (card, error) {
	var s shown
	if err := p.call(ctx, http.MethodPost, "/api/show", api.ShowRequest{Model: name}, &s); err != nil {
		return card{remote: p.cloud}, err
	}
	return p.cardOf(s.ShowResponse), nil
}

func (p *provider) cardOf(s api.ShowResponse) card {
	c := card{
		licence: licence(s),
		context: max(s.Details.ContextLength, 0),
		remote:  p.cloud || s.RemoteHost != "",
		eyes:    eyesOf(s),
		build:   providers.Build{Quantization: cut(s.Details.QuantizationLevel)},
	}
	if len(s.Template) <= longestTemplate {
		c.build.Template = s.Template
	}
	if n, ok := aboutArchitecture(s, "context_length"); ok {
		c.context = n
	}
	if s.Capabilities != nil { // old servers don't say
		c.chats = providers.Supported(slices.Contains(s.Capabilities, "completion"))
		c.can = providers.Abilities{
			Images:   providers.Supported(slices.Contains(s.Capabilities, "vision")),
			Thoughts: providers.Supported(slices.Contains(s.Capabilities, "thinking")),
			Tools:    providers.Supported(slices.Contains(s.Capabilities, "tools")),
			// Ollama's chats carry text and images.
			Audio: providers.No, Documents: providers.No,
		}
	}
	// The one family that every server lets think by degrees. Of any other,
	// v0.17.4 refuses them.
	c.efforts = slices.Contains([]string{"gptoss", "gpt-oss"}, s.Details.Family) || c.remote
	return c
}

// aboutArchitecture finds a number whose key starts with the architecture's
// name, such as "llama.context_length".
func aboutArchitecture(s api.ShowResponse, key string) (int, bool) {
	arch, _ := s.ModelInfo["general.architecture"].(string)
	n, ok := s.ModelInfo[arch+"."+key].(float64)
	return int(n), ok && n > 0 && n < 1<<31
}

// licence is a short name: the one in the model's file, else the first line
// that says something in the text that came with it.
func licence(s api.ShowResponse) string {
	if id, _ := s.ModelInfo["general.license"].(string); id != "" && id != "other" {
		return cut(id)
	}
	for line := range strings.Lines(s.License) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			return cut(line)
		}
	}
	return ""
}

// cut shortens a name to 60 characters.
func cut(s string) string {
	const longest = 60
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return string([]rune(s)[:longest-1]) + "…"
}

// psPatience is how long a question may be held up to learn whether its model
// is loaded.
const psPatience = 500 * time.Millisecond

// resident reports whether the server holds the model with the window that will
// be asked for; any other window is a load as well. It is nil if the server does
// not say.
func (p *provider) resident(ctx context.Context, name string, window int) *bool {
	ctx, cancel := context.WithTimeout(ctx, psPatience)
	defer cancel()
	var ps running
	if err := p.call(ctx, http.MethodGet, "/api/ps", nil, &ps); err != nil {
		return nil
	}
	held := false
	for _, m := range ps.Models {
		held = held || (fullName(m.Name) == fullName(name) || fullName(m.Model) == fullName(name)) &&
			(m.ContextLength == 0 || window == 0 || m.ContextLength == window)
	}
	return &held
}
