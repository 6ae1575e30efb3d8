package sessions

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// number looks at the number that the index has of a session.
func (e *examiner) number(k, v []byte) {
	if len(v) != 4 || !e.has(inSessions, k) || !bytes.Equal(e.get(inNumbered, v), k) {
		e.find(IndexFinding, "%s: the index for searching takes it for another one", keyWords(k))
	}
}

// numbered looks at the session that the index has of a number.
func (e *examiner) numbered(k, v []byte) {
	if len(k) != 4 || !bytes.Equal(e.get(inNumbers, v), k) {
		e.find(IndexFinding, "the index for searching has a session that is not there (number %x)", k)
	}
}

// fresh looks at what waits to be indexed.
func (e *examiner) fresh(k, _ []byte) {
	if len(k) != 8 || !e.has(inNumbered, k[:4]) {
		e.find(IndexFinding, "the index for searching waits for a session that is not there (number %x)", k)
		return
	}
	turn := append(bytes.Clone(e.get(inNumbered, k[:4])), k[4:]...)
	if binary.BigEndian.Uint32(k[4:]) > 0 && !e.has(inTurns, turn) {
		e.find(IndexFinding, "%s: the index for searching waits for it, and it is not there", keyWords(turn))
	}
}

// docs looks at what a segment of the index knows. It may name what is gone.
func (e *examiner) docs(k, v []byte) {
	if _, _, err := unpackDocs(v); err != nil || len(k) != 4 {
		e.find(IndexFinding, "a part of the index for searching can't be read (segment %x)", k)
	}
}

// words looks at a block of words, which belongs to a segment.
func (e *examiner) words(k, v []byte) {
	if len(k) < 5 || len(v) == 0 || !e.has(inDocs, k[:4]) {
		e.find(IndexFinding, "a part of the index for searching belongs to nothing (words %.60q)", k)
	}
}

// pairs looks at a block of pairs, which belongs to a segment.
func (e *examiner) pairs(k, v []byte) {
	if len(k) != 8 || len(v) < 2 || len(v)%2 > 0 || !e.has(inDocs, k[:4]) {
		e.find(IndexFinding, "a part of the index for searching belongs to nothing (pairs %x)", k)
	}
}

// search finds a turn, or with turn 0 a session, that a search would not find.
func (e *examiner) search(k []byte, turn int) {
	if e.tx.Bucket([]byte(inNumbers)) == nil {
		return // the layout has no index
	}
	n := e.get(inNumbers, k[:idLen])
	if len(n) != 4 {
		e.find(IndexFinding, "%s is not in the index for searching", keyWords(k))
		return
	}
	number := binary.BigEndian.Uint32(n)
	if !e.has(inFresh, docKey(number, uint32(turn))) && !e.indexed(uint64(number)<<32|uint64(turn)) {
		e.find(IndexFinding, "%s is not in the index for searching", keyWords(k))
	}
}

// indexed reports whether a segment knows a doc. Their list is read again where
// one is missing in it, because others make segments meanwhile.
func (e *examiner) indexed(doc uint64) bool {
	if _, ok := slices.BinarySearch(e.known, doc); ok {
		return true
	}
	if e.knownAt == e.tx.ID() {
		return false
	}
	e.known, e.knownAt = nil, e.tx.ID()
	b := e.tx.Bucket([]byte(inDocs))
	if b == nil {
		return false
	}
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		docs, _, err := unpackDocs(v)
		if err == nil { // else docs has found it
			e.known = append(e.known, docs...)
		}
	}
	slices.Sort(e.known)
	_, ok := slices.BinarySearch(e.known, doc)
	return ok
}

// listed finds what the list says of a session that its row does not.
func (e *examiner) listed(ses *Session, entry []byte) {
	n := e.get(inNumbers, []byte(ses.ID))
	if len(n) != 4 {
		return // search has found it
	}
	number, spent := listed(entry)
	if number != binary.BigEndian.Uint32(n) || (spent == nil) != (len(ses.Hidden) > 0) || spent != nil && *spent != ses.Spent {
		e.find(ListFinding, "session %s: the list says something else than it says itself", ses.ID)
	}
}
