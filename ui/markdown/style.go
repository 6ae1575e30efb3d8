package markdown

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Styles say what the parts of a text look like. Only what colours and marks
// characters counts: no padding, borders or widths. One value serves every Doc
// of a screen; it remembers what it computed, so it is for one goroutine.
type Styles struct {
	Text    lipgloss.Style // also what a highlighter leaves plain
	Heading lipgloss.Style
	Quote   lipgloss.Style
	Link    lipgloss.Style
	URL     lipgloss.Style // where a link leads; a code block's language
	Code    lipgloss.Style // inline
	Marker  lipgloss.Style // bullets, bars, rules

	Keyword, String, Comment, Number, Func, Type, Added, Removed lipgloss.Style

	Method ansi.Method // how the terminal measures text: by character, or by grapheme cluster

	open  [looks]string // the sequence that begins a look
	known [looks]bool

	languages map[string]*language // by the names that code blocks gave; nil is unknown
}

// A look is a class and the attributes added to it.
type look uint16

// The classes, in the order of Styles.
const (
	text look = iota
	heading
	quoted
	link
	address
	code
	marker
	keyword
	str
	comment
	number
	function
	typename
	added
	removed
)

// The attributes.
const (
	strong look = 16 << iota
	em
	strike
	underlined
	looks
)

const classes = 15

// end closes every look.
const end = "\x1b[m"

// begin is the sequence that switches lk on; "" for plain text.
func (s *Styles) begin(lk look) string {
	if !s.known[lk] {
		s.open[lk], s.known[lk] = s.sequence(lk), true
	}
	return s.open[lk]
}

func (s *Styles) sequence(lk look) string {
	st := [...]lipgloss.Style{
		s.Text, s.Heading, s.Quote, s.Link, s.URL, s.Code, s.Marker,
		s.Keyword, s.String, s.Comment, s.Number, s.Func, s.Type, s.Added, s.Removed,
	}[lk&classes]
	if lk&strong != 0 {
		st = st.Bold(true)
	}
	if lk&em != 0 {
		st = st.Italic(true)
	}
	if lk&strike != 0 {
		st = st.Strikethrough(true)
	}
	if lk&underlined != 0 {
		st = st.Underline(true)
	}
	before, _, _ := strings.Cut(st.Inline(true).Render("x"), "x")
	return before
}

// language finds the language of a code block.
func (s *Styles) language(name string) *language {
	g, ok := s.languages[name]
	if !ok && len(s.languages) < 200 { // names are a model's words, not a table's
		if s.languages == nil {
			s.languages = map[string]*language{}
		}
		g = languageOf(name)
		s.languages[strings.Clone(name)] = g
	}
	return g
}
