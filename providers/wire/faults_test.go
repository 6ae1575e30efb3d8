package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"juxta/providers"
)

func TestEachTimeoutSaysWhichAndHowToRaiseIt(t *testing.T) {
	const short = 30 * time.Millisecond
	hang := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/headers":
			w.(http.Flusher).Flush()
		case "/idle":
			fmt.Fprint(w, "data: one\n\n")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}
	c, url := serve(t, providers.Timeouts{FirstByte: short, Idle: short}, hang)
	for path, words := range map[string][]string{
		"/silent":  {"first byte", "30ms", "timeout.first_byte"},
		"/headers": {"first byte", "30ms", "timeout.first_byte"},
		"/idle":    {"silent", "30ms", "timeout.idle"},
	} {
		t.Run(path, func(t *testing.T) {
			r, err := ask(t, t.Context(), c, url+path)
			if err == nil {
				defer r.Close()
				_, err = drain(r)
			}
			wantKind(t, err, providers.Timeout, words...)
		})
	}
	t.Run("connect", func(t *testing.T) {
		c := NewClient(providers.Endpoint{Name: "lab", BaseURL: "http://127.0.0.1:1", Timeouts: providers.Timeouts{Connect: short}})
		c.http.Transport.(*transport).network = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		_, err := ask(t, t.Context(), c, "http://127.0.0.1:1/")
		wantKind(t, err, providers.Unreachable, "127.0.0.1:1", "30ms", "timeout.connect")
	})
}

func TestASlowReaderIsNotASilentServer(t *testing.T) {
	c, url := serve(t, providers.Timeouts{FirstByte: 40 * time.Millisecond, Idle: 40 * time.Millisecond}, func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			fmt.Fprint(w, "data: x\n\n")
			w.(http.Flusher).Flush()
		}
	})
	r, err := ask(t, t.Context(), c, url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, err := range r.Events() {
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(60 * time.Millisecond)
	}
}

func TestNoConnectionSaysWhatToDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	c := NewClient(providers.Endpoint{Name: "lab", BaseURL: "http://" + addr})
	_, err = ask(t, t.Context(), c, "http://"+addr+"/v1/x")
	e := wantKind(t, err, providers.Unreachable, addr, "is it running")
	if e.Ref.Provider != "lab" {
		t.Errorf("the error does not say whose it is: %+v", e)
	}
	_, err = ask(t, t.Context(), NewClient(providers.Endpoint{BaseURL: "nonsense"}), "http://nonsense/")
	wantKind(t, err, providers.Unreachable, "base_url")
}

func TestACutConnectionIsTruncatedAfterTheHeaders(t *testing.T) {
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		conn, buf, _ := w.(http.Hijacker).Hijack()
		switch r.URL.Path {
		case "/reset":
			fmt.Fprint(buf, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\ndata: one\n\n\r\n")
			buf.Flush()
			time.Sleep(10 * time.Millisecond)
			_ = conn.(*net.TCPConn).SetLinger(0)
		case "/eof":
			fmt.Fprint(buf, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\ndata: one\n\n\r\n")
		case "/short":
			fmt.Fprint(buf, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ndata: one\n\n")
		case "/garbage":
			fmt.Fprint(buf, "nothing like HTTP\r\n\r\n")
		}
		buf.Flush()
		conn.Close()
	})
	for _, path := range []string{"/reset", "/eof", "/short"} {
		r, err := ask(t, t.Context(), c, url+path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		n, err := drain(r)
		r.Close()
		wantKind(t, err, providers.Truncated, "in the middle of the answer")
		if n != 1 {
			t.Errorf("%s: %d events before the cut", path, n)
		}
	}
	_, err := ask(t, t.Context(), c, url+"/nothing")
	wantKind(t, err, providers.ServerFault, "without an answer")
	_, err = ask(t, t.Context(), c, url+"/garbage")
	wantKind(t, err, providers.Malformed, "does not speak HTTP")
}

func TestAKeptConnectionThatIsGoneMayBeAskedAgain(t *testing.T) {
	var n atomic.Int32 // an aborted answer orders nothing
	c, url := serve(t, providers.Timeouts{}, func(http.ResponseWriter, *http.Request) {
		if n.Add(1) == 2 {
			panic(http.ErrAbortHandler)
		}
	})
	r, err := ask(t, t.Context(), c, url)
	if err != nil {
		t.Fatal(err)
	}
	r.Finish()
	_, err = ask(t, t.Context(), c, url)
	if e := wantKind(t, err, providers.Unreachable, "kept open"); !e.Retryable() {
		t.Error("it may not be asked again")
	}
	if got := n.Load(); got != 2 {
		t.Errorf("asked %d times: something was sent twice unseen", got)
	}
}

func TestEveryFailureHasWords(t *testing.T) {
	u := &url.URL{Scheme: "https", Host: "service.test"}
	for name, tt := range map[string]struct {
		err   error
		when  moment
		kind  providers.Kind
		words []string
	}{
		"no such host":    {&net.OpError{Op: "dial", Err: &net.DNSError{Name: "service.test", Err: "no such host", IsNotFound: true}}, beforeAnswer, providers.Unreachable, []string{"no host named service.test", "base_url"}},
		"no resolver":     {&net.DNSError{Name: "service.test", Err: "server misbehaving"}, beforeAnswer, providers.Unreachable, []string{"looking up service.test: server misbehaving"}},
		"no proxy":        {&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, beforeAnswer, providers.Unreachable, []string{"proxy", "HTTPS_PROXY"}},
		"no route":        {&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, beforeAnswer, providers.Unreachable, []string{"no route to host"}},
		"reset":           {&net.OpError{Op: "read", Err: cuts()[0]}, midAnswer, providers.Truncated, []string{"middle of the answer"}},
		"HTTP/2 reset":    {errors.New("stream error: stream ID 1; INTERNAL_ERROR"), midAnswer, providers.Truncated, []string{"INTERNAL_ERROR"}},
		"HTTP/2 farewell": {errors.New(`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug="Bearer s3cr3t-value` + strings.Repeat("!", 5000) + `"`), beforeAnswer, providers.Unreachable, []string{"GOAWAY", "[secret]"}},
		"the same, late":  {errors.New(`http2: server sent GOAWAY; debug="Bearer s3cr3t-value` + strings.Repeat("!", 5000) + `"`), midAnswer, providers.Truncated, []string{"GOAWAY", "[secret]"}},
		"garbage":         {errors.New(`malformed HTTP response "Bearer s3cr3t-value"`), beforeAnswer, providers.Malformed, []string{"does not speak HTTP", "[secret]"}},
		"another program": {errors.New(`net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0"`), beforeAnswer, providers.Malformed, []string{`does not speak HTTP: malformed HTTP response "SSH-2.0"`}},
	} {
		e := hushed(explain(nil, u, tt.err, tt.when), providers.NewSecret("s3cr3t-value"))
		t.Run(name, func(t *testing.T) { wantKind(t, e, tt.kind, tt.words...) })
		if strings.Contains(e.Error(), "s3cr3t") || len(e.Error()) > 1000 {
			t.Errorf("%s: the key is told, or too much: %v", name, e)
		}
	}
}

func TestAKeyThatCannotBeSentIsNoServerThatIsOff(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }))
	defer s.Close()
	for _, key := range []string{"two\nlines", "esc\x1b[0m", "nul\x00"} {
		_, err := ask(t, t.Context(), NewClient(providers.Endpoint{Name: "lab", BaseURL: s.URL, Key: providers.NewSecret(key)}), s.URL)
		if e := wantKind(t, err, providers.Auth, "no usable key", "line break", "on one line"); strings.Contains(e.Error(), key) {
			t.Errorf("the key is told: %v", e)
		}
	}
}

func TestTLSFailuresAreNamed(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake that fails here on purpose
	s.StartTLS()
	defer s.Close()
	_, err := ask(t, t.Context(), NewClient(providers.Endpoint{BaseURL: s.URL}), s.URL)
	wantKind(t, err, providers.Unreachable, "certificate", "SSL_CERT_FILE")

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	https := strings.Replace(plain.URL, "http:", "https:", 1)
	_, err = ask(t, t.Context(), NewClient(providers.Endpoint{BaseURL: https}), https)
	wantKind(t, err, providers.Malformed, "does not speak TLS")
}

func TestTheKeyStaysWithItsHost(t *testing.T) {
	var leaked []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	var bodies []string
	c, url := serve(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Method+" "+r.URL.Path+" "+string(b)+" "+r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/take", http.StatusTemporaryRedirect)
		case "/get":
			http.Redirect(w, r, "/there", http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/there", http.StatusPermanentRedirect)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusTemporaryRedirect)
		}
	})
	_, err := ask(t, t.Context(), c, url+"/away")
	wantKind(t, err, providers.Malformed, "another host", other.URL, "base_url")
	_, err = ask(t, t.Context(), c, url+"/get")
	wantKind(t, err, providers.Malformed, "drops the question")
	_, err = ask(t, t.Context(), c, url+"/circle")
	wantKind(t, err, providers.Malformed, "in circles")
	_, err = ask(t, t.Context(), c, other.URL+"/direct")
	wantKind(t, err, providers.Unreachable, "was not sent")
	if leaked != nil {
		t.Fatalf("the other host was asked with %q", leaked)
	}
	r, err := ask(t, t.Context(), c, url+"/moved")
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if got, want := bodies[len(bodies)-1], `POST /there {"q":1} Bearer s3cr3t-value`; got != want {
		t.Errorf("after a redirect on the same host: %q, want %q", got, want)
	}
}

func TestOverHTTP2TheSameHolds(t *testing.T) {
	gone := make(chan time.Time, 1)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("spoken is %s", r.Proto)
		}
		fmt.Fprint(w, "data: one\n\n")
		w.(http.Flusher).Flush()
		if r.URL.Path == "/cut" {
			panic(http.ErrAbortHandler)
		}
		<-r.Context().Done()
		gone <- time.Now()
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	c := NewClient(providers.Endpoint{Name: "lab", BaseURL: s.URL})
	c.http.Transport.(*transport).network.(*http.Transport).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	defer c.http.CloseIdleConnections()

	r, err := ask(t, t.Context(), c, s.URL+"/cut")
	if err != nil {
		t.Fatal(err)
	}
	n, err := drain(r)
	r.Close()
	if wantKind(t, err, providers.Truncated); n != 1 {
		t.Errorf("%d events before the cut", n)
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	if r, err = ask(t, ctx, c, s.URL+"/open"); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var stopped time.Time
	for _, err = range r.Events() {
		if err == nil {
			stopped = time.Now()
			cancel(providers.ErrStopped)
		}
	}
	wantKind(t, err, providers.Stopped)
	if took := (<-gone).Sub(stopped); took > 100*time.Millisecond {
		t.Errorf("the server saw it after %s", took)
	}
}

func TestNoProxyStandsBeforeThisMachine(t *testing.T) {
	for _, u := range []string{"http://localhost:11434/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://0.0.0.0:1/", "http://x.localhost/"} {
		to, err := url.Parse(u)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := proxy(&http.Request{URL: to}); p != nil || err != nil {
			t.Errorf("%s goes through %v, %v", u, p, err)
		}
	}
}

func TestAnUpgradeToHTTPSIsTheSameService(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{"https://h/v1", "https://H/other", true},
		{"https://h/v1", "https://h:443/", true},
		{"http://h/v1", "https://h/", true},
		{"http://localhost:1/", "http://127.0.0.1:1/", true},
		{"https://h/", "http://h/", false},
		{"http://h:8080/", "https://h/", false},
		{"http://h/", "https://h:8443/", false},
		{"https://h/", "https://h:8443/", false},
		{"https://h/", "https://x.h/", false},
		{"http://localhost:1/", "http://127.0.0.1:2/", false},
	} {
		from, _ := url.Parse(tt.from)
		to, _ := url.Parse(tt.to)
		if got := sameService(from, to); got != tt.want {
			t.Errorf("%s to %s: %v", tt.from, tt.to, got)
		}
	}
}

// A service that has read enough of a large request says so, or hangs up; either
// way it is told that the size may be why.
func TestALargeRequestThatIsCutOffIsToldAsThat(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"it answers": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			fmt.Fprint(w, "<html><title>413 Request Entity Too Large</title>")
		},
		"it hangs up": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, providers.Timeouts{}, h)
			var d Draft
			p, err := d.Seal(map[string]string{"data": d.Base64(make([]byte, 40_000_000))})
			if err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequest(http.MethodPost, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			p.Into(r)
			resp, err := c.Do(t.Context(), r, nil)
			if err == nil {
				defer resp.Close()
				e, _ := c.Failure(resp)
				err = e
			}
			e := providers.AsError(err)
			if !strings.Contains(e.Advice(), Fewer) || e.Kind != providers.ContextFull && e.Kind != providers.ServerFault {
				t.Errorf("%s: %v (%s)", e.Kind, e, e.Advice())
			}
		})
	}
}

func TestAProxyThatRefusesIsNamed(t *testing.T) {
	for status, word := range map[int]string{http.StatusProxyAuthRequired: "http://name:password@", http.StatusForbidden: "NO_PROXY"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		defer s.Close()
		to, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		c := NewClient(providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"})
		c.http.Transport.(*transport).network.(*http.Transport).Proxy = http.ProxyURL(to)
		_, err = ask(t, t.Context(), c, "https://service.test/v1")
		wantKind(t, err, providers.Unreachable, "the proxy "+to.Host, fmt.Sprint(status), "HTTPS_PROXY", word)
	}
}
