package tui

import (
	"fmt"
	"strings"
)

// compact is many files in few lines, and after them what was done to which. It
// is false if some of it had no room.
func (m *Model) compact(files []*attached, w, most int) (lines []string, whole bool) {
	said := said(files)
	pills, whole := m.pillLines(files, w, most)
	switch {
	case len(said) == 0:
		return pills, whole
	case most == 1: // that there are files is seen in the text, too
		head := m.look.cut(" "+plural(len(files), "file")+" ·", w)
		if w-m.look.width(head) < 4 {
			return []string{m.look.theme.Prompt.Render(head)}, false
		}
		text, _ := m.summary(said, w-m.look.width(head), 1)
		return []string{m.look.theme.Prompt.Render(head) + text[0]}, false
	}
	text, all := m.summary(said, w, most-1) // a name is in the text and the list of files, too: it goes first
	if len(pills)+len(text) > most {
		pills, whole = m.pillLines(files, w, most-len(text))
	}
	return append(pills, text...), whole && all
}

// said is everything that was done to files, and to which: a note once, with
// the marks of those that have it.
func said(files []*attached) []string {
	var notes []string
	which := map[string][]mark{}
	for _, f := range files {
		if f.ready == nil {
			continue
		}
		for _, n := range f.ready.Notes {
			if n = notesWords([]string{n}); n == "" {
				continue
			}
			if which[n] == nil {
				notes = append(notes, n)
			}
			which[n] = append(which[n], mark{sign(f.kind()), f.number})
		}
	}
	for i, n := range notes {
		var names []string
		for _, k := range which[n] {
			names = append(names, k.String())
		}
		of := strings.Join(names, " ")
		switch {
		case len(names) == len(files) && len(files) > 4:
			of = fmt.Sprintf("all %d", len(files))
		case len(names) > 8:
			of = fmt.Sprintf("%d of %d files", len(names), len(files))
		}
		notes[i] = n + ": " + of
	}
	return notes
}

// summary is as many of the notes as have room in some lines, and how many are
// left. It is false if not all are there.
func (m *Model) summary(notes []string, w, most int) (lines []string, whole bool) {
	style := m.look.theme.Muted
	w = max(w-1, 1)
	text := ""
	for i, n := range notes {
		left := ""
		if n := len(notes) - i - 1; n > 0 {
			left = fmt.Sprintf(" · +%d more", n)
		}
		if i > 0 {
			n = text + " · " + n
		}
		all := m.look.wrap(n+left, w)
		if len(all) > most && i > 0 {
			break
		}
		if len(all) > most {
			last := m.look.cut(strings.TrimSuffix(strings.Join(all[most-1:], " "), left), max(w-m.look.width(left), 1))
			all = append(all[:most-1], m.look.cut(last+left, w))
		}
		text, lines, whole = n, all, left == ""
	}
	for i, l := range lines {
		whole = whole && m.look.width(l) <= w && !strings.HasSuffix(l, "…")
		lines[i] = style.Render(" " + l)
	}
	return lines, whole
}

// pillLines is many files on few lines. It is false if some had no room.
func (m *Model) pillLines(files []*attached, w, most int) (lines []string, whole bool) {
	th := m.look.theme
	line, room := "", w
	for i, f := range files {
		text := fmt.Sprintf(" %s %d %s", sign(f.kind()), f.number, m.nameIn(f, min(w, 60)))
		more := f.state(m.edge)
		if more == "" {
			more = f.pixels(m.edge)
		}
		if more != "" {
			more = " " + more
		}
		left := fmt.Sprintf(" … and %d more", len(files)-i)
		last := len(lines) == most-1
		need := m.look.width(text) + m.look.width(more) + 1
		if last && i < len(files)-1 {
			need += m.look.width(left)
		}
		if need > room {
			if last {
				return append(lines, line+th.Muted.Render(m.look.cut(left, room))), false
			}
			if line != "" {
				lines, line, room = append(lines, line), "", w
			}
			if len(lines) == most-1 && i < len(files)-1 && need+m.look.width(left) > room {
				return append(lines, th.Muted.Render(m.look.cut(left, room))), false
			}
		}
		text = m.look.cut(text, room)
		room -= m.look.width(text)
		more = m.look.cut(more, room)
		room -= m.look.width(more)
		line += th.Prompt.Render(text) + th.Muted.Render(more)
		if room > 0 {
			line, room = line+" ", room-1
		}
	}
	return append(lines, line), true
}
