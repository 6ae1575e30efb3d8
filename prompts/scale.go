package prompts

import (
	"context"
	"image"
	"image/draw"
	"math"
)

// fitting is w×h scaled down so that the longer side is edge.
func fitting(w, h, edge int) (int, int) {
	if w >= h {
		return edge, max(1, int(math.Round(float64(h)*float64(edge)/float64(w))))
	}
	return max(1, int(math.Round(float64(w)*float64(edge)/float64(h)))), edge
}

// thumbnail is the picture at most ThumbEdge wide and high.
func thumbnail(ctx context.Context, img image.Image) (image.Image, error) {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if max(w, h) > ThumbEdge {
		w, h = fitting(w, h, ThumbEdge)
	}
	return scale(ctx, img, w, h, 1)
}

// scale is the picture at w×h, which is not more than it has. Most of the way
// is made by averaging squares of whole pixels, which is fast; the rest, at
// least rest times smaller, by a filter that keeps edges sharp. It reads the
// picture in strips: of a large one no second copy is made.
func scale(ctx context.Context, img image.Image, w, h int, rest float64) (*image.RGBA, error) {
	b := img.Bounds()
	sw, sh := float64(b.Dx()), float64(b.Dy())
	k := max(1, int(min(sw/float64(w), sh/float64(h))/rest))
	if k > 1 {
		small, err := shrink(ctx, img, k)
		if err != nil {
			return nil, err
		}
		img, sw, sh = small, sw/float64(k), sh/float64(k)
	}
	if sw == float64(w) && sh == float64(h) {
		if done, ok := img.(*image.RGBA); ok && k > 1 {
			return done, nil
		}
		return opaque(img), ctx.Err()
	}
	return resample(ctx, img, sw, sh, w, h)
}

// taps are the pixels, from the first one on, of which one is made, and how much
// each counts; together they count 1.
type taps struct {
	first   int
	weights []float32
}

// catmullRom is the cubic filter of Catmull and Rom: 1 at 0, 0 from 2 on.
func catmullRom(x float64) float64 {
	switch x = math.Abs(x); {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	}
	return 0
}

// tapsFor makes n pixels of the first extent of size pixels.
func tapsFor(n, size int, extent float64) []taps {
	ratio := extent / float64(n)
	wide := max(ratio, 1)
	all := make([]taps, n)
	for i := range all {
		centre := (float64(i) + 0.5) * ratio
		from := max(0, int(math.Ceil(centre-2*wide-0.5)))
		to := min(size-1, int(math.Floor(centre+2*wide-0.5)))
		weights := make([]float32, 0, max(1, to-from+1))
		total := 0.0
		for j := from; j <= to; j++ {
			v := catmullRom((float64(j) + 0.5 - centre) / wide)
			weights = append(weights, float32(v))
			total += v
		}
		for j := range weights {
			weights[j] /= float32(total)
		}
		all[i] = taps{from, weights}
	}
	return all
}

// resample makes w×h pixels of the picture, of which the first sw×sh count: the
// last pixel of a side may count in part.
func resample(ctx context.Context, img image.Image, sw, sh float64, w, h int) (*image.RGBA, error) {
	b := img.Bounds()
	across, down := tapsFor(w, b.Dx(), sw), tapsFor(h, b.Dy(), sh)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	most := 0
	for _, t := range down {
		most = max(most, len(t.weights))
	}
	rows := make([][]float32, most) // the rows last read, each at its number modulo most
	for i := range rows {
		rows[i] = make([]float32, 4*w)
	}
	read := 0
	sums := make([]float32, 4*w)
	for y, t := range down {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for read = max(read, t.first); read < t.first+len(t.weights); read++ {
			draw.Draw(strip, strip.Rect, img, image.Pt(b.Min.X, b.Min.Y+read), draw.Src)
			narrow(rows[read%most], strip.Pix, across)
		}
		clear(sums)
		for i, weight := range t.weights {
			for x, v := range rows[(t.first+i)%most] {
				sums[x] += weight * v
			}
		}
		settle(out.Pix[y*out.Stride:y*out.Stride+4*w], sums)
	}
	return out, nil
}

// narrow scales one row.
func narrow(dst []float32, src []byte, across []taps) {
	for x, t := range across {
		var r, g, b, a float32
		p := src[4*t.first:]
		for i, weight := range t.weights {
			q := p[4*i : 4*i+4 : 4*i+4]
			r += weight * float32(q[0])
			g += weight * float32(q[1])
			b += weight * float32(q[2])
			a += weight * float32(q[3])
		}
		d := dst[4*x : 4*x+4 : 4*x+4]
		d[0], d[1], d[2], d[3] = r, g, b, a
	}
}

// settle rounds a row. The filter overshoots at edges: colours end at 0 and at
// how opaque the pixel is, with which they were multiplied.
func settle(dst []byte, sums []float32) {
	for i := 0; i+4 <= len(sums); i += 4 {
		alpha := min(max(sums[i+3], 0), 255)
		for c := range 3 {
			dst[i+c] = byte(min(max(sums[i+c], 0), alpha) + 0.5)
		}
		dst[i+3] = byte(alpha + 0.5)
	}
}
