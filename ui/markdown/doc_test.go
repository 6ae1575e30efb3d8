package markdown

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// hostile are texts made to break the grid, the parser or the clock.
var hostile = map[string]string{
	"a long word":       strings.Repeat("x", 4320),
	"one line":          strings.Repeat("word **bold** `code` ", 700),
	"one line of Han":   strings.Repeat("漢字", 2000),
	"one line of code":  "```go\n" + strings.Repeat("x := \"y\" ", 1500),
	"deep quotes":       strings.Repeat(">", 5000) + " x\n",
	"deep lists":        strings.Repeat("- ", 3000) + "x",
	"stars":             strings.Repeat("*a ", 3000) + strings.Repeat("a* ", 3000),
	"mixed delimiters":  strings.Repeat("*_~~**__", 1000),
	"brackets":          strings.Repeat("[", 3000) + strings.Repeat("](x)", 3000),
	"backticks":         strings.Repeat("` `` ``` ", 1000),
	"pipes":             strings.Repeat("|", 3000) + "\n" + strings.Repeat("|-", 800) + "|\n" + strings.Repeat("|x", 800),
	"records":           "|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n" + strings.Repeat("|x|some words here|more words|and more|of them|again|\n", 70),
	"a table of 200":    "|a|b|\n|-|-|\n" + strings.Repeat("|x|some words here|\n", 200),
	"an open fence":     "````\n```\ncode\n\n\n",
	"no text":           "\n\n \n\t\n",
	"marks":             "a" + strings.Repeat("\u0301", 5000),
	"joined":            strings.Repeat("👩\u200d", 2000),
	"flags":             strings.Repeat("🇩", 3000),
	"emphasised marks":  "👩**\u200d👩** *e***\u0301**",
	"only marks":        "#\n>\n-\n1.\n```",
	"tabs":              "\t\tcode\n-\titem\n\tmore\n",
	"wide in one":       "漢\n\n> 漢\n\n- 漢\n\n|漢|\n|-|\n|漢|",
	"entities":          "&#27;[31m &#x9b; &#8238; &rlm; &zwj; &NewLine; &Tab; &nbsp; &lt;",
	"a formula":         "$$\nx = 1\n- y\n$$\nafter",
	"an open formula":   "\\[\n- a\n\ntext",
	"a table in a list": "- |a|b|\n  |-|-|\n  |1|2|\n- x",
	"setext over long":  strings.Repeat("word ", 1000) + "\n---\n",
}

func everyText(t testing.TB) map[string]string {
	m := samples(t)
	for name, s := range hostile {
		m[name] = s
	}
	return m
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// checkRows holds what every row promises.
func checkRows(t *testing.T, name string, rows []string, width int) {
	t.Helper()
	for i, r := range rows {
		if w := ansi.StringWidth(r); w > width {
			t.Fatalf("%.40q at width %d: row %d is %d wide: %q", name, width, i, w, r)
		}
		plain := sgr.ReplaceAllString(r, "")
		if strings.ContainsFunc(plain, unicode.IsControl) {
			t.Fatalf("%.40q: row %d has a control character: %q", name, i, r)
		}
		if all := sgr.FindAllString(r, -1); len(all) > 0 && all[len(all)-1] != end {
			t.Fatalf("%.40q: row %d does not end plain: %q", name, i, r)
		}
	}
}

func TestRowsFitAndEndPlain(t *testing.T) {
	for name, src := range everyText(t) {
		d := whole(src)
		for _, width := range []int{1, 2, 5, 20, 80} {
			checkRows(t, name, all(d, width), width)
		}
	}
}

// stream appends src in chunks of the sizes that next returns, looking at the
// rows after each one.
func stream(d *Doc, src string, width int, next func() int, look func()) {
	for src != "" {
		n := min(next(), len(src))
		d.Append(src[:n])
		src = src[n:]
		d.Height(width)
		look()
	}
	d.Finish()
}

func TestStreamingEndsAsTheWholeText(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, src := range everyText(t) {
		for i := range 3 {
			most := []int{5, 60, 3000}[i]
			if len(src) > 3000 {
				most = 3000
			}
			width := 1 + rnd.IntN(90)
			d := New(testStyles())
			stream(d, src, width, func() int { return 1 + rnd.IntN(most) }, func() {})
			if got, want := all(d, width), all(whole(src), width); !slices.Equal(got, want) {
				t.Fatalf("%s at width %d: streamed in chunks of up to %d\n%s\nwhole\n%s",
					name, width, most, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

func TestSettledRowsNeverChange(t *testing.T) {
	for name, src := range everyText(t) {
		step := max(1, len(src)/150)
		want := all(whole(src), 38)
		d := New(testStyles())
		stream(d, src, 38, func() int { return step }, func() {
			n := d.settled.rows - 1 // the last one may be gone on in
			if n > 0 && !slices.Equal(d.lay.rows[:n], want[:n]) {
				t.Fatalf("%s: the first %d rows were\n%s\nand become\n%s", name, n,
					strings.Join(d.lay.rows[:n], "\n"), strings.Join(want[:n], "\n"))
			}
		})
	}
}

func TestRowsShowTheTextSoFar(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"Hello **wor", "Hello wor"}, // it will be closed
		{"Hello **", "Hello"},
		{"a **b** c **d", "a b c d"},
		{"- **Run a mod", "• Run a mod"},
		{"## Why **bo", "Why bo"},
		{"**closed never\n\nmore", "**closed never||more"},
		{"2 ** 3 and 2**", "2 ** 3 and 2"},
		{"Run `juxta doc", "Run juxta doc"},
		{"Run `", "Run"},
		{"Hello **world**", "Hello world"},
		{"```go\nx := 1", "─ go|  x := 1"},
		{"```go\nx := 1\n``", "─ go|  x := 1"},
		{"Intro\n-", "Intro"},        // a list or a heading: not yet known
		{"Intro\n- a", "Intro|• a"},  //
		{"| a | b", "a │ b|──┼──"},   // a head before the line under it
		{"|a|b|\n|-", "a │ b|──┼──"}, //
		{"|a|b|\n|-|-|\n|1", "a │ b|──┼──|1 │"},
		{"|a|b|\n|-|-|\n|1|2|\n|wide", "a    │ b|─────┼──|1    │ 2|wide │"},
		{"|much|too|wide|for|these|columns|to|fit|", "much, too, wide, for, these, columns,|to, fit"},
		{"1. a\n1", "1. a"},
	} {
		d := New(testStyles())
		d.Append(c.src)
		got := ansi.Strip(strings.Join(all(d, 40), "|"))
		if strings.TrimRight(got, " ") != c.want {
			t.Errorf("%q shows %q, want %q", c.src, got, c.want)
		}
	}
}

func TestFinishShowsWhatWasHeldBack(t *testing.T) {
	for src, want := range map[string]string{"Intro\n-": "Intro", "42": "42", "a\n\n---": "a||────", "```\n``": "  ``"} {
		d := New(testStyles())
		d.Append(src)
		d.Height(16)
		d.Finish()
		d.Finish()
		got := all(d, 16)
		if want == "a||────" {
			got = all(d, 4)
		}
		if got := ansi.Strip(strings.Join(got, "|")); got != want {
			t.Errorf("%q ends as %q, want %q", src, got, want)
		}
	}
}

func TestNoLetterIsLost(t *testing.T) {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, s)
	}
	for name, src := range everyText(t) {
		switch {
		case strings.Contains(src, "|"): // cells side by side are in another order
			continue
		case strings.Contains(src, "&"), name == "brackets": // decoded; "](x)" is an address
			continue
		}
		got := letters(ansi.Strip(strings.Join(all(whole(src), 100), "")))
		if want := letters(src); got != want {
			t.Errorf("%s: %d bytes of letters became %d", name, len(want), len(got))
		}
	}
}

func TestRowsAreCutOut(t *testing.T) {
	d := whole("a\n\nb\n\nc")
	for _, c := range []struct {
		from, to int
		want     string
	}{{0, 1, "a"}, {2, 5, "b||c"}, {-3, 99, "a||b||c"}, {4, 2, ""}, {9, 12, ""}} {
		if got := strings.Join(d.Rows(10, c.from, c.to), "|"); got != c.want {
			t.Errorf("rows %d to %d are %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestRestyleChangesLooksOnly(t *testing.T) {
	d := whole("# Title\n\ntext `code`")
	before := slices.Clone(all(d, 30))
	d.Restyle(&Styles{Method: ansi.GraphemeWidth})
	after := all(d, 30)
	for i := range before {
		if ansi.Strip(before[i]) != ansi.Strip(after[i]) {
			t.Errorf("row %d: %q became %q", i, before[i], after[i])
		}
	}
	if strings.Contains(after[2], "\x1b") || !strings.Contains(before[2], "\x1b") {
		t.Errorf("styles: %q, then %q", before[2], after[2])
	}
}

func TestAHugeLineIsTakenInAtOnce(t *testing.T) {
	src := strings.Repeat("word **bold** `code` ", 25_000)
	d := New(testStyles())
	start := time.Now()
	frames := 0
	stream(d, src, 80, func() int { return 4000 }, func() { frames++ })
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("%d bytes in %d frames took %v", len(src), frames, took)
	}
}

func FuzzDoc(f *testing.F) {
	for _, s := range everyText(f) {
		f.Add(s[:min(len(s), 400)], 20, 7)
	}
	f.Fuzz(func(t *testing.T, src string, width, step int) {
		src = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\n' && r != '\t' {
				return -1
			}
			return r
		}, src)
		if len(src) > 2000 {
			t.Skip("too long for a frame after every byte")
		}
		width, step = 1+max(0, width)%100, 1+max(0, step)%50
		d := New(testStyles())
		stream(d, src, width, func() int { return step }, func() {})
		want := all(whole(src), width)
		if got := all(d, width); !slices.Equal(got, want) {
			t.Fatalf("streamed %q\nwhole %q", got, want)
		}
		checkRows(t, src, want, width)
	})
}

func TestTheShortcutMeasuresRight(t *testing.T) {
	for r := range rune(0x10000) {
		if !cjk(r) {
			continue
		}
		if s := string(r) + "漢" + string(r); ansi.StringWidth(s) != 6 {
			t.Errorf("%U: %q is %d wide", r, s, ansi.StringWidth(s))
		}
	}
}

func TestRowsFitAsTheTerminalMeasures(t *testing.T) {
	const text = "हिन्दी में क्षेत्र और நிலம் কিছু กำลัง " // letters of several characters, which terminals count differently
	for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
		st := *testStyles()
		st.Method = m
		d := New(&st)
		d.Append(strings.Repeat(text, 20) + "\n\n| " + text + " | b |\n|---|---|\n| " + text + " | c |\n")
		d.Finish()
		for _, width := range []int{9, 38} {
			for _, r := range d.Rows(width, 0, d.Height(width)) {
				if w := m.StringWidth(r); w > width {
					t.Errorf("method %v, width %d: %q is %d wide", m, width, r, w)
				}
			}
		}
	}
}
