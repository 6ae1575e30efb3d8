package tui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// Names of the fields in the form of a session that is asked again.
const (
	modelsField  = "models"
	historyField = "history"
	fromField    = "from turn"
	toField      = "to turn"
)

// ownHistory is the option of each model's own answers.
const ownHistory = "its own answers"

// A reaskForm says of whom a session is asked again and how, and below that what
// it would cost.
type reaskForm struct {
	*form
	bench    *sessions.Bench
	session  sessions.Session
	original sessions.Column
	leads    map[string]int // ID of the column by option of the history; 0 for its own

	turns []sessions.Turn // of the branch in view; nil until they are read
	looks int             // how often the estimate was asked for
	plan  *sessions.Plan  // for what stands in the form; nil while that is not known
	why   error           // why there is none
}

// againWith opens the form that asks the session again of other models, and over
// it the list of them.
func (m *Model) againWith() tea.Cmd {
	switch {
	case m.bench == nil:
		return nil
	case m.session.Turns == 0:
		return m.say("nothing was asked yet: ask something first")
	case m.run != nil || m.asking:
		return m.still("{back} stops a column, {stop_all} all")
	}
	original, ok := m.session.Original()
	if !ok {
		return m.say(m.keyed("there is no column to ask like; {add} adds one"))
	}
	f := &reaskForm{bench: m.bench, session: m.session, original: original, leads: map[string]int{ownHistory: 0}}
	var options []string
	first := ""
	for i, c := range m.session.Shown() {
		if c.Again && c.ID != original.ID {
			continue
		}
		option := fmt.Sprintf("of %d %s", i+1, plain.Line(c.Model.Model))
		f.leads[option] = c.ID
		options = append(options, option)
		if c.ID == original.ID {
			first = option
		}
	}
	turn := func(s string) error { _, err := turnOf(s); return err }
	f.form = newForm("Ask this session again", &m.look, f.keep,
		&field{name: modelsField, kind: aLine, required: true, hint: m.look.keyed("{model} adds one"), empty: "provider/model, several with spaces", check: f.checkModels},
		&field{name: historyField, kind: aChoice, value: first, options: append(options, ownHistory)},
		&field{name: fromField, kind: aNumber, empty: "the first", check: turn},
		&field{name: toField, kind: aNumber, empty: "the last", check: turn},
	)
	f.does = "enter asks"
	f.note = "A column each, beside the others. What one has answered before is not asked."
	f.preview = f.estimate
	m.push(f)
	if u := m.left; u.session == m.session.ID {
		f.recall(u.reask)
		return f.appraise()
	}
	return tea.Batch(f.appraise(), m.addToReask(f))
}

// recall fills the form in as it was.
func (f *reaskForm) recall(r sessions.Reask) {
	var names []string
	for _, c := range r.Columns {
		names = append(names, c.Model.String())
	}
	f.field(modelsField).set(strings.Join(names, " "))
	for option, id := range f.leads {
		if id == r.Follows {
			f.field(historyField).set(option)
		}
	}
	for name, turn := range map[string]int{fromField: r.From, toField: r.To} {
		if turn > 0 {
			f.field(name).set(strconv.Itoa(turn))
		}
	}
}

// addToReask lets the user pick one more model for the form.
func (m *Model) addToReask(f *reaskForm) tea.Cmd {
	cmd := m.choose("Ask again", "enter takes it", "", func(ref providers.Ref) action {
		return func(*Model) tea.Cmd {
			x := f.field(modelsField)
			x.line.SetValue(strings.TrimLeft(strings.TrimSpace(x.line.Value())+" "+ref.String(), " "))
			x.line.CursorEnd()
			return f.appraise()
		}
	})
	if l, ok := m.overlays[len(m.overlays)-1].(modelList); ok {
		l.also = []string{"ctrl+r"} // a column would stay though nobody asks
	}
	return cmd
}

func (f *reaskForm) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	if c, ok := f.look.keys.find(k.String(), anywhere); ok && c.id == "model" {
		return func(m *Model) tea.Cmd { return m.addToReask(f) }, nil
	}
	before := f.written()
	act, cmd := f.form.key(k)
	if f.written() == before {
		return act, cmd
	}
	return act, tea.Batch(cmd, f.appraise())
}

// written is all that stands in the form.
func (f *reaskForm) written() string {
	var all []string
	for _, x := range f.fields {
		all = append(all, x.written())
	}
	return strings.Join(all, "\n")
}

// pasted follows a paste.
func (f *reaskForm) pasted() tea.Cmd { return f.appraise() }

// checkModels says what is wrong with the models.
func (f *reaskForm) checkModels(text string) error {
	names := strings.Fields(text)
	if len(names) == 0 {
		return errors.New("there is no model to ask; " + f.look.keyed("{model} lists them"))
	}
	for i, name := range names {
		ref, err := providers.ParseRef(name)
		if err != nil {
			return fmt.Errorf("%s: a model is named provider/model", name)
		}
		if _, err := f.bench.Registry.Find(ref); err != nil {
			return fmt.Errorf("%s: there is no provider %s: `juxta doctor` says which there are", name, ref.Provider)
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("%s stands there twice: name it once", name)
		}
	}
	return nil
}

// turnOf is the number of a turn; 0 for none.
func turnOf(text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("a turn's number, from 1")
	}
	return n, nil
}

// reask is what stands in the form.
func (f *reaskForm) reask() (r sessions.Reask, err error) {
	if err = f.checkModels(f.value(modelsField)); err != nil {
		return r, err
	}
	if r.From, err = turnOf(f.value(fromField)); err != nil {
		return r, err
	}
	if r.To, err = turnOf(f.value(toField)); err != nil {
		return r, err
	}
	like := f.original
	if r.Follows = f.leads[f.value(historyField)]; r.Follows > 0 {
		if c, ok := f.session.Column(r.Follows); ok {
			like = *c
		}
	}
	for _, name := range strings.Fields(f.value(modelsField)) {
		ref, err := providers.ParseRef(name)
		if err != nil {
			return r, err
		}
		r.Columns = append(r.Columns, like.Like(ref))
	}
	return r, nil
}

// appraise has it looked what all of it would cost. It reads the session once.
func (f *reaskForm) appraise() tea.Cmd {
	f.looks++
	r, err := f.reask()
	if f.plan = nil; err != nil {
		if f.why = err; f.turns != nil || strings.TrimSpace(f.value(modelsField)) != "" {
			return nil
		}
	}
	b, s, turns, look := f.bench, f.session, f.turns, f.looks
	path := s.Path()
	return func() tea.Msg {
		var unread error
		if turns == nil {
			turns, unread = b.Turns(0, path.Len())
		}
		plan, why := r.Plan(s, turns, b.Registry.Model)
		return action(func(*Model) tea.Cmd {
			if unread != nil {
				f.why = unread
				return nil
			}
			if f.turns = turns; f.looks == look && err == nil {
				if f.why = why; why == nil {
					f.plan = &plan
				}
				if n := plan.Shown(&s); n > MostColumns {
					f.plan, f.why = nil, fmt.Errorf("that would be %d columns, and %d are the most: remove others first", n, MostColumns)
				}
			}
			return nil
		})
	}
}

// keep begins to ask, unless it is known that it can't be.
func (f *reaskForm) keep(*form) action {
	r, err := f.reask()
	if err == nil && f.why != nil {
		err = f.why
	}
	if err != nil {
		return func(m *Model) tea.Cmd { return m.warn(worded(err)) }
	}
	return func(m *Model) tea.Cmd {
		m.pop()
		switch {
		case m.run != nil || m.asking:
			return m.still("{back} stops a column, {stop_all} all")
		case m.opening:
			return m.say("the session is still opening: a moment")
		}
		return m.startReask(r)
	}
}

// estimate is what it would cost, a line a model.
func (f *reaskForm) estimate(w, _ int) []string {
	th := f.look.theme
	switch {
	case f.plan == nil && f.why != nil && f.value(modelsField) != "":
		return []string{th.Warn.Render(f.look.cut("✗ "+worded(f.why), w))}
	case f.plan == nil && f.value(modelsField) == "":
		return []string{th.Faint.Render(f.look.cut("what it would cost stands here", w))}
	case f.plan == nil:
		return []string{th.Faint.Render("…")}
	}
	var lines []string
	name := 0
	for _, c := range f.plan.Columns {
		name = max(name, min(f.look.width(plain.Line(c.Column.Model.String())), w/2))
	}
	line := func(what, rest string) {
		lines = append(lines, th.Text.Render(f.look.fit(f.look.cut(what, name), name))+th.Muted.Render(f.look.cut("  "+rest, max(w-name, 0))))
	}
	for _, c := range f.plan.Columns {
		rest := []string{requestsWords(c.Sent), c.Forecast.Words(c.Sent)}
		if c.Sent == 0 {
			rest = rest[:1]
		}
		if c.Answered > 0 {
			rest = append(rest, fmt.Sprintf("%d answered before", c.Answered))
		}
		if c.Barred > 0 {
			rest = append(rest, fmt.Sprintf("%d with a file it can't take", c.Barred))
		}
		line(plain.Line(c.Column.Model.String()), strings.Join(rest, " · "))
	}
	total := f.plan.Total()
	if n := f.plan.Sent(); len(f.plan.Columns) > 1 && n > 0 {
		line("together", requestsWords(n)+" · "+total.Words(n))
	}
	if s := f.session; s.Budget != nil && total.Cost > 0 && s.Spent+total.Cost > *s.Budget {
		over := sessions.OverBudget{Forecast: total, Spent: s.Spent, Budget: *s.Budget}
		_, left := over.Words()
		lines = append(lines, th.Warn.Render(f.look.cut(fmt.Sprintf("▲ more than is left of the budget: %s of %s", left, s.Budget), w)))
	}
	return lines
}

func requestsWords(n int) string {
	switch n {
	case 0:
		return "nothing to send"
	case 1:
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}
