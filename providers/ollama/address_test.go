package ollama

import (
	"strings"
	"testing"

	"juxta/providers"
)

func TestAddressIsReadAsOLLAMAHOSTIs(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "http://127.0.0.1:11434",
		"  ":                             "http://127.0.0.1:11434",
		"example.com":                    "http://example.com:11434",
		"example.com:8080":               "http://example.com:8080",
		":8080":                          "http://127.0.0.1:8080",
		"0.0.0.0":                        "http://127.0.0.1:11434",
		"0.0.0.0:1234":                   "http://127.0.0.1:1234",
		"http://0.0.0.0:1234":            "http://127.0.0.1:1234",
		"::":                             "http://[::1]:11434",
		"[::]:1234":                      "http://[::1]:1234",
		"::1":                            "http://[::1]:11434",
		"[fe80::2]:80":                   "http://[fe80::2]:80",
		"http://example.com":             "http://example.com:80",
		"https://example.com":            "https://example.com:443",
		"HTTP://example.com:11434/":      "http://example.com:11434",
		"http://example.com:80/ollama/":  "http://example.com:80/ollama",
		"example.com/path":               "http://example.com:11434/path",
		"ollama.com":                     "https://ollama.com:443",
		"https://ollama.com":             "https://ollama.com:443",
		" http://127.0.0.1:11434?x=1#y ": "http://127.0.0.1:11434",
	} {
		u, err := parseAddress(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if u.String() != want {
			t.Errorf("%q is %s, want %s", in, u, want)
		}
	}
}

func TestAddressThatCannotBeIsAnErrorBeforeAnythingIsAsked(t *testing.T) {
	for _, in := range []string{"ftp://h", "unix:///x", "h:0", "h:99999", "h:eleven", "http://[::1", "http://a b"} {
		_, err := New(providers.Endpoint{Name: "ollama", BaseURL: in})
		if e := providers.AsError(err); err == nil || e.Kind != providers.Unreachable || e.Hint == "" {
			t.Errorf("%q: got %v", in, err)
		}
	}
}

func TestAnAddressIsRefusedWithoutQuotingAPassword(t *testing.T) {
	for _, in := range []string{
		"http://user:271828/x@host", "http://user:27182/8x@host", "user:27182/8@host", "http://user:27182?8@host", "http://user:27182#8@host",
		"user:271828@http://host", "http://user:271828", "user:271828@host:99999", "http://u:271828@a b",
	} {
		_, err := New(providers.Endpoint{Name: "ollama", BaseURL: in})
		if e := providers.AsError(err); err == nil || strings.Contains(e.Error()+e.Advice(), "27182") {
			t.Errorf("%q: got %v", in, err)
		}
	}
}
