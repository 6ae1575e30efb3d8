package cli

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// A network of its own has loopback and no way out, and counts for itself: no
// other process's traffic is in its figures.
func TestLocalOnlyInANetworkOfItsOwn(t *testing.T) {
	if path := os.Getenv("JUXTA_ALONE"); path != "" {
		alone(t, path)
		return
	}
	r := install(t, "")
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.v")
	c.Env = append(os.Environ(), "JUXTA_ALONE="+r.path)
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	var said strings.Builder
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Skipf("skipped: a network of its own is not permitted here: %v", err)
	}
	err := c.Wait()
	switch {
	case strings.Contains(said.String(), "--- SKIP"):
		t.Skip(said.String())
	case err != nil || !strings.Contains(said.String(), "--- PASS: "+t.Name()):
		t.Errorf("%v:\n%s", err, said.String())
	}
}

// alone is what holds in such a network for the juxta at path.
func alone(t *testing.T, path string) {
	if err := raiseLoopback(); err != nil {
		t.Skipf("skipped: loopback can't be raised here: %v", err)
	}
	keys := make(chan string, 99) // that the box was given
	box := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		keys <- r.Header.Get("Authorization")
		if strings.HasSuffix(r.URL.Path, "/models") {
			_, _ = fmt.Fprint(rw, `{"data":[{"id":"x","object":"model"}]}`)
			return
		}
		rw.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(rw, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello from the box\"}}]}\n\n"+
			"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	defer box.Close()
	r := &real{t: t, path: path, home: t.TempDir()}
	config := r.home + "/config.yaml"
	rows := "providers:\n  - {name: box, api: openai-chat, base_url: '" + box.URL + "/v1', retries: 0}\n" +
		"  - {name: far, api: openai-chat, base_url: 'http://192.0.2.1/v1', key: hush-0123456789, retries: 0, timeout: {connect: 1s}}\n" +
		"  - {name: named, api: openai-chat, base_url: 'http://lab.example/v1', key: hush-0123456789, retries: 0, timeout: {connect: 1s}}\n"
	if err := os.WriteFile(config, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	r.env = []string{
		"HOME=" + r.home, "JUXTA_CONFIG=" + config, "DBUS_SESSION_BUS_ADDRESS=unix:path=" + r.home + "/none",
		"OPENAI_API_KEY=hush-0123456789", "ANTHROPIC_API_KEY=hush-0123456789", "GEMINI_API_KEY=hush-0123456789",
	}
	quiet := sentHere(t)
	for _, args := range [][]string{
		{"ask", "-m", "far/x", "hi"},
		{"ask", "-m", "box/x", "-m", "far/x", "hi"},
		{"ask", "-m", "named/x", "hi"},
		{"ask", "-m", "openai/gpt", "hi"},
		{"ask", "-m", "demo/script:say=x", "-a", "http://192.0.2.1/pin.png", "hi"},
		{"models", "show", "anthropic/claude"},
	} {
		if out, said := r.run(append(args, "--local-only")...); out != "" || !strings.Contains(said, "--local-only") {
			t.Errorf("%q: %s%s", args, out, said)
		}
		if now := sentHere(t); now != quiet {
			t.Errorf("%q: before %+v, after it %+v", args, quiet, now)
		}
	}
	if len(keys) > 0 {
		t.Errorf("the box was asked %d times by what was refused", len(keys))
	}
	if out, said := r.run("ask", "--local-only", "-m", "box/x", "hi"); !strings.Contains(out, "Hello from the box") {
		t.Errorf("the box's model does not answer: %s%s", out, said)
	}
	if out, said := r.run("models", "list", "--local-only"); !strings.Contains(out, "box/x") {
		t.Errorf("the box's model is not listed: %s%s", out, said)
	}
	r.run("doctor", "--local-only")
	if now := sentHere(t); now.nowhere != quiet.nowhere || now.datagrams != quiet.datagrams || now.dialled == quiet.dialled {
		t.Errorf("before %+v, after it %+v", quiet, now)
	}
	close(keys)
	for key := range keys {
		if key != "" {
			t.Errorf("the box got the key %q", key)
		}
	}
	for _, model := range []string{"far/x", "named/x"} { // without the flag
		before := sentHere(t)
		r.run("ask", "-m", model, "hi")
		if sentHere(t) == before {
			t.Errorf("%s is tried, and nothing is counted", model)
		}
	}
}

// sent are the figures of a network: what was dialled, which datagrams left, and
// what had nowhere to go, as all has that is not for loopback.
type sent struct{ dialled, datagrams, nowhere int }

func sentHere(t *testing.T) (s sent) {
	t.Helper()
	data, err := os.ReadFile("/proc/net/snmp")
	if err != nil {
		t.Skipf("skipped: there are no figures of the network here: %v", err)
	}
	figures := map[string]int{}
	var names []string
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) != len(names) || words[0] != names[0] {
			names = words
			continue
		}
		for i, name := range names[1:] {
			figures[names[0]+name], _ = strconv.Atoi(words[i+1])
		}
		names = nil
	}
	return sent{figures["Tcp:ActiveOpens"], figures["Udp:OutDatagrams"], figures["Ip:OutNoRoutes"]}
}

// raiseLoopback does what `ip link set lo up` does.
func raiseLoopback() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{name: [syscall.IFNAMSIZ]byte{'l', 'o'}, flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return errno
	}
	lo, err := net.InterfaceByName("lo")
	if err == nil && lo.Flags&net.FlagUp == 0 {
		err = fmt.Errorf("%s", lo.Flags)
	}
	return err
}
