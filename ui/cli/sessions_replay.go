package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/transfer"
	"juxta/ui/tui"
)

// replaying is the command sessions replay.
type replaying struct {
	*app
	speed float64
	text  bool
}

func (a *app) sessionsReplay() *cobra.Command {
	r := &replaying{app: a}
	c := &cobra.Command{
		Use: "replay SESSION|FILE", Short: "Play a session again as it was, offline", ValidArgsFunction: a.completeSessions,
		Long: `Play a session of the store, or of a file that juxta sessions import reads, as it
was: every answer comes in the pieces and at the times that were recorded, with the
figures of then. Nobody is asked, and nothing is saved. On the screen space pauses,
< and > change the speed, n goes on to the next turn and q ends it. In a pipe, or
with --text, it is text: at once, or with --speed in its time. With --json it is what
juxta ask --json prints: a line per answer, when all of its turn have ended.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("`juxta sessions list` shows which there are", "name one session or file")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return r.run(c.Context(), args[0], c.Flags().Changed("speed"))
		},
	}
	c.Flags().Float64Var(&r.speed, "speed", 1, "play `N` times as fast")
	c.Flags().BoolVar(&r.text, "text", false, "as text, also in a terminal")
	return c
}

func (r *replaying) run(ctx context.Context, what string, timed bool) error {
	if !(r.speed >= sessions.Slowest && r.speed <= sessions.Fastest) {
		return usage("1 is as it was, 4 four times as fast", "--speed is a number from %g to %d", sessions.Slowest, sessions.Fastest)
	}
	b, err := r.find(ctx, what)
	if err != nil {
		return err
	}
	conf, n, err := r.setup()
	if err != nil {
		return err
	}
	reg := n.registry(r.build.APIs, conf.prices)
	open := func() (*sessions.Bench, error) {
		bench, err := sessions.NewReplay(reg, b, sessions.NewPace(r.speed))
		switch {
		case err != nil && len(b.Session.Hidden) > 0:
			return nil, blindly(b.Session.ID)
		case err != nil:
			return nil, usage("`juxta sessions list` shows others", "replaying %s: %w", plain.Line(what), err)
		}
		return bench, nil
	}
	bench, err := open() // before the screen is taken
	if err != nil {
		return err
	}
	if r.text || r.json || !r.inTerm || !r.outTerm {
		return r.tell(ctx, bench, timed)
	}
	look, err := r.theme(conf)
	if err != nil {
		return err
	}
	return r.screen(ctx, tui.Options{
		Version: r.version(), Fault: r.fault, Keys: conf.keys, Theme: look, Themes: r.themes, Replay: true,
		Open: func(context.Context) (*sessions.Bench, error) { return bench, nil },
	})
}

// find reads the session of a file of that name, or else of the store.
func (r *replaying) find(ctx context.Context, what string) (b sessions.Bundle, err error) {
	if _, err := os.Stat(what); err == nil {
		b, n, err := transfer.First(ctx, what)
		var unreadable *transfer.Unreadable
		if errors.As(err, &unreadable) {
			return b, usage(unreadable.Advice(), "%w", err)
		}
		if err == nil && n > 1 {
			r.say("%s has %d sessions: this is the first; import it for the others", plain.Line(what), n)
		}
		return b, err
	}
	store, ids, err := r.several([]string{what})
	if err != nil {
		return b, err
	}
	defer store.Close()
	return store.Bundle(ids[0])
}

// tell plays everything as text.
func (r *replaying) tell(ctx context.Context, b *sessions.Bench, timed bool) error {
	for {
		run, err := b.Play(ctx)
		if errors.Is(err, sessions.ErrPlayed) {
			return nil
		}
		if err != nil {
			return err
		}
		if !timed {
			run.StopAll()
		}
		if r.json {
			err = r.printRecords(b, run)
		} else {
			err = r.page(b, run)
		}
		var m *mistake // that an answer failed then is no failure now
		if err != nil && (!errors.As(err, &m) || m.err != nil) {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if timed {
			if played, of, _ := b.Replays(); played < of {
				if err := b.Rest(ctx); err != nil {
					return err
				}
			}
		}
	}
}

// page plays a turn below its question.
func (r *replaying) page(b *sessions.Bench, run *sessions.Run) error {
	var head strings.Builder
	if run.Turn > 1 {
		head.WriteString("\n")
	}
	fmt.Fprintf(&head, "# %d. %s\n\n", run.Turn, run.Asked.Asked.Local().Format("2006-01-02 15:04:05"))
	for l := range strings.Lines(plain.Text(run.Asked.Text)) {
		fmt.Fprintf(&head, "> %s\n", strings.TrimRight(l, "\n"))
	}
	for _, f := range run.Asked.Files {
		fmt.Fprintf(&head, "> [%s]\n", plain.Line(kept(f)))
	}
	if _, err := fmt.Fprintln(r.out, head.String()); err != nil {
		return err
	}
	return newPrinter(r.app, b, run).print(run)
}
