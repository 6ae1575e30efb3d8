package clipboard

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A fake desktop is a folder of programs that stand in for its own.
type fake struct {
	t   *testing.T
	dir string
	env map[string]string
}

// sit is a desk with these variables and no program yet.
func sit(t *testing.T, variables ...string) *fake {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs that stand in are shell scripts")
	}
	f := &fake{t, t.TempDir(), map[string]string{}}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		f.env[name] = value
	}
	t.Setenv("PATH", f.dir)
	return f
}

// program puts a shell script into the folder, in which $PICTURE is a file that
// holds data. What the script was called with is in the file called.
func (f *fake) program(name string, data []byte, script string) {
	f.t.Helper()
	picture := filepath.Join(f.dir, name+".picture")
	text := "#!/bin/sh\nPATH=/usr/bin:/bin\nPICTURE='" + picture + "'\necho \"$@\" >>'" + filepath.Join(f.dir, "called") + "'\n" + script + "\n"
	for path, b := range map[string][]byte{picture: data, filepath.Join(f.dir, name): []byte(text)} {
		if err := os.WriteFile(path, b, 0o700); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fake) called() string {
	b, _ := os.ReadFile(filepath.Join(f.dir, "called"))
	return string(b)
}

func (f *fake) picture(ctx context.Context, goos string) ([]byte, error) {
	return desk{goos, func(name string) string { return f.env[name] }, most}.picture(ctx)
}

// offers is a wl-paste or xclip that has types and hands out the picture.
func offers(types ...string) string {
	return `case "$*" in *--list-types*|*TARGETS*) printf '%s\n' ` + strings.Join(types, " ") + `;; *) cat "$PICTURE";; esac`
}

// most is the limit here, so that reaching it takes no time.
const most = 1 << 16

// Any bytes are a picture here: nobody looks at them before they are prepared.
var shot = []byte("\x89PNG\r\n\x1a\nno newline is added, and none\nis lost\n")

func TestThePictureArrivesAsItWasCopied(t *testing.T) {
	coded := "base64 <\"$PICTURE\" | tr -d '\\n'"
	for _, tt := range []struct {
		name, goos string
		env        []string
		program    string
		script     string
	}{
		{"Wayland", "linux", []string{"WAYLAND_DISPLAY=wayland-0"}, "wl-paste", offers("text/html", "image/png", "image/jpeg")},
		{"X11", "linux", []string{"DISPLAY=:0"}, "xclip", offers("TARGETS", "image/png")},
		{"X11 on BSD", "freebsd", []string{"DISPLAY=:0"}, "xclip", offers("image/png")},
		{"Wayland without its own program", "linux", []string{"WAYLAND_DISPLAY=wayland-0", "DISPLAY=:0"}, "xclip", offers("image/png")},
		{"SSH with a display", "linux", []string{"SSH_CONNECTION=1 2 3 4", "DISPLAY=localhost:10.0"}, "xclip", offers("image/png")},
		{"macOS", "darwin", nil, "osascript", coded + "; echo"},
		{"Windows", "windows", nil, "powershell.exe", coded},
		{"WSL, although Wayland has a copy of it", "linux", []string{"WSL_DISTRO_NAME=Debian", "WAYLAND_DISPLAY=wayland-0"}, "powershell.exe", coded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := sit(t, tt.env...)
			f.program(tt.program, shot, tt.script)
			if got, err := f.picture(t.Context(), tt.goos); err != nil || !bytes.Equal(got, shot) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestTheTypeThatLosesLeastIsTaken(t *testing.T) {
	for _, tt := range []struct{ offered, taken string }{
		{"image/jpeg image/png image/bmp", "image/png"},
		{"text/plain image/bmp image/jpeg", "image/jpeg"},
		{"image/tiff image/bmp", "image/tiff"},
		{"image/bmp", "image/bmp"},
	} {
		f := sit(t, "WAYLAND_DISPLAY=wayland-0")
		f.program("wl-paste", shot, offers(strings.Fields(tt.offered)...))
		if _, err := f.picture(t.Context(), "linux"); err != nil || !strings.HasSuffix(f.called(), " "+tt.taken+"\n") {
			t.Errorf("%s: it was called with %q, %v", tt.offered, f.called(), err)
		}
	}
}

func TestNoPictureIsNoTrouble(t *testing.T) {
	for name, script := range map[string]string{
		"text":             offers("text/plain", "UTF8_STRING"),
		"nothing, Wayland": "echo Nothing is copied >&2; exit 1",
		"nothing, X11":     "echo Error: target TARGETS not available >&2; exit 1",
		"an empty picture": `case "$*" in *--list-types*) echo image/png;; esac`,
	} {
		f := sit(t, "WAYLAND_DISPLAY=wayland-0")
		f.program("wl-paste", nil, script)
		if got, err := f.picture(t.Context(), "linux"); !errors.Is(err, ErrNone) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	f := sit(t)
	f.program("osascript", nil, "echo")
	if _, err := f.picture(t.Context(), "darwin"); !errors.Is(err, ErrNone) {
		t.Errorf("macOS: %v", err)
	}
}

func TestCopiedFilesAreNotTakenForTheirIcon(t *testing.T) {
	for goos, script := range map[string]string{"linux": offers("text/uri-list"), "darwin": "echo :files", "windows": "printf :files"} {
		f := sit(t, "DISPLAY=:0")
		for _, name := range []string{"xclip", "osascript", "powershell.exe"} {
			f.program(name, shot, script)
		}
		_, err := f.picture(t.Context(), goos)
		if !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "files") || !strings.Contains(advice(err), "path") {
			t.Errorf("%s: %v → %s", goos, err, advice(err))
		}
	}
}

func TestOverSSHItIsSaidWhatWorksInstead(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, variable := range []string{"SSH_CONNECTION=10.0.0.2 50000 10.0.0.1 22", "SSH_TTY=/dev/pts/1"} {
			f := sit(t, variable)
			for _, name := range []string{"xclip", "wl-paste", "osascript", "powershell.exe"} {
				f.program(name, shot, offers("image/png"))
			}
			_, err := f.picture(t.Context(), goos)
			if err == nil || !strings.Contains(err.Error(), "SSH") || !strings.Contains(advice(err), "scp") || f.called() != "" {
				t.Errorf("%s, %s: %v → %s, called %q", goos, variable, err, advice(err), f.called())
			}
		}
	}
}

func TestAMissingProgramIsNamedWithItsPackage(t *testing.T) {
	for variable, want := range map[string]string{"WAYLAND_DISPLAY=wayland-0": "package wl-clipboard", "DISPLAY=:0": "package xclip"} {
		if _, err := sit(t, variable).picture(t.Context(), "linux"); err == nil || !strings.Contains(advice(err), want) {
			t.Errorf("%s: %v → %s", variable, err, advice(err))
		}
	}
	if _, err := sit(t).picture(t.Context(), "darwin"); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("macOS without osascript: %v", err)
	}
	if _, err := sit(t).picture(t.Context(), "linux"); err == nil || !strings.Contains(err.Error(), "without a desktop") || advice(err) == "" {
		t.Errorf("without a desktop: %v → %s", err, advice(err))
	}
}

func TestAProgramThatFailsSaysWhy(t *testing.T) {
	f := sit(t, "DISPLAY=:7")
	f.program("xclip", nil, `echo "Error: Can't open display: :7" >&2; exit 1`)
	if _, err := f.picture(t.Context(), "linux"); err == nil || errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "Can't open display: :7") || advice(err) == "" {
		t.Errorf("%v → %s", err, advice(err))
	}
	f.program("osascript", nil, "echo no base64")
	if _, err := f.picture(t.Context(), "darwin"); err == nil || !strings.Contains(err.Error(), "no picture") {
		t.Errorf("%v", err)
	}
}

func TestAProgramThatHangsIsKilled(t *testing.T) {
	for name, script := range map[string]string{"itself": "exec sleep 60", "its child": "sleep 60"} {
		t.Run(name, func(t *testing.T) {
			f := sit(t)
			f.program("hangs", nil, script)
			begun := time.Now()
			_, err := run(t.Context(), 200*time.Millisecond, 100, "hangs")
			if err == nil || !strings.Contains(err.Error(), "within 200ms") || advice(err) == "" || time.Since(begun) > 5*time.Second {
				t.Errorf("%v after %v", err, time.Since(begun))
			}
		})
	}
}

func TestWhoeverStopsItWaitsForNothing(t *testing.T) {
	f := sit(t, "DISPLAY=:0")
	f.program("xclip", nil, "exec sleep 60")
	why := errors.New("the pill was removed")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	begun := time.Now()
	if _, err := f.picture(ctx, "linux"); !errors.Is(err, why) || time.Since(begun) > time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

func TestTooMuchIsNotTaken(t *testing.T) {
	const endless = `case "$*" in *TARGETS*) echo image/png;; *) exec cat /dev/zero;; esac`
	f := sit(t, "DISPLAY=:0")
	f.program("xclip", nil, endless)
	if got, err := f.picture(t.Context(), "linux"); err == nil || !strings.Contains(err.Error(), "too large") || advice(err) == "" || got != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	f.program("osascript", nil, "exec cat /dev/zero")
	if got, err := f.picture(t.Context(), "darwin"); err == nil || !strings.Contains(err.Error(), "too large") || got != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestAScriptMayAnswerAsMuchAsAPictureMayHave(t *testing.T) {
	all := bytes.Repeat([]byte{0x89}, most)
	f := sit(t)
	f.program("osascript", []byte(base64.StdEncoding.EncodeToString(all)), `cat "$PICTURE"; echo`)
	if got, err := f.picture(t.Context(), "darwin"); err != nil || len(got) != len(all) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestTheProgramIsNamedAndNotStarted(t *testing.T) {
	for _, tt := range []struct{ goos, env, program, want string }{
		{"linux", "WAYLAND_DISPLAY=wayland-0", "wl-paste", "wl-paste"},
		{"linux", "DISPLAY=:0", "xclip", "xclip"},
		{"linux", "DISPLAY=:0", "wl-paste", ""},
		{"linux", "WSL_DISTRO_NAME=Debian", "powershell.exe", "powershell.exe"},
		{"linux", "SSH_TTY=/dev/pts/1", "xclip", ""},
		{"linux", "NONE=", "xclip", ""},
		{"darwin", "NONE=", "osascript", "osascript"},
		{"darwin", "NONE=", "xclip", ""},
		{"windows", "NONE=", "powershell.exe", "powershell.exe"},
	} {
		f := sit(t, tt.env)
		f.program(tt.program, shot, offers("image/png"))
		got, err := desk{goos: tt.goos, getenv: func(name string) string { return f.env[name] }}.program()
		if got != tt.want || (err == nil) != (tt.want != "") || err != nil && advice(err) == "" || f.called() != "" {
			t.Errorf("%+v: %q, %v → %s, called %q", tt, got, err, advice(err), f.called())
		}
	}
}

// advice is what an error tells to do.
func advice(err error) string {
	var advised interface{ Advice() string }
	if errors.As(err, &advised) {
		return advised.Advice()
	}
	return ""
}
