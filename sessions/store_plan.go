package sessions

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// Plan stores what a session is to test, in the place of an earlier plan. With
// [ErrVoted] nothing is changed: somebody has voted, and be it a vote that was
// taken back.
func (s *Store) Plan(id ID, p TestPlan) error {
	return s.relabel("planning", []ID{id}, func(tx *bolt.Tx, ses *Session) error {
		if err := p.check(ses); err != nil {
			return &Refusal{Err: err}
		}
		if k, _ := tx.Bucket([]byte(inVotes)).Cursor().Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)) {
			return ErrVoted
		}
		ses.Plan = &p
		return nil
	})
}
