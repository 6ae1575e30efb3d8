package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// colours are those that the models for tests name: by the mean of a picture's
// pixels, so that a right answer means that the pixels arrived.
var colours = map[string]color.NRGBA{
	"red": {255, 0, 0, 255}, "green": {0, 255, 0, 255}, "blue": {0, 0, 255, 255}, "white": {255, 255, 255, 255}, "black": {0, 0, 0, 255},
}

// solid is a picture of one colour in a format: an ending, or "rotated.jpg" for
// a JPEG that is upright only by its EXIF data.
func solid(t *testing.T, format, name string, w, h int) []byte {
	t.Helper()
	c := colours[name]
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "jpg":
		err = jpeg.Encode(&b, m, nil)
	case "rotated.jpg":
		plain := solid(t, "jpg", name, w, h)
		return slices.Concat(plain[:2], turned(6), plain[2:])
	case "gif":
		p := image.NewPaletted(m.Bounds(), color.Palette{c, color.NRGBA{1, 2, 3, 255}})
		err = gif.Encode(&b, p, nil)
	case "webp":
		return webp(c, w, h)
	case "bmp":
		return bmp(c, w, h)
	case "tiff":
		return tiff(c, w, h)
	default:
		t.Fatalf("there is no format %q", format)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned is the segment of a JPEG that holds EXIF data with an orientation and
// a camera's make.
func turned(orientation byte) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02" +
		"\x01\x0f\x00\x02\x00\x00\x00\x04Cam\x00" +
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00" +
		"\x00\x00\x00\x00")
	exif := append([]byte("Exif\x00\x00"), tiff...)
	return append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
}

// webp is a lossless picture whose five prefix codes have one symbol each, so
// that its pixels take no bits at all.
func webp(c color.NRGBA, w, h int) []byte {
	var bits, n uint64
	var data []byte
	put := func(v uint64, count uint64) {
		bits |= v << n
		for n += count; n >= 8; n -= 8 {
			data = append(data, byte(bits))
			bits >>= 8
		}
	}
	put(0x2f, 8)
	put(uint64(w-1), 14)
	put(uint64(h-1), 14)
	put(0, 1+3)                                     // no alpha, version 0
	put(0, 1+1+1)                                   // no transform, no colour cache, one group of codes
	for _, v := range []uint8{c.G, c.R, c.B, 255} { // a simple code of one symbol of 8 bits
		put(0b101, 3)
		put(uint64(v), 8)
	}
	put(0b0001, 4) // distances: one symbol of 1 bit
	put(0, 7)
	if len(data)%2 == 1 {
		data = append(data, 0)
	}
	le := binary.LittleEndian
	out := append([]byte("RIFF"), le.AppendUint32(nil, uint32(len(data)+12))...)
	out = append(out, "WEBPVP8L"...)
	return append(le.AppendUint32(out, uint32(len(data))), data...)
}

func bmp(c color.NRGBA, w, h int) []byte {
	le := binary.LittleEndian
	row := bytes.Repeat([]byte{c.B, c.G, c.R}, w)
	row = append(row, make([]byte, (4-len(row)%4)%4)...)
	out := le.AppendUint32([]byte("BM"), uint32(54+len(row)*h))
	for _, v := range []uint32{0, 54, 40, uint32(w), uint32(h), 1 | 24<<16, 0, uint32(len(row) * h), 2835, 2835, 0, 0} {
		out = le.AppendUint32(out, v)
	}
	return append(out, bytes.Repeat(row, h)...)
}

func tiff(c color.NRGBA, w, h int) []byte {
	le := binary.LittleEndian
	pixels := bytes.Repeat([]byte{c.R, c.G, c.B}, w*h)
	const short, long = 3, 4
	tags := [][3]uint32{
		{256, long, uint32(w)},
		{257, long, uint32(h)},
		{258, short, 8},
		{259, short, 1},
		{262, short, 2},
		{273, long, 8},
		{277, short, 3},
		{278, long, uint32(h)},
		{279, long, uint32(len(pixels))},
	}
	out := le.AppendUint32([]byte("II*\x00"), uint32(8+len(pixels)))
	out = append(out, pixels...)
	end := len(out) + 2 + 12*len(tags) + 4
	out = le.AppendUint16(out, uint16(len(tags)))
	for _, tag := range tags {
		n, v := uint32(1), tag[2]
		if tag[0] == 258 { // bits of each of the three samples, which stand behind
			n, v = 3, uint32(end)
		}
		out = le.AppendUint16(le.AppendUint16(out, uint16(tag[0])), uint16(tag[1]))
		out = le.AppendUint32(le.AppendUint32(out, n), v)
	}
	return append(out, 0, 0, 0, 0, 8, 0, 8, 0, 8, 0)
}

// A sighted is a real juxta before a real Ollama, whose requests are read on
// their way.
type sighted struct {
	*real
	mu   sync.Mutex
	sent []string // what went to /api/chat
}

func sees(t *testing.T) *sighted {
	t.Helper()
	host := os.Getenv("JUXTA_OLLAMA")
	if host == "" {
		t.Skip("JUXTA_OLLAMA does not name a running Ollama with the test models")
	}
	s := &sighted{}
	target := &url.URL{Scheme: "http", Host: host}
	between := httptest.NewServer(&httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if r.In.URL.Path != "/api/chat" {
			return
		}
		body, _ := io.ReadAll(r.In.Body)
		r.Out.Body, r.Out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sent = append(s.sent, string(body))
	}})
	t.Cleanup(between.Close)
	s.real = install(t, "attachments: {private_urls: true}\n", "OLLAMA_HOST="+between.URL)
	return s
}

// A look is what one model was asked and said of a picture.
type look struct {
	Model, Text, Finish string
	Error               *struct{ Kind string }
	Attachments         []struct {
		Name, MIME    string
		Width, Height int
		Notes         []string
	}
}

// asks runs juxta ask and returns its records.
func (s *sighted) asks(input []byte, args ...string) (all []look, stderr string) {
	s.t.Helper()
	var out, said bytes.Buffer
	c := exec.Command(s.path, append([]string{"ask", "--json"}, args...)...)
	c.Env, c.Dir, c.Stdin, c.Stdout, c.Stderr = s.env, s.home, bytes.NewReader(input), &out, &said
	_ = c.Run() // an answer that failed is an exit code
	for line := range strings.Lines(out.String()) {
		var l look
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.t.Fatalf("%v: %s", err, line)
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		s.t.Fatalf("%q: no record; it said %s", args, &said)
	}
	return all, said.String()
}

// last are the pictures of the last request.
func (s *sighted) last() (all [][]byte) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var req struct{ Messages []struct{ Images []string } }
	if err := json.Unmarshal([]byte(s.sent[len(s.sent)-1]), &req); err != nil {
		s.t.Fatal(err)
	}
	for _, m := range req.Messages {
		for _, b64 := range m.Images {
			b, err := base64.StdEncoding.DecodeString(b64)
			if err != nil {
				s.t.Fatal(err)
			}
			all = append(all, b)
		}
	}
	return all
}

func (s *sighted) put(name string, b []byte) string {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func TestARealModel(t *testing.T) {
	s := sees(t)
	t.Run("gets a picture upright and without camera data", func(t *testing.T) { getsItUprightAndBare(t, s) })
	t.Run("gets pictures in order", func(t *testing.T) { getsThemInOrder(t, s) })
	t.Run("names every picture right", func(t *testing.T) { namesEveryPicture(t, s) })
	t.Run("is not asked if it can't see", func(t *testing.T) { isNotAskedIfBlind(t, s) })
}

// namesEveryPicture is the whole way of a picture: found, read, checked, prepared,
// sent and seen. Every format, every colour and every way in is among it. They are
// square: LLaVA fills up those that are not.
func namesEveryPicture(t *testing.T, s *sighted) {
	type question struct {
		colour string
		input  []byte
		args   []string
	}
	var all []question
	for _, name := range []string{
		"red.png", "green.png", "white.png", "green.jpg", "black.jpg", "blue.webp", "red.webp", "white.gif", "black.bmp", "blue.tiff", "green.rotated.jpg",
	} {
		colour, format, _ := strings.Cut(name, ".")
		s.put(name, solid(t, format, colour, 64, 64))
		all = append(all, question{colour, nil, []string{"-a", name}})
	}
	s.put("folder/one.jpg", solid(t, "jpg", "blue", 40, 40))
	s.put("glob/x.webp", solid(t, "webp", "red", 40, 40))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(solid(t, "png", strings.TrimPrefix(r.URL.Path, "/"), 64, 64))
	}))
	defer server.Close()
	all = append(all,
		question{"white", solid(t, "png", "white", 64, 64), []string{"-a", "-"}},
		question{"black", solid(t, "rotated.jpg", "black", 64, 64), []string{"-a", "-"}},
		question{"blue", nil, []string{"-a", "folder"}},
		question{"red", nil, []string{"-a", "glob/*.webp"}},
		question{"green", nil, []string{"-a", server.URL + "/green"}},
		question{"red", nil, []string{"-a", "red.png", "--fit", "32"}},
	)
	// One model after the other, because the server takes a while to change them.
	for _, model := range []string{"ollama/tiny-vision", "ollama/tiny-llava"} {
		for _, q := range all {
			args := append([]string{"-m", model}, q.args...)
			if len(q.input) == 0 {
				args = append(args, "What do you see?")
			}
			got, said := s.asks(q.input, args...)
			if got[0].Text != "I see "+q.colour {
				t.Errorf("%q: %+v, want %s; it said %s", args, got[0], q.colour, said)
			}
		}
	}
}

func getsItUprightAndBare(t *testing.T, s *sighted) {
	original := solid(t, "rotated.jpg", "blue", 96, 48)
	path := s.put("pin.jpg", original)
	got, _ := s.asks(nil, "-m", "ollama/tiny-vision", "-a", path)
	sent := s.last()
	if len(sent) != 1 || bytes.Contains(sent[0], []byte("Exif")) || bytes.Contains(sent[0], []byte("Cam")) {
		t.Fatalf("%d pictures were sent, or camera data", len(sent))
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(sent[0]))
	if err != nil || c.Width != 48 || c.Height != 96 {
		t.Errorf("%d×%d, %v", c.Width, c.Height, err)
	}
	if got[0].Text != "I see blue" || len(got[0].Attachments) != 1 {
		t.Fatalf("%+v", got[0])
	}
	a := got[0].Attachments[0]
	if a.Name != "pin.jpg" || a.Width != 48 || a.Height != 96 || len(a.Notes) == 0 {
		t.Errorf("%+v", a)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, original) {
		t.Error("the original was changed")
	}
}

func getsThemInOrder(t *testing.T, s *sighted) {
	names := []string{"blue", "red", "green"}
	var args []string
	for _, n := range names {
		args = append(args, "-a", s.put(n+".webp", solid(t, "webp", n, 16, 16)))
	}
	got, said := s.asks(nil, append(args, "-m", "ollama/tiny-vision", "Compare.")...)
	if got[0].Error != nil {
		t.Fatalf("%+v; it said %s", got[0], said)
	}
	var arrived []string
	for _, b := range s.last() {
		m, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for n, c := range colours {
			if color.NRGBAModel.Convert(m.At(8, 8)) == c {
				arrived = append(arrived, n)
			}
		}
	}
	if !slices.Equal(arrived, names) {
		t.Errorf("%q arrived, want %q", arrived, names)
	}
}

func isNotAskedIfBlind(t *testing.T, s *sighted) {
	got, said := s.asks(nil, "-m", "ollama/tiny-text", "-m", "ollama/tiny-vision", "-a", s.put("red.png", solid(t, "png", "red", 16, 16)), "What?")
	if len(got) != 2 || got[0].Error == nil || got[0].Error.Kind != "unsupported" || got[1].Text != "I see red" {
		t.Errorf("%+v; it said %s", got, said)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, body := range s.sent {
		if strings.Contains(body, "tiny-text") {
			t.Errorf("it was sent %.200s", body)
		}
	}
}
