// Package clipboard reads a picture from the system's clipboard.
package clipboard

import (
	"context"
	"errors"
)

// ErrNone is returned where there is a clipboard and no picture on it.
var ErrNone = errors.New("there is no picture on the clipboard")

// Picture is the picture on the clipboard as its file's bytes: PNG mostly, TIFF
// as macOS has it. Its other errors say why there is no clipboard to read, as
// over SSH, and what works instead.
func Picture(ctx context.Context) ([]byte, error) {
	return nil, errors.New("not built yet")
}
