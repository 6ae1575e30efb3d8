package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/sessions"
)

// wide is a session of so many turns of so many models, with answers as long as
// they are, each turn voted on.
func wide(turns, models int) (sessions.Session, []sessions.Turn) {
	s, ts := voted(turns/3, turns/3, turns-2*(turns/3))
	for m := 2; m < models; m++ {
		s.Columns = append(s.Columns, sessions.Column{ID: m + 1, Model: providers.Ref{Provider: "lab", Model: fmt.Sprint("m", m)}})
		s.Places = append(s.Places, m+1)
	}
	for i := range ts {
		t := &ts[i]
		t.Text = strings.Repeat("What is on this picture, in a sentence? ", 10) + t.Text
		for k := len(t.Answers); k < models; k++ {
			a := t.Answers[0]
			a.Column, a.Model = k+1, s.Columns[k].Model
			t.Answers, t.Columns = append(t.Answers, a), append(t.Columns, k+1)
			v := &t.Votes[0]
			v.Seats, v.Takes = append(v.Seats, k+1), append(v.Takes, sessions.Pick{Column: k + 1, Take: 1})
		}
		for k := range t.Answers {
			t.Answers[k].Text = strings.Repeat("A walnut sideboard with tapered legs. ", 40)
			t.Answers[k].System = "Answer in one sentence."
		}
	}
	return s, ts
}

// voteAgain is the same turns with one more vote on one of them, the others shared.
func voteAgain(turns []sessions.Turn, at int) []sessions.Turn {
	turns = slices.Clone(turns)
	t := &turns[at]
	v := t.Votes[0]
	v.ID = len(t.Votes) + 1
	t.Votes = append(slices.Clone(t.Votes), v)
	return turns
}

// After a vote on one of 2,000 turns: at most one frame, 16 ms.
func BenchmarkDecideAfterAVote(b *testing.B) {
	for _, models := range []int{2, 4} {
		b.Run(fmt.Sprint(models, " models"), func(b *testing.B) {
			s, turns := wide(2000, models)
			on := Terms{Volume: 100_000, Memory: &Memory{}}
			for i := 0; b.Loop(); i++ {
				if i == 1 {
					b.ResetTimer()
				}
				if _, err := Decide(s, voteAgain(turns, i%2000), 0, on); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
