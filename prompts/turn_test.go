package prompts

import (
	"encoding/binary"
	"image"
	"image/color"
	"strings"
	"testing"
)

// turned is the four colours as they lie in a file of each orientation, from
// left to right and then below, so that upright they are red, green, blue and
// white: where EXIF says the first row and the first column are seen.
func turned(o, w, h int) *image.RGBA {
	order := []string{"RGBW", "RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "GWRB", "WGBR", "BRWG"}[o]
	if o >= 5 {
		w, h = h, w
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, cornerColours()[strings.IndexByte("RGBW", order[2*(2*y/h)+2*x/w])])
		}
	}
	return img
}

func TestEveryOrientationIsTurnedUpright(t *testing.T) {
	for o := 1; o <= 8; o++ {
		img := turned(o, 64, 32)
		files := map[string][]byte{
			"a.jpg":   withSegment(asJPEG(t, img), 0xe1, exifOf(o, false)),
			"a.png":   withChunk(asPNG(t, img), "eXIf", tiffOf(o, false)),
			"a.tif":   tiffFile(binary.BigEndian, img, o, 1),
			"444.tif": tiffFile(binary.LittleEndian, img, o, 1),
		}
		for name, data := range files {
			a := prepare(t, Loader{}, name, data)
			if a.Width != 64 || a.Height != 32 || a.FileWidth != 64 || a.Thumb.Bounds().Dx() != 64 {
				t.Errorf("%s, orientation %d: %d×%d, file %d×%d", name, o, a.Width, a.Height, a.FileWidth, a.FileHeight)
			}
			for i, want := range cornerColours() {
				x, y := 10+i%2*44, 5+i/2*22
				if got := pixel(t, a, x, y); !near(got, color.NRGBA(want)) {
					t.Errorf("%s, orientation %d: %v at %d,%d, want %v", name, o, got, x, y, want)
				}
				if got := color.NRGBAModel.Convert(a.Thumb.At(x, y)).(color.NRGBA); !near(got, color.NRGBA(want)) {
					t.Errorf("%s, orientation %d: thumbnail is %v at %d,%d, want %v", name, o, got, x, y, want)
				}
			}
			if said := strings.Contains(strings.Join(a.Notes, "; "), "turned upright, saved anew as "); said != (o > 1) {
				t.Errorf("%s, orientation %d: %q", name, o, a.Notes)
			}
		}
		webp := riff(riffChunk{"VP8X", []byte{8, 0, 0, 0, 39, 0, 0, 19, 0, 0}}, vp8l(40, 20, color.NRGBA{1, 2, 3, 255}), riffChunk{"EXIF", tiffOf(o, false)})
		if a := prepare(t, Loader{}, "a.webp", webp); (a.Width == 20) != (o >= 5) {
			t.Errorf("WebP, orientation %d: %d×%d", o, a.Width, a.Height)
		}
	}
}

func TestTurnedColoursKeepWhatTheyShare(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		img := image.NewYCbCr(image.Rect(0, 0, 64, 32), ratio)
		for y := range 32 {
			for x := range 64 {
				c := cornerColours()[2*(y/16)+x/32]
				img.Y[img.YOffset(x, y)], img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = color.RGBToYCbCr(c.R, c.G, c.B)
			}
		}
		upright := turn(img, 6) // its left side is what was below
		if got := color.NRGBAModel.Convert(upright.At(5, 5)).(color.NRGBA); upright.Bounds().Dx() != 32 || !near(got, color.NRGBA(cornerColours()[2])) {
			t.Errorf("%v: %v", ratio, got)
		}
		for o := orientation(2); o <= 8; o++ { // of odd sizes no pixel takes another's colour
			for _, r := range []image.Rectangle{image.Rect(0, 0, 33, 17), image.Rect(3, 5, 34, 20)} {
				part := img.SubImage(r)
				seen := turn(part, o)
				w, h := seen.Bounds().Dx(), seen.Bounds().Dy()
				x, y := o.from(2, 1, w, h)
				got, want := color.RGBAModel.Convert(seen.At(2, 1)), color.RGBAModel.Convert(part.At(r.Min.X+x, r.Min.Y+y))
				if got != want {
					t.Errorf("%v of %v, orientation %d: %v, want %v", r, ratio, o, got, want)
				}
			}
		}
	}
}
