//go:build unix

package sessions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childFillsUp may make no file longer than the store is, which is what a full
// disk looks like.
func childFillsUp(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	all := limit
	limit.Cur = uint64(info.Size())
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	ses, batches := asked(time.Now(), 1)
	batches[1].Answers[0].Answer.Text = strings.Repeat("word ", 1<<20)
	err = s.Save(batches...)
	var se *StoreError
	fmt.Println(errors.As(err, &se) && errors.Is(err, errFull) && strings.Contains(se.Hint, "free some space"), err)
	_, err = s.Session(ses.ID)
	fmt.Println(errors.Is(err, ErrNotFound), err)
	_, err = Open(filepath.Join(filepath.Dir(path), "other.db"))
	fmt.Println(err == nil || errors.Is(err, errFull), err)
	_, pictured := filed(time.Now(), blob("large.png", 1, 6_000_000))
	err = s.Save(pictured)
	fmt.Println(errors.As(err, &se) && errors.Is(err, errFull), err)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &all); err != nil {
		t.Fatal(err)
	}
	err = s.Save(batches...)
	fmt.Println(err == nil, err)
	err = s.Save(pictured)
	data, lost := s.file(pictured.Turn.Files[0].SHA256)
	fmt.Println(err == nil && lost == nil && len(data) == 6_000_000, err, lost)
}

func TestAFullDiskLosesNothingAndIsOvercome(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 10)
	saved(t, s, batches...)
	_, out := child(t, "full", s.Path())
	for _, what := range []string{"the full disk's error", "nothing of what failed", "another store", "a large file", "saving with room again", "the file with room again"} {
		if line := said(t, out); !strings.HasPrefix(line, "true") {
			t.Errorf("%s: %s", what, line)
		} else {
			t.Log(line)
		}
	}
	if turns, err := s.Turns(ses.ID, 0, 0); err != nil || len(turns) != 10 {
		t.Errorf("afterwards: %d turns, %v", len(turns), err)
	}
}

func TestWhatMayNotBeWrittenSaysSo(t *testing.T) {
	for _, tt := range []struct {
		name         string
		folder, file os.FileMode
	}{
		{"a folder for reading", 0o555, 0},
		{"a file for reading", 0o777, 0o444},
		{"a file of somebody else's", 0o777, 0o600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			path := filepath.Join(dir, "juxta.db")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if tt.file != 0 {
				s, err := Open(path)
				if err != nil {
					t.Fatal(err)
				}
				_ = s.Close()
				_ = os.Remove(path + ".lock")
				if err := os.Chmod(path, tt.file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, tt.folder); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
			line := openedByNobody(t, path)
			if !strings.HasPrefix(line, "*sessions.StoreError opening "+path+": ") || !strings.Contains(line, "permission denied") {
				t.Error(line)
			}
		})
	}
}

// openedByNobody opens the store in a process without root's rights.
func openedByNobody(t *testing.T, path string) string { return saidByNobody(t, "read", path) }

// saidByNobody is the first line of a process without root's rights.
func saidByNobody(t *testing.T, role, path string) string {
	if os.Getuid() != 0 {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm() == 0o600 {
			t.Skip("only root can make a file that is somebody else's")
		}
		_, out := child(t, role, path)
		return said(t, out)
	}
	for dir := filepath.Dir(filepath.Dir(path)); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		_ = os.Chmod(dir, 0o755)
	}
	cmd := childCommand("/proc/self/exe", role, path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Dir = "/"
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		t.Skip("root can't start a process without its rights here:", err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

func TestWhatCanBeNoStoreIsAnErrorAndLeavesNothingBehind(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"a pipe":                    func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link to itself":          func(path string) error { return os.Symlink(path, path) },
		"a link to a device":        func(path string) error { return os.Symlink("/dev/zero", path) },
		"a link to no device":       func(path string) error { return os.Symlink("/dev/null", path) },
		"a link that leads nowhere": func(path string) error { return os.Symlink(path+".gone", path) },
		"a link to a folder":        func(path string) error { return os.Symlink(os.TempDir(), path) },
		"a text":                    func(path string) error { return os.WriteFile(path, []byte("dear diary"), 0o600) },
		"a long text": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("dear diary\n", 5000)), 0o600)
		},
	} {
		path := filepath.Join(t.TempDir(), "juxta.db")
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		storeFault(t, name+": opening", err)
		t.Log(name, ": ", err)
		h, err := Examine(context.Background(), path)
		if err != nil {
			storeFault(t, name+": examining", err)
		} else if h.Wrong == 0 {
			t.Errorf("%s: nothing is wrong with it", name)
		}
		_, err = Repair(t.Context(), path, path+".new")
		storeFault(t, name+": repairing", err)
		entries, err := os.ReadDir(filepath.Dir(path))
		for _, e := range entries {
			if e.Name() != "juxta.db" && e.Name() != "juxta.db.lock" {
				t.Errorf("%s: %s was left, %v", name, e.Name(), err)
			}
		}
	}
	for _, name := range []string{"/dev/null.lock", "/dev/zero.lock"} {
		if _, err := os.Lstat(name); err == nil {
			t.Error(name, " was made")
		}
	}
}

// childExamines says what it finds of a store that it may not lock.
func childExamines(path string) {
	h, err := Examine(context.Background(), path)
	fmt.Println(h.Sessions, h.Wrong, err)
}

func TestTheDoctorNeedsNoRightToWrite(t *testing.T) {
	s := lived(t)
	list, err := s.Sessions(0)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(s.Path())
	if err := os.Remove(s.Path() + ".lock"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(s.Path(), 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	want(t, "found", saidByNobody(t, "examine", s.Path()), fmt.Sprint(len(list), " 0 <nil>"))
}

// childIsCramped may make no file longer than a few pages, and tries everything
// that makes one.
func childIsCramped(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	old, _ := oldStore(t, 1)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = 40_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, do := range map[string]func() error{
		"copying":    func() error { _, err := s.Backup(t.Context(), filepath.Join(dir, "copy.db")); return err },
		"compacting": func() error { _, _, err := s.Compact(t.Context()); return err },
		"repairing":  func() error { _, err := Repair(context.Background(), path, filepath.Join(dir, "new.db")); return err },
		"upgrading":  func() error { _, err := Open(old); return err },
	} {
		err := do()
		var se *StoreError
		fmt.Println(errors.As(err, &se) && errors.Is(err, errFull) && strings.Contains(se.Hint, "free some space"), name, err)
	}
	left, err := os.ReadDir(dir)
	fmt.Println(len(left) == 0 && err == nil, "left behind:", left, err)
	left, err = os.ReadDir(filepath.Dir(old))
	fmt.Println(len(left) == 2 && err == nil, "left behind by the upgrade:", left, err)
}

func TestAFullDiskLeavesTheStoreAndNoHalfOfAnother(t *testing.T) {
	s := lived(t)
	was, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	_, out := child(t, "cramped", s.Path())
	for range 6 {
		if line := said(t, out); !strings.HasPrefix(line, "true") {
			t.Error(line)
		}
	}
	now, err := os.ReadFile(s.Path())
	want(t, "the store is as it was", err == nil && string(now) == string(was), true)
	entries, _ := os.ReadDir(filepath.Dir(s.Path()))
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".new") {
			t.Error(e.Name(), " was left")
		}
	}
}
