// Package theme says how things look by what they mean: one [Theme] value for
// dark terminals and one for light ones, handed to whoever draws. Their colours
// stand in small files, see [Parse], of which some are built in.
//
// No meaning rests on colour alone. What must be told apart without it, under
// NO_COLOR or on a monochrome terminal, also has an attribute: bold, underline,
// reverse, italic. Text keeps the terminal's own colour, and no background is
// painted, so that the user's scheme shines through; the two styles that need a
// ground reverse, which has the contrast of the colour itself.
package theme

import "charm.land/lipgloss/v2"

// A Theme is the style of everything there is to mean. It is read-only.
type Theme struct {
	Text   lipgloss.Style // the terminal's own
	Muted  lipgloss.Style // second to the text: metrics, descriptions
	Faint  lipgloss.Style // third: hints that may be overlooked
	Accent lipgloss.Style // where the eye should go
	Good   lipgloss.Style
	Warn   lipgloss.Style
	Bad    lipgloss.Style

	Title       lipgloss.Style // of the screen, a pane, an overlay
	Prompt      lipgloss.Style // the user's words
	Thought     lipgloss.Style // a model's reasoning
	Border      lipgloss.Style
	BorderFocus lipgloss.Style // of what has the keys
	KeyHint     lipgloss.Style // a key's name in help and footer
	Selection   lipgloss.Style // the chosen row; shows without colour
	Match       lipgloss.Style // what was searched
	MatchHere   lipgloss.Style // the place that is gone to

	Heading lipgloss.Style
	Quote   lipgloss.Style
	Link    lipgloss.Style
	URL     lipgloss.Style
	Code    lipgloss.Style // inline, and what a highlighter leaves plain is Text
	Marker  lipgloss.Style // bullets, numbers, rules of tables

	Keyword lipgloss.Style
	String  lipgloss.Style
	Comment lipgloss.Style
	Number  lipgloss.Style
	Func    lipgloss.Style
	Type    lipgloss.Style
	Added   lipgloss.Style
	Removed lipgloss.Style

	// Of two texts beside each other: what only one of them has, and what the
	// other has elsewhere.
	OnlyLeft  lipgloss.Style
	OnlyRight lipgloss.Style
	Moved     lipgloss.Style

	columns [8]lipgloss.Style
}

// Column is the colour of column i, counted from 0. Eight differ; then they
// repeat, and the number beside them tells.
func (t *Theme) Column(i int) lipgloss.Style { return t.columns[i%len(t.columns)] }

// A palette is the colours of one ground, as a theme file says them.
type palette struct {
	muted, faint, border          string
	blue, green, yellow, red      string
	purple, cyan, orange, magenta string
}

func build(p palette) *Theme {
	return &Theme{
		Text:   lipgloss.NewStyle(),
		Muted:  ink(p.muted),
		Faint:  ink(p.faint),
		Accent: ink(p.blue),
		Good:   ink(p.green),
		Warn:   ink(p.yellow),
		Bad:    ink(p.red).Bold(true),

		Title:       lipgloss.NewStyle().Bold(true),
		Prompt:      ink(p.blue).Bold(true),
		Thought:     ink(p.muted).Italic(true),
		Border:      ink(p.border),
		BorderFocus: ink(p.blue).Bold(true),
		KeyHint:     lipgloss.NewStyle().Bold(true),
		Selection:   ink(p.blue).Reverse(true),
		Match:       ink(p.yellow).Underline(true),
		MatchHere:   ink(p.yellow).Bold(true).Reverse(true),

		Heading: ink(p.blue).Bold(true),
		Quote:   ink(p.muted).Italic(true),
		Link:    ink(p.blue).Underline(true),
		URL:     ink(p.faint),
		Code:    ink(p.cyan),
		Marker:  ink(p.faint),

		Keyword: ink(p.purple),
		String:  ink(p.green),
		Comment: ink(p.faint).Italic(true),
		Number:  ink(p.orange),
		Func:    ink(p.blue),
		Type:    ink(p.yellow),
		Added:   ink(p.green),
		Removed: ink(p.red),

		OnlyLeft:  ink(p.red).Bold(true),
		OnlyRight: ink(p.green).Underline(true),
		Moved:     ink(p.muted).Italic(true),

		columns: [8]lipgloss.Style{
			ink(p.blue), ink(p.orange), ink(p.green), ink(p.magenta),
			ink(p.cyan), ink(p.yellow), ink(p.purple), ink(p.red),
		},
	}
}
