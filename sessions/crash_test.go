package sessions

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

const crashPath = "JUXTA_CRASH_TEST_PATH"

// TestCrashChild is the process that TestAKillLosesASecondOfTextAtMost kills.
// It says when it has asked, and how much it has heard.
func TestCrashChild(t *testing.T) {
	path := os.Getenv(crashPath)
	if path == "" {
		t.Skip("it is a part of TestAKillLosesASecondOfTextAtMost")
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b := bench(t, s, []string{"demo/script:say=done", "demo/script:tps=100,n=9000", "here/script:tps=50,think=9000", "here/script:n=1"})
	r, err := b.Put(context.Background(), Question{Text: "what was asked"})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(b.Session().ID)
	heard := map[int]int{}
	for news := range r.All() {
		for _, n := range news {
			heard[n.Column] += len(n.Text) + len(n.Thoughts)
		}
		fmt.Println(heard[2], heard[3])
	}
}

// A process is killed: nothing but real time will do.
func TestAKillLosesASecondOfTextAtMost(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "juxta.db")
	cmd := exec.Command(exe, "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	id := ID(lines.Text())
	time.AfterFunc(2*time.Second, func() { _ = cmd.Process.Kill() })
	var answer, thoughts int
	for lines.Scan() {
		_, _ = fmt.Sscan(lines.Text(), &answer, &thoughts)
	}
	_ = cmd.Wait()

	s, err := Open(path)
	if err != nil {
		t.Fatal("the next start: ", err)
	}
	defer s.Close()
	ses, turns := keptSession(t, s, id)
	if ses.Turns != 1 || len(turns) != 1 || turns[0].Text != "what was asked" || len(turns[0].Answers) != 4 {
		t.Fatalf("%+v, %+v", ses, turns)
	}
	a := turns[0].Answers
	want(t, "the finished one", string(a[0].Finish)+" "+a[0].Text, "stop done")
	for i, unfinished := range a[1:] {
		want(t, fmt.Sprintf("finish of column %d", i+2), unfinished.Finish, "")
		want(t, "usage is estimated", unfinished.Usage.Estimated, true)
	}
	// A busy machine is given half a second for the commit.
	if kept := len(a[1].Text); kept > answer+40 || kept < answer-4*150 {
		t.Errorf("%d bytes of the answer were heard and %d kept", answer, kept)
	}
	if kept := len(a[2].Thoughts); kept > thoughts+40 || kept < thoughts-4*75 {
		t.Errorf("%d bytes of thoughts were heard and %d kept", thoughts, kept)
	}
	if answer < 4*150 || strings.TrimSpace(a[3].Text) != "" {
		t.Errorf("heard %d bytes; the one in line has %q", answer, a[3].Text)
	}

	// What a kill cut short is counted when the session is opened, once: that of
	// the local models costs nothing.
	want(t, "answers at a cost that is not known", ses.Unpriced, 1)
	for range 2 {
		b := bench(t, s, nil)
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		want(t, "with the one that was cut", b.Session().Unpriced, 2)
	}

	// What was said is told when the session goes on.
	b := bench(t, s, nil)
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	b.SetModel(2, providers.Ref{Provider: "demo", Model: echo})
	b.Remove(3)
	want(t, "told", told(t, b, "next", 2)[0], "user: what was asked\nassistant: "+a[1].Text+"\nuser: next\n")
}
