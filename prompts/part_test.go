package prompts

import (
	"bytes"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
)

func TestFitScalesTheLongerSideToTheEdge(t *testing.T) {
	for _, c := range []struct{ w, h, edge, toW, toH int }{
		{4032, 3024, 1024, 1024, 768},
		{3024, 4032, 1024, 768, 1024},
		{641, 480, 640, 640, 479},
		{3000, 10, 300, 300, 1},
		{3000, 1, 100, 100, 1},
		{999, 333, 1, 1, 1},
		{100, 50, 100, 100, 50},
		{100, 50, 5000, 100, 50},
	} {
		if c.w > 4000 || c.h > 4000 {
			if w, h := fitting(c.w, c.h, c.edge); w != c.toW || h != c.toH {
				t.Errorf("%+v: %d×%d", c, w, h)
			}
			continue
		}
		for name, data := range map[string][]byte{"a.png": asPNG(t, corners(c.w, c.h)), "a.jpg": asJPEG(t, corners(c.w, c.h))} {
			a := prepare(t, Loader{}, name, data)
			was := bytes.Clone(a.Data)
			small, err := a.Fit(t.Context(), c.edge)
			if err != nil {
				t.Fatal(err)
			}
			img, err := small.Decode(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if b := img.Bounds(); b.Dx() != c.toW || b.Dy() != c.toH || small.Width != c.toW || small.Height != c.toH || small.MIME != a.MIME || small.FileWidth != c.w {
				t.Errorf("%s, %+v: %v, %+v", name, c, b, small)
			}
			if (small == a) != (c.edge >= max(c.w, c.h)) || len(a.Notes) > 0 || !bytes.Equal(a.Data, was) {
				t.Errorf("%s, %+v: the larger one was changed", name, c)
			}
		}
	}
	a := prepare(t, Loader{}, "a.png", asPNG(t, corners(400, 300)))
	if _, err := a.Fit(t.Context(), 0); err == nil {
		t.Error("scaled to nothing")
	}
	small, err := a.Fit(t.Context(), 100)
	if err != nil || !slices.Equal(small.Notes, []string{"scaled to 100×75 of 400×300"}) {
		t.Errorf("%q, %v", small.Notes, err)
	}
	text := prepare(t, Loader{}, "a.txt", []byte("hello"))
	if b, err := text.Fit(t.Context(), 1); b != text || err != nil {
		t.Errorf("%v, %v", b, err)
	}
}

func TestScalingKeepsColoursWhereTheyAre(t *testing.T) {
	for _, edge := range []int{399, 200, 133, 20} {
		for name, data := range map[string][]byte{"a.png": asPNG(t, corners(400, 300)), "a.jpg": asJPEG(t, corners(400, 300))} {
			a, err := prepare(t, Loader{}, name, data).Fit(t.Context(), edge)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range cornerColours() {
				x, y := a.Width/4+i%2*a.Width/2, a.Height/4+i/2*a.Height/2
				if got := pixel(t, a, x, y); !near(got, color.NRGBA(want)) {
					t.Errorf("%s at %d: %v at %d,%d, want %v", name, edge, got, x, y, want)
				}
			}
			if edge >= 64 { // the edge between two colours stays in the middle, and sharp
				left, right := pixel(t, a, a.Width/2-3, 3), pixel(t, a, a.Width/2+2, 3)
				if !near(left, color.NRGBA(cornerColours()[0])) && name == "a.png" || right.G < left.G+100 {
					t.Errorf("%s at %d: %v beside %v", name, edge, left, right)
				}
			}
		}
	}
}

func TestScalingAveragesFineDetail(t *testing.T) {
	board := image.NewGray(image.Rect(0, 0, 512, 512))
	for i := range board.Pix {
		board.Pix[i] = byte((i%512 + i/512) % 2 * 255)
	}
	for _, edge := range []int{256, 171, 64, 7} {
		a, err := prepare(t, Loader{}, "a.png", asPNG(t, board)).Fit(t.Context(), edge)
		if err != nil {
			t.Fatal(err)
		}
		img, err := a.Decode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		grey, ok := img.(*image.Gray)
		if !ok {
			t.Fatalf("grey became %T", img)
		}
		for i, v := range grey.Pix {
			if v < 110 || v > 145 {
				t.Errorf("at %d: pixel %d is %d: aliasing", edge, i, v)
				break
			}
		}
	}
}

func TestShrinkingPlanesIsShrinkingPixels(t *testing.T) {
	img := photograph(131, 97)
	for _, k := range []int{2, 3, 5, 8} {
		a, err := shrink(t.Context(), img, k)
		if err != nil {
			t.Fatal(err)
		}
		b, err := shrink(t.Context(), opaque(img), k)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Pix {
			if d := int(a.Pix[i]) - int(b.Pix[i]); d < -14 || d > 14 {
				t.Errorf("by %d: %d and %d at %d", k, a.Pix[i], b.Pix[i], i)
				break
			}
		}
	}
}

func TestAPartIsAPictureOfItsOwn(t *testing.T) {
	for name, data := range map[string][]byte{"pin.png": asPNG(t, corners(400, 300)), "pin.jpg": asJPEG(t, corners(400, 300))} {
		a := prepare(t, Loader{}, name, data)
		part, err := a.Crop(t.Context(), image.Rect(300, 10, 500, 110))
		if err != nil {
			t.Fatal(err)
		}
		if part.Name != name+" (part)" || part.Width != 100 || part.Height != 100 || part.FileWidth != 100 || part.MIME != a.MIME ||
			!slices.Equal(part.Notes, []string{"part 100×100 at 300,10 of " + name}) || part.Thumb.Bounds().Dx() != 100 {
			t.Errorf("%s: %+v", name, part)
		}
		if got := pixel(t, part, 50, 50); !near(got, color.NRGBA(cornerColours()[1])) {
			t.Errorf("%s: %v", name, got)
		}
		smaller, err := part.Crop(t.Context(), image.Rect(20, 20, 10, 10))
		if err != nil || smaller.Name != name+" (part)" || smaller.Width != 10 {
			t.Errorf("%s: %+v, %v", name, smaller, err)
		}
		lying := &Attachment{Name: name, MIME: a.MIME, Data: a.Data, Width: 1000, Height: 1000} // of a session from elsewhere
		if got, err := lying.Crop(t.Context(), image.Rect(400, 0, 500, 10)); err == nil {
			t.Errorf("%s: a part outside of it is %d×%d", name, got.Width, got.Height)
		}
		if _, err := a.Crop(t.Context(), image.Rect(400, 0, 500, 10)); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("nothing: %v", err)
		}
	}
	text := prepare(t, Loader{}, "a.txt", []byte("hello"))
	if _, err := text.Crop(t.Context(), image.Rect(0, 0, 1, 1)); err == nil {
		t.Error("a part of a text")
	}
	if _, err := text.Decode(t.Context()); err == nil {
		t.Error("the pixels of a text")
	}
}

func TestProfilesStayWithTheirColours(t *testing.T) {
	profile := make([]byte, 70_000) // two segments of a JPEG
	copy(profile[16:], "RGB ")
	webp := riff(riffChunk{"VP8X", []byte{0x20, 0, 0, 0, 31, 0, 0, 31, 0, 0}}, riffChunk{"ICCP", profile}, vp8l(32, 32, color.NRGBA{A: 255}))
	a := prepare(t, Loader{}, "a.webp", webp)
	if len(a.Notes) != 1 || !bytes.Contains(a.Data, []byte("iCCP")) {
		t.Errorf("%q", a.Notes)
	}
	small, err := a.Fit(t.Context(), 8)
	if err != nil || !bytes.Contains(small.Data, []byte("iCCP")) {
		t.Errorf("scaled: %v", err)
	}
	copy(profile[16:], "GRAY")
	webp = riff(riffChunk{"VP8X", []byte{0x20, 0, 0, 0, 31, 0, 0, 31, 0, 0}}, riffChunk{"ICCP", profile}, vp8l(32, 32, color.NRGBA{A: 255}))
	a = prepare(t, Loader{}, "a.webp", webp)
	if !slices.Contains(a.Notes, lostProfile) || bytes.Contains(a.Data, []byte("iCCP")) {
		t.Errorf("%q", a.Notes)
	}
	segments := iccSegments(profile)
	j, err := parseJPEG(withProfile(asJPEG(t, corners(8, 8)), segments), false)
	if err != nil || !bytes.Equal(j.profile, segments) || bytes.Count(segments, []byte("ICC_PROFILE")) != 2 {
		t.Errorf("%v, %d bytes", err, len(j.profile))
	}
}
