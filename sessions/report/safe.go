package report

import (
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"juxta/sessions/plain"
)

// schemes are what a link may begin with to stay one.
var schemes = []string{"http://", "https://", "mailto:"}

// mayLink reports whether an address is one that a reader may follow. Nothing
// else of an answer is a link: no javascript:, no data:, no file of theirs.
func mayLink(address string) bool {
	return slices.ContainsFunc(schemes, func(s string) bool {
		return len(address) >= len(s) && strings.EqualFold(address[:len(s)], s)
	})
}

// codeFinder reads Markdown in which raw HTML is text, as it is in what safe
// writes.
var codeFinder = sync.OnceValue(func() parser.Parser {
	drop := func(all []util.PrioritizedValue, not ...int) []util.PrioritizedValue {
		return slices.DeleteFunc(all, func(v util.PrioritizedValue) bool { return slices.Contains(not, v.Priority) })
	}
	isHTML := func(all []util.PrioritizedValue) (found []int) {
		for _, v := range all {
			if v.Value == parser.NewHTMLBlockParser() || v.Value == parser.NewRawHTMLParser() || v.Value == parser.NewAutoLinkParser() {
				found = append(found, v.Priority)
			}
		}
		return found
	}
	blocks, inlines := parser.DefaultBlockParsers(), parser.DefaultInlineParsers()
	return parser.NewParser(
		parser.WithBlockParsers(drop(blocks, isHTML(blocks)...)...),
		parser.WithInlineParsers(drop(inlines, isHTML(inlines)...)...),
		parser.WithParagraphTransformers(), // definitions of links are text, too
	)
})

// safe is Markdown of a model's as Markdown that no reader takes for more than
// text, code and links to pages: raw HTML shows as what it is, pictures and
// addresses of other kinds too. It stands in a quotation, so that nothing that
// it leaves open goes on behind it.
func safe(markdown string) string {
	source := expand(plain.Text(markdown))
	if tooMuch(source) {
		fence := strings.Repeat("`", longest(source)+3)
		return quote(fence + "\n" + strings.Trim(source, "\n") + "\n" + fence)
	}
	code := codeIn([]byte(source))
	var b []byte
	at, escaped := 0, false // the byte before is a backslash that is not itself escaped
	for i := 0; i < len(source); i++ {
		for at < len(code) && code[at].Stop <= i {
			at++
		}
		if at < len(code) && code[at].Start <= i {
			b = append(b, source[i:code[at].Stop]...)
			i, escaped = code[at].Stop-1, false
			continue
		}
		rest := source[i:]
		switch {
		case rest[0] == '<' && escaped: // not every reader knows that \< is one
			b = append(b[:len(b)-1], "&lt;"...)
		case rest[0] == '<':
			b = append(b, "&lt;"...)
		case strings.HasPrefix(rest, "!["):
			b = append(b, `!\[`...)
			i++
		case strings.HasPrefix(rest, "](") && !mayLink(strings.TrimLeft(rest[2:], " \n")):
			b = append(b, `]\(`...)
			i++
		case strings.HasPrefix(rest, "]:"):
			b = append(b, `]\:`...)
			i++
		default:
			b = append(b, rest[0])
		}
		escaped = rest[0] == '\\' && !escaped
	}
	return quote(string(b))
}

// longest is the length of the longest run of ` in a text.
func longest(s string) (most int) {
	n := 0
	for i := range len(s) {
		if n++; s[i] != '`' {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// quote puts a text into a quotation.
func quote(s string) string {
	var b strings.Builder
	for l := range strings.Lines(strings.Trim(s, "\n")) {
		if l = strings.TrimRight(l, "\n"); l != "" {
			l = " " + l
		}
		b.WriteString(">" + l + "\n")
	}
	return b.String()
}

// expand writes the tabs that a line begins with as spaces: they would reach
// less far behind the sign of a quotation.
func expand(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	for l := range strings.Lines(s) {
		rest := strings.TrimLeft(l, " \t")
		column := 0
		for _, c := range l[:len(l)-len(rest)] {
			if c == '\t' {
				column += 4 - column%4
			} else {
				column++
			}
		}
		b.WriteString(strings.Repeat(" ", column) + rest)
	}
	return b.String()
}

// codeIn lists where there is code, in rising order.
func codeIn(source []byte) (all []text.Segment) {
	_ = ast.Walk(codeFinder().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindFencedCodeBlock, ast.KindCodeBlock:
			for i := range n.Lines().Len() {
				all = append(all, n.Lines().At(i))
			}
			return ast.WalkSkipChildren, nil
		case ast.KindCodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					all = append(all, t.Segment)
				}
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	slices.SortFunc(all, func(x, y text.Segment) int { return x.Start - y.Start })
	return all
}

// inline is a line of somebody else's within our Markdown, where it means
// nothing but itself, in a cell of a table too.
func inline(s string) string {
	var b strings.Builder
	for _, c := range plain.Line(s) {
		switch {
		case c == '<':
			b.WriteString("&lt;")
		case c == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_[]>|~#!", c):
			b.WriteRune('\\')
			b.WriteRune(c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// literal is inline of which no reader makes a link.
func literal(s string) string { return unlinked.Replace(inline(s)) }

var unlinked = strings.NewReplacer("://", "\\://", "www.", "www\\.")

// gfm is what answers are written in.
func gfm() goldmark.Option {
	return goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		extension.Strikethrough, extension.TaskList,
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
	)
}
