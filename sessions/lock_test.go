package sessions

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// childRole makes the test binary one more process at the same store.
const childRole = "JUXTA_STORE_TEST_ROLE"

// child starts this binary again, to play a role in TestStoreChild.
func child(t testing.TB, role, path string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := childCommand(exe, role, path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, bufio.NewReader(out)
}

func childCommand(exe, role, path string) *exec.Cmd {
	cmd := exec.Command(exe, "-test.run=^TestStoreChild$", "-test.v=false")
	cmd.Env = append(os.Environ(), childRole+"="+role, "JUXTA_STORE_TEST_PATH="+path)
	return cmd
}

// said is the child's next line.
func said(t testing.TB, out *bufio.Reader) string {
	t.Helper()
	line, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// TestStoreChild is the other process of the tests around it.
func TestStoreChild(t *testing.T) {
	path := os.Getenv("JUXTA_STORE_TEST_PATH")
	switch role, rest, _ := strings.Cut(os.Getenv(childRole), " "); role {
	case "write":
		childWrites(t, path)
	case "hold":
		childHolds(t, path)
	case "stream":
		childStreams(t, path)
	case "ahead":
		childSavesAhead(t, path)
	case "attach":
		childAttaches(t, path)
	case "read":
		childOpens(path)
	case "full":
		childFillsUp(t, path)
	case "upgrade":
		childUpgrades(t, path)
	case "compact":
		childCompacts(t, path)
	case "examine":
		childExamines(path)
	case "cramped":
		childIsCramped(t, path)
	case "deeds":
		childDeeds(t, path, rest)
	case "rush":
		childRushes(t, path, rest)
	default:
		t.Skip("run by the tests that need a second process")
	}
}

const childBatches = 100

func childWrites(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ses, batches := asked(time.Now(), childBatches)
	for _, b := range batches {
		if err := s.Save(b); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println(ses.ID)
}

func childHolds(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.view("holding", func(*bolt.Tx) error {
		fmt.Println("held")
		time.Sleep(time.Hour) // until the parent kills it
		return nil
	})
}

// childStreams saves longer and longer answers and tells the length of each
// after its commit.
func childStreams(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ses, batches := asked(time.Now(), 1)
	saved(t, s, batches...)
	fmt.Println(ses.ID)
	a := &batches[1].Answers[0].Answer
	a.Finish = ""
	for n := 1; ; n++ {
		a.Text = strings.Repeat("word ", n)
		saved(t, s, Batch{Answers: batches[1].Answers})
		fmt.Println(n)
	}
}

func childOpens(path string) {
	if s, err := Open(path); err != nil {
		fmt.Printf("%T %v\n", err, err)
	} else {
		fmt.Println("opened", s.Close())
	}
}

// childRushes reads or saves as fast as it can.
func childRushes(t *testing.T, path, what string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s.SetPatience(time.Minute)
	ses, batches := asked(time.Now(), 1)
	saved(t, s, batches...)
	fmt.Println("going")
	for {
		if what == "reading" {
			_, err = s.Turns(ses.ID, 0, 0)
		} else {
			err = s.Save(Batch{Session: &ses})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestProcessesThatSaveAtOnceLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db") // made by whoever comes first
	var outs []*bufio.Reader
	for range 2 {
		_, out := child(t, "write", path)
		outs = append(outs, out)
	}
	var ids []ID
	for _, out := range outs {
		ids = append(ids, ID(said(t, out)))
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, id := range ids {
		turns, err := s.Turns(id, 0, 0)
		if err != nil || len(turns) != childBatches {
			t.Fatalf("%d turns of %s, %v", len(turns), id, err)
		}
		for _, turn := range turns {
			if len(turn.Answers) != 2 {
				t.Errorf("turn %d has %d answers", turn.ID, len(turn.Answers))
			}
		}
	}
}

func TestGoroutinesThatSaveAtOnceLoseNothing(t *testing.T) {
	s := opened(t)
	var wg sync.WaitGroup
	ids := make([]ID, 8)
	for i := range ids {
		wg.Go(func() {
			ses, batches := asked(time.Now(), 10)
			ids[i] = ses.ID
			for _, b := range batches {
				if err := s.Save(b); err != nil {
					t.Error(err)
				}
				if _, err := s.Sessions(1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if turns, err := s.Turns(id, 0, 0); err != nil || len(turns) != 10 {
			t.Errorf("%d turns, %v", len(turns), err)
		}
	}
}

func TestAHeldStoreTellsWhoHoldsIt(t *testing.T) {
	s := opened(t)
	cmd, out := child(t, "hold", s.Path())
	said(t, out)
	s.SetPatience(20 * time.Millisecond)
	ses, _ := asked(time.Now(), 0)
	err := s.Save(Batch{Session: &ses})
	var held *HeldError
	if !errors.As(err, &held) {
		t.Fatalf("got %v", err)
	}
	if held.Pid != cmd.Process.Pid || held.Command != filepath.Base(cmd.Path) || held.Waited < 20*time.Millisecond {
		t.Errorf("held is %+v, the child %d", held, cmd.Process.Pid)
	}
	if want := "the store is held by " + filepath.Base(cmd.Path) + " (process " + strconv.Itoa(cmd.Process.Pid) + ")"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("message is %q", err)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.SetPatience(10 * time.Second)
	if err := s.Save(Batch{Session: &ses}); err != nil {
		t.Errorf("after the holder's end: %v", err)
	}
}

func TestAProcessThatNeverPausesLetsOthersIn(t *testing.T) {
	for _, what := range []string{"reading", "saving"} {
		t.Run(what, func(t *testing.T) {
			s := opened(t)
			_, out := child(t, "rush "+what, s.Path())
			said(t, out)
			var worst time.Duration
			for range 20 {
				start := time.Now()
				ses, _ := asked(start, 0)
				saved(t, s, Batch{Session: &ses})
				worst = max(worst, time.Since(start))
			}
			t.Log("waited at most", worst)
		})
	}
}

func TestAKilledProcessLosesNothingThatWasCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	for round := range 5 {
		cmd, out := child(t, "stream", path)
		id := ID(said(t, out))
		for range 10 + round {
			said(t, out)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		told := 10 + round
		for { // what it told before it died
			line, err := out.ReadString('\n')
			if err != nil {
				break
			}
			if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
				told = n
			}
		}
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		turns, err := s.Turns(id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		a := turns[0].Answers[0]
		if n := len(a.Text) / len("word "); n < told || n > told+1 || a.Finish != "" {
			t.Errorf("it told of %d words, there are %d; finish %q", told, n, a.Finish)
		}
		err = s.view("checking", func(tx *bolt.Tx) error {
			for err := range tx.Check() {
				t.Error(err)
			}
			return nil
		})
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALockFileRemovedByHandStillKeepsProcessesApart(t *testing.T) {
	one := opened(t)
	if err := os.Remove(one.Path() + ".lock"); err != nil {
		t.Skip("this system keeps open files:", err)
	}
	two, err := Open(one.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	two.SetPatience(10 * time.Millisecond)
	err = one.view("holding", func(*bolt.Tx) error {
		_, err := two.Sessions(1)
		return err
	})
	var held *HeldError
	if !errors.As(err, &held) || held.Pid != os.Getpid() {
		t.Errorf("both had it: %v", err)
	}
}

func TestTheHolderIsNamedWithoutAnybodysText(t *testing.T) {
	was := os.Args
	defer func() { os.Args = was }()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"/usr/bin/juxta"}, "juxta"},
		{[]string{"juxta", "ask", "my secret question"}, "juxta ask"},
		{[]string{"juxta", "-s", "my secret prompt"}, "juxta"},
		{[]string{"juxta", "Tell me"}, "juxta"},
	} {
		os.Args = tt.args
		l := lock{path: filepath.Join(t.TempDir(), "x.lock")}
		err := l.hold(0, func() error {
			if pid, command := l.holder(); pid != os.Getpid() || command != tt.want {
				t.Errorf("%q is named %d %q", tt.args, pid, command)
			}
			return nil
		})
		if err := errors.Join(err, l.close()); err != nil {
			t.Error(err)
		}
	}

	os.Args = []string{strings.Repeat("é\x1b", 200)}
	if b := holderRecord(); len(b) != holderLen {
		t.Errorf("the record has %d bytes", len(b))
	}
}

func TestALinkInTheLocksPlaceIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	theirs := filepath.Join(dir, "theirs")
	if err := os.WriteFile(theirs, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "db")
	if err := os.Symlink(theirs, path+".lock"); err != nil || noFollow == 0 {
		t.Skip("skipped: links are nothing here: ", err)
	}
	s, err := Open(path)
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "is a link, and is not followed: remove it") {
		t.Errorf("opening the store: %v", err)
	}
	if got, _ := os.ReadFile(theirs); string(got) != "precious" {
		t.Errorf("what it leads to holds %q", got)
	}
}
