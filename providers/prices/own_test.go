package prices

import (
	"strings"
	"testing"

	"juxta/providers"
)

func TestOurOwnTextIsReadHoweverItIsSorted(t *testing.T) {
	table := read(t, "[openai]\nsource z 2026-01-02 https://example.com/a\n\nb in=1 out=2 from=z\na in=1 out=2 from=z\n\n[groq]\nsource z 2026-01-02 https://example.com/b\n\nx/y in=1 out=2 from=z\n")
	if p := one(t, table, "openai", "a").price; p.AsOf != "2026-01-02" || p.From != "https://example.com/a" {
		t.Errorf("%+v", p)
	}
	again := read(t, table.String())
	if again.String() != table.String() {
		t.Errorf("written %s\nread    %s", table, again)
	}
}

// Nothing of a table that people wrote is passed over, or wins by its place.
func TestATableThatContradictsItselfIsRefused(t *testing.T) {
	const source = "[openai]\nsource a 2026-01-02 https://x.y\n\n"
	for text, want := range map[string]string{
		source + "m in=1 out=2 from=a\nm in=3 out=4 from=a\n":                                                      "line 5: m is there twice; it is in line 4, too",
		source + "m in=1 out=2 from=a until=2026-12-31\nn in=1 out=2 from=a\nm in=3 out=4 from=a until=2026-12-31": "line 6: m is there twice",
		source + "m in=1 out=2 from=a\n\n" + source + "n in=1 out=2 from=a\n":                                      "line 6: [openai] is there twice",
		"[openai]\nsource a 2026-01-02 https://x.y\nsource a 2026-01-03 https://x.y\n":                             "line 3: source a is there twice",
		"[openai]\nsource a 2026-13-02 https://x.y\n":                                                              `line 2: "2026-13-02" is not a date`,
		source + "a -> b from=a\nb -> c from=a\nc in=1 out=2 from=a\n":                                             "line 4: a is another name of b, which has no price here",
		"\ufeff\r\n\n" + source + "m in=1 out=2 from=b\n":                                                          `line 6: m: there is no source "b"`,
		source + "a -> a from=a\n":                                                                                 "line 4: a is another name of a",
		source + "m in=1 out=2 from=a\nm\x00 in=1 out=2 from=a\n":                                                  "line 5: \"m\\x00\" is not a model's name",
		source + "m in=1 out=2 from=a | above=9 in=1 out=99999\n":                                                  "too dear",
		source + "m in=1 out=2 read=99999 from=a\n":                                                                "too dear",
		source + "m in=1 out=2 from=a | above=9 in=99999999 out=99999\n":                                           "too dear",
		"[openai\nm\n": "line 2: m: a price has",
	} {
		if _, _, err := Read([]byte(text), day, address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestATableIsReadHoweverItIsSpaced(t *testing.T) {
	const text = "\ufeff[openai] \r\n# one\r\n\r\nsource a 2026-01-02 https://x.y\r\nm in=1 out=2 from=a until=2026-12-31\r\n\r\n# two\r\n\tm\tin=3 out=4 from=a\r\nn -> m from=a"
	table := read(t, text)
	if size(table) != 3 {
		t.Fatalf("%d rows:\n%s", size(table), table)
	}
	for name, want := range map[string]providers.Money{"m": 1_000_000, "n": 1_000_000} {
		if p := one(t, table, "openai", name).price; p.Input != want {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if r, _ := table.sections["openai"].find("n", "2027-01-01"); r.price.Input != 3_000_000 {
		t.Errorf("the year after: %+v", r.price)
	}
}

func TestAnotherNameOfAPriceThatIsNoneStaysAsItWas(t *testing.T) {
	old := New(nil, read(t, rowsOf(20, "m in=1 out=2 from=a", "n -> m from=a")).String)
	kept, _, err := old.Accept(read(t, rowsOf(30, "m in=-1 out=2 from=a", "n -> m from=a")))
	if err != nil {
		t.Fatal(err)
	}
	if p := one(t, kept, "openai", "n").price; p.Input != 1_000_000 {
		t.Errorf("%+v", p)
	}
	read(t, kept.String())
}

// A name for a name has no price, were it in a file on disk.
func TestANameForANameCostsNothingKnown(t *testing.T) {
	text := "[openai]\nsource a 2099-01-01 https://x.y\n\na -> b from=a\nb -> b from=a\n"
	l := New(nil, func() string { return text })
	for _, name := range []string{"a", "b"} {
		if p := l.Complete(at("x", hosts["openai"]), providers.Model{Ref: providers.Ref{Model: name}}).Price; p != nil {
			t.Errorf("%s costs %+v", name, p)
		}
	}
}
