package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/report"
)

// Voting has the workbench be a booth and nothing else: one voter goes through
// the pairs of a session, without names.
type Voting struct {
	Open  func(context.Context) (*sessions.Poll, error) // called once the first frame is drawn; its error is Run's
	Limit int                                           // votes of this sitting; 0 for no limit
}

// A booth is the whole screen while somebody votes. Nothing is drawn of the
// session but what [sessions.Poll.Paper] leaves of a pair; who the models are is
// told on the last page, when every pair is voted on.
type booth struct {
	look  *look
	poll  *sessions.Poll // nil while it is read
	limit int

	page    boothPage
	at      int // the slip that is shown
	paper   sessions.Paper
	cells   [2]*cell
	top     int
	side    int // which answer is shown where there is room for one
	skipped map[int]bool
	lately  []int // turns of the last votes: no second look at them yet
	cast    int   // votes of this sitting

	busy    bool     // something is being saved or read
	next    []action // keys that came meanwhile
	leaving bool
	said    string // what became of the last key; sanitised
	bad     bool

	decision *report.Decision // on the last page
	wrong    string           // why there is none

	w, h int // of the last view
}

// A boothPage is what a booth shows.
type boothPage uint8

const (
	boothOpening  boothPage = iota
	boothEntry              // what is going to happen
	boothPair               // two answers
	boothQuestion           // the whole question
	boothOver               // nothing is left to vote on
	boothResult             // what came of it
)

// fewBetween is how many other votes of a sitting come before a second look.
const fewBetween = 5

func newBooth(lk *look, v *Voting) *booth {
	return &booth{look: lk, limit: v.Limit, skipped: map[int]bool{}}
}

// booth is the one that the workbench is; nil for none.
func (m *Model) booth() *booth {
	for _, o := range m.overlays {
		if b, ok := o.(*booth); ok {
			return b
		}
	}
	return nil
}

// openPoll reads the session that is voted on.
func (m *Model) openPoll(b *booth) tea.Cmd {
	ctx, open := m.ctx, m.opts.Vote.Open
	return func() tea.Msg {
		poll, err := open(ctx)
		return action(func(m *Model) tea.Cmd {
			if err != nil {
				m.fatal = err
				return tea.Sequence(m.gauge.leave, tea.Quit)
			}
			b.poll, b.page = poll, boothEntry
			if !b.any() {
				b.page = boothOver
			}
			return nil
		})
	}
}

// any reports whether a pair is left to vote on.
func (b *booth) any() bool { return b.following() >= 0 }

// following is the next slip to vote on; -1 for none.
func (b *booth) following() int {
	for i, s := range b.poll.Slips {
		if b.poll.Open(i) && !b.skipped[i] && !(s.Again && slices.Contains(b.lately, s.Turn)) {
			return i
		}
	}
	return -1
}

// goOn shows the next pair, or that there is none.
func (b *booth) goOn() {
	i := b.following()
	if i < 0 || b.limit > 0 && b.cast >= b.limit {
		b.page = boothOver
		return
	}
	b.show(i)
}

// show shows a slip from its top.
func (b *booth) show(i int) {
	b.page, b.at, b.top, b.side = boothPair, i, 0, 0
	b.paper = b.poll.Paper(i)
	b.lay()
}

func (b *booth) lay() {
	if b.poll == nil || b.paper.Turn.ID == 0 {
		return
	}
	s := &b.poll.Slips[b.at]
	b.cells = [2]*cell{newCell(&b.paper.Turn, s.Left, false, b.look), newCell(&b.paper.Turn, s.Right, false, b.look)}
}

// inBooths is a command of a booth. While something is being saved it waits for
// that.
func inBooths(do func(*booth) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		b := m.booth()
		switch {
		case b == nil:
			return m.say("nothing is voted on here: `juxta vote SESSION` goes through a session blind")
		case b.busy:
			b.next = append(b.next, inBooths(do))
			return nil
		}
		return do(b)
	}
}

// say tells what became of a key.
func (b *booth) say(text string, bad bool) tea.Cmd {
	b.said, b.bad = plain.Line(text), bad
	return nil
}

// work does something that takes as long as a disk, and then takes in what came
// of it.
func (b *booth) work(do func() error, then func(error) tea.Cmd) tea.Cmd {
	b.busy = true
	return func() tea.Msg {
		err := do()
		return action(func(m *Model) tea.Cmd {
			b.busy = false
			cmd := then(err)
			if b.leaving {
				return tea.Batch(cmd, quit(m))
			}
			for n := b.next; len(n) > 0 && !b.busy; n = b.next {
				b.next = n[1:]
				cmd = tea.Batch(cmd, n[0](m))
			}
			return cmd
		})
	}
}

// choose casts a vote on the pair that is shown, and goes on to the next one.
func choose(c sessions.Choice) func(*booth) tea.Cmd {
	return func(b *booth) tea.Cmd {
		if b.page != boothPair {
			return nil
		}
		i, poll := b.at, b.poll
		return b.work(func() error { return poll.Cast(i, c) }, func(err error) tea.Cmd {
			if err != nil {
				b.next = nil
				if !poll.Open(i) {
					b.goOn()
				}
				return b.say("not saved, vote again: "+worded(err), true)
			}
			b.cast++
			b.lately = append(b.lately, poll.Slips[i].Turn)
			b.lately = b.lately[max(len(b.lately)-fewBetween, 0):]
			b.goOn()
			return b.say(b.look.keys.fill(inBooth, b.spoken(c)+" · {undo_vote} takes it back"), false)
		})
	}
}

// spoken is a choice in words.
func (b *booth) spoken(c sessions.Choice) string {
	words := [...]string{sessions.LeftBetter: "1 is better", sessions.RightBetter: "2 is better", sessions.Alike: "alike", sessions.BothBad: "both bad"}
	if b.poll.Pass {
		words = [...]string{sessions.LeftBetter: "only 1 passes", sessions.RightBetter: "only 2 passes", sessions.Alike: "both pass", sessions.BothBad: "none passes"}
	}
	return words[c]
}

// skip leaves a pair for later.
func (b *booth) skip() tea.Cmd {
	switch b.page {
	case boothPair:
		b.skipped[b.at] = true
		b.goOn()
		return b.say("skipped: it comes back at the end", false)
	case boothOver:
		if len(b.skipped) > 0 {
			clear(b.skipped)
			b.lately = nil
			b.goOn()
		}
	}
	return nil
}

// undo takes back the last vote of this sitting and shows its pair again.
func (b *booth) undo() tea.Cmd {
	if b.page == boothResult {
		return b.say("the names were shown: no vote can be taken back any more", true)
	}
	if b.page != boothPair && b.page != boothOver {
		return nil
	}
	var at int
	var ok bool
	return b.work(func() (err error) { at, ok, err = b.poll.Undo(); return err }, func(err error) tea.Cmd {
		switch {
		case err != nil:
			return b.say("not taken back: "+worded(err), true)
		case !ok:
			return b.say("there is no vote of this sitting to take back", false)
		}
		b.cast--
		b.lately = b.lately[:max(len(b.lately)-1, 0)]
		delete(b.skipped, at)
		b.show(at)
		return b.say("taken back: vote again", false)
	})
}

// whole shows all of a long question, or the answers again.
func (b *booth) whole() tea.Cmd {
	switch b.page {
	case boothPair:
		b.page, b.top = boothQuestion, 0
	case boothQuestion:
		b.page, b.top = boothPair, 0
	}
	return nil
}

// done reports whether every pair is voted on, so that nothing is given away.
func (b *booth) done() bool {
	p := b.poll.Progress()
	return p.Voted == p.Pairs
}

// result reads what came of the votes, and tells the names.
func (b *booth) result() tea.Cmd {
	b.page, b.top = boothResult, 0
	return b.decide()
}

func (b *booth) decide() tea.Cmd {
	poll := b.poll
	var d *report.Decision
	return b.work(func() error {
		s, turns, err := poll.Whole()
		if err == nil {
			d, err = report.Decide(s, turns, poll.Baseline, report.Terms{})
		}
		return err
	}, func(err error) tea.Cmd {
		if b.decision, b.wrong = d, ""; err != nil {
			b.decision, b.wrong = nil, worded(err)
		}
		return nil
	})
}

// reveal has the votes on turns that were asked blind count.
func (b *booth) reveal() tea.Cmd {
	poll := b.poll
	return b.work(poll.Reveal, func(err error) tea.Cmd {
		if err != nil {
			return b.say("not revealed: "+worded(err), true)
		}
		return b.decide()
	})
}

func (b *booth) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	b.said = ""
	s := k.String()
	if c, ok := b.look.keys.find(s, inBooth); ok {
		return c.do, nil
	}
	if by, ok := scrolled(s, b.body()-1); ok {
		b.scroll(by)
		return nil, nil
	}
	if s == "tab" || s == "shift+tab" {
		b.side = 1 - b.side
		return nil, nil
	}
	return b.turnPage(s), nil
}

// turnPage is what a key does on one page alone.
func (b *booth) turnPage(s string) action {
	begin := func(seen bool) action {
		b.poll.Saw(seen)
		b.goOn()
		return nil
	}
	switch known := b.page == boothEntry && b.poll.Known() > 0; {
	case b.page == boothEntry && known && s == "y":
		return begin(true)
	case b.page == boothEntry && known && s == "n", b.page == boothEntry && !known && s == "enter":
		return begin(false)
	case b.page == boothQuestion && s == "enter":
		b.page, b.top = boothPair, 0
	case b.page == boothOver && s == "enter" && b.done():
		return inBooths((*booth).result)
	case b.page == boothOver && s == "enter", b.page == boothResult && s == "enter":
		return (*Model).leaveBooth
	case b.page == boothResult && s == "r" && b.poll.Progress().Hidden > 0:
		return inBooths((*booth).reveal)
	}
	return nil
}

// escape reports whether esc was for a page of the booth.
func (b *booth) escape() bool {
	if b.page == boothQuestion {
		b.page, b.top = boothPair, 0
		return true
	}
	return false
}

// leaveBooth ends the sitting, once what is being saved is saved.
func (m *Model) leaveBooth() tea.Cmd {
	if b := m.booth(); b != nil && b.busy {
		b.leaving, b.next = true, nil
		return nil
	}
	return quit(m)
}

// allowed are the commands that a booth has besides its own.
var allowed = []string{"back", "commands", "theme", "suspend", "quit"}

// permits reports whether a command may be given now: in a booth there are few,
// because others tell names.
func (m *Model) permits(c command) bool {
	return m.booth() == nil || c.scope == inBooth || slices.Contains(allowed, c.id)
}

func (b *booth) paste(string) {}

func (b *booth) cursor() *tea.Cursor { return nil }

func (b *booth) restyle() { b.lay() }

func (b *booth) covers() {}
