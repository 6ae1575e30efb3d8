package prompts

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestCameraDataIsRemovedAndSaid(t *testing.T) {
	img := corners(32, 32)
	xmp := "http://ns.adobe.com/xap/1.0/\x00<x exif:GPSLatitude='1' by='" + secret + "'/>"
	icc := append([]byte("ICC_PROFILE\x00\x01\x01"), bytes.Repeat([]byte("profile "), 30)...)
	base := asJPEG(t, img)
	film := append(bytes.Clone(base), "\x00\x00\x00\x18ftypmp42 the film of "+secret...)
	text := func(name, body string) []byte { return withChunk(asPNG(t, img), name, []byte(body+secret)) }
	for _, c := range []struct {
		name  string
		data  []byte
		notes []string
	}{
		{"exif.jpg", withSegment(base, 0xe1, exifOf(1, false)), []string{"camera data removed"}},
		{"gps.jpg", withSegment(base, 0xe1, exifOf(1, true)), []string{"camera data and place removed"}},
		{"xmp.jpg", withSegment(base, 0xe1, []byte(xmp)), []string{"camera data and place removed"}},
		{"iptc.jpg", withSegment(base, 0xed, []byte("Photoshop 3.0\x008BIM"+secret)), []string{"camera data removed"}},
		{"comment.jpg", withSegment(base, 0xfe, []byte(secret)), []string{"comments removed"}},
		{"c2pa.jpg", withSegment(base, 0xeb, []byte("JP"+secret)), []string{"other data removed"}},
		{"thumb.jpg", withSegment(base, 0xe0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x05\x01"+secret)), []string{"other data removed"}},
		{"adobe.jpg", withSegment(base, 0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x01"+secret)), []string{"other data removed"}},
		{"mpf.jpg", withSegment(base, 0xe2, []byte("MPF\x00"+secret)), []string{"data behind the picture removed"}},
		{"between.jpg", slices.Concat(base[:2], []byte("\xff\x00"+secret), base[2:]), []string{"other data removed"}},
		{"motion.jpg", film, []string{"data behind the picture removed"}},
		{"all.jpg", withSegment(withSegment(withSegment(film, 0xeb, []byte("JP"+secret)), 0xfe, []byte(secret)), 0xe1, exifOf(1, true)), []string{"camera data, place, comments, other data and data behind the picture removed"}},
		{"both.png", withChunk(text("tEXt", "Comment\x00"), "eXIf", tiffOf(1, false)), []string{"camera data and comments removed"}},
		{"icc.jpg", withSegment(withSegment(base, 0xe2, icc), 0xe1, exifOf(1, true)), []string{"camera data and place removed"}},
		{"turned.jpg", withSegment(withSegment(base, 0xe2, icc), 0xe1, exifOf(6, true)), []string{"turned upright, saved anew as JPEG, quality 95", "camera data and place removed"}},
		{"exif.png", withChunk(asPNG(t, img), "eXIf", tiffOf(1, true)), []string{"camera data and place removed"}},
		{"text.png", text("tEXt", "Comment\x00"), []string{"comments removed"}},
		{"ztxt.png", text("zTXt", "Raw profile type exif\x00\x00"), []string{"camera data removed"}},
		{"itxt.png", text("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00 exif:GPSLatitude "), []string{"camera data and place removed"}},
		{"time.png", text("tIME", ""), []string{"other data removed"}},
		{"own.png", text("prIv", ""), []string{"other data removed"}},
		{"behind.png", append(asPNG(t, img), secret...), []string{"data behind the picture removed"}},
		{"gamma.png", withChunk(text("tEXt", ""), "gAMA", []byte{0, 0, 0xb1, 0x8f}), []string{"comments removed"}},
		{"exif.tif", tiffFile(binary.LittleEndian, img, 1, 1, [4]uint32{tagModel, 2, 4, 0}, [4]uint32{tagGPS, 4, 1, 8}), []string{"saved anew as PNG: not every model reads TIFF", "camera data and place removed"}},
		{"exif.webp", riff(riffChunk{"VP8X", []byte{8, 0, 0, 0, 31, 0, 0, 31, 0, 0}}, vp8l(32, 32, color.NRGBA{A: 255}), riffChunk{"EXIF", exifOf(1, true)}), []string{"saved anew as PNG: not every model reads WebP", "camera data and place removed"}},
	} {
		name := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(name, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := (Loader{}).Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		a, err := f.Prepare(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Notes, c.notes) {
			t.Errorf("%s: %q, want %q", c.name, a.Notes, c.notes)
		}
		for _, s := range []string{secret, "Exif", "eXIf", "GPS", "MPF", "ftyp"} {
			if bytes.Contains(a.Data, []byte(s)) {
				t.Errorf("%s: %q is still in it", c.name, s)
			}
		}
		for _, s := range []string{"ICC_PROFILE", "gAMA"} {
			if bytes.Contains(c.data, []byte(s)) && !bytes.Contains(a.Data, []byte(s)) {
				t.Errorf("%s: %s was lost", c.name, s)
			}
		}
		if got := pixel(t, a, 3, 3); c.name != "turned.jpg" && c.name != "exif.webp" && !near(got, color.NRGBA(cornerColours()[0])) {
			t.Errorf("%s: %v", c.name, got)
		}
		if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, c.data) {
			t.Errorf("%s: the original was changed (%v)", c.name, err)
		}
	}
}

func TestCameraDataIsKeptIfWanted(t *testing.T) {
	keep := Loader{KeepMetadata: true}
	for name, data := range map[string][]byte{
		"a.jpg": withSegment(asJPEG(t, corners(32, 32)), 0xe1, exifOf(1, true)),
		"a.png": withChunk(asPNG(t, corners(32, 32)), "eXIf", tiffOf(1, true)),
	} {
		a := prepare(t, keep, name, data)
		if !bytes.Equal(a.Data, data) || !slices.Equal(a.Notes, []string{"camera data and place kept"}) {
			t.Errorf("%s: %q", name, a.Notes)
		}
		small, err := a.Fit(t.Context(), 16)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(small.Notes, []string{"camera data and place removed", "scaled to 16×16 of 32×32"}) || bytes.Contains(small.Data, []byte(secret)) {
			t.Errorf("%s, scaled: %q", name, small.Notes)
		}
	}
	a := prepare(t, keep, "a.jpg", withSegment(asJPEG(t, corners(32, 32)), 0xe1, exifOf(3, true)))
	if bytes.Contains(a.Data, []byte(secret)) || a.Notes[1] != "camera data and place removed" {
		t.Errorf("turned: %q", a.Notes)
	}
}
