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

// A transport carries requests to one service: it refuses others, tells when
// they leave, bounds every wait and stamps every read of the answer.
type transport struct {
	network  http.RoundTripper // what really carries; a recording puts itself here
	service  *url.URL
	key      providers.Secret // to hide it in errors
	timeouts providers.Timeouts
	log      record
	heard    providers.Ear
}

func newTransport(service *url.URL, e providers.Endpoint) *transport {
	t := e.Timeouts.Or(providers.DefaultTimeouts)
	carried := &transport{network: e.Network, service: service, key: e.Key, timeouts: t, log: record{e.Log, e.Name}, heard: e.Heard}
	if carried.network == nil {
		// The watch bounds dialling, in words; this bound is for what net/http
		// goes on dialling after the request is gone, and so is that of TLS.
		dialer := &net.Dialer{Timeout: t.Connect + time.Second}
		if service != nil && providers.Loopback(service.Hostname()) {
			dialer.Control = stayHere
		}
		carried.network = &http.Transport{
			Proxy:                  proxyOf(e),
			OnProxyConnectResponse: throughProxy,
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

// throughProxy is the error of a proxy that does not let a request through.
func throughProxy(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	hint := proxyHint
	if answer.StatusCode == http.StatusProxyAuthRequired {
		hint = "give it a name and a password: HTTPS_PROXY=http://name:password@" + proxy.Host
	}
	return &providers.Error{
		Kind: providers.Unreachable, Err: fmt.Errorf("the proxy %s does not let the request through: %s", proxy.Host, answer.Status), Hint: hint,
	}
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
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !sameService(t.service, req.URL) {
		return nil, wrongService(t.service, req.URL)
	}
	began := t.log.now()
	ctx, cancel := context.WithCancelCause(req.Context())
	w := newWatch(t.timeouts, req.URL, cancel)
	out := req.Clone(httptrace.WithClientTrace(ctx, w.clientTrace()))
	out.Header.Set("Accept-Encoding", "identity")

	var resp *http.Response
	err := context.Cause(ctx)
	if err == nil {
		leave(ctx)
		err = context.Cause(ctx) // leaving may have cancelled
	}
	if err == nil {
		w.enter(connecting)
		resp, err = t.network.RoundTrip(out)
	}
	if err != nil {
		when := beforeAnswer
		switch {
		case w.stale():
			when = onKept
		case w.sends() && req.ContentLength > 1<<20:
			when = midRequest
		}
		e := explain(context.Cause(ctx), req.URL, err, when) // closing cancels, which would be the reason then
		w.close()
		t.log.failed(req, began, e)
		return nil, e
	}
	t.log.answered(req, began, resp.StatusCode)
	if t.heard != nil {
		t.heard.Hear(time.Now(), resp.Header)
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		w.close()
		_ = resp.Body.Close()
		return nil, compressed(req.URL, coding)
	}
	w.enter(answering)
	resp.Body = &body{from: resp.Body, watch: w, cause: func() error { return context.Cause(ctx) }, url: req.URL, key: t.key, over: t.log.ends(req, began)}
	return resp, nil
}

// A departure is the first leaving of one request; a redirect does not depart
// again.
type departure struct {
	sent func(at time.Time) // nil once it was called
}

type departureKey struct{}

// onLeaving has sent, which may be nil, called when the request under ctx leaves.
func onLeaving(ctx context.Context, sent func(at time.Time)) context.Context {
	return context.WithValue(ctx, departureKey{}, &departure{sent})
}

// leave stamps the departure of the request under ctx.
func leave(ctx context.Context) {
	d, _ := ctx.Value(departureKey{}).(*departure)
	if d == nil || d.sent == nil {
		return
	}
	sent := d.sent
	d.sent = nil
	sent(time.Now())
}
