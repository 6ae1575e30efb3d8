package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// longSession stores n turns of two columns; every tenth answer of the first
// column is long.
func longSession(t testing.TB, path string, n int) sessions.ID {
	t.Helper()
	ref := providers.Ref{Provider: "demo", Model: "script:say=new"}
	return stored(t, path, func(s *sessions.Session) {
		s.Columns = []sessions.Column{{ID: 1, Model: ref}, {ID: 2, Model: ref}}
		s.Places = []int{1, 2}
	}, n, func(turn int) []sessions.Answer {
		first := fmt.Sprintf("First column says %d.", turn)
		if turn%10 == 0 {
			for i := range 60 {
				first += fmt.Sprintf("\n\nParagraph %d of answer %d.", i+1, turn)
			}
		}
		return []sessions.Answer{
			{Column: 1, Take: 1, Model: ref, Text: first, Finish: providers.Finished},
			{Column: 2, Take: 1, Model: ref, Text: fmt.Sprintf("Second column says %d.", turn), Finish: providers.Finished},
		}
	})
}

func resumed(t testing.TB, path string, id sessions.ID) *sessions.Bench {
	t.Helper()
	b := bench(t, path, nil)
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestALongSessionScrollsToItsVeryFirstTurn(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, resumed(t, path, longSession(t, path, 300)))
		want(t, x.now(), "300 turns", "Paragraph 60 of answer 300", "Second column says 300")
		if first, last := x.turns(); last-first >= turnsAtOnce {
			t.Errorf("turns %d to %d were read to show the last", first, last)
		}
		screen, steps := "", 0
		for ; steps < 400 && !strings.Contains(screen, "❯ Question 1 of"); steps++ {
			screen = x.press("pgup")
			x.whole()
		}
		want(t, screen, "❯ Question 1 of the session", "First column says 1[.]", "Second column says 1[.]")
		seen := regexp.MustCompile(`(First|Second) column says (\d+)`).FindAllStringSubmatch(screen, -1)
		if len(seen) < 4 {
			t.Errorf("the top of the session is not full of it:\n%s", screen)
		}
		x.press("tab")
		want(t, x.press("G"), "Paragraph 60 of answer 300")
		if !x.follows() {
			t.Error("the end is not followed again")
		}
		x.press("i")
		screen = x.ask("one more", time.Second)
		want(t, screen, "❯ one more", "│ new")
		x.quit()
	})
}

// Every line scrolled by shows the next line: nothing is skipped or repeated,
// also where turns are loaded on the way.
func TestScrollingByLinesMissesNothing(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		s := newRehearsal(t, 100, 30, resumed(t, path, longSession(t, path, 60)))
		s.m.View()
		next := 60
		seen := map[int]bool{}
		for range 3000 {
			s.m.View()
			if tr := &s.m.tr; tr.top == 0 && tr.skip == 0 && tr.turns[0].ID == 1 && seen[1] {
				break
			}
			for _, l := range s.m.tr.column(1, s.m.body()) {
				if m := regexp.MustCompile(`Question (\d+) of`).FindStringSubmatch(l); m != nil {
					var n int
					_, _ = fmt.Sscan(m[1], &n)
					seen[n] = true
				}
			}
			for seen[next] {
				next--
			}
			s.later(s.m.lineUp())
			s.run(100)
		}
		if next != 0 {
			t.Errorf("turn %d never came into view", next)
		}
		if s.m.tr.top != 0 || s.m.tr.skip != 0 {
			t.Errorf("the top is turn %d, line %d", s.m.tr.top, s.m.tr.skip)
		}
		_ = s.m.bench.Close(t.Context())
		time.Sleep(time.Minute)
	})
}

func TestTurnsAreAlignedInAllPanes(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, resumed(t, path, longSession(t, path, 25)))
		for range 12 {
			screen := x.press("pgup")
			for i, line := range strings.Split(screen, "\n") {
				// at the very top a short answer may stand beside the rest of a long one
				if n := strings.Count(line, "❯ Question"); n == 1 && i > 2 {
					t.Errorf("a question stands in one pane only: %q", line)
				}
			}
		}
		x.quit()
	})
}

func TestAShortAnswerStaysBesideALongOne(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, resumed(t, path, longSession(t, path, 20)))
		want(t, x.now(), "Paragraph 60 of answer 20", "Second column says 20")
		want(t, x.press("pgup"), "Second column says 20", "of answer 20")
		want(t, x.press("pgup"), "Second column says 20", "of answer 20")
		x.press("tab")
		want(t, x.press("["), "First column says 20", "Second column says 20")
		x.quit()
	})
}

func TestBracketsGoFromTurnToTurn(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, resumed(t, path, longSession(t, path, 30)))
		x.press("tab")
		top := func() string {
			m := regexp.MustCompile(`❯ Question (\d+)`).FindStringSubmatch(x.line(2))
			if m == nil {
				return x.line(2)
			}
			return m[1]
		}
		for _, step := range []struct{ key, want string }{{"[", "30"}, {"[", "29"}, {"[", "28"}, {"[", "27"}, {"]", "28"}, {"[", "27"}} {
			x.press(step.key)
			if got := top(); got != step.want {
				t.Errorf("%s goes to turn %s, want %s", step.key, got, step.want)
			}
		}
		x.press("]", "]", "]", "]", "]", "G")
		if !x.follows() {
			t.Error("the end is not followed")
		}
		x.quit()
	})
}

// Scrolling up stays where it is while an answer grows; down to the end follows.
func TestScrollingUpStaysWhileAnswersStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"script:tps=40,text=long,n=900", "script:say=short"}))
		x.ask("question", 10*time.Second)
		want(t, x.now(), "│ short")
		before := x.press("pgup")
		after := x.after(3 * time.Second)
		cut := func(s string) string { return strings.Join(strings.Split(s, "\n")[1:16], "\n") }
		if cut(before) != cut(after) {
			t.Errorf("the text moved:\n%s\nthen:\n%s", before, after)
		}
		x.press("pgdown", "pgdown", "pgdown")
		if !x.follows() {
			t.Error("scrolling to the end does not follow it")
		}
		want(t, x.after(15*time.Second), "900 tok")
		x.quit()
	})
}

func TestTurnsAreLetGoWhenThereAreMany(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, resumed(t, path, longSession(t, path, 200)))
		for range 170 {
			x.press("pgup")
		}
		if first, _ := x.turns(); first != 1 {
			t.Errorf("scrolled to turn %d", first)
		}
		drawn := see(x, func(m *Model) (n int) {
			for _, t := range m.tr.turns {
				n += min(len(t.cells), 1)
			}
			return n
		})
		if drawn > turnsAtOnce+turnsDrawn {
			t.Errorf("%d turns are laid out after scrolling to the first", drawn)
		}
		x.press("tab", "G", "i")
		for i := range 3 {
			x.ask(fmt.Sprintf("new %d", i), 200*time.Millisecond)
		}
		if first, last := x.turns(); last != 203 || last-first >= turnsHeld {
			t.Errorf("turns %d to %d are held", first, last)
		}
		want(t, x.now(), "❯ new 2", "│ new")
		x.quit()
	})
}
