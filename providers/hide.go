package providers

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The shortest pieces of a key that are hidden: of the key itself in bytes,
// and of its encodings in as many digits as hold about that much of it.
const (
	pieceOfKey    = 8
	pieceOfBase64 = 10
	pieceOfHex    = 2 * pieceOfKey
)

// Hide is text without the key: whole, or in pieces of at least 8 bytes, in any
// case, as it is or as URLs, JSON, HTML, base64 and hexadecimal write it, also
// within one another, and with its middle masked, of which services show the
// end. A shorter key is hidden only where it stands alone, as it may be part of
// any word.
func (s Secret) Hide(text string) string {
	if s.value == nil || text == "" {
		return text
	}
	pieces := piecesOf(*s.value)
	marked := make([]bool, len(text))
	v := viewOf(text)
	for range 4 { // as deep as one encoding is looked for within another
		v.mark(pieces, marked)
		next, changed := v.decoded()
		if !changed {
			break
		}
		v = next
	}
	return replaced(text, marked)
}

// replaced is text with a word in the place of each run of marked bytes.
func replaced(text string, marked []bool) string {
	var b strings.Builder
	from := 0 // of what is not written yet
	for i := 0; i < len(text); {
		if !marked[i] {
			i++
			continue
		}
		b.WriteString(text[from:i])
		b.WriteString(hidden)
		for i < len(text) && marked[i] {
			i++
		}
		from = i
	}
	if from == 0 {
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

// pieces are what is looked for, by length. whole is a key that is too short to
// be looked for in pieces, long one that is not.
type pieces struct {
	whole, long string
	sets        map[int]map[string]struct{}
}

func piecesOf(key string) pieces {
	if len(key) < pieceOfKey {
		return pieces{whole: folded(key)}
	}
	p := pieces{long: folded(key), sets: map[int]map[string]struct{}{}}
	p.cut(key, pieceOfKey)
	p.cut(hex.EncodeToString([]byte(key)), pieceOfHex)
	for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		// What precedes a key shifts its digits, in one of three ways; those
		// that also depend on a neighbour are left out.
		for shift := range 3 {
			digits := coding.EncodeToString(append(make([]byte, shift), key...))
			whole := (shift + len(key)) * 8 / 6
			p.cut(digits[(shift*8+5)/6:min(whole, len(digits))], pieceOfBase64)
		}
	}
	return p
}

func (p *pieces) cut(s string, n int) {
	set := p.sets[n]
	if set == nil {
		set = map[string]struct{}{}
		p.sets[n] = set
	}
	s = folded(s)
	for i := 0; i+n <= len(s); i++ {
		set[s[i:i+n]] = struct{}{}
	}
}

// folded makes upper and lower case one, byte by byte, and also a space and the
// plus that stands for it in a URL.
func folded(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = fold(c)
	}
	return string(b)
}

func fold(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == '+':
		return ' '
	}
	return c
}

// A view is a text as some decoding reads it: at[i] is where byte i begins in
// the original, and at[len(text)] where that ends.
type view struct {
	text string
	at   []int
}

func viewOf(text string) view {
	at := make([]int, len(text)+1)
	for i := range at {
		at[i] = i
	}
	return view{text, at}
}

// mark marks in the original what is a piece in the view.
func (v view) mark(p pieces, marked []bool) {
	text := folded(v.text)
	hide := func(from, to int) {
		for i := v.at[from]; i < v.at[to]; i++ {
			marked[i] = true
		}
	}
	for n, set := range p.sets {
		for i := 0; i+n <= len(text); i++ {
			if _, ok := set[text[i:i+n]]; ok {
				hide(i, i+n)
			}
		}
	}
	if p.long != "" {
		masked(text, p.long, hide)
	}
	for from := 0; p.whole != ""; {
		i := strings.Index(text[from:], p.whole)
		if i < 0 {
			break
		}
		i, from = i+from, from+i+len(p.whole)
		if alone(text, i, from) {
			hide(i, from)
		}
	}
}

// alone reports whether no letter or digit stands before or after a piece.
func alone(text string, from, to int) bool {
	return (from == 0 || !wordly(text[from-1])) && (to == len(text) || !wordly(text[to]))
}

// decoded is the view with one layer of escapes undone, whichever they are, and
// whether there were any.
func (v view) decoded() (view, bool) {
	if !strings.ContainsAny(v.text, `%\&`) {
		return v, false
	}
	out := view{at: make([]int, 0, len(v.at))}
	b := make([]byte, 0, len(v.text))
	changed := false
	for i := 0; i < len(v.text); {
		c, n := unescaped(v.text[i:])
		changed = changed || n > 1
		b, out.at = append(b, c), append(out.at, v.at[i])
		i += n
	}
	out.text, out.at = string(b), append(out.at, v.at[len(v.text)])
	return out, changed
}

// unescaped is the first character of s, which is not empty, and how many bytes
// it takes. Beyond ASCII, which no key is, any byte stands for it.
func unescaped(s string) (c byte, n int) {
	digits := func(from, to int) (byte, int) {
		if to > len(s) {
			return s[0], 1
		}
		x, err := strconv.ParseUint(s[from:to], 16, 32)
		switch {
		case err != nil:
			return s[0], 1
		case x >= utf8.RuneSelf:
			return 0, to
		}
		return byte(x), to
	}
	switch {
	case s[0] == '%':
		return digits(1, 3)
	case s[0] == '&':
		const longest = 10 // &#x00002B;
		end := strings.IndexByte(s[:min(len(s), longest)], ';')
		if end < 0 {
			break
		}
		switch plain := html.UnescapeString(s[:end+1]); {
		case len(plain) == 1:
			return plain[0], end + 1
		case plain[0] >= utf8.RuneSelf:
			return 0, end + 1
		}
	case s[0] != '\\' || len(s) == 1:
	case s[1] == 'u':
		return digits(2, 6)
	case s[1] == 'x':
		return digits(2, 4)
	case strings.IndexByte(`/\"'`, s[1]) >= 0:
		return s[1], 2
	}
	return s[0], 1
}
