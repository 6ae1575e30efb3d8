package tui

import (
	"encoding/base64"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// keptTurn is the newest turn of the newest session in the store that path
// names.
func keptTurn(t *testing.T, path string) sessions.Turn {
	t.Helper()
	s, err := sessions.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := s.Sessions(1)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	turns, err := s.Tail(all[0].ID, 1)
	if err != nil || len(turns) == 0 {
		t.Fatalf("%d turns, %v", len(turns), err)
	}
	return turns[0]
}

// left is which of the texts a screen shows, from left to right.
func left(screen string, texts ...string) []string {
	return regexp.MustCompile(strings.Join(texts, "|")).FindAllString(screen, -1)
}

func TestABlindVoteIsCastTakenBackAndRevealed(t *testing.T) {
	for _, placed := range [][]int{{1, 2}, {2, 1}} {
		path := filepath.Join(t.TempDir(), "juxta.db")
		synctest.Test(t, func(t *testing.T) {
			b := seatedBench(t, path, []string{"paid/script:n=2100,say=alpha", "paid/script:say=omega"}, placed...)
			b.Blindly(false)
			x := show(t, 120, 30, b)
			want(t, x.press("ctrl+g"), "names, times and costs", `\bblind\b.*F1 help`, "have no names")
			screen := x.ask("who?", 2*time.Second)
			order := left(screen, "alpha", "omega")
			if said := []string{"", "alpha", "omega"}; !slices.Equal(order, []string{said[placed[0]], said[placed[1]]}) {
				t.Fatalf("the answers are not seated as %v:\n%s", placed, screen)
			}
			want(t, screen, "Answer 1", "Answer 2", "tab, then 1 2 best · = tie · 0 all bad")
			want(t, x.press("tab", "1"), "you chose answer 1", "u takes it back", "✓ best · blind vote")
			if v, ok := keptTurnVote(t, path); !ok || !v.Blind {
				t.Errorf("the vote is on the screen and not on the disk: %+v", v)
			}
			lacks(t, x.press("u"), "you chose", "✓ best")
			want(t, x.press("="), "you find them alike")
			want(t, x.press("0"), "you find all bad")
			want(t, x.press("2"), "you chose answer 2")
			screen = x.press("enter")
			chosen, other := order[1], order[0]
			want(t, screen, `1 script:n=2100`, `2 script:say=omega`, "blind vote: you chose paid/script:.*"+chosen+" over paid/script:.*"+other, "it cost ", "tok", `\$`)
			if got := left(screen[strings.Index(screen, "who?"):], "│ alpha", "│ omega"); !slices.Equal(got, []string{"│ alpha", "│ omega"}) {
				t.Errorf("the columns are not in their order: %q\n%s", got, screen)
			}
			lacks(t, x.press("u"), "✓ best · blind vote.*✓ best")
			want(t, x.now(), "a blind vote stands")
			want(t, x.press("1"), "blind vote: .* · open vote: script:n=21", "✓ best · open vote")
			x.quit()

			turn := keptTurn(t, path)
			v := turn.Votes
			if len(v) != 5 || v[3].Undone.IsZero() == false || !v[3].Blind || v[4].Blind {
				t.Fatalf("the votes are kept as %+v", v)
			}
			if seats := turn.Seats(); !slices.Equal(seats, placed) || !slices.Equal(v[3].Seats, seats) || !slices.Equal(v[3].Best, seats[1:]) {
				t.Errorf("on the screen were %q; the store has %+v and the seats %v", order, v[3], seats)
			}
		})
	}
}

// A vote is on the answers that were read. One that comes later was not, and its
// column's vote is not its own.
func TestAVoteStaysWithTheTakesItJudged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:say=alpha", "script:say=beta", "script:say=gamma"}))
		x.ask("who?", time.Second)
		want(t, x.press("tab", "1"), "✓ best · open vote", "open vote: you chose .*say=alpha")
		x.press("r")
		screen := x.after(time.Second)
		lacks(t, screen, "✓ best")
		want(t, screen, "open vote on other takes: you chose .*say=alpha")
		want(t, x.press("2"), "open vote: you chose .*say=beta over .*alpha and .*gamma") // and not a tie with what was not chosen
		x.quit()
		turn := keptTurn(t, path)
		v, _ := turn.Vote("")
		if !slices.Equal(v.Best, []int{2}) || !slices.Equal(v.Takes, []sessions.Pick{{Column: 1, Take: 2}, {Column: 2, Take: 1}, {Column: 3, Take: 1}}) {
			t.Errorf("kept is %+v", v)
		}
	})
}

// What a key has nothing to do for must not keep back those after it: they would
// vote on whatever turn is voted on next.
func TestVotesAsFastAsTheyAreTypedAreOfTheTurnTheyWereTypedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, path, []string{"script:say=one", "script:say=two", "script:say=three", "script:say=four"}))
		x.ask("which?", time.Second)
		x.press("tab")
		_, _ = x.keys.Write([]byte("153"))
		want(t, x.after(500*time.Millisecond), "open vote: .*say=one and .*say=three over")
		x.press("i")
		x.ask("and now?", time.Second)
		x.press("tab")
		_, _ = x.keys.Write([]byte("241[")) // and away
		x.after(500 * time.Millisecond)
		x.quit()
		turn := keptTurn(t, path)
		if v, ok := turn.Vote(""); !ok || !slices.Equal(v.Best, []int{2, 4, 1}) {
			t.Errorf("of the newest turn is kept %+v", turn.Votes)
		}
	})
}

// While another session is read, what is meant for this one could reach that one.
func TestNothingIsChangedWhileASessionOpens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, path, []string{"script:say=one", "script:say=two"}))
		x.ask("which?", time.Second)
		x.press("tab")
		x.m.send(action(func(m *Model) tea.Cmd { m.opening = true; return nil }))
		for _, k := range strings.Split("1 = 0 w S p P b a D X H L $ ! r m W ctrl+g", " ") {
			if screen := x.press(k); !strings.Contains(screen, "session is still opening") {
				t.Fatalf("%s is not kept back:\n%s", k, screen)
			}
		}
		x.quit()
		if turn := keptTurn(t, path); len(turn.Votes) > 0 {
			t.Errorf("there are votes: %+v", turn.Votes)
		}
	})
}

func keptTurnVote(t *testing.T, path string) (*sessions.Vote, bool) {
	turn := keptTurn(t, path)
	return turn.Vote("")
}

func TestOfManyAnswersSeveralMayBeTheBest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=one", "script:say=two", "script:say=three", "script:say=four"})
		b.Blindly(true)
		x := show(t, 80, 24, b)
		want(t, x.ask("which?", time.Second), "1–4 best, of several a tie")
		x.press("tab")
		_, _ = x.keys.Write([]byte("413")) // as fast as they are typed
		want(t, x.after(500*time.Millisecond), "you find 1, 3, 4 best")
		want(t, x.press("4"), "you find 1, 3 best")
		want(t, x.press("5"), "there is no answer 5")
		want(t, x.press("1"), "you chose answer 3")
		lacks(t, x.press("3"), "you chose", "you find") // and that is no vote that all are bad
		want(t, x.press("2", "3", "enter"), "blind vote: .* and .* over .* and ")
		x.quit()
		turn := keptTurn(t, path)
		v, _ := turn.Vote("")
		seats := turn.Seats()
		if got, want := slices.Sorted(slices.Values(v.Best)), slices.Sorted(slices.Values(seats[1:3])); !slices.Equal(got, want) {
			t.Errorf("best are %v of the seats %v", v.Best, seats)
		}
	})
}

func TestTheNamesAreShownWithoutAVoteOnlyOnASecondEnter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=one", "script:say=two"})
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.ask("which?", time.Second)
		x.press("more")
		want(t, x.press("enter"), "the last answers are blind: tab, vote, then enter")
		if got := x.typed(); got != "more" {
			t.Errorf("the question became %q", got)
		}
		want(t, x.press("tab", "enter"), "no vote yet: enter once more", "Answer 1")
		want(t, x.press("j", "enter"), "no vote yet: enter once more", "Answer 1") // another key was between
		screen := x.press("enter")
		want(t, screen, "1 script:say=one", "2 script:say=two", "answer [12] was demo/script:say=one")
		lacks(t, screen, "you chose", "✓")
		want(t, x.press("i", "enter"), "❯ more", "Answer 1")
		x.quit()
	})
}

func TestAnOpenVoteIsMarkedAndMayBeChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:say=one", "script:say=two"}))
		want(t, x.press("tab", "1"), "nothing was asked yet")
		x.press("i")
		x.ask("which?", time.Second)
		want(t, x.press("tab", "1"), "open vote: you chose demo/script:say=one over demo/script:say=two", "✓ best · open vote")
		want(t, x.press("2"), "open vote: you chose demo/script:say=two over demo/script:say=one")
		want(t, x.press("0"), "open vote: all bad", "✗ bad, as all · open vote")
		want(t, x.press("="), "open vote: a tie of", "= as good as the others")
		lacks(t, x.press("u"), "open vote", "✓")
		want(t, x.press("u"), "there is no vote to take back")
		want(t, x.press("3"), "there is no answer 3")
		want(t, x.press("2"), "open vote: you chose")
		x.press("ctrl+g", "i")
		x.ask("and now?", time.Second)
		lacks(t, x.line(-3), "open")
		want(t, x.press("tab", "1"), "blind.*you chose answer 1")
		x.quit()
	})
	s, err := sessions.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, _ := s.Sessions(1)
	turns, err := s.Turns(all[0].ID, 0, 0)
	if err != nil || len(turns) != 2 {
		t.Fatal(len(turns), err)
	}
	for _, v := range turns[0].Votes {
		if v.Blind {
			t.Errorf("an open vote is kept as blind: %+v", v)
		}
	}
	if v, ok := turns[1].Vote(""); !ok || !v.Blind {
		t.Errorf("the blind one: %+v", v)
	}
}

func TestAStoppedBlindTurnShowsNothingButCanBeRevealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=quick", "script:ttft=100,tps=10,n=300"})
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.ask("which?", 2*time.Second)
		screen := x.press("esc")
		want(t, screen, "not every answer is complete, so none is shown", "there is nothing to vote on")
		lacks(t, screen, "quick", "stopped")
		want(t, x.press("tab", "1"), "there is nothing to vote on")
		want(t, x.press("enter"), "quick", "■ stopped", "1 script:say=quick")
		x.quit()
	})
}

func TestWhatIsCopiedOfAHiddenAnswerIsMasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=I+am+Claude.", "script:say=I+am+Claude."})
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.ask("who?", time.Second)
		x.press("tab", "c")
		copied := func() string {
			m := regexp.MustCompile(`\x1b\]52;c;([^\x07]*)\x07`).FindAllStringSubmatch(x.bytes(), -1)
			if m == nil {
				return ""
			}
			text, _ := base64.StdEncoding.DecodeString(m[len(m)-1][1])
			return string(text)
		}
		if got := copied(); got != "I am ▒▒▒." {
			t.Errorf("copied %q", got)
		}
		x.press("1", "enter", "c")
		if got := copied(); got != "I am Claude." {
			t.Errorf("after the reveal copied %q", got)
		}
		x.quit()
	})
}

func TestAHiddenTurnIsHiddenWhenItsSessionIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=one", "script:say=two"})
		x := show(t, 120, 30, b)
		x.ask("an open one", time.Second)
		x.press("ctrl+g")
		x.ask("a blind one", time.Second)
		x.press("tab", "N", "i")
		x.ask("another session", time.Second)
		x.press("tab", "1", "enter")
		x.press("ctrl+s", "open one")
		screen := x.press("enter")
		want(t, screen, "Answer 1", "Answer 2", "a blind one", "an open one")
		lacks(t, screen, "script", "cost")
		want(t, x.press("["), "1 script:say=one", "2 script:say=two") // the turn before is not blind
		want(t, x.press("]"), "Answer 1")
		want(t, x.press("1", "enter"), "blind vote: you chose")
		x.quit()
	})
}

func TestANoteIsKeptWithItsTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, path, []string{"script:say=one", "script:say=two"}))
		want(t, x.press("tab", "w"), "nothing was asked yet")
		x.press("i")
		x.ask("first", time.Second)
		want(t, x.press("tab", "w"), "Note on turn 1", "what you want to remember")
		x.press("another", "esc")
		lacks(t, x.now(), "✎")
		x.press("w", "ctrl+u", "a close")
		x.paste(" call, twice")
		screen := x.press("enter")
		if n := strings.Count(screen, "✎ a close call, twice"); n != 2 {
			t.Errorf("the note is shown %d times:\n%s", n, screen)
		}
		if got := keptTurn(t, path).Note; got != "a close call, twice" {
			t.Errorf("kept is %q", got)
		}
		want(t, x.press("w"), "a close call") // to be changed
		x.press("ctrl+u", "enter")
		lacks(t, x.now(), "✎")
		x.quit()
	})
	if got := keptTurn(t, path).Note; got != "" {
		t.Errorf("kept is %q", got)
	}
}

func TestANoteObeysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=one", "script:say=two"})
		run, err := b.Put(t.Context(), sessions.Question{Text: "first"})
		if err != nil {
			t.Fatal(err)
		}
		_ = run.Wait(t.Context())
		if _, err := b.Note(1, "\x1b]52;c;aGk=\x07 red \x1b[31m\u202e"+strings.Repeat("\nand more", 40)); err != nil {
			t.Fatal(err)
		}
		x := show(t, 100, 24, b)
		want(t, x.now(), "✎ ␛]52;c;aGk=␇ red ␛\\[31m", "  and more")
		x.press("tab", "w", "esc")
		x.inert()
		x.quit()
	})
}

// What a column is cannot be asked or changed while its answer hides.
func TestColumnsAreLeftAloneWhileATurnIsHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=one", "script:say=two"})
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.ask("which?", time.Second)
		x.press("tab")
		for _, k := range []string{"m", "a", "D", "X", "H", "L", "p", "P", "b", "r", "ctrl+r", "ctrl+l"} {
			screen := x.press(k)
			want(t, screen, "not while answers are blind")
			lacks(t, screen, "script")
		}
		if n := see(x, func(m *Model) int { return len(m.session.Places) }); n != 2 {
			t.Errorf("%d columns", n)
		}
		x.quit()
	})
}

func TestABallotHasRoomAt80Columns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=the+same", "script:ttft=9,say=the+same"})
		b.Blindly(true)
		x := show(t, 80, 24, b)
		golden(t, "hidden-80x24", x.ask("which?", time.Second))
		x.whole()
		golden(t, "voted-80x24", x.press("tab", "2"))
		x.press("enter")
		x.whole()
		for _, size := range [][2]int{{30, 8}, {20, 5}, {10, 3}, {200, 60}} {
			x.resize(size[0], size[1])
		}
		x.quit()
	})
}
