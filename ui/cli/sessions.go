package cli

import (
	"github.com/spf13/cobra"

	"juxta/sessions"
)

func (a *app) sessionsCommand() *cobra.Command {
	return group("sessions", "See and remove what was asked and answered",
		a.sessionsList(),
		a.sessionsShow(),
		a.sessionsRm(),
		a.sessionsBackup(),
		a.sessionsCompact(),
		a.sessionsExport(),
		a.sessionsImport(),
		a.sessionsVerify(),
		a.sessionsAgain(),
	)
}

// several opens the store and finds the sessions of all the prefixes, before
// anything is done with any of them.
func (a *app) several(prefixes []string) (*sessions.Store, []sessions.ID, error) {
	store, err := sessions.Open(a.storePath())
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
