package ollama

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// defaultPort is where a server listens that was given no port.
const defaultPort = "11434"

// parseAddress reads a server's address the way OLLAMA_HOST is read: without a
// scheme the port is Ollama's own, with one it is the scheme's, and an address
// that a server listens on everywhere with (0.0.0.0, [::] or no host at all) is
// reached through loopback, because connecting to it fails on Windows. Its errors
// quote nothing that may be a part of a password.
func parseAddress(s string) (*url.URL, error) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(s), "://")
	port := map[string]string{"http": "80", "https": "443"}[strings.ToLower(scheme)]
	switch {
	case !ok && strings.EqualFold(scheme, "ollama.com"):
		scheme, rest, port = "https", scheme, "443"
	case !ok:
		scheme, rest, port = "http", scheme, defaultPort
	case port == "" && strings.ContainsAny(scheme, ":@"):
		return nil, errors.New("the address is not host:port or a URL")
	case port == "":
		return nil, fmt.Errorf("the address's scheme %q is neither http nor https", scheme)
	}

	if end := strings.IndexAny(rest, "/?#"); end >= 0 && strings.Contains(rest[end:], "@") {
		// What stands before it would be taken for the host, and shown as one.
		return nil, errors.New("the address has a /, ? or # in front of its @, which are written %2F, %3F and %23 in a password")
	}
	host, path, _ := strings.Cut(rest, "/")
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		host = "[" + host + "]" // an IPv6 address needs brackets to be told from a port
	}
	u, err := url.Parse(strings.ToLower(scheme) + "://" + host + "/" + path)
	if err != nil {
		// The parser's own words would repeat what may hold a password.
		return nil, errors.New("the address is not host:port or a URL")
	}
	name := u.Hostname()
	if ip := net.ParseIP(name); name == "" || ip != nil && ip.IsUnspecified() {
		name = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			name = "::1"
		}
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return nil, errors.New("the address's port is not a number from 1 to 65535")
		}
		port = p
	}
	u.Host = net.JoinHostPort(name, port)
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath, u.RawQuery, u.Fragment = "", "", ""
	return u, nil
}
