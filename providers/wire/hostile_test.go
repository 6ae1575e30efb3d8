package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// dripping is a service that answers with a status and a beginning, and then
// goes on for ever, a little every beat.
type dripping struct {
	status int
	first  string
	beat   time.Duration
}

func (d dripping) RoundTrip(req *http.Request) (*http.Response, error) {
	from, to := io.Pipe()
	context.AfterFunc(req.Context(), func() { from.CloseWithError(req.Context().Err()) })
	go func() {
		_, err := io.WriteString(to, d.first)
		for err == nil {
			time.Sleep(d.beat)
			_, err = io.WriteString(to, " ")
		}
	}()
	return &http.Response{StatusCode: d.status, Header: http.Header{}, Body: from, Request: req}, nil
}

func TestAServiceThatDripsHoldsNobodyUp(t *testing.T) {
	for name, tt := range map[string]struct {
		service dripping
		do      func(*Client, *Response) string
		most    time.Duration
		want    string
	}{
		"behind the end": {
			dripping{200, "data: [DONE]\n\n", 40 * time.Millisecond}, func(_ *Client, r *Response) (last string) {
				for ev := range r.Events() {
					last = string(ev.Data)
					break
				}
				r.Finish()
				return last
			}, 50 * time.Millisecond, "[DONE]",
		},
		"in an error": {
			dripping{500, `{"error":"no"}`, time.Second}, func(c *Client, r *Response) string {
				e, _ := c.Failure(r)
				return e.Err.Error()
			}, 5 * time.Second, `{"error":"no"}`,
		},
		"in a page": {
			dripping{200, "<title>Log in</title>", time.Second}, func(c *Client, r *Response) string {
				return c.Page(r).Err.Error()
			}, 5 * time.Second, `an HTML page came instead of an answer: "Log in"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := NewClient(providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Network: tt.service})
				r, err := ask(t, t.Context(), c, "https://service.test/v1")
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				if got := tt.do(c, r); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if took := time.Since(began); took > tt.most {
					t.Errorf("it took %s, want at most %s", took, tt.most)
				}
				r.Close()
				time.Sleep(2 * tt.service.beat) // the service notices and ends
			})
		})
	}
}

func TestAnEventMayBeLongButNotEndless(t *testing.T) {
	l := newLines(&clocked{Reader: strings.NewReader(strings.Repeat("data: "+strings.Repeat("x", 1000)+"\n", 2000) + "\n")})
	l.limit = 1 << 20
	var err error
	for _, err = range events(l) {
		if err == nil {
			t.Error("an event of two megabytes")
		}
	}
	wantKind(t, err, providers.Malformed, "1048576 bytes")
}

func TestNoErrorRepeatsTheKey(t *testing.T) {
	const key = "s3cr3t-value"
	for name, header := range map[string]http.Header{
		"a redirect elsewhere":        {"Location": {"https://" + key + ".test/"}},
		"a redirect that drops":       {"Location": {"/" + key}},
		"a redirect that is nonsense": {"Location": {"http://[" + key}},
		"a coding":                    {"Content-Encoding": {key}},
	} {
		network := replying{http.StatusFound, header}
		if name == "a coding" {
			network.status = http.StatusOK
		}
		c := NewClient(providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret(key), Network: network})
		_, err := ask(t, t.Context(), c, "https://service.test/v1")
		if e := wantKind(t, err, providers.Malformed); strings.Contains(e.Error()+e.Advice(), key) || strings.Contains(e.Error(), hidden) != (name != "a redirect that is nonsense") {
			t.Errorf("%s: %v | %s", name, e, e.Advice())
		}
	}
}

func TestAKeyThatCantStandInAHeaderIsNotSent(t *testing.T) {
	for key, name := range map[string]string{"a\nb-s3cr3t": "LAB_API_KEY", "ключ-s3cr3t": "", "Bearer s3cr3t": "LAB_API_KEY", "a\x00s3cr3t": ""} {
		r, err := http.NewRequest(http.MethodGet, "https://service.test/v1", nil)
		if err != nil {
			t.Fatal(err)
		}
		c := NewClient(providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret(key), KeyName: name})
		e := wantKind(t, c.Sign(r, "Authorization", "Bearer "), providers.Auth, "no usable key", "characters that no key has", "copy it anew", name)
		if strings.Contains(e.Error()+e.Advice(), "s3cr3t") || len(r.Header) != 0 {
			t.Errorf("%v | %s | %q", e, e.Advice(), r.Header)
		}
	}
}

// replying answers with a status and a header alone.
type replying struct {
	status int
	header http.Header
}

func (r replying) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(nil)), Request: req}, nil
}
