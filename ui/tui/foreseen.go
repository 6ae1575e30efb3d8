package tui

import (
	"fmt"
	"slices"
	"strings"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
)

// What a model would see of each file, and what that comes to.

// one is what becomes of one file.
func (p *pane) one(s sessions.Sight, k mark, lk *look) []word {
	th := lk.theme
	if s.View == (providers.View{}) && k.sign == sign(prompts.Picture) {
		return []word{{"sees " + k.String() + ": pixels and tokens unknown", th.Text}, {p.estimate([]sessions.Sight{s}, sessions.Again{}, 0), th.Muted}}
	}
	return []word{
		{strings.TrimSpace(k.verb() + " " + k.String() + " " + seen(s.View, k)), th.Text},
		{tokenWords(s.View.Tokens), th.Muted},
		{p.estimate([]sessions.Sight{s}, sessions.Again{}, 0), th.Muted},
	}
}

// verb is what a model does with a file.
func (k mark) verb() string {
	switch k.sign {
	case sign(prompts.Picture):
		return "sees"
	case sign(prompts.Sound):
		return "hears"
	}
	return "reads"
}

// seen is the pixels that a model sees; "" for what has none.
func seen(v providers.View, k mark) string {
	switch {
	case v.Width > 0 && v.Height > 0:
		return fmt.Sprintf("%d×%d", v.Width, v.Height)
	case k.sign == sign(prompts.Picture):
		return "pixels unknown"
	}
	return ""
}

func tokenWords(n int) string {
	if n <= 0 {
		return "tokens unknown"
	}
	return "~" + exact(n) + " tok"
}

// blank reports whether nobody knows anything of what is seen.
func (p *pane) blank() bool {
	return !slices.ContainsFunc(p.flight.Sights, func(s sessions.Sight) bool { return s.View != providers.View{} })
}

// listing is what is seen of each of several files, one on a line, in at most n
// lines; nil where that is no more than the lines below say.
func (p *pane) listing(n, w int, lk *look) []string {
	f := p.flight
	if f == nil || f.Trouble != "" || len(p.marks) < 2 || len(p.marks) > len(f.Sights) || n < 2 || p.blank() {
		return nil
	}
	shown := len(p.marks)
	if shown > n {
		shown = n - 1
	}
	th := lk.theme
	rows := make([][3]string, shown)
	var widths [3]int
	for i, k := range p.marks[:shown] {
		s := f.Sights[i]
		what := seen(s.View, k)
		if what == "" {
			what = k.verb() + " it"
		}
		rows[i] = [3]string{k.String(), what, tokenWords(s.View.Tokens)}
		if s.View.Trouble != "" {
			rows[i][1], rows[i][2] = "? may be refused", ""
		}
		for j, cell := range rows[i] {
			widths[j] = max(widths[j], lk.width(cell))
		}
	}
	lines := make([]string, 0, n)
	for i, r := range rows {
		cost := ""
		if r[2] != "" {
			cost = p.estimate(f.Sights[i:i+1], sessions.Again{}, 0)
		}
		style := th.Text
		if f.Sights[i].View.Trouble != "" {
			style = th.Warn
		}
		head := lk.fit(r[0], widths[0]) + "  " + lk.fit(r[1], widths[1])
		rest := "  " + spaces(widths[2]-lk.width(r[2])) + r[2] + "  " + cost
		if lk.width(head)+lk.width(rest) > w {
			rest = strings.TrimSuffix(rest, "  "+cost)
		}
		lines = append(lines, style.Render(lk.cut(head, w))+th.Muted.Render(lk.cut(rest, max(w-lk.width(head), 0))))
	}
	if shown < len(p.marks) {
		lines = append(lines, th.Faint.Render(lk.cut(fmt.Sprintf("… and %d more", len(p.marks)-shown), w)))
	}
	return lines
}

// several is what becomes of each of several files, as far as a line has room.
func (p *pane) several(w int, lk *look) (each []word) {
	th, f := lk.theme, p.flight
	if p.blank() {
		return nil // the sum says so
	}
	room := w
	for i, s := range f.Sights {
		if i >= len(p.marks) {
			break
		}
		k := p.marks[i]
		text := strings.TrimSpace(k.String() + " " + seen(s.View, k))
		if s.View.Tokens > 0 {
			text += " ~" + exact(s.View.Tokens)
		}
		if i == 0 && w >= roomy {
			text = k.verb() + " " + text
		}
		more := fmt.Sprintf("%d more", len(f.Sights)-i)
		need := lk.width(text) + 3
		if i < len(f.Sights)-1 {
			need += len(more) + 3
		}
		if i > 0 && need > room+3 {
			return append(each, word{more, th.Muted})
		}
		room -= lk.width(text) + 3
		each = append(each, word{text, th.Text})
	}
	return each
}

// sum is what all files of the request come to: those attached, as far as they
// are prepared, and those of earlier turns that are sent again.
func (p *pane) sum(w int, lk *look) []word {
	th, f := lk.theme, p.flight
	n, again := len(f.Sights), f.Again
	tokens, unknown := again.Tokens, again.Unknown
	for _, s := range f.Sights {
		tokens += s.View.Tokens
		if s.View.Tokens <= 0 {
			unknown++
		}
	}
	money := word{p.estimate(f.Sights, again, w), th.Muted}
	figures := " " + tokenWords(tokens)
	switch {
	case tokens == 0 && p.blank():
		figures = ": pixels and tokens unknown"
	case tokens > 0 && unknown > 0:
		figures += rest(unknown, w)
	}
	what := "all " + plural(n+again.Files, "file")
	if w < roomy {
		what = fmt.Sprintf("all %d", n+again.Files)
	}
	if n < p.of {
		what = fmt.Sprintf("%d of %d so far", n, p.of)
	}
	all := []word{{what + figures, th.Muted}, money}
	if again.Files == 0 {
		return all
	}
	all = append(all, word{"sent again: " + earlierFiles(again.Files) + " " + earlierTokens(again, w), th.Muted})
	if _, n := lk.words(all, w); n < len(all) && what[0] == 'a' {
		short := []word{{fmt.Sprintf("with %d again%s", again.Files, figures), th.Muted}, money}
		if _, n := lk.words(short, w); n < len(short) {
			return all[:2] // the money matters more
		}
		return short
	}
	return all
}

func earlierFiles(n int) string { return strings.Replace(plural(n, "file"), " ", " earlier ", 1) }

// earlierTokens are those of the files that are sent again, as far as known.
func earlierTokens(again sessions.Again, w int) string {
	if again.Tokens > 0 && again.Unknown > 0 {
		return tokenWords(again.Tokens) + rest(again.Unknown, w)
	}
	return tokenWords(again.Tokens)
}

// repeated is what a question without files sends again of earlier ones; nil
// for nothing, and while no question is being written.
func (p *pane) repeated(w int, lk *look) []word {
	if p.flight == nil || p.flight.Again.Files == 0 || !p.writing {
		return nil
	}
	again := p.flight.Again
	what := "sent again: " + earlierFiles(again.Files) + " "
	if w < roomy {
		what = plural(again.Files, "file") + " again "
	}
	return []word{{what + earlierTokens(again, w), lk.theme.Muted}, {p.estimate(nil, again, w), lk.theme.Muted}}
}

// roomy is how wide a pane is that has room for words beside its figures.
const roomy = 56

// rest is how much of a sum is not known.
func rest(n, w int) string {
	if w < roomy {
		return " + ?"
	}
	return fmt.Sprintf(" + %d unknown", n)
}

// estimate is what files cost, as far as that is known.
func (p *pane) estimate(all []sessions.Sight, again sessions.Again, w int) string {
	var sum providers.Money
	unknown := 0
	if again.Cost != nil {
		sum, unknown = *again.Cost, again.Unknown
	} else {
		unknown = again.Files
	}
	for _, s := range all {
		if s.Cost == nil || sum+*s.Cost < sum {
			unknown++
			continue
		}
		sum += *s.Cost
	}
	price := p.model.Price
	switch {
	case price != nil && price.Source == providers.Free:
		return "free"
	case unknown == 0:
		return "~" + sum.String()
	case price == nil && p.model.Local:
		return "local"
	case unknown == len(all)+again.Files:
		return "cost unknown"
	}
	return "~" + sum.String() + rest(unknown, w)
}

// against is how many tokens the service reported for the whole prompt of a
// question with files, beside those that were foreseen of it.
func (c *cell) against() string {
	u, foreseen := c.answer.Usage, c.answer.Foreseen
	if len(c.files) == 0 || foreseen <= 0 || u.Estimated || u.Prompt() <= 0 {
		return ""
	}
	return fmt.Sprintf("%s in, ~%s est.", exact(u.Prompt()), exact(foreseen))
}
