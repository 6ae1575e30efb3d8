package report

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/sessions"
	"juxta/sessions/verdict"
)

// A worked example, as the votes of ann and bob on 100 prompts, and
// as what ann said at her second looks.
func TestADecisionTellsHowFarVotersAgree(t *testing.T) {
	s, turns := voted(60, 27, 13)
	at := 0
	best := [][]int{{2}, {1, 2}, {1}}
	for k, row := range [][]int{{13, 0, 0}, {0, 20, 7}, {0, 4, 56}} {
		for l, n := range row {
			for range n {
				turn := &turns[at]
				first := turn.Votes[0]
				first.Voter, first.Best = "ann", best[k]
				other, again := first, first
				other.ID, other.Voter, other.Best = 2, "bob", best[l]
				again.ID, again.Again, again.Best, again.Seats = 3, true, best[l], slices.Clone(first.Seats)
				slices.Reverse(again.Seats)
				turn.Votes = []sessions.Vote{first, other, again}
				at++
			}
		}
	}
	d := decided(t, s, turns, 0)
	near := func(what string, a verdict.Agreement) {
		for _, x := range [][2]float64{{a.Kappa, .796409}, {a.KappaError, .058911}, {a.AC1, .849331}, {a.AC1Error, .043217}} {
			if math.Abs(x[0]-x[1]) > 5e-7 {
				t.Errorf("%s: %f, want %f", what, x[0], x[1])
			}
		}
	}
	if len(d.Voters) != 2 || d.Voters[0].Name != "ann" || d.Voters[0].Votes != 100 || d.Voters[1].Steady.N != 0 {
		t.Fatalf("%+v", d.Voters)
	}
	near("ann and bob", d.Rulings[0].Voters[0].Agreement)
	near("ann with herself", d.Voters[0].Steady)
	if r := d.Rulings[0]; r.Votes.N() != 200 || r.N != 100 {
		t.Errorf("%d votes on %d prompts", r.Votes.N(), r.N)
	}
	md := markdown(t, d)
	for _, want := range []string{
		"| voters ann and bob | agree on 89% of 100 (κ 0.80 ± 0.06, AC1 0.85 ± 0.04) |",
		"| ann | 100 | 89% of 100 (κ 0.80 ± 0.06, AC1 0.85 ± 0.04) |", "| bob | 100 | not asked |",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("%q is missing from\n%s", want, md[:min(len(md), 3000)])
		}
	}
	raw, err := json.Marshal(d)
	if err != nil || !strings.Contains(string(raw), `"second_looks":{"n":100,`) {
		t.Errorf("%v; %s", err, raw[max(len(raw)-1500, 0):])
	}
}

// A voter is nobody to trust: --voter takes any name.
func TestAVotersNameIsTextAndNothingElse(t *testing.T) {
	s, turns := voted(2, 0, 0)
	turns[0].Votes[0].Voter = "[x](http://y) \x1b[31m|<b>"
	md := markdown(t, decided(t, s, turns, 0))
	if strings.Contains(md, "\x1b") || strings.Contains(md, "<b>") || strings.Contains(md, " [x]") {
		t.Errorf("%q", md)
	}
}

func TestWithOneVoterNobodyIsCompared(t *testing.T) {
	s, turns := voted(2, 1, 1)
	turns[0].Votes[0].At = time.Unix(3001, 0)
	d := decided(t, s, turns, 0)
	if md := markdown(t, d); strings.Contains(md, "## Voters") || len(d.Voters) != 1 || d.Voters[0].Votes != 4 {
		t.Errorf("%+v\n%s", d.Voters, md)
	}
}
