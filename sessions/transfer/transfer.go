// Package transfer is what programs read and write of sessions: juxta's own
// lossless JSON and capsules, and the formats of others.
//
// Its model of the world: a [Source] is a file or a folder. A [Reader] knows one
// format by its look and hands what it finds to an [Intake], session by session,
// so that no more than one need be in memory. [Import] reads everything once to
// see that all of it is sound, and then again to add it to a store. Nothing that
// a file claims of itself is believed.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"juxta/sessions"
)

// A Reader takes sessions out of one format.
type Reader struct {
	Name string // "capsule"
	Says string // for people: "a capsule of juxta"

	// Sniff reports whether a source has the format, by its name and its first
	// bytes. It may look further into it with [Source.Open].
	Sniff func(*Source) bool

	// Read hands every session of a source to the intake, in the source's order.
	// It ends with the intake's first error, or its own, which names the place.
	// It is called twice for each import, and finds the same both times.
	Read func(context.Context, *Source, *Intake) error
}

// Readers lists the formats that are read, the pickiest first.
func Readers() []Reader {
	return []Reader{
		capsuleReader(),
		jsonReader(),
		foreignReader(chatGPT()),
		foreignReader(claude()),
		foreignReader(llmLogs()),
		foreignReader(openAIChat()),
	}
}

// A Source is a file or a folder that is to be read.
type Source struct {
	Path   string
	Name   string // the last part of Path
	Folder bool
	Size   int64  // bytes of a file
	First  []byte // its first bytes, at most 64 KB
}

const firstBytes = 64 << 10

// Look opens what path names and reads its first bytes.
func Look(path string) (*Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reasonOf(err)
	}
	s := &Source{Path: path, Name: filepath.Base(path), Folder: info.IsDir(), Size: info.Size()}
	if s.Folder {
		s.Size = 0
		return s, nil
	}
	if !info.Mode().IsRegular() { // opening a pipe waits for somebody to write to it, and it can't be read twice
		return nil, errors.New("it is neither a file nor a folder")
	}
	f, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s.First = make([]byte, firstBytes)
	n, err := io.ReadFull(f, s.First)
	s.First = s.First[:n]
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, reasonOf(err)
	}
	return s, nil
}

// Open opens the source's file. The caller closes it.
func (s *Source) Open() (*os.File, error) {
	f, err := os.Open(s.Path)
	return f, reasonOf(err)
}

// reasonOf is an error of the file system without the path, which whoever tells
// it says anyway.
func reasonOf(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// An Intake is what a [Reader] hands its sessions to.
type Intake struct {
	take   func(sessions.Bundle) error
	skip   bool // what is wrong with one session alone is left out
	checks bool // the sessions are looked at, and go nowhere
	tell   func(done float64)
	of     int64 // bytes that there are to read
	done   int64
	left   []Left
	notes  []string
}

// Take takes a session. Its error ends the reading.
func (in *Intake) Take(b sessions.Bundle) error { return in.take(b) }

// Leave notes what of the source is not taken, in words that may be counted:
// "pictures that the export does not hold", and where it stands.
func (in *Intake) Leave(what, where string) {
	i := slices.IndexFunc(in.left, func(l Left) bool { return l.What == what })
	if i < 0 {
		i = len(in.left)
		in.left = append(in.left, Left{What: what, First: where})
	}
	in.left[i].Times++
}

// read tells that so many bytes were read.
func (in *Intake) read(n int) {
	if in.done += int64(n); in.of > 0 && in.tell != nil {
		in.tell(min(float64(in.done)/float64(in.of), 1))
	}
}

// Note notes something about the source that is as it should be, and that
// somebody may want to know: "is UTF-16 and was read as that".
func (in *Intake) Note(what string) {
	if !slices.Contains(in.notes, what) {
		in.notes = append(in.notes, what)
	}
}

// Left is something of a source that was not taken.
type Left struct {
	What  string `json:"what"`
	Times int    `json:"times"`
	First string `json:"first"` // where the first one stands
}

// A Report says what an import took and what it left out.
type Report struct {
	File     string             `json:"file"`
	Format   string             `json:"format"` // a [Reader.Name]
	Sessions []sessions.Arrival `json:"sessions"`
	Left     []Left             `json:"left_out"`
	Notes    []string           `json:"notes,omitempty"` // what else there is to know of the source
}

// Import adds the sessions of a file or a folder to a store. It reads all of it
// before it adds anything, so that a source with a fault adds nothing; if the
// store fails then, it takes back what it has added. An error about the source
// is an [*Unreadable].
func Import(ctx context.Context, store *sessions.Store, path string, modes ...Mode) (Report, error) {
	m := mode{put: store.Import, tell: func(float64) {}}
	for _, set := range modes {
		set(&m)
	}
	if m.dry {
		m.put = store.Rehearse
	}
	return importFrom(ctx, &load{store: store, dry: m.dry, put: m.put}, path, m)
}

// A Mode is a way to import.
type Mode func(*mode)

type mode struct {
	dry, skip bool
	put       func(context.Context, ...sessions.Bundle) ([]sessions.Arrival, error)
	tell      func(float64)
}

// DryRun says what would be added and left out, and adds nothing.
func DryRun(m *mode) { m.dry = true }

// SkipBroken leaves out a conversation of another program that has a fault, and
// takes the others.
func SkipBroken(m *mode) { m.skip = true }

// Progress has tell called now and then with how much of the work is done, from 0
// to 1, where another program's file is read.
func Progress(tell func(done float64)) Mode { return func(m *mode) { m.tell = tell } }

func importFrom(ctx context.Context, load *load, path string, m mode) (Report, error) {
	r := Report{File: path, Sessions: []sessions.Arrival{}, Left: []Left{}}
	src, err := Look(path)
	if err != nil {
		return r, &Unreadable{Path: path, Err: err, Hint: "check its name"}
	}
	reader, err := src.reader()
	if err != nil {
		return r, err
	}
	r.Format = reader.Name
	if err := src.read(ctx, reader, &Intake{take: func(b sessions.Bundle) error { return b.Check() }, skip: m.skip, checks: true, tell: func(done float64) { m.tell(done / 2) }}); err != nil {
		return r, err
	}
	in := &Intake{take: func(b sessions.Bundle) error { return load.take(ctx, b) }, skip: m.skip, tell: func(done float64) { m.tell(0.5 + done/2) }}
	err = src.read(ctx, reader, in)
	if err == nil {
		err = load.unload(ctx)
	}
	if err != nil {
		return r, load.undo(err)
	}
	r.Sessions = append(r.Sessions, load.all...)
	r.Left, r.Notes = append(r.Left, in.left...), in.notes
	return r, nil
}

// reader is the reader of a source's format.
func (s *Source) reader() (Reader, error) {
	for _, r := range Readers() {
		if r.Sniff(s) {
			return r, nil
		}
	}
	return Reader{}, s.unread()
}

// unread is why no reader knows the source.
func (s *Source) unread() error {
	e := &Unreadable{Path: s.Path, Hint: "`juxta sessions import --help` lists the formats", Err: errors.New("it is in no format that juxta reads")}
	if sessions.LooksLikeStore(s.First) {
		e.Err, e.Hint = errors.New("it is a store of sessions, and no export"), "`juxta sessions export --all --db FILE | juxta sessions import -` adds its sessions"
		return e
	}
	x, err := openExport(s)
	switch {
	case err != nil:
		e.Err = err
		return e
	case s.Folder && x.markdown() > 0 && len(x.conversations()) == 0:
		e.Err, e.Hint = errors.New("it holds no conversations, but Markdown files"), "`juxta prompts import FOLDER` adds them to the library of prompts"
	case len(x.conversations()) == 0:
		e.Err = errors.New("there is no conversations.json in it")
	case x.members[0].name != "":
		m := x.conversations()[0]
		if err := m.read("conversations", &Intake{}, func(value) error { return nil }); err != nil {
			e.Err = err
		}
	}
	_ = x.Close()
	return e
}

// read has a reader read the source.
func (s *Source) read(ctx context.Context, r Reader, in *Intake) error {
	err := r.Read(ctx, s, in)
	var unreadable *Unreadable
	var failed *storeFailed
	switch {
	case err == nil, errors.As(err, &unreadable):
		return err
	case errors.As(err, &failed):
		return failed.err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	u := &Unreadable{Path: s.Path, Err: err, Hint: "nothing of it was imported; get the file anew, or from where it was made"}
	if errors.Is(err, errLater) {
		u.Hint = "nothing of it was imported; update juxta"
	}
	var at *placeError
	if errors.As(err, &at) && at.alone {
		u.Hint = "nothing of it was imported; --skip-broken takes the other conversations"
	}
	return u
}

// An Unreadable is a source that can't be imported.
type Unreadable struct {
	Path string
	Err  error
	Hint string // the next step for a person
}

func (e *Unreadable) Error() string { return fmt.Sprintf("%q: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *Unreadable) Unwrap() error { return e.Err }

// Advice is the next step for a person.
func (e *Unreadable) Advice() string { return e.Hint }
