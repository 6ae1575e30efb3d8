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
	of    *judgement // that it was drawn for, and what else it depends on
	seats string
	theme *theme.Theme
	w     int
	line  string
}

// ribbonOf is a turn's ribbon in w cells; "" where there is nothing to say.
func (m *Model) ribbonOf(t *turn, w int) string {
	if t == nil || t.judged == nil || !t.judged.known || w < 24 || !m.whole(t) {
		return ""
	}
	_, number := m.seats(t)
	var seats []int
	for _, p := range t.judged.of.answers {
		seats = append(seats, number(p.Column))
	}
	key := fmt.Sprint(seats)
	r := &m.ribbon
	if r.of != t.judged || r.w != w || r.theme != m.look.theme || r.seats != key {
		*r = ribbon{of: t.judged, seats: key, theme: m.look.theme, w: w, line: m.look.ribbon(t.judged, seats, w)}
	}
	return r.line
}

// ribbon is what answers have in common, by the numbers of their seats: what
// most say and some do not, then what one says alone, and how much they agree.
func (lk *look) ribbon(j *judgement, seats []int, w int) string {
	th := lk.theme
	mark, style := "= ", th.Good
	if j.disagree {
		mark, style = "≠ ", th.Warn
	}
	figure := "agreement " + hundredths(j.figure)
	text := lk.findings(j.found, seats, w-lk.width(mark)-lk.width(figure)-3)
	if text != "" {
		text += " · "
	}
	return style.Render(mark) + th.Text.Render(text) + th.Muted.Render(figure)
}

// findings are as many of the groups as have room, item by item, and the number
// of those that have none.
func (lk *look) findings(groups []group, seats []int, room int) string {
	text, left := "", 0
	for _, g := range groups {
		left += len(g.what) + g.more
	}
	for _, g := range groups {
		for i, what := range g.what {
			next := text
			switch {
			case i > 0:
				next += ", "
			case text != "":
				next += "; " + g.who(seats)
			default:
				next = g.who(seats)
			}
			more := ""
			if left--; left > 0 {
				more = fmt.Sprintf("; +%d more", left)
			}
			if lk.width(next)+lk.width(what)+lk.width(more) > room {
				if text != "" {
					return text + fmt.Sprintf("; +%d more", left+1)
				}
				return lk.cut(next+what, room)
			}
			text = next + what
		}
	}
	if left > 0 {
		text += fmt.Sprintf("; +%d more", left)
	}
	return text
}

// A group is what the same answers say.
type group struct {
	have []int // their indexes; nil for a word about all of them
	of   int   // how many answers there are
	what []string
	more int // that are not kept
}

func (g *group) who(seats []int) string {
	switch n := len(g.have); n {
	case 0:
		return ""
	case g.of:
		return "all say "
	case 1:
		return strconv.Itoa(seats[g.have[0]]) + " alone says "
	default:
		return fmt.Sprintf("%d of %d say ", n, g.of)
	}
}

// grouped is what is found, what tells most first: what some say and some do
// not, what one says alone, and what all say; sentences where there is nothing
// else. No more text is kept than a line may show: a turn is to take little
// memory.
func grouped(a *diff.Agreement) []group {
	const most = 300 // bytes
	var some, alone, all, sentences []group
	add := func(to *[]group, f diff.Finding) {
		i := slices.IndexFunc(*to, func(g group) bool { return slices.Equal(g.have, f.Have) })
		if i < 0 {
			i = len(*to)
			*to = append(*to, group{have: f.Have, of: a.Texts})
		}
		(*to)[i].what = append((*to)[i].what, quoted(f))
	}
	for _, f := range a.Findings {
		switch {
		case f.Kind == diff.Sentence && len(f.Have) > 1 && len(f.Lack) > 0:
			add(&sentences, f)
		case f.Kind == diff.Sentence:
		case len(f.Lack) == 0:
			add(&all, f)
		case len(f.Have) > 1:
			add(&some, f)
		default:
			add(&alone, f)
		}
	}
	found := slices.Concat(some, alone)
	if a.Figure < diff.Low && found == nil {
		found = []group{{what: []string{"few words in common"}}}
	}
	if found = append(found, all...); found == nil {
		found = sentences
	}
	kept := 0
	for i := range found {
		g := &found[i]
		for k, what := range g.what {
			if kept += len(what); kept > most && i+k > 0 {
				g.what, g.more = slices.Clone(g.what[:k]), len(g.what)-k
				break
			}
		}
	}
	return found
}

// quoted is what a finding says, as far as a line may show it: a number as it
// is, everything else in quotes.
func quoted(f diff.Finding) string {
	const most = 200 // runes
	text := plain.Line(f.Text)
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	switch f.Kind {
	case diff.Number, diff.Field:
		return text
	}
	return "“" + text + "”"
}
