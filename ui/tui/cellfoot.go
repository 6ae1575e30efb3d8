package tui

import (
	"cmp"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
)

// layFoot is what stands below an answer: the calls it asks for, how it ended if
// not as it should, and what was said of it.
func (c *cell) layFoot(w int, look *look) []string {
	switch {
	case !c.asked:
		return nil
	case c.veiled && (c.running || c.sealed):
		return c.laySealed(w, look)
	case c.running:
		return nil
	}
	th, a := look.theme, &c.answer
	var lines []string
	for _, call := range a.Calls {
		lines = append(lines, th.Accent.Render(look.fit("⚙ "+plain.Line(call.Name), w)))
		lines = append(lines, c.paragraph("  ", plain.Text(call.Arguments), w, look)...)
	}
	lines = append(lines, c.layEnd(w, look)...)
	lines = append(lines, maskedWords(a.Masked, w, look)...)
	for _, s := range c.judged {
		lines = append(lines, th.Good.Render(look.fit(s, w)))
	}
	if len(lines) > 0 && c.spoke {
		lines = append([]string{""}, lines...)
	}
	if c.sampled != "" {
		lines = append(lines, th.Muted.Render(look.fit("  "+c.sampled, w)))
	}
	return lines
}

// layEnd says how the answer ended, unless it did as it should.
func (c *cell) layEnd(w int, look *look) (lines []string) {
	th, a := look.theme, &c.answer
	block := func(style interface{ Render(...string) string }, mark, text string) {
		for i, l := range look.wrap(text, max(w-2, 1)) {
			if i > 0 {
				mark = "  "
			}
			lines = append(lines, style.Render(mark+l))
		}
	}
	switch {
	case a.Finish == "":
		block(th.Warn, "■ ", look.keyed("interrupted: juxta ended while this was streaming; {regenerate} asks again"))
	case a.Finish == providers.Cancelled:
		block(th.Warn, "■ ", "stopped")
		if !a.Remembered() && c.empty() && c.adopted == "" {
			lines = append(lines, th.Faint.Render(look.fit("  left out of what it is told next", w)))
		}
	case a.Finish == providers.Length:
		block(th.Warn, "▲ ", "cut off at the output limit: this answer is not whole")
	case a.Finish == providers.Refused:
		block(th.Warn, "▲ ", cmp.Or(plain.Line(a.Filter), "declined to answer"))
	case a.Error != nil && c.veiled:
		block(th.Bad, "✗ ", "could not answer; why is told with the names")
	case a.Error != nil:
		block(th.Bad, "✗ ", plain.Text(a.Error.Message))
		hint := plain.Text(a.Error.Hint)
		if a.Error.Kind == providers.Unsupported && a.Timing.Attempts == 0 { // the keys say what the hint does
			hint = look.keyed("{model} chooses another model, {regenerate} asks again")
			if !strings.Contains(a.Error.Message, "nothing was sent") {
				hint = "nothing was sent; " + hint
			}
		}
		block(th.Text, "→ ", hint)
		if c.adopted == "" { // else it is told that one
			lines = append(lines, th.Faint.Render(look.fit("  left out of what it is told next", w)))
		}
	case c.empty() && len(a.Calls) == 0:
		block(th.Muted, "○ ", "an empty answer")
	}
	return lines
}
