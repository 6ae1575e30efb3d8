package markdown

import (
	"fmt"
	"strings"
	"testing"
)

// tagged is a flow as text, with what is not plain in braces: {s:bold}.
func tagged(f *flow) string {
	var b strings.Builder
	from := 0
	names := [...]string{
		"", "heading", "quote", "link", "url", "code", "marker",
		"keyword", "string", "comment", "number", "func", "type", "added", "removed",
	}
	for _, s := range f.spans {
		name := names[s.look&classes]
		for _, a := range []struct {
			bit  look
			name string
		}{{strong, "s"}, {em, "e"}, {strike, "d"}, {underlined, "u"}} {
			if s.look&a.bit != 0 {
				name += a.name
			}
		}
		if part := f.buf[from:s.end]; name == "" {
			b.Write(part)
		} else {
			fmt.Fprintf(&b, "{%s:%s}", name, part)
		}
		from = s.end
	}
	return b.String()
}

func TestInline(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"*a* **b** ***c*** ~~d~~", "{e:a} {s:b} {se:c} {d:d}"},
		{"_a_ __b__ a_b_c", "{e:a} {s:b} a_b_c"},
		{"**a *b* c**", "{s:a }{se:b}{s: c}"},
		{"*a **b** c*", "{e:a }{se:b}{e: c}"},
		{"*open _and* crossed_ **a **b**", "{e:open _and} crossed_ **a {s:b}"},
		{"2*3*4 and 2 * 3 * 4", "2*3*4 and 2 * 3 * 4"},
		{"** not**, **nor this", "** not**, **nor this"},
		{"これは**重要：**です。**「引用」**は", "これは{s:重要：}です。{s:「引用」}は"},
		{"`a*b*` ``c`d`` `open", "{code:a*b*} {code:c`d} `open"},
		{"[text](https://x.y/z_(a)) [t](<a b> \"title\")", "{link:text}{url: (https://x.y/z_(a))} {link:t}{url: (a b)}"},
		{"[https://x.y](https://x.y)", "{link:https://x.y}"},
		{"[**b**](u) [a][1] [x] [y](open", "{links:b}{url: (u)} [a][1] [x] [y](open"},
		{"![alt](p.png)", "{link:▣ alt}{url: (p.png)}"},
		{"[![i](a)](b)", "{link:▣ i}{url: (a) (b)}"},
		{"see https://x.y/a_b_c. (https://x.y)", "see {link:https://x.y/a_b_c}. ({link:https://x.y})"},
		{"<https://x.y> <b>html</b> a<br>b", "{link:https://x.y} <b>html</b> a\nb"},
		{`\*a\* \# c:\dir`, `*a* # c:\dir`},
		{"&lt;&amp;&copy;&#65; &nosuch; &", "<&©A &nosuch; &"},
		{"&#27;[31m &#x9b; &#8238; &#769; &ZeroWidthSpace; &#0;", "&#27;[31m › &#8238; &#769; &ZeroWidthSpace; &#0;"},
		{`$x_1 + y_1$, $$a*b*c$$, \(x*y*z\) and $5 or $6`, `$x_1 + y_1$, $$a*b*c$$, \(x*y*z\) and $5 or $6`},
	} {
		var f flow
		new(inliner).flatten(c.src, text, &f)
		if got := tagged(&f); got != c.want {
			t.Errorf("%s\n is  %s\nwant %s", c.src, got, c.want)
		}
	}
}

func TestCodeIsColoured(t *testing.T) {
	for _, c := range []struct{ lang, src, want string }{
		{"go", "x := foo(\"a\\\"b\", 'c', 1.5) // end", `x := {func:foo}({string:"a\"b"}, {string:'c'}, {number:1.5}) {comment:// end}`},
		{"Go", "/* a\nb */ return nil", "{comment:/* a}\n{comment:b */} {keyword:return} {keyword:nil}"},
		{"go", "s := `a\nb` + \"open\nx", "s := {string:`a}\n{string:b`} + {string:\"open}\nx"},
		{"python", "def f(x): # no\n  \"\"\"doc\n  more\"\"\"", "{keyword:def} {func:f}(x): {comment:# no}\n  {string:\"\"\"doc}\n{string:  more\"\"\"}"},
		{"rust", "fn f<'a>(x: &'a str) { 'x' }", "{keyword:fn} f<'a>(x: &'a {type:str}) { {string:'x'} }"},
		{"sql", "Select a FROM t -- c", "{keyword:Select} a {keyword:FROM} t {comment:-- c}"},
		{"json", `{"k": "v", "n": -1e3}`, `{{func:"k"}: {string:"v"}, {func:"n"}: -{number:1e3}}`},
		{"yaml", "a-b: yes # c\nurl: x#y", "{func:a-b}: {keyword:yes} {comment:# c}\n{func:url}: x#y"},
		{"sh", "echo $HOME#x # y", "{type:echo} {type:$HOME}#x {comment:# y}"},
		{"html", `<a href="x">t</a><!-- c` + "\n-->", `{keyword:<a} {func:href}={string:"x"}{keyword:>}t{keyword:</a>}{comment:<!-- c}` + "\n{comment:-->}"},
		{"diff", "+a\n-b\n c\n@@ 1 @@", "{added:+a}\n{removed:-b}\n c\n{keyword:@@ 1 @@}"},
		{"", "if x", "if x"},
		{"nosuch", "if x", "if x"},
	} {
		g := languageOf(c.lang)
		var got []string
		st := open
		for _, line := range strings.Split(c.src, "\n") {
			var f flow
			g.paint(line, st, &f)
			st = g.advance(line, st)
			got = append(got, tagged(&f))
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s: %s\n is  %s\nwant %s", c.lang, c.src, s, c.want)
		}
	}
}
