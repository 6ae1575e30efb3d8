package sessions

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// A gatherer takes what can be read of a store's pages into a heap: a file with
// the buckets of a store, of which only those are filled that nothing else could
// be made from. So it needs no more memory for a large store than for a small
// one.
type gatherer struct {
	*Salvage
	ctx   context.Context // of the one call that it is for
	heap  *bolt.DB
	batch []found
	size  int  // bytes of the batch
	stray bool // what is found now stands on pages that nothing led to
	ours  bool // something was found that only a store of juxta has

	sum    []byte // of the file whose pieces are gathered; nil for none
	pieces [][]byte
}

// found is a value and where it belongs. A file's is nil, and its pieces are
// what it is.
type found struct {
	bucket     string
	key, value []byte
	pieces     [][]byte
}

// mostGathered is how many bytes are put into the heap at once.
const mostGathered = 16 << 20

// gather reads all trees, and then, if some could not be read, the pages that
// nothing led to.
func (g *gatherer) gather(f *pageFile) error {
	w := newWalk(f)
	w.wrong = func(err error) { g.lose("%v", err); g.broken = true }
	w.each = g.take
	if f.meta.root != 0 {
		w.tree(f.meta.root, nil, 0, nil, nil)
	} else {
		g.lose("nothing says where the store begins")
		g.broken = true
	}
	g.ended()
	if g.broken {
		g.strays(w)
	}
	if !g.ours && g.err == nil {
		return errForeign
	}
	return errors.Join(g.flush(), g.err)
}

// strays reads the pages that nothing led to. While the list of free pages can
// be read, they are what hung from a page that is lost; without it, they may be
// of long ago.
func (g *gatherer) strays(w *walk) {
	free, _, err := w.free()
	if err != nil {
		free = newBitmap(w.last())
		g.Old = true
	}
	g.stray = true
	w.wrong = func(error) {} // what is on them was not counted on
	for _, kind := range []uint16{branchPage, leafPage} {
		for id := uint64(2); id < w.last(); id++ {
			if w.seen.has(id) || free.has(id) {
				continue
			}
			p, err := w.read(id, nil)
			if err != nil || p.kind != kind {
				continue
			}
			first, err := p.element(0)
			switch pieces := err == nil && len(first.key) == 4 && !wellKeyed(first.value, 0); {
			case pieces: // a tree, or one page, of a file whose name is lost
				w.tree(id, [][]byte{[]byte(inFiles), nil}, 0, nil, nil)
				g.ended()
			case kind == leafPage:
				w.seen.add(id)
				w.elements(&p, nil, 0, nil, nil)
				g.ended()
			}
		}
	}
}

// take is told every value there is.
func (g *gatherer) take(in [][]byte, k, v []byte) {
	if g.err != nil {
		return
	}
	if g.stray && len(in) == 1 { // a bucket on a page that nothing led to
		if len(in[0]) == sha256.Size {
			in = [][]byte{[]byte(inFiles), in[0]}
		} else {
			in = in[:0:0]
		}
	}
	if len(in) == 2 && string(in[0]) == inFiles {
		g.piece(in[1], k, v)
		return
	}
	g.ended()
	bucket := ""
	switch {
	case len(in) == 1:
		bucket = string(in[0])
	case len(in) == 0:
		bucket = kindOfStray(k, v)
	}
	if bucket == inMeta && string(k) == "schema" {
		g.layout(string(v))
	}
	what, ok := readable(bucket, k, v)
	switch {
	case what == "":
	case ok:
		g.put(found{bucket: bucket, key: bytes.Clone(k), value: bytes.Clone(v)})
	case !g.stray:
		g.lose("%s: %s can't be read", keyWords(k[:min(len(k), turnKey)]), what)
	}
}

// layout is told what the store says of its layout.
func (g *gatherer) layout(text string) {
	version, err := strconv.Atoi(text)
	if g.ours = g.ours || err == nil; version > len(layout()) {
		g.err = fmt.Errorf("%w (layout %d, this one knows %d)", errNewer, version, len(layout()))
	}
}

// kindOfStray tells from its form what a value without a bucket is.
func kindOfStray(k, v []byte) string {
	object := len(v) > 0 && v[0] == '{'
	switch {
	case wellKeyed(k, 0) && object:
		return inSessions
	case wellKeyed(k, 1) && object:
		return inTurns
	case wellKeyed(k, 2) && object:
		return inVotes
	case wellKeyed(k, 3) && object:
		return inAnswers
	case wellKeyed(k, 3):
		return inChunks
	}
	return ""
}

// readable says what a value is, and whether it can be read and is what its key
// says. What can be made anew is nothing.
func readable(bucket string, k, v []byte) (what string, ok bool) {
	switch bucket {
	case inSessions:
		var s Session
		return "what is known of it", wellKeyed(k, 0) && json.Unmarshal(v, &s) == nil && s.ID == ID(k)
	case inTurns:
		var t Turn
		return "its question", wellKeyed(k, 1) && unpackTurn(v, &t) == nil && t.ID == number(k, 0)
	case inAnswers:
		var a Answer
		return "an answer", wellKeyed(k, 3) && unpackAnswer(v, &a) == nil && a.Column == number(k, 1) && a.Take == number(k, 2)
	case inChunks:
		_, err := unpackChunks(v)
		return "when the pieces of an answer came", wellKeyed(k, 3) && err == nil
	case inVotes:
		var vote Vote
		return "a vote", wellKeyed(k, 2) && json.Unmarshal(v, &vote) == nil && vote.ID == number(k, 1)
	}
	return "", false
}

// piece gathers a file. Of one whose name is lost sum is empty: its pieces tell
// it.
func (g *gatherer) piece(sum, k, v []byte) {
	if g.sum == nil || !bytes.Equal(g.sum, sum) {
		g.ended()
		g.sum = append([]byte{}, sum...)
	}
	if len(k) == 4 && int(binary.BigEndian.Uint32(k)) == len(g.pieces)+1 {
		g.pieces = append(g.pieces, bytes.Clone(v))
		return
	}
	g.pieces = append(g.pieces, nil) // a gap: the hash will say so
}

// ended takes a file whose last piece was gathered.
func (g *gatherer) ended() {
	if g.sum == nil {
		return
	}
	sum, pieces := g.sum, g.pieces
	g.sum, g.pieces = nil, nil
	h := sha256.New()
	for _, p := range pieces {
		_, _ = h.Write(p)
	}
	is := h.Sum(nil)
	switch {
	case len(sum) == 0: // only a turn that has it can tell that it is a file
		g.nameless[string(is)] = true
		g.put(found{bucket: inFiles, key: is, pieces: pieces})
	case bytes.Equal(is, sum):
		g.put(found{bucket: inFiles, key: is, pieces: pieces})
	case !g.stray:
		g.lose("file %s is not what was saved", hex.EncodeToString(sum))
	}
}

func (g *gatherer) put(f found) {
	g.ours = true
	g.batch = append(g.batch, f)
	g.size += len(f.key) + len(f.value)
	for _, p := range f.pieces {
		g.size += len(p)
	}
	if g.size > mostGathered {
		g.err = cmp.Or(g.err, g.flush())
	}
}

func (g *gatherer) flush() error {
	if err := g.ctx.Err(); err != nil {
		return err
	}
	batch := g.batch
	g.batch, g.size = nil, 0
	if len(batch) == 0 || g.err != nil {
		return nil
	}
	return g.heap.Update(func(tx *bolt.Tx) error {
		for _, f := range batch {
			if err := f.into(tx, g.stray); err != nil {
				return err
			}
		}
		return nil
	})
}

// into puts what was found into the heap, unless it has something better.
func (f found) into(tx *bolt.Tx, stray bool) error {
	b := tx.Bucket([]byte(f.bucket))
	if f.bucket != inFiles {
		if is := b.Get(f.key); is != nil && (!stray || !f.newer(is)) {
			return nil
		}
		return b.Put(f.key, f.value)
	}
	if b.Bucket(f.key) != nil {
		return nil
	}
	pieces, err := b.CreateBucket(f.key)
	if err != nil {
		return err
	}
	for i, p := range f.pieces {
		if err := pieces.Put(binary.BigEndian.AppendUint32(nil, uint32(i+1)), p); err != nil {
			return err
		}
	}
	return nil
}

// newer reports whether of two states of one thing f is the later one. Pages do
// not say when they were written, but sessions do, and answers grow.
func (f found) newer(is []byte) bool {
	if f.bucket == inSessions {
		var a, b Session
		if json.Unmarshal(f.value, &a) == nil && json.Unmarshal(is, &b) == nil {
			return a.Turns > b.Turns || a.Turns == b.Turns && a.Updated.After(b.Updated)
		}
	}
	return len(f.value) > len(is)
}

func (s *Salvage) lose(format string, args ...any) {
	if s.Losses++; len(s.Lost) < mostFindings {
		s.Lost = append(s.Lost, fmt.Sprintf(format, args...))
	}
}
