package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) sessionsBackup() *cobra.Command {
	prune := 0
	c := &cobra.Command{
		Use: "backup [FILE]", Short: "Copy the store, also while others use it",
		Long: `Copy the store into a new file: FILE, or one beside the store that is named by
the time. Others may use the store meanwhile, and wait while it is copied. A file
that is there is not written over.

Before an upgrade, juxta makes such a copy by itself. None is ever removed but by
--prune, which makes no copy, and says what it removes.`,
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage("name one file: juxta sessions backup FILE", "%d files are too many", len(args))
			case len(args) == 1 && c.Flags().Changed("prune"):
				return usage("use one of them: juxta sessions backup FILE, or juxta sessions backup --prune N", "--prune makes no copy")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("prune") {
				return a.pruneCopies(prune)
			}
			to := ""
			if len(args) == 1 {
				if to = args[0]; to == "" {
					return usage("name a new file, or leave it out for one beside the store", "the name of the copy is empty")
				}
			}
			return a.backup(c.Context(), to)
		},
	}
	c.Flags().Func("prune", "of the copies that upgrades made, remove all but the newest `N`", func(text string) (err error) {
		if prune, err = strconv.Atoi(text); err != nil || prune < 0 {
			return errors.New("it is a number from 0, which keeps none")
		}
		return nil
	})
	return c
}

func (a *app) backup(ctx context.Context, to string) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	defer store.Close()
	store.SetPatience(patienceToMaintain)
	copied, err := store.Backup(ctx, to)
	if errors.Is(err, fs.ErrExist) {
		return usage("name a new file, or none for one beside the store", "%s is there already", plain.Line(copied.Path))
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(copied)
	}
	_, err = fmt.Fprintf(a.out, "%s  %d bytes\n", plain.Line(copied.Path), copied.Bytes)
	return err
}

func (a *app) pruneCopies(keep int) error {
	all, err := sessions.Copies(a.storePath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &mistake{code: exitStore, err: err}
	}
	for _, c := range all {
		if !c.Automatic {
			continue
		}
		if keep > 0 {
			keep--
			continue
		}
		if err := os.Remove(c.Path); err != nil {
			return &mistake{code: exitStore, err: err, hint: "remove it by hand"}
		}
		if a.json {
			err = a.printJSON(map[string]string{"removed": c.Path})
		} else {
			_, err = fmt.Fprintf(a.out, "removed %s  %d bytes\n", plain.Line(c.Path), c.Bytes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
