package report

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"juxta/sessions"
)

// One value and four writers: whatever somebody reads of an answer is the same
// figure in all of them.
func TestEveryFormatTellsTheSameFigures(t *testing.T) {
	r := eveningReport(t)
	all := written(t, r)
	table, err := csv.NewReader(strings.NewReader(all["csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	for i, name := range table[0] {
		names[name] = i
	}
	lines := strings.Split(strings.TrimSpace(all["jsonl"]), "\n")
	if len(lines) != 9 || len(table) != 10 {
		t.Fatalf("%d lines and %d rows of 9 answers", len(lines), len(table)-1)
	}
	for i, line := range lines {
		var a struct {
			Turn, Column, Take int
			Model, Text        string
			Usage              struct {
				Input, Output int
				Estimated     bool
			}
			Cost   struct{ USD *string }
			Timing struct {
				TTFT  *float64 `json:"ttft_ms"`
				Total *float64 `json:"total_ms"`
				Speed *float64 `json:"tokens_per_second"`
			}
			Votes Ballots
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		row := table[i+1]
		same := func(name, want string) {
			t.Helper()
			if got := row[names[name]]; got != want {
				t.Errorf("answer %d: %s is %q in CSV and %q in JSON", i+1, name, got, want)
			}
		}
		of := func(f *float64) string {
			if f == nil {
				return ""
			}
			return strconv.FormatFloat(*f, 'f', -1, 64)
		}
		same("model", a.Model)
		same("text", a.Text)
		same("turn", strconv.Itoa(a.Turn))
		same("take", strconv.Itoa(a.Take))
		same("ttft_ms", of(a.Timing.TTFT))
		same("total_ms", of(a.Timing.Total))
		same("tokens_per_second", of(a.Timing.Speed))
		same("blind_votes_best", strconv.Itoa(a.Votes.Blind.Best))
		same("open_votes_tied", strconv.Itoa(a.Votes.Open.Tied))
		if a.Cost.USD == nil {
			same("cost_usd", "")
		} else {
			same("cost_usd", *a.Cost.USD)
			if !strings.Contains(all["html"], `<data value="`+*a.Cost.USD+`">`) {
				t.Errorf("the page has no %s", *a.Cost.USD)
			}
		}
		if a.Timing.TTFT != nil && !strings.Contains(all["html"], `<data value="`+of(a.Timing.TTFT)+`">`) {
			t.Errorf("the page has no time of %s ms", of(a.Timing.TTFT))
		}
	}
	// And for people: what the page says behind an exact figure, Markdown says.
	for _, turn := range r.Turns {
		for i := range turn.Answers {
			a := &turn.Answers[i]
			cells := "| "
			for _, f := range []Figure{a.first(), a.total(), a.speed(), a.read(), a.wrote(), a.cost()} {
				cells += f.inCell() + " | "
				if f.Exact != "" && !strings.Contains(all["html"], `<data value="`+f.Exact+`">`+f.Words+`</data>`) {
					t.Errorf("turn %d: the page lacks %+v", turn.ID, f)
				}
			}
			if !strings.Contains(all["md"], strings.TrimSpace(cells)) {
				t.Errorf("turn %d: Markdown lacks the row %s", turn.ID, cells)
			}
		}
	}
	for _, want := range []string{"$0.00382", "0.77s", "92 tok/s"} {
		if !strings.Contains(all["html"], want) || !strings.Contains(all["md"], want) {
			t.Errorf("%s is not in the page and in Markdown", want)
		}
	}
}

func TestWhatIsNotKnownIsNeverNothing(t *testing.T) {
	all := written(t, eveningReport(t))
	table, err := csv.NewReader(strings.NewReader(all["csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int {
		for i, n := range table[0] {
			if n == name {
				return i
			}
		}
		t.Fatalf("there is no column %s", name)
		return -1
	}
	failed := table[3]
	if failed[at("error_kind")] != "rate_limit" {
		t.Fatalf("%q", failed)
	}
	for _, name := range []string{"input_tokens", "output_tokens", "cost_usd", "ttft_ms", "total_ms", "tokens_per_second", "server_load_ms", "cold"} {
		if got := failed[at(name)]; got != "" {
			t.Errorf("%s of a failed answer is %q", name, got)
		}
	}
	if got := table[2][at("cost_usd")]; got != "0.003821250000" {
		t.Errorf("a cost is %q, and not exact", got)
	}
	if !strings.Contains(all["html"], "the cost of 1 answer is not known") {
		t.Error("the page does not say that a cost is not known")
	}
}

func TestWhoWonIsSaidWithHowSureThatIs(t *testing.T) {
	r := eveningReport(t)
	if f := r.won(); f.Words != "openai/gpt-5.1" || f.Small != "best in 1 of 1 blind vote: too few to be sure" {
		t.Errorf("%+v", f)
	}
	s, turns, _ := evening(t)
	for name, of := range map[string]struct {
		turns []sessions.Turn
		want  Figure
	}{
		"nobody voted": {turns[:0], Figure{Words: "Nobody yet", Small: "nobody has voted"}},
		"a tie":        {turns[1:2], Figure{Words: "A tie", Small: "lab/qwen3-vl:8b and openai/gpt-5.1, 1 open vote: too few to be sure"}},
		"all bad":      {turns[2:3], Figure{Words: "None of them", Small: "1 open vote, all bad: too few to be sure"}},
	} {
		if got := New(s, of.turns, nil).won(); got != of.want {
			t.Errorf("%s: %+v, want %+v", name, got, of.want)
		}
	}
}

// A blind turn that is not revealed leaves nothing: no question, no answer, no
// seed that its seats follow from, and nothing of it is in a sum.
func TestNothingLeavesOfWhatIsStillBlind(t *testing.T) {
	s, turns, files := evening(t)
	s.Seed, s.Spent = 77007700, 999
	r := New(s, turns, func(sum string) []byte { return files[sum] })
	if r.Hidden != 1 {
		t.Errorf("%d turns were left out", r.Hidden)
	}
	for name, text := range written(t, r) {
		for _, secret := range []string{"secret", "77007700"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q", name, secret)
			}
		}
	}
	if text := TurnMarkdown(s, &turns[3]); !strings.Contains(text, "the secret answer") || strings.Contains(text, "gpt") || strings.Contains(text, "tok/s") {
		t.Errorf("of a hidden turn, what may be shown is its words alone:\n%s", text)
	}
}
