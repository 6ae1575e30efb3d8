package diff

import (
	"slices"
	"strings"
	"testing"
)

// tokensOf writes words in braces and signs bare.
func tokensOf(text string) string {
	var all []string
	for _, t := range newLexicon().tokens(text, 0, len(text)) {
		s := text[t.from:t.to]
		if t.word {
			s = "{" + s + "}"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestWordsAreToldFromSigns(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		" \t\n":                    "",
		"Hello, world!":            "{Hello} , {world} !",
		"don't, Armstrong’s 'one'": "{don't} , {Armstrong’s} ' {one} '",
		"$1,000.50 or 12%":         "$ {1,000.50} {or} {12} %",
		"1\u202f000 and 5\u00a06":  "{1\u202f000} {and} {5} {6}",
		"v1.2.3-rc":                "{v1.2.3} - {rc}",
		"snake_case(x)":            "{snake_case} ( {x} )",
		"naïve re\u0301sume\u0301": "{naïve} {re\u0301sume\u0301}",
		"日本語 text":                 "{日} {本} {語} {text}",
		"ガ、カ\u3099":                "{ガ} 、 {カ\u3099}",
		"한국어 말":                    "{한국어} {말}",
		"ไทย":                      "{ไ} {ท} {ย}",
		"👩\u200d💻 ok":              "👩\u200d 💻 {ok}",
		"می\u200cخواهم":            "{می\u200cخواهم}",
		"a\xffb":                   "{a} \xff {b}",
	} {
		if got := tokensOf(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestAnApostropheIsOneHoweverItIsWritten(t *testing.T) {
	if c := Compare("It doesn't", "It doesn’t"); c.Words.Differ() != 0 || c.Rows[0].Differs {
		t.Errorf("%+v", c)
	}
}

func TestSegmentsAreSentencesAndLines(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"sentences":      {"One is. Two is! Three?  \"Four.\" Five", []string{"One is.", "Two is!", "Three?", "\"Four.\"", "Five"}},
		"one wrapped":    {"One\nis wrapped.\nTwo.", []string{"One\nis wrapped.", "Two."}},
		"hard breaks":    {"Roses are red  \nViolets are blue", []string{"Roses are red", "Violets are blue"}},
		"abbreviations":  {"Dr. J. F. Kennedy, e.g. Mr. Ex. He is.", []string{"Dr. J. F. Kennedy, e.g. Mr. Ex.", "He is."}},
		"a small letter": {"It costs approx. two. and that.", []string{"It costs approx. two. and that."}},
		"numbers":        {"It is 3.14. Yes.", []string{"It is 3.14.", "Yes."}},
		"Japanese":       {"これは本です。「はい。」次。", []string{"これは本です。", "「はい。」", "次。"}},
		"a list":         {"Intro:\n- one. Two.\n- three\n  more\n1. four", []string{"Intro:", "- one.", "Two.", "- three\n  more", "1. four"}},
		"items":          {"1. One is. Two is.\n2) Three", []string{"1. One is.", "Two is.", "2) Three"}},
		"headings":       {"# A. B\ntext. More.\n| a. | B |\n> Quo. Rex", []string{"# A. B", "text.", "More.", "| a. | B |", "> Quo.", "Rex"}},
		"code":           {"Look:\n```go\nif x. Y {\n\n\t- z\n```\nDone. So.", []string{"Look:", "```go", "if x. Y {", "\t- z", "```", "Done.", "So."}},
		"open code":      {"~~~\na. B", []string{"~~~", "a. B"}},
		"emphasis":       {"**It is.** So _is it._ End", []string{"**It is.**", "So _is it._", "End"}},
	} {
		var got []string
		for _, s := range split(c.in) {
			got = append(got, s.text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
