// Package wire is how juxta talks HTTP: one client per endpoint that times
// every read, bounds every wait, keeps a key with the host it belongs to and
// says in words what went wrong, and readers for streams of events and lines.
//
//	Draft ─► Parcel: a question as JSON, its attachments encoded while it leaves
//
//	provider ─► Client.Do ─► http.Client ─► transport ─► the network
//	         ◄─ Response.Events ◄─ lines ◄─ body: stamps each read, bounds each wait
//
// Every error that leaves this package is an [*providers.Error].
package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"juxta/providers"
)

// A Client reaches one endpoint. It is safe for concurrent use, keeps
// connections alive, and never repeats a request that may have been answered.
type Client struct {
	endpoint providers.Endpoint
	http     *http.Client
}

// NewClient makes the client of e, whose BaseURL must be absolute. Requests to
// any other host are refused before they leave, redirects included, because
// they would carry the key.
func NewClient(e providers.Endpoint) *Client {
	base, err := url.Parse(e.BaseURL)
	if err != nil || base.Host == "" {
		base = nil
	}
	return &Client{
		endpoint: e,
		http: &http.Client{
			Transport:     newTransport(base, e),
			CheckRedirect: checkRedirect,
		},
	}
}

// Do sends req and returns as soon as the answer's headers are there. Sent,
// which may be nil, is called on this goroutine right before the request
// leaves; cancelling ctx inside it keeps the request from leaving. The caller
// closes the response. Any status is a response, not an error.
func (c *Client) Do(ctx context.Context, req *http.Request, sent func(at time.Time)) (*Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "juxta")
	}
	resp, err := c.http.Do(req.WithContext(onLeaving(ctx, sent)))
	if err != nil {
		return nil, c.named(err)
	}
	return newResponse(resp, resp.Body.(*body)), nil // the transport's, always
}

// Sign puts the endpoint's key, if it has one, into a header of r, behind what
// stands before it there.
func (c *Client) Sign(r *http.Request, header, before string) error {
	key := c.endpoint.Key
	switch {
	case key.Empty():
		return nil
	case !key.Printable():
		hint := "copy it anew into the provider's row of the configuration"
		if c.endpoint.KeyName != "" {
			hint = "copy it anew into " + c.endpoint.KeyName
		}
		return &providers.Error{Kind: providers.Auth, Err: errors.New("the key holds characters that no key has"), Hint: hint}
	}
	r.Header.Set(header, before+key.Reveal())
	return nil
}

// named is err as an [*providers.Error] that says whose it is.
func (c *Client) named(err error) *providers.Error {
	var known *providers.Error
	if !errors.As(err, &known) { // all of the transport's are; net/http itself fails over a redirect alone
		known = &providers.Error{Kind: providers.Malformed, Err: errors.New("the service redirects to what is no address"), Hint: addressHint}
	}
	e := *hushed(known, c.endpoint.Key)
	if e.Ref.Provider == "" {
		e.Ref.Provider = c.endpoint.Name
	}
	return &e
}

// checkRedirect follows a redirect only where the question and the key may go.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	status := 0
	if req.Response != nil {
		status = req.Response.StatusCode
	}
	to := req.URL.Scheme + "://" + req.URL.Host
	fail := func(format string, args ...any) error {
		return &providers.Error{
			Kind: providers.Malformed, Status: status, Err: fmt.Errorf(format, args...),
			Hint: "if that address is the right one, set it as the provider's base_url",
		}
	}
	switch {
	case !sameService(first.URL, req.URL):
		return fail("%s redirects to another host, %s; the key was not sent there", first.URL.Host, to)
	case req.Method != first.Method:
		return fail("%s redirects to %s%s in a way that drops the question", first.URL.Host, to, req.URL.EscapedPath())
	case len(via) >= 5:
		return fail("%s redirects in circles", first.URL.Host)
	}
	return nil
}

// sameService reports whether a key for a may be sent to b: the same scheme,
// host and port, or the same host on https where a said http.
func sameService(a, b *url.URL) bool {
	if a == nil || b == nil {
		return false
	}
	hosts := strings.EqualFold(a.Hostname(), b.Hostname()) ||
		providers.Loopback(a.Hostname()) && providers.Loopback(b.Hostname())
	upgrade := a.Scheme == "http" && b.Scheme == "https" && a.Port() == "" && port(b) == "443"
	return hosts && (a.Scheme == b.Scheme && port(a) == port(b) || upgrade)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
