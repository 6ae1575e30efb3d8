package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

// askedBefore is an app whose store has a session of two columns and as many
// turns, asked blind or not.
func askedBefore(t *testing.T, turns int, blind bool) (a *app, id sessions.ID, stdout, stderr *bytes.Buffer) {
	t.Helper()
	a, _, stderr = bench(t)
	stdout = a.out.(*bytes.Buffer)
	store, err := sessions.Open(a.storePath())
	if err != nil {
		t.Fatal(err)
	}
	reg := providers.NewRegistry([]providers.Endpoint{{Name: "demo", API: "demo"}}, map[string]providers.Builder{"demo": demo.New}, nil)
	b := sessions.NewBench(reg, store)
	b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: "script:say=one"}})
	b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: "script:say=two"}})
	b.Blindly(blind)
	for range turns {
		run, err := b.Put(t.Context(), sessions.Question{Text: "which?"})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	id = b.Session().ID
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, id, stdout, stderr
}

func TestAnswersToBlindTurnsAreNotPrintedWhenTheyAreAskedAgain(t *testing.T) {
	for _, flag := range []string{"--json=true", "--json=false"} {
		a, id, stdout, stderr := askedBefore(t, 1, true)
		if code := a.run(t.Context(), []string{"sessions", "again", string(id), "-m", "demo/script:say=three", flag}); code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		if stdout.Len() > 0 || strings.Contains(stderr.String(), "three turn 1") || !strings.Contains(stderr.String(), "1 of the answers are to blind turns") {
			t.Errorf("printed %s, said %s", stdout, stderr)
		}
	}
}

// ender ends a context when something is written.
type ender struct {
	bytes.Buffer
	end func()
}

func (e *ender) Write(p []byte) (int, error) {
	e.end()
	return e.Buffer.Write(p)
}

func TestAskingAgainThatIsInterruptedGoesOnWhereItStopped(t *testing.T) {
	a, id, _, stderr := askedBefore(t, 3, false)
	a.errTerm = true
	again := []string{"sessions", "again", string(id), "-m", "demo/script:say=three,n=20"}
	ctx, cancel := context.WithCancelCause(t.Context())
	out := &ender{end: func() { cancel(interruption{os.Interrupt}) }}
	a.out = out
	if code := a.run(ctx, again); code != exitInterrupted {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if strings.Count(out.String(), "## turn") != 1 {
		t.Errorf("printed %s", out)
	}
	for _, w := range []string{"1 of 3 turns · turn 1 is being answered", "the same command goes on from there"} {
		if !strings.Contains(stderr.String(), w) {
			t.Errorf("it did not say %q: %s", w, stderr)
		}
	}
	rest := new(bytes.Buffer)
	a.out = rest
	stderr.Reset()
	if code := a.run(t.Context(), again); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if s := rest.String(); strings.Contains(s, "## turn 1") || !strings.Contains(s, "## turn 2") || !strings.Contains(s, "## turn 3") {
		t.Errorf("printed %s", s)
	}
	if !strings.Contains(stderr.String(), "2 answered, 0 not") {
		t.Errorf("it said %s", stderr)
	}
}
