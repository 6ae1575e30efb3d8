package tui

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/markdown"
	"juxta/ui/theme"
)

// look is how everything on the screen is drawn.
type look struct {
	theme    *theme.Theme
	markdown *markdown.Styles
	thoughts bool // unfolded
}

// A pane draws one column: a box with the model's name, its share of the
// transcript, and the meters of the current turn.
type pane struct {
	place   int // on the screen, from 0
	column  sessions.Column
	model   providers.Model
	demo    bool
	focused bool
	active  bool // the panes have the keys, not the composer
	alone   bool // no other pane is beside it: it has no sides, so that its text can be marked and copied
}

// chrome is how many lines of a pane are not transcript.
func chrome(boxed bool) int {
	if boxed {
		return 5 // two rules, two meters, the bottom
	}
	return 2 // the title and one meter
}

// textWidth is how wide a pane's text may be.
func textWidth(r image.Rectangle, boxed bool) int {
	if boxed {
		return max(r.Dx()-4, 1)
	}
	return max(r.Dx()-2, 1)
}

// draw is the pane's lines, each exactly as wide as r.
func (p pane) draw(r image.Rectangle, boxed bool, lines []string, c *cell, lk *look) []string {
	th, w, h := lk.theme, r.Dx(), r.Dy()
	border := th.Border
	if p.focused && p.active {
		border = th.BorderFocus
	}
	one, two := p.meters(c, textWidth(r, boxed), lk)
	out := make([]string, 0, h)
	if !boxed {
		out = append(out, fit(" "+p.title(w-2, lk), w))
		for i := range max(h-2, 0) {
			out = append(out, " "+fit(at(lines, i), w-1))
		}
		return append(out, " "+fit(one, w-1))[:h]
	}
	title := p.title(w-6, lk)
	corners := [...]string{"╭", "╮", "├", "┤", "╰", "╯"}
	side := border.Render("│") // once: rendering costs more than all the rest of a row
	row := func(s string) string { return side + " " + fit(s, w-4) + " " + side }
	if p.alone {
		corners = [...]string{"─", "─", "─", "─", "─", "─"}
		row = func(s string) string { return "  " + s }
	}
	rule := func(i int) string {
		return border.Render(corners[i] + strings.Repeat("─", max(w-2, 0)) + corners[i+1])
	}
	out = append(out, border.Render(corners[0]+"─")+" "+title+" "+border.Render(strings.Repeat("─", max(w-5-ansi.StringWidth(title), 0))+corners[1]))
	for i := range max(h-chrome(true), 0) {
		out = append(out, row(at(lines, i)))
	}
	return append(out, rule(2), row(one), row(two), rule(4))[:h]
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// title is the column's number and model, and where it runs, in w cells at the
// most. The model's name is the last to be shortened.
func (p pane) title(w int, lk *look) string {
	th := lk.theme
	number := strconv.Itoa(p.place + 1)
	name, where := plain.Line(p.column.Model.Model), plain.Line(p.column.Model.Provider)
	switch {
	case p.demo:
		where = "simulated"
	case p.model.Local:
		where += " · local"
	}
	rest := w - len(number) - 1
	if ansi.StringWidth(name)+3+ansi.StringWidth(where) > rest {
		where = strings.TrimSuffix(strings.TrimPrefix(where, plain.Line(p.column.Model.Provider)+" · "), plain.Line(p.column.Model.Provider))
	}
	room := rest
	if where != "" {
		room -= 3 + ansi.StringWidth(where)
	}
	name = ansi.Truncate(name, max(room, 1), "…")
	style := th.Title
	if p.focused {
		style = style.Underline(p.active)
	}
	s := th.Column(p.place).Bold(true).Render(number) + " " + style.Render(name)
	if where != "" {
		tone := th.Muted
		if p.demo {
			tone = th.Warn
		}
		s += th.Muted.Render(" · ") + tone.Render(where)
	}
	return s
}

// facts are what a pane says before anything was asked.
func (p pane) facts(w int, lk *look) []string {
	th, m := lk.theme, p.model
	var lines []string
	row := func(label, text string) {
		if text != "" {
			lines = append(lines, th.Faint.Render(fit(label, 9))+th.Muted.Render(ansi.Truncate(text, max(w-9, 1), "…")))
		}
	}
	if p.demo {
		lines = append(lines, th.Warn.Render(ansi.Truncate("Simulated: built into juxta, nothing real answers.", w, "…")))
	}
	row("model", plain.Line(m.Ref.String()))
	if m.Context > 0 {
		row("context", sessions.Count(m.Context)+" tokens")
	}
	row("can", can(m.Can))
	row("size", size(m.Size))
	row("licence", plain.Line(m.Licence))
	row("price", price(m))
	if m.Price != nil && m.Price.Source != providers.Free {
		lines[len(lines)-1] += th.Faint.Render(" per M")
	}
	if p.column.System != "" {
		row("system", plain.Line(p.column.System))
	}
	return lines
}

func can(a providers.Abilities) string {
	var s []string
	for _, x := range []struct {
		name string
		yes  providers.Support
	}{{"images", a.Images}, {"thoughts", a.Thoughts}, {"tools", a.Tools}, {"audio", a.Audio}} {
		if x.yes == providers.Yes {
			s = append(s, x.name)
		}
	}
	return strings.Join(s, ", ")
}

// meters are the two lines below the transcript: time and speed, then cost,
// context and whether it is saved. Where only one line is shown, it is the
// first.
func (p pane) meters(c *cell, w int, lk *look) (one, two string) {
	th := lk.theme
	switch {
	case c == nil:
		return th.Faint.Render("nothing asked yet"), ""
	case !c.asked:
		return th.Faint.Render("not asked"), ""
	case c.running:
		return p.running(c, w, lk)
	}
	return p.ended(c, w, lk)
}

func (p pane) running(c *cell, w int, lk *look) (one, two string) {
	th, s, v := lk.theme, c.state, c.live
	tail := ""
	switch s.Phase {
	case sessions.Queued:
		one = th.Warn.Render("◷ "+s.Text) + th.Muted.Render(" · "+tenths(s.For)+" · esc skips")
	case sessions.Asked:
		what := "waiting"
		if s.Text != "" {
			what = plain.Line(s.Text)
		}
		one = th.Accent.Render("◷ "+what) + th.Muted.Render(" "+tenths(s.For))
		if s.For > 3*time.Second {
			one += th.Muted.Render(" · esc skips")
		}
	case sessions.Thinking:
		one = th.Accent.Render("◷ thinking") + th.Muted.Render(" · first "+sessions.Seconds(v.FirstToken))
		tail = " · ~" + sessions.Count(v.Usage.Output) + " tok"
	default:
		parts := firsts(v.FirstToken, v.FirstAnswer)
		if v.Speed > 0 {
			parts = append(parts, "~"+sessions.Speed(v.Speed))
		}
		one = th.Accent.Render("● ") + th.Muted.Render(joined(append(parts, "~"+sessions.Count(v.Usage.Output)+" tok"), w-2))
	}
	one += th.Muted.Render(tail)
	cost := "cost unknown"
	switch {
	case v.Cost != nil && p.model.Price != nil && p.model.Price.Source == providers.Free:
		cost = "free"
	case v.Cost != nil:
		cost = "~" + v.Cost.String()
	case p.model.Local:
		cost = "local"
	case p.model.Price != nil:
		cost = "–"
	}
	two = th.Muted.Render(cost + p.fill(v.Usage, max(v.Context, p.model.Context)))
	if v.Attempts > 1 {
		two += th.Warn.Render(fmt.Sprintf(" · attempt %d", v.Attempts))
	}
	return one, two
}

func (p pane) ended(c *cell, w int, lk *look) (one, two string) {
	th, a := lk.theme, &c.answer
	if a.Timing.FirstToken == 0 {
		words := "no answer"
		if a.Finish == providers.Finished || a.Finish == providers.Length {
			words = "empty answer"
		}
		one = th.Muted.Render(words)
		if a.Timing.Total > 0 {
			one += th.Muted.Render(" after " + sessions.Seconds(a.Timing.Total))
		}
	} else {
		parts := firsts(a.Timing.FirstToken, a.Timing.FirstAnswer)
		mark := sessions.About(a.Usage.Estimated)
		if v := a.Timing.Speed(a.Usage); v > 0 {
			parts = append(parts, mark+sessions.Speed(v))
		}
		parts = append(parts, mark+sessions.Count(a.Usage.Output)+" tok", "all "+sessions.Seconds(a.Timing.Last))
		one = th.Muted.Render(joined(parts, w))
	}
	words := a.CostWords()
	style := th.Muted
	if words == "cost unknown" {
		style = th.Warn
	}
	if a.Error == nil || a.Usage.Output > 0 {
		two = style.Render(words) + th.Muted.Render(p.fill(a.Usage, a.Context))
	} else {
		two = th.Muted.Render("nothing was answered")
	}
	if s := a.Server; s.Load != nil && *s.Load >= time.Second {
		two += th.Warn.Render(" · load " + sessions.Seconds(*s.Load))
	}
	if a.Timing.Attempts > 1 {
		two += th.Warn.Render(fmt.Sprintf(" · %d attempts", a.Timing.Attempts))
	}
	if c.unsaved != nil {
		two += th.Bad.Render(" · not saved yet")
	}
	return one, two
}

// joined are the parts that fit into w cells, the first ones first.
func joined(parts []string, w int) string {
	s := parts[0]
	for _, p := range parts[1:] {
		if ansi.StringWidth(s)+3+ansi.StringWidth(p) > w {
			break
		}
		s += " · " + p
	}
	return s
}

// firsts are the times to the first token and, where thoughts came before it,
// to the first visible answer.
func firsts(token, answer time.Duration) []string {
	if token == 0 {
		return nil
	}
	parts := []string{"first " + sessions.Seconds(token)}
	if answer > token {
		parts = append(parts, "answer "+sessions.Seconds(answer))
	}
	return parts
}

// fill is how full the context is.
func (p pane) fill(u providers.Usage, window int) string {
	if window <= 0 || u.Prompt()+u.Output == 0 {
		return ""
	}
	return fmt.Sprintf(" · ctx %s%d%%", sessions.About(u.Estimated), (100*(u.Prompt()+u.Output)+window-1)/window)
}

func tenths(d time.Duration) string {
	if d >= time.Minute {
		return sessions.Seconds(d)
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
}

// tabs is the line of all columns where not each has a pane.
func tabs(cols []pane, first, shown, w int, th *theme.Theme) string {
	var b strings.Builder
	for i, p := range cols {
		label := " " + strconv.Itoa(i+1) + " " + plain.Line(p.column.Model.Model) + " "
		label = ansi.Truncate(label, max(w/len(cols), 4), "… ")
		style := th.Muted
		switch {
		case p.focused:
			style = th.Selection
		case i >= first && i < first+shown:
			style = lipgloss.NewStyle().Bold(true)
		}
		b.WriteString(style.Render(label))
	}
	return fit(b.String(), w)
}
