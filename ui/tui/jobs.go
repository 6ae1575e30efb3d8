package tui

import (
	"context"
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/ui/picture"
)

// A job is what is done for a picture off the screen's path: one at a time, so
// that drawing never takes more than one core from what streams.
type job struct {
	sha    string // of the picture; "" while that is not known
	shot   shot
	cancel context.CancelFunc
	do     func(context.Context) action
}

// start has the loop start a job: a view may not do so itself.
func (j *job) start(m *Model) {
	ctx, cancel := context.WithCancel(m.ctx)
	j.cancel = cancel
	send := m.send
	go send(action(func(*Model) tea.Cmd {
		return func() tea.Msg {
			done := j.do(ctx)
			return action(func(m *Model) tea.Cmd {
				defer cancel() // not before: whether it was cancelled is what done looks at
				return done(m)
			})
		}
	}))
}

// tend starts the next job, if there is one, and ends the one under way if
// nobody wants its picture any longer.
func (g *gallery) tend(m *Model) {
	if m.send == nil { // there is no program
		return
	}
	if g.job != nil {
		if !g.wanted(g.job.shot) && g.job.cancel != nil {
			g.job.cancel()
		}
		return
	}
	if g.job = g.next(m); g.job != nil {
		g.job.start(m)
	}
}

// next is the first thing that a wish still lacks.
func (g *gallery) next(m *Model) *job {
	if g.screen.mode() == picture.Words {
		return nil
	}
	for _, ws := range g.wishes {
		for _, w := range ws {
			if w.cols <= 0 || w.rows <= 0 || w.part.Empty() {
				continue
			}
			sha, known := g.sha(w.shot)
			if known && g.failed[sha] != nil || g.get(w) != nil {
				continue
			}
			img := g.thumb(sha)
			switch {
			case !known || img == nil:
				return g.fetch(m, w.shot)
			case w.full && g.full.sha != sha:
				return g.decode(m, w.shot, sha)
			case w.full && g.full.err == nil:
				img = g.full.img
			}
			return g.draw(w, sha, img)
		}
	}
	return nil
}

// load is the attachment of a shot; it may read the disk.
func (s shot) load(b *sessions.Bench) (*prompts.Attachment, error) {
	if s.ready != nil {
		return s.ready, nil
	}
	return b.File(s.kept)
}

func (g *gallery) fetch(m *Model, s shot) *job {
	b := m.bench
	return &job{shot: s, do: func(ctx context.Context) action {
		sha := s.kept.SHA256
		a, err := s.load(b)
		var img image.Image
		if err == nil {
			if img = a.Thumb; img == nil {
				img, err = small(ctx, a)
			}
			if s.ready != nil {
				sha = a.SHA256()
			}
		}
		return g.done(ctx, func() tea.Cmd {
			if s.ready != nil {
				if g.shas == nil {
					g.shas = map[*prompts.Attachment]string{}
				}
				g.shas[s.ready] = sha
			}
			if err != nil {
				return g.fail(sha, err)
			}
			g.thumbs = append(g.thumbs, thumb{sha, img})
			if over := len(g.thumbs) - thumbsKept - g.many(); over > 0 {
				g.thumbs = slices.Delete(g.thumbs, 0, over)
			}
			return nil
		})
	}}
}

// small is a thumbnail of what has none: of an earlier turn.
func small(ctx context.Context, a *prompts.Attachment) (image.Image, error) {
	img, err := a.Decode(ctx)
	if err != nil {
		return nil, err
	}
	return picture.Shrink(ctx, img, prompts.ThumbEdge)
}

// many is how many pictures are wished for.
func (g *gallery) many() (n int) {
	for _, ws := range g.wishes {
		n += len(ws)
	}
	return n
}

func (g *gallery) decode(m *Model, s shot, sha string) *job {
	b := m.bench
	return &job{sha: sha, shot: s, do: func(ctx context.Context) action {
		a, err := s.load(b)
		var img image.Image
		if err == nil {
			img, err = a.Decode(ctx)
		}
		return g.done(ctx, func() tea.Cmd {
			g.full = pixels{sha, img, err}
			return nil
		})
	}}
}

func (g *gallery) draw(w wish, sha string, img image.Image) *job {
	g.names++
	c := picture.Canvas{
		Cols: w.cols, Rows: w.rows, Mode: g.screen.mode(), Cell: g.screen.cell, Tmux: g.screen.tmux,
		ID: picture.Name(g.names),
	}
	of := imprint{sha, w.part, w.cols, w.rows, w.full}
	screen := g.screen
	return &job{sha: sha, shot: w.shot, do: func(ctx context.Context) action {
		d, err := picture.Draw(ctx, img, within(w.part, w.shot.size, img.Bounds()), c)
		var lines []string
		if err == nil {
			lines = d.Lines(image.Rectangle{})
		}
		return g.done(ctx, func() tea.Cmd {
			if err != nil {
				return g.fail(sha, err)
			}
			if g.screen.mode() != screen.mode() || g.screen.cell != screen.cell || g.screen.tmux != screen.tmux {
				return nil // it is drawn anew
			}
			setup := d.Setup
			d.Setup = "" // megabytes, which are sent once
			g.drawn = append(g.drawn, &drawn{of, d, lines})
			return tea.Sequence(raw(setup), raw(g.trim(cellsKept)))
		})
	}}
}

// raw sends what is not empty to the terminal.
func raw(s string) tea.Cmd {
	if s == "" {
		return nil
	}
	return tea.Raw(s)
}

// within is a part of a picture of some size in the pixels of an image of it
// that may be smaller.
func within(part image.Rectangle, size image.Point, img image.Rectangle) image.Rectangle {
	if size.X <= 0 || size.Y <= 0 {
		return img
	}
	x := func(v int) int { return img.Min.X + v*img.Dx()/size.X }
	y := func(v int) int { return img.Min.Y + v*img.Dy()/size.Y }
	r := image.Rect(x(part.Min.X), y(part.Min.Y), x(part.Max.X), y(part.Max.Y))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r
}

// done takes a job's result in, unless nobody wants it any longer.
func (g *gallery) done(ctx context.Context, take func() tea.Cmd) action {
	return func(*Model) tea.Cmd {
		g.job = nil
		g.change++
		if ctx.Err() != nil {
			return nil
		}
		return take()
	}
}

func (g *gallery) fail(sha string, err error) tea.Cmd {
	if g.failed == nil {
		g.failed = map[string]error{}
	}
	g.failed[sha] = err
	return nil
}
