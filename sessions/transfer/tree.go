package transfer

import (
	"slices"
	"time"
)

// A tree is a talk's messages by their places in it.
type tree struct {
	*talk
	parent []int // -1 for none
	kids   [][]int
	eff    []time.Time // when it came to be: never before what it follows
	onPath []bool      // it is, or leads to, the current one
	grown  int         // bytes that its turns have come to
}

// tree checks how the messages hang together.
func (t *talk) tree() (*tree, error) {
	n := len(t.messages)
	r := &tree{talk: t, parent: make([]int, n), kids: make([][]int, n), eff: make([]time.Time, n), onPath: make([]bool, n)}
	index := make(map[string]int, n)
	for i, m := range t.messages {
		if _, twice := index[m.id]; twice {
			return nil, t.at.broken("two of its messages have the id %.60q", m.id)
		}
		index[m.id] = i
	}
	var roots []int
	for i, m := range t.messages {
		p, ok := index[m.parent]
		switch {
		case m.parent == "":
			p, roots = -1, append(roots, i)
		case !ok:
			return nil, t.at.broken("its message %.60q follows %.60q, which is not there", m.id, m.parent)
		}
		r.parent[i] = p
		if p >= 0 {
			r.kids[p] = append(r.kids[p], i)
		}
	}
	reached := 0
	for queue := slices.Clone(roots); len(queue) > 0; reached++ {
		i := queue[0]
		queue = append(queue[1:], r.kids[i]...)
		r.eff[i] = t.messages[i].at
		if p := r.parent[i]; p >= 0 && r.eff[i].Before(r.eff[p]) {
			r.eff[i] = r.eff[p]
		}
	}
	if reached < n {
		m := &t.messages[r.circle(roots)]
		return nil, t.at.broken("its message %.60q follows itself, by way of %.60q", m.id, m.parent)
	}
	for _, kids := range r.kids {
		r.byTime(kids)
	}
	at, ok := index[t.current]
	if !ok {
		at = n - 1
	}
	for ; at >= 0; at = r.parent[at] {
		r.onPath[at] = true
	}
	return r, nil
}

// circle is a message that follows itself, where there is one: whoever goes back
// from one that no first message leads to ends in a circle.
func (r *tree) circle(roots []int) int {
	led := make([]bool, len(r.messages))
	for queue := slices.Clone(roots); len(queue) > 0; {
		i := queue[len(queue)-1]
		queue = append(queue[:len(queue)-1], r.kids[i]...)
		led[i] = true
	}
	at := slices.Index(led, false)
	for range r.messages {
		at = r.parent[at]
	}
	return at
}

func (r *tree) byTime(list []int) {
	slices.SortStableFunc(list, func(x, y int) int { return r.eff[x].Compare(r.eff[y]) })
}

// A question is what becomes a turn.
type question struct {
	message int
	follows *question // nil for a first one
	answers []*said   // its takes
	stands  int       // which of them; -1 for none
	at      time.Time // when the turn came to be
	number  int
	runes   int // that are told with the next question
}

// A said is an answer as far as the message at which it is looked at.
type said struct {
	message int // -1 where nothing was said yet
	before  *said
	more    bool  // something is said behind it
	next    []int // the questions that follow it
}

// questions are all of the talk's in the order of their turns.
func (r *tree) questions() []*question {
	type start struct {
		message int
		follows *question
	}
	var all []*question
	var todo []start
	var roots []int
	for i := range r.messages {
		if r.parent[i] < 0 {
			roots = append(roots, i)
		}
	}
	r.byTime(roots)
	for _, i := range r.first(roots) {
		todo = append(todo, start{i, nil})
	}
	for len(todo) > 0 {
		s := todo[0]
		todo = todo[1:]
		for _, q := range r.ask(s.message, s.follows) {
			all = append(all, q.question)
			for _, i := range q.next {
				todo = append(todo, start{i, q.question})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y *question) int { return x.at.Compare(y.at) })
	for i, q := range all {
		q.number = i + 1
	}
	return all
}

// first are the first questions of what begins with the given messages.
func (r *tree) first(roots []int) []int {
	var all []int
	todo := slices.Clone(roots)
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		if r.messages[i].asks {
			all = append(all, i)
			continue
		}
		todo = append(todo, r.kids[i]...)
	}
	return all
}

// An asked question is one with the questions that follow it.
type asked struct {
	*question
	next []int
}

// ask is the question of a message with its answers, and again for each answer
// but the first from which the talk went on.
func (r *tree) ask(i int, follows *question) []asked {
	var takes, on []*said
	for _, s := range r.said(i) {
		switch {
		case len(s.next) > 0:
			on = append(on, s)
		case !s.more && s.message >= 0:
			takes = append(takes, s)
		}
	}
	began := func(s *said) time.Time { return r.eff[s.next[0]] }
	slices.SortStableFunc(on, func(x, y *said) int {
		if silent := boolInt(x.message < 0) - boolInt(y.message < 0); silent != 0 && len(takes)+len(on) > 1 {
			return silent // it is no answer to have others beside
		}
		return began(x).Compare(began(y))
	})
	first := asked{question: &question{message: i, follows: follows, stands: -1, at: r.eff[i]}}
	if len(on) > 0 && (on[0].message >= 0 || len(takes) == 0) {
		first.next = on[0].next
		if on[0].message >= 0 {
			takes = append(takes, on[0])
		}
		on = on[1:]
	}
	slices.SortStableFunc(takes, func(x, y *said) int { return r.eff[x.message].Compare(r.eff[y.message]) })
	for n, s := range takes {
		if first.stands < 0 || len(s.next) > 0 || len(first.next) == 0 && (r.onPath[s.message] || !r.onPath[takes[first.stands].message]) {
			first.stands = n
		}
	}
	first.answers = takes
	all := []asked{first}
	for _, s := range on {
		q := asked{question: &question{message: i, follows: follows, stands: -1, at: began(s)}, next: s.next}
		if s.message >= 0 {
			q.answers, q.stands = []*said{s}, 0
		}
		all = append(all, q)
	}
	return all
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// said are the ways on from a question to the next ones, in order: what is said
// up to each message that says something, and before the first.
func (r *tree) said(i int) []*said {
	type step struct {
		message int
		after   *said
	}
	none := &said{message: -1}
	all := []*said{none}
	todo := []step{{i, none}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		at := s.after
		if r.messages[s.message].says() {
			at = &said{message: s.message, before: s.after}
			s.after.more = true
			all = append(all, at)
		}
		for _, k := range slices.Backward(r.kids[s.message]) {
			if r.messages[k].asks {
				at.next = append(at.next, k)
			} else {
				todo = append(todo, step{k, at})
			}
		}
	}
	for _, s := range all {
		r.byTime(s.next)
	}
	return all
}
