// Package picture draws pictures into cells of a terminal: as themselves where
// the terminal speaks kitty's graphics protocol, else as half blocks, which show
// two dots to a cell.
//
// Its model of the world: [Fit] says how many cells a picture takes, [Draw]
// makes a [Drawing] of a part of it, and the drawing's Lines stand wherever text
// can stand. A picture that the terminal draws itself must also be sent to it
// once ([Drawing.Setup]) and taken back when it is no longer shown ([Delete]).
// Nothing here knows a terminal, a file or a model: whoever calls has asked and
// has decoded.
package picture

import (
	"context"
	"image"
	"image/color"
)

// A Mode is how pictures can be shown.
type Mode uint8

// Modes, worst first.
const (
	Words     Mode = iota // not at all: whoever draws says in words what is there
	Blocks256             // half blocks in the 256 colours
	Blocks                // half blocks in true colour
	Kitty                 // the terminal draws the pixels
)

// Spans is how many cells a drawing is wide or high at most: kitty numbers rows
// and columns with that many marks.
const Spans = 297

// Dots is how many dots of its own a mode has in a cell of the given size in
// pixels; a cell of which the size is not known counts as twice as high as wide.
func (m Mode) Dots(cell image.Point) image.Point {
	if m == Kitty {
		return known(cell)
	}
	return image.Pt(1, 2)
}

// known is a cell's size in pixels, or what most terminals have.
func known(cell image.Point) image.Point {
	if cell.X <= 0 || cell.Y <= 0 {
		return image.Pt(10, 20)
	}
	return cell
}

// Fit is how many cells of w×h a picture of so many pixels takes with its
// ratio kept. It is at least one cell each way, and none where there is no room.
func Fit(pixels image.Point, w, h int, cell image.Point) (cols, rows int) {
	w, h = min(w, Spans), min(h, Spans)
	if w <= 0 || h <= 0 || pixels.X <= 0 || pixels.Y <= 0 {
		return 0, 0
	}
	cell = known(cell)
	for max(pixels.X, pixels.Y) > 1<<24 { // which a file may claim; the products stay numbers
		pixels = image.Pt(max(1, pixels.X/2), max(1, pixels.Y/2))
	}
	// In units of pixels² the picture is as wide as w cells if
	// w·cell.X·pixels.Y = rows·cell.Y·pixels.X.
	wide, high := w*cell.X*pixels.Y, h*cell.Y*pixels.X
	if wide <= high {
		return w, clamp(round(wide, cell.Y*pixels.X), h)
	}
	return clamp(round(high, cell.X*pixels.Y), w), h
}

func round(a, b int) int { return (a + b/2) / b }

func clamp(n, most int) int { return max(1, min(n, most)) }

// A Drawing is a picture in cells.
type Drawing struct {
	Cols, Rows int
	Mode       Mode
	ID         uint32 // the terminal's name for it; 0 for none
	Setup      string // what the terminal must be sent first; "" for nothing

	dots []color.RGBA // of half blocks: Cols wide, two to a row
}

// A Canvas is where a picture is drawn.
type Canvas struct {
	Cols, Rows int
	Mode       Mode
	Cell       image.Point // a cell's pixels; the zero Point if that is not known
	ID         uint32      // for Kitty; see [Name]
	Tmux       bool        // the terminal is behind tmux
}

// Draw draws the part of img in from onto the canvas, all of it filled. Pixels
// that are seen through stand on a checkerboard. It may take long for many
// pixels, and ends early with ctx.
func Draw(ctx context.Context, img image.Image, from image.Rectangle, c Canvas) (*Drawing, error) {
	d := &Drawing{Cols: clamp(c.Cols, Spans), Rows: clamp(c.Rows, Spans), Mode: c.Mode}
	from = from.Intersect(img.Bounds())
	if from.Empty() || c.Mode == Words {
		return d, ctx.Err()
	}
	dots := c.Mode.Dots(c.Cell)
	size := image.Pt(d.Cols*dots.X, d.Rows*dots.Y)
	if c.Mode == Kitty { // which enlarges by itself
		size = image.Pt(min(size.X, from.Dx()), min(size.Y, from.Dy()))
	}
	scaled, err := scale(ctx, img, from, size)
	if err != nil {
		return nil, err
	}
	for i, p := range scaled {
		scaled[i] = over(p, i%size.X, i/size.X)
	}
	if c.Mode == Kitty {
		d.ID = c.ID
		d.Setup = transmit(scaled, size, d, c.Tmux)
		return d, ctx.Err()
	}
	d.dots = scaled
	if c.Mode == Blocks256 {
		for i, p := range d.dots {
			d.dots[i] = color.RGBA{R: nearest(p), A: 255}
		}
	}
	return d, nil
}
