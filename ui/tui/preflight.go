package tui

import (
	"fmt"
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
	if len(files) == 0 && !m.pictured() {
		m.flight = flight{}
		m.brief()
		return nil
	}
	m.flights++
	b, number := m.bench, m.flights
	return func() tea.Msg {
		columns := b.Preflight(files)
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

// brief tells the panes what is known of what they would be sent.
func (m *Model) brief() {
	for i := range m.panes {
		p := &m.panes[i]
		p.flight, p.marks, p.again = nil, m.flight.marks, m.toldAgain(p.column)
		for k := range m.flight.columns {
			if m.flight.columns[k].Column == p.column.ID {
				p.flight = &m.flight.columns[k]
			}
		}
	}
}

// toldAgain is what a column is told again of earlier turns' files, and by
// estimate how many tokens that is; "" for nothing.
func (m *Model) toldAgain(c sessions.Column) string {
	files, tokens, unknown := 0, 0, false
	for _, t := range m.tr.turns {
		a, ok := t.Answer(c.ID)
		if !ok || len(t.Files) == 0 || a.Finish == "" || !a.Remembered() || m.session.Kind == sessions.Experiment {
			continue
		}
		files += len(t.Files)
		for _, s := range a.Sights {
			tokens += s.View.Tokens
			unknown = unknown || s.View.Tokens == 0
		}
		unknown = unknown || a.Model != c.Model || len(a.Sights) == 0
	}
	what := "told again: "
	if len(m.tr.turns) > 0 && m.tr.turns[0].ID > 1 { // of those nobody has read
		what += "at least "
	}
	switch {
	case files == 0:
		return ""
	case unknown || tokens == 0:
		return what + filesWords(files)
	}
	return what + filesWords(files) + " ~" + exact(tokens) + " tok"
}

// exact is a number of tokens in full, as a bill has it: 2,459.
func exact(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ahead is what a pane says of the files attached before they are sent, and ok
// if there is anything to say. Why it would not be asked goes before all else.
func (p *pane) ahead(w int, boxed bool, lk *look) (one, two string, ok bool) {
	th, f := lk.theme, p.flight
	switch {
	case f == nil || len(p.marks) == 0 && f.Trouble == "":
		return "", "", false
	case f.Trouble != "":
		why := "✗ " + plain.Line(f.Trouble)
		full := why + ": will not be asked · m chooses another model"
		if !boxed {
			if lk.width(full) > w {
				full = why + ": not asked · m: another model"
			}
			return th.Bad.Render(lk.cut(full, w)), "", true
		}
		lines := lk.wrap(full, w)
		two = strings.Join(lines[1:], " ")
		return th.Bad.Render(lines[0]), th.Bad.Render(lk.cut(two, w)), true
	}
	var first, second []word
	if len(f.Sights) == 1 && len(p.marks) == 1 {
		first = p.one(f.Sights[0], p.marks[0], lk)
	} else {
		first, second = p.several(f, w, lk)
	}
	if f.Doubt != "" {
		second = append([]word{{doubt(f.Doubt), th.Warn}}, second...)
	}
	if p.again != "" {
		second = append(second, word{p.again, th.Muted})
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

// doubt is the bench's word on what nobody knows, in few words.
func doubt(s string) string {
	s = strings.TrimPrefix(plain.Line(s), "it is ")
	s = strings.TrimPrefix(s, "the service may not take it: ")
	return strings.TrimSuffix(s, " pictures")
}

// one is what becomes of one file.
func (p *pane) one(s sessions.Sight, k mark, lk *look) []word {
	th := lk.theme
	if s.View == (providers.View{}) && k.sign == sign(prompts.Picture) {
		return []word{{"sees " + k.String() + ": pixels and tokens unknown", th.Text}, {p.estimate([]sessions.Sight{s}, 0), th.Muted}}
	}
	return []word{
		{"sees " + k.String() + " " + seen(s.View, k), th.Text},
		{tokenWords(s.View.Tokens), th.Muted},
		{p.estimate([]sessions.Sight{s}, 0), th.Muted},
	}
}

// seen is the pixels that a model sees.
func seen(v providers.View, k mark) string {
	switch {
	case v.Width > 0 && v.Height > 0:
		return fmt.Sprintf("%d×%d", v.Width, v.Height)
	case k.sign == sign(prompts.Picture):
		return "pixels unknown"
	}
	return "as it is"
}

func tokenWords(n int) string {
	if n <= 0 {
		return "tokens unknown"
	}
	return "~" + exact(n) + " tok"
}

// several is what becomes of each of several files, as far as there is room,
// and of all of them.
func (p *pane) several(f *sessions.Preflight, w int, lk *look) (each, sum []word) {
	th := lk.theme
	all, unknown, blank := 0, 0, true
	for _, s := range f.Sights {
		all += s.View.Tokens
		if s.View.Tokens <= 0 {
			unknown++
		}
		blank = blank && s.View == providers.View{}
	}
	if blank {
		return []word{{filesWords(len(f.Sights)) + ": pixels and tokens unknown", th.Muted}, {p.estimate(f.Sights, w), th.Muted}}, nil
	}
	room := w
	for i, s := range f.Sights {
		if i >= len(p.marks) {
			break
		}
		text := p.marks[i].String() + " " + seen(s.View, p.marks[i])
		if s.View.Tokens > 0 {
			text += " ~" + exact(s.View.Tokens)
		}
		if i == 0 && w >= roomy {
			text = "sees " + text
		}
		more := fmt.Sprintf("+%d", len(f.Sights)-i)
		need := lk.width(text) + 3
		if i < len(f.Sights)-1 {
			need += len(more) + 3
		}
		if i > 0 && need > room+3 {
			each = append(each, word{more, th.Muted})
			break
		}
		room -= lk.width(text) + 3
		each = append(each, word{text, th.Text})
	}
	text := "all " + tokenWords(all)
	if all > 0 && unknown > 0 {
		text += rest(unknown, w)
	}
	return each, []word{{text, th.Muted}, {p.estimate(f.Sights, w), th.Muted}}
}

// roomy is how wide a pane is that has room for words beside its figures.
const roomy = 56

// rest is how much of a sum is not known.
func rest(n, w int) string {
	if w < roomy {
		return " + ?"
	}
	return fmt.Sprintf(" + %d unknown", n)
}

// estimate is what files cost, as far as that is known.
func (p *pane) estimate(all []sessions.Sight, w int) string {
	var sum providers.Money
	unknown := 0
	for _, s := range all {
		if s.Cost == nil || sum+*s.Cost < sum {
			unknown++
			continue
		}
		sum += *s.Cost
	}
	price := p.model.Price
	switch {
	case price != nil && price.Source == providers.Free:
		return "free"
	case unknown == 0:
		return "~" + sum.String()
	case price == nil && p.model.Local:
		return "local"
	case unknown == len(all):
		return "cost unknown"
	}
	return "~" + sum.String() + rest(unknown, w)
}

// against is what an answer's files were estimated to be, beside what the
// service reported for all of its prompt.
func (c *cell) against() string {
	sum, what := 0, sign(prompts.Picture)
	for _, s := range c.answer.Sights {
		if s.View.Tokens <= 0 {
			return ""
		}
		sum += s.View.Tokens
	}
	for i := range c.files {
		if kindOf(&c.files[i]) != prompts.Picture {
			what = "files"
		}
	}
	if u := c.answer.Usage; sum > 0 && !u.Estimated && u.Prompt() > 0 {
		return fmt.Sprintf("%s ~%s of %s tok in", what, exact(sum), exact(u.Prompt()))
	}
	return ""
}
