package transfer

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"juxta/prompts"
	"juxta/sessions"
)

// memberName says what a capsule's members may be called. Nothing is ever
// written under these names; one that leads elsewhere is refused all the same,
// for whoever unpacks it with another program.
var memberName = pattern(`^(capsule\.txt|manifest\.json|sessions/[0-7][0-9A-HJKMNP-TV-Z]{25}/(session|turns/[0-9]{6,7})\.json|files/[0-9a-f]{64}(\.[a-z0-9]{3})?)$`)

// A capsule is one that is open, and of which the list of members is sound.
type capsule struct {
	r       io.ReaderAt
	size    int64
	root    string
	members []Member // without the manifest
	at      map[string]*zip.File
	files   map[string]string // names by hash
}

// openCapsule reads the list of members and believes nothing of it.
func openCapsule(r io.ReaderAt, size int64) (*capsule, error) {
	if err := directory(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("its directory: %w", err)
	}
	c := &capsule{r: r, size: size, at: map[string]*zip.File{}, files: map[string]string{}}
	all := uint64(0)
	for _, f := range z.File {
		name := f.Name
		switch {
		case !memberName().MatchString(name):
			return nil, fmt.Errorf("member %.120q: nothing in a capsule is called that", name)
		case c.at[name] != nil:
			return nil, fmt.Errorf("member %s: it is there twice: the capsule was changed; export it anew", name)
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
			return nil, fmt.Errorf("member %s: it is compressed, which no member of a capsule is: another program has packed it", name)
		case f.UncompressedSize64 > uint64(size) || all+f.UncompressedSize64 > uint64(size):
			return nil, fmt.Errorf("member %s: it claims %d bytes, and the whole file has %d", name, f.UncompressedSize64, size)
		case f.UncompressedSize64 > mostOf(name):
			return nil, fmt.Errorf("member %s: it has %d bytes, and the most is %d", name, f.UncompressedSize64, mostOf(name))
		}
		all += f.UncompressedSize64
		c.at[name] = f
		if sum, ok := hashIn(name); ok {
			if c.files[sum] != "" {
				return nil, fmt.Errorf("member %s: it is there twice: the capsule was changed; export it anew", name)
			}
			c.files[sum] = name
		}
	}
	return c, c.manifest(z.File)
}

// hashIn is the hash by which a file is called.
func hashIn(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, "files/")
	sum, _, _ := strings.Cut(rest, ".")
	return sum, ok
}

// mostOf is how large a member may be.
func mostOf(name string) uint64 {
	if strings.HasPrefix(name, "files/") {
		return prompts.MostBytes
	}
	return mostSession
}

// directory looks at the end of the file before its directory is read, because
// one with millions of members would take more memory than the file is large.
func directory(r io.ReaderAt, size int64) error {
	const (
		length    = 22
		signature = 0x06054b50
	)
	end := make([]byte, length)
	if size < length {
		return errors.New("its end: it is too short for a capsule")
	}
	if _, err := r.ReadAt(end, size-length); err != nil {
		return fmt.Errorf("its end: %w", err)
	}
	members, bytes := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:])
	switch {
	case binary.LittleEndian.Uint32(end) != signature:
		return fmt.Errorf("its end, at byte %d: there is no list of its members: it is cut short, or was changed", size-length)
	case members > mostPacked || bytes > mostSession:
		return fmt.Errorf("its end, at byte %d: it claims more members than a capsule can have", size-length)
	}
	return nil
}

// manifest reads the manifest, which has to list all other members in their
// order.
func (c *capsule) manifest(files []*zip.File) error {
	if len(files) == 0 || files[len(files)-1].Name != capsuleManifest {
		return fmt.Errorf("member %s: it is not the last one, or is missing", capsuleManifest)
	}
	data, err := c.raw(capsuleManifest)
	if err != nil {
		return err
	}
	var m manifest
	if err := strict(data, &m); err != nil {
		return fmt.Errorf("member %s: %w", capsuleManifest, err)
	}
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("member %s: %w", capsuleManifest, fmt.Errorf(format, args...))
	}
	switch {
	case m.Juxta != "capsule":
		return wrong("%.40q is not a capsule", m.Juxta)
	case m.Version != capsuleVersion:
		return wrong("it is of version %d, and this juxta reads version %d: %w", m.Version, capsuleVersion, errLater)
	case len(m.Members) != len(files)-1:
		return wrong("it lists %d members, and there are %d", len(m.Members), len(files)-1)
	case rootOf(m.Members) != m.Root:
		return wrong("its root is not the hash over its list: that would be %s", rootOf(m.Members))
	}
	for i, one := range m.Members {
		if one.Name != files[i].Name || one.Bytes < 0 || uint64(one.Bytes) != files[i].UncompressedSize64 {
			return wrong("it lists %.120q of %d bytes where %s of %d bytes is", one.Name, one.Bytes, files[i].Name, files[i].UncompressedSize64)
		}
	}
	c.root, c.members = m.Root, m.Members
	return nil
}

// raw is what a member holds.
func (c *capsule) raw(name string) ([]byte, error) {
	f, ok := c.at[name]
	if !ok {
		return nil, fmt.Errorf("member %s: it is missing", name)
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, fmt.Errorf("member %s: its head: %w", name, err)
	}
	data := make([]byte, f.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("member %s: %w", name, err)
	}
	return data, nil
}

// read is what a member holds, if that is what the manifest says of it.
func (c *capsule) read(m Member) ([]byte, error) {
	data, err := c.raw(m.Name)
	if err != nil {
		return nil, err
	}
	if sum := sumOf(data); sum != m.SHA256 {
		from, _ := c.at[m.Name].DataOffset() // which has been read
		return nil, fmt.Errorf("member %s, the bytes from %d to %d: they are not what its hash says: that would be %s", m.Name, from, from+int64(len(data)), sum)
	}
	return data, nil
}

// sessions hands out the sessions of a capsule one after the other.
func (c *capsule) sessions(ctx context.Context, take func(sessions.Bundle) error) error {
	if len(c.members) == 0 || c.members[0].Name != capsuleNote {
		return fmt.Errorf("member %s: it is not the first one, or is missing", capsuleNote)
	}
	used := map[string]bool{}
	for i := 1; i < len(c.members); {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := c.members[i]
		if sum, ok := hashIn(m.Name); ok { // read with the turns that have it
			if !used[sum] {
				return fmt.Errorf("member %s: no turn before it has this file", m.Name)
			}
			i++
			continue
		}
		folder, what, _ := strings.Cut(strings.TrimPrefix(m.Name, "sessions/"), "/")
		if what != "session.json" {
			return fmt.Errorf("member %s: there is no session before it", m.Name)
		}
		b, n, err := c.session("sessions/"+folder+"/", c.members[i:])
		if err != nil {
			return err
		}
		if string(b.Session.ID) != folder {
			return fmt.Errorf("member %s: the session calls itself %.40q", m.Name, string(b.Session.ID))
		}
		for sum := range b.Files {
			used[sum] = true
		}
		if err := take(b); err != nil {
			return fmt.Errorf("session %s: %w", folder, err)
		}
		i += n
	}
	return nil
}

// session reads one session of n members, with its files.
func (c *capsule) session(folder string, from []Member) (b sessions.Bundle, n int, err error) {
	texts := 0
	for n < len(from) && strings.HasPrefix(from[n].Name, folder) {
		m := from[n]
		data, err := c.read(m)
		if err != nil {
			return b, n, err
		}
		if texts += len(data); texts > mostTexts {
			return b, n, fmt.Errorf("member %s: the session has more than %d MB of text", m.Name, mostTexts>>20)
		}
		var t jsonTurn
		switch {
		case n == 0:
			err = strict(data, &b.Session)
		case m.Name != turnName(folder, n):
			err = fmt.Errorf("turn %d should be here", n)
		default:
			if err = strict(data, &t); err == nil {
				b.Turns = append(b.Turns, t.turn())
			}
		}
		if err != nil {
			return b, n, fmt.Errorf("member %s: %w", m.Name, err)
		}
		n++
	}
	return b, n, c.bytesOf(&b)
}

// bytesOf reads the files that a session names and the capsule has.
func (c *capsule) bytesOf(b *sessions.Bundle) error {
	all := 0
	for _, sum := range b.Lacks() {
		name, ok := c.files[sum]
		if !ok {
			continue // the store that it is from had lost it
		}
		if all += int(c.at[name].UncompressedSize64); all > mostFiles {
			return fmt.Errorf("member %s: the session has more than %d MB of files", name, mostFiles>>20)
		}
		data, err := c.read(Member{Name: name, SHA256: sum})
		if err != nil {
			return err
		}
		if b.Files == nil {
			b.Files = map[string][]byte{}
		}
		b.Files[sum] = data
	}
	return nil
}
