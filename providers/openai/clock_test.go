package openai

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// 2026-11-23 is a Monday.
func TestPeakHoursBeginAndEndOnTheirHour(t *testing.T) {
	for at, want := range map[string]bool{
		"2026-11-23T00:59:59.999999999Z":      false,
		"2026-11-23T01:00:00Z":                true,
		"2026-11-23T03:59:59.999999999Z":      true,
		"2026-11-23T04:00:00Z":                false,
		"2026-11-23T05:59:59.999999999Z":      false,
		"2026-11-23T06:00:00Z":                true,
		"2026-11-23T09:59:59.999999999Z":      true,
		"2026-11-23T10:00:00Z":                false,
		"2026-11-23T13:00:00Z":                false, // nor in the afternoon
		"2026-11-23T19:00:00Z":                false,
		"2026-11-24T02:00:00Z":                true,
		"2026-11-25T02:00:00Z":                true,
		"2026-11-26T02:00:00Z":                true,
		"2026-11-27T09:59:59.999999999Z":      true, // Friday
		"2026-11-28T02:00:00Z":                false,
		"2026-11-28T07:00:00Z":                false,
		"2026-11-29T02:00:00Z":                false,
		"2026-11-29T07:00:00Z":                false,
		"2026-11-30T01:00:00Z":                true,
		"2026-11-23T09:00:00+08:00":           true, // 01:00 UTC
		"2026-11-23T08:59:59+08:00":           false,
		"2026-11-22T20:00:00-05:00":           true, // still Sunday there
		"2026-11-28T01:00:00+08:00":           false,
		"2026-11-27T23:30:00-05:00":           false, // Saturday in UTC, still Friday there
		"2026-11-30T02:00:00+14:00":           false, // Sunday in UTC, Monday there
		"2026-11-23T10:29:59.999999999+00:30": true,
	} {
		if got := peak(moment(t, at)); got != want {
			t.Errorf("%s: %t", at, got)
		}
	}
}

func TestAnAnswerHasATierIfBothItsEndsAgree(t *testing.T) {
	for _, x := range []struct{ asked, answered, want string }{
		{"2026-11-23T01:00:00Z", "2026-11-23T03:59:59Z", ""},
		{"2026-11-23T04:00:00Z", "2026-11-23T05:59:59Z", "off-peak"},
		{"2026-11-28T02:00:00Z", "2026-11-28T02:00:09Z", "off-peak"},
		{"2026-11-23T00:59:59Z", "2026-11-23T01:00:00Z", "peak+off-peak"},
		{"2026-11-23T03:59:59Z", "2026-11-23T04:00:00Z", "peak+off-peak"},
		{"2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z", "peak+off-peak"},
		{"2026-11-23T09:59:59Z", "2026-11-23T10:00:00Z", "peak+off-peak"},
		{"2026-11-23T09:30:00+08:00", "2026-11-22T20:31:00-05:00", ""},
	} {
		if got := hours(moment(t, x.asked), moment(t, x.answered)); got != x.want {
			t.Errorf("%s to %s: %q, want %q", x.asked, x.answered, got, x.want)
		}
	}
}

// late waits before the first of what it reads.
type late struct {
	io.Reader
	wait time.Duration
}

func (l *late) Read(b []byte) (int, error) {
	time.Sleep(l.wait)
	l.wait = 0
	return l.Reader.Read(b)
}

func TestDeepSeeksAnswersCostWhatTheirHourDoes(t *testing.T) {
	const body = `data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}` + "\n\ndata: [DONE]\n\n"
	for _, x := range []struct {
		base, at string
		takes    time.Duration
		want     string
	}{
		{deepSeekBase, "2026-11-23T02:00:00Z", time.Second, ""},
		{deepSeekBase, "2026-11-23T04:30:00Z", time.Second, "off-peak"},
		{deepSeekBase, "2026-11-23T03:59:59Z", 2 * time.Second, "peak+off-peak"},
		{fireworksBase, "2026-11-23T04:30:00Z", time.Second, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(moment(t, x.at)))
			network := replay{
				http.StatusOK,
				http.Header{"Content-Type": {"text/event-stream"}},
				[]byte(body),
				func(r io.Reader) io.Reader { return &late{r, x.takes} },
			}
			p := over(t, providers.Endpoint{Name: "deepseek", BaseURL: x.base}, network)
			got := listen(t, p, hello("deepseek-v4-flash"))
			if got.stop == nil || got.stop.Usage == nil || got.stop.Usage.Tier != x.want {
				t.Errorf("%s at %s: %+v, %v", x.base, x.at, got.stop, got.err)
			}
		})
	}
}
