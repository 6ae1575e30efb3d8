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
	"juxta/providers"
)

// ErrBusy is returned while the last question is still being answered.
var ErrBusy = errors.New("answers are still coming")

// Ask puts text and files to every column on the screen and returns the run at
// once after they are saved; a question that can't be saved is asked all the
// same and saved later, see OnTrouble. Either may be missing. A column whose
// model can't take one of the files, or of those it remembers, fails with an
// error of kind [providers.Unsupported], and nothing is sent to it. The run ends
// with ctx. Ask reads and writes the disk.
func (b *Bench) Ask(ctx context.Context, text string, files ...*prompts.Attachment) (*Run, error) {
	if text == "" && len(files) == 0 {
		return nil, errors.New("there is nothing to ask")
	}
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return nil, err
	}
	if len(s.Places) == 0 {
		return nil, errors.New("there is no column to ask")
	}
	if s, err = b.catchUp(d, s); err != nil {
		return nil, err
	}
	told, err := b.told(d, s)
	if err != nil {
		return nil, err
	}
	t := &Turn{ID: s.Turns + 1, Parent: s.Turns, Text: text, Asked: time.Now(), Columns: s.Places}
	with := map[string][]byte{}
	for _, f := range files {
		sum := b.shelf.sum(f).sha256
		t.Files = append(t.Files, keptAs(f, sum))
		with[sum] = f.Data
	}
	g := b.briefing()
	maps.Copy(g.data, with)
	briefs := map[int]brief{}
	for _, c := range s.Shown() {
		if briefs[c.ID], err = g.brief(b.Registry.Model(c.Model), told[c.ID], text, t.Files); err != nil {
			return nil, err
		}
	}
	if len(with) > 0 {
		b.shelf.add(with)
	}
	return b.begin(ctx, d, t, briefs, s.Shown(), with), nil
}

// Again asks one column for another take of its answer to a turn. It reads and
// writes the disk.
func (b *Bench) Again(ctx context.Context, turn, column int) (*Run, error) {
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return nil, err
	}
	c, ok := s.Column(column)
	if !ok {
		return nil, fmt.Errorf("there is no column %d", column)
	}
	past, err := b.past(d, turn)
	if err != nil {
		return nil, err
	}
	if len(past) == 0 || past[len(past)-1].ID != turn {
		return nil, fmt.Errorf("there is no turn %d", turn)
	}
	delete(d.stories, column) // it changes with the new take
	last := len(past) - 1
	t := past[last]
	told, err := b.briefing().brief(b.Registry.Model(c.Model), history(past[:last], column, s.Kind), t.Text, t.Files)
	if err != nil {
		return nil, err
	}
	return b.begin(ctx, d, t, map[int]brief{column: told}, []Column{*c}, nil), nil
}

// free is what is worked on, and ErrBusy while a run is under way: its turn
// would be told as it stands.
func (b *Bench) free() (*desk, Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.run != nil && !b.run.over() {
		return nil, Session{}, ErrBusy
	}
	return b.desk, b.desk.session.clone(), nil
}

// begin saves the question with a place for every answer and the bytes of new
// files, in one commit unless they are large, and starts the run.
func (b *Bench) begin(ctx context.Context, d *desk, t *Turn, told map[int]brief, columns []Column, files map[string][]byte) *Run {
	r := newRun(t.ID, &b.lines, func(a Answer) error { return b.finish(d, t, a) })
	r.Files = slices.Clone(t.Files)
	var kept []Kept
	b.mu.Lock()
	if t.ID > d.session.Turns { // a new question
		if d.session.Turns == 0 {
			d.session.Title = cmp.Or(titleOf(t.Text), titleOfFiles(t.Files))
		}
		d.session.Turns = t.ID
		d.recent = append(d.recent, t)
	}
	d.session.Updated = time.Now()
	for _, c := range columns {
		l := b.lane(t, told[c.ID], c)
		r.lanes = append(r.lanes, l)
		a := l.snapshot()
		kept = append(kept, Kept{Session: d.session.ID, Turn: t.ID, Answer: a})
		t.Answers = append(t.Answers, a)
		if !slices.Contains(t.Columns, c.ID) {
			t.Columns = append(slices.Clip(t.Columns), c.ID)
		}
	}
	slices.SortStableFunc(t.Answers, func(x, y Answer) int { return cmp.Or(x.Column-y.Column, x.Take-y.Take) })
	question := *t
	asked := b.put(d, Batch{Turn: &question, Answers: kept, Files: files})
	ctxs := r.cancellable(ctx) // from here on, Stop reaches it
	b.run, b.asked = r, d
	id := d.session.ID
	b.mu.Unlock()
	<-asked // or failed for now: it is asked all the same
	if b.saver != nil {
		b.saver.watch(id, r)
	}
	r.start(ctxs)
	return r
}

// lane is one column's share of turn t, told what is in that column's brief
// alone.
func (b *Bench) lane(t *Turn, told brief, c Column) *lane {
	take := 1
	if a, ok := t.Answer(c.ID); ok {
		take = a.Take + 1
	}
	entry, err := b.Registry.Find(c.Model)
	if err != nil {
		entry = providers.Entry{Provider: providers.Broken(c.Model.Provider, err)}
	}
	l := &lane{
		entry: entry,
		model: func() providers.Model { return b.Registry.Model(c.Model) },
		request: providers.Request{
			Model: c.Model.Model, System: c.System, Params: c.Params, Schema: c.Schema,
			Messages: told.messages,
		},
	}
	if told.vain != nil {
		l.vain = told.vain
	}
	m := l.model()
	if m.Local { // a local server may have hosted models, too
		l.device = entry.Device()
	}
	l.answer = Answer{
		Column: c.ID, Take: take, Model: c.Model, System: c.System, Params: c.Params, Schema: c.Schema,
		Local: m.Local, Context: m.Context, Simulated: entry.API == "demo", Sights: told.sights,
	}
	l.prompt, l.images, l.fresh.Column = estimatePrompt(l.request), pictures(l.request), c.ID
	known := told.vain == nil
	for _, f := range told.files {
		if kindOf(f.MIME) != prompts.Written { // whose text is in the messages
			tokens := view(m, f).Tokens
			l.prompt, known = l.prompt+tokens, known && tokens > 0
		}
	}
	if known {
		l.answer.Foreseen = l.prompt
	}
	return l
}

// finish keeps a finished answer in memory and in the store, in one commit with
// what the session has cost, and lets go of turns that the store has.
func (b *Bench) finish(d *desk, t *Turn, a Answer) error {
	b.mu.Lock()
	d.session.count(&a)
	for i := range t.Answers {
		if t.Answers[i].Column == a.Column && t.Answers[i].Take == a.Take {
			t.Answers[i] = a
			t.Answers[i].Timing.Chunks = nil // the store has them; nobody here reads them again
		}
	}
	d.remember(t, &a)
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
