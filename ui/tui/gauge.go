package tui

import (
	"io"
	"runtime"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// A gauge stands between the renderer and the terminal and tells how far the
// terminal is behind. Before and after a frame it asks the terminal now and then
// whether it is well: between the two answers lies the time that the terminal
// took for the frame, and the second says that it has been taken. How long a write
// blocks would tell less, because a pseudo-terminal, SSH and the network hold a
// second's worth of frames before it does.
//
// To a terminal that is behind nothing is painted before it has taken the last
// frame, so that frames are left out and not queued, and the echo of a key has one
// frame before it at the most.
//
//	tick ─► View as it is ─► question, frame, question ─► terminal
//	  ▲                                                      │
//	  └───────────────────── pulse ◄───────────────────── answers
//
// A terminal that answers nothing is written to as if there were no gauge.
type gauge struct {
	out
	pulse *pulse // of the renderer; nil before it runs
	sieve sieve

	mu       sync.Mutex
	away     bool          // the terminal is somebody else's, or is about to be
	deaf     bool          // it does not answer
	streams  bool          // a run is shown
	since    int           // bytes of the run's frames since the last question
	asked    time.Time     // when that was; zero if both answers are here
	size     int           // bytes of the frame between the two
	begun    time.Time     // when the first answer came; zero until then
	answered chan struct{} // closed with the second
	heard    bool          // it has answered something
	late     int           // goes up with what the terminal took long for, and down with the rest
	slow     bool          // the terminal is behind
}

// out is a terminal's output; Bubble Tea asks for its descriptor.
type out interface {
	io.ReadWriteCloser
	Fd() uintptr
}

// statuses are what terminals say to askStatus: that they are well or not, some
// of them in the form that was meant for other questions.
var statuses = []string{"\x1b[0n", "\x1b[3n", "\x1b[?0n"}

const (
	askStatus = "\x1b[5n"
	long      = 4096                   // bytes after which it is asked
	less      = 1024                   // the same if it is behind
	slowness  = 150_000                // bytes a second
	patient   = 40 * time.Millisecond  // a pause as short as that says nothing
	unheard   = 2 * time.Second        // after which no answer is waited for
	leaving   = 700 * time.Millisecond // the longest wait for answers before the terminal is somebody else's
	mostLate  = 20                     // the most that late goes up to
)

// newGauge measures the terminal that the workbench is shown on. Windows' console
// keeps a picture of its own and leaves out frames itself.
func newGauge(o out) *gauge { return &gauge{out: o, deaf: runtime.GOOS == "windows"} }

// Write implements [io.Writer]. The questions are part of the write, or another
// one could come between.
func (g *gauge) Write(frame []byte) (int, error) {
	rest := g.sieve.sift(frame)
	if g.ask(len(rest)) {
		rest = slices.Concat([]byte(askStatus), rest, []byte(askStatus))
	}
	if _, err := g.out.Write(rest); err != nil {
		return 0, err
	}
	return len(frame), nil
}

// ask reports whether a frame of n bytes is to be measured.
func (g *gauge) ask(n int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.streams {
		g.since += n
	}
	enough := long
	if g.slow {
		enough = less
	}
	if g.away || g.deaf || !g.asked.IsZero() && !g.lost() || max(n, g.since) < enough {
		return false
	}
	g.asked, g.begun, g.size, g.since, g.answered = time.Now(), time.Time{}, n, 0, make(chan struct{})
	if g.slow && g.pulse != nil {
		g.pulse.hold(true, unheard)
	}
	return true
}

// lost reports whether the answers are no longer waited for. Without any it was
// the last question.
func (g *gauge) lost() bool {
	if time.Since(g.asked) < unheard {
		return false
	}
	g.deaf, g.asked = !g.heard, time.Time{}
	g.release()
	return !g.deaf
}

func (g *gauge) release() {
	if g.pulse != nil {
		g.pulse.hold(false, 0)
	}
}

// hear takes in a message from the terminal, and reports whether it was an
// answer.
func (g *gauge) hear(msg tea.Msg) bool {
	if s, ok := msg.(uv.UnknownCsiEvent); !ok || !slices.Contains(statuses, string(s)) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch now := time.Now(); {
	case g.asked.IsZero(): // to somebody else's question
	case g.begun.IsZero():
		g.begun, g.heard = now, true
	default:
		g.judge(now.Sub(g.begun))
		g.asked = time.Time{}
		close(g.answered)
		g.release()
	}
	return true
}

// judge takes in how long the terminal took for the frame that was measured. A
// long frame is proof, of short ones it takes two: every program stands still at
// times.
func (g *gauge) judge(took time.Duration) {
	g.late = max(g.late-1, 0)
	if took >= patient && float64(g.size) < slowness*took.Seconds() {
		g.late += 4
		if g.size >= long && took >= 2*patient {
			g.late += 4
		}
	}
	g.late = min(g.late, mostLate)
	g.slow = g.slow || g.late > 4
}

func await(answered <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-answered:
	case <-t.C:
	}
}

// behind reports whether the terminal takes less than it could be sent.
func (g *gauge) behind() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.slow
}

// stream says that a run begins, or that it is over. Only with a new one a
// terminal that has caught up is taken for a quick one again, or the screen would
// be unsteady.
func (g *gauge) stream(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.streams = on; on && g.late == 0 {
		g.slow = false
	}
}

// leave is done before the terminal becomes somebody else's: a shell would take
// an answer that is on its way for keys.
func (g *gauge) leave() tea.Msg {
	g.mu.Lock()
	g.away = true
	open, answered := !g.asked.IsZero() && g.heard, g.answered
	g.mu.Unlock()
	if open {
		await(answered, leaving)
	}
	return nil
}

// back says that the terminal is ours again.
func (g *gauge) back() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away, g.asked = false, time.Time{}
	g.release()
}

// filter keeps the answers from the model: nothing changes with them, and nothing
// need be drawn.
func (g *gauge) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.ResumeMsg); ok {
		g.back()
	}
	if g.hear(msg) {
		return nil
	}
	return msg
}
