package verdict

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"juxta/providers"
)

// voted is a trial of models that answered every prompt, with one blind vote on
// each for one to three of them.
func voted(models, prompts int) Trial {
	r := rand.New(rand.NewPCG(1, 1))
	t := Trial{Plan: &Plan{Margin: .1, N: prompts}}
	for i := range models {
		t.Models = append(t.Models, fmt.Sprint("m", i))
	}
	for range prompts {
		p := Prompt{Answers: make([]Answer, models)}
		for i := range p.Answers {
			cost := providers.Money(r.Int64N(1 << 35))
			p.Answers[i] = Answer{State: Answered, Cost: &cost, First: r.ExpFloat64() + .1, Runes: 100 + r.IntN(2000)}
		}
		seats := r.Perm(models)
		p.Ballots = []Ballot{{Blind: true, Seats: seats, Best: slices.Clone(seats[:1+r.IntN(min(3, models))])}}
		t.Prompts = append(t.Prompts, p)
	}
	return t
}

// Everything that is said of 100,000 votes on ten models: at most 2 s.
func BenchmarkVerdictOfAHundredThousandVotes(b *testing.B) {
	t := voted(10, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		for i, v := range Judge(t) {
			if v.Sentence(t.Figures(i+1)) == "" {
				b.Fatal("nothing is said")
			}
		}
		if _, ok := t.Ranking(); !ok {
			b.Fatal("no ranking")
		}
		t.Sides()
	}
}

// After a vote on one of 2,000 turns everything that a vote may change is said
// anew: at most one frame, 16 ms. Costs and times do not change with it.
func BenchmarkVerdictAfterOneMoreVote(b *testing.B) {
	for _, models := range []int{2, 8} {
		b.Run(fmt.Sprint(models, " models"), func(b *testing.B) {
			t := voted(models, 2000)
			figures := make([]Figures, models)
			for i := range figures {
				figures[i] = t.Figures(i)
			}
			for b.Loop() {
				p := &t.Prompts[len(t.Prompts)/2]
				p.Ballots[0].Best = p.Ballots[0].Seats[:1+len(p.Ballots[0].Best)%2]
				for i, v := range Judge(t) {
					v.Sentence(figures[i+1])
					v.Remarks()
				}
				t.Ranking()
				t.Sides()
			}
		})
	}
}

func BenchmarkFigures(b *testing.B) {
	t := voted(2, 2000)
	for b.Loop() {
		t.Figures(1)
	}
}
