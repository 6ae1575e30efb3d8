package prompts

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// photograph is a picture as hard to encode as those of cameras: light that
// changes slowly, and a little noise.
func photograph(w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			light := 128 + 60*math.Sin(float64(x)/90)*math.Cos(float64(y)/70)
			img.Y[img.YOffset(x, y)] = byte(light + 6*noise.NormFloat64())
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(100+i/w%50), byte(110+i%w/40)
	}
	return img
}

// camera12MP is a photograph of 12 megapixels as a camera saves it, about 4 MB.
func camera12MP(b *testing.B, turn int) string {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, photograph(4032, 3024), &jpeg.Options{Quality: 90}); err != nil {
		b.Fatal(err)
	}
	data := withSegment(out.Bytes(), 0xe1, exifOf(turn, true))
	name := filepath.Join(b.TempDir(), "IMG_1234.jpg")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	return name
}

func BenchmarkOpen12MP(b *testing.B) {
	name := camera12MP(b, 1)
	for b.Loop() {
		if _, err := (Loader{}).Open(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrepare12MP(b *testing.B)        { benchmarkPrepare(b, 1) }
func BenchmarkPrepare12MPRotated(b *testing.B) { benchmarkPrepare(b, 6) }

func benchmarkPrepare(b *testing.B, turn int) {
	name := camera12MP(b, turn)
	for b.Loop() {
		f, err := (Loader{}).Open(b.Context(), name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Prepare(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFit12MP(b *testing.B) {
	f, err := (Loader{}).Open(b.Context(), camera12MP(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	a, err := f.Prepare(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := a.Fit(b.Context(), 1568); err != nil {
			b.Fatal(err)
		}
	}
}
