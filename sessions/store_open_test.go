package sessions

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestStoreIsForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	path := filepath.Join(t.TempDir(), "a", "b", "juxta.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]os.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(names) != 2 {
		t.Errorf("beside the store: %v, %v", names, err)
	}
}

func TestAStoreFoundThroughALinkIsTheSameStore(t *testing.T) {
	s := opened(t)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(s.Path(), link); err != nil {
		t.Skip(err)
	}
	other, err := Open(link)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	real, err := filepath.EvalSymlinks(s.Path())
	if err != nil || other.Path() != real {
		t.Errorf("path is %s, want %s; %v", other.Path(), real, err)
	}
}

func TestACallAfterCloseIsAnError(t *testing.T) {
	s := opened(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sessions(0); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}
