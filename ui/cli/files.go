package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// written writes to the file that somebody named with -O, or to the standard
// output for "". Over a file that is there only if that is allowed.
func (a *app) written(path string, over bool, write func(io.Writer) error) error {
	switch {
	case path == "":
		return buffered(a.out, write)
	case over:
		return replaced(path, write)
	}
	return newFile(path, write)
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// newFile writes a file that appears at once and whole, and is not there yet.
func newFile(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return isThere(path)
	}
	return put(path, write, false)
}

func isThere(path string) error {
	return usage("name a new file, or --force", "%s is there already", plain.Line(path))
}

// replaced writes a file that appears at once and whole in the place of another.
func replaced(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return usage("name a file: -O FILE", "%s is no file", plain.Line(path))
	}
	return put(path, write, true)
}

func put(path string, write func(io.Writer) error, over bool) (err error) {
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
	if err = errors.Join(err, f.Close()); err == nil && over {
		err = os.Rename(f.Name(), path)
	} else if err == nil {
		err = prompts.Appear(f.Name(), path)
	}
	switch {
	case errors.Is(err, fs.ErrExist): // somebody was quicker
		return isThere(path)
	case err != nil:
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

// replace writes a file for this user alone, whole or not at all.
func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	_, err = t.Write(data)
	if closed := t.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		_ = os.Remove(t.Name())
	}
	return err
}
