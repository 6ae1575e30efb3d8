package diff

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// drawn writes rows as "left | right" with what is only there in brackets, what
// is elsewhere in braces, and a gap as nothing.
func drawn(rows []Row) string {
	side := func(spans []Span) string {
		var b strings.Builder
		for _, s := range spans {
			switch s.Mark {
			case Only:
				b.WriteString("[" + s.Text + "]")
			case Moved:
				b.WriteString("{" + s.Text + "}")
			default:
				b.WriteString(s.Text)
			}
		}
		return b.String()
	}
	var lines []string
	for _, r := range rows {
		line := strings.TrimSpace(side(r.Left) + " | " + side(r.Right))
		if r.Differs {
			line += " *"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestTextsAreSetBesideEachOther(t *testing.T) {
	for name, c := range map[string]struct{ left, right, want string }{
		"the same in other lines": {
			"One is here.\nTwo is there.", "One is  here. Two\nis there.",
			"One is here. | One is  here.\nTwo is there. | Two\nis there.",
		},
		"a word": {
			"The cat sat down.", "The dog sat down.",
			"The [cat] sat down. | The [dog] sat down. *",
		},
		"words that follow each other are marked in one": {
			"It began in July of 1969 at dawn.", "It began in the spring of 1970 at dawn.",
			"It began in [July] of [1969] at dawn. | It began in [the spring] of [1970] at dawn. *",
		},
		"a sign": {
			"So it is, then.", "So it is then!",
			"So it is[,] then[.] | So it is then[!] *",
		},
		"a missing sentence leaves a gap": {
			"One is here. Two is there. Three is gone.", "One is here. Three is gone.",
			"One is here. | One is here.\n[Two is there.] | *\nThree is gone. | Three is gone.",
		},
		"a moved sentence is said to be elsewhere": {
			"Mars is red. Venus shines bright. Pluto is far.", "Venus shines bright. Pluto is far. Mars is red.",
			"{Mars is red.} | *\nVenus shines bright. | Venus shines bright.\nPluto is far. | Pluto is far.\n| {Mars is red.} *",
		},
		"similar sentences find each other": {
			"Sure! The capital of France is Paris.", "The capital of France is surely Paris. Ask on.",
			"[Sure!] | *\nThe capital of France is Paris. | The capital of France is [surely] Paris. *\n| [Ask on.] *",
		},
		"what shares nothing stands beside each other": {
			"Mars is red.", "Bananas taste sweet. Apples do too.",
			"[Mars is red.] | [Bananas taste sweet.] *\n| [Apples do too.] *",
		},
		"Japanese by character": {
			"彼は一九六九年に行った。", "彼は一九七〇年に行った。",
			"彼は一九[六九]年に行った。 | 彼は一九[七〇]年に行った。 *",
		},
		"code by line": {
			"```\nx := 1\ny := 2\n}\n```", "```\nx := 1\nz(3)\ny := 2\n}\n```",
			"``` | ```\nx := 1 | x := 1\n| [z(3)] *\ny := 2 | y := 2\n} | }\n``` | ```",
		},
		"one of them empty": {"", "Here. There.", "| [Here.] *\n| [There.] *"},
		"JSON by field": {
			`{"name":"Ada","born":1815,"died":null}`, "{\n \"born\": 1815.0,\n \"name\": \"Ada Lovelace\",\n \"city\": \"London\"}",
			"name: \"Ada\" | name: \"Ada [Lovelace]\" *\n| [city: \"London\"] *\nborn: 1815 | born: 1815.0\n[died: null] | *",
		},
		"JSON in a block, with what is said around it": {
			"Here it is:\n```json\n{\"a\":[{\"b\":true}]}\n```\nDone.", "```\n{\"a\": [{\"b\": false}]}\n```\nDone.",
			"[Here it is:] | *\na[0].b: [true] | a[0].b: [false] *\nDone. | Done.",
		},
		"lists in JSON by value": {
			`{"tags":["red","oak","desk"]}`, `{"tags":["oak","desk","lamp"]}`,
			"[tags[]: \"red\"] | *\ntags[]: \"oak\" | tags[]: \"oak\"\ntags[]: \"desk\" | tags[]: \"desk\"\n| [tags[]: \"lamp\"] *",
		},
		"JSON with keys that are no words": {
			`{"a b":1,"":{},"c":{"d":[]}}`, `{"a b":1,"":{},"c":{"d":[[]]}}`,
			"[\"a b\"]: 1 | [\"a b\"]: 1\n[\"\"]: {} | [\"\"]: {}\n| [c.d[0]: []] *\n[c.d: []] | *",
		},
		"JSON beside none": {
			`{"a":1}`, "one",
			"[{\"a\":1}] | [one] *",
		},
	} {
		if got := drawn(Compare(c.left, c.right).Rows); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestFieldsAreCounted(t *testing.T) {
	c := Compare(`{"a":1,"b":"x","c":[1,2]}`, `{"a":1.0,"b":"y","d":null}`)
	if c.Fields == nil || *c.Fields != (Count{4, 3, 1}) || c.Fields.Differ() != 5 || c.Fields.Total() != 7 {
		t.Errorf("%+v", c.Fields)
	}
	if c := Compare(`{"a":1}`, "a 1"); c.Fields != nil {
		t.Errorf("fields of prose: %+v", c.Fields)
	}
}

func TestParagraphsOpen(t *testing.T) {
	for _, c := range []struct{ left, right, want string }{
		{"One is. Two is.\n\nThree is.", "One is. Two is.\n\nThree is.", "001"},
		{"Nothing here. One is.\n\n- Two is.\n- Three is.", "One is.\n- Two is.\n- Three is.", "0010"},
		{"So:\n```\n{\"a\":1,\"b\":2}\n```\nDone.", "So:\n```\n{\"b\":2,\"a\":1}\n```\nDone.", "0101"},
	} {
		got := ""
		for _, r := range Compare(c.left, c.right).Rows {
			got += map[bool]string{true: "1", false: "0"}[r.Opens]
		}
		if got != c.want {
			t.Errorf("%q and %q: %s, want %s", c.left, c.right, got, c.want)
		}
	}
}

// held fails unless the rows hold every word and sign of both texts in order,
// and mark at least as much as a shortest script does.
func held(t *testing.T, left, right string) {
	t.Helper()
	c := Compare(left, right)
	x := newLexicon()
	if _, isJSON := findJSON(left); !isJSON {
		for _, side := range []struct {
			text string
			of   func(Row) []Span
		}{{left, func(r Row) []Span { return r.Left }}, {right, func(r Row) []Span { return r.Right }}} {
			var b strings.Builder
			for _, r := range c.Rows {
				for _, s := range side.of(r) {
					b.WriteString(s.Text)
				}
				b.WriteByte('\n')
			}
			got := b.String()
			if keyOf(x.tokens(got, 0, len(got))) != keyOf(x.tokens(side.text, 0, len(side.text))) {
				t.Fatalf("%q and %q: a side is\n%q", left, right, got)
			}
		}
	}
	if !c.Known {
		return
	}
	marked := 0
	for _, r := range c.Rows {
		differs := false
		for _, s := range append(r.Left[:len(r.Left):len(r.Left)], r.Right...) {
			if differs = differs || s.Mark != Same; s.Mark != Same {
				marked += words(x.tokens(s.Text, 0, len(s.Text)))
			}
		}
		if differs != r.Differs {
			t.Fatalf("%q and %q: row %+v", left, right, r)
		}
	}
	if c.Fields == nil && marked < c.Words.Differ() {
		t.Fatalf("%q and %q: %d words marked of %d", left, right, marked, c.Words.Differ())
	}
	if c.Words.Same > min(c.Words.Left, c.Words.Right) || c.Signs.Same > min(c.Signs.Left, c.Signs.Right) {
		t.Fatalf("%q and %q: %+v %+v", left, right, c.Words, c.Signs)
	}
	back := Compare(right, left)
	if back.Words != (Count{c.Words.Right, c.Words.Left, c.Words.Same}) {
		t.Fatalf("%q and %q: %+v, the other way round %+v", left, right, c.Words, back.Words)
	}
	if self := Compare(left, left); self.Words.Differ() != 0 || self.Signs.Differ() != 0 || strings.Contains(drawn(self.Rows), " *") && !strings.Contains(left, " *") {
		t.Fatalf("%q differs from itself: %s", left, drawn(self.Rows))
	}
}

func TestRowsHoldBothTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	pieces := []string{"one", "two", "Three", "Neil Armstrong", ". ", "! ", "\n", "\n\n", "- ", "1. ", "```\n", "{", "}", "日本", "。", "12%", "'", "“", " ", "  \n", "| a |", "# ", "\u0301", "\u200d"}
	make := func() string {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(pieces[r.IntN(len(pieces))])
			b.WriteString(" "[:r.IntN(2)])
		}
		return b.String()
	}
	for range 1500 {
		held(t, make(), make())
	}
}

func FuzzCompare(f *testing.F) {
	for _, p := range pairs() {
		f.Add(text(p[0][:40]), text(p[1][:min(40, len(p[1]))]))
	}
	f.Add(`{"a":[1,{"b":"c"}]}`, "x\n```json\n{\"a\":[1.0,2]}\n```\n")
	f.Add("1. **Bold**: 3,5 % of 日本。\n\n\xff\x1b[31m", "~~~\n\t- Dr. X\n~~~~")
	f.Fuzz(func(t *testing.T, left, right string) {
		held(t, left, right)
		a := Agree([]string{left, right, left})
		if a.Figure < 0 || a.Figure > 1 || a.Texts != 3 {
			t.Fatalf("%+v", a)
		}
		for _, f := range a.Findings {
			if len(f.Have) == 0 || len(f.Have)+len(f.Lack) != 3 {
				t.Fatalf("%+v", f)
			}
		}
		if s := Repeat([]string{left, right, left}); s.Alike < 2 || s.Spread < 0 || s.Spread > 1 {
			t.Fatalf("%+v", s)
		}
	})
}
