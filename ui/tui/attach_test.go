package tui

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/prompts"
	"juxta/providers"
)

// painted is a PNG of one colour.
func painted(t testing.TB, w, h int, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// filled is a temporary folder with the given files, which are pictures unless
// something else is said.
func filled(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// halves is a service that scales pictures to half and counts a token for every
// hundred pixels.
type halves struct{}

func (halves) See(w, h int) providers.View {
	return providers.View{Width: w / 2, Height: h / 2, Tokens: w * h / 100}
}

// A witness is a provider with two models, eyes and ears; ears can't see. It
// remembers what it was sent.
type witness struct {
	mu   sync.Mutex
	sent []providers.Request
}

func (k *witness) double() double {
	return double{
		name: "wit", models: []providers.Model{
			{Ref: providers.Ref{Provider: "wit", Model: "eyes"}, Can: providers.Abilities{Images: providers.Yes}, Vision: halves{}, Price: &providers.Price{Rates: providers.Rates{Input: 1_000_000, Output: 1_000_000}, Source: providers.Overridden}},
			{Ref: providers.Ref{Provider: "wit", Model: "ears"}, Can: providers.Abilities{Images: providers.No}},
			{Ref: providers.Ref{Provider: "wit", Model: "nobody"}},
		},
		stream: func(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
			k.mu.Lock()
			k.sent = append(k.sent, req)
			k.mu.Unlock()
			return func(yield func(providers.Event, error) bool) {
				if yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Delta{At: time.Now(), Text: "a plain answer"}, nil) {
					yield(providers.Stop{At: time.Now(), Reason: providers.Finished, Usage: &providers.Usage{Input: 812, Output: 4}}, nil)
				}
			}
		},
	}
}

// last is the text and the blobs of the newest question that was sent.
func (k *witness) last(t *testing.T) (text string, blobs []providers.Blob) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	ms := k.sent[len(k.sent)-1].Messages
	for _, p := range ms[len(ms)-1].Parts {
		switch p := p.(type) {
		case providers.Text:
			text += string(p)
		case providers.Blob:
			blobs = append(blobs, p)
		}
	}
	return text, blobs
}

func (k *witness) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.sent)
}

// sees is a screen on the witness's models.
func sees(t *testing.T, w, h int, k *witness, models ...string) *terminal {
	t.Helper()
	if len(models) == 0 {
		models = []string{"wit/eyes"}
	}
	return show(t, w, h, bench(t, "", models, k.double()))
}

func names(blobs []providers.Blob) string {
	var all []string
	for _, b := range blobs {
		all = append(all, b.Name)
	}
	return strings.Join(all, " ")
}

// corners are what the pictures show at their corner, as the model gets them.
func corners(t *testing.T, blobs []providers.Blob) string {
	t.Helper()
	var all []string
	for _, b := range blobs {
		m, _, err := image.Decode(bytes.NewReader(b.Data))
		if err != nil {
			t.Fatal(err)
		}
		r, g, bl, _ := m.At(0, 0).RGBA()
		all = append(all, fmt.Sprintf("%02x%02x%02x", r>>8, g>>8, bl>>8))
	}
	return strings.Join(all, " ")
}

var (
	red   = color.NRGBA{255, 0, 0, 255}
	green = color.NRGBA{0, 255, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
)

func TestAPastedPathIsAPillAndItsPixelsAreSent(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 640, 480, red), "two words.png": painted(t, 8, 8, green)})
	pin, spaced := filepath.Join(dir, "pin.png"), filepath.Join(dir, "two words.png")
	for name, c := range map[string]struct{ paste, names, colours string }{
		"a path":          {pin, "pin.png", "ff0000"},
		"quoted":          {"'" + spaced + "'", "two words.png", "00ff00"},
		"escaped":         {strings.ReplaceAll(spaced, " ", `\ `), "two words.png", "00ff00"},
		"file://":         {"file://" + strings.ReplaceAll(spaced, " ", "%20"), "two words.png", "00ff00"},
		"several dropped": {pin + " '" + spaced + "' ", "pin.png two words.png", "ff0000 00ff00"},
		"one a line":      {spaced + "\n" + pin + "\n", "two words.png pin.png", "00ff00 ff0000"},
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 120, 30, k)
			x.press("What is ")
			want(t, x.paste(c.paste), `❯ What is \[Image #1\]`, "▣ 1 ")
			x.press("here?", "enter")
			x.after(time.Second)
			text, blobs := k.last(t)
			if names(blobs) != c.names || corners(t, blobs) != c.colours {
				t.Errorf("%s: sent %s, %s", name, names(blobs), corners(t, blobs))
			}
			if !strings.HasPrefix(text, "What is [Image #1]") {
				t.Errorf("%s: the text is %q", name, text)
			}
			x.quit()
		})
	}
}

func TestAPictureAloneIsAQuestion(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 64, 48, blue)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		x.paste(filepath.Join(dir, "pin.png"))
		screen := x.press("enter")
		x.after(time.Second)
		text, blobs := k.last(t)
		if text != "" || corners(t, blobs) != "0000ff" {
			t.Errorf("sent %q with %s", text, corners(t, blobs))
		}
		want(t, screen, "❯ ▣ 1", "▣ pin.png 64×48")
		lacks(t, x.now(), `\[Image`)
		x.quit()
	})
}

// The order of the labels is the order of the pictures, and the words between
// them count as the model does.
func TestPicturesGoInTheOrderOfTheirLabels(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red), "b.png": painted(t, 8, 8, green), "c.png": painted(t, 8, 8, blue)})
	at := func(name string) string { return filepath.Join(dir, name) }
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		x.paste(at("a.png"))
		x.press("ctrl+a")
		x.paste(at("b.png")) // before the first
		x.press("ctrl+e", "Compare ")
		x.paste(at("c.png"))
		x.press("with the rest", "enter")
		x.after(time.Second)
		text, blobs := k.last(t)
		if names(blobs) != "b.png a.png c.png" || text != "Compare [Image #3] with the rest" {
			t.Errorf("sent %s with %q", names(blobs), text)
		}
		x.quit()
	})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		x.paste(at("a.png") + " " + at("b.png") + " " + at("c.png"))
		see(x, func(m *Model) bool { m.shift(m.files()[0], 2); return true })
		if got := strings.TrimSpace(x.typed()); got != "[Image #2] [Image #3] [Image #1]" {
			t.Errorf("moved: %q", got)
		}
		see(x, func(m *Model) bool { m.detach(m.files()[1]); return true })
		x.press("enter")
		x.after(time.Second)
		if text, blobs := k.last(t); names(blobs) != "b.png a.png" || text != "" {
			t.Errorf("sent %s with %q", names(blobs), text)
		}
		x.quit()
	})
}

func TestALabelThatGoesTakesItsFileAndBringsItBack(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red), "b.png": painted(t, 8, 8, green)})
	a, b := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	for _, c := range []struct {
		name        string
		keys        []string
		typed, sent string
	}{
		{"backspace takes the last one whole", []string{"backspace"}, "[Image #1] ", "a.png"},
		{"and the one before", []string{"backspace", "backspace"}, "", ""},
		{"ctrl+d at its beginning", []string{"ctrl+a", "ctrl+d"}, " [Image #2] ", "b.png"},
		{"ctrl+w", []string{"ctrl+w"}, "[Image #1] ", "a.png"},
		{"ctrl+w and back", []string{"ctrl+w", "ctrl+y"}, "[Image #1] [Image #2] ", "a.png b.png"},
		{"ctrl+u and back", []string{"ctrl+u", "x ", "ctrl+y"}, "x [Image #1] [Image #2] ", "a.png b.png"},
		{"ctrl+k and back", []string{"ctrl+a", "ctrl+k", "ctrl+y"}, "[Image #1] [Image #2] ", "a.png b.png"},
		{"the cursor is never in one", []string{"left", "left", "x"}, "[Image #1] x[Image #2] ", "a.png b.png"},
		{"to the right neither", []string{"ctrl+a", "right", "x"}, "[Image #1]x [Image #2] ", "a.png b.png"},
		{"a bracket before one", []string{"ctrl+a", "["}, "[[Image #1] [Image #2] ", "a.png b.png"},
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 100, 30, k)
			x.paste(a + " " + b)
			x.press(c.keys...)
			if got := x.typed(); got != c.typed {
				t.Errorf("%s: %q, want %q", c.name, got, c.typed)
			}
			x.press("enter")
			x.after(time.Second)
			switch {
			case c.sent == "" && k.count() > 0:
				t.Errorf("%s: something was sent", c.name)
			case c.sent != "":
				if _, blobs := k.last(t); names(blobs) != c.sent {
					t.Errorf("%s: sent %s, want %s", c.name, names(blobs), c.sent)
				}
			}
			x.quit()
		})
	}
}

// What is not wanted any more is not worked on any more, and a label that comes
// back while the work on its file still ends has it begin only then: a file is
// prepared by one at a time.
func TestRemovingAPillEndsTheWorkOnIt(t *testing.T) {
	data := painted(t, 1500, 1500, red)
	f, err := prompts.Loader{}.Look("a.png", "a.png", data)
	if err != nil {
		t.Fatal(err)
	}
	m := newModel(t.Context(), Options{})
	var wait sync.WaitGroup
	defer wait.Wait()
	said := make(chan tea.Msg, 100)
	m.send = func(msg tea.Msg) { said <- msg }
	run := func(cmd tea.Cmd) {
		if cmd != nil {
			wait.Go(func() { said <- cmd() })
		}
	}
	a := &attached{file: f}
	m.pin(a)
	for range 5 {
		run(m.work())
		if a.cancel == nil || a.job == 0 || m.busy[preparing] != 1 {
			t.Fatal("nothing was begun")
		}
		m.detach(a)
		run(m.work())
		if a.job != 0 || a.cancel == nil {
			t.Fatal("the work counts on, or is forgotten before it has ended")
		}
		m.composer.area.InsertString(a.label) // back again
		m.composer.changed()
		m.work()
		if a.job != 0 || m.busy[preparing] != 1 {
			t.Fatal("a second one works on the file")
		}
		for a.cancel != nil { // until the first has ended
			switch msg := (<-said).(type) {
			case tea.BatchMsg:
				for _, c := range msg {
					run(c)
				}
			case action:
				msg(m)
			}
		}
		if a.ready != nil {
			t.Fatal("what was cancelled counts")
		}
	}
	run(m.work())
	for a.ready == nil {
		switch msg := (<-said).(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				run(c)
			}
		case action:
			msg(m)
		}
	}
	if m.heavy != 0 || m.busy[preparing] != 0 {
		t.Errorf("%d bytes and %d pictures are under way", m.heavy, m.busy[preparing])
	}
}

// Large pictures are decoded one after the other, small ones two at a time.
func TestLargePicturesAreDecodedOneByOne(t *testing.T) {
	for w, want := range map[int]int{1000: 2, 5000: 2, 6000: 1, 9000: 1} {
		m := newModel(t.Context(), Options{})
		for range 3 {
			m.pin(&attached{file: &prompts.File{MIME: "image/png", Width: w, Height: w}})
		}
		m.work()
		if m.busy[preparing] != want {
			t.Errorf("%d of %d×%d are prepared at once, want %d", m.busy[preparing], w, w, want)
		}
	}
}

// The pill of a photograph is there, with its pixels, long before it is decoded.
func BenchmarkPillOf12Megapixels(b *testing.B) {
	m := image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = byte(i * i >> 7)
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, m, &jpeg.Options{Quality: 92}); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(filled(b, map[string][]byte{"photo.jpg": data.Bytes()}), "photo.jpg")
	b.ReportMetric(float64(data.Len())/1e6, "MB")
	for b.Loop() {
		s := newRehearsal(b, 120, 36, bench(b, "", []string{"swift"}))
		begun := time.Now()
		s.tell(tea.PasteMsg{Content: path})
		for !strings.Contains(s.m.View().Content, "4032×3024") {
			s.run(1)
		}
		pill := time.Since(begun)
		for len(s.m.files()) == 0 || s.m.files()[0].ready == nil {
			s.run(1)
		}
		b.ReportMetric(float64(pill.Microseconds())/1000, "ms/pill")
		b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "ms/ready")
		if err := s.m.bench.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// What was done to a picture is not cut where a line is free for it, and a pill
// stands apart from the word before it.
func TestWhatWasDoneToAPictureIsReadable(t *testing.T) {
	s := newRehearsal(t, 80, 24, bench(t, "", []string{"swift"}))
	notes := []string{"camera data and place removed", "turned upright by its camera's note", "converted from CMYK to RGB"}
	s.m.attachReady(&prompts.Attachment{Name: "a.jpg", MIME: "image/jpeg", Width: 100, Height: 80, FileWidth: 100, FileHeight: 80, Notes: notes})
	s.later(s.m.work())
	s.run(100)
	strip := ansi.Strip(strings.Join(s.m.strip(80), " "))
	want(t, strings.Join(strings.Fields(strip), " "), "▣ 1 a.jpg 100×80 "+strings.Join(notes, ", "))
	if err := s.m.bench.Close(t.Context()); err != nil {
		t.Error(err)
	}
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 8, 8, red)})
	synctest.Test(t, func(t *testing.T) {
		x := sees(t, 100, 30, &witness{})
		x.press("What is")
		want(t, x.paste(filepath.Join(dir, "pin.png")), `What is \[Image #1\]`)
		x.quit()
	})
}
