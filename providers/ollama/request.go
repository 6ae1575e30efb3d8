package ollama

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ollama/ollama/api"

	"juxta/providers"
	"juxta/providers/wire"
)

// chatRequest is [api.ChatRequest] with the parts that the api package's types
// would rewrite kept as they are: they drop every keyword of a tool's schema
// they don't know, and turn an argument's integers into floats.
type chatRequest struct {
	api.ChatRequest
	Messages []message `json:"messages"`
	Tools    []tool    `json:"tools,omitempty"`
}

type message struct {
	api.Message
	Images    []string   `json:"images,omitempty"` // in base64
	ToolCalls []toolCall `json:"tool_calls,omitempty"`
}

type toolCall struct {
	ID       string `json:"id,omitempty"`
	Function struct {
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function"`
}

type tool struct {
	Type     string       `json:"type"`
	Function toolFunction `json:"function"`
}

type toolFunction struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters"`
}

// A prepared request is ready to leave.
type prepared struct {
	body    *wire.Parcel
	window  int              // num_ctx asked for; 0 if the server decides
	params  providers.Params // as they are sent
	notices []string         // what was done differently from what was asked
}

// prepare turns a request into a body for a model. It refuses what the model
// can't take, because the server would take it and lose it: an image sent to a
// model without vision becomes the text "[img-0]".
func prepare(req providers.Request, m card) (prepared, error) {
	var p prepared
	if err := acceptable(req, m); err != nil {
		return p, err
	}
	var draft wire.Draft
	messages, err := convert(req, &draft)
	if err != nil {
		return p, err
	}
	think, notice, err := thinking(req, m)
	if err != nil {
		return p, err
	}
	if notice != "" {
		p.notices = append(p.notices, notice)
	}
	if p.window, notice = window(req, m); notice != "" {
		p.notices = append(p.notices, notice)
	}

	p.params = sentParams(req.Params, think, p.window)
	if req.Params.ThinkBudget > 0 {
		p.notices = append(p.notices, "think_budget is not known to Ollama and was left out")
	}

	yes, no := true, false
	chat := chatRequest{Messages: messages}
	chat.Model = req.Model
	chat.Stream = &yes
	chat.Think = think
	chat.Format = req.Schema
	// Nothing is cut in silence: a prompt that does not fit is an error, and an
	// answer that reaches the window's end stops there with reason length.
	chat.Truncate, chat.Shift = &no, &no
	chat.Options = options(p.params)
	for _, t := range req.Tools {
		parameters := t.Parameters
		if len(parameters) == 0 {
			parameters = json.RawMessage(`{"type":"object","properties":{}}`)
		}
		chat.Tools = append(chat.Tools, tool{Type: "function", Function: toolFunction{t.Name, t.Description, parameters}})
	}
	// Without keep_alive, which chat leaves out: set on requests for the loaded
	// model it holds up every other model that waits for the device.
	p.body, err = draft.Seal(chat)
	if err != nil {
		return p, unsupported("the request can't be written as JSON: %w", err)
	}
	return p, nil
}

// acceptable says what of the request the model can't take.
func acceptable(req providers.Request, m card) error {
	if len(req.Messages) == 0 {
		// The server would answer such a request by loading the model.
		return unsupported("there is no question")
	}
	for _, msg := range req.Messages {
		for _, part := range msg.Parts {
			blob, ok := part.(providers.Blob)
			switch {
			case !ok:
			case !strings.HasPrefix(blob.MIME, "image/"):
				return unsupported("Ollama takes images, not %.60q", blob.MIME)
			case m.can.Images == providers.No:
				e := unsupported("%s can't see images", req.Model)
				e.Hint = "choose a model with vision, or leave the image out"
				return e
			case m.can.Images == providers.Unknown:
				e := unsupported("the server does not say whether %s can see images", req.Model)
				e.Hint = "update Ollama, or leave the image out"
				return e
			case blob.MIME != "image/png" && blob.MIME != "image/jpeg":
				// The two that each of its runners reads. Of WebP some know
				// nothing: v0.17.4's llama.cpp runner answers 500.
				e := unsupported("Ollama takes PNG and JPEG, not %.60q", blob.MIME)
				e.Hint = "save the picture as PNG or JPEG, or leave it out"
				return e
			}
		}
	}
	if len(req.Tools) > 0 && m.can.Tools == providers.No {
		return unsupported("%s can't call tools", req.Model)
	}
	return nil
}

func unsupported(format string, args ...any) *providers.Error {
	return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf(format, args...)}
}

// convert writes the conversation as Ollama does: the system prompt as the
// first message, a message of its own for every tool's result, and images
// beside the text of their message.
func convert(req providers.Request, d *wire.Draft) ([]message, error) {
	var out []message
	if req.System != "" {
		out = append(out, message{Message: api.Message{Role: "system", Content: req.System}})
	}
	called := map[string]string{} // tool names by call
	for _, m := range req.Messages {
		said := message{Message: api.Message{Role: "user"}}
		if m.Role == providers.Assistant {
			said.Role = "assistant"
		}
		var results []message
		for _, part := range m.Parts {
			switch part := part.(type) {
			case providers.Text:
				said.Content += string(part)
			case providers.Blob:
				said.Images = append(said.Images, d.Base64(part.Data))
			case providers.ToolCall:
				args, err := arguments(part)
				if err != nil {
					return nil, err
				}
				call := toolCall{ID: part.ID}
				call.Function.Name, call.Function.Arguments = part.Name, args
				said.ToolCalls = append(said.ToolCalls, call)
				called[part.ID] = part.Name
			case providers.ToolResult:
				results = append(results, message{Message: api.Message{
					Role: "tool", Content: part.Text, ToolCallID: part.ID, ToolName: called[part.ID],
				}})
			}
		}
		said.Content = d.Text(said.Content)
		out = append(out, results...)
		if said.Content != "" || len(said.Images)+len(said.ToolCalls) > 0 || len(results) == 0 {
			out = append(out, said)
		}
	}
	return out, nil
}

// arguments are a past call's arguments, which the server wants as an object.
func arguments(call providers.ToolCall) (json.RawMessage, error) {
	text := strings.TrimSpace(call.Arguments)
	if text == "" {
		return json.RawMessage("{}"), nil
	}
	if !json.Valid([]byte(text)) || text[0] != '{' {
		return nil, unsupported("the arguments of the earlier call of %s are not a JSON object", call.Name)
	}
	return json.RawMessage(text), nil
}

// thinking is the wire's word for Params.Think. Left empty it stays out, and
// the model does what it does by default, which is to think if it can. For a
// model that can't think it stays out too, because the server refuses it.
func thinking(req providers.Request, m card) (v *api.ThinkValue, notice string, err error) {
	want := req.Params.Think
	near := map[string]string{"minimal": "low", "xhigh": "high"}[want] // which Ollama does not know
	switch can := m.can.Thoughts != providers.No; {
	case want == "", want == "off" && !can:
		return nil, "", nil
	case !slices.Contains(providers.ThinkLevels(), want):
		return nil, "", unsupported("think is one of %s, not %q", strings.Join(providers.ThinkLevels(), ", "), want)
	case !can:
		return nil, fmt.Sprintf("%s can't think: think=%s was left out", req.Model, want), nil
	case want == "on", want == "off":
		return &api.ThinkValue{Value: want == "on"}, "", nil
	case !m.efforts:
		return &api.ThinkValue{Value: true}, fmt.Sprintf("%s thinks without degrees: think=%s was sent as on", req.Model, want), nil
	case near != "":
		return &api.ThinkValue{Value: near}, fmt.Sprintf("think=%s is not known to Ollama: sent as %s", want, near), nil
	}
	return &api.ThinkValue{Value: want}, "", nil
}

// sentParams are the parameters as they are sent.
func sentParams(p providers.Params, think *api.ThinkValue, window int) providers.Params {
	p.Context, p.ThinkBudget, p.Think = window, 0, ""
	if think != nil {
		switch v := think.Value.(type) {
		case bool:
			p.Think = map[bool]string{true: "on", false: "off"}[v]
		case string:
			p.Think = v
		}
	}
	return p
}

const (
	usualWindow = 8192 // asked for unless the prompt needs more
	answerRoom  = 4096 // left for an answer whose length is not limited
)

// window is the context to ask for: the smaller of the model's and
// usualWindow, doubled until prompt and answer fit, at most the model's. It
// grows by doubling because a model is loaded anew for every other window. A
// model that runs elsewhere has the window that its host gives it.
func window(req providers.Request, m card) (w int, notice string) {
	asked := req.Params.Context
	switch {
	case asked > 0 && m.context > 0 && asked > m.context:
		// The server would cut it down without saying so.
		return m.context, fmt.Sprintf("%s has a window of %d tokens: context=%d was sent as that", req.Model, m.context, asked)
	case asked > 0:
		return asked, ""
	case m.remote:
		return 0, ""
	}
	room := req.Params.MaxTokens
	if room <= 0 {
		room = answerRoom
	}
	need := promptTokens(req, m.eyes) + room
	for w = usualWindow; w < need && (m.context == 0 || w < m.context) && w < 1<<30; {
		w *= 2
	}
	if m.context > 0 {
		w = min(w, m.context)
	}
	return w, ""
}

// promptTokens estimates a prompt, generously: what is not ASCII counts a token
// a character, as Chinese does, because an estimate too low here is an error
// for the user and one too high only memory.
func promptTokens(req providers.Request, e eyes) int {
	plain, other, seen := 0, 0, 0
	count := func(s string) {
		n := utf8.RuneCountInString(s)
		foreign := 0
		for _, r := range s {
			if r >= utf8.RuneSelf {
				foreign++
			}
		}
		plain += n - foreign
		other += foreign
	}
	count(req.System)
	count(string(req.Schema))
	for _, t := range req.Tools {
		count(t.Name + t.Description + string(t.Parameters))
	}
	for _, m := range req.Messages {
		count("<|role|>\n<|end|>\n") // what a template puts around a message
		for _, part := range m.Parts {
			switch part := part.(type) {
			case providers.Text:
				count(string(part))
			case providers.ToolCall:
				count(part.Name + part.Arguments)
			case providers.ToolResult:
				count(part.Text)
			case providers.Blob:
				seen += e.tokens(part.Data)
			}
		}
	}
	return providers.EstimateTokens(plain) + other + seen
}
