package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A Catalogue keeps what providers listed for the next start. Both functions
// use the disk; nil ones keep nothing.
type Catalogue struct {
	Recall func() []providers.Model
	Keep   func([]providers.Listing)
}

// modelList is the list of models, refilled as providers answer.
type modelList struct{ *list }

func (m *Model) pickModel() tea.Cmd {
	if len(m.panes) == 0 {
		return m.addColumn()
	}
	if !m.panel && !m.unable(m.panes[m.focus].column.ID) { // its pane says that this key helps
		if i := slices.IndexFunc(m.panes, func(p pane) bool { return m.unable(p.column.ID) }); i >= 0 {
			m.focusBy(i - m.focus)
		}
	}
	return m.choose("Model of column "+string(rune('1'+m.focus)), "enter chooses · ctrl+a adds", m.wanted(), func(ref providers.Ref) action {
		return func(m *Model) tea.Cmd {
			m.bench.SetModel(m.panes[m.focus].column.ID, ref)
			m.refresh()
			return nil
		}
	})
}

// wanted narrows the list of models to those that can see, where pictures are
// what the current column's model can't take: of the question being written, of
// the turn in view, or of those it is told.
func (m *Model) wanted() string {
	p := m.panes[m.focus]
	if p.model.Can.Images != providers.No {
		return ""
	}
	blind := p.flight != nil && p.flight.Trouble != ""
	for _, f := range m.files() {
		blind = blind || f.kind() == prompts.Picture
	}
	if c, _ := m.current(); c != nil && c.answer.Error != nil && c.answer.Error.Kind == providers.Unsupported {
		blind = blind || len(c.files) > 0
	}
	if blind {
		return "img "
	}
	return ""
}

// choose lets the user pick a model: at once from what is known, while the
// lists of earlier and then those of now come in.
func (m *Model) choose(title, hint, narrow string, then func(providers.Ref) action) tea.Cmd {
	if m.bench == nil {
		return nil
	}
	if why := m.opts.Staying.Reason; why != "" {
		title += " · this machine only (" + plain.Line(why) + ")"
	}
	l := newList(title, hint+m.keyed(" · tab sorts · ctrl+r looks again · {back} closes"), &m.look)
	l.empty = "no models found; see `juxta doctor`"
	l.also = []string{"ctrl+a", "ctrl+r"}
	l.head, l.sorts = modelColumns(), modelSorts()
	l.input.SetValue(narrow)
	l.input.CursorEnd()
	l.choose = func(it item, k string) action {
		model, chosen := it.value.(*providers.Model)
		return func(m *Model) tea.Cmd {
			switch {
			case k == "ctrl+r":
				return m.lookAgain()
			case !chosen:
				return nil
			}
			m.pop()
			if k == "ctrl+a" {
				if m.most() {
					return m.warn(m.keyed("8 columns are the most; {remove} removes one"))
				}
				m.bench.Add(sessions.Column{Model: model.Ref, System: m.systemPrompt()})
				m.focus = len(m.panes)
				m.refresh()
				return nil
			}
			return then(model.Ref)(m)
		}
	}
	m.push(modelList{l})
	m.refill()
	return m.freshen()
}

// lasting is how long a list of models counts without asking again.
const lasting = 10 * time.Second

// freshen takes in what was listed before this start, once, and asks every
// provider again unless that has just been done.
func (m *Model) freshen() tea.Cmd {
	recall, reg, r := m.opts.Catalogue.Recall, m.bench.Registry, m.look.ruler
	if m.recalled {
		recall = nil
	}
	m.recalled = true
	return func() tea.Msg {
		if recall != nil {
			reg.Recall(recall())
		}
		o := offered(reg, r)
		return action(func(m *Model) tea.Cmd {
			m.offer(o)
			m.refresh()
			m.refill()
			if o.at.Sub(m.looked) < lasting {
				return nil
			}
			return m.lookForModels()
		})
	}
}

// offers are the rows of the list of models, made by commands: cleaning and
// pricing thousands of names takes longer than a frame.
type offers struct {
	at    time.Time // when the registry was asked
	items []item
	age   map[string]string // of each provider's list; "" for one that is new
}

func offered(reg *providers.Registry, r ruler) offers {
	now := time.Now()
	o := offers{at: now, age: map[string]string{}}
	models := sortModels(reg.Known())
	for i := range models {
		k := &models[i]
		old := age(k.Seen, now)
		o.age[k.Ref.Provider] = old
		o.items = append(o.items, offer(k, old))
	}
	alignPoints(o.items, inColumn, outColumn)
	for i := range o.items {
		o.items[i].measure(r)
	}
	return o
}

// offer takes in rows, unless later ones are there already.
func (m *Model) offer(o offers) {
	if o.at.After(m.offers.at) {
		m.offers = o
	}
}

// refill gives the list of models what is known by now.
func (m *Model) refill() {
	for _, o := range m.overlays {
		if l, ok := o.(modelList); ok {
			l.note, l.bad = m.silent()
			l.fill(m.offers.items)
		}
	}
}

// Columns of the list of models, the more important ones first: a narrow screen
// shows no more than those.
const (
	inColumn = iota
	outColumn
	contextColumn
	canColumn
	sizeColumn
	ageColumn
	licenceColumn
)

func modelColumns() []heading {
	return []heading{
		inColumn: {"$ in/M", true}, outColumn: {"$ out/M", true}, contextColumn: {"ctx", true}, canColumn: {"can", false},
		sizeColumn: {"size", true}, ageColumn: {"listed", true}, licenceColumn: {"licence", false},
	}
}

// What is searched and shown of a model's name and licence, in bytes.
const longestName, longestLicence = 400, 80

// offer is a model's row.
func offer(m *providers.Model, old string) item {
	title := clip(plain.Line(m.Ref.String()), longestName)
	words := []string{whereWords(*m), can(m.Can)}
	if m.Can.Images == providers.Yes {
		words = append(words, "images") // as others call them
	}
	if m.Ref.Provider == "demo" {
		title += " · simulated"
	}
	cells := make([]string, licenceColumn+1)
	switch p := m.Price; {
	case p != nil && p.Source == providers.Free:
		cells[outColumn] = "free"
	case p != nil:
		cells[inColumn], cells[outColumn] = p.Input.PerMillion(), p.Output.PerMillion()
	case m.Local:
		cells[outColumn] = "local"
	default:
		cells[inColumn], cells[outColumn] = "?", "?"
		words = append(words, "price unknown")
	}
	cells[contextColumn] = "?"
	if m.Context > 0 {
		cells[contextColumn] = sessions.Count(m.Context)
	}
	cells[canColumn], cells[sizeColumn] = canBrief(m.Can), size(m.Size)
	cells[licenceColumn], cells[ageColumn] = clip(plain.Line(m.Licence), longestLicence), old
	return item{title: title, cells: cells, value: m, find: lower(title, cells, words...)}
}

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// canBrief is the abilities in fixed places, so that a column of them is read
// at a glance: "text" if there are none, "?" if there may be.
func canBrief(a providers.Abilities) string {
	switch {
	case reads(a):
		return "text"
	case !able(a):
		return "?"
	}
	var b strings.Builder
	for _, x := range []struct {
		name string
		yes  providers.Support
	}{{"img", a.Images}, {"think", a.Thoughts}, {"tool", a.Tools}, {"aud", a.Audio}, {"pdf", a.Documents}} {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if x.yes != providers.Yes {
			x.name = spaces(len(x.name))
		}
		b.WriteString(x.name)
	}
	return strings.TrimRight(b.String(), " ")
}

// alignPoints fills the numbers of some columns up on the right, so that their
// points stand below each other.
func alignPoints(items []item, columns ...int) {
	for _, c := range columns {
		most := 0
		for _, it := range items {
			if i := strings.IndexByte(it.cells[c], '.'); i >= 0 {
				most = max(most, len(it.cells[c])-i)
			}
		}
		for _, it := range items {
			if i := strings.IndexByte(it.cells[c], '.'); i >= 0 {
				it.cells[c] += spaces(most - len(it.cells[c]) + i)
			}
		}
	}
}

// modelSorts are the orders that one key goes through. The first is the one in
// which the models come.
func modelSorts() []sorting {
	by := func(name string, column int, f func(a, b *providers.Model) int) sorting {
		return sorting{name, column, func(a, b *item) int { return f(a.value.(*providers.Model), b.value.(*providers.Model)) }}
	}
	return []sorting{
		{name: "name", column: -1},
		by("price", inColumn, func(a, b *providers.Model) int { return lastZero(outlay(a), outlay(b), 1) }),
		by("context", contextColumn, func(a, b *providers.Model) int { return lastZero(a.Context, b.Context, -1) }),
		by("abilities", canColumn, func(a, b *providers.Model) int { return lastZero(abilities(a), abilities(b), -1) }),
		by("size", sizeColumn, func(a, b *providers.Model) int { return lastZero(a.Size, b.Size, 1) }),
		by("licence", licenceColumn, func(a, b *providers.Model) int { return lastZero(a.Licence, b.Licence, 1) }),
		by("age", ageColumn, func(a, b *providers.Model) int { return lastZero(minute(a.Seen), minute(b.Seen), -1) }),
	}
}

// lastZero compares values of which the zero is not known, and last in either
// direction.
func lastZero[T cmp.Ordered](a, b T, direction int) int {
	var zero T
	if (a == zero) != (b == zero) {
		if a == zero {
			return 1
		}
		return -1
	}
	return direction * cmp.Compare(a, b)
}

// minute is when a list was made, 0 for never. Those of one look are alike.
func minute(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix() / 60
}

// outlay orders models by price: 0 where it is not known, 1 where nobody sends
// a bill, else what as much in as out costs.
func outlay(m *providers.Model) float64 {
	switch {
	case m.Price != nil:
		return 1 + float64(m.Price.Input) + float64(m.Price.Output)
	case m.Local:
		return 1
	}
	return 0
}

// abilities is how much is known of what a model can: 0 for nothing.
func abilities(m *providers.Model) int {
	if !able(m.Can) && !reads(m.Can) {
		return 0
	}
	n := 1
	for _, s := range []providers.Support{m.Can.Images, m.Can.Thoughts, m.Can.Tools, m.Can.Audio, m.Can.Documents} {
		if s == providers.Yes {
			n++
		}
	}
	return n
}

// able reports whether a model is known to have some ability.
func able(a providers.Abilities) bool {
	return slices.Contains([]providers.Support{a.Images, a.Thoughts, a.Tools, a.Audio, a.Documents}, providers.Yes)
}

// reads reports whether a model is known to take nothing but text. Few say that
// they take no documents, and who takes them says so.
func reads(a providers.Abilities) bool {
	return !able(a) && !slices.Contains([]providers.Support{a.Images, a.Thoughts, a.Tools, a.Audio}, providers.Unknown)
}

// sortModels puts local models first and simulated ones last, by name.
func sortModels(ms []providers.Model) []providers.Model {
	rank := func(m providers.Model) int {
		switch {
		case m.Ref.Provider == "demo":
			return 2
		case m.Local:
			return 0
		}
		return 1
	}
	slices.SortStableFunc(ms, func(a, b providers.Model) int { return rank(a) - rank(b) })
	return ms
}

func whereWords(m providers.Model) string {
	switch {
	case m.Ref.Provider == "demo":
		return "simulated"
	case m.Local:
		return "local"
	}
	return "remote"
}
