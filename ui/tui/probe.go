package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"juxta/sessions/plain"
	"juxta/ui/picture"
)

// patienceToProbe is how long a terminal may take to answer all questions.
const patienceToProbe = 150 * time.Millisecond

// A Terminal is what the workbench would find of the terminal.
type Terminal struct {
	Name          string // as it calls itself; "" if it does not say
	Width, Height int    // in cells; 0 if not known
	Keyboard      bool   // it tells keys apart by kitty's protocol
	Pictures      string // how they are drawn, in words
}

// Probe asks the terminal at the standard input and output, as the workbench
// does when it starts, and waits for its answers no longer than 150 ms. What is
// typed meanwhile is lost, but for ctrl+c: that is [ErrInterrupted].
func Probe(ctx context.Context) (Terminal, error) { return probe(ctx) }

// ErrInterrupted is the person's ctrl+c, which is no signal while the terminal
// hands over every key.
var ErrInterrupted = errors.New("interrupted")

// probe is Probe; a test's options say which terminal it is.
func probe(ctx context.Context, terminal ...tea.ProgramOption) (Terminal, error) {
	p := &prober{}
	program := tea.NewProgram(p, append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler()}, terminal...)...)
	if _, err := program.Run(); err != nil {
		return Terminal{}, fmt.Errorf("asking the terminal: %w", err)
	}
	if p.interrupted {
		return Terminal{}, ErrInterrupted
	}
	p.found.Pictures = map[picture.Mode]string{
		picture.Words: "words only", picture.Blocks256: "half blocks in 256 colours",
		picture.Blocks: "half blocks in true colour", picture.Kitty: "kitty's protocol",
	}[p.screen.mode()]
	return p.found, nil
}

// A prober is a program that only asks. Every terminal answers the question of
// what it is (DA1), and in order: what comes before that is all that comes.
type prober struct {
	screen screen
	found  Terminal
	ends   int // answers that mark the end and are still to come

	interrupted bool
}

// Init implements [tea.Model].
func (p *prober) Init() tea.Cmd {
	p.ends = 1
	return tea.Batch(
		tea.Raw(ansi.RequestNameVersion+ansi.RequestKittyKeyboard+ansi.RequestPrimaryDeviceAttributes),
		tea.Tick(patienceToProbe, func(time.Time) tea.Msg { return tea.QuitMsg{} }),
	)
}

// Update implements [tea.Model].
func (p *prober) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.found.Width, p.found.Height = msg.Width, msg.Height
	case tea.KeyboardEnhancementsMsg:
		p.found.Keyboard = true
	case tea.TerminalVersionMsg:
		p.found.Name = plain.Line(msg.Name)
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+c" {
			p.interrupted = true // an answer behind it must not make it an end like others
			return p, tea.Quit
		}
	case uv.PrimaryDeviceAttributesEvent:
		if p.ends--; p.ends <= 0 {
			return p, tea.Quit
		}
	}
	_, ask := p.screen.hear(msg)
	if ask == nil {
		return p, nil
	}
	p.ends++
	return p, tea.Sequence(ask, tea.Raw(ansi.RequestPrimaryDeviceAttributes))
}

// View implements [tea.Model]: nothing is drawn.
func (p *prober) View() tea.View { return tea.View{} }
