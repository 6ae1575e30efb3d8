package sessions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"juxta/prompts"
)

// ErrBusy is returned while the last question is still being answered.
var ErrBusy = errors.New("answers are still coming")

// A Question is what is asked, and of whom.
type Question struct {
	Text    string
	Files   []*prompts.Attachment
	Prompt  *prompts.Used // of the library, that it was made from; nil for none
	Columns []int         // IDs of those that are asked; nil for all on the screen
	Instead int           // the turn in whose place it is asked, which begins a branch; 0 to go on
	Samples int           // how many answers each column gives; 0 is one
}

// Put asks a question and returns the run at once after it is saved; a question
// that can't be saved is asked all the same and saved later, see OnTrouble. Text
// or files may be missing. A column whose model can't take one of the files, or
// of those it remembers, fails with an error of kind [providers.Unsupported],
// and nothing is sent to it. A question that the session's budget has no room
// for is not asked at all: then the error is an [*OverBudget]. The run ends with
// ctx. Put reads and writes the disk.
func (b *Bench) Put(ctx context.Context, q Question) (*Run, error) {
	if q.Text == "" && len(q.Files) == 0 {
		return nil, errors.New("there is nothing to ask")
	}
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return nil, err
	}
	s, moved, err := b.catchUp(d, s)
	if err != nil {
		return nil, err
	}
	columns, err := chosen(s, q.Columns, moved)
	if err != nil {
		return nil, err
	}
	t := &Turn{
		ID: s.Turns + 1, Parent: s.Last(), Text: q.Text, Asked: time.Now(), Columns: ids(columns),
		Prompt: q.Prompt, Blind: s.Blind && len(columns) > 1, Race: s.Race, Seed: s.seedOf(s.Turns + 1),
	}
	if q.Instead > 0 {
		if q.Instead > s.Turns {
			return nil, fmt.Errorf("there is no turn %d", q.Instead)
		}
		t.Parent = s.Parent(q.Instead)
	}
	told, err := b.told(d, s, s.PathTo(t.Parent), append(ids(columns), s.Places...)) // preflight tells of all
	if err != nil {
		return nil, err
	}
	with := map[string][]byte{}
	for _, f := range q.Files {
		sum := b.shelf.sum(f).sha256
		t.Files = append(t.Files, keptAs(f, sum))
		with[sum] = f.Data
	}
	g := b.briefing()
	maps.Copy(g.data, with)
	briefs := map[int]brief{}
	for _, c := range columns {
		if briefs[c.ID], err = g.brief(b.Registry.Model(c.Model), told[c.ID], q.Text, t.Files); err != nil {
			return nil, err
		}
	}
	return b.begin(ctx, d, t, task{told: briefs, columns: columns, samples: max(q.Samples, 1), files: with})
}

// chosen are the columns of the given IDs, each once, or all on the screen. Some
// may have moved to another ID.
func chosen(s Session, only []int, moved map[int]int) ([]Column, error) {
	columns := s.Shown()
	if only != nil {
		columns = nil
		for i, id := range only {
			if slices.Contains(only[:i], id) {
				continue
			}
			c, ok := s.Column(cmp.Or(moved[id], id))
			if !ok {
				return nil, fmt.Errorf("there is no column %d", id)
			}
			columns = append(columns, *c)
		}
	}
	if len(columns) == 0 {
		return nil, errors.New("there is no column to ask")
	}
	return columns, nil
}

func ids(columns []Column) []int {
	all := make([]int, len(columns))
	for i, c := range columns {
		all[i] = c.ID
	}
	return all
}

// Again asks columns for another take of their answers to a turn, which stand
// from then on. It reads and writes the disk.
func (b *Bench) Again(ctx context.Context, turn int, columns ...int) (*Run, error) {
	return b.retake(ctx, turn, columns, task{samples: 1})
}

// Sample asks columns for n more takes of their answers to a turn, one after the
// other in each column. What stood before still stands.
func (b *Bench) Sample(ctx context.Context, turn, n int, columns ...int) (*Run, error) {
	if n < 1 {
		return nil, errors.New("there is nothing to sample")
	}
	return b.retake(ctx, turn, columns, task{samples: n, aside: true})
}

// retake asks columns for more takes, as many as k says.
func (b *Bench) retake(ctx context.Context, turn int, only []int, k task) (*Run, error) {
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return nil, err
	}
	if k.session != "" && k.session != s.ID {
		return nil, ErrElsewhere
	}
	s, moved, err := b.catchUp(d, s)
	if err != nil {
		return nil, err
	}
	columns, err := chosen(s, only, moved)
	if err != nil {
		return nil, err
	}
	t, err := b.turn(d, turn)
	if err != nil {
		return nil, err
	}
	if err := b.meet(d, t); err != nil {
		return nil, err
	}
	if k.lacking {
		columns = slices.DeleteFunc(columns, func(c Column) bool {
			a, ok := t.Answer(c.ID)
			return ok && a.ended()
		})
		if len(columns) == 0 {
			return nil, errWhole
		}
	}
	if t.Hidden() && slices.ContainsFunc(columns, func(c Column) bool { return t.Seat(c.ID) > 0 }) {
		return nil, errHidden // it could be told from the others
	}
	for _, c := range columns {
		d.forget(&s, c.ID, t.ID) // it changes with the new take
	}
	told, err := b.told(d, s, s.PathTo(t.Parent), ids(columns))
	if err != nil {
		return nil, err
	}
	g := b.briefing()
	k.columns, k.told = columns, map[int]brief{}
	for _, c := range columns {
		st := story{}
		if told[c.ID] != nil { // not in an experiment
			st = *told[c.ID]
		}
		st.given = maps.Clone(st.given)
		st.measure(t, c.ID)
		if k.told[c.ID], err = g.brief(b.Registry.Model(c.Model), &st, t.Text, t.Files); err != nil {
			return nil, err
		}
	}
	return b.begin(ctx, d, t, k)
}

// A task is what a run is begun with.
type task struct {
	told    map[int]brief // by column
	columns []Column
	samples int               // answers of each column
	aside   bool              // what stands goes on standing
	files   map[string][]byte // bytes of new ones

	session ID            // that it is meant for; "" for whatever is worked on
	lacking bool          // only who has no whole answer is asked
	limit   limit         // besides the session's
	heard   func(*Answer) // told of each that ends, with the bench's mutex held; nil for nobody
}

// free is what is worked on, and ErrBusy while a run is under way: its turn
// would be told as it stands.
func (b *Bench) free() (*desk, Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.run != nil && !b.run.over() {
		return nil, Session{}, ErrBusy
	}
	if err := b.refused(); err != nil {
		return nil, Session{}, err
	}
	return b.desk, b.desk.session.clone(), nil
}

// begin saves the question with a place for every answer and the bytes of new
// files, in one commit unless they are large, and starts the run. Its error is
// an [*OverBudget], and nothing has changed then.
func (b *Bench) begin(ctx context.Context, d *desk, t *Turn, k task) (*Run, error) {
	r := b.newRun(t.ID)
	r.keep = func(a Answer) error { return b.finish(d, t, r, a) }
	r.allow = func(l *lane) error { return b.allow(d, r, l) }
	r.gauge = b.Gauge
	var kept []Kept
	b.mu.Lock()
	for round := range k.samples {
		for _, c := range k.columns {
			r.lanes = append(r.lanes, b.lane(t, k.told[c.ID], c, round))
		}
	}
	cost, n := costOf(r.lanes)
	for _, bound := range []limit{d.session.limit(), k.limit} {
		if err := bound.afford(cost, n, d.session.Spent); err != nil {
			b.mu.Unlock()
			return nil, err
		}
	}
	r.limit, r.heard = k.limit, k.heard
	r.Foreign, d.foreign = d.foreign, false
	if len(k.files) > 0 {
		b.shelf.add(k.files)
	}
	if t.ID > d.session.Turns { // a new question
		d.session.follow(t)
		d.recent = append(d.recent, t)
	} else {
		d.hold(t)
	}
	d.session.Updated = time.Now()
	t.stand(k)
	if d.session.Race {
		race(r.lanes)
	}
	for _, l := range r.lanes {
		a := l.snapshot()
		if k.samples > 1 && l.device == "" { // a service is not asked everything at once
			l.device = fmt.Sprintf("column %d", a.Column)
		}
		kept = append(kept, Kept{Session: d.session.ID, Turn: t.ID, Answer: a})
		t.place(a)
	}
	r.queue = inLine(r.lanes, d.session.Seed, t, k.samples)
	d.files = d.files || len(t.Files) > 0
	question := t.clone()
	r.Asked = t.clone()
	asked := b.put(d, Batch{Turn: &question, Answers: kept, Files: k.files, begins: b.name})
	ctxs := r.cancellable(ctx) // from here on, Stop reaches it
	b.run, b.asked = r, d
	id := d.session.ID
	b.mu.Unlock()
	<-asked // or failed for now: it is asked all the same
	if b.saver != nil {
		b.saver.watch(id, r)
	}
	r.start(ctxs)
	return r, nil
}

// stand says which takes stand while and after more of them come: the first of a
// new question's, the newest of a regenerated answer, or what stood before.
func (t *Turn) stand(k task) {
	takes := map[int]int{}
	maps.Copy(takes, t.Takes)
	for _, c := range k.columns {
		a, ok := t.Answer(c.ID)
		switch {
		case ok && k.aside:
			takes[c.ID] = a.Take
		case k.samples > 1:
			takes[c.ID] = 1
			if ok {
				takes[c.ID] = a.Take + 1
			}
		default:
			delete(takes, c.ID)
		}
	}
	if t.Takes = takes; len(takes) == 0 {
		t.Takes = nil
	}
}

// follow takes in a new question.
func (s *Session) follow(t *Turn) {
	if s.Turns == 0 && !s.Named {
		s.Title = cmp.Or(titleOf(t.Text), titleOfFiles(t.Files))
	}
	if t.Hidden() {
		s.Hidden = append(s.Hidden, t.ID)
	}
	if s.Turns = t.ID; t.Parent != t.ID-1 {
		s.Forks = append(s.Forks, Fork{t.ID, t.Parent})
	}
	if s.Tip = 0; len(s.Forks) > 0 {
		s.Tip = t.ID
	}
}

// finish keeps a finished answer in memory and in the store, in one commit with
// what the session has cost, and lets go of turns that the store has.
func (b *Bench) finish(d *desk, t *Turn, r *Run, a Answer) error {
	b.mu.Lock()
	d.session.count(&a)
	d.spare(&a)
	r.settle(&a)
	if r.heard != nil {
		r.heard(&a)
	}
	for i := range t.Answers {
		if t.Answers[i].Column == a.Column && t.Answers[i].Take == a.Take {
			t.Answers[i] = a
			t.Answers[i].Timing.Chunks = nil // the store has them; nobody here reads them again
		}
	}
	for _, id := range d.session.followers(a.Column) {
		if told, ok := t.Told(d.session.leads(id, t)); ok && told.Finish != "" {
			d.remember(id, t, told, ok)
		}
	}
	saved := b.put(d, Batch{Answers: []Kept{{Session: d.session.ID, Turn: t.ID, Answer: a}}})
	b.mu.Unlock()
	err := <-saved
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.saver != nil && b.trouble == nil && err == nil && len(d.recent) > 2*remembered {
		d.recent = slices.Clone(d.recent[len(d.recent)-remembered:])
	}
	return err
}
