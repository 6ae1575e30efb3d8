package verdict

import (
	"slices"

	"juxta/providers"
)

// A Trial is everything that a verdict is made of: prompts, what the models made
// of each, and what was voted.
type Trial struct {
	Models   []string // as they are called; everything below names them by index
	Baseline int      // the one that the others are measured against
	Prompts  []Prompt
	Plan     *Plan // that was stored before the first vote; nil for none

	// The votes are of pass or fail; OtherKind are those that are not of the kind that
	// counts, and are left out.
	Pass      bool
	OtherKind int

	Unplanned string // why there is no plan that counts: "The plan came after a vote"; "" for want of one
}

// A Prompt is one thing that the models were asked, however often.
type Prompt struct {
	Answers []Answer // by model; those beyond its end are [Absent]
	Ballots []Ballot
	Again   []Ballot // second looks, which count for nothing but [Trial.Steady]
}

// A Ballot is one vote: which of the answers is best. Those of one voter on one
// prompt all count.
type Ballot struct {
	Turn  int // a number of the turn that it was cast on, from 1 in the trial; 0 where nobody looks twice
	Voter string
	Blind bool
	Pass  bool  // Best are those that pass, and not those that are better
	Seats []int // the models that were judged, from left to right
	Best  []int // of those the best: several tie, none means that all are bad
}

// A State is what came of asking a model.
type State uint8

// States.
const (
	Absent   State = iota // it was not asked
	Answered              // it came to its end
	Failed                // it failed, by its own or its service's fault: a loss, if the other answered
	Excluded              // something else came of it, which says nothing of it; Why says what
)

// An Answer is what came of asking a model, and its figures where they are known.
type Answer struct {
	State State
	Why   string           // of an excluded one, in a word or two: "stopped"
	Cost  *providers.Money // nil is not known
	About bool             // Cost comes of an estimate
	Draw  *Draw            // of a model on a machine of one's own; nil of others
	First float64          // seconds to the first token; 0 if not known, cold or raced
	Runes int              // length of the text
}

// String is the state in a word or two.
func (s State) String() string {
	return [...]string{"not asked", "answered", "failed", "excluded"}[min(s, Excluded)]
}

// Why a prompt does not count.
const (
	noVote     = "no vote"
	thirdBest  = "another model was best, and these two not compared"
	openVote   = "an open vote only, and others are blind"
	bothFailed = "both failed"
	notAsked   = "not asked of both"
	waiting    = "failed, and counted once the others are voted on"
)

// counted are the scores of one candidate.
type counted struct {
	scores []float64
	at     []int // the prompt of each
	tally  Tally
	blind  bool           // the votes that count were
	apart  int            // open votes that do not, since others are blind
	failed [2]int         // prompts on which the candidate failed, and the baseline
	lost   [2]int         // of those, that count as lost by it
	left   map[string]int // prompts that do not count, by why
	why    []string       // of each prompt; "" of one that counts
}

// leave has a prompt not count.
func (c *counted) leave(prompt int, why string) {
	c.left[why]++
	c.why[prompt] = why
}

// answer is what came of asking a model a prompt.
func (p *Prompt) answer(model int) Answer {
	if model < len(p.Answers) {
		return p.Answers[model]
	}
	return Answer{}
}

// judges reports whether both were before the voter.
func (b *Ballot) judges(one, other int) bool {
	return slices.Contains(b.Seats, one) && slices.Contains(b.Seats, other)
}

// isBlind reports whether any vote on the two was blind: then no open one counts.
func (t *Trial) isBlind(one, other int) bool {
	for i := range t.Prompts {
		for j := range t.Prompts[i].Ballots {
			if b := &t.Prompts[i].Ballots[j]; b.Blind && b.judges(one, other) {
				return true
			}
		}
	}
	return false
}

// count scores the prompts for a candidate against the baseline. A prompt with
// votes has their mean; without any, a failure is lost to who answered.
//
// Who failed is known at once and what the others are worth only when they are
// voted on. So that a few votes and many failures do not make up a sample that
// the trial is not, as large a part of the failures counts as of the other
// prompts has a vote, and all of them when all have.
func (t *Trial) count(one int) counted {
	c := counted{blind: t.isBlind(one, t.Baseline), left: map[string]int{}, why: make([]string, len(t.Prompts))}
	var failures []int
	pending := 0
	for i := range t.Prompts {
		p := &t.Prompts[i]
		a, b := p.answer(one), p.answer(t.Baseline)
		if a.State == Failed {
			c.failed[0]++
		}
		if b.State == Failed {
			c.failed[1]++
		}
		x, why := c.votes(p, one, t.Baseline)
		switch {
		case why == "":
			c.scores, c.at = append(c.scores, x), append(c.at, i)
		case a.State == Excluded:
			c.leave(i, a.Why)
		case b.State == Excluded:
			c.leave(i, b.Why)
		case a.State == Absent || b.State == Absent:
			c.leave(i, notAsked)
		case a.State == Failed && b.State == Failed:
			c.leave(i, bothFailed)
		case a.State == Failed || b.State == Failed:
			failures = append(failures, i)
		default:
			c.leave(i, why)
			pending++
		}
	}
	due := len(failures)
	if all := len(c.scores) + pending; all > 0 {
		due = (2*due*len(c.scores) + all) / (2 * all) // rounded, half up
	}
	for _, i := range failures[:due] {
		x := 0.0
		if t.Prompts[i].answer(one).State == Failed {
			c.lost[0]++
		} else {
			x = 1
			c.lost[1]++
		}
		c.scores, c.at = append(c.scores, x), append(c.at, i)
	}
	for _, i := range failures[due:] {
		c.leave(i, waiting)
	}
	return c
}

// votes is the mean of the votes on a prompt, or why there is none.
func (c *counted) votes(p *Prompt, one, other int) (mean float64, why string) {
	sum, n := 0.0, 0
	why = noVote
	for i := range p.Ballots {
		b := &p.Ballots[i]
		if !b.judges(one, other) {
			continue
		}
		o := against(b.Best, one, other)
		switch {
		case o == unjudged:
			if why != openVote {
				why = thirdBest
			}
			continue
		case b.Blind != c.blind:
			c.apart++
			why = openVote
			continue
		}
		c.tally.add(o, len(b.Best) == 0)
		sum += o.score()
		n++
	}
	if n == 0 {
		return 0, why
	}
	return sum / float64(n), ""
}
