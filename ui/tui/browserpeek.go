package tui

import (
	"image"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/ui/picture"
)

// A peep is what was read of the line that is chosen.
type peep struct {
	of     sessions.ID
	turn   int
	there  sessions.Peek
	err    error
	number int // counts changes of what is chosen
}

// peer has a look at what is chosen, once it has been that for a moment: whoever
// goes down the list reads nothing.
func (b *browser) peer() tea.Cmd {
	p := b.chosen()
	if p.of == nil || p.of.ID == b.peek.of && p.turn() == b.peek.turn {
		return nil
	}
	b.peek.number++
	n, store, id, turn := b.peek.number, b.store, p.of.ID, p.turn()
	return tea.Tick(peekPause, func(time.Time) tea.Msg {
		return action(func(m *Model) tea.Cmd {
			if b.peek.number != n || !b.open(m) {
				return nil
			}
			return func() tea.Msg {
				there, err := store.Peek(id, turn)
				return action(func(*Model) tea.Cmd {
					if b.peek.number == n {
						b.peek = peep{of: id, turn: turn, there: there, err: err, number: n}
						b.change++
					}
					return nil
				})
			}
		})
	})
}

// minSide is the narrowest picture beside others in a preview.
const minSide = 10

// prints are the pictures of what is chosen in at most w×h cells, side by side,
// as far as they are made.
func (b *browser) prints(w, h int) []string {
	if h < 2 || len(b.peek.there.Pictures) == 0 || b.gallery.screen.mode() == picture.Words {
		b.gallery.wish(preview)
		return nil
	}
	n := max(1, min(len(b.peek.there.Pictures), w/(minSide+1)))
	room := min(w/n-1, 3*h)
	var wishes []wish
	rows := 0
	for _, a := range b.peek.there.Pictures[:n] {
		s := keptShot(a)
		if s.size.X <= 0 || s.size.Y <= 0 {
			continue
		}
		cols, lines := picture.Fit(s.size, room, h, b.gallery.screen.cell)
		rows = max(rows, lines)
		wishes = append(wishes, wish{shot: s, part: image.Rectangle{Max: s.size}, cols: cols, rows: lines})
	}
	b.gallery.wish(preview, wishes...)
	out := make([]string, rows)
	for _, wi := range wishes {
		d := b.gallery.get(wi)
		for y := range out {
			cell := spaces(wi.cols)
			if d != nil && y < len(d.lines) {
				cell = d.lines[y]
			}
			out[y] += cell + " "
		}
	}
	return out
}
