package sessions

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// How sessions go: at once, or after they have waited for it.

// Delete removes a session with everything that belongs to it, and the files
// that no other session has, or returns [ErrNotFound]. The store keeps its
// size; the room is used again.
func (s *Store) Delete(id ID) error {
	return s.update("deleting", func(tx *bolt.Tx) error {
		if err := deleteSession(tx, id); err != nil {
			return err
		}
		return sweep(tx, time.Now())
	})
}

func deleteSession(tx *bolt.Tx, id ID) error {
	value, err := find(tx, id)
	if err != nil {
		return err
	}
	if _, err := forget(tx.Bucket([]byte(inRecent)), id, value); err != nil {
		return err
	}
	if err := pin(tx, id, false); err != nil {
		return err
	}
	if err := unindex(tx, id); err != nil {
		return err
	}
	if err := tx.Bucket([]byte(inSessions)).Delete([]byte(id)); err != nil {
		return err
	}
	for _, name := range []string{inTurns, inAnswers, inChunks, inVotes} {
		// Seek, because a cursor's place is not sure after Delete.
		c := tx.Bucket([]byte(name)).Cursor()
		for k, _ := c.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)); k, _ = c.Seek([]byte(id)) {
			if err := c.Delete(); err != nil {
				return err
			}
		}
	}
	return letGo(tx, id)
}

// Bin has sessions wait to be deleted: they are listed nowhere until
// [Store.Unbin] brings them back or [Store.Empty] deletes them.
func (s *Store) Bin(ids []ID) error {
	now := time.Now()
	return s.relabel("deleting", ids, func(_ *bolt.Tx, ses *Session) error {
		if ses.Binned.IsZero() {
			ses.Binned = now
		}
		return nil
	})
}

// Unbin brings back sessions that wait to be deleted.
func (s *Store) Unbin(ids []ID) error {
	return s.relabel("bringing back", ids, func(_ *bolt.Tx, ses *Session) error { ses.Binned = time.Time{}; return nil })
}

// binnedFor is how long a session waits to be deleted when the juxta that was to
// do it did not come to that.
const binnedFor = 24 * time.Hour

// Empty deletes for ever those of the sessions that still wait to be deleted,
// and all that have done so for more than a day, because whoever wanted it was
// killed.
func (s *Store) Empty(ids []ID) error {
	now := time.Now()
	return s.update("deleting", func(tx *bolt.Tx) error {
		waiting, err := binned(tx)
		if err != nil {
			return err
		}
		for _, ses := range waiting {
			if !slices.Contains(ids, ses.ID) && now.Sub(ses.Binned) < binnedFor {
				continue
			}
			if err := deleteSession(tx, ses.ID); err != nil {
				return err
			}
		}
		return sweep(tx, now)
	})
}

// binned are the sessions that wait to be deleted.
func binned(tx *bolt.Tx) (list []Session, err error) {
	sessions := tx.Bucket([]byte(inSessions))
	err = tx.Bucket([]byte(inRecent)).ForEach(func(k, v []byte) error {
		if marksOf(v)&markBinned == 0 || len(k) != 8+idLen {
			return nil
		}
		var ses Session
		if err := json.Unmarshal(sessions.Get(k[8:]), &ses); err != nil {
			return damaged(err)
		}
		list = append(list, ses)
		return nil
	})
	return list, err
}
