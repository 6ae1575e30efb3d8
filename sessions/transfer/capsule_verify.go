package transfer

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"juxta/sessions"
)

// Intact is what there is to know of a capsule that is.
type Intact struct {
	File     string `json:"file"`
	Root     string `json:"root"`
	Members  int    `json:"members"`
	Bytes    int64  `json:"bytes"`
	Sessions int    `json:"sessions"`
	Turns    int    `json:"turns"`
	Answers  int    `json:"answers"`
}

var capsuleHead = []byte("PK\x03\x04")

func capsuleReader() Reader {
	return Reader{
		Name: "capsule", Says: "juxta's capsules, from `juxta sessions export --format capsule`",
		// The first member's name is at byte 30 of a zip.
		Sniff: func(s *Source) bool {
			return bytes.HasPrefix(s.First, capsuleHead) && len(s.First) > 30 && bytes.HasPrefix(s.First[30:], []byte(capsuleNote))
		},
		Read: func(ctx context.Context, s *Source, in *Intake) error {
			f, err := s.Open()
			if err != nil {
				return err
			}
			defer f.Close()
			c, err := openCapsule(f, s.Size)
			if err != nil {
				return err
			}
			return c.sessions(ctx, in.Take)
		},
	}
}

// Verify reads a capsule to its last byte. It is intact if every member is what
// the manifest says, all of it can be imported, and no byte is another one than
// juxta would write. Else the error, an [*Unreadable], names the member and the
// place.
func Verify(ctx context.Context, path string) (Intact, error) {
	is := Intact{File: path}
	src, err := Look(path)
	if err != nil {
		return is, &Unreadable{Path: path, Err: err, Hint: "check its name"}
	}
	if !capsuleReader().Sniff(src) {
		return is, &Unreadable{Path: path, Err: fmt.Errorf("its head, the bytes from 0 to %d: it does not begin as a capsule does", 30+len(capsuleNote)), Hint: "only capsules can be verified: `juxta sessions export --format capsule` makes one"}
	}
	if err := src.verify(ctx, &is); err != nil {
		if ctx.Err() != nil {
			return is, context.Cause(ctx)
		}
		hint := "it is not what was exported: get it anew from where it was made"
		if errors.Is(err, errLater) {
			hint = "update juxta"
		}
		return is, &Unreadable{Path: path, Err: err, Hint: hint}
	}
	return is, nil
}

func (s *Source) verify(ctx context.Context, is *Intact) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	c, err := openCapsule(f, s.Size)
	if err != nil {
		return err
	}
	if err := c.same(ctx); err != nil {
		return err
	}
	is.Root, is.Members, is.Bytes = c.root, len(c.members)+1, s.Size
	return c.sessions(ctx, func(b sessions.Bundle) error {
		is.Sessions++
		for _, t := range b.Turns {
			is.Turns++
			is.Answers += len(t.Answers)
		}
		return b.Check()
	})
}

// same packs the members again and compares, so that no byte that no hash is
// over, in the zip's own fields, may differ either.
func (c *capsule) same(ctx context.Context) error {
	cmp := &comparer{r: c.r}
	z := zip.NewWriter(cmp)
	for _, m := range c.members {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := c.read(m)
		if err == nil {
			err = errors.Join(store(z, m.Name, data), z.Flush())
		}
		if err != nil {
			return within(m.Name, err)
		}
	}
	data, err := listing(c.members)
	if err == nil {
		err = errors.Join(store(z, capsuleManifest, data), z.Flush())
	}
	if err != nil {
		return within(capsuleManifest, err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("its directory: %w", err)
	}
	if cmp.at != c.size {
		return fmt.Errorf("its end, at byte %d: %d more bytes stand behind it", cmp.at, c.size-cmp.at)
	}
	return nil
}

// within says in which member a byte differs.
func within(name string, err error) error {
	var d *differs
	if errors.As(err, &d) {
		return fmt.Errorf("member %s: %w", name, d)
	}
	return err
}

// A comparer takes what is written to it for what should be in a file.
type comparer struct {
	r    io.ReaderAt
	at   int64
	into []byte
}

// differs is the first byte of a capsule that is not what it should be.
type differs struct{ at int64 }

func (d *differs) Error() string {
	return fmt.Sprintf("byte %d is not what juxta writes there: it was changed, or another program has packed it", d.at)
}

func (c *comparer) Write(p []byte) (int, error) {
	if len(c.into) < len(p) {
		c.into = make([]byte, len(p))
	}
	n, err := c.r.ReadAt(c.into[:len(p)], c.at)
	for i := range n {
		if c.into[i] != p[i] {
			return i, &differs{c.at + int64(i)}
		}
	}
	if n < len(p) {
		return n, fmt.Errorf("the file ends at byte %d: %w", c.at+int64(n), err)
	}
	c.at += int64(n)
	return n, nil
}
