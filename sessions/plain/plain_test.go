package plain

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextKeepsWhatPrints(t *testing.T) {
	for _, s := range []string{
		"", "plain", "two\nlines\tand a tab", "naïve café", "日本語、テキスト。", "Ελληνικά", "עִבְרִית",
		"العربية", "می\u200cخواهم", "क्\u200dष", "✅ ⚡ 🇩🇪", "e\u0301", "│ ─ ▣", "\ufffd",
	} {
		if got := Text(s); got != s {
			t.Errorf("Text(%q) = %q", s, got)
		}
	}
}

func TestTextDisarms(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a colour", "a\x1b[31mb", "a␛[31mb"},
		{"the clipboard", "\x1b]52;c;aGk=\x07x", "␛]52;c;aGk=␇x"},
		{"an unterminated OSC hides nothing", "\x1b]0;title and all the rest", "␛]0;title and all the rest"},
		{"DCS, APC, PM, SOS", "\x1bPq\x1b\\\x1b_a\x1b\\\x1b^p\x1b\\\x1bXs\x1b\\", "␛Pq␛\\␛_a␛\\␛^p␛\\␛Xs␛\\"},
		{"C1 as characters", "\u009b31m\u009d0;t\u009c", "�31m�0;t�"},
		{"C1 as bytes", "\x9b31m\x9d", "�31m�"},
		{"C0 and DEL", "a\x00b\x08c\x0bd\x0ce\x7f", "a␀b␈c␋d␌e␡"},
		{"bidi", "a\u202eb\u2066c\u2069\u200e\u200f\u061cd", "abcd"},
		{"line ends", "a\r\nb\rc\u2028d\u2029e\u0085f\r\r\ng", "a\nb\nc\nd\ne\nf\n\ng"},
		{"invalid UTF-8", "a\xffb\xe2\x82", "a�b��"},
		{"overlong and surrogates", "\xc0\x9b\xed\xa0\x80", "�����"},
		{"no width", "a\u200bb\u2060c\ufeffd\u00ade\u034f", "abcde"},
		{"annotation and tags", "a\ufff9b\ufffac\U000e0041\U000e007f", "abc"},
		{"emoji of many terminals' many widths", "👩\u200d💻 ⚠\ufe0f 👍🏽", "👩💻 ⚠ 👍"},
		{"a number sign that swallows its neighbour", "\u0600\u0600a", "��a"},
		{"marks on nothing", "\u0301a\n\u0302", "◌\u0301a\n◌\u0302"},
		{"no character twice", "\ufffe\U0001ffff", "��"},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("%s: Text(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestMarksDoNotPileUp(t *testing.T) {
	got := Text("z" + strings.Repeat("\u0301\u200b", 100) + "a")
	if want := "z" + strings.Repeat("\u0301", maxMarks) + "a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLineIsOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"  a\r\n\tb  c ": "a b c",
		"\x1b[2Jx":       "␛[2Jx",
		" \u0301x":       "◌\u0301x",
		"\n":             "",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStreamIsTextWhereverItIsCut(t *testing.T) {
	alphabet := []string{
		"a", " ", "\n", "\r", "\r\n", "\t", "\x1b[31m", "\x1b]52;c;", "\x07", "\u009b", "\x9b", "é", "日", "👩\u200d💻",
		"\u0301", "\u200d", "\u200b", "क", "\u094d", "\xe2\x82", "\xf0\x9f", "\xff", "\u2028", "\ufeff", "\u202e", "\u1100\u1161",
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range rnd.IntN(12) {
			b.WriteString(alphabet[rnd.IntN(len(alphabet))])
		}
		whole := b.String()
		var s Stream
		var got strings.Builder
		for rest := whole; rest != ""; {
			n := 1 + rnd.IntN(len(rest))
			got.WriteString(s.Add(rest[:n]))
			rest = rest[n:]
		}
		got.WriteString(s.Flush())
		if want := Text(whole); got.String() != want {
			t.Fatalf("%q in pieces is %q, whole %q", whole, got.String(), want)
		}
	}
}

func TestFlushMakesNew(t *testing.T) {
	var s Stream
	s.Add("a\r")
	s.Flush()
	if got := s.Add("\n\u0301"); got != "\n◌\u0301" {
		t.Errorf("got %q", got)
	}
}

func TestCleanTextCostsNoAllocation(t *testing.T) {
	for _, s := range []string{strings.Repeat("plain text\n", 100), strings.Repeat("日本語 é\n", 100)} {
		if n := testing.AllocsPerRun(100, func() { Text(s) }); n != 0 {
			t.Errorf("%.10q: %v allocations", s, n)
		}
	}
}

func TestTheShortcutAgreesWithTheTables(t *testing.T) {
	for r := range rune(0x10000) {
		if common(r) && (ignorable(r) || combining(r)) {
			t.Errorf("%U is not common", r)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\r\n\u0085", "\xe2\x82", "\u009b\u202e\u0301", "👩\u200d💻", "क\u200d\u094d"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, in string, cut int) {
		out := Text(in)
		if !utf8.ValidString(out) {
			t.Fatalf("%q: not UTF-8: %q", in, out)
		}
		for _, r := range out {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) && !joiner(r) {
				t.Fatalf("%q: %U came through: %q", in, r, out)
			}
		}
		if again := Text(out); again != out {
			t.Fatalf("%q: %q, and again %q", in, out, again)
		}
		if line := Line(in); strings.ContainsAny(line, "\n\t") || Line(line) != line {
			t.Fatalf("%q: line %q, again %q", in, line, Line(line))
		}
		cut = max(0, min(cut, len(in)))
		var s Stream
		if got := s.Add(in[:cut]) + s.Add(in[cut:]) + s.Flush(); got != out {
			t.Fatalf("%q cut at %d: %q, whole %q", in, cut, got, out)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"ASCII", strings.Repeat("The quick brown fox jumps over the lazy dog.\n", 100)},
		{"Japanese", strings.Repeat("いろはにほへと ちりぬるを\n", 100)},
		{"hostile", strings.Repeat("\x1b[31mred\x1b[0m\r\n", 300)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				Text(c.text)
			}
		})
	}
}
