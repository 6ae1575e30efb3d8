package prompts

import (
	"errors"
	"io/fs"
	"os"
)

// Appear gives a whole draft the name of a file that is not there yet, in the same
// folder. It replaces nothing: where somebody was quicker it is [fs.ErrExist], and
// the draft stays.
func Appear(draft, file string) error {
	err := os.Link(draft, file) // which, unlike a renaming, replaces nothing
	switch {
	case err == nil:
		return os.Remove(draft)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return take(draft, file) // there are no links here
}

// take is Appear without links: who makes the file first has its name.
func take(draft, file string) error {
	place, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	mine, err := place.Stat()
	if err = errors.Join(err, place.Close()); err == nil {
		err = os.Rename(draft, file)
	}
	if there, lost := os.Lstat(file); err != nil && lost == nil && os.SameFile(mine, there) {
		err = errors.Join(err, os.Remove(file))
	}
	return err
}
