package markdown

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An inliner turns the inside of a paragraph, a heading or a cell into a flow:
// CommonMark's delimiter algorithm over one list of tokens, with what people
// and models write differently from CommonMark forgiven (see flanks).
type inliner struct {
	src      string
	more     bool // src is still being written: see awaited
	toks     []token
	delims   []int // tokens that may still open or close
	brackets []int // tokens that may still open a link
}

// A token is a piece of src, or a literal that replaces one.
type token struct {
	kind kind
	text string

	// A run of delimiters: how long it was, what is left of it, and which
	// emphases end and begin there.
	run         int
	left        int // of a bracket: how many delimiters came before it
	open, close bool
	off, on     [3]int8 // em, strong, strike
}

type kind uint8

const (
	plainText kind = iota
	codeSpan
	url
	delimiter
	bracket // "[" or "![", which may become linkStart
	linkStart
	linkEnd // text is the address
)

var special = [256]bool{
	'\\': true, '`': true, '*': true, '_': true, '~': true, '[': true, ']': true,
	'!': true, '<': true, '&': true, 'h': true, '$': true,
}

// flatten appends src to f, on the ground of base.
func (x *inliner) flatten(src string, base look, f *flow) {
	x.src, x.toks, x.delims, x.brackets = src, x.toks[:0], x.delims[:0], x.brackets[:0]
	from := 0
	for i := 0; i < len(src); {
		if !special[src[i]] {
			i++
			continue
		}
		keep := len(x.toks)
		x.push(token{text: src[from:i]})
		n := x.special(i)
		if n == 0 {
			x.toks = x.toks[:keep]
			i++
			continue
		}
		i += n
		from = i
	}
	x.push(token{text: src[from:]})
	x.resolve(0)
	if x.more {
		x.awaited()
	}
	x.write(base, f)
}

// awaited takes the last ** that nothing closes yet for one that will be closed,
// and does not show one that the text ends with: else marks would come and go with
// every bold word of an answer that streams, and words with them.
func (x *inliner) awaited() {
	end := true
	for i := range slices.Backward(x.toks) {
		t := &x.toks[i]
		if t.text == "" {
			continue
		}
		if t.kind == delimiter && t.text[0] == '*' && t.left > 0 {
			switch {
			case end:
				t.left = 0
			case t.open && !t.close && t.left == 2:
				pair(t, &token{text: t.text, left: 2})
				return
			}
		}
		end = false
	}
}

func (x *inliner) push(t token) { x.toks = append(x.toks, t) }

// special takes what begins at i and returns its length; 0 is plain text.
func (x *inliner) special(i int) int {
	rest := x.src[i:]
	switch rest[0] {
	case '\\':
		return x.escape(rest)
	case '`':
		return x.code(rest)
	case '*', '_', '~':
		return x.delimiters(i)
	case '[':
		return x.openBracket(rest[:1])
	case '!':
		if strings.HasPrefix(rest, "![") {
			return x.openBracket(rest[:2])
		}
	case ']':
		return x.closeBracket(rest)
	case '<':
		return x.angle(rest)
	case '&':
		return x.entity(rest)
	case '$':
		return x.verbatim(dollars(rest), rest)
	case 'h':
		if i == 0 || !alnum(x.src[i-1]) {
			return x.bareURL(rest)
		}
	}
	return 0
}

func (x *inliner) verbatim(n int, rest string) int {
	if n > 0 {
		x.push(token{text: rest[:n]})
	}
	return n
}

// escape takes a backslash. LaTeX in \( \) and \[ \] is left as it was written.
func (x *inliner) escape(rest string) int {
	if len(rest) < 2 || !asciiPunct(rest[1]) {
		return 0
	}
	switch c := rest[1]; c {
	case '(', '[':
		closer := `\)`
		if c == '[' {
			closer = `\]`
		}
		if n := strings.Index(rest[2:], closer); n >= 0 {
			return x.verbatim(n+4, rest)
		}
		return x.verbatim(2, rest)
	case ')', ']':
		return x.verbatim(2, rest)
	}
	x.push(token{text: rest[1:2]})
	return 2
}

// dollars is the length of a formula in dollar signs, 0 if it is money.
func dollars(rest string) int {
	if strings.HasPrefix(rest, "$$") {
		if n := strings.Index(rest[2:], "$$"); n > 0 {
			return n + 4
		}
		return 0
	}
	n := strings.IndexByte(rest[1:], '$')
	if n <= 0 || n > 300 {
		return 0
	}
	in, after := rest[1:1+n], rest[n+2:]
	if in[0] == ' ' || in[n-1] == ' ' || !strings.ContainsAny(in, `\^_{=`) || after != "" && after[0] >= '0' && after[0] <= '9' {
		return 0
	}
	return n + 2
}

func (x *inliner) code(rest string) int {
	n := runLength(rest, '`')
	for i := n; i < len(rest); {
		j := strings.IndexByte(rest[i:], '`')
		if j < 0 {
			break
		}
		i += j
		m := runLength(rest[i:], '`')
		if m == n {
			in := rest[n:i]
			if len(in) > 2 && in[0] == ' ' && in[len(in)-1] == ' ' && strings.Trim(in, " ") != "" {
				in = in[1 : len(in)-1]
			}
			x.push(token{kind: codeSpan, text: strings.ReplaceAll(in, "\n", " ")})
			return i + n
		}
		i += m
	}
	if x.more && n == 1 && strings.IndexByte(rest, '\n') < 0 { // as with **, see awaited
		x.push(token{kind: codeSpan, text: rest[1:]})
		return len(rest)
	}
	x.push(token{text: rest[:n]})
	return n
}

func (x *inliner) delimiters(i int) int {
	c := x.src[i]
	n := runLength(x.src[i:], c)
	before, _ := utf8.DecodeLastRuneInString(x.src[:i])
	after, _ := utf8.DecodeRuneInString(x.src[i+n:])
	if i == 0 {
		before = ' '
	}
	if i+n == len(x.src) {
		after = ' '
	}
	left, right := flanks(before, after), flanks(after, before)
	t := token{kind: delimiter, text: x.src[i : i+n], run: n, left: n, open: left, close: right}
	switch c {
	case '_':
		t.open = left && (!right || punct(before))
		t.close = right && (!left || punct(after))
	case '*':
		if n == 1 && before < utf8.RuneSelf && after < utf8.RuneSelf && alnum(byte(before)) && alnum(byte(after)) {
			return x.verbatim(n, x.src[i:]) // 2*3*4
		}
	case '~':
		if n != 2 {
			return x.verbatim(n, x.src[i:])
		}
	}
	if t.open || t.close {
		x.delims = append(x.delims, len(x.toks))
	}
	x.push(t)
	return n
}

// flanks reports whether a run of delimiters between outer and inner leans on
// inner. CommonMark's rule hides emphasis next to CJK text, which has no spaces
// and whose punctuation stands inside the emphasis, so wide text counts as a gap.
func flanks(outer, inner rune) bool {
	return !unicode.IsSpace(inner) && (!punct(inner) || unicode.IsSpace(outer) || punct(outer) || outer >= 0x2e80)
}

func punct(r rune) bool {
	return r < utf8.RuneSelf && asciiPunct(byte(r)) || r >= 0xa1 && r < 0x2e80 && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}

// resolve pairs the delimiters from the one at bottom on and forgets them.
func (x *inliner) resolve(bottom int) {
	var floor [3][2][3]int // by character, whether the closer opens too, and length modulo 3
	for c := bottom; c < len(x.delims); c++ {
		closer := &x.toks[x.delims[c]]
		for closer.close && closer.left > 0 {
			lowest := &floor[which(closer.text[0])][b2i(closer.open)][closer.run%3]
			o := x.opener(c, max(bottom, *lowest), closer)
			if o < 0 {
				*lowest = c
				break
			}
			pair(&x.toks[x.delims[o]], closer)
			for k := o + 1; k < c; k++ { // what lies between can't cross
				t := &x.toks[x.delims[k]]
				t.open, t.close = false, false
			}
		}
	}
	x.delims = x.delims[:bottom]
}

func (x *inliner) opener(c, low int, closer *token) int {
	for o := c - 1; o >= low; o-- {
		t := &x.toks[x.delims[o]]
		if !t.open || t.left == 0 || t.text[0] != closer.text[0] {
			continue
		}
		odd := (t.close || closer.open) && (t.run+closer.run)%3 == 0 && (t.run%3 != 0 || closer.run%3 != 0)
		if !odd || closer.text[0] == '~' {
			return o
		}
	}
	return -1
}

// pair makes emphasis of one or two delimiters of each.
func pair(open, closer *token) {
	n, what := 1, 0
	if open.left >= 2 && closer.left >= 2 {
		n, what = 2, 1
	}
	if closer.text[0] == '~' {
		what = 2
	}
	open.left -= n
	closer.left -= n
	open.on[what]++
	closer.off[what]++
}

// write appends the tokens' text with their looks.
func (x *inliner) write(base look, f *flow) {
	var depth [3]int8
	links := 0
	start := 0 // of the link's text in f
	for i := range x.toks {
		t := &x.toks[i]
		lk := ground(base, depth, links)
		switch t.kind {
		case codeSpan:
			if lk&classes == heading {
				lk |= strong
			}
			f.add(t.text, lk&^classes|code)
		case url:
			f.add(t.text, lk&^classes|link)
		case linkStart:
			links++
			start = len(f.buf)
			if t.text[0] == '!' {
				f.add("▣ ", ground(base, depth, links))
			}
		case linkEnd:
			links--
			if t.text != "" && string(f.buf[start:]) != t.text {
				f.add(" ("+t.text+")", lk&^classes|address)
			}
		case delimiter:
			for k := range depth {
				depth[k] -= t.off[k]
			}
			f.add(t.text[:t.left], ground(base, depth, links))
			for k := range depth {
				depth[k] += t.on[k]
			}
		default:
			f.add(t.text, lk)
		}
	}
}

// ground is base within depth emphases and links.
func ground(base look, depth [3]int8, links int) look {
	if links > 0 {
		base = base&^classes | link
	}
	for k, attr := range [...]look{em, strong, strike} {
		if depth[k] > 0 {
			base |= attr
		}
	}
	return base
}

func runLength(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

func which(c byte) int { return strings.IndexByte("*_~", c) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func asciiPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}
