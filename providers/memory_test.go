package providers_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"juxta/providers"
)

// sink is a service that takes any request to its last byte and then declines.
// Of Ollama's it also says that its model sees.
func sink(t testing.TB) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/api/show"):
			_, _ = io.WriteString(w, `{"capabilities":["completion","vision"],"model_info":{"general.architecture":"a","a.context_length":8192}}`)
		case strings.HasSuffix(r.URL.Path, "/api/ps"):
			_, _ = io.WriteString(w, `{"models":[]}`)
		default:
			http.Error(w, `{"error":{"message":"not today"}}`, http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// heavy is a question with n attachments of size bytes each, which all that ask
// it share.
func heavy(n, size int) providers.Request {
	rng := rand.NewChaCha8([32]byte{})
	m := providers.Says(providers.User, "what are these?")
	for i := range n {
		data := make([]byte, size)
		_, _ = rng.Read(data)
		copy(data, "\x89PNG\r\n\x1a\n")
		m.Parts = append(m.Parts, providers.Blob{Name: fmt.Sprintf("%d.png", i), MIME: "image/png", Data: data})
	}
	return providers.Request{Model: "m", Messages: []providers.Message{m}}
}

// highWater is how far the heap rises above where it stands while f runs, in
// bytes; what is not collected yet counts.
func highWater(f func()) (above uint64) {
	heap := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	runtime.GC()
	base, peak := heap(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			peak = max(peak, heap())
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return max(peak, base) - base
}

// send asks every provider the same at the same time.
func send(t testing.TB, req providers.Request, columns []providers.Provider) {
	t.Helper()
	var wg sync.WaitGroup
	for _, p := range columns {
		wg.Go(func() {
			for _, err := range p.Stream(t.Context(), req) {
				if err != nil && providers.AsError(err).Status != http.StatusServiceUnavailable {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// columnsOf are n columns of an API, asked at url.
func columnsOf(t testing.TB, api, url string, n int) (columns []providers.Provider) {
	t.Helper()
	for range n {
		p, err := builders[api](providers.Endpoint{Name: "lab", BaseURL: url})
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, p)
	}
	return columns
}

// A picture that goes to every column is in memory once, whatever it becomes on
// its way.
func TestSendingTakesLittleMemoryBesideTheAttachments(t *testing.T) {
	const attachments, size = 4, 1_000_000
	req := heavy(attachments, size)
	s := sink(t)
	var columns []providers.Provider
	for api := range builders {
		columns = append(columns, columnsOf(t, api, s.URL, 1)...)
	}
	if above := highWater(func() { send(t, req, columns) }); above > attachments*size {
		t.Errorf("%d columns took %.1f MB beside the %d MB that there are", len(columns), float64(above)/1e6, attachments*size/1_000_000)
	}
}

// BenchmarkSending sends 20 attachments of 5 MB to four columns of each API at
// the same time, and to one column of each. Beside the 100 MB that are there
// anyway at most as much again is wanted.
func BenchmarkSending(b *testing.B) {
	const attachments, size = 20, 5_000_000
	req := heavy(attachments, size)
	s := sink(b)
	run := func(name string, columns []providers.Provider) {
		b.Run(name, func(b *testing.B) {
			var most uint64
			for b.Loop() {
				most = max(most, highWater(func() { send(b, req, columns) }))
			}
			b.ReportMetric(float64(most)/1e6, "MB-above")
			b.ReportMetric(1+float64(most)/(attachments*size), "×size")
			b.ReportMetric(float64(b.N*len(columns)*attachments*size)/1e6/b.Elapsed().Seconds(), "MB/s")
		})
	}
	var each []providers.Provider
	for api := range builders {
		run(api, columnsOf(b, api, s.URL, 4))
		each = append(each, columnsOf(b, api, s.URL, 1)...)
	}
	run("one of each", each)
}
