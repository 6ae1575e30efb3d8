package prompts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Open reads the file or URL that source names and looks at its first bytes.
// Its errors name the file and say what to do.
func (l Loader) Open(ctx context.Context, source string) (*File, error) {
	if isURL(source) {
		return l.fetch(ctx, source)
	}
	path := source
	if hasScheme(source, "file") {
		var err error
		if path, err = localPath(source); err != nil {
			return nil, err
		}
	}
	name := filepath.Base(path)
	data, err := readFile(ctx, path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%s: %s", name, reason(err))
	}
	return l.Look(name, source, data)
}

// readFile is what is in a regular file of at most MostBytes.
func readFile(ctx context.Context, path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // opening a pipe waits for somebody to write to it
		return nil, fmt.Errorf("is %s, not a file", kindOfMode(info.Mode()))
	case info.Size() > MostBytes:
		return nil, tooBig(info.Size())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(feed{ctx, f}, info.Size())
}

// readAll reads up to the limit; size is what the source says of itself, or -1.
func readAll(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, 0, min(max(size, 0), MostBytes)+512) // so that the end is found without growing
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case len(data) > MostBytes:
			return nil, tooBig(max(size, 0))
		case errors.Is(err, io.EOF):
			return data[:len(data):len(data)], nil
		case err != nil:
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

func tooBig(size int64) error {
	if size <= MostBytes+MostBytes/1000 { // not "is 50.0 MB; at most 50 MB"
		return fmt.Errorf("is larger than %d MB, the most that can be attached: make it smaller first", MostBytes>>20)
	}
	return fmt.Errorf("is %.1f MB; at most %d MB can be attached: make it smaller first", float64(size)/(1<<20), MostBytes>>20)
}

// A feed gives what is read until ctx is over: it is how a decoder is stopped.
type feed struct {
	ctx context.Context
	r   io.Reader
}

func (f feed) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.r.Read(p)
}
