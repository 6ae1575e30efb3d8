package tui

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"juxta/sessions/plain"
)

// A folder is one that was read for the picker.
type folder struct {
	path string
	err  error
	more int // files that are not listed
}

// up is the row that leads out of a folder.
const up = ".."

// listed is how many entries of a folder are listed at most: of more one types
// a part of the name, which searches what is listed, or a path.
const listed = 5000

// title is the folder's path as people write it.
func (f folder) title(home string) string {
	path := f.path
	if rest, ok := strings.CutPrefix(path, home); ok && home != "" && (rest == "" || rest[0] == filepath.Separator) {
		path = "~" + rest
	}
	s := cmp.Or(plain.Line(path), "reading")
	if f.more > 0 {
		s += fmt.Sprintf(" · %d more are not listed", f.more)
	}
	return s
}

// reasonOf is an error of the disk without the path, which stands above it.
func reasonOf(err error) string {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

// read reads a folder; "" is the one that juxta was started in.
func (p *picker) read(path string) tea.Cmd {
	p.wants = path
	return func() tea.Msg {
		home, _ := os.UserHomeDir() // without one, ~ is nothing
		at, err := filepath.Abs(path)
		f := folder{path: at, err: err}
		var rows []row
		if err == nil {
			rows, f.more, f.err = entries(at)
		}
		return action(func(*Model) tea.Cmd {
			if p.wants != path {
				return nil // another was asked for since
			}
			p.folder, p.entries, p.home = f, rows, home
			if p.base == "" {
				p.base = at
			}
			p.rows = nil // what was chosen in another folder is not chosen here
			p.list()
			return p.glance(p.chosen())
		})
	}
}

// entries are the rows of a folder: the way out, folders, pictures, other
// files. Hidden ones are not listed; they can be typed.
func entries(path string) (rows []row, more int, err error) {
	found, err := os.ReadDir(path)
	if out := parent(path); out != path {
		rows = append(rows, row{kind: folderRow, name: up, path: out})
	}
	var folders, pictures, others []row
	for i, e := range found {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if len(folders)+len(pictures)+len(others) >= listed {
			more = len(found) - i
			break
		}
		r := row{kind: fileRow, name: nameOf(e.Name()), path: filepath.Join(path, e.Name())}
		info, err := os.Stat(r.path) // through links
		switch {
		case err != nil:
			continue
		case info.IsDir():
			r.kind, r.name = folderRow, r.name+"/"
			folders = append(folders, r)
		case !info.Mode().IsRegular():
		case slices.Contains(pictureEndings(), strings.ToLower(filepath.Ext(e.Name()))):
			r.right = bytesWords(int(info.Size()))
			pictures = append(pictures, r)
		default:
			r.right = bytesWords(int(info.Size()))
			others = append(others, r)
		}
	}
	return slices.Concat(rows, folders, pictures, others), more, err
}

func parent(path string) string { return filepath.Dir(path) }

// open goes to a folder and empties the line.
func (p *picker) open(path string) tea.Cmd {
	p.base = path
	p.input.SetValue("")
	return p.read(path)
}

// typed takes in that the line is another: what stands before its last slash is
// a folder, the rest narrows it.
func (p *picker) typed() tea.Cmd {
	dir, _ := p.split()
	p.list()
	p.at = p.firstFile()
	if dir == p.wants || p.wants == "" && dir == p.base {
		return nil
	}
	return p.read(dir)
}

// split is the folder that is typed, and what narrows it.
func (p *picker) split() (dir, filter string) {
	text := p.input.Value()
	if isURL(text) {
		return p.base, ""
	}
	i := strings.LastIndexByte(filepath.ToSlash(text), '/')
	if i < 0 {
		return p.base, text
	}
	return p.whole(text[:i+1]), text[i+1:]
}

func (p *picker) filter() string {
	_, filter := p.split()
	return filter
}

// typedPath reports whether a folder is typed: then only that is meant.
func (p *picker) typedPath() bool { return strings.Contains(filepath.ToSlash(p.input.Value()), "/") }

// whole is what is typed as a path that does not depend on where the picker is.
func (p *picker) whole(text string) string {
	switch rest, tilde := strings.CutPrefix(text, "~"); {
	case isURL(text), strings.HasPrefix(text, "file:"):
		return text
	case tilde && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator):
		return filepath.Join(p.home, rest)
	case filepath.IsAbs(text):
		return filepath.Clean(text)
	}
	return filepath.Join(p.base, text)
}

func isGlob(text string) bool { return !isURL(text) && strings.ContainsAny(text, "*?[") }

// match is the rows that a filter leaves, best first: a glob's matches, else
// those that have it in their name, else those that have its letters.
func match(rows []row, filter string) []row {
	if filter == "" {
		return rows
	}
	var found []row
	keep := func(good func(name string) bool) {
		for _, r := range rows {
			if r.name != up && good(strings.ToLower(r.name)) {
				found = append(found, r)
			}
		}
	}
	low := strings.ToLower(filter)
	if isGlob(filter) {
		keep(func(name string) bool { ok, err := filepath.Match(low, name); return ok && err == nil })
		if len(found) > 0 {
			return found
		}
	}
	keep(func(name string) bool { return strings.HasPrefix(name, low) })
	keep(func(name string) bool { return strings.Index(name, low) > 0 })
	if len(found) > 0 {
		return found
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.name[:min(len(r.name), guessed)]
	}
	for _, f := range fuzzy.Find(filter, names) {
		if rows[f.Index].name != up {
			found = append(found, rows[f.Index])
		}
	}
	return found
}

// pixelsOf is a picture's pixels, and of what is no picture the bytes.
func pixelsOf(w, h, bytes int) string {
	if w > 0 && h > 0 {
		return fmt.Sprintf("%d×%d", w, h)
	}
	return bytesWords(bytes)
}
