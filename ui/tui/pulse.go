package tui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	calm    = 250 * time.Millisecond // without a view, after which the pulse slows
	resting = time.Second            // between two ticks then
	waking  = 2 * time.Millisecond   // until the first tick after that: a key is echoed sooner
)

// A pulse slows Bubble Tea's renderer down while nothing changes. Its ticker
// runs at the full rate for as long as the program does: at 120 a second that
// is 2 % of a core for a screen that stands still, and a laptop that never
// sleeps. A slow tick remains, so that a frame is late at the worst and never
// lost.
//
// The ticker is a field that Bubble Tea does not export. Where a version of it
// has none, everything works and the rate stays what it was; a test tells.
type pulse struct {
	program *tea.Program
	full    time.Duration // between two ticks while the screen changes

	mu     sync.Mutex
	ticker *time.Ticker
	pace   time.Duration // between two ticks at the moment
	last   time.Time     // when the screen last changed
	still  *time.Timer   // fires when the screen has been still
	held   bool          // the terminal has not taken the last frame
}

func newPulse(p *tea.Program, rate int) *pulse {
	full := time.Second / time.Duration(rate)
	return &pulse{program: p, full: full, pace: full}
}

// beat says that the screen changes. It is called where Bubble Tea calls View,
// on the goroutine that made the ticker.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ticker == nil {
		if p.ticker = tickerOf(p.program); p.ticker == nil {
			return
		}
		p.still = time.AfterFunc(calm, p.rest)
	}
	p.last = time.Now()
	switch {
	case p.held:
	case p.pace == resting:
		p.reset(waking)
	case p.pace == waking:
		p.reset(p.full)
	}
	p.still.Reset(calm)
}

// hold has nothing painted for a while, or until it is called with false: what
// changes meanwhile is one frame then.
func (p *pulse) hold(on bool, most time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ticker == nil || p.held == on:
	case on:
		p.reset(most)
	default:
		p.reset(waking)
	}
	p.held = on && p.ticker != nil
}

func (p *pulse) reset(pace time.Duration) {
	p.pace = pace
	p.ticker.Reset(pace)
}

func (p *pulse) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.last) < calm {
		return // the screen changed while this waited for the mutex, and has set the timer again
	}
	if p.held {
		p.still.Reset(calm)
		return
	}
	p.reset(resting)
}

// stop lets go of the timer.
func (p *pulse) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.still != nil {
		p.still.Stop()
	}
}

// tickerOf is the program's ticker, and nil before it runs.
func tickerOf(p *tea.Program) *time.Ticker {
	f := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !f.IsValid() || f.Type() != reflect.TypeFor[*time.Ticker]() || f.IsNil() {
		return nil
	}
	return (*time.Ticker)(f.UnsafePointer())
}
