package diff

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// listed writes findings as "kind text: who says it / who does not".
func listed(a Agreement, kinds ...Kind) string {
	var lines []string
	for _, f := range a.Findings {
		if slices.Contains(kinds, f.Kind) {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s / %s", f.Text, spaced(f.Have), spaced(f.Lack))))
		}
	}
	return strings.Join(lines, "\n")
}

func spaced(n []int) string { return strings.Trim(fmt.Sprint(n), "[]") }

func TestNumbersAreTheSameHoweverTheyAreWritten(t *testing.T) {
	for _, same := range [][]string{
		{"It has 1,000 parts.", "It has 1000 parts.", "It has 1'000 parts.", "It has 1\u202f000 parts.", "It has 1000.0 parts."},
		{"About 12% of it.", "About 12 % of it.", "About 12 percent of it.", "About 12 per cent of it."},
		{"On 20th July 1969.", "On July 20, 1969."},
		{"Pi is 3.14.", "Pi is 3,14."},
		{"It took 5 km.", "It took 5km."},
		{"At -5 degrees.", "At −5 degrees."},
		{"It cost 1.234.567,50 there.", "It cost 1,234,567.5 there."},
		{"The year ۱۹۶۹.", "The year 1969."},
		{"1. It has 7 parts.\n2. It has 8.", "It has 7 parts. It has 8."},
		{"It has 7.\n```\nx := 12\n```", "It has 7."},
		{"It has 7: run `pull NASA:4b` or ``x 5 ` y 6`` there.", "It has 7."},
	} {
		for _, f := range Agree(same).Findings {
			if f.Kind != Sentence && len(f.Lack) > 0 {
				t.Errorf("%q: %+v", same, f)
			}
		}
	}
	for _, other := range [][]string{
		{"It has 1000 parts.", "It has 100 parts."},
		{"It has 12 parts.", "It has 12% parts."},
		{"Version 1.2.3 has it.", "Version 1.2.4 has it."},
		{"At -5 degrees.", "At 5 degrees."},
		{"It has 1.5 parts.", "It has 15 parts."},
	} {
		if a := Agree(other); !a.Disagree {
			t.Errorf("%q: %s", other, listed(a, Number))
		}
	}
}

func TestWhatAllSaySomeSayAndOneSaysAlone(t *testing.T) {
	a := Agree([]string{
		"The first human on the Moon was Neil Armstrong, in 1969.",
		"In 1969, the astronaut Armstrong was the first human on the Moon. He flew with Buzz Aldrin.",
		"The first human on the Moon was Neil Armstrong, in 1969.",
		"The first human on the Moon was Buzz Aldrin, in 1968.",
	})
	if got, want := listed(a, Number, Name), strings.Join([]string{
		"1969: 0 1 2 / 3",
		"1968: 3 / 0 1 2",
		"Moon: 0 1 2 3 /",
		"Neil Armstrong: 0 1 2 / 3",
		"Buzz Aldrin: 1 3 / 0 2",
	}, "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, want := listed(a, Sentence), strings.Join([]string{
		"The first human on the Moon was Neil Armstrong, in 1969.: 0 1 2 3 /",
		"He flew with Buzz Aldrin.: 1 / 0 2 3",
	}, "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if !a.Known || !a.Disagree || a.Texts != 4 {
		t.Errorf("%+v", a)
	}
}

func TestNamesAreWhatIsCapitalisedInsideOfSentences(t *testing.T) {
	for in, want := range map[string]string{
		"Then NASA flew. NASA flew again.":                     "NASA: 0 /",
		"However, we met Ada Lovelace’s friend. Ada was kind.": "Ada Lovelace: 0 /",
		"The Bank of England and the Bank lent it.":            "Bank of England: 0 /",
		"I think I'm right, and so is A.":                      "",
		"He said: Yes. She said \"No way\" then.":              "",
		"# A Big Heading\n**Key Point**: it is so.":            "",
		"```\nvar Foo Bar\n```":                                "",
		"Paris":                                                "Paris: 0 /",
		"He met Jean-Luc Picard of the Enterprise there":       "Jean: 0 /\nLuc Picard: 0 /\nEnterprise: 0 /",
	} {
		a := Agree([]string{in, in})
		got := strings.ReplaceAll(listed(a, Name), ": 0 1 /", ": 0 /")
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	german := "Der Hund sieht die Katze und der Mann kauft dem Kind ein Buch im Laden der Stadt, weil die Frau im Garten das Haus " +
		"für den Vater mit der Farbe aus dem Keller streicht und die Tochter im Zimmer liest. Am Abend kommt der Nachbar mit seinem Wagen " +
		"über die Brücke, bringt Brot, Käse, Milch und einen Korb voll Äpfel vom Markt und erzählt den Kindern am Tisch eine Geschichte " +
		"von einem König, der sein Schloss, sein Pferd und seine Krone verlor."
	if a := Agree([]string{german, strings.ReplaceAll(german, "Katze", "Maus")}); listed(a, Name) != "" {
		t.Errorf("German: %s", listed(a, Name))
	}
}

func TestTheFigureIsTheMeanOfThePairs(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		want  float64
	}{
		"the same but for case and signs": {[]string{"The sky is blue.", "the SKY, is blue"}, 1},
		"nothing shared":                  {[]string{"red", "blue"}, 0},
		"half of the words":               {[]string{"red oak desk lamp", "red oak bed sofa"}, 0.5},
		"as often as they stand there":    {[]string{"no no no yes", "no yes"}, 2 * 2.0 / 6},
		"three texts":                     {[]string{"red oak", "red oak", "blue oak"}, (1 + 0.5 + 0.5) / 3},
		"nothing said":                    {[]string{"", ""}, 1},
		"nothing said by one":             {[]string{"", "word"}, 0},
		"fields":                          {[]string{`{"a":1,"b":2}`, "```json\n{\"b\":2.0,\"a\":3}\n```"}, 0.5},
	} {
		if a := Agree(c.texts); math.Abs(a.Figure-c.want) > 1e-12 || !a.Known {
			t.Errorf("%s: %v, want %v", name, a.Figure, c.want)
		}
	}
}

func TestWhoDisagrees(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		want  bool
	}{
		"other words for the same":  {[]string{"The sky is very blue today.", "Today the sky is really blue."}, false},
		"another number":            {[]string{"It has 7 parts in all.", "It has 8 parts in all."}, true},
		"another name":              {[]string{"We went to Paris then.", "We went to London then."}, true},
		"few words in common":       {[]string{"the sky is blue", "grass grows green"}, true},
		"the same fields":           {[]string{`{"a":1}`, `{"a":1.0}`}, false},
		"another value of a field":  {[]string{`{"a":1,"b":2,"c":3}`, `{"a":1,"b":2,"c":4}`}, true},
		"short answers that differ": {[]string{"Paris.", "Lyon."}, true},
	} {
		if a := Agree(c.texts); a.Disagree != c.want {
			t.Errorf("%s: %v, %.2f\n%s", name, a.Disagree, a.Figure, listed(a, Number, Name, Field, Sentence))
		}
	}
}

func TestFieldsAreFindings(t *testing.T) {
	a := Agree([]string{`{"year":1969,"who":"Armstrong"}`, `{"who":"Armstrong","year":1969.0}`, `{"who":"Aldrin","year":1969}`})
	if got, want := listed(a, Field), strings.Join([]string{
		"year: 1969: 0 1 2 /",
		"who: \"Armstrong\": 0 1 / 2",
		"who: \"Aldrin\": 2 / 0 1",
	}, "\n"); got != want || !a.Disagree {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestOneAnswerHasNoAgreement(t *testing.T) {
	for _, texts := range [][]string{nil, {"alone"}} {
		if a := Agree(texts); a.Known || a.Findings != nil || a.Texts != len(texts) {
			t.Errorf("%+v", a)
		}
		if s := Repeat(texts); s.Known || s.N != len(texts) {
			t.Errorf("%+v", s)
		}
	}
}

func TestSamplesAreGrouped(t *testing.T) {
	for name, c := range map[string]struct {
		texts  []string
		alike  int
		spread float64
	}{
		"all the same":             {[]string{"Forty-two.", "forty two", "Forty two!"}, 3, 0},
		"numbers by value":         {[]string{"It is 1,000.", "it is 1000"}, 2, 1 - 2*2.0/6},
		"four of five":             {[]string{"Paris", "Paris.", "paris", "Lyon", "PARIS"}, 4, 4 / 10.0},
		"each its own":             {[]string{"red oak", "blue oak"}, 1, 0.5},
		"the order of words tells": {[]string{"dog bites man", "man bites dog"}, 1, 0},
	} {
		s := Repeat(c.texts)
		if s.N != len(c.texts) || s.Alike != c.alike || math.Abs(s.Spread-c.spread) > 1e-12 || s.Fields != nil {
			t.Errorf("%s: %+v, want %d alike, spread %v", name, s, c.alike, c.spread)
		}
	}
}

func TestSamplesOfJSONAreGroupedByField(t *testing.T) {
	s := Repeat([]string{
		`{"label":"cat","score":0.9,"tags":["a","b"]}`,
		`{"tags":["b","a"],"score":0.90,"label":"cat"}`,
		`{"label":"dog","score":0.9}`,
	})
	want := []FieldSamples{{"label", 2}, {"score", 3}, {"tags[]", 2}}
	if s.Alike != 2 || !slices.Equal(s.Fields, want) || math.Abs(s.Spread-(0+2*(1-2*1.0/6))/3) > 1e-12 {
		t.Errorf("%+v", s)
	}
}

func TestDecimalsOfOneValueAreOne(t *testing.T) {
	for want, literals := range map[string][]string{
		"0":               {"0", "-0", "0.000", "0e5"},
		"1":               {"1", "1.0", "10e-1", "0.1E1", "1e+0"},
		"-12.5":           {"-12.5", "-12.50", "-125e-1"},
		"0.05":            {"0.05", "5e-2", "0.050"},
		"1200":            {"1200", "1.2e3", "12E2"},
		"1e400":           {"1e400", "10e399"},
		"1e-400":          {"1e-400"},
		"1e9999999999999": {"1e9999999999999"},
	} {
		for _, l := range literals {
			if got := decimal(l); got != want {
				t.Errorf("%s: %s, want %s", l, got, want)
			}
		}
	}
}

// However many answers there are, comparing each with each ends: what would take
// too long is not known.
func TestMoreAnswersThanCanBeComparedAreNotKnown(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var many, json []string
	for range 400 {
		words := prose(r, 200, 500)
		many, json = append(many, text(words)), append(json, `["`+strings.Join(words, `","`)+`"]`)
	}
	for name, texts := range map[string][]string{"text": many, "JSON": json} {
		if s := Repeat(texts); s.Known || s.Alike != 0 || s.Spread != 0 || s.Fields != nil || s.N != len(texts) {
			t.Errorf("%s: samples: %+v", name, s)
		}
		if s := Repeat(texts[:20]); !s.Known || s.Spread == 0 {
			t.Errorf("%s: twenty samples: %+v", name, s)
		}
	}
	if a := Agree(json); a.Known || a.Figure != 0 || a.Findings != nil {
		t.Errorf("agreement: known %t, %d findings", a.Known, len(a.Findings))
	}
}
