package picture

import (
	"image"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi/kitty"
)

// reset ends a line's colours.
const reset = "\x1b[m"

// Lines are the drawing's rows, each Cols cells wide. A frame that is not empty
// is drawn over them, in cells, to show a part that is chosen.
func (d *Drawing) Lines(frame image.Rectangle) []string {
	if d.Mode == Words {
		return nil
	}
	lines := make([]string, d.Rows)
	for y := range lines {
		var b strings.Builder
		colours := ""
		for x := range d.Cols {
			if mark := border(frame, x, y); mark != "" {
				b.WriteString(reset + "\x1b[7m" + mark + reset)
				colours = ""
				continue
			}
			style, content := d.cell(x, y)
			if style != colours {
				b.WriteString(style)
				colours = style
			}
			b.WriteString(content)
		}
		b.WriteString(reset)
		lines[y] = b.String()
	}
	return lines
}

// cell is the colours and the character of one cell.
func (d *Drawing) cell(x, y int) (style, content string) {
	if d.Mode == Kitty {
		return d.placeholder(x, y)
	}
	if d.dots == nil {
		return "", " "
	}
	up, low := d.dots[2*y*d.Cols+x], d.dots[(2*y+1)*d.Cols+x]
	s := make([]byte, 0, 40)
	paint := func(ground, r, g, b uint8) {
		s = append(s, ground, '8', ';')
		if d.Mode == Blocks256 {
			s = strconv.AppendUint(append(s, '5', ';'), uint64(r), 10)
			return
		}
		s = append(s, '2')
		for _, c := range [...]uint8{r, g, b} {
			s = strconv.AppendUint(append(s, ';'), uint64(c), 10)
		}
	}
	s = append(s, '\x1b', '[')
	if up == low { // a space has one colour to send, and shows no seam where a font has one
		paint('4', up.R, up.G, up.B)
		return string(append(s, 'm')), " "
	}
	paint('3', up.R, up.G, up.B)
	s = append(s, ';')
	paint('4', low.R, low.G, low.B)
	return string(append(s, 'm')), "▀"
}

// placeholder is the character in whose place a terminal draws its cell of the
// picture: marks above it say which row and column it is and what the highest
// byte of the picture's name is; its colour is the rest of the name. That is one
// of 256, not a true colour, so that it arrives unchanged also where the colours
// of everything else are reduced.
func (d *Drawing) placeholder(x, y int) (style, content string) {
	return "\x1b[38;5;" + strconv.Itoa(int(d.ID&0xff)) + "m",
		string([]rune{kitty.Placeholder, kitty.Diacritic(y), kitty.Diacritic(x), kitty.Diacritic(int(d.ID >> 24))})
}

// border is the mark of a frame at a cell, "" where it has none.
func border(f image.Rectangle, x, y int) string {
	if !image.Pt(x, y).In(f) {
		return ""
	}
	left, right, top, bottom := x == f.Min.X, x == f.Max.X-1, y == f.Min.Y, y == f.Max.Y-1
	switch {
	case f.Dx() == 1 && f.Dy() == 1:
		return "┼"
	case f.Dy() == 1 && (left || right), f.Dx() == 1 && (top || bottom):
		return "┼"
	case left && top:
		return "┌"
	case right && top:
		return "┐"
	case left && bottom:
		return "└"
	case right && bottom:
		return "┘"
	case top, bottom:
		return "─"
	case left, right:
		return "│"
	}
	return ""
}
