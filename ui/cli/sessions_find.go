package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// lastSession is what stands for the session that was used last.
const lastSession = "last"

// resolve is the session that somebody named: by the beginning of its id, or as
// the last one.
func resolve(store *sessions.Store, name string) (sessions.ID, error) {
	if strings.EqualFold(strings.TrimSpace(name), lastSession) {
		return latest(store)
	}
	id, err := store.Resolve(name)
	switch {
	case errors.Is(err, sessions.ErrNotFound):
		return "", usage(alike(store, name)+"`juxta sessions list` shows which there are", "there is no session %q", plain.Line(name))
	case err != nil && codeOf(context.Background(), err) == exitFailed:
		return "", usage("write more of its id", "%w", err) // several begin like that
	}
	return id, err
}

func latest(store *sessions.Store) (sessions.ID, error) {
	last, err := store.Sessions(1)
	if err != nil {
		return "", err
	}
	if len(last) == 0 {
		return "", usage("start one: juxta", "there is no session yet")
	}
	return last[0].ID, nil
}

// alike asks about the sessions that somebody may have had in mind: whose id is
// a slip of the finger away, or whose title has the words; "" for none.
func alike(store *sessions.Store, name string) string {
	const (
		looked = 1000 // of the newest, so that an error does not take long
		most   = 3
		slips  = 2
	)
	name = strings.ToUpper(strings.TrimSpace(name))
	all, err := store.List(sessions.Listing{Shelf: sessions.Every, ByTime: true, Limit: looked})
	if err != nil || len(name) < 3 {
		return ""
	}
	type near struct {
		words string
		far   int
	}
	var found []near
	for _, s := range all {
		far := slips + 1
		if id := string(s.ID); len(name) > 2*slips && len(name) <= len(id)+1 {
			far = distance(name, id[:min(len(name), len(id))])
		}
		if strings.Contains(strings.ToUpper(s.Title), name) {
			far = min(far, slips)
		}
		if far <= slips {
			found = append(found, near{fmt.Sprintf("%s (%s)", s.ID, plain.Line(s.Words())), far})
		}
	}
	slices.SortStableFunc(found, func(x, y near) int { return cmp.Compare(x.far, y.far) })
	var words []string
	for _, n := range found[:min(len(found), most)] {
		words = append(words, n.words)
	}
	if len(words) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(words, " or ") + "? "
}
