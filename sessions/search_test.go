package sessions

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// searched is what a query finds, all pages, as "title: hit | hit".
func searched(t testing.TB, s *Store, query string, limit int) (all []string) {
	t.Helper()
	q, err := ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	for p := (Page{Limit: limit}); ; {
		r, err := s.Search(t.Context(), q, p)
		if err != nil {
			t.Fatal(err)
		}
		if limit > 0 && len(r.Found) > limit {
			t.Errorf("%s: a page of %d has %d", query, limit, len(r.Found))
		}
		for _, f := range r.Found {
			all = append(all, f.Session.Title+": "+hitWords(f))
		}
		if r.Next == "" {
			return all
		}
		p.After = r.Next
	}
}

func hitWords(f Found) string {
	var hits []string
	for _, h := range f.Hits {
		text := h.Text
		for i := len(h.Marks) - 1; i >= 0; i-- {
			m := h.Marks[i]
			text = text[:m.From] + "[" + text[m.From:m.To] + "]" + text[m.To:]
		}
		where := string(h.Part)
		if h.Turn > 0 {
			where += fmt.Sprint(" ", h.Turn)
		}
		if h.Column > 0 {
			where += fmt.Sprint(" of ", h.Column)
		}
		if h.Seat > 0 {
			where += fmt.Sprint(" at ", h.Seat)
		}
		hits = append(hits, where+" "+text)
	}
	if f.More {
		hits = append(hits, "more")
	}
	return strings.Join(hits, " | ")
}

// kept saves a session of which each turn is a question and its answers.
func kept(t testing.TB, s *Store, title string, at time.Time, turns ...[]string) Session {
	t.Helper()
	ses, _ := asked(at, 0)
	ses.Title, ses.Turns = title, len(turns)
	batches := []Batch{{Session: &ses}}
	for i, texts := range turns {
		b := Batch{Session: &ses, Turn: &Turn{ID: i + 1, Parent: i, Text: texts[0], Asked: at, Columns: []int{1, 2}}}
		for c, text := range texts[1:] {
			b.Answers = append(b.Answers, Kept{ses.ID, i + 1, Answer{Column: c + 1, Take: 1, Model: ses.Columns[c].Model, Text: text, Finish: providers.Finished}})
		}
		batches = append(batches, b)
	}
	saved(t, s, batches...)
	return ses
}

func TestSearchFindsWordsOfATurnAndOfTheTitle(t *testing.T) {
	s := opened(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	kept(t, s, "pins", at, []string{"Describe this pin.", "A walnut sideboard.", "A lamp."}, []string{"And this?", "A sideboard of oak.", "Teak."})
	kept(t, s, "chairs", at.Add(time.Hour), []string{"Which chair?", "The walnut one.", "The red one."})
	kept(t, s, "empty", at.Add(2*time.Hour))
	for _, c := range []struct{ query, want string }{
		{"walnut", "chairs: answer 1 of 1 The [walnut] one.; pins: answer 1 of 1 A [walnut] sideboard."},
		{"walnut sideboard", "pins: answer 1 of 1 A [walnut] [sideboard]."},
		{"walnut teak", ""}, // never in one turn
		{"pins teak", "pins: title [pins] | answer 2 of 2 [Teak]."},
		{"lamp walnut", "pins: answer 1 of 1 A [walnut] sideboard. | answer 1 of 2 A [lamp]."},
		{`"one"`, "chairs: answer 1 of 1 The walnut [one]. | answer 1 of 2 The red [one]."},
		{`"red walnut"`, ""},
		{"side*", "pins: answer 2 of 1 A [sideboard] of oak. | answer 1 of 1 A walnut [sideboard]."},
		{"sideboard -oak", "pins: answer 1 of 1 A walnut [sideboard]."},
		{"walnut after:2026-03-02", ""},
		{"", "empty: ; chairs: ; pins: "},
		{"model:m1 chair", "chairs: question 1 Which [chair]?"},
		{"-model:m1 chair", ""},
		{"empty", "empty: title [empty]"},
		{"PIN", "pins: question 1 Describe this [pin]."},
	} {
		for _, limit := range []int{0, 1} {
			if got := strings.Join(searched(t, s, c.query, limit), "; "); got != c.want {
				t.Errorf("%s, %d a page: %s\nwant %s", c.query, limit, got, c.want)
			}
		}
	}
}

func TestASearchEndsWhenNobodyWaitsForIt(t *testing.T) {
	s := opened(t)
	kept(t, s, "pins", time.Now(), []string{"walnut"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := s.Search(ctx, Query{}, Page{}); err == nil || len(r.Found) > 0 {
		t.Errorf("%d found, %v", len(r.Found), err)
	}
}

func TestSearchTellsNothingOfABlindTurn(t *testing.T) {
	s := opened(t)
	ses, _ := asked(time.Now(), 0)
	ses.Columns[0].Model.Model = "qwen3"
	ses.Turns, ses.Hidden = 1, []int{1}
	turn := Turn{ID: 1, Text: "which wood?", Asked: ses.Created, Columns: []int{1, 2}, Blind: true, Seed: 7}
	b := Batch{Session: &ses, Turn: &turn, Votes: []KeptVote{{ses.ID, 1, Vote{ID: 1, Blind: true, Seats: []int{1, 2}, Takes: []Pick{{1, 1}, {2, 1}}, Best: []int{1}}}}}
	for c, text := range []string{"I am qwen3 and say walnut", "teak"} {
		b.Answers = append(b.Answers, Kept{ses.ID, 1, Answer{Column: c + 1, Take: 1, Model: ses.Columns[c].Model, Text: text, Finish: providers.Finished}})
	}
	saved(t, s, b)
	seat := turn.Seat(1)
	for _, c := range []struct{ query, want string }{
		{"walnut", fmt.Sprintf("pins: answer 1 at %d I am ▒▒▒ and say [walnut]", seat)},
		{"qwen3 walnut", ""},
		{"vote:qwen3", ""},
		{"vote:tie", ""},
		{"vote:blind", "pins: question 1 which wood?"},
		{"cost<100", ""},
		{`"and say"`, fmt.Sprintf("pins: answer 1 at %d I am ▒▒▒ [and say]", seat)},
	} {
		if got := strings.Join(searched(t, s, c.query, 0), "; "); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
	}
	turn.Revealed, ses.Hidden = time.Now(), nil
	saved(t, s, Batch{Session: &ses, Turn: &turn})
	want(t, "found once it is revealed", strings.Join(searched(t, s, "vote:qwen3 walnut", 0), "; "), "pins: answer 1 of 1 I am qwen3 and say [walnut]")
}
