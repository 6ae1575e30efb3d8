package prompts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
)

// mostPNG is how large a picture saved anew as PNG may be, unless it is
// transparent: photographs are many times smaller as JPEG.
const mostPNG = 4 << 20

// Prepare decodes the file and makes it what is sent. It may take most of a
// second, and ends early with ctx. The file gives its bytes up for it and must
// not be prepared twice at the same time; once prepared, it gives the same
// attachment again.
func (f *File) Prepare(ctx context.Context) (*Attachment, error) {
	if f.ready != nil {
		return f.ready, nil
	}
	a := &Attachment{Name: f.Name, From: f.From, MIME: f.MIME, Data: f.data, FileWidth: f.Width, FileHeight: f.Height}
	if note := f.format.misnamed(f.Name); note != "" {
		a.Notes = append(a.Notes, note)
	}
	var err error
	switch f.Kind() {
	case Picture:
		err = f.picture(ctx, a)
	case Written:
		var note string
		if a.Data, note, err = decodeText(f.format, f.data); note != "" {
			a.Notes = append(a.Notes, note)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, f.wrong(err)
	}
	f.ready, f.data = a, nil
	return a, nil
}

// picture makes a's data of the file's.
func (f *File) picture(ctx context.Context, a *Attachment) error {
	var img image.Image
	var err error
	switch f.format {
	case formatJPEG:
		img, err = f.asJPEG(ctx, a)
	case formatPNG:
		img, err = f.asPNG(ctx, a)
	default:
		img, err = f.converted(ctx, a)
	}
	if err != nil {
		return err
	}
	if a.Thumb, err = thumbnail(ctx, img); err != nil {
		return err
	}
	a.Width, a.Height = img.Bounds().Dx(), img.Bounds().Dy()
	return nil
}

// asJPEG leaves the pixels as they are if they are upright and red, green and
// blue: what is told besides them is cut out, and nothing is encoded anew.
func (f *File) asJPEG(ctx context.Context, a *Attachment) (image.Image, error) {
	j, err := parseJPEG(f.data, false)
	if err != nil {
		return nil, broken(f.format, err)
	}
	data := j.stripped(f.data)
	img, err := decode(ctx, f.format, data)
	if err != nil {
		return nil, err
	}
	_, cmyk := img.(*image.CMYK)
	switch {
	case !cmyk && !f.turn.turned() && f.keep:
		a.Notes = append(a.Notes, j.notes("kept")...)
		return img, nil
	case !cmyk && !f.turn.turned():
		a.Data = data
		a.Notes = append(a.Notes, j.notes("removed")...)
		return img, nil
	case cmyk:
		a.Notes = append(a.Notes, "CMYK turned into RGB")
		img, j.profile = opaque(img), nil // the profile was of CMYK
	}
	img = turn(img, f.turn)
	if a.Data, err = encoded(ctx, func(w io.Writer) error { return encodeJPEG(w, img) }); err != nil {
		return nil, err
	}
	a.Data = withProfile(a.Data, j.profile)
	a.Notes = append(a.Notes, f.turn.note("saved anew as JPEG, quality 95"))
	a.Notes = append(a.Notes, j.notes("removed")...)
	return img, nil
}

// asPNG leaves the pixels as they are if they are upright.
func (f *File) asPNG(ctx context.Context, a *Attachment) (image.Image, error) {
	p, err := parsePNG(f.data)
	if err != nil {
		return nil, broken(f.format, err)
	}
	if p.frames > 0 {
		a.Notes = append([]string{first(p.frames, "pictures")}, a.Notes...)
	}
	a.Data = p.stripped(f.data, f.keep && !f.turn.turned())
	img, err := decode(ctx, f.format, a.Data)
	if err != nil {
		return nil, err
	}
	if !f.turn.turned() {
		done := "removed"
		if f.keep {
			done = "kept"
		}
		a.Notes = append(a.Notes, p.notes(done)...)
		return img, nil
	}
	img = turn(img, f.turn)
	if a.Data, err = encoded(ctx, func(w io.Writer) error { return encodePNG(w, img) }); err != nil {
		return nil, err
	}
	a.Data = withColours(a.Data, p.colours)
	a.Notes = append(a.Notes, f.turn.note("saved anew as PNG"))
	a.Notes = append(a.Notes, p.notes("removed")...)
	return img, nil
}

// converted saves what not every model reads as PNG or JPEG.
func (f *File) converted(ctx context.Context, a *Attachment) (image.Image, error) {
	img, err := decode(ctx, f.format, f.data)
	if err != nil {
		return nil, err
	}
	var m metadata
	var icc []byte
	switch f.format {
	case formatGIF:
		if n := gifFrames(f.data); n > 1 {
			a.Notes = append([]string{first(n, "pictures")}, a.Notes...)
		}
	case formatWebP:
		w, _ := parseWebP(f.data)
		if w.frames > 1 {
			a.Notes = append([]string{first(w.frames, "pictures")}, a.Notes...)
		}
		m, icc = w.metadata, w.profile
	case formatTIFF:
		d, _ := directories(f.data)
		if d.pages > 1 {
			a.Notes = append([]string{first(d.pages, "pages")}, a.Notes...)
		}
		m, icc = metadata{camera: d.camera, place: d.place}, d.icc
	}
	img = turn(img, f.turn)
	if err := a.save(ctx, img, icc); err != nil {
		return nil, err
	}
	to := "PNG"
	if a.MIME == "image/jpeg" {
		to = "JPEG, quality 95"
	}
	a.Notes = append(a.Notes, f.turn.note(fmt.Sprintf("saved anew as %s: not every model reads %s", to, f.format)))
	a.Notes = append(a.Notes, m.notes("removed")...)
	return img, nil
}

func first(n int, what string) string { return fmt.Sprintf("first of %d %s", n, what) }

var errTooLong = errors.New("too long")

// save encodes a picture as PNG, or as JPEG if it is opaque and the PNG would be
// large.
func (a *Attachment) save(ctx context.Context, img image.Image, icc []byte) (err error) {
	limit := 0
	if isOpaque(img) {
		limit = mostPNG
	}
	a.MIME = "image/png"
	a.Data, err = encodedWithin(ctx, limit, func(w io.Writer) error { return encodePNG(w, img) })
	if err == nil {
		a.Data = withColours(a.Data, iccChunk(icc))
		return nil
	}
	if !errors.Is(err, errTooLong) {
		return err
	}
	a.MIME = "image/jpeg"
	if a.Data, err = encoded(ctx, func(w io.Writer) error { return encodeJPEG(w, img) }); err == nil {
		a.Data = withProfile(a.Data, iccSegments(icc))
	}
	return err
}

func isOpaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

func encodeJPEG(w io.Writer, img image.Image) error {
	return jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
}

// encodePNG takes less care of large pictures, which would take seconds.
func encodePNG(w io.Writer, img image.Image) error {
	e := png.Encoder{CompressionLevel: png.DefaultCompression}
	if b := img.Bounds(); b.Dx()*b.Dy() > 4_000_000 {
		e.CompressionLevel = png.BestSpeed
	}
	return e.Encode(w, quick(img))
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
				out.Set(x, y, v.NYCbCrAAt(b.Min.X+x, b.Min.Y+y))
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

// encoded is what an encoder writes until ctx is over.
func encoded(ctx context.Context, encode func(io.Writer) error) ([]byte, error) {
	return encodedWithin(ctx, 0, encode)
}

// encodedWithin also ends with errTooLong when it is longer than limit, if that
// is more than 0.
func encodedWithin(ctx context.Context, limit int, encode func(io.Writer) error) ([]byte, error) {
	s := &sink{ctx: ctx, limit: limit}
	if err := encode(s); err != nil {
		return nil, err
	}
	return bytes.Clone(s.b.Bytes()), nil // without the room it grew by
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
