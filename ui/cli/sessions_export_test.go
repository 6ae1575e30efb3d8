package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

// votedOn is an app whose store has a session with the tag pins and four turns:
// asked blind and revealed, asked blind and not revealed, open with a vote, and
// open without.
func votedOn(t *testing.T) (a *app, id string, stdout, stderr *bytes.Buffer) {
	t.Helper()
	a, _, stderr = bench(t)
	stdout = a.out.(*bytes.Buffer)
	store, err := sessions.Open(a.storePath())
	if err != nil {
		t.Fatal(err)
	}
	reg := providers.NewRegistry([]providers.Endpoint{{Name: "demo", API: "demo"}}, map[string]providers.Builder{"demo": demo.New}, nil)
	b := sessions.NewBench(reg, store)
	for _, say := range []string{"alpha", "beta"} {
		b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: "script:say=" + say}})
	}
	must := func(_ sessions.Turn, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, question := range []string{"first blind", "still blind", "voted", "unvoted"} {
		b.Blindly(i < 2)
		run, err := b.Put(t.Context(), sessions.Question{Text: question})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		switch i {
		case 0:
			must(b.Vote(1, "", 1))
			must(b.Reveal(1))
		case 1:
			must(b.Vote(2, "", 2))
		case 2:
			must(b.Vote(3, "", 2))
		}
	}
	s := b.Session()
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if store, err = sessions.Open(a.storePath()); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Tag([]sessions.ID{s.ID}, []string{"pins"}, nil); err != nil {
		t.Fatal(err)
	}
	return a, string(s.ID), stdout, stderr
}

func TestAnExportHasTheTurnsThatWereAskedFor(t *testing.T) {
	for _, tt := range []struct {
		args      []string
		questions string // of first blind, voted, unvoted
		said      string
	}{
		{nil, "first blind,voted,unvoted", "left out 1 blind turn that is not revealed"},
		{[]string{"--votes"}, "first blind,voted", "left out 1 turn that is not what --votes"},
		{[]string{"--blind"}, "first blind", "left out 2 turns that are not what --votes"},
		{[]string{"--votes", "--blind"}, "first blind", "left out 2 turns"},
	} {
		for _, format := range []string{"md", "html", "csv", "jsonl"} {
			a, id, stdout, stderr := votedOn(t)
			if code := a.run(t.Context(), append([]string{"sessions", "export", id, "--format", format}, tt.args...)); code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			for _, question := range []string{"first blind", "voted", "unvoted"} {
				has := strings.Contains(strings.ReplaceAll(stdout.String(), "where people voted", ""), question)
				want := strings.Contains(","+tt.questions+",", ","+question+",")
				if question == "voted" {
					continue // it is a part of the other's words
				}
				if has != want {
					t.Errorf("%s %v: the turn %q is there: %t", format, tt.args, question, has)
				}
			}
			if strings.Contains(stdout.String(), "still blind") && !strings.Contains(stdout.String(), "1 question is still blind") {
				t.Errorf("%s %v: the hidden turn left", format, tt.args)
			}
			if !strings.Contains(stderr.String(), tt.said) {
				t.Errorf("%s %v: said %q", format, tt.args, stderr)
			}
		}
	}
}

func TestVotesBecomeTrainingData(t *testing.T) {
	a, _, stdout, stderr := votedOn(t)
	if code := a.run(t.Context(), []string{"sessions", "export", "--tag", "pins", "--format", "preferences"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if got := strings.Count(stdout.String(), "\n"); got != 1 || !strings.Contains(stdout.String(), `"chosen":[{"role":"assistant","content":"alpha"}],"rejected":[{"role":"assistant","content":"beta"}]`) {
		t.Errorf("wrote %s", stdout)
	}
	for _, said := range []string{
		"wrote 1 example\n", "1 of them with answers of simulated models", "left out 1: blind turns that are not revealed",
		"left out 1: turns without a vote", "left out 1: pairs whose question or history is blind, still",
	} {
		if !strings.Contains(stderr.String(), said) {
			t.Errorf("did not say %q: %s", said, stderr)
		}
	}
}

// Who was quicker keeps what they wrote, and no draft stays behind.
func TestAFileThatAppearsMeanwhileIsNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.md")
	err := newFile(path, func(w io.Writer) error {
		if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := io.WriteString(w, "ours")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("err %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "theirs" {
		t.Errorf("it holds %q", got)
	}
	if all, _ := os.ReadDir(dir); len(all) != 1 {
		t.Errorf("%d files are there", len(all))
	}
}

func TestACapsuleIsNotWrittenToATerminal(t *testing.T) {
	f := furnished(t, furniture(t))
	f.does(t, "sessions import ~/other.json")
	export := func(words ...string) (string, int) {
		f.out.Reset()
		code := f.app.run(t.Context(), append([]string{"sessions", "export", "01KD"}, words...))
		return f.out.String(), code
	}
	f.app.outTerm = true
	if said, code := export("--format", "capsule"); code != exitUsage || !strings.Contains(said, "-O FILE, or > FILE") || strings.Contains(said, "PK") {
		t.Errorf("exit code %d: %q", code, said)
	}
	if said, code := export("--format", "capsule", "-O", filepath.Join(f.dir, "x.capsule")); code != 0 {
		t.Errorf("into a file: exit code %d: %s", code, said)
	}
	if said, code := export("--format", "csv"); code != 0 || !strings.HasPrefix(said, "session,") {
		t.Errorf("a text: exit code %d: %s", code, said)
	}
	f.app.outTerm = false
	if said, code := export("--format", "capsule"); code != 0 || !strings.HasPrefix(said, "PK") {
		t.Errorf("into a pipe: exit code %d: %.40q", code, said)
	}
}

// One ctrl+c ends a copy or a compaction, and nothing is left of it.
func TestAnInterruptionEndsABackupAndACompaction(t *testing.T) {
	for _, does := range []string{"backup", "compact"} {
		f := furnished(t, furniture(t))
		f.does(t, "sessions import ~/other.json")
		was, err := os.ReadDir(filepath.Join(f.dir, "juxta"))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(interruption{os.Interrupt})
		if code := f.app.run(ctx, []string{"sessions", does}); code != exitInterrupted {
			t.Errorf("%s: exit code %d", does, code)
		}
		if is, _ := os.ReadDir(filepath.Join(f.dir, "juxta")); len(is) != len(was) {
			t.Errorf("%s: there are %v, and were %v", does, is, was)
		}
	}
}
