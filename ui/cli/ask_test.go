package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// launch prepares a run of juxta as a process of its own, in a home of its own.
func launch(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Args = append([]string{"juxta"}, args...)
	home := t.TempDir()
	c.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	return c
}

func storeOf(t *testing.T, c *exec.Cmd) *sessions.Store {
	t.Helper()
	for _, e := range c.Env {
		if home, ok := strings.CutPrefix(e, "XDG_DATA_HOME="); ok {
			s, err := sessions.Open(filepath.Join(home, "juxta", "juxta.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	}
	t.Fatal("no home")
	return nil
}

// only is the one turn of the one session.
func only(t *testing.T, s *sessions.Store) sessions.Turn {
	t.Helper()
	all, err := s.Sessions(0)
	if err != nil || len(all) != 1 {
		t.Fatalf("sessions: %v, %v", all, err)
	}
	turns, err := s.Turns(all[0].ID, 0, 0)
	if err != nil || len(turns) != 1 {
		t.Fatalf("turns: %v, %v", turns, err)
	}
	return turns[0]
}

func TestASignalStopsTheAnswersAndKeepsWhatTheySaid(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			c := launch(t, "ask", "-m", "demo/script:text=long,tps=200", "-m", "demo/script:say=Hi,err=hang@1", "go on")
			var stderr bytes.Buffer
			c.Stderr = &stderr
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 200)
			seen := ""
			for !strings.Contains(seen, "simulated\n\n") || strings.HasSuffix(seen, "\n\n") { // some of the answer itself
				n, err := out.Read(b)
				if err != nil {
					t.Fatalf("%v after %q", err, seen)
				}
				seen += string(b[:n])
			}
			if err := c.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if sig == syscall.SIGHUP { // the system has said it, and the shell says it again
				go func() {
					for c.Process.Signal(sig) == nil {
						time.Sleep(100 * time.Microsecond)
					}
				}()
			}
			var rest bytes.Buffer
			_, _ = rest.ReadFrom(out)
			_ = c.Wait()
			if code := c.ProcessState.ExitCode(); code != exitInterrupted {
				t.Errorf("exit code %d; it said %s", code, &stderr)
			}
			said := seen + rest.String()
			turn := only(t, storeOf(t, c))
			if len(turn.Answers) != 2 || turn.Text != "go on" {
				t.Fatalf("saved: %+v", turn)
			}
			for _, a := range turn.Answers {
				silent := a.Text == "" && a.Column == 1 // the other one may not have begun
				if a.Finish != providers.Cancelled || silent || !strings.Contains(said, a.Text) {
					t.Errorf("column %d was saved as %q with %q, which was not all printed", a.Column, a.Finish, a.Text)
				}
			}
			if !strings.Contains(stderr.String(), "stopped") {
				t.Errorf("it said %s", &stderr)
			}
		})
	}
}

func TestAClosedPipeStopsTheAnswersAndKeepsWhatTheySaid(t *testing.T) {
	t.Parallel()
	c := launch(t, "ask", "-m", "demo/script:text=long,tps=2000", "go on")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if a := only(t, storeOf(t, c)).Answers[0]; a.Finish != providers.Cancelled || a.Text == "" {
		t.Errorf("saved as %q with %d bytes", a.Finish, len(a.Text))
	}
}

func TestAPipeThatNobodyReadsIsNoFailure(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"keys", "list"},
		{"keys", "list", "--json"},
		{"models", "list"},
		{"models", "list", "--json"},
		{"models", "show", "demo/sage"},
		{"sessions", "list"},
		{"doctor"},
		{"completion", "bash"},
		{"--version"},
		{"ask", "-m", "demo/script:say=hello", "hi"},
		{"ask", "--json", "-m", "demo/script:say=hello", "hi"},
	} {
		c := launch(t, args...)
		ours, theirs, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = ours.Close()
		var said bytes.Buffer
		c.Stdout, c.Stderr = theirs, &said
		err = c.Run()
		_ = theirs.Close()
		if err != nil || strings.Contains(said.String(), "pipe") || strings.Contains(said.String(), "juxta:") {
			t.Errorf("%q: %v: %s", args, err, &said)
		}
		if args[0] == "ask" {
			if a := only(t, storeOf(t, c)).Answers[0]; a.Finish != providers.Finished || a.Text != "hello" {
				t.Errorf("%q: saved as %q: %q", args, a.Finish, a.Text)
			}
		}
	}
	c := launch(t, "ask", "-m", "demo/script:nonsense", "hi") // an answer that fails still fails
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	_ = c.Run()
	if code := c.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("a failed answer: exit code %d", code)
	}
}

func TestAnInterruptionWhileTheQuestionIsReadEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	a, _, _ := bench(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	a.in, a.inTerm = r, false
	cancel(interruption{os.Interrupt})
	if code := a.run(ctx, []string{"ask", "-m", "demo/swift"}); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
}
