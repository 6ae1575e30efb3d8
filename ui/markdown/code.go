package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A language is what the scanner must know to colour its lines. It does not
// parse: it tells words, strings, comments and numbers apart, which is what the
// eye wants, and it is right again on the next line where it was wrong.
// A nil language has no colours.
type language struct {
	form   form
	words  map[string]look
	line   []string  // what begins a comment to the end of the line
	block  [2]string // what begins and ends any other comment
	quotes []quote   // longer openings first
	fold   bool      // words in any case
	spaced bool      // a comment begins after a space only
	types  bool      // a capital begins a type
	keys   byte      // what follows a key: ':' or '='
	lisp   bool      // dashes within words
}

type form uint8

const (
	generic form = iota
	markup
	patch
	shape // CSS: words before a colon are keys, #ids and .classes types
)

// A quote begins and ends a string.
type quote struct {
	open, close string
	lines       bool // may span lines
	raw         bool // a backslash is a backslash
	char        bool // a single character, or it is no string: 'a in Rust
}

// A scan is what the beginning of a line lies in; its zero value is nothing.
type scan uint8

const (
	open     scan = iota
	inNote        // a block comment
	inTag         // markup
	inString      // and above: in the string of quotes[scan-inString]
)

// advance is the state after the line s.
func (g *language) advance(s string, from scan) scan {
	if g == nil {
		return open
	}
	return g.scan(s, from, nil)
}

// paint adds the line s to f in colours.
func (g *language) paint(s string, from scan, f *flow) {
	if g == nil {
		f.add(s, text)
		return
	}
	g.scan(s, from, f)
}

func (g *language) scan(s string, st scan, f *flow) scan {
	if g.form == patch {
		put(f, s, patchLook(s))
		return open
	}
	for i := 0; i < len(s); {
		n, lk := 0, text
		switch {
		case st == inNote:
			n, st = until(s[i:], g.block[1], inNote)
			lk = comment
		case st >= inString:
			n, st = g.inQuote(s[i:], st)
			lk = str
		default:
			n, lk, st = g.token(s, i, st)
		}
		put(f, s[i:i+n], lk)
		i += n
	}
	if st >= inString && !g.quotes[st-inString].lines {
		return open
	}
	return st
}

// put adds s to f, if anybody looks.
func put(f *flow, s string, lk look) {
	if f != nil {
		f.add(s, lk)
	}
}

// until is the length of s up to the end of closer, and the state there.
func until(s, closer string, in scan) (int, scan) {
	if n := strings.Index(s, closer); n >= 0 {
		return n + len(closer), open
	}
	return len(s), in
}

func (g *language) inQuote(s string, st scan) (int, scan) {
	q := g.quotes[st-inString]
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && !q.raw {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], q.close) {
			return i + len(q.close), g.outside()
		}
	}
	return len(s), st
}

// outside is the state after a string: in markup strings stand in tags.
func (g *language) outside() scan {
	if g.form == markup {
		return inTag
	}
	return open
}

// token takes what begins at i outside strings and comments.
func (g *language) token(s string, i int, st scan) (int, look, scan) {
	rest := s[i:]
	for _, c := range g.line {
		if strings.HasPrefix(rest, c) && (!g.spaced || i == 0 || s[i-1] == ' ') {
			return len(rest), comment, st
		}
	}
	if g.block[0] != "" && strings.HasPrefix(rest, g.block[0]) {
		n, to := until(rest[len(g.block[0]):], g.block[1], inNote)
		return n + len(g.block[0]), comment, to
	}
	if g.form == markup {
		return g.tag(rest, st)
	}
	for k, q := range g.quotes {
		if !strings.HasPrefix(rest, q.open) {
			continue
		}
		if q.char {
			if n := charLength(rest); n > 0 {
				return n, str, st
			}
			return 1, text, st
		}
		n, to := g.inQuote(rest[len(q.open):], inString+scan(k))
		n += len(q.open)
		if g.keys != 0 && to == open && g.key(rest[n:]) {
			return n, function, to
		}
		return n, str, to
	}
	switch c := rest[0]; {
	case c >= '0' && c <= '9':
		return numberLength(rest), number, st
	case c == '@' || c == '#' && (i == 0 || !alnum(s[i-1])) || c == '$':
		if n := wordLength(rest[1:], g.lisp); n > 0 {
			return n + 1, typename, st
		}
	}
	if n := wordLength(rest, g.lisp); n > 0 {
		return n, g.word(rest[:n], rest[n:]), st
	}
	_, n := utf8.DecodeRuneInString(rest)
	return n, text, st
}

// word is the look of a word before rest.
func (g *language) word(w, rest string) look {
	known := w
	if g.fold {
		known = strings.ToLower(w)
	}
	if lk, ok := g.words[known]; ok {
		return lk
	}
	switch r, _ := utf8.DecodeRuneInString(w); {
	case g.keys != 0 && g.key(rest):
		return function
	case strings.HasPrefix(rest, "("):
		return function
	case g.types && unicode.IsUpper(r):
		return typename
	}
	return text
}

// key reports whether what stands before rest is a key.
func (g *language) key(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest != "" && rest[0] == g.keys
}

// tag takes a part of HTML or XML.
func (g *language) tag(rest string, st scan) (int, look, scan) {
	if st != inTag {
		switch n := strings.IndexByte(rest, '<'); {
		case n < 0:
			return len(rest), text, open
		case n > 0:
			return n, text, open
		}
		n := 1
		if len(rest) > 1 && strings.IndexByte("/!?", rest[1]) >= 0 {
			n = 2
		}
		if m := wordLength(rest[n:], true); m > 0 {
			return n + m, keyword, inTag
		}
		return 1, text, open
	}
	for k, q := range g.quotes {
		if strings.HasPrefix(rest, q.open) {
			n, to := g.inQuote(rest[1:], inString+scan(k))
			return n + 1, str, to
		}
	}
	if rest[0] == '>' {
		return 1, keyword, open
	}
	if n := wordLength(rest, true); n > 0 {
		return n, function, inTag
	}
	_, n := utf8.DecodeRuneInString(rest)
	return n, text, inTag
}

func patchLook(s string) look {
	switch {
	case strings.HasPrefix(s, "@@"), strings.HasPrefix(s, "diff "):
		return keyword
	case strings.HasPrefix(s, "+++"), strings.HasPrefix(s, "---"):
		return text | strong
	case strings.HasPrefix(s, "+"):
		return added
	case strings.HasPrefix(s, "-"):
		return removed
	}
	return text
}

// charLength is the length of a character literal such as 'a' or '\n'.
func charLength(s string) int {
	if len(s) > 3 && s[1] == '\\' {
		if n := strings.IndexByte(s[3:min(len(s), 14)], '\''); n >= 0 {
			return n + 4
		}
		return 0
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	if len(s) > n+1 && s[n+1] == '\'' {
		return n + 2
	}
	return 0
}

func numberLength(s string) int {
	n := 0
	for n < len(s) && (alnum(s[n]) || s[n] == '_' || s[n] == '.' && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9') {
		n++
	}
	return n
}

func wordLength(s string, dashes bool) int {
	for i, r := range s {
		switch {
		case r == '_' || unicode.IsLetter(r):
		case i > 0 && (r >= '0' && r <= '9' || dashes && (r == '-' || r == ':' && i+1 < len(s) && alnum(s[i+1]))):
		default:
			return i
		}
	}
	return len(s)
}
