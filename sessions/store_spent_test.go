package sessions

import (
	"testing"
	"time"

	"juxta/providers"
)

func TestTwoProcessesDoNotLoseEachOthersCosts(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 1)
	saved(t, s, batches[0])
	ses.Spent = 0
	one, two := ses, ses // as each of two processes has it in memory
	price := &providers.Price{Rates: providers.Rates{Output: 1_000_000}, Source: providers.Listed}
	answer := func(column, tokens int) Answer {
		return Answer{Column: column, Take: 1, Model: ses.Columns[0].Model, Text: "x", Finish: providers.Finished, Price: price, Usage: providers.Usage{Output: tokens}}
	}
	turn := func(id int) *Turn {
		return &Turn{ID: id, Parent: id - 1, Text: "what?", Asked: ses.Created, Columns: []int{1, 2}}
	}
	saved(t, s, Batch{Session: &ses, Turn: turn(1), Answers: []Kept{{ses.ID, 1, Answer{Column: 1, Take: 1}}, {ses.ID, 1, Answer{Column: 2, Take: 1}}}})
	first := answer(1, 10)
	one.count(&first)
	saved(t, s, Batch{Session: &one, Answers: []Kept{{ses.ID, 1, first}}})
	second := answer(2, 5)
	two.count(&second)
	unpriced := answer(2, 1)
	unpriced.Take, unpriced.Price = 2, nil
	two.count(&unpriced)
	saved(t, s, Batch{Session: &two, Answers: []Kept{{ses.ID, 1, second}, {ses.ID, 1, unpriced}}, spent: 7})
	saved(t, s, Batch{Session: &one}) // which knows of its own costs alone
	saved(t, s, Batch{Answers: []Kept{{ses.ID, 1, first}}})

	kept, err := s.Session(ses.ID)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "spent", kept.Spent, 15_000_000+7)
	want(t, "unpriced", kept.Unpriced, 1)

	saved(t, s, Batch{Answers: []Kept{{ses.ID, 1, answer(1, 12)}}})
	kept, _ = s.Session(ses.ID)
	want(t, "with an answer that was saved again at another cost", kept.Spent, 17_000_000+7)
}
