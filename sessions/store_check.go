package sessions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Health is what an examination of a store's file found.
type Health struct {
	Layout   int       `json:"schema"` // 0 if it could not be told
	Bytes    int64     `json:"bytes"`
	Unused   int64     `json:"unused_bytes"` // that compacting would give back, about
	Sessions int       `json:"sessions"`
	Turns    int       `json:"turns"`
	Answers  int       `json:"answers"`
	Votes    int       `json:"votes"`
	Files    int       `json:"files"`
	Wrong    int       `json:"wrong"`    // how many findings there are
	Findings []Finding `json:"findings"` // the first of them
}

// A Finding is one thing that is wrong with a store.
type Finding struct {
	Kind FindingKind `json:"kind"`
	What string      `json:"what"`
}

// FindingKind is what a finding is about.
type FindingKind string

// Kinds of findings.
const (
	PageFinding     FindingKind = "page"     // the file does not hang together
	ValueFinding    FindingKind = "value"    // something can't be read
	DanglingFinding FindingKind = "dangling" // something belongs to what is not there
	MissingFinding  FindingKind = "missing"  // a file of a turn is not there
	HashFinding     FindingKind = "hash"     // a file is not what was saved
	UnusedFinding   FindingKind = "unused"   // a file is there that no turn has
	ListFinding     FindingKind = "list"     // what is kept to list things quickly disagrees with them
	IndexFinding    FindingKind = "index"    // the index for searching lacks something, or leads nowhere
)

// mostFindings is how many findings are listed.
const mostFindings = 100

func (h *Health) find(kind FindingKind, format string, args ...any) {
	if h.Wrong++; len(h.Findings) < mostFindings {
		h.Findings = append(h.Findings, Finding{kind, fmt.Sprintf(format, args...)})
	}
}

// Examine reads a whole store and says what is wrong with it. It changes
// nothing, not even the layout, and nothing that stands in the file makes it
// fail: only what keeps it from reading does. Others can use the store between
// its steps: of a store of 1 GB, the longest takes about a second. It ends with
// the error of ctx when that ends.
func Examine(ctx context.Context, path string) (Health, error) {
	h := Health{Findings: []Finding{}}
	l := looking(ctx, path)
	defer l.Close()
	sound := false
	err := l.look(func() error {
		return withPages(l.path, func(f *pageFile) error {
			h.Bytes = f.size
			sound = f.structure(func(err error) { h.find(PageFinding, "%v", err) })
			h.Unused = f.unused
			return nil
		})
	})
	if err != nil || !sound {
		return h, storeError("examining", path, err)
	}
	err = l.look(func() error {
		return transact(l.path, false, func(tx *bolt.Tx) error {
			for err := range tx.Check() {
				if h.Wrong == 0 { // else they were found before
					h.find(PageFinding, "the file does not hang together (bbolt says: %v)", err)
				}
			}
			return h.begin(tx)
		})
	})
	if err == nil {
		err = (&examiner{Health: &h}).all(l)
	}
	if errors.Is(err, errDamaged) {
		h.find(PageFinding, "%v", err)
		err = nil
	}
	return h, storeError("examining", path, err)
}

// A looker reads a store that it has not opened, inside its lock.
type looker struct {
	ctx  context.Context // of the one call that a looker is for
	path string
	lock lock
}

func looking(ctx context.Context, path string) *looker {
	path = realPath(path)
	return &looker{ctx: ctx, path: path, lock: lock{path: path + ".lock"}}
}

func (l *looker) Close() error { return l.lock.close() }

// look calls do inside the lock. Where that can't be had for want of rights,
// nobody here can write either.
func (l *looker) look(do func() error) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	if info, err := os.Stat(l.path); err != nil {
		return err
	} else if info.IsDir() {
		return errFolder
	} else if !info.Mode().IsRegular() {
		return errForeign
	}
	began := false
	err := l.lock.holdUnless(l.ctx, patienceAtOpen, func() error { began = true; return do() })
	if !began && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		return do()
	}
	return err
}

// begin tells the layout, and looks for the buckets that it has.
func (h *Health) begin(tx *bolt.Tx) error {
	version, err := versionOf(tx)
	switch {
	case err != nil:
		return err
	case version > len(layout()):
		return fmt.Errorf("%w (layout %d, this one knows %d)", errNewer, version, len(layout()))
	}
	h.Layout = version
	e := examiner{Health: h, tx: tx}
	for _, p := range e.parts() {
		if version >= p.since && tx.Bucket([]byte(p.bucket)) == nil {
			h.find(ValueFinding, "a part of the store is missing (bucket %q)", p.bucket)
		}
	}
	for _, id := range pinnedIDs(tx) {
		if !e.has(inSessions, []byte(id)) {
			h.find(ListFinding, "the list of pinned sessions has %q, which is not there", id)
		}
	}
	return nil
}

// An examiner goes through the buckets of a store that hangs together, and asks
// of every entry whether what it belongs to is there.
type examiner struct {
	*Health
	tx *bolt.Tx // of the step that is made

	known   []uint64 // what the segments of the index know, sorted,
	knownAt int      // as of this transaction
}

// A part is what is asked of the entries of one bucket.
type part struct {
	bucket  string
	since   int    // layout
	numbers int    // that its keys have behind that of a session; -1 for other keys
	what    string // an entry is
	look    func(k, v []byte)
}

func (e *examiner) parts() []part {
	return []part{
		{inSessions, 1, 0, "a session", e.session},
		{inRecent, 1, -1, "", e.recent},
		{inTurns, 1, 1, "a turn", e.turn},
		{inAnswers, 1, 3, "an answer", e.answer},
		{inChunks, 1, 3, "an answer's times", e.chunks},
		{inFiles, 2, -1, "", e.file},
		{inHeld, 2, -1, "", e.held},
		{inHolders, 2, -1, "", e.holder},
		{inLoose, 2, -1, "", e.loose},
		{inVotes, 3, 2, "a vote", e.vote},
		{inNumbers, 4, 0, "a session's number", e.number},
		{inNumbered, 4, -1, "", e.numbered},
		{inFresh, 4, -1, "", e.fresh},
		{inDocs, 4, -1, "", e.docs},
		{inWords, 4, -1, "", e.words},
		{inPairs, 5, -1, "", e.pairs},
	}
}

// step is how long an examiner has the store before it lets others to it.
const step = 100 * time.Millisecond

func (e *examiner) all(l *looker) error {
	for _, p := range e.parts() {
		for after, more := []byte(nil), true; more; {
			err := l.look(func() error {
				return transact(l.path, false, func(tx *bolt.Tx) error {
					e.tx = tx
					after, more = e.some(p, after)
					return nil
				})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// some looks at the entries of a part behind a key, until the step or the part
// is over. It returns where it is then.
func (e *examiner) some(p part, after []byte) ([]byte, bool) {
	b := e.tx.Bucket([]byte(p.bucket))
	if b == nil {
		return nil, false
	}
	until := time.Now().Add(step)
	c := b.Cursor()
	k, v := c.Seek(after)
	if bytes.Equal(k, after) && len(after) > 0 {
		k, v = c.Next()
	}
	for ; k != nil; k, v = c.Next() {
		if p.numbers >= 0 && (v == nil || !wellKeyed(k, p.numbers)) {
			e.find(ValueFinding, "%s stands where none can be found (key %.60q)", p.what, k)
		} else {
			p.look(k, v)
		}
		if time.Now().After(until) {
			return bytes.Clone(k), true
		}
	}
	return nil, false
}
