package gemini

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// body is a request. What is empty is left to the service.
type body struct {
	System   *content   `json:"systemInstruction,omitempty"`
	Contents []content  `json:"contents"`
	Tools    []toolList `json:"tools,omitempty"`
	Config   config     `json:"generationConfig,omitzero"`
}

type content struct {
	Role  string    `json:"role,omitempty"`
	Parts []outPart `json:"parts"`
}

// outPart is a piece of what is said; one field of it is set, and Signature
// beside a call.
type outPart struct {
	Text      string    `json:"text,omitempty"`
	Inline    *inline   `json:"inlineData,omitempty"`
	Call      *outCall  `json:"functionCall,omitempty"`
	Response  *response `json:"functionResponse,omitempty"`
	Signature string    `json:"thoughtSignature,omitempty"`
}

type inline struct {
	MIME string `json:"mimeType"`
	Data string `json:"data"` // in base64
}

type outCall struct {
	ID   string          `json:"id,omitempty"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

type response struct {
	ID       string          `json:"id,omitempty"`
	Name     string          `json:"name"`
	Response json.RawMessage `json:"response"`
}

type toolList struct {
	Functions []function `json:"functionDeclarations"`
}

type function struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parametersJsonSchema,omitempty"`
}

type config struct {
	Temperature *float64        `json:"temperature,omitempty"`
	TopP        *float64        `json:"topP,omitempty"`
	MaxTokens   int             `json:"maxOutputTokens,omitempty"`
	Seed        *int64          `json:"seed,omitempty"`
	Stop        []string        `json:"stopSequences,omitempty"`
	Thinking    *thinking       `json:"thinkingConfig,omitempty"`
	MIME        string          `json:"responseMimeType,omitempty"`
	Schema      json.RawMessage `json:"responseJsonSchema,omitempty"`
}

// unsigned stands in for the signature of a call that is told again. The
// service signs its calls, juxta keeps no signatures, and Google names this word
// for histories that come without; a call without any is refused.
const unsigned = "skip_thought_signature_validator"

// A prepared request is ready to leave.
type prepared struct {
	body    *wire.Parcel
	params  providers.Params // as they are sent
	notices []string         // what was done differently from what was asked
}

// encode writes req for its model. An attachment is never left out: it is sent,
// or nothing is.
func (s *service) encode(req providers.Request) (prepared, error) {
	r := rulesOf(req.Model)
	if err := acceptable(req, r); err != nil {
		return prepared{}, err
	}
	var draft wire.Draft
	b, notices, err := s.contents(req, r, &draft)
	if err != nil {
		return prepared{}, err
	}
	p := prepared{params: req.Params, notices: notices}
	var functions []function
	for _, t := range req.Tools {
		functions = append(functions, function{t.Name, t.Description, t.Parameters})
	}
	if functions != nil {
		b.Tools = []toolList{{functions}}
	}
	if err := p.config(&b.Config, req.Model, r); err != nil {
		return prepared{}, err
	}
	if req.Schema != nil {
		b.Config.MIME, b.Config.Schema = "application/json", req.Schema
	}

	if p.body, err = draft.Seal(b); err != nil {
		e := unsupported("writing the request: %w", err)
		e.Hint = "check the JSON of the schema and the tools"
		return prepared{}, e
	}
	return p, nil
}

// acceptable says what of the request the model can't take and what can't be
// left out either.
func acceptable(req providers.Request, r rules) error {
	switch {
	case bareName(req.Model) == "":
		return unsupported("no model is named")
	case r.plain && len(req.Tools) > 0:
		return unsupported("%s can't call tools", req.Model)
	case r.plain && req.Schema != nil:
		return unsupported("%s can't answer by a schema", req.Model)
	}
	return nil
}

func unsupported(format string, a ...any) *providers.Error {
	return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf(format, a...)}
}

// contents writes the conversation.
func (s *service) contents(req providers.Request, r rules, d *wire.Draft) (b body, notices []string, err error) {
	var said talk
	said.signed, said.named, said.draft = r.signed, !s.vertex, d
	for _, m := range req.Messages {
		if err := said.add(m, req.Model, r); err != nil {
			return b, nil, err
		}
	}
	if len(said.contents) == 0 {
		return b, nil, unsupported("there is no question")
	}
	b.Contents = said.contents
	switch {
	case req.System == "":
	case r.plain:
		notices = append(notices, req.Model+" takes no system prompt: it was put before the first message")
		prompt := outPart{Text: req.System}
		if first := &b.Contents[0]; first.Role == roleUser {
			first.Parts = slices.Insert(first.Parts, 0, prompt)
		} else {
			b.Contents = slices.Insert(b.Contents, 0, content{roleUser, []outPart{prompt}})
		}
	default:
		b.System = &content{Parts: []outPart{{Text: req.System}}}
	}
	return b, notices, nil
}

const (
	roleUser  = "user"
	roleModel = "model"
)

// talk is a conversation being written. A result needs the name of the function
// that it is of, and calls may be without IDs; their results come in order.
type talk struct {
	contents []content
	open     []providers.ToolCall // that no result was told for
	signed   bool
	named    bool // the service knows calls by ID
	draft    *wire.Draft
}

func (t *talk) add(m providers.Message, model string, r rules) error {
	c := content{Role: roleUser}
	if m.Role == providers.Assistant {
		c.Role = roleModel
	}
	calls := 0
	for _, p := range m.Parts {
		var out outPart
		var err error
		switch p := p.(type) {
		case providers.Text:
			if p == "" {
				continue
			}
			out.Text = t.draft.Text(string(p))
		case providers.Blob:
			out.Inline, err = attach(p, m.Role, model, r, t.draft)
		case providers.ToolCall:
			if out.Call, err = t.call(p); t.signed && calls == 0 { // the first of a step stands for all
				out.Signature = unsigned
			}
			calls++
		case providers.ToolResult:
			out.Response = t.result(p)
		default:
			continue
		}
		if err != nil {
			return err
		}
		c.Parts = append(c.Parts, out)
	}
	if len(c.Parts) > 0 {
		t.contents = append(t.contents, c)
	}
	return nil
}

func (t *talk) call(c providers.ToolCall) (*outCall, error) {
	args := json.RawMessage(strings.TrimSpace(c.Arguments))
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	if args[0] != '{' || !json.Valid(args) {
		return nil, unsupported("the arguments of the earlier call of %s are not a JSON object", c.Name)
	}
	t.open = append(t.open, c)
	out := &outCall{Name: c.Name, Args: args}
	if t.named {
		out.ID = c.ID
	}
	return out, nil
}

func (t *talk) result(r providers.ToolResult) *response {
	out := &response{}
	if t.named {
		out.ID = r.ID
	}
	if i := slices.IndexFunc(t.open, func(c providers.ToolCall) bool { return c.ID == r.ID }); i >= 0 {
		out.Name = t.open[i].Name
		t.open = slices.Delete(t.open, i, i+1)
	}
	if text := strings.TrimSpace(r.Text); strings.HasPrefix(text, "{") && json.Valid([]byte(text)) {
		out.Response = json.RawMessage(text)
	} else {
		out.Response, _ = json.Marshal(map[string]string{"output": r.Text})
	}
	return out
}

// config writes the parameters, and into p.params what of them is sent.
func (p *prepared) config(c *config, model string, r rules) error {
	asked := &p.params
	note := func(format string, args ...any) { p.notices = append(p.notices, fmt.Sprintf(format, args...)) }
	for _, x := range []struct {
		name  string
		value **float64
		most  float64
	}{{"temperature", &asked.Temperature, 2}, {"top_p", &asked.TopP, 1}} {
		v := *x.value
		switch {
		case v == nil:
		case !r.sampled:
			note("%s takes no %s: it was left out", model, x.name)
			*x.value = nil
		case !(*v >= 0 && *v <= x.most):
			near := min(max(*v, 0), x.most)
			if math.IsNaN(near) {
				near = 0
			}
			note("%s is 0 to %g here: %g was sent as %g", x.name, x.most, *v, near)
			*x.value = &near
		}
	}
	if n := asked.MaxTokens; n > math.MaxInt32 {
		note("max_tokens=%d is more than can be said and was left out", n)
		asked.MaxTokens = 0
	}
	if n := asked.Seed; n != nil && int64(int32(*n)) != *n {
		note("seed has 32 bits here: %d was left out", *n)
		asked.Seed = nil
	}
	if len(asked.Stop) > maxStops {
		note("at most %d stop sequences are taken here: the first %d were sent", maxStops, maxStops)
		asked.Stop = asked.Stop[:maxStops]
	}
	if asked.Context != 0 {
		note("context is fixed by the service and was left out")
		asked.Context = 0
	}
	t, notices, err := r.think(model, asked)
	p.notices = append(p.notices, notices...)
	c.Temperature, c.TopP, c.MaxTokens, c.Seed, c.Stop = asked.Temperature, asked.TopP, asked.MaxTokens, asked.Seed, asked.Stop
	c.Thinking = t
	return err
}
