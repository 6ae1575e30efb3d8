package prompts

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// quality is that of every JPEG saved anew.
const quality = 95

// mostPNG is how large a picture of another format may be as PNG, unless it is
// transparent: photographs are many times smaller as JPEG.
const mostPNG = 4 << 20

// lostProfile is the note when colours are no longer told exactly.
const lostProfile = "colour profile removed"

var errTooLong = errors.New("too long")

// convert makes a picture the data, as PNG, or as JPEG if it is opaque and the
// PNG would be large.
func (a *Attachment) convert(ctx context.Context, img image.Image, icc []byte) error {
	limit := 0
	if isOpaque(img) {
		limit = mostPNG
	}
	data, err := toPNG(ctx, img, limit)
	if err == nil {
		a.MIME, a.Data = "image/png", withColours(data, iccChunk(icc), nil)
		return nil
	}
	if !errors.Is(err, errTooLong) {
		return err
	}
	a.MIME = "image/jpeg"
	a.Data, err = toJPEG(ctx, img, iccSegments(icc))
	return err
}

// anew makes other pixels the data, in the format that it has. The profile is
// as it stands in the data, and so are the other colours of a PNG.
func (a *Attachment) anew(ctx context.Context, img image.Image, profile, colours []byte) (err error) {
	if a.MIME == "image/jpeg" {
		a.Data, err = toJPEG(ctx, img, profile)
		return err
	}
	data, err := toPNG(ctx, img, 0)
	if err != nil {
		return err
	}
	if len(profile) > 0 && isGrey(data) != isGrey(a.Data) {
		// Grey with transparency is decoded to colours, which a profile of grey
		// does not fit.
		profile = nil
		a.note(lostProfile)
	}
	a.Data = withColours(data, profile, colours)
	return nil
}

// fits reports whether a profile, as it stands outside a file, tells what the
// pixels of a picture mean.
func fits(icc []byte, img image.Image) bool {
	want := "RGB "
	switch img.(type) {
	case *image.Gray, *image.Gray16:
		want = "GRAY"
	}
	return len(icc) >= 128 && string(icc[16:20]) == want
}

func toJPEG(ctx context.Context, img image.Image, profile []byte) ([]byte, error) {
	s := &sink{ctx: ctx}
	if err := jpeg.Encode(s, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return withProfile(s.b.Bytes(), profile), nil
}

// toPNG ends with errTooLong when it is longer than limit, if that is more than
// 0. It takes less care of large pictures, which would take seconds.
func toPNG(ctx context.Context, img image.Image, limit int) ([]byte, error) {
	e := png.Encoder{CompressionLevel: png.DefaultCompression}
	if b := img.Bounds(); b.Dx()*b.Dy() > 4_000_000 {
		e.CompressionLevel = png.BestSpeed
	}
	s := &sink{ctx: ctx, limit: limit}
	if err := e.Encode(s, quick(img)); err != nil {
		return nil, err
	}
	return s.b.Bytes(), nil
}

// A sink takes what is written until ctx is over or there is too much of it.
type sink struct {
	ctx   context.Context
	limit int
	b     bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.limit > 0 && s.b.Len()+len(p) > s.limit {
		return 0, errTooLong
	}
	return s.b.Write(p)
}

func isOpaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// quick is the same pixels as one of the types that image/png has fast ways for.
func quick(img image.Image) image.Image {
	switch v := img.(type) {
	case *image.YCbCr:
		return opaque(img)
	case *image.NYCbCrA:
		b := v.Bounds()
		out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		for y := range b.Dy() {
			for x := range b.Dx() {
				p := v.NYCbCrAAt(b.Min.X+x, b.Min.Y+y)
				red, green, blue := color.YCbCrToRGB(p.Y, p.Cb, p.Cr)
				out.SetNRGBA(x, y, color.NRGBA{R: red, G: green, B: blue, A: p.A})
			}
		}
		return out
	}
	return img
}

// opaque is a picture as plain red, green and blue.
func opaque(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	return out
}
