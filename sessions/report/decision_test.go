package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
)

// voted is a session of two models with so many turns: the cheap one wins the
// first, ties the next and loses the rest.
func voted(wins, ties, losses int) (sessions.Session, []sessions.Turn) {
	ref := func(model string) providers.Ref { return providers.Ref{Provider: "lab", Model: model} }
	s := sessions.Session{
		ID: "01KAAAAAAAAAAAAAAAAAAAAAAA", Title: "pin captions", Kind: sessions.Experiment, Baseline: 2, Places: []int{1, 2},
		Columns: []sessions.Column{{ID: 1, Model: ref("open")}, {ID: 2, Model: ref("frontier")}},
	}
	cheap, dear := 70*providers.Dollar/100_000, 1500*providers.Dollar/100_000
	var turns []sessions.Turn
	for i := range wins + ties + losses {
		t := sessions.Turn{ID: i + 1, Parent: i, Text: fmt.Sprintf("question %d", i+1), Asked: time.Unix(1000, 0), Columns: []int{1, 2}}
		for _, c := range s.Columns {
			a := sessions.Answer{Column: c.ID, Take: 1, Model: c.Model, Text: "x", Finish: providers.Finished, Billed: &cheap}
			a.Timing.FirstToken = 485 * time.Millisecond
			if c.ID == 2 {
				a.Billed, a.Timing.FirstToken = &dear, 775*time.Millisecond
			}
			t.Answers = append(t.Answers, a)
		}
		v := sessions.Vote{ID: 1, At: time.Unix(3000, 0), Blind: true, Seats: []int{1 + i%2, 2 - i%2}, Takes: []sessions.Pick{{Column: 1, Take: 1}, {Column: 2, Take: 1}}}
		switch {
		case i < wins:
			v.Best = []int{1}
		case i < wins+ties:
			v.Best = []int{1, 2}
		default:
			v.Best = []int{2}
		}
		t.Votes = []sessions.Vote{v}
		turns = append(turns, t)
	}
	s.Turns = len(turns)
	return s, turns
}

func planned(s sessions.Session, n int) sessions.Session {
	s.Plan = &sessions.TestPlan{At: time.Unix(2000, 0), Metric: sessions.Votes, Margin: .1, N: n, Baseline: 2, Seed: 9}
	return s
}

func decided(t *testing.T, s sessions.Session, turns []sessions.Turn, volume int64) *Decision {
	t.Helper()
	d, err := Decide(s, turns, 0, Terms{Volume: volume})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func markdown(t *testing.T, d *Decision) string {
	t.Helper()
	var b strings.Builder
	if err := d.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "%!") {
		t.Errorf("a figure has no place:\n%s", b.String())
	}
	return b.String()
}

func TestADecisionSaysWhatWasVotedAndWhatItSaves(t *testing.T) {
	s, turns := voted(21, 26, 13)
	d := decided(t, planned(s, 60), turns, 100_000)
	r := d.Rulings[0]
	if len(d.Rulings) != 1 || r.Word != verdict.NonInferior || r.Exploratory || *r.Figures.Volume != (Volume{100_000, "70.000000000000", "1500.000000000000", "1430.000000000000", "list prices", "list prices", false}) {
		t.Errorf("%+v", r)
	}
	want := "lab/open matches or beats lab/frontier on 47 of 60 prompts (win + ½ tie 0.57, 95% interval 0.47–0.66; non-inferior at a margin of 10%), at 4.7% of the cost [4.7%–4.7%] and 0.63× the time to the first token; at 100,000 requests a month it saves $1430.00; about 553 more prompts would settle superiority."
	if r.Sentence != want {
		t.Errorf("%s\nwant %s", r.Sentence, want)
	}
	if len(d.Prompts) != 60 || d.Sides.N != 34 {
		t.Errorf("%d prompts, %+v", len(d.Prompts), d.Sides)
	}
	md := markdown(t, d)
	for _, part := range []string{
		"# Verdict: pin captions", "measured against **lab/frontier** (column 2)", "Plan of 1 January 1970: votes on 60 prompts, margin 0.1, seed 9.",
		literal(want), "| prompts that count | 60 of 60 |", "| mean score | 0.566667 |", "| 95% interval | 0.470044–0.658472 |", "| 21 |", "| 60 | 60 | question 60 | 0 |",
		"| cost of a prompt | $0.000700000000, the baseline $0.015000000000, over 60 of 60 prompts that both answered |",
	} {
		if part == "| 21 |" {
			part = "| 21 | 21 | question 21 | 1 |"
		}
		if !strings.Contains(md, part) {
			t.Errorf("it does not say %q:\n%s", part, md[:min(len(md), 3000)])
		}
	}
}

// One value, and every writer tells it.
func TestJSONAndMarkdownTellTheSameFigures(t *testing.T) {
	s, turns := voted(30, 10, 5)
	d := decided(t, s, turns, 1000)
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Prompts []struct {
			Models []struct{ Score *float64 }
		}
		Verdicts []struct {
			Sentence string
			N        int
			Mean     float64
			Interval verdict.Interval
			P        float64 `json:"p_non_inferior"`
			Figures  struct {
				Mean string `json:"mean_usd"`
			}
		}
	}
	if err := json.Unmarshal(b, &back); err != nil || len(back.Verdicts) != 1 {
		t.Fatalf("%v: %s", err, b)
	}
	v, md := back.Verdicts[0], markdown(t, d)
	for _, part := range []string{
		literal(v.Sentence), fmt.Sprintf("| prompts that count | %d of 45 |", v.N), fmt.Sprintf("| mean score | %.6f |", v.Mean),
		fmt.Sprintf("| 95%% interval | %.6f–%.6f |", v.Interval.Low, v.Interval.High), "$" + v.Figures.Mean + ", the baseline", fmt.Sprintf("inferior | %.3g, ", v.P),
	} {
		if !strings.Contains(md, part) {
			t.Errorf("Markdown lacks %q:\n%s", part, md)
		}
	}
	sum := 0.0
	for _, p := range back.Prompts {
		sum += *p.Models[0].Score
	}
	if math.Abs(sum/float64(v.N)-v.Mean) > 1e-12 {
		t.Errorf("the scores come to %v, and the mean is %v", sum/float64(v.N), v.Mean)
	}
	if !strings.HasPrefix(v.Sentence, "Exploratory: ") || !strings.Contains(md, "No plan was stored before the first vote") {
		t.Errorf("without a plan it says %s", v.Sentence)
	}
}

func TestNamesAndQuestionsAreNothingButText(t *testing.T) {
	s, turns := voted(1, 0, 0)
	const hostile = "x | y\n# head <script>alert(1)</script> ![i](http://e/) \x1b[2J *b* `c`"
	s.Title, turns[0].Text = hostile, hostile
	for i := range s.Columns {
		s.Columns[i].Model.Model = fmt.Sprint(hostile, i)
		turns[0].Answers[i].Model = s.Columns[i].Model
	}
	md := markdown(t, decided(t, s, turns, 0))
	for _, bad := range []string{"\x1b", "<script", "\n# head", "![i]", " *b*", " `c`", "http://"} {
		if strings.Contains(md, bad) {
			t.Errorf("%q in\n%s", bad, md)
		}
	}
	for line := range strings.Lines(md) {
		if strings.HasPrefix(line, "| 1 |") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 5 {
			t.Errorf("its cells are broken: %s", line)
		}
	}
}

func TestADecisionAboutLittleSaysLittle(t *testing.T) {
	s, turns := voted(0, 0, 0)
	if d := decided(t, s, turns, 0); !strings.HasPrefix(d.Rulings[0].Sentence, "No verdict on lab/open against lab/frontier yet") || !strings.Contains(markdown(t, d), "too few prompts") {
		t.Errorf("%+v", d)
	}
	s, turns = voted(3, 0, 0)
	turns[0].Blind = true // and not revealed
	turns[1].Answers[0].Billed, turns[1].Answers[0].Simulated = nil, true
	turns[2].Answers[1].Billed = nil
	d := decided(t, s, turns, 50)
	md := markdown(t, d)
	for _, part := range []string{"1 turn still blind", "on 2 of 2 prompts", "what it costs of lab/frontier is not known", "| cost of a prompt | not known |", "demo models are simulated", "What it costs at a volume is not known"} {
		if !strings.Contains(md, literal(part)) && !strings.Contains(md, part) {
			t.Errorf("it does not say %q:\n%s", part, md)
		}
	}
	turns[1].Answers[1].System = "be brief"
	if md := markdown(t, decided(t, s, turns, 0)); !strings.Contains(md, "lab/frontier answered under 2 different settings") {
		t.Errorf("of other settings it says nothing:\n%s", md)
	}
	s.Baseline = 0
	if _, err := Decide(s, turns, 0, Terms{}); !errors.Is(err, sessions.ErrNoBaseline) {
		t.Error(err)
	}
	s, turns = voted(25, 0, 0)
	s = planned(s, 25)
	s.Plan.At = time.Unix(4000, 0)
	if d := decided(t, s, turns, 0); !d.Late || !d.Rulings[0].Exploratory || !strings.Contains(markdown(t, d), "Its plan came after a vote") {
		t.Errorf("%+v", d)
	}
}

func TestThreeModelsAreRanked(t *testing.T) {
	s, turns := voted(30, 0, 0)
	third := providers.Ref{Provider: "lab", Model: "third"}
	s.Columns, s.Places = append(s.Columns, sessions.Column{ID: 3, Model: third}), []int{1, 2, 3}
	for i := range turns {
		a := sessions.Answer{Column: 3, Take: 1, Model: third, Finish: providers.Failed, Error: &sessions.Failure{Kind: providers.ServerFault}}
		turns[i].Answers = append(turns[i].Answers, a)
		turns[i].Columns = []int{1, 2, 3}
	}
	d := decided(t, s, turns, 0)
	if len(d.Rulings) != 2 || d.Rulings[1].Candidate != "lab/third" || d.Rulings[1].Lost != 30 || d.Ranking == nil || len(d.Ranking.Models) != 3 {
		t.Fatalf("%+v", d)
	}
	md := markdown(t, d)
	for _, part := range []string{"## Ranking", "By all votes on 30 prompts between", "| lab/open | ", "| 30 | question 30 | 1 | 0 (failed) |", "lab/third failed on 30 prompts; 30 without a vote count as lost."} {
		if !strings.Contains(md, part) {
			t.Errorf("it does not say %q:\n%s", part, md)
		}
	}
}

// What a decision remembers of an earlier one is never stale: it says the same as
// one that remembers nothing, whatever is voted, taken back, asked or revealed.
func TestADecisionWithAMemoryIsTheSameAsWithoutOne(t *testing.T) {
	s, turns := voted(8, 8, 8)
	r := rand.New(rand.NewPCG(4, 4))
	on := Terms{Volume: 1000, Memory: &Memory{}}
	for step := range 60 {
		i := r.IntN(len(turns))
		turns = slices.Clone(turns)
		x := &turns[i]
		switch r.IntN(6) {
		case 0, 1:
			v := x.Votes[0]
			v.ID, v.Best = len(x.Votes)+1, []int{1 + r.IntN(2)}
			x.Votes = append(slices.Clone(x.Votes), v)
		case 2:
			x.Votes = slices.Clone(x.Votes)
			x.Votes[0].Undone = time.Unix(4000, 0)
		case 3: // another take, dearer and slower
			x.Answers = slices.Clone(x.Answers)
			a := x.Answers[0]
			a.Take, a.Text = 2, fmt.Sprint("another ", step)
			dear := providers.Money(r.Int64N(1 << 40))
			a.Billed, a.Timing.FirstToken = &dear, time.Duration(1+r.IntN(900))*time.Millisecond
			x.Answers = slices.Insert(x.Answers, 1, a)
		case 4:
			x.Blind, x.Revealed = true, time.Time{}
		case 5:
			x.Blind = false
		}
		d, err := Decide(s, turns, 0, on)
		if err != nil {
			t.Fatal(err)
		}
		anew, err := Decide(s, turns, 0, Terms{Volume: 1000})
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(d)
		b, _ := json.Marshal(anew)
		if string(a) != string(b) {
			t.Fatalf("step %d: with a memory it says another thing", step)
		}
	}
}

// Sessions without the baseline are left out and named, and one that remains is told
// as it is alone.
func TestSeveralSessionsAreOneDecision(t *testing.T) {
	s, turns := voted(20, 5, 5)
	other, more := voted(10, 0, 0)
	other.ID, other.Title = "01KBBBBBBBBBBBBBBBBBBBBBBB", "elsewhere"
	for i := range more {
		more[i].Text = fmt.Sprintf("another question %d", i)
	}
	strange, none := voted(0, 0, 0)
	strange.ID, strange.Title, strange.Baseline = "01KCCCCCCCCCCCCCCCCCCCCCCC", "not this one", 0
	strange.Columns[1].Model.Model = "someone"
	base := s.Columns[1].Model
	both := []sessions.Case{{Session: planned(s, 30), Turns: turns}, {Session: other, Turns: more}, {Session: strange, Turns: none}}
	d, err := DecideAll(both, providers.Ref{}, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	r := &d.Rulings[0]
	if len(d.Sessions) != 2 || len(d.Without) != 1 || len(d.Prompts) != 40 || r.N != 40 || !r.Exploratory || d.Plan != nil || d.Baseline != (sessions.Seat{Model: base}) {
		t.Errorf("%+v", d)
	}
	all := byEveryWriter(t, d)
	for _, text := range []string{all.md, all.html} {
		for _, part := range []string{"2 sessions", "A plan holds for its own session alone", "01KBBBBBBBBBBBBBBBBBBBBBBB", "elsewhere", "30 prompts, margin 0.1", "Left out: session 01KCCCCCCCCCCCCCCCCCCCCCCC, not this one, because it was not asked of lab/frontier"} {
			if !strings.Contains(text, part) {
				t.Errorf("it does not say %q", part)
			}
		}
	}
	if rows := tableOf(t, all.prompts); rows[len(rows)-1]["asked"] != "01KBBBBBBBBBBBBBBBBBBBBBBB:10" || len(rows) != 80 {
		t.Errorf("%d rows, the last %v", len(rows), rows[len(rows)-1])
	}
	alone, err := DecideAll([]sessions.Case{both[0], both[2]}, base, Terms{})
	if err != nil || len(alone.Sessions) != 1 || len(alone.Without) != 1 || alone.Rulings[0].Exploratory || alone.Plan == nil {
		t.Errorf("%v: %+v", err, alone)
	}
}

// A fork has the turns of what it was forked from, with their answers and votes:
// they are counted and shown once, and again where the fork has something of its
// own.
func TestWhatAForkHasCopiedIsToldOnce(t *testing.T) {
	s, turns := voted(3, 0, 0)
	fork := s
	fork.ID, fork.Origin = "01KBBBBBBBBBBBBBBBBBBBBBBB", &sessions.Origin{Session: s.ID, Turn: 3}
	copied := slices.Clone(turns)
	own := copied[2].Votes[0]
	own.ID, own.At, own.Best = 2, own.At.Add(time.Hour), []int{2}
	copied[2].Votes = append(slices.Clip(copied[2].Votes), own) // voted in the fork alone
	d, err := DecideAll([]sessions.Case{{Session: s, Turns: turns}, {Session: fork, Turns: copied}}, providers.Ref{}, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Parties[0].Answers != 3 || len(d.Prompts) != 3 {
		t.Errorf("%d answers of %d prompts", d.Parties[0].Answers, len(d.Prompts))
	}
	all := byEveryWriter(t, d)
	if !strings.Contains(all.md, "| lab/open | 3 |") {
		t.Error("the table counts copies")
	}
	for id, times := range map[string]int{"s1q1": 1, "s2q1": 0, "s1q3": 1, "s2q3": 1} {
		if n := strings.Count(all.html, `<article class="turn" id="`+id+`">`); n != times {
			t.Errorf("turn %s is there %d times", id, n)
		}
	}
	if want := "Asked in session 01KAAAAAAAAAAAAAAAAAAAAAAA, turn 1; session 01KBBBBBBBBBBBBBBBBBBBBBBB, turn 1 (a copy)."; !strings.Contains(all.html, want) {
		t.Errorf("it does not say %q", want)
	}
}

// A model that its column does not have any more is measured against by name, and
// stands in no column; a plan is of another baseline then.
func TestAModelThatLeftItsColumnIsABaselineByName(t *testing.T) {
	s, turns := voted(3, 0, 0)
	s = planned(s, 3)
	frontier := s.Columns[1].Model
	s.Columns = slices.Clone(s.Columns)
	s.Columns[1].Model.Model = "another"
	d, err := DecideAll([]sessions.Case{{Session: s, Turns: turns}}, frontier, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	md := markdown(t, d)
	if strings.Contains(md, "column 0") || strings.Contains(md, "Several sessions") || strings.Contains(md, "No plan was stored") || !strings.Contains(md, "Its plan has another baseline, column 2") {
		t.Errorf("it says %s", md[:min(len(md), 500)])
	}
}
