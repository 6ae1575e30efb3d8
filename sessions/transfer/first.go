package transfer

import (
	"context"
	"errors"

	"juxta/sessions"
)

// First reads the first session of a file or a folder, in whichever format, and
// how many there are in all. An error about the source is an [*Unreadable].
func First(ctx context.Context, path string) (b sessions.Bundle, n int, err error) {
	src, err := Look(path)
	if err != nil {
		return b, 0, &Unreadable{Path: path, Err: err, Hint: "check its name"}
	}
	reader, err := src.reader()
	if err != nil {
		return b, 0, err
	}
	err = src.read(ctx, reader, &Intake{take: func(found sessions.Bundle) error {
		if n++; n == 1 {
			b = found
		}
		return found.Check()
	}})
	if err == nil && n == 0 {
		err = &Unreadable{Path: path, Err: errors.New("there is no session in it"), Hint: "name another file"}
	}
	return b, n, err
}
