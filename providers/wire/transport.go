package wire

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"juxta/providers"
)

// A Transport carries requests to one service: it refuses others, calls the
// request's [Trace], bounds every wait and stamps every read of the answer.
type Transport struct {
	Base http.RoundTripper // what really carries; recording and replaying put themselves here

	service  *url.URL
	key      providers.Secret // to hide it in errors
	timeouts providers.Timeouts
	log      record
	heard    providers.Ear
}

func newTransport(service *url.URL, e providers.Endpoint) *Transport {
	t := e.Timeouts.Or(providers.DefaultTimeouts)
	carried := &Transport{Base: e.Network, service: service, key: e.Key, timeouts: t, log: record{e.Log, e.Name}, heard: e.Heard}
	if carried.Base == nil {
		// The watch bounds dialling, in words; this bound is for what net/http
		// goes on dialling after the request is gone, and so is that of TLS.
		dialer := &net.Dialer{Timeout: t.Connect + time.Second}
		if service != nil && providers.Loopback(service.Hostname()) {
			dialer.Control = stayHere
		}
		carried.Base = &http.Transport{
			Proxy:                  proxyOf(e),
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    t.Connect + time.Second,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // a compressor holds tokens back
			MaxIdleConnsPerHost:    16,   // so that columns of one service keep theirs
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 1 << 20,
			WriteBufferSize:        64 << 10, // images go out in fewer writes
		}
	}
	return carried
}

// proxyOf is how an endpoint's proxy is found: none if it wants none.
func proxyOf(e providers.Endpoint) func(*http.Request) (*url.URL, error) {
	if e.Direct {
		return nil
	}
	return proxy
}

// stayHere refuses to connect to anything but this machine, which is what the
// name that is dialled stands for: a resolver may say otherwise of a name that
// ends in .localhost, and even of localhost.
func stayHere(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if addr := to.Addr().Unmap().WithZone(""); err == nil && (addr.IsLoopback() || addr.IsUnspecified()) {
		return nil
	}
	return &providers.Error{
		Kind: providers.Unreachable, Err: fmt.Errorf("the name of this machine leads to another one, %s; nothing was sent there", address),
		Hint: "write 127.0.0.1 in base_url, or mend the hosts file or whoever answers for names here",
	}
}

// proxy is the environment's, and none for this machine under any of its names.
func proxy(req *http.Request) (*url.URL, error) {
	if providers.Loopback(req.URL.Hostname()) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(req)
}

// RoundTrip implements [http.RoundTripper]. Its errors, and those of the body
// it returns, are of type [*providers.Error].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !sameService(t.service, req.URL) {
		return nil, wrongService(t.service, req.URL)
	}
	began := t.log.now()
	ctx, cancel := context.WithCancelCause(req.Context())
	w := newWatch(t.timeouts, req.URL, cancel)
	out := req.Clone(httptrace.WithClientTrace(ctx, w.clientTrace()))
	out.Header.Set("Accept-Encoding", "identity")

	trace, _ := ctx.Value(traceKey{}).(*Trace)
	trace.leave()
	var resp *http.Response
	err := context.Cause(ctx) // leave may have cancelled
	if err == nil {
		w.enter(connecting)
		resp, err = t.Base.RoundTrip(out)
	}
	if err != nil {
		when := beforeAnswer
		switch {
		case w.stale():
			when = onKept
		case w.sends() && req.ContentLength > 1<<20:
			when = midRequest
		}
		e := explain(context.Cause(ctx), req.URL, t.key, err, when) // closing cancels, which would be the reason then
		w.close()
		t.log.failed(req, began, e)
		return nil, e
	}
	t.log.answered(req, began, resp.StatusCode)
	if t.heard != nil {
		t.heard.Hear(time.Now(), resp.Header)
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && !equalFold(coding, "identity") {
		w.close()
		_ = resp.Body.Close()
		return nil, compressed(req.URL, coding)
	}
	if trace != nil {
		trace.Status, trace.Header = resp.StatusCode, resp.Header
	}
	w.enter(answering)
	resp.Body = &body{from: resp.Body, watch: w, cause: func() error { return context.Cause(ctx) }, trace: trace, url: req.URL, key: t.key, over: t.log.ends(req, began)}
	return resp, nil
}

// A Trace sees one request through [Client.HTTP].
type Trace struct {
	Sent   func(at time.Time) // called once, on the requesting goroutine, right before the request leaves; may be nil
	Status int                // of the answer; 0 before it
	Header http.Header        // of the answer

	at   time.Time
	left bool
}

type traceKey struct{}

// WithTrace makes requests under ctx fill t, which serves one request.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// At is when the latest read of the answer's body returned. A reader that takes
// no more than it needs, such as bufio.Scanner, therefore finds here when the
// line it just returned arrived. It belongs to the reading goroutine.
func (t *Trace) At() time.Time { return t.at }

// leave stamps the departure; a redirect does not depart again.
func (t *Trace) leave() {
	if t == nil || t.left {
		return
	}
	t.left = true
	if t.Sent != nil {
		t.Sent(time.Now())
	}
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
