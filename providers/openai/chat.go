package openai

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"juxta/providers"
)

// chat is Chat Completions.
type chat struct{}

func (chat) path() string { return "/chat/completions" }

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

	// Thinking, in every dialect.
	ReasoningEffort string         `json:"reasoning_effort,omitempty"`
	Reasoning       map[string]any `json:"reasoning,omitempty"`
	Thinking        map[string]any `json:"thinking,omitempty"`
	EnableThinking  *bool          `json:"enable_thinking,omitempty"`
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

// body writes req in the endpoint's dialect. An attachment is never left out: it
// is sent, or nothing is.
func (chat) body(s *service, req providers.Request) (_ any, left []string, err error) {
	b := chatBody{Model: req.Model, Stream: true}
	if s.dialect != mistral { // which reports usage unasked, and minds unknown fields
		b.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if req.System != "" {
		b.Messages = append(b.Messages, message{Role: "system", Content: req.System})
	}
	for _, m := range req.Messages {
		if b.Messages, err = appendMessage(b.Messages, m); err != nil {
			return nil, nil, err
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
	left = s.params(&b, req.Params)
	return b, left, nil
}

// appendMessage adds m, whose tool results are messages of their own.
func appendMessage(to []message, m providers.Message) ([]message, error) {
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
			attached, err := attach(p)
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
		out.Content = m.Written()
	default:
		out.Content = parts
	}
	return append(to, out), nil
}

// attach writes a blob as the protocol's part for it.
func attach(b providers.Blob) (part, error) {
	encoded := base64.StdEncoding.EncodeToString(b.Data)
	url := "data:" + b.MIME + ";base64," + encoded
	switch {
	case strings.HasPrefix(b.MIME, "image/"):
		return part{Type: "image_url", Image: &imageURL{url}}, nil
	case b.MIME == "audio/wav", b.MIME == "audio/x-wav":
		return part{Type: "input_audio", Audio: &audio{encoded, "wav"}}, nil
	case b.MIME == "audio/mpeg", b.MIME == "audio/mp3":
		return part{Type: "input_audio", Audio: &audio{encoded, "mp3"}}, nil
	case b.MIME == "application/pdf":
		return part{Type: "file", File: &inputFile{"attachment.pdf", url}}, nil
	}
	return part{}, unsupported(fmt.Sprintf("an attachment of type %.60q can't be sent", b.MIME))
}

func unsupported(what string) error {
	return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf("%s", what)}
}

func orEmptyObject(s string) string {
	if s == "" {
		return "{}"
	}
	return s
}

// params writes the knobs and tells of those that the endpoint has not.
func (s *service) params(b *chatBody, p providers.Params) (left []string) {
	leave := func(name string) { left = append(left, name+" is not supported here and was left out") }
	b.Temperature, b.TopP, b.Stop = p.Temperature, p.TopP, p.Stop
	b.Seed, b.MaxTokens = p.Seed, p.MaxTokens
	if s.dialect == mistral {
		b.Seed, b.RandomSeed = nil, p.Seed
	}
	if p.Context != 0 {
		left = append(left, "context is fixed where the server is started and was left out")
	}
	if !s.think(b, p.Think) {
		leave("think=" + p.Think)
	}
	if s.dialect == own && reasons(b.Model) {
		b.MaxTokens, b.MaxCompletionTokens = 0, p.MaxTokens
		if b.ReasoningEffort != "none" {
			if b.Temperature != nil {
				leave("temperature")
			}
			if b.TopP != nil {
				leave("top_p")
			}
			b.Temperature, b.TopP = nil, nil
		}
		if len(b.Stop) > 0 {
			leave("stop")
		}
		b.Stop = nil
	}
	return left
}

// reasons reports whether a model of OpenAI's own is one that thinks: those
// refuse the older models' knobs.
func reasons(model string) bool {
	model = strings.ToLower(model)
	switch {
	case strings.Contains(model, "-chat"): // gpt-5-chat-latest and its like don't
		return false
	case strings.HasPrefix(model, "gpt-5"), strings.HasPrefix(model, "codex"):
		return true
	}
	return len(model) > 1 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9'
}

// think writes how much to think, and reports whether the dialect can say it.
func (s *service) think(b *chatBody, how string) bool {
	on := how == "on"
	switch {
	case how == "":
	case on || how == "off":
		switch s.dialect {
		case openRouter:
			b.Reasoning = map[string]any{"enabled": on}
		case deepSeek:
			b.Thinking = map[string]any{"type": map[bool]string{true: "enabled", false: "disabled"}[on]}
		case dashScope:
			b.EnableThinking = &on
		case local:
			b.TemplateArgs = map[string]any{"enable_thinking": on}
		case own:
			if on || !strings.HasPrefix(strings.ToLower(b.Model), "gpt-5.") {
				return on && reasons(b.Model) // those think unasked
			}
			b.ReasoningEffort = "none"
		default:
			return false
		}
	case s.dialect == openRouter:
		b.Reasoning = map[string]any{"effort": how}
	case s.dialect == own && !reasons(b.Model):
		return false
	default:
		b.ReasoningEffort = how
	}
	return true
}
