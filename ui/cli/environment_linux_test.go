package cli

import (
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// evil are the sequences of [newSandbox]'s values, as they would act.
var evil = regexp.MustCompile("\x1b\\]52|\x1b\\[2Jevil|\x1b\\[31mevil|\u009b2J|\u009d0;|\u202e|\u2066|evil\r\n")

// The workbench on a terminal, too, says nothing of the environment that acts,
// ends in order and leaves the terminal as it was.
func TestNoEnvironmentHarmsTheWorkbench(t *testing.T) {
	times, err := strconv.Atoi(os.Getenv("JUXTA_ENVIRONMENTS"))
	if err != nil {
		t.Skip("skipped: it takes seconds, and JUXTA_ENVIRONMENTS is not set")
	}
	exe := install(t, "").path
	for i := range times/10 + 1 {
		b := newSandbox(t)
		env := b.around(rand.New(rand.NewPCG(uint64(i), 9)))
		person, terminal := pseudoTerminal(t)
		c := exec.Command(exe, "--local-only", "-m", quick, "-m", quick)
		c.Dir, c.Env = b.at, []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=" + b.root + "/none", "PATH=" + os.Getenv("PATH")}
		for name, value := range env {
			c.Env = append(c.Env, name+"="+value)
		}
		c.Stdin, c.Stdout, c.Stderr = terminal, terminal, terminal
		before, was := b.files(t), settingsOf(t, terminal)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		shown := make(chan string)
		go func() {
			var all strings.Builder
			buf := make([]byte, 32<<10)
			for asked, left := false, false; ; {
				n, err := person.Read(buf)
				all.Write(buf[:n])
				switch text := all.String(); {
				case err != nil:
					shown <- text
					return
				case !asked && strings.Contains(text, "nothing asked yet"):
					asked = true
					_, _ = io.WriteString(person, "hi\r")
				case asked && !left && strings.Contains(text, "Good"):
					left = true
					_, _ = io.WriteString(person, "\x03")
				}
			}
		}()
		late := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() })
		err := c.Wait()
		late.Stop()
		if settingsOf(t, terminal) != was {
			t.Errorf("%d, in %q: the terminal is left otherwise than it was", i, env)
		}
		_ = terminal.Close()
		_ = person.SetReadDeadline(time.Now())
		text := <-shown
		if code := c.ProcessState.ExitCode(); code < 0 || code > exitStore || strings.Contains(text, "goroutine ") || strings.Contains(text, "a fault of juxta's own is") {
			t.Errorf("%d, in %q: %v: %q", i, env, err, text[max(0, len(text)-2000):])
		}
		if acts := evil.FindString(text); acts != "" {
			t.Errorf("%d, in %q: %q reaches the terminal", i, env, acts)
		}
		for path := range b.files(t) {
			if !before[path] && !b.may(env, path) {
				t.Errorf("%d, in %q: %q was written", i, env, path)
			}
		}
	}
}

// settingsOf are those of a terminal, in stty's words.
func settingsOf(t *testing.T, terminal *os.File) string {
	t.Helper()
	c := exec.Command("stty", "-g")
	c.Stdin = terminal
	out, err := c.Output()
	if err != nil {
		t.Skipf("skipped: there is no stty here: %v", err)
	}
	return string(out)
}
