package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"

	"juxta/providers"
)

// mostSeen is how many pixels a picture may have for the simulated eyes: as many
// as a machine decodes while nobody waits for it.
const mostSeen = 40_000_000

// look says what can be said of a picture without a model, and is true of it:
// its size and its mean colour.
func look(b providers.Blob) string {
	header, decode := coder(b.Data)
	if decode == nil {
		return "could not be read as a picture"
	}
	c, err := header(bytes.NewReader(b.Data))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return "could not be read as a picture"
	}
	size := fmt.Sprintf("is %d × %d pixels", c.Width, c.Height)
	if c.Width > mostSeen/c.Height {
		return size + ", which is more than I look at"
	}
	img, err := decode(bytes.NewReader(b.Data))
	if err != nil {
		return size + ", and could not be read to its end"
	}
	if img.Bounds().Empty() { // as a GIF's first frame may be
		return size + ", and has nothing on it"
	}
	m := mean(img)
	return fmt.Sprintf("%s, and its mean colour is %s (#%02x%02x%02x)", size, named(m), m.R, m.G, m.B)
}

type (
	headerReader = func(*bytes.Reader) (image.Config, error)
	decoder      = func(*bytes.Reader) (image.Image, error)
)

// coder is what reads data, by its first bytes; nil if nothing does.
func coder(data []byte) (headerReader, decoder) {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		return func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }
	case bytes.HasPrefix(data, []byte("GIF8")):
		return func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }
	}
	return nil, nil
}

// mean is a picture's mean colour, on white where it is transparent. Of a large
// one every so many pixels count.
func mean(img image.Image) color.RGBA {
	r := img.Bounds()
	const across = 128
	dx, dy := max(r.Dx()/across, 1), max(r.Dy()/across, 1)
	var sum [3]uint64
	n := uint64(0)
	for y := r.Min.Y; y < r.Max.Y; y += dy {
		for x := r.Min.X; x < r.Max.X; x += dx {
			red, green, blue, alpha := img.At(x, y).RGBA()
			white := uint64(0xffff - alpha)
			sum[0], sum[1], sum[2] = sum[0]+uint64(red)+white, sum[1]+uint64(green)+white, sum[2]+uint64(blue)+white
			n++
		}
	}
	part := func(s uint64) uint8 { return uint8((s + n*257/2) / (n * 257)) }
	return color.RGBA{R: part(sum[0]), G: part(sum[1]), B: part(sum[2]), A: 0xff}
}

// named is a plain word for a colour.
func named(c color.RGBA) string {
	r, g, b := int(c.R), int(c.G), int(c.B)
	most, least := max(r, g, b), min(r, g, b)
	light, spread := (most+least)/2, most-least
	shade := ""
	switch {
	case light < 28:
		return "black"
	case light > 238:
		return "white"
	case light < 85:
		shade = "dark "
	case light > 185:
		shade = "light "
	}
	if spread < 24 {
		return shade + "grey"
	}
	var hue int // degrees
	switch most {
	case r:
		hue = (60*(g-b)/spread + 360) % 360
	case g:
		hue = 60*(b-r)/spread + 120
	default:
		hue = 60*(r-g)/spread + 240
	}
	for _, of := range []struct {
		below int
		name  string
	}{{16, "red"}, {42, "orange"}, {70, "yellow"}, {165, "green"}, {200, "cyan"}, {256, "blue"}, {290, "purple"}, {340, "pink"}, {361, "red"}} {
		if hue < of.below {
			if of.name == "orange" && light < 110 {
				return strings.TrimPrefix(shade, "light ") + "brown"
			}
			return shade + of.name
		}
	}
	return shade + "red"
}

// refusal is why a model of these abilities is not asked, and what to do then;
// nil if it takes every attachment of the conversation.
func refusal(req providers.Request, sees bool) (hint string, what error) {
	for _, m := range req.Messages {
		for _, part := range m.Parts {
			b, ok := part.(providers.Blob)
			switch {
			case !ok:
			case !strings.HasPrefix(b.MIME, "image/"):
				return "choose a real model, or leave that out", fmt.Errorf("a simulated model takes pictures, not %.60q", b.MIME)
			case !sees:
				return "choose the simulated model that does, swift, or leave the picture out", fmt.Errorf("%s can't see pictures", req.Model)
			}
		}
	}
	return "", nil
}
