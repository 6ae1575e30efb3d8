package tui

import (
	"fmt"
	"strings"
	"unicode/utf8"

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
	asked  []string // earlier questions, oldest first
	recall int      // index in asked of what is shown; len(asked) for a draft
	draft  string   // what was typed before recalling
	killed string   // what ctrl+k, u or w took last
	pastes []string // pill n stands for pastes[n-1], as it was pasted

	drawn string // cached view
	stale bool
}

func newComposer(th *theme.Theme) *composer {
	a := textarea.New()
	a.SetPromptFunc(2, func(p textarea.PromptInfo) string {
		if p.LineNumber == 0 {
			return "❯ "
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
	c := &composer{area: a, stale: true}
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

// text is what would be sent: pills unfolded.
func (c *composer) text() string {
	s := c.area.Value()
	for i := len(c.pastes); i > 0; i-- { // from the last, so that a pill inside a paste stays text
		s = strings.Replace(s, pill(i, c.pastes[i-1]), c.pastes[i-1], 1)
	}
	return s
}

func (c *composer) empty() bool { return strings.TrimSpace(c.area.Value()) == "" }

// take empties the composer and remembers what stood there.
func (c *composer) take() string {
	s := c.text()
	c.remember(s)
	c.set("")
	return s
}

func (c *composer) remember(s string) {
	if n := len(c.asked); n == 0 || c.asked[n-1] != s {
		c.asked = append(c.asked, s)
	}
	c.recall = len(c.asked)
}

func (c *composer) set(s string) {
	c.pastes = nil
	c.area.Reset()
	if s != "" {
		c.insert(s)
	}
	c.recall = len(c.asked)
	c.stale = true
}

// insert puts text at the cursor, long text as a pill.
func (c *composer) insert(s string) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if len(s) > pasteBytes || strings.Count(s, "\n") > pasteLines || plain.Text(s) != s {
		c.pastes = append(c.pastes, s)
		s = pill(len(c.pastes), s)
	}
	c.area.InsertString(plain.Text(s))
	c.stale = true
}

func pill(n int, s string) string {
	return fmt.Sprintf("[Pasted text #%d: %d lines]", n, strings.Count(s, "\n")+1)
}

// key edits. Up in the first line and down in the last go through what was
// asked before.
func (c *composer) key(k tea.KeyPressMsg) tea.Cmd {
	c.stale = true
	switch s := k.String(); s {
	case "up", "ctrl+p":
		if c.area.Line() == 0 && c.area.LineInfo().RowOffset == 0 && c.recallBy(-1) {
			return nil
		}
	case "down", "ctrl+n":
		info := c.area.LineInfo()
		if c.area.Line() == c.area.LineCount()-1 && info.RowOffset == info.Height-1 && c.recallBy(1) {
			return nil
		}
	case "backspace":
		if c.dropPill() {
			return nil
		}
	case "ctrl+y":
		c.area.InsertString(c.killed)
		return nil
	case "ctrl+k", "ctrl+u", "ctrl+w", "alt+d", "alt+backspace":
		before := c.area.Value()
		var cmd tea.Cmd
		c.area, cmd = c.area.Update(k)
		if gone := missing(before, c.area.Value()); gone != "" {
			c.killed = gone
		}
		return cmd
	}
	var cmd tea.Cmd
	c.area, cmd = c.area.Update(k)
	return cmd
}

// dropPill takes away the pill that the text ends with, if the cursor is behind
// it: with a character less it would be its label that is sent.
func (c *composer) dropPill() bool {
	value := c.area.Value()
	if c.area.Line() != c.area.LineCount()-1 || c.area.Column() != len([]rune(value[strings.LastIndexByte(value, '\n')+1:])) {
		return false
	}
	for i, s := range c.pastes {
		if rest, ok := strings.CutSuffix(value, pill(i+1, s)); ok {
			c.area.SetValue(rest)
			c.area.MoveToEnd()
			return true
		}
	}
	return false
}

// recallBy shows an earlier or later question, and reports whether there is
// one. What was being written comes back after the latest.
func (c *composer) recallBy(by int) bool {
	to := c.recall + by
	if to < 0 || to > len(c.asked) || c.recall == len(c.asked) && by > 0 {
		return false
	}
	if c.recall == len(c.asked) {
		c.draft = c.text()
	}
	text := c.draft
	if to < len(c.asked) {
		text = c.asked[to]
	}
	c.set(text)
	c.recall = to
	return true
}

// typed is what of a key's text may meet a terminal: a paste comes as keys
// where the terminal does not bracket it. The letter before it lets marks and
// joiners pass, which belong to the character that was typed before.
func typed(text string) string {
	const letter = "\u0627"
	return strings.TrimPrefix(plain.Text(letter+text), letter)
}

// missing is the stretch that a deletion took out of before.
func missing(before, after string) string {
	i := 0
	for i < len(after) && before[i] == after[i] {
		i++
	}
	for i > 0 && i < len(before) && !utf8.RuneStart(before[i]) {
		i-- // both sides of the cut begin with the same bytes
	}
	return before[i : i+len(before)-len(after)]
}

func (c *composer) view() string {
	if c.stale {
		c.drawn, c.stale = c.area.View(), false
	}
	return c.drawn
}
