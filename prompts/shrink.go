package prompts

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"runtime"
	"sync"
)

// shrink makes each square of k×k pixels one, of their average. Squares at the
// right and lower edge may be smaller.
func shrink(ctx context.Context, img image.Image, k int) (*image.RGBA, error) {
	b := img.Bounds()
	if v, ok := img.(*image.YCbCr); ok && b.Min == (image.Point{}) {
		return shrinkYCbCr(ctx, v, k)
	}
	w, h := (b.Dx()+k-1)/k, (b.Dy()+k-1)/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), k))
	sums := make([]uint32, 4*w)
	for y := range h {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(k, b.Dy()-y*k)
		draw.Draw(strip, image.Rect(0, 0, b.Dx(), rows), img, image.Pt(b.Min.X, b.Min.Y+y*k), draw.Src)
		clear(sums)
		for row := range rows {
			addRow(sums, strip.Pix[row*strip.Stride:row*strip.Stride+4*b.Dx()], 4*k)
		}
		line := out.Pix[y*out.Stride : y*out.Stride+4*w]
		for i := range line {
			n := uint32(rows * min(k, b.Dx()-i/4*k))
			line[i] = byte((sums[i] + n/2) / n)
		}
	}
	return out, nil
}

// addRow adds a row's pixels to the sums of the squares they are in, each of
// width bytes.
func addRow(sums []uint32, row []byte, width int) {
	for x := 0; len(row) > 0; x += 4 {
		part := row[:min(width, len(row))]
		var r, g, b, a uint32
		for ; len(part) >= 4; part = part[4:] {
			r += uint32(part[0])
			g += uint32(part[1])
			b += uint32(part[2])
			a += uint32(part[3])
		}
		s := sums[x : x+4 : x+4]
		s[0] += r
		s[1] += g
		s[2] += b
		s[3] += a
		row = row[min(width, len(row)):]
	}
}

// shrinkYCbCr is shrink for what photographs are decoded to: averaging their
// planes before the colours are made of them takes a fifth of the time.
func shrinkYCbCr(ctx context.Context, v *image.YCbCr, k int) (*image.RGBA, error) {
	w, h := (v.Rect.Dx()+k-1)/k, (v.Rect.Dy()+k-1)/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	rx, ry := shared(v.SubsampleRatio)
	xs, ys := spans(w, k, 1, v.Rect.Dx()), spans(h, k, 1, v.Rect.Dy())
	cxs, cys := spans(w, k, rx, (v.Rect.Dx()+rx-1)/rx), spans(h, k, ry, (v.Rect.Dy()+ry-1)/ry)
	together(h, func(from, to int) {
		luma, cb, cr, sums := make([]byte, w), make([]byte, w), make([]byte, w), make([]uint32, w)
		for y := from; y < to && ctx.Err() == nil; y++ {
			means(luma, sums, v.Y, v.YStride, xs, ys[y])
			means(cb, sums, v.Cb, v.CStride, cxs, cys[y])
			means(cr, sums, v.Cr, v.CStride, cxs, cys[y])
			line := out.Pix[y*out.Stride:]
			for x := range w {
				p := line[4*x : 4*x+4 : 4*x+4]
				p[0], p[1], p[2] = color.YCbCrToRGB(luma[x], cb[x], cr[x])
				p[3] = 255
			}
		}
	})
	return out, ctx.Err()
}

// together does n rows on all processors and returns when all are done.
func together(n int, do func(from, to int)) {
	var all sync.WaitGroup
	k := runtime.GOMAXPROCS(0)
	faults := make([]any, k)
	for i := range k {
		all.Go(func() {
			defer func() { faults[i] = recover() }()
			do(n*i/k, n*(i+1)/k)
		})
	}
	all.Wait()
	for _, p := range faults {
		if p != nil {
			panic(p) // where whoever waits can catch it
		}
	}
}

// shared is how many pixels, across and down, have one colour between them.
func shared(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// spans are n times the values, from the first up to before the second, of k
// pixels, where r pixels have one value and there are size values.
func spans(n, k, r, size int) [][2]int {
	all := make([][2]int, n)
	for i := range all {
		all[i] = [2]int{i * k / r, min((i*k+k+r-1)/r, size)}
	}
	return all
}

// means averages rectangles of a plane: one row of them.
func means(dst []byte, sums []uint32, plane []byte, stride int, xs [][2]int, ys [2]int) {
	clear(sums)
	for y := ys[0]; y < ys[1]; y++ {
		row := plane[y*stride:]
		for i, x := range xs {
			sum := uint32(0)
			for _, v := range row[x[0]:x[1]] {
				sum += uint32(v)
			}
			sums[i] += sum
		}
	}
	for i, x := range xs {
		n := uint32((ys[1] - ys[0]) * (x[1] - x[0]))
		dst[i] = byte((sums[i] + n/2) / n)
	}
}
