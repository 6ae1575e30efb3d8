package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/theme"
)

// A word is a part of a meter: a figure or a state.
type word struct {
	text  string
	style lipgloss.Style
}

// below is the two lines below the transcript: while files are attached what
// would become of them, else the meters of the current turn.
func (p *pane) below(c *cell, w int, boxed, listed bool, lk *look) (one, two string) {
	switch {
	case p.veiled:
		return lk.theme.Faint.Render(lk.cut("figures come with the names", w)), ""
	case p.samples != "": // whichever take is looked at
		return p.sampling(c, w, boxed, lk)
	case c != nil && c.running:
		return p.meters(c, w, lk)
	}
	if p.warming != nil {
		return p.heated(w, lk), ""
	}
	if p.spared {
		return lk.theme.Faint.Render(lk.cut("will not be asked this time", w)), ""
	}
	if one, two, ok := p.ahead(w, boxed, listed, lk); ok {
		return one, two
	}
	one, two = p.meters(c, w, lk)
	if again := p.repeated(w, lk); again != nil { // until it is sent it matters more than what the last answer cost
		s, _ := lk.words(again, w)
		if boxed {
			return one, s
		}
		return s, ""
	}
	return one, two
}

// sampling is the meters while samples come, whichever take is looked at.
func (p *pane) sampling(c *cell, w int, boxed bool, lk *look) (one, two string) {
	one, two = p.meters(c, w, lk)
	s := lk.theme.Accent.Render("◷ " + p.samples)
	switch {
	case !c.running:
		return s, one
	case boxed:
		return one, s + lk.theme.Muted.Render(" · ") + two
	}
	return one, ""
}

// meters are the two lines below the transcript: time and speed, then cost,
// context and what is out of the ordinary. What has no room in the first goes
// to the end of the second. Where only one line is shown, it is the first.
func (p *pane) meters(c *cell, w int, lk *look) (one, two string) {
	th := lk.theme
	switch {
	case c == nil:
		return th.Faint.Render("nothing asked yet"), ""
	case !c.asked:
		return th.Faint.Render("not asked"), ""
	case c.metered == w:
		return c.meters[0], c.meters[1]
	}
	var first, second []word
	mark := ""
	if c.running {
		mark, first, second = p.running(c, w, lk)
	} else {
		first, second = p.ended(c, w, lk)
	}
	n := 0
	one, n = lk.words(first, w-lk.width(mark))
	two, _ = lk.words(append(second, first[n:]...), w)
	c.meters, c.metered = [2]string{th.Accent.Render(mark) + one, two}, w
	return c.meters[0], c.meters[1]
}

// words joins as many words as fit into w cells, the first ones first, and
// says how many. The first is cut if it alone is too long.
func (lk *look) words(ws []word, w int) (line string, n int) {
	var b strings.Builder
	room := w
	for i, x := range ws {
		text := x.text
		if i > 0 {
			if room -= 3; lk.width(text) > room {
				return b.String(), i
			}
			b.WriteString(lk.theme.Muted.Render(" · "))
		} else {
			text = lk.cut(text, room)
		}
		b.WriteString(x.style.Render(text))
		room -= lk.width(text)
	}
	return b.String(), len(ws)
}

func (p *pane) running(c *cell, w int, lk *look) (mark string, first, second []word) {
	th, s, v := lk.theme, c.state, c.live
	skip := word{lk.keyed("{back} skips"), th.Muted}
	switch s.Phase {
	case sessions.Queued:
		mark, first = "◷ ", []word{{s.Text, th.Warn}, {tenths(s.For), th.Muted}, skip}
	case sessions.Asked:
		what, clock, more := c.waiting()
		mark = "◷ "
		room := w - lk.width(mark) - 1 - len(clock) - 3 - len(skip.text) // the clock shows that something goes on
		if len(what) > room {                                            // the word that tells most
			what = strings.TrimPrefix(strings.TrimSuffix(what, " for the first token"), "the service is ")
		}
		first = []word{{lk.cut(what, max(room, 8)) + " " + clock, th.Accent}}
		if more != "" {
			second = append(second, word{more, th.Warn})
		}
		if s.For > 3*time.Second {
			first = append(first, skip)
		}
	case sessions.Thinking:
		mark, first = "◷ ", []word{{"thinking", th.Accent}, {"first " + sessions.Seconds(v.FirstToken), th.Muted}}
	default:
		mark, first = "● ", firsts(v.FirstToken, v.FirstAnswer, th.Muted)
		if v.Speed > 0 {
			first = append(first, word{"~" + sessions.Speed(v.Speed), th.Muted})
		}
	}
	if s.Phase > sessions.Asked && c.quiet >= silent {
		first = slices.Insert(first, 0, word{"silent " + c.quiet.Truncate(time.Second).String(), th.Warn})
	}
	if v.FirstToken > 0 {
		first = append(first, word{"~" + counting(v.Usage.Output) + " tok", th.Muted})
	}
	second = append(second, word{p.costSoFar(v), th.Muted})
	if f := fill(v.Usage, cmp.Or(v.Context, p.model.Context)); f != "" {
		second = append(second, word{f, th.Muted})
	}
	if v.Attempts > 1 {
		second = append(second, word{fmt.Sprintf("attempt %d", v.Attempts), th.Warn})
	}
	return mark, first, second
}

// counting is a number of tokens that grows: to ten thousand it takes no more
// room than the rounded one, and is seen to move.
func counting(n int) string {
	if n < 10_000 {
		return strconv.Itoa(n)
	}
	return sessions.Count(n)
}

// waiting is what a cell waits for that has been asked, for how long, and what
// comes then. Before anything was sent, as while somebody unlocks the key, the
// model is not what it waits for. Of a wait before another attempt, which
// [providers.Retry] words, the clock says how long it is in all: so one sees
// it end.
func (c *cell) waiting() (what, clock, then string) {
	s := c.state
	what, then, _ = strings.Cut(plain.Line(s.Text), "; ")
	switch {
	case what != "":
	case c.live.Attempts == 0:
		return "preparing", tenths(s.For), ""
	default:
		return "waiting for the first token", tenths(s.For - c.prepared), ""
	}
	clock = tenths(s.For)
	if rest, ok := strings.CutPrefix(then, "trying again in "); ok {
		all, attempt, _ := strings.Cut(rest, " ")
		clock += " of " + all
		then = "then " + strings.Trim(attempt, "()")
	}
	return what, clock, then
}

// costSoFar is what an answer that still comes has cost by now, as far as can
// be told.
func (p *pane) costSoFar(v sessions.Live) string {
	price := cmp.Or(v.Price, p.model.Price) // that of then, in a replay
	switch {
	case price != nil && price.Source == providers.Free:
		return "free"
	case v.Cost != nil:
		return "~" + v.Cost.String()
	case p.model.Local && price == nil:
		return "local"
	case price != nil:
		return "–"
	}
	return "cost unknown"
}

func (p *pane) ended(c *cell, w int, lk *look) (first, second []word) {
	th, a := lk.theme, &c.answer
	add := func(style lipgloss.Style, text string) { second = append(second, word{text, style}) }
	stopped := a.Finish == providers.Cancelled && a.Timing.Attempts > 0 // while it thought unseen, maybe
	switch cost := a.CostWords(); {
	case a.Error != nil && !stopped && a.Usage.Output == 0 && a.Usage.Prompt() == 0: // nothing came that could cost
	case cost == "cost unknown":
		add(th.Warn, cost)
	default:
		add(th.Muted, cost)
	}
	if c.share != "" {
		add(th.Muted, c.share)
	}
	if seen := c.against(); seen != "" {
		add(th.Muted, seen)
	}
	if tier := plain.Line(a.Usage.Tier); tier != "" {
		add(th.Muted, tier+" tier")
	}
	if f := fill(a.Usage, a.Context); f != "" {
		add(th.Muted, f)
	}
	if s, cold := a.Server, isCold(a); s.Load != nil && (cold || *s.Load >= time.Second) {
		add(th.Warn, "load "+sessions.Seconds(*s.Load))
	}
	if a.Timing.Attempts > 1 {
		add(th.Warn, fmt.Sprintf("%d attempts", a.Timing.Attempts))
	}
	if c.unsaved != nil {
		add(th.Bad, "not saved yet")
	}
	if left := scarce(a.Limits); left != "" {
		add(th.Muted, left)
	}
	return ran(a, w, th), second
}

// ran are the times and the speed of an answer that ended.
func ran(a *sessions.Answer, w int, th *theme.Theme) (first []word) {
	add := func(style lipgloss.Style, text string) { first = append(first, word{text, style}) }
	switch mark := sessions.About(a.Usage.Estimated); {
	case a.Timing.FirstToken == 0 && a.Timing.Last > 0: // it came in one piece, or another program was given it
		add(th.Muted, "all "+sessions.Seconds(a.Timing.Last))
		first = append(first, unfair(a, w, th.Warn)...)
		add(th.Muted, mark+sessions.Count(a.Usage.Output)+" tok")
	case a.Timing.FirstToken == 0 && a.Text+a.Thoughts+a.Refusal != "": // so was this, which nobody timed
		add(th.Muted, "times unknown")
		add(th.Muted, mark+sessions.Count(a.Usage.Output)+" tok")
	case a.Timing.FirstToken == 0:
		what := "no answer"
		if a.Finish == providers.Cancelled && a.Timing.Attempts == 0 {
			what = "skipped before it was asked"
		}
		if a.Finish == providers.Finished || a.Finish == providers.Length {
			what = "empty answer"
		}
		if a.Timing.Total > 0 {
			what += " after " + sessions.Seconds(a.Timing.Total)
		}
		add(th.Muted, what)
	default:
		first = append(firsts(a.Timing.FirstToken, a.Timing.FirstAnswer, th.Muted), unfair(a, w, th.Warn)...)
		if v := a.Timing.Speed(a.Usage); v > 0 {
			add(th.Muted, mark+sessions.Speed(v))
		}
		add(th.Muted, mark+sessions.Count(a.Usage.Output)+" tok")
		add(th.Muted, "all "+sessions.Seconds(a.Timing.Last))
	}
	return first
}

func isCold(a *sessions.Answer) bool { cold, _ := a.Cold(); return cold }

// unfair is why an answer's times can't be held against others'.
func unfair(a *sessions.Answer, w int, style lipgloss.Style) (ws []word) {
	if isCold(a) {
		ws = append(ws, word{"cold", style})
	}
	switch {
	case a.Raced && w >= roomy:
		ws = append(ws, word{sessions.Contended, style})
	case a.Raced:
		ws = append(ws, word{"raced", style})
	}
	return ws
}

// scarce says what a service's rate limits leave when that is little: fewer
// than five requests, or less than a tenth. Requests go before tokens.
func scarce(l providers.Limits) string {
	until := func(x *providers.Limit, what string) string {
		if x.Reset > 0 {
			what += " for " + sessions.Seconds(x.Reset)
		}
		return what
	}
	few := func(x *providers.Limit) bool { return x != nil && x.Of > 0 && float64(x.Left) < float64(x.Of)/10 }
	switch r, t := l.Requests, l.Tokens; {
	case r != nil && r.Left == 1:
		return until(r, "1 request left")
	case r != nil && (r.Left < 5 || few(r)):
		return until(r, fmt.Sprintf("%d requests left", max(r.Left, 0)))
	case few(t):
		return until(t, sessions.Count(int(max(t.Left, 0)))+" tokens left")
	}
	return ""
}

// firsts are the times to the first token and, where thoughts came before it,
// to the first visible answer.
func firsts(token, answer time.Duration, style lipgloss.Style) []word {
	if token == 0 {
		return nil
	}
	ws := []word{{"first " + sessions.Seconds(token), style}}
	if answer > token {
		ws = append(ws, word{"answer " + sessions.Seconds(answer), style})
	}
	return ws
}

// fill is how full the context is; "" where the window is not known.
func fill(u providers.Usage, window int) string {
	if window <= 0 || u.Prompt()+u.Output == 0 {
		return ""
	}
	return fmt.Sprintf("ctx %s%d%%", sessions.About(u.Estimated), (100*(u.Prompt()+u.Output)+window-1)/window)
}

func tenths(d time.Duration) string {
	if d >= time.Minute {
		return sessions.Seconds(d)
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
}
