package transfer

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"juxta/providers"
	"juxta/sessions"
)

// openAIChat reads conversations as OpenAI's services take them for fine-tuning
// and as requests, one a line: {"messages": [{"role": …, "content": …}, …]}.
// Pictures are in them as data URLs; nothing is fetched from anywhere. They have
// no name: the same line is the same conversation.
func openAIChat() foreign {
	return foreign{
		name: "openai-jsonl", says: "JSONL in OpenAI's chat format: a conversation a line, in messages",
		under: "conversations", knownBy: []string{"messages"},
		read: conversation[chatLine],
	}
}

type chatLine struct {
	Model    string        `json:"model"`
	Messages []chatMessage `json:"messages"`
}

type chatMessage struct {
	Role      string      `json:"role"`
	Content   chatContent `json:"content"`
	Refusal   string      `json:"refusal"`
	Reasoning string      `json:"reasoning_content"`
	Calls     []struct {
		ID       string       `json:"id"`
		Function chatFunction `json:"function"`
	} `json:"tool_calls"`
	Call *chatFunction `json:"function_call"` // before there were tool_calls
}

type chatFunction struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// chatContent is a text, or parts.
type chatContent []chatPart

type chatPart struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	Refusal string `json:"refusal"`
	Image   struct {
		URL string `json:"url"`
	} `json:"image_url"`
	Audio struct {
		Data   string `json:"data"`
		Format string `json:"format"`
	} `json:"input_audio"`
	File struct {
		Name string `json:"filename"`
		Data string `json:"file_data"`
	} `json:"file"`
}

// UnmarshalJSON reads a text, parts or null.
func (c *chatContent) UnmarshalJSON(b []byte) error {
	*c = nil
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*c = chatContent{{Type: "text", Text: s}}
		return err
	}
	return json.Unmarshal(b, (*[]chatPart)(c))
}

func (c *chatLine) talk(g *gathering, v value) (*talk, error) {
	t := &talk{format: "openai-jsonl", provider: "openai-jsonl", key: v.key(""), at: v.at}
	asked := false
	for i := range c.Messages {
		from := &c.Messages[i]
		m := message{id: strconv.Itoa(i + 1)}
		if i > 0 {
			m.parent = strconv.Itoa(i)
		}
		switch from.Role {
		case "system", "developer":
			if asked {
				g.leave(t.at, "messages of the system behind the first question")
			} else if s := from.Content.text(); s != "" {
				t.system = strings.TrimPrefix(t.system+"\n\n"+s, "\n\n")
			}
		case "user":
			m.asks, asked = true, true
			m.text = from.Content.text()
			if err := g.chatFiles(t, from.Content, &m); err != nil {
				return nil, err
			}
		case "assistant":
			m.answer = from.answer()
			if c.Model != "" {
				m.answer.Model = providers.Ref{Provider: "openai-jsonl", Model: c.Model}
			}
			if !asked && m.says() {
				g.leave(t.at, "answers before the first question")
			}
		case "tool", "function":
			g.leave(t.at, "messages of tools")
		default:
			return nil, t.at.broken("its message %d has the role %.40q, which there is not", i+1, from.Role)
		}
		t.messages = append(t.messages, m)
	}
	return t, nil
}

func (m *chatMessage) answer() sessions.Answer {
	a := sessions.Answer{Text: m.Content.text(), Thoughts: m.Reasoning, Refusal: m.Refusal}
	for _, p := range m.Content {
		a.Refusal = cmp.Or(a.Refusal, p.Refusal)
	}
	for _, c := range m.Calls {
		a.Calls = append(a.Calls, sessions.Call{ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments})
	}
	if m.Call != nil {
		a.Calls = append(a.Calls, sessions.Call{Name: m.Call.Name, Arguments: m.Call.Arguments})
	}
	switch {
	case len(a.Calls) > 0:
		a.Finish = providers.ToolUse
	case a.Refusal != "" && a.Text == "":
		a.Finish = providers.Refused
	}
	return a
}

func (c chatContent) text() string {
	var all []string
	for _, p := range c {
		if p.Text != "" {
			all = append(all, p.Text)
		}
	}
	return strings.Join(all, "\n")
}

// chatFiles takes in the files that are in a question.
func (g *gathering) chatFiles(t *talk, c chatContent, m *message) error {
	for i, p := range c {
		name, data, ok := p.file(i + 1)
		switch {
		case p.Type == "text":
			continue
		case ok:
			err := g.enclose(t, m, name, data)
			if g.ctx.Err() != nil {
				return g.ctx.Err()
			}
			if err != nil {
				g.leave(t.at, err.Error())
			}
		case p.remote():
			g.leave(t.at, "pictures on the net, which is never asked")
		case p.Type == "image_url", p.Type == "input_audio", p.Type == "file":
			g.leave(t.at, "files that the export does not hold")
		default:
			g.leave(t.at, "parts of a kind that juxta does not know")
		}
	}
	return nil
}

func (p *chatPart) remote() bool {
	_, http := cutPrefixFold(p.Image.URL, "http:")
	_, https := cutPrefixFold(p.Image.URL, "https:")
	return http || https
}

// file is the n-th part's file, if its bytes are here.
func (p *chatPart) file(n int) (name string, data []byte, ok bool) {
	switch p.Type {
	case "image_url":
		data, ok = dataURL(p.Image.URL)
		return "picture " + strconv.Itoa(n), data, ok
	case "input_audio":
		data, ok = base64Data(p.Audio.Data)
		return "sound " + strconv.Itoa(n), data, ok
	case "file":
		if data, ok = dataURL(p.File.Data); !ok {
			data, ok = base64Data(p.File.Data)
		}
		return nameOf(p.File.Name, "file "+strconv.Itoa(n)), data, ok
	}
	return "", nil, false
}
