package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

// A terminal runs the real program on an emulator, in process and on the
// virtual time of a synctest bubble.
type terminal struct {
	t    *testing.T
	m    *Model
	keys *io.PipeWriter
	over chan error
	end  context.CancelFunc

	mu  sync.Mutex // guards what follows: the program paints in a goroutine of its own
	em  *vt.Emulator
	raw bytes.Buffer // all that reached the terminal
	tap func([]byte) // told of it as it comes; nil for nobody
}

func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.raw.Write(p)
	n, err := x.em.Write(p)
	if x.tap != nil {
		x.tap(p)
	}
	return n, err
}

// A double is a provider whose answers a test writes itself.
type double struct {
	name   string
	models []providers.Model
	stream func(context.Context, providers.Request) iter.Seq2[providers.Event, error]
}

func (d double) Name() string                                      { return d.name }
func (d double) Models(context.Context) ([]providers.Model, error) { return d.models, nil }
func (d double) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return d.stream(ctx, req)
}

// saying answers with the given chunks, a millisecond apart.
func saying(chunks ...string) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			if !yield(providers.Sent{At: time.Now()}, nil) {
				return
			}
			for _, c := range chunks {
				time.Sleep(time.Millisecond)
				if !yield(providers.Delta{At: time.Now(), Text: c}, nil) {
					return
				}
			}
			yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
		}
	}
}

// bench is a bench on the given models, saving into path unless that is empty.
// A name alone is a demo model's. Besides demo there are paid (remote; a dollar
// per million tokens read and ten per million written), unpriced (remote), here
// (local, one at a time), eager (asks again twice) and the doubles.
func bench(t testing.TB, path string, models []string, doubles ...double) *sessions.Bench {
	t.Helper()
	var store *sessions.Store
	if path != "" {
		var err error
		if store, err = sessions.Open(path); err != nil {
			t.Fatal(err)
		}
	}
	apis := map[string]providers.Builder{"demo": demo.New, "sim": demo.New}
	endpoints := []providers.Endpoint{{Name: "demo", API: "demo"}}
	for _, e := range []providers.Endpoint{
		{Name: "paid", API: "sim"},
		{Name: "unpriced", API: "sim"},
		{Name: "here", API: "sim", Local: true, BaseURL: "http://localhost:1"},
		{Name: "eager", API: "sim", Retries: 2},
	} {
		if slices.ContainsFunc(models, func(m string) bool { return strings.HasPrefix(m, e.Name+"/") }) {
			endpoints = append(endpoints, e)
		}
	}
	for _, d := range doubles {
		apis[d.name] = func(providers.Endpoint) (providers.Provider, error) { return d, nil }
		endpoints = append(endpoints, providers.Endpoint{Name: d.name, API: d.name})
	}
	var refs []providers.Ref
	for _, m := range models {
		ref := providers.Ref{Provider: "demo", Model: m}
		if p, name, ok := strings.Cut(m, "/"); ok && slices.ContainsFunc(endpoints, func(e providers.Endpoint) bool { return e.Name == p }) {
			ref = providers.Ref{Provider: p, Model: name}
		}
		refs = append(refs, ref)
	}
	b := sessions.NewBench(providers.NewRegistry(endpoints, apis, priced), store)
	for _, ref := range refs {
		b.Add(sessions.Column{Model: ref})
	}
	return b
}

func opens(b *sessions.Bench) Options {
	return Options{Version: "test", Open: func(context.Context) (*sessions.Bench, error) { return b, nil }}
}

// show starts the program on b in a terminal of w×h cells. It must be called
// in a synctest bubble, and quit ends it.
func show(t *testing.T, w, h int, b *sessions.Bench, opts ...tea.ProgramOption) *terminal {
	t.Helper()
	return start(t, w, h, opens(b), opts...)
}

func start(t *testing.T, w, h int, o Options, opts ...tea.ProgramOption) *terminal {
	t.Helper()
	return startOn(t, w, h, o, nil, opts...)
}

// startOn is start with something between the program and the terminal, and what
// runs meanwhile.
func startOn(t *testing.T, w, h int, o Options, between func(*terminal) (out, func()), opts ...tea.ProgramOption) *terminal {
	t.Helper()
	x := &terminal{t: t, em: vt.NewEmulator(w, h), over: make(chan error, 1)}
	_, _ = x.em.Write([]byte("\x1b[20h")) // a new line returns, too
	go func() { _, _ = io.Copy(io.Discard, x.em) }()
	var in *io.PipeReader
	in, x.keys = io.Pipe()
	var ctx context.Context
	ctx, x.end = context.WithCancel(t.Context())
	x.m = newModel(ctx, o)
	opts = append([]tea.ProgramOption{
		tea.WithInput(in), tea.WithOutput(x), tea.WithoutSignalHandler(), tea.WithWindowSize(w, h),
		tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}),
	}, opts...)
	if between != nil {
		way, run := between(x)
		x.m.gauge = newGauge(way)
		opts = append(opts, tea.WithOutput(x.m.gauge))
		go run()
	}
	go func() { x.over <- x.m.show(ctx, opts...) }()
	x.after(400 * time.Millisecond)
	if x.m.send != nil { // the emulator measures by cluster, but is not asked: its answers are thrown away
		x.m.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	}
	x.after(100 * time.Millisecond)
	return x
}

// after lets d pass and returns the screen.
func (x *terminal) after(d time.Duration) string {
	time.Sleep(d)
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	lines := strings.Split(x.em.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// now is the screen as it is.
func (x *terminal) now() string { return x.after(0) }

// line is the n-th line of the screen, counted from the end if n is negative.
func (x *terminal) line(n int) string {
	x.t.Helper()
	screen := x.now()
	x.mu.Lock()
	h := x.em.Height()
	x.mu.Unlock()
	lines := strings.Split(screen, "\n")
	for len(lines) < h {
		lines = append(lines, "")
	}
	if n < 0 {
		n += h
	}
	return lines[n]
}

// bytes is all that has reached the terminal.
func (x *terminal) bytes() string {
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

var keyBytes = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "right": "\x1b[C",
	"pgup": "\x1b[5~", "pgdown": "\x1b[6~", "f1": "\x1bOP", "f5": "\x1b[15~", "f9": "\x1b[20~", "alt+enter": "\x1b\r", "backspace": "\x7f",
	"home": "\x1b[H", "end": "\x1b[F", "f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~",
}

// press sends keys as a terminal does and returns the screen a moment later.
func (x *terminal) press(keys ...string) string {
	for _, k := range keys {
		b, ok := keyBytes[k]
		if rest, ctrl := strings.CutPrefix(k, "ctrl+"); ctrl && !ok {
			b, ok = string(rune(rest[0]&0x1f)), true
		}
		if !ok {
			b = k
		}
		_, _ = x.keys.Write([]byte(b))
		time.Sleep(60 * time.Millisecond)
		if k == "esc" { // stands alone after 50 ms, and on a clock without hair's breadths after 100
			time.Sleep(60 * time.Millisecond)
		}
	}
	return x.after(50 * time.Millisecond)
}

// ask types a question, sends it and lets the answers take d.
func (x *terminal) ask(question string, d time.Duration) string {
	x.press(question, "enter")
	return x.after(d)
}

func (x *terminal) paste(text string) string {
	_, _ = x.keys.Write([]byte("\x1b[200~" + text + "\x1b[201~"))
	return x.after(60 * time.Millisecond)
}

// resize is what happens when the window is given another size.
func (x *terminal) resize(w, h int) string {
	x.mu.Lock()
	x.em.Resize(w, h)
	x.mu.Unlock()
	x.m.send(tea.WindowSizeMsg{Width: w, Height: h})
	return x.after(100 * time.Millisecond)
}

// quit ends the program as ctrl+c does.
func (x *terminal) quit() {
	x.t.Helper()
	_, _ = x.keys.Write([]byte("\x03"))
	if err := x.ended(); err != nil {
		x.t.Errorf("quitting: %v", err)
	}
}

// ended waits for the program and returns what Run would.
func (x *terminal) ended() error {
	err := <-x.over
	x.end()
	time.Sleep(time.Second) // commands that were waiting for a report end, too
	_ = x.keys.Close()
	_ = x.em.InputPipe().(io.Closer).Close() // Close itself races with a Read
	return err
}

// see asks the program something between two messages.
func see[T any](x *terminal, ask func(*Model) T) T {
	x.t.Helper()
	answer := make(chan T, 1)
	x.m.send(action(func(m *Model) tea.Cmd { answer <- ask(m); return nil }))
	return <-answer
}

// typed is what stands in the composer.
func (x *terminal) typed() string { return see(x, func(m *Model) string { return m.composer.text() }) }

// inPanes reports whether the panes have the keys.
func (x *terminal) inPanes() bool { return see(x, func(m *Model) bool { return m.panel }) }

func (x *terminal) focused() int { return see(x, func(m *Model) int { return m.focus }) }

func (x *terminal) follows() bool { return see(x, func(m *Model) bool { return m.tr.follow }) }

// turns are the IDs of the first and the last turn that are held.
func (x *terminal) turns() (first, last int) {
	ends := see(x, func(m *Model) [2]int { return [2]int{m.tr.turns[0].ID, m.tr.turns[len(m.tr.turns)-1].ID} })
	return ends[0], ends[1]
}

func (x *terminal) answering(column int) bool {
	return see(x, func(m *Model) bool { return m.answering(column) })
}

// golden compares a screen with testdata/NAME.txt; JUXTA_UPDATE=1 writes it.
func golden(t *testing.T, name, screen string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if os.Getenv("JUXTA_UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(screen+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := screen + "\n"; got != string(want) {
		t.Errorf("%s differs (JUXTA_UPDATE=1 accepts it):\n%s\nwant:\n%s", path, got, want)
	}
}

// want fails unless the screen matches every one of the expressions.
func want(t *testing.T, screen string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !regexp.MustCompile(p).MatchString(screen) {
			t.Errorf("no %q on the screen:\n%s", p, screen)
		}
	}
}

// lacks fails if the screen matches one of the expressions.
func lacks(t *testing.T, screen string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if regexp.MustCompile(p).MatchString(screen) {
			t.Errorf("%q is on the screen:\n%s", p, screen)
		}
	}
}

// answers are the newest turn's answers in the store that path names.
func answers(t *testing.T, path string) (sessions.Session, []sessions.Answer) {
	t.Helper()
	s, err := sessions.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := s.Sessions(1)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	turns, err := s.Tail(all[0].ID, 1)
	if err != nil || len(turns) == 0 {
		t.Fatalf("%d turns, %v", len(turns), err)
	}
	return all[0], turns[0].Answers
}

// sequences are the kinds of control sequences in raw, with how often each
// came: "CSI ? h", "OSC 52", "C0 07".
func sequences(raw string) map[string]int {
	found := map[string]int{}
	// Titles are UTF-8, whose bytes the parser would take for C1.
	raw = regexp.MustCompile("\x1b\\]2;[^\x00-\x1f\x7f\u0080-\u009f]*\x07").ReplaceAllStringFunc(raw, func(string) string {
		found["OSC 2"]++
		return ""
	})
	p := ansi.NewParser()
	state := ansi.NormalState
	for len(raw) > 0 {
		seq, width, n, next := ansi.DecodeSequence(raw, state, p)
		switch {
		case width > 0, seq[0] >= 0xa0: // what prints, and marks on it
		case ansi.HasCsiPrefix(seq):
			c := ansi.Cmd(p.Command())
			kind := "CSI "
			for _, b := range []byte{c.Prefix(), c.Intermediate(), c.Final()} {
				if b != 0 {
					kind += string(rune(b))
				}
			}
			found[kind]++
		case ansi.HasOscPrefix(seq):
			found[fmt.Sprintf("OSC %d", p.Command())]++
		case ansi.HasDcsPrefix(seq), ansi.HasApcPrefix(seq), ansi.HasPmPrefix(seq), ansi.HasSosPrefix(seq):
			found[fmt.Sprintf("string %q", seq[:2])]++
		case ansi.HasEscPrefix(seq):
			found[fmt.Sprintf("ESC %q", seq[1:])]++
		default:
			found[fmt.Sprintf("%q", seq)]++
		}
		raw, state = raw[n:], next
	}
	return found
}

// ours are the sequences that Bubble Tea makes of a screen.
var ours = []string{
	"CSI m", "CSI H", "CSI A", "CSI B", "CSI C", "CSI D", "CSI E", "CSI F", "CSI G", "CSI d", "CSI J", "CSI K", "CSI X", "CSI P", "CSI @",
	"CSI L", "CSI M", "CSI S", "CSI T", "CSI r", "CSI b", "CSI I", "CSI Z", "CSI `", "CSI a", "CSI e",
	"CSI ?h", "CSI ?l", "CSI ?$p", "CSI  q", "CSI >u", "CSI <u", "CSI =u", "CSI ?u", "CSI >m", "CSI ?W", "CSI >q", "CSI c",
	"OSC 2", "OSC 11", "OSC 12", "OSC 112", `"\r"`, `"\n"`, `"\b"`, `"\t"`, `ESC "M"`, `ESC "7"`, `ESC "8"`,
}

// inert fails if anything but Bubble Tea's own sequences, and those named, reached
// the terminal.
func (x *terminal) inert(also ...string) {
	x.t.Helper()
	raw := x.bytes()
	for kind, n := range sequences(raw) {
		if !slices.Contains(ours, kind) && !slices.Contains(also, kind) {
			x.t.Errorf("%d × %s reached the terminal", n, kind)
		}
	}
	for _, bad := range []string{"\u202e", "\u2066", "\u200f", "\u200b", "\u2028", "\u0085", "\u009b", "\u009d", "\ufeff", "\ufe0f", "\U000e0041", "\x00"} {
		if i := strings.Index(raw, bad); i >= 0 {
			x.t.Errorf("%q reached the terminal: %q", bad, raw[max(i-20, 0):min(i+20, len(raw))])
		}
	}
}

// whole fails unless the panes' borders are straight: the rows between the top
// and the bottom of the panes have their lines in the same columns.
func (x *terminal) whole() {
	x.t.Helper()
	boxes := see(x, func(m *Model) bool { return m.frame.boxed && len(m.frame.panes) > 1 && len(m.overlays) == 0 })
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	var first []int
	from := -1
	for y := range x.em.Height() {
		var at []int
		row := ""
		for cx := 0; cx < x.em.Width(); cx++ {
			cell := x.em.CellAt(cx, y)
			if cell == nil {
				continue
			}
			row += cell.Content
			if strings.ContainsAny(cell.Content, "╭├╰│┬┼┴") {
				at = append(at, cx)
			}
		}
		trimmed := strings.TrimSpace(row)
		switch {
		case strings.HasPrefix(trimmed, "╭"):
			first, from = at, y
		case strings.HasPrefix(trimmed, "╰") && strings.Contains(trimmed, " agreement "):
			return // the ribbon stands in the border
		case from >= 0 && len(first) > 0:
			for _, want := range first {
				if !slices.Contains(at, want) {
					x.t.Errorf("row %d has no border in column %d: %q", y, want, row)
				}
			}
			if strings.HasPrefix(trimmed, "╰") {
				return
			}
		}
	}
	if from < 0 && boxes {
		x.t.Errorf("there are no boxes on the screen:\n%s", x.em.String())
	}
}

// priced is what the provider named paid costs.
func priced(_ providers.Endpoint, m providers.Model) providers.Model {
	if m.Ref.Provider == "paid" {
		m.Price = &providers.Price{Rates: providers.Rates{Input: 1_000_000, Output: 10_000_000}, Source: providers.Overridden}
	}
	return m
}
