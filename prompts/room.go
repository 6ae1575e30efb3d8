package prompts

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/color"

	"golang.org/x/image/tiff"
)

// mostRoom is how many bytes the decoding of one picture may take: enough for
// mostPixels of eight bits a colour, and for no more colours, bits or passes
// than few pictures of that size have.
const mostRoom = 512 << 20

// checkRoom refuses a picture whose pixels are few enough and whose decoding
// takes too much all the same, before any room is made for them.
func (f *File) checkRoom(w, h int) error {
	takes, instead := f.room(int64(w), int64(h))
	if takes <= mostRoom {
		return nil
	}
	return fmt.Errorf("has %d×%d pixels, which take %.1f GB to decode; at most %.1f GB may be taken: make it smaller, or %s",
		w, h, float64(takes)/(1<<30), float64(mostRoom)/(1<<30), instead)
}

// room is how many bytes decoding takes, by what the header says, and what a
// picture should be that takes less.
func (f *File) room(w, h int64) (takes int64, instead string) {
	switch f.format {
	case formatPNG:
		return pngRoom(f.data, w*h), "save it with 8 bits a colour and not interlaced"
	case formatJPEG:
		return jpegRoom(f.data, w*h), "save it as a JPEG that is not progressive"
	case formatGIF: // of palette numbers, and maybe on a canvas
		takes = 5 * w * h
	case formatBMP:
		takes = 4 * w * h
	case formatWebP:
		takes = webpRoom(f.data, w*h)
	case formatTIFF:
		takes = tiffRoom(f.data, w, h)
	}
	return takes, "save it as JPEG"
}

// pngRoom is what image/png takes: for each pixel what its colours need, and
// for interlaced ones the passes besides.
func pngRoom(data []byte, pixels int64) int64 {
	bytesOf := int64(1)
	switch data[25] {
	case 0:
		if p, err := parsePNG(data); err == nil && hasChunk(p.kept, "tRNS") {
			bytesOf = 4
		}
	case 2, 4, 6:
		bytesOf = 4
	}
	if data[24] == 16 {
		bytesOf = max(2, 2*bytesOf)
	}
	if data[28] != 0 {
		bytesOf *= 2
	}
	return bytesOf * pixels
}

// jpegRoom is what image/jpeg takes: a byte a sample; four more where the
// samples come in several passes, and the picture anew where they are neither
// grey nor luma and chroma.
func jpegRoom(data []byte, pixels int64) int64 {
	j, err := parseJPEG(data, true)
	if err != nil || len(j.frame) < 9 {
		return 15 * pixels
	}
	comps := j.frame[6:]
	n := int64(len(comps) / 3)
	quarters := 4 * n // of samples a pixel
	if n >= 3 {
		if h, v := comps[1]>>4, comps[1]&15; h > 0 && v > 0 && comps[4] == 0x11 && comps[7] == 0x11 {
			quarters = 4*(n-2) + 8/int64(h*v) // the first and the fourth, and two that are shared
		}
	}
	takes := quarters
	if j.progressive {
		takes += 4 * quarters
	}
	if n == 4 || j.rgb || n == 3 && comps[0] == 'R' && comps[3] == 'G' && comps[6] == 'B' {
		takes += 16
	}
	return takes * pixels / 4
}

// webpRoom is what x/image/webp takes, whose lossless pictures may be made of
// palette numbers, which are a picture of their own.
func webpRoom(data []byte, pixels int64) (takes int64) {
	w, _ := parseWebP(data)
	for _, c := range w.frame {
		if c.name == "VP8 " {
			takes += 2 * pixels
			continue
		}
		takes += 8 * pixels // transparency is a lossless picture, too
	}
	if w.sawCanvas && w.frames > 0 {
		takes += 4 * pixels
	}
	return takes
}

// tiffRoom is what x/image/tiff takes: the picture, and one block of it
// unpacked, to up to eight bytes a pixel whatever it should have, in a buffer
// that grows.
func tiffRoom(data []byte, w, h int64) int64 {
	bytesOf := int64(4)
	c, err := tiff.DecodeConfig(bytes.NewReader(data))
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		bytesOf = 8
	case color.Gray16Model:
		bytesOf = 2
	case color.GrayModel:
		bytesOf = 1
	}
	if err != nil {
		bytesOf = 8
	}
	d, _ := directories(data)
	takes := bytesOf * w * h
	if !d.packed {
		return takes + int64(len(data))
	}
	block := w * h
	if d.rows > 0 {
		block = w * min(int64(d.rows), h)
	}
	if d.tiled {
		block = (w + 1024) * (h + 1024) // the decoder's limit
		if d.tileWidth > 0 && d.tileHeight > 0 {
			block = min(block, int64(d.tileWidth)*int64(d.tileHeight))
		}
	}
	return takes + 16*block
}

// isRGB reports whether an Adobe segment says that colours are not luma and
// chroma.
func isRGB(adobe []byte) bool {
	return len(adobe) >= 12 && bytes.HasPrefix(adobe, []byte("Adobe")) && adobe[11] == 0
}

// addFrame keeps what a JPEG's header says of its samples.
func (j *jpegFile) addFrame(mark byte, body []byte) {
	if mark >= 0xc0 && mark <= 0xc2 && j.frame == nil {
		j.frame, j.progressive = body, mark == 0xc2
	}
	j.rgb = j.rgb || mark == markAPP14 && isRGB(body)
}

// hasChunk reports whether one of the chunks is called so.
func hasChunk(chunks [][]byte, name string) bool {
	for _, c := range chunks[1:] {
		if string(c[4:8]) == name {
			return true
		}
	}
	return false
}

// number is a single value of a directory's entry; 0 for what is no single
// one, so that nothing is taken for smaller than the decoder takes it.
func number(order binary.ByteOrder, entry []byte) uint32 {
	if order.Uint32(entry[4:]) != 1 {
		return 0
	}
	switch order.Uint16(entry[2:]) {
	case 1:
		return uint32(entry[8])
	case 3:
		return uint32(order.Uint16(entry[8:]))
	case 4:
		return order.Uint32(entry[8:])
	}
	return 0
}
