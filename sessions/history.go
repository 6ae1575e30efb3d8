package sessions

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"juxta/providers"
)

// page is how many turns are read from the store together.
const page = 256

// A story is what a column is told of the turns of a path up to upto. It is kept
// from question to question, because reading 10,000 turns anew takes most of a
// second.
//
// Of files it has no bytes: those are put in when it is told, see briefing.
type story struct {
	upto int // ID of the last turn in it; 0 for none
	told []providers.Message
	with map[int]attached // the files of questions, by their place in told

	runes int // of told, so that nobody counts a long history for every key
	given given
}

// attached are the files of one turn.
type attached struct {
	turn  int
	files []Attachment
}

// told is what each of the given columns is told of the turns of a path. It
// reads the disk for what it has not read before, and is the asker's alone:
// b.ask is held.
func (b *Bench) told(d *desk, s Session, path Path, columns []int) (map[int]*story, error) {
	last := 0
	if n := len(path); n > 0 {
		last = path[n-1].To
	}
	if s.Kind == Experiment {
		return nil, nil
	}
	if d.stories == nil {
		d.stories = map[int]*story{}
	}
	from := last
	for _, id := range columns {
		if st := d.stories[id]; st == nil || st.upto > 0 && !path.Has(st.upto) {
			d.stories[id] = &story{}
		}
		from = min(from, d.stories[id].upto)
	}
	for from < last {
		turns, err := b.some(d, path, from, page)
		if err != nil {
			return nil, err
		}
		if len(turns) == 0 {
			return nil, fmt.Errorf("a turn of the session after turn %d is missing", from)
		}
		for _, t := range turns {
			for _, id := range columns {
				st := d.stories[id]
				lead := s.leads(id, t)
				if t.ID <= st.upto || !st.add(t, id, lead) || len(t.Files) == 0 {
					continue
				}
				a, ok := t.Told(lead)
				b.mu.Lock()
				d.remember(id, t, a, ok)
				b.mu.Unlock()
			}
		}
		from = turns[len(turns)-1].ID
	}
	return d.stories, nil
}

// past lists all of d's turns on a path, oldest first.
func (b *Bench) past(d *desk, path Path) ([]*Turn, error) {
	var turns []*Turn
	for n := path.Len(); len(turns) < n; {
		after := 0
		if len(turns) > 0 {
			after = turns[len(turns)-1].ID
		}
		more, err := b.some(d, path, after, page)
		if err != nil {
			return turns, err
		}
		if len(more) == 0 {
			return turns, fmt.Errorf("a turn of the session after turn %d is missing", after)
		}
		turns = append(turns, more...)
	}
	return turns, nil
}

// some lists at most n of d's turns that come after the given one on a path,
// oldest first. What is in memory wins: it may not be in the store yet.
func (b *Bench) some(d *desk, path Path, after, n int) ([]*Turn, error) {
	b.mu.Lock()
	id, first, recent, held := d.session.ID, d.first(), slices.Clone(d.recent), maps.Clone(d.held)
	b.mu.Unlock()
	var turns []*Turn
	for s := range path.After(after, n) {
		if old := min(s.To, first-1); b.store != nil && s.From <= old {
			kept, err := b.store.Turns(id, s.From-1, old-s.From+1)
			if err != nil {
				return nil, fmt.Errorf("reading the session's history: %w", err)
			}
			for i := range kept {
				t := &kept[i]
				if h := held[t.ID]; h != nil {
					t = h
				}
				turns = append(turns, t)
			}
		}
		for _, t := range recent {
			if t.ID >= s.From && t.ID <= s.To {
				turns = append(turns, t)
			}
		}
	}
	return turns, nil
}

// turn is one of d's turns. Unless memory has it, it is the caller's alone.
func (b *Bench) turn(d *desk, id int) (*Turn, error) {
	found, err := b.some(d, Path{{id, id}}, 0, 1)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("there is no turn %d", id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// hold keeps a turn that was changed in memory, whether the store has it by then
// or not. b.mu is held.
func (d *desk) hold(t *Turn) {
	if d.held == nil {
		d.held = map[int]*Turn{}
	}
	d.held[t.ID] = t
}

// first is the ID of the oldest turn in memory.
func (d *desk) first() int {
	if len(d.recent) == 0 {
		return d.session.Turns + 1
	}
	return d.recent[0].ID
}

// forget has a column's story told anew if the given turn is in it, and those of
// the columns that follow it. b.ask is held.
func (d *desk) forget(s *Session, column, turn int) {
	for _, id := range s.followers(column) {
		if st := d.stories[id]; st != nil && st.upto >= turn {
			delete(d.stories, id)
		}
	}
}

// add continues the story with a turn's question and the answer of the column
// that leads (or the one that was adopted for all), text as received and without
// thoughts, in alternation. A failed answer is left out together with its question
// and the question's files: then it is false.
func (st *story) add(t *Turn, column, lead int) bool {
	st.upto = t.ID
	st.measure(t, column)
	a, ok := t.Told(lead)
	if !ok || !a.Remembered() {
		return false
	}
	said := a.Text
	if said == "" {
		said = a.Refusal
	}
	if len(t.Files) > 0 {
		if st.with == nil {
			st.with = map[int]attached{}
		}
		st.with[len(st.told)] = attached{t.ID, t.Files}
	}
	st.told = append(st.told, providers.Says(providers.User, t.Text), providers.Says(providers.Assistant, said))
	st.runes += utf8.RuneCountInString(t.Text) + utf8.RuneCountInString(said)
	return true
}

// settle waits until all that was done is in the store, or could not be saved.
func (b *Bench) settle() error {
	if b.saver == nil {
		return nil
	}
	return <-b.saver.put(Batch{})
}

// catchUp takes in what another juxta has asked in the same session meanwhile,
// so that the next question follows it instead of claiming its place, and has all
// turns read anew if another one has changed something in them. The columns on
// this screen stay. One that was added here while the other juxta gave its ID to a
// column of its own gets another ID, so that neither is told what the other said;
// moved has the new IDs by the old ones.
func (b *Bench) catchUp(d *desk, s Session) (now Session, moved map[int]int, err error) {
	if b.store == nil || s.Turns == 0 {
		return s, nil, nil
	}
	_ = b.settle() // its failing is told by OnTrouble
	kept, err := b.store.Session(s.ID)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case errors.Is(err, ErrNotFound) && b.trouble == nil:
		return s, nil, fmt.Errorf("another juxta has removed this session: start a new one; %w", err)
	case err != nil, b.trouble != nil:
		return s, nil, nil // it goes on from memory
	}
	d.session.label(&kept)
	s = d.session.clone() // with what was set while the store was read
	next := s.clone()
	newer := kept.Turns > s.Turns
	if newer {
		next = kept.clone()
		next.Blind, next.Race, next.Baseline = s.Blind, s.Race, s.Baseline
		next.Budget, next.Uncounted = s.Budget, s.Uncounted
		if !kept.Path().Has(s.Last()) { // it went on elsewhere
			next.Tip = s.Last()
		}
	}
	changed := kept.Changes != d.session.Changes
	if changed && !newer {
		next.Hidden = slices.Clone(kept.Hidden) // some may be revealed
		next.Spent, next.Guessed, next.Unpriced = kept.Spent, kept.Guessed, kept.Unpriced
	}
	next.Columns, moved = merge(kept.Columns, s.Columns)
	if !changed && !newer && len(moved) == 0 {
		return s, nil, nil
	}
	next.Changes = kept.Changes
	next.Places = slices.Clone(s.Places)
	for i, id := range next.Places {
		next.Places[i] = cmp.Or(moved[id], id)
	}
	next.Baseline = cmp.Or(moved[next.Baseline], next.Baseline)
	d.session = next
	if changed || newer {
		d.foreign = true
		d.recent, d.held, d.stories, d.remembers = nil, nil, nil, nil
	}
	return next.clone(), moved, nil
}

// merge is the columns of a session by ID of which two processes know: those of
// ours that have the ID of another one get a new ID, which is in moved by the
// old one.
func merge(theirs, ours []Column) (all []Column, moved map[int]int) {
	all, moved = slices.Clone(theirs), map[int]int{}
	free := max(len(theirs), len(ours))
	for _, c := range ours {
		c.Follows = cmp.Or(moved[c.Follows], c.Follows) // which was added before it
		i := slices.IndexFunc(all, func(o Column) bool { return o.ID == c.ID })
		switch {
		case i < 0:
			all = append(all, c)
		case all[i].Added.Equal(c.Added):
			all[i] = c
		default:
			free++
			moved[c.ID] = free
		}
	}
	for _, c := range ours {
		if id, ok := moved[c.ID]; ok {
			c.ID, c.Follows = id, cmp.Or(moved[c.Follows], c.Follows)
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(x, y Column) int { return x.ID - y.ID })
	return all, moved
}

// meet takes in what another juxta has made of a turn meanwhile, so that none of
// its takes, votes and notes is overwritten.
func (b *Bench) meet(d *desk, t *Turn) error {
	if b.store == nil {
		return nil
	}
	_ = b.settle()
	found, err := b.store.Turns(d.session.ID, t.ID-1, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case errors.Is(err, ErrNotFound) && b.trouble == nil:
		return fmt.Errorf("another juxta has removed this session: start a new one; %w", err)
	case err != nil, b.trouble != nil, len(found) == 0, found[0].ID != t.ID:
		return nil // it goes on from memory
	}
	kept, next := &found[0], t.clone()
	for _, a := range kept.Answers {
		switch here, ok := next.Take(Pick{a.Column, a.Take}); {
		case !ok:
			next.place(a)
		case here.Finish == "" && a.Finish != "": // it came there, and has ended
			*here = a
		}
	}
	next.Takes, next.Adopted, next.Votes, next.Note, next.Revealed = kept.Takes, kept.Adopted, kept.Votes, kept.Note, kept.Revealed
	if !next.Hidden() {
		d.session.Hidden = slices.DeleteFunc(d.session.Hidden, func(id int) bool { return id == t.ID })
	}
	d.retell(t, &next)
	*t = next
	return nil
}

// place puts an answer of a take that is new where it belongs.
func (t *Turn) place(a Answer) {
	at, _ := slices.BinarySearchFunc(t.Answers, a, func(x, y Answer) int { return cmp.Or(x.Column-y.Column, x.Take-y.Take) })
	t.Answers = slices.Insert(slices.Clip(t.Answers), at, a)
	if !slices.Contains(t.Columns, a.Column) {
		t.Columns = append(slices.Clip(t.Columns), a.Column)
		if t.Blind {
			t.Late = append(slices.Clip(t.Late), a.Column)
		}
	}
}
