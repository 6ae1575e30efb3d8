package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"juxta/providers"
)

// noise is n bytes that no encoding leaves as they are.
func noise(n int) []byte {
	rng := rand.New(rand.NewPCG(uint64(n), 3))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

func sealed(t testing.TB, blobs ...[]byte) *Parcel {
	t.Helper()
	var d Draft
	v := map[string]any{"text": "a <b> & \u2028 juxta-0;"}
	var list []string
	for _, b := range blobs {
		list = append(list, "data:image/png;base64,"+d.Base64(b))
	}
	v["blobs"] = list
	p, err := d.Seal(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAParcelReadsAsTheJSONThatHeldItAll(t *testing.T) {
	for _, sizes := range [][]int{{}, {0}, {1}, {2}, {3}, {4, 0, 5}, {1000, 1001, 1002}, {70_000, 1}} {
		var blobs [][]byte
		var list []string
		for i, n := range sizes {
			blobs = append(blobs, noise(n + i*100_000)[:n])
			list = append(list, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(blobs[i]))
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]any{"text": "a <b> & \u2028 juxta-0;", "blobs": list}); err != nil {
			t.Fatal(err)
		}
		p := sealed(t, blobs...)
		if p.Size() != int64(want.Len()) {
			t.Errorf("%v: %d bytes are said, %d are", sizes, p.Size(), want.Len())
		}
		for name, how := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "halved": iotest.HalfReader,
			"in fives": func(r io.Reader) io.Reader { return fives{r} },
		} {
			got, err := io.ReadAll(how(p.Reader())) // each from the beginning
			if err != nil || !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%v, read %s: %v, %.200q, want %.200q", sizes, name, err, got, want.Bytes())
			}
		}
	}
}

// Texts that stand in a request by reference leave as encoding/json writes them
// whole, wherever they are cut on the way.
func FuzzALongTextLeavesAsJSONWritesIt(f *testing.F) {
	for _, s := range []string{
		"plain words ", "\"quoted\" \\ <b> & \n\t\x00\x1b", "\u2028\u2029 é 漢字 🙂", "\xe6\xbc\xf0\x9f\x99 broken \xff\xc0", "\x80\x80\x80\x80\x80", "\xad\x970🙂",
	} {
		for _, n := range []int{1, 40, 1000} {
			f.Add(s, n)
		}
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		text := strings.Repeat(s, min(max(n, 0), 20_000/max(1, len(s))))
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode([]string{"before", text, "x" + text}); err != nil {
			t.Fatal(err)
		}
		var d Draft
		p, err := d.Seal([]string{"before", d.Text(text), "x" + d.Text(text)})
		if err != nil {
			t.Fatal(err)
		}
		for _, how := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.OneByteReader} {
			got, err := io.ReadAll(how(p.Reader()))
			if err != nil || !bytes.Equal(got, want.Bytes()) || p.Size() != int64(len(got)) {
				t.Fatalf("%v, %d bytes said, %.300q, want %.300q", err, p.Size(), got, want.Bytes())
			}
		}
	})
}

// A long conversation is sent without being written anywhere as a whole.
func TestALongHistoryTakesNoMemoryOfItsOwn(t *testing.T) {
	var d Draft
	said := strings.Repeat("what was said before ", 200)
	var history []string
	for range 500 {
		history = append(history, d.Text(said))
	}
	p, err := d.Seal(history)
	if err != nil {
		t.Fatal(err)
	}
	if p.Size() < 2_000_000 {
		t.Fatalf("%d bytes", p.Size())
	}
	buf := make([]byte, 32<<10)
	n := testing.AllocsPerRun(2, func() {
		for r := p.Reader(); ; {
			if _, err := r.Read(buf); err != nil {
				return
			}
		}
	})
	if n > 3_000 { // a few for each part of a text
		t.Errorf("reading it allocates %.0f times", n)
	}
	if kept := cap(p.pieces[0].text); kept > 50_000 {
		t.Errorf("%d bytes of it are written", kept)
	}
}

// fives reads five bytes at a time, so that no group of base64 ends with them.
type fives struct{ io.Reader }

func (f fives) Read(b []byte) (int, error) { return f.Reader.Read(b[:min(len(b), 5)]) }

func TestAnAttachmentIsInTheParcelOnceOrThereIsNone(t *testing.T) {
	for name, v := range map[string]func(one, two string) any{
		"left out":        func(one, _ string) any { return one },
		"twice":           func(one, two string) any { return one + two + one },
		"one for another": func(one, _ string) any { return one + one },
		"cut":             func(one, two string) any { return one + two[:len(two)-2] },
	} {
		var d Draft
		if _, err := d.Seal(v(d.Base64([]byte("one")), d.Base64([]byte("two")))); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A redirect, and a kept connection that the service has closed meanwhile, send
// the parcel again from its beginning.
func TestAParcelIsSentAgainWhole(t *testing.T) {
	blob := noise(300_000)
	p := sealed(t, blob)
	want, _ := io.ReadAll(p.Reader())
	var got [][]byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.ContentLength != int64(len(want)) {
			t.Errorf("%v, content length %d", err, r.ContentLength)
		}
		got = append(got, body)
		if r.URL.Path == "/from" {
			http.Redirect(w, r, "/to", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(s.Close)
	c := NewClient(providers.Endpoint{Name: "lab", BaseURL: s.URL})
	ask := func(path string) {
		t.Helper()
		for range 2 {
			r, err := http.NewRequest(http.MethodPost, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			p.Into(r)
			resp, err := c.Do(t.Context(), r, nil)
			if err == nil {
				resp.Finish()
				resp.Close()
				return
			}
			wantKind(t, err, providers.Unreachable, "ask again") // the connection was dead, and net/http did not see it in time
		}
		t.Fatal("not taken twice")
	}
	ask("/from")
	s.CloseClientConnections()
	ask("/to")
	if len(got) != 3 {
		t.Fatalf("%d requests arrived", len(got))
	}
	for i, body := range got {
		if !bytes.Equal(body, want) {
			t.Errorf("request %d brought %d bytes that differ", i, len(body))
		}
	}
}

func TestAParcelTakesNoMemoryOfItsOwn(t *testing.T) {
	p := sealed(t, noise(3_000_000))
	buf := make([]byte, 32<<10)
	if n := testing.AllocsPerRun(5, func() {
		r := p.Reader()
		for {
			if _, err := r.Read(buf); err != nil {
				return
			}
		}
	}); n > 10 {
		t.Errorf("reading it allocates %.0f times", n)
	}
}

// BenchmarkParcel is what encoding adds to sending.
func BenchmarkParcel(b *testing.B) {
	p := sealed(b, noise(5_000_000))
	buf := make([]byte, 32<<10)
	b.SetBytes(5_000_000)
	b.ReportAllocs()
	for b.Loop() {
		r := p.Reader()
		for {
			if _, err := r.Read(buf); err != nil {
				break
			}
		}
	}
}
