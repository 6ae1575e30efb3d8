package cli

import (
	"fmt"
	"html"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
)

// TestTheReadmesScreens shows juxta as it is installed, on the demo models and on a
// made-up session, and compares what stands on the screen with the README's
// pictures: all but the figures, which are of the day. JUXTA_SCREENS=write draws
// them anew.
//
//	JUXTA_SCREENS=write go test ./ui/cli -run TestTheReadmesScreens
func TestTheReadmesScreens(t *testing.T) {
	how := os.Getenv("JUXTA_SCREENS")
	if how == "" {
		t.Skip("skipped: JUXTA_SCREENS says neither check nor write, and an answer takes its time")
	}
	for _, in := range []paper{{"dark", "#14161b", "#dfe3ea"}, {"light", "#fbfbfa", "#23262d"}} {
		for name, show := range map[string]func(*testing.T, *real) *seat{"screen": onTheDemo, "verdict": judged} {
			t.Run(name+" "+in.theme, func(t *testing.T) {
				t.Parallel()
				s := show(t, install(t, "theme: "+in.theme+"\n", "OLLAMA_HOST=127.0.0.1:9", "COLORTERM=truecolor"))
				var drawn string
				s.until("end of it", func() bool {
					before := drawn
					time.Sleep(300 * time.Millisecond)
					drawn = s.draw(in, wide, high)
					return drawn == before
				})
				hold(t, how, filepath.Join("..", "..", ".github", name+"-"+in.theme+".svg"), drawn)
			})
		}
	}
}

const wide, high = 112, 34

// onTheDemo is the workbench with one question, answered and voted on.
func onTheDemo(t *testing.T, r *real) *seat {
	s := sitAt(t, r, wide, high, "--no-save", "-m", "demo/swift", "-m", "demo/sage")
	s.shows("❯")
	s.press("What is a goroutine?\r")
	s.shows("alone says")
	s.press("\t2")
	return s
}

// judged is the verdict on a session of 60 prompts that nobody ever asked.
func judged(t *testing.T, r *real) *seat {
	at := filepath.Join(r.home, "pins.json")
	if err := os.WriteFile(at, []byte(pins()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said := r.run("sessions", "import", at); !strings.Contains(said, "1 ") {
		t.Fatal(said)
	}
	s := sitAt(t, r, wide, high, "-c")
	s.shows("60 turns") // before, there is no pane for tab to go to
	s.press("\tv")
	s.shows("margin")
	return s
}

// pins is a session as it is exported: 60 captions by two models that do not
// exist, the small one nearly as good at a twentieth of the price.
func pins() string {
	rng := rand.New(rand.NewPCG(60, 50))
	answer := func(column int, model string, price, output, first int) string {
		first += rng.IntN(first)
		return fmt.Sprintf(`{"column":%d,"take":1,"model":{"provider":"example","model":%q},"text":"A walnut sideboard with brass feet.","finish":"stop",`+
			`"usage":{"input":1105,"cache_read":0,"cache_write":0,"output":%d,"reasoning":0,"estimated":false},`+
			`"price":{"input":%d,"cache_read":%d,"cache_write":%d,"output":%d,"source":"list","as_of":"2026-11-01"},`+
			`"timing":{"sent":"2026-11-20T10:00:00Z","first_token":%d,"first_answer":%d,"last":%d,"total":%d,"wall":%d,"attempts":1}}`,
			column, model, output+rng.IntN(60), price, price, price, 8*price, first*1e6, first*1e6, 4*first*1e6, 4*first*1e6, 4*first*1e6)
	}
	var turns []string
	for i := range 60 {
		best := [][]string{{"1"}, {"2"}, {"1", "2"}}[[]int{0, 0, 0, 1, 1, 2, 2}[rng.IntN(7)]]
		turns = append(turns, fmt.Sprintf(`{"id":%d,"parent":%d,"text":"Caption pin %d.","asked":"2026-11-20T10:00:00Z","columns":[1,2],"answers":[%s,%s],`+
			`"votes":[{"id":1,"at":"2026-11-20T10:05:00Z","blind":true,"seats":[1,2],"takes":[{"column":1,"take":1},{"column":2,"take":1}],"best":[%s]}]}`,
			i+1, i, i+1, answer(1, "small-8b", 60_000, 200, 300), answer(2, "large", 1_250_000, 240, 520), strings.Join(best, ",")))
	}
	return `{"juxta":"session","version":1,"session":{"id":"01KAP1NSAP1NSAP1NSAP1NSAPA","title":"Captions for pins","kind":"chat","created":"2026-11-20T09:00:00Z","updated":"2026-11-20T11:00:00Z",` +
		`"columns":[{"id":1,"model":{"provider":"example","model":"small-8b"}},{"id":2,"model":{"provider":"example","model":"large"}}],"places":[1,2],"baseline":2,` +
		`"plan":{"at":"2026-11-20T09:30:00Z","metric":"votes","margin":0.1,"n":60,"baseline":2,"seed":7},` +
		`"turns":60,"spent":0,"guessed":false,"unpriced":0},"turns":[` + strings.Join(turns, ",") + `]}`
}

// hold writes a picture, or compares it with the one that is kept.
func hold(t *testing.T, how, at, drawn string) {
	t.Helper()
	if how == "write" {
		if err := os.WriteFile(at, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if was, is := lasting(string(kept)), lasting(drawn); was != is {
		t.Errorf("%s is not what the screen shows now: JUXTA_SCREENS=write draws it anew.\nkept:\n%s\nnow:\n%s", at, was, is)
	}
}

// A paper is what a picture is drawn on.
type paper struct{ theme, ground, ink string }

var (
	figures = regexp.MustCompile(`[0-9.,]+ ?(ms|s)?`)
	gaps    = regexp.MustCompile(`[ ─]+`)
	inked   = regexp.MustCompile(`fill="(#[0-9a-f]+)"`)
)

// lasting is what a picture says and in which colours, without its figures.
func lasting(svg string) string {
	_, said, _ := strings.Cut(svg, "<desc>")
	said, _, _ = strings.Cut(said, "</desc>")
	var inks []string
	for _, m := range inked.FindAllStringSubmatch(svg, -1) {
		inks = append(inks, m[1])
	}
	slices.Sort(inks)
	return gaps.ReplaceAllString(figures.ReplaceAllString(said, "0"), " ") + strings.Join(slices.Compact(inks), " ")
}

// draw is the screen as a picture.
func (s *seat) draw(in paper, columns, rows int) string {
	em := vt.NewEmulator(columns, rows)
	go func() { _, _ = io.Copy(io.Discard, em) }() // what it would answer
	s.mu.Lock()
	_, _ = em.Write(s.screen.Bytes())
	s.mu.Unlock()
	defer func() { _ = em.Close() }()
	return svg(em, in, columns, rows)
}

// svg is an emulator's screen as a picture: runs of cells of one style become one
// text each, stretched to their cells. The whole text is its description, too.
func svg(em *vt.Emulator, in paper, w, h int) string {
	const cw, ch, pad = 8.4, 18.0, 14.0
	var b, said strings.Builder
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", in.ground)
	for y := range h {
		for x := 0; x < w; {
			style, start, text := em.CellAt(x, y).Style, x, ""
			for x < w {
				c := em.CellAt(x, y)
				if c == nil || !c.Style.Equal(&style) {
					break
				}
				text += c.Content
				x += max(c.Width, 1)
			}
			said.WriteString(text)
			fg, bg := paint(style.Fg, in.ink), ""
			if style.Bg != nil {
				bg = paint(style.Bg, in.ground)
			}
			if style.Attrs&(1<<5) != 0 { // reverse
				fg, bg = in.ground, fg
			}
			left, top := pad+float64(start)*cw, pad+float64(y)*ch
			if bg != "" {
				fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, left, top, float64(x-start)*cw, ch, bg)
			}
			for i, r := range []rune(text) { // lines that meet, whatever the font
				if r == '│' {
					fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="1" height="%.1f" fill="%s"/>`, left+(float64(i)+0.5)*cw-0.5, top, ch, fg)
				}
			}
			if text = strings.ReplaceAll(text, "│", " "); strings.TrimSpace(text) == "" {
				continue
			}
			more := ""
			if style.Attrs&1 != 0 {
				more += ` font-weight="bold"`
			}
			if style.Attrs&(1<<2) != 0 {
				more += ` font-style="italic"`
			}
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" fill="%s" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve"%s>%s</text>`+"\n",
				left, top+ch*0.76, fg, float64(x-start)*cw, more, html.EscapeString(text))
		}
		said.WriteByte('\n')
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" role="img" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">`+"\n<desc>%s</desc>\n%s</svg>\n",
		float64(w)*cw+2*pad, float64(h)*ch+2*pad, html.EscapeString(said.String()), b.String())
}

func paint(c color.Color, or string) string {
	if c == nil {
		return or
	}
	r, g, bl, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, bl>>8)
}
