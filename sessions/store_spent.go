package sessions

import (
	"errors"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// A spending is what is added to what a session cost, so that two processes that
// work on it do not lose each other's.
type spending struct {
	money    providers.Money
	guessed  bool
	unpriced int
}

// costs is what a batch adds: what its ended answers cost beyond what the store
// has counted of them already, and the rest.
func (b *Batch) costs(tx *bolt.Tx) (sum spending, err error) {
	sum.money = b.spent
	for i := range b.Answers {
		k := &b.Answers[i]
		if k.Answer.Finish == "" {
			continue
		}
		var is, was Session
		is.count(&k.Answer)
		key, err := keyOf(k.Session, k.Turn, k.Answer.Column, k.Answer.Take)
		if err != nil {
			return sum, err
		}
		if value := tx.Bucket([]byte(inAnswers)).Get(key); value != nil {
			var old Answer
			if err := unpackAnswer(value, &old); err != nil {
				return sum, err
			}
			if old.Finish != "" {
				was.count(&old)
			}
		}
		sum.money = plus(sum.money-was.Spent, is.Spent)
		sum.guessed = sum.guessed || is.Guessed
		sum.unpriced += is.Unpriced - was.Unpriced
	}
	return sum, nil
}

func (s *Session) spend(cost spending) {
	if cost.money < 0 { // an answer was saved again at a lower cost
		s.Spent += cost.money
	} else {
		s.Spent = plus(s.Spent, cost.money)
	}
	s.Guessed = s.Guessed || cost.guessed
	s.Unpriced += cost.unpriced
}

// charge has a session pay for answers that are saved without it.
func (b *Batch) charge(tx *bolt.Tx) error {
	if b.counted || len(b.Answers) == 0 {
		return nil
	}
	cost, err := b.costs(tx)
	if err != nil || cost == (spending{}) {
		return err
	}
	var ses Session
	if err := row(tx, b.Answers[0].Session, &ses); err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil // there is nobody to pay, and no turn either
		}
		return err
	}
	ses.spend(cost)
	return putRow(tx, []byte(ses.ID), ses)
}
