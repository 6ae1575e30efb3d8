package sessions

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"juxta/providers"
)

// A life is one random session, with the sessions it was forked from.
type life struct {
	testing.TB
	dice  func(n int) int // a number from 0 to n-1
	store *Store
	b     *Bench
	ear   *ear
	ses   *plainSession
	away  []*plainSession // that the store has as well
	calm  bool            // it stays in one session
	words int
	log   []string // what was done, for whoever reads a failure
}

func newLife(t testing.TB, store *Store, dice func(int) int) *life {
	l := &life{TB: t, dice: dice, store: store, ear: &ear{}, ses: &plainSession{models: map[int]string{}, follows: map[int]int{}}}
	l.b = l.newBench()
	l.ses.id = l.b.Session().ID
	for range 4 {
		l.addColumn()
	}
	return l
}

func (l *life) newBench() *Bench {
	b := bench(l.TB, l.store, nil)
	b.Registry = l.ear.registry()
	return b
}

// addColumn adds a column whose seed is its ID, by which the ear knows it. Its
// model may well be another column's, too.
func (l *life) addColumn() {
	next := len(l.ses.models) + 1
	seed, model := int64(next), l.model()
	id := l.b.Add(Column{Model: providers.Ref{Provider: "ear", Model: model}, Params: providers.Params{Seed: &seed}})
	l.ses.columns, l.ses.models[id] = append(l.ses.columns, id), model
	want(l, "ID of a new column", id, next)
}

func (l *life) model() string { return []string{"m1", "m2", "m2", "blind"}[l.dice(4)] }

func (l *life) word(kind string) string {
	l.words++
	return fmt.Sprintf("%s %d\xff\x1b[m", kind, l.words) // as received, byte for byte
}

// some is a random part of the columns on the screen, in any order; nil for all.
func (l *life) some() []int {
	if l.dice(2) == 0 {
		return nil
	}
	ids := slices.Clone(l.ses.columns)
	for i := range ids {
		j := l.dice(len(ids))
		ids[i], ids[j] = ids[j], ids[i]
	}
	return ids[:1+l.dice(len(ids))]
}

// where is a turn: most often one near the end of what is worked on.
func (l *life) where() int {
	if path := l.ses.path(l.ses.tip); l.dice(4) > 0 {
		return path[max(0, len(path)-1-l.dice(4))]
	}
	return 1 + l.dice(len(l.ses.turns))
}

// step does one thing at random.
func (l *life) step() {
	deeds := []func(){
		l.ask, l.ask, l.ask, l.ask, l.edit, l.edit, l.again, l.again, l.sample, l.reask,
		l.choose, l.choose, l.adopt, l.adopt, l.switchBranch, l.switchBranch, l.columns, l.fork, l.resume, l.restart,
	}
	do := deeds[l.dice(len(deeds))]
	if len(l.ses.turns) == 0 {
		do = l.ask
	}
	do()
	l.compare()
}

func (l *life) did(format string, args ...any) { l.log = append(l.log, fmt.Sprintf(format, args...)) }

func (l *life) ask() { l.put(0) }

func (l *life) edit() { l.put(l.where()) }

func (l *life) put(instead int) {
	q := Question{Text: l.word("question"), Columns: l.some(), Instead: instead}
	if l.dice(4) == 0 {
		q.Samples = l.dice(4)
	}
	t := &plainTurn{parent: l.ses.tip, text: q.Text, answers: map[int][]plainAnswer{}, stands: map[int]int{}}
	if instead > 0 {
		t.parent = l.ses.turn(instead).parent
	}
	for range l.dice(3) / 2 * (1 + l.dice(2)) {
		name := fmt.Sprintf("%d.png", l.dice(3))
		t.files = append(t.files, name)
		q.Files = append(q.Files, blob(name, int(name[0]), 50))
	}
	asked := q.Columns
	if asked == nil {
		asked = l.ses.columns
	}
	id := len(l.ses.turns) + 1
	l.did("ask turn %d after %d of %v, %d samples", id, t.parent, asked, q.Samples)
	want := l.foresee(t, t.parent, asked, max(q.Samples, 1))
	l.ses.turns = append(l.ses.turns, t)
	l.ses.tip = id
	for _, c := range asked {
		t.stands[c] = 1
	}
	r, err := l.b.Put(l.Context(), q)
	l.live(r, err, id, want)
}

func (l *life) again() {
	turn, only := l.where(), l.some()
	asked, t := only, l.ses.turn(turn)
	if asked == nil {
		asked = l.ses.columns
	}
	l.did("again turn %d of %v", turn, asked)
	want := l.foresee(t, t.parent, asked, 1)
	for _, c := range asked {
		t.stands[c] = len(t.answers[c])
	}
	r, err := l.b.Again(l.Context(), turn, only...)
	l.live(r, err, turn, want)
}

func (l *life) sample() {
	turn, only, n := l.where(), l.some(), 1+l.dice(4)
	asked, t := only, l.ses.turn(turn)
	if asked == nil {
		asked = l.ses.columns
	}
	l.did("sample turn %d of %v, %d times", turn, asked, n)
	want := l.foresee(t, t.parent, asked, n)
	for _, c := range asked {
		if t.stands[c] == 0 {
			t.stands[c] = 1
		}
	}
	r, err := l.b.Sample(l.Context(), turn, n, only...)
	l.live(r, err, turn, want)
}

// foresee decides how columns will answer, n times each, and returns what each
// is told by then. The answers are in t as they will stand.
func (l *life) foresee(t *plainTurn, after int, columns []int, n int) map[int][]string {
	requests := map[int][]string{}
	l.ear.plan = map[int][]deed{}
	for _, c := range columns {
		told := l.ses.request(c, after, t)
		over := false // nobody is asked any more
		for range n {
			d := deed{way(l.dice(2 * ways)), l.word("answer")}
			if int(d.way) >= ways {
				d.way = tells
			}
			switch {
			case l.ses.models[c] == "blind" && strings.Contains(told, "image/png"):
				t.answers[c] = append(t.answers[c], plainAnswer{ended: true, vain: true})
				continue
			case over:
				t.answers[c] = append(t.answers[c], plainAnswer{})
				continue
			}
			l.ear.plan[c] = append(l.ear.plan[c], d)
			a := d.answer()
			t.answers[c] = append(t.answers[c], a)
			l.ses.spent += a.cost
			requests[c] = append(requests[c], told)
			over = !a.ended
		}
	}
	return requests
}

// live goes through a run: what was said while it lasted, what is refused, what
// may be done, and what was asked in the end.
func (l *life) live(r *Run, err error, turn int, requests map[int][]string) {
	if err != nil {
		l.fail("%v", err)
	}
	want(l, "the turn that is answered", r.Turn, turn)
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for range r.All() {
		}
	}()
	synctest.Wait() // everybody has ended or hangs
	if !r.over() {
		l.refused()
		for range l.dice(3) {
			[]func(){l.choose, l.adopt, l.note}[l.dice(3)]()
		}
		if l.store != nil && l.dice(6) == 0 {
			l.kill(r)
		} else {
			defer l.ses.turn(turn).settle(r.Picks())
		}
		for _, c := range l.ear.hanging() {
			r.Stop(c)
		}
	}
	<-heard
	got := l.ear.take()
	for _, c := range slices.Sorted(maps.Keys(requests)) {
		for i, told := range requests[c] {
			if i >= len(got[c]) {
				l.fail("column %d was asked %d times instead of %d", c, len(got[c]), len(requests[c]))
			}
			if got[c][i] != told {
				l.fail("column %d was told\n%sinstead of\n%s", c, got[c][i], told)
			}
		}
		if len(got[c]) != len(requests[c]) {
			l.fail("column %d was asked %d times instead of %d", c, len(got[c]), len(requests[c]))
		}
		delete(got, c)
	}
	if len(got) > 0 {
		l.fail("columns were asked that should not be: %v", got)
	}
}

// refused checks that nothing is asked or left while answers come.
func (l *life) refused() {
	for what, do := range map[string]func() error{
		"a question": func() error { _, err := l.b.Put(l.Context(), Question{Text: "too early"}); return err },
		"again":      func() error { _, err := l.b.Again(l.Context(), 1); return err },
		"a sample":   func() error { _, err := l.b.Sample(l.Context(), 1, 2); return err },
		"a branch":   func() error { return l.b.Go(1) },
		"a fork":     func() error { return l.b.Fork(1) },
		"a reask":    func() error { _, err := l.b.Reask(Reask{Columns: []Column{{}}}); return err },
	} {
		if err := do(); err != ErrBusy {
			l.fail("%s while answers come: %v", what, err)
		}
	}
}

func (l *life) fail(format string, args ...any) {
	l.Helper()
	l.Fatalf("after %d steps:\n%s\n%s", len(l.log), strings.Join(l.log[max(0, len(l.log)-40):], "\n"), fmt.Sprintf(format, args...))
}
