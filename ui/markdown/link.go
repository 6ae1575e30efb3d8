package markdown

import (
	"html"
	"strings"
	"unicode"
)

func (x *inliner) openBracket(text string) int {
	x.brackets = append(x.brackets, len(x.toks))
	x.push(token{kind: bracket, text: text, left: len(x.delims)})
	return len(text)
}

// closeBracket makes a link of the text since the last open bracket, if an
// address follows. References stay as they were written.
func (x *inliner) closeBracket(rest string) int {
	n := len(x.brackets)
	if n == 0 {
		return 0
	}
	at := x.brackets[n-1]
	x.brackets = x.brackets[:n-1]
	to, size := destination(rest[1:])
	if size == 0 {
		return 0
	}
	opener := &x.toks[at]
	x.resolve(min(opener.left, len(x.delims)))
	opener.kind = linkStart
	if opener.text == "[" { // no link within a link
		keep := x.brackets[:0]
		for _, b := range x.brackets {
			if x.toks[b].text == "![" {
				keep = append(keep, b)
			}
		}
		x.brackets = keep
	}
	x.push(token{kind: linkEnd, text: to})
	return 1 + size
}

// destination reads "(address "title")" and returns the address, and the length
// of it all; 0 if it is none.
func destination(s string) (to string, size int) {
	if s == "" || s[0] != '(' {
		return "", 0
	}
	i := 1 + runLength(s[1:], ' ')
	if i < len(s) && s[i] == '<' {
		n := strings.IndexAny(s[i:], ">\n")
		if n < 0 || s[i+n] != '>' {
			return "", 0
		}
		to, i = s[i+1:i+n], i+n+1
	} else {
		n := addressLength(s[i:])
		to, i = s[i:i+n], i+n
	}
	i += runLength(s[i:], ' ')
	if i < len(s) && strings.IndexByte(`"'`, s[i]) >= 0 {
		n := strings.IndexByte(s[i+1:], s[i])
		if n < 0 {
			return "", 0
		}
		i += n + 2
		i += runLength(s[i:], ' ')
	}
	if i >= len(s) || s[i] != ')' {
		return "", 0
	}
	return to, i + 1
}

// addressLength is the length of an address without spaces whose parentheses match.
func addressLength(s string) int {
	depth := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ':
			return i
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(s)
}

// angle takes <https://…> and the line break <br>; other HTML is text.
func (x *inliner) angle(rest string) int {
	n := strings.IndexByte(rest, '>')
	if n < 0 {
		return 0
	}
	in := rest[1:n]
	switch strings.ToLower(strings.TrimRight(in, " /")) {
	case "br":
		x.push(token{text: "\n"})
		return n + 1
	}
	scheme, _, ok := strings.Cut(in, ":")
	if !ok || strings.ContainsAny(in, " \n<\"") || !letters(scheme) {
		return 0
	}
	x.push(token{kind: url, text: in})
	return n + 1
}

func letters(s string) bool {
	for i := range len(s) {
		if !alnum(s[i]) {
			return false
		}
	}
	return len(s) >= 2
}

// bareURL takes an address that stands in the text, without the punctuation
// that follows it.
func (x *inliner) bareURL(rest string) int {
	if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") {
		return 0
	}
	n := strings.IndexFunc(rest, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune("<>\"`*|]", r) || r >= 0x3000 && r < 0x3020 || r >= 0xff00 && r < 0xff20
	})
	if n < 0 {
		n = len(rest)
	}
	for n > 0 && strings.IndexByte(".,:;!?'_~", rest[n-1]) >= 0 {
		n--
	}
	n = min(n, addressLength(rest))
	if strings.HasSuffix(rest[:n], "//") {
		return 0
	}
	x.push(token{kind: url, text: rest[:n]})
	return n
}

// entity decodes one reference to a character, unless that character would not
// print: "&#27;" must not become an escape, nor "&rlm;" turn the line around.
func (x *inliner) entity(rest string) int {
	n := strings.IndexByte(rest, ';')
	if n < 2 || n > 32 {
		return 0
	}
	got := html.UnescapeString(rest[:n+1])
	if got == rest[:n+1] || strings.HasSuffix(got, ";") && got != ";" {
		return 0
	}
	for _, r := range got {
		if r == '\u00a0' {
			continue
		}
		if !unicode.IsPrint(r) || unicode.IsMark(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			return 0
		}
	}
	x.push(token{text: got})
	return n + 1
}
