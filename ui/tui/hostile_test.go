package tui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// evil is what must never act on a terminal.
const evil = "\x1b[31mred\x1b[2J\x1b[H\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]52;c;b3duZWQ=\x1b\\\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\" +
	"\x1bP1$r0m\x1b\\\x1b_Gi=1;AAAA\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\\u009b31m\u009d52;c;b3duZWQ=\u009c\x9b31m\x1b[6n\x1bc\a\b\b\x00\x7f" +
	"\xff\xfe\xed\xa0\x80\u202eevil\u202c\u2066iso\u2069\u200fm\u200b\ufeff\U000e0041\u2028\u2029\ufe0f\x1b]52;c;"

// shapes are texts whose width terminals disagree about, or that break a row.
const shapes = "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d🚀 🇩🇪🇯🇵 1\ufe0f⃣ ❤\ufe0f 👍🏿 é\u0301\u0302\u0303\u0304\u0305 日本語テキスト한국어 ไทย हिन्दी क्ष நிலம் কিছু กำลัง ﷽ ͏ \u0600١ می\u200cخواهم \t tab"

func TestModelOutputNeverActsOnTheTerminal(t *testing.T) {
	long := strings.Repeat("0123456789abcdef日", 26_000) // 500 KB without a line end
	for name, text := range map[string]string{
		"everything":      evil,
		"in Markdown":     "# " + evil + "\n\n- " + evil + "\n\n> " + evil + "\n\n| a | " + strings.ReplaceAll(evil, "\n", "") + " |\n|---|---|\n| " + evil + " | b |\n\n[x](" + evil + ") `" + evil + "` **" + evil + "**\n",
		"in code":         "```go\n" + evil + "\n" + shapes + "\n```\n\n```" + evil + "\nx\n```",
		"links":           "[click](https://evil.example/\x1b]52;c;b3duZWQ=\x07) <https://evil.example/\u009d52;c;x\u009c> ![p](https://evil.example/p.png)",
		"wide":            shapes + "\n\n" + strings.Repeat(shapes, 20),
		"one long line":   long,
		"marks on marks":  strings.Repeat("z"+strings.Repeat("\u0301", 200)+" ", 50),
		"only controls":   strings.Repeat("\x1b\x9b\u009b\a\r", 500),
		"line ends":       strings.Repeat("a\rb\r\nc\u0085d\u2028e\vf\f", 50),
		"deep Markdown":   strings.Repeat("> ", 200) + "x\n" + strings.Repeat("  - a\n", 3) + strings.Repeat("*", 3000),
		"tables too wide": "|" + strings.Repeat(" 日本 |", 60) + "\n|" + strings.Repeat("---|", 60) + "\n|" + strings.Repeat(" x |", 60) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/juxta.db"
			var chunks []string
			for rest := text; rest != ""; { // cut where it hurts
				n := min(len(rest), 7+len(text)/500)
				chunks = append(chunks, rest[:n])
				rest = rest[n:]
			}
			synctest.Test(t, func(t *testing.T) {
				lab := double{name: "lab", stream: saying(chunks...)}
				x := show(t, 120, 30, bench(t, path, []string{"lab/a", "script:ttft=1,tps=100,text=hostile", "lab/b"}, lab))
				x.ask("Say "+name, 0)
				for range 5 {
					x.after(150 * time.Millisecond)
					x.whole()
				}
				x.after(10 * time.Second)
				x.whole()
				x.press("tab")
				for _, k := range []string{"pgup", "g", "z", "l", "G", "z"} {
					x.press(k)
					x.whole()
				}
				x.resize(70, 20)
				x.whole()
				x.quit()
				x.inert()
			})
			_, as := answers(t, path)
			if as[0].Text != text || as[2].Text != text {
				t.Errorf("stored %d bytes of %d", len(as[0].Text), len(text))
			}
		})
	}
}

// failing answers with an error whose every word is the service's.
func failing(name, words string) double {
	return double{name: name, stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			_ = yield(providers.Sent{At: time.Now()}, nil) &&
				yield(providers.Notice{At: time.Now(), Text: "notice " + words}, nil) &&
				yield(providers.Notice{At: time.Now(), Text: "wait " + words, Wait: true}, nil)
			time.Sleep(2 * time.Second)
			_ = yield(providers.Thought{At: time.Now(), Text: "thought " + words}, nil) &&
				yield(providers.ToolCall{At: time.Now(), Name: "tool " + words, Arguments: words}, nil) &&
				yield(providers.Refusal{At: time.Now(), Text: "refusal " + words}, nil) &&
				yield(nil, &providers.Error{Kind: providers.ServerFault, Hint: "hint " + words, Err: errors.New(words)})
		}
	}}
}

func TestNamesAndErrorsNeverActOnTheTerminal(t *testing.T) {
	words := evil + shapes + strings.Repeat(" very long", 200)
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		lab := failing("lab", words)
		lab.models = []providers.Model{{Ref: providers.Ref{Provider: "lab", Model: words}, Licence: words, Context: 1}}
		b := bench(t, path, []string{"lab/" + words, "script:text=" + url.QueryEscape(evil)}, lab)
		b.SetSystem(words)
		x := show(t, 120, 40, b)
		x.whole()
		x.paste(words)
		x.press("enter")
		x.after(time.Second)
		x.whole()
		x.after(5 * time.Second)
		x.whole()
		x.press("tab", "t")
		x.whole()
		for _, k := range []string{"g", "pgdown", "m", "esc", "ctrl+s", "down", "esc", "f1", "esc", "S", "esc"} {
			x.press(k)
		}
		x.resize(50, 20) // tabs
		x.resize(20, 10)
		x.quit()
		x.inert()
	})
	_, as := answers(t, path)
	if !strings.Contains(as[0].Error.Message, "\x1b]0;owned\a") || !strings.Contains(as[0].Refusal, evil[:40]) {
		t.Error("what is stored is not what was said")
	}
}

// A store may come from anywhere: what it holds is as hostile as a model.
func TestAStoredSessionNeverActsOnTheTerminal(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		id := stored(t, path, func(s *sessions.Session) {
			s.Title = evil + shapes
			s.Columns = []sessions.Column{{ID: 1, Model: providers.Ref{Provider: evil, Model: evil}, System: evil}}
			s.Places = []int{1}
		}, 2, func(turn int) []sessions.Answer {
			return []sessions.Answer{{
				Column: 1, Take: 1, Text: evil + shapes, Thoughts: evil, Refusal: evil, Finish: providers.Failed, Notices: []string{evil, shapes},
				Error: &sessions.Failure{Kind: providers.Kind(evil), Message: evil, Hint: shapes}, Model: providers.Ref{Provider: evil, Model: evil},
			}}
		})
		b := bench(t, path, nil)
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		x := show(t, 100, 30, b)
		x.whole()
		x.press("tab", "t", "g")
		x.whole()
		x.press("ctrl+s")
		x.press("esc")
		x.quit()
		x.inert()
	})
}

func TestWhatIsMeasuredOfAStoredSessionNeverActsOnTheTerminal(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		id := stored(t, path, func(s *sessions.Session) {
			s.Title = evil
			for i := range 3 {
				s.Columns = append(s.Columns, sessions.Column{ID: i + 1, Model: providers.Ref{Provider: evil, Model: fmt.Sprint(i) + evil}})
			}
			s.Places = []int{1, 2, 3}
			s.Baseline = 3
		}, 3, func(turn int) (all []sessions.Answer) {
			for i := range 3 {
				a := sessions.Answer{Column: i + 1, Take: 1, Text: fmt.Sprint(turn, i) + evil, Finish: providers.Finished, Model: providers.Ref{Provider: evil, Model: fmt.Sprint(i) + evil}}
				if turn == 3 && i > 0 {
					a.Finish, a.Error = providers.Failed, &sessions.Failure{Kind: providers.Kind(evil), Message: evil}
				}
				a.Timing.FirstToken, a.Timing.Wall = time.Second, 2*time.Second
				all = append(all, a)
			}
			return all
		})
		b := bench(t, path, nil)
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		x := show(t, 120, 40, b)
		x.press("tab", "[", "1", "[", "2")
		for _, k := range []string{"v", "tab", "tab", "tab", "esc", "s", "tab", "tab", "tab", "tab", "esc", "d", "esc"} {
			x.press(k)
		}
		x.quit()
		x.inert()
	})
}

// stored writes a session of n turns.
func stored(t testing.TB, path string, edit func(*sessions.Session), n int, answers func(turn int) []sessions.Answer) sessions.ID {
	t.Helper()
	store, err := sessions.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	now := time.Now()
	s := sessions.Session{ID: sessions.NewID(now), Title: "an old session", Kind: sessions.Chat, Created: now, Updated: now, Turns: n}
	edit(&s)
	for i := range n {
		s.Turns = i + 1 // each turn brings the session it belongs to
		turn := sessions.Turn{ID: i + 1, Parent: i, Text: fmt.Sprintf("Question %d of the session", i+1), Asked: now, Columns: s.Places}
		var kept []sessions.Kept
		for _, a := range answers(i + 1) {
			kept = append(kept, sessions.Kept{Session: s.ID, Turn: i + 1, Answer: a})
		}
		session := s
		if err := store.Save(sessions.Batch{Session: &session, Turn: &turn, Answers: kept}); err != nil {
			t.Fatal(err)
		}
	}
	return s.ID
}
