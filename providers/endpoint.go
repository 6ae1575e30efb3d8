package providers

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// An Endpoint says where and how one provider is reached: a row of the
// configuration, or a built-in one.
type Endpoint struct {
	Name     string
	API      string // openai-chat, openai-responses, anthropic, gemini, ollama or demo
	BaseURL  string // what the vendor's own *_BASE_URL means; "" only for demo
	Key      Secret
	KeyName  string // the variable that a key would come from, for hints; "" if none is needed
	Local    bool   // shares a device with its neighbours; priced as energy
	Direct   bool   // never through a proxy, whatever the environment says
	Retries  int
	Timeouts Timeouts
	Log      *slog.Logger      // of what is asked and how that went, without a word of it; nil for none
	Heard    Ear               // is told of each answer's header; nil for nobody
	Network  http.RoundTripper // carries the requests; nil for the real network, else a recording of it
}

// An Ear is told when an answer's header came. It may be called by several
// goroutines at once, and keeps nothing of the header.
type Ear interface {
	Hear(at time.Time, header http.Header)
}

// Device names what local endpoints compete for: their host, whatever the
// port, with every name of this machine folded into one. It is "" for remote
// endpoints, which compete for nothing.
func (e Endpoint) Device() string {
	if !e.Local {
		return ""
	}
	u, err := url.Parse(e.BaseURL)
	if err != nil || u.Hostname() == "" || Loopback(u.Hostname()) {
		return "localhost"
	}
	return strings.ToLower(u.Hostname())
}

// Loopback reports whether host, without a port, is this machine.
func Loopback(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// A Secret is a key. Every way of printing or encoding it yields "[secret]";
// only Reveal, called where a request is signed, gives it out. The zero Secret
// is no key; two secrets are equal only if one is a copy of the other.
type Secret struct {
	// A pointer, because fmt calls no methods on a Secret in an unexported
	// field, and on none for %p: there it prints what it finds, which must be
	// an address.
	value *string
}

// NewSecret keeps s, without surrounding space.
func NewSecret(s string) Secret {
	if s = strings.TrimSpace(s); s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal is the key itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Printable reports whether the key is of visible ASCII characters alone, as
// services make them. What holds others was copied with something else, and can't
// stand in a header.
func (s Secret) Printable() bool {
	return !strings.ContainsFunc(s.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' })
}

// Empty reports whether there is no key.
func (s Secret) Empty() bool { return s.value == nil }

const hidden = "[secret]"

// Format implements [fmt.Formatter] for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText implements [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
