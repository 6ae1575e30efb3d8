package prompts

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/webp"
)

// A webpFile is a WebP taken apart, without decoding it.
type webpFile struct {
	metadata
	width, height int // of all of it
	at            image.Point
	frame         []riffChunk // the pixels of its first picture
	frames        int         // pictures of an animation, 0 if it is none
	profile       []byte
	sawCanvas     bool
}

// A riffChunk is a part of a RIFF file.
type riffChunk struct {
	name string
	body []byte
}

// chunks is the parts of a RIFF file's body; the error says that the last is
// not whole.
func chunks(b []byte) (all []riffChunk, err error) {
	for len(b) >= 8 {
		n := uint64(binary.LittleEndian.Uint32(b[4:]))
		if n > uint64(len(b)-8) {
			return all, errCut
		}
		all = append(all, riffChunk{string(b[:4]), b[8 : 8+n]})
		b = b[min(8+n+n&1, uint64(len(b))):]
	}
	return all, nil
}

// parseWebP walks over a WebP's chunks.
func parseWebP(data []byte) (w webpFile, err error) {
	if len(data) < 20 {
		return w, errCut
	}
	size := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > uint64(len(data)) {
		err = errCut
	}
	parts, cut := chunks(data[12:min(size, uint64(len(data)))])
	if err == nil {
		err = cut
	}
	for _, c := range parts {
		w.add(c)
	}
	w.behind = size < uint64(len(data))
	if err == nil && (len(w.frame) == 0 || w.width == 0) {
		err = errors.New("has no picture in it")
	}
	return w, err
}

func (w *webpFile) add(c riffChunk) {
	switch c.name {
	case "VP8X":
		if len(c.body) >= 10 {
			w.width, w.height = 1+uint24(c.body[4:]), 1+uint24(c.body[7:])
			w.sawCanvas = true
		}
	case "ALPH", "VP8 ", "VP8L":
		if w.addPixels(c) && !w.sawCanvas {
			w.width, w.height = webpSize(c)
		}
	case "ANMF":
		if len(c.body) < 16 {
			return
		}
		if w.frames++; w.frames == 1 {
			w.at = image.Pt(2*uint24(c.body), 2*uint24(c.body[3:]))
			inside, _ := chunks(c.body[16:]) // a part that is not whole fails when it is decoded
			for _, c := range inside {
				w.addPixels(c)
			}
		}
	case "ICCP":
		w.profile = c.body
	case "EXIF":
		w.addEXIF(bytes.TrimPrefix(c.body, []byte("Exif\x00\x00")))
	case "XMP ":
		w.addXMP(c.body)
	}
}

// addPixels takes in a part of the first picture, and reports whether that is
// whole by it. What comes later is none of it: the decoder reads the first, whose
// size is therefore the one that counts.
func (w *webpFile) addPixels(c riffChunk) (whole bool) {
	pixels := c.name == "VP8 " || c.name == "VP8L"
	if n := len(w.frame); n > 0 && w.frame[n-1].name != "ALPH" || !pixels && c.name != "ALPH" {
		return false
	}
	w.frame = append(w.frame, c)
	return pixels
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// webpSize is the pixels of a frame by its own header.
func webpSize(c riffChunk) (w, h int) {
	b := c.body
	switch {
	case c.name == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	case c.name == "VP8 " && len(b) >= 10:
		return int(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[8:]) & 0x3fff)
	}
	return 0, 0
}

// decode decodes the first picture. Its chunks are put into a file of their
// own: the decoder knows no animations, and wants alpha to be announced exactly.
func (w webpFile) decode(ctx context.Context) (image.Image, error) {
	var width, height int
	var alpha byte
	var body []byte
	for _, c := range w.frame {
		if c.name == "ALPH" {
			alpha = 0x10
		} else {
			width, height = webpSize(c)
			body = c.body
		}
	}
	switch {
	case body == nil || width == 0 || height == 0:
		return nil, errors.New("has no picture in it")
	case w.at.X+width > w.width || w.at.Y+height > w.height:
		return nil, errors.New("has a picture in it that is larger than all of it")
	}
	var readers []io.Reader
	total := 4
	add := func(name string, body []byte) {
		head := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
		readers = append(readers, bytes.NewReader(head), bytes.NewReader(body), bytes.NewReader(make([]byte, len(body)&1)))
		total += 8 + len(body) + len(body)&1
	}
	if alpha != 0 {
		x, y := width-1, height-1
		add("VP8X", []byte{alpha, 0, 0, 0, byte(x), byte(x >> 8), byte(x >> 16), byte(y), byte(y >> 8), byte(y >> 16)})
	}
	for _, c := range w.frame {
		add(c.name, c.body)
	}
	head := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(total)), "WEBP"...)
	img, err := webp.Decode(feed{ctx, io.MultiReader(append([]io.Reader{bytes.NewReader(head)}, readers...)...)})
	if err != nil {
		return nil, err
	}
	if img.Bounds().Dx() != width || img.Bounds().Dy() != height {
		return nil, fmt.Errorf("has %d×%d pixels and says %d×%d", img.Bounds().Dx(), img.Bounds().Dy(), width, height)
	}
	switch v := img.(type) {
	case *image.YCbCr:
		fullRange(v)
	case *image.NYCbCrA:
		fullRange(&v.YCbCr)
	}
	return onCanvas(img, w.at, w.width, w.height), nil
}

// fullRange stretches the colours of VP8, which are those of television (16 to
// 235), to those of JPEG, as which the decoder gives them: black would be grey.
func fullRange(p *image.YCbCr) {
	var luma, chroma [256]byte
	for i := range 256 {
		luma[i] = clamp8((float64(i) - 16) * 255 / 219)
		chroma[i] = clamp8((float64(i)-128)*255/224 + 128)
	}
	for i, v := range p.Y {
		p.Y[i] = luma[v]
	}
	for i, v := range p.Cb {
		p.Cb[i] = chroma[v]
	}
	for i, v := range p.Cr {
		p.Cr[i] = chroma[v]
	}
}

func clamp8(v float64) byte { return byte(min(max(v+0.5, 0), 255)) }
