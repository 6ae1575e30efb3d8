package transfer

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// chatGPT reads the data export of ChatGPT: a ZIP archive, or what was in it, or
// its conversations.json alone (since 2026 conversations-000.json and so on). A
// conversation is a tree of messages, each with its parent. What the model was
// told without anybody having typed it, and what it and its tools said to each
// other, is not part of a session and is left out, but for what it wrote on its
// canvas, see [document].
func chatGPT() foreign {
	return foreign{
		name: "chatgpt", says: "the data export of ChatGPT: the ZIP archive, the folder, or conversations.json",
		under: "conversations", knownBy: []string{"mapping"},
		read: conversation[gptConversation],
	}
}

type gptConversation struct {
	ID       string             `json:"id"`
	Other    string             `json:"conversation_id"`
	Title    string             `json:"title"`
	Created  stamp              `json:"create_time"`
	Updated  stamp              `json:"update_time"`
	Current  string             `json:"current_node"`
	Model    string             `json:"default_model_slug"`
	Mapping  map[string]gptNode `json:"mapping"`
	Archived bool               `json:"is_archived"`
	Gizmo    string             `json:"gizmo_id"` // a custom GPT, or a project
}

type gptNode struct {
	Parent  string      `json:"parent"`
	Message *gptMessage `json:"message"`
}

type gptMessage struct {
	Author struct {
		Role string `json:"role"`
	} `json:"author"`
	Created   stamp       `json:"create_time"`
	Content   *gptContent `json:"content"`
	Status    string      `json:"status"`
	Recipient string      `json:"recipient"`
	Metadata  struct {
		Hidden      bool       `json:"is_visually_hidden_from_conversation"`
		Model       string     `json:"model_slug"`
		Finish      *gptFinish `json:"finish_details"`
		Attachments []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"attachments"`
	} `json:"metadata"`
}

type gptFinish struct {
	Type string `json:"type"`
}

type gptContent struct {
	Type     string          `json:"content_type"`
	Parts    []gptPart       `json:"parts"`
	Thoughts json.RawMessage `json:"thoughts"` // a list, or in older exports a text
	Text     json.RawMessage `json:"text"`     // of a call, which has no parts

	said string // Text, where that is one
}

// A gptPart is a text, or something of another type.
type gptPart struct {
	Type    string `json:"content_type"` // "" for a text
	Text    string `json:"text"`
	Pointer string `json:"asset_pointer"`
}

// UnmarshalJSON reads a text, an object, or null for an empty text.
func (p *gptPart) UnmarshalJSON(b []byte) error {
	type object gptPart
	*p = gptPart{}
	switch {
	case len(b) > 0 && b[0] == '{':
		return json.Unmarshal(b, (*object)(p))
	case len(b) > 0 && b[0] != '"' && string(b) != "null":
		p.Type = "unknown"
		return nil
	}
	return json.Unmarshal(b, &p.Text)
}

func (c *gptConversation) talk(g *gathering, v value) (*talk, error) {
	t := &talk{
		format: "chatgpt", provider: "chatgpt", key: v.key(cmp.Or(c.Other, c.ID)), title: c.Title, archived: c.Archived,
		created: c.Created.Time, updated: c.Updated.Time, current: c.Current, at: v.at,
	}
	switch {
	case strings.HasPrefix(c.Gizmo, "g-p-"):
		g.leave(v.at, "instructions of projects, which the export does not hold")
	case c.Gizmo != "":
		g.leave(v.at, "instructions of custom GPTs, which the export does not hold")
	}
	order := make([]string, 0, len(c.Mapping))
	for id := range c.Mapping {
		order = append(order, id)
	}
	when := func(id string) time.Time {
		if m := c.Mapping[id].Message; m != nil {
			return m.Created.Time
		}
		return time.Time{}
	}
	slices.SortFunc(order, func(x, y string) int { return cmp.Or(when(x).Compare(when(y)), strings.Compare(x, y)) })
	for _, id := range order {
		n := c.Mapping[id]
		m := message{id: id, parent: n.Parent}
		if n.Message != nil {
			if err := c.read(g, t, n.Message, &m); err != nil {
				return nil, err
			}
		}
		t.messages = append(t.messages, m)
	}
	return t, nil
}

// read takes in what a message says.
func (c *gptConversation) read(g *gathering, t *talk, from *gptMessage, m *message) error {
	m.at = from.Created.Time
	content := from.Content
	if content == nil {
		return nil
	}
	switch {
	case from.Author.Role == "system" && content.text() == "":
	case from.Author.Role == "system":
		g.leave(t.at, "messages of the system")
	case content.Type == "user_editable_context":
		g.leave(t.at, "custom instructions")
	case content.Type == "model_editable_context":
		g.leave(t.at, "what ChatGPT remembers of other conversations")
	case from.Metadata.Hidden:
		g.leave(t.at, "hidden messages")
	case from.Author.Role == "user":
		return g.gptQuestion(t, from, m)
	case from.Author.Role == "assistant":
		g.gptAnswer(t, from, m)
		m.answer.Model = gptModel(cmp.Or(from.Metadata.Model, c.Model))
		m.answer.Finish = from.finish()
	case from.Author.Role == "tool":
		g.leave(t.at, "messages of tools")
		for _, p := range content.Parts {
			if p.Type == "image_asset_pointer" {
				g.leave(t.at, "pictures that the model made")
			}
		}
	default:
		g.leave(t.at, "messages that are nobody's")
	}
	return nil
}

func gptModel(slug string) providers.Ref {
	if slug == "" {
		return providers.Ref{}
	}
	return providers.Ref{Provider: "chatgpt", Model: slug}
}

// finish is how an answer ended, "" for as usual.
func (m *gptMessage) finish() providers.Reason {
	kind := ""
	if m.Metadata.Finish != nil {
		kind = m.Metadata.Finish.Type
	}
	switch {
	case kind == "max_tokens", m.Status == "finished_partial_completion":
		return providers.Length
	case kind == "interrupted", m.Status == "in_progress":
		return providers.Cancelled
	}
	return ""
}

// text is all that is said in words, spoken ones too.
func (c *gptContent) text() string {
	var all []string
	for _, p := range c.Parts {
		if (p.Type == "" || p.Type == "audio_transcription") && strings.TrimSpace(p.Text) != "" {
			all = append(all, p.Text)
		}
	}
	return strings.Join(all, "\n")
}

func (g *gathering) gptAnswer(t *talk, from *gptMessage, m *message) {
	content := from.Content
	_ = json.Unmarshal(content.Text, &content.said) // else it is no text
	switch {
	case strings.HasPrefix(from.Recipient, "canmore."):
		if d, ok := gptDocument(from.Recipient, content); ok {
			m.answer.Text = d.whole()
			g.in.Note(inAnswersNote)
		} else {
			g.leave(t.at, "changes to a document beside the conversation")
		}
	case from.Recipient != "" && from.Recipient != "all", content.Type == "code":
		g.leave(t.at, "calls of tools")
	case content.Type == "thoughts":
		m.answer.Thoughts = gptThoughts(content.Thoughts)
	case content.Type == "reasoning_recap":
		g.leave(t.at, "notes on how long a model thought")
	case content.Type == "text", content.Type == "multimodal_text", content.Type == "":
		var marks int
		m.answer.Text, marks = unmarked(content.text())
		for range marks {
			g.leave(t.at, "marks of citations, whose sources are not in the text")
		}
		for _, p := range content.Parts {
			switch p.Type {
			case "image_asset_pointer":
				g.leave(t.at, "pictures that the model made")
			case "", "audio_transcription":
			default:
				g.leave(t.at, partWords(p.Type))
			}
		}
	default:
		g.leave(t.at, "messages of a kind that juxta does not know")
	}
}

// partWords is what is left out with a part of a type that is not taken.
func partWords(kind string) string {
	if strings.Contains(kind, "audio") || strings.Contains(kind, "video") {
		return "sounds and films"
	}
	return "parts of a kind that juxta does not know"
}

func gptThoughts(raw json.RawMessage) string {
	var list []struct{ Summary, Content string }
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var all []string
	for _, one := range list {
		if s := strings.TrimSpace(cmp.Or(one.Content, one.Summary)); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, "\n\n")
}

// ChatGPT's own pages show these marks as links, or as the name in them.
var (
	gptEntity = pattern("\ue200entity\ue202\\[\"[^\"\ue201]*\",\"([^\"\ue201]*)\"[^\ue201\n]*\ue201")
	gptMark   = pattern("\ue200[a-z_]+\ue202[^\ue200\ue201\n]*\ue201")
)

// unmarked is an answer without the marks of its citations, and how many it had.
func unmarked(s string) (string, int) {
	if !strings.Contains(s, "\ue200") {
		return s, 0
	}
	s = gptEntity().ReplaceAllString(s, "$1")
	marks := len(gptMark().FindAllStringIndex(s, -1))
	return gptMark().ReplaceAllString(s, ""), marks
}

// gptQuestion takes in a question with the files that the export holds.
func (g *gathering) gptQuestion(t *talk, from *gptMessage, m *message) error {
	if k := from.Content.Type; k != "text" && k != "multimodal_text" && k != "" {
		g.leave(t.at, "messages of a kind that juxta does not know")
		return nil
	}
	m.text = from.Content.text()
	var files []string
	for _, p := range from.Content.Parts {
		switch p.Type {
		case "", "audio_transcription":
		case "image_asset_pointer":
			files = append(files, pointerID(p.Pointer))
		default:
			g.leave(t.at, partWords(p.Type))
		}
	}
	names := map[string]string{}
	for _, a := range from.Metadata.Attachments {
		names[a.ID] = a.Name
		if a.ID != "" && !slices.Contains(files, a.ID) {
			files = append(files, a.ID)
		}
	}
	m.asks = m.text != "" || len(files) > 0
	for _, id := range files {
		if err := g.upload(t, m, id, names[id]); err != nil {
			return err
		}
	}
	return nil
}

// upload takes in a file that was sent with a question.
func (g *gathering) upload(t *talk, m *message, id, name string) error {
	if g.uploads == nil {
		g.uploads = uploads(g.export.members)
	}
	file, ok := g.uploads[id]
	if !ok {
		g.leave(t.at, "files that the export does not hold")
		return nil
	}
	data, err := file.bytes(prompts.MostBytes)
	if err != nil {
		return place{file: file.name}.wrong("%w", err)
	}
	err = g.enclose(t, m, nameOf(name, path.Base(file.name)), data)
	switch {
	case err == nil:
	case g.ctx.Err() != nil:
		return g.ctx.Err()
	default:
		at := t.at
		at.file, at.line, at.byte = file.name, 0, 0
		g.leave(at, err.Error())
	}
	return nil
}

// pointerID is the id in "file-service://file-abc" or "sediment://file_0123#…".
func pointerID(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if i := strings.IndexAny(s, "#?@"); i >= 0 {
		s = s[:i]
	}
	return s
}

// uploads are the members that are files of messages, by their id, with which
// their names begin: file-abc-name.png, file-abc.dat, file_0123-sanitized.jpg.
func uploads(members []member) map[string]member {
	all := map[string]member{}
	for _, m := range members {
		base := path.Base(m.name)
		if !strings.HasPrefix(base, "file-") && !strings.HasPrefix(base, "file_") {
			continue
		}
		id := base
		if i := strings.IndexAny(base[len("file-"):], "-."); i >= 0 {
			id = base[:len("file-")+i]
		}
		if _, twice := all[id]; !twice {
			all[id] = m
		}
	}
	return all
}
