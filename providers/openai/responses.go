package openai

import (
	"encoding/json"
	"strings"

	"juxta/providers"
)

// responses is the Responses API.
type responses struct{}

func (responses) mute() []string { return []string{"-search", "audio"} }

func (responses) path() string { return "/responses" }

// limit implements [protocol]: seed and stop have no place in this one.
func (responses) limit(m *menu) {
	m.seed, m.stops = false, 0
	switch m.dialect {
	case own:
		m.least = 16
	case deepSeek, local, together: // whose switches belong to the other protocol
		m.say = withoutSwitches(m.say, m.dialect == deepSeek)
	}
}

// withoutSwitches is the efforts of say, and off if that is one here.
func withoutSwitches(say []string, off bool) (efforts []string) {
	for _, level := range say {
		if level != "on" && (off || level != "off") {
			efforts = append(efforts, level)
		}
	}
	return efforts
}

func (responses) listener(s *service, a *answer) listener {
	return &hearer{answer: a, service: s, told: map[int]map[place]bool{}, toldCalls: map[loose]bool{}}
}

// A responsesBody is a request. What is empty is left to the service.
type responsesBody struct {
	Model          string         `json:"model"`
	Instructions   string         `json:"instructions,omitempty"`
	Input          []inputItem    `json:"input"`
	Stream         bool           `json:"stream"`
	Store          bool           `json:"store"` // false is sent: the default keeps the question
	Temperature    *float64       `json:"temperature,omitempty"`
	TopP           *float64       `json:"top_p,omitempty"`
	MaxTokens      int            `json:"max_output_tokens,omitempty"`
	Reasoning      map[string]any `json:"reasoning,omitempty"`
	EnableThinking *bool          `json:"enable_thinking,omitempty"` // DashScope
	ThinkingBudget int            `json:"thinking_budget,omitempty"`
	Text           any            `json:"text,omitempty"`
	Tools          []flatTool     `json:"tools,omitempty"`
	Plugins        []plugin       `json:"plugins,omitempty"` // OpenRouter
}

// An inputItem is a message, a call or a call's result.
type inputItem struct {
	Type      string  `json:"type,omitempty"`
	Role      string  `json:"role,omitempty"`
	Content   any     `json:"content,omitempty"` // a string, or a list of parts
	CallID    string  `json:"call_id,omitempty"`
	Name      string  `json:"name,omitempty"`
	Arguments string  `json:"arguments,omitempty"`
	Output    *string `json:"output,omitempty"` // of a result, also when it is empty
}

type inputPart struct {
	Type     string `json:"type"`
	Text     string `json:"text,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
	FileName string `json:"filename,omitempty"`
	FileData string `json:"file_data,omitempty"`
	Audio    *audio `json:"input_audio,omitempty"`
}

type flatTool struct {
	Type        string          `json:"type"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters,omitempty"`
	Strict      bool            `json:"strict"` // false is sent: by default a schema must be of a special kind
}

// body implements [protocol].
func (responses) body(s *service, req providers.Request, p *plan, a *attacher) (any, error) {
	b := responsesBody{
		Model: req.Model, Instructions: req.System, Stream: true,
		Temperature: p.Temperature, TopP: p.TopP, MaxTokens: p.MaxTokens,
	}
	var err error
	for _, m := range req.Messages {
		if b.Input, err = appendItems(b.Input, m, a); err != nil {
			return nil, err
		}
	}
	for _, t := range req.Tools {
		b.Tools = append(b.Tools, flatTool{Type: "function", Name: t.Name, Description: t.Description, Parameters: t.Parameters})
	}
	if req.Schema != nil {
		b.Text = map[string]any{"format": map[string]any{"type": "json_schema", "name": "answer", "schema": req.Schema}}
	}
	b.Plugins = a.plugins()
	b.think(p)
	if p.Think != "off" && s.dialect.summarised(req.Model) {
		b.summarise(s, p)
	}
	return b, nil
}

// appendItems adds m, whose calls and results are items of their own.
func appendItems(to []inputItem, m providers.Message, a *attacher) ([]inputItem, error) {
	var parts []inputPart
	var after []inputItem
	plain := true
	for _, p := range m.Parts {
		switch p := p.(type) {
		case providers.Text:
			if p != "" {
				parts = append(parts, inputPart{Type: "input_text", Text: string(p)})
			}
		case providers.Blob:
			attached, err := a.input(p)
			if err != nil {
				return nil, err
			}
			parts, plain = append(parts, attached), false
		case providers.ToolCall:
			after = append(after, inputItem{Type: "function_call", CallID: p.ID, Name: p.Name, Arguments: orEmptyObject(p.Arguments)})
		case providers.ToolResult:
			to = append(to, inputItem{Type: "function_call_output", CallID: p.ID, Output: &p.Text})
		}
	}
	role := "user"
	if m.Role == providers.Assistant {
		role = "assistant"
		if !plain {
			return nil, unsupported("an attachment can't be put into the model's own mouth")
		}
	}
	switch {
	case len(parts) == 0:
	case plain: // every server takes a string, from either side
		to = append(to, inputItem{Type: "message", Role: role, Content: a.Text(m.Written())})
	default:
		to = append(to, inputItem{Type: "message", Role: role, Content: parts})
	}
	return append(to, after...), nil
}

// think says how much to think.
func (b *responsesBody) think(p *plan) {
	switch p.menu.dialect {
	case openRouter:
		b.Reasoning = routed(p)
	case dashScope:
		if p.Think != "" {
			on := p.Think == "on"
			b.EnableThinking = &on
		}
		b.ThinkingBudget = p.ThinkBudget
	default:
		if effort := effortOf(p); effort != "" {
			b.Reasoning = map[string]any{"effort": effort}
		}
	}
}

// summarise asks for what the model thought, which is only shown on demand, and
// not to everybody.
func (b *responsesBody) summarise(s *service, p *plan) {
	if s.refuses(b.Model, thoughts) {
		p.note("thoughts were not asked for: OpenAI shows them to verified organisations alone")
		return
	}
	if b.Reasoning == nil {
		b.Reasoning = map[string]any{}
	}
	b.Reasoning["summary"], p.summarised = "auto", true
}

// effortOf is the service's word for the level.
func effortOf(p *plan) string {
	switch {
	case p.Think == "off":
		return "none"
	case p.Think == "on" && p.menu.dialect == groq:
		return "default"
	case p.Think == "on":
		return ""
	}
	return p.Think
}

// summarised reports whether the model is one of OpenAI's that tells what it
// thought when it is asked to; the oldest and the ones for chatting refuse to be
// asked.
func (d dialect) summarised(model string) bool {
	model = strings.ToLower(model)
	switch d {
	case own:
	case openRouter:
		name, ok := strings.CutPrefix(model, "openai/")
		if model = name; !ok {
			return false
		}
	default:
		return false
	}
	refuses := strings.HasPrefix(model, "o1") || strings.HasPrefix(model, "o3-mini") || strings.Contains(model, "chat") || strings.Contains(model, "search")
	return !refuses && ownLevels(model).thinks
}
