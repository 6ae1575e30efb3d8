package tui

import (
	"bytes"
	"context"
	"errors"
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
	"juxta/sessions"
	"juxta/ui/clipboard"
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

func TestARecalledQuestionHasItsFiles(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red), "b.png": painted(t, 8, 8, green)})
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := show(t, 100, 30, bench(t, path, []string{"wit/eyes"}, k.double()))
		x.paste(filepath.Join(dir, "a.png"))
		x.press("what is it?", "enter")
		x.after(time.Second)
		x.paste(filepath.Join(dir, "b.png"))
		x.press("a draft")
		want(t, x.press("up"), `❯ \[Image #1\] what is it\?`, "a.png  8×8")
		want(t, x.press("down"), `❯ \[Image #1\] a draft`, "b.png  8×8")
		x.press("up", "enter")
		x.after(time.Second)
		if text, blobs := k.last(t); corners(t, blobs) != "ff0000" || text != "what is it?" {
			t.Errorf("asked again: %q with %s", text, corners(t, blobs))
		}
		x.quit()
	})
	// The next start reads the question from the store.
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		b := bench(t, path, []string{"wit/eyes"}, k.double())
		all, err := b.Store().Sessions(1)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if err := b.Resume(all[0].ID); err != nil {
			t.Fatal(err)
		}
		x := show(t, 100, 30, b)
		want(t, x.now(), "▣ a.png 8×8")
		want(t, x.press("up"), `❯ \[Image #1\] what is it\?`, "a.png  8×8")
		x.press("enter")
		x.after(time.Second)
		if text, blobs := k.last(t); corners(t, blobs) != "ff0000" || text != "what is it?" {
			t.Errorf("asked again: %q with %s", text, corners(t, blobs))
		}
		x.quit()
	})
}

func TestAQuestionThatFailsComesBackWithItsPills(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		b := bench(t, "", []string{"wit/eyes", "script:ttft=100,tps=10,n=300"}, k.double())
		x := show(t, 120, 30, b)
		if _, err := b.Ask(t.Context(), "somebody else's"); err != nil {
			t.Fatal(err)
		}
		x.paste(filepath.Join(dir, "a.png"))
		want(t, x.press("mine", "enter"), "answers are still coming", `❯ \[Image #1\] mine`, "▣ 1 a.png  8×8")
		b.StopAll()
		x.after(time.Second)
		x.press("enter")
		x.after(time.Second)
		if _, blobs := k.last(t); names(blobs) != "a.png" {
			t.Errorf("then sent %s", names(blobs))
		}
		x.press("ctrl+x")
		x.quit()
	})
}

func TestWhatIsNoFileStaysTextByteForByte(t *testing.T) {
	for _, text := range []string{
		"/no/such/file.png", "  /no/such.png  ", "'/no/such one.png' /nor/this", "./a.png\n./b.png\n", "https://", "/", "~", "plain words",
		"file:///no/such.jpg", "@nobody", "C:\\pictures\\a.png",
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 100, 30, k)
			x.paste(text)
			x.after(time.Second)
			if got := x.typed(); got != text {
				t.Errorf("%q became %q", text, got)
			}
			x.press("enter")
			x.after(time.Second)
			if got, blobs := k.last(t); got != text || len(blobs) > 0 {
				t.Errorf("%q was sent as %q with %d files", text, got, len(blobs))
			}
			x.quit()
		})
	}
}

// What is typed becomes a pill in view, and is sent by the enter after that.
func TestTypedPathsBecomePillsBeforeTheyAreSent(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 8, 8, red), "a b.png": painted(t, 8, 8, green)})
	t.Chdir(dir)
	for typed, c := range map[string]struct{ after, text, names string }{
		dir + "/pin.png":            {"[Image #1] ", "", "pin.png"},
		"@pin.png":                  {"[Image #1] ", "", "pin.png"},
		"pin.png":                   {"[Image #1] ", "", "pin.png"},
		"what is in ./pin.png?":     {"what is in [Image #1]?", "what is in [Image #1]?", "pin.png"},
		"@pin.png what is it":       {"[Image #1] what is it", "what is it", "pin.png"},
		"ask @bob about @'a b.png'": {"ask @bob about [Image #1] ", "ask @bob about", "a b.png"},
		`compare pin.png with a\ b.png, please`: {
			"compare [Image #1] with [Image #2], please", "compare [Image #1] with [Image #2], please", "pin.png a b.png",
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 100, 30, k)
			want(t, x.press(typed, "enter"), "attached .*: enter sends")
			if got := x.typed(); got != c.after || k.count() > 0 {
				t.Fatalf("%q became %q, and %d were sent", typed, got, k.count())
			}
			x.press("enter")
			x.after(time.Second)
			if text, blobs := k.last(t); text != c.text || names(blobs) != c.names {
				t.Errorf("%q was sent as %q with %q", typed, text, names(blobs))
			}
			x.quit()
		})
	}
	for _, text := range []string{"hello @bob, see other.png", "@", "@@pin", "mail me@pin.png.org", "what is a .png?"} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 100, 30, k)
			x.press(text, "enter")
			x.after(time.Second)
			if got, blobs := k.last(t); got != text || len(blobs) > 0 {
				t.Errorf("%q was sent as %q with %d files", text, got, len(blobs))
			}
			x.quit()
		})
	}
}

// Whoever takes the pill of a typed name away wants the words.
func TestATypedNameCanBeSentAsWords(t *testing.T) {
	t.Chdir(filled(t, map[string][]byte{"pin.png": painted(t, 8, 8, red)}))
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		x.press("rename pin.png", "enter")
		x.press("backspace", "pin.png", "enter")
		x.after(time.Second)
		if got, blobs := k.last(t); got != "rename pin.png" || len(blobs) > 0 {
			t.Errorf("sent %q with %d files", got, len(blobs))
		}
		x.quit()
	})
}

// A file that can't be attached keeps nobody from sending its name.
func TestATypedNameThatCannotBeAttachedIsSentByTheNextEnter(t *testing.T) {
	dir := filled(t, map[string][]byte{"em pty.png": {}})
	for _, typed := range []string{"'" + dir + "/em pty.png'", "@'" + dir + "/em pty.png'", "what is " + strings.ReplaceAll(dir+"/em pty.png", " ", `\ `) + "?"} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 120, 30, k)
			x.press(typed, "enter")
			want(t, x.after(time.Second), "✗ em pty.png  is empty")
			if got := strings.TrimSpace(x.typed()); got != typed || k.count() > 0 {
				t.Errorf("%q stands there, %d were sent", got, k.count())
			}
			x.press("enter")
			x.after(time.Second)
			if text, blobs := k.last(t); strings.TrimSpace(text) != typed || len(blobs) > 0 {
				t.Errorf("%q was sent", text)
			}
			x.quit()
		})
	}
}

func TestTheClipboardsPictureIsAttached(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		err  error
		want []string
	}{
		"a picture": {painted(t, 20, 10, green), nil, []string{`\[Image #1\]`, "▣ 1 clipboard  20×10"}},
		"none":      {nil, clipboard.ErrNone, []string{"no picture on the clipboard; paste text with the terminal's own paste key"}},
		"over SSH":  {nil, errors.New("over SSH there is no clipboard: give a path"), []string{"over SSH there is no clipboard: give a path"}},
	} {
		for _, key := range []string{"\x16", "\x1bv", "\x1b[200~\x1b[201~"} {
			synctest.Test(t, func(t *testing.T) {
				x := sees(t, 120, 30, &witness{})
				see(x, func(m *Model) bool {
					m.clipboard = func(context.Context) ([]byte, error) { return c.data, c.err }
					return true
				})
				x.press("a draft")
				screen := x.press(key)
				want(t, screen, append(c.want, "❯ a draft")...)
				t.Log(name)
				x.quit()
			})
		}
	}
}

func TestAttachedAtTheStart(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red), "b.png": painted(t, 8, 8, green)})
	synctest.Test(t, func(t *testing.T) {
		o := opens(bench(t, "", []string{"swift"}))
		o.Attach = []string{dir, "/no/such.png"}
		x := start(t, 120, 30, o)
		want(t, x.now(), `❯ \[Image #1\] \[Image #2\]`, "▣ 1 a.png  8×8", "▣ 2 b.png  8×8", "✗ such.png .*no such")
		x.quit()
	})
}

func TestAFolderOfFortyIsFortyPills(t *testing.T) {
	files := map[string][]byte{}
	for i := range 40 {
		files[fmt.Sprintf("p%02d.png", i+1)] = painted(t, 10+i, 10, red)
	}
	dir := filled(t, files)
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, size[0], size[1], k, "wit/eyes", "wit/nobody")
			x.paste(dir)
			screen := x.after(2 * time.Second)
			want(t, screen, `▣ 1 p01.png 10×10`, `… and \d+ more|▣ 40 p40.png 49×10`, `\[Image #40\]`)
			x.whole()
			x.press("what are these?", "enter")
			x.after(2 * time.Second)
			if _, blobs := k.last(t); len(blobs) != 40 || blobs[39].Name != "p40.png" {
				t.Errorf("%d were sent", len(blobs))
			}
			want(t, x.now(), "❯ what are these\\?  ▣ 40", "… and 37 more", "all|first")
			x.quit()
		})
	}
}

func TestAFileThatCannotBeAttachedSaysWhy(t *testing.T) {
	heic := append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 100)...)
	dir := filled(t, map[string][]byte{"a.heic": heic, "empty.png": {}, "broken.png": painted(t, 50, 50, red)[:60], "good.png": painted(t, 8, 8, green)})
	for name, reason := range map[string]string{"a.heic": "HEIC", "empty.png": "empty", "broken.png": "."} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 120, 30, k)
			x.paste(filepath.Join(dir, "good.png"))
			x.press("look ")
			x.paste(filepath.Join(dir, name))
			screen := x.after(time.Second)
			want(t, screen, "✗ "+name+"  .*"+reason, "▣ 1 good.png", `❯ \[Image #1\] look`)
			lacks(t, screen, `#2\]`)
			x.press("enter")
			x.after(time.Second)
			if text, blobs := k.last(t); text != "look " && text != "look" || names(blobs) != "good.png" {
				t.Errorf("sent %q with %s", text, names(blobs))
			}
			lacks(t, x.now(), "✗ "+name)
			x.quit()
		})
	}
}

func TestAHostileNameNeverReachesTheScreen(t *testing.T) {
	evil := []string{
		"a\x1b[31mred\x1b]52;c;b3duZWQ=\x07.png", "b\u202eevil\u2066.png", "c\nnew\rline.png", strings.Repeat("長", 80) + ".png", "d\u009b2J\u200b\x1bPq\x1b\\.png",
	}
	files := map[string][]byte{}
	for _, name := range evil {
		files[name] = painted(t, 8, 8, red)
	}
	files["z\x1b[31m.png"] = nil
	dir := filled(t, files)
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			o := opens(bench(t, "", []string{"wit/eyes", "wit/ears"}, k.double()))
			o.Attach = []string{dir, dir + "/z\x1b[31m.png", "/no/\x1b[31m\u202e.png", "http://\x1b[31m/"}
			x := start(t, size[0], size[1], o)
			x.after(time.Second)
			x.whole()
			x.press("enter")
			x.after(time.Second)
			x.whole()
			x.press("up")
			x.inert()
			x.quit()
		})
	}
}

// What is not wanted any more is not worked on any more.
func TestRemovingAPillEndsTheWorkOnIt(t *testing.T) {
	m := newModel(t.Context(), Options{})
	f := &attached{source: "/no/such.png"}
	m.pin(f)
	if m.work() == nil || f.cancel == nil {
		t.Fatal("nothing was begun")
	}
	cancel := f.cancel
	ended := false
	f.cancel = func() { ended = true; cancel() }
	m.detach(f)
	m.work()
	if !ended || f.job != 0 {
		t.Error("the work goes on")
	}
	// Its label comes back, and the work begins anew once there is a turn.
	m.busy[reading] = 0
	m.composer.area.InsertString(f.label)
	m.composer.changed()
	if m.work() == nil || f.cancel == nil {
		t.Error("the label that came back attaches nothing")
	}
}

func TestAQuestionWaitsForItsFiles(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red)})
	hold := func(x *terminal) (let func()) {
		see(x, func(m *Model) bool { m.busy[preparing] = 2; return true })
		return func() { see(x, func(m *Model) bool { m.busy[preparing] = 0; return true }) }
	}
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		let := hold(x)
		x.paste(filepath.Join(dir, "a.png"))
		want(t, x.now(), "▣ 1 a.png  8×8  preparing")
		want(t, x.press("what is it?", "enter"), "preparing 1 file, then it is sent", `\[Image #1\] what is it`)
		want(t, x.press("esc"), "not sent: enter sends it", `\[Image #1\] what is it`)
		x.press("enter")
		want(t, x.press("!"), "not sent, as it was changed", `what is it\?!`)
		x.press("enter")
		if k.count() > 0 {
			t.Error("it was sent without its file")
		}
		let()
		x.after(time.Second)
		if text, blobs := k.last(t); text != "what is it?!" || names(blobs) != "a.png" {
			t.Errorf("sent %q with %s", text, names(blobs))
		}
		x.quit()
	})
}

func TestAQuestionWhoseFileFailsIsNotSentWithoutIt(t *testing.T) {
	broken := painted(t, 900, 900, red)
	broken[len(broken)/2] ^= 0xff
	dir := filled(t, map[string][]byte{"broken.png": broken, "good.png": painted(t, 8, 8, green)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		see(x, func(m *Model) bool { m.busy[preparing] = 2; return true })
		x.paste(filepath.Join(dir, "good.png") + " " + filepath.Join(dir, "broken.png"))
		want(t, x.press("what is it?", "enter"), "preparing 2 files, then it is sent")
		see(x, func(m *Model) bool { m.busy[preparing] = 0; return true })
		want(t, x.after(time.Second), "✗ broken.png", "not sent: a file could not be attached", `❯ \[Image #1\] what is it`)
		if k.count() > 0 {
			t.Error("it was sent without its file")
		}
		x.press("enter")
		x.after(time.Second)
		if text, blobs := k.last(t); text != "what is it?" || names(blobs) != "good.png" {
			t.Errorf("then sent %q with %s", text, names(blobs))
		}
		x.quit()
	})
}

// Without a store the files of a question are there again, too.
func TestARecalledQuestionHasItsFilesWhereNothingIsSaved(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		x.paste(filepath.Join(dir, "a.png"))
		x.press("one", "enter")
		x.after(time.Second)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		want(t, x.press("up"), `❯ \[Image #1\] one`, "▣ 1 a.png  8×8")
		x.press("ctrl+e", " more", "enter")
		x.after(time.Second)
		if text, blobs := k.last(t); text != "one more" || corners(t, blobs) != "ff0000" {
			t.Errorf("sent %q with %s", text, corners(t, blobs))
		}
		x.quit()
	})
}

// A file that comes from far says from whom, and nothing of the URL's secrets.
func TestAURLIsFetchedInView(t *testing.T) {
	m := newModel(t.Context(), Options{})
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	m.pin(&attached{source: "https://me:pass@example.com/a/pin.jpg?token=abc"})
	m.work()
	strip := ansi.Strip(strings.Join(m.strip(80), "\n"))
	want(t, strip, "fetching example.com")
	lacks(t, strip, "pass", "token", "abc")
	want(t, m.composer.text(), `\[Image #1\]`)
}

func TestABlindModelIsNotAskedAndTheOthersAre(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 400, 200, red)})
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, size[0], size[1], k, "wit/eyes", "wit/ears")
			x.press("\x1bOQ") // no stage
			x.paste(filepath.Join(dir, "pin.png"))
			screen := x.after(time.Second)
			want(t, screen, "sees ▣1 200×100 · ~800 tok", `~\$0.0008`, "✗ can't see pictures", "chooses another", "≈ 800 / – tok")
			x.whole()
			golden(t, fmt.Sprintf("pictures-%dx%d", size[0], size[1]), screen)
			x.press("what is it?", "enter")
			screen = x.after(time.Second)
			if k.count() != 1 {
				t.Errorf("%d were asked", k.count())
			}
			want(t, screen, "a plain answer", "the model can't see", "nothing was sent", "r asks", "▣ ~800 of 812 tok in")
			x.whole()
			golden(t, fmt.Sprintf("blind-%dx%d", size[0], size[1]), screen)
			x.press("tab", "l")
			want(t, x.press("m"), "❯ img")
			x.quit()
		})
	}
}

func TestWhatNobodyKnowsIsSaid(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 400, 200, red)})
	synctest.Test(t, func(t *testing.T) {
		x := sees(t, 120, 30, &witness{}, "wit/nobody")
		x.paste(filepath.Join(dir, "pin.png"))
		want(t, x.after(time.Second), "pixels and tokens unknown", "not known whether it can see")
		x.quit()
	})
}

func TestTheSamePixelsForEverybody(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 2000, 1000, red)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 120, 30, k, "wit/eyes", "wit/eyes")
		x.paste(filepath.Join(dir, "pin.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"), "as they are · now", "512 px", "512×256")
		x.press("512", "enter")
		want(t, x.after(time.Second), "2000×1000 → all get 512×256", "sees ▣1 256×128 · ~1,310 tok")
		x.press("\x1bOR", "1024", "enter") // from the whole of it again
		want(t, x.after(time.Second), "2000×1000 → all get 1024×512")
		x.press("enter")
		x.after(time.Second)
		_, blobs := k.last(t)
		if m, _, err := image.DecodeConfig(bytes.NewReader(blobs[0].Data)); err != nil || m.Width != 1024 || m.Height != 512 {
			t.Errorf("%d×%d were sent, %v", m.Width, m.Height, err)
		}
		k.mu.Lock()
		if a, b := k.sent[0].Messages[0].Parts[0].(providers.Blob), k.sent[1].Messages[0].Parts[0].(providers.Blob); !bytes.Equal(a.Data, b.Data) {
			t.Error("the columns got different bytes")
		}
		k.mu.Unlock()
		x.quit()
	})
}

// The strip and the panes stay inside of any screen, whatever is attached.
func TestAttachedFilesFitEverySize(t *testing.T) {
	for _, n := range []int{1, 3, 40} {
		s := newRehearsal(t, 80, 24, bench(t, "", []string{"swift", "sage"}))
		for i := range n {
			a := &prompts.Attachment{Name: fmt.Sprintf("長い名前 %d %s.png", i, strings.Repeat("x", 40*i%300)), MIME: "image/png", Width: 1024 + i, Height: 768, FileWidth: 4032, FileHeight: 3024, Notes: []string{"camera data and place removed", "turned upright"}}
			s.later(s.m.attachReady(a))
		}
		s.m.failed = []*attached{{source: "/x/" + strings.Repeat("長", 100), err: errors.New(strings.Repeat("a reason ", 40))}}
		s.run(1000)
		for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 8}, {20, 16}, {34, 14}, {40, 12}, {80, 24}, {120, 36}, {200, 60}, {500, 5}, {5, 200}} {
			s.fits(t, fmt.Sprintf("%d files", n), size[0], size[1])
			for _, l := range s.m.strip(size[0]) {
				if got := ansi.StringWidth(l); got > size[0] {
					t.Errorf("%d files at %d: a line of the strip is %d wide: %q", n, size[0], got, ansi.Strip(l))
				}
			}
		}
		if err := s.m.bench.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A URL that may not be fetched says so, stays text, and is sent as such by
// whoever insists.
func TestAForbiddenURLStaysText(t *testing.T) {
	for _, enter := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 120, 30, k)
			const url = "http://127.0.0.1:9/secret/pin.png?token=abc"
			if enter {
				x.press(url, "enter")
			} else {
				x.paste(url)
			}
			x.after(time.Second)
			screen := x.after(time.Second)
			want(t, screen, "✗ 127.0.0.1:9/secret/pin.png  .*private")
			if got := strings.TrimSpace(x.typed()); got != url || k.count() > 0 {
				t.Errorf("%q stands there, and %d were sent", got, k.count())
			}
			x.press("enter")
			x.after(time.Second)
			if text, blobs := k.last(t); strings.TrimSpace(text) != url || len(blobs) > 0 {
				t.Errorf("sent %q", text)
			}
			x.quit()
		})
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

func TestARecalledTurnKnowsItsLabels(t *testing.T) {
	files := []sessions.Attachment{{Name: "a.png", MIME: "image/png"}, {Name: "b.pdf", MIME: "application/pdf"}, {Name: "c.png", MIME: "image/png"}}
	for text, want := range map[string]string{
		"":                               "[Image #1] [PDF #2] [Image #3] ",
		"what?":                          "[Image #1] [PDF #2] [Image #3] what?",
		"is [Image #2] like the others?": "[Image #1] [PDF #2] is [Image #3] like the others?",
		"is [Image #1] a swap?":          "is [Image #1] a swap? [PDF #2] [Image #3]",
	} {
		if got := recalled(&sessions.Turn{Text: text, Files: files}).text; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
