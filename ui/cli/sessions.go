package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"juxta/sessions"
)

// sessionsCommand alone is the list of sessions: on a terminal that of the
// workbench, in a pipe that of `sessions list`.
func (a *app) sessionsCommand() *cobra.Command {
	c := group("sessions", "Find, show, put in order and move what was asked and answered",
		a.sessionsList(),
		a.sessionsSearch(),
		a.sessionsShow(),
		a.sessionsRm(),
		a.sessionsBackup(),
		a.sessionsCompact(),
		a.sessionsExport(),
		a.sessionsImport(),
		a.sessionsVerify(),
		a.sessionsReplay(),
		a.sessionsAgain(),
		a.sessionsTag(),
		a.sessionsRename(),
		a.sessionsPin(),
		a.sessionsArchive(),
		a.sessionsFork(),
		a.sessionsMerge(),
	)
	c.Long = "Alone it opens the workbench on the list of sessions; in a pipe it prints the list."
	named := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return named(c, args)
		case a.json || !a.inTerm || !a.outTerm:
			return a.listSessions(listing{})
		}
		return (&workbench{app: a, browse: true}).run(c, nil)
	}
	return c
}

// summaries prints sessions as they are now: as JSON, or with say in words.
func (a *app) summaries(store *sessions.Store, ids []sessions.ID, say func(*sessions.Session) string) error {
	for _, id := range ids {
		s, err := store.Session(id)
		if err != nil {
			return err
		}
		if a.json {
			err = a.printJSON(s.Summary())
		} else {
			_, err = fmt.Fprintln(a.out, say(&s))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openStore opens the store, and has the log hear of what it does.
func (a *app) openStore() (*sessions.Store, error) {
	store, err := sessions.Open(a.storePath())
	if err == nil {
		store.Observe(a.observer())
	}
	return store, err
}

// several opens the store and finds the sessions of all the prefixes, before
// anything is done with any of them.
func (a *app) several(prefixes []string) (*sessions.Store, []sessions.ID, error) {
	store, err := a.openStore()
	if err != nil {
		return nil, nil, err
	}
	var ids []sessions.ID
	for _, p := range prefixes {
		id, err := resolve(store, p)
		if err != nil {
			_ = store.Close()
			return nil, nil, err
		}
		ids = append(ids, id)
	}
	return store, ids, nil
}
