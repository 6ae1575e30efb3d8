package sessions

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"juxta/prompts"
	"juxta/providers"
)

// UsualOutput is how many tokens an answer is expected to have whose column has
// given none in the session yet.
const UsualOutput = 1000

// A Forecast is what answers would cost, by estimate: the prompt by its length
// and what is known of its files, the answer as long as those before it.
type Forecast struct {
	Cost    providers.Money // of those of which it can be told; what runs here and has no price, and what is free, costs 0
	Unknown int             // of how many it can't
}

// Words are what so many answers would cost, in a few words: "no charge" where
// nobody sends a bill.
func (f Forecast) Words(answers int) string {
	switch {
	case f.Unknown > 0 && f.Unknown >= answers:
		return "unknown"
	case f.Cost == 0 && f.Unknown == 0:
		return "no charge"
	case f.Unknown == 0:
		return "≈ " + f.Cost.String()
	case f.Cost == 0:
		return fmt.Sprintf("%d unknown", f.Unknown)
	}
	return fmt.Sprintf("≈ %s + %d unknown", f.Cost, f.Unknown)
}

// add takes in one more answer; nil is not known.
func (f *Forecast) add(cost *providers.Money) {
	if cost == nil {
		f.Unknown++
		return
	}
	f.Cost = plus(f.Cost, *cost)
}

// plus is a sum of amounts that are not negative, and never less than either.
func plus(a, b providers.Money) providers.Money {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxInt64
}

// OverBudget is why something was not asked: it would pass what the session may
// cost, or nobody can tell that it would not.
type OverBudget struct {
	Forecast                 // of what was not asked
	Spent    providers.Money // what the session cost so far, and what still runs will
	Budget   providers.Money
}

// Left is what may still be spent, never less than 0.
func (e *OverBudget) Left() providers.Money { return max(e.Budget-e.Spent, 0) }

func (e *OverBudget) Error() string {
	if e.Cost == 0 {
		return fmt.Sprintf("not sent: what it would cost is not known, and the budget is %s", e.Budget)
	}
	cost, left := e.Words()
	return fmt.Sprintf("not sent: it would cost about %s, and %s of %s is left", cost, left, e.Budget)
}

// Words are the cost and what is left, with as many digits as tell them apart.
func (e *OverBudget) Words() (cost, left string) {
	cost, left = e.Cost.String(), e.Left().String()
	if cost == left {
		exact := func(m providers.Money) string { return "$" + strings.TrimRight(m.USD(), "0") }
		cost, left = exact(e.Cost), exact(e.Left())
	}
	return cost, left
}

// Unwrap returns [providers.ErrBudget].
func (e *OverBudget) Unwrap() error { return providers.ErrBudget }

// Advice is the way out.
func (e *OverBudget) Advice() string {
	if e.Cost == 0 {
		return "set a price for it, choose another model, or allow answers whose cost is unknown"
	}
	return "raise the budget, ask fewer models, or bound the answers with max_tokens"
}

// Forecast is what a question would cost if it were asked now; a column that
// can't be asked it costs nothing. It is [ErrBusy] while answers come, and reads
// the disk for what columns are told that was not read before.
func (b *Bench) Forecast(q Question) (Forecast, error) {
	var kept []Attachment
	var tokens []int // of written ones
	for _, file := range q.Files {
		sum := b.shelf.sum(file)
		kept, tokens = append(kept, keptAs(file, sum.sha256)), append(tokens, sum.tokens)
	}
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return Forecast{}, err
	}
	columns, err := chosen(s, q.Columns, nil)
	if err != nil {
		return Forecast{}, err
	}
	path := s.Path()
	if q.Instead > 0 {
		path = s.PathTo(s.Parent(q.Instead))
	}
	stories, err := b.told(d, s, path, ids(columns))
	if err != nil {
		return Forecast{}, err
	}
	var f Forecast
	asked := utf8.RuneCountInString(q.Text)
	for _, c := range columns {
		m, st := b.Registry.Model(c.Model), stories[c.ID]
		var again []earlier
		if st == nil { // an experiment tells nothing of earlier turns
			st = &story{}
		} else {
			b.mu.Lock()
			again = d.earlier(c.ID, path)
			b.mu.Unlock()
		}
		if blind(m, again, kept) != (obstacle{}) {
			continue
		}
		l := load{runes: asked + st.runes + utf8.RuneCountInString(c.System)}
		for _, e := range again {
			l.file(m, e.Attachment, e.tokens)
		}
		for i, file := range kept {
			l.file(m, file, tokens[i])
		}
		cost := l.cost(m, st.given.expects(m, c.Model, c.Params))
		for range max(q.Samples, 1) {
			f.add(cost)
		}
	}
	return f, nil
}

// A load is what a model reads, by estimate.
type load struct {
	runes    int // of text
	tokens   int // of files
	pictures int
	unknown  bool // there is a file of which nobody knows the tokens
}

// file adds one; tokens is how many a written one has.
func (l *load) file(m providers.Model, a Attachment, tokens int) {
	switch kindOf(a.MIME) {
	case prompts.Written:
	case prompts.Picture:
		l.pictures++
		tokens = view(m, a).Tokens
	default:
		tokens = view(m, a).Tokens
	}
	l.tokens += tokens
	l.unknown = l.unknown || tokens <= 0
}

// prompt is how many tokens it comes to.
func (l *load) prompt() int { return providers.EstimateTokens(l.runes) + l.tokens }

// cost is what reading it and answering with so many tokens costs; nil is not
// known.
func (l *load) cost(m providers.Model, output int) *providers.Money {
	switch {
	case m.Price == nil && m.Local, m.Price != nil && m.Price.Source == providers.Free:
		return new(providers.Money)
	case m.Price == nil || l.unknown:
		return nil
	}
	cost, ok := m.Price.Of(providers.Usage{Input: l.prompt(), Output: output, Images: l.pictures})
	if !ok {
		return nil
	}
	return &cost
}

// given is how many answers a column has given, and their tokens together, by
// model.
type given map[providers.Ref][2]int

// expects is how many tokens a model's next answer is likely to have: the mean
// of those it gave in this column, within what it may have at most.
func (g given) expects(m providers.Model, ref providers.Ref, p providers.Params) int {
	n := UsualOutput
	if t := g[ref]; t[0] > 0 {
		n = (t[1] + t[0] - 1) / t[0]
	}
	for _, most := range []int{p.MaxTokens, m.Output} {
		if most > 0 {
			n = min(n, most)
		}
	}
	return n
}

// measure counts what a column said in a turn.
func (st *story) measure(t *Turn, column int) {
	for i := range t.Answers {
		a := &t.Answers[i]
		if a.Column != column || !a.ended() || a.Usage.Output <= 0 {
			continue
		}
		if st.given == nil {
			st.given = given{}
		}
		sum := st.given[a.Model]
		st.given[a.Model] = [2]int{sum[0] + 1, sum[1] + a.Usage.Output}
	}
}

// forecast is what the lane would cost by the price as it is known now; nil is
// not known.
func (l *lane) forecast() *providers.Money {
	m := l.model()
	return l.load.cost(m, l.given.expects(m, l.answer.Model, l.set))
}

// A limit is what may be spent from some moment on.
type limit struct {
	most      *providers.Money // nil for no limit
	since     providers.Money  // what was spent by then
	uncounted bool             // what costs nobody knows how much is asked under it
}

// limit is the session's budget.
func (s *Session) limit() limit { return limit{most: s.Budget, uncounted: s.Uncounted} }

// costOf is what lanes would cost, and how many of them are asked.
func costOf(lanes []*lane) (f Forecast, asked int) {
	for _, l := range lanes {
		if l.vain == nil {
			f.add(l.forecast())
			asked++
		}
	}
	return f, asked
}

// afford reports as an [*OverBudget] that what so many are asked can't be paid
// for where so much was spent, or that nobody knows what any of it costs.
func (l limit) afford(f Forecast, asked int, spent providers.Money) error {
	if l.most == nil {
		return nil
	}
	e := &OverBudget{Forecast: f, Spent: spent - l.since, Budget: *l.most}
	if e.refused() || asked > 0 && e.Unknown == asked && !l.uncounted {
		return e
	}
	return nil
}

// refused reports whether something at that cost may not be asked any more. What
// costs nothing always may.
func (e *OverBudget) refused() bool { return e.Cost > 0 && plus(e.Spent, e.Cost) > e.Budget }

// allow is asked right before a request leaves, each attempt of it: by then
// others may have cost more than was foreseen, or somebody has set another
// budget. From then on the lane counts as running.
func (b *Bench) allow(d *desk, r *Run, l *lane) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, cost := &d.session, l.forecast()
	for _, bound := range []limit{s.limit(), r.limit} {
		if bound.most == nil {
			continue
		}
		e := &OverBudget{Spent: s.Spent - bound.since, Budget: *bound.most}
		for _, other := range r.lanes {
			if other != l && other.runs {
				e.Spent = plus(e.Spent, r.running(other))
			}
		}
		e.add(cost)
		if cost == nil && !bound.uncounted || e.refused() {
			return &providers.Error{Op: "asking", Ref: l.answer.Model, Kind: providers.Quota, Err: e, Hint: e.Advice()}
		}
	}
	l.runs = true
	return nil
}

// settle ends that an answer counts as running: it is part of what was spent.
// b.mu is held.
func (r *Run) settle(a *Answer) {
	for _, l := range r.lanes {
		if l.answer.Column == a.Column && l.answer.Take == a.Take {
			l.runs = false
		}
	}
}

// running is what a lane that is being answered will cost: as much as was
// foreseen, or as it did by now.
func (r *Run) running(l *lane) providers.Money {
	var most providers.Money
	if cost := l.forecast(); cost != nil {
		most = *cost
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	used := l.answer.Usage
	if l.answer.Finish == "" {
		used = l.estimate()
	}
	if p := l.model().Price; p != nil {
		if sofar, ok := p.Of(used); ok {
			most = max(most, sofar)
		}
	}
	return most
}
