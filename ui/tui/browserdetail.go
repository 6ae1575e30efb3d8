package tui

import (
	"fmt"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// detail is what is known of the chosen session, in h lines of w cells: beside
// the list, or below it, where pictures stand at the left.
func (b *browser) detail(w, h int) []string {
	p := b.chosen()
	if p.of == nil || h < 2 {
		b.gallery.wish(preview)
		return nil
	}
	if b.peek.of != p.of.ID {
		b.gallery.wish(preview)
		return b.words(p, w, h, false)
	}
	if w >= 2*leastBeside/3 && h <= 12 { // below the list
		pictures := b.prints(min(w/3, 40), h)
		if len(pictures) == 0 {
			return b.words(p, w, h, true)
		}
		wide := b.look.width(pictures[0])
		words := b.words(p, w-wide-1, h, true)
		lines := make([]string, h)
		for y := range lines {
			lines[y] = b.look.fit(at(pictures, y), wide) + " " + at(words, y)
		}
		return lines
	}
	pictures := b.prints(w, min(h/3, 10))
	lines := b.words(p, w, h-len(pictures), true)
	if len(pictures) > 0 {
		lines = append(pictures, lines...)
	}
	return lines
}

// words are the session in words; of what was read only if that is there.
func (b *browser) words(p spotted, w, h int, read bool) []string {
	th, s := b.look.theme, p.of
	var lines []string
	add := func(style interface{ Render(...string) string }, text string) {
		if text != "" {
			lines = append(lines, style.Render(b.look.cut(text, w)))
		}
	}
	for _, l := range b.look.first(s.title, w, max(1, h/6)) {
		add(th.Title, l)
	}
	for _, l := range b.look.first(s.facts(), w, max(1, h/6)) {
		add(th.Muted, l)
	}
	add(th.Accent, s.labels())
	names := namesOf(&s.Session)
	if most := max(1, h/4); len(names) > most || h < 10 {
		add(th.Text, strings.Join(names, ", "))
	} else {
		for _, n := range names {
			add(th.Text, "· "+n)
		}
	}
	if b.peek.err != nil && read {
		add(th.Warn, worded(b.peek.err))
	}
	if len(s.hits) > 0 {
		hit := s.hits[max(p.hit, 0)]
		if h >= 10 {
			lines = append(lines, "")
			if hit.Turn > 0 {
				add(th.Faint, "turn "+whereOf(hit, " · "))
			}
		}
		lines = append(lines, b.around(hit, w, max(h-len(lines)-3, 1))...)
	}
	if room := h - len(lines) - 1; read && room > 0 && b.peek.there.Turn.Text != "" && plain.Line(strings.TrimSpace(b.peek.there.Turn.Text)) != s.title {
		if h >= 10 {
			lines = append(lines, "")
			room--
		}
		said := b.look.styled(th.Prompt, "❯ "+b.peek.there.Turn.Text, w, room+1)
		lines = append(lines, said...)
	}
	if len(s.hits) == 0 && read {
		for _, q := range b.peek.there.Next {
			add(th.Muted, fmt.Sprintf("%d ❯ %s", q.Turn, plain.Line(q.Text)))
		}
	}
	return lines[:min(len(lines), h)]
}

// around is more of the text in which something was found.
func (b *browser) around(h sessions.Hit, w, most int) []string {
	th := b.look.theme
	lines := strings.Split(b.look.Wrap(highlit(h.Text, h.Marks, th.Text, th.Match), w, ""), "\n")
	return lines[:min(len(lines), most)]
}

// facts are when the session began and what it has.
func (s *entry) facts() string {
	words := []string{s.began, plural(s.turns, "turn")}
	if n := len(s.Forks); n > 0 {
		words = append(words, fmt.Sprintf("%d branches", n+1))
	}
	if s.votes > 0 {
		words = append(words, plural(s.votes, "vote"))
	}
	if s.pictures > 0 {
		words = append(words, plural(s.pictures, "picture"))
	}
	switch {
	case len(s.Hidden) > 0 && len(s.Hidden) == s.turns:
		words = append(words, "blind")
	case len(s.Hidden) > 0:
		words = append(words, fmt.Sprintf("%d blind", len(s.Hidden)))
	case s.cost == "unknown":
		words = append(words, "cost unknown")
	case s.cost != "":
		words = append(words, s.cost)
	}
	return strings.Join(words, " · ")
}

// labels are how the session is labelled, and where it is from.
func (s *entry) labels() string {
	var words []string
	if s.Pinned {
		words = append(words, "◆ pinned")
	}
	if s.Archived {
		words = append(words, "archived")
	}
	if s.tags != "" {
		words = append(words, s.tags)
	}
	if s.Origin != nil {
		words = append(words, fmt.Sprintf("⑂ from turn %d of %.10s…", s.Origin.Turn, plain.Line(string(s.Origin.Session))))
	}
	if s.Imported != nil {
		words = append(words, "imported from "+plain.Line(s.Imported.Format))
	}
	return strings.Join(words, " · ")
}
