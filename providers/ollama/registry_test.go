package ollama

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A registry is Ollama's own, registry.ollama.ai, for a server that reaches it
// through this proxy and trusts its certificate. It has one model, named as the
// workbench offers it, which is another Ollama's tiny-vision.
type registry struct {
	models string // the other Ollama's folder
	proxy  string // its URL
	cert   string // its file

	mu     sync.Mutex
	holds  bool          // gives half of the weights, then nothing more
	half   chan struct{} // closed when that half has gone
	begins []string      // the ranges that were asked for, of the weights
}

func newRegistry(t *testing.T, models string) *registry {
	t.Helper()
	r := &registry{models: models, cert: filepath.Join(t.TempDir(), "ca.pem"), holds: true, half: make(chan struct{})}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a registry"}, DNSNames: []string{"registry.ollama.ai"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	shelves := httptest.NewUnstartedServer(r)
	shelves.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	shelves.StartTLS()
	t.Cleanup(shelves.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method != http.MethodConnect || q.Host != "registry.ollama.ai:443" {
			http.Error(w, "this is a proxy for one registry", http.StatusForbidden)
			return
		}
		there, err := net.Dial("tcp", shelves.Listener.Addr().String())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { // ends with either end
			_, _ = io.Copy(there, here)
			_ = there.Close()
		}()
		_, _ = io.Copy(here, there)
		_ = here.Close()
	}))
	t.Cleanup(proxy.Close)
	r.proxy = proxy.URL
	return r
}

// ServeHTTP answers as a registry does: manifests, and blobs by ranges.
func (r *registry) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	switch name := filepath.Base(q.URL.Path); {
	case q.URL.Path == "/v2/library/qwen3-vl/manifests/2b":
		http.ServeFile(w, q, filepath.Join(r.models, "manifests", "registry.ollama.ai", "library", "tiny-vision", "latest"))
	case strings.Contains(q.URL.Path, "/blobs/"):
		blob, err := os.ReadFile(filepath.Join(r.models, "blobs", strings.Replace(name, ":", "-", 1)))
		if err != nil {
			http.NotFound(w, q)
			return
		}
		w.Header().Set("Location", "https://"+q.Host+q.URL.Path) // which it asks for the ranges
		if q.Header.Get("Range") == "" || len(blob) < 1_000_000 {
			http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(blob))
			return
		}
		r.mu.Lock()
		r.begins = append(r.begins, q.Header.Get("Range"))
		holds := r.holds
		r.mu.Unlock()
		if !holds {
			http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(blob))
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(blob)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(blob[:len(blob)/2])
		_ = http.NewResponseController(w).Flush()
		close(r.half)
		<-q.Context().Done()
	default:
		http.Error(w, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`, http.StatusNotFound)
	}
}
