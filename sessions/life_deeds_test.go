package sessions

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"juxta/providers"
)

// What is done to a session in its life besides asking.

// pick is an answer of a turn, most often.
func (l *life) pick(turn int) (p Pick, a plainAnswer, ok bool) {
	t := l.ses.turn(turn)
	p = Pick{1 + l.dice(len(l.ses.models)), 1 + l.dice(3)}
	if known := slices.Sorted(maps.Keys(t.answers)); len(known) > 0 {
		p.Column = known[l.dice(len(known))]
		p.Take = 1 + l.dice(len(t.answers[p.Column])+l.dice(2))
	}
	if takes := t.answers[p.Column]; p.Take <= len(takes) {
		return p, takes[p.Take-1], true
	}
	return p, a, false
}

func (l *life) choose() {
	turn := l.where()
	p, _, ok := l.pick(turn)
	l.did("choose take %d of column %d in turn %d", p.Take, p.Column, turn)
	if _, err := l.b.Choose(turn, p); (err == nil) != ok {
		l.fail("it is there: %v, but %v", ok, err)
	}
	if ok {
		l.ses.turn(turn).stands[p.Column] = p.Take
	}
}

func (l *life) adopt() {
	turn := l.where()
	if l.dice(3) == 0 {
		l.did("adopt nothing in turn %d", turn)
		if _, err := l.b.Adopt(turn, nil); err != nil {
			l.fail("%v", err)
		}
		l.ses.turn(turn).adopted = Pick{}
		return
	}
	p, a, ok := l.pick(turn)
	ok = ok && a.told && a.ended
	l.did("adopt take %d of column %d in turn %d", p.Take, p.Column, turn)
	if _, err := l.b.Adopt(turn, &p); (err == nil) != ok {
		l.fail("it can be adopted: %v, but %v", ok, err)
	}
	if ok {
		l.ses.turn(turn).adopted = p
	}
}

func (l *life) note() {
	turn, text := l.where(), fmt.Sprint("note ", l.dice(1000))
	if _, err := l.b.Note(turn, text); err != nil {
		l.fail("%v", err)
	}
	l.ses.turn(turn).note = text
}

func (l *life) switchBranch() {
	turn := l.where()
	if siblings := l.ses.after(l.ses.turn(turn).parent); len(siblings) > 1 {
		turn = siblings[l.dice(len(siblings))]
	}
	l.did("go to turn %d", turn)
	if err := l.b.Go(turn); err != nil {
		l.fail("%v", err)
	}
	l.ses.tip = l.ses.end(turn)
}

func (l *life) columns() {
	switch c := l.ses.columns; {
	case len(c) < 2 || len(c) < 5 && l.dice(3) == 0:
		l.did("add a column")
		l.addColumn()
	case l.dice(3) == 0:
		id, place := 1+l.dice(len(l.ses.models)), l.dice(len(c)+2)
		l.did("bring column %d back", id)
		l.b.Restore(id, place)
		if !slices.Contains(c, id) {
			l.ses.columns = slices.Insert(slices.Clone(c), min(place, len(c)), id)
		}
	case l.dice(2) == 0:
		id := c[l.dice(len(c))]
		l.did("remove column %d", id)
		l.b.Remove(id)
		l.ses.columns = slices.DeleteFunc(slices.Clone(c), func(p int) bool { return p == id })
	default:
		id := c[l.dice(len(c))]
		l.did("another model for column %d", id)
		l.ses.models[id] = l.model()
		l.b.SetModel(id, providers.Ref{Provider: "ear", Model: l.ses.models[id]})
	}
}

func (l *life) fork() {
	if l.calm {
		return
	}
	turn := l.where()
	l.did("fork at turn %d", turn)
	if err := l.b.Fork(turn); err != nil {
		l.fail("%v", err)
	}
	if l.store != nil {
		l.away = append(l.away, l.ses)
	}
	next := l.ses.fork(turn)
	ses := l.b.Session()
	want(l, "where the fork is from", *ses.Origin, Origin{l.ses.id, turn})
	if next.id = ses.ID; next.id == l.ses.id {
		l.fail("a fork is another session")
	}
	l.ses = next
}

func (l *life) resume() {
	if len(l.away) == 0 {
		return
	}
	i := l.dice(len(l.away))
	l.did("resume a session of %d turns", len(l.away[i].turns))
	if err := l.b.Resume(l.away[i].id); err != nil {
		l.fail("%v", err)
	}
	l.ses, l.away[i] = l.away[i], l.ses
}

func (l *life) restart() {
	if l.store == nil {
		return
	}
	l.did("restart")
	if err := l.b.Close(l.Context()); err != nil {
		l.fail("%v", err)
	}
	l.b = l.newBench()
	if err := l.b.Resume(l.ses.id); err != nil {
		l.fail("%v", err)
	}
}

// kill goes on from what the store has in the middle of a run, as if the process
// had been killed: what had not ended never will.
func (l *life) kill(r *Run) {
	l.did("kill")
	time.Sleep(2 * checkpoint)
	path := filepath.Join(l.TempDir(), "killed.db")
	if err := copyFile(l.store.Path(), path); err != nil {
		l.fail("%v", err)
	}
	for _, p := range r.Picks() {
		if a := l.ses.turn(r.Turn).answers[p.Column][p.Take-1]; !a.ended {
			l.ses.spent -= a.cost
		}
	}
	store, err := Open(path)
	if err != nil {
		l.fail("%v", err)
	}
	l.Cleanup(func() { _ = store.Close() })
	l.store = store
	l.b = l.newBench()
	if err := l.b.Resume(l.ses.id); err != nil {
		l.fail("%v", err)
	}
}
