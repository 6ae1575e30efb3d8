package prompts

import "image"

// note is a note that begins with the turn, if there is one.
func (o orientation) note(rest string) string {
	if !o.turned() {
		return rest
	}
	return "turned upright, " + rest
}

// from is the pixel of the file that is seen at x, y of the upright picture of
// w×h pixels.
func (o orientation) from(x, y, w, h int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, w - 1 - x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return h - 1 - y, x
	}
	return x, y
}

// turn is the picture upright. It moves bytes and changes no colour.
func turn(img image.Image, o orientation) image.Image {
	if !o.turned() {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if o.sideways() {
		w, h = h, w
	}
	r := image.Rect(0, 0, w, h)
	switch v := img.(type) {
	case *image.YCbCr:
		if out := turnYCbCr(v, o, r); out != nil {
			return out
		}
		return turn(opaque(v), o)
	case *image.Gray:
		out := image.NewGray(r)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 1)
	case *image.Gray16:
		out := image.NewGray16(r)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 2)
	case *image.Paletted:
		out := image.NewPaletted(r, v.Palette)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 1)
	case *image.RGBA:
		out := image.NewRGBA(r)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 4)
	case *image.NRGBA:
		out := image.NewNRGBA(r)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 4)
	case *image.RGBA64:
		out := image.NewRGBA64(r)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 8)
	case *image.NRGBA64:
		out := image.NewNRGBA64(r)
		return o.flat(out, out.Pix, v.Pix[v.PixOffset(b.Min.X, b.Min.Y):], v.Stride, 8)
	case *image.NYCbCrA:
		return turn(quick(v), o)
	}
	return turn(opaque(img), o)
}

// flat turns src, the pixels of one plane, into dst, those of out.
func (o orientation) flat(out image.Image, dst, src []byte, stride, size int) image.Image {
	o.plane(dst, src, stride, out.Bounds().Dx(), out.Bounds().Dy(), size)
	return out
}

// turnYCbCr turns a picture whose colours lie in planes; nil where pixels
// share colours in a way that can't be turned.
func turnYCbCr(v *image.YCbCr, o orientation, r image.Rectangle) *image.YCbCr {
	ratio := v.SubsampleRatio
	if o.sideways() {
		switch ratio {
		case image.YCbCrSubsampleRatio422:
			ratio = image.YCbCrSubsampleRatio440
		case image.YCbCrSubsampleRatio440:
			ratio = image.YCbCrSubsampleRatio422
		case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
			return nil
		}
	}
	across, down := shared(v.SubsampleRatio)
	if v.Rect.Min != (image.Point{}) || v.Rect.Dx()%across != 0 || v.Rect.Dy()%down != 0 {
		return nil // the pixels that have one colour between them would be others
	}
	out := image.NewYCbCr(r, ratio)
	o.plane(out.Y, v.Y, v.YStride, r.Dx(), r.Dy(), 1)
	cw, ch := out.CStride, len(out.Cb)/max(out.CStride, 1)
	o.plane(out.Cb, v.Cb, v.CStride, cw, ch, 1)
	o.plane(out.Cr, v.Cr, v.CStride, cw, ch, 1)
	return out
}

// plane turns w×h pixels of so many bytes each. Sideways, it goes in blocks: a
// column of a large picture is in as many lines of the cache as it has pixels.
func (o orientation) plane(dst, src []byte, stride, w, h, size int) {
	const block = 64
	for y0 := 0; y0 < h; y0 += block {
		for x0 := 0; x0 < w; x0 += block {
			o.block(dst, src, stride, w, h, size, image.Rect(x0, y0, min(x0+block, w), min(y0+block, h)))
		}
	}
}

func (o orientation) block(dst, src []byte, stride, w, h, size int, r image.Rectangle) {
	// The way through the file for a step to the right is the same everywhere.
	x0, y0 := o.from(0, 0, w, h)
	x1, y1 := o.from(1, 0, w, h)
	step := ((y1-y0)*stride + (x1-x0)*size)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		sx, sy := o.from(r.Min.X, y, w, h)
		from, to := sy*stride+sx*size, (y*w+r.Min.X)*size
		for x := r.Min.X; x < r.Max.X; x++ {
			if size == 1 {
				dst[to] = src[from]
			} else {
				copy(dst[to:to+size], src[from:from+size])
			}
			from, to = from+step, to+size
		}
	}
}
