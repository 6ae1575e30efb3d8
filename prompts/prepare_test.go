package prompts

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func prepare(t testing.TB, l Loader, name string, data []byte) *Attachment {
	t.Helper()
	f, err := l.Look(name, "clipboard", data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := f.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.Width != a.FileWidth || f.Height != a.FileHeight {
		t.Errorf("%s: %d×%d looked at, %d×%d prepared", name, f.Width, f.Height, a.FileWidth, a.FileHeight)
	}
	return a
}

// pixel is one pixel of what is sent, decoded again.
func pixel(t testing.TB, a *Attachment, x, y int) color.NRGBA {
	t.Helper()
	img, err := a.Decode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return color.NRGBAModel.Convert(img.At(img.Bounds().Min.X+x, img.Bounds().Min.Y+y)).(color.NRGBA)
}

func near(a, b color.NRGBA) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
		if d < -12 || d > 12 {
			return false
		}
	}
	return true
}

func TestEveryFormatIsSentAsItsPixels(t *testing.T) {
	red := color.NRGBA{220, 30, 30, 255}
	img := plain(40, 30, red)
	grey := image.NewGray(image.Rect(0, 0, 40, 30))
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	pal := image.NewPaletted(img.Rect, color.Palette{color.Black, red})
	for i := range pal.Pix {
		pal.Pix[i], grey.Pix[i] = 1, 200
		deep.Set(i%40, i/40, red)
	}
	anim := &gif.GIF{Image: []*image.Paletted{pal, pal, pal}, Delay: []int{1, 1, 1}, Config: image.Config{Width: 40, Height: 30}}
	apng := withChunk(asPNG(t, img), "acTL", []byte{0, 0, 0, 7, 0, 0, 0, 0})
	frame := vp8l(40, 30, red)
	anmf := riffChunk{"ANMF", append(make([]byte, 16), riff(frame)[12:]...)}
	canvas := riffChunk{"VP8X", []byte{2, 0, 0, 0, 39, 0, 0, 29, 0, 0}}
	light := color.NRGBA{200, 200, 200, 255}
	loop := tiffFile(binary.LittleEndian, corners(40, 30), 1, 1)
	first := binary.LittleEndian.Uint32(loop[4:])
	binary.LittleEndian.PutUint32(loop[int(first)+2+12*int(binary.LittleEndian.Uint16(loop[first:])):], first) // and again
	for _, c := range []struct {
		name, mime string
		data       []byte
		want       color.NRGBA
		notes      []string
	}{
		{"a.png", "image/png", asPNG(t, img), red, nil},
		{"a.png", "image/png", asPNG(t, pal), red, nil},
		{"a.png", "image/png", asPNG(t, deep), red, nil},
		{"a.png", "image/png", asPNG(t, grey), light, nil},
		{"a.png", "image/png", apng, red, []string{"first of 7 pictures"}},
		{"a.jpg", "image/jpeg", asJPEG(t, img), red, nil},
		{"a.jpg", "image/jpeg", asJPEG(t, grey), light, nil},
		{"a.png", "image/jpeg", asJPEG(t, img), red, []string{"is a JPEG, whatever its name says"}},
		{"a.JPEG", "image/png", asPNG(t, img), red, []string{"is a PNG, whatever its name says"}},
		{"a.gif", "image/png", made(t, func(w io.Writer) error { return gif.EncodeAll(w, anim) }), red, []string{"first of 3 pictures", "saved anew as PNG: not every model reads GIF"}},
		{"a.gif", "image/png", made(t, func(w io.Writer) error { return gif.Encode(w, pal, nil) }), red, []string{"saved anew as PNG: not every model reads GIF"}},
		{"a.webp", "image/png", riff(frame), red, []string{"saved anew as PNG: not every model reads WebP"}},
		{"a.webp", "image/png", riff(canvas, anmf, anmf), red, []string{"first of 2 pictures", "saved anew as PNG: not every model reads WebP"}},
		{"a.bmp", "image/png", made(t, func(w io.Writer) error { return bmp.Encode(w, img) }), red, []string{"saved anew as PNG: not every model reads BMP"}},
		{"a.tif", "image/png", made(t, func(w io.Writer) error { return tiff.Encode(w, img, nil) }), red, []string{"saved anew as PNG: not every model reads TIFF"}},
		{"a.tif", "image/png", made(t, func(w io.Writer) error {
			return tiff.Encode(w, deep, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}), red, []string{"saved anew as PNG: not every model reads TIFF"}},
		{"a.tiff", "image/png", tiffFile(binary.LittleEndian, corners(40, 30), 1, 1), color.NRGBA(cornerColours()[0]), []string{"saved anew as PNG: not every model reads TIFF"}},
		{"loop.tiff", "image/png", loop, color.NRGBA(cornerColours()[0]), []string{"saved anew as PNG: not every model reads TIFF"}},
		{"a.tiff", "image/png", tiffFile(binary.BigEndian, corners(40, 30), 1, 3), color.NRGBA(cornerColours()[0]), []string{"first of 3 pages", "saved anew as PNG: not every model reads TIFF"}},
	} {
		a := prepare(t, Loader{}, c.name, c.data)
		if a.MIME != c.mime || a.Kind() != Picture || a.Width != 40 || a.Height != 30 || !slices.Equal(a.Notes, c.notes) {
			t.Errorf("%s: %s, %d×%d, %q, want %s and %q", c.name, a.MIME, a.Width, a.Height, a.Notes, c.mime, c.notes)
		}
		if got := pixel(t, a, 5, 5); !near(got, c.want) {
			t.Errorf("%s (%s): is %v, want %v", c.name, c.notes, got, c.want)
		}
		if b := a.Thumb.Bounds(); b.Dx() != 40 || b.Dy() != 30 {
			t.Errorf("%s: thumbnail of %v", c.name, b)
		}
		again := prepare(t, Loader{}, "", a.Data)
		if len(again.Notes) > 0 || !bytes.Equal(again.Data, a.Data) {
			t.Errorf("%s: prepared again it is changed: %q", c.name, again.Notes)
		}
	}
}

func TestRareJPEGsAreRead(t *testing.T) {
	if a := prepare(t, Loader{}, "a.jpg", tinyJPEG(0xc2, false, nil, []int{200})); pixel(t, a, 3, 3) != (color.NRGBA{200, 200, 200, 255}) || a.Notes != nil {
		t.Errorf("progressive: %v, %q", pixel(t, a, 3, 3), a.Notes)
	}
	a := prepare(t, Loader{}, "a.jpg", tinyJPEG(0xc0, true, nil, []int{200}, []int{40}, []int{210}))
	if pixel(t, a, 3, 3).R != 200 || pixel(t, a, 11, 3).R != 40 || pixel(t, a, 20, 3).R != 210 || a.Width != 24 {
		t.Errorf("restarts: %v %v %v", pixel(t, a, 3, 3), pixel(t, a, 11, 3), pixel(t, a, 20, 3))
	}
	a = prepare(t, Loader{}, "a.jpg", tinyJPEG(0xc0, false, adobe(), []int{255, 1, 1, 255}))
	if !near(pixel(t, a, 3, 3), color.NRGBA{255, 0, 0, 255}) || a.MIME != "image/jpeg" || !slices.Equal(a.Notes, []string{"CMYK turned into RGB", "saved anew as JPEG, quality 95"}) {
		t.Errorf("CMYK: %v, %s, %q", pixel(t, a, 3, 3), a.MIME, a.Notes)
	}
}

func TestAFaxIsNotANegative(t *testing.T) {
	white := image.NewRGBA(image.Rect(0, 0, 8, 8))
	copy(white.Pix, []byte{0xff, 0x00, 0x10, 0, 0x01}) // eight lines without a change, and the end
	for dark, want := range map[uint32]byte{0: 255, 1: 0} {
		fax := tiffFile(binary.BigEndian, white, 1, 1, [4]uint32{258, 4, 1, 1}, [4]uint32{259, 4, 1, 4}, [4]uint32{262, 4, 1, dark}, [4]uint32{277, 4, 1, 1}, [4]uint32{279, 4, 1, 4})
		if got := pixel(t, prepare(t, Loader{}, "a.tif", fax), 3, 3); got != (color.NRGBA{want, want, want, 255}) {
			t.Errorf("where zero is black is %d: %v", dark, got)
		}
	}
}

func TestOddSizesAreRead(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {30_000, 10}, {10, 30_000}, {1, 700}, {641, 639}} {
		for name, data := range map[string][]byte{
			"a.png": asPNG(t, corners(size.X, size.Y)),
			"a.jpg": asJPEG(t, corners(size.X, size.Y)),
		} {
			a := prepare(t, Loader{}, name, data)
			b := a.Thumb.Bounds()
			if a.Width != size.X || a.Height != size.Y || max(b.Dx(), b.Dy()) != min(ThumbEdge, max(size.X, size.Y)) || min(b.Dx(), b.Dy()) < 1 {
				t.Errorf("%s: %v: %d×%d, thumbnail %v", name, size, a.Width, a.Height, b)
			}
		}
	}
}

func TestTransparencyIsKept(t *testing.T) {
	clear := color.NRGBA{200, 100, 50, 100}
	part := image.NewPaletted(image.Rect(4, 4, 8, 8), color.Palette{color.Black})
	for name, data := range map[string][]byte{
		"a.png":  asPNG(t, plain(16, 16, clear)),
		"a.webp": riff(vp8l(16, 16, clear)),
	} {
		a := prepare(t, Loader{}, name, data)
		if got := pixel(t, a, 3, 3); got != clear {
			t.Errorf("%s: %v", name, got)
		}
		small, err := a.Fit(t.Context(), 4)
		if err != nil {
			t.Fatal(err)
		}
		if got := pixel(t, small, 1, 1); !near(got, clear) {
			t.Errorf("%s, scaled: %v", name, got)
		}
	}
	file := made(t, func(w io.Writer) error {
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{part}, Delay: []int{0}, Config: image.Config{Width: 16, Height: 16}})
	})
	a := prepare(t, Loader{}, "a.gif", file)
	if a.Width != 16 || pixel(t, a, 1, 1).A != 0 || pixel(t, a, 5, 5) != (color.NRGBA{0, 0, 0, 255}) {
		t.Errorf("a GIF smaller than its canvas: %d wide, %v, %v", a.Width, pixel(t, a, 1, 1), pixel(t, a, 5, 5))
	}
}

func TestLargePhotographsOfOtherFormatsBecomeJPEG(t *testing.T) {
	img, noise := image.NewRGBA(image.Rect(0, 0, 1300, 1100)), rand.NewChaCha8([32]byte{})
	noise.Read(img.Pix)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	a := prepare(t, Loader{}, "scan.bmp", made(t, func(w io.Writer) error { return bmp.Encode(w, img) }))
	if a.MIME != "image/jpeg" || !slices.Equal(a.Notes, []string{"saved anew as JPEG, quality 95: not every model reads BMP"}) {
		t.Errorf("%s, %q, %d bytes", a.MIME, a.Notes, len(a.Data))
	}
}

// A dying context is over once it was asked often enough: a moment that does
// not depend on how fast a machine is.
type dying struct {
	context.Context
	left, after int
}

func (d *dying) Err() error {
	if d.left--; d.left >= 0 {
		return nil
	}
	d.after++
	return context.Canceled
}

func TestPreparingEndsWithItsContext(t *testing.T) {
	img := opaque(photograph(320, 240))
	for name, data := range map[string][]byte{
		"a.jpg":      asJPEG(t, img),
		"turned.jpg": withSegment(asJPEG(t, img), 0xe1, exifOf(6, false)),
		"a.png":      asPNG(t, img),
		"a.bmp":      made(t, func(w io.Writer) error { return bmp.Encode(w, img) }),
		"a.tif":      made(t, func(w io.Writer) error { return tiff.Encode(w, img, nil) }),
	} {
		asked := &dying{Context: t.Context(), left: 1 << 30}
		f, err := (Loader{}).Look(name, "", data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Prepare(asked); err != nil {
			t.Fatal(err)
		}
		often := 1<<30 - asked.left
		if often < 10 {
			t.Errorf("%s: asks only %d times whether it is still wanted", name, often)
		}
		for n := 0; n < often; n += 1 + often/6 {
			ctx := &dying{Context: t.Context(), left: n}
			f, err := (Loader{}).Look(name, "", data)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Prepare(ctx); !errors.Is(err, context.Canceled) || ctx.after > 12 {
				t.Errorf("%s: over after %d of %d: %v, and asked %d times more", name, n, often, err, ctx.after)
			}
		}
	}
}

func TestPreparedTwiceIsPreparedOnce(t *testing.T) {
	f, err := (Loader{}).Look("a.png", "", asPNG(t, corners(8, 8)))
	if err != nil {
		t.Fatal(err)
	}
	a, err := f.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := f.Prepare(t.Context()); err != nil || a != b {
		t.Errorf("%v, %v", b, err)
	}
	f, err = (Loader{}).Look("a.png", "", withChunk(asPNG(t, corners(8, 8)), "eXIf", tiffOf(6, false)))
	if err != nil {
		t.Fatal(err)
	}
	early := 0
	f.Early = func(image.Image) { early++ }
	made := make(chan *Attachment)
	for range 4 {
		go func() {
			a, _ := f.Prepare(t.Context())
			made <- a
		}()
	}
	a = <-made
	for range 3 {
		if b := <-made; b == nil || a != b {
			t.Errorf("at once: %v and %v", a, b)
		}
	}
	if early != 1 {
		t.Errorf("seen early %d times", early)
	}
}

func TestPreparedFilesHoldWhatIsSentAndNoMore(t *testing.T) {
	data := asJPEG(t, photograph(1200, 900))
	data = withSegment(data, 0xe1, exifOf(1, true))
	dir := t.TempDir()
	name := filepath.Join(dir, "a.jpg")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const n = 8
	var open []*File // as a screen holds on to them
	for range n {
		f, err := (Loader{}).Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int(after.HeapAlloc) - int(before.HeapAlloc)
	if most := n*(len(data)+ThumbEdge*480*4) + 1<<20; held > most {
		t.Errorf("%d files hold %d bytes, more than %d", len(open), held, most)
	}
	runtime.KeepAlive(open)
}

// Phones lay their pictures on the side, so most photographs are saved anew.
func TestAPictureIsSeenBeforeItIsSavedAnew(t *testing.T) {
	side := image.NewGray(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 40 {
			side.SetGray(x, y, color.Gray{Y: 255}) // bright on the left
		}
	}
	f, err := Loader{}.Look("phone.jpg", "clipboard", withSegment(asJPEG(t, side), 0xe1, exifOf(6, false)))
	if err != nil {
		t.Fatal(err)
	}
	var early []image.Image
	f.Early = func(thumb image.Image) { early = append(early, thumb) }
	a, err := f.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(early) != 1 || early[0] != a.Thumb {
		t.Fatalf("%d early pictures, and not that of the attachment", len(early))
	}
	if size := early[0].Bounds().Size(); size != image.Pt(40, 80) {
		t.Errorf("it is %v: not upright", size)
	}
	if r, _, _, _ := early[0].At(20, 10).RGBA(); r < 0xf000 {
		t.Errorf("its top is %#x, not bright", r)
	}
}
