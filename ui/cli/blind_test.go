package cli

import (
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// What `sessions show` prints of a blind turn.
func TestShowHidesWhoAnsweredABlindTurnUntilItIsRevealed(t *testing.T) {
	answer := func(column int, model, text string) sessions.Answer {
		return sessions.Answer{
			Column: column, Take: 1, Model: providers.Ref{Provider: "openai", Model: model}, Text: text, Thoughts: "hm", Finish: providers.Finished,
			Usage: providers.Usage{Output: 100 * column}, Price: &providers.Price{Rates: providers.Rates{Output: 1_000_000}, Source: providers.Listed},
			Timing: providers.Timing{FirstToken: time.Second, Last: 2 * time.Second}, Notices: []string{"left something out"},
		}
	}
	turn := sessions.Turn{
		ID: 1, Text: "which?", Blind: true, Note: "a \x1b[31mclose call", Columns: []int{1, 2},
		Answers: []sessions.Answer{answer(1, "gpt-a", "I am gpt-a."), answer(2, "gpt-b", "Two.")},
		Votes:   []sessions.Vote{{ID: 1, Blind: true, Seats: []int{1, 2}, Takes: []sessions.Pick{{Column: 1, Take: 1}, {Column: 2, Take: 1}}, Best: []int{2}}},
	}
	for turn.Seats()[0] != 2 {
		turn.Seed++
	}
	s := sessions.Session{ID: "01J", Title: "which?", Columns: []sessions.Column{{ID: 1}, {ID: 2}}}
	shown := transcript(s, []sessions.Turn{turn})
	for _, w := range []string{"### Answer 1\n\nTwo.", "### Answer 2\n\nI am ▒▒▒.", "(1 name masked)", "Note: a ␛[31mclose call", "shown after the vote"} {
		if !strings.Contains(shown, w) {
			t.Errorf("no %q in\n%s", w, shown)
		}
	}
	for _, w := range []string{"gpt", "openai", "tok", "first", "$", "left something out", "over"} {
		if strings.Contains(shown, w) {
			t.Errorf("%q is told in\n%s", w, shown)
		}
	}
	turn.Answers[1].Finish = providers.Cancelled
	if shown = transcript(s, []sessions.Turn{turn}); strings.Contains(shown, "Two") || strings.Contains(shown, "I am") || !strings.Contains(shown, "before every answer is complete") {
		t.Errorf("of one that was stopped:\n%s", shown)
	}
	turn.Answers[1].Finish, turn.Revealed = providers.Finished, time.Now()
	shown = transcript(s, []sessions.Turn{turn})
	for _, w := range []string{"### 1 · openai/gpt-a\n\nI am gpt-a.", "(blind vote: openai/gpt-b over openai/gpt-a; it cost 2.0×)", "$0.0001"} {
		if !strings.Contains(shown, w) {
			t.Errorf("no %q in\n%s", w, shown)
		}
	}
}
