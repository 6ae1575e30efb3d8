package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/diff"
	"juxta/sessions/plain"
)

// mostRepeats is how many answers one model gives to one question at the most: a
// slip of the finger must not cost a fortune.
const mostRepeats = 100

// setRepeat is what --repeat says.
func (q *ask) setRepeat(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostRepeats {
		return fmt.Errorf("it is a number of answers from 1 to %d", mostRepeats)
	}
	q.repeat = n
	return nil
}

// repeated is how a column's answers are called in a list of picks: "", or for
// one of several "take 2".
func repeated(p sessions.Pick, all []sessions.Pick) string {
	n := 0
	for _, o := range all {
		if o.Column == p.Column {
			n++
		}
	}
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("take %d", p.Take)
}

// inOrder is the answers of a run by the columns' places and then by take.
func inOrder(run *sessions.Run, s *sessions.Session) []sessions.Pick {
	picks := run.Picks()
	slices.SortStableFunc(picks, func(x, y sessions.Pick) int {
		return cmp.Or(slices.Index(s.Places, x.Column)-slices.Index(s.Places, y.Column), x.Take-y.Take)
	})
	return picks
}

// compare says on the standard error how alike the several answers of each
// column are that are whole.
func (a *app) compare(finals []*sessions.Answer) {
	for len(finals) > 0 {
		first := finals[0]
		var texts []string
		n := 0
		for ; n < len(finals) && finals[n].Column == first.Column; n++ {
			if f := finals[n]; f.Finish == providers.Finished {
				texts = append(texts, f.Text)
			}
		}
		if s := diff.Repeat(texts); s.Known {
			a.say("%d %s  %d samples: %d agree, spread %.2f", first.Column, plain.Line(first.Model.String()), s.N, s.Alike, s.Spread)
		}
		finals = finals[n:]
	}
}
