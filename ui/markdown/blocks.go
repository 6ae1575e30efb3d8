package markdown

import "strings"

// A Block is code between fences.
type Block struct {
	Language string // the word after the opening fence; "" for none
	Text     string // without the fences and what stands before every line of it
}

// Blocks are the blocks of fenced code in a text, in its order. One that has not
// ended goes on to the end of the text.
func Blocks(text string) []Block {
	var all []Block
	fence, margin, quotes := "", 0, 0
	var code strings.Builder
	done := func() {
		all[len(all)-1].Text = strings.TrimSuffix(code.String(), "\n")
		fence = ""
		code.Reset()
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if fence == "" {
			var info string
			rest, depth := unquote(line, maxDepth)
			body := strings.TrimLeft(rest, " ")
			for size, _ := listMarker(body); size > 0; size, _ = listMarker(body) {
				body = strings.TrimLeft(body[size:], " ")
			}
			if fence, info = fenceOpen(body); fence != "" {
				margin, quotes = len(rest)-len(body), depth
				all = append(all, Block{Language: info})
			}
			continue
		}
		rest, depth := unquote(line, quotes)
		body := strings.TrimLeft(rest, " ")
		if depth < quotes || body != "" && closesFence(body, fence) { // a quote ends with its code
			done()
			continue
		}
		code.WriteString(rest[min(len(rest)-len(body), margin):] + "\n")
	}
	if fence != "" {
		done()
	}
	return all
}

// unquote is a line without the marks of at most so many quotes, and how many
// there were.
func unquote(line string, most int) (rest string, depth int) {
	for depth < most {
		inner, ok := strings.CutPrefix(strings.TrimLeft(line, " "), ">")
		if !ok {
			break
		}
		line = strings.TrimPrefix(inner, " ")
		depth++
	}
	return line, depth
}
