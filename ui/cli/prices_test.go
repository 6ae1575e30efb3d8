package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/prices"
)

func TestEverythingThatIsChargedIsALine(t *testing.T) {
	p := providers.Price{
		Rates: providers.Rates{
			Input: 3_000_000, CacheRead: 300_000, CacheWrite: 3_750_000, CacheWriteHour: 6_000_000,
			Output: 15_000_000, Audio: 4_000_000,
		},
		PerImage: providers.Dollar / 100, PerRequest: providers.Dollar / 200,
		Steps: []providers.Step{
			{Above: 199_999, Rates: providers.Rates{Input: 6_000_000, CacheRead: 6_000_000, CacheWrite: 6_000_000, Output: 22_500_000}},
			{Above: 400_000, Rates: providers.Rates{Input: 7_000_000, CacheRead: 700_000, CacheWrite: 7_000_000, Output: 30_000_000}},
		},
		Tiers:  map[string]providers.Ratio{"priority": {Num: 2, Den: 1}, "batch": {Num: 1, Den: 2}},
		Source: providers.Listed, AsOf: "2026-11-01", From: "https://example.com/pricing",
	}
	want := [][2]string{
		{"input", "$3.00 per million tokens"},
		{"cache read", "$0.30 per million tokens"},
		{"cache write", "$3.75 per million tokens"},
		{"cache write for 1 h", "$6.00 per million tokens"},
		{"output", "$15.00 per million tokens"},
		{"audio input", "$4.00 per million tokens"},
		{"per image", "$0.0100"},
		{"per request", "$0.00500"},
		{"above 199999 tokens", "input $6.00, output $22.50"},
		{"above 400k tokens", "input $7.00, cache read $0.70, output $30.00"},
		{"batch tier", "× 1/2"},
		{"priority tier", "× 2"},
		{"prices", "as of 2026-11-01 from https://example.com/pricing"},
	}
	if got := priceLines(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnOutputAsDearAsTheInputIsStillSaid(t *testing.T) {
	p := providers.Price{Rates: providers.Rates{Input: 200_000, CacheRead: 200_000, CacheWrite: 200_000, Output: 200_000}, Source: providers.Overridden}
	want := [][2]string{
		{"input", "$0.20 per million tokens"}, {"output", "$0.20 per million tokens"}, {"prices", "from the configuration"},
	}
	if got := priceLines(p); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// unsure is a price of which much is not known.
func unsure() providers.Price {
	const unknown = providers.UnknownRate
	return providers.Price{
		Rates: providers.Rates{Input: 3_000_000, CacheRead: unknown, CacheWrite: 4_000_000, CacheWriteHour: unknown, Output: 15_000_000},
		Steps: []providers.Step{
			{Above: 1000, Rates: providers.Rates{Input: 6_000_000, CacheRead: 1_000_000, CacheWrite: unknown, CacheWriteHour: unknown, Output: 20_000_000, Audio: unknown}},
			{Above: 2000, Rates: providers.Rates{Input: unknown, CacheRead: unknown, CacheWrite: unknown, CacheWriteHour: unknown, Output: unknown, Audio: unknown}},
		},
		Source: providers.Overridden,
	}
}

func TestWhatIsNotKnownIsSaidToBe(t *testing.T) {
	want := [][2]string{
		{"input", "$3.00 per million tokens"},
		{"cache read", "unknown"},
		{"cache write", "$4.00 per million tokens"},
		{"cache write for 1 h", "unknown"},
		{"output", "$15.00 per million tokens"},
		{"above 1k tokens", "input $6.00, cache read $1.00, cache write unknown, output $20.00, audio input unknown"},
		{"above 2k tokens", "unknown"},
		{"prices", "from the configuration"},
	}
	p := unsure()
	if got := priceLines(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	b, err := json.Marshal(priceOf(&p))
	if err != nil {
		t.Fatal(err)
	}
	for _, rates := range []string{
		`{"input":"3.00","cache_read":null,"cache_write":"4.00","cache_write_1h":null,"output":"15.00","audio":null,`,
		`{"above":1000,"input":"6.00","cache_read":"1.00","cache_write":null,"cache_write_1h":null,"output":"20.00","audio":null}`,
		`{"above":2000,"input":null,"cache_read":null,"cache_write":null,"cache_write_1h":null,"output":null,"audio":null}`,
	} {
		if !strings.Contains(string(b), rates) {
			t.Errorf("%s is not in\n%s", rates, b)
		}
	}
	p.PerImage, p.PerRequest = providers.UnknownRate, providers.UnknownRate
	if got := priceLines(p); !slices.Contains(got, [2]string{"per image", "unknown"}) || !slices.Contains(got, [2]string{"per request", "unknown"}) {
		t.Errorf("fees: %q", got)
	}
	if r := priceOf(&p); r.PerImage != nil || r.PerRequest != nil {
		t.Errorf("fees: %q, %q", *r.PerImage, *r.PerRequest)
	}
	p.PerImage, p.PerRequest = 0, 0
	// What a newer list has learnt is said, and no sum with it.
	knows := unsure()
	knows.CacheRead, knows.Steps = 300_000, nil
	line := changeLine(prices.Change{Kind: prices.Changed, Old: &p, New: &knows})
	if want := "cache read unknown → $0.30, above 1k tokens "; !strings.HasPrefix(line, want) || !strings.HasSuffix(line, "above 2k tokens unknown → none") {
		t.Errorf("got %q, want %q first", line, want)
	}
}

func TestAKeptListMayHaveRatesThatAreNotKnownAndNoneBelowNothing(t *testing.T) {
	fine := unsure()
	m := providers.Model{Price: &fine}
	if mend(&m); m.Price == nil {
		t.Error("a price with unknown rates was dropped")
	}
	for name, spoil := range map[string]func(*providers.Price){
		"a negative rate":           func(p *providers.Price) { p.CacheRead = -2 },
		"a negative rate in a step": func(p *providers.Price) { p.Steps[0].Audio = -2 },
		"a negative fee":            func(p *providers.Price) { p.PerRequest = -1 },
		"no input":                  func(p *providers.Price) { p.Input = providers.UnknownRate },
		"no output":                 func(p *providers.Price) { p.Output = providers.UnknownRate },
	} {
		p := unsure()
		spoil(&p)
		m := providers.Model{Price: &p}
		if mend(&m); m.Price != nil {
			t.Errorf("%s: %+v", name, *m.Price)
		}
	}
}

func TestFreeIsOneWord(t *testing.T) {
	if got := priceLines(providers.Price{Source: providers.Free}); !slices.Equal(got, [][2]string{{"price", "free"}}) {
		t.Errorf("got %q", got)
	}
}

// A shop serves what page says and keeps what it was asked.
type shop struct {
	*httptest.Server
	page  func(w http.ResponseWriter, r *http.Request)
	asked []*http.Request
}

func open(t *testing.T) *shop {
	s := &shop{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r)
		s.page(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *shop) says(text string) {
	s.page = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// aList is a table of 20 models that nobody else knows, and what is given.
func aList(more ...string) string {
	text := "[openai]\nsource a 2099-01-01 https://example.com/new\n\n"
	for i := range 20 {
		text += fmt.Sprintf("thing-%02d in=1 out=2 from=a\n", i)
	}
	return text + strings.Join(more, "\n") + "\n"
}

// refresh runs the command in a home of its own and returns what it wrote.
func refresh(t *testing.T, home string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{
		build: testBuild(), out: &out, err: &errs, in: strings.NewReader(""),
		getenv: env("XDG_CACHE_HOME", home, "XDG_CONFIG_HOME", home, "XDG_DATA_HOME", home, "OPENAI_API_KEY", "hush-hush"),
	}
	code = a.run(t.Context(), append([]string{"models", "refresh"}, args...))
	return code, out.String(), errs.String()
}

func TestARefreshShowsWhatChangedAndKeepsIt(t *testing.T) {
	s, home := open(t), t.TempDir()
	s.says(aList("gpt-4.1 in=2 read=0.5 out=8 from=a"))
	if code, stdout, stderr := refresh(t, home, "--url", s.URL+"/list?token=hush"); code != 0 || strings.Contains(stdout+stderr, "hush") {
		t.Fatal(stdout, stderr)
	}
	s.says(strings.Replace(aList("gpt-4.1 in=3 read=0.5 out=8 from=a", "gpt-4o in=2.5 read=1.25 out=9 from=a", "brand-new in=1 out=2 from=a"), "thing-07 in=1 out=2 from=a\n", "", 1))
	code, stdout, stderr := refresh(t, home, "--url", s.URL+"/list")
	want := `dearer   openai/gpt-4.1    input $2.00 → $3.00, batch tier × 1/2 → none, fast tier × 7/4 → none, priority tier × 7/4 → none
cheaper  openai/gpt-4o     output $10.00 → $9.00, batch tier × 1/2 → none
new      openai/brand-new  $1.00 / $2.00
gone     openai/thing-07   was $1.00 / $2.00
`
	if code != 0 || stdout != want {
		t.Errorf("code %d, %s\ngot\n%s\nwant\n%s", code, stderr, stdout, want)
	}
	if !strings.Contains(stderr, "1 dearer, 1 cheaper, 1 new, 1 gone; kept in ") {
		t.Errorf("summary: %s", stderr)
	}
	for _, r := range s.asked {
		for name, values := range r.Header {
			if strings.Contains(strings.Join(values, " "), "hush-hush") || name == "Authorization" || name == "Cookie" {
				t.Errorf("%s was sent: %q", name, values)
			}
		}
	}

	// The next start knows it.
	n := connect(config{}, env("XDG_CACHE_HOME", home, "OPENAI_API_KEY", "k"), nil)
	m := n.registry(testBuild().APIs, nil).Model(providers.Ref{Provider: "openai", Model: "gpt-4.1"})
	if m.Price == nil || m.Price.Input != 3_000_000 || m.Price.From != "https://example.com/new" {
		t.Errorf("the next start: %+v", m.Price)
	}
	if m := n.registry(testBuild().APIs, nil).Model(providers.Ref{Provider: "openai", Model: "gpt-5-mini"}); m.Price == nil || m.Context != 400_000 {
		t.Errorf("what is built in: %+v", m)
	}

	// Nothing changes twice; and a line of JSON is a change.
	if code, stdout, stderr := refresh(t, home, "--url", s.URL+"/list"); code != 0 || stdout != "" || !strings.Contains(stderr, "nothing changed") {
		t.Errorf("again: %d %s %s", code, stdout, stderr)
	}
	s.says(aList("gpt-4.1 in=3 read=0.5 out=8 from=a", "gpt-4o in=2.5 read=1.25 out=9 from=a", "brand-new in=1 out=2.5 from=a"))
	code, stdout, stderr = refresh(t, home, "--json", "--url", s.URL+"/list")
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	if code != 0 || len(lines) != 2 || !strings.HasPrefix(lines[0], `{"change":"dearer","service":"openai","model":"brand-new","old":{"input":"1.00",`) ||
		!strings.Contains(lines[1], `"change":"new","service":"openai","model":"thing-07","old":null,"new":{`) {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
}

func TestAPriceThatIsNoneIsKeptAndSaid(t *testing.T) {
	s, home := open(t), t.TempDir()
	s.says(aList("gpt-4.1 in=0 out=0 from=a", "brand-new in=1 out=2 from=a"))
	code, stdout, stderr := refresh(t, home, "--url", s.URL)
	if code != 0 || !strings.Contains(stdout, "new  openai/brand-new") || strings.Contains(stdout, "gpt-4.1") ||
		!strings.Contains(stderr, "kept: openai/gpt-4.1: the price fell to 0\n") || !strings.Contains(stderr, "21 new, 1 kept; kept in") {
		t.Errorf("code %d\n%s%s", code, stdout, stderr)
	}
	s.says(aList("gpt-4.1 in=-1 out=8 from=a", "brand-new in=1 out=2 from=a"))
	code, stdout, stderr = refresh(t, home, "--json", "--url", s.URL)
	if code != 0 || !strings.HasPrefix(stdout, `{"change":"kept","service":"openai","model":"gpt-4.1","old":{"input":"2.00",`) ||
		!strings.HasSuffix(stdout, `"why":"in: not a price: -1 is negative"}`+"\n") {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
}

func TestABrokenListChangesNothing(t *testing.T) {
	s, home := open(t), t.TempDir()
	s.says(aList())
	if code, _, stderr := refresh(t, home, "--url", s.URL); code != 0 {
		t.Fatal(stderr)
	}
	before := refreshed(env("XDG_CACHE_HOME", home))
	elsewhere := open(t)
	elsewhere.says(aList("stolen in=1 out=2 from=a"))
	for want, page := range map[string]func(http.ResponseWriter, *http.Request){
		"the answer is 404": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"neither a table":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>\x1b[2J") },
		"too few":           func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") },
		"is not a decimal": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, aList("x in=cheap out=1 from=a"))
		},
		"3 of its 23 prices are none: openai/gpt-4.1": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, aList("gpt-4.1 in=-1 out=0 from=a", "gpt-4o in=0 out=0 from=a", "gpt-5 in=0 out=0 from=a"))
		},
		"it is redirected to http://": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"in circles":                  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) },
		"it is longer than 64 MB": func(w http.ResponseWriter, _ *http.Request) {
			for range 65 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		},
		"reading it": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "[openai]")
		},
	} {
		s.page = page
		code, stdout, stderr := refresh(t, home, "--url", s.URL)
		if code != exitFailed || stdout != "" || !strings.Contains(stderr, want) || strings.Contains(stderr, "\x1b") {
			t.Errorf("%s: code %d\n%s%s", want, code, stdout, stderr)
		}
		if refreshed(env("XDG_CACHE_HOME", home)) != before {
			t.Fatalf("%s: the list was replaced", want)
		}
	}
	if len(elsewhere.asked) > 0 {
		t.Error("another host was asked")
	}
}

func TestPricesMayComeFromTheConfiguredAddressAndFromAnotherPathOfIt(t *testing.T) {
	s, home := open(t), t.TempDir()
	s.page = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/newest", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, aList())
	}
	if err := os.MkdirAll(filepath.Join(home, "juxta"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "juxta", "config.yaml"), []byte("prices_url: "+s.URL+"/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// This machine is not elsewhere.
	if code, _, stderr := refresh(t, home, "--local-only"); code != 0 || !strings.Contains(stderr, "20 new") {
		t.Errorf("code %d, %s", code, stderr)
	}
	if code, _, stderr := refresh(t, home, "--local-only", "--url", "https://example.com/prices"); code != exitUsage || !strings.Contains(stderr, "with --local-only only devices of yours are asked") {
		t.Errorf("code %d, %s", code, stderr)
	}
	for _, address := range []string{"http://example.com/prices", "ftp://example.com", "prices.txt", "https://u:hush-hush@example.com/"} {
		if code, _, stderr := refresh(t, home, "--url", address); code != exitUsage || strings.Contains(stderr, "hush") {
			t.Errorf("%s: code %d, %s", address, code, stderr)
		}
	}
}
