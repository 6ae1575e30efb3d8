package sessions

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"juxta/providers"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A Trial is a session, or several, as what a verdict is made of. The models of
// the [verdict.Trial] are Seats, and its prompts Asked.
type Trial struct {
	verdict.Trial
	Seats     []Seat
	Simulated []bool     // the seat has answers of a demo model
	Settings  []int      // under how many different ones each seat answered
	Asked     [][]Asking // the turns that each prompt was asked in
	Hidden    int        // turns that were asked blind and are not revealed: nothing of them counts
	Late      bool       // the session's plan came after a vote, so that it is none

	copies map[Asking]map[Pick]bool // see Copied
}

// A Seat is one model in one column; of several sessions, where columns mean
// nothing, in any.
type Seat struct {
	Column int           `json:"column,omitzero"`
	Model  providers.Ref `json:"model"`
}

// An Asking is the turn of a session in which a prompt was asked.
type Asking struct {
	Session ID  `json:"session"`
	Turn    int `json:"turn"`
}

// ErrNoBaseline is returned where it is not known whom the others are measured
// against.
var ErrNoBaseline = errors.New("no column is the baseline")

// Trial is what the given turns, all of the session's, tell of its models
// against the baseline: a column, or 0 for the plan's or else the session's.
//
// A prompt is a turn. What was asked several times under the same circumstances
// is one prompt: takes of one turn, and turns with the same text and files that
// follow the same one or, in an experiment, any. Its costs and times are means of
// what ended; a cold or raced answer has no time. A failure for want of a key,
// credit or a connection says nothing of a model, nor does a stop; the prompt
// is left out then, unless it was voted on.
func (s *Session) Trial(turns []Turn, baseline int) (Trial, error) {
	return s.TrialWith(nil, turns, baseline)
}

// TrialWith is [Session.Trial] with what a docket keeps of turns that were tried
// before; nil for none.
func (s *Session) TrialWith(k *Docket, turns []Turn, baseline int) (Trial, error) {
	var t Trial
	metric := "" // of a plan that counts
	if p := s.Plan; p != nil {
		test := p.Test()
		baseline = cmp.Or(baseline, p.Baseline)
		switch t.Late = !p.precedes(turns); {
		case t.Late:
			t.Unplanned = "The plan came after a vote"
		case baseline != p.Baseline:
			t.Unplanned = "The plan has another baseline"
		default:
			t.Plan, metric = &test, p.Metric
		}
	}
	base, ok := s.Column(cmp.Or(baseline, s.Baseline))
	if !ok {
		return Trial{}, ErrNoBaseline
	}
	b := trying{trial: &t, docket: k, seats: map[Seat]int{}, prompts: make(map[string]int, len(turns))}
	defer k.close()
	b.session = s
	for _, c := range s.Shown() {
		b.seat(c.ID, c.Model)
	}
	t.Baseline = b.seat(base.ID, base.Model)
	b.addAll(turns)
	b.finish()
	t.separate(metric)
	t.name()
	return t, nil
}

// name calls the seats by their models, and by their columns too where one model
// has two.
func (t *Trial) name() {
	times := map[providers.Ref]int{}
	for _, s := range t.Seats {
		times[s.Model]++
	}
	for _, s := range t.Seats {
		name := plain.Line(s.Model.String())
		if times[s.Model] > 1 {
			name = fmt.Sprintf("%s (column %d)", name, s.Column)
		}
		t.Models = append(t.Models, name)
	}
}

// A trying is a trial on the way.
type trying struct {
	trial    *Trial
	session  *Session // that is being added
	docket   *Docket  // nil for none
	pool     *pooling // of several sessions; nil for one
	seats    map[Seat]int
	prompts  map[string]int
	heard    [][]*hearing      // of each prompt, by seat; those beyond its end, and nil, were not asked
	settings []map[string]bool // of each seat
	added    int               // turns so far
}

// A hearing is what one model made of one prompt, however often it was asked.
type hearing struct {
	state        verdict.State
	why          string
	costs        []providers.Money
	unknown      bool // of one that ended the cost is not known
	about        bool // one of the costs is an estimate
	first        []float64
	draw         *verdict.Draw
	busy         int // answers that draw has the time of
	runes, ended int
}

func (b *trying) seat(column int, model providers.Ref) int {
	s := Seat{column, model}
	if b.pool != nil {
		s.Column = 0
	}
	i, ok := b.seats[s]
	if !ok {
		i = len(b.trial.Seats)
		b.seats[s] = i
		b.trial.Seats, b.trial.Simulated = append(b.trial.Seats, s), append(b.trial.Simulated, false)
		b.settings = append(b.settings, map[string]bool{})
	}
	return i
}

// prompt is the index of what a turn asks.
func (b *trying) prompt(t *Turn, asks string) int {
	key := asks
	switch {
	case b.pool != nil:
		key = b.pool.before(b.session, t) + asks
	case b.session.Kind != Experiment:
		key = after(t) + asks
	}
	i, ok := b.prompts[key]
	if !ok {
		i = len(b.trial.Prompts)
		b.prompts[key] = i
		b.trial.Prompts, b.trial.Asked = append(b.trial.Prompts, verdict.Prompt{}), append(b.trial.Asked, nil)
		b.heard = append(b.heard, make([]*hearing, 0, len(b.seats)))
	}
	return i
}

// prompt is what a turn asks, as a key, and where it makes a difference what it
// follows.
func (s *Session) prompt(t *Turn) string {
	if s.Kind == Experiment {
		return t.asks()
	}
	return after(t) + t.asks()
}

// after is what a turn follows, as the beginning of a key.
func after(t *Turn) string { return strconv.Itoa(t.Parent) + "\n" }

// asks is what a turn asks, as a key: its text and its files, as a hash, since it is
// looked up for every turn after every vote.
func (t *Turn) asks() string {
	key := sha256.New()
	fmt.Fprintf(key, "%q", t.Text)
	for _, f := range t.Files {
		key.Write([]byte("\n" + f.SHA256))
	}
	return string(key.Sum(nil))
}

func (b *trying) addAll(turns []Turn) {
	for i := range turns {
		if turns[i].Hidden() {
			b.trial.Hidden++
			continue
		}
		b.add(&turns[i])
	}
}

func (b *trying) add(t *Turn) {
	known := b.docket.read(t)
	i := b.prompt(t, known.asks)
	b.added++
	b.trial.Asked[i] = append(b.trial.Asked[i], Asking{b.session.ID, t.ID})
	for k := range t.Answers {
		a := &t.Answers[k]
		seat := b.seat(a.Column, a.Model)
		b.trial.Simulated[seat] = b.trial.Simulated[seat] || a.Simulated
		for len(b.heard[i]) <= seat {
			b.heard[i] = append(b.heard[i], nil)
		}
		h := b.heard[i][seat]
		if h == nil {
			h = &hearing{}
			b.heard[i][seat] = h
		}
		if b.pool != nil && b.pool.copied(b.session.ID, t, a) {
			b.trial.copied(Asking{b.session.ID, t.ID}, Pick{a.Column, a.Take})
			continue
		}
		h.add(a, known.answers[k].runes)
		if a.ended() {
			b.settings[seat][known.answers[k].settings] = true
		}
	}
	p := &b.trial.Prompts[i]
	for k := range t.Votes {
		v := &t.Votes[k]
		if !v.stands() {
			continue
		}
		into := &p.Ballots
		if v.Again {
			into = &p.Again
		}
		ballot, best := b.ballot(t, v)
		if b.pool == nil {
			*into = append(*into, ballot)
		} else if !b.pool.counted(b.session.ID, i, v, ballot) {
			*into = append(*into, apart(ballot, best)...)
		}
	}
}

// ballot is a vote for those whose takes it names, and which of its seats are best.
func (b *trying) ballot(t *Turn, v *Vote) (out verdict.Ballot, best []bool) {
	out = verdict.Ballot{Turn: b.added, Voter: v.Voter, Blind: v.Blind, Pass: v.Pass}
	for _, id := range v.Seats {
		for _, p := range v.Takes {
			a, ok := t.Take(p)
			if p.Column != id || !ok {
				continue
			}
			seat := b.seat(a.Column, a.Model)
			out.Seats = append(out.Seats, seat)
			if best = append(best, slices.Contains(v.Best, id)); best[len(best)-1] {
				out.Best = append(out.Best, seat)
			}
		}
	}
	return out, best
}

// Why an answer says nothing of its model.
const (
	whyStopped = "stopped"
	whyUnended = "it never came to its end"
)

// inTheWay are failures that are none of the model's or of its service's.
var inTheWay = map[providers.Kind]string{
	providers.Auth:        "no key that is let in",
	providers.Quota:       "out of credit",
	providers.NotFound:    "no such model",
	providers.Unsupported: "it can't be asked that",
	providers.Unreachable: "no connection",
}

func (h *hearing) add(a *Answer, runes int) {
	switch {
	case a.Finish == "":
		h.be(verdict.Excluded, whyUnended)
	case a.Finish == providers.Cancelled:
		h.be(verdict.Excluded, whyStopped)
	case a.Finish == providers.Failed && a.Error != nil && inTheWay[a.Error.Kind] != "":
		h.be(verdict.Excluded, inTheWay[a.Error.Kind])
	case a.Finish == providers.Failed:
		h.be(verdict.Failed, "")
	default:
		h.be(verdict.Answered, "")
		h.measure(a, runes)
	}
}

// be takes in another state: an answer weighs most, then a failure.
func (h *hearing) be(s verdict.State, why string) {
	rank := [...]int{verdict.Excluded: 1, verdict.Failed: 2, verdict.Answered: 3}
	if rank[s] > rank[h.state] {
		h.state, h.why = s, why
	}
}

// measure takes in the figures of an answer that came to its end.
func (h *hearing) measure(a *Answer, runes int) {
	h.ended++
	h.runes += runes
	if money, _ := a.Cost(); money != nil {
		h.costs = append(h.costs, *money)
		h.about = h.about || *money > 0 && a.guessed()
	} else {
		h.unknown = true
	}
	if cold, _ := a.Cold(); !cold && !a.Raced && a.Timing.FirstToken > 0 {
		h.first = append(h.first, a.Timing.FirstToken.Seconds())
	}
	if d := drawOf(a); d != nil {
		if h.draw == nil {
			h.draw = &verdict.Draw{}
		}
		h.draw.Add(*d)
		if d.Busy > 0 {
			h.busy++
		}
	}
}

// drawOf is what a local answer took of its machine; nil of others.
func drawOf(a *Answer) *verdict.Draw {
	if !a.Local || a.Simulated {
		return nil
	}
	d := &verdict.Draw{}
	if cold, _ := a.Cold(); !cold && !a.Raced {
		d.Busy = max(a.Timing.Last, 0).Seconds()
	}
	if e := a.Energy; e.Known() {
		d.Joules, d.Seconds, d.Basis, d.Of = e.Joules, e.Seconds, e.Basis, e.Of
	}
	return d
}

// answer is what was heard, as one answer.
func (h *hearing) answer() verdict.Answer {
	a := verdict.Answer{State: h.state, Why: h.why}
	if h.ended > 0 {
		a.Runes = h.runes / h.ended
	}
	if h.draw != nil {
		mean := *h.draw
		mean.Busy /= float64(max(h.busy, 1))
		a.Draw = &mean
	}
	if len(h.costs) > 0 && !h.unknown {
		var sum providers.Money
		for _, c := range h.costs {
			if sum+c < sum {
				return a // more than can be counted
			}
			sum += c
		}
		mean := verdict.Mean(sum, len(h.costs))
		a.Cost, a.About = &mean, h.about
	}
	for _, f := range h.first {
		a.First += f / float64(len(h.first))
	}
	return a
}

func (b *trying) finish() {
	for _, s := range b.settings {
		b.trial.Settings = append(b.trial.Settings, len(s))
	}
	for i, seats := range b.heard {
		answers := make([]verdict.Answer, len(b.trial.Seats))
		for seat, h := range seats {
			if h != nil {
				answers[seat] = h.answer()
			}
		}
		b.trial.Prompts[i].Answers = answers
	}
}
