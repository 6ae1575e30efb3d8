package tui

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// A painter draws frames with Bubble Tea's renderer, as Bubble Tea does.
type painter struct {
	out    bytes.Buffer
	render *uv.TerminalRenderer
	buf    uv.ScreenBuffer
	w, h   int
}

func newPainter(w, h int) *painter {
	p := &painter{w: w, h: h, buf: uv.NewScreenBuffer(w, h)}
	p.render = uv.NewTerminalRenderer(&p.out, []string{"TERM=xterm-256color"})
	p.render.SetColorProfile(colorprofile.TrueColor)
	p.render.SetFullscreen(true)
	p.render.SetRelativeCursor(false)
	p.render.SetScrollOptim(true)
	p.render.EnterAltScreen()
	return p
}

func (p *painter) resize(w, h int) {
	p.w, p.h = w, h
	p.buf.Touched = nil
	p.buf.Resize(w, h)
	p.render.Resize(w, h)
	p.render.Erase()
}

// paint returns the bytes of a frame, which are valid until the next.
func (p *painter) paint(t testing.TB, lines []string) []byte {
	t.Helper()
	p.out.Reset()
	p.buf.Clear()
	uv.NewStyledString(strings.Join(lines, "\n")).Draw(p.buf, p.buf.Bounds())
	p.render.Render(p.buf.RenderBuffer)
	p.render.MoveTo(2, p.h-1)
	if err := p.render.Flush(); err != nil {
		t.Fatal(err)
	}
	return p.out.Bytes()
}

func TestWhatTheTerminalShowsIsNotSentAgainAndTheScreenIsTheSame(t *testing.T) {
	pieces := []string{
		"plain words", "\x1b[31mred\x1b[m", "中文段落", "👍 ✅", "\x1b[1;32m漢字\x1b[m and", "│", "\x1b[7m界", "\x1b[m", "é", "한국어", "  ", "x",
	}
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		w, h := 20+rnd.IntN(40), 4+rnd.IntN(12)
		line := func() string {
			var b strings.Builder
			for range rnd.IntN(6) {
				b.WriteString(pieces[rnd.IntN(len(pieces))])
				b.WriteByte(' ')
			}
			return b.String() + "\x1b[m"
		}
		lines := make([]string, h)
		for i := range lines {
			lines[i] = line()
		}
		p, s := newPainter(w, h), &sieve{}
		s.resize(h)
		all, rest := vt.NewEmulator(w, h), vt.NewEmulator(w, h)
		sent, kept := 0, 0
		for n := range 80 {
			switch rnd.IntN(12) {
			case 0: // up
				by := 1 + rnd.IntN(h-1)
				copy(lines, lines[by:])
				for i := h - by; i < h; i++ {
					lines[i] = line()
				}
			case 1: // down
				by := 1 + rnd.IntN(h-1)
				copy(lines[by:], lines)
				for i := range by {
					lines[i] = line()
				}
			case 2: // a part of the screen
				top := rnd.IntN(h - 1)
				copy(lines[top:h-1], lines[top+1:])
			case 3:
				w, h = 20+rnd.IntN(40), 4+rnd.IntN(12)
				for len(lines) < h {
					lines = append(lines, line())
				}
				lines = lines[:h]
				p.resize(w, h)
				s.resize(h)
				all.Resize(w, h)
				rest.Resize(w, h)
			case 4:
				lines[rnd.IntN(h)] = "" // and a hole
			default:
				lines[rnd.IntN(h)] = line()
			}
			frame := p.paint(t, lines)
			sent += len(frame)
			_, _ = all.Write(frame)
			less := s.sift(frame)
			kept += len(less)
			_, _ = rest.Write(less)
			if a, b := all.Render(), rest.Render(); a != b {
				t.Fatalf("seed %d, frame %d: the screen is\n%s\nand should be\n%s", seed, n, b, a)
			}
			if a, b := all.CursorPosition(), rest.CursorPosition(); a != b {
				t.Fatalf("seed %d, frame %d: the cursor is at %v, not at %v", seed, n, b, a)
			}
		}
		if kept >= sent*9/10 {
			t.Errorf("seed %d: %d of %d bytes were sent all the same", seed, kept, sent)
		}
	}
}

func TestAStandingRowOfWideCharactersIsSentOnce(t *testing.T) {
	p, s := newPainter(60, 6), &sieve{}
	s.resize(6)
	lines := []string{"title", "一段中文 和 👍", "", "", "", ""}
	for i := range 5 {
		lines[3] = fmt.Sprintf("word %d", i)
		got := string(s.sift(p.paint(t, lines)))
		if had := strings.Contains(got, "中文"); had != (i == 0) {
			t.Errorf("frame %d holds the row: %v", i, had)
		}
	}
	lines[1] = "一段中文 和 👎"
	if got := string(s.sift(p.paint(t, lines))); !strings.Contains(got, "👎") {
		t.Errorf("a row that changed is not sent: %q", got)
	}
	s.resize(6)
	if got := string(s.sift(p.paint(t, lines))); !strings.Contains(got, "👎") {
		t.Errorf("after a resize the row is not sent: %q", got)
	}
}

func TestARowThatIsLeftOutLeavesItsPenAndItsCursor(t *testing.T) {
	s := &sieve{}
	s.resize(4)
	const frame = "\x1b[1m\x1b[?7l\x1b[m\x1b[2d\r\x1b[K\x1b[32m中\x1b[m文\x1b[31m红\x1b[4m字\x1b[?7h\x1b[2;9H\r\nsame pen"
	if got := string(s.sift([]byte(frame))); got != frame {
		t.Fatalf("the first time it is %q", got)
	}
	if got, want := string(s.sift([]byte(frame))), "\x1b[1m\x1b[m\x1b[m\x1b[31m\x1b[4m\x1b[2;9H\r\nsame pen"; got != want {
		t.Errorf("the second time it is\n%q, not\n%q", got, want)
	}
}

func BenchmarkSift(b *testing.B) {
	p, s := newPainter(160, 48), &sieve{}
	s.resize(48)
	lines := make([]string, 48)
	for i := range lines {
		lines[i] = strings.Repeat("\x1b[31mwords\x1b[m and 中文 ", 7)
	}
	p.paint(b, lines)
	lines[4] = "new"
	frame := bytes.Clone(p.paint(b, lines))
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		s.sift(frame)
	}
}
