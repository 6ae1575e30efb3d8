package report

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// hostile is what models may say.
var hostile = []string{
	`<script>document.title="owned"</script>`,
	`<img src=x onerror="document.title='owned'">`,
	`<svg onload="document.title='owned'"><script>document.title='owned'</script></svg>`,
	`<iframe src="javascript:document.title='owned'"></iframe><object data="https://evil.example/x"></object>`,
	`<style>@import url(https://evil.example/x.css);body{background:url(https://evil.example/y)}</style>`,
	`<div style="background:url(https://evil.example/z)" onclick="document.title='owned'">x</div>`,
	`<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/">`,
	`<link rel="stylesheet" href="https://evil.example/x.css"><link rel="prefetch" href="https://evil.example/y">`,
	`[click](javascript:document.title='owned') [more](JaVaScRiPt:alert(1)) [tab](java	script:alert(1))`,
	`[entity](&#106;avascript:alert(1)) [data](data:text/html;base64,PHNjcmlwdD4=) [vb](vbscript:x) [file](file:///etc/passwd)`,
	`[angle](<javascript:alert(1)>) [slash](//evil.example/x) [quote](https://evil.example/"onmouseover="alert(1))`,
	`![remote](https://evil.example/track.png) ![data](data:image/svg+xml;base64,PHN2Zy8+) ![x][y]`,
	"[y]: https://evil.example/track.png\n[z]: javascript:alert(1)\n\n[z] [a][z] ![y]",
	`<javascript:alert(1)> <https://evil.example/"><script>alert(1)</script>>`,
	"```html\n<script>alert(1)</script>\n", // never closed
	"``` \"><script>alert(1)</script>\nx\n```",
	"<!-- never closed\n\n# a heading\n\n<script>alert(1)</script>",
	"`<script>` and ``<b>`` and \\<script>alert(1)</script> and \\\\<script>x</script>",
	"=HYPERLINK(\"https://evil.example\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "\n=1+1", "  =1+1", "'=1+1", "＝1+1", "a,b\"c;d\r\n=1",
	"\x1b]52;c;aGk=\x07\x1b[2J\u202egnp.exe\u2066\u200b", "\xff\xfe\x00\x01 not UTF-8", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308",
	"# heading\n\n## another\n\n---\n\n| a | b |\n|---|---|\n| `|` | <b> |\n\n1. one\n   - two\n\n> quote\n\n\tcode <b>",
	"- [ ] todo\n- [x] done <script>alert(1)</script>\n\n~~struck~~ **bold** *em* https://example.com www.example.com me@example.com",
	strings.Repeat(">", 5000) + " deep", strings.Repeat("- ", 3000) + "deep", strings.Repeat("[", 20000), strings.Repeat("*a_", 10000), strings.Repeat("![", 8000), strings.Repeat("`", 3001) + " " + strings.Repeat("a`", 9000),
	"", " ", "\n\n\n", "|", "\\", "]:", "](", "![",
}

func hostileReport(t testing.TB) *Report {
	s, turns, _ := evening(t)
	turns, s.Turns = turns[:0], 0
	evil := `</title><script>document.title="owned"</script><img src=x onerror=alert(1)>=1+1`
	s.Title, s.Tags = evil, []string{evil}
	s.Columns[1].Model.Model = evil
	for i, words := range hostile {
		a := says(1, 1, "lab/qwen3-vl:8b", words, 480*time.Millisecond, 2300*time.Millisecond, 57)
		b := says(2, 1, "openai/"+evil, words+"\n\n"+words, 480*time.Millisecond, 2300*time.Millisecond, 57)
		b.Thoughts, b.Refusal, b.System, b.Served, b.Notices = words, words, words, words, []string{words}
		b.Calls = []sessions.Call{{Name: words, Arguments: words}}
		b.Error = &sessions.Failure{Message: words, Hint: words, Kind: "server"}
		turns = append(turns, sessions.Turn{
			ID: i + 1, Parent: i, Text: words, Asked: noon, Columns: []int{1, 2}, Note: words, Answers: []sessions.Answer{a, b},
			Files: []sessions.Attachment{{Name: words + ".png", MIME: "image/svg+xml", SHA256: words, Notes: []string{words}}},
			Votes: []sessions.Vote{{ID: 1, Seats: []int{1, 2}, Takes: []sessions.Pick{{Column: 1, Take: 1}, {Column: 2, Take: 1}}, Best: []int{2}, Voter: words}},
		})
	}
	return New(s, turns, func(string) []byte { return []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`) })
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	ours   = regexp.MustCompile(`^</?(?:a|article|b|blockquote|br|code|data|dd|del|details|div|dl|dt|em|figcaption|figure|footer|h[1-6]|header|hr|html|body|head|img|li|link|main|meta|nav|ol|p|pre|section|small|span|strong|style|summary|table|tbody|td|th|thead|title|tr|ul)(?: [a-z-]+(?:="[^"<>]*")?)*>$`)
	acting = regexp.MustCompile(`(?i) (?:on[a-z]+|style|srcdoc|action|formaction|background|poster|ping|srcset)=`)
	loads  = regexp.MustCompile(`(?i) src="([^"]*)"`)
	links  = regexp.MustCompile(`(?i)<a [^>]*href="([^"]*)"`)
)

// inertHTML fails on anything in a page that could act.
func inertHTML(t testing.TB, page string) {
	t.Helper()
	if !utf8.ValidString(page) {
		t.Error("the page is not UTF-8")
	}
	page = strings.Replace(page, "<!DOCTYPE html>", "", 1)
	for _, tag := range tags.FindAllString(page, -1) {
		if !ours.MatchString(tag) || acting.MatchString(tag) {
			t.Errorf("the page has %.200s", tag)
		}
	}
	for _, m := range loads.FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "data:image/") || strings.Contains(m[1], "svg") {
			t.Errorf("the page loads %.100s", m[1])
		}
	}
	for _, m := range links.FindAllStringSubmatch(page, -1) {
		if !mayLink(m[1]) && !strings.HasPrefix(m[1], "#s") {
			t.Errorf("the page links to %.100s", m[1])
		}
	}
}

// inertMarkdown fails on what a reader of Markdown would obey.
func inertMarkdown(t testing.TB, markdown string) {
	t.Helper()
	source := []byte(markdown)
	doc := goldmark.New(gfm()).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock, *ast.RawHTML, *ast.Image:
			t.Errorf("there is a %s in\n%.600s", n.Kind(), markdown)
			return ast.WalkStop, nil
		case *ast.Link:
			if !mayLink(string(n.Destination)) {
				t.Errorf("there is a link to %.100q in\n%.600s", n.Destination, markdown)
			}
		}
		return ast.WalkContinue, nil
	})
}

func TestNothingThatAModelSaysActs(t *testing.T) {
	r := hostileReport(t)
	all := written(t, r)
	inertHTML(t, all["html"])
	inertMarkdown(t, all["md"])
	if strings.Contains(all["md"], "\x1b") || strings.Contains(all["html"], "\x1b") || strings.Contains(all["csv"], "\x1b") {
		t.Error("an escape sequence got through")
	}
	rows, err := csv.NewReader(strings.NewReader(all["csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2*len(hostile)+1 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows[1:] {
		for i, c := range row {
			if runs(c) {
				t.Errorf("a spreadsheet runs %s: %.60q", rows[0][i], c)
			}
		}
	}
}

// runs reports whether a spreadsheet takes a cell for a formula.
func runs(cell string) bool {
	cell = strings.TrimLeft(cell, " \t\r\n")
	return cell != "" && slices.Contains([]rune("=+-@＝＋－＠"), []rune(cell)[0])
}

func FuzzCellsComeBackAsTheyWere(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		s, turns, _ := evening(t)
		a := says(1, 1, "lab/x", said, time.Second, 2*time.Second, 10)
		a.Thoughts = said
		turns[0].Answers, turns[0].Text, s.Title = []sessions.Answer{a}, said, said
		var b bytes.Buffer
		table := NewTable(&b)
		if err := table.Add(New(s, turns[:1], nil)); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != len(fields) {
			t.Fatalf("%v: %q", err, rows)
		}
		for i, f := range fields {
			got := rows[1][i]
			if runs(got) {
				t.Errorf("%s is a formula: %q", f.name, got)
			}
			if !slices.Contains([]string{"title", "prompt", "text", "reasoning"}, f.name) {
				continue
			}
			if back := strings.TrimPrefix(got, "'"); back != plain.Text(said) {
				t.Errorf("%s came back as %q of %q", f.name, back, said)
			}
		}
	})
}

func FuzzNoMarkdownActs(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		if len(said) > 4<<10 {
			t.Skip()
		}
		inertHTML(t, string(body(said)))
		inertMarkdown(t, safe(said)+"\nbehind\n")
	})
}
