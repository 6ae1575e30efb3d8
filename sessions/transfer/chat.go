package transfer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
)

// A Chat writes chosen answers for fine-tuning: one example a line, in OpenAI's
// chat format, {"messages": [system, user, assistant, …, user, assistant]}. The
// last message is the answer that was chosen; what comes before it is what its
// column was told: its system prompt, and its own history or that of the column
// which it followed. Answers of the history have weight 0, because each has a line
// of its own where it was chosen.
//
// An answer is chosen by the votes on it: a turn has an example of each that no
// other one beats (see [Preferences] for how several votes count), and none if
// all are bad. Without votes it is the one that all columns went on from, or the
// only one that was given.
type Chat struct {
	Omissions
	to   *json.Encoder
	want func(*sessions.Turn) bool
}

// NewChat writes examples of the turns that want says; nil is all.
func NewChat(w io.Writer, want func(*sessions.Turn) bool) *Chat {
	return &Chat{to: encoder(w), want: want}
}

// Add writes the examples of a session.
func (c *Chat) Add(b *sessions.Bundle) error {
	h := newHistory(b)
	for i := range b.Turns {
		t := &b.Turns[i]
		if !c.may(t, c.want) {
			continue
		}
		chosen := h.chosen(t)
		if len(chosen) == 0 {
			c.omit("turns in which no answer was chosen")
		}
		for _, a := range chosen {
			if why := unfit(a); why != "" {
				c.omit("chosen answers that " + why)
				continue
			}
			told, err := h.told(t, a)
			if err != nil {
				c.omit("examples whose question or history " + err.Error())
				continue
			}
			c.use(a)
			if err := c.to.Encode(example{append(told, saidBy(a))}); err != nil {
				return err
			}
		}
	}
	return nil
}

type example struct {
	Messages []line `json:"messages"`
}

// A line is one message of a conversation.
type line struct {
	Role    string `json:"role"`
	Content any    `json:"content"` // a text, or parts
	Weight  *int   `json:"weight,omitempty"`
}

// A piece is a part of a message that has pictures.
type piece struct {
	Type  string   `json:"type"`
	Text  string   `json:"text,omitempty"`
	Image *address `json:"image_url,omitempty"`
}

type address struct {
	URL string `json:"url"`
}

// encoder writes a value a line. The signs that HTML has are left as they are.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// Omissions count what was written, and what was left out and why.
type Omissions struct {
	written, simulated int
	why                []Left
}

// Wrote is how many lines were written, and how many of those have an answer of
// a demo model.
func (o *Omissions) Wrote() (lines, simulated int) { return o.written, o.simulated }

// Left lists what was left out.
func (o *Omissions) Left() []Left { return o.why }

func (o *Omissions) omit(what string) {
	i := slices.IndexFunc(o.why, func(l Left) bool { return l.What == what })
	if i < 0 {
		i, o.why = len(o.why), append(o.why, Left{What: what})
	}
	o.why[i].Times++
}

func (o *Omissions) use(answers ...*sessions.Answer) {
	o.written++
	if slices.ContainsFunc(answers, func(a *sessions.Answer) bool { return a.Simulated }) {
		o.simulated++
	}
}

// may reports whether anything of a turn is written. Nothing is of one that is
// blind, still: an example names nobody, but two of them might be compared.
func (o *Omissions) may(t *sessions.Turn, want func(*sessions.Turn) bool) bool {
	if want != nil && !want(t) {
		return false
	}
	if t.Hidden() {
		o.omit("blind turns that are not revealed")
		return false
	}
	return true
}

// unfit is why nobody should learn from an answer; "" if somebody may.
func unfit(a *sessions.Answer) string {
	switch {
	case a.Finish == providers.Failed:
		return "failed"
	case a.Finish == "" || a.Finish == providers.Cancelled:
		return "did not come to their end"
	case a.Finish == providers.Length:
		return "were cut off at the limit of tokens"
	case len(a.Calls) > 0:
		return "call tools"
	case strings.TrimSpace(a.Text+a.Refusal) == "":
		return "say nothing"
	}
	return ""
}

func saidBy(a *sessions.Answer) line { return line{Role: "assistant", Content: wordsOf(a)} }

func wordsOf(a *sessions.Answer) string {
	if a.Text != "" {
		return a.Text
	}
	return a.Refusal
}

// A history knows what each column of a session was told.
type history struct {
	of    *sessions.Bundle
	turns map[int]*sessions.Turn
}

func newHistory(b *sessions.Bundle) *history {
	h := &history{b, map[int]*sessions.Turn{}}
	for i := range b.Turns {
		h.turns[b.Turns[i].ID] = &b.Turns[i]
	}
	return h
}

// chosen lists the answers to a turn that somebody chose.
func (h *history) chosen(t *sessions.Turn) (all []*sessions.Answer) {
	if r := judged(t); r.votes > 0 {
		return r.best()
	}
	if t.Adopted != nil {
		if a, ok := t.Take(*t.Adopted); ok {
			return append(all, a)
		}
	}
	if len(t.Columns) == 1 {
		if a, ok := t.Answer(t.Columns[0]); ok {
			return append(all, a)
		}
	}
	return nil
}

// told is what was said before an answer to a turn, the question included. Its
// error is why that can't be written.
func (h *history) told(t *sessions.Turn, a *sessions.Answer) ([]line, error) {
	var all []line
	if a.System != "" {
		all = append(all, line{Role: "system", Content: a.System})
	}
	if h.of.Session.Kind != sessions.Experiment {
		for _, stretch := range h.of.Session.PathTo(t.Parent) {
			for id := stretch.From; id <= stretch.To; id++ {
				past := h.turns[id]
				if past == nil {
					return nil, errors.New("is not all there")
				}
				if past.Hidden() {
					return nil, errors.New("is blind, still")
				}
				given, ok := past.Told(past.Lead(a.Column, a.Follows))
				if !ok || !given.Remembered() {
					continue
				}
				asked, err := h.asks(past)
				if err != nil {
					return nil, err
				}
				answer := saidBy(given)
				answer.Weight = new(int)
				all = append(all, asked, answer)
			}
		}
	}
	asked, err := h.asks(t)
	return append(all, asked), err
}

// asks is a question as it was sent: pictures first, then what is written in
// files, and the question below.
func (h *history) asks(t *sessions.Turn) (line, error) {
	var seen []piece
	var written []string
	for _, f := range t.Files {
		data, ok := h.of.Files[f.SHA256]
		if !ok {
			return line{}, errors.New("has a file that is not in the store any more")
		}
		switch (&prompts.Attachment{MIME: f.MIME}).Kind() {
		case prompts.Picture:
			seen = append(seen, piece{Type: "image_url", Image: &address{"data:" + f.MIME + ";base64," + base64.StdEncoding.EncodeToString(data)}})
		case prompts.Written:
			written = append(written, string(sessions.Enclosed(f.Name, data)))
		default:
			return line{}, errors.New("has a file that is neither a picture nor text")
		}
	}
	if strings.TrimSpace(t.Text) != "" || len(t.Files) == 0 {
		written = append(written, t.Text)
	}
	if len(seen) == 0 {
		return line{Role: "user", Content: strings.Join(written, "")}, nil
	}
	for _, text := range written {
		seen = append(seen, piece{Type: "text", Text: text})
	}
	return line{Role: "user", Content: seen}, nil
}
