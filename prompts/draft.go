package prompts

import (
	"bytes"
	"strings"
	"unicode"
)

// A Draft is what becomes the file of a prompt, all in UTF-8.
type Draft struct {
	Text        string   // in which {{name}} is a variable; see Escape
	System      string   // likewise; "" for none
	Attachments []string // paths, absolute or from where the file is going to lie, and URLs
}

// Escape is text in which nothing is a variable when a prompt has it.
func Escape(text string) string { return strings.ReplaceAll(text, opens, `\`+opens) }

// Source is the file: [Parse] reads from it what the draft says, but for empty
// lines around the text and spaces at its end.
func (d Draft) Source() []byte {
	var b bytes.Buffer
	if d.System != "" {
		b.WriteString("system: ")
		if asBlock(d.System) {
			b.WriteString("|-\n  " + strings.ReplaceAll(d.System, "\n", "\n  "))
		} else {
			quoteJSON(&b, d.System)
		}
		b.WriteByte('\n')
	}
	if len(d.Attachments) > 0 {
		b.WriteString("attachments:\n")
	}
	for _, a := range d.Attachments {
		b.WriteString("  - ")
		quoteJSON(&b, a)
		b.WriteByte('\n')
	}
	text := strings.TrimRight(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(d.Text), "\n ") + "\n"
	first, _, _ := strings.Cut(text, "\n")
	if b.Len() == 0 && strings.TrimRight(first, " \t") != "---" && !strings.HasPrefix(text, "\ufeff") {
		return []byte(text)
	}
	return []byte("---\n" + b.String() + "---\n" + text)
}

// asBlock reports whether YAML can have a text as it stands, line by line: as
// one that people like to change.
func asBlock(s string) bool {
	for l := range strings.Lines(s) {
		l = strings.TrimSuffix(l, "\n")
		if l == "" || l != strings.TrimSpace(l) || strings.ContainsFunc(l, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) }) {
			return false
		}
	}
	return strings.Contains(s, "\n") && !strings.HasSuffix(s, "\n")
}
