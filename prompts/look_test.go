package prompts

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/gif"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// ftyp is the beginning of an ISO media file.
func ftyp(brands ...string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(12+4*len(brands)))
	b = append(append(b, "ftyp"...), brands[0]...)
	return append(append(b, 0, 0, 0, 0), strings.Join(brands[1:], "")+"\x00\x00\x00\x08moov"...)
}

func TestFilesAreKnownByTheirBytes(t *testing.T) {
	for _, c := range []struct {
		name, data, mime string
		kind             Kind
	}{
		{"a.pdf", "%PDF-1.7\n", "application/pdf", Document},
		{"a.pdf", "\xef\xbb\xbf\r\n%PDF-1.7\n", "application/pdf", Document},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav", Sound},
		{"a.mp3", "ID3\x03\x00\x00", "audio/mpeg", Sound},
		{"a.mp3", "\xff\xfb\x90\x00", "audio/mpeg", Sound},
		{"a.aac", "\xff\xf1\x50\x80", "audio/aac", Sound},
		{"a.flac", "fLaC\x00", "audio/flac", Sound},
		{"a.ogg", "OggS\x00", "audio/ogg", Sound},
		{"a.m4a", string(ftyp("M4A ", "isom")), "audio/mp4", Sound},
		{"a.m4a", string(ftyp("isom", "mp42")) + "hdlr soun", "audio/mp4", Sound},
		{"a.txt", "hello", "text/plain", Written},
		{"a.go", "package a\n", "text/plain", Written},
		{"README.md", "# hello", "text/markdown", Written},
		{"a.csv", "a,b", "text/csv", Written},
		{"a.svg", "<svg/>", "text/xml", Written},
		{"a.html", "<p>", "text/html", Written},
		{"BM.txt", "BMW is a make of cars, of course", "text/plain", Written},
		{"ID3.txt", "ID3 tags are", "text/plain", Written},
		{"a", "\xff\xfeh\x00i\x00", "text/plain", Written},
	} {
		f, err := (Loader{}).Look(c.name, "", []byte(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		a, err := f.Prepare(t.Context())
		if err != nil || a.MIME != c.mime || a.Kind() != c.kind || a.Thumb != nil || a.Width != 0 {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		if c.kind != Written && string(a.Data) != c.data {
			t.Errorf("%s: was changed", c.name)
		}
	}
}

func TestTextIsSentAsUTF8(t *testing.T) {
	sixteen := func(order binary.AppendByteOrder, s string) []byte {
		b := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(s)) {
			b = order.AppendUint16(b, u)
		}
		return b
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{[]byte("naïve 🙂"), ""},
		{[]byte("\ufeffnaïve 🙂"), "byte order mark removed"},
		{sixteen(binary.LittleEndian, "naïve 🙂"), "UTF-16 turned into UTF-8"},
		{sixteen(binary.BigEndian, "naïve 🙂"), "UTF-16 turned into UTF-8"},
	} {
		a := prepare(t, Loader{}, "a.txt", c.data)
		if string(a.Data) != "naïve 🙂" || strings.Join(a.Notes, "; ") != c.want {
			t.Errorf("%q: %q, %q", c.data, a.Data, a.Notes)
		}
	}
	if a := prepare(t, Loader{}, "a.svg", []byte("<svg/>")); a.Notes[0] != "a drawing's source, told as text" {
		t.Errorf("%q", a.Notes)
	}
	if a := prepare(t, Loader{}, "a.png", []byte("hello")); a.Notes[0] != "is text, whatever its name says" {
		t.Errorf("%q", a.Notes)
	}
}

func TestWhatCannotBeAttachedIsSaidWithAWayOut(t *testing.T) {
	converter := "heif-convert in.heic"
	if runtime.GOOS == "darwin" {
		converter = "sips -s format jpeg in.heic"
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty.png", nil, "is empty"},
		{"a.heic", ftyp("heic", "mif1"), converter},
		{"a.jpg", ftyp("mif1", "heic"), converter},
		{"a.avif", ftyp("avif", "mif1"), "in.avif"},
		{"a.avif", ftyp("mif1", "avif"), "is AVIF"},
		{"a.mp4", ftyp("isom", "avc1"), "is a video"},
		{"a.mov", ftyp("qt  "), "ffmpeg"},
		{"a.webm", []byte("\x1aE\xdf\xa3\x01"), "is a video"},
		{"a.jxl", []byte("\xff\x0a\x00\x00"), "is JPEG XL"},
		{"a.jxl", []byte("\x00\x00\x00\x0cJXL \r\n\x87\n"), "djxl"},
		{"a.jp2", []byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), "JPEG 2000"},
		{"a.psd", []byte("8BPS\x00\x01"), "Photoshop"},
		{"a.tif", []byte("II+\x00\x08\x00\x00\x00"), "BigTIFF"},
		{"a.ico", []byte("\x00\x00\x01\x00\x01"), "icon"},
		{"a.docx", []byte("PK\x03\x04\x14"), "save it as PDF"},
		{"a.bin", []byte{1, 2, 0, 3}, "neither a picture"},
		{"a.bin", []byte("text\x00with nul"), "neither a picture"},
		{"a.txt", bytes.Repeat([]byte("x"), 1<<20+1), "at most 1 MB of text"},
		{"a.png", make([]byte, MostBytes+1), "larger than 50 MB"},
		{"a.dng", tiffFile(binary.LittleEndian, corners(8, 8), 1, 1, [4]uint32{254, 4, 1, 1}), "raw file"},
		{"wide.png", claim(asPNG(t, corners(8, 8)), 50_000, 50_000), "50000×50000 pixels; at most 100 million"},
	} {
		_, err := (Loader{}).Look(c.name, "", c.data)
		if err == nil || !strings.HasPrefix(err.Error(), c.name+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	for _, data := range []string{"\xff\xfe\x00", "\xff\xfe\x00\x00", "\xff\xfe\x00\xd8", "\xff\xfe", "\ufeff"} {
		f, err := (Loader{}).Look("a.txt", "", []byte(data))
		if err == nil {
			_, err = f.Prepare(t.Context())
		}
		if err == nil || !strings.HasPrefix(err.Error(), "a.txt: ") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// claim is a PNG whose header says another size; its checksum is right.
func claim(data []byte, w, h uint32) []byte {
	head := bytes.Clone(data[16:29])
	binary.BigEndian.PutUint32(head, w)
	binary.BigEndian.PutUint32(head[4:], h)
	with := withChunk(data, "IHDR", head)
	return append(with[:8], with[pngHead:]...)
}

// files are whole ones of every format that is decoded.
func files(t testing.TB) map[string][]byte {
	img := corners(48, 40)
	return map[string][]byte{
		"a.png":     asPNG(t, img),
		"a.jpg":     asJPEG(t, img),
		"prog.jpg":  tinyJPEG(0xc2, false, nil, []int{200}),
		"cmyk.jpg":  tinyJPEG(0xc0, false, adobe(), []int{255, 1, 1, 255}),
		"exif.jpg":  withSegment(asJPEG(t, img), 0xe1, exifOf(6, true)),
		"a.gif":     made(t, func(w io.Writer) error { return gif.Encode(w, img, nil) }),
		"a.webp":    riff(vp8l(48, 40, color.NRGBA{1, 2, 3, 4})),
		"a.bmp":     made(t, func(w io.Writer) error { return bmp.Encode(w, img) }),
		"a.tif":     made(t, func(w io.Writer) error { return tiff.Encode(w, img, nil) }),
		"lzw.tif":   made(t, func(w io.Writer) error { return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate}) }),
		"exif.tif":  tiffFile(binary.BigEndian, img, 6, 3),
		"exif.png":  withChunk(asPNG(t, img), "eXIf", tiffOf(6, true)),
		"anim.webp": riff(riffChunk{"VP8X", []byte{2, 0, 0, 0, 47, 0, 0, 39, 0, 0}}, riffChunk{"ANMF", append(make([]byte, 16), riff(vp8l(48, 40, color.NRGBA{A: 255}))[12:]...)}),
	}
}

func TestTruncatedFilesAreNeverSent(t *testing.T) {
	for name, data := range files(t) {
		whole := prepare(t, Loader{}, name, data)
		for n := 8; n < len(data); n += 1 + len(data)/97 {
			var a *Attachment
			f, err := (Loader{}).Look(name, "", data[:n])
			if err == nil {
				a, err = f.Prepare(t.Context())
			}
			switch {
			case err == nil && !bytes.Equal(a.Data, whole.Data): // what is behind its pixels may be missing
				t.Errorf("%s: %d of %d bytes are taken for a whole file", name, n, len(data))
			case err != nil && !strings.HasPrefix(err.Error(), name+": "):
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func FuzzPrepare(f *testing.F) {
	for name, data := range files(f) {
		f.Add(name, data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		file, err := (Loader{}).Look(name, "", data)
		if err != nil || file.Width*file.Height > 4<<20 { // those take long, and no other way
			return
		}
		a, err := file.Prepare(t.Context())
		if err != nil {
			return
		}
		if a.Kind() == Picture && (a.Thumb == nil || a.Width < 1 || a.MIME != "image/png" && a.MIME != "image/jpeg") {
			t.Errorf("%+v", a)
		}
		again, err := (Loader{}).Look(a.Name, "", a.Data)
		if err != nil || again.Width != a.Width || again.Height != a.Height {
			t.Errorf("what is sent is no whole picture: %v", err)
		}
	})
}

func TestAQuestionIsText(t *testing.T) {
	long := strings.Repeat("é", MostQuestion/2)
	for data, want := range map[string]string{
		"What?\n": "What?\n", "\ufeffWhat?": "What?", "naïve 🙂": "naïve 🙂", "BM is a prefix, GIF89a another": "BM is a prefix, GIF89a another", long: long, "": "",
	} {
		if text, err := Question([]byte(data)); err != nil || text != want {
			t.Errorf("%.20q: %.20q, %v", data, text, err)
		}
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"picture": {asJPEG(t, corners(8, 8)), "is a JPEG picture: attach it with -a -"},
		"PDF":     {[]byte("%PDF-1.7\n\xff\xfe\x00"), "is a PDF: attach it with -a -"},
		"sound":   {[]byte("ID3\x03\x00\x00\xff"), "is an MP3: attach it with -a -"},
		"UTF-16":  {[]byte("\xff\xfeh\x00i\x00"), "is text in UTF-16: attach it with -a -"},
		"zip":     {[]byte("PK\x03\x04\xff\x00"), "is an archive or an office document: attach"},
		"bytes":   {[]byte{1, 0, 2}, "is no text"},
		"latin 1": {[]byte("na\xefve"), "is no text"},
		"zeros":   {make([]byte, MostQuestion+1), "is no text"},
		"long":    {[]byte(long + "é"), "more than 4 MB of text"},
		"cut":     {[]byte("a" + long), "more than 4 MB of text"},
	} {
		if _, err := Question(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
