package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A mark is how a file is called in a pane.
type mark struct {
	sign   string
	number int
}

func (k mark) String() string { return k.sign + strconv.Itoa(k.number) }

// A flight is what the columns would be sent of the files attached, and which
// files those are.
type flight struct {
	columns []sessions.Preflight
	marks   []mark
}

// fly asks the bench what each column would be sent, once per change of what is
// attached or of the columns. It hashes what it has not seen, so it is a
// command's.
func (m *Model) fly() tea.Cmd {
	if m.flown || m.bench == nil {
		return nil
	}
	m.flown = true
	var files []*prompts.Attachment
	var marks []mark
	for _, f := range m.files() {
		if f.ready != nil {
			files, marks = append(files, f.ready), append(marks, mark{sign(f.kind()), f.number})
		}
	}
	if len(files) == 0 && m.session.Turns == 0 {
		m.flight = flight{}
		m.brief()
		return nil
	}
	m.flights++
	b, number, instead := m.bench, m.flights, m.aim.instead
	return func() tea.Msg {
		columns := b.Preflight(files, instead)
		return action(func(m *Model) tea.Cmd {
			if m.flights == number { // a later one knows more
				m.flight = flight{columns, marks}
				m.brief()
			}
			return nil
		})
	}
}

// pictured reports whether some turn in view has files.
func (m *Model) pictured() bool {
	for _, t := range m.tr.turns {
		if len(t.Files) > 0 {
			return true
		}
	}
	return false
}

// brief tells the panes what is known of what they would be sent, and whether
// their models warm up.
func (m *Model) brief() {
	m.heat()
	for i := range m.panes {
		p := &m.panes[i]
		p.flight, p.marks, p.of, p.writing = nil, m.flight.marks, len(m.files()), m.writing
		p.spared = m.aim.only > 0 && m.aim.only != p.column.ID
		for k := range m.flight.columns {
			if m.flight.columns[k].Column == p.column.ID {
				p.flight = &m.flight.columns[k]
			}
		}
	}
}

// unable reports whether a column would not be asked for what is attached, or
// for what it is told of earlier turns.
func (m *Model) unable(column int) bool {
	return slices.ContainsFunc(m.flight.columns, func(f sessions.Preflight) bool { return f.Column == column && f.Trouble != "" })
}

// reserve is how many of a pane's h lines of transcript are for what is seen of
// each of several files.
func (m *Model) reserve(h int) int {
	n := len(m.flight.marks)
	if n < 2 || m.run != nil || len(m.tr.turns) == 0 || h/3 < 2 || m.veiled() {
		return 0
	}
	return min(n, h/3)
}

// exact is a number in full, as a bill has it: 2,459.
func exact[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ahead is what a pane says of the files attached before they are sent, and ok
// if there is anything to say. Why it would not be asked goes before all else.
// What is seen of each of several files may be listed above.
func (p *pane) ahead(w int, boxed, listed bool, lk *look) (one, two string, ok bool) {
	th, f := lk.theme, p.flight
	switch {
	case f == nil || len(p.marks) == 0 && f.Trouble == "":
		return "", "", false
	case f.Trouble != "":
		why := "✗ " + plain.Line(f.Trouble)
		full := why + ": will not be asked" + " · " + p.another(lk) + " chooses another model"
		if !boxed && lk.width(full) > w {
			full = why + ": not asked" + " · " + p.another(lk) + " changes it"
		}
		one, two = lk.twoLines(full, w, boxed)
		return th.Bad.Render(one), th.Bad.Render(two), true
	}
	sum := p.sum(w, lk)
	if why := p.refusal(lk); why != "" {
		one, two = lk.twoLines(why, w, boxed)
		if one, two = th.Warn.Render(one), th.Warn.Render(two); two == "" && len(p.marks) > 1 {
			two, _ = lk.words(sum, w)
		}
		return one, two, true
	}
	var first, second []word
	switch {
	case len(f.Sights) == 1 && p.of <= 1:
		if first = p.one(f.Sights[0], p.marks[0], lk); f.Again.Files > 0 {
			first, second = first[:len(first)-1], sum // one figure for the money
		}
	case listed || p.blank():
		first = sum
	default:
		first, second = p.several(w, lk), sum
	}
	if f.Doubt != "" {
		second = append([]word{{doubt(f.Doubt), th.Warn}}, second...)
	}
	if !boxed && len(p.marks) > 1 && f.Doubt == "" { // one line: the sum before its parts
		one, _ = lk.words(append(second, first...), w)
		return one, "", true
	}
	var n int
	one, n = lk.words(first, w)
	two, _ = lk.words(append(first[n:], second...), w)
	if f.Doubt != "" { // it must not be what has no room
		two, _ = lk.words(append([]word{second[0]}, append(first[n:], second[1:]...)...), w)
		if !boxed {
			one, _ = lk.words([]word{second[0], first[0]}, w)
		}
	}
	return one, two, true
}

// another names the key that gives a column another model, from where the keys
// are.
func (p *pane) another(lk *look) string {
	if p.active {
		return lk.keys.nameIn(inPanes, "model")
	}
	return lk.keys.name("model")
}

// twoLines is s in at most two lines, or one.
func (lk *look) twoLines(s string, w int, two bool) (string, string) {
	lines := lk.wrap(s, w)
	if !two || len(lines) == 0 {
		return lk.cut(s, w), ""
	}
	return lines[0], lk.cut(strings.Join(lines[1:], " "), w)
}

// doubt is the bench's word on what nobody knows, in few words.
func doubt(s string) string {
	s = strings.TrimPrefix(plain.Line(s), "it is ")
	return strings.TrimSuffix(s, " pictures")
}

// refusal is which file a service refuses by its documents, and why; "" if it
// takes all. Documents may be wrong, so it is asked all the same, and the sign is
// not that of a pane that is not.
func (p *pane) refusal(lk *look) string {
	which, why, n := "", "", 0
	for i, s := range p.flight.Sights {
		if s.View.Trouble == "" || i >= len(p.marks) {
			continue
		}
		if n++; n > 1 {
			continue
		}
		which, why = p.marks[i].String(), limit(s.View)
		if strings.HasSuffix(s.View.Trouble, " at the most") {
			why += lk.keyed(" · {same_pixels} scales it")
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "? " + which + ": " + why
	}
	return fmt.Sprintf("? %s and %d more: %s", which, n-1, why)
}

// limit is that a picture may be refused, with the reason in brackets.
func limit(v providers.View) string {
	why := plain.Line(v.Trouble)
	for _, verb := range []string{" is refused", " are refused"} {
		why = strings.Replace(why, verb, "", 1)
	}
	for _, bound := range []string{"most", "least"} { // "8,000 at the most" in fewer words
		if s, ok := strings.CutSuffix(why, " at the "+bound); ok {
			i := strings.LastIndex(s, " ") + 1
			why = s[:i] + "at " + bound + " " + s[i:]
		}
	}
	return "may be refused (" + why + ")"
}
