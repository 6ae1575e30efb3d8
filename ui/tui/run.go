package tui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
	"juxta/ui/theme"
)

// Options are what the workbench is given.
type Options struct {
	// Open is called once the first frame is drawn. It opens the store and
	// picks the columns; its error ends the workbench and is Run's.
	Open func(ctx context.Context) (*sessions.Bench, error)

	Version string
	// Ollama is the command that gets Ollama here, or starts it; "" if nobody knows.
	// It reads the disk the first time.
	Ollama  func() string
	Missing []string // names of the key variables that were looked for and not found

	Log   *slog.Logger           // of commands, by their names in the configuration; it must not wait for a disk. nil for none
	Fault func(*providers.Panic) // told of every one that is caught, on any goroutine; it may use the disk. nil for nobody

	Catalogue Catalogue // of the lists of earlier starts
	Staying   Staying
	Presets   []sessions.Preset            // of the configuration
	Keys      *Keymap                      // nil for the usual keys
	Theme     *theme.Set                   // nil for the one that suits the terminal
	Themes    func() ([]*theme.Set, error) // the user's own; those that can't be read are its error; nil for none
	Machine   *verdict.Machine             // of local models, for the verdict; nil for the usual one
	Loader    prompts.Loader               // of what is attached
	Attach    []string                     // paths and URLs that are attached at the start

	Library    prompts.Library   // of prompts that are asked again
	Prompt     *prompts.Prompt   // that the composer begins with; nil for none
	Values     map[string]string // of its variables, as far as they are given; the others are asked for
	KeepSystem bool              // the columns' own system prompts stand, whatever the prompt says

	Browse bool   // begin with the list of sessions
	Within bool   // the columns need nobody outside the program: who has models is asked once somebody chooses one
	Export Export // of sessions, from that list
	Replay bool   // the bench plays a recorded session, see [sessions.NewReplay]

	Vote *Voting // nothing else is done; Open is not called then
}

// Staying says that juxta was told to stay on this machine. The zero value says
// that it was not.
type Staying struct {
	Reason  string   // what told it so: "--local-only"
	Refused []string // names of the providers that are therefore not asked
}

// fps is Bubble Tea's rate of painting; at 60 a key waits twice as long for
// its echo.
const fps = 120

// Run shows the workbench until the user quits or ctx ends. Whatever happens
// the terminal is restored, answers that still come are stopped and all is
// saved.
func Run(ctx context.Context, o Options) error { return newModel(ctx, o).show(ctx) }

// show is Run; a test's options say which terminal it is.
func (m *Model) show(ctx context.Context, terminal ...tea.ProgramOption) error {
	p := tea.NewProgram(m, append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithFPS(fps), tea.WithOutput(m.gauge), tea.WithFilter(m.gauge.filter),
	}, terminal...)...)
	m.send, m.pulse = p.Send, newPulse(p, fps)
	m.gauge.pulse = m.pulse
	_, err := p.Run()
	m.pulse.stop()
	if keep := m.opts.Catalogue.Keep; keep != nil && m.looking != nil && len(m.found) > 0 {
		keep(m.found) // whoever is still silent has told nothing that could be lost
	}
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	var unsaved error
	if m.bench != nil {
		unsaved = m.bench.Close(saving)
		if !m.fallen && !errors.Is(err, tea.ErrProgramPanic) { // else nobody has had the time to undo
			unsaved = errors.Join(unsaved, m.emptyBin())
		}
	}
	switch {
	case m.fallen && unsaved != nil:
		return fmt.Errorf("the screen failed, and not everything could be saved: %w", errors.Join(m.fatal, unsaved))
	case m.fallen:
		return fmt.Errorf("the screen failed and was closed; what was said is saved: %w", m.fatal)
	case m.fatal != nil:
		return m.fatal
	case errors.Is(err, tea.ErrProgramPanic) && unsaved != nil:
		return fmt.Errorf("the screen failed, and not everything could be saved: %w", errors.Join(err, unsaved))
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the screen failed and was closed; what was said is saved: %w", err)
	case unsaved != nil:
		return fmt.Errorf("not everything could be saved: %w", unsaved)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return err
}
