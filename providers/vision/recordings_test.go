package vision

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"juxta/providers"
)

// A report is what a real service counted for a question with a picture, and
// what is estimated for it.
type report struct {
	name, provider, model string
	width, height         int
	text                  int // estimated, of all that is said, the tools and the frame around them
	picture, reported     int
}

func (r report) off() int { return r.text + r.picture - r.reported }

// Frame is about what a service adds to a question of one message: the marks
// around it.
const frame = 7

// reports are the recordings with a picture of which the service counted the
// tokens.
func reports(t testing.TB) (all []report) {
	t.Helper()
	root := os.Getenv("JUXTA_SHARED")
	if root == "" {
		t.Skip("JUXTA_SHARED is not set: the recordings of real services are not here")
	}
	found, err := filepath.Glob(filepath.Join(root, "wire", "*-image-*", "meta.json"))
	if err != nil || len(found) < 22 {
		t.Fatalf("%d recordings with pictures under %s, want 22: %v", len(found), root, err)
	}
	slices.Sort(found)
	for _, meta := range found {
		var m struct {
			Provider, Model, API string
			Expected             struct {
				Input *int `json:"input_tokens"`
			}
		}
		load(t, meta, &m)
		var body any
		load(t, filepath.Join(filepath.Dir(meta), "request.json"), &body)
		r := report{name: filepath.Base(filepath.Dir(meta)), provider: m.Provider, model: m.Model, text: frame}
		r.read(t, "", body)
		if r.width == 0 || !r.told(t, filepath.Dir(meta), m.Expected.Input) {
			continue
		}
		e := providers.Endpoint{Local: m.Provider == "llamacpp" || m.Provider == "ollama"}
		if m.API == "ollama-native" {
			e.API = "ollama"
		}
		model := Complete(e, providers.Model{Ref: providers.Ref{Provider: m.Provider, Model: m.Model}})
		switch {
		case model.Vision != nil:
			r.picture = model.Vision.See(r.width, r.height).Tokens
		case model.Can.Images != providers.No:
			continue
		}
		all = append(all, r)
	}
	return all
}

// told finds out what was counted: llama.cpp tells it among its times.
func (r *report) told(t testing.TB, dir string, input *int) bool {
	t.Helper()
	if input != nil {
		r.reported = *input
		return true
	}
	raw, err := os.ReadFile(filepath.Join(dir, "response.raw"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"cache_n":(\d+),"prompt_n":(\d+)`).FindSubmatch(raw)
	for _, n := range found {
		x, _ := strconv.Atoi(string(n)) // 0 for all of it
		r.reported += x
	}
	return found != nil
}

func load(t testing.TB, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// spoken are the fields whose words a model reads.
var spoken = regexp.MustCompile(`^(text|content|description|name)$`)

// read sums up the text of a request and finds its picture.
func (r *report) read(t testing.TB, field string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			r.read(t, k, x)
		}
	case []any:
		for _, x := range v {
			r.read(t, field, x)
		}
	case string:
		if w, h, ok := size(v); ok {
			r.width, r.height = w, h
		} else if spoken.MatchString(field) {
			r.text += providers.EstimateTokens(utf8.RuneCountInString(v))
		}
	}
}

// size is that of the picture in a string. One picture is in most recordings, as
// a file or by its address, in several formats; only one holds its bytes.
func size(s string) (width, height int, ok bool) {
	if strings.Contains(s, "scoreboard/testdata/image.") || strings.Contains(s, "BASE64_OMITTED_") {
		return 330, 291, true
	}
	if at := strings.Index(s, ";base64,"); at >= 0 {
		s = s[at+len(";base64,"):]
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return 0, 0, false
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	return c.Width, c.Height, err == nil
}

// besides is why a recording says nothing of a picture's tokens.
func (r report) besides() string {
	switch {
	case strings.Contains(r.name, "claude-opus-4-6"):
		return "the service describes its own tool to the model"
	case strings.Contains(r.name, "gpt-oss"):
		return "the service drops the picture, and has a prompt of its own"
	}
	return ""
}

// What is left is the text, which is only estimated.
func TestTheEstimatesAreWhatTheRecordedServicesCounted(t *testing.T) {
	all := reports(t)
	if len(all) < 20 {
		t.Fatalf("%d recordings are of known families, want 20", len(all))
	}
	for _, r := range all {
		if most := max(20, r.reported/10); r.besides() == "" && (r.off() < -most || r.off() > most) {
			t.Errorf("%s: ~%d for the picture and ~%d for the text, and the service counted %d", r.name, r.picture, r.text, r.reported)
		}
	}
}

// BenchmarkTheErrorAgainstRecordings prints, by provider, how far an estimate of
// the whole question is from what the service counted.
func BenchmarkTheErrorAgainstRecordings(b *testing.B) {
	all := reports(b)
	var out strings.Builder
	fmt.Fprintf(&out, "\n%-50s %9s %8s %6s %8s %6s\n", "recording", "picture", "~picture", "~text", "reported", "error")
	by := map[string][]int{}
	for _, r := range all {
		fmt.Fprintf(&out, "%-50s %9s %8d %6d %8d %+6d %s\n",
			r.name, fmt.Sprintf("%d×%d", r.width, r.height), r.picture, r.text, r.reported, r.off(), r.besides())
		if r.besides() == "" {
			by[r.provider] = append(by[r.provider], r.off())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		sum := 0
		for _, n := range by[name] {
			sum += max(n, -n)
		}
		fmt.Fprintf(&out, "%-12s %d counted, off by %.1f tokens in the mean\n", name, len(by[name]), float64(sum)/float64(len(by[name])))
	}
	fmt.Print(out.String()) // of a log, the testing package keeps ten lines
	for b.Loop() {
		for _, r := range all {
			m := Complete(providers.Endpoint{}, providers.Model{Ref: providers.Ref{Provider: r.provider, Model: r.model}})
			if m.Vision != nil {
				m.Vision.See(r.width, r.height)
			}
		}
	}
}
