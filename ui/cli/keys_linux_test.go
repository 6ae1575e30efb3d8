package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pseudoTerminal is a terminal and the end at which a person sits.
func pseudoTerminal(t *testing.T) (person, terminal *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("this system has no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	raw, err := person.SyscallConn() // Fd would take its deadlines away
	if err != nil {
		t.Fatal(err)
	}
	var number, unlocked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlocked} {
		var errno syscall.Errno
		err := raw.Control(func(fd uintptr) {
			_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(value)))
		})
		if err != nil || errno != 0 {
			t.Fatal(err, errno)
		}
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return person, terminal
}

func TestAKeyIsTypedUnseen(t *testing.T) {
	person, terminal := pseudoTerminal(t)
	before := settingsOf(t, terminal)
	for name, end := range map[string]func(*exec.Cmd) error{
		"typed":       func(*exec.Cmd) error { _, err := io.WriteString(person, "gsk_hush_0123456789\n"); return err },
		"interrupted": func(c *exec.Cmd) error { return c.Process.Signal(os.Interrupt) },
	} {
		c := launch(t, "keys", "set", "groq")
		c.Args[0] = "juxta-keyring"
		c.Stdin = terminal
		stderr, err := c.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, 200)
		n, err := stderr.Read(said)
		if err != nil || !strings.HasPrefix(string(said[:n]), "key of groq for https://api.groq.com (not shown): ") {
			t.Fatalf("%s: it asks %q, %v", name, said[:n], err)
		}
		if err := end(c); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(stderr)
		_ = c.Wait()
		want := map[string]int{"typed": 0, "interrupted": exitInterrupted}[name]
		if code := c.ProcessState.ExitCode(); code != want || bytes.Contains(rest, []byte("hush")) {
			t.Errorf("%s: exit code %d: %s", name, code, rest)
		}
		if settingsOf(t, terminal) != before {
			t.Errorf("%s: the terminal is left otherwise than it was", name)
		}
	}
	if err := person.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Skip("what the terminal shows can't be read: ", err)
	}
	shown, _ := io.ReadAll(person)
	if bytes.Contains(shown, []byte("hush")) {
		t.Errorf("it was shown: %q", shown)
	}
}
