package sessions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// A Salvage is what was saved of a damaged store.
type Salvage struct {
	From   string   `json:"from"`
	To     string   `json:"to"`
	Store  Health   `json:"store"`                // of the new file
	Old    bool     `json:"may_be_old,omitempty"` // some of it may be what was deleted or changed long ago
	Losses int      `json:"losses"`
	Lost   []string `json:"lost"`   // the first of them
	Mended []string `json:"mended"` // what was made anew, the first of that

	broken   bool            // a page could not be read
	nameless map[string]bool // hashes of what may be files
	err      error
}

// Repair reads what can be read of the store in the file from, which it never
// changes, and makes a new store of that in the file to, which must not be there
// ([fs.ErrExist]). What only helps to find things is made anew; what is missing
// between other things is put in its place as lost. It ends with the error of ctx
// when that ends, and leaves nothing behind then.
//
//	from ── pages, by pageFile ──► heap ── session by session ──► to
func Repair(ctx context.Context, from, to string) (Salvage, error) {
	const op = "repairing"
	s := Salvage{From: from, To: to, Lost: []string{}, Mended: []string{}, nameless: map[string]bool{}}
	if _, err := os.Lstat(to); err == nil {
		return s, fmt.Errorf("%s: %w", to, fs.ErrExist)
	}
	if dir, err := os.Stat(filepath.Dir(to)); err != nil || !dir.IsDir() {
		return s, &StoreError{Path: to, Op: op, Hint: "name a file in a folder that is there", Err: cmp.Or(err, errFolder)}
	}
	dir, err := os.MkdirTemp(filepath.Dir(to), filepath.Base(to)+".*.new")
	if err != nil {
		return s, storeError(op, to, err)
	}
	defer os.RemoveAll(dir)
	heap, draft := filepath.Join(dir, "heap"), filepath.Join(dir, "store")
	for _, path := range []string{heap, draft} {
		if err := (&Store{path: path, upgrades: layout()}).create(); err != nil {
			return s, storeError(op, to, err)
		}
	}
	err = drafting(heap, func(heap *bolt.DB) error {
		l := looking(ctx, from)
		defer l.Close()
		err := l.look(func() error { return withPages(l.path, (&gatherer{Salvage: &s, heap: heap, ctx: ctx}).gather) })
		if errors.Is(err, errForeign) {
			return &StoreError{Path: from, Op: op, Hint: "there is nothing of a store in it that can be read: put a copy in its place, or use another one with --db", Err: err}
		}
		if err != nil {
			return storeError(op, from, err)
		}
		err = drafting(draft, func(draft *bolt.DB) error { return s.rebuild(ctx, heap, draft) })
		return storeError(op, to, err)
	})
	if err != nil {
		return s, err
	}
	if s.Store, err = Examine(ctx, draft); err != nil {
		return s, storeError(op, to, err)
	}
	if s.Store.Wrong > 0 && slices.ContainsFunc(s.Store.Findings, func(f Finding) bool { return f.Kind != MissingFinding }) {
		return s, &StoreError{Path: to, Op: op, Hint: "please report this; the store was left as it is", Err: damaged(s.Store.Findings[0].What)}
	}
	return s, storeError(op, to, settleNew(draft, to))
}

func (s *Salvage) mend(format string, args ...any) {
	if len(s.Mended) < mostFindings {
		s.Mended = append(s.Mended, fmt.Sprintf(format, args...))
	}
}
