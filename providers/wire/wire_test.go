package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// serve starts a server and a client for it, with a key and short waits.
func serve(t *testing.T, limits providers.Timeouts, h http.HandlerFunc) (*Client, string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := NewClient(providers.Endpoint{Name: "lab", BaseURL: s.URL + "/v1", Key: providers.NewSecret("s3cr3t-value"), Timeouts: limits})
	t.Cleanup(c.http.CloseIdleConnections)
	return c, s.URL
}

func ask(t *testing.T, ctx context.Context, c *Client, url string) (*Response, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"q":1}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.endpoint.Key.Reveal())
	return c.Do(ctx, req, nil)
}

func wantKind(t *testing.T, err error, kind providers.Kind, words ...string) *providers.Error {
	t.Helper()
	var e *providers.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error of kind %s", err, kind)
	}
	if e.Kind != kind {
		t.Errorf("kind is %s, want %s: %v", e.Kind, kind, e)
	}
	for _, w := range words {
		if !strings.Contains(e.Error()+" | "+e.Advice(), w) {
			t.Errorf("%q does not appear in: %v | %s", w, e, e.Advice())
		}
	}
	return e
}

// drain reads all events of r and returns how the body ended.
func drain(r *Response) (events int, err error) {
	for _, err := range r.Events() {
		if err != nil {
			return events, err
		}
		events++
	}
	return events, nil
}

func TestStampIsTheArrivalNotTheReading(t *testing.T) {
	gate := make(chan struct{})
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "data: one\n\ndata: two\n\n")
		w.(http.Flusher).Flush()
		<-gate
		fmt.Fprint(w, "data: three\n\n")
	})
	var sent time.Time
	req, _ := http.NewRequest(http.MethodGet, url, nil)
	r, err := c.Do(t.Context(), req, func(at time.Time) { sent = at })
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var at []time.Time
	for ev, err := range r.Events() {
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, ev.At)
		switch len(at) {
		case 1:
			time.Sleep(20 * time.Millisecond) // a slow reader must not move the second stamp
		case 2:
			close(gate)
		}
	}
	if len(at) != 3 {
		t.Fatalf("%d events", len(at))
	}
	if !at[0].After(sent) {
		t.Error("the first event arrived before the request left")
	}
	if !at[1].Equal(at[0]) {
		t.Errorf("two events of one read differ by %s", at[1].Sub(at[0]))
	}
	if at[2].Sub(at[1]) < 20*time.Millisecond {
		t.Errorf("the third event is %s after the second, but was sent later", at[2].Sub(at[1]))
	}
}

func TestCancelInSentKeepsTheRequestHome(t *testing.T) {
	asked := false
	c, url := serve(t, providers.Timeouts{}, func(http.ResponseWriter, *http.Request) { asked = true })
	ctx, cancel := context.WithCancelCause(t.Context())
	req, _ := http.NewRequest(http.MethodGet, url, nil)
	_, err := c.Do(ctx, req, func(time.Time) { cancel(providers.ErrStopped) })
	wantKind(t, err, providers.Stopped)
	if asked {
		t.Error("the request was sent")
	}
}

func TestCancelClosesTheConnectionAtOnce(t *testing.T) {
	for _, early := range []bool{true, false} { // before the headers, and in mid-stream
		gone := make(chan time.Time, 1)
		ready := make(chan struct{})
		c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			if !early {
				fmt.Fprint(w, "data: one\n\n")
				w.(http.Flusher).Flush()
			}
			close(ready)
			<-r.Context().Done()
			gone <- time.Now()
		})
		ctx, cancel := context.WithCancelCause(t.Context())
		var stopped time.Time
		go func() {
			<-ready
			time.Sleep(5 * time.Millisecond)
			stopped = time.Now()
			cancel(providers.ErrStopped)
		}()
		r, err := ask(t, ctx, c, url)
		if err == nil {
			_, err = drain(r)
			defer r.Close()
		}
		wantKind(t, err, providers.Stopped)
		if took := (<-gone).Sub(stopped); took > 100*time.Millisecond {
			t.Errorf("early=%v: the server saw it after %s", early, took)
		}
	}
}

func TestLeavingTheLoopClosesTheConnection(t *testing.T) {
	gone := make(chan int, 1)
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		n := 0
		for r.Context().Err() == nil && n < 1000 {
			fmt.Fprint(w, "data: x\n\n")
			w.(http.Flusher).Flush()
			n++
			select {
			case <-r.Context().Done():
			case <-time.After(time.Millisecond):
			}
		}
		gone <- n
	})
	r, err := ask(t, t.Context(), c, url)
	if err != nil {
		t.Fatal(err)
	}
	for range r.Events() {
		break
	}
	r.Close()
	if n := <-gone; n > 200 {
		t.Errorf("the server went on to event %d", n)
	}
}

func TestFailureQuotesWithoutTheKey(t *testing.T) {
	var answer string
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, answer)
	})
	for _, tt := range []struct{ body, want string }{
		{"you sent Bearer s3cr3t-value, no", "you sent Bearer [secret], no"},
		{"<!doctype html><html><title>Log in &amp; go</title>" + strings.Repeat("x", 1<<20), `an HTML page came instead of an answer: "Log in & go"`},
		{"", "the answer is empty"},
		{strings.Repeat("é", 1<<20), strings.Repeat("é", 250) + "…"},
	} {
		answer = tt.body
		r, err := ask(t, t.Context(), c, url)
		if err != nil {
			t.Fatal(err)
		}
		e, body := c.Failure(r)
		r.Close()
		if e.Err.Error() != tt.want {
			t.Errorf("got %.200q, want %q", e.Err, tt.want)
		}
		if e.Kind != providers.Auth || e.RetryAfter != 7*time.Second || len(body) > maxErrorBody || bytes.Contains(body, []byte("s3cr3t")) {
			t.Errorf("%+v with a body of %d bytes", e, len(body))
		}
	}
}

func TestACompressedAnswerIsRefused(t *testing.T) {
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("asked for %q", got)
		}
		w.Header().Set("Content-Encoding", "gzip")
	})
	_, err := ask(t, t.Context(), c, url)
	wantKind(t, err, providers.Malformed, "compresses")
}

func TestFinishKeepsTheConnection(t *testing.T) {
	var conns []string
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		conns = append(conns, r.RemoteAddr)
		fmt.Fprint(w, "data: one\n\ndata: [DONE]\n\n")
		w.(http.Flusher).Flush()
		if r.URL.Path == "/open" {
			<-r.Context().Done()
		}
	})
	one := func(path string) time.Duration {
		r, err := ask(t, t.Context(), c, url+path)
		if err != nil {
			t.Fatal(err)
		}
		for ev := range r.Events() {
			if string(ev.Data) == "[DONE]" {
				break
			}
		}
		began := time.Now()
		r.Finish()
		return time.Since(began)
	}
	one("/")
	one("/")
	if conns[0] != conns[1] {
		t.Error("the second request needed a new connection")
	}
	if took := one("/open"); took > 2*time.Second {
		t.Errorf("finishing took %s of a server that never ends", took)
	}
}

func TestNoGoroutineOutlivesItsRequest(t *testing.T) {
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "data: one\n\n")
		w.(http.Flusher).Flush()
		if r.URL.Path == "/open" {
			<-r.Context().Done()
		}
	})
	before := runtime.NumGoroutine()
	for i := range 20 {
		path := []string{"/", "/open"}[i%2]
		r, err := ask(t, t.Context(), c, url+path)
		if err != nil {
			t.Fatal(err)
		}
		for range r.Events() {
			break
		}
		r.Close()
	}
	c.http.CloseIdleConnections()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
	}
}
