// Package theme says how things look by what they mean: one [Theme] value for
// dark terminals and one for light ones, handed to whoever draws.
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
	Badge       lipgloss.Style // a loud label, such as "simulated"

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

// A palette is the colours of one ground.
type palette struct {
	muted, faint                  string
	blue, green, yellow, red      string
	purple, cyan, orange, magenta string
}

// New is the theme for a dark or a light terminal.
func New(dark bool) *Theme {
	if dark {
		return build(palette{
			muted: "#a3abb8", faint: "#8a92a0",
			blue: "#86acff", green: "#82c995", yellow: "#ead583", red: "#ff6b81",
			purple: "#c49cf4", cyan: "#5fc7d2", orange: "#e2964e", magenta: "#faa0cd",
		})
	}
	return build(palette{
		muted: "#555d6b", faint: "#686f7d",
		blue: "#2a5bd0", green: "#1d7a3c", yellow: "#7d6000", red: "#c2253a",
		purple: "#7b3fc4", cyan: "#0b7285", orange: "#b84a00", magenta: "#b02a78",
	})
}

func build(p palette) *Theme {
	fg := func(c string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Color(c)) }
	return &Theme{
		Text:   lipgloss.NewStyle(),
		Muted:  fg(p.muted),
		Faint:  fg(p.faint),
		Accent: fg(p.blue),
		Good:   fg(p.green),
		Warn:   fg(p.yellow),
		Bad:    fg(p.red).Bold(true),

		Title:       lipgloss.NewStyle().Bold(true),
		Prompt:      fg(p.blue).Bold(true),
		Thought:     fg(p.muted).Italic(true),
		Border:      fg("8"), // bright black: five bytes where a true colour has seventeen, and borders are most of what is painted
		BorderFocus: fg(p.blue).Bold(true),
		KeyHint:     lipgloss.NewStyle().Bold(true),
		Selection:   fg(p.blue).Reverse(true),
		Badge:       fg(p.yellow).Bold(true).Reverse(true),

		Heading: fg(p.blue).Bold(true),
		Quote:   fg(p.muted).Italic(true),
		Link:    fg(p.blue).Underline(true),
		URL:     fg(p.faint),
		Code:    fg(p.cyan),
		Marker:  fg(p.faint),

		Keyword: fg(p.purple),
		String:  fg(p.green),
		Comment: fg(p.faint).Italic(true),
		Number:  fg(p.orange),
		Func:    fg(p.blue),
		Type:    fg(p.yellow),
		Added:   fg(p.green),
		Removed: fg(p.red),

		OnlyLeft:  fg(p.red).Bold(true),
		OnlyRight: fg(p.green).Underline(true),
		Moved:     fg(p.muted).Italic(true),

		columns: [8]lipgloss.Style{
			fg(p.blue), fg(p.orange), fg(p.green), fg(p.magenta),
			fg(p.cyan), fg(p.yellow), fg(p.purple), fg(p.red),
		},
	}
}
