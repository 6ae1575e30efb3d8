package vision

import (
	"fmt"
	"math"
	"strings"

	"juxta/providers"
)

// Each way of looking is comparable, so that two models that look alike have
// equal ones, and says itself in a few words.

// tiles are OpenAI's older way: a picture is scaled to fit into a square of 2,048
// pixels, then until its shorter side is 768, and laid out with tiles of 512.
type tiles struct{ base, tile int }

func (t tiles) See(width, height int) providers.View {
	w, h := clamp(width, height)
	// One of the two limits decides. What is lost of a pixel is not counted: a
	// tile is not added for it.
	num, den := 1, 1
	if long := max(w, h); long > 2048 {
		num, den = 2048, long
	}
	if short := min(w, h); short*num > 768*den {
		num, den = 768, short
	}
	if num != den {
		w, h = max(1, w*num/den), max(1, h*num/den)
	}
	return providers.View{Width: w, Height: h, Tokens: t.base + t.tile*ceil(w, 512)*ceil(h, 512)}
}

func (t tiles) String() string {
	return fmt.Sprintf("512 px tiles after fitting 2048² and a short side of 768, %s + %s a tile", count(t.base), count(t.tile))
}

// patches are squares, each of which counts the same.
type patches struct {
	side     int    // of a square, in pixels
	edge     int    // the longest side that is seen; 0 for any
	most     int    // squares that are seen; 0 for any number
	whole    bool   // it is scaled to whole squares, as OpenAI documents, not to the most that fit
	num, den int    // tokens of a square; 0 if unknown
	area     int    // pixels of a token, where those are counted and not squares; else 0
	row      int    // tokens after each row of squares
	refuse   limits // what is not taken
}

func (p patches) See(width, height int) providers.View {
	w, h := clamp(width, height)
	trouble := p.refuse.trouble(width, height)
	w, h = p.fit(w, h)
	v := providers.View{Width: w, Height: h, Trouble: trouble}
	switch {
	case p.area > 0:
		v.Tokens = ceil(w*h, p.area)
	case p.num > 0:
		v.Tokens = ceil(p.squares(w, h)*p.num, p.den) + ceil(h, p.side)*p.row
	}
	return v
}

func (p patches) squares(w, h int) int { return ceil(w, p.side) * ceil(h, p.side) }

func (p patches) fit(w, h int) (int, int) {
	fits := func(w, h int) bool {
		return (p.edge == 0 || max(w, h) <= p.edge) && (p.most == 0 || p.squares(w, h) <= p.most)
	}
	if !p.whole || fits(w, h) {
		return largest(w, h, fits)
	}
	w, h = within(w, h, p.edge)
	if fits(w, h) {
		return w, h
	}
	r := math.Sqrt(float64(p.most) * float64(p.side) * float64(p.side) / (float64(w) * float64(h)))
	across, down := float64(w)*r/float64(p.side), float64(h)*r/float64(p.side)
	r *= min(math.Floor(across)/across, math.Floor(down)/down)
	// A hair more, so that a side that is to be whole squares is.
	if ww, hh := int(float64(w)*r+1e-6), int(float64(h)*r+1e-6); ww > 0 && hh > 0 && fits(ww, hh) {
		return ww, hh
	}
	return largest(w, h, fits)
}

func (p patches) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d px patches", p.side)
	switch {
	case p.edge > 0 && p.most > 0:
		fmt.Fprintf(&b, ", %s of them and %s px a side at the most", count(p.most), count(p.edge))
	case p.edge > 0:
		fmt.Fprintf(&b, ", %s px a side at the most", count(p.edge))
	case p.most > 0:
		fmt.Fprintf(&b, ", %s of them at the most", count(p.most))
	}
	switch {
	case p.area > 0:
		fmt.Fprintf(&b, ", a token for %d pixels", p.area)
	case p.num != p.den:
		fmt.Fprintf(&b, ", %.4g tok each", float64(p.num)/float64(p.den))
	}
	return b.String()
}

// crops are the way of Gemini before 3: a small picture counts once, and others
// by tiles.
type crops struct{}

func (crops) See(width, height int) providers.View {
	w, h := clamp(width, height)
	w, h = within(w, h, 3072)
	v := providers.View{Width: w, Height: h, Tokens: 258}
	if w > 384 || h > 384 {
		v.Tokens = 258 * ceil(w, 768) * ceil(h, 768)
	}
	return v
}

func (crops) String() string {
	return "258 tok up to 384², else 258 for each 768 px tile of 3072² at the most"
}

// filled is the way of Gemini 3 and Gemma 4: whatever its size, a picture is
// scaled to as many whole squares as the budget has, up as well as down.
type filled struct {
	most int // squares, each a token
	side int // of a square, in pixels; 0 if unknown
	end  int // tokens besides
}

func (f filled) See(width, height int) providers.View {
	w, h := clamp(width, height)
	across, down := max(1, min(f.most, root(f.most, w, h))), max(1, min(f.most, root(f.most, h, w)))
	v := providers.View{Tokens: across*down + f.end}
	if f.side > 0 { // what is scaled up shows no more
		v.Width, v.Height = min(w, across*f.side), min(h, down*f.side)
	}
	return v
}

func (f filled) String() string {
	if f.side == 0 {
		return fmt.Sprintf("scaled to at most %s tok, whatever its size", count(f.most))
	}
	return fmt.Sprintf("scaled to at most %s squares of %d px, whatever its size", count(f.most), f.side)
}

// rounded is the way of Qwen: the sides go to the nearest whole squares, and the
// picture down or up until its pixels are within bounds.
type rounded struct {
	side         int // of a square, in pixels, that is a token
	fewest, most int // pixels
	end          int // tokens besides
	refuse       limits
}

func (r rounded) See(width, height int) providers.View {
	w, h := clamp(width, height)
	nearest := func(n int) int { return max(1, int(math.RoundToEven(float64(n)/float64(r.side)))) }
	across, down := nearest(w), nearest(h)
	unit := float64(r.side)
	switch pixels := across * down * r.side * r.side; {
	case pixels > r.most:
		beta := math.Sqrt(float64(w) * float64(h) / float64(r.most))
		across, down = max(1, int(float64(w)/beta/unit)), max(1, int(float64(h)/beta/unit))
	case pixels < r.fewest:
		beta := math.Sqrt(float64(r.fewest) / (float64(w) * float64(h)))
		across, down = int(math.Ceil(float64(w)*beta/unit)), int(math.Ceil(float64(h)*beta/unit))
	}
	squares := r.most / (r.side * r.side)
	across = min(across, max(1, squares/down))
	down = min(down, max(1, squares/across))
	return providers.View{
		Width: min(w, across*r.side), Height: min(h, down*r.side),
		Tokens: across*down + r.end, Trouble: r.refuse.trouble(width, height),
	}
}

func (r rounded) String() string {
	return fmt.Sprintf("%d px squares, %.2g megapixels at the most, a tok each", r.side, float64(r.most)/1e6)
}

// square is the way of models that see every picture at one size.
type square struct {
	side   int
	padded bool // the shape is kept, and the rest filled up
	tokens int
}

func (s square) See(width, height int) providers.View {
	w, h := clamp(width, height)
	if s.padded {
		w, h = within(w, h, s.side)
	}
	return providers.View{Width: min(w, s.side), Height: min(h, s.side), Tokens: s.tokens}
}

func (s square) String() string {
	if s.padded {
		return fmt.Sprintf("%d px a side at the most, %s tok", s.side, count(s.tokens))
	}
	return fmt.Sprintf("squeezed into %d², %s tok", s.side, count(s.tokens))
}
