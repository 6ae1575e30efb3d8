package wire

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"juxta/providers"
)

// resolving makes every name that is in no file lead to an address until the
// test ends.
func resolving(t *testing.T, to [4]byte) {
	t.Helper()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked, served := net.Pipe()
		go func() {
			defer func() { _ = served.Close() }()
			for answerName(served, to) == nil {
			}
		}()
		return asked, nil
	}}
}

// answerName answers one question of DNS, framed as over TCP.
func answerName(c io.ReadWriter, to [4]byte) error {
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return err
	}
	q := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, q); err != nil {
		return err
	}
	end := 12
	for q[end] != 0 {
		end += int(q[end]) + 1
	}
	end += 5 // the name's end, type and class
	said := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[12:end]...)
	if kind := binary.BigEndian.Uint16(q[end-4:]); kind == 1 { // A
		said[7] = 1
		said = append(said, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
		said = append(said, to[:]...)
	}
	_, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(said))), said...))
	return err
}

func TestThisMachinesNameLeadsNowhereElse(t *testing.T) {
	resolving(t, [4]byte{192, 0, 2, 1})
	for _, e := range []providers.Endpoint{
		{Name: "lab", BaseURL: "http://box.localhost:1/v1", Key: providers.NewSecret("hush")},
		{Name: "lab", BaseURL: "http://box.localhost:1/v1", Local: true, Direct: true},
	} {
		req, err := http.NewRequest(http.MethodPost, e.BaseURL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = NewClient(e).Do(t.Context(), req, nil)
		if failed := providers.AsError(err); err == nil || failed.Kind != providers.Unreachable || !strings.Contains(failed.Err.Error(), "leads to another one, 192.0.2.1:1") || failed.Hint == "" {
			t.Errorf("%v", err)
		}
	}
	for address, stays := range map[string]bool{
		"127.0.0.1:1": true, "127.9.9.9:80": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "[::1%lo]:1": true, "0.0.0.0:1": true,
		"192.0.2.1:1": false, "10.0.0.5:1": false, "[fe80::1%eth0]:1": false, "[::ffff:8.8.8.8]:1": false, "169.254.169.254:80": false, "": false,
	} {
		if err := stayHere("tcp", address, nil); (err == nil) != stays {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestWhoStaysHereUsesNoProxy(t *testing.T) {
	for direct, proxied := range map[bool]bool{true: false, false: true} {
		c := NewClient(providers.Endpoint{BaseURL: "http://10.0.0.5:8000", Local: true, Direct: direct})
		base := c.http.Transport.(*transport).network.(*http.Transport)
		if (base.Proxy != nil) != proxied {
			t.Errorf("direct %v: the environment is asked for a proxy: %v", direct, !proxied)
		}
	}
}
