// Package keys knows where a provider's key comes from and where it may go.
//
// Its model of the world: a key is looked for in the environment, then in the
// operating system's keyring, then in the configuration; see [Source]. A [Ring]
// is that keyring and its index: a small file that says which providers have a
// key there and where each may go, and that holds no secret. The index is all
// that is read at a start, because a keyring may be slow, locked or absent; the
// keyring itself is asked when a provider is first used.
//
// A key in the keyring belongs to one origin: a scheme, a host and a port. The
// origin is part of the name under which the keyring holds the key, so that no
// change of the index or of the configuration sends it elsewhere.
package keys

import (
	"net/url"
	"strings"

	"juxta/providers"
)

// Source is where a provider's key comes from.
type Source string

// Sources of keys, the first that has one first.
const (
	Environment   Source = "environment"
	Keyring       Source = "keyring"
	Configuration Source = "configuration"
	Missing       Source = "missing"    // one is needed, and there is none
	Unneeded      Source = "not needed" // there is none, and the service may do without
)

// Origin is the part of an address that a key is for: the scheme, the host and
// the port, where every name of this machine is one. It is "" for what is not
// an http address.
func Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if providers.Loopback(host) {
		host = "localhost"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host += ":" + port
	}
	return u.Scheme + "://" + host
}
