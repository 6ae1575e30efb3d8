package tui

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
)

// broken is an overlay that panics.
type broken struct{ inKey, inView bool }

func (o broken) key(tea.KeyPressMsg) (action, tea.Cmd) {
	if o.inKey {
		panic("a fault in a component")
	}
	return nil, nil
}
func (broken) paste(string) {}
func (o broken) view(int, int) string {
	if o.inView {
		panic("a fault in a component")
	}
	return "broken"
}
func (broken) cursor() *tea.Cursor { return nil }
func (broken) restyle()            {}

// restored fails unless the terminal is as it was before.
func (x *terminal) restored() {
	x.t.Helper()
	raw := x.bytes()
	for on, off := range map[string]string{
		"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?2004h": "\x1b[?2004l", "\x1b[?1002h": "\x1b[?1002l", "\x1b[?1006h": "\x1b[?1006l",
	} {
		if strings.LastIndex(raw, on) > strings.LastIndex(raw, off) {
			x.t.Errorf("%q is not undone at the end", on)
		}
	}
}

func TestAPanicRestoresTheTerminalAndSavesTheSession(t *testing.T) {
	stderr := os.Stderr
	said, err := os.Create(t.TempDir() + "/stderr")
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = said
	defer func() {
		os.Stderr = stderr
		if b, err := os.ReadFile(said.Name()); err != nil || len(b) > 0 {
			t.Errorf("%v, where the screen was is written:\n%s", err, b)
		}
		_ = said.Close()
	}()
	bad := func() tea.Msg { panic("a fault") }
	fine := func() tea.Msg { return nil }
	for name, fail := range map[string]func(x *terminal){
		"Update": func(x *terminal) { x.m.send(action(func(*Model) tea.Cmd { panic("a fault") })) },
		"a key": func(x *terminal) {
			see(x, func(m *Model) bool { m.push(broken{inKey: true}); return true })
			_, _ = x.keys.Write([]byte("x"))
		},
		"View": func(x *terminal) {
			x.m.send(action(func(m *Model) tea.Cmd { m.push(broken{inView: true}); return nil }))
		},
		"command": func(x *terminal) {
			x.m.send(action(func(*Model) tea.Cmd { return bad }))
		},
		"one of several": func(x *terminal) {
			x.m.send(action(func(*Model) tea.Cmd { return tea.Batch(fine, tea.Sequence(fine, tea.Batch(fine, bad))) }))
		},
		"goroutine": func(x *terminal) { x.m.spawn(func() { panic("a fault") }) },
		"a cell": func(x *terminal) {
			x.m.send(action(func(m *Model) tea.Cmd {
				m.tr.turns[0].cells[sessions.Pick{Column: 1, Take: 1}].doc = nil
				m.look.thoughts = true
				return nil
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/juxta.db"
			synctest.Test(t, func(t *testing.T) {
				x := show(t, 120, 30, bench(t, path, []string{"script:ttft=100,tps=10,n=300", "script:say=done"}))
				x.ask("keep me", 2*time.Second)
				fail(x)
				err := x.ended()
				var fault *providers.Panic
				if !errors.As(err, &fault) || !strings.Contains(fault.Stack, "ui/tui") || !strings.Contains(err.Error(), "what was said is saved") {
					t.Errorf("Run returns %v", err)
				}
				x.restored()
			})
			_, as := answers(t, path)
			if as[0].Finish != providers.Cancelled || len(as[0].Text) < 40 || as[1].Text != "done" {
				t.Errorf("saved: %q %q, %q", as[0].Finish, as[0].Text, as[1].Text)
			}
		})
	}
}

func TestACancelledContextSavesAndRestores(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:ttft=100,tps=10,n=300", "script:say=done"}))
		x.ask("keep me", 2*time.Second)
		x.end() // as SIGTERM and SIGHUP do
		if err := x.ended(); !errors.Is(err, context.Canceled) {
			t.Errorf("Run returns %v", err)
		}
		x.restored()
	})
	_, as := answers(t, path)
	if as[0].Finish != providers.Cancelled || len(as[0].Text) < 40 || as[1].Text != "done" {
		t.Errorf("saved: %q %q, %q", as[0].Finish, as[0].Text, as[1].Text)
	}
}

func TestAStoreThatDoesNotOpenEndsTheWorkbench(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shut := errors.New("the store is held by another juxta")
		x := start(t, 80, 24, Options{Open: func(context.Context) (*sessions.Bench, error) { return nil, shut }})
		if err := x.ended(); !errors.Is(err, shut) {
			t.Errorf("Run returns %v", err)
		}
		x.restored()
	})
}

func TestTroubleWithSavingIsSaidAndGoesAway(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:ttft=100,tps=10,n=60", "script:say=done"}))
		x.ask("first", 10*time.Second)
		if err := os.Rename(path, dir+"/away"); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		x.ask("second", 3*time.Second)
		want(t, x.line(-1), "not saved, but kept here and tried again: ")
		want(t, x.press("typing goes on"), "❯ typing goes on")
		want(t, x.now(), "│ done") // the answer is here all the same
		want(t, x.after(10*time.Second), "not saved yet", "60 tok")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir+"/away", path); err != nil {
			t.Fatal(err)
		}
		x.after(5 * time.Second)
		lacks(t, x.line(-1), "not saved")
		want(t, x.line(-1), "enter send")
		lacks(t, x.now(), "not saved yet")
		x.quit()
	})
	s, as := answers(t, path)
	if s.Turns != 2 || as[0].Finish != providers.Finished || as[1].Text != "done" {
		t.Errorf("%d turns, %q", s.Turns, as[0].Finish)
	}
}
