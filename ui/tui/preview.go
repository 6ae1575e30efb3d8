package tui

import (
	"context"
	"image"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions/plain"
	"juxta/ui/picture"
)

// settling is how long a row is chosen before its file is read: whoever goes
// down a list reads none.
const settling = 120 * time.Millisecond

// peeked is what is known of the row that is chosen.
type peeked struct {
	of    row
	shot  *shot
	lines []string // what it is; sanitised
	bad   bool
}

// glance makes a preview of a row, once it has been chosen for a moment.
func (p *picker) glance(r row) tea.Cmd {
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
	p.peeks++
	p.peek = peeked{of: r}
	switch {
	case r.kind == pillRow && r.pill.ready != nil && r.pill.ready.Kind() == prompts.Picture:
		s := readyShot(r.pill.ready)
		p.peek.shot = &s
	case r.kind == keptRow && strings.HasPrefix(r.kept.MIME, "image/"):
		s := keptShot(r.kept)
		p.peek.shot = &s
	case r.kind == fileRow && p.wide():
		return p.later(r)
	}
	return nil
}

func (p *picker) later(r row) tea.Cmd {
	n := p.peeks
	return tea.Tick(settling, func(time.Time) tea.Msg {
		return action(func(m *Model) tea.Cmd {
			if n != p.peeks || !m.shows(p) {
				return nil
			}
			ctx, stop := context.WithCancel(m.ctx)
			p.stop, m.stage.peek = stop, stop
			l := m.opts.Loader
			return func() tea.Msg {
				defer stop()
				seen := inspect(ctx, l, r)
				return action(func(*Model) tea.Cmd {
					if n == p.peeks {
						p.peek = seen
					}
					return nil
				})
			}
		})
	})
}

// inspect is what a file is, with its picture if it is one.
func inspect(ctx context.Context, l prompts.Loader, r row) peeked {
	seen := peeked{of: r}
	f, err := l.Open(ctx, r.path)
	if err != nil {
		seen.lines, seen.bad = []string{plain.Line(err.Error())}, true
		return seen
	}
	seen.lines = []string{plain.Line(f.MIME)}
	if f.Kind() != prompts.Picture {
		return seen
	}
	a, err := f.Prepare(ctx)
	if err != nil {
		seen.lines, seen.bad = append(seen.lines, plain.Line(err.Error())), true
		return seen
	}
	seen.lines[0] += " " + pixelsOf(a.FileWidth, a.FileHeight, f.Bytes)
	for _, n := range a.Notes {
		seen.lines = append(seen.lines, "· "+plain.Line(n))
	}
	s := readyShot(a)
	seen.shot = &s
	return seen
}

// wished is what the preview shows in so many cells.
func (p *picker) wished(w, h int) (wish, bool) {
	s := p.peek.shot
	if s == nil || !p.peek.of.same(p.chosen()) {
		return wish{}, false
	}
	cols, rows := picture.Fit(s.size, w, h, p.gallery.screen.cell)
	return wish{shot: *s, part: image.Rectangle{Max: s.size}, cols: cols, rows: rows}, true
}
