package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A printer writes the answers of a run one below the other, in column order and
// then by take: the first that has not ended as it comes, those behind it when
// their turn is.
type printer struct {
	*app
	answers []*printed
	next    int  // the answer that is being written
	waited  bool // a line about waiting stands on the standard error
	err     error
}

// printed is one answer of a printer.
type printed struct {
	id         sessions.Pick
	which      string // of several answers of its column, "take 2"
	model      providers.Ref
	simulated  bool
	local      bool
	clean      plain.Stream
	waiting    strings.Builder // clean text whose turn has not come
	begun      bool            // its heading is written
	midline    bool            // the last byte written was not a newline
	said       bool
	final      *sessions.News
	underneath sessions.State
}

func newPrinter(a *app, b *sessions.Bench, run *sessions.Run) *printer {
	p := &printer{app: a}
	s := b.Session()
	picks := inOrder(run, &s)
	for _, k := range picks {
		c, _ := s.Column(k.Column)
		e, _ := b.Registry.Find(c.Model)
		p.answers = append(p.answers, &printed{id: k, which: repeated(k, picks), model: c.Model, simulated: e.API == "demo", local: e.Local})
	}
	return p
}

// print writes everything and returns a failure if an answer is one. If what it
// writes to goes away, the answers are stopped.
func (p *printer) print(run *sessions.Run) error {
	for n := range each(run) {
		for _, c := range p.answers {
			if c.id == (sessions.Pick{Column: n.Column, Take: n.Take}) {
				p.take(c, n)
			}
		}
		p.advance()
		if p.err != nil {
			run.StopAll()
		}
	}
	if p.err != nil && !errors.Is(p.err, errUnread) {
		return fmt.Errorf("the answers are not all written: %w", p.err)
	}
	var failed error
	var finals []*sessions.Answer
	for _, c := range p.answers {
		if c.final == nil || !answered(c.final.Final) {
			failed = &mistake{code: exitFailed}
		}
		if c.final != nil {
			finals = append(finals, c.final.Final)
		}
	}
	p.compare(finals)
	return failed
}

func (p *printer) take(c *printed, n sessions.News) {
	c.waiting.WriteString(c.clean.Add(n.Text + n.Refusal))
	c.underneath = n.State
	if n.Final != nil {
		c.waiting.WriteString(c.clean.Flush())
		c.final = &n
	}
}

// advance writes all that may be written by now.
func (p *printer) advance() {
	for ; p.next < len(p.answers); p.next++ {
		c := p.answers[p.next]
		p.heading(c)
		if text := c.waiting.String(); text != "" {
			p.clear()
			p.write(text)
			c.waiting.Reset()
			c.midline = !strings.HasSuffix(text, "\n")
			c.said = true
		}
		if c.final == nil {
			p.wait(c)
			return
		}
		p.clear()
		p.end(c)
	}
}

// heading tells several answers apart. A single one stands alone, so that it
// can go into a file or a pipe as it is.
func (p *printer) heading(c *printed) {
	if c.begun || len(p.answers) == 1 {
		return
	}
	c.begun = true
	p.clear()
	title := fmt.Sprintf("## %d · %s", c.id.Column, plain.Line(c.model.String()))
	if c.which != "" {
		title += " · " + c.which
	}
	switch {
	case c.simulated:
		title += " · simulated"
	case c.local:
		title += " · local"
	}
	if p.next > 0 {
		title = "\n" + title
	}
	p.write(title + "\n\n")
}

// end finishes an answer's text and says on the standard error what it took.
func (p *printer) end(c *printed) {
	if c.said && c.midline {
		p.write("\n")
	}
	for _, call := range c.final.Final.Calls {
		p.write(plain.Text(fmt.Sprintf("[calls %s %s]\n", call.Name, call.Arguments)))
	}
	p.warn(*c.final, c.which)
	if f := c.final.Final.Figures(); f != "" {
		p.say("%s  %s", strings.TrimRight(fmt.Sprintf("%d %s %s", c.id.Column, plain.Line(c.model.String()), c.which), " "), f)
	}
}

func (p *printer) write(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.out, s)
	}
}

// wait tells somebody at a terminal why nothing comes, until the first text.
func (p *printer) wait(c *printed) {
	if !p.errTerm || c.said || c.underneath.For < time.Second {
		return
	}
	what := c.underneath.Text
	if what == "" {
		what = map[sessions.Phase]string{sessions.Thinking: "thinking"}[c.underneath.Phase]
	}
	if what == "" {
		what = "waiting"
	}
	p.waited = true
	p.status("%s: %s %.0f s", plain.Line(c.model.String()), plain.Line(what), c.underneath.For.Seconds())
}

func (p *printer) clear() {
	if p.waited {
		p.waited = false
		p.wipe()
	}
}
