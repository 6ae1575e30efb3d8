package tui

import (
	"cmp"
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/picture"
)

// A shot is a picture that can be shown: one attached to the question being
// written, or one of a turn, which is fetched from the store.
type shot struct {
	name  string      // sanitised
	size  image.Point // pixels of what is or was sent
	ready *prompts.Attachment
	kept  sessions.Attachment // where ready is nil
	early bool                // of what is still being prepared: only its thumbnail is known
	turn  int                 // ID of the turn it is of; 0 for the newest, and for what is attached
}

func (s shot) is(o shot) bool {
	return s.ready == o.ready && s.kept.SHA256 == o.kept.SHA256 && s.name == o.name && s.size == o.size
}

func readyShot(a *prompts.Attachment) shot {
	return shot{name: nameOf(a.Name), size: image.Pt(a.Width, a.Height), ready: a}
}

func keptShot(a sessions.Attachment) shot {
	return shot{name: nameOf(a.Name), size: image.Pt(a.SentWidth, a.SentHeight), kept: a}
}

func nameOf(file string) string { return cmp.Or(plain.Line(file), "picture") }

// A place is who shows pictures.
type place uint8

const (
	fullScreen place = iota // the first is served first
	preview
	aboveThePanes
	places
)

// A wish is a picture that somebody wants to show now.
type wish struct {
	shot       shot
	part       image.Rectangle // of the picture's pixels
	cols, rows int
	full       bool // from all of its pixels, not from the thumbnail
}

// An imprint is what was made of a wish.
type imprint struct {
	sha        string
	part       image.Rectangle
	cols, rows int
	full       bool
}

// A drawn is an imprint that is there.
type drawn struct {
	of    imprint
	d     *picture.Drawing
	lines []string
}

// Whatever is not wanted at the moment is kept within these bounds: cells of
// drawings, and thumbnails of at most 1.6 MB.
const (
	cellsKept  = 40_000
	thumbsKept = 8
)

// A gallery makes pictures ready to be shown, one job after another, and keeps
// a few of them. A view says what it wishes; what is there it gets at once, and
// for the rest it is drawn again once that is there.
type gallery struct {
	screen screen
	wishes [places][]wish
	shas   map[*prompts.Attachment]string
	thumbs []thumb  // the last used at the end
	drawn  []*drawn // likewise
	full   pixels   // of the picture on the whole screen
	failed map[string]error
	job    *job
	names  int // given to drawings so far
	change int // counts whatever may look different
}

type thumb struct {
	sha string
	img image.Image
}

type pixels struct {
	sha string
	img image.Image
	err error
}

// wish says what a place shows now, and nothing for what it has shown so far.
func (g *gallery) wish(p place, w ...wish) { g.wishes[p] = w }

// sha is the picture's hash, and false while nobody has counted it.
func (g *gallery) sha(s shot) (string, bool) {
	if s.ready == nil {
		return s.kept.SHA256, true
	}
	sha, ok := g.shas[s.ready]
	return sha, ok
}

func (g *gallery) thumb(sha string) image.Image {
	i := slices.IndexFunc(g.thumbs, func(t thumb) bool { return t.sha == sha })
	if i < 0 {
		return nil
	}
	t := g.thumbs[i]
	g.thumbs = append(slices.Delete(g.thumbs, i, i+1), t)
	return t.img
}

// get is what was made of a wish; nil while it is not there.
func (g *gallery) get(w wish) *drawn {
	sha, ok := g.sha(w.shot)
	if !ok {
		return nil
	}
	return g.find(imprint{sha, w.part, w.cols, w.rows, w.full})
}

func (g *gallery) find(p imprint) *drawn {
	i := slices.IndexFunc(g.drawn, func(d *drawn) bool { return d.of == p })
	if i < 0 {
		return nil
	}
	d := g.drawn[i]
	g.drawn = append(slices.Delete(g.drawn, i, i+1), d)
	return d
}

// err is why a picture can't be shown.
func (g *gallery) err(s shot) error {
	sha, _ := g.sha(s)
	return g.failed[sha]
}

// wanted reports whether some place wishes a picture.
func (g *gallery) wanted(s shot) bool {
	for _, ws := range g.wishes {
		if slices.ContainsFunc(ws, func(w wish) bool { return w.shot.is(s) }) {
			return true
		}
	}
	return false
}

// trim lets go of what was drawn longest ago, beyond so many cells that nobody
// wishes, and is what the terminal must be told of that.
func (g *gallery) trim(most int) string {
	kept, told := 0, ""
	for i := len(g.drawn) - 1; i >= 0; i-- {
		d := g.drawn[i]
		if g.wished(d.of) {
			continue
		}
		if kept += d.of.cols * d.of.rows; kept <= most && most > 0 {
			continue
		}
		if d.d.ID != 0 {
			told += picture.Delete(d.d.ID, g.screen.tmux)
		}
		g.drawn = slices.Delete(g.drawn, i, i+1)
	}
	return told
}

func (g *gallery) wished(p imprint) bool {
	for _, ws := range g.wishes {
		for _, w := range ws {
			if sha, ok := g.sha(w.shot); ok && (imprint{sha, w.part, w.cols, w.rows, w.full}) == p {
				return true
			}
		}
	}
	return false
}

// clear forgets everything drawn, and is what takes it back from the terminal.
func (g *gallery) clear() string {
	told := ""
	for _, d := range g.drawn {
		if d.d.ID != 0 {
			told += picture.Delete(d.d.ID, g.screen.tmux)
		}
	}
	g.drawn = nil
	g.change++
	return told
}

// hear takes in an answer of the terminal.
func (g *gallery) hear(msg tea.Msg) tea.Cmd {
	anew, cmd := g.screen.hear(msg)
	if anew {
		return tea.Batch(cmd, raw(g.clear()))
	}
	return cmd
}

// prune lets go of the names of files that are no longer attached; else their
// bytes could not be. What could not be shown is tried again when it is wished
// for again.
func (g *gallery) prune() {
	for sha := range g.failed {
		if !slices.ContainsFunc(g.wishes[:], func(ws []wish) bool {
			return slices.ContainsFunc(ws, func(w wish) bool { s, _ := g.sha(w.shot); return s == sha })
		}) {
			delete(g.failed, sha)
		}
	}
	for a := range g.shas {
		if !g.wanted(shot{name: nameOf(a.Name), size: image.Pt(a.Width, a.Height), ready: a}) {
			delete(g.shas, a)
		}
	}
}
