package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/tui"
)

// pngOf is a picture of so many pixels.
func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lay writes files into a new folder and goes there.
func lay(t *testing.T, files map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// attachedTo are the names of the files of each record.
func attachedTo(t *testing.T, out string) (all [][]string) {
	t.Helper()
	for line := range strings.Lines(out) {
		var r struct{ Attachments []struct{ Name string } }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		names := []string{}
		for _, a := range r.Attachments {
			names = append(names, a.Name)
		}
		all = append(all, names)
	}
	return all
}

func TestFilesAreAttachedInTheOrderOfTheirNaming(t *testing.T) {
	pic := pngOf(t, 8, 4)
	lay(t, map[string][]byte{
		"a b.png": pic, "c.png": pic, "notes.txt": []byte("some words\n"),
		"photos/2.png": pic, "photos/10.png": pic, "home/h.png": pic, "config.yaml": []byte("attachments: {private_urls: true}\n"),
	})
	home, _ := filepath.Abs("home")
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(pic) }))
	defer server.Close()
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"-a", "a b.png"}, []string{"a b.png"}},
		{[]string{"-a", "c.png", "-a", "a b.png", "-a", "c.png"}, []string{"c.png", "a b.png", "c.png"}},
		{[]string{"-a", "~/h.png"}, []string{"h.png"}},
		{[]string{"-a", "photos"}, []string{"2.png", "10.png"}},
		{[]string{"-a", "*.png", "-a", "notes.txt"}, []string{"a b.png", "c.png", "notes.txt"}},
		{[]string{"-a", server.URL + "/x/pin.png?token=hush"}, []string{"pin.png"}},
		{[]string{"-a", "c.png", "-a", "-"}, []string{"c.png", "stdin"}},
	} {
		a, _, stderr := bench(t)
		out := new(bytes.Buffer)
		a.out, a.in, a.inTerm = out, bytes.NewReader(pic), false
		code := a.run(t.Context(), append([]string{"ask", "--json", "--config", "config.yaml", "-m", "demo/script:say=x", "-m", "demo/script:say=y", "look"}, tt.args...))
		if got := attachedTo(t, out.String()); code != 0 || len(got) != 2 || !slices.Equal(got[0], tt.want) || !slices.Equal(got[1], tt.want) {
			t.Errorf("%q: exit code %d, attached %q; it said %s", tt.args, code, got, stderr)
		}
		if strings.Contains(stderr.String()+out.String(), "hush") {
			t.Errorf("%q: the secret of a URL is shown", tt.args)
		}
	}
}

func TestWhatIsWrongWithAFileIsWrongUsageAndNothingIsAsked(t *testing.T) {
	heic := append([]byte{0, 0, 0, 24}, "ftypheic\x00\x00\x00\x00mif1heic"...)
	files := fifty(pngOf(t, 8, 4))
	maps.Copy(files, map[string][]byte{
		"pin.png": pngOf(t, 8, 4), "zero.png": nil, "phone.heic": heic, "cut.png": pngOf(t, 80, 40)[:60], "empty/.keep": nil, "app.bin": {0x7f, 'E', 'L', 'F', 0, 1, 2, 0xff},
	})
	lay(t, files)
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"-a", "pim.png"}, []string{"pim.png"}},
		{[]string{"-a", "pin.png", "-a", "zero.png"}, []string{"zero.png"}},
		{[]string{"-a", "phone.heic"}, []string{"phone.heic", "HEIC"}},
		{[]string{"-a", "cut.png"}, []string{"cut.png"}},
		{[]string{"-a", "app.bin"}, []string{"app.bin"}},
		{[]string{"-a", "empty"}, []string{"empty"}},
		{[]string{"-a", "*.webp"}, []string{"*.webp"}},
		{[]string{"-a", ""}, []string{"no file"}},
		{[]string{"-a", "http://127.0.0.1:9/pin.png"}, []string{"127.0.0.1", "private", "private_urls: true"}},
		{[]string{"-a", "https://example.com/pin.png?token=hush", "--local-only"}, []string{"example.com", "--local-only"}},
		{[]string{"-a", "-", "-a", "-"}, []string{"one place"}},
		{[]string{"-a", "-", "and", "-"}, []string{"one place"}},
		{[]string{"-a", "-"}, []string{"stdin"}}, // and it is empty
		{[]string{"-a", "pin.png", "--fit", "0"}, []string{"--fit"}},
		{[]string{"-a", "pin.png", "--fit", "-5"}, []string{"--fit"}},
		{[]string{"-a", "pin.png", "--fit", "x"}, []string{"--fit", "a number of pixels"}},
		{[]string{"--fit", "10"}, []string{"none is attached"}},
		{[]string{"-a", "ftp://x/y.png"}, []string{"ftp://x/y.png: what can be read is http://"}},
		{[]string{"-a", "fifty", "-a", "fifty", "-a", "pin.png"}, []string{"101 files", "at most 100"}},
	} {
		a, _, stderr := bench(t)
		out := new(bytes.Buffer)
		a.out, a.inTerm = out, false
		code := a.run(t.Context(), append([]string{"ask", "-m", "demo/script:say=asked", "look"}, tt.args...))
		said := stderr.String()
		if code != exitUsage || out.Len() > 0 {
			t.Errorf("%q: exit code %d, printed %q", tt.args, code, out)
		}
		for _, want := range append(tt.want, "-a") {
			if !strings.Contains(said, want) && want != "-a" || want == "-a" && !strings.Contains(said, "-a") && !strings.Contains(said, "--fit") {
				t.Errorf("%q: it says no %q: %s", tt.args, want, said)
			}
		}
		if strings.Contains(said, "hush") {
			t.Errorf("%q: the secret of a URL is shown: %s", tt.args, said)
		}
		if _, err := os.Stat(a.storePath()); err == nil {
			t.Errorf("%q: something was saved", tt.args)
		}
	}
}

// fifty is a folder of that name with as many files in it.
func fifty(pic []byte) map[string][]byte {
	files := map[string][]byte{}
	for i := range 50 {
		files[fmt.Sprintf("fifty/%d.png", i)] = pic
	}
	return files
}

func TestOfManyFilesOnlyThoseThatWereChangedAreNamed(t *testing.T) {
	files := fifty(pngOf(t, 8, 4))
	files["large.png"] = pngOf(t, 80, 40)
	lay(t, files)
	a, _, stderr := bench(t)
	if code := a.run(t.Context(), []string{"ask", "-m", "demo/script:say=x", "-a", "fifty", "-a", "large.png", "--fit", "20", "look"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	said := stderr.String()
	if !strings.Contains(said, "50 files, ") || !strings.Contains(said, ", as they are\n") || !strings.Contains(said, "large.png 80×40: scaled") || strings.Contains(said, "7.png 8×4") {
		t.Errorf("it said %s", said)
	}
}

func TestAnInterruptionWhileAFileIsFetchedEndsIt(t *testing.T) {
	lay(t, map[string][]byte{"config.yaml": []byte("attachments: {private_urls: true}\n")})
	ctx, cancel := context.WithCancelCause(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel(interruption{os.Interrupt})
		<-r.Context().Done()
	}))
	defer server.Close()
	a, _, stderr := bench(t)
	if code := a.run(ctx, []string{"ask", "--config", "config.yaml", "-m", "demo/swift", "-a", server.URL, "look"}); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestTheKeyboardIsNoFile(t *testing.T) {
	a, _, stderr := bench(t)
	if code := a.run(t.Context(), []string{"ask", "-m", "demo/swift", "-a", "-"}); code != exitUsage || !strings.Contains(stderr.String(), "keyboard") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestAFileWithoutWordsIsAQuestion(t *testing.T) {
	lay(t, map[string][]byte{"pin.png": pngOf(t, 8, 4)})
	for _, tt := range []struct {
		terminal bool
		input    string
		want     string
	}{
		{true, "never read", ""},
		{false, "", ""},
		{false, "what is this?\n", "what is this?"},
	} {
		a, _, stderr := bench(t)
		a.in, a.inTerm = strings.NewReader(tt.input), tt.terminal
		if code := a.run(t.Context(), []string{"ask", "-m", "demo/script:say=x", "-a", "pin.png"}); code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		if turn := theTurn(t, a); turn.Text != tt.want || len(turn.Files) != 1 {
			t.Errorf("%+v: %q with %v", tt, turn.Text, turn.Files)
		}
	}
}

// theTurn is the only turn of the app's store.
func theTurn(t *testing.T, a *app) sessions.Turn {
	t.Helper()
	s, err := sessions.Open(a.storePath())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return only(t, s)
}

func TestWhatIsDoneToAPictureIsSaid(t *testing.T) {
	lay(t, map[string][]byte{"pin.png": pngOf(t, 80, 40), "notes.txt": []byte("some words")})
	a, _, stderr := bench(t)
	args := []string{"ask", "-m", "demo/script:say=x", "-a", "pin.png", "-a", "notes.txt", "--fit", "20", "look"}
	if code := a.run(t.Context(), args); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if said := stderr.String(); !strings.Contains(said, "pin.png 80×40: scaled to 20×10") || !strings.Contains(said, "notes.txt 10 B: as it is\n") {
		t.Errorf("it said %s", said)
	}
	files := theTurn(t, a).Files
	if len(files) != 2 || files[0].SentWidth != 20 || files[0].SentHeight != 10 || files[0].Width != 80 || len(files[0].Notes) == 0 {
		t.Errorf("kept: %+v", files)
	}
	stderr.Reset()
	if code := a.run(t.Context(), append(args, "--json")); code != 0 || stderr.Len() > 0 {
		t.Errorf("with --json: exit code %d, %s", code, stderr)
	}
}

func TestCameraDataGoesAlongOnlyIfItIsAskedFor(t *testing.T) {
	plain := solid(t, "jpg", "red", 16, 8)
	pin := slices.Concat(plain[:2], turned(1), plain[2:])
	whole := fmt.Sprintf("%x", sha256.Sum256(pin))
	lay(t, map[string][]byte{"pin.jpg": pin, "keep.yaml": []byte("attachments: {keep_metadata: true}\n")})
	for _, tt := range []struct {
		args []string
		kept bool
		said string
	}{
		{nil, false, "removed"},
		{[]string{"--keep-metadata"}, true, "kept"},
		{[]string{"--config", "keep.yaml"}, true, "kept"},
	} {
		a, _, stderr := bench(t)
		if code := a.run(t.Context(), append([]string{"ask", "-m", "demo/script:say=x", "-a", "pin.jpg", "look"}, tt.args...)); code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		if sum := theTurn(t, a).Files[0].SHA256; (sum == whole) != tt.kept || !strings.Contains(stderr.String(), "pin.jpg 16×8: camera data "+tt.said) {
			t.Errorf("%q: the same bytes: %v; it said %s", tt.args, sum == whole, stderr)
		}
	}
}

func TestShowTellsWhatATurnHas(t *testing.T) {
	lay(t, map[string][]byte{"pin\x1b[2J.png": pngOf(t, 80, 40)})
	a, _, stderr := bench(t)
	if code := a.run(t.Context(), []string{"ask", "-m", "demo/script:say=x", "-a", "pin\x1b[2J.png", "look"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	sum := theTurn(t, a).Files[0].SHA256
	out := new(bytes.Buffer)
	a.out = out
	if code := a.run(t.Context(), []string{"sessions", "show", string(newest(t, a))}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if want := "> look\n> [pin␛[2J.png 80×40 · image/png · sha256 " + sum[:12]; !strings.Contains(out.String(), want) || strings.Contains(out.String()+stderr.String(), "\x1b") {
		t.Errorf("no %q in %s", want, out)
	}
	out.Reset()
	if code := a.run(t.Context(), []string{"sessions", "show", "--json", string(newest(t, a))}); code != 0 || !strings.Contains(out.String(), `"sha256":"`+sum+`"`) {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestAModelThatCannotSeeHoldsUpNobody(t *testing.T) {
	lay(t, map[string][]byte{"pin.png": pngOf(t, 8, 4)})
	blind := local("blind", 1)
	blind.Can.Images = providers.No
	a, _, stderr := bench(t, blind)
	out := new(bytes.Buffer)
	a.out = out
	code := a.run(t.Context(), []string{"ask", "--json", "-m", "ollama/blind", "-m", "demo/script:say=seen", "-a", "pin.png", "look"})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if code != exitFailed || len(lines) != 2 || !strings.Contains(lines[0], `"kind":"unsupported"`) || !strings.Contains(lines[1], `"text":"seen"`) {
		t.Errorf("exit code %d: %s\nit said %s", code, out, stderr)
	}
	if !strings.Contains(stderr.String(), "can't see") || !strings.Contains(stderr.String(), "→") {
		t.Errorf("it said %s", stderr)
	}
}

// alsoSet sets one more variable of the environment.
func alsoSet(a *app, name, value string) {
	before := a.getenv
	a.getenv = func(other string) string {
		if other == name {
			return value
		}
		return before(other)
	}
}

func TestWhatEachModelWillSeeIsSaidBeforeItIsAsked(t *testing.T) {
	lay(t, map[string][]byte{"pin.png": pngOf(t, 2000, 1500)})
	a, _, stderr := bench(t)
	alsoSet(a, "OPENAI_API_KEY", "k")
	a.run(t.Context(), []string{"ask", "-m", "openai-chat/gpt-4o", "-m", "demo/script:say=x", "-a", "pin.png", "look"})
	const want = "openai-chat/gpt-4o sees pin.png at 1024×768, ~765 tokens, ~$0.00191"
	if !strings.Contains(stderr.String(), want) {
		t.Errorf("no %q in %s", want, stderr)
	}
}

func TestOfManyFilesTheSumIsSaid(t *testing.T) {
	files := map[string][]byte{}
	for i := range 7 {
		files[fmt.Sprintf("%d.png", i)] = pngOf(t, 2000, 1500)
	}
	lay(t, files)
	a, _, stderr := bench(t)
	alsoSet(a, "OPENAI_API_KEY", "k")
	a.run(t.Context(), []string{"ask", "-m", "openai-chat/gpt-4o", "-m", "demo/swift", "-a", "*.png", "look"})
	for _, want := range []string{
		"openai-chat/gpt-4o takes 7 files, ~5355 tokens, ~$0.0134", // 765 each, at $2.50 a million
		"demo/swift takes 7 files; for how many tokens is not known",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("no %q in %s", want, stderr)
		}
	}
}

func TestTheWorkbenchIsGivenFilesThatAreThere(t *testing.T) {
	lay(t, map[string][]byte{"a.png": pngOf(t, 8, 4), "b.png": pngOf(t, 8, 4), "config.yaml": []byte("attachments: {keep_metadata: true}\n")})
	var got tui.Options
	a, _, stderr := bench(t)
	a.screen = func(_ context.Context, o tui.Options) error { got = o; return nil }
	if code := a.run(t.Context(), []string{"-m", "demo/swift", "-a", "*.png", "--config", "config.yaml", "--local-only"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if !slices.Equal(got.Attach, []string{"a.png", "b.png"}) || !got.Loader.KeepMetadata || got.Loader.Private || got.Loader.LocalOnly != "--local-only" {
		t.Errorf("%q, %+v", got.Attach, got.Loader)
	}
	for _, word := range []string{"c.png", "-"} {
		got = tui.Options{}
		stderr.Reset()
		if code := a.run(t.Context(), []string{"-m", "demo/swift", "-a", word}); code != exitUsage || got.Open != nil || !strings.Contains(stderr.String(), "-a") {
			t.Errorf("-a %s: exit code %d: %s", word, code, stderr)
		}
	}
}

func TestSizesAreThoseOfPeople(t *testing.T) {
	for n, want := range map[int]string{0: "0 B", 999: "999 B", 1000: "1 kB", 12_345: "12.3 kB", 999_999: "1 MB", 5_240_000: "5.24 MB", 52_428_800: "52.4 MB"} {
		if got := size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
