package providers_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"juxta/providers"
)

// holder keeps a key where fmt can't call its methods: it prints unexported
// fields by reflection.
type holder struct {
	key      providers.Secret
	endpoint *providers.Endpoint
	inner    struct{ keys []providers.Secret }
}

func TestASecretNeverPrints(t *testing.T) {
	const key = "sk-live-0123456789abcdef"
	s := providers.NewSecret("  " + key + "\n")
	e := providers.Endpoint{Name: "lab", Key: s}
	h := holder{key: s, endpoint: &e}
	h.inner.keys = []providers.Secret{s}
	var out bytes.Buffer
	for _, v := range []any{s, &s, e, &e, []providers.Secret{s}, map[string]providers.Secret{"a": s}, map[providers.Secret]int{s: 1}, h, &h, []any{h, s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%08b", "%-40v", "%U", "%t", "%e", "%c"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, v, fmt.Sprint(v), fmt.Errorf("signing with %v: %w", v, errors.ErrUnsupported))
		if b, err := json.Marshal(v); err == nil { // maps of structs have no JSON
			out.Write(b)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("asked", "key", v, slog.Group("g", "v", v))
		}
		if err := template.Must(template.New("").Parse("{{.}} {{printf `%v` .}}")).Execute(&out, v); err != nil {
			t.Fatal(err)
		}
	}
	printed := out.String()
	for _, form := range []string{key, fmt.Sprintf("%x", key), fmt.Sprintf("%X", key), fmt.Sprint([]byte(key)), key[:8], key[8:]} {
		if i := strings.Index(printed, form); i >= 0 {
			t.Errorf("the key leaks: …%s…", printed[max(0, i-80):min(len(printed), i+80)])
		}
	}
	if !strings.Contains(printed, "[secret]") {
		t.Error("nothing was printed")
	}
	if s.Reveal() != key || s.Empty() {
		t.Error("the key itself is lost")
	}
}

func TestAnEmptySecretIsNoKey(t *testing.T) {
	for _, s := range []providers.Secret{{}, providers.NewSecret(""), providers.NewSecret(" \t\n")} {
		if !s.Empty() || s.Reveal() != "" || s != (providers.Secret{}) {
			t.Errorf("%#v is a key", s)
		}
	}
}

func TestLocalEndpointsOfOneHostShareADevice(t *testing.T) {
	for _, c := range []struct {
		url  string
		want string
	}{
		{"http://localhost:11434", "localhost"},
		{"http://LocalHost:11434", "localhost"},
		{"http://127.0.0.1:8080/v1", "localhost"},
		{"http://127.8.9.1", "localhost"},
		{"http://[::1]:1234", "localhost"},
		{"http://[::ffff:127.0.0.1]:1234", "localhost"},
		{"http://0.0.0.0:11434", "localhost"},
		{"http://[::]:11434", "localhost"},
		{"http://box.localhost", "localhost"},
		{"", "localhost"},
		{"http://GPU-box:8000/v1", "gpu-box"},
		{"http://gpu-box:1234", "gpu-box"},
		{"http://10.0.0.5:8000/v1", "10.0.0.5"},
		{"https://localhost.example.com", "localhost.example.com"},
	} {
		e := providers.Endpoint{BaseURL: c.url, Local: true}
		if got := e.Device(); got != c.want {
			t.Errorf("%q competes for %q, want %q", c.url, got, c.want)
		}
		e.Local = false
		if got := e.Device(); got != "" {
			t.Errorf("%q is remote and competes for %q", c.url, got)
		}
	}
}

func TestLoopbackIsThisMachineOnly(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "a.localhost": true, "127.0.0.1": true, "::1": true, "[::1]": true, "0.0.0.0": true,
		"": false, "example.com": false, "localhost.example.com": false, "notlocalhost": false, "10.0.0.1": false, "128.0.0.1": false,
	} {
		if got := providers.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %t", host, got)
		}
	}
}
