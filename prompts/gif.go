package prompts

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/gif"
)

// gifFrames is how many whole pictures a GIF has, found without decoding them.
func gifFrames(data []byte) (n int) {
	if len(data) < 13 {
		return 0
	}
	at := 13 + tableSize(data[10])
	skip := func() bool { // blocks up to the empty one
		for at < len(data) {
			size := int(data[at])
			at += 1 + size
			if size == 0 {
				return at <= len(data)
			}
		}
		return false
	}
	for at < len(data) {
		switch data[at] {
		case '!':
			at += 2
			if !skip() {
				return n
			}
		case ',':
			if at+10 > len(data) {
				return n
			}
			at += 10 + tableSize(data[at+9]) + 1
			if !skip() {
				return n
			}
			n++
		default:
			return n
		}
	}
	return n
}

// tableSize is how long the colours are that flags announce.
func tableSize(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// decodeGIF is the first picture of a GIF, on all of its canvas.
func decodeGIF(ctx context.Context, data []byte) (image.Image, error) {
	img, err := gif.Decode(feed{ctx, bytes.NewReader(data)})
	if err != nil {
		return nil, err
	}
	w, h := int(data[6])|int(data[7])<<8, int(data[8])|int(data[9])<<8
	return onCanvas(img, img.Bounds().Min, w, h), nil
}

// onCanvas is a picture as a part of a larger, transparent one; itself if it
// fills it.
func onCanvas(img image.Image, at image.Point, w, h int) image.Image {
	b := img.Bounds()
	if b.Dx() == w && b.Dy() == h {
		return img
	}
	canvas := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(canvas, b.Sub(b.Min).Add(at), img, b.Min, draw.Src)
	return canvas
}
