package sessions

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/prompts"
)

const (
	// filePiece is how much of a file is one value. In one value, a large file
	// would need that many free pages in a row, which a file that is used for
	// long hardly has.
	filePiece = 256 << 10

	// mostBeside is how many bytes of new files are saved in one transaction
	// with the question they belong to.
	mostBeside = 1 << 20

	// mostCopied is how many bytes of saved files are garbage at the most.
	mostCopied = 16 << 20

	// looseFor is how long a file waits for its question at least.
	looseFor = time.Hour
)

// fileKey is the key of a file, and false for what is not a SHA-256.
func fileKey(sum string) ([]byte, bool) {
	key, err := hex.DecodeString(sum)
	return key, err == nil && len(key) == sha256.Size
}

// saveAhead saves files that are large together before the batches they belong
// to, each in a transaction of its own. A transaction holds a copy of all it
// writes until its end, so that one for everything would need the memory for
// all files a second time.
//
// Who is killed before the question is saved leaves a file that no turn has: it
// is noted as loose, and freed by the next one that saves or deletes after an
// hour. A question that takes longer than that to be saved has the bytes still,
// and saves them again.
func (s *Store) saveAhead(batches []Batch) error {
	files, all := map[string][]byte{}, 0
	for _, b := range batches {
		for sum, data := range b.Files {
			if _, ok := files[sum]; !ok {
				files[sum], all = data, all+len(data)
			}
		}
	}
	if all <= mostBeside {
		return nil
	}
	err := s.view("saving", func(tx *bolt.Tx) error {
		for sum, data := range files {
			if key, ok := fileKey(sum); ok && tx.Bucket([]byte(inFiles)).Bucket(key) != nil {
				delete(files, sum)
				all -= len(data)
			}
		}
		return nil
	})
	if err != nil || all <= mostBeside {
		return err
	}
	copied := 0
	for _, sum := range slices.Sorted(maps.Keys(files)) {
		err := s.within("saving", true, len(files[sum]), func(tx *bolt.Tx) error {
			if err := sweep(tx, time.Now()); err != nil {
				return err
			}
			return putFile(tx, sum, files[sum], true)
		})
		if err != nil {
			return err
		}
		// With much in use the collector lets as much again become garbage
		// before it works by itself: here that would be the copies.
		if copied += len(files[sum]); copied > mostCopied {
			runtime.GC()
			copied = 0
		}
	}
	return nil
}

// putFile keeps a file unless it is there. A loose one has come ahead of its
// question. Its pieces are a bucket, because bbolt writes a page anew with all
// that is on it: the pieces of other files must not stand there.
func putFile(tx *bolt.Tx, sum string, data []byte, loose bool) error {
	key, ok := fileKey(sum)
	if !ok {
		return fmt.Errorf("%.80q is not the hash of a file", sum)
	}
	files := tx.Bucket([]byte(inFiles))
	if files.Bucket(key) != nil {
		return nil
	}
	pieces, err := files.CreateBucket(key)
	if err != nil {
		return err
	}
	n := uint32(0)
	for p := range slices.Chunk(data, filePiece) {
		n++
		if err := pieces.Put(binary.BigEndian.AppendUint32(nil, n), p); err != nil {
			return err
		}
	}
	if !loose {
		return nil
	}
	return tx.Bucket([]byte(inLoose)).Put(key, binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli())))
}

// hold notes that a session has the files. Those that are not in the store,
// as reading them will say, are left out.
func hold(tx *bolt.Tx, id ID, files []Attachment) error {
	for _, f := range files {
		key, ok := fileKey(f.SHA256)
		if !ok || tx.Bucket([]byte(inFiles)).Bucket(key) == nil {
			continue
		}
		held := tx.Bucket([]byte(inHeld))
		of := append([]byte(id), key...)
		if held.Get(of) != nil {
			continue
		}
		if err := held.Put(of, []byte(f.MIME)); err != nil {
			return err
		}
		if err := tx.Bucket([]byte(inHolders)).Put(append(key, id...), nil); err != nil {
			return err
		}
		if err := tx.Bucket([]byte(inLoose)).Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// letGo ends a session's hold on all its files, and frees those that no other
// session has.
func letGo(tx *bolt.Tx, id ID) error {
	c := tx.Bucket([]byte(inHeld)).Cursor()
	for k, _ := c.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)); k, _ = c.Seek([]byte(id)) {
		key := bytes.Clone(k[len(id):])
		if err := c.Delete(); err != nil {
			return err
		}
		if err := tx.Bucket([]byte(inHolders)).Delete(append(bytes.Clone(key), id...)); err != nil {
			return err
		}
		if err := free(tx, key); err != nil {
			return err
		}
	}
	return nil
}

// free takes a file out of the store if no session has it.
func free(tx *bolt.Tx, key []byte) error {
	if k, _ := tx.Bucket([]byte(inHolders)).Cursor().Seek(key); bytes.HasPrefix(k, key) {
		return nil
	}
	files := tx.Bucket([]byte(inFiles))
	if files.Bucket(key) == nil {
		return nil
	}
	return files.DeleteBucket(key)
}

// sweep frees the files whose question never came.
func sweep(tx *bolt.Tx, now time.Time) error {
	loose := tx.Bucket([]byte(inLoose))
	var old [][]byte
	err := loose.ForEach(func(key, since []byte) error {
		if len(since) != 8 || now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(since)))) > looseFor {
			old = append(old, bytes.Clone(key))
		}
		return nil
	})
	for _, key := range old {
		if err == nil {
			err = loose.Delete(key)
		}
		if err == nil {
			err = free(tx, key)
		}
	}
	return err
}

// file returns the bytes of a file, or [ErrNotFound]. What is not what was
// saved is an error.
func (s *Store) file(sum string) ([]byte, error) {
	const op = "reading a file from"
	key, ok := fileKey(sum)
	if !ok {
		return nil, ErrNotFound
	}
	var data []byte
	err := s.view(op, func(tx *bolt.Tx) error {
		pieces := tx.Bucket([]byte(inFiles)).Bucket(key)
		if pieces == nil {
			return ErrNotFound
		}
		size := 0
		c := pieces.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			size += len(v)
		}
		data = make([]byte, 0, size)
		for k, v := c.First(); k != nil; k, v = c.Next() {
			data = append(data, v...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if got := sha256.Sum256(data); !bytes.Equal(got[:], key) {
		return nil, storeError(op, s.path, damaged("it is not what was saved"))
	}
	return data, nil
}

// hasBlobs reports whether a session has files that a model sees or hears.
func (s *Store) hasBlobs(id ID) (has bool, err error) {
	err = s.view("reading", func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte(inHeld)).Cursor()
		for k, mime := c.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)) && !has; k, mime = c.Next() {
			has = kindOf(string(mime)) != prompts.Written
		}
		return nil
	})
	return has, err
}
