package transfer

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"juxta/providers"
)

// claude reads the data export of Claude: a ZIP archive, or what was in it, or its
// conversations.json alone. Messages of newer exports say which one they follow;
// those of older ones follow each other. Of attached documents the export holds
// the text, and nothing of pictures.
func claude() foreign {
	return foreign{
		name: "claude", says: "the data export of Claude: the ZIP archive, the folder, or conversations.json",
		under: "conversations", knownBy: []string{"chat_messages"},
		read: conversation[claudeConversation],
	}
}

type claudeConversation struct {
	UUID     string          `json:"uuid"`
	Name     string          `json:"name"`
	Model    string          `json:"model"`
	Created  stamp           `json:"created_at"`
	Updated  stamp           `json:"updated_at"`
	Current  string          `json:"current_leaf_message_uuid"`
	Messages []claudeMessage `json:"chat_messages"`
}

type claudeMessage struct {
	UUID        string        `json:"uuid"`
	Parent      string        `json:"parent_message_uuid"`
	Sender      string        `json:"sender"`
	Text        string        `json:"text"`
	Content     []claudeBlock `json:"content"`
	Created     stamp         `json:"created_at"`
	Model       string        `json:"model"`
	Attachments []struct {
		Name string `json:"file_name"`
		Text string `json:"extracted_content"`
	} `json:"attachments"`
	Files []struct {
		Name string `json:"file_name"`
	} `json:"files"`
}

type claudeBlock struct {
	Type     string          `json:"type"`
	Text     string          `json:"text"`
	Thinking string          `json:"thinking"`
	Tool     string          `json:"name"`
	Input    json.RawMessage `json:"input"`
}

// claudeRoot is what a first message is said to follow.
const claudeRoot = "00000000-0000-4000-8000-000000000000"

func (c *claudeConversation) talk(g *gathering, v value) (*talk, error) {
	t := &talk{
		format: "claude", provider: "claude", key: v.key(c.UUID), title: c.Name,
		created: c.Created.Time, updated: c.Updated.Time, current: c.Current, at: v.at,
	}
	tree := false
	for i := range c.Messages {
		tree = tree || c.Messages[i].Parent != ""
	}
	before := ""
	for i := range c.Messages {
		from := &c.Messages[i]
		m := message{id: from.UUID, parent: from.Parent, at: from.Created.Time}
		switch {
		case !tree:
			m.id, m.parent = strconv.Itoa(i+1), before
		case m.id == "":
			return nil, v.at.broken("its message %d has no uuid", i+1)
		case m.parent == claudeRoot:
			m.parent = ""
		}
		before = m.id
		switch from.Sender {
		case "human", "user":
			if err := g.claudeQuestion(t, from, &m); err != nil {
				return nil, err
			}
		case "assistant":
			g.claudeAnswer(t, from, &m)
			if model := cmp.Or(from.Model, c.Model); model != "" {
				m.answer.Model = providers.Ref{Provider: "claude", Model: model}
			}
		default:
			g.leave(v.at, "messages that are nobody's")
		}
		t.messages = append(t.messages, m)
	}
	return t, nil
}

func (g *gathering) claudeQuestion(t *talk, from *claudeMessage, m *message) error {
	m.text, _ = from.said(func(what string) { g.leave(t.at, what) }, g.in.Note)
	for _, a := range from.Attachments {
		if a.Text == "" {
			g.leave(t.at, "files that the export does not hold")
			continue
		}
		err := g.enclose(t, m, textName(a.Name), []byte(a.Text))
		if g.ctx.Err() != nil {
			return g.ctx.Err()
		}
		if err != nil {
			g.leave(t.at, err.Error())
		}
	}
	for range from.Files {
		g.leave(t.at, "files that the export does not hold")
	}
	m.asks = m.text != "" || len(from.Attachments)+len(from.Files) > 0
	return nil
}

// textName is what the text of a document is called: that of report.pdf is
// report.pdf.txt, and what was pasted has no name.
func textName(name string) string {
	if name == "" {
		return "pasted.txt"
	}
	name = nameOf(name, "pasted.txt")
	for _, end := range []string{".pdf", ".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".xls", ".xlsx", ".epub"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return name + ".txt"
		}
	}
	return name
}

func (g *gathering) claudeAnswer(t *talk, from *claudeMessage, m *message) {
	m.answer.Text, m.answer.Thoughts = from.said(func(what string) { g.leave(t.at, what) }, g.in.Note)
	for range from.Attachments {
		g.leave(t.at, "files that the model made")
	}
	for range from.Files {
		g.leave(t.at, "files that the model made")
	}
}

// said is what a message says, and what was thought before. Text that was divided
// by citations is one again; where a tool was used in between, it is apart.
func (m *claudeMessage) said(leave, note func(string)) (text, thoughts string) {
	var texts, thought []string
	joined := false
	for _, b := range m.Content {
		switch b.Type {
		case "text":
			if joined {
				texts[len(texts)-1] += b.Text
			} else if b.Text != "" {
				texts = append(texts, b.Text)
			}
			joined = len(texts) > 0
			continue
		case "thinking":
			if b.Thinking != "" {
				thought = append(thought, b.Thinking)
			}
		case "tool_use":
			if d, ok := claudeDocument(b.Tool, b.Input); ok {
				texts = append(texts, d.whole())
				note(inAnswersNote)
			} else {
				leave("calls of tools")
			}
		case "tool_result":
			leave("messages of tools")
		case "token_budget": // how much it may still write
		default:
			leave("parts of a kind that juxta does not know")
		}
		joined = false
	}
	if text = strings.Join(texts, "\n\n"); strings.TrimSpace(text) == "" {
		text = m.Text
	}
	if strings.TrimSpace(text) == "" {
		text = ""
	}
	return text, strings.Join(thought, "\n\n")
}
