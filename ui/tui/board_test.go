package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
)

func TestTheScoreboardOfASession(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 48}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			models := []string{"paid/script:ttft=200,tps=100,n=20", "paid/script:ttft=400,tps=50,think=20,n=200", "paid/script:ttft=1,err=rate_limit"}
			b := bench(t, "", models)
			x := show(t, w, h, b)
			want(t, x.press("tab", "s"), "Scoreboard", "Nothing to score yet")
			x.press("esc", "l", "b", "i")
			for i := range 3 {
				x.ask(fmt.Sprintf("question %d", i+1), 30*time.Second)
			}
			for turn, best := range [][]int{{1}, {1, 2}, {}} {
				if _, err := b.Vote(turn+1, "", best...); err != nil {
					t.Fatal(err)
				}
			}
			screen := x.press("tab", "s")
			golden(t, fmt.Sprintf("scoreboard-%dx%d", w, h), screen)
			want(t, screen, "3 turns, all branches", `1 .* 3W 3T 0L n=6`, `1 .* \d+% of ★ n=3`, `2★ `)
			lacks(t, x.press("G"), "p95", "p99")
			want(t, x.now(), `ended +1 .* 3 n=3`, `3 .* 0 n=3 +3 rate limit`)
			lacks(t, x.press("esc"), "Scoreboard")
			x.quit()
		})
	}
}

// many is a board of eight columns with all there is to tell.
func many() (sessions.Board, []pane) {
	b := sessions.Board{Turns: 120, Hidden: 2}
	var panes []pane
	for i := range 8 {
		ref := providers.Ref{Provider: "lab", Model: fmt.Sprintf("a-model-with-a-long-name-%d:8b", min(i, 6))}
		c := sessions.Column{ID: i + 1, Model: ref}
		if i >= 6 { // the same twice
			c.Params.Temperature = temperature(float64(i))
		}
		panes = append(panes, pane{place: i, column: c, starred: i == 1})
		spread := func(f float64) verdict.Spread {
			return verdict.Spread{N: 20 * (i + 1), Median: f, Low: 0.8 * f, High: 1.3 * f, Tail: 3 * f, TailOf: "p95"}
		}
		s := sessions.Score{
			Column: i + 1, Model: ref, Answers: 100 + i, Simulated: i == 7, Settings: 1 + i%2, Failed: map[providers.Kind]int{},
			Blind: verdict.Tally{Wins: i, Ties: 7 - i, Losses: 3, Bad: i % 3}, Open: verdict.Tally{Losses: i % 2},
			Cost:  sessions.Costs{Known: 100, Sum: providers.Money(i) * providers.Dollar, Pairs: 90, Paired: providers.Money(i), Baseline: 4},
			First: spread(0.1 * float64(i+1)), Visible: spread(0.3 * float64(i+1)), Speed: spread(15 * float64(i+1)),
		}
		switch i {
		case 2:
			s.Failed[providers.Timeout], s.Failed[providers.RateLimit], s.Stopped, s.Lost = 2, 11, 1, 1
		case 3:
			s.Cost = sessions.Costs{Local: 103}
			s.Cold, s.Load, s.Raced, s.Untold = verdict.SpreadOf([]float64{14, 15}), verdict.SpreadOf([]float64{12, 13}), 7, 3
		case 4:
			s.Cost, s.First, s.Visible, s.Speed = sessions.Costs{Unknown: 104}, verdict.Spread{}, verdict.Spread{}, verdict.Spread{}
		case 5:
			s.Cost.Unknown, s.Cost.Guessed, s.Guessed, s.Refused, s.Cut = 4, true, true, 2, 3
		}
		b.Scores = append(b.Scores, s)
	}
	b.Scores = append(b.Scores, sessions.Score{Column: 9, Model: providers.Ref{Provider: "lab", Model: "removed\x1b[31m"}, Answers: 1, Failed: map[providers.Kind]int{}})
	return b, panes
}

func TestTheScoreboardOfEightColumns(t *testing.T) {
	scores, panes := many()
	for _, size := range [][2]int{{80, 24}, {160, 48}} {
		o := &board{look: &newModel(t.Context(), Options{}).look}
		o.take(scores, panes)
		w, h := size[0], max(size[1]*3/4, 18)
		if w > 90 {
			w = w * 4 / 5
		}
		var seen strings.Builder
		for page := ansi.Strip(o.view(w, h)); !strings.HasSuffix(seen.String(), page); page = ansi.Strip(o.view(w, h)) {
			seen.WriteString("\n" + page) // all of it, page by page
			_, _ = o.key(tea.KeyPressMsg{Code: tea.KeyPgDown})
		}
		golden(t, fmt.Sprintf("scoreboard-8-%dx%d", size[0], size[1]), strings.TrimSpace(seen.String()))
		lacks(t, seen.String(), "\x1b")
		for _, l := range strings.Split(strings.TrimSpace(seen.String()), "\n") {
			if ansi.StringWidth(l) != w {
				t.Errorf("a line of %d cells instead of %d: %q", ansi.StringWidth(l), w, l)
			}
		}
	}
}

func TestAScoreboardFitsAnySize(t *testing.T) {
	scores, panes := many()
	o := &board{look: &newModel(t.Context(), Options{}).look}
	o.take(scores, panes)
	for w := 1; w < 100; w++ {
		for _, h := range []int{1, 2, 3, 5, 18, 60} {
			for range 3 {
				_ = o.view(w, h)
				_, _ = o.key(tea.KeyPressMsg{Code: tea.KeyPgDown})
			}
			_, _ = o.key(tea.KeyPressMsg{Code: tea.KeyHome})
		}
	}
}

// A scoreboard would tell who answered a blind turn.
func TestTheScoreboardWaitsForTheReveal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:ttft=1,say=a", "script:ttft=900,say=b"})
		b.Blindly(true)
		x := show(t, 80, 24, b)
		x.ask("question", 20*time.Second)
		if _, err := b.Vote(1, "", 1); err != nil {
			t.Fatal(err)
		}
		screen := x.press("tab", "s")
		want(t, screen, "1 blind turn left out until revealed", "Nothing to score yet")
		lacks(t, screen, "p50", "n=", `\dW`)
		if _, err := b.Reveal(1); err != nil {
			t.Fatal(err)
		}
		want(t, x.press("esc", "s"), "1 turn, all branches", `blind .* 1W 0T 0L n=1`, "first p50")
		x.quit()
	})
}

func TestBarsShowWhatIsThere(t *testing.T) {
	for _, tt := range []struct {
		part float64
		want string
	}{{1, "██████████"}, {0.5, "█████"}, {0.55, "█████▌"}, {0.0001, "▏"}} {
		if got := bars(tt.part, 10); got != tt.want {
			t.Errorf("%g of ten cells is %q, want %q", tt.part, got, tt.want)
		}
	}
	for _, tt := range []struct {
		t    verdict.Tally
		want string
	}{
		{verdict.Tally{Wins: 5, Ties: 3, Losses: 2}, "█████▒▒▒░░"},
		{verdict.Tally{Wins: 1, Losses: 1}, "█████░░░░░"},
		{verdict.Tally{Wins: 3, Losses: 3, Ties: 0}, "█████░░░░░"},
		{verdict.Tally{Wins: 13, Losses: 7}, "███████░░░"},
		{verdict.Tally{Ties: 4}, "▒▒▒▒▒▒▒▒▒▒"},
	} {
		if got := shares(tt.t, 10); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt.t, got, tt.want)
		}
	}
}
