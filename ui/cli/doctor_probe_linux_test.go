package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The doctor asks the terminal in raw mode. However that ends, the shell that
// comes after it finds the terminal as it was, and nothing of the answers is typed
// at its prompt.
func TestTheDoctorLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	const end = "\x1b[?62;4c"
	exe := install(t, "").path
	for name, tt := range map[string]struct {
		answer string
		signal os.Signal
		code   int
		shown  string
	}{
		"it answers":                 {"\x1bP>|Kitty 9\x1b\\\x1b[?1u" + end + end, nil, 0, "Kitty 9"},
		"it never answers":           {"", nil, 0, "terminal"},
		"it acts":                    {"\x1bP>|x\x1b]52;c;ZXZpbA==\aevil\x1b\\\x1b]52;c;ZXZpbA==\a\x1b[2J\u009b2J\x1b[?1;2;3u\x1b[201~" + end + end, nil, 0, "terminal"},
		"it never ends":              {"\x1bP>|" + strings.Repeat("evil", 900), nil, 0, "terminal"},
		"somebody types":             {"rm -rf evil" + end + end, nil, 0, "terminal"},
		"ctrl+c is typed":            {"\x03", nil, exitInterrupted, ""},
		"it is told to end":          {"", os.Interrupt, exitInterrupted, ""},
		"ctrl+c comes among answers": {"\x1b[?1u\x03" + end, nil, exitInterrupted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			person, terminal := pseudoTerminal(t)
			was := settingsOf(t, terminal)
			r := install(t, "", "OLLAMA_HOST=127.0.0.1:9", "TERM=xterm-256color", "LANG=C.UTF-8")
			c := exec.Command(exe, "doctor", "--local-only")
			c.Env, c.Stdin, c.Stdout, c.Stderr = r.env, terminal, terminal, terminal
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			shown := make(chan string)
			go func() {
				var all bytes.Buffer
				buf := make([]byte, 4096)
				for answered := false; ; {
					n, err := person.Read(buf)
					all.Write(buf[:n])
					if err != nil {
						shown <- all.String()
						return
					}
					if !answered && bytes.Contains(all.Bytes(), []byte("\x1b[c")) {
						answered = true
						if tt.signal != nil {
							_ = c.Process.Signal(tt.signal)
						}
						_, _ = io.WriteString(person, tt.answer)
					}
				}
			}()
			late := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() })
			err := c.Wait()
			late.Stop()
			if now := settingsOf(t, terminal); now != was {
				t.Errorf("its settings were %s and are %s", was, now)
			}
			stty := exec.Command("stty", "-icanon", "-echo", "min", "0", "time", "0")
			stty.Stdin = terminal
			if err := stty.Run(); err != nil {
				t.Fatal(err)
			}
			typed := make([]byte, 4096)
			if n, _ := terminal.Read(typed); n > 0 {
				t.Errorf("the shell finds %q typed", typed[:n])
			}
			_ = terminal.Close()
			_ = person.SetReadDeadline(time.Now().Add(5 * time.Second)) // what was written is read first
			text := <-shown
			if code := c.ProcessState.ExitCode(); code != tt.code || !strings.Contains(text, tt.shown) {
				t.Errorf("%v, %q", err, text)
			}
			if strings.Contains(text, "^[") || strings.Contains(text, "\x1b]52") || strings.Contains(text, "\u009b") {
				t.Errorf("the answer is on the screen: %q", text)
			}
		})
	}
}
