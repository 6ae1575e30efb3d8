package prompts

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func TestBombsAreNotGivenRoom(t *testing.T) {
	small := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black})
	huge := made(t, func(w io.Writer) error {
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{small}, Delay: []int{0}, Config: image.Config{Width: 9000, Height: 9000}})
	})
	tall := asJPEG(t, corners(8, 8))
	at := bytes.Index(tall, []byte{0xff, 0xc0})
	copy(tall[at+5:], []byte{0x25, 0, 0x25, 0}) // 9472×9472
	flat := made(t, func(w io.Writer) error { return bmp.Encode(w, corners(8, 8)) })
	copy(flat[18:], []byte{0x10, 0x27, 0, 0, 0x10, 0x27, 0, 0})
	strips := tiffFile(binary.LittleEndian, corners(8, 8), 1, 1)
	at = bytes.Index(strips, []byte{0, 1, 4, 0, 1, 0, 0, 0, 8, 0})
	copy(strips[at+8:], []byte{0x10, 0x27})
	copy(strips[at+20:], []byte{0x10, 0x27})
	counts := tiffFile(binary.LittleEndian, corners(8, 8), 1, 1)
	at = bytes.Index(counts, []byte{0x11, 1, 4, 0})
	copy(counts[at+4:], []byte{0xff, 0xff, 0xff, 0x1f})
	pass := tinyJPEG(0xc2, false, nil, []int{200})
	text := withChunk(asPNG(t, corners(8, 8)), "zTXt", append([]byte("Comment\x00\x00"), deflated(16<<20)...))
	profile := withChunk(asPNG(t, corners(8, 8)), "iCCP", append([]byte("icc\x00\x00"), deflated(16<<20)...))
	for name, c := range map[string]struct {
		data  []byte
		fails bool
	}{
		"bomb.png":   {claim(asPNG(t, corners(8, 8)), 9_999, 9_999), true},
		"bomb.gif":   {huge, true},
		"bomb.jpg":   {tall, true},
		"bomb.bmp":   {flat, true},
		"bomb.tif":   {strips, true},
		"counts.tif": {counts, true},
		"bomb.webp":  {riff(vp8l(9_999, 9_999, color.NRGBA{A: 255})), true},
		"two.webp":   {riff(vp8l(9_999, 9_999, color.NRGBA{A: 255}), vp8l(8, 8, color.NRGBA{A: 255})), true},
		"moving.webp": {riff(riffChunk{"VP8X", []byte{2, 0, 0, 0, 7, 0, 0, 7, 0, 0}}, riffChunk{"ANMF", slices.Concat(make([]byte, 16),
			riff(vp8l(9_999, 9_999, color.NRGBA{A: 255}), vp8l(8, 8, color.NRGBA{A: 255}))[12:])}), true},
		"long.png":   {black(t, 20_000_000, 1, 1, 0, 0, zeros(t, 20_000_000/8+1)), true},
		"high.png":   {black(t, 1, 2_000_000, 1, 0, 0, zeros(t, 2*2_000_000)), true},
		"passes.jpg": {slices.Concat(pass[:len(pass)-2], bytes.Repeat(pass[bytes.Index(pass, []byte{0xff, 0xda}):len(pass)-2], mostScans), pass[len(pass)-2:]), true},
		"text.png":   {text, false},
		"icc.png":    {profile, false},
	} {
		took, err := allocated(func() error {
			f, err := (Loader{}).Look(name, "", c.data)
			if err == nil {
				_, err = f.Prepare(t.Context())
			}
			return err
		})
		if took > 8<<20 {
			t.Errorf("%s: %d MB were made room for", name, took>>20)
		}
		if (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
		if !c.fails {
			continue
		}
		took, err = allocated(func() error { // as one of a session that was imported
			_, err := (&Attachment{Name: name, MIME: "image/png", Data: c.data}).Decode(t.Context())
			return err
		})
		if took > 8<<20 || err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s, of a session: %d MB were made room for: %v", name, took>>20, err)
		}
	}
}

// deflated is so many zeros.
func deflated(n int) []byte {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, image.NewGray(image.Rect(0, 0, 1<<12, n>>12))); err != nil {
		panic(err)
	}
	p, _ := parsePNG(b.Bytes())
	var all []byte
	for _, chunk := range p.kept {
		if len(chunk) > 8 && string(chunk[4:8]) == "IDAT" {
			all = append(all, chunk[8:len(chunk)-4]...)
		}
	}
	return all
}

// zeros is so many of them, deflated with little room of its own.
func zeros(t testing.TB, n int64) []byte {
	return made(t, func(w io.Writer) error {
		z, err := zlib.NewWriterLevel(w, zlib.BestSpeed)
		if err != nil {
			return err
		}
		block := make([]byte, 1<<20)
		for ; n > 0; n -= int64(len(block)) {
			if _, err := z.Write(block[:min(n, int64(len(block)))]); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

// black is a PNG with such a header.
func black(t testing.TB, w, h uint32, depth, colours, interlaced byte, pixels []byte) []byte {
	b := bytes.Clone(asPNG(t, corners(8, 8))[:pngHead])
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	b[24], b[25], b[28] = depth, colours, interlaced
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	b = withChunk(b, "IDAT", pixels)
	return append(b, "\x00\x00\x00\x00IEND\xaeB`\x82"...)
}

// packed is a deflated TIFF of one strip that is where it should be.
func packed(w, h uint32, kind uint32, strip []byte) []byte {
	le := binary.LittleEndian
	at := uint32(8 + len(strip))
	b := le.AppendUint32([]byte("II*\x00"), at)
	b = append(b, strip...)
	entries := [][2]uint32{{256, w}, {257, h}, {258, 8}, {259, 8}, {262, kind}, {273, 8}, {277, 1}, {278, h}, {279, uint32(len(strip))}}
	b = le.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = le.AppendUint16(b, uint16(e[0]))
		b = le.AppendUint16(b, 4)
		b = le.AppendUint32(b, 1)
		b = le.AppendUint32(b, e[1])
	}
	return le.AppendUint32(b, 0)
}

func TestDecodingTakesNoMoreThanALargePicture(t *testing.T) {
	deep := make([]byte, 800_000) // as few as 10,000×10,000 zeros of 16 bits are
	progressive := bytes.Clone(tinyJPEG(0xc2, false, nil, []int{200, 200, 200}))
	at := bytes.Index(progressive, []byte{0xff, 0xc2})
	copy(progressive[at+5:], []byte{0x27, 0x10, 0x27, 0x10}) // 10000×10000
	progressive = slices.Concat(progressive[:len(progressive)-2], make([]byte, 200_000), []byte{0xff, 0xd9})
	for name, data := range map[string][]byte{
		"interlaced.png":  black(t, 10_000, 10_000, 16, 6, 1, deep),
		"deep.png":        black(t, 10_000, 10_000, 16, 2, 0, deep),
		"tall.tif":        packed(10_000, 10_000, 1, deep),
		"progressive.jpg": progressive,
	} {
		took, err := allocated(func() error {
			f, err := (Loader{}).Look(name, "", data)
			if err == nil {
				_, err = f.Prepare(t.Context())
			}
			return err
		})
		if took > 8<<20 {
			t.Errorf("%s, of %d bytes: %d MB were made room for", name, len(data), took>>20)
		}
		if err == nil || !strings.HasPrefix(err.Error(), name+": has 10000×10000 pixels, which take ") || !strings.Contains(err.Error(), "make it smaller, or save it") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What people have is taken, also where it is large.
func TestLargePicturesAreNotTakenForBombs(t *testing.T) {
	look := func(name string, data []byte) {
		t.Helper()
		if _, err := (Loader{}).Look(name, "", data); err != nil {
			t.Error(err)
		}
	}
	look("rgba.png", black(t, 10_000, 10_000, 8, 6, 0, make([]byte, 400_000)))
	look("deep.png", black(t, 8_000, 8_000, 16, 2, 0, make([]byte, 400_000)))
	look("grey.png", black(t, 10_000, 10_000, 16, 0, 1, make([]byte, 200_000)))
	look("strip.tif", packed(5_000, 5_000, 1, make([]byte, 25_000)))
	camera := asJPEG(t, photograph(16, 16))
	at := bytes.Index(camera, []byte{0xff, 0xc0})
	copy(camera[at+5:], []byte{0x27, 0x10, 0x27, 0x10})
	camera = slices.Concat(camera[:len(camera)-2], make([]byte, 400_000), camera[len(camera)-2:])
	look("camera.jpg", camera)
	camera[at+1] = 0xc2 // progressive
	copy(camera[at+5:], []byte{0x20, 0, 0x20, 0})
	look("web.jpg", camera)
}

func TestDecodingTakesNoMoreThanIsForeseen(t *testing.T) {
	const w, h = 512, 384
	img, deep, grey := corners(w, h), image.NewNRGBA64(image.Rect(0, 0, w, h)), image.NewGray16(image.Rect(0, 0, w, h))
	for name, data := range map[string][]byte{
		"a.png":          asPNG(t, img),
		"deep.png":       asPNG(t, deep),
		"grey.png":       asPNG(t, grey),
		"interlaced.png": black(t, w, h, 16, 6, 1, zeros(t, w*h*8+h*15/8)),
		"a.jpg":          asJPEG(t, img),
		"grey.jpg":       asJPEG(t, grey),
		"a.gif":          made(t, func(o io.Writer) error { return gif.Encode(o, img, nil) }),
		"a.bmp":          made(t, func(o io.Writer) error { return bmp.Encode(o, img) }),
		"a.tif":          made(t, func(o io.Writer) error { return tiff.Encode(o, img, nil) }),
		"packed.tif":     made(t, func(o io.Writer) error { return tiff.Encode(o, deep, &tiff.Options{Compression: tiff.Deflate}) }),
		"more.tif":       packed(w, h, 1, zeros(t, 9*w*h)),
		"a.webp":         riff(vp8l(w, h, color.NRGBA{A: 255})),
		"canvas.webp": riff(riffChunk{"VP8X", []byte{2, 0, 0, 0, 255, 1, 0, 127, 1, 0}},
			riffChunk{"ANMF", append(make([]byte, 16), riff(vp8l(w-8, h-8, color.NRGBA{A: 255}))[12:]...)}),
	} {
		f := &File{format: sniff(data), data: data}
		foreseen, _ := f.room(w, h)
		took, err := allocated(func() error {
			_, err := decode(t.Context(), f.format, data)
			return err
		})
		most := foreseen + 256<<10
		if strings.HasSuffix(name, ".tif") {
			most *= 3 // what a buffer leaves behind as it grows counts here
		}
		if err != nil || int64(took) > most {
			t.Errorf("%s: took %d kB where %d kB were foreseen: %v", name, took>>10, foreseen>>10, err)
		}
	}
}

// allocated is how much was made room for, all in all, while something was done.
func allocated(do func() error) (uint64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}
