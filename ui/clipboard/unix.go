package clipboard

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
)

// A reader is a program that lists what is on the clipboard of a display, and
// hands it out by its type.
type reader struct {
	program, packaged string   // its name, and that of the package it is in
	list              []string // its arguments, to list the types
	get               []string // its arguments, to hand out the type that follows
}

func wayland() reader {
	return reader{"wl-paste", "wl-clipboard", []string{"--list-types"}, []string{"--no-newline", "--type"}}
}

func x11() reader {
	return reader{
		"xclip", "xclip", []string{"-selection", "clipboard", "-o", "-t", "TARGETS"}, []string{"-selection", "clipboard", "-o", "-t"},
	}
}

// types are the pictures that can be taken, the best first: what was copied out
// of a program is offered in several, and the first ones lose nothing.
func types() []string {
	return []string{"image/png", "image/tiff", "image/webp", "image/gif", "image/jpeg", "image/bmp", "image/x-bmp", "image/x-MS-bmp"}
}

// unix reads the clipboard of the display there is. A Wayland desktop has an X
// display beside its own, and passes its clipboard on to that.
func (d desk) unix() (program string, read func(context.Context) ([]byte, error), err error) {
	var there []reader
	if d.getenv("WAYLAND_DISPLAY") != "" {
		there = append(there, wayland())
	}
	if d.getenv("DISPLAY") != "" {
		there = append(there, x11())
	}
	if len(there) == 0 {
		return "", nil, &trouble{errors.New("no clipboard without a desktop"), byPath}
	}
	for _, r := range there {
		if _, err := exec.LookPath(r.program); err == nil {
			return r.program, func(ctx context.Context) ([]byte, error) { return r.picture(ctx, d.most) }, nil
		}
	}
	return "", nil, &trouble{
		errors.New("reading pictures from the clipboard needs " + there[0].program),
		"install the package " + there[0].packaged + "; until then, " + byPath,
	}
}

// picture takes the best of what is offered. A program that is not asked for
// its list first may be handed text by the name of a picture.
func (r reader) picture(ctx context.Context, most int) ([]byte, error) {
	listed, err := run(ctx, patience, most, r.program, r.list...)
	var gone *exit
	if errors.As(err, &gone) && gone.nothing() {
		return nil, ErrNone
	} else if err != nil {
		return nil, err
	}
	offered := strings.Fields(string(listed))
	for _, t := range types() {
		if !slices.Contains(offered, t) {
			continue
		}
		data, err := run(ctx, patience, most, r.program, append(slices.Clone(r.get), t)...)
		if err == nil && len(data) == 0 {
			return nil, ErrNone
		}
		return data, err
	}
	if slices.Contains(offered, "text/uri-list") {
		return nil, files()
	}
	return nil, ErrNone
}
