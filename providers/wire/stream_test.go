package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"juxta/providers"
)

// clocked is a body for tests: each read moves its stamp by one second.
type clocked struct {
	io.Reader
	at time.Time
}

func (c *clocked) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.at = c.at.Add(time.Second)
	return n, err
}

func (c *clocked) stamp() time.Time { return c.at }

// told reads all events of r as "name|data|fault", and "cut" where that is so.
func told(r io.Reader) (all []string, err error) {
	for ev, err := range events(newLines(&clocked{Reader: r})) {
		if err != nil {
			return all, err
		}
		s := fmt.Sprintf("%s|%s|%s", ev.Name, ev.Data, ev.Fault)
		if ev.Cut {
			s += " cut"
		}
		all = append(all, s)
	}
	return all, nil
}

var sseCases = []struct {
	name, in string
	want     []string
}{
	{"LF", "data: a\n\ndata: b\n\n", []string{"|a|", "|b|"}},
	{"CRLF", "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []string{"x|a|", "|b|"}},
	{"lone CR", "data: a\r\rdata: b\r\r", []string{"|a|", "|b|"}},
	{"mixed ends", "data: a\r\ndata: b\n\rdata: c\r\r\n", []string{"|a\nb|", "|c|"}},
	{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []string{"|a|"}},
	{"comments and unknown fields", ": hi\n\nid: 7\nretry: 9\nfoo\ndata: a\n: between\n\n", []string{"|a|"}},
	{"many data lines", "data: a\ndata:\ndata:  b\n\n", []string{"|a\n\n b|"}},
	{"empty first data line", "data\ndata: b\n\n", []string{"|\nb|"}},
	{"no space", "data:a\nevent:x\n\n", []string{"x|a|"}},
	{"empty data is an event", "data\n\ndata:\n\n", []string{"||", "||"}},
	{"a name alone is none", "event: x\n\ndata: a\n\n", []string{"|a|"}},
	{"last without a blank line", "data: a\n\ndata: b\n", []string{"|a|", "|b|"}},
	{"last without any end", "data: a\n\ndata: {\"b", []string{"|a|", `|{"b| cut`}},
	{"error field", "data: a\n\nerror: {\"detail\":\"no\"}", []string{"|a|", `||{"detail":"no"} cut`}},
	{"object between events", "data: a\n\n{\"error\":1}\n", []string{"|a|", `||{"error":1}`}},
	{"nothing", "", nil},
	{"only blank lines", "\n\n\r\n\r", nil},
}

func TestEventsAreReadHoweverTheyAreSplit(t *testing.T) {
	for _, tt := range sseCases {
		t.Run(tt.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(tt.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.in)),
				"data with EOF": iotest.DataErrReader(strings.NewReader(tt.in)), "at random": randomly(tt.in, 1),
			} {
				if got, err := told(r); err != nil || !reflect.DeepEqual(got, tt.want) {
					t.Errorf("%s: %q, %v; want %q", how, got, err, tt.want)
				}
			}
		})
	}
}

// randomly is a reader that hands s out in pieces of random length.
func randomly(s string, seed uint64) io.Reader {
	rng := rand.New(rand.NewPCG(seed, 2))
	var parts []io.Reader
	for len(s) > 0 {
		n := 1 + rng.IntN(min(len(s), 40))
		parts = append(parts, strings.NewReader(s[:n]))
		s = s[n:]
	}
	return io.MultiReader(parts...)
}

func TestAnEventsStampIsThatOfItsLastLine(t *testing.T) {
	src := &clocked{Reader: io.MultiReader(
		strings.NewReader("data: a\n\nda"), strings.NewReader("ta: b\n"), strings.NewReader("\nevent: x\n"), strings.NewReader("data: c\n\n"))}
	var got []float64
	for ev, err := range events(newLines(src)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev.At.Sub(time.Time{}).Seconds())
	}
	if want := []float64{1, 2, 4}; !reflect.DeepEqual(got, want) {
		t.Errorf("arrived in reads %v, want %v", got, want)
	}
}

func TestALineMayBeLongButNotEndless(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	got, err := told(strings.NewReader("data: " + long + "\n\n"))
	if err != nil || len(got) != 1 || len(got[0]) != len(long)+2 {
		t.Fatalf("%d events, %v", len(got), err)
	}
	l := newLines(&clocked{Reader: strings.NewReader(long)})
	l.limit = 1 << 20
	_, err = l.next()
	wantKind(t, err, providers.Malformed, "1048576 bytes")
}

func TestWhatCameBeforeAReadErrorIsKept(t *testing.T) {
	broken := errors.New("gone")
	got, err := told(io.MultiReader(strings.NewReader("data: a\n\ndata: b\ndata: c"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !reflect.DeepEqual(got, []string{"|a|", "|b|"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestLinesSkipTheEmptyOnes(t *testing.T) {
	in := "\xef\xbb\xbf{\"a\":1}\r\n\n  \n{\"b\":\"\\r\"}\n{\"c\"}"
	for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
		var got []string
		for line, err := range values(newLines(&clocked{Reader: r})) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(line.Data))
		}
		if want := []string{`{"a":1}`, `{"b":"\r"}`, `{"c"}`}; !reflect.DeepEqual(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPeekingTakesNothing(t *testing.T) {
	for in, want := range map[string]byte{"": 0, " \r\n": 0, "\xef\xbb\xbf \n{}": '{', "<html>": '<', "\xef\xbb": 0xef} {
		l := newLines(&clocked{Reader: iotest.OneByteReader(strings.NewReader(in))})
		got, err := l.peek()
		if err != nil || got != want && len(in) > 2 {
			t.Errorf("%q: %q, %v", in, got, err)
		}
		rest, _ := (&Response{lines: l}).upTo(100)
		if string(rest) != in {
			t.Errorf("%q became %q", in, rest)
		}
	}
}

func FuzzEvents(f *testing.F) {
	for _, tt := range sseCases {
		f.Add(tt.in, uint64(1))
	}
	f.Fuzz(func(t *testing.T, in string, seed uint64) {
		whole, err := told(strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		split, err := told(randomly(in, seed))
		if err != nil || !reflect.DeepEqual(whole, split) {
			t.Fatalf("whole %q, split %q, %v", whole, split, err)
		}
	})
}

// recording is a stream such as services send: 2,000 events of 250 bytes.
func recording() []byte {
	return bytes.Repeat([]byte(`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1770000000,"model":"m","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}],"obf":"x"}`+"\n\n"), 2000)
}

func BenchmarkEvents(b *testing.B) {
	in := recording()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range events(newLines(&clocked{Reader: bytes.NewReader(in)})) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 2000 {
			b.Fatal(n)
		}
	}
}

// BenchmarkBareLoop is the yardstick: the same bytes, cut at line feeds and
// nothing else.
func BenchmarkBareLoop(b *testing.B) {
	in := recording()
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		n := 0
		for rest := in; len(rest) > 0; n++ {
			_, rest, _ = bytes.Cut(rest, []byte{'\n'})
		}
		if n != 4000 {
			b.Fatal(n)
		}
	}
}
