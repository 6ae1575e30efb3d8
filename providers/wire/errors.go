package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"

	"juxta/providers"
)

// moment is how far a request had come when it failed.
type moment uint8

const (
	beforeAnswer moment = iota
	onKept              // before the answer, on a connection kept from an earlier request
	midRequest          // while a large request was being sent
	midAnswer
)

// explain says in words why a request failed. What cancelled it, if anything
// did, is the reason, whatever the reads say. The words may hold the service's
// own: see hushed.
func explain(cause error, u *url.URL, err error, when moment) *providers.Error {
	if cause != nil {
		return providers.AsError(cause)
	}
	var known *providers.Error
	if errors.As(err, &known) {
		return known
	}
	if e := explainTLS(u, err); e != nil {
		return e
	}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		what := fmt.Errorf("looking up %s: %s", dns.Name, dns.Err)
		if dns.IsNotFound {
			what = fmt.Errorf("there is no host named %s", dns.Name)
		}
		return &providers.Error{Kind: providers.Unreachable, Err: what, Hint: "check the provider's base_url, and the network"}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return &providers.Error{
			Kind: providers.Unreachable, Err: fmt.Errorf("the proxy for %s does not answer: %w", u.Host, op.Err),
			Hint: proxyHint,
		}
	case strings.Contains(err.Error(), "invalid header field value"): // net/http's; of what people set, a header holds the key alone
		return &providers.Error{
			Kind: providers.Auth, Err: errors.New("the key holds a line break or another character that can't be sent"),
			Hint: "set the key alone, on one line, without what was copied along with it",
		}
	case among(err, refusals()):
		return &providers.Error{Kind: providers.Unreachable, Err: fmt.Errorf("%s refused the connection", u.Host), Hint: runningHint(u)}
	case strings.Contains(err.Error(), "malformed"):
		said := err.Error() // after what net/http says of itself
		return &providers.Error{Kind: providers.Malformed, Err: fmt.Errorf("%s does not speak HTTP: %s", u.Host, said[strings.Index(said, "malformed"):]), Hint: addressHint}
	case when == midAnswer && cutOff(err):
		return &providers.Error{Kind: providers.Truncated, Err: fmt.Errorf("%s closed the connection in the middle of the answer", u.Host)}
	case when == midAnswer:
		return &providers.Error{Kind: providers.Truncated, Err: err}
	case when == onKept && cutOff(err):
		// Most likely the service closed it just when the request left. Asking
		// again is right then, and for the caller to do, in view.
		return &providers.Error{Kind: providers.Unreachable, Err: fmt.Errorf("%s had closed the connection that was kept open", u.Host), Hint: "ask again"}
	case when == midRequest && cutOff(err):
		return &providers.Error{
			Kind: providers.ServerFault, Err: fmt.Errorf("%s closed the connection before it had taken the whole request", u.Host),
			Hint: "it may be larger than the service takes: " + Fewer,
		}
	case cutOff(err):
		return &providers.Error{Kind: providers.ServerFault, Err: fmt.Errorf("%s closed the connection without an answer", u.Host)}
	}
	return &providers.Error{Kind: providers.Unreachable, Err: err, Hint: runningHint(u)}
}

// hushed is e without the key, and no longer than a person reads: net/http
// quotes what a service sends, and that may be the key's echo.
func hushed(e *providers.Error, key providers.Secret) *providers.Error {
	if e.Err == nil {
		return e
	}
	text := e.Err.Error()
	shown := Quote(text, key)
	if shown == text {
		return e
	}
	out := *e
	out.Err = errors.New(shown)
	return &out
}

const (
	addressHint = "check that base_url is the API's own address, and that no proxy or login page stands before it"
	proxyHint   = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
)

func runningHint(u *url.URL) string {
	return fmt.Sprintf("is it running? Nothing answers at %s; start it, or correct the provider's base_url", u.Host)
}

func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || among(err, cuts())
}

func among(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(t error) bool { return errors.Is(err, t) })
}

func explainTLS(u *url.URL, err error) *providers.Error {
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var host x509.HostnameError
	var alert tls.AlertError
	switch {
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return &providers.Error{
			Kind: providers.Malformed, Err: fmt.Errorf("%s does not speak TLS", u.Host),
			Hint: "set base_url to http:// instead of https://, if that network may see the key",
		}
	case errors.As(err, &host):
		return &providers.Error{Kind: providers.Unreachable, Err: fmt.Errorf("the certificate of %s is for another name: %w", u.Host, err), Hint: addressHint}
	case errors.As(err, &verify):
		return &providers.Error{
			Kind: providers.Unreachable, Err: fmt.Errorf("the certificate of %s can't be trusted: %w", u.Host, verify.Err),
			Hint: "check the clock and base_url; a private authority goes into the system's store or SSL_CERT_FILE",
		}
	case errors.As(err, &alert):
		return &providers.Error{Kind: providers.Unreachable, Err: fmt.Errorf("%s ended the TLS handshake: %w", u.Host, err), Hint: addressHint}
	}
	return nil
}

func wrongService(service, to *url.URL) *providers.Error {
	e := &providers.Error{Kind: providers.Unreachable, Hint: "set the provider's base_url to an absolute address, such as https://host/v1"}
	if service == nil {
		e.Err = errors.New("the provider's base_url is not an absolute address")
	} else {
		e.Err = fmt.Errorf("a request to %s is not one to %s and was not sent", to.Host, service.Host)
	}
	return e
}

func compressed(u *url.URL, coding string) *providers.Error {
	return &providers.Error{
		Kind: providers.Malformed, Err: fmt.Errorf("%s compresses its answer (%.40q) although it was asked not to", u.Host, coding),
		Hint: addressHint,
	}
}
