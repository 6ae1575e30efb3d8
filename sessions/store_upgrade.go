package sessions

import (
	"bytes"
	"encoding/json"
	"errors"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// The layouts that came with an index, and with the index as it is.
const (
	firstIndex  = 4
	indexLayout = 5
)

// indexBuckets are all of the index. The last one came with its layout.
func indexBuckets() []string {
	return []string{inNumbers, inNumbered, inFresh, inDocs, inWords, inPairs}
}

// makeIndex makes the buckets of the index, unless fillIndex has.
func makeIndex(tx *bolt.Tx) error { return makeBuckets(tx, indexBuckets()) }

func makeBuckets(tx *bolt.Tx, names []string) error {
	for _, name := range names {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}

// How many sessions, and turns or bytes of answers, one transaction of fillIndex
// takes in: what a transaction writes stays in memory until its end.
const (
	fillSessions = 2000
	fillTurns    = mostSegment
	fillBytes    = 8 << 20
)

// fillIndex indexes a store anew, in many transactions, because one for all would
// need the memory for all. The layout stays what it was until the upgrade itself,
// so whoever is killed here begins anew.
func fillIndex(path string) error {
	err := transact(path, true, func(tx *bolt.Tx) error {
		for _, name := range indexBuckets() {
			if err := tx.DeleteBucket([]byte(name)); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
				return err
			}
		}
		return makeIndex(tx)
	})
	for _, fill := range []func(tx *bolt.Tx, after []byte) ([]byte, error){fillRows, fillTexts} {
		for after := []byte{}; after != nil && err == nil; {
			err = transact(path, true, func(tx *bolt.Tx) (err error) {
				if after, err = fill(tx, after); err != nil {
					return err
				}
				return index(tx, true)
			})
		}
	}
	return err
}

// beganFilling reports whether fillIndex was begun in a store of a version, and
// did not come to its end.
func beganFilling(path string, version int) (began bool) {
	newest := map[int]string{firstIndex - 1: inNumbers, indexLayout - 1: inPairs}[version]
	if newest == "" {
		return false
	}
	err := transact(path, false, func(tx *bolt.Tx) error {
		began = tx.Bucket([]byte(newest)) != nil
		return nil
	})
	return began && err == nil
}

// fillRows numbers some sessions, and returns behind which to go on.
func fillRows(tx *bolt.Tx, after []byte) (last []byte, err error) {
	sessions := tx.Bucket([]byte(inSessions))
	var keys, values [][]byte
	c := sessions.Cursor()
	for k, v := c.Seek(append(bytes.Clone(after), 0)); k != nil && len(keys) < fillSessions; k, v = c.Next() {
		keys, values = append(keys, bytes.Clone(k)), append(values, bytes.Clone(v))
	}
	for i, key := range keys {
		var ses Session
		if err := json.Unmarshal(values[i], &ses); err != nil {
			return nil, damaged(err)
		}
		entry, err := listEntry(tx, &ses)
		if err != nil {
			return nil, err
		}
		if err := tx.Bucket([]byte(inRecent)).Put(recentKey(ses.Updated, ses.ID), entry); err != nil {
			return nil, err
		}
		if err := freshen(tx, ses.ID, 0, len(ses.Title)); err != nil {
			return nil, err
		}
		last = key
	}
	return last, nil
}

// fillTexts has the texts of some turns indexed, and returns behind which to go
// on.
func fillTexts(tx *bolt.Tx, after []byte) (last []byte, err error) {
	turns, answers := tx.Bucket([]byte(inTurns)).Cursor(), tx.Bucket([]byte(inAnswers)).Cursor()
	n, size := 0, 0
	for k, v := turns.Seek(append(bytes.Clone(after), 0)); k != nil && n < fillTurns && size < fillBytes; k, v = turns.Next() {
		if len(k) != turnKey {
			return nil, damaged("a key of a turn is malformed")
		}
		size += len(v)
		for ak, av := answers.Seek(k); bytes.HasPrefix(ak, k); ak, av = answers.Next() {
			size += len(av)
		}
		if tx.Bucket([]byte(inSessions)).Get(k[:idLen]) != nil { // else it is nobody's
			if err := freshen(tx, ID(k[:idLen]), number(k, 0), 0); err != nil {
				return nil, err
			}
		}
		last = bytes.Clone(k)
		n++
	}
	return last, nil
}
