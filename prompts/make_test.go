package prompts

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"testing"
)

// made is what an encoder writes.
func made(t testing.TB, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	return made(t, func(w io.Writer) error { return png.Encode(w, img) })
}

func asJPEG(t testing.TB, img image.Image) []byte {
	return made(t, func(w io.Writer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 95}) })
}

// secret is what the camera data of test pictures says; none of it may leave.
const secret = "Leica of Mrs Placeholder"

// exifOf is EXIF data as a segment's body: an orientation, a camera, and a
// place if wanted.
func exifOf(turn int, place bool) []byte {
	return append([]byte("Exif\x00\x00"), tiffOf(turn, place)...)
}

// tiffOf is the TIFF structure in EXIF data.
func tiffOf(turn int, place bool) []byte {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		b = le.AppendUint16(b, tag)
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, count)
		b = le.AppendUint32(b, value)
	}
	entries := uint16(2)
	if place {
		entries++
	}
	after := 8 + 2 + 12*uint32(entries) + 4
	b = le.AppendUint16(b, entries)
	entry(tagMake, 2, uint32(len(secret)), after)
	entry(tagOrientation, 3, 1, uint32(turn))
	if place {
		entry(tagGPS, 4, 1, after+uint32(len(secret)))
	}
	b = le.AppendUint32(b, 0)
	b = append(b, secret...)
	if place {
		b = le.AppendUint16(b, 2)
		entry(0, 1, 4, 2)
		entry(1, 2, 2, uint32('N'))
		b = le.AppendUint32(b, 0)
	}
	return b
}

// withSegment puts a segment behind a JPEG's first marker.
func withSegment(data []byte, mark byte, body []byte) []byte {
	head := binary.BigEndian.AppendUint16([]byte{0xff, mark}, uint16(len(body)+2))
	return slices.Concat(data[:2], head, body, data[2:])
}

// withChunk puts a chunk behind a PNG's header.
func withChunk(data []byte, name string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, name...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Concat(data[:pngHead], chunk, data[pngHead:])
}

// corners is a picture whose four quarters are of different colours: from the
// upper left to the right and then below, red, green, blue and white.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, cornerColours()[2*(2*y/h)+2*x/w])
		}
	}
	return img
}

func cornerColours() [4]color.RGBA {
	return [4]color.RGBA{{220, 30, 30, 255}, {30, 200, 40, 255}, {30, 40, 210, 255}, {250, 250, 250, 255}}
}

// plain is a picture of one colour.
func plain(w, h int, c color.Color) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

// riff is a RIFF file of the named parts.
func riff(parts ...riffChunk) []byte {
	body := []byte("WEBP")
	for _, p := range parts {
		body = append(body, p.name...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(p.body)))
		body = append(body, p.body...)
		body = append(body, make([]byte, len(p.body)%2)...)
	}
	return slices.Concat([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body)
}

// vp8l is a lossless WebP's picture of one colour: every code has one symbol,
// and its pixels take no bits at all.
func vp8l(w, h int, c color.NRGBA) riffChunk {
	var b bytes.Buffer
	var bits, n uint64
	put := func(v uint64, size uint64) {
		bits |= v << n
		for n += size; n >= 8; n -= 8 {
			b.WriteByte(byte(bits))
			bits >>= 8
		}
	}
	put(0x2f, 8)
	put(uint64(w-1), 14)
	put(uint64(h-1), 14)
	put(1, 1) // has alpha
	put(0, 3) // version
	put(0, 1) // no transforms
	put(0, 1) // no cache of colours
	put(0, 1) // no groups of codes
	for _, symbol := range []byte{c.G, c.R, c.B, c.A} {
		put(1, 1) // a simple code
		put(0, 1) // of one symbol
		put(1, 1) // of 8 bits
		put(uint64(symbol), 8)
	}
	put(1, 1) // of distances: a simple code of one symbol, 0
	put(0, 1)
	put(0, 1)
	put(0, 1)
	put(0, 7)
	return riffChunk{"VP8L", b.Bytes()}
}

// tinyJPEG is a JPEG of blocks of 8×8 pixels in a row, each of one level per
// component: under 65 or over 191, which is as far as its one code reaches.
func tinyJPEG(sof byte, restarts bool, before []byte, blocks ...[]int) []byte {
	comps := len(blocks[0])
	b := append([]byte{0xff, 0xd8}, before...)
	segment := func(mark byte, body ...byte) {
		b = binary.BigEndian.AppendUint16(append(b, 0xff, mark), uint16(len(body)+2))
		b = append(b, body...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	frame := []byte{8, 0, 8, 0, byte(8 * len(blocks)), byte(comps)}
	scan := []byte{byte(comps)}
	for i := range comps {
		frame = append(frame, byte(i+1), 0x11, 0)
		scan = append(scan, byte(i+1), 0)
	}
	segment(sof, frame...)
	segment(0xc4, append(append([]byte{0x00, 1}, make([]byte, 15)...), 10)...) // DC: "0" is ten bits
	segment(0xc4, append(append([]byte{0x10, 1}, make([]byte, 15)...), 0)...)  // AC: "0" is nothing more
	if restarts {
		segment(0xdd, 0, 1)
	}
	end := byte(63)
	if sof == 0xc2 {
		end = 0
	}
	segment(0xda, append(scan, 0, end, 0)...)
	for i, block := range blocks {
		if i > 0 && restarts {
			b = append(b, 0xff, byte(0xd0+(i-1)%8))
		}
		b = append(b, entropy(block, sof == 0xc2)...)
	}
	return append(b, 0xff, 0xd9)
}

// entropy is one block of each component; with more than one block in a row
// they must be apart by restarts.
func entropy(levels []int, progressive bool) []byte {
	bits := ""
	for _, level := range levels {
		dc := (level - 128) * 8
		if dc < 0 {
			dc += 1<<10 - 1
		}
		bits += "0"
		for i := 9; i >= 0; i-- {
			bits += string(rune('0' + dc>>i&1))
		}
		if !progressive {
			bits += "0"
		}
	}
	for len(bits)%8 != 0 {
		bits += "1"
	}
	var b []byte
	for ; bits != ""; bits = bits[8:] {
		v := byte(0)
		for _, bit := range bits[:8] {
			v = v<<1 | byte(bit-'0')
		}
		if b = append(b, v); v == 0xff {
			b = append(b, 0)
		}
	}
	return b
}

// adobe is the segment that says that four components are CMYK, inverted.
func adobe() []byte {
	return []byte{0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}
}

// tiffFile is an uncompressed TIFF of red, green and blue, with an orientation
// and as many pages as wanted, all the same.
func tiffFile(order binary.AppendByteOrder, img *image.RGBA, turn, pages int, more ...[4]uint32) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	pixels := uint32(8)
	b = order.AppendUint32(b, 8+uint32(w*h*3+(w*h*3)%2)+6)
	for i := 0; i < len(img.Pix); i += 4 {
		b = append(b, img.Pix[i:i+3]...)
	}
	b = append(b, make([]byte, (w*h*3)%2)...)
	bits := uint32(len(b))
	for range 3 {
		b = order.AppendUint16(b, 8)
	}
	for page := range pages {
		entries := append([][4]uint32{
			{256, 4, 1, uint32(w)},
			{257, 4, 1, uint32(h)},
			{258, 3, 3, bits},
			{259, 4, 1, 1},
			{262, 4, 1, 2},
			{273, 4, 1, pixels},
			{274, 4, 1, uint32(turn)},
			{277, 4, 1, 3},
			{278, 4, 1, uint32(h)},
			{279, 4, 1, uint32(w * h * 3)},
		}, more...)
		slices.Reverse(entries) // the last one of a tag counts
		slices.SortStableFunc(entries, func(a, b [4]uint32) int { return int(a[0]) - int(b[0]) })
		entries = slices.CompactFunc(entries, func(a, b [4]uint32) bool { return a[0] == b[0] })
		b = order.AppendUint16(b, uint16(len(entries)))
		for _, e := range entries {
			b = order.AppendUint16(b, uint16(e[0]))
			b = order.AppendUint16(b, uint16(e[1]))
			b = order.AppendUint32(b, e[2])
			b = order.AppendUint32(b, e[3])
		}
		next := uint32(0)
		if page < pages-1 {
			next = uint32(len(b)) + 4
		}
		b = order.AppendUint32(b, next)
	}
	return b
}
