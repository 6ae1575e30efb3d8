package report

import (
	"cmp"
	"fmt"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A Decision is what sessions say of their models against the baseline, with
// everything it rests on: every writer tells the same figures.
type Decision struct {
	Title    string             `json:"title"`
	Sessions []Source           `json:"sessions"`      // that it is made of
	Chosen   string             `json:"chosen"`        // how they were, in words; "" for by name
	Without  []Without          `json:"sessions_left"` // out of it, for want of the baseline
	Plan     *sessions.TestPlan `json:"plan"`          // of the one session; nil for several
	Late     bool               `json:"plan_too_late"` // it came after a vote, and counts for nothing
	Baseline sessions.Seat      `json:"baseline"`
	Turns    int                `json:"turns"`
	Hidden   int                `json:"hidden_turns"` // blind ones that are not revealed: nothing of them counts
	Parties  []Party            `json:"models"`
	Prompts  []Prompt           `json:"prompts"`
	Rulings  []Ruling           `json:"verdicts"`
	Ranking  *Ranking           `json:"ranking"` // of three models or more
	Sides    verdict.Sides      `json:"sides"`
	Voters   []Voter            `json:"voters"`

	names []string
	refs  []providers.Ref // as names
	base  int
	cases []sessions.Case // that Sessions are of
	trial *sessions.Trial // that it judges
}

// A Source is one session that a decision is made of.
type Source struct {
	ID    sessions.ID        `json:"session"`
	Title string             `json:"title"`
	Turns int                `json:"turns"`
	Plan  *sessions.TestPlan `json:"plan"` // its own
	Late  bool               `json:"plan_too_late"`
}

// Without is a session that a decision has nothing of.
type Without struct {
	ID    sessions.ID `json:"session"`
	Title string      `json:"title"`
	Why   string      `json:"why"`
}

// A Prompt is what was asked, in one turn or several.
type Prompt struct {
	Asked  []sessions.Asking `json:"asked"`
	Text   string            `json:"text"`
	Models []Part            `json:"models"` // as Parties
}

// A Part is what one model made of a prompt, and what that counts for against the
// baseline. Of several answers the figures are means; what is not known is null.
type Part struct {
	Model  string        `json:"model"`
	State  string        `json:"state"` // answered, failed, excluded or not asked
	Why    string        `json:"why"`   // it is excluded
	Cost   *string       `json:"cost_usd"`
	About  bool          `json:"cost_estimated"`
	First  *float64      `json:"first_token_ms"`
	Length int           `json:"characters"`
	Score  *float64      `json:"score"`    // 1 is won, ½ tied, 0 lost; null of the baseline, and of what does not count
	Votes  verdict.Tally `json:"votes"`    // that the score is the mean of; none of one that counts for a failure
	Left   string        `json:"left_out"` // why it does not count
}

// A Ruling is what is said of one candidate.
type Ruling struct {
	Sentence  string        `json:"sentence"`
	Remarks   []string      `json:"remarks"`
	Model     providers.Ref `json:"model"`
	Column    int           `json:"column"`
	Simulated bool          `json:"simulated"`
	Settings  int           `json:"settings"` // under how many different ones it answered
	verdict.Verdict
	Figures Figures         `json:"figures"`
	Length  *verdict.Length `json:"if_equally_long"` // nil below 100 prompts
	Voters  []Pair          `json:"voters"`
}

// Figures are a candidate's cost and time beside the baseline's. What is not
// known is null.
type Figures struct {
	Both     int            `json:"both_answered"`
	Priced   int            `json:"priced"`
	Mean     *string        `json:"mean_usd"`
	Baseline *string        `json:"baseline_mean_usd"`
	Cost     *verdict.Ratio `json:"cost_ratio"`
	About    bool           `json:"cost_estimated"` // some of these costs come of estimates
	Local    *Local         `json:"local"`          // of a candidate on a machine of one's own
	Other    *Local         `json:"baseline_local"`
	Share    *verdict.Share `json:"cost_share"` // of a month, where one of them is
	Timed    int            `json:"timed"`
	First    *verdict.Ratio `json:"first_token_ratio"`
	Volume   *Volume        `json:"volume"`
}

// A Volume is what a number of requests a month costs.
type Volume struct {
	Requests  int64  `json:"requests"`
	Candidate string `json:"candidate_usd"`
	Baseline  string `json:"baseline_usd"`
	Saved     string `json:"saved_usd"`
	Basis     string `json:"basis"`
	Other     string `json:"baseline_basis"`
	About     bool   `json:"estimated"`
}

// A Pair is how far two voters agree.
type Pair struct {
	One   string `json:"one"` // "" is the one who uses this juxta
	Other string `json:"other"`
	verdict.Agreement
}

// A Ranking is all models by what was voted between any two of them.
type Ranking struct {
	Prompts int      `json:"prompts"`
	Models  []Placed `json:"models"`
}

// A Placed is one model of a ranking.
type Placed struct {
	Model string `json:"model"`
	verdict.Rating
}

// Decide is what a session says, by all of its turns, against a column, or 0 for
// its plan's or its own baseline. It is [sessions.ErrNoBaseline] where there is none.
func Decide(s sessions.Session, turns []sessions.Turn, baseline int, on Terms) (*Decision, error) {
	if on.Memory == nil {
		on.Memory = &Memory{}
	}
	on.Memory.mu.Lock()
	defer on.Memory.mu.Unlock()
	t, err := s.TrialWith(&on.Memory.docket, turns, baseline)
	if err != nil {
		return nil, err
	}
	d := &Decision{Plan: s.Plan, Late: t.Late}
	d.judge(t, []sessions.Case{{Session: s, Turns: turns}}, on)
	return d, nil
}

// DecideAll is what several sessions say together, by model, against one, or
// against the one that all are measured against for the zero Ref, see
// [sessions.BaselineOf]. Where one session alone has that, it is [Decide] of it.
func DecideAll(cases []sessions.Case, baseline providers.Ref, on Terms) (*Decision, error) {
	if baseline == (providers.Ref{}) {
		var err error
		if baseline, err = sessions.BaselineOf(cases); err != nil {
			return nil, err
		}
	}
	var with []sessions.Case
	d := &Decision{}
	for i := range cases {
		c := &cases[i]
		if c.Has(baseline) {
			with = append(with, *c)
			continue
		}
		d.Without = append(d.Without, Without{c.Session.ID, c.Session.Title, "it was not asked of " + plain.Line(baseline.String())})
	}
	if len(with) == 1 {
		if column, ok := with[0].ColumnOf(baseline); ok {
			one, err := Decide(with[0].Session, with[0].Turns, column, on)
			if err == nil {
				one.Without = append(one.Without, d.Without...)
			}
			return one, err
		}
	}
	t, err := sessions.Pool(with, baseline)
	if err != nil {
		return nil, err
	}
	on.Memory = &Memory{}
	d.judge(t, with, on)
	return d, nil
}

// judge fills the decision in.
func (d *Decision) judge(t sessions.Trial, cases []sessions.Case, on Terms) {
	d.Baseline, d.Hidden, d.Sides = t.Seats[t.Baseline], t.Hidden, t.Sides()
	d.Voters = voters(&t)
	for _, s := range t.Seats {
		d.refs = append(d.refs, s.Model)
	}
	d.names, d.base, d.cases, d.trial = t.Models, t.Baseline, cases, &t
	d.Sessions, d.Prompts, d.Rulings = []Source{}, []Prompt{}, []Ruling{}
	d.Without = append([]Without{}, d.Without...)
	d.Parties = parties(&t, cases)
	texts := map[sessions.Asking]string{}
	for i := range cases {
		c := &cases[i]
		s := &c.Session
		d.Sessions = append(d.Sessions, Source{s.ID, s.Title, len(c.Turns), s.Plan, c.Late()})
		d.Turns += len(c.Turns)
		for k := range c.Turns {
			texts[sessions.Asking{Session: s.ID, Turn: c.Turns[k].ID}] = c.Turns[k].Text
		}
	}
	d.Title = times(len(cases), "session")
	if len(cases) == 1 {
		d.Title = cases[0].Session.Title
	}
	for _, asked := range t.Asked {
		d.Prompts = append(d.Prompts, Prompt{Asked: asked, Text: texts[asked[0]], Models: make([]Part, len(t.Models))})
	}
	for m := range t.Models {
		d.part(&t, m)
	}
	candidate := 0
	for _, v := range verdict.Judge(t.Trial) {
		if candidate == t.Baseline {
			candidate++
		}
		d.Rulings = append(d.Rulings, d.rule(&t, candidate, v, on))
		candidate++
	}
	if r, ok := t.Ranking(); ok && len(t.Models) > 2 && r.Prompts > 0 {
		d.Ranking = &Ranking{Prompts: r.Prompts}
		for i, x := range r.Rated {
			d.Ranking.Models = append(d.Ranking.Models, Placed{t.Models[i], x})
		}
	}
}

func (d *Decision) rule(t *sessions.Trial, candidate int, v verdict.Verdict, on Terms) Ruling {
	f := on.Memory.ratios.Figures(t.Trial, candidate)
	remarks := settle(t, &f, candidate, on)
	r := Ruling{
		Sentence: v.Sentence(f), Remarks: v.Remarks(), Model: t.Seats[candidate].Model, Column: t.Seats[candidate].Column, Simulated: t.Simulated[candidate], Settings: t.Settings[candidate],
		Verdict: v, Figures: figures(f), Voters: []Pair{},
	}
	if r.Left == nil {
		r.Left = []verdict.Left{}
	}
	if t.Simulated[candidate] || t.Simulated[t.Baseline] {
		r.Remarks = append(r.Remarks, "Answers of demo models are simulated: nothing real was measured.")
	}
	for _, seat := range []int{candidate, t.Baseline} {
		if n := t.Settings[seat]; n > 1 {
			r.Remarks = append(r.Remarks, fmt.Sprintf("%s answered under %d different settings, which are counted together.", t.Models[seat], n))
		}
	}
	r.Remarks = append(r.Remarks, remarks...)
	if on.Volume > 0 && f.Volume == nil {
		r.Remarks = append(r.Remarks, "What it costs at a volume is not known, because the costs of its prompts are not.")
	}
	if l, ok := t.Length(candidate); ok {
		r.Length = &l
	}
	voters := t.Voters()
	for i, one := range voters {
		for _, other := range voters[i+1:] {
			if a := t.Between(candidate, one, other); a.N > 0 {
				r.Voters = append(r.Voters, Pair{one, other, a})
			}
		}
	}
	return r
}

// part fills in what a model made of every prompt.
func (d *Decision) part(t *sessions.Trial, m int) {
	var outcomes []verdict.Outcome
	if m != t.Baseline {
		outcomes = t.Outcomes(m)
	}
	for i := range d.Prompts {
		a := &t.Prompts[i].Answers[m]
		p := &d.Prompts[i].Models[m]
		*p = Part{Model: t.Models[m], State: a.State.String(), Why: a.Why, About: a.About, Length: a.Runes}
		if a.Cost != nil {
			p.Cost = usd(a.Cost)
		}
		if a.First > 0 {
			ms := 1000 * a.First
			p.First = &ms
		}
		if outcomes != nil {
			p.Score, p.Votes, p.Left = outcomes[i].Score, outcomes[i].Votes, outcomes[i].Left
		}
	}
}

func figures(f verdict.Figures) Figures {
	out := Figures{Both: f.Both, Priced: f.Priced, Cost: f.Cost, About: f.About, Timed: f.Timed, First: f.First, Local: local(f.Local), Other: local(f.BaselineLocal), Share: f.Share}
	if f.Priced > 0 {
		out.Mean, out.Baseline = usd(&f.Mean), usd(&f.Baseline)
	}
	if v := f.Volume; v != nil {
		out.Volume = &Volume{v.Requests, v.Candidate.USD(), v.Baseline.USD(), v.Saved().USD(), string(v.Basis), string(v.Other), v.About}
	}
	return out
}

// heading is the title in one line, harmless.
func (d *Decision) heading() string {
	return cmp.Or(plain.Line(d.Title), string(d.Sessions[0].ID))
}

// Pooled reports whether the decision is made of several sessions.
func (d *Decision) pooled() bool { return len(d.Sessions) > 1 }
