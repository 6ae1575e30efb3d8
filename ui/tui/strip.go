package tui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// sign is what stands for a kind of file where there is room for one cell.
func sign(k prompts.Kind) string {
	switch k {
	case prompts.Picture:
		return "▣"
	case prompts.Document:
		return "▤"
	case prompts.Sound:
		return "♪"
	}
	return "≡"
}

// strip is the lines above the composer that tell of the files attached: one
// for each while there is room, else several on a line, and how many are left.
func (m *Model) strip(w int) []string {
	files := m.files()
	if w < 4 {
		return nil
	}
	th := m.look.theme
	lines := m.aimLines(w)
	some := len(files)+len(m.failed) > 0
	if u := m.composer.using; u != nil && (!some || len(lines)+1 < m.stripRoom()) {
		lines = append(lines, th.Muted.Render(m.look.cut(" "+u.line, w)))
	}
	if !some {
		return lines
	}
	if n := m.unready(); m.waiting && n > 0 {
		lines = append(lines, th.Accent.Render(m.look.cut(fmt.Sprintf(" ◷ preparing %s, then it is sent · %s keeps it here", plural(n, "file"), m.look.keys.name("back")), w)))
	}
	room := m.stripRoom()
	for _, f := range m.failed {
		text := " ✗ " + m.nameIn(f, w) + "  " + f.reason()
		if len(m.failed) == 1 && room > 2 && m.look.width(text) > w { // it says what to do at its end
			all := m.look.wrap(text, w-3)
			lines = append(lines, th.Bad.Render(all[0]))
			text = "   " + strings.Join(all[1:], " ")
		}
		lines = append(lines, th.Bad.Render(m.look.cut(text, w)))
	}
	if len(lines)+len(files) <= room {
		each, whole := m.each(files, w, room-len(lines))
		if !whole && len(files) > 1 { // what was done to several alike is shorter said once
			if few, all := m.compact(files, w, room-len(lines)); all {
				each = few
			}
		}
		return append(lines, each...)
	}
	if over := len(lines) - max(room-1, 1); over > 0 && len(m.failed) > 1 { // a whole folder of them
		over = min(over+1, len(lines))
		lines = append(lines[:len(lines)-over], th.Bad.Render(m.look.cut(fmt.Sprintf(" ✗ … and %d more could not be attached", over), w)))
	}
	few, _ := m.compact(files, w, max(room-len(lines), 1))
	return append(lines, few...)
}

// each is a line for each of the files, and more for what was done to them as
// long as there are some. It is false if that had to be cut.
func (m *Model) each(files []*attached, w, room int) (lines []string, whole bool) {
	th := m.look.theme
	spare := room - len(files)
	whole = true
	for _, f := range files {
		line, rest, cut := m.stripLine(f, w, spare)
		lines = append(lines, line)
		whole = whole && !cut
		for ; rest != "" && spare > 0; spare-- {
			text := rest
			if spare > 1 {
				text = m.look.wrap(rest, max(w-5, 1))[0]
			}
			whole = whole && m.look.width(text) <= w-5
			lines = append(lines, th.Muted.Render(m.look.cut("     "+text, w)))
			rest = strings.TrimLeft(strings.TrimPrefix(rest, text), " ")
		}
	}
	return lines, whole
}

// stripRoom is how many lines the layout is going to give.
func (m *Model) stripRoom() int {
	return max((m.h-1-max(1, min(m.composer.lines(), m.h/3)))/4, 1)
}

// nameIn is a file's name in a share of w cells.
func (m *Model) nameIn(f *attached, w int) string {
	name := plain.Line(f.name())
	if name == "" {
		name = strings.ToLower(kindWord(f.kind()))
	}
	return m.look.middle(name, max(w/3, 8))
}

// reason is why a file can't be attached, without its name, which stands before
// it.
func (f *attached) reason() string {
	s := f.err.Error()
	switch {
	case errors.Is(f.err, prompts.ErrPrivate):
		return "is on a private address: allow it with attachments: {private_urls: true}, or download it"
	case strings.HasSuffix(s, ": is empty"):
		s += ": has it been saved?"
	}
	for _, name := range []string{f.source, f.name()} {
		if rest, ok := strings.CutPrefix(s, name+": "); ok && name != "" {
			return plain.Line(rest)
		}
	}
	return plain.Line(s)
}

// stripLine is all that is known of a file, the more important first, and what
// was done to it where that goes on lines of its own, of which some are spare.
// Tokens are only told where that leaves room for all that was done. It is cut if
// that has no room even so.
func (m *Model) stripLine(f *attached, w, spare int) (line, rest string, cut bool) {
	th := m.look.theme
	head := fmt.Sprintf(" %s %d %s", sign(f.kind()), f.number, m.nameIn(f, w))
	s := th.Prompt.Render(m.look.cut(head, w))
	room := w - m.look.width(head)
	add := func(style interface{ Render(...string) string }, text string) {
		if text != "" && room > 3 {
			text = m.look.cut("  "+text, room)
			room -= m.look.width(text)
			s += style.Render(text)
		}
	}
	add(th.Text, f.pixels(m.edge))
	if what := f.state(m.edge); what != "" {
		add(th.Accent, what)
		return s, "", false
	}
	tokens := ""
	if len(m.frame.panes) < len(m.panes) && !m.veiled() { // else the panes say it
		tokens = m.tokensOf(f)
	}
	notes := f.notes()
	need := func(text string) int {
		if text == "" {
			return 0
		}
		return m.look.width(text) + 2
	}
	below := spare > 0 && len(m.look.wrap(notes, max(w-5, 1))) <= spare
	switch {
	case need(notes)+need(tokens) <= room:
		add(th.Muted, notes)
		add(th.Faint, tokens)
	case need(notes) > 0 && below && (need(notes) > room || need(tokens) <= room):
		if need(tokens) <= room {
			add(th.Faint, tokens)
		}
		rest = notes
	case need(notes) == 0:
		add(th.Faint, tokens)
	case need(notes) > room && spare > 0 && room > 14: // it begins here
		begin := m.look.wrap(notes, room-2)[0]
		add(th.Muted, begin)
		rest = strings.TrimLeft(strings.TrimPrefix(notes, begin), " ")
	default:
		cut = need(notes) > room
		if spare > 0 && cut {
			return s, notes, cut
		}
		add(th.Muted, notes)
	}
	return s, rest, cut
}

// state is what is being done to a file; "" if it is ready.
func (f *attached) state(edge int) string {
	switch {
	case f.settled(edge):
		return ""
	case f.whole != nil:
		return "scaling"
	case f.file != nil:
		return "preparing"
	case isURL(f.source):
		return "fetching " + host(f.source)
	}
	return "reading"
}

// host is whom a URL asks, without what it may tell of secrets.
func host(source string) string {
	h, _, _ := strings.Cut(address(source), "/")
	return h
}

// pixels are a picture's as it was found and as it is sent, or the size of
// another file; "" while they are not known.
func (f *attached) pixels(edge int) string {
	switch a := f.ready; {
	case a != nil && a.Width > 0:
		now := fmt.Sprintf("%d×%d", a.Width, a.Height)
		was := fmt.Sprintf("%d×%d", a.FileWidth, a.FileHeight)
		switch {
		case edge > 0 && f.edge == edge:
			now = "all get " + now
			if was == fmt.Sprintf("%d×%d", a.Width, a.Height) {
				return now
			}
			return was + " → " + now
		case was != now && a.FileWidth > 0:
			return was + " → " + now
		}
		return now
	case a != nil:
		return bytesWords(len(a.Data))
	case f.file != nil && f.file.Width > 0:
		return fmt.Sprintf("%d×%d", f.file.Width, f.file.Height)
	case f.file != nil:
		return bytesWords(f.file.Bytes)
	}
	return ""
}

// bytesWords is a file's size for people.
func bytesWords(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n) + " B"
	case n < 999_500:
		return strconv.Itoa((n+500)/1000) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

// notes are what was done to a file.
func (f *attached) notes() string {
	if f.ready == nil {
		return ""
	}
	return notesWords(f.ready.Notes)
}

// notesWords is what was done to a file besides scaling it, which its pixels
// tell.
func notesWords(notes []string) string {
	var more []string
	for _, n := range notes {
		if !strings.HasPrefix(n, "scaled to ") {
			more = append(more, n)
		}
	}
	return plain.Line(strings.Join(more, ", "))
}

// tokensOf is what a file counts as with each model, from left to right: as
// many figures as there are panes, or the least and the most of many.
func (m *Model) tokensOf(f *attached) string {
	var all []string
	least, most, told, refused := 0, 0, false, false
	for _, p := range m.panes {
		s := "?"
		i := slices.Index(p.marks, mark{sign(f.kind()), f.number})
		if p.flight != nil && i >= 0 && i < len(p.flight.Sights) {
			sight := p.flight.Sights[i]
			n := sight.View.Tokens
			told = told || n > 0 || sight.View.Trouble != ""
			switch {
			case p.flight.Trouble != "" || sight.Trouble != "" || sight.View.Trouble != "":
				s, refused = "–", true
			case n > 0:
				s = strconv.Itoa(n)
				if least == 0 || n < least {
					least = n
				}
				most = max(most, n)
			}
		}
		all = append(all, s)
	}
	switch {
	case !told:
		return ""
	case len(slices.Compact(slices.Clone(all))) == 1:
		return "≈ " + all[0] + " tok"
	case len(all) > 4:
		some := fmt.Sprintf("%d–%d", least, most)
		switch {
		case most == 0:
			some = "?"
		case least == most:
			some = strconv.Itoa(most)
		}
		if refused {
			some += " / –"
		}
		return "≈ " + some + " tok"
	}
	return "≈ " + strings.Join(all, " / ") + " tok"
}
