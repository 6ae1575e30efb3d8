package report

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"juxta/sessions"
)

// A browser is a real one without a window, told what to do through a pipe by
// the protocol of its developer tools.
type browser struct {
	t      *testing.T
	in     *os.File
	out    *bufio.Reader
	page   string // session of the one page
	n      int
	events []event
}

type event struct {
	Method string
	Params json.RawMessage
}

// browse starts the browser that JUXTA_CHROMIUM names.
func browse(t *testing.T) *browser {
	t.Helper()
	path := os.Getenv("JUXTA_CHROMIUM")
	if path == "" {
		t.Skip("JUXTA_CHROMIUM does not name a Chromium")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{
		"--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-default-apps", "--disable-sync", "--user-data-dir=" + t.TempDir(), "about:blank",
	}
	if os.Geteuid() == 0 { // its sandbox does not take root
		args = append(args, "--no-sandbox")
	}
	c := exec.Command(path, args...)
	c.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4, by the protocol
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	b := &browser{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	limit := time.AfterFunc(5*time.Minute, func() { _ = c.Process.Kill() })
	t.Cleanup(func() {
		_, _ = in.Write([]byte(`{"id":999999,"method":"Browser.close"}` + "\x00"))
		_ = in.Close()
		_ = c.Wait()
		limit.Stop()
		_ = out.Close()
	})
	var target struct {
		ID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		Session string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached)
	b.page = attached.Session
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// call asks for something and waits for the reply; what happens meanwhile is in
// events.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.n++
	msg := map[string]any{"id": b.n, "method": method}
	if params != nil {
		msg["params"] = params
	}
	if b.page != "" {
		msg["sessionId"] = b.page
	}
	line, err := json.Marshal(msg)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(line, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		reply := b.next()
		if reply.ID != b.n {
			continue
		}
		if reply.Error.Message != "" {
			b.t.Fatalf("%s: %s", method, reply.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(reply.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

type message struct {
	ID     int
	Result json.RawMessage
	Error  struct{ Message string }
	event
}

func (b *browser) next() (m message) {
	b.t.Helper()
	line, err := b.out.ReadBytes(0)
	if err == nil {
		err = json.Unmarshal(bytes.TrimRight(line, "\x00"), &m)
	}
	if err != nil {
		b.t.Fatalf("the browser says no more: %v", err)
	}
	if m.Method != "" {
		b.events = append(b.events, m.event)
	}
	return m
}

// wait reads on until something has happened.
func (b *browser) wait(method string) {
	b.t.Helper()
	for _, e := range b.events {
		if e.Method == method {
			return
		}
	}
	for b.next().Method != method {
	}
}

// show opens a file at a size, dark or light.
func (b *browser) show(file string, width, height int, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.events = nil
	b.call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	b.wait("Page.loadEventFired")
	b.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))", nil)
}

// eval is what an expression of ours says in the page, whose own scripts are not
// allowed.
func (b *browser) eval(expression string, result any) {
	b.t.Helper()
	var r struct {
		Result    struct{ Value json.RawMessage }
		Exception *struct{ Text string } `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.Exception != nil {
		b.t.Fatalf("%s: %s", expression, r.Exception.Text)
	}
	if result != nil {
		if err := json.Unmarshal(r.Result.Value, result); err != nil {
			b.t.Fatalf("%s: %v", expression, err)
		}
	}
}

// quiet fails on anything that the page did which it must not, or on a plot that is
// none of ours.
func (b *browser) quiet(file, plots string) {
	b.t.Helper()
	for _, e := range b.events {
		switch e.Method {
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening", "Page.windowOpen", "Page.frameRequestedNavigation":
			b.t.Errorf("%s: %.400s", e.Method, e.Params)
		case "Network.requestWillBeSent":
			var r struct{ Request struct{ URL string } }
			if err := json.Unmarshal(e.Params, &r); err != nil {
				b.t.Fatal(err)
			}
			if u := r.Request.URL; u != "file://"+file && !strings.HasPrefix(u, "data:") {
				b.t.Errorf("the page asks for %.200s", u)
			}
		}
	}
	var title string
	if b.eval("document.title", &title); strings.HasPrefix(title, "owned") {
		b.t.Error("a script of an answer ran")
	}
	var live int
	if b.eval("document.querySelectorAll('script,iframe,object,embed,form,input,video,audio,"+plots+",base,[style]').length", &live); live > 0 {
		b.t.Errorf("%d elements of an answer are in the page", live)
	}
}

// keep writes what was seen where JUXTA_SHOTS says, for a person to look at.
func (b *browser) keep(name string, data []byte) {
	if dir := os.Getenv("JUXTA_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *browser) shoot(name string) {
	b.t.Helper()
	if os.Getenv("JUXTA_SHOTS") == "" {
		return
	}
	var shot struct{ Data []byte }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	b.keep(name, shot.Data)
}

func pageOf(t *testing.T, all []sessions.Session, reports ...*Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	var b bytes.Buffer
	p := NewPage(&b, all)
	for _, r := range reports {
		if err := p.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// In a real browser, on a phone, a tablet and a desktop, dark and light: no
// error, no request, no script, nothing that scrolls sideways, and the first
// screen says what this is and who won.
func TestAPageInARealBrowser(t *testing.T) {
	b := browse(t)
	evening, evil := eveningReport(t), hostileReport(t)
	for name, file := range map[string]string{
		"evening": pageOf(t, nil, evening),
		"hostile": pageOf(t, nil, evil),
		"several": pageOf(t, []sessions.Session{evening.Session, evil.Session}, evening, evil),
	} {
		for _, size := range []struct{ width, height int }{{320, 640}, {375, 812}, {768, 1024}, {1280, 800}, {1920, 1080}} {
			for _, dark := range []bool{false, true} {
				b.show(file, size.width, size.height, dark)
				b.quiet(file, "svg")
				var wide []int
				b.eval("[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &wide)
				if wide[0] > wide[1] {
					t.Errorf("%s at %d: it is %d wide", name, size.width, wide[0])
				}
				if name == "evening" {
					b.shoot(fmt.Sprintf("%s-%d-dark=%t.png", name, size.width, dark))
				}
			}
		}
	}
	b.show(pageOf(t, nil, evening), 1280, 800, false)
	var first string
	b.eval(`[...document.querySelectorAll('.what,.title,.facts div,.models tr')].filter(e => e.getBoundingClientRect().bottom <= innerHeight).map(e => e.innerText).join('\n')`, &first)
	for _, want := range []string{"same question to several language models", "Describe this pin for search.", "3 questions to 3 models", "openai/gpt-5.1", "best in 1 of 1 blind vote", "$0.00946", "0.32s", "anthropic/claude-x"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first screen lacks %q:\n%s", want, first)
		}
	}
	var shown bool
	if b.eval(`[...document.images].every(i => i.complete && i.naturalWidth === 320) && document.images.length === 1`, &shown); !shown {
		t.Error("the picture is not in the page, or twice")
	}
	// Ink on its ground, by WCAG's contrast, where somebody reads.
	for _, dark := range []bool{false, true} {
		b.show(pageOf(t, nil, evening), 1280, 800, dark)
		var poor []string
		b.eval(contrast, &poor)
		if len(poor) > 0 {
			t.Errorf("dark %t: hard to read: %s", dark, strings.Join(poor, "; "))
		}
	}
}

// contrast lists the texts whose contrast is below 4.5.
const contrast = `(() => {
  const lum = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 }); return .2126*v[0] + .7152*v[1] + .0722*v[2] };
  const rgb = s => s.match(/[\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return [255,255,255] };
  const poor = new Set();
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(ground(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return [...poor];
})()`

func TestAPagePrintsOnA4(t *testing.T) {
	b := browse(t)
	for name, r := range map[string]*Report{"evening": eveningReport(t), "hostile": hostileReport(t)} {
		b.show(pageOf(t, nil, r), 1280, 800, true)
		var pdf struct{ Data string }
		b.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": false}, &pdf)
		data, err := base64.StdEncoding.DecodeString(pdf.Data)
		if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
			t.Fatalf("%s: no PDF: %v", name, err)
		}
		// A4 in points, as Chromium rounds it.
		if !bytes.Contains(data, []byte("/MediaBox [0 0 594.95996 841.91998]")) && !bytes.Contains(data, []byte("/MediaBox [0 0 595")) && !bytes.Contains(data, []byte("/MediaBox [0 0 594")) {
			t.Errorf("%s: not on A4: %s", name, data[bytes.Index(data, []byte("/MediaBox")):][:60])
		}
		b.keep(name+".pdf", data)
	}
}
