package report

import (
	"strings"
	"testing"
)

func TestWithoutAnswersTheCostIsUnknown(t *testing.T) {
	if f := (&Report{Hidden: 1}).spent(); f.Words != "Unknown" || f.Exact != "" {
		t.Fatalf("a report whose turns are all blind says they cost %q (%q)", f.Words, f.Exact)
	}
}

// Which answers pass and which is better are two questions: a vote on the one is
// told, and counts nothing in the other.
func TestAnAnswerThatPassesIsNotTheBestForThat(t *testing.T) {
	s, turns := voted(2, 1, 0)
	for i := range turns {
		turns[i].Votes[0].Pass = true
	}
	r := New(s, turns, nil)
	if w := r.won(); w.Words != "Nobody yet" {
		t.Errorf("won: %+v", w)
	}
	for _, m := range r.Models {
		if f := m.preferred(); f.Words != "no votes" {
			t.Errorf("%s: %+v", m.Name, f)
		}
	}
	for name, text := range written(t, r) {
		if strings.Contains(text, "best in ") || strings.Contains(text, "tied for best") || strings.Contains(text, ">best<") {
			t.Errorf("%s says that one is best", name)
		}
	}
	if md := written(t, r)["md"]; !strings.Contains(md, "Blind vote: passing: lab/open; not passing: lab/frontier") {
		t.Errorf("it does not tell what was voted:\n%s", md)
	}
}
