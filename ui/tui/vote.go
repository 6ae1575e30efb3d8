package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// A ballot is what is under way of votes, reveals and notes: they are saved one
// after the other, in the order of the keys, and what the screen says of them is
// on the disk.
type ballot struct {
	saving bool
	next   []action // keys that came meanwhile
	sure   int      // ID of the turn that enter was pressed on without a vote
}

// amend has the bench change the current turn and shows it as it stands then.
func (m *Model) amend(t *turn, change func(*sessions.Bench) (sessions.Turn, error), then func(*Model, *turn)) tea.Cmd {
	if m.opening { // the bench may have another session by then
		return m.say("the session is still opening: a moment")
	}
	b, id, session := m.bench, t.ID, m.session.ID
	m.ballot.saving = true
	return m.inOrder(func() action { // it is the takes shown that are judged
		now, err := change(b)
		return func(m *Model) tea.Cmd {
			m.ballot.saving = false
			var cmd tea.Cmd
			switch t := m.tr.find(id); {
			case err != nil:
				m.ballot.next = nil
				return m.warn(worded(err))
			case t != nil && m.session.ID == session:
				t.amended(now)
				m.refresh()
				if then != nil {
					then(m, t)
				}
				cmd = m.judgeAgain()
			}
			for n := m.ballot.next; len(n) > 0 && !m.ballot.saving; n = m.ballot.next { // some have nothing to save
				m.ballot.next = n[1:]
				cmd = tea.Batch(cmd, n[0](m))
			}
			return cmd
		}
	})
}

// amended takes in what was changed of a turn besides its answers.
func (t *turn) amended(now sessions.Turn) {
	revealed := t.Hidden() && !now.Hidden()
	t.Votes, t.Note, t.Revealed = now.Votes, now.Note, now.Revealed
	if revealed {
		t.unveil()
	}
	for p, c := range t.cells {
		c.judge(&t.Turn, p)
	}
}

// after does something once what is being saved is saved.
func (m *Model) after(do action) tea.Cmd {
	if m.ballot.saving {
		m.ballot.next = append(m.ballot.next, do)
		return nil
	}
	return do(m)
}

// judging does something to the turn that is the current one now, in the order of
// the keys: by then another one may be.
func (m *Model) judging(do func(*Model, *turn) tea.Cmd) tea.Cmd {
	_, t := m.current()
	return m.after(func(m *Model) tea.Cmd {
		switch {
		case m.bench == nil || t == nil:
			return m.say("nothing was asked yet: ask something first")
		case m.tr.find(t.ID) != t:
			return m.warn("not done, as that turn is not shown any more: go to it and try again")
		}
		return do(m, t)
	})
}

// vote has the current turn voted on, or says why it can't be.
func (m *Model) vote(do func(*Model, *turn) tea.Cmd) tea.Cmd {
	return m.judging(func(m *Model, t *turn) tea.Cmd {
		switch {
		case m.run != nil && m.run.Turn == t.ID:
			return m.say("answers are still coming: vote when they are complete")
		case t.Sealed():
			return m.say(m.paned("not every answer is complete, so there is nothing to vote on; {reveal} shows what there is"))
		case len(m.candidates(t)) < 2:
			return m.say(m.keyed("a vote needs two answers: {add} adds a column"))
		}
		return do(m, t)
	})
}

// candidates are the columns that were asked in a turn, as they are shown from
// left to right.
func (m *Model) candidates(t *turn) []int {
	ids, _ := m.seats(t)
	return ids
}

// standing is the vote on a turn that the next one takes the place of; nil for
// none.
func (t *turn) standing() *sessions.Vote {
	if v, ok := t.Vote(""); ok && (!v.Blind || t.Hidden()) {
		return v
	}
	return nil
}

// prefer votes for the answer in a pane. Of two answers it is the better one;
// among more it joins the best, or leaves them.
func prefer(place int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		return m.vote(func(m *Model, t *turn) tea.Cmd {
			id := 0
			if place < len(m.panes) {
				id = t.at(place, m.panes[place].column.ID)
			}
			if !slices.Contains(t.Columns, id) {
				return m.say(fmt.Sprintf("there is no answer %d: choose one of %d", place+1, len(m.candidates(t))))
			}
			best := []int{id}
			if v := t.standing(); v != nil && v.Judges(&t.Turn) && len(m.candidates(t)) > 2 {
				best = slices.DeleteFunc(slices.Clone(v.Best), func(b int) bool { return b == id })
				if len(best) == len(v.Best) {
					best = append(best, id)
				} else if len(best) == 0 { // and none is no vote that all are bad
					return m.retract(t)
				}
			}
			return m.cast(t, best)
		})
	}
}

func (m *Model) allTie() tea.Cmd {
	return m.vote(func(m *Model, t *turn) tea.Cmd {
		return m.cast(t, m.candidates(t))
	})
}

func (m *Model) allBad() tea.Cmd {
	return m.vote(func(m *Model, t *turn) tea.Cmd {
		return m.cast(t, nil)
	})
}

func (m *Model) cast(t *turn, best []int) tea.Cmd {
	id := t.ID
	return m.amend(t, func(b *sessions.Bench) (sessions.Turn, error) { return b.Vote(id, "", best...) }, nil)
}

func (m *Model) retract(t *turn) tea.Cmd {
	id := t.ID
	return m.amend(t, func(b *sessions.Bench) (sessions.Turn, error) { return b.Unvote(id, "") }, nil)
}

func (m *Model) takeBack() tea.Cmd {
	return m.judging(func(m *Model, t *turn) tea.Cmd {
		if t.standing() != nil {
			return m.retract(t)
		}
		if _, ok := t.Vote(""); ok {
			return m.say("a blind vote stands once the names were shown; another one is open")
		}
		return m.say("there is no vote to take back")
	})
}

// reveal shows who gave which answer of a blind turn; elsewhere the key shows a
// picture.
func (m *Model) reveal() tea.Cmd {
	if _, t := m.current(); t == nil || !t.Hidden() {
		return m.openPicture()
	}
	return m.judging(func(m *Model, t *turn) tea.Cmd {
		switch {
		case !t.Hidden():
			return nil
		case m.run != nil && m.run.Turn == t.ID:
			return m.say(m.keyed("the answers are still being written; {back} stops them all"))
		case t.standing() == nil && !t.Sealed() && m.ballot.sure != t.ID:
			m.ballot.sure = t.ID
			return m.warn(m.paned("no vote yet: {reveal} once more shows the names without one"))
		}
		id, speaker := t.ID, m.speaker(t)
		return m.amend(t, func(b *sessions.Bench) (sessions.Turn, error) { return b.Reveal(id) }, func(m *Model, t *turn) {
			if i := slices.IndexFunc(m.panes, func(p pane) bool { return p.column.ID == speaker }); i >= 0 {
				m.focus = i // the same answer stays the current one
				m.refresh()
			}
		})
	})
}

// voting reports whether the session's turns are voted on: then a line above
// the composer tells of that.
func (m *Model) voting() bool {
	return len(m.panes) > 0 && (m.session.Blind && len(m.panes) > 1 ||
		slices.ContainsFunc(m.tr.turns, func(t *turn) bool { return t.Blind || len(t.Votes) > 0 }))
}

// drawBallot is that line: what can be done, or what was voted.
func (m *Model) drawBallot(t *turn, w int) string {
	th := m.look.theme
	var words []word
	switch {
	case t == nil:
		words = []word{{"blind", th.Accent}, {"names, times and costs of the answers come after your vote", th.Muted}}
	case m.run != nil && m.run.Turn == t.ID && t.Hidden():
		words = []word{{"blind", th.Accent}, {"the answers are being written · " + m.elapsed.String(), th.Muted}, {m.keyed("{back} stops them all"), th.Faint}}
	case m.run != nil && m.run.Turn == t.ID:
		return ""
	case t.Sealed():
		words = []word{{"blind", th.Accent}, {"not every answer is complete, so there is nothing to vote on", th.Warn}, {m.from("{reveal} shows the names"), th.Muted}}
	case t.Hidden():
		words = m.ballotOf(t)
	default:
		words = m.verdicts(t, w-1)
		if len(words) == 0 && len(m.candidates(t)) > 1 {
			words = []word{{m.from(choices(len(m.candidates(t)))), th.Faint}}
		}
	}
	line, _ := m.look.words(words, w-1)
	return m.look.fit(" "+line, w)
}

// from names the keys that do something in the panes, and before them how to get
// there.
func (m *Model) from(what string) string {
	what = m.paned(what)
	if m.panel {
		return what
	}
	return m.keyed("{panes}, then ") + what
}

// choices are the keys that vote on n answers.
func choices(n int) string {
	if n == 2 {
		return "{vote_1} {vote_2} best · {vote_tie} tie · {vote_bad} all bad"
	}
	return fmt.Sprintf("{vote_1}–{vote_%d} best, of several a tie · {vote_tie} all tie · {vote_bad} all bad", n)
}

// ballotOf is what can be done with a hidden turn.
func (m *Model) ballotOf(t *turn) []word {
	th := m.look.theme
	blind := word{"blind", th.Accent}
	v := t.standing()
	if v == nil {
		return []word{blind, {m.from(choices(len(t.Columns))), th.Text}, {m.paned("{reveal} shows the names"), th.Muted}}
	}
	var best []string
	for i, id := range t.Seats() {
		if slices.Contains(v.Best, id) {
			best = append(best, fmt.Sprint(i+1))
		}
	}
	said := "you chose answer " + strings.Join(best, " and ")
	switch {
	case len(best) == 0:
		said = "you find all bad"
	case len(best) == len(t.Columns):
		said = "you find them alike"
	case len(best) > 1:
		said = "you find " + strings.Join(best, ", ") + " best"
	}
	return []word{blind, {said, th.Good}, {m.from("{reveal} shows the names"), th.Text}, {m.paned("{unvote} takes it back"), th.Muted}}
}

// verdicts are the votes on a turn in words, the blind one first, in w cells if
// they can be said so briefly.
func (m *Model) verdicts(t *turn, w int) []word {
	var words []word
	for _, longest := range []int{-1, 40, 24, 12} { // of a name; -1 with its provider
		words = nil
		room := w + 3
		for i := range t.Votes {
			if v := &t.Votes[i]; v.Counts() && v.Voter == "" {
				names := v.Names(&t.Turn)
				for id, name := range names {
					if _, model, ok := strings.Cut(name, "/"); ok && longest > 0 {
						name = m.look.cut(model, longest)
					}
					names[id] = plain.Line(name)
				}
				said := voteWords(v, &t.Turn, names, len(words) > 0 || longest == 12)
				words = append(words, word{said, m.look.theme.Good})
				room -= m.look.width(said) + 3
			}
		}
		if room >= 0 {
			break
		}
	}
	return words
}

// voteWords is a vote in words, or in few of them.
func voteWords(v *sessions.Vote, t *sessions.Turn, names map[int]string, few bool) string {
	kind, said := "open vote", v.Words(names)
	if v.Blind {
		kind = "blind vote"
	}
	if !v.Judges(t) {
		kind += " on other takes"
	}
	kind += ": "
	if few {
		return kind + said
	}
	if !v.Pass && len(v.Best) > 0 && len(v.Best) < len(v.Seats) {
		said = "you chose " + said
	}
	if price := v.Price(t); price != "" && !v.Pass {
		said += "; " + price
	}
	return kind + said
}

// judge takes in what the votes say of the answer that a cell shows, and the
// turn's note. A vote on another take says nothing of this one, which may not
// have been seen by then.
func (c *cell) judge(t *sessions.Turn, p sessions.Pick) {
	column := p.Column
	c.note, c.judged, c.width = plain.Text(strings.TrimSpace(t.Note)), nil, 0
	if t.Blind && !t.Hidden() && c.asked && p.Take == 1 { // later ones are asked by name
		c.seat = t.Seat(column)
	}
	for i := range t.Votes {
		v := &t.Votes[i]
		if !v.Counts() || v.Voter != "" || t.Sealed() || !slices.Contains(v.Takes, p) {
			continue
		}
		kind := " · open vote"
		if v.Blind {
			kind = " · blind vote"
		}
		switch {
		case v.Pass && slices.Contains(v.Best, column):
			c.judged = append(c.judged, "✓ passes"+kind)
		case v.Pass:
			c.judged = append(c.judged, "✗ does not pass"+kind)
		case len(v.Best) == 0 && slices.Contains(v.Seats, column):
			c.judged = append(c.judged, "✗ bad, as all"+kind)
		case slices.Contains(v.Best, column) && len(v.Best) == len(v.Seats):
			c.judged = append(c.judged, "= as good as the others"+kind)
		case slices.Contains(v.Best, column):
			c.judged = append(c.judged, "✓ best"+kind)
		}
	}
}
