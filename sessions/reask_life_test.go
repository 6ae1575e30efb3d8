package sessions

import (
	"slices"
	"strings"

	"juxta/providers"
)

// reask has the branch, or a part of it, asked again in new columns or in those
// of an earlier reask, and mostly goes on to its end.
func (l *life) reask() {
	path := l.ses.path(l.ses.tip)
	r := l.reaskOf()
	if l.dice(2) == 0 {
		r.From = path[l.dice(len(path))]
	}
	if l.dice(3) == 0 {
		r.To = path[l.dice(len(path))]
	}
	l.did("ask turns %d to %d again, following %d", r.From, r.To, r.Follows)
	a, err := l.b.Reask(r)
	if r.To > 0 && r.From > r.To {
		if err == nil {
			l.fail("turns from %d to %d can't be", r.From, r.To)
		}
		return
	}
	if err != nil {
		l.fail("%v", err)
	}
	who := l.joined(r)
	plan := map[int][]int{} // by turn
	var turns []int
	for _, id := range path {
		if id < r.From || r.To > 0 && id > r.To {
			continue
		}
		for _, c := range who {
			if l.ses.lacks(l.ses.turn(id), id, c) {
				plan[id] = append(plan[id], c)
			}
		}
		if len(plan[id]) > 0 {
			turns = append(turns, id)
		}
	}
	equal(l, "turns to be asked", a.Plan.Turns, turns)
	if len(turns) > 0 {
		for _, c := range who {
			if !slices.Contains(l.ses.columns, c) {
				l.ses.columns = append(l.ses.columns, c)
			}
		}
	}
	l.goThrough(a, turns, plan)
}

// reaskOf is a reask of one or two columns: new ones, or those of an earlier one.
func (l *life) reaskOf() Reask {
	for _, r := range l.ses.reasks {
		same := !slices.ContainsFunc(r.Columns, func(c Column) bool { return l.ses.models[int(*c.Params.Seed)] != c.Model.Model })
		if same && l.dice(2) == 0 {
			r.From, r.To = 0, 0
			return r
		}
	}
	var r Reask
	if l.dice(2) == 0 {
		r.Follows = 1 + l.dice(len(l.ses.models))
	}
	next := len(l.ses.models)
	for range 1 + l.dice(2) {
		next++
		seed := int64(next)
		r.Columns = append(r.Columns, Column{Model: providers.Ref{Provider: "ear", Model: l.model()}, Params: providers.Params{Seed: &seed}})
	}
	return r
}

// joined are the IDs of a reask's columns, which are part of the session by now
// if anything is asked.
func (l *life) joined(r Reask) (ids []int) {
	known := len(l.ses.models)
	for _, c := range r.Columns {
		id := int(*c.Params.Seed)
		if ids = append(ids, id); id > known {
			l.ses.models[id], l.ses.follows[id] = c.Model.Model, r.Follows
		}
	}
	if ids[0] > known {
		l.ses.reasks = append(l.ses.reasks, r)
	}
	return ids
}

// lacks reports whether a column is asked in a turn again: it has no whole answer
// there, and was not found to be unable.
func (s *plainSession) lacks(t *plainTurn, id, column int) bool {
	takes := t.answers[column]
	if len(takes) == 0 {
		return true
	}
	stands := takes[t.stands[column]-1]
	barred := s.models[column] == "blind" && strings.Contains(s.request(column, t.parent, t), "image/png")
	return !stands.whole && !(stands.vain && barred)
}

func (l *life) goThrough(a *Reasking, turns []int, plan map[int][]int) {
	at := 0
	for n := 0; ; n++ {
		if n > 0 && l.dice(6) == 0 {
			l.did("stop asking again")
			return
		}
		var id int
		var who []int
		for ; at < len(turns) && len(who) == 0; at++ {
			id = turns[at]
			for _, c := range plan[id] {
				if takes := l.ses.turn(id).answers[c]; len(takes) == 0 || !takes[l.ses.turn(id).stands[c]-1].whole {
					who = append(who, c)
				}
			}
		}
		if len(who) == 0 {
			r, err := a.Next(l.Context())
			if r != nil || err != nil {
				l.fail("after the last turn: %v, %v", r, err)
			}
			return
		}
		t := l.ses.turn(id)
		l.did("turn %d again of %v", id, who)
		want := l.foresee(t, t.parent, who, 1)
		for _, c := range who {
			t.stands[c] = len(t.answers[c])
		}
		on := l.b
		r, err := a.Next(l.Context())
		l.live(r, err, id, want)
		if l.b != on { // it was killed
			return
		}
	}
}
