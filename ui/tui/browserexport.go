package tui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// A Format is one in which sessions are written to a file.
type Format struct {
	Name string // "html"
	Ext  string // of the file's name: ".html"
}

// Export is how sessions are written to files. The zero value writes none.
type Export struct {
	Formats []Format

	// Write writes sessions to a new file, whole or not at all, and never over
	// one that is there. said is what was left out, if something was.
	Write func(ids []sessions.ID, format, file string) (said string, err error)
}

// exportSessions asks for the format and the file, and writes the chosen
// sessions there.
func (m *Model) exportSessions(b *browser) tea.Cmd {
	all, e := b.targets(), m.opts.Export
	if len(all) == 0 || e.Write == nil {
		return nil
	}
	format := &field{name: "format", kind: aChoice}
	for _, f := range e.Formats {
		format.options = append(format.options, f.Name)
	}
	format.value = format.options[0]
	suggested := fileNameOf(all)
	file := &field{name: "file", kind: aLine, value: suggested + e.Formats[0].Ext, check: func(s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("a name is needed")
		}
		return nil
	}}
	f := newForm("Write "+called(all)+" to a file", &m.look, func(f *form) action {
		name, format := strings.TrimSpace(f.value("file")), f.value("format")
		return func(m *Model) tea.Cmd { return m.writeOut(b, f, all, format, name) }
	}, format, file)
	f.does = "enter writes"
	f.changed = func(x *field) {
		if x.name != "format" {
			return
		}
		for _, k := range e.Formats {
			if now := f.value("file"); strings.HasPrefix(now, suggested+".") && k.Name == f.value("format") {
				f.field("file").set(suggested + k.Ext)
			}
		}
	}
	m.push(f)
	return nil
}

// writeOut writes sessions to a file. What goes wrong stands in the form.
func (m *Model) writeOut(b *browser, f *form, all []sessions.Session, format, name string) tea.Cmd {
	if b.works {
		return nil
	}
	b.works = true
	f.note = "writing"
	write, ids := m.opts.Export.Write, idsOf(all)
	return func() tea.Msg {
		if rest, ok := strings.CutPrefix(name, "~/"); ok {
			home, _ := os.UserHomeDir() // without one, ~ is nothing
			name = filepath.Join(home, rest)
		}
		path, err := filepath.Abs(name)
		said := ""
		if err == nil {
			said, err = write(ids, format, path)
		}
		return action(func(m *Model) tea.Cmd {
			b.works = false
			if err != nil {
				f.note, f.field("file").err = "", err
				return nil
			}
			m.drop(f)
			b.marked = nil
			if said = plain.Line(strings.TrimSpace(said)); said != "" {
				said = " · " + said
			}
			b.say("wrote "+path+said, false)
			return nil
		})
	}
}

// fileNameOf is what a file with sessions is called, without its ending: by the
// first title's words, which may be anything, and the day it began.
func fileNameOf(all []sessions.Session) string {
	const most = 40 // bytes of words
	name := ""
	for _, word := range strings.FieldsFunc(strings.ToLower(all[0].Words()), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if name != "" && len(name)+1+len(word) > most {
			break
		}
		name += "-" + strings.ToValidUTF8(word[:min(len(word), most)], "")
	}
	if name == "" {
		name = "-session"
	}
	if len(all) > 1 {
		name += "-and-more"
	}
	return name[1:] + "-" + all[0].Created.Local().Format(time.DateOnly)
}
