package tui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
)

// A lane is where work on files waits for its turn.
type lane uint8

const (
	reading   lane = iota // the disk
	fetching              // the network
	preparing             // the processor
	lanes
)

// next is what must be done to a file before it can be sent, if anything.
func (f *attached) next(edge int) (l lane, any bool) {
	switch {
	case f.settled(edge):
		return 0, false
	case f.whole == nil && f.file == nil && isURL(f.source):
		return fetching, true
	case f.whole == nil && f.file == nil:
		return reading, true
	}
	return preparing, true
}

// work starts what must be done to the files attached, as far as there is a
// turn for it, and ends what is done to those that are not any more.
func (m *Model) work() tea.Cmd {
	order := m.composer.order
	for _, f := range m.composer.files {
		if f.cancel != nil && !slices.Contains(order, f) {
			f.cancel()
			f.job = 0 // whatever it still comes to
		}
	}
	if !slices.Equal(order, m.told) {
		m.told, m.stale, m.typed, m.flown = order, true, false, false
		m.brief()
		if m.waiting {
			m.hold(changed)
		}
	}
	if writing := !m.composer.empty(); writing != m.writing { // which the panes show, too
		m.writing, m.typed = writing, false
		if !writing && m.composer.using != nil { // what comes next has nothing to do with it
			m.composer.using, m.stale = nil, true
		}
		m.brief()
	}
	most := [lanes]int{reading: 2, fetching: 4, preparing: 2}
	var cmds []tea.Cmd
	for _, f := range order {
		l, any := f.next(m.edge)
		if f.cancel != nil || !any || m.busy[l] >= most[l] || l == preparing && m.busy[l] > 0 && m.heavy+f.weight() > heaviest {
			continue
		}
		m.busy[l]++
		cmds = append(cmds, m.start(f, l))
	}
	return tea.Batch(append(cmds, m.submitReady(), m.fly(), m.foretell())...)
}

// heaviest is how many bytes of pixels are decoded at the same time, if it is
// more than one picture.
const heaviest = 200 << 20

// weight is about what a file takes while it is prepared or scaled.
func (f *attached) weight() int {
	switch {
	case f.whole != nil:
		return f.whole.Width * f.whole.Height * 4
	case f.file != nil:
		return f.file.Width * f.file.Height * 4
	case f.kept != nil:
		return f.kept.SentWidth * f.kept.SentHeight * 4
	}
	return 0
}

// start does the next thing to a file.
func (m *Model) start(f *attached, l lane) tea.Cmd {
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(m.ctx)
	m.jobs++
	f.job = m.jobs
	do, job, cancel, weight := m.step(ctx, f), f.job, f.cancel, 0
	if l == preparing {
		weight = f.weight()
	}
	m.heavy += weight
	return func() tea.Msg {
		done, err := do()
		cancel()
		return action(func(m *Model) tea.Cmd {
			m.busy[l]--
			m.heavy -= weight
			f.cancel = nil // only now may something else be done to it
			if f.job != job {
				return nil // its label went meanwhile
			}
			f.job, m.stale, m.flown = 0, true, false
			if err != nil {
				m.fail(f, err)
				return nil
			}
			done()
			m.composer.relabel(f)
			return nil
		})
	}
}

// glimpse shows what a picture looks like while it is still being saved anew.
// It is called by who prepares it.
func (m *Model) glimpse(f *attached, job int, file *prompts.File, thumb image.Image) {
	early := &prompts.Attachment{Name: file.Name, Width: file.Width, Height: file.Height, Thumb: thumb}
	early.Data = fmt.Appendf(nil, "a glimpse of job %d", job) // its hash is the name that drawings of it have
	send := m.send
	go send(action(func(m *Model) tea.Cmd { // send waits for the screen, and preparing must not
		if f.job == job {
			f.early, m.stale = early, true
		}
		return nil
	}))
}

// step is the next thing to do to a file, off the screen's path, and what that
// changes.
func (m *Model) step(ctx context.Context, f *attached) func() (done func(), err error) {
	bench, loader, edge := m.bench, m.opts.Loader, m.edge
	file, whole, source, kept, job := f.file, f.whole, f.source, f.kept, f.job
	pasted := f.words != "" && isURL(source)
	errPage := errors.New(m.look.keyed("is a web page or other text and no medium: it stays text; {attach} attaches what it says"))
	finish := func(a *prompts.Attachment) (func(), error) {
		fit, err := a, error(nil)
		if edge > 0 && a.Kind() == prompts.Picture {
			fit, err = a.Fit(ctx, edge)
		}
		return func() {
			f.whole, f.ready, f.early, f.edge = a, fit, nil, edge
			if f.file != nil { // what is known of it, without its bytes
				f.file = &prompts.File{Name: file.Name, From: file.From, MIME: file.MIME, Bytes: file.Bytes, Width: file.Width, Height: file.Height}
			}
		}, err
	}
	return func() (func(), error) {
		switch {
		case whole != nil:
			return finish(whole)
		case kept != nil:
			a, err := bench.File(*kept)
			if err != nil {
				return nil, err
			}
			return finish(a)
		case file == nil:
			opened, err := loader.Open(ctx, source)
			if err == nil && pasted && opened.Kind() == prompts.Written {
				err = errPage // as many that end like a picture's
			}
			return func() { f.file = opened }, err
		}
		file.Early = func(thumb image.Image) { m.glimpse(f, job, file, thumb) }
		a, err := file.Prepare(ctx)
		if err != nil {
			return nil, err
		}
		return finish(a)
	}
}
