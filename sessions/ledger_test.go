package sessions

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// A ledger is what a store must have after all that it acknowledged.
type ledger struct {
	gone, maybeGone map[ID]bool
	words           map[thing][]string // one of which is what it was set to
	deeds           []string
	streams         map[ID][2]int // bytes that must be there
}

// A thing is the title of a session, or the note of one of its turns.
type thing struct {
	id   ID
	what string
}

func newLedger() *ledger {
	return &ledger{gone: map[ID]bool{}, maybeGone: map[ID]bool{}, words: map[thing][]string{}, streams: map[ID][2]int{}}
}

// mostMissing is how much text may be missing: a second, and what a busy machine
// is given for a commit.
const mostMissing = 1500 * time.Millisecond

// enter notes what two processes told that worked at once.
func (l *ledger) enter(t *testing.T, one, other *victim) {
	set := l.read(t, one)
	for thing, words := range l.read(t, other) {
		set[thing] = append(set[thing], words...) // nobody knows who was last
	}
	maps.Copy(l.words, set)
}

// read notes what a process told, and returns of everything that it has set all
// that it may be: what was acknowledged last, and what was not any more.
func (l *ledger) read(t *testing.T, v *victim) map[thing][]string {
	set := map[thing][]string{}
	for _, line := range v.lines {
		f := append(strings.Fields(line), "", "", "")
		id := ID(f[1])
		switch f[0] {
		case "heard":
			var at int64
			var n [2]int
			if _, err := fmt.Sscan(strings.Join(f[2:], " "), &at, &n[0], &n[1]); err != nil {
				t.Error(line, err)
			}
			if v.killed.Sub(time.Unix(0, at)) > mostMissing {
				l.streams[id] = n
			}
		case "deleting":
			l.maybeGone[id] = true
		case "deleted":
			l.gone[id] = true
		case "setting":
			at := thing{id, f[2]}
			if set[at] == nil {
				set[at] = slices.Clone(l.words[at])
				if len(set[at]) == 0 {
					set[at] = []string{""}
				}
			}
			set[at] = append(set[at], f[3])
		case "set":
			set[thing{id, f[2]}] = []string{f[3]}
		case "asked", "voted", "tagged", "imported", "forked":
			l.deeds = append(l.deeds, line)
		default:
			t.Error("a process that was to be killed says: ", line)
		}
	}
	return set
}

// missing is what a store that must have everything has not.
func (l *ledger) missing(s *Store) (all []string) {
	miss := func(line string, err error) {
		all = append(all, fmt.Sprintf("%s: %v", line, err))
	}
	sessions, turns := map[ID]*Session{}, map[ID][]Turn{}
	read := func(line string, id ID) bool {
		if l.gone[id] || l.maybeGone[id] {
			return false
		}
		if sessions[id] == nil {
			ses, err := s.Session(id)
			if err != nil {
				miss(line, err)
				return false
			}
			if turns[id], err = s.Turns(id, 0, 0); err != nil {
				miss(line, err)
				return false
			}
			sessions[id] = &ses
		}
		return true
	}
	for id := range l.gone {
		if _, err := s.Session(id); err == nil {
			miss("deleted "+string(id), fmt.Errorf("it is there"))
		}
	}
	for id, n := range l.streams {
		line := fmt.Sprint("heard ", id, n)
		if !read(line, id) {
			continue
		}
		a := turns[id][0].Answers
		if len(a) != 2 || len(a[0].Text) < n[0] || len(a[1].Thoughts) < n[1] {
			miss(line, fmt.Errorf("%d and %d bytes are there", len(a[0].Text), len(a[1].Thoughts)))
		}
	}
	for at, words := range l.words {
		line := fmt.Sprint("set ", at.id, " ", at.what, " ", words)
		if !read(line, at.id) {
			continue
		}
		is := ""
		if n := 0; at.what != "title" {
			if _, err := fmt.Sscan(at.what, &n); err == nil && n <= len(turns[at.id]) {
				is = turns[at.id][n-1].Note
			}
		} else if sessions[at.id].Named {
			is = sessions[at.id].Title
		}
		if !slices.Contains(words, is) {
			miss(line, fmt.Errorf("it is %q", is))
		}
	}
	for _, line := range l.deeds {
		f := append(strings.Fields(line), "", "", "")
		if id := ID(f[1]); read(line, id) {
			if err := did(s, f, sessions[id], turns[id]); err != nil {
				miss(line, err)
			}
		}
	}
	return all
}

// did is an error unless a session has what a deed did.
func did(s *Store, f []string, ses *Session, turns []Turn) error {
	var n int
	_, _ = fmt.Sscan(f[2], &n)
	switch {
	case f[0] == "tagged":
		if !slices.Contains(ses.Tags, f[2]) {
			return fmt.Errorf("its tags are %v", ses.Tags)
		}
		return nil
	case f[0] == "imported":
		n = 2
	}
	if n < 1 || n > len(turns) {
		return fmt.Errorf("it has %d turns", len(turns))
	}
	t := turns[n-1]
	for _, a := range t.Answers {
		if a.Finish != providers.Finished {
			return fmt.Errorf("the answer %+v has no end", a)
		}
	}
	switch f[0] {
	case "asked":
		if t.Text != "question "+f[2] || len(t.Answers) != 2 || t.Answers[0].Text != "fine" || t.Answers[1].Text != "well" {
			return fmt.Errorf("the turn is %+v", t)
		}
		if f[3] != "-" {
			_, err := s.file(f[3])
			return err
		}
	case "voted":
		var id, best int
		if _, err := fmt.Sscan(f[3], &id); err != nil {
			return err
		}
		if _, err := fmt.Sscan(f[4], &best); err != nil {
			return err
		}
		if id > len(t.Votes) || !slices.Equal(t.Votes[id-1].Best, []int{best}) {
			return fmt.Errorf("the votes are %+v", t.Votes)
		}
	}
	return nil
}
