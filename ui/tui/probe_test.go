package tui

import (
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// A respondent is a terminal that answers what it is asked.
type respondent struct {
	says map[string]string
	in   *io.PipeWriter
	sent chan string
}

func (a *respondent) Write(p []byte) (int, error) {
	for asked := string(p); asked != ""; asked = asked[1:] {
		for question, answer := range a.says {
			if strings.HasPrefix(asked, question) {
				a.sent <- answer
			}
		}
	}
	return len(p), nil
}

func TestTheTerminalIsAskedWhatTheWorkbenchAsks(t *testing.T) {
	const name, keys, pictures, end = "\x1b[>q", "\x1b[?u", "\x1b_Gi=1", "\x1b[c"
	for what, tt := range map[string]struct {
		says map[string]string
		want Terminal
	}{
		"kitty": {
			map[string]string{name: "\x1bP>|kitty(0.40)\x1b\\", keys: "\x1b[?1u", pictures: "\x1b_Gi=1;OK\x1b\\", end: "\x1b[?62c"},
			Terminal{"kitty(0.40)", 80, 24, true, "kitty's protocol"},
		},
		"one that draws boxes": {
			map[string]string{name: "\x1bP>|WezTerm 1\x1b\\", keys: "\x1b[?0u", pictures: "\x1b_Gi=1;OK\x1b\\", end: "\x1b[?65c"},
			Terminal{"WezTerm 1", 80, 24, true, "half blocks in true colour"},
		},
		"one without a name":     {map[string]string{end: "\x1b[?6c", pictures: "\x1b_Gi=1;OK\x1b\\"}, Terminal{"", 80, 24, false, "half blocks in true colour"}},
		"one that never answers": {nil, Terminal{"", 80, 24, false, "half blocks in true colour"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r, w := io.Pipe()
			a := &respondent{tt.says, w, make(chan string, 99)}
			go func() {
				for s := range a.sent {
					_, _ = io.WriteString(w, s)
				}
			}()
			t.Cleanup(func() { close(a.sent); _ = w.Close() })
			got, err := probe(t.Context(), tea.WithInput(r), tea.WithOutput(a), tea.WithWindowSize(80, 24), tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestATerminalsNameIsOnlyAName(t *testing.T) {
	p := &prober{}
	p.Update(tea.TerminalVersionMsg{Name: "x\x1b[2J\x1b]52;c;eA==\a"})
	if strings.ContainsAny(p.found.Name, "\x1b\a") || !strings.HasPrefix(p.found.Name, "x") {
		t.Errorf("%q", p.found.Name)
	}
}
