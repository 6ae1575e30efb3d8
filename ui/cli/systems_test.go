package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// What depends on the system is a function of its name, so that this runs
// anywhere.
func TestEachSystemIsSpokenToInItsWay(t *testing.T) {
	wrote := func(number syscall.Errno) error { return &fs.PathError{Op: "write", Path: "|1", Err: number} }
	for _, test := range []struct {
		system string
		err    error
		unread bool
	}{
		{"linux", wrote(syscall.EPIPE), true},
		{"darwin", fmt.Errorf("printing: %w", wrote(syscall.EPIPE)), true},
		{"linux", wrote(syscall.ENOSPC), false},
		{"linux", wrote(109), false}, // some other error here
		{"windows", wrote(109), true},
		{"windows", wrote(232), true},
		{"windows", wrote(112), false}, // the disk is full
	} {
		if got := unread(test.system, test.err); got != test.unread {
			t.Errorf("%s: %v: unread %v", test.system, test.err, got)
		}
	}
	for system, want := range map[string][]string{
		"linux": {"sh", "-c", "pass show x"}, "darwin": {"sh", "-c", "pass show x"}, "windows": {"cmd", "/c", "pass show x"},
	} {
		if got := shellLine(system, "pass show x"); !slices.Equal(got, want) {
			t.Errorf("%s: %q", system, got)
		}
	}
	for _, test := range []struct {
		system, locale string
		want           bool
	}{{"linux", "de_DE.UTF-8", true}, {"darwin", "utf8", true}, {"linux", "C", false}, {"linux", "", false}, {"windows", "", true}} {
		if got := unicoded(test.system, test.locale); got != test.want {
			t.Errorf("%s in %q: %v", test.system, test.locale, got)
		}
	}
}

// What is no terminal is left as it is, and a key is not asked for there.
func TestWhatIsNoTerminalIsLeftAlone(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	obey(f)()
	if _, err := silence(f); err == nil {
		t.Error("a file does not show what is typed at it, and yet it was silenced")
	}
	if _, err := f.WriteString("still open"); err != nil {
		t.Error(err)
	}
	if terminal(f) {
		t.Error("a file is a terminal")
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if terminal(null) {
		t.Error("somebody sits at the null device")
	}
}

// In a pipe ctrl+c ends whoever writes, too: what had come is not all of it.
func TestWhatWasReadWhenSomebodyInterruptedIsNotUsed(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interruption{os.Interrupt})
	for range 50 { // both are ready, and a select takes either
		half, err := interruptibly(ctx, func() (string, error) { return "half a question", nil })
		if half != "" || !errors.As(err, new(interruption)) {
			t.Fatalf("%q, %v", half, err)
		}
	}
}
