package openai

import (
	"encoding/json"
	"strings"

	"juxta/providers"
)

// chat is Chat Completions.
type chat struct{}

func (chat) mute() []string { return []string{"-pro", "codex", "deep-research"} }

func (chat) path() string { return "/chat/completions" }

// limit implements [protocol]: every knob has a word here.
func (chat) limit(*menu) {}

func (chat) listener(s *service, a *answer) listener { return &folder{answer: a, service: s} }

// A chatBody is a request. What is empty is left to the service.
type chatBody struct {
	Model               string         `json:"model"`
	Messages            []message      `json:"messages"`
	Stream              bool           `json:"stream"`
	StreamOptions       *streamOptions `json:"stream_options,omitempty"`
	Temperature         *float64       `json:"temperature,omitempty"`
	TopP                *float64       `json:"top_p,omitempty"`
	MaxTokens           int            `json:"max_tokens,omitempty"`
	MaxCompletionTokens int            `json:"max_completion_tokens,omitempty"`
	Seed                *int64         `json:"seed,omitempty"`
	RandomSeed          *int64         `json:"random_seed,omitempty"`
	Stop                []string       `json:"stop,omitempty"`
	Tools               []tool         `json:"tools,omitempty"`
	ResponseFormat      any            `json:"response_format,omitempty"`
	Plugins             []plugin       `json:"plugins,omitempty"` // OpenRouter

	// Thinking, in every dialect.
	ReasoningEffort string         `json:"reasoning_effort,omitempty"`
	Reasoning       map[string]any `json:"reasoning,omitempty"`
	Thinking        map[string]any `json:"thinking,omitempty"`
	ReasoningFormat string         `json:"reasoning_format,omitempty"`
	EnableThinking  *bool          `json:"enable_thinking,omitempty"`
	ThinkingBudget  int            `json:"thinking_budget,omitempty"`
	TemplateArgs    map[string]any `json:"chat_template_kwargs,omitempty"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type message struct {
	Role       string     `json:"role"`
	Content    any        `json:"content"` // a string, a list of parts, or nil beside tool calls
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

type part struct {
	Type  string     `json:"type"`
	Text  string     `json:"text,omitempty"`
	Image *imageURL  `json:"image_url,omitempty"`
	Audio *audio     `json:"input_audio,omitempty"`
	File  *inputFile `json:"file,omitempty"`
}

type imageURL struct {
	URL string `json:"url"`
}

type audio struct {
	Data   string `json:"data"`
	Format string `json:"format"`
}

type inputFile struct {
	Name string `json:"filename"`
	Data string `json:"file_data"`
}

type toolCall struct {
	ID       string       `json:"id"`
	Type     string       `json:"type"`
	Function toolFunction `json:"function"`
}

type toolFunction struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type tool struct {
	Type     string   `json:"type"`
	Function toolSpec `json:"function"`
}

type toolSpec struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters,omitempty"`
}

// body implements [protocol].
func (chat) body(s *service, req providers.Request, p *plan, a *attacher) (any, error) {
	b := chatBody{
		Model: req.Model, Stream: true,
		Temperature: p.Temperature, TopP: p.TopP, MaxTokens: p.MaxTokens, Seed: p.Seed, Stop: p.Stop,
	}
	if s.dialect != mistral { // which reports usage unasked, and minds unknown fields
		b.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if req.System != "" {
		b.Messages = append(b.Messages, message{Role: "system", Content: req.System})
	}
	var err error
	for _, m := range req.Messages {
		if b.Messages, err = appendMessage(b.Messages, m, a); err != nil {
			return nil, err
		}
	}
	for _, t := range req.Tools {
		b.Tools = append(b.Tools, tool{"function", toolSpec{t.Name, t.Description, t.Parameters}})
	}
	if req.Schema != nil {
		b.ResponseFormat = map[string]any{
			"type":        "json_schema",
			"json_schema": map[string]any{"name": "answer", "schema": req.Schema},
		}
	}
	b.rename(p.menu)
	b.think(p)
	b.Plugins = a.plugins()
	return b, nil
}

// appendMessage adds m, whose tool results are messages of their own.
func appendMessage(to []message, m providers.Message, a *attacher) ([]message, error) {
	var parts []part
	var calls []toolCall
	plain := true
	for _, p := range m.Parts {
		switch p := p.(type) {
		case providers.Text:
			if p != "" {
				parts = append(parts, part{Type: "text", Text: string(p)})
			}
		case providers.Blob:
			attached, err := a.attach(p)
			if err != nil {
				return nil, err
			}
			parts, plain = append(parts, attached), false
		case providers.ToolCall:
			calls = append(calls, toolCall{p.ID, "function", toolFunction{p.Name, orEmptyObject(p.Arguments)}})
		case providers.ToolResult:
			to = append(to, message{Role: "tool", Content: p.Text, ToolCallID: p.ID})
		}
	}
	out := message{Role: "user", ToolCalls: calls}
	if m.Role == providers.Assistant {
		out.Role = "assistant"
		if !plain {
			return nil, unsupported("an attachment can't be put into the model's own mouth")
		}
	}
	switch {
	case len(parts) == 0 && len(calls) == 0:
		return to, nil // tool results alone, or nothing
	case len(parts) == 0:
	case plain: // every server takes a string
		out.Content = a.Text(m.Written())
	default:
		out.Content = parts
	}
	return append(to, out), nil
}

func orEmptyObject(s string) string {
	if s == "" {
		return "{}"
	}
	return s
}

// rename moves the knobs that have another name in the dialect.
func (b *chatBody) rename(m menu) {
	switch m.dialect {
	case mistral:
		b.Seed, b.RandomSeed = nil, b.Seed
	case own: // its older models know the older name alone on Azure
		if m.thinks {
			b.MaxTokens, b.MaxCompletionTokens = 0, b.MaxTokens
		}
	case xAI, groq, cerebras:
		b.MaxTokens, b.MaxCompletionTokens = 0, b.MaxTokens
	}
}

// think says how much to think, in the words of the dialect.
func (b *chatBody) think(p *plan) {
	model := strings.ToLower(b.Model)
	if p.menu.dialect == groq && p.menu.thinks && !strings.Contains(model, "gpt-oss") || p.menu.dialect == cerebras && strings.Contains(model, "qwen") {
		b.ReasoningFormat = "parsed" // else the thoughts stand in the answer
	}
	on, level := p.Think == "on", p.Think
	switch p.menu.dialect {
	case openRouter:
		b.Reasoning = routed(p)
		return
	case dashScope:
		b.ThinkingBudget = p.ThinkBudget
	}
	if level == "" {
		return
	}
	if level != "on" && level != "off" {
		b.ReasoningEffort = level
		return
	}
	switch p.menu.dialect {
	case deepSeek:
		b.Thinking = map[string]any{"type": map[bool]string{true: "enabled", false: "disabled"}[on]}
	case dashScope:
		b.EnableThinking = &on
	case together:
		b.Reasoning = map[string]any{"enabled": on}
	case local:
		b.TemplateArgs = map[string]any{"enable_thinking": on}
	case groq:
		b.ReasoningEffort = map[bool]string{true: "default", false: "none"}[on]
	case cerebras: // whose switched models think unless they are told not to
		if !on {
			b.ReasoningEffort = "none"
		}
	default:
		b.ReasoningEffort = "none"
	}
}

// routed is OpenRouter's object of thinking, nil if nothing is said.
func routed(p *plan) map[string]any {
	switch {
	case p.ThinkBudget > 0:
		return map[string]any{"max_tokens": p.ThinkBudget}
	case p.Think == "":
		return nil
	case p.Think == "on", p.Think == "off":
		return map[string]any{"enabled": p.Think == "on"}
	}
	return map[string]any{"effort": p.Think}
}
