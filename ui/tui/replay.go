package tui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// replaying reports whether a recorded session is played, and nothing is asked.
func (m *Model) replaying() bool { return m.opts.Replay }

// playable are the commands that a replay has besides its own: those that only
// look.
var playable = []string{
	"pictures", "picture", "back", "stop_all", "page_up", "page_down", "commands", "theme", "suspend", "quit",
	"next_column", "previous_column", "line_down", "line_up", "first_turn", "last_turn", "previous_turn", "next_turn",
	"zoom", "differences", "thoughts", "stop", "copy", "copy_code", "copy_turn", "search", "next_disagreement", "previous_disagreement", "scores",
}

// do does what a command does. A replay takes those that would ask or change
// something for a mistake, and says what it has instead.
func (m *Model) do(c command) tea.Cmd {
	if m.opts.Log != nil {
		m.opts.Log.Info("command", "id", c.id)
	}
	switch {
	case !m.permits(c):
		return nil
	case m.booth() != nil && c.id == "quit":
		return m.leaveBooth()
	case !m.replaying():
		return c.do(m)
	}
	if c.scope != inReplay && !slices.Contains(playable, c.id) {
		return m.warn(m.look.keys.fill(inReplay, "this is a replay: nothing is asked or changed · {pause_replay} pause · {end_replay} end"))
	}
	cmd := c.do(m)
	m.toPanes() // the composer has nothing to write
	return cmd
}

// inReplays is a command of a replay.
func inReplays(do func(*Model, *sessions.Pace) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if m.bench == nil || !m.replaying() {
			return m.say("nothing is played: `juxta sessions replay` plays a session")
		}
		_, _, pace := m.bench.Replays()
		return do(m, pace)
	}
}

func (m *Model) pauseReplay(pace *sessions.Pace) tea.Cmd {
	pace.Pause()
	m.stale = true
	return unseen
}

func (m *Model) fasterReplay(pace *sessions.Pace) tea.Cmd { return m.speed(pace, 2) }
func (m *Model) slowerReplay(pace *sessions.Pace) tea.Cmd { return m.speed(pace, 0.5) }

func (m *Model) speed(pace *sessions.Pace, by float64) tea.Cmd {
	pace.Times(by)
	m.stale = true
	return unseen
}

// skipTurn goes to the end of the turn that is played, and from there to the
// next one.
func (m *Model) skipTurn(*sessions.Pace) tea.Cmd {
	if m.run != nil {
		m.run.StopAll()
		return unseen
	}
	return m.play()
}

// play plays the next turn.
func (m *Model) play() tea.Cmd {
	if m.run != nil || m.asking {
		return nil
	}
	m.asking = true
	m.breath++ // whoever waits to play it need not
	b, ctx := m.bench, m.ctx
	return m.inOrder(func() action {
		run, err := b.Play(ctx)
		return func(m *Model) tea.Cmd {
			m.asking = false
			switch {
			case errors.Is(err, sessions.ErrPlayed):
				return m.say(m.look.keys.fill(inReplay, "the replay is over · {end_replay} ends it"))
			case err != nil:
				return m.warn(worded(err))
			}
			m.refresh()
			m.begin(m.tr.add(run.Asked), run.Asked, run.Picks())
			m.toPanes()
			return m.follow(run)
		}
	})
}

// breathe plays the next turn after a while.
func (m *Model) breathe() tea.Cmd {
	m.breath++
	b, ctx, breath := m.bench, m.ctx, m.breath
	if played, of, _ := b.Replays(); played == of {
		return m.play() // which says that it is over
	}
	return func() tea.Msg {
		err := b.Rest(ctx)
		return action(func(m *Model) tea.Cmd {
			if err != nil || m.breath != breath {
				return nil
			}
			return m.play()
		})
	}
}

// replayBar stands where the composer else is.
func (m *Model) replayBar(w int) string {
	th := m.look.theme
	if m.bench == nil {
		return ""
	}
	played, of, pace := m.bench.Replays()
	speed, paused := pace.Speed()
	sign, words := "▶", "replay"
	if paused {
		sign, words = "‖", "replay, paused"
	}
	s := th.Accent.Render(fmt.Sprintf("%s %s", sign, words)) +
		th.Muted.Render(fmt.Sprintf(" · %s× · turn %d of %d", strconv.FormatFloat(speed, 'g', -1, 64), played, of)) +
		th.Faint.Render(" · as it was recorded; nothing is asked or saved")
	return m.look.fit(s, w)
}
