package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// An IndexError is an index that can't be read or written.
type IndexError struct {
	Path string
	Err  error
}

func (e *IndexError) Error() string { return fmt.Sprintf("the list of keys %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *IndexError) Unwrap() error { return e.Err }

// Advice is the next step for a person.
func (e *IndexError) Advice() string {
	return "mend or remove that file, which holds no key; then set the keys again: juxta keys set PROVIDER"
}

// index is the file: for each provider where its key may go.
type index struct {
	Keys map[string]string `json:"keys"`
}

const maxIndex = 1 << 20

// readMost reads a little more than an index has at the most: a device in its
// place has no end.
func readMost(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxIndex+1))
}

func readIndex(path string) (map[string]string, error) {
	b, err := readMost(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	var x index
	switch {
	case err != nil:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err // the path is named already
		}
		return nil, &IndexError{path, err}
	case len(b) > maxIndex || json.Unmarshal(b, &x) != nil:
		return nil, &IndexError{path, errors.New("this is not what juxta wrote")}
	case x.Keys == nil:
		x.Keys = map[string]string{}
	}
	return x.Keys, nil
}

// write changes the index as it stands now, which another juxta may have
// written meanwhile, and replaces the file in one step.
func (r *Ring) write(change func(map[string]string)) error {
	held, err := readIndex(r.path)
	if err != nil {
		return err
	}
	change(held)
	b, err := json.MarshalIndent(index{held}, "", "  ")
	if err != nil {
		return &IndexError{r.path, err}
	}
	if err := replace(r.path, append(b, '\n')); err != nil {
		return &IndexError{r.path, err}
	}
	r.held = held
	return nil
}

// replace writes a file that only its owner reads.
func replace(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".keys-*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
