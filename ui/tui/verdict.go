package tui

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/report"
	"juxta/sessions/verdict"
)

// volumes are the requests a month that the slider goes through.
var volumes = []int64{1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000}

// usual is the index of the volume that the slider begins at: 100,000.
const usual = 4

// A verdicts is the screen of the verdict: what the session says of its models
// against the baseline. Every figure on it is of the [report.Decision] that the
// report writes, too.
type verdicts struct {
	look    *look
	machine *verdict.Machine // of local models; nil for the usual one
	memory  *report.Memory   // of what was judged before
	places  map[int]int      // of the columns on the screen

	asked    int // how often it was judged; an earlier judgement that comes late is dropped
	busy     bool
	wrong    string // why there is no verdict
	said     string // what became of the last key, if that has to be told
	volume   int    // index of volumes
	next     []due  // which votes to cast next
	chosen   int    // of those
	session  sessions.Session
	turns    []sessions.Turn
	decision *report.Decision

	top    int
	room   int   // lines in view
	heads  []int // the line that each part begins at
	target int   // the line of the chosen vote
	follow bool  // the chosen vote is brought into view
	lines  []string
	width  int // that lines are for; 0: not drawn
}

// openVerdict opens the screen and has the session judged for it.
func (m *Model) openVerdict() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	if m.memory == nil {
		m.memory = &report.Memory{}
	}
	o := &verdicts{look: &m.look, machine: m.opts.Machine, memory: m.memory, volume: usual, places: map[int]int{}}
	for _, p := range m.panes {
		o.places[p.column.ID] = p.place
	}
	m.push(o)
	return m.after(func(m *Model) tea.Cmd { return m.judge(o) }) // a vote may be on its way to the disk
}

// terms are what costs are counted by.
func (o *verdicts) terms() report.Terms {
	return report.Terms{Volume: volumes[o.volume], Machine: o.machine, Memory: o.memory}
}

// judge reads the session and judges it.
func (m *Model) judge(o *verdicts) tea.Cmd {
	o.asked++
	o.busy, o.width = true, 0
	b, asked, on, before := m.bench, o.asked, o.terms(), m.tried
	return func() tea.Msg {
		whole, err := b.Whole(before)
		if err != nil {
			return action(func(*Model) tea.Cmd { o.take(asked, nil, err); return nil })
		}
		s, turns := whole.Session, whole.Turns
		d, err := report.Decide(s, turns, 0, on)
		var next []due
		if err == nil {
			next = dues(&s, turns, d.Baseline.Column)
		}
		return action(func(m *Model) tea.Cmd {
			m.tried = whole
			if o.asked == asked {
				o.session, o.turns, o.next = s, turns, next
				o.chosen = min(o.chosen, max(len(next)-1, 0))
			}
			o.take(asked, d, err)
			return nil
		})
	}
}

// judgeAgain judges the session anew for a verdict that is open.
func (m *Model) judgeAgain() tea.Cmd {
	if o := m.verdict(); o != nil {
		return m.judge(o)
	}
	return nil
}

// take shows a judgement, unless a later one was asked for meanwhile.
func (o *verdicts) take(asked int, d *report.Decision, err error) {
	if o.asked != asked {
		return
	}
	o.busy, o.width, o.wrong = false, 0, ""
	switch {
	case errors.Is(err, sessions.ErrNoBaseline):
		o.decision, o.wrong = nil, o.look.keyed("No column is the baseline yet, and a verdict is about the others against it: {back} goes back, and ")+
			o.look.keys.fill(inPanes, "{baseline} makes the current column the baseline ★.")
	case err != nil:
		o.decision, o.wrong = nil, worded(err)
	default:
		o.decision = d
	}
}

// reprice judges what was read at another volume.
func (o *verdicts) reprice(by int) tea.Cmd {
	to := min(max(o.volume+by, 0), len(volumes)-1)
	if to == o.volume || o.decision == nil {
		return nil
	}
	o.volume = to
	o.asked++
	o.busy, o.width = true, 0
	s, turns, asked, on := o.session, o.turns, o.asked, o.terms()
	return func() tea.Msg {
		d, err := report.Decide(s, turns, 0, on)
		return action(func(*Model) tea.Cmd { o.take(asked, d, err); return nil })
	}
}

// verdict is the one that is open; nil for none.
func (m *Model) verdict() *verdicts {
	for _, o := range m.overlays {
		if v, ok := o.(*verdicts); ok {
			return v
		}
	}
	return nil
}

// onVerdict is a command of the verdict; for somebody who has chosen it elsewhere it
// opens the verdict.
func onVerdict(do func(*Model, *verdicts) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if o := m.verdict(); o != nil {
			o.said = ""
			return do(m, o)
		}
		return m.openVerdict()
	}
}

// inVerdicts is a command of the verdict alone.
func inVerdicts(do func(*verdicts) tea.Cmd) func(*Model) tea.Cmd {
	return onVerdict(func(_ *Model, o *verdicts) tea.Cmd { return do(o) })
}

func (o *verdicts) smaller() tea.Cmd { return o.reprice(-1) }

func (o *verdicts) larger() tea.Cmd { return o.reprice(1) }

func (o *verdicts) nextDue() tea.Cmd { return o.choose(1) }

func (o *verdicts) previousDue() tea.Cmd { return o.choose(-1) }

func (o *verdicts) nextPart() tea.Cmd { return o.part(1) }

func (o *verdicts) previousPart() tea.Cmd { return o.part(-1) }

func (o *verdicts) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	o.said, o.follow = "", false
	s := k.String()
	if c, ok := o.look.keys.find(s, inVerdict, anywhere); ok && (c.scope == inVerdict || c.id == "commands") {
		return c.do, nil
	}
	by, _ := scrolled(s, max(o.room-1, 1))
	o.top += by
	return nil, nil
}

// part brings the next part, or the one before, to the top.
func (o *verdicts) part(by int) tea.Cmd {
	at := 0
	for i, h := range o.heads {
		if h <= o.top {
			at = i
		}
	}
	if at += by; at >= 0 && at < len(o.heads) {
		o.top = o.heads[at]
	}
	return nil
}

// choose goes to another of the votes that are to be cast.
func (o *verdicts) choose(by int) tea.Cmd {
	if len(o.next) > 0 {
		o.chosen, o.width, o.follow = min(max(o.chosen+by, 0), min(len(o.next), mostDue)-1), 0, true
	}
	return nil
}

// castDue goes to the chosen turn, to be voted on.
func (m *Model) castDue(o *verdicts) tea.Cmd {
	if o.chosen >= len(o.next) {
		return nil
	}
	turn := o.next[o.chosen].turn
	loaded := m.tr.find(turn) != nil
	if !loaded && (m.run != nil || m.asking || m.opening) {
		o.said, o.width = "that turn is on another branch or long ago: it is opened once no answers are coming", 0
		return nil
	}
	m.overlays = slices.DeleteFunc(m.overlays, func(x overlay) bool {
		_, scores := x.(*board)
		return x == overlay(o) || scores
	})
	m.toPanes()
	if !loaded {
		return m.goTo(turn)
	}
	m.bring(turn)
	return m.loadOlder()
}

func (o *verdicts) paste(string) {}

func (o *verdicts) cursor() *tea.Cursor { return nil }

func (o *verdicts) restyle() { o.width = 0 }

func (o *verdicts) covers() {}
