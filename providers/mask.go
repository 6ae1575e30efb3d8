package providers

import (
	"strings"
	"unicode/utf8"
)

// What of a key a masked form of it shows: at least so many bytes of its
// beginning, and so many of its end, which is a little more than services show.
const (
	shownHead  = 3
	shownTail  = 2
	aloneTail  = 3 // without the beginning
	mostShown  = 16
	aloneMask  = 3  // mask characters in front of an end without the beginning
	widestHead = 64 // how far before the mask the beginning is looked for
)

// masking reports whether a byte of a folded view may stand for a hidden one.
// Beyond ASCII any does: "…" and "•" are the usual ones, and 0 is one of them
// unescaped.
func masking(c byte) bool {
	return c == '*' || c == '.' || c == 'x' || c == '-' || c == 0 || c >= utf8.RuneSelf
}

// maskOnly reports whether a byte that masks is part of no name.
func maskOnly(c byte) bool { return masking(c) && c != '.' && c != 'x' && c != '-' }

// masked calls hide with every place of a folded text in which the key stands
// with its middle masked, as in "sk-abcde*******wxyz", or its end behind a mask.
func masked(text, key string, hide func(from, to int)) {
	for from := 0; from < len(text); {
		if !masking(text[from]) {
			from++
			continue
		}
		to := from
		for to < len(text) && masking(text[to]) {
			to++
		}
		if start, end, ok := maskedAt(text, key, from, to); ok {
			hide(start, end)
		}
		from = to
	}
}

// maskedAt is the masked form around the mask text[from:to]. The key's own
// beginning and end may hold bytes that mask, too: where the mask ends and the
// key goes on is tried.
func maskedAt(text, key string, from, to int) (start, end int, ok bool) {
	head := max(0, from-widestHead) // of the word that is masked
	for i := from; i > head; i-- {
		if strings.IndexByte(" \t\r\n\"'`", text[i-1]) >= 0 {
			head = i
		}
	}
	for at := to; at > from && to-at < mostShown; at-- {
		n := tailAt(text[at:], key, to-at+1)
		if n == 0 {
			continue
		}
		if i := strings.Index(text[head:at], key[:shownHead]); i >= 0 {
			gap := text[max(from, head+i+shownHead):at]
			if len(gap) > 1 || gap != "" && maskOnly(gap[0]) {
				return head + i, at + n, true
			}
		}
		inWord := at+n < len(text) && wordly(text[at+n])
		if at-from >= aloneMask && (n > aloneTail || n == aloneTail && !inWord) {
			return from, at + n, true
		}
	}
	return 0, 0, false
}

// tailAt is how long an end of the key the text begins with, at least least and
// shownTail bytes; 0 for none.
func tailAt(text, key string, least int) int {
	for n := min(mostShown, len(text), len(key)-1); n >= max(least, shownTail); n-- {
		if text[:n] == key[len(key)-n:] {
			return n
		}
	}
	return 0
}

// wordly reports whether a byte of a folded text belongs to a word.
func wordly(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf }
