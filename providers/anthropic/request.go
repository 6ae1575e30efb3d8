package anthropic

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// body is a request. What is empty is left to the service.
type body struct {
	Model       string        `json:"model"`
	MaxTokens   int           `json:"max_tokens"`
	Stream      bool          `json:"stream"`
	System      string        `json:"system,omitempty"`
	Messages    []message     `json:"messages"`
	Temperature *float64      `json:"temperature,omitempty"`
	TopP        *float64      `json:"top_p,omitempty"`
	Stop        []string      `json:"stop_sequences,omitempty"`
	Thinking    *thinking     `json:"thinking,omitempty"`
	Output      *outputConfig `json:"output_config,omitempty"`
	Tools       []tool        `json:"tools,omitempty"`
}

type thinking struct {
	Type    string `json:"type"`
	Budget  int    `json:"budget_tokens,omitempty"`
	Display string `json:"display,omitempty"`
}

type outputConfig struct {
	Effort string        `json:"effort,omitempty"`
	Format *outputFormat `json:"format,omitempty"`
}

type outputFormat struct {
	Type   string          `json:"type"`
	Schema json.RawMessage `json:"schema"`
}

func (b *body) output() *outputConfig {
	if b.Output == nil {
		b.Output = &outputConfig{}
	}
	return b.Output
}

type message struct {
	Role    string `json:"role"`
	Content []part `json:"content"`
}

// A part is a block of a message, of any type that juxta sends.
type part struct {
	Type   string          `json:"type"`
	Text   string          `json:"text,omitempty"`
	Source *source         `json:"source,omitempty"`
	ID     string          `json:"id,omitempty"`
	Name   string          `json:"name,omitempty"`
	Input  json.RawMessage `json:"input,omitempty"`
	UseID  string          `json:"tool_use_id,omitempty"`
	Result string          `json:"content,omitempty"`
}

type source struct {
	Type string `json:"type"`
	MIME string `json:"media_type"`
	Data string `json:"data"`
}

type tool struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Schema      json.RawMessage `json:"input_schema"`
}

// A prepared request is ready to leave.
type prepared struct {
	body   *wire.Parcel
	params providers.Params // as they are sent
	left   []string         // what was left out or changed
}

// encode writes req for a model of rules r. An attachment is never left out: it
// is sent, or nothing is.
func encode(req providers.Request, r rules) (prepared, error) {
	b := body{Model: req.Model, Stream: true}
	if strings.TrimSpace(req.System) != "" { // empty text is refused
		b.System = req.System
	}
	var err error
	var draft wire.Draft
	if b.Messages, err = converse(req.Messages, r, &draft); err != nil {
		return prepared{}, err
	}
	for _, t := range req.Tools {
		schema := t.Parameters
		if len(schema) == 0 {
			schema = json.RawMessage(`{"type":"object"}`)
		}
		b.Tools = append(b.Tools, tool{t.Name, t.Description, schema})
	}
	t := tuning{rules: r, model: req.Model, body: &b}
	if err := t.params(req); err != nil {
		return prepared{}, err
	}
	if err := t.schema(req.Schema); err != nil {
		return prepared{}, err
	}

	body, err := draft.Seal(b)
	if err != nil {
		return prepared{}, &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf("writing the request: %w", err), Hint: "check the JSON of the schema and the tools"}
	}
	return prepared{body, t.sent, t.left}, nil
}

// schema writes the schema of the answer.
func (t *tuning) schema(schema json.RawMessage) error {
	if schema == nil {
		return nil
	}
	if !t.rules.schema {
		e := unsupported("%s takes no schema of its answer", t.model)
		e.Hint = "choose a newer model, or leave the schema out"
		return e
	}
	shut, changed, err := closed(schema)
	if err != nil {
		return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf("the schema is not JSON: %w", err), Hint: "check the schema's file"}
	}
	if changed {
		t.note("the service wants objects without additional properties: the schema was sent with additionalProperties set to false")
	}
	t.body.output().Format = &outputFormat{Type: "json_schema", Schema: shut}
	return nil
}

// converse writes the conversation in turns that alternate, the first of them
// the user's, as the API wants them.
func converse(history []providers.Message, r rules, d *wire.Draft) ([]message, error) {
	var out []message
	for _, m := range history {
		role := "user"
		if m.Role == providers.Assistant {
			role = "assistant"
		}
		parts, err := blocks(m, r, d)
		switch {
		case err != nil:
			return nil, err
		case len(parts) == 0:
		case len(out) > 0 && out[len(out)-1].Role == role:
			last := &out[len(out)-1]
			last.Content = append(last.Content, parts...)
		default:
			out = append(out, message{role, parts})
		}
	}
	if len(out) == 0 {
		return nil, unsupported("there is no question")
	}
	if out[0].Role != "user" {
		return nil, unsupported("the conversation does not begin with a question")
	}
	for _, m := range out { // results come before what is said about them
		slices.SortStableFunc(m.Content, func(a, b part) int { return resultsFirst(a) - resultsFirst(b) })
	}
	return out, nil
}

func resultsFirst(p part) int {
	if p.Type == "tool_result" {
		return 0
	}
	return 1
}

// blocks writes the parts of a message, without empty text, which is refused.
func blocks(m providers.Message, r rules, d *wire.Draft) ([]part, error) {
	var parts []part
	for _, p := range m.Parts {
		switch p := p.(type) {
		case providers.Text:
			if strings.TrimSpace(string(p)) != "" {
				parts = append(parts, part{Type: "text", Text: d.Text(string(p))})
			}
		case providers.Blob:
			if m.Role == providers.Assistant {
				return nil, unsupported("an attachment can't be put into the model's own mouth")
			}
			attached, err := attach(p, r, d)
			if err != nil {
				return nil, err
			}
			parts = append(parts, attached)
		case providers.ToolCall:
			input := strings.TrimSpace(p.Arguments)
			if input == "" {
				input = "{}"
			}
			if input[0] != '{' || !json.Valid([]byte(input)) {
				return nil, unsupported("the arguments of the earlier call of %s are not a JSON object", p.Name)
			}
			parts = append(parts, part{Type: "tool_use", ID: p.ID, Name: p.Name, Input: json.RawMessage(input)})
		case providers.ToolResult:
			parts = append(parts, part{Type: "tool_result", UseID: p.ID, Result: p.Text})
		}
	}
	return parts, nil
}

func unsupported(format string, args ...any) *providers.Error {
	return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf(format, args...)}
}
