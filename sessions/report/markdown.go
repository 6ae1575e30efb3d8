package report

import (
	"fmt"
	"io"
	"strings"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A Markdown writes reports as Markdown: a table of the models, then every
// question with a table of the figures and the answers below it.
type Markdown struct {
	to    io.Writer
	begun bool
}

// NewMarkdown writes to w.
func NewMarkdown(w io.Writer) *Markdown { return &Markdown{to: w} }

// Add writes a report.
func (m *Markdown) Add(r *Report) error {
	var b strings.Builder
	if m.begun {
		b.WriteString("\n---\n\n")
	}
	m.begun = true
	r.head(&b)
	for i := range r.Turns {
		b.WriteString("\n")
		r.markdown(&b, &r.Turns[i])
		if _, err := io.WriteString(m.to, b.String()); err != nil {
			return err
		}
		b.Reset()
	}
	_, err := io.WriteString(m.to, b.String())
	return err
}

// End is there because other writers have one.
func (m *Markdown) End() error { return nil }

// head is what stands above the questions.
func (r *Report) head(b *strings.Builder) {
	fmt.Fprintf(b, "# %s\n\n", inline(r.title()))
	fmt.Fprintf(b, "%s, side by side, %s. Asked with juxta, session %s.\n", r.asked(), r.when(), r.Session.ID)
	if tags := r.tags(); len(tags) > 0 {
		fmt.Fprintf(b, "Tags: %s.\n", inline(strings.Join(tags, ", ")))
	}
	line := func(what string, f Figure) {
		fmt.Fprintf(b, "- %s: %s", what, inline(f.Words))
		if f.Small != "" {
			fmt.Fprintf(b, " (%s)", inline(f.Small))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	line("Won", r.won())
	line("Cost", r.spent())
	line("Fastest", r.fastest())
	b.WriteString("\n| Model | Best in | Cost an answer | First word | Speed | Answered |\n|---|---|--:|--:|--:|--:|\n")
	for i := range r.Models {
		m := &r.Models[i]
		name := inline(r.name(m.Column, m.Model))
		if tags := r.tagsOf(m); len(tags) > 0 {
			name += " (" + strings.Join(tags, ", ") + ")"
		}
		fmt.Fprintf(b, "| %s |", name)
		for _, f := range []Figure{m.preferred(), m.each(), m.waits(), m.pace(), m.answered()} {
			fmt.Fprintf(b, " %s |", f.inCell())
		}
		b.WriteString("\n")
	}
	if lines := r.remarks(); len(lines) > 0 {
		fmt.Fprintf(b, "\n%s\n", strings.Join(lines, " "))
	}
}

func (f Figure) inCell() string {
	if f.Small == "" {
		return inline(f.Words)
	}
	return inline(f.Words + " (" + f.Small + ")")
}

// TurnMarkdown is one turn of a session as Markdown: the question, a table of the
// figures, the answers and the votes. Of one that is blind it is what may be
// shown.
func TurnMarkdown(s sessions.Session, t *sessions.Turn) string {
	var b strings.Builder
	if t.Hidden() {
		question(&b, t)
		veiled(&b, s, t)
		return b.String()
	}
	r := New(s, []sessions.Turn{*t}, nil)
	r.markdown(&b, &r.Turns[0])
	return b.String()
}

func question(b *strings.Builder, t *sessions.Turn) {
	b.WriteString(safe(t.Text))
	for i := range t.Files {
		f := &t.Files[i]
		fmt.Fprintf(b, ">\n> ▣ %s\n", inline(fileWords(f)))
	}
}

func (r *Report) markdown(b *strings.Builder, t *Turn) {
	fmt.Fprintf(b, "## Question %d", t.ID)
	if words := r.follows(t); words != "" {
		fmt.Fprintf(b, " · %s", words)
	}
	b.WriteString("\n\n")
	question(b, t.Turn)
	if t.Prompt != nil {
		fmt.Fprintf(b, "\nFrom the library: %s\n", inline(t.Prompt.Words()))
	}
	if note := strings.TrimSpace(plain.Text(t.Note)); note != "" {
		fmt.Fprintf(b, "\nNote: %s\n", inline(note))
	}
	b.WriteString("\n| Answer | Votes | First word | Done | Speed | Tokens in | Tokens out | Cost |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	for i := range t.Answers {
		a := &t.Answers[i]
		fmt.Fprintf(b, "| %s | %s |", r.heading(a), a.praise())
		for _, f := range []Figure{a.first(), a.total(), a.speed(), a.read(), a.wrote(), a.cost()} {
			fmt.Fprintf(b, " %s |", f.inCell())
		}
		b.WriteString("\n")
	}
	for i := range t.Votes {
		if v := &t.Votes[i]; v.Counts() {
			fmt.Fprintf(b, "\n%s\n", inline(t.said(v)))
		}
	}
	if p := t.Adopted; p != nil {
		fmt.Fprintf(b, "\nAll went on from the answer of column %d, take %d.\n", p.Column, p.Take)
	}
	for i := range t.Answers {
		a := &t.Answers[i]
		fmt.Fprintf(b, "\n### %s\n\n", r.heading(a))
		told(b, a.Answer)
		if words := a.ended(); words != "" {
			fmt.Fprintf(b, "\n*%s*\n", inline(words))
		}
	}
}

// heading is who an answer is from.
func (r *Report) heading(a *Answer) string {
	name := fmt.Sprintf("%d · %s", a.Column, inline(a.Model.String()))
	for _, badge := range a.badges() {
		name += " · " + badge
	}
	return name
}

// told is what an answer says.
func told(b *strings.Builder, a *sessions.Answer) {
	said := false
	for _, text := range []string{a.Text, a.Refusal} {
		if strings.TrimSpace(text) != "" {
			if said {
				b.WriteString("\n")
			}
			said = true
			b.WriteString(safe(text))
		}
	}
	for _, c := range a.Calls {
		fmt.Fprintf(b, "\nCalls %s with %s\n", inline(c.Name), inline(c.Arguments))
	}
	for _, n := range a.Notices {
		fmt.Fprintf(b, "\n*%s*\n", inline(n))
	}
}

// veiled is what may be shown of the answers of a blind turn.
func veiled(b *strings.Builder, s sessions.Session, t *sessions.Turn) {
	if t.Sealed() {
		b.WriteString("\n*Blind: nothing is shown before every answer is complete.*\n")
		return
	}
	shown := t.Veil(s.Columns)
	for _, column := range t.Seats() {
		for i := range shown.Answers {
			a := &shown.Answers[i]
			if a.Column != column {
				continue
			}
			fmt.Fprintf(b, "\n### Answer %d\n\n", t.Seat(column))
			told(b, a)
			if a.Masked > 0 {
				fmt.Fprintf(b, "\n*%s masked*\n", times(a.Masked, "name"))
			}
			switch one := (Answer{Answer: a}); {
			case a.Finish == providers.Failed && a.Error != nil:
				fmt.Fprintf(b, "\n*%s*\n", inline(a.Error.Message))
			case one.ended() != "":
				fmt.Fprintf(b, "\n*%s*\n", one.ended())
			}
		}
	}
	b.WriteString("\n*Blind: who answered what is shown after the vote.*\n")
}

// fileWords is a file of a question in a line.
func fileWords(f *sessions.Attachment) string {
	words := f.Name
	switch {
	case f.Width > 0:
		words += fmt.Sprintf(" %d×%d", f.Width, f.Height)
	case f.MIME != "":
		words += " · " + f.MIME
	}
	if len(f.Notes) > 0 {
		words += " · " + strings.Join(f.Notes, "; ")
	}
	return plain.Line(words)
}
