package diff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// prose is text of n words of a vocabulary, in sentences and paragraphs.
func prose(r *rand.Rand, n, vocabulary int) []string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", r.IntN(vocabulary))
	}
	return words
}

func text(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		if i%17 == 16 {
			b.WriteString(".")
		}
		if i%170 == 169 {
			b.WriteString("\n\n")
		}
	}
	return b.String()
}

// exact is the count of two texts by the textbook.
func exact(a, b []string) Count {
	x := newLexicon()
	number := func(words []string) []int32 {
		ids := make([]int32, len(words))
		for i, w := range words {
			ids[i] = x.id(w)
		}
		return ids
	}
	return Count{len(a), len(b), longest(number(a), number(b))}
}

// everyThird is words with every third one changed.
func everyThird(words []string) []string {
	other := slices.Clone(words)
	for i := 0; i < len(other); i += 3 {
		other[i] += "x"
	}
	return other
}

// pairs are what a comparison of 3,000 words may meet.
func pairs() map[string][2][]string {
	r := rand.New(rand.NewPCG(1, 1))
	a := prose(r, 3000, 900)
	moved := slices.Concat(a[1500:], a[:1500])
	thinned := slices.DeleteFunc(slices.Clone(a), func(string) bool { return r.IntN(10) < 3 })
	return map[string][2][]string{
		"the same":                  {a, a},
		"every third word changed":  {a, everyThird(a)},
		"nothing in common":         {a, prose(r, 3000, 900)[:0:0]},
		"one vocabulary":            {a, prose(r, 3000, 900)},
		"another vocabulary":        {a, everyThird(everyThird(prose(r, 3000, 90)))},
		"the halves exchanged":      {a, moved},
		"three in ten words gone":   {a, thinned},
		"two words only":            {prose(r, 3000, 2), prose(r, 3000, 2)},
		"one word and two of which": {prose(r, 3000, 1), prose(r, 3000, 2)},
	}
}

func TestCountsOf3000WordsAreExact(t *testing.T) {
	for name, p := range pairs() {
		c := Compare(text(p[0]), text(p[1]))
		if want := exact(p[0], p[1]); !c.Known || c.Words != want {
			t.Errorf("%s: known %v, %+v, want %+v", name, c.Known, c.Words, want)
		}
		if back := Compare(text(p[1]), text(p[0])); back.Words.Added() != c.Words.Removed() || back.Words.Removed() != c.Words.Added() {
			t.Errorf("%s: the other way round %+v", name, back.Words)
		}
	}
}

func TestRandomTextsAreCountedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 500 {
		a, b := prose(r, r.IntN(80), 1+r.IntN(30)), prose(r, r.IntN(80), 1+r.IntN(30))
		if c, want := Compare(text(a), text(b)), exact(a, b); c.Words != want {
			t.Fatalf("%q and %q: %+v, want %+v", a, b, c.Words, want)
		}
	}
}

// What is escaped in an answer's JSON stays so: a text that was made harmless must
// not act on a terminal because its fields were read.
func TestEscapesInJSONStayEscapes(t *testing.T) {
	left := `{"a":"one \u009b31m\u009d52;c;b3du\u009c \u202egnp.exe\u202c","\u001b[2J\u202e":"\u007f\ud83d\ude00\udb40\udc41","b":1}`
	c := Compare(left, `{"a":"two \u009b31m","b":2}`)
	if c.Fields == nil || c.Fields.Differ() == 0 {
		t.Fatalf("these are not compared as JSON: %+v", c)
	}
	said := ""
	for _, row := range c.Rows {
		for _, s := range append(row.Left, row.Right...) {
			said += s.Text
		}
	}
	if i := strings.IndexFunc(said, func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) }); i >= 0 {
		t.Errorf("%q is shown", said)
	}
	for _, whole := range []string{`\u009b31m`, `\u202egnp.exe\u202c`, `\u007f😀\udb40\udc41`} {
		if !strings.Contains(said, whole) {
			t.Errorf("there is no %s in %s", whole, said)
		}
	}
}

// Nothing grows with the square of a text: that would take minutes, and what is
// allowed passes on a slow machine.
func TestLargeTextsEndSoon(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for name, large := range map[string][2]string{
		"words":    {text(prose(r, 60_000, 5000)), text(prose(r, 60_000, 5000))},
		"lines":    {strings.Join(prose(r, 40_000, 9), "\n\n"), strings.Join(prose(r, 40_000, 9), "\n\n")},
		"signs":    {strings.Repeat("([{<", 40_000), strings.Repeat("<{[(", 40_000)},
		"one word": {strings.Repeat("a", 1<<20), strings.Repeat("a", 1<<20-1)},
		"Han":      {strings.Repeat("日本語文章", 30_000), strings.Repeat("文章日本語", 30_000)},
		"JSON":     {"[" + strings.Repeat("10,2000,", 24_000) + "3]", "[" + strings.Repeat("2000,1,", 24_000) + "3]"},
		"nested":   {strings.Repeat("[", 9000) + strings.Repeat("]", 9000), strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)},
		"fences":   {strings.Repeat("```\n{\n```\n", 12_000), strings.Repeat("~~~\n[\n~~~\n", 12_000)},
		"names":    {text(capitals(prose(r, 60_000, 50_000))), text(capitals(prose(r, 60_000, 50_000)))},
		"numbers":  {strings.Repeat("1,", 200_000), strings.Repeat("2.", 200_000)},
		"stops":    {strings.Repeat("a. ", 60_000), strings.Repeat("b. ", 60_000)},
	} {
		began := time.Now()
		c := Compare(large[0], large[1])
		compared := time.Since(began)
		a := Agree([]string{large[0], large[1]})
		agreed := time.Since(began) - compared
		t.Logf("%-8s compare %v (known %v), agree %v (known %v)", name, compared, c.Known, agreed, a.Known)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		if !c.Known && (c.Words != Count{} || c.Signs != Count{} || c.Fields != nil) {
			t.Errorf("%s: figures of what is not known: %+v", name, c.Words)
		}
		if !a.Known && (a.Figure != 0 || a.Disagree || a.Findings != nil) {
			t.Errorf("%s: findings of what is not known", name)
		}
	}
}

func capitals(words []string) []string {
	for i, w := range words {
		if i%7 == 0 {
			words[i] = "W" + w[1:]
		}
	}
	return words
}

func BenchmarkCompare(b *testing.B) {
	for name, p := range pairs() {
		left, right := text(p[0]), text(p[1])
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Compare(left, right)
			}
		})
	}
}

func BenchmarkAgree(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	var texts []string
	for range 8 {
		texts = append(texts, text(prose(r, 3000, 900)))
	}
	for _, n := range []int{2, 4, 8} {
		b.Run(fmt.Sprintf("%d texts of 3000 words", n), func(b *testing.B) {
			for b.Loop() {
				Agree(texts[:n])
			}
		})
	}
}
