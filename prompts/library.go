package prompts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Library is a folder of prompts, each a .md file; they may lie in folders of
// their own. What begins with a dot is none, and neither is what lies behind a
// link to a folder. A folder that is not there is an empty library.
type Library struct{ Dir string }

// Bounds of a library.
const (
	mostPrompt  = 1 << 20 // bytes of a file
	mostFront   = 1 << 16 // bytes of its front matter
	mostPrompts = 5000
	longestPath = 200 // of a name
)

// ErrNoPrompt is returned for a name that the library does not have.
var ErrNoPrompt = errors.New("there is no such prompt")

// ErrPromptExists is returned where a prompt would be overwritten.
var ErrPromptExists = errors.New("there is a prompt of that name")

// An Entry is a file of the library: a prompt, or why it is none.
type Entry struct {
	Name   string  // as found: whoever shows it sanitises it
	Prompt *Prompt // nil with an error
	Err    error
}

// List reads all prompts, by name. A file or a folder that can't be read is listed
// with its error: the others are there all the same.
func (l Library) List() ([]Entry, error) {
	var all []Entry
	err := filepath.WalkDir(l.Dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			switch {
			case file != l.Dir: // a folder that can't be read
				all = append(all, Entry{Name: within(l.Dir, file), Err: unreadable(file, err)})
				return nil
			case errors.Is(err, fs.ErrNotExist):
				return fs.SkipAll
			}
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && file != l.Dir {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		name, ok := strings.CutSuffix(within(l.Dir, file), ".md")
		if d.IsDir() || !ok {
			return nil
		}
		if len(all) == mostPrompts {
			return fmt.Errorf("there are more than %d prompts in %s", mostPrompts, l.Dir)
		}
		p, err := l.Open(name)
		if odd := CheckName(name); odd != nil {
			err = &FileError{Path: file, Text: "rename it: " + odd.Error()}
		}
		all = append(all, Entry{Name: name, Prompt: p, Err: err})
		return nil
	})
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// within is the path of what was found in a folder, from there and with slashes.
func within(dir, file string) string {
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		rel = file
	}
	return filepath.ToSlash(rel)
}

// Open reads one prompt, and its schema where that is a file. It is
// [ErrNoPrompt] if there is none of that name, and a [*FileError] if something
// is wrong with it.
func (l Library) Open(name string) (*Prompt, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	file := l.path(name)
	source, err := readBounded(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %q", ErrNoPrompt, name)
	}
	if err != nil {
		return nil, err
	}
	p, err := Parse(name, file, source)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(file)
	for i, a := range p.Attachments {
		if !filepath.IsAbs(a) && !strings.Contains(a, "://") && !strings.HasPrefix(a, "~") {
			p.Attachments[i] = filepath.Join(dir, filepath.FromSlash(a))
		}
	}
	return p, p.readSchema(dir)
}

// readSchema reads the file that the prompt names.
func (p *Prompt) readSchema(dir string) error {
	if p.schemaFile == "" {
		return nil
	}
	file := filepath.FromSlash(p.schemaFile)
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	b, err := readBounded(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &FileError{Path: p.path, Text: fmt.Sprintf("schema: there is no file %s", file)}
	}
	if err != nil {
		return err
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	var object map[string]any
	if err := json.Unmarshal(b, &object); err != nil {
		e := &FileError{Path: file, Text: "a schema is a JSON object: " + NotJSON(err)}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			e.Line = bytes.Count(b[:min(int(syntax.Offset), len(b))], []byte{'\n'}) + 1
		}
		return e
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return &FileError{Path: file, Text: err.Error()}
	}
	p.Schema = compact.Bytes()
	return nil
}

// readBounded reads a file of bounded size. Its errors are [*FileError], except
// for a file that is not there.
func readBounded(file string) ([]byte, error) {
	info, err := os.Stat(file) // before it is opened: a pipe would wait for ever
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, unreadable(file, err)
	case !info.Mode().IsRegular():
		return nil, &FileError{Path: file, Text: "this is not a file"}
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	return readMost(f, file)
}

// readMost reads a prompt's file, which has its limit.
func readMost(f io.Reader, file string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(f, mostPrompt+1))
	switch {
	case err != nil:
		return nil, unreadable(file, err)
	case len(b) > mostPrompt:
		return nil, &FileError{Path: file, Text: fmt.Sprintf("it has more than %d bytes", mostPrompt)}
	}
	return b, nil
}

func unreadable(file string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &FileError{Path: file, Text: err.Error()}
}

// Add checks and keeps a prompt. It is [ErrPromptExists] if there is one of that
// name already, unless it may be replaced. The file appears at once and whole.
func (l Library) Add(name string, source []byte, replace bool) (*Prompt, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if len(source) > mostPrompt {
		return nil, fmt.Errorf("a prompt has at most %d bytes", mostPrompt)
	}
	file := l.path(name)
	p, err := Parse(name, file, source)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(file); err == nil && !replace {
		return nil, fmt.Errorf("%w: %s", ErrPromptExists, file)
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	draft, err := os.CreateTemp(dir, ".draft-*") // 0600
	if err != nil {
		return nil, err
	}
	_, err = draft.Write(source)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		if replace {
			err = os.Rename(draft.Name(), file)
		} else if err = Appear(draft.Name(), file); errors.Is(err, fs.ErrExist) { // somebody was quicker
			err = fmt.Errorf("%w: %s", ErrPromptExists, file)
		}
	}
	_ = os.Remove(draft.Name()) // where it was not renamed
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Remove deletes a prompt's file. It is [ErrNoPrompt] if there is none.
func (l Library) Remove(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	err := os.Remove(l.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %q", ErrNoPrompt, name)
	}
	return err
}

func (l Library) path(name string) string {
	return filepath.Join(l.Dir, filepath.FromSlash(name)+".md")
}

// CheckName says what is wrong with a name, which becomes a path in the library
// and must not lead out of it.
func CheckName(name string) error {
	wrong := fmt.Errorf("%.80q can't name a prompt: use letters, digits, spaces, - _ and ., in folders divided by /", name)
	if name == "" || len(name) > longestPath || path.Clean(name) != name || path.IsAbs(name) || strings.HasSuffix(name, ".md") {
		return wrong
	}
	for part := range strings.SplitSeq(name, "/") {
		first, _ := utf8.DecodeRuneInString(part)
		if first == '.' || unicode.IsMark(first) || strings.HasSuffix(part, ".") || strings.TrimSpace(part) != part || !filepath.IsLocal(part) {
			return wrong
		}
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r != '/' && !inNames(r) }) {
		return wrong
	}
	return nil
}

// inNames reports whether a character may be in a name. Vowels and accents that are
// characters of their own belong to letters, unless nobody sees them.
func inNames(r rune) bool {
	return r == '-' || r == '_' || r == '.' || r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) ||
		unicode.In(r, unicode.Mn, unicode.Mc) && !unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
