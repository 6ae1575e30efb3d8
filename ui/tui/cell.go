package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/markdown"
)

// longQuestion is how many lines of a question are shown in full.
const longQuestion = 12

// recount is how often the figures of a running answer change: often enough to
// be live, seldom enough to be read, and most of a screen's bytes less. While a
// model thinks they are all that moves, and change sooner.
const (
	recount     = 250 * time.Millisecond
	recountSoon = 2 * sessions.Frame
)

// A cell is one column's share of one turn: the question, what the model
// thought and said, and how it ended. Its lines are laid out once per width
// and again only where something changed; the answer's own lines are the
// markdown's to keep.
type cell struct {
	question string // sanitised
	files    []sessions.Attachment
	prompt   string   // of the library, that the question was made from
	asking   []string // the question's first lines, for a width of askingAt
	askingAt int      // 0: not laid out
	asked    bool     // this column was asked in this turn
	answer   sessions.Answer
	running  bool
	state    sessions.State
	live     sessions.Live
	counted  time.Duration // into the phase when live was taken
	prepared time.Duration // into the phase when nothing had been sent yet
	quiet    time.Duration // for about how long nothing has been said
	unsaved  error
	veiled   bool // the turn is hidden
	sealed   bool // nor is anything shown of its answers
	note     string
	judged   []string // what votes say of it
	seat     int      // in a blind turn that was revealed; 0 else

	text, thoughts plain.Stream
	doc            *markdown.Doc
	spoke          bool            // the answer has a visible character
	thought        strings.Builder // sanitised

	sampled    string // how alike the takes are that were asked alike; "" for one
	width      int    // that head and foot are laid out for; 0: not laid out
	unfolded   bool
	meters     [2]string // below the pane, for a width of metered; 0: not drawn
	metered    int
	share      string // of what the baseline cost; see ofBaseline
	tags       string // behind the question; see tagsOf
	adopted    string // below the answer; see adoption
	head, foot []string

	marked      marked          // the words that are searched
	askingJoins []markdown.Join // of asking; nil: not asked for yet
}

// newCell is an answer's share in a turn that is over, or in one that begins now
// if running is set.
func newCell(t *sessions.Turn, p sessions.Pick, running bool, look *look) *cell {
	c := &cell{question: plain.Text(strings.TrimRight(t.Text, "\n")), files: t.Files, doc: markdown.New(look.markdown), running: running}
	c.veiled, c.sealed = t.Hidden(), t.Sealed()
	if t.Prompt != nil {
		c.prompt = usedWords(t.Prompt)
	}
	a, ok := t.Take(p)
	if c.asked = ok; ok {
		c.answer = *a
	}
	if !ok {
		c.running = false
		return c
	}
	if running {
		return c
	}
	c.said(a.Text)
	c.said(a.Refusal)
	c.mused(a.Thoughts)
	c.end()
	return c
}

func (c *cell) said(text string) {
	if text != "" {
		c.spoke = c.spoke || strings.TrimSpace(text) != ""
		c.doc.Append(c.text.Add(text))
	}
}

func (c *cell) mused(text string) {
	if text != "" {
		c.thought.WriteString(c.thoughts.Add(text))
		c.width = 0
	}
}

// end takes in what the sanitiser held back for more.
func (c *cell) end() {
	if rest := c.text.Flush(); rest != "" {
		c.doc.Append(rest)
	}
	c.doc.Finish()
	c.thought.WriteString(c.thoughts.Flush())
	c.running, c.width, c.metered = false, 0, 0
}

// hear takes in what a run reports of the cell's column.
func (c *cell) hear(n sessions.News) {
	if c.veiled { // the turn tells it when all are complete
		return
	}
	c.said(n.Text)
	c.said(n.Refusal)
	c.mused(n.Thoughts)
	turned := n.State.Phase != c.state.Phase || n.State.Text != c.state.Text
	if turned || len(n.Notices) > 0 {
		c.width = 0
	}
	switch {
	case n.Live.Attempts == 0:
		c.prepared = n.State.For
	case turned:
		c.prepared = 0
	}
	if c.state = n.State; c.due(n, turned) {
		c.live, c.counted, c.metered = n.Live, n.State.For, 0
		if n.State.Phase == sessions.Thinking {
			c.width = 0
		}
	}
	if turned { // from now on the columns take turns, so that not all change in one frame
		c.counted -= recount * time.Duration(3*n.Column%8) / 8
	}
	if n.Text != "" || n.Thoughts != "" || n.Refusal != "" || turned {
		c.rest(0)
	}
	c.answer.Notices = append(c.answer.Notices, n.Notices...)
	if n.Final != nil {
		c.answer, c.unsaved = *n.Final, n.Unsaved
		c.answer.Text, c.answer.Thoughts, c.answer.Refusal = "", "", "" // the turn has them
		c.end()
	}
}

// due reports whether the figures are to change with n: they do in every frame
// in which the text came to nothing that shows.
func (c *cell) due(n sessions.News, turned bool) bool {
	every := recount
	switch {
	case n.State.Phase <= sessions.Asked, n.Text != "" && c.doc.Held():
		every = 0
	case n.State.Phase == sessions.Thinking:
		every = recountSoon
	}
	return turned || n.State.For-c.counted >= every
}

// silent is the shortest silence in the middle of an answer that is worth a
// word: a service may fall silent for minutes before a time-out ends it.
const silent = 5 * time.Second

// rest takes in for how long nothing has been said.
func (c *cell) rest(quiet time.Duration) {
	if quiet >= silent || c.quiet >= silent {
		c.metered = 0
	}
	c.quiet = quiet
}

// height is the number of the cell's lines at width w.
func (c *cell) height(w int, look *look) int {
	c.lay(w, look)
	return len(c.head) + c.doc.Height(w) + len(c.foot)
}

// lines appends the cell's lines [from, to) to dst. Lines are at most w wide.
func (c *cell) lines(dst []string, from, to, w int, look *look) []string {
	c.lay(w, look)
	first, begin := from, len(dst)
	part := func(n int, take func(from, to int)) {
		if from < n && to > 0 {
			take(max(from, 0), min(to, n))
		}
		from, to = from-n, to-n
	}
	part(len(c.head), func(f, t int) { dst = append(dst, c.head[f:t]...) })
	part(c.doc.Height(w), func(f, t int) { dst = append(dst, c.doc.Rows(w, f, t)...) })
	part(len(c.foot), func(f, t int) { dst = append(dst, c.foot[f:t]...) })
	if look.marking != nil {
		look.marking.mark(c, first, dst[begin:], w, look)
	}
	return dst
}

func (c *cell) lay(w int, look *look) {
	if c.width == w && c.unfolded == look.thoughts {
		return
	}
	c.width, c.unfolded = w, look.thoughts
	c.head, c.foot = c.layHead(w, look), c.layAdopted(w, look, c.layFoot(w, look))
}

func (c *cell) layHead(w int, look *look) []string {
	th := look.theme
	var lines []string
	if c.askingAt != w { // once: a long question takes longer to wrap than a frame lasts
		all := look.wrap(c.question, max(w-2, 1))
		c.asking, c.askingAt, c.askingJoins = slices.Clone(all[:min(len(all), longQuestion+1)]), w, nil
	}
	for i, l := range c.asking {
		if i == longQuestion {
			lines = append(lines, th.Faint.Render(look.fit(fmt.Sprintf("  … %d lines in all", strings.Count(c.question, "\n")+1), w)))
			break
		}
		mark := "  "
		if i == 0 {
			mark = "❯ "
		}
		lines = append(lines, th.Prompt.Render(mark)+th.Title.Render(l))
	}
	named := c.layFiles(w, look, lines)
	lines = append(c.layTags(lines, w, look), named...)
	if c.prompt != "" {
		lines = append(lines, th.Faint.Render(look.cut("  "+c.prompt, w)))
	}
	lines = append(lines, c.layNote(w, look)...)
	if !c.asked {
		return append(lines, th.Faint.Render(look.fit("not asked in this turn", w)))
	}
	unasked := c.answer.Error != nil && c.answer.Timing.Attempts == 0 // nobody answered
	if c.seat > 0 {
		lines = append(lines, th.Muted.Render(look.fit(fmt.Sprintf("· answer %d was %s", c.seat, plain.Line(c.answer.Model.String())), w)))
	} else if m := look.models[c.answer.Column]; !unasked && c.answer.Model != (providers.Ref{}) && m != (providers.Ref{}) && m != c.answer.Model {
		lines = append(lines, c.paragraph("· ", "answered by "+plain.Line(c.answer.Model.String()), w, look)...)
	}
	filtered := c.answer.Filter // the foot says it
	for _, n := range c.answer.Notices {
		if n == filtered {
			continue
		}
		lines = append(lines, c.paragraph("· ", plain.Line(n), w, look)...)
	}
	if thought := strings.TrimSpace(c.thought.String()); thought != "" {
		lines = append(lines, c.layThoughts(thought, w, look)...)
	}
	return append(lines, "")
}

// fewFiles is how many of a turn's files are named.
const fewFiles = 4

// layFiles counts the question's files at the end of its first line, where that
// has room, and names them below it.
func (c *cell) layFiles(w int, look *look, question []string) []string {
	if len(c.files) == 0 {
		return nil
	}
	th := look.theme
	if len(question) > 0 {
		pictures := 0
		for i := range c.files {
			if kindOf(&c.files[i]) == prompts.Picture {
				pictures++
			}
		}
		count := fmt.Sprintf("  %s %d", sign(prompts.Picture), pictures)
		if more := len(c.files) - pictures; pictures == 0 {
			count = "  " + plural(more, "file")
		} else if more > 0 {
			count += fmt.Sprintf(" + %s", plural(more, "file"))
		}
		if c.question == "" {
			count = strings.TrimPrefix(count, "  ")
		}
		if look.width(question[0])+look.width(count) <= w {
			question[0] += th.Prompt.Render(count)
		}
	}
	var lines []string
	for i := range c.files {
		if i == fewFiles-1 && len(c.files) > fewFiles {
			return append(lines, th.Faint.Render(look.cut(fmt.Sprintf("  … and %d more", len(c.files)-i), w)))
		}
		lines = append(lines, th.Muted.Render(look.cut("  "+fileWords(&c.files[i], look, max(w/2, 8)), w)))
	}
	return lines
}

func kindOf(a *sessions.Attachment) prompts.Kind { return (&prompts.File{MIME: a.MIME}).Kind() }

// fileWords is a file of a turn: what it was and what was sent of it.
func fileWords(a *sessions.Attachment, look *look, w int) string {
	s := sign(kindOf(a)) + " " + look.middle(plain.Line(a.Name), w)
	switch {
	case a.SentWidth <= 0:
		s += " " + bytesWords(a.Bytes)
	case a.Width != a.SentWidth || a.Height != a.SentHeight:
		s += fmt.Sprintf(" %d×%d → %d×%d", a.Width, a.Height, a.SentWidth, a.SentHeight)
	default:
		s += fmt.Sprintf(" %d×%d", a.SentWidth, a.SentHeight)
	}
	if notes := notesWords(a.Notes); notes != "" {
		s += " · " + notes
	}
	return s
}

// layThoughts is one line that says how much was thought, and the thoughts
// below it where they are unfolded.
func (c *cell) layThoughts(thought string, w int, look *look) []string {
	what := "thought"
	switch t := c.answer.Timing; {
	case c.running && c.state.Phase == sessions.Thinking:
		what = "thinking " + sessions.Seconds(c.state.For.Round(100*time.Millisecond))
	case t.FirstAnswer > t.FirstToken:
		what = "thought for " + sessions.Seconds(t.FirstAnswer-t.FirstToken)
	case c.running && c.live.FirstAnswer > c.live.FirstToken:
		what = "thought for " + sessions.Seconds(c.live.FirstAnswer-c.live.FirstToken)
	}
	if n := c.answer.Usage.Reasoning; n > 0 {
		what += " · " + sessions.Count(n) + " tok"
	}
	if !look.thoughts {
		return []string{look.theme.Thought.Render(look.fit("▸ "+what, w))}
	}
	lines := []string{look.theme.Thought.Render(look.fit("▾ "+what, w))}
	for _, l := range look.wrap(thought, max(w-2, 1)) {
		lines = append(lines, look.theme.Faint.Render("│ ")+look.theme.Thought.Render(l))
	}
	return lines
}

// empty reports whether nothing was said that can be seen.
func (c *cell) empty() bool { return !c.spoke }

// paragraph is muted text behind a mark, with a hanging indent.
func (c *cell) paragraph(mark, text string, w int, look *look) []string {
	var lines []string
	for _, l := range look.wrap(text, max(w-len([]rune(mark)), 1)) {
		lines = append(lines, look.theme.Muted.Render(mark+l))
		mark = spaces(len([]rune(mark)))
	}
	return lines
}
