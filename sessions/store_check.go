package sessions

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
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

	damaged bool // nothing but its pages was looked at
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
	ListFinding     FindingKind = "list"     // what is kept to find things quickly disagrees with them
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
// fail: only what keeps it from reading does. Others wait meanwhile.
func Examine(path string) (Health, error) {
	h := Health{Findings: []Finding{}}
	err := lookingAt(path, func(path string) error {
		sound := false
		err := withPages(path, func(f *pageFile) error {
			h.Bytes = f.size
			sound = f.structure(func(err error) { h.find(PageFinding, "%v", err) })
			h.Unused = f.unused
			return nil
		})
		if err != nil || !sound {
			h.damaged = !sound
			return err
		}
		err = transact(path, false, func(tx *bolt.Tx) error {
			for err := range tx.Check() {
				if h.Wrong == 0 { // else they were found before
					h.find(PageFinding, "%v", err)
				}
			}
			return h.examine(tx)
		})
		if errors.Is(err, errDamaged) {
			h.find(PageFinding, "%v", err)
			return nil
		}
		return err
	})
	return h, storeError("examining", path, err)
}

// lookingAt calls do with the real path of a store inside its lock. Where the
// lock can't be had for want of rights, nobody here can write either.
func lookingAt(path string, do func(path string) error) error {
	path = realPath(path)
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.IsDir() {
		return errFolder
	} else if !info.Mode().IsRegular() {
		return errForeign
	}
	l := lock{path: path + ".lock"}
	defer l.close()
	began := false
	err := l.hold(patienceAtOpen, func() error { began = true; return do(path) })
	if !began && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		return do(path)
	}
	return err
}

// An examiner goes through the buckets of a store that hangs together.
type examiner struct {
	*Health
	tx *bolt.Tx
}

func (h *Health) examine(tx *bolt.Tx) error {
	version, err := versionOf(tx)
	switch {
	case err != nil:
		return err
	case version > len(layout()):
		return fmt.Errorf("%w (layout %d, this one knows %d)", errNewer, version, len(layout()))
	}
	h.Layout = version
	e := examiner{h, tx}
	for _, part := range []struct {
		bucket string
		since  int // layout
		look   func(b *bolt.Bucket)
	}{
		{inSessions, 1, e.sessions},
		{inRecent, 1, e.recent},
		{inTurns, 1, e.turns},
		{inAnswers, 1, e.answers},
		{inChunks, 1, e.chunks},
		{inFiles, 2, e.files},
		{inHeld, 2, e.held},
		{inHolders, 2, e.holders},
		{inLoose, 2, e.loose},
		{inVotes, 3, e.votes},
	} {
		if b := tx.Bucket([]byte(part.bucket)); b != nil {
			part.look(b)
		} else if version >= part.since {
			h.find(ValueFinding, "the bucket %q is missing", part.bucket)
		}
	}
	return nil
}

// get is a value, and nil where there is none or no such bucket.
func (e *examiner) get(bucket string, key []byte) []byte {
	if b := e.tx.Bucket([]byte(bucket)); b != nil {
		return b.Get(key)
	}
	return nil
}

// has reports whether a bucket has a value; files are buckets themselves.
func (e *examiner) has(bucket string, key []byte) bool {
	if bucket != inFiles {
		return e.get(bucket, key) != nil
	}
	b := e.tx.Bucket([]byte(inFiles))
	return b != nil && b.Bucket(key) != nil
}

// wellKeyed reports whether a key is that of a session with n numbers behind it.
func wellKeyed(k []byte, n int) bool {
	if len(k) != idLen+4*n {
		return false
	}
	if _, err := keyOf(ID(k[:idLen])); err != nil {
		return false
	}
	for i := range n {
		if at := number(k, i); at < 1 || at >= math.MaxUint32 {
			return false
		}
	}
	return true
}

// keyWords is a key for people.
func keyWords(k []byte) string {
	switch n := (len(k) - idLen) / 4; {
	case n >= 0 && n < 4 && wellKeyed(k, n):
		name := "session " + string(k[:idLen])
		for i, what := range []string{"turn", "column", "take"}[:n] {
			name += fmt.Sprintf(", %s %d", what, number(k, i))
		}
		return name
	}
	return fmt.Sprintf("%.60q", k)
}

// each goes through a bucket's values and finds those whose keys have not n
// numbers.
func (e *examiner) each(b *bolt.Bucket, n int, what string, do func(k, v []byte)) {
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if v == nil || !wellKeyed(k, n) {
			e.find(ValueFinding, "%s is at a key that can't be: %.60q", what, k)
			continue
		}
		do(k, v)
	}
}

func (e *examiner) sessions(b *bolt.Bucket) {
	pinned := map[ID]bool{}
	for _, id := range pinnedIDs(e.tx) {
		if !e.has(inSessions, []byte(id)) {
			e.find(ListFinding, "the list of pinned sessions has %q, which is not there", id)
		}
		pinned[id] = true
	}
	e.each(b, 0, "a session", func(k, v []byte) {
		e.Sessions++
		var ses Session
		if err := json.Unmarshal(v, &ses); err != nil || ses.ID != ID(k) {
			e.find(ValueFinding, "%s can't be read", keyWords(k))
			return
		}
		if last := e.last(ses.ID); last != ses.Turns {
			e.find(ListFinding, "%s says that its last turn is %d, and it is %d", keyWords(k), ses.Turns, last)
		}
		if recent := e.tx.Bucket([]byte(inRecent)); recent != nil {
			if v := recent.Get(recentKey(ses.Updated, ses.ID)); v == nil || marksOf(v) != marksOf(ses.shelfmarks()) {
				e.find(ListFinding, "%s is not in the list as it should be", keyWords(k))
			}
		}
		if pinned[ses.ID] != ses.Pinned {
			e.find(ListFinding, "%s is pinned or not, and the list of those says otherwise", keyWords(k))
		}
	})
}

// last is the number of a session's last turn.
func (e *examiner) last(id ID) int {
	if e.tx.Bucket([]byte(inTurns)) == nil {
		return 0
	}
	return firstOfLast(e.tx, id, 1)
}

func (e *examiner) recent(b *bolt.Bucket) {
	c := b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		var ses Session
		if len(k) != 8+idLen || json.Unmarshal(e.get(inSessions, k[8:]), &ses) != nil || !bytes.Equal(k, recentKey(ses.Updated, ses.ID)) {
			e.find(ListFinding, "the list of sessions has an entry that leads to none: %.60q", k)
		}
	}
}

func (e *examiner) turns(b *bolt.Bucket) {
	e.each(b, 1, "a turn", func(k, v []byte) {
		e.Turns++
		if number(k, 0) == 1 || !e.has(inTurns, before(k)) {
			if !e.has(inSessions, k[:idLen]) {
				e.find(DanglingFinding, "%s: there is no such session", keyWords(k))
			} else if number(k, 0) > 1 {
				e.find(DanglingFinding, "%s: the turn before it is not there", keyWords(k))
			}
		}
		var t Turn
		if err := unpackTurn(v, &t); err != nil || t.ID != number(k, 0) {
			e.find(ValueFinding, "%s can't be read", keyWords(k))
			return
		}
		for _, f := range t.Files {
			key, ok := fileKey(f.SHA256)
			switch {
			case !ok || !e.has(inFiles, key):
				e.find(MissingFinding, "%s: its file %q is not there", keyWords(k), f.Name)
			case !e.has(inHeld, append(bytes.Clone(k[:idLen]), key...)):
				e.find(ListFinding, "%s: its file %q is not noted as its session's", keyWords(k), f.Name)
			}
		}
	})
}

// before is the key of the turn numbered before.
func before(k []byte) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(k[:idLen]), uint32(number(k, 0)-1))
}

func (e *examiner) answers(b *bolt.Bucket) {
	e.each(b, 3, "an answer", func(k, v []byte) {
		e.Answers++
		if !e.has(inTurns, k[:turnKey]) {
			e.find(DanglingFinding, "%s: an answer to a turn that is not there", keyWords(k))
		}
		var a Answer
		if err := unpackAnswer(v, &a); err != nil || a.Column != number(k, 1) || a.Take != number(k, 2) {
			e.find(ValueFinding, "%s: the answer can't be read", keyWords(k))
		}
	})
}

func (e *examiner) chunks(b *bolt.Bucket) {
	e.each(b, 3, "an answer's times", func(k, v []byte) {
		if !e.has(inAnswers, k) {
			e.find(DanglingFinding, "%s: the times of an answer that is not there", keyWords(k))
		}
		if _, err := unpackChunks(v); err != nil {
			e.find(ValueFinding, "%s: its times can't be read", keyWords(k))
		}
	})
}

func (e *examiner) votes(b *bolt.Bucket) {
	e.each(b, 2, "a vote", func(k, v []byte) {
		e.Votes++
		if !e.has(inTurns, k[:turnKey]) {
			e.find(DanglingFinding, "%s: a vote on a turn that is not there", keyWords(k[:turnKey]))
		}
		var vote Vote
		if err := json.Unmarshal(v, &vote); err != nil || vote.ID != number(k, 1) {
			e.find(ValueFinding, "%s: vote %d can't be read", keyWords(k[:turnKey]), number(k, 1))
		}
	})
}

func (e *examiner) files(b *bolt.Bucket) {
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		pieces := b.Bucket(k)
		if v != nil || pieces == nil || len(k) != sha256.Size {
			e.find(ValueFinding, "a file is at a key that can't be: %.60q", k)
			continue
		}
		e.Files++
		sum, n := sha256.New(), uint32(0)
		ps := pieces.Cursor()
		for pk, pv := ps.First(); pk != nil; pk, pv = ps.Next() {
			if n++; len(pk) == 4 && binary.BigEndian.Uint32(pk) == n {
				_, _ = sum.Write(pv)
			}
		}
		if !bytes.Equal(sum.Sum(nil), k) {
			e.find(HashFinding, "file %s is not what was saved", hex.EncodeToString(k))
		}
		if at := e.seek(inHolders, k); !bytes.HasPrefix(at, k) && !e.has(inLoose, k) {
			e.find(UnusedFinding, "file %s belongs to no session", hex.EncodeToString(k))
		}
	}
}

// seek is the first key of a bucket from the given one.
func (e *examiner) seek(bucket string, key []byte) []byte {
	b := e.tx.Bucket([]byte(bucket))
	if b == nil {
		return nil
	}
	k, _ := b.Cursor().Seek(key)
	return k
}

func (e *examiner) held(b *bolt.Bucket) {
	c := b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if len(k) != idLen+sha256.Size || !e.has(inSessions, k[:idLen]) || !e.has(inFiles, k[idLen:]) ||
			!e.has(inHolders, append(bytes.Clone(k[idLen:]), k[:idLen]...)) {
			e.find(ListFinding, "a note of a session's files leads nowhere: %.80q", k)
		}
	}
}

func (e *examiner) holders(b *bolt.Bucket) {
	c := b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if len(k) != idLen+sha256.Size || !e.has(inHeld, append(bytes.Clone(k[sha256.Size:]), k[:sha256.Size]...)) {
			e.find(ListFinding, "a note of a file's sessions leads nowhere: %.80q", k)
		}
	}
}

// loose files wait for their question; those that nobody will fetch are freed by
// the next who saves a file, and are not wrong.
func (e *examiner) loose(b *bolt.Bucket) {
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if len(v) != 8 || !e.has(inFiles, k) || time.UnixMilli(int64(binary.BigEndian.Uint64(v))).After(time.Now().Add(looseFor)) {
			e.find(ListFinding, "a note of a file that waits for its question leads nowhere: %.80q", k)
		}
	}
}
