package tui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"juxta/sessions"
)

// votedOn is a store with a session of so many questions to these models, asked
// openly, the last one the baseline, and no vote.
func votedOn(t *testing.T, models []string, n int, edits ...func(*sessions.Session, []sessions.Turn)) (*sessions.Store, sessions.ID) {
	t.Helper()
	s, turns := tested(models, 0, 0, 0, n)
	s.Seed = 7
	for i := range turns {
		for k := range turns[i].Answers {
			a := &turns[i].Answers[k]
			a.Text = fmt.Sprintf("**Bold** answer to %d, I am %s of column %d", i+1, a.Model, k+1)
		}
	}
	for _, edit := range edits {
		edit(&s, turns)
	}
	store, err := sessions.Open(filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	arrivals, err := store.Import(t.Context(), sessions.Bundle{Session: s, Turns: turns})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, arrivals[0].ID
}

// voting opens a booth.
func voting(t *testing.T, w, h int, store *sessions.Store, id sessions.ID, voter string, limit int) *terminal {
	t.Helper()
	return start(t, w, h, Options{Version: "test", Vote: &Voting{Limit: limit, Open: func(context.Context) (*sessions.Poll, error) {
		return store.Poll(id, sessions.PollOptions{Voter: voter})
	}}})
}

func progress(t *testing.T, store *sessions.Store, id sessions.ID, voter string) sessions.Polled {
	t.Helper()
	p, err := store.Poll(id, sessions.PollOptions{Voter: voter})
	if err != nil {
		t.Fatal(err)
	}
	return p.Progress()
}

func TestABooth(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {50, 16}} {
		synctest.Test(t, func(t *testing.T) {
			store, id := votedOn(t, []string{"small-8b", "frontier"}, 12, func(_ *sessions.Session, turns []sessions.Turn) {
				for i := range turns {
					turns[i].Text += strings.Repeat(", and describe it at length", 8)
					turns[i].Answers[0].Text += strings.Repeat("\n\n- another point", 12)
				}
			})
			x := voting(t, size[0], size[1], store, id, "ann", 0)
			golden(t, fmt.Sprintf("booth-entry-%dx%d", size[0], size[1]), x.now())
			golden(t, fmt.Sprintf("booth-%dx%d", size[0], size[1]), x.press("n"))
			x.quit()
		})
	}
}

// Nothing that reaches the terminal before the last page tells who answered: no
// name, no colour of a column, no title.
func TestABoothTellsNoNameBeforeTheEnd(t *testing.T) {
	models := []string{"small-8b", "frontier"}
	tells := func(x *terminal) (found []string) {
		raw := strings.ToLower(x.bytes())
		for _, word := range []string{"small-8b", "small", "frontier", "demo/", "demo ", "pin captions", "column 1", "column 2", "$0"} {
			if strings.Contains(raw, word) {
				found = append(found, word)
			}
		}
		return found
	}
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, models, 4, func(_ *sessions.Session, turns []sessions.Turn) {
			for i := range turns {
				for k := range turns[i].Answers {
					turns[i].Answers[k].Text = fmt.Sprintf("answer to %d. I am %s.", i+1, turns[i].Answers[k].Model)
					turns[i].Answers[k].Thoughts = "I am " + turns[i].Answers[k].Model.String()
				}
			}
		})
		x := voting(t, 100, 30, store, id, "", 0)
		x.press("n", "e", "esc", "1", "u", "2", "s", "?", "esc", "tab", "=", "0", "1", "s", "1")
		if found := tells(x); found != nil {
			t.Errorf("%q reached the terminal before the end:\n%s", found, x.now())
		}
		want(t, x.now(), "Every pair is voted on")
		if want(t, x.press("enter"), "Your votes", "demo/small-8b matches or beats demo/frontier"); tells(x) == nil {
			t.Error("this test finds no names even where they are")
		}
		x.quit()
	})
	// Two sessions that differ in nothing but in who gave which answer look alike
	// to the byte.
	screens := map[string]string{}
	for _, name := range []string{"one", "other"} {
		synctest.Test(t, func(t *testing.T) {
			store, id := votedOn(t, models, 4, func(s *sessions.Session, turns []sessions.Turn) {
				for i := range turns {
					for k := range turns[i].Answers {
						turns[i].Answers[k].Text = "the same words"
					}
				}
				if name == "other" {
					s.Columns[0].Model, s.Columns[1].Model = s.Columns[1].Model, s.Columns[0].Model
					for i := range turns {
						a := turns[i].Answers
						a[0].Model, a[1].Model = a[1].Model, a[0].Model
						a[0].Billed, a[1].Billed = a[1].Billed, a[0].Billed
						a[0].Timing, a[1].Timing = a[1].Timing, a[0].Timing
					}
				}
			})
			x := voting(t, 100, 30, store, id, "", 0)
			x.press("n", "1", "2")
			screens[name] = x.bytes()
			x.quit()
		})
	}
	if screens["one"] != screens["other"] {
		t.Error("a screen depends on whose answers it shows")
	}
}

// The commands that tell names are neither in the list nor do their keys work.
func TestABoothHasNoCommandThatTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, threeModels, 3)
		x := voting(t, 120, 50, store, id, "", 0)
		x.press("n")
		list := x.press("?")
		want(t, list, "voting: both are bad", "take the last vote back", "quit; everything is saved")
		lacks(t, list, "scoreboard", "choose a model", "sessions: find", "verdict", "reveal", "send the question")
		lacks(t, x.press("esc", "v", "ctrl+l", "ctrl+s", "tab", "ctrl+g", "S", "ctrl+n"), "Verdict", "Models", "small")
		want(t, x.now(), "Answer 1")
		x.quit()
	})
}

func TestAVoteIsOneKeyAndIsSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 5)
		x := voting(t, 100, 30, store, id, "ann", 0)
		want(t, x.press("n"), "1 of 5", "Answer 1", "Answer 2", "1 2 better  = alike  0 both bad  s skip  u undo")
		first := regexp.MustCompile(`question \d+`).FindString(x.now())
		want(t, x.press("1"), "2 of 5", "1 is better · u takes it back")
		if got := progress(t, store, id, "ann"); got.Voted != 1 {
			t.Errorf("after a key the store has %+v", got)
		}
		want(t, x.press("u"), "1 of 5", first, "taken back")
		if got := progress(t, store, id, "ann"); got.Voted != 0 {
			t.Errorf("after an undo the store has %+v", got)
		}
		want(t, x.press("u"), "no vote of this sitting")
		want(t, x.press("2", "=", "0", "s"), "4 of 5", "skipped")
		x.press("1")
		want(t, x.now(), "No other pair is left", "4 of 5 pairs are voted on")
		want(t, x.press("s"), "5 of 5", "Answer 1")
		want(t, x.press("2"), "Every pair is voted on")
		x.quit()
		_, turns := whole(t, store, id)
		var bests []int
		for _, turn := range turns {
			v, ok := turn.Vote("ann")
			if !ok || !v.Blind || len(v.Seats) != 2 {
				t.Fatalf("turn %d has the vote %+v", turn.ID, v)
			}
			bests = append(bests, len(v.Best))
		}
		if slices.Sort(bests); !slices.Equal(bests, []int{0, 1, 1, 1, 2}) {
			t.Errorf("%v are among the best", bests)
		}
	})
}

func whole(t *testing.T, store *sessions.Store, id sessions.ID) (sessions.Session, []sessions.Turn) {
	t.Helper()
	s, err := store.Session(id)
	if err != nil {
		t.Fatal(err)
	}
	turns, err := store.Turns(id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, turns
}

// Keys that come while a vote is on its way to the disk are votes on the pairs
// that come then.
func TestQuickKeysLoseNoVote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 8)
		x := voting(t, 100, 30, store, id, "", 0)
		x.press("n")
		_, _ = x.keys.Write([]byte("121212"))
		x.now()
		if got := progress(t, store, id, ""); got.Voted != 6 {
			t.Errorf("%d votes of six keys", got.Voted)
		}
		_, _ = x.keys.Write([]byte("1\x03"))
		if err := x.ended(); err != nil {
			t.Error(err)
		}
		if got := progress(t, store, id, ""); got.Voted != 7 {
			t.Errorf("%d votes: the one before ctrl+c is missing", got.Voted)
		}
	})
}

func TestASittingGoesOnWhereTheLastOneStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 6)
		x := voting(t, 100, 30, store, id, "ann", 2)
		want(t, x.press("n", "1", "1"), "That is it for now", "2 votes in this sitting, 2 of 6 pairs in all")
		lacks(t, x.press("enter"), "small-8b")
		if err := x.ended(); err != nil {
			t.Error(err)
		}
		x = voting(t, 100, 30, store, id, "ann", 0)
		want(t, x.now(), "You have voted on 2 of them")
		want(t, x.press("n"), "3 of 6")
		x.press("esc")
		if err := x.ended(); err != nil {
			t.Error(err)
		}
		x = voting(t, 100, 30, store, id, "bob", 0)
		lacks(t, x.now(), "You have voted", "ann")
		want(t, x.press("n"), "1 of 6", "bob")
		x.quit()
	})
}

func TestWhoHasSeenTheNamesVotesOpenly(t *testing.T) {
	for key, blind := range map[string]bool{"y": false, "n": true} {
		synctest.Test(t, func(t *testing.T) {
			store, id := votedOn(t, []string{"small-8b", "frontier"}, 2)
			x := voting(t, 100, 30, store, id, "", 0)
			want(t, x.now(), "2 pairs were asked with the names in view", "Have you read these answers")
			lacks(t, x.press("enter"), "Answer 1") // only an answer goes on
			x.press(key, "1")
			x.quit()
			_, turns := whole(t, store, id)
			for _, turn := range turns {
				for _, v := range turn.Votes {
					if v.Blind != blind {
						t.Errorf("after %s the vote is %+v", key, v)
					}
				}
			}
		})
	}
}

func TestTheEndTellsWhatTheVotesAreWorth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 12, func(s *sessions.Session, turns []sessions.Turn) {
			for i := range turns { // asked blind, so that nobody is asked
				turns[i].Blind, s.Hidden = true, append(s.Hidden, i+1)
			}
		})
		for _, voter := range []string{"ann", "bob"} {
			x := voting(t, 110, 40, store, id, voter, 0)
			if voter == "ann" {
				want(t, x.now(), "enter begins")
				x.press("enter")
			} else { // ann has revealed them
				x.press("n")
			}
			for range 13 {
				x.press("1") // whoever stands there
			}
			want(t, x.now(), "Every pair is voted on", "12 votes, and 1 second looks?")
			screen := x.press("enter")
			if voter == "ann" {
				want(t, screen, "votes +none that counts yet", "12 turns were asked blind")
				screen = x.press("r")
			}
			want(t, screen, "votes +12\n", "second looks +the same as at the first: 0% of 1\n", `the left one +preferred in 12 of 12 \(1.00 \[0.76–1.00\]\), where an answer stands seems to`)
			if voter == "bob" {
				want(t, screen, `like ann +agreed on \d+% of 12`)
			}
			want(t, x.press("u"), "no vote can be taken back any more")
			x.quit()
		}
	})
}

func TestTheEndTellsWhichVotesAreLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 4, func(s *sessions.Session, turns []sessions.Turn) {
			for i := range turns[1:] {
				turns[i+1].Blind, s.Hidden = true, append(s.Hidden, i+2)
			}
		})
		x := voting(t, 110, 40, store, id, "ann", 0)
		x.press("y") // the first was asked with the names in view
		for range 4 {
			x.press("1")
		}
		lacks(t, x.now(), "second look")
		want(t, x.press("enter", "r"), "votes +4\n", "on [0-3] of 3 prompts", "Left out: 1 .an open vote only, and others are blind")
		lacks(t, x.now(), "second look")
		x.quit()
	})
}

func TestALockedStoreIsToldAndTheVoteIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 3)
		x := voting(t, 140, 30, store, id, "", 0)
		x.press("n")
		_ = store.Close() // what a vote meets then is an error like any other of the store's
		want(t, x.press("1"), "not saved, vote again: .*", "1 of 3")
		x.press("esc")
		if err := x.ended(); err != nil {
			t.Error(err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		held := errors.New("juxta.db is held by juxta, process 7")
		x := start(t, 80, 24, Options{Version: "test", Vote: &Voting{Open: func(context.Context) (*sessions.Poll, error) { return nil, held }}})
		if err := x.ended(); !errors.Is(err, held) {
			t.Errorf("a booth that can't be opened ends with %v", err)
		}
	})
}

// Whatever answers, questions, file names and voters contain.
func TestHostileAnswersAreInertInABooth(t *testing.T) {
	nasty := "\x1b]0;owned\x07\x1b[2J\u202eabc\x9b31m<script>\x1b]52;c;eHg=\x07"
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 2, func(_ *sessions.Session, turns []sessions.Turn) {
			for i := range turns {
				turns[i].Text = "question " + nasty
				turns[i].Files = []sessions.Attachment{{Name: nasty + ".txt", MIME: "text/plain", SHA256: strings.Repeat("ab", 32), Bytes: 3}}
				turns[i].Answers[0].Text = nasty
				turns[i].Answers[1].Text, turns[i].Answers[1].Refusal = "", nasty
			}
		})
		x := voting(t, 90, 24, store, id, nasty, 0)
		x.press("n", "e", "esc", "1", "2", "enter")
		x.inert()
		x.quit()
	})
}

func TestABoothFitsEveryScreen(t *testing.T) {
	store, id := votedOn(t, threeModels, 12)
	poll, err := store.Poll(id, sessions.PollOptions{Voter: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	b := newBooth(&newModel(t.Context(), Options{}).look, &Voting{})
	b.poll = poll
	b.goOn()
	for _, page := range []boothPage{boothOpening, boothEntry, boothPair, boothQuestion, boothOver, boothResult} {
		for w := 1; w < 140; w += 7 {
			for _, h := range []int{1, 2, 3, 5, 9, 24, 60} {
				b.page = page
				b.scroll(3)
				lines := strings.Split(b.view(w, h), "\n")
				if len(lines) > h {
					t.Fatalf("page %d has %d lines on a screen of %d×%d", page, len(lines), w, h)
				}
				for _, l := range lines {
					if n := b.look.width(l); n > w {
						t.Fatalf("page %d has a line of %d cells on a screen of %d×%d: %q", page, n, w, h, l)
					}
				}
			}
		}
	}
}

func TestABoothAsksWhichAnswersPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 3)
		x := start(t, 120, 30, Options{Version: "test", Vote: &Voting{Open: func(context.Context) (*sessions.Poll, error) {
			return store.Poll(id, sessions.PollOptions{Pass: true})
		}}})
		want(t, x.now(), "Which answers pass", "only the left one passes", "none passes")
		want(t, x.press("n"), "1 2 alone passes  = both pass  0 none passes")
		want(t, x.press("="), "both pass · u takes it back")
		x.press("=", "0")
		want(t, x.press("enter"), `by 3 votes, demo/small-8b passes 2 times and demo/frontier 2\s+times`, "Only demo/small-8b passes on 0 of 3 prompts")
		x.quit()
	})
}
