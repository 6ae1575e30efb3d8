package sessions

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ListSoon lists sessions of the store in the file path for somebody who is in the
// middle of typing. It makes no store where there is none, which has no
// sessions, upgrades none, and waits at most patience for another process.
func ListSoon(path string, l Listing, patience time.Duration) ([]Session, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, storeError("opening", path, err)
	}
	path = realPath(path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err := canBeStore(path); err != nil {
		return nil, storeError("opening", path, err)
	}
	s := &Store{path: path, upgrades: layout(), lock: lock{path: path + ".lock"}}
	defer s.Close()
	s.SetPatience(patience)
	return s.List(l)
}
