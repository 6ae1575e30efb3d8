package transfer

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of an archive. Text as people write it is packed to a tenth; what is
// made to be a burden comes to a thousandth.
const (
	mostUnpacked  = 128 << 30 // bytes of all members that are read
	mostRatio     = 300       // of a member to its packed size
	mostMembers   = 200_000
	mostDirectory = 64 << 20 // bytes of an archive's list of members
)

// An export is what another program gives out of its conversations: files in an
// archive, in a folder, or one file.
type export struct {
	members []member // by name
	closers []io.Closer
	left    int64 // bytes that may still be unpacked
}

// A member is one of its files. Nothing is ever written under its name.
type member struct {
	name string // with slashes; "" for the source itself
	size int64  // bytes, as far as is said
	open func() (io.ReadCloser, error)
}

// openExport lists the members of a source. The caller closes it.
func openExport(s *Source) (*export, error) {
	switch {
	case s.Folder:
		return openFolder(s.Path)
	case strings.HasPrefix(string(s.First), "PK\x03\x04"), strings.HasPrefix(string(s.First), "PK\x05\x06"):
		return openArchive(s)
	}
	one := member{size: s.Size, open: func() (io.ReadCloser, error) { return s.Open() }}
	return &export{members: []member{one}, left: mostUnpacked}, nil
}

func (e *export) Close() error {
	var all []error
	for _, c := range slices.Backward(e.closers) {
		all = append(all, c.Close())
	}
	return errors.Join(all...)
}

// openFolder lists the files of a folder, and no link out of it.
func openFolder(dir string) (*export, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, reasonOf(err)
	}
	e := &export{closers: []io.Closer{root}, left: mostUnpacked}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return place{file: name}.wrong("%w", reasonOf(err))
		case strings.HasPrefix(d.Name(), ".") && name != ".":
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		case len(e.members) == mostMembers:
			return fmt.Errorf("it has more than %d files", mostMembers)
		}
		m := member{name: name, open: func() (io.ReadCloser, error) { return root.Open(filepath.FromSlash(name)) }}
		if info, err := d.Info(); err == nil {
			m.size = info.Size()
		}
		e.members = append(e.members, m)
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// openArchive lists the members of a ZIP archive and refuses it if one has a name
// that leads out of it, or is there twice: whoever made that meant no good.
func openArchive(s *Source) (*export, error) {
	f, err := s.Open()
	if err != nil {
		return nil, err
	}
	e := &export{closers: []io.Closer{f}, left: mostUnpacked}
	list := &bounded{r: f, left: mostDirectory}
	z, err := zip.NewReader(list, s.Size)
	list.left = -1 // what follows is bounded by member
	if err == nil {
		err = e.add(z.File)
	} else if !errors.Is(err, errDirectory) {
		err = fmt.Errorf("this ZIP archive can't be read, it may be cut short: %w", err)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *export) add(files []*zip.File) error {
	seen := map[string]bool{}
	for _, f := range files {
		name := f.Name
		switch {
		case strings.HasSuffix(name, "/"):
			if !fs.ValidPath(strings.TrimSuffix(name, "/")) {
				return place{file: name}.wrong("a folder of that name leads out of the archive: it is not what it should be")
			}
			continue
		case !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") || filepath.VolumeName(name) != "":
			return place{file: name}.wrong("a file of that name leads out of the archive: it is not what it should be")
		case seen[name]:
			return place{file: name}.wrong("it is in the archive twice")
		case len(e.members) == mostMembers:
			return fmt.Errorf("it has more than %d files", mostMembers)
		}
		seen[name] = true
		e.members = append(e.members, member{name, int64(f.UncompressedSize64), func() (io.ReadCloser, error) { return e.unpack(f) }})
	}
	slices.SortFunc(e.members, func(x, y member) int { return strings.Compare(x.name, y.name) })
	return nil
}

func (e *export) unpack(f *zip.File) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, errors.New("it is encrypted: unpack the archive yourself, and import the folder")
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &unpacking{ReadCloser: r, export: e, packed: int64(f.CompressedSize64)}, nil
}

// unpacking stops at what unpacks to more than it should.
type unpacking struct {
	io.ReadCloser
	export *export
	packed int64
	n      int64
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.n += int64(n)
	u.export.left -= int64(n)
	switch {
	case u.n > 1<<20 && u.n > mostRatio*u.packed:
		return 0, fmt.Errorf("it unpacks to more than %d times its size: it is no export, but made to be a burden", mostRatio)
	case u.export.left < 0:
		return 0, fmt.Errorf("the archive unpacks to more than %d GB", mostUnpacked>>30)
	}
	return n, err
}

// bounded is what an archive's list of members is read from.
type bounded struct {
	r    io.ReaderAt
	left int64 // -1 for no bound
}

var errDirectory = fmt.Errorf("its list of files has more than %d MB", mostDirectory>>20)

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errDirectory
		}
	}
	return b.r.ReadAt(p, off)
}

// conversations are the members that hold conversations: conversations.json, or
// conversations-000.json and so on. What is no archive and no folder is one.
func (e *export) conversations() []member {
	if len(e.members) == 1 && e.members[0].name == "" {
		return e.members
	}
	var all []member
	for _, m := range e.members {
		base := path.Base(m.name)
		middle, ok := strings.CutPrefix(base, "conversations")
		if middle, ok2 := strings.CutSuffix(middle, ".json"); ok && ok2 && (middle == "" || middle[0] == '-' && digits(middle[1:])) && !strings.HasPrefix(m.name, "__MACOSX/") {
			all = append(all, m)
		}
	}
	return all
}

// markdown is how many of the members are Markdown.
func (e *export) markdown() int {
	n := 0
	for _, m := range e.members {
		if path.Ext(m.name) == ".md" {
			n++
		}
	}
	return n
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// read calls fn with each value of the member, see scanner.each, and notes what is
// to be known of it.
func (m *member) read(under string, in *Intake, fn func(value) error) error {
	f, err := m.open()
	if err != nil {
		return place{file: m.name}.wrong("%w", reasonOf(err))
	}
	defer f.Close()
	s := newScanner(m.name, told{f, in.read})
	var skip func(*placeError)
	if in.skip {
		skip = func(e *placeError) { in.Leave("conversations with a fault", e.Error()) }
	}
	err = s.each(under, fn, skip)
	if s.u.note != "" {
		in.Note(strings.TrimSpace(m.name + " " + s.u.note))
	}
	var at *placeError
	if err == nil || errors.As(err, &at) {
		return err
	}
	return s.here().wrong("%w", err)
}

// told says how much was read.
type told struct {
	r    io.Reader
	tell func(int)
}

func (t told) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.tell(n)
	return n, err
}

// bytes is a member whole, unless it has more than most.
func (m *member) bytes(most int64) ([]byte, error) {
	f, err := m.open()
	if err != nil {
		return nil, reasonOf(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("it has more than %d MB", most>>20)
	}
	return b, err
}
