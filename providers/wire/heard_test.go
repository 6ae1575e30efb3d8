package wire

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"juxta/providers"
)

// dates are those of the answers that came.
type dates []string

func (d *dates) Hear(_ time.Time, header http.Header) { *d = append(*d, header.Get("Date")) }

func TestWhoListensHearsOfEveryAnswersHeader(t *testing.T) {
	const said = "Wed, 04 Mar 2026 05:06:07 GMT"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", said)
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(s.Close)
	heard := &dates{}
	resp, err := ask(t, t.Context(), NewClient(providers.Endpoint{BaseURL: s.URL, Heard: heard}), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(resp.Close)
	if len(*heard) != 1 || (*heard)[0] != said {
		t.Errorf("%q", *heard)
	}
}
