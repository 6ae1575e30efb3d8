package tui

import (
	"fmt"
	"html"
	"image/color"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// TestPicture draws the README's picture: the real program, on the demo
// models, in the middle of an answer.
//
//	JUXTA_PICTURE=.github/screen.svg go test ./ui/tui -run TestPicture
func TestPicture(t *testing.T) {
	path := os.Getenv("JUXTA_PICTURE")
	if path == "" {
		t.Skip("JUXTA_PICTURE does not name the file to write")
	}
	if !strings.HasPrefix(path, "/") {
		path = "../../" + path
	}
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 110, 30, bench(t, "", []string{"swift", "sage"}))
		x.press("What is a goroutine?", "enter")
		x.after(20 * time.Second)
		x.press("And how is it different from a thread?", "enter")
		x.after(4100 * time.Millisecond)
		x.mu.Lock()
		drawn := svg(x.em, 110, 30)
		x.mu.Unlock()
		x.quit()
		if err := os.WriteFile(path, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	})
}

// svg is an emulator's screen as a picture: runs of cells of one style become
// one text each, stretched to their cells.
func svg(em *vt.Emulator, w, h int) string {
	const cw, ch, pad = 8.4, 18.0, 14.0
	ground, ink := "#14161b", "#dfe3ea"
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">`+"\n", float64(w)*cw+2*pad, float64(h)*ch+2*pad)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", ground)
	for y := range h {
		for x := 0; x < w; {
			cell := em.CellAt(x, y)
			start, text := x, ""
			style := cell.Style
			for x < w {
				c := em.CellAt(x, y)
				if c == nil || !c.Style.Equal(&style) {
					break
				}
				text += c.Content
				x += max(c.Width, 1)
			}
			fg, bg := paint(style.Fg, ink), ""
			if style.Bg != nil {
				bg = paint(style.Bg, ground)
			}
			if style.Attrs&(1<<5) != 0 { // reverse
				fg, bg = ground, fg
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
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func paint(c color.Color, or string) string {
	switch c := c.(type) {
	case nil:
		return or
	case ansi.BasicColor:
		if c == 8 {
			return "#5b6372"
		}
	}
	r, g, bl, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, bl>>8)
}
