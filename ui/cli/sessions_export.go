package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/transfer"
	"juxta/ui/tui"
)

func (a *app) sessionsExport() *cobra.Command {
	format, to := "", ""
	c := &cobra.Command{
		Use: "export SESSION...", Short: "Write sessions for another program, or another juxta", Args: some("SESSION"), ValidArgsFunction: a.completeSessions,
		Long: `Write sessions to a file:

  json     all that juxta has of them, without loss, a session a line
  capsule  the same as one file that proves to be whole, see juxta sessions verify

juxta sessions import reads both. A session with blind turns that are not revealed
does not leave: what leaves says who answered. A file that is there is not written
over.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.exportSessions(args, format, to) },
	}
	c.Flags().StringVar(&format, "format", "json", "`json` or capsule")
	c.Flags().StringVarP(&to, "output", "O", "", "write to `FILE` instead of the standard output")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"json", "capsule"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) exportSessions(prefixes []string, format, to string) error {
	if format != "json" && format != "capsule" {
		return usage("", "--format is json or capsule, not %q", format)
	}
	store, ids, err := a.several(prefixes)
	if err != nil {
		return err
	}
	defer store.Close()
	for _, id := range ids {
		s, err := store.Session(id)
		if err != nil {
			return err
		}
		if len(s.Hidden) > 0 {
			return usage("vote on them and reveal them first: juxta -c "+string(id), "session %s: %w", id, transfer.ErrHidden)
		}
	}
	root := ""
	write := func(w io.Writer) (err error) {
		if format == "capsule" {
			root, err = transfer.WriteCapsule(w, bundles(store, ids))
			return err
		}
		for b, err := range bundles(store, ids) {
			if err == nil {
				err = transfer.WriteJSON(w, b)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if to == "" {
		err = buffered(a.out, write)
	} else {
		err = newFile(to, write)
	}
	if err == nil && root != "" {
		a.say("root %s", root)
	}
	return err
}

// bundles reads sessions one after the other, each once.
func bundles(store *sessions.Store, ids []sessions.ID) iter.Seq2[sessions.Bundle, error] {
	return func(yield func(sessions.Bundle, error) bool) {
		seen := map[sessions.ID]bool{}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			b, err := store.Bundle(id)
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// newFile writes a file that appears at once and whole, and is not there yet.
func newFile(path string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return usage("name a new file", "%s is there already", plain.Line(path))
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".juxta-*")
	if err != nil {
		return usage("name a file in a folder that is there and can be written: -O FILE", "writing %q: %w", path, reason(err))
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	err = buffered(f, write)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Link(f.Name(), path) // which, unlike a renaming, replaces nothing
		if err == nil {
			return os.Remove(f.Name())
		}
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

// reason is an error of the file system without its path.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// exports is how the workbench writes sessions to files: as the command does.
func (a *app) exports() tui.Export {
	return tui.Export{
		Formats: []tui.Format{{Name: "json", Ext: ".json"}, {Name: "capsule", Ext: ".capsule"}},
		Write: func(ids []sessions.ID, format, file string) (string, error) {
			var said strings.Builder
			quiet := *a
			quiet.out, quiet.err, quiet.json = io.Discard, &said, false
			var names []string
			for _, id := range ids {
				names = append(names, string(id))
			}
			err := quiet.exportSessions(names, format, file)
			return said.String(), err
		},
	}
}
