package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// heard is what is found if services answer with these headers.
func heard(now time.Time, headers ...http.Header) clockFinding {
	c := &clock{}
	for i, h := range headers {
		c.ear(providers.Endpoint{Name: string(rune('a' + i)), BaseURL: "https://x.example"}).Hear(now, h)
	}
	return c.finding()
}

func TestTheClockIsComparedWithWhatServicesSay(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 500e6, time.UTC)
	date := func(ahead time.Duration) http.Header {
		return http.Header{"Date": {now.Add(-ahead).Truncate(time.Second).Format(http.TimeFormat)}}
	}
	for name, tt := range map[string]struct {
		headers []http.Header
		ahead   float64 // NaN for unknown
		warns   string
	}{
		"nobody":                 {nil, math.NaN(), ""},
		"right":                  {[]http.Header{date(0)}, 0, ""},
		"a little off":           {[]http.Header{date(3 * time.Second)}, 3, ""},
		"ahead":                  {[]http.Header{date(time.Minute)}, 60, "1m0s ahead"},
		"behind":                 {[]http.Header{date(-time.Hour)}, -3600, "1h0m0s behind"},
		"one of three is wrong":  {[]http.Header{date(0), date(999 * time.Hour), date(time.Second)}, 1, ""},
		"no date":                {[]http.Header{{}}, math.NaN(), ""},
		"nonsense":               {[]http.Header{{"Date": {"\x1b[2J\x1b]0;x\a"}}}, math.NaN(), ""},
		"empty":                  {[]http.Header{{"Date": {""}}}, math.NaN(), ""},
		"a year of no clock":     {[]http.Header{{"Date": {"Fri, 31 Dec 9999 23:59:59 GMT"}}}, math.NaN(), ""},
		"before there was juxta": {[]http.Header{{"Date": {"Thu, 01 Jan 1970 00:00:00 GMT"}}}, math.NaN(), ""},
		"out of a cache":         {[]http.Header{{"Date": date(time.Hour)["Date"], "Age": {"3600"}}}, math.NaN(), ""},
		"very long":              {[]http.Header{{"Date": {strings.Repeat("9", 1<<16)}}}, math.NaN(), ""},
	} {
		f := heard(now, tt.headers...)
		if (f.Ahead == nil) != math.IsNaN(tt.ahead) || f.Ahead != nil && *f.Ahead != tt.ahead {
			t.Errorf("%s: %+v", name, f)
		}
		if (f.Problem == nil) != (tt.warns == "") || (f.Next == nil) != (tt.warns == "") || f.Problem != nil && !strings.Contains(*f.Problem, tt.warns) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// A listener lists nothing, and says the header of who refused that.
type listener struct{ asked }

func (l listener) Models(ctx context.Context) ([]providers.Model, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Endpoint.BaseURL, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if l.Endpoint.Heard != nil {
		l.Endpoint.Heard.Hear(time.Now(), resp.Header)
	}
	return nil, errors.Join(errors.New("refused"), resp.Body.Close())
}

func TestTheDoctorAsksNobodyAgainForTheTime(t *testing.T) {
	for name, local := range map[string]string{"remote": "false", "local": "true"} {
		count := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			count++
			w.Header().Set("Date", time.Now().Add(-2*time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusForbidden) // whoever is refused hears the date, too
		}))
		t.Cleanup(s.Close)
		a, _, _ := bench(t)
		out := a.out.(*bytes.Buffer)
		a.build.APIs["openai-chat"] = func(e providers.Endpoint) (providers.Provider, error) {
			if e.Name != "far" {
				return newAsked(e)
			}
			return listener{asked{e}}, nil
		}
		path := filepath.Join(t.TempDir(), "config.yaml")
		text := "providers:\n  - name: far\n    api: openai-chat\n    base_url: " + s.URL + "\n    local: " + local + "\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(args ...string) string {
			out.Reset()
			count = 0
			if code := a.run(t.Context(), append([]string{"--config", path, "doctor"}, args...)); code != 0 || count > 1 {
				t.Fatalf("%s: exit code %d, asked %d times", name, code, count)
			}
			return out.String()
		}
		var d diagnosis
		if err := json.Unmarshal([]byte(run("--json")), &d); err != nil {
			t.Fatal(err)
		}
		warns := local == "false"
		if (d.Clock.Problem != nil) != warns || warns && (count != 1 || strings.Join(d.Clock.Said, " ") != "far") {
			t.Errorf("%s: %+v, asked %d times", name, d.Clock, count)
		}
		a.json = false
		if got := run(); strings.Contains(got, "2h0m0s ahead") != warns || strings.Contains(got, "not compared") == warns {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestTheDoctorSaysWhatPicturesArePastedWith(t *testing.T) {
	a, _, _ := bench(t)
	out := a.out.(*bytes.Buffer)
	t.Setenv("SSH_TTY", "/dev/pts/1")
	t.Setenv("SSH_CONNECTION", "")
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if code := a.run(t.Context(), []string{"doctor"}); code != 0 || !strings.Contains(out.String(), "clipboard  · juxta runs over SSH") || !strings.Contains(out.String(), "scp") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
