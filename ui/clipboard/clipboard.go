// Package clipboard reads a picture from the system's clipboard.
//
// It asks the program that each desktop has for that, in a process of its own:
// what is on a clipboard comes from whoever copied it last, it may be anything,
// and the one who holds it may never answer. Nothing is loaded and nothing runs
// before somebody pastes.
package clipboard

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// ErrNone is returned where there is a clipboard and no picture on it.
var ErrNone = errors.New("there is no picture on the clipboard")

// Picture is the picture on the clipboard as its file's bytes: PNG mostly, TIFF
// as macOS has it, else what it was copied as. Its other errors say why there is
// no clipboard to read, as over SSH, and have the Advice for it. It may take
// some seconds, and ends early with ctx.
func Picture(ctx context.Context) ([]byte, error) {
	return desk{runtime.GOOS, os.Getenv, 50 << 20}.picture(ctx)
}

// A trouble is why the clipboard can't be had, and what works instead.
type trouble struct {
	err    error
	advice string
}

func (t *trouble) Error() string { return t.err.Error() }

// Unwrap returns the cause.
func (t *trouble) Unwrap() error { return t.err }

// Advice is the next step for a person.
func (t *trouble) Advice() string { return t.advice }

// byPath is what works without any clipboard.
const byPath = "drop the file here, or paste or type its path"

// files is the error of a clipboard that holds files and no picture. Desktops
// offer a file's icon beside it, which is not what anybody meant.
func files() error {
	return &trouble{
		notPicture("there are files on the clipboard, and no picture"), byPath + "; a picture that was copied out of a program can be pasted as it is",
	}
}

// A notPicture is a more exact ErrNone.
type notPicture string

func (n notPicture) Error() string { return string(n) }

// Is reports whether it is asked for ErrNone.
func (n notPicture) Is(target error) bool { return target == ErrNone }

// A desk is where somebody sits: a system, its environment, and how many bytes
// of a picture are taken from there.
type desk struct {
	goos   string
	getenv func(string) string
	most   int
}

// Program is the program that [Picture] would ask. Nothing is started; its errors
// are those of Picture where there is no clipboard to read.
func Program() (string, error) {
	return desk{goos: runtime.GOOS, getenv: os.Getenv}.program()
}

func (d desk) program() (string, error) {
	name, _, err := d.way()
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath(name); err != nil {
		return "", &trouble{errors.New(name + ", which hands out the clipboard, is not to be found in PATH"), byPath}
	}
	return name, nil
}

func (d desk) picture(ctx context.Context) ([]byte, error) {
	_, read, err := d.way()
	if err != nil {
		return nil, err
	}
	return read(ctx)
}

// way is the program to ask, and how a picture is had of it.
func (d desk) way() (program string, read func(context.Context) ([]byte, error), err error) {
	powershell := func(shell string) (string, func(context.Context) ([]byte, error), error) {
		return shell, func(ctx context.Context) ([]byte, error) { return d.windows(ctx, shell) }, nil
	}
	switch {
	case d.far():
		return "", nil, &trouble{
			errors.New("juxta runs over SSH and can't reach the clipboard of the machine that you sit at"),
			"copy the file here (scp) and paste its path, or name a picture's URL, also with -a",
		}
	case d.goos == "darwin":
		return "osascript", d.macOS, nil
	case d.goos == "windows":
		return powershell("powershell.exe")
	}
	// What stands for a clipboard inside of WSL has pictures of Windows as BMP or
	// not at all; Windows itself has them as they were copied.
	if d.getenv("WSL_DISTRO_NAME") != "" || d.getenv("WSL_INTEROP") != "" {
		for _, shell := range []string{"powershell.exe", "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"} {
			if _, err := exec.LookPath(shell); err == nil {
				return powershell(shell)
			}
		}
	}
	return d.unix()
}

// far reports whether somebody came by SSH and brought no display along.
func (d desk) far() bool {
	if d.getenv("SSH_CONNECTION") == "" && d.getenv("SSH_TTY") == "" {
		return false
	}
	return d.goos == "darwin" || d.goos == "windows" || d.getenv("DISPLAY") == "" && d.getenv("WAYLAND_DISPLAY") == ""
}
