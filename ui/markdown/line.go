package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// atx is the level and the title of a "# heading"; 0 if s is none.
func atx(s string) (level int, title string) {
	level = runLength(s, '#')
	if level == 0 || level > 6 || level < len(s) && s[level] != ' ' {
		return 0, ""
	}
	title = strings.Trim(s[level:], " ")
	if t := strings.TrimRight(title, "#"); t == "" || strings.HasSuffix(t, " ") {
		title = strings.TrimRight(t, " ")
	}
	return level, title
}

// setext is the level of the heading that s underlines; 0 if it does not.
func setext(s string) int {
	s = strings.TrimRight(s, " ")
	switch {
	case s == "":
		return 0
	case runLength(s, '=') == len(s):
		return 1
	case runLength(s, '-') == len(s):
		return 2
	}
	return 0
}

// isRule reports whether s is a thematic break.
func isRule(s string) bool {
	if s == "" || strings.IndexByte("-*_", s[0]) < 0 {
		return false
	}
	n := strings.Count(s, s[:1])
	return n >= 3 && n+strings.Count(s, " ") == len(s)
}

// fenceOpen is the fence that opens code, and the word after it; "" if none.
func fenceOpen(s string) (fence, info string) {
	if s == "" || s[0] != '`' && s[0] != '~' {
		return "", ""
	}
	n := runLength(s, s[0])
	if n < 3 || s[0] == '`' && strings.IndexByte(s[n:], '`') >= 0 {
		return "", ""
	}
	info, _, _ = strings.Cut(strings.Trim(s[n:], " {."), " ")
	return s[:n], strings.TrimRight(info, "}")
}

func closesFence(s, fence string) bool {
	s = strings.TrimRight(s, " ")
	return len(s) >= len(fence) && runLength(s, fence[0]) == len(s)
}

// listMarker is the length of the marker that s begins with, and its number.
func listMarker(s string) (size, number int) {
	switch {
	case s == "":
		return 0, 0
	case strings.IndexByte("-+*", s[0]) >= 0:
		size = 1
	default:
		for size < len(s) && size < 9 && s[size] >= '0' && s[size] <= '9' {
			number = number*10 + int(s[size]-'0')
			size++
		}
		if size == 0 || size == len(s) || s[size] != '.' && s[size] != ')' {
			return 0, 0
		}
		size++
	}
	if size < len(s) && s[size] != ' ' {
		return 0, 0
	}
	return size, number
}

// prose is how long a line must be, in characters, for its end to be taken for
// the habit of breaking lines at some width. A shorter one was ended on purpose,
// as in a poem or an address, and that shows.
const prose = 60

// lineEnd is what stands between a line of a paragraph and the next one.
func lineEnd(raw, s string) string {
	if strings.HasSuffix(raw, "  ") || strings.HasSuffix(s, `\`) || utf8.RuneCountInString(s) < prose {
		return "\n"
	}
	return " "
}

// definition reports whether s says where a reference leads. Such lines are
// shown as they are, each by itself.
func definition(s string) bool {
	if s == "" || s[0] != '[' {
		return false
	}
	n := strings.Index(s, "]:")
	return n > 1 && len(s) > n+2 && s[n+2] == ' '
}

// undecided reports whether the beginning of a line may become a mark of more
// than one kind, so that showing it would flicker.
func undecided(s string) bool {
	return len(s) < 200 && strings.Trim(s, " -=*_+#`~|:>$\\") == "" || len(s) < 4 && strings.Trim(s, "0123456789.) ") == ""
}

// expandIndent replaces tabs: outside code all of them, in code those that
// indent, four columns each wherever they begin. Else code that is indented by
// a tab, in an item that is indented by spaces, would lose most of it.
func expandIndent(s string, inCode bool) string {
	if !inCode {
		return expandTabs(s)
	}
	n := 0
	for n < len(s) && (s[n] == ' ' || s[n] == '\t') {
		n++
	}
	return strings.ReplaceAll(s[:n], "\t", "    ") + s[n:]
}

// expandTabs puts tab stops at every fourth column.
func expandTabs(s string) string {
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	var b strings.Builder
	col := 0
	for _, r := range s {
		if r == '\t' {
			n := 4 - col%4
			b.WriteString("    "[:n])
			col += n
			continue
		}
		b.WriteRune(r)
		col++
	}
	return b.String()
}

// cutPoint is where a text longer than longest is cut: before a space, else
// between characters. It depends on the text's first longest bytes only, or
// the same text would be cut differently when it comes in other chunks.
func cutPoint(s string) int {
	if n := strings.LastIndexByte(s[longest/2:longest], ' '); n >= 0 {
		return longest/2 + n
	}
	for n := longest - utf8.UTFMax; n > longest/2; n-- {
		if !utf8.RuneStart(s[n]) {
			continue
		}
		r, _ := utf8.DecodeRuneInString(s[n:])
		before, _ := utf8.DecodeLastRuneInString(s[:n])
		if r < 0x300 || r >= 0x3400 && r <= 0xfb00 || before != 0x200d && !unicode.In(r, unicode.M, unicode.Cf, unicode.Sk) && r < 0x1f1e6 {
			return n
		}
	}
	n := longest / 2
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}
