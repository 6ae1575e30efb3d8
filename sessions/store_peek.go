package sessions

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"juxta/prompts"
)

// A Glance is what a list shows of a session besides the session itself.
type Glance struct {
	Votes    int // that count
	Pictures int // different ones
}

// Glances are those of sessions, in their order. It reads their votes, and of
// their files no more than the names.
func (s *Store) Glances(ids []ID) ([]Glance, error) {
	all := make([]Glance, len(ids))
	err := s.view("reading", func(tx *bolt.Tx) error {
		clear(all)
		votes, held := tx.Bucket([]byte(inVotes)).Cursor(), tx.Bucket([]byte(inHeld)).Cursor()
		for i, id := range ids {
			for k, value := votes.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)); k, value = votes.Next() {
				var v Vote
				if err := json.Unmarshal(value, &v); err != nil {
					return damaged(err)
				}
				if v.Counts() {
					all[i].Votes++
				}
			}
			for k, mime := held.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)); k, mime = held.Next() {
				if kindOf(string(mime)) == prompts.Picture {
					all[i].Pictures++
				}
			}
		}
		return nil
	})
	return all, err
}

// A Peek is a session's beginning, or what it has at a turn, without answers.
type Peek struct {
	Turn     Turn         // without Answers and Votes; zero if there is none
	Next     []Begun      // the beginnings of the questions after it
	Pictures []Attachment // of that turn first, and then of the first turns
}

// Begun is the beginning of a turn's question.
type Begun struct {
	Turn int
	Text string
}

// How many turns are looked at, how many pictures and questions of them are
// told, and how many bytes of each question.
const (
	peekTurns    = 40
	peekPictures = 6
	peekNext     = 12
	peekText     = 300
)

// Peek reads a turn of a session, 0 for the first, and its pictures.
func (s *Store) Peek(id ID, turn int) (Peek, error) {
	var p Peek
	take := func(t *Turn) {
		for _, f := range t.Files {
			known := slices.ContainsFunc(p.Pictures, func(o Attachment) bool { return o.SHA256 == f.SHA256 })
			if kindOf(f.MIME) == prompts.Picture && !known && len(p.Pictures) < peekPictures {
				p.Pictures = append(p.Pictures, f)
			}
		}
	}
	err := s.view("reading", func(tx *bolt.Tx) error {
		p = Peek{}
		first, err := keyOf(id, max(turn, 1))
		if err != nil {
			return err
		}
		turns := tx.Bucket([]byte(inTurns))
		if value := turns.Get(first); value != nil {
			if err := unpackTurn(value, &p.Turn); err != nil {
				return err
			}
			take(&p.Turn)
		}
		c, n := turns.Cursor(), 0
		for k, value := c.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)) && n < peekTurns; k, value = c.Next() {
			var t Turn
			if err := unpackTurn(value, &t); err != nil {
				return err
			}
			take(&t)
			if turn := number(k, 0); turn > p.Turn.ID && p.Turn.ID > 0 && len(p.Next) < peekNext {
				p.Next = append(p.Next, Begun{turn, strings.ToValidUTF8(t.Text[:min(len(t.Text), peekText)], "")})
			}
			n++
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return p, err
}
