package prompts

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Fates of a file that was to become a prompt of the library.
const (
	Added Fate = "added"
	Known Fate = "known" // the library has the same text already
	Apart Fate = "apart" // another prompt has its name, and it was added under one of its own
	Left  Fate = "left"  // it is no prompt
)

// A Fate is what became of a file.
type Fate string

// An Arrival says what became of one file.
type Arrival struct {
	File    string   // within the folder, with slashes, as found: whoever shows it sanitises it
	Name    string   // in the library; "" if it was left out
	Fate    Fate     //
	Err     error    // why it was left out: a [*FileError]
	Dropped []string // settings of its front matter that a prompt has not, and that were left out

	// Attachments are the paths and URLs that it is asked with, as the file has them:
	// whoever wrote it chose them, and not whoever asks it.
	Attachments []string
}

// Import adds the Markdown files of a folder, and of the folders in it, to the
// library, or with dry says what would become of them. A file of which the library
// has the same text adds nothing, and no prompt is replaced. Links are not
// followed. What can't be a prompt is left out, and the others are added all the
// same; an error of Import itself is about the folder or the library, which then
// has what came before it.
func (l Library) Import(dir string, dry bool) ([]Arrival, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files, err := markdownIn(root.FS())
	if err != nil {
		return nil, err
	}
	kept, err := l.List()
	if err != nil {
		return nil, err
	}
	in := &intake{library: l, dry: dry, names: map[string]bool{}, texts: map[string]string{}}
	for _, e := range kept {
		in.names[strings.ToLower(e.Name)] = true
		if e.Prompt != nil {
			in.texts[e.Prompt.SHA256()] = e.Name
		}
	}
	var all []Arrival
	for _, file := range files {
		a := Arrival{File: file, Fate: Left}
		source, err := readIn(root, file)
		if err == nil {
			err = in.take(&a, source)
		}
		var wrong *FileError
		if errors.As(err, &wrong) {
			wrong.Path = file
			a.Fate, a.Name, a.Err = Left, "", wrong
		} else if err != nil {
			return all, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// markdownIn lists the Markdown files of a folder by name.
func markdownIn(dir fs.FS) ([]string, error) {
	var all []string
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && name != ".":
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && slices.Contains([]string{".md", ".markdown"}, strings.ToLower(path.Ext(name))):
			if len(all) == mostPrompts {
				return fmt.Errorf("there are more than %d Markdown files", mostPrompts)
			}
			all = append(all, name)
		}
		return nil
	})
	return all, err
}

func readIn(root *os.Root, file string) ([]byte, error) {
	f, err := root.Open(filepath.FromSlash(file))
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	return readMost(f, file)
}

// An intake is what of a folder becomes part of a library.
type intake struct {
	library Library
	dry     bool
	names   map[string]bool   // that are taken, in lower case: some disks know no other
	texts   map[string]string // names by the hash of the text
}

// take adds one file, and says in a what became of it.
func (in *intake) take(a *Arrival, source []byte) error {
	source, a.Dropped = withoutOthers(source)
	p, err := Parse("", a.File, source)
	if err != nil {
		return err
	}
	a.Attachments = p.Attachments
	if name, ok := in.texts[p.SHA256()]; ok {
		a.Name, a.Fate = name, Known
		return nil
	}
	a.Name, a.Fate = nameFor(a.File), Added
	for n, name := 2, a.Name; in.names[strings.ToLower(a.Name)]; n++ {
		a.Name, a.Fate = fmt.Sprintf("%s %d", name, n), Apart
	}
	if !in.dry {
		if _, err := in.library.Add(a.Name, source, false); err != nil {
			return err
		}
	}
	in.names[strings.ToLower(a.Name)], in.texts[p.SHA256()] = true, a.Name
	return nil
}

// nameFor makes a name of the library of a file's.
func nameFor(file string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSuffix(file, path.Ext(file)), "/") {
		part = strings.Map(func(r rune) rune {
			if inNames(r) {
				return r
			}
			return '-'
		}, part)
		part = strings.Trim(strings.TrimSuffix(part, ".md"), " .")
		if part == "" {
			part = "prompt"
		}
		parts = append(parts, part)
	}
	name := strings.Join(parts, "/")
	if CheckName(name) == nil && len(name) < longestPath-10 {
		return name
	}
	short := []rune(parts[len(parts)-1]) // too long, or nothing that a file may be called on some system
	name = strings.Trim(string(short[:min(len(short), 40)]), " .")
	if CheckName(name) != nil {
		return "prompt"
	}
	return name
}

var setting = regexp.MustCompile(`^["']?([^\s"':#-][^:"']*?)["']?\s*:(\s|$)`)

// withoutOthers is a prompt's file without the settings that other programs keep
// in the front matter, and which those were. Where the front matter is no list of
// settings it stays as it is, and [Parse] says what is wrong.
func withoutOthers(source []byte) ([]byte, []string) {
	text := string(bytes.TrimPrefix(source, []byte("\ufeff")))
	front, rest, _, err := cutFront(strings.ReplaceAll(text, "\r\n", "\n"))
	if err != nil || front == "" || len(front) > mostFront {
		return source, nil
	}
	var dropped []string
	var kept strings.Builder
	drops := false
	for line := range strings.Lines(front) {
		if m := setting.FindStringSubmatch(line); m != nil {
			if drops = !slices.Contains(frontSettings(), m[1]); drops {
				dropped = append(dropped, m[1])
			}
		}
		if !drops {
			kept.WriteString(line)
		}
	}
	if len(dropped) == 0 {
		return source, nil
	}
	if strings.TrimSpace(kept.String()) == "" {
		return []byte(strings.TrimLeft(rest, "\n")), dropped
	}
	return []byte("---\n" + kept.String() + "---\n" + rest), dropped
}
