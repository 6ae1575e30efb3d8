package sessions

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"juxta/sessions/plain"
)

// relabel applies edit to sessions of the store, in one transaction. When they
// were last worked on stays as it was. Whoever has one of them open meets its
// new labels with the next question.
func (s *Store) relabel(op string, ids []ID, edit func(*bolt.Tx, *Session) error) error {
	return s.update(op, func(tx *bolt.Tx) error {
		for _, id := range ids {
			var ses Session
			if err := row(tx, id, &ses); err != nil {
				return err
			}
			if err := edit(tx, &ses); err != nil {
				return err
			}
			if err := putRow(tx, []byte(id), ses); err != nil {
				return err
			}
		}
		return nil
	})
}

// Rename gives a session a title by hand, or with "" the beginning of its first
// question again. Like all that labels sessions it is on the disk when it
// returns, and [ErrNotFound] where there is no such session.
func (s *Store) Rename(id ID, title string) error {
	title = strings.TrimSpace(plain.Line(title))
	if n := utf8.RuneCountInString(title); n > longestTitle {
		return &Refusal{fmt.Errorf("the title is too long: %d of %d letters", n, longestTitle), "give it a shorter one"}
	}
	return s.relabel("renaming", []ID{id}, func(tx *bolt.Tx, ses *Session) error {
		if ses.Title, ses.Named = title, title != ""; ses.Named {
			return nil
		}
		key, err := keyOf(id, 1)
		if err != nil {
			return err
		}
		value := tx.Bucket([]byte(inTurns)).Get(key)
		if value == nil {
			return nil
		}
		var first Turn
		if err := unpackTurn(value, &first); err != nil {
			return err
		}
		ses.Title = cmp.Or(titleOf(first.Text), titleOfFiles(first.Files))
		return nil
	})
}

// Tag adds tags to sessions and removes others, see [Tag]: on all of them or,
// with an error, on none.
func (s *Store) Tag(ids []ID, add, remove []string) error {
	add, err := tagsOf(add)
	if err != nil {
		return err
	}
	remove, err = tagsOf(remove)
	if err != nil {
		return err
	}
	return s.relabel("tagging", ids, func(_ *bolt.Tx, ses *Session) error { return ses.tag(add, remove) })
}

// Pin has sessions listed ahead of the others, or not.
func (s *Store) Pin(ids []ID, on bool) error {
	return s.relabel("pinning", ids, func(_ *bolt.Tx, ses *Session) error { ses.Pinned = on; return nil })
}

// Archive takes sessions out of the list, or puts them back.
func (s *Store) Archive(ids []ID, on bool) error {
	return s.relabel("archiving", ids, func(_ *bolt.Tx, ses *Session) error { ses.Archived = on; return nil })
}

// Shelfmarks tell of a session in the list what it takes to leave it out, so
// that a page of the list reads no more sessions than it has.
const (
	markPinned byte = 1 << iota
	markArchived
	markBinned
)

func (s *Session) shelfmarks() []byte {
	var m byte
	if s.Pinned {
		m |= markPinned
	}
	if s.Archived {
		m |= markArchived
	}
	if !s.Binned.IsZero() {
		m |= markBinned
	}
	if m == 0 {
		return nil
	}
	return []byte{m}
}

func marksOf(value []byte) byte {
	if len(value) == 0 {
		return 0
	}
	return value[0]
}

// pinnedKey is where the IDs of the pinned sessions stand in meta, one after the
// other: they are few, and a list begins with them.
const pinnedKey = "pinned"

func pinnedIDs(tx *bolt.Tx) (ids []ID) {
	for id := range slices.Chunk(tx.Bucket([]byte(inMeta)).Get([]byte(pinnedKey)), idLen) {
		ids = append(ids, ID(id))
	}
	return ids
}

// pin notes whether a session is pinned.
func pin(tx *bolt.Tx, id ID, on bool) error {
	meta := tx.Bucket([]byte(inMeta))
	all := meta.Get([]byte(pinnedKey))
	at := -1
	for i := 0; i+idLen <= len(all); i += idLen {
		if bytes.Equal(all[i:i+idLen], []byte(id)) {
			at = i
		}
	}
	switch {
	case on && at < 0:
		return meta.Put([]byte(pinnedKey), append(bytes.Clone(all), id...))
	case !on && at >= 0:
		return meta.Put([]byte(pinnedKey), slices.Delete(bytes.Clone(all), at, at+idLen))
	}
	return nil
}
