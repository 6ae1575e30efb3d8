package tui

import (
	"slices"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
)

// fieldKind is how a field is filled in.
type fieldKind uint8

const (
	aLine   fieldKind = iota
	aNumber           // a short line, beside which stands what it may be
	aChoice           // of a few words, with left and right; off and on make a switch
	aText             // of several lines
)

// A field is one thing to fill in. What a form is made with is above the gap.
type field struct {
	name    string // its label, by which its value is asked for
	kind    fieldKind
	value   string             // at first
	empty   string             // said while nothing stands there: what that means
	hint    string             // what a line or a number may be
	options []string           // of a choice
	check   func(string) error // what is wrong, in words; nil for nothing ever
	grows   bool               // a text that is as high as what stands in it

	required bool // marked as what must be filled in

	line  textinput.Model
	area  textarea.Model
	at    int    // index of the option chosen
	shown string // the value at first, as it can be shown
	err   error  // why it can't be kept as it is
}

// open makes the field ready to be drawn and filled in.
func (f *field) open(lk *look) {
	switch f.kind {
	case aChoice:
	case aText:
		f.area = newArea(plain.Line(f.empty), lk.theme)
		f.area.DynamicHeight, f.area.MinHeight = f.grows, 1
	default:
		f.line = newLine("", plain.Line(f.empty), lk.theme)
	}
	f.set(f.value)
}

func (f *field) restyle(lk *look) {
	switch f.kind {
	case aChoice:
	case aText:
		styleArea(&f.area, lk.theme)
	default:
		styleLine(&f.line, lk.theme)
	}
}

// set puts a value there. An option that is not among those of a choice joins
// them: what somebody has set is not changed by looking at it.
func (f *field) set(value string) {
	f.value, f.err = value, nil
	switch f.kind {
	case aChoice:
		if f.at = slices.Index(f.options, value); f.at < 0 {
			f.options, f.at = append(slices.Clone(f.options), value), len(f.options)
		}
	case aText:
		f.area.SetValue(plain.Text(value))
	default:
		f.line.SetValue(plain.Line(value))
		f.line.CursorEnd()
	}
	f.shown = f.written()
}

// label is the field's name for people.
func (f *field) label() string {
	if f.required {
		return plain.Line(f.name) + " *"
	}
	return plain.Line(f.name)
}

// size gives a text its width and height; one that grows takes no more than it
// needs.
func (f *field) size(w, h int) {
	if !f.grows {
		f.area.SetWidth(w)
		f.area.SetHeight(h)
		return
	}
	if f.area.MaxHeight != h || f.area.Width() != w {
		f.area.MaxHeight = h
		f.area.SetWidth(w)
		f.area, _ = f.area.Update(nil) // scrolls to the cursor
	}
}

// written is what stands there.
func (f *field) written() string {
	switch f.kind {
	case aChoice:
		return f.options[f.at]
	case aText:
		return f.area.Value()
	}
	return f.line.Value()
}

// now is the field's value. One that can't be shown as it is stays as it is
// while nobody changes it.
func (f *field) now() string {
	if s := f.written(); s != f.shown {
		return s
	}
	return f.value
}

// verify looks whether the value can be kept.
func (f *field) verify() bool {
	f.err = nil
	if f.check != nil {
		f.err = f.check(f.now())
	}
	return f.err == nil
}

func (f *field) focus(on bool) {
	switch {
	case f.kind == aChoice:
	case f.kind == aText && on:
		f.area.Focus()
	case f.kind == aText:
		f.area.Blur()
	case on:
		f.line.Focus()
	default:
		f.line.Blur()
	}
}

// key gives the field a key that does not move between fields.
func (f *field) key(k tea.KeyPressMsg) (cmd tea.Cmd) {
	switch f.kind {
	case aChoice:
		f.pick(k.String())
	case aText:
		f.area, cmd = f.area.Update(k)
	default:
		f.line, cmd = f.line.Update(k)
	}
	return cmd
}

// pick chooses the next option, the one before, or the next that begins with
// the letter.
func (f *field) pick(k string) {
	n := len(f.options)
	switch k {
	case "right", "space":
		f.at = (f.at + 1) % n
	case "left":
		f.at = (f.at + n - 1) % n
	default:
		for i := range n {
			next := (f.at + 1 + i) % n
			if len(k) == 1 && strings.HasPrefix(strings.ToLower(f.option(next)), strings.ToLower(k)) {
				f.at = next
				return
			}
		}
	}
}

// option is the i-th of a choice for people.
func (f *field) option(i int) string {
	if s := plain.Line(f.options[i]); strings.ContainsFunc(s, unicode.IsGraphic) {
		return s
	}
	if f.empty != "" {
		return f.empty
	}
	return "none"
}

func (f *field) paste(text string) {
	switch f.kind {
	case aChoice:
	case aText:
		f.area.InsertString(plain.Text(text))
	default:
		pasteLine(&f.line, text)
	}
}

// leaves reports whether up (by -1) or down in the field means another field:
// in a text only at its first and last line.
func (f *field) leaves(by int) bool {
	if f.kind != aText {
		return true
	}
	in := f.area.LineInfo()
	if by < 0 {
		return f.area.Line() == 0 && in.RowOffset == 0
	}
	return f.area.Line() == f.area.LineCount()-1 && in.RowOffset >= in.Height-1
}
