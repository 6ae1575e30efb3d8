package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// A seat is a juxta on a terminal of its own.
type seat struct {
	t    *testing.T
	keys *os.File

	mu     sync.Mutex
	screen bytes.Buffer // all that was ever written there
}

// sit runs juxta on a new terminal, until the test ends.
func sit(t *testing.T, r *real, args ...string) *seat {
	t.Helper()
	return sitAt(t, r, 100, 30, args...)
}

func sitAt(t *testing.T, r *real, columns, rows uint16, args ...string) *seat {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("there are no terminals here: ", err)
	}
	var locked, number int32
	size := [4]uint16{rows, columns}
	for request, value := range map[uintptr]unsafe.Pointer{
		syscall.TIOCSPTLCK: unsafe.Pointer(&locked), syscall.TIOCGPTN: unsafe.Pointer(&number), syscall.TIOCSWINSZ: unsafe.Pointer(&size),
	} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, ours.Fd(), request, uintptr(value)); errno != 0 {
			t.Fatal(errno)
		}
	}
	theirs, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{t: t, keys: ours}
	c := exec.Command(r.path, args...)
	c.Env, c.Dir, c.Stdin, c.Stdout, c.Stderr = append(r.env, "TERM=xterm-256color"), r.home, theirs, theirs, theirs
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	read := make(chan struct{})
	go func() { // ends when the terminal has nobody left
		defer close(read)
		b := make([]byte, 1<<16)
		for {
			n, err := ours.Read(b)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.screen.Write(b[:n])
			s.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		s.press("\x03")
		late := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		late.Stop()
		_ = ours.Close()
		<-read
	})
	return s
}

func (s *seat) press(keys string) { _, _ = s.keys.WriteString(keys) }

// until waits for something to be there.
func (s *seat) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.t.Fatalf("no %s within a minute; the screen was sent %q", what, s.screen.String())
		}
	}
}

func (s *seat) shows(text string) {
	s.t.Helper()
	s.until(text, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return strings.Contains(s.screen.String(), text)
	})
}

func TestAPictureFromTheClipboardIsNamedRight(t *testing.T) {
	s := sees(t)
	programs := filepath.Join(s.home, "bin")
	picture := s.put("bin/picture", solid(t, "png", "green", 64, 64))
	s.put("bin/wl-paste", []byte("#!/bin/sh\ncase \"$*\" in *--list-types*) echo image/png;; *) exec cat '"+picture+"';; esac\n"))
	if err := os.Chmod(filepath.Join(programs, "wl-paste"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "PATH="+programs+":"+os.Getenv("PATH"), "WAYLAND_DISPLAY=wayland-0")
	at := sit(t, s.real, "-m", "ollama/tiny-vision", "-m", "ollama/tiny-llava")
	at.shows("❯")
	at.press("\x16") // ctrl+v
	at.shows("[Image #1]")
	at.shows("64×64")
	at.press("\r")
	var kept string
	at.until("answer", func() bool {
		var listed bytes.Buffer
		c := exec.Command(s.path, "sessions", "list", "--json")
		c.Env, c.Stdout = s.env, &listed
		_ = c.Run()
		_, id, _ := strings.Cut(listed.String(), `{"id":"`)
		id, _, _ = strings.Cut(id, `"`)
		kept, _ = s.run("sessions", "show", "--json", id)
		return strings.Count(kept, `"finish":"stop"`)+strings.Count(kept, `"finish":"error"`) == 2
	})
	if strings.Count(kept, `"text":"I see green"`) != 2 || !strings.Contains(kept, `"name":"clipboard`) {
		t.Errorf("kept: %s", kept)
	}
}
