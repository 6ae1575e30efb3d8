package report

import (
	"bytes"
	"html"
	"html/template"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"juxta/sessions/plain"
)

// What is rendered has bounds, because reading what lies within something takes
// more than linear time. Nobody means more; text beyond them shows as it is.
const (
	deepest  = 24   // quotations and lists within one another
	thickest = 4000 // signs of emphasis and links in one paragraph
)

// body is what a model said as HTML that does nothing: raw HTML shows as the
// text that it is, no picture is loaded, and only addresses of pages are links.
func body(markdown string) template.HTML {
	clean := plain.Text(markdown)
	var b bytes.Buffer
	if tooMuch(clean) || converter().Convert([]byte(clean), &b) != nil {
		return template.HTML("<pre class=\"raw\">" + html.EscapeString(clean) + "</pre>") //nolint:gosec // escaped
	}
	return template.HTML(b.String()) //nolint:gosec // by renderers that escape
}

// tooMuch reports whether a text passes the bounds.
func tooMuch(s string) bool {
	signs := 0
	for l := range strings.Lines(s) {
		rest := strings.TrimLeft(l, ">-*+ \t")
		begin := l[:len(l)-len(rest)]
		deep := strings.Count(begin, ">") + strings.Count(begin, "-") + strings.Count(begin, "*") + strings.Count(begin, "+")
		if deep > deepest && strings.TrimSpace(rest) != "" {
			return true
		}
		if strings.TrimSpace(l) == "" {
			signs = 0
		}
		for i := range len(l) {
			switch l[i] {
			case '*', '_', '[', ']', '~', '`':
				signs++
			}
		}
		if signs > thickest {
			return true
		}
	}
	return false
}

var converter = sync.OnceValue(func() goldmark.Markdown {
	m := goldmark.New(gfm())
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(inert{}, 1)))
	return m
})

// inert renders what would act in a browser, or tear the page's outline.
type inert struct{}

// RegisterFuncs has goldmark call these functions instead of its own.
func (inert) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHTMLBlock, htmlBlock)
	r.Register(ast.KindRawHTML, rawHTML)
	r.Register(ast.KindLink, link)
	r.Register(ast.KindAutoLink, autoLink)
	r.Register(ast.KindImage, picture)
	r.Register(ast.KindHeading, heading)
	r.Register(east.KindTaskCheckBox, checkBox)
	r.Register(east.KindTable, table)
}

func htmlBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.HTMLBlock)
	_, _ = w.WriteString("<pre class=\"raw\">")
	for i := range block.Lines().Len() {
		at := block.Lines().At(i)
		_, _ = w.WriteString(html.EscapeString(string(at.Value(source))))
	}
	if block.HasClosure() {
		_, _ = w.WriteString(html.EscapeString(string(block.ClosureLine.Value(source))))
	}
	_, _ = w.WriteString("</pre>\n")
	return ast.WalkContinue, nil
}

func rawHTML(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	_, _ = w.WriteString("<code>")
	raw := n.(*ast.RawHTML)
	for i := range raw.Segments.Len() {
		at := raw.Segments.At(i)
		_, _ = w.WriteString(html.EscapeString(string(at.Value(source))))
	}
	_, _ = w.WriteString("</code>")
	return ast.WalkSkipChildren, nil
}

func link(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	to := string(n.(*ast.Link).Destination)
	switch {
	case entering:
		open(w, to)
	default:
		shut(w, to)
	}
	return ast.WalkContinue, nil
}

func autoLink(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	l := n.(*ast.AutoLink)
	to := string(l.URL(source))
	if l.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(to), "mailto:") {
		to = "mailto:" + to
	}
	label := html.EscapeString(string(l.Label(source)))
	if !mayLink(to) {
		_, _ = w.WriteString(label)
		return ast.WalkContinue, nil
	}
	open(w, to)
	_, _ = w.WriteString(label + "</a>")
	return ast.WalkContinue, nil
}

// open begins a link; of an address that is none, what stood there is all.
func open(w util.BufWriter, to string) {
	if mayLink(to) {
		_, _ = w.WriteString(`<a rel="noreferrer noopener nofollow" href="` + html.EscapeString(string(util.URLEscape([]byte(to), true))) + `">`)
	}
}

func shut(w util.BufWriter, to string) {
	if mayLink(to) {
		_, _ = w.WriteString("</a>")
		return
	}
	_, _ = w.WriteString(" <code>" + html.EscapeString(short(to)) + "</code>")
}

// picture says that there was one, and where, and loads nothing.
func picture(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<span class="unshown">[picture: `)
	} else {
		_, _ = w.WriteString(" <code>" + html.EscapeString(short(string(n.(*ast.Image).Destination))) + "</code>]</span>")
	}
	return ast.WalkContinue, nil
}

// short is an address, or its beginning.
func short(address string) string {
	const most = 120
	if r := []rune(address); len(r) > most {
		return string(r[:most]) + "…"
	}
	return address
}

// heading is one below those of the page.
func heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	level := string(rune('0' + min(n.(*ast.Heading).Level+3, 6)))
	if entering {
		_, _ = w.WriteString("<h" + level + ">")
	} else {
		_, _ = w.WriteString("</h" + level + ">\n")
	}
	return ast.WalkContinue, nil
}

func checkBox(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		sign := "☐ "
		if n.(*east.TaskCheckBox).IsChecked {
			sign = "☑ "
		}
		_, _ = w.WriteString(sign)
	}
	return ast.WalkContinue, nil
}

// table scrolls by itself where it is wider than the screen.
func table(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<div class=\"wide\"><table>\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}
