package tui

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"strings"

	"juxta/prompts"
	"juxta/sessions/plain"
	"juxta/ui/picture"
)

// view is the picture, and below it what is seen and the keys.
func (v *viewer) view(w, h int) string {
	below := 1
	if w < oneLine && h >= 8 {
		below = 2
	}
	v.w, v.h = w, max(h-below, 0)
	v.centre = middle(v.part()) // another size of the screen may show what is outside
	part := v.part()
	d := v.wish(part)
	foot := v.foot(w, below)
	frame := v.framed(part, d)
	if v.drawn.d == d && v.drawn.crop == frame && v.drawn.foot == foot && v.drawn.change == v.gallery.change && v.drawn.lines != "" {
		return v.drawn.lines
	}
	var rows []string
	if d != nil {
		rows = d.lines
		if !frame.Empty() {
			rows = d.d.Lines(frame)
		}
	}
	lines := make([]string, 0, h)
	above := max(0, (v.h-len(rows))/2)
	for y := range v.h {
		line := ""
		if i := y - above; i >= 0 && i < len(rows) {
			line = spaces((w-d.of.cols)/2) + rows[i]
			if d.of.cols > w { // of before the screen was made smaller
				line = ""
			}
		}
		lines = append(lines, line)
	}
	text := strings.Join(append(lines, foot), "\n")
	v.drawn.d, v.drawn.crop, v.drawn.foot, v.drawn.lines, v.drawn.change = d, frame, foot, text, v.gallery.change
	return text
}

// wish asks for the part, and is the best that is there.
func (v *viewer) wish(part image.Rectangle) *drawn {
	sh := v.shot()
	seen := part.Size()
	cols, rows := picture.Fit(seen, v.w, v.h, v.gallery.screen.cell)
	if v.zoom != 0 { // a part may be smaller than the screen; it is not made larger than it was asked for
		dots, tall := v.grid()
		d := v.gallery.screen.mode().Dots(v.gallery.screen.cell)
		cols = max(1, min(min(dots.X/max(d.X, 1), picture.Spans), int(math.Round(float64(seen.X)*v.zoom/float64(d.X)))))
		rows = max(1, min(min(dots.Y/max(d.Y, 1), picture.Spans), int(math.Round(float64(seen.Y)*v.zoom/tall/float64(d.Y)))))
	}
	rough := wish{shot: sh, part: part, cols: cols, rows: rows}
	fine := rough
	fine.full = true
	if max(sh.size.X, sh.size.Y) <= prompts.ThumbEdge || v.scale()*float64(max(sh.size.X, sh.size.Y)) <= prompts.ThumbEdge {
		v.gallery.wish(fullScreen, rough)
	} else {
		v.gallery.wish(fullScreen, rough, fine)
	}
	if d := v.gallery.get(fine); d != nil {
		v.stand = d
	} else if d := v.gallery.get(rough); d != nil {
		v.stand = d
	}
	return v.stand
}

// oneLine is the width from which what is seen and the keys have room beside
// each other.
const oneLine = 130

// foot is what is seen, and the keys, in one line or two.
func (v *viewer) foot(w, lines int) string {
	th, sh := v.look.theme, v.shot()
	what := fmt.Sprintf("%d×%d · shown at %d %%", sh.size.X, sh.size.Y, int(math.Round(v.scale()*100)))
	if sh.turn > 0 {
		what = fmt.Sprintf("turn %d · ", sh.turn) + what
	}
	keys := "+ - zoom  0 fit  1 full size  ←↓↑→ hjkl pan  c crop  " + v.look.keyed("{back} closes")
	if len(v.shots) > 1 {
		what = fmt.Sprintf("%d of %d · ", v.at+1, len(v.shots)) + what
		keys = "n p picture  " + keys
	}
	switch {
	case v.busy:
		keys = "cutting out"
	case v.cropping():
		c := v.crop
		what = fmt.Sprintf("%d×%d at %d, %d of %d×%d", c.Dx(), c.Dy(), c.Min.X, c.Min.Y, sh.size.X, sh.size.Y)
		keys = "←↓↑→ hjkl move  HJKL size  0 all  enter asks about it  " + v.look.keyed("{back} leaves")
	case v.stand == nil:
		what += " · drawing"
	}
	left := " " + th.Title.Render(v.look.cut(sh.name, max(w/3, 8))) + " " + th.Muted.Render(what)
	if err := cmp.Or(v.err, v.gallery.err(sh)); err != nil {
		left = th.Warn.Render(" " + sh.name + ": " + plain.Line(err.Error()))
	}
	keys = th.Faint.Render(keys)
	if lines > 1 {
		return v.look.fit(left, w) + "\n" + v.look.fit(" "+keys, w)
	}
	if room := w - v.look.width(left) - 3; room < v.look.width(keys) {
		keys = v.look.cut(keys, max(room, 0))
	}
	return v.look.spread(left, keys+" ", w)
}
