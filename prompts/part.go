package prompts

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"slices"
	"strings"
)

// Decode is all of the picture's pixels. Its data may be of somebody else's
// session, which nobody looked at here: it is held to what may be attached.
func (a *Attachment) Decode(ctx context.Context) (img image.Image, err error) {
	f := &File{data: a.Data, format: sniff(a.Data[:min(len(a.Data), 512)])}
	if kindOf(f.format.mime()) == Picture {
		err = f.lookAtHeader()
	}
	if err == nil {
		img, err = decode(ctx, f.format, a.Data)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", a.Name, err)
	}
	return img, err
}

// Fit is the picture scaled down so that it is at most edge pixels wide and
// high, and a itself if it is already or is no picture.
func (a *Attachment) Fit(ctx context.Context, edge int) (*Attachment, error) {
	if a.Kind() != Picture || max(a.Width, a.Height) <= edge {
		return a, nil
	}
	if edge < 1 {
		return nil, fmt.Errorf("%s: can't be scaled to %d pixels", a.Name, edge)
	}
	img, err := a.Decode(ctx)
	if err != nil {
		return nil, err
	}
	w, h := fitting(a.Width, a.Height, edge)
	scaled, err := scale(ctx, img, w, h, 2)
	if err != nil {
		return nil, err
	}
	fitted := *a
	note := fmt.Sprintf("scaled to %d×%d of %d×%d", w, h, a.Width, a.Height)
	if err := fitted.become(ctx, likewise(scaled, img), note); err != nil {
		return nil, err
	}
	return &fitted, nil
}

// Crop is the part of the picture in r, in pixels of Data. It is a picture of
// its own: its file is as large as it is.
func (a *Attachment) Crop(ctx context.Context, r image.Rectangle) (*Attachment, error) {
	if a.Kind() != Picture {
		return nil, fmt.Errorf("%s: only pictures have parts", a.Name)
	}
	img, err := a.Decode(ctx)
	if err != nil {
		return nil, err
	}
	r = r.Canon().Intersect(image.Rectangle{Max: img.Bounds().Size()})
	if r.Empty() {
		return nil, fmt.Errorf("%s: nothing of it is selected", a.Name)
	}
	whole, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return nil, fmt.Errorf("%s: has no parts", a.Name)
	}
	part := *a
	part.FileWidth, part.FileHeight = r.Dx(), r.Dy()
	if !strings.HasSuffix(a.Name, " (part)") {
		part.Name += " (part)"
	}
	note := fmt.Sprintf("part %d×%d at %d,%d of %s", r.Dx(), r.Dy(), r.Min.X, r.Min.Y, a.Name)
	if err := part.become(ctx, whole.SubImage(r.Add(img.Bounds().Min)), note); err != nil {
		return nil, err
	}
	return &part, nil
}

// become makes other pixels the attachment's, in its own format and colours.
func (a *Attachment) become(ctx context.Context, img image.Image, note string) error {
	a.Notes = slices.Clone(a.Notes)
	for i, n := range a.Notes { // what is encoded anew keeps nothing
		if rest, ok := strings.CutSuffix(n, " kept"); ok {
			a.Notes[i] = rest + " removed"
		}
	}
	a.note(note)
	profile, colours, err := a.colours()
	if err == nil {
		err = a.anew(ctx, img, profile, colours)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w", a.Name, err)
	}
	a.Width, a.Height = img.Bounds().Dx(), img.Bounds().Dy()
	a.Thumb, err = thumbnail(ctx, img)
	return err
}

// colours is what tells the colours of the data, as it stands in it.
func (a *Attachment) colours() (profile, others []byte, err error) {
	if a.MIME == "image/jpeg" {
		j, err := parseJPEG(a.Data, false)
		return j.profile, nil, err
	}
	p, err := parsePNG(a.Data)
	return p.profile, p.colours, err
}

// likewise is a scaled picture as grey as the one it is of.
func likewise(scaled *image.RGBA, of image.Image) image.Image {
	switch of.(type) {
	case *image.Gray, *image.Gray16:
		grey := image.NewGray(scaled.Rect)
		draw.Draw(grey, grey.Rect, scaled, image.Point{}, draw.Src)
		return grey
	}
	return scaled
}
