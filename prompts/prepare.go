package prompts

import (
	"context"
	"fmt"
	"image"
)

// Prepare decodes the file and makes it what is sent. It may take most of a
// second, and ends early with ctx. The file gives its bytes up for it; once
// prepared, it gives the same attachment again. Whoever asks for it meanwhile
// waits.
func (f *File) Prepare(ctx context.Context) (*Attachment, error) {
	f.preparing.Lock()
	defer f.preparing.Unlock()
	if f.ready != nil {
		return f.ready, nil
	}
	a := &Attachment{Name: f.Name, From: f.From, MIME: f.MIME, Data: f.data, FileWidth: f.Width, FileHeight: f.Height}
	if note := f.format.misnamed(f.Name); note != "" {
		a.note(note)
	}
	var err error
	switch f.Kind() {
	case Picture:
		err = f.picture(ctx, a)
	case Written:
		err = f.asText(a)
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
	if a.Thumb == nil {
		a.Thumb, err = thumbnail(ctx, img)
	}
	a.Width, a.Height = img.Bounds().Dx(), img.Bounds().Dy()
	return err
}

// early makes the thumbnail, upright, of a picture that is not yet: for those who
// wait for it, before all that takes longer.
func (f *File) early(ctx context.Context, a *Attachment, img image.Image) error {
	small, err := thumbnail(ctx, img)
	if err != nil {
		return err
	}
	a.Thumb = turn(small, f.turn)
	if f.Early != nil {
		f.Early(a.Thumb)
	}
	return nil
}

// asJPEG leaves the pixels as they are if they are upright and red, green and
// blue: what is told besides them is cut out, and nothing is encoded anew.
func (f *File) asJPEG(ctx context.Context, a *Attachment) (image.Image, error) {
	j, err := parseJPEG(f.data, false)
	if err != nil {
		return nil, broken(f.format, err)
	}
	stripped := j.stripped(f.data)
	img, err := decode(ctx, f.format, stripped)
	if err != nil {
		return nil, err
	}
	_, cmyk := img.(*image.CMYK)
	switch {
	case !cmyk && !f.turn.turned() && f.keep:
		a.note(j.notes("kept")...)
		return img, nil
	case !cmyk && !f.turn.turned():
		a.Data = stripped
		a.note(j.notes("removed")...)
		return img, nil
	case cmyk:
		a.note("CMYK turned into RGB")
		img, j.profile = opaque(img), nil // it told what CMYK means
	}
	if err := f.early(ctx, a, img); err != nil {
		return nil, err
	}
	img = turn(img, f.turn)
	if a.Data, err = toJPEG(ctx, img, j.profile); err != nil {
		return nil, err
	}
	a.note(f.turn.note("saved anew as JPEG, quality 95"))
	a.note(j.notes("removed")...)
	return img, nil
}

// asPNG leaves the pixels as they are if they are upright.
func (f *File) asPNG(ctx context.Context, a *Attachment) (image.Image, error) {
	p, err := parsePNG(f.data)
	if err != nil {
		return nil, broken(f.format, err)
	}
	a.first(p.frames, "pictures")
	a.Data = p.stripped(f.data, f.keep && !f.turn.turned())
	img, err := decode(ctx, f.format, a.Data)
	switch {
	case err != nil:
		return nil, err
	case !f.turn.turned() && f.keep:
		a.note(p.notes("kept")...)
		return img, nil
	case !f.turn.turned():
		a.note(p.notes("removed")...)
		return img, nil
	}
	if err := f.early(ctx, a, img); err != nil {
		return nil, err
	}
	img = turn(img, f.turn)
	a.note(f.turn.note("saved anew as PNG"))
	if err := a.anew(ctx, img, p.profile, p.colours); err != nil {
		return nil, err
	}
	a.note(p.notes("removed")...)
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
		a.first(gifFrames(f.data), "pictures")
	case formatWebP:
		w, err := parseWebP(f.data)
		if err != nil {
			return nil, broken(f.format, err)
		}
		a.first(w.frames, "pictures")
		m, icc = w.metadata, w.profile
	case formatTIFF:
		d, _ := directories(f.data) // the decoder read it too
		a.first(d.pages, "pages")
		m, icc = metadata{camera: d.camera, place: d.place}, d.icc
	}
	if err := f.early(ctx, a, img); err != nil {
		return nil, err
	}
	img = turn(img, f.turn)
	known := fits(icc, img)
	if !known {
		icc, known = nil, len(icc) == 0
	}
	if err := a.convert(ctx, img, icc); err != nil {
		return nil, err
	}
	to := "PNG"
	if a.MIME == "image/jpeg" {
		to = "JPEG, quality 95"
	}
	a.note(f.turn.note(fmt.Sprintf("saved anew as %s: not every model reads %s", to, f.format)))
	if !known {
		a.note(lostProfile)
	}
	a.note(m.notes("removed")...)
	return img, nil
}

func (a *Attachment) note(notes ...string) { a.Notes = append(a.Notes, notes...) }

// first notes, before everything else, that there is more than what is seen.
func (a *Attachment) first(n int, what string) {
	if n > 1 {
		a.Notes = append([]string{fmt.Sprintf("first of %d %s", n, what)}, a.Notes...)
	}
}
