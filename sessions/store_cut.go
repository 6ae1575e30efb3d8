package sessions

import (
	"encoding/json"
	"os"
	"slices"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// An Underway is an answer that was begun and has not ended. While its process is
// there it comes; of one that is gone it was cut short, and what that cost
// nobody will say any more.
type Underway struct {
	Turn   int    `json:"turn"`
	Column int    `json:"column"`
	Take   int    `json:"take"`
	Pid    int    `json:"pid"`
	Bench  string `json:"bench"` // that asked: a process may have the number of one that is gone
}

// opens is the answers that are open once the batch is saved.
func (b *Batch) opens(open []Underway) []Underway {
	for _, k := range b.Answers {
		o := Underway{Turn: k.Turn, Column: k.Answer.Column, Take: k.Answer.Take, Pid: os.Getpid(), Bench: b.begins}
		open = slices.DeleteFunc(slices.Clone(open), func(x Underway) bool {
			return x.Turn == o.Turn && x.Column == o.Column && x.Take == o.Take
		})
		if k.Answer.Finish == "" && b.begins != "" {
			open = append(open, o)
		}
	}
	return open
}

// cutShort takes those answers out of the open ones of a session that somebody
// says are nobody's any more, and counts among the unpriced those of them that
// may have cost something: once, whoever looks first. It returns the session as
// it is then.
func (s *Store) cutShort(id ID, nobodys func(Underway) bool, costs func(*Answer) bool) (ses Session, err error) {
	err = s.update("counting what was cut short", func(tx *bolt.Tx) error {
		if err := row(tx, id, &ses); err != nil {
			return err
		}
		var open []Underway
		for _, o := range ses.Underway {
			if !nobodys(o) {
				open = append(open, o)
				continue
			}
			key, err := keyOf(id, o.Turn, o.Column, o.Take)
			if err != nil {
				return err
			}
			value := tx.Bucket([]byte(inAnswers)).Get(key)
			if value == nil {
				continue
			}
			var a Answer
			if err := unpackAnswer(value, &a); err != nil {
				return asDamage(err)
			}
			if a.Finish == "" && costs(&a) {
				ses.Unpriced++
			}
		}
		if len(open) == len(ses.Underway) {
			return nil
		}
		ses.Underway = open
		value, err := json.Marshal(ses)
		if err != nil {
			return err
		}
		return tx.Bucket([]byte(inSessions)).Put([]byte(id), value)
	})
	return ses, err
}

// countCut counts what a kill has cut short of a session. If it can't now, it is
// counted the next time.
func (b *Bench) countCut(s Session) Session {
	if len(s.Underway) == 0 {
		return s
	}
	now, err := b.store.cutShort(s.ID, func(o Underway) bool {
		if o.Pid == os.Getpid() {
			return o.Bench != b.name
		}
		return !alive(o.Pid)
	}, func(a *Answer) bool {
		m := b.Registry.Model(a.Model)
		return !a.Local && (m.Price == nil || m.Price.Source != providers.Free)
	})
	if err != nil {
		return s
	}
	return now
}
