package vision

import (
	"fmt"
	"math"

	"juxta/providers"
)

// These ways lay a picture out with tiles, as many as suit its shape.

// canvas is the way of Llama: the arrangement of tiles that a picture fills
// best, with what they count.
type canvas struct {
	side, most int  // of a tile, in pixels, and how many there are
	tile       int  // tokens of a tile; 0 if unknown
	overview   bool // where there are several, the whole is seen once more in a tile
	marks      bool // tokens between tiles and rows, and around the picture
}

func (c canvas) See(width, height int) providers.View {
	w, h := clamp(width, height)
	across, down, scale := 1, 1, 0.0
	for x := 1; x <= c.most; x++ {
		for y := 1; x*y <= c.most; y++ {
			s := min(float64(x*c.side)/float64(w), float64(y*c.side)/float64(h))
			better := s > scale && scale < 1 || s >= 1 && s < scale
			if better || s == scale && x*y < across*down {
				across, down, scale = x, y, s
			}
		}
	}
	if scale < 1 {
		w, h = max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale))
	}
	v := providers.View{Width: w, Height: h, Tokens: across * down * c.tile}
	if c.overview && across*down > 1 {
		v.Tokens += c.tile
	}
	if c.marks {
		v.Tokens += 3
		if across*down > 1 {
			v.Tokens += across * down
		}
	}
	return v
}

func (c canvas) String() string {
	s := fmt.Sprintf("%d px tiles, %d at the most", c.side, c.most)
	if c.tile > 0 {
		s += fmt.Sprintf(", %s tok each", count(c.tile))
	}
	return s
}

// shapes is the way of InternVL: the arrangement of tiles whose shape is nearest
// to the picture's, into which it is squeezed, and the whole once more.
type shapes struct {
	side, most int // of a tile, in pixels, and how many there are
	tile, end  int // tokens of a tile, and in all
}

func (s shapes) See(width, height int) providers.View {
	w, h := clamp(width, height)
	across, down, off := 1, 1, math.Inf(1)
	for n := 1; n <= s.most; n++ { // by number, as ties are decided in that order
		for x := 1; x <= n; x++ {
			if n%x != 0 {
				continue
			}
			y := n / x
			d := math.Abs(float64(w)/float64(h) - float64(x)/float64(y))
			// Of two alike, the larger where the picture would fill half of it.
			if d < off || d == off && 2*w*h > s.side*s.side*n {
				across, down, off = x, y, d
			}
		}
	}
	tiles := across * down
	if tiles > 1 {
		tiles++
	}
	return providers.View{Width: min(w, across*s.side), Height: min(h, down*s.side), Tokens: tiles*s.tile + s.end}
}

func (s shapes) String() string {
	return fmt.Sprintf("%d px tiles, %d at the most and the whole once more, %s tok each", s.side, s.most, count(s.tile))
}

// cuts are the way of MiniCPM-V: the whole, and where it has more pixels than
// a tile, slices besides, each of which counts the same.
type cuts struct {
	side, most int // of a tile, in pixels, and how many slices there are
	tile       int // tokens of the whole and of each slice, with the marks around
}

func (s cuts) See(width, height int) providers.View {
	w, h := clamp(width, height)
	ideal := min(ceil(w*h, s.side*s.side), s.most)
	if ideal <= 1 {
		return providers.View{Width: w, Height: h, Tokens: s.tile}
	}
	best, off := 0, math.Inf(1)
	for _, n := range [...]int{ideal - 1, ideal, ideal + 1} {
		if n == 1 || n > s.most {
			continue
		}
		for x := 1; x <= n; x++ {
			if n%x != 0 {
				continue
			}
			shape := float64(x) / float64(n/x)
			if d := math.Abs(math.Log(float64(w)/float64(h)) - math.Log(shape)); d < off {
				best, off = n, d
			}
		}
	}
	v := providers.View{Tokens: s.tile * (best + 1)}
	v.Width, v.Height = largest(w, h, func(w, h int) bool { return w*h <= best*s.side*s.side })
	return v
}

func (s cuts) String() string {
	return fmt.Sprintf("the whole and up to %d slices of %d² px, ~%d tok each", s.most, s.side, s.tile)
}
