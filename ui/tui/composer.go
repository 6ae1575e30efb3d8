package tui

import (
	"maps"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
	"juxta/ui/theme"
)

const (
	pasteLines = 12   // a paste with more lines, or
	pasteBytes = 2000 // more bytes, stands in the composer as a pill
)

// A composer is where the question is written: many lines, the terminal's own
// editing keys, what was asked before behind up and down, and long pastes as
// pills. Every printable key types.
type composer struct {
	area   textarea.Model
	width  int
	asked  []*draft       // earlier questions, oldest first
	recall int            // index in asked of what is shown; len(asked) for what is none of them
	shown  string         // as it was recalled
	edits  map[int]*draft // what was made of them, by their index, and what was typed before recalling
	killed string         // what ctrl+k, u or w took last
	pastes []string       // pill n stands for pastes[n-1], as it was pasted

	files []*attached // all that were attached since the last question: a label that comes back attaches its file again
	order []*attached // those whose label stands in the text, in its order; see changed

	sign  string // before the first line, two cells wide
	using *using // the prompt that the question was made from; nil for none

	drawn string // cached view
	stale bool
}

func newComposer(th *theme.Theme) *composer {
	c := &composer{sign: "❯ ", stale: true}
	a := textarea.New()
	a.SetPromptFunc(2, func(p textarea.PromptInfo) string {
		if p.LineNumber == 0 {
			return c.sign
		}
		return "  "
	})
	a.Placeholder = "Ask every model at once"
	a.ShowLineNumbers = false
	a.CharLimit, a.MaxContentHeight = 0, 1_000_000
	a.DynamicHeight, a.MinHeight = true, 1
	a.SetVirtualCursor(false)
	k := &a.KeyMap
	k.InsertNewline = key.NewBinding(key.WithKeys("alt+enter", "ctrl+j", "shift+enter"))
	k.Paste, k.TransposeCharacterBackward, k.SelectAll = key.NewBinding(), key.NewBinding(), key.NewBinding()
	k.PageUp, k.PageDown = key.NewBinding(), key.NewBinding()
	a.Focus()
	c.area = a
	c.style(th)
	return c
}

func (c *composer) style(th *theme.Theme) {
	s := c.area.Styles()
	for _, st := range []*textarea.StyleState{&s.Focused, &s.Blurred} {
		st.Base, st.Text, st.CursorLine = th.Text, th.Text, th.Text
		st.Prompt, st.Placeholder, st.EndOfBuffer = th.Prompt, th.Faint, th.Faint
		st.Selection = th.Selection
	}
	s.Blurred.Prompt = th.Faint
	s.Cursor.Blink, s.Cursor.Color, s.Cursor.Shape = false, nil, tea.CursorBar
	c.area.SetStyles(s)
	c.stale = true
}

// lines is how high the composer would like to be.
func (c *composer) lines() int { return max(1, c.area.Height()) }

func (c *composer) resize(w, h int) {
	c.width = w
	c.area.MaxHeight = max(h, 1)
	c.area.SetWidth(max(w-1, 4))
	c.area, _ = c.area.Update(nil) // scrolls to the cursor
	c.stale = true
}

// focus says whether the composer has the keys.
func (c *composer) focus(on bool) {
	if on {
		c.area.Focus()
	} else {
		c.area.Blur()
	}
	c.stale = true
}

// text is what stands there, with long pastes unfolded and the labels of files.
func (c *composer) text() string { return c.unfold(c.area.Value()) }

func (c *composer) empty() bool { return strings.TrimSpace(c.area.Value()) == "" }

// written is what stands there, to be shown again.
func (c *composer) written() *draft { return &draft{c.text(), c.files, c.using} }

// take empties the composer and remembers what stood there.
func (c *composer) take() *draft {
	d := &draft{c.text(), c.order, c.using}
	delete(c.edits, c.recall)
	c.remember(d)
	c.set("")
	return d
}

// remember puts a question behind up, and before it whatever else was being
// written.
func (c *composer) remember(d *draft) {
	c.gather()
	c.push(d)
}

// leave keeps what stands there among the edits, unless it is an earlier question
// as that was asked: then it is false.
func (c *composer) leave() bool {
	now := c.written()
	if c.recall < len(c.asked) && now.text == c.shown {
		return c.edits[c.recall] != nil
	}
	if c.edits == nil {
		c.edits = map[int]*draft{}
	}
	c.edits[c.recall] = now
	return true
}

// gather puts the edits behind up, each a question of its own: their places are
// about to become others'.
func (c *composer) gather() {
	edits, n := c.edits, len(c.asked)
	c.edits = nil
	for _, i := range slices.Sorted(maps.Keys(edits)) {
		if d := edits[i]; strings.TrimSpace(d.text) != "" && (i == n || d.text != c.asked[i].text) {
			c.push(d)
		}
	}
}

func (c *composer) push(d *draft) {
	if n := len(c.asked); n == 0 || c.asked[n-1].text != d.text || len(c.asked[n-1].files)+len(d.files) > 0 {
		c.asked = append(c.asked, d)
	}
	c.recall = len(c.asked)
}

func (c *composer) set(s string) { c.show(&draft{text: s}) }

// show puts a draft in the place of what stands there.
func (c *composer) show(d *draft) {
	c.gather()
	c.put(d)
}

func (c *composer) put(d *draft) {
	c.pastes, c.files = nil, slices.Clone(d.files)
	c.area.Reset()
	done := 0
	for _, l := range c.spans(d.text) {
		c.part(d.text[done:l.from])
		c.area.InsertString(l.file.label)
		done = l.to
	}
	c.part(d.text[done:])
	c.recall, c.using = len(c.asked), d.using
	c.changed()
}

// insert puts text at the cursor, long text as a pill.
func (c *composer) insert(s string) {
	c.part(s)
	c.changed()
}

func (c *composer) part(s string) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if len(s) > pasteBytes || strings.Count(s, "\n") > pasteLines || plain.Text(s) != s {
		c.pastes = append(c.pastes, s)
		s = pill(len(c.pastes), s)
	}
	if s != "" {
		c.area.InsertString(s)
	}
}

// key edits. Up in the first line and down in the last go through what was
// asked before.
func (c *composer) key(k tea.KeyPressMsg) tea.Cmd {
	c.stale = true
	s := k.String()
	switch s {
	case "up", "ctrl+p":
		if c.area.Line() == 0 && c.area.LineInfo().RowOffset == 0 && c.recallBy(-1) {
			return nil
		}
	case "down", "ctrl+n":
		info := c.area.LineInfo()
		if c.area.Line() == c.area.LineCount()-1 && info.RowOffset == info.Height-1 && c.recallBy(1) {
			return nil
		}
	case "ctrl+y":
		c.area.InsertString(c.killed)
		c.changed()
		return nil
	}
	kills := slices.Contains([]string{"ctrl+k", "ctrl+u", "ctrl+w", "alt+d", "alt+backspace"}, s)
	pills := len(c.files)+len(c.pastes) > 0
	before, at := "", 0
	if kills || pills {
		before = c.area.Value()
	}
	if pills {
		at = c.cursor()
	}
	var cmd tea.Cmd
	c.area, cmd = c.area.Update(k)
	gone := ""
	switch {
	case pills:
		gone = c.mend(before, at, s)
		c.changed()
	case kills:
		i, j := stretch(before, c.area.Value(), c.cursor())
		gone = before[i:j]
	}
	if kills && gone != "" {
		c.killed = gone
	}
	return cmd
}

// recallBy shows an earlier or later question, and reports whether there is
// one. What was being written comes back after the latest, and what was made of
// one of them in its place.
func (c *composer) recallBy(by int) bool {
	to := c.recall + by
	if to < 0 || to > len(c.asked) || c.recall == len(c.asked) && by > 0 {
		return false
	}
	c.leave()
	d, edited := c.edits[to]
	if !edited {
		d = c.asked[to]
	}
	c.put(d)
	c.recall, c.shown = to, c.text()
	return true
}

// typed is what of a key's text may meet a terminal: a paste comes as keys
// where the terminal does not bracket it. The letter before it lets marks and
// joiners pass, which belong to the character that was typed before.
func typed(text string) string {
	const letter = "\u0627"
	return strings.TrimPrefix(plain.Text(letter+text), letter)
}

func (c *composer) view() string {
	if c.stale {
		c.drawn, c.stale = c.area.View(), false
	}
	return c.drawn
}
