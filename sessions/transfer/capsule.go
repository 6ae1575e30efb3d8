package transfer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"maps"
	"slices"

	"juxta/sessions"
)

// A capsule is sessions with all that is known of how they came about, in one
// file that proves to be whole. It is a zip, so that anybody can look into it:
//
//	capsule.txt                        what this is
//	sessions/<id>/session.json         the session
//	sessions/<id>/turns/000001.json    a turn with its answers, their times, prices and settings, and its votes
//	files/<sha256>.png                 a file of the turns, or a model's template
//	manifest.json                      the size and the SHA-256 of all before it, and one hash over those: the root
//
// The same sessions are always the same bytes: members are stored as they are,
// without compression, whose result changes from one version of its library to
// the next, and without dates. So no member is larger than it claims, either.
const (
	capsuleNote     = "capsule.txt"
	capsuleManifest = "manifest.json"
	capsuleVersion  = 1

	capsuleSays = "juxta capsule\n\n" +
		"Questions, and what several language models answered, as they were recorded by juxta.\n" +
		"`juxta sessions replay FILE` plays them, `juxta sessions verify FILE` says whether they\n" +
		"are intact, `juxta sessions import FILE` adds them to yours. manifest.json has the SHA-256\n" +
		"of every member; its root is that of their list: a line each, of hash, size and name.\n"

	// What the plain form of a zip can say.
	mostPacked  = 65_000
	mostCapsule = 1<<32 - 1<<26 // bytes
)

// A Member is one file in a capsule.
type Member struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

type manifest struct {
	Juxta   string   `json:"juxta"` // "capsule"
	Version int      `json:"version"`
	Root    string   `json:"root"`
	Members []Member `json:"members"`
}

// rootOf is the hash over all members.
func rootOf(members []Member) string {
	h := sha256.New()
	for _, m := range members {
		_, _ = fmt.Fprintf(h, "%s %d %s\n", m.SHA256, m.Bytes, m.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// WriteCapsule writes sessions as a capsule, and holds one of them at a time. It
// returns the root. A session with hidden turns is [ErrHidden].
func WriteCapsule(w io.Writer, bundles iter.Seq2[sessions.Bundle, error]) (root string, err error) {
	c := &packer{z: zip.NewWriter(w), seen: map[string]bool{}}
	if err := c.add(capsuleNote, []byte(capsuleSays)); err != nil {
		return "", err
	}
	for b, err := range bundles {
		if err == nil {
			err = c.session(b)
		}
		if err != nil {
			return "", err
		}
	}
	return c.close()
}

// A packer writes the members of a capsule one after the other.
type packer struct {
	z       *zip.Writer
	members []Member
	bytes   int
	seen    map[string]bool // names, and hashes of files
}

// store writes a member as every capsule has it.
func store(z *zip.Writer, name string, data []byte) error {
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data),
		CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data)),
	})
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

func (c *packer) add(name string, data []byte) error {
	if c.seen[name] {
		return fmt.Errorf("%s is there twice", name)
	}
	c.seen[name] = true
	c.members = append(c.members, Member{name, len(data), sumOf(data)})
	if c.bytes += len(data) + 2*len(name) + 200; c.bytes > mostCapsule || len(c.members) >= mostPacked {
		return errors.New("that is too much for one capsule: write several, of fewer sessions each")
	}
	return store(c.z, name, data)
}

func (c *packer) json(name string, v any) error {
	line, err := marshal(v)
	if err != nil {
		return err
	}
	return c.add(name, append(line, '\n'))
}

func (c *packer) session(b sessions.Bundle) error {
	if len(b.Session.Hidden) > 0 {
		return fmt.Errorf("session %s: %w", b.Session.ID, ErrHidden)
	}
	folder := "sessions/" + string(b.Session.ID) + "/"
	if err := c.json(folder+"session.json", b.Session); err != nil {
		return err
	}
	for i := range b.Turns {
		if err := c.json(turnName(folder, b.Turns[i].ID), turnOut(&b.Turns[i])); err != nil {
			return err
		}
	}
	for _, sum := range slices.Sorted(maps.Keys(b.Files)) {
		if c.seen[sum] {
			continue // with a session before
		}
		c.seen[sum] = true
		if err := c.add(fileName(sum, &b), b.Files[sum]); err != nil {
			return err
		}
	}
	return nil
}

func turnName(folder string, id int) string { return fmt.Sprintf("%sturns/%06d.json", folder, id) }

// fileName is what a file is called, by what the first turn that has it says it
// is.
func fileName(sum string, b *sessions.Bundle) string {
	endings := map[string]string{
		"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
		"application/pdf": ".pdf", "audio/wav": ".wav", "audio/mpeg": ".mp3",
	}
	for i := range b.Turns {
		for _, f := range b.Turns[i].Files {
			if f.SHA256 == sum {
				return "files/" + sum + endings[f.MIME]
			}
		}
	}
	return "files/" + sum
}

func (c *packer) close() (string, error) {
	data, err := listing(c.members)
	if err == nil {
		err = store(c.z, capsuleManifest, data)
	}
	if err == nil {
		err = c.z.Close()
	}
	return rootOf(c.members), err
}

// listing is the manifest of the members.
func listing(members []Member) ([]byte, error) {
	m := manifest{Juxta: "capsule", Version: capsuleVersion, Root: rootOf(members), Members: members}
	data, err := json.MarshalIndent(m, "", " ")
	return append(data, '\n'), err
}
