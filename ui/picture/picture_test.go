package picture

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
)

// drawn is a picture of the given rows of pixels, drawn.
func drawn(t *testing.T, c Canvas, rows ...[]color.Color) *Drawing {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, len(rows[0]), len(rows)))
	for y, row := range rows {
		for x, p := range row {
			img.Set(x, y, p)
		}
	}
	d, err := Draw(t.Context(), img, img.Bounds(), c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var (
	red   = color.NRGBA{255, 0, 0, 255}
	green = color.NRGBA{0, 255, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
	white = color.NRGBA{255, 255, 255, 255}
	clear = color.NRGBA{}
)

func TestAHalfBlockShowsTwoPixels(t *testing.T) {
	d := drawn(t, Canvas{Cols: 2, Rows: 1, Mode: Blocks}, []color.Color{red, white}, []color.Color{green, white})
	want := "\x1b[38;2;255;0;0;48;2;0;255;0m▀\x1b[48;2;255;255;255m \x1b[m"
	if got := d.Lines(image.Rectangle{}); len(got) != 1 || got[0] != want {
		t.Errorf("%q, not %q", got, want)
	}
	d = drawn(t, Canvas{Cols: 2, Rows: 1, Mode: Blocks256}, []color.Color{red, color.Gray{128}}, []color.Color{blue, color.Gray{128}})
	want = "\x1b[38;5;196;48;5;21m▀\x1b[48;5;244m \x1b[m"
	if got := d.Lines(image.Rectangle{}); got[0] != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestADotIsTheMeanOfItsPixelsAndAPixelKeepsItsColour(t *testing.T) {
	d := drawn(t, Canvas{Cols: 1, Rows: 1, Mode: Blocks}, []color.Color{red, green}, []color.Color{blue, blue})
	if got := d.Lines(image.Rectangle{})[0]; !strings.Contains(got, "38;2;128;128;0;48;2;0;0;255") {
		t.Errorf("%q", got)
	}
	d = drawn(t, Canvas{Cols: 4, Rows: 2, Mode: Blocks}, []color.Color{red, green}, []color.Color{blue, white})
	lines := d.Lines(image.Rectangle{})
	want := []string{"\x1b[48;2;255;0;0m  \x1b[48;2;0;255;0m  \x1b[m", "\x1b[48;2;0;0;255m  \x1b[48;2;255;255;255m  \x1b[m"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, not %q", lines, want)
	}
}

func TestWhatIsSeenThroughStandsOnACheckerboard(t *testing.T) {
	row := slices.Repeat([]color.Color{clear}, 8)
	d := drawn(t, Canvas{Cols: 8, Rows: 1, Mode: Blocks}, row, row)
	if got, want := d.Lines(image.Rectangle{})[0], "\x1b[48;2;153;153;153m    \x1b[48;2;102;102;102m    \x1b[m"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

// Every kind of picture that a decoder gives shows the same colour.
func TestEveryKindOfPictureIsReadAlike(t *testing.T) {
	r := image.Rect(3, 5, 7, 9) // not at the origin
	gray, ycc := image.NewGray(r), image.NewYCbCr(r, image.YCbCrSubsampleRatio420)
	pal, deep := image.NewPaletted(r, color.Palette{color.White, color.Gray{200}}), image.NewNRGBA64(r)
	rgba, nrgba := image.NewRGBA(r), image.NewNRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			gray.SetGray(x, y, color.Gray{200})
			pal.SetColorIndex(x, y, 1)
			for _, m := range []interface{ Set(int, int, color.Color) }{deep, rgba, nrgba} {
				m.Set(x, y, color.Gray{200})
			}
		}
	}
	for i := range ycc.Y {
		ycc.Y[i] = 200
	}
	for i := range ycc.Cb {
		ycc.Cb[i], ycc.Cr[i] = 128, 128
	}
	for _, img := range []image.Image{gray, ycc, pal, deep, rgba, nrgba} {
		d, err := Draw(t.Context(), img, r, Canvas{Cols: 1, Rows: 1, Mode: Blocks})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Lines(image.Rectangle{})[0]; got != "\x1b[48;2;200;200;200m \x1b[m" {
			t.Errorf("%T: %q", img, got)
		}
	}
}

func TestFitKeepsTheRatio(t *testing.T) {
	for _, x := range []struct{ w, h, cols, rows, cw, ch, wantW, wantH int }{
		{1000, 1000, 80, 40, 10, 20, 80, 40},
		{1000, 1000, 80, 10, 10, 20, 20, 10},
		{1000, 1000, 80, 10, 0, 0, 20, 10},
		{1000, 1000, 80, 10, 8, 16, 20, 10},
		{1000, 1000, 80, 10, 9, 21, 23, 10},
		{1024, 768, 40, 40, 0, 0, 40, 15},
		{1, 1, 3, 1, 0, 0, 2, 1},
		{1, 1, 1, 1, 0, 0, 1, 1},
		{30000, 10, 80, 20, 0, 0, 80, 1},
		{10, 30000, 80, 20, 0, 0, 1, 20},
		{100, 100, 0, 10, 0, 0, 0, 0},
		{0, 0, 10, 10, 0, 0, 0, 0},
		{100, 50, 5000, 5000, 0, 0, 297, 74},
		{1 << 61, 1 << 60, 80, 40, 8, 16, 80, 20}, // as somebody else's session may claim
		{1 << 61, 1, 80, 40, 8, 16, 80, 1},
	} {
		w, h := Fit(image.Pt(x.w, x.h), x.cols, x.rows, image.Pt(x.cw, x.ch))
		if w != x.wantW || h != x.wantH {
			t.Errorf("%+v: %d×%d", x, w, h)
		}
	}
	for w := 1; w < 200; w += 7 { // never outside, and off by less than a cell
		for h := 1; h < 60; h += 3 {
			cols, rows := Fit(image.Pt(1600, 1200), w, h, image.Point{})
			if cols > w || rows > h || cols < 1 || rows < 1 {
				t.Errorf("%d×%d cells: %d×%d", w, h, cols, rows)
			}
			if off := cols*10*3 - rows*20*4; cols > 1 && rows > 1 && (off > 40*2 || off < -40*2) {
				t.Errorf("%d×%d cells: %d×%d is not 4:3", w, h, cols, rows)
			}
		}
	}
}

func TestEveryLineIsAsWideAsThePicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for _, mode := range []Mode{Blocks256, Blocks, Kitty} {
		for _, size := range [][2]int{{1, 1}, {7, 3}, {80, 20}, {297, 100}, {297, 297}} {
			d, err := Draw(t.Context(), img, img.Bounds(), Canvas{Cols: size[0], Rows: size[1], Mode: mode, ID: Name(1)})
			if err != nil {
				t.Fatal(err)
			}
			lines := d.Lines(image.Rect(1, 1, 4, 3))
			if len(lines) != size[1] {
				t.Errorf("%d lines of %d", len(lines), size[1])
			}
			for y, l := range lines {
				if a, b := ansi.StringWidth(l), ansi.StringWidthWc(l); a != size[0] || b != size[0] {
					t.Fatalf("mode %d, line %d of %v: %d cells by cluster, %d by character", mode, y, size, a, b)
				}
			}
		}
	}
}

func TestPlaceholdersSayRowColumnAndName(t *testing.T) {
	d := drawn(t, Canvas{Cols: 3, Rows: 2, Mode: Kitty, ID: 0x05_00_00_2a}, []color.Color{red, green, blue})
	for y, l := range d.Lines(image.Rectangle{}) {
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(l, "\x1b[38;5;42m"), reset), string(kitty.Placeholder))[1:]
		if len(cells) != 3 {
			t.Fatalf("%q", l)
		}
		for x, marks := range cells {
			if marks != string([]rune{kitty.Diacritic(y), kitty.Diacritic(x), kitty.Diacritic(5)}) {
				t.Errorf("row %d, column %d: %U", y, x, []rune(marks))
			}
		}
	}
	for i := range Spans { // which is what makes them take no room
		if !unicode.Is(unicode.Mn, kitty.Diacritic(i)) || i > 0 && kitty.Diacritic(i) == kitty.Diacritic(0) {
			t.Errorf("mark %d is %U", i, kitty.Diacritic(i))
		}
	}
}

func TestNamesDifferAndFitTheColours(t *testing.T) {
	seen := map[uint32]bool{}
	for n := range 61_200 {
		id := Name(n)
		if low := id & 0xff; seen[id] || low < 16 || id&0x00ffff00 != 0 || id>>24 == 0 {
			t.Fatalf("name %d is %#x", n, id)
		}
		seen[id] = true
	}
	if Name(61_200) != Name(0) {
		t.Error("names do not come round")
	}
}

var piece = regexp.MustCompile("\x1b_G([^;\x1b]*);([A-Za-z0-9+/=]*)\x1b\\\\")

// pixels is what a terminal makes of a transmission.
func pixels(t *testing.T, setup string) []byte {
	t.Helper()
	var data strings.Builder
	found := piece.FindAllStringSubmatch(setup, -1)
	if piece.ReplaceAllString(setup, "") != "" {
		t.Fatalf("more than pictures: %q", piece.ReplaceAllString(setup, ""))
	}
	for i, p := range found {
		more := i < len(found)-1
		if len(p[2]) > 4096 || more && (len(p[2])%4 != 0 || !strings.HasSuffix(p[1], "m=1")) || !more && !strings.HasSuffix(p[1], "m=0") || !strings.Contains(p[1], "q=2") {
			t.Fatalf("piece %d of %d: %q with %d bytes", i, len(found), p[1], len(p[2]))
		}
		data.WriteString(p[2])
	}
	packed, err := base64.StdEncoding.DecodeString(data.String())
	if err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheTerminalIsSentThePixelsOnce(t *testing.T) {
	d := drawn(t, Canvas{Cols: 3, Rows: 2, Mode: Kitty, ID: Name(7)}, []color.Color{red, green}, []color.Color{blue, white})
	if got := pixels(t, d.Setup); !bytes.Equal(got, []byte{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}) {
		t.Errorf("% x", got)
	}
	if head := fmt.Sprintf("\x1b_Ga=T,U=1,i=%d,c=3,r=2,f=24,s=2,v=2,o=z,q=2,m=0;", Name(7)); !strings.HasPrefix(d.Setup, head) {
		t.Errorf("%q, not %q", d.Setup, head)
	}
	noise := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	state := uint32(1)
	for i := range noise.Pix {
		state = state*1664525 + 1013904223
		noise.Pix[i] = byte(state >> 24)
		if i%4 == 3 {
			noise.Pix[i] = 255
		}
	}
	d, err := Draw(t.Context(), noise, noise.Bounds(), Canvas{Cols: 60, Rows: 30, Mode: Kitty, ID: Name(8), Cell: image.Pt(10, 20)})
	if err != nil {
		t.Fatal(err)
	}
	if got := pixels(t, d.Setup); len(got) != 300*300*3 || strings.Count(d.Setup, "\x1b_G") < 2 {
		t.Errorf("%d bytes in %d pieces", len(got), strings.Count(d.Setup, "\x1b_G"))
	}
	d, err = Draw(t.Context(), noise, noise.Bounds(), Canvas{Cols: 5, Rows: 3, Mode: Kitty, ID: Name(8), Cell: image.Pt(8, 16)})
	if err != nil {
		t.Fatal(err)
	}
	if got := pixels(t, d.Setup); len(got) != 40*48*3 {
		t.Errorf("%d bytes for 5×3 cells of 8×16 pixels", len(got))
	}
}

func TestTmuxPassesEverySequenceOn(t *testing.T) {
	plain := drawn(t, Canvas{Cols: 3, Rows: 2, Mode: Kitty, ID: Name(7)}, []color.Color{red, green}).Setup
	wrapped := drawn(t, Canvas{Cols: 3, Rows: 2, Mode: Kitty, ID: Name(7), Tmux: true}, []color.Color{red, green}).Setup
	for what, x := range map[string][2]string{
		"picture": {plain, wrapped}, "query": {Query(false), Query(true)}, "delete": {Delete(9, false), Delete(9, true)},
	} {
		inner, ok := strings.CutPrefix(x[1], "\x1bPtmux;")
		inner, end := strings.CutSuffix(inner, "\x1b\\")
		if !ok || !end || strings.ReplaceAll(inner, "\x1b\x1b", "\x1b") != x[0] || strings.Contains(strings.ReplaceAll(inner, "\x1b\x1b", ""), "\x1b") {
			t.Errorf("%s: %q is not %q wrapped", what, x[1], x[0])
		}
	}
}

func TestAnAnswerIsOneOnlyToThisQuestion(t *testing.T) {
	for _, x := range []struct {
		id         int
		words      string
		asked, yes bool
	}{
		{queried, "OK", true, true},
		{queried, "ENOTSUPPORTED:no", true, false},
		{queried, "", true, false},
		{queried, "OKAY", true, false},
		{0, "OK", false, false},
		{77, "OK", false, false},
	} {
		if asked, yes := Answers(x.id, []byte(x.words)); asked != x.asked || yes != x.yes {
			t.Errorf("%+v: %v, %v", x, asked, yes)
		}
	}
	if !strings.Contains(Query(false), fmt.Sprintf("i=%d,", queried)) || strings.Contains(Query(false), "a=T") {
		t.Errorf("%q", Query(false))
	}
}

func TestDrawingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	img := image.NewRGBA(image.Rect(0, 0, 100, 100))
	for _, mode := range []Mode{Blocks, Kitty} {
		if d, err := Draw(ctx, img, img.Bounds(), Canvas{Cols: 10, Rows: 5, Mode: mode}); err == nil {
			t.Errorf("mode %d: %v", mode, d)
		}
	}
}

func TestAPartIsDrawnAndNothingOfTheRest(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 10, 10))
	for y := range 10 {
		for x := range 10 {
			img.Set(x, y, red)
		}
	}
	img.Set(4, 4, blue)
	d, err := Draw(t.Context(), img, image.Rect(4, 4, 5, 5), Canvas{Cols: 2, Rows: 1, Mode: Blocks})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Lines(image.Rectangle{})[0]; got != "\x1b[48;2;0;0;255m  \x1b[m" {
		t.Errorf("%q", got)
	}
	d, err = Draw(t.Context(), img, image.Rect(40, 40, 50, 50), Canvas{Cols: 2, Rows: 1, Mode: Blocks})
	if err != nil {
		t.Fatal(err)
	}
	if got := ansi.Strip(d.Lines(image.Rectangle{})[0]); got != "  " {
		t.Errorf("a part outside: %q", got)
	}
}

func TestShrinkKeepsRatioColourAndWhatIsSeenThrough(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 1000, 10))
	for x := range 1000 {
		for y := range 10 {
			img.Set(x, y, color.NRGBA{200, 100, 0, 128})
		}
	}
	small, err := Shrink(t.Context(), img, 100)
	if err != nil {
		t.Fatal(err)
	}
	if small.Bounds() != image.Rect(0, 0, 100, 1) {
		t.Errorf("%v", small.Bounds())
	}
	if c := color.NRGBAModel.Convert(small.At(50, 0)).(color.NRGBA); c.A != 128 || c.R < 198 || c.R > 201 {
		t.Errorf("%v", c)
	}
	if same, err := Shrink(t.Context(), small, 100); err != nil || same != small {
		t.Errorf("what is small enough became another: %v", err)
	}
}

func TestAFrameShowsTheChosenPart(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	d, err := Draw(t.Context(), img, img.Bounds(), Canvas{Cols: 6, Rows: 4, Mode: Blocks})
	if err != nil {
		t.Fatal(err)
	}
	for frame, want := range map[image.Rectangle]string{
		image.Rect(1, 0, 5, 3):   " ┌──┐ / │  │ / └──┘ /      ",
		image.Rect(0, 0, 1, 1):   "┼     /      /      /      ",
		image.Rect(0, 1, 3, 2):   "      /┼─┼   /      /      ",
		image.Rect(0, 0, 0, 0):   "      /      /      /      ",
		image.Rect(-2, -2, 2, 2): " │    /─┘    /      /      ",
	} {
		if got := ansi.Strip(strings.Join(d.Lines(frame), "/")); got != want {
			t.Errorf("%v: %q, not %q", frame, got, want)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	photo := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	thumb := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for _, x := range []struct {
		name string
		img  image.Image
		c    Canvas
	}{
		{"stage/blocks", thumb, Canvas{Cols: 40, Rows: 15, Mode: Blocks}},
		{"stage/kitty", thumb, Canvas{Cols: 40, Rows: 15, Mode: Kitty, ID: 1}},
		{"screen/blocks", photo, Canvas{Cols: 200, Rows: 60, Mode: Blocks}},
		{"screen/kitty", photo, Canvas{Cols: 200, Rows: 60, Mode: Kitty, ID: 1}},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				d, err := Draw(b.Context(), x.img, x.img.Bounds(), x.c)
				if err != nil {
					b.Fatal(err)
				}
				d.Lines(image.Rectangle{})
			}
		})
	}
}
