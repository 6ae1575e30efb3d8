package sessions

import (
	"context"
	"sync"
	"time"
)

// A Pace is the clock of a replay: it runs faster or slower than the wall's, and
// stands while it is paused.
type Pace struct {
	mu     sync.Mutex
	speed  float64
	paused bool
	real   time.Time     // when the clock was set last
	at     time.Duration // what it showed then
	change chan struct{} // closed when it is set
}

// The speeds of a replay.
const (
	Slowest = 0.125
	Fastest = 1024
)

// NewPace is a clock that runs at speed, 1 being that of the wall's.
func NewPace(speed float64) *Pace {
	return &Pace{speed: min(max(speed, Slowest), Fastest), real: time.Now(), change: make(chan struct{})}
}

// Speed is how fast the clock runs, and whether it is paused.
func (p *Pace) Speed() (speed float64, paused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.speed, p.paused
}

// Times makes the clock by times as fast, within bounds, and ends a pause.
func (p *Pace) Times(by float64) {
	p.set(func() { p.speed, p.paused = min(max(p.speed*by, Slowest), Fastest), false })
}

// Pause stops the clock, or lets it run on.
func (p *Pace) Pause() { p.set(func() { p.paused = !p.paused }) }

func (p *Pace) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.real = p.shown(), time.Now()
	change()
	close(p.change)
	p.change = make(chan struct{})
}

// shown is what the clock shows. p.mu is held.
func (p *Pace) shown() time.Duration {
	if p.paused {
		return p.at
	}
	return p.at + time.Duration(float64(time.Since(p.real))*p.speed)
}

// now is what the clock shows: the time since it was made, as it runs.
func (p *Pace) now() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown()
}

// wait returns when the clock shows until, or ctx is over.
func (p *Pace) wait(ctx context.Context, until time.Duration) error {
	for {
		p.mu.Lock()
		left, paused, speed, change := until-p.shown(), p.paused, p.speed, p.change
		p.mu.Unlock()
		if left <= 0 {
			return ctx.Err()
		}
		var alarm <-chan time.Time
		if !paused {
			alarm = time.After(time.Duration(float64(left)/speed) + 1)
		}
		select {
		case <-alarm:
		case <-change:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
