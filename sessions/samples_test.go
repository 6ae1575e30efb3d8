package sessions

import (
	"testing"
)

func TestSamplesLeaveStandingWhatStood(t *testing.T) {
	b := sighted(t, opened(t), &recorder{}, "a", "b")
	askWith(t, b, "what?")
	again := func(n int) {
		t.Helper()
		r, err := b.Sample(t.Context(), 1, n, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(take int) {
		t.Helper()
		turns, err := b.Turns(0, 1)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := turns[0].Answer(1)
		want(t, "the take that stands", a.Take, take)
	}
	again(3)
	stands(1)
	again(1)
	stands(1)
	if _, err := b.Choose(1, Pick{1, 4}); err != nil {
		t.Fatal(err)
	}
	stands(4)
	r, err := b.Again(t.Context(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	stands(6)
}

func TestOfAQuestionAskedSeveralTimesTheFirstAnswerStands(t *testing.T) {
	b := sighted(t, nil, &recorder{}, "a", "b")
	r, err := b.Put(t.Context(), Question{Text: "what?", Samples: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	turns, err := b.Turns(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "answers", len(turns[0].Answers), 6)
	a, _ := turns[0].Answer(2)
	want(t, "the take that stands", a.Take, 1)
	want(t, "columns of the run", len(r.Columns()), 2)
}
