package tui

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
)

// A told is a session to be put into a store.
type told struct {
	question string
	answers  []string // one a column
	blind    bool
	swapped  bool // the first two models have changed their columns
	picture  []byte
	edit     func(*sessions.Session)
}

// tell puts sessions into a store, each a minute after the one before, and the
// last one a minute ago.
func tell(t testing.TB, path string, all ...told) []sessions.ID {
	t.Helper()
	s, err := sessions.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var ids []sessions.ID
	for i, x := range all {
		at := time.Now().Add(-time.Duration(len(all)-i) * time.Minute)
		ses := sessions.Session{ID: sessions.NewID(at), Title: clip(x.question, 60), Kind: sessions.Chat, Created: at, Updated: at, Turns: 1}
		turn := sessions.Turn{ID: 1, Text: x.question, Asked: at, Blind: x.blind, Seed: 7}
		if x.blind {
			ses.Hidden = []int{1}
		}
		b := sessions.Batch{Session: &ses, Turn: &turn}
		for k, text := range x.answers {
			if x.swapped {
				k = 1 - k
				text = x.answers[k]
			}
			ref := providers.Ref{Provider: "lab", Model: []string{"walrus-7b", "swordfish-large", "third"}[k]}
			id := len(ses.Columns) + 1
			ses.Columns = append(ses.Columns, sessions.Column{ID: id, Model: ref})
			ses.Places, turn.Columns = append(ses.Places, id), append(turn.Columns, id)
			b.Answers = append(b.Answers, sessions.Kept{Session: ses.ID, Turn: 1, Answer: sessions.Answer{Column: id, Take: 1, Model: ref, Text: text, Finish: providers.Finished}})
		}
		if x.picture != nil {
			sum := fmt.Sprintf("%x", sha256.Sum256(x.picture))
			turn.Files = []sessions.Attachment{{Name: "pin.png", MIME: "image/png", SHA256: sum, Bytes: len(x.picture), Width: 40, Height: 20, SentWidth: 40, SentHeight: 20}}
			b.Files = map[string][]byte{sum: x.picture}
		}
		if x.edit != nil {
			x.edit(&ses)
		}
		if err := s.Save(b); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ses.ID)
	}
	return ids
}

// twoTone is a picture of two colours.
func twoTone() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for y := range 20 {
		for x := range 40 {
			img.Set(x, y, color.RGBA{200, uint8(x / 20 * 200), 40, 255})
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.Bytes()
}

func shelfOf(t testing.TB, path string) []told {
	t.Helper()
	return []told{
		{question: "Which wood for a table?", answers: []string{"Oak, since it is hard.", "Walnut is the nicer one."}},
		{question: "Compare oak and walnut for a sideboard that will stand in a sunny room next to a window", answers: []string{"Walnut grows lighter in the sun.", "Oak grows darker."}, edit: func(s *sessions.Session) { s.Spent, s.Tags = 14_200_000_000, []string{"pins", "wood"} }},
		{question: "家具の画像に短い説明をつけてください。検索用のキーワードも五つ書いてください。お願いします。", answers: []string{"ウォールナットのサイドボード"}},
		{question: "Describe this pin", answers: []string{"A mid-century walnut sideboard.", "A sideboard."}, picture: twoTone()},
		{question: evil + " and more", answers: []string{"walnut " + evil}},
		{question: "Is it old?", answers: []string{"It is a swordfish of walnut.", "Teak."}, blind: true},
	}
}

func TestTheBrowserShowsSessionsAndFindsWhatWasSaid(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		t.Run(fmt.Sprint(size[0], "x", size[1]), func(t *testing.T) {
			path := t.TempDir() + "/juxta.db"
			inUTC(t)
			synctest.Test(t, func(t *testing.T) {
				tell(t, path, shelfOf(t, path)...)
				x := show(t, size[0], size[1], bench(t, path, []string{"swift"}))
				at := fmt.Sprintf("-%dx%d", size[0], size[1])
				x.press("ctrl+s")
				golden(t, "browser"+at, x.after(time.Second))
				x.press("walnut")
				golden(t, "browser-found"+at, x.after(time.Second))
				x.press("down", "down", "down", "tab", " ", " ")
				golden(t, "browser-commands"+at, x.after(time.Second))
				x.inert()
				x.press("esc", "esc")
				x.quit()
			})
		})
	}
}

// inUTC has times shown as they are in Greenwich.
func inUTC(t *testing.T) {
	was := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = was })
}

func TestEnterOpensTheSessionAtTheTurnThatWasFound(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=fine"})
		x := show(t, 100, 24, b)
		for i := range 30 {
			q := fmt.Sprint("question ", i)
			if i == 4 {
				q = "the NEEDLE is here"
			}
			x.ask(q, time.Second)
		}
		x.press("tab", "ctrl+n")
		x.ask("something else", time.Second)
		x.press("ctrl+s", "needle")
		x.after(time.Second)
		screen := x.press("enter")
		want(t, screen, "❯ the NEEDLE is here", "30 turns", `1 of \d+`)
		x.press("esc")
		if got := x.press("y"); !strings.Contains(got, "❯ y") {
			t.Errorf("the composer does not have the keys:\n%s", got)
		}
		x.press("ctrl+s") // and it goes on where it was left
		want(t, x.after(time.Second), "❯ needle", "▸   question 0", "the NEEDLE is here", "1 found")
		x.press("ctrl+u")
		want(t, x.after(time.Second), "something else", "question 0")
		x.quit()
	})
}

func TestEnterWaitsForWhatIsTyped(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, told{question: "the one that is meant", answers: []string{"a"}}, told{question: "the newest", answers: []string{"b"}})
		x := show(t, 100, 24, bench(t, path, []string{"swift"}))
		x.press("ctrl+s")
		_, _ = x.keys.Write([]byte("meant"))
		_, _ = x.keys.Write([]byte("\r"))
		want(t, x.after(time.Second), "❯ the one that is meant")
		x.quit()
	})
}

func TestASearchSaysWhatItDoesNotFindAndWhatIsWrong(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, shelfOf(t, path)...)
		x := show(t, 100, 24, bench(t, path, []string{"swift"}))
		x.press("ctrl+s", "walnut plastic")
		want(t, x.after(time.Second), "No session has “plastic”[.]", "0 found")
		x.press("ctrl+u", "table keywords teak")
		want(t, x.after(time.Second), "“keywords”")
		x.press("ctrl+u", "table sunny")
		want(t, x.after(time.Second), "Nothing has all of that in one turn")
		x.press("ctrl+u", "walnut")
		x.after(time.Second)
		x.press(" modle:qwen ")
		screen := x.after(time.Second)
		want(t, screen, `"modle:qwen": .*model:`, "Compare oak and walnut") // what was found stays
		x.press("ctrl+u")
		want(t, x.after(time.Second), "Which wood for a table[?]", "Is it old[?]", " 6 ")
		x.press("tag:wood")
		x.press("esc")
		x.quit()
	})
}

func TestWhatIsDoneWithSessionsCanBeUndone(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	var ids []sessions.ID
	synctest.Test(t, func(t *testing.T) {
		ids = tell(t, path, told{question: "first", answers: []string{"a"}}, told{question: "second", answers: []string{"b"}}, told{question: "third", answers: []string{"c"}})
		x := show(t, 120, 30, bench(t, path, []string{"swift"}))
		order := func(names ...string) {
			t.Helper()
			screen := x.after(500 * time.Millisecond)
			var got []string
			for l := range strings.SplitSeq(screen, "\n") {
				if !strings.Contains(l, " ago") {
					continue
				}
				for _, n := range []string{"first", "second", "third", "renamed"} {
					if strings.HasPrefix(strings.TrimLeft(strings.TrimLeft(l, "│ "), "▸●◆ "), n) {
						got = append(got, n)
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(names) {
				t.Errorf("listed %v, want %v\n%s", got, names, screen)
			}
		}
		x.press("ctrl+s", "tab", "G", "p")
		want(t, x.now(), "pinned “first”")
		order("first", "third", "second")
		x.press("u")
		order("third", "second", "first")
		x.press("g", "r", "ctrl+u", "renamed", "enter")
		order("renamed", "second", "first")
		x.press("t", "#Pins wood", "enter")
		want(t, x.after(time.Second), "#pins #wood")
		x.press("t")
		want(t, x.press(" two!", "enter"), "write one word")
		x.press("esc", "u", "u")
		order("third", "second", "first")
		x.press("a")
		order("second", "first")
		x.press("A")
		order("third")
		x.press("a", "A", "A")
		order("third", "second", "first")
		x.press("d")
		order("second", "first")
		x.press("u")
		order("third", "second", "first")
		x.press("g", " ", " ", "d")
		order("first")
		x.press("A", "A")
		order("third", "second")
		x.press("g", "u") // brings back what is chosen
		order("second")
		x.quit()
	})
	s, err := sessions.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for i, there := range []bool{true, false, true} {
		if _, err := s.Session(ids[i]); (err == nil) != there {
			t.Errorf("session %d after juxta was left: %v", i+1, err)
		}
	}
}

func TestDeletingTheSessionOnTheScreenBeginsANewOne(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:tps=2,n=40"}))
		x.ask("the question", time.Second)
		want(t, x.press("ctrl+s", "tab", "d"), "still being answered", "the question")
		x.press("esc", "ctrl+x")
		x.after(time.Second)
		want(t, x.press("ctrl+s", "tab", "d"), "deleted “the question”")
		screen := x.press("esc")
		want(t, screen, "new session")
		lacks(t, screen, "❯ the question")
		x.press("ctrl+s", "tab", "u")
		want(t, x.after(time.Second), "▸   the question")
		x.press("enter")
		want(t, x.after(time.Second), "❯ the question")
		x.quit()
	})
	if s, _ := answers(t, path); s.Title != "the question" || !s.Binned.IsZero() {
		t.Errorf("%q, %v", s.Title, s.Binned)
	}
}

func TestMergedSessionsAreOne(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, told{question: "first", answers: []string{"a"}}, told{question: "second", answers: []string{"b"}}, told{question: "third", answers: []string{"c"}})
		x := show(t, 120, 30, bench(t, path, []string{"swift"}))
		x.press("ctrl+s", "tab")
		want(t, x.press("m"), "mark the sessions")
		x.press("j", " ", " ", "g")
		want(t, x.press("m"), "Append 2 sessions to “third”", "stay as they are")
		x.press("right", "enter")
		screen := x.after(time.Second)
		want(t, screen, "appended 2 sessions to “third”", "3 turns", "2 ❯ first", "3 ❯ second")
		x.press("enter")
		want(t, x.after(time.Second), "❯ first", "❯ second", "3 turns")
		x.quit()
	})
}

func TestAHiddenAnswerThatIsFoundTellsNoName(t *testing.T) {
	var seen [2]string
	for i := range seen {
		path := t.TempDir() + "/juxta.db"
		synctest.Test(t, func(t *testing.T) {
			// Both say the same but for their names, and in the second run they
			// have changed their seats.
			say := []string{"I am walrus-7b, and it is a walnut.", "I am swordfish-large, and it is a walnut."}
			tell(t, path, told{question: "Is it old?", answers: say, blind: true, swapped: i == 1, edit: func(s *sessions.Session) {
				s.Spent = 5_000_000_000
			}})
			x := show(t, 120, 36, bench(t, path, []string{"swift"}))
			x.press("ctrl+s", "walnut")
			seen[i] = x.after(time.Second)
			for range 3 {
				seen[i] += x.press("down") + x.after(time.Second)
			}
			x.press("esc")
			x.quit()
		})
		want(t, seen[i], "answer 1", "answer 2", "swordfish-large", " hidden ", "blind")
		lacks(t, seen[i], "I am [ws]", `\$0`)
	}
	if seen[0] != seen[1] {
		t.Errorf("it makes a difference who sits where:\n%s\n%s", seen[0], seen[1])
	}
}

func TestTheMouseChoosesAndOpensSessions(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		var all []told
		for i := range 100 {
			all = append(all, told{question: fmt.Sprint("session number ", i), answers: []string{"a"}})
		}
		tell(t, path, all...)
		x := show(t, 100, 24, bench(t, path, []string{"swift"}))
		want(t, x.press("ctrl+s"), "▸   session number 99")
		x.mouse(65, 10, 10, "M") // the wheel goes down
		want(t, x.after(time.Second), "▸   session number 96")
		x.mouse(0, 10, 8, "M")
		want(t, x.after(time.Second), "▸   session number 94")
		x.mouse(0, 10, 8, "M")
		want(t, x.after(time.Second), "❯ session number 94")
		x.press("ctrl+s")
		for range 12 {
			x.press("pgdown")
		}
		want(t, x.after(time.Second), "▸   session number 0 ", " 100 ")
		x.quit()
	})
}

func TestTheBrowserNeedsNoColour(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, shelfOf(t, path)...)
		x := show(t, 80, 24, bench(t, path, []string{"swift"}), tea.WithColorProfile(colorprofile.ASCII))
		x.press("ctrl+s", "sideboard")
		want(t, x.after(time.Second), "▸   Compare oak and walnut for a sideboard|▸   Describe this pin")
		x.quit()
	})
}

// A page of a large store costs what a page costs, and what is shown of it is a
// page.
func TestTheBrowserReadsNoMoreThanItShows(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		var all []told
		for i := range 400 {
			all = append(all, told{question: fmt.Sprint("session number ", i), answers: []string{"a"}})
		}
		tell(t, path, all...)
		x := show(t, 80, 24, bench(t, path, []string{"swift"}))
		x.press("ctrl+s")
		if n := see(x, func(m *Model) int { return len(m.browser().list.all) }); n != pageOfList {
			t.Errorf("%d sessions were read", n)
		}
		x.press("esc")
		x.quit()
	})
}

func TestSessionsAreWrittenToAFileFromTheBrowser(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, told{question: "What/is .. a \x1bmonad?", answers: []string{"a"}}, told{question: "second", answers: []string{"b"}})
		var wrote []string
		o := opens(bench(t, path, []string{"swift"}))
		o.Export = Export{
			Formats: []Format{{"json", ".json"}, {"html", ".html"}},
			Write: func(ids []sessions.ID, format, file string) (string, error) {
				wrote = append(wrote, fmt.Sprint(len(ids), " ", format, " ", filepath.Base(file)))
				if strings.HasSuffix(file, "there.html") {
					return "", errors.New("there.html is there already")
				}
				return "left out 1 blind turn", nil
			},
		}
		x := start(t, 120, 30, o)
		x.press("ctrl+s", "tab", "j")
		want(t, x.press("e"), "Write “What/is", `what-is-a-monad-1999-12-31[.]json|what-is-a-monad-2000-01-01[.]json`)
		want(t, x.press("right"), `what-is-a-monad-[0-9-]+[.]html`)
		x.press("tab", "ctrl+u", "there.html", "enter")
		want(t, x.after(time.Second), "✗ there.html is there already", "html")
		x.press("ctrl+u", "new.html", "enter")
		want(t, x.after(time.Second), "wrote .*new[.]html · left out 1 blind turn")
		x.press("g", " ", " ", "e")
		want(t, x.now(), "Write 2 sessions", "second-and-more-")
		x.press("esc")
		x.press("esc")
		x.press("esc")
		x.quit()
		if got := strings.Join(wrote, "; "); got != "1 html there.html; 1 html new.html" {
			t.Errorf("wrote %s", got)
		}
	})
}

func TestASessionIsAskedAgainFromTheBrowser(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, told{question: "the old question", answers: []string{"a"}}, told{question: "second", answers: []string{"b"}})
		x := show(t, 120, 30, bench(t, path, []string{"swift"}))
		x.press("ctrl+s", "tab", "j", "M")
		want(t, x.after(time.Second), "the old question", "Ask")
		x.press("esc")
		x.quit()
	})
}

func TestAForkFromTheBrowserBeginsWithTheTurnsUpToWhatWasFound(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:say=fine"}))
		for _, q := range []string{"one", "the needle", "three"} {
			x.ask(q, time.Second)
		}
		x.press("ctrl+s", "needle")
		x.after(time.Second)
		x.press("down", "tab")
		want(t, x.press("f"), "forked")
		x.press("/", "ctrl+u", "tab", "g")
		want(t, x.after(time.Second), "▸   one .* 2 .*just now", "one .* 3 .*just now", "⑂ from turn 2")
		x.press("u")
		lacks(t, x.after(time.Second), "one .* 2 .*just now")
		x.quit()
	})
}

func TestCommandsOfTheBrowserOpenItFromElsewhere(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		tell(t, path, shelfOf(t, path)...)
		x := show(t, 100, 24, bench(t, path, []string{"swift"}))
		want(t, x.press("f1", "pin sessions", "enter"), "─ Sessions", "choose a session first")
		want(t, x.press("G", "p"), "pinned “Which wood")
		want(t, x.press("?", "undo what was done", "enter"), "undone: pinned “Which wood")
		for _, size := range [][2]int{{60, 20}, {40, 12}, {20, 8}, {8, 4}, {200, 60}} {
			x.resize(size[0], size[1])
			x.press("j", "k", "pgdown", "A", "A", "A", "t", "esc")
		}
		want(t, x.after(time.Second), "Which wood for a table")
		x.inert()
		x.press("esc")
		x.quit()
	})
}

// A title without spaces is one long word: what stands before it must not be all
// that is seen.
func TestATitleThatIsCutFillsItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"three pictures 这是一个很长的标题用来检查": "three pictures 这是…",
		"short":                   "short",
		"one two three four five": "one two three four …",
	} {
		if got := (ruler{}).first(text, 20, 1); len(got) != 1 || got[0] != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := (ruler{}).first("one two three four five six seven eight", 12, 2); len(got) != 2 || got[0] != "one two" || got[1] != "three four …" {
		t.Errorf("two lines are %q", got)
	}
}

func TestAFileIsNamedByWholeWords(t *testing.T) {
	day := time.Date(2026, 11, 28, 12, 0, 0, 0, time.Local)
	for title, want := range map[string]string{
		"Compare 日本語 and emoji 👩‍🚀 in a table, please": "compare-日本語-and-emoji-in-a-table",
		"../../etc/passwd\x00":  "etc-passwd",
		"…":                     "session",
		strings.Repeat("x", 99): strings.Repeat("x", 40),
		strings.Repeat("長", 99): strings.Repeat("長", 13),
	} {
		if got := fileNameOf([]sessions.Session{{Title: title, Created: day}}); got != want+"-2026-11-28" {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}
