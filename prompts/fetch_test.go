package prompts

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A network answers requests without one.
type network func(*http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

func answer(status int, header http.Header, body io.Reader) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(body), ContentLength: -1}
}

func TestAURLIsReadForWhatItIs(t *testing.T) {
	data := asJPEG(t, corners(20, 10))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if agent := r.UserAgent(); agent != "juxta" || r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("asked as %q with %v", agent, r.Header)
		}
		switch r.URL.Path {
		case "/":
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			http.Redirect(w, r, "/pins/my%20pin.png?key=hidden", http.StatusFound)
		default:
			w.Header().Set("Content-Type", "text/html")
			w.Write(data)
		}
	}))
	defer server.Close()
	f, err := (Loader{Private: true}).Open(t.Context(), server.URL+"/pins/my%20pin.png?key=hidden")
	if err != nil {
		t.Fatal(err)
	}
	if f.Name != "my pin.png" || f.MIME != "image/jpeg" || f.Width != 20 || strings.Contains(f.From, "hidden") {
		t.Errorf("%+v", f)
	}
	if f, err := (Loader{LocalOnly: "--local-only", Private: true}).Open(t.Context(), server.URL); err != nil || f.Width != 20 {
		t.Errorf("on loopback, local only: %v", err)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	for _, u := range []string{
		server.URL, "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://10.0.0.1/", "http://192.168.1.1:80/x.png",
		"http://172.16.0.1/", "http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://0.0.0.0/", "http://224.0.0.1/",
		"http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1%25eth0]/", "http://[fd00::1]/",
		"http://[ff02::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:a00:1::]/", "http://255.255.255.255/", "http://[::7f00:1]/",
		"http://[100:0:0:1::1]/", "http://[3fff::1]/", "http://[5f00::1]/",
	} {
		if _, err := (Loader{}).Open(t.Context(), u); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", u, err)
		}
		if _, err := (Loader{}).Find(t.Context(), u); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: found, %v", u, err)
		}
	}
	for _, u := range []string{"http://2130706433/", "http://127.1/"} { // names to Go, addresses to some systems
		if _, err := (Loader{}).Open(t.Context(), u); err == nil {
			t.Errorf("%s was read", u)
		}
	}
	if asked > 0 {
		t.Errorf("asked %d times", asked)
	}
}

func TestANameIsCheckedWhenItIsDialled(t *testing.T) {
	for _, at := range []string{"127.0.0.1:80", "10.1.2.3:443", "[::ffff:192.168.0.1]:80", "[fe80::1%eth0]:80", "[::1]:80", "100.127.0.1:80"} {
		if err := (Loader{}).mayDial(at); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", at, err)
		}
		if err := (Loader{Private: true}).mayDial(at); err != nil {
			t.Errorf("%s, allowed: %v", at, err)
		}
	}
	for _, at := range []string{"93.184.215.14:80", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443"} {
		if err := (Loader{}).mayDial(at); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		if err := (Loader{LocalOnly: "--local-only"}).mayDial(at); err == nil {
			t.Errorf("%s is not local", at)
		}
	}
	// The check is really asked: localhost.localdomain and such would pass a
	// look at the name.
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	transport := (Loader{}).transport(nil)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if _, err := transport.RoundTrip(req); !errors.Is(err, ErrPrivate) {
		t.Errorf("dialled: %v", err)
	}
	if !isPublic(netip.MustParseAddr("64:ff9b::808:808")) {
		t.Error("a public address behind NAT64 is private")
	}
}

func TestAURLThatCannotBeReadIsNamedWithoutItsSecrets(t *testing.T) {
	for _, u := range []string{"https://me:hidden@exam ple.org/a.png?key=hidden", "http://[::1/a?hidden", "https://?hidden"} {
		_, err := (Loader{}).Find(t.Context(), u)
		if err == nil || !strings.Contains(err.Error(), "no URL") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestRedirectsAreChecked(t *testing.T) {
	for _, c := range []struct{ to, want string }{
		{"http://10.0.0.1/secret?token=hidden", "private address"},
		{"http://[::ffff:127.0.0.1]/", "private address"},
		{"file:///etc/passwd", "only http and https"},
		{"http://elsewhere.example/pin.png?token=hidden", "leads elsewhere: http://elsewhere.example/pin.png?… is not encrypted"},
		{"", "where to"},
		{"/again", "more than 5 times"},
	} {
		asked := 0
		l := Loader{Network: network(func(r *http.Request) (*http.Response, error) {
			if asked++; r.URL.Host != "example.org" {
				t.Errorf("asked %s", r.URL.Host)
			}
			return answer(http.StatusFound, http.Header{"Location": {c.to}}, strings.NewReader("")), nil
		})}
		_, err := l.Open(t.Context(), "https://me:hidden@example.org/pin.png?key=hidden")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", c.to, err)
		}
		if asked > 6 {
			t.Errorf("%q: asked %d times", c.to, asked)
		}
	}
}

func TestAPasswordStaysWithItsServer(t *testing.T) {
	l := Loader{Network: network(func(r *http.Request) (*http.Response, error) {
		if _, _, ok := r.BasicAuth(); ok != (r.URL.Host == "example.org") {
			t.Errorf("%s is told the password: %v", r.URL.Host, ok)
		}
		if r.URL.Host == "example.org" {
			return answer(http.StatusFound, http.Header{"Location": {"https://elsewhere.example/"}}, strings.NewReader("")), nil
		}
		return answer(http.StatusOK, nil, strings.NewReader("text")), nil
	})}
	f, err := l.Open(t.Context(), "https://me:hidden@example.org/notes.txt")
	if err != nil || f.Name != "notes.txt" || strings.Contains(f.From, "hidden") {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestLocalOnlyAsksNobodyElsewhere(t *testing.T) {
	l := Loader{LocalOnly: "--local-only", Private: true, Network: network(func(r *http.Request) (*http.Response, error) {
		t.Errorf("asked %s", r.URL)
		return nil, errors.New("asked")
	})}
	for _, u := range []string{"https://example.org/a.png?key=hidden", "http://10.0.0.1/a.png"} {
		_, err := l.Open(t.Context(), u)
		if err == nil || !strings.Contains(err.Error(), "--local-only") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", u, err)
		}
	}
}

// What only restricts opens nothing that is closed without it.
func TestLocalOnlyOpensNoPrivateAddress(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	l := Loader{LocalOnly: "--local-only"}
	for _, u := range []string{server.URL, "http://localhost/", "http://[::1]/"} {
		if _, err := l.Open(t.Context(), u); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", u, err)
		}
	}
	if err := l.mayDial("127.0.0.1:80"); !errors.Is(err, ErrPrivate) {
		t.Errorf("dialled: %v", err)
	}
	if asked > 0 {
		t.Errorf("asked %d times", asked)
	}
}

func TestAnAnswerThatCannotBeReadIsNotQuoted(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"header":   {"HTTP/1.1 302 Found\r\nLocation token=hidden\r\n\r\n", "can't be read"},
		"location": {"HTTP/1.1 302 Found\r\nLocation: http://a b.example/?token=hidden\r\nContent-Length: 0\r\n\r\n", "where to"},
		"port":     {"HTTP/1.1 302 Found\r\nLocation: http://a.example:x/?token=hidden\r\nContent-Length: 0\r\n\r\n", "where to"},
		"opaque":   {"HTTP/1.1 302 Found\r\nLocation: http:?token=hidden\r\nContent-Length: 0\r\n\r\n", ""},
		"spelling": {"HTTP/1.1 302 Found\r\nLocation: http:/token=hidden\r\nContent-Length: 0\r\n\r\n", ""},
		"fragment": {"HTTP/1.1 302 Found\r\nLocation: http:a#token=hidden\r\nContent-Length: 0\r\n\r\n", ""},
		"control":  {"HTTP/1.1 302 Found\r\nLocation: http://a/\x01?token=hidden\r\nContent-Length: 0\r\n\r\n", ""},
		"escape":   {"HTTP/1.1 302 Found\r\nLocation: http://a/%zz?token=hidden\r\nContent-Length: 0\r\n\r\n", ""},
		"empty":    {"HTTP/1.1 302 Found\r\nLocation: ?token=hidden\r\nContent-Length: 0\r\n\r\n", "more than 5"},
		"scheme":   {"HTTP/1.1 302 Found\r\nLocation: data:token=hidden\r\nContent-Length: 0\r\n\r\n", ""},
		"status":   {"token=hidden\r\n\r\n", "can't be read"},
		"nothing":  {"", "broke off"},
		"half":     {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nGIF89a", "broke off"},
		"gzip":     {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", "compressed as"},
	} {
		_, err := (Loader{Private: true}).Open(t.Context(), "http://"+says(t, c.raw)+"/a.png?token=hidden")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// says is the address of a server that has one thing to say.
func says(t *testing.T, raw string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() { // ends when the listener is closed
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				io.WriteString(c, raw)
			}
			c.Close()
		}
	}()
	return l.Addr().String()
}

func TestWhatCannotBeReachedIsSaidWithAWayOut(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	for want, err := range map[string]error{
		"spelt right":  &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.example", IsNotFound: true}},
		"HTTPS_PROXY":  &net.OpError{Op: "proxyconnect", Err: errors.New("refused")},
		"download it":  &net.OpError{Op: "dial", Err: errors.New("no route to host")},
		"try again":    io.ErrUnexpectedEOF,
		"private addr": &net.OpError{Op: "dial", Err: ErrPrivate},
	} {
		n := network(func(*http.Request) (*http.Response, error) { return nil, err })
		if _, err := (Loader{Network: n}).Open(t.Context(), "https://example.org/"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	trusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	trusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	trusted.StartTLS()
	defer trusted.Close()
	open := httptest.NewServer(http.NotFoundHandler())
	defer open.Close()
	for u, want := range map[string]string{
		trusted.URL: "certificate is not valid: is the address right",
		strings.Replace(open.URL, "http", "https", 1): "the server's answer can't be read: download it",
	} {
		if _, err := (Loader{Private: true}).Open(t.Context(), u); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", u, err, want)
		}
	}
	if _, err := (Loader{Private: true}).Open(t.Context(), "http://"+closed+"/"); err == nil || !strings.Contains(err.Error(), "does the server run?") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestAFetchIsLimited(t *testing.T) {
	get := func(ctx context.Context, n network) error {
		_, err := (Loader{Network: n}).Open(ctx, "https://example.org/pin.png?key=hidden")
		return err
	}
	for name, c := range map[string]struct {
		network network
		want    string
	}{
		"missing": {func(*http.Request) (*http.Response, error) {
			return answer(http.StatusNotFound, nil, strings.NewReader("")), nil
		}, "404 Not Found: is the address right?"},
		"secret": {func(*http.Request) (*http.Response, error) {
			return answer(http.StatusForbidden, nil, strings.NewReader("")), nil
		}, "403 Forbidden: download it where you may"},
		"busy": {func(*http.Request) (*http.Response, error) {
			return answer(http.StatusServiceUnavailable, nil, strings.NewReader("")), nil
		}, "503 Service Unavailable: try again later"},
		"odd": {func(*http.Request) (*http.Response, error) {
			return answer(299, nil, strings.NewReader("")), nil
		}, "answered 299: download it and attach the file"},
		"announced": {func(*http.Request) (*http.Response, error) {
			r := answer(http.StatusOK, nil, strings.NewReader(""))
			r.ContentLength = 60 << 20
			return r, nil
		}, "is 60.0 MB; at most 50 MB"},
		"endless": {func(*http.Request) (*http.Response, error) {
			return answer(http.StatusOK, nil, endless{}), nil
		}, "larger than 50 MB"},
		"broken off": {func(*http.Request) (*http.Response, error) {
			return answer(http.StatusOK, nil, io.MultiReader(strings.NewReader("abc"), failing{})), nil
		}, "broken off"},
	} {
		err := get(t.Context(), c.network)
		if err == nil || !strings.HasPrefix(err.Error(), "https://example.org/pin.png?…: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		silent := func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		start := time.Now()
		if err := get(t.Context(), silent); !errors.Is(err, errTime) || time.Since(start) != fetchTime {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if err := get(ctx, silent); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		slow := func(r *http.Request) (*http.Response, error) {
			return answer(http.StatusOK, nil, drip{r.Context()}), nil
		}
		if err := get(t.Context(), slow); !errors.Is(err, errTime) {
			t.Errorf("a byte a second: %v", err)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("broken off") }

// drip gives a byte a second.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(time.Second):
		p[0] = 'x'
		return 1, nil
	}
}
