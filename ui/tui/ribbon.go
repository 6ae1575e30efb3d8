package tui

import (
	"fmt"
	"slices"
	"strconv"

	"juxta/sessions/diff"
	"juxta/sessions/plain"
	"juxta/ui/theme"
)

// A ribbon is the line that says what the answers of the current turn have in
// common. It stands in the panes' lower border, which is there anyway: nothing
// moves when it comes.
type ribbon struct {
	of    compared // that it was drawn for, and what else it depends on
	turn  int
	seats string
	theme *theme.Theme
	w     int
	line  string
}

// ribbonOf is a turn's ribbon in w cells; "" where there is nothing to say.
func (m *Model) ribbonOf(t *turn, w int) string {
	if t == nil || !t.judged.all.Known || w < 24 || !m.whole(t) {
		return ""
	}
	_, number := m.seats(t)
	var seats []int
	for _, p := range t.judged.of.answers {
		seats = append(seats, number(p.Column))
	}
	key := fmt.Sprint(seats)
	r := &m.ribbon
	if r.turn == t.ID && r.w == w && r.theme == m.look.theme && r.seats == key && r.line != "" && r.of.equal(t.judged.of) {
		return r.line
	}
	*r = ribbon{of: t.judged.of, turn: t.ID, seats: key, theme: m.look.theme, w: w}
	r.line = m.look.ribbon(&t.judged.all, seats, w)
	return r.line
}

// ribbon is what answers have in common, by the numbers of their seats: what
// most say and some do not, then what one says alone, and how much they agree.
func (lk *look) ribbon(a *diff.Agreement, seats []int, w int) string {
	th := lk.theme
	mark, style := "= ", th.Good
	if a.Disagree {
		mark, style = "≠ ", th.Warn
	}
	figure := "agreement " + hundredths(a.Figure)
	room := w - lk.width(mark) - lk.width(figure) - 3
	text := lk.findings(grouped(a, seats), room)
	if text != "" {
		text += " · "
	}
	return style.Render(mark) + th.Text.Render(text) + th.Muted.Render(figure)
}

// findings are as many of the groups as have room, item by item, and the number
// of those that have none.
func (lk *look) findings(groups []group, room int) string {
	text, left := "", 0
	for _, g := range groups {
		left += len(g.what)
	}
	for _, g := range groups {
		for i, what := range g.what {
			next := text
			switch {
			case i > 0:
				next += ", "
			case text != "":
				next += "; " + g.who
			default:
				next = g.who
			}
			more := ""
			if left--; left > 0 {
				more = fmt.Sprintf("; +%d more", left)
			}
			if lk.width(next)+lk.width(what)+lk.width(more) > room {
				more = fmt.Sprintf("; +%d more", left+1)
				if text != "" {
					return text + more
				}
				return lk.cut(next+what, room)
			}
			text = next + what
		}
	}
	return text
}

// A group is what the same answers say.
type group struct {
	have []int
	who  string // and a verb
	what []string
}

// grouped is what is found, what tells most first: what some say and some do
// not, what one says alone, and what all say; sentences where there is nothing
// else.
func grouped(a *diff.Agreement, seats []int) []group {
	var some, alone, all, sentences []group
	add := func(to *[]group, f diff.Finding, who string) {
		i := slices.IndexFunc(*to, func(g group) bool { return slices.Equal(g.have, f.Have) })
		if i < 0 {
			i = len(*to)
			*to = append(*to, group{have: f.Have, who: who})
		}
		(*to)[i].what = append((*to)[i].what, quoted(f))
	}
	for _, f := range a.Findings {
		several := fmt.Sprintf("%d of %d say ", len(f.Have), a.Texts)
		switch {
		case f.Kind == diff.Sentence && len(f.Have) > 1 && len(f.Lack) > 0:
			add(&sentences, f, several)
		case f.Kind == diff.Sentence:
		case len(f.Lack) == 0:
			add(&all, f, "all say ")
		case len(f.Have) > 1:
			add(&some, f, several)
		default:
			add(&alone, f, strconv.Itoa(seats[f.Have[0]])+" alone says ")
		}
	}
	found := slices.Concat(some, alone)
	if a.Figure < diff.Low && found == nil {
		found = []group{{who: "few words in common", what: []string{""}}}
	}
	if found = append(found, all...); found == nil {
		found = sentences
	}
	return found
}

// quoted is what a finding says: a number as it is, everything else in quotes.
func quoted(f diff.Finding) string {
	text := plain.Line(f.Text)
	switch f.Kind {
	case diff.Number, diff.Field:
		return text
	}
	return "“" + text + "”"
}
