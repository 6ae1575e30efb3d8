package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/ui/clipboard"
)

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
			if k.count() == 0 { // it may have been meant as a file's name
				want(t, x.now(), "(is|are) not there: enter sends it as text")
				x.press("enter")
				x.after(time.Second)
			}
			if got, blobs := k.last(t); got != text || len(blobs) > 0 {
				t.Errorf("%q was sent as %q with %d files", text, got, len(blobs))
			}
			x.quit()
		})
	}
}

// What is meant as a file and is none costs an enter, not a question to models
// that are paid for; a mention of somebody costs none.
func TestAFileThatIsNotThereIsNotAskedAboutSilently(t *testing.T) {
	dir := filled(t, map[string][]byte{"empty.png": {}, "photo.heic": append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 100)...), "good.png": painted(t, 8, 8, red)})
	t.Chdir(dir)
	if err := os.Mkdir(filepath.Join(dir, "nothing"), 0o755); err != nil {
		t.Fatal(err)
	}
	for typed, says := range map[string]string{
		dir + "/nothere.png":                  "nothere.png is not there: enter sends it as text",
		"~/nix.jpg":                           "nix.jpg is not there: enter sends it as text",
		"@nothere.png what is it":             "nothere.png is not there: enter sends it as text",
		"@nothere.pdf what is it":             "nothere.pdf is not there: enter sends it as text",
		"is a.png like b.png?":                "a.png and b.png are not there: enter sends it as text",
		dir + "/nothing":                      "not attached: enter sends it as text",
		dir + "/photo.heic":                   "not attached: enter sends it as text",
		dir + "/empty.png":                    "not attached: enter sends it as text",
		"what is empty.png?":                  "not attached: enter sends it as text",
		"is good.png like gone.png?":          "attached good.png, but gone.png is not there: enter sends",
		"@anna, what is it?":                  "",
		"what is a .png?":                     "",
		"https://example.com/a":               "",
		"why does https://example.com/a.png?": "",
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, 80, 24, k)
			x.press(typed, "enter")
			screen := x.after(time.Second)
			if says != "" {
				want(t, screen, " "+says)
				lacks(t, screen, "attached .*heic")
				if k.count() > 0 {
					t.Fatalf("%q was sent by the first enter", typed)
				}
				x.press("enter")
				x.after(time.Second)
			}
			if k.count() != 1 {
				t.Errorf("%q was sent %d times", typed, k.count())
			}
			lacks(t, x.now(), "✗")
			x.quit()
		})
	}
}

// A link may be good for one look, and who asks about a page does not ask for
// its source.
func TestAPastedURLIsFetchedOnlyIfItIsAMediumsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		before, paste, body string
		fetched             bool
		want                string
	}{
		"a picture":       {"", "https://example.com/a.png?w=1", string(painted(t, 8, 8, red)), true, `❯ \[Image #1\]`},
		"a page":          {"", "https://example.com/a", "<html>", false, "❯ https://example.com/a"},
		"a page's name":   {"", "https://example.com/?f=a.png", "<html>", false, "❯ https://example.com/"},
		"two":             {"", "https://example.com/a.png https://example.com/b.png", "", false, "❯ https://example.com/a.png https"},
		"inside a word":   {"src=", "https://example.com/a.png", "", false, "❯ src=https://example.com/a.png"},
		"in a sentence":   {"what is ", "https://example.com/a.png", string(painted(t, 8, 8, red)), true, `❯ what is \[Image #1\]`},
		"HTML of a .png":  {"", "https://example.com/a.png", "<!doctype html><p>no", true, "❯ https://example.com/a.png"},
		"HTML, said":      {"", "https://example.com/a.png", "<!doctype html><p>no", true, "✗ example.com/a.png  is a web page"},
		"a pdf in a page": {"", "https://example.com/a.html#x.pdf", "", false, "❯ https://example.com/a.html"},
	} {
		synctest.Test(t, func(t *testing.T) {
			fetched := 0
			o := opens(bench(t, "", []string{"wit/eyes"}, (&witness{}).double()))
			o.Loader.Network = web(func(*http.Request) (*http.Response, error) {
				fetched++
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(c.body)), ContentLength: int64(len(c.body))}, nil
			})
			x := start(t, 120, 30, o)
			x.press(c.before)
			x.paste(c.paste)
			screen := x.after(time.Second)
			want(t, screen, c.want)
			if (fetched > 0) != c.fetched {
				t.Errorf("%s: fetched %d times", name, fetched)
			}
			x.quit()
		})
	}
}

type web func(*http.Request) (*http.Response, error)

func (a web) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

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
			if strings.Contains(text, "other.png") {
				x.press("enter")
				x.after(time.Second)
			}
			if got, blobs := k.last(t); got != text || len(blobs) > 0 {
				t.Errorf("%q was sent as %q with %d files", text, got, len(blobs))
			}
			x.quit()
		})
	}
}

// Whoever takes a pill away and types its name again wants the file.
func TestAFileThatWasRemovedIsAttachedAgain(t *testing.T) {
	t.Chdir(filled(t, map[string][]byte{"pin.png": painted(t, 8, 8, red)}))
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		for range 2 {
			x.press("ctrl+u")
			want(t, x.press("@pin.png", "enter"), "attached pin.png: enter sends", `❯ \[Image #\d\]`)
		}
		x.press("enter")
		x.after(time.Second)
		if _, blobs := k.last(t); names(blobs) != "pin.png" {
			t.Errorf("sent %q", names(blobs))
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

// more is an error with its own words and advice.
type more struct {
	of   error
	says string
}

func (e more) Error() string { return e.says }
func (e more) Unwrap() error { return e.of }
func (more) Advice() string  { return "paste its path; or else" }

func TestTheClipboardsPictureIsAttached(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		err  error
		want []string
	}{
		"a picture": {painted(t, 20, 10, green), nil, []string{`\[Image #1\]`, "▣ 1 clipboard  20×10"}},
		"none":      {nil, clipboard.ErrNone, []string{"no picture on the clipboard; paste text with the terminal's own paste key"}},
		"over SSH":  {nil, errors.New("juxta runs over SSH and can't reach the clipboard of the machine that you sit at"), []string{" no clipboard over SSH: copy the file to that machine and paste its path"}},
		"files":     {nil, more{clipboard.ErrNone, "there are files on the clipboard"}, []string{"there are files on the clipboard: paste its path"}},
		"locked":    {nil, more{errors.New("x"), "the desktop says no"}, []string{"the desktop says no: paste its path"}},
	} {
		for _, key := range []string{"\x16", "\x1bv", "\x1b[200~\x1b[201~"} {
			synctest.Test(t, func(t *testing.T) {
				x := sees(t, 80, 30, &witness{})
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
			want(t, x.press("enter"), " "+name+" is not attached: enter sends without it")
			if k.count() > 0 {
				t.Error("it was sent without a word")
			}
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
			want(t, screen, "✗ 127.0.0.1:9/secret/pin.png  .*private_urls")
			if got := strings.TrimSpace(x.typed()); got != url || k.count() > 0 {
				t.Errorf("%q stands there, and %d were sent", got, k.count())
			}
			if !enter {
				want(t, x.press("enter"), "pin.png is not attached: enter sends it as text")
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

func TestANameInBracketsIsFound(t *testing.T) {
	for text, want := range map[string]string{
		"see (/a/b.png).":    "/a/b.png",
		"see [\"/a b.png\"]": "/a b.png",
		"<~/b.png>":          "~/b.png",
	} {
		found := false
		for _, c := range tokens(text) {
			found = found || c.words[0] == want
		}
		if !found {
			t.Errorf("%q: %q is not among %v", text, want, tokens(text))
		}
	}
}
