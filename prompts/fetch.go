package prompts

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// How long and how far a URL is followed.
const (
	fetchTime     = 20 * time.Second
	mostRedirects = 5
)

// ErrPrivate is the error of a URL on a private address: whoever has the setting
// for that can say where it is.
var ErrPrivate = errors.New("is on a private address; only public ones are read unless private ones are allowed: download it and attach the file")

var errTime = fmt.Errorf("did not arrive within %v: download it and attach the file", fetchTime)

// parse is a URL that may be fetched, as far as its text can tell.
func (l Loader) parse(source string) (*url.URL, error) {
	u, err := url.Parse(source)
	switch {
	case err != nil:
		return nil, noURL(source)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%s: only http and https are read", redacted(u))
	case u.Hostname() == "":
		return nil, noURL(source)
	}
	local := isLoopbackName(u.Hostname())
	switch {
	case l.LocalOnly != "" && !local:
		return nil, fmt.Errorf("%s: not asked, because of %s: download it and attach the file", redacted(u), l.LocalOnly)
	case !l.Private && (local || isPrivateLiteral(u.Hostname())):
		return nil, fmt.Errorf("%s: %w", redacted(u), ErrPrivate)
	}
	return u, nil
}

// noURL is an error about what can't be taken apart, and may have secrets
// wherever URLs have them.
func noURL(source string) error {
	if i := strings.IndexAny(source, "?#"); i >= 0 {
		source = source[:i]
	}
	if i := strings.LastIndexByte(source, '@'); i >= 0 {
		source = "…" + source[i:]
	}
	return fmt.Errorf("%s: is no URL that can be read: is it spelt right?", source)
}

// redacted is a URL without what may be secret: its user and its query.
func redacted(u *url.URL) string {
	c := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	s := c.String()
	if u.RawQuery != "" {
		s += "?…"
	}
	return s
}

// fetch reads a URL. Redirects are followed here and not by net/http, so that
// each is checked and gets a transport of its own; nothing is kept between
// them: no cookies, no referrer, no password.
func (l Loader) fetch(ctx context.Context, source string) (*File, error) {
	u, err := l.parse(source)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, fetchTime, errTime)
	defer cancel()
	from, name := redacted(u), urlName(u)
	fail := func(err error) (*File, error) {
		switch cause := context.Cause(ctx); {
		case errors.Is(cause, errTime):
			err = errTime
		case cause != nil:
			return nil, cause
		}
		return nil, fmt.Errorf("%s: %w", from, unreached(err))
	}
	for range mostRedirects + 1 {
		resp, err := l.visit(ctx, u)
		if err != nil {
			return fail(err)
		}
		next, err := redirect(u, resp)
		if err != nil || next != nil {
			resp.Body.Close()
			if err == nil {
				next, err = l.follow(u, next)
			}
			if err != nil {
				return fail(fmt.Errorf("leads elsewhere: %w", err))
			}
			u = next
			continue
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fail(errStatus(resp.StatusCode))
		}
		if packed := resp.Header.Get("Content-Encoding"); packed != "" && !strings.EqualFold(packed, "identity") {
			return fail(fmt.Errorf("arrived compressed as %q, which was not asked for: download it and attach the file", packed))
		}
		if resp.ContentLength > MostBytes {
			return fail(tooBig(resp.ContentLength))
		}
		data, err := readAll(feed{ctx, resp.Body}, resp.ContentLength)
		if err != nil {
			return fail(err)
		}
		return l.Look(name, from, data)
	}
	return fail(fmt.Errorf("leads elsewhere more than %d times", mostRedirects))
}

// unreached is an error on the way to a file, with what to do. Of an answer that
// can't be read nothing is quoted: its header may hold secrets.
func unreached(err error) error {
	var name *net.DNSError
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	switch text := err.Error(); {
	case errors.Is(err, ErrPrivate):
		return err
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return fmt.Errorf("the proxy in the environment can't be reached (%w): is HTTPS_PROXY right?", op.Err)
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("there is no host %s: is the name spelt right, and are you online?", name.Name)
	case errors.Is(err, refused):
		return errors.New("nothing answers there (connection refused): is the address right, and does the server run?")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("broke off: try again, or download it and attach the file")
	case errors.As(err, &certificate):
		return errors.New("the server's certificate is not valid: is the address right, and this computer's clock? Or download it and attach the file")
	case slices.ContainsFunc(garbled(), func(s string) bool { return strings.Contains(text, s) }):
		return errors.New("the server's answer can't be read: download it and attach the file")
	case errors.As(err, &op), errors.As(err, &name):
		return fmt.Errorf("%w: download it and attach the file", err)
	}
	return err
}

// garbled is what errors of net/http say that have no type, where the server speaks
// something else.
func garbled() []string {
	return []string{"malformed", "tls: ", "http: ", "http2: ", "stream error: "}
}

// visit asks for one URL, without following where it leads.
func (l Loader) visit(ctx context.Context, u *url.URL) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, noURL(redacted(u))
	}
	req.Header.Set("User-Agent", "juxta")
	req.Header.Set("Accept", "*/*")
	if user := u.User; user != nil { // RoundTrip leaves it to its caller
		password, _ := user.Password()
		req.SetBasicAuth(user.Username(), password)
	}
	if l.Network != nil {
		return l.Network.RoundTrip(req)
	}
	var via *url.URL
	if l.LocalOnly == "" {
		if via, err = http.ProxyFromEnvironment(req); err != nil {
			return nil, errors.New("the proxy in the environment is no URL")
		}
	}
	return l.transport(via).RoundTrip(req)
}

// transport is for one request. The address that a name turned out to have is
// checked when it is dialled, so that no name can be one address when checked
// and another when used. Behind a proxy that is not ours to see: the proxy,
// whose address is whatever its owner chose, looks the name up itself, and only
// what the URL says was checked.
func (l Loader) transport(via *url.URL) *http.Transport {
	dialer := &net.Dialer{}
	if via == nil {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return l.mayDial(address) }
	}
	return &http.Transport{
		Proxy:              http.ProxyURL(via),
		DialContext:        dialer.DialContext,
		DisableKeepAlives:  true,
		DisableCompression: true, // sizes are as the server says
		ForceAttemptHTTP2:  true,
	}
}

// mayDial says whether an address, resolved already, may be connected to.
func (l Loader) mayDial(address string) error {
	at, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return ErrPrivate
	case l.LocalOnly != "" && !at.Addr().Unmap().IsLoopback():
		return fmt.Errorf("not asked, because of %s", l.LocalOnly)
	case !l.Private && !isPublic(at.Addr()):
		return ErrPrivate
	}
	return nil
}

// redirect is where a response leads to; nil if it is an answer.
func redirect(from *url.URL, resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || to.Opaque != "" || to.Host == "" && isURL(to.Scheme+"://-") || resp.Header.Get("Location") == "" {
		return nil, errors.New("but does not say where to")
	}
	to.User = nil
	return to, nil
}

// follow is where a response leads to, if that may be fetched. What was asked for
// in secret is not fetched in the open.
func (l Loader) follow(from, to *url.URL) (*url.URL, error) {
	to, err := l.parse(to.String())
	if err == nil && from.Scheme == "https" && to.Scheme == "http" {
		return nil, fmt.Errorf("%s is not encrypted, as what was asked for is: download it and attach the file", redacted(to))
	}
	return to, err
}

// errStatus is the error of a server that has no file to give.
func errStatus(code int) error {
	what := strings.TrimSpace(fmt.Sprint(code, " ", http.StatusText(code)))
	switch {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("the server answered %s: download it where you may and attach the file", what)
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("the server answered %s: is the address right?", what)
	case code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("the server answered %s: try again later, or download it and attach the file", what)
	}
	return fmt.Errorf("the server answered %s: download it and attach the file", what)
}

// urlName is what a file of a URL is called: the last part of its path.
func urlName(u *url.URL) string {
	if name := path.Base(u.Path); name != "." && name != "/" {
		return name
	}
	return u.Hostname()
}

func isLoopbackName(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// isPrivateLiteral reports whether a host is an address that is not public.
func isPrivateLiteral(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && !isPublic(addr)
}

// isPublic reports whether an address is of the internet at large, by the
// special-purpose registries of IANA. An IPv4 address inside an IPv6 one counts
// as itself.
func isPublic(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, p := range reserved() {
		if p.Contains(addr) {
			return false
		}
	}
	if inside, ok := embedded(addr); ok {
		return isPublic(inside)
	}
	return true
}

func reserved() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("100.64.0.0/10"), // shared by a carrier's customers
		netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("192.0.2.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"),
		netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("::/96"), // IPv4-compatible
		netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("100::/63"),
		netip.MustParsePrefix("2001::/23"), // Teredo and other protocols
		netip.MustParsePrefix("2001:db8::/32"),
		netip.MustParsePrefix("3fff::/20"), // documentation, too
		netip.MustParsePrefix("5f00::/16"), // segments of a network's own routing
		netip.MustParsePrefix("fec0::/10"),
	}
}

// embedded is the IPv4 address that an IPv6 address of NAT64 or 6to4 leads to.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}
