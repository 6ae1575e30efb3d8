package verdict

import (
	"iter"
	"slices"
)

// Sides are how often the answer on the left is preferred.
type Sides struct {
	Sample            // of the prompts: the share of the left among their decisive pairs
	Interval Interval `json:"interval"`
	Left     int      `json:"left"` // decisive pairs whose left one won
	Right    int      `json:"right"`
	Biased   bool     `json:"biased"` // the interval leaves out ½: who stands where decides
}

// Sides are those of all blind votes, of any two answers that one was preferred
// of. 10 votes of 10 prompts for the left: 1, .722467 to 1, and
// biased. Ties say nothing.
func (t Trial) Sides() Sides { return t.sides(func(*Ballot) bool { return true }) }

// SidesOf are those of one voter's votes alone.
func (t Trial) SidesOf(voter string) Sides {
	return t.sides(func(b *Ballot) bool { return b.Voter == voter })
}

func (t *Trial) sides(of func(*Ballot) bool) Sides {
	var s Sides
	var scores []float64
	for i := range t.Prompts {
		left, right := 0, 0
		for j := range t.Prompts[i].Ballots {
			b := &t.Prompts[i].Ballots[j]
			if !b.Blind || !of(b) {
				continue
			}
			for k, one := range b.Seats {
				for _, other := range b.Seats[k+1:] {
					switch against(b.Best, one, other) {
					case win:
						left++
					case loss:
						right++
					}
				}
			}
		}
		if left+right > 0 {
			scores = append(scores, float64(left)/float64(left+right))
			s.Left, s.Right = s.Left+left, s.Right+right
		}
	}
	s.Sample = SampleOf(scores)
	s.Interval = s.Sample.Interval()
	s.Biased = s.N > 0 && (s.Interval.Low > 0.5 || s.Interval.High < 0.5)
	return s
}

// An Outcome is what one prompt says of a candidate.
type Outcome struct {
	Score *float64 // see [Sample]; nil of a prompt that does not count
	Votes Tally    // that the score is the mean of; none of one that counts for a failure
	Left  string   // why it does not count
}

// Outcomes are what a candidate's verdict is made of, by prompt.
func (t Trial) Outcomes(candidate int) []Outcome {
	c := t.count(candidate)
	out := make([]Outcome, len(t.Prompts))
	for i := range out {
		out[i].Left = c.why[i]
	}
	for k, i := range c.at {
		out[i].Score = &c.scores[k]
		for j := range t.Prompts[i].Ballots {
			b := &t.Prompts[i].Ballots[j]
			if b.Blind == c.blind && b.judges(candidate, t.Baseline) {
				out[i].Votes.add(against(b.Best, candidate, t.Baseline), len(b.Best) == 0)
			}
		}
	}
	return out
}

// Length is what would be of a candidate's mean if all answers were equally
// long, see [LengthOf], over the scored prompts that both answered.
func (t Trial) Length(candidate int) (Length, bool) {
	c := t.count(candidate)
	var scores, longer []float64
	for k, i := range c.at {
		a, b := t.Prompts[i].answer(candidate), t.Prompts[i].answer(t.Baseline)
		if a.State == Answered && b.State == Answered {
			scores, longer = append(scores, c.scores[k]), append(longer, float64(a.Runes-b.Runes))
		}
	}
	return LengthOf(scores, longer)
}

// Voters are those who voted, in the order of their names.
func (t Trial) Voters() []string {
	seen := map[string]bool{}
	for i := range t.Prompts {
		for j := range t.Prompts[i].Ballots {
			seen[t.Prompts[i].Ballots[j].Voter] = true
		}
	}
	var names []string
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Between is how far two voters agree about a candidate against the baseline:
// lost, tied or won by the last vote of either on every prompt that both judged,
// both blind or both openly.
func (t Trial) Between(candidate int, one, other string) Agreement {
	table := [][]int{make([]int, 3), make([]int, 3), make([]int, 3)}
	for i := range t.Prompts {
		for _, blind := range []bool{true, false} {
			x, y := t.Prompts[i].said(one, blind, 0, candidate, t.Baseline), t.Prompts[i].said(other, blind, 0, candidate, t.Baseline)
			if x != unjudged && y != unjudged {
				table[x-loss][y-loss]++
			}
		}
	}
	return AgreementOf(table)
}

// Steady is how far a voter agrees with themselves: lost, tied or won by the first
// look at two answers and by the last second one, in which they had changed seats,
// both blind or both openly. Of a pair with the baseline it is the other that
// loses or wins, else the one with the lower index.
func (t Trial) Steady(voter string) Agreement {
	table := [][]int{make([]int, 3), make([]int, 3), make([]int, 3)}
	for i := range t.Prompts {
		p := &t.Prompts[i]
		looked := map[[3]int]bool{}
		for j := len(p.Again) - 1; j >= 0; j-- {
			b := &p.Again[j]
			if b.Voter != voter || len(b.Seats) != 2 {
				continue
			}
			one, other := slices.Min(b.Seats), slices.Max(b.Seats)
			if one == t.Baseline {
				one, other = other, one
			}
			first, second := p.said(voter, b.Blind, b.Turn, one, other), against(b.Best, one, other)
			if pair := [3]int{b.Turn, one, other}; first != unjudged && second != unjudged && one != other && !looked[pair] {
				looked[pair] = true
				table[first-loss][second-loss]++
			}
		}
	}
	return AgreementOf(table)
}

// said is what a voter's last vote says of two models, on one turn or with 0 on any.
func (p *Prompt) said(voter string, blind bool, turn, one, other int) outcome {
	for i := len(p.Ballots) - 1; i >= 0; i-- {
		if b := &p.Ballots[i]; b.Voter == voter && b.Blind == blind && (turn == 0 || b.Turn == turn) && b.judges(one, other) {
			return against(b.Best, one, other)
		}
	}
	return unjudged
}

// Ranking is [Rank] over all votes with a [Ghost], of blind ones where there are
// any. Who failed a prompt that was voted on lost to everyone who answered it.
func (t Trial) Ranking() (Ranking, bool) {
	if t.Baseline < 0 || t.Baseline >= len(t.Models) {
		return Ranking{}, false
	}
	return Rank(len(t.Models), t.Baseline, Ghost, t.comparisons(t.anyBlind()))
}

func (t *Trial) anyBlind() bool {
	return slices.ContainsFunc(t.Prompts, func(p Prompt) bool {
		return slices.ContainsFunc(p.Ballots, func(b Ballot) bool { return b.Blind })
	})
}

// comparisons are those of each prompt that the votes make.
func (t *Trial) comparisons(blind bool) iter.Seq[[]Comparison] {
	known := func(m int) bool { return m >= 0 && m < len(t.Models) }
	return func(yield func([]Comparison) bool) {
		var cs []Comparison
		for i := range t.Prompts {
			p := &t.Prompts[i]
			cs = cs[:0]
			voted := false
			for j := range p.Ballots {
				b := &p.Ballots[j]
				if b.Blind != blind {
					continue
				}
				voted = true
				for k, one := range b.Seats {
					for _, other := range b.Seats[k+1:] {
						if o := against(b.Best, one, other); o != unjudged && one != other && known(one) && known(other) {
							cs = append(cs, Comparison{one, other, o.score()})
						}
					}
				}
			}
			if voted {
				cs = p.failures(cs, len(t.Models), blind)
			}
			if len(cs) > 0 && !yield(cs) {
				return
			}
		}
	}
}

// failures adds those of everyone who failed, and was not voted on all the same,
// against everyone who answered.
func (p *Prompt) failures(cs []Comparison, models int, blind bool) []Comparison {
	for m := range min(models, len(p.Answers)) {
		voted := func(b Ballot) bool { return b.Blind == blind && slices.Contains(b.Seats, m) }
		if p.Answers[m].State != Failed || slices.ContainsFunc(p.Ballots, voted) {
			continue
		}
		for other := range min(models, len(p.Answers)) {
			if p.Answers[other].State == Answered {
				cs = append(cs, Comparison{m, other, 0})
			}
		}
	}
	return cs
}
