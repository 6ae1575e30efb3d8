package prompts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Find is the files that a word stands for, in order: itself, for a path or a
// URL; what is in it that can be attached, for a folder; what matches, for a
// glob. "~" and file:// are understood. Each of the results can be opened. An
// error says what is wrong with the word.
func (l Loader) Find(ctx context.Context, word string) ([]string, error) {
	if isURL(word) {
		if _, err := l.parse(word); err != nil {
			return nil, err
		}
		return []string{word}, nil
	}
	if scheme, _, ok := strings.Cut(word, "://"); ok && isScheme(scheme) && !hasScheme(word, "file") {
		return nil, errScheme(word)
	}
	name, err := localPath(word)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return folder(ctx, word, name)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is %s, not a file", word, kindOfMode(info.Mode()))
	case err == nil:
		return []string{name}, nil
	case strings.ContainsAny(name, "*?["):
		return glob(ctx, word, name)
	}
	return nil, fmt.Errorf("%s: %s", word, reason(err))
}

// isURL reports whether a source is to be fetched.
func isURL(source string) bool { return hasScheme(source, "http") || hasScheme(source, "https") }

// isScheme reports whether a URL may begin like that.
func isScheme(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == ""
}

// errScheme is the error of a URL that is none that is read.
func errScheme(word string) error {
	if u, err := url.Parse(word); err == nil && u.Host != "" {
		word = redacted(u)
	} else {
		scheme, _, _ := strings.Cut(word, "://")
		word = scheme + "://…"
	}
	return fmt.Errorf("%s: what can be read is http://…, https://… and file:///…, or a path", word)
}

// localPath is the path that a word names on this machine.
func localPath(word string) (string, error) {
	if hasScheme(word, "file") {
		name, ok := fromFileURL(word, runtime.GOOS == "windows")
		if !ok {
			return "", fmt.Errorf("%s: is no path on this machine; name the file by its path", word)
		}
		return name, nil
	}
	if strings.TrimSpace(word) == "" {
		return "", errors.New("no file is named: name one, such as pin.jpg")
	}
	if word != "~" && !strings.HasPrefix(word, "~/") && (runtime.GOOS != "windows" || !strings.HasPrefix(word, `~\`)) {
		return filepath.Clean(word), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%s: nobody knows where your home is: %w", word, err)
	}
	return filepath.Join(home, word[1:]), nil
}

// folder is the files directly in a folder that can be attached, pictures
// first. What is meant as a picture and can't be used is among them, so that
// opening it says why.
func folder(ctx context.Context, word, name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", word, reason(err))
	}
	var pictures, others []string
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		file := filepath.Join(name, e.Name())
		switch f, ok := peek(file); {
		case !ok:
		case f.isPicture():
			pictures = append(pictures, file)
		default:
			others = append(others, file)
		}
	}
	slices.SortFunc(pictures, natural)
	slices.SortFunc(others, natural)
	found := append(pictures, others...)
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%s: has no picture, PDF, sound or text directly in it: name its files, or another folder", word)
	case len(found) > MostFiles:
		return nil, tooMany(word, len(found), filepath.Join(word, "a*.png"))
	}
	return found, nil
}

// glob is the files that a pattern matches.
func glob(ctx context.Context, word, pattern string) ([]string, error) {
	all, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: there is no such file, and as a pattern it can't be read; is the name spelt right?", word)
	}
	var found []string
	for _, name := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			found = append(found, name)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%s: matches no file; look at the folder, or quote the name", word)
	case len(found) > MostFiles:
		return nil, tooMany(word, len(found), "")
	}
	slices.SortFunc(found, natural)
	return found, nil
}

func tooMany(word string, n int, example string) error {
	if example != "" {
		example = ", for example " + example
	}
	return fmt.Errorf("%s: stands for %d files; at most %d can be attached at once: name fewer%s", word, n, MostFiles, example)
}

// peek is the format of a regular file by its first bytes, and false for what
// can't be attached.
func peek(name string) (format, bool) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return formatUnknown, false
	}
	f, err := os.Open(name)
	if err != nil {
		return formatUnknown, true // opening it says why
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return formatUnknown, false
	}
	head = head[:n]
	if n == cap(head) { // a letter may be cut in two
		head = wholeLetters(head)
	}
	kind := sniff(head)
	return kind, kind.isPicture() || kind.mime() != ""
}

// reason is what is wrong with a file, without its name, and what to do.
func reason(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file; is the name spelt right?"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read: allow it with chmod, or choose another"
	case errors.As(err, &pathErr):
		return pathErr.Err.Error()
	}
	return err.Error()
}

func kindOfMode(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// natural compares names as people do: 9 before 10, letters whatever their
// case.
func natural(a, b string) int {
	x, y := strings.ToLower(a), strings.ToLower(b)
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m > 0 && n > 0 {
			p, q := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
				return c
			}
			x, y = x[m:], y[n:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is how many digits a name begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
