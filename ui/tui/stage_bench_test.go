package tui

import (
	"context"
	"fmt"
	"image"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"juxta/sessions"
	"juxta/ui/picture"
)

// BenchmarkFrameWithStage is a frame of four streaming panes with so many
// pictures above them; with none it is that of the panes alone.
func BenchmarkFrameWithStage(b *testing.B) {
	for _, n := range []int{0, 2} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m, frame := streaming(b, 4, 1000)
			onStage(b, m, n)
			b.ReportAllocs()
			for b.Loop() {
				frame()
			}
			if (m.frame.stage.Dy() > 0) != (n > 0) {
				b.Fatalf("the stage has %d lines", m.frame.stage.Dy())
			}
		})
	}
}

// onStage gives the model's turn n pictures, and draws them.
func onStage(b *testing.B, m *Model, n int) {
	b.Helper()
	g := &m.stage.gallery
	g.screen.profile = colorprofile.TrueColor
	photo := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for i := range photo.Pix {
		photo.Pix[i] = byte(i*i>>8) | 255*byte(i%4/3)
	}
	for i := range n {
		sha := fmt.Sprintf("%064d", i)
		m.tr.turns[0].Files = append(m.tr.turns[0].Files, sessions.Attachment{
			Name: "photo.jpg", MIME: "image/jpeg", SHA256: sha, SentWidth: 640, SentHeight: 480,
		})
		g.thumbs = append(g.thumbs, thumb{sha, photo})
	}
	m.Update(tea.WindowSizeMsg{Width: 160, Height: 48})
	m.View()
	for _, w := range g.wishes[aboveThePanes] {
		sha, _ := g.sha(w.shot)
		g.draw(w, sha, g.thumb(sha)).do(context.Background())(m)
	}
	m.View()
	if drawn := len(g.drawn); drawn != n || g.screen.mode() != picture.Blocks {
		b.Fatalf("%d pictures are drawn", drawn)
	}
}

// BenchmarkListOfAFolder is what typing costs in a folder of thousands.
func BenchmarkListOfAFolder(b *testing.B) {
	rows := make([]row, listed)
	for i := range rows {
		rows[i] = row{kind: fileRow, name: fmt.Sprintf("holiday-%04d.jpg", i)}
	}
	for _, filter := range []string{"42", "*7.jpg", "hl77"} {
		b.Run(filter, func(b *testing.B) {
			for b.Loop() {
				match(rows, filter)
			}
		})
	}
}

// BenchmarkPaintWithStage is what Bubble Tea's renderer makes of such a frame,
// beside what we do for it: it reads all of it again, pictures too.
func BenchmarkPaintWithStage(b *testing.B) {
	for _, n := range []int{0, 2} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m, _ := streaming(b, 4, 1000)
			onStage(b, m, n)
			content := m.View().Content
			screen := uv.NewScreenBuffer(160, 48)
			b.ReportMetric(float64(len(content)), "bytes")
			for b.Loop() {
				screen.Clear()
				uv.NewStyledString(content).Draw(screen, screen.Bounds())
			}
		})
	}
}
