package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/report"
	"juxta/sessions/verdict"
)

// tested is a session of several models against the last of them: the cheap first one
// wins the first turns, ties the next and loses the rest; open turns have no vote.
func tested(models []string, wins, ties, losses, open int) (sessions.Session, []sessions.Turn) {
	at := time.Unix(1_700_000_000, 0)
	s := sessions.Session{
		ID: sessions.NewID(at), Title: "pin captions", Kind: sessions.Experiment, Baseline: len(models),
		Created: at, Updated: at,
	}
	var ids []int
	for i, model := range models {
		s.Columns = append(s.Columns, sessions.Column{ID: i + 1, Model: providers.Ref{Provider: "demo", Model: model}})
		ids = append(ids, i+1)
	}
	s.Places = ids
	var turns []sessions.Turn
	for i := range wins + ties + losses + open {
		t := sessions.Turn{ID: i + 1, Parent: i, Text: fmt.Sprintf("question %d", i+1), Asked: at, Columns: ids}
		for k, c := range s.Columns {
			cost := providers.Money(k+1) * providers.Money(k+1) * providers.Dollar / 1000
			a := sessions.Answer{Column: c.ID, Take: 1, Model: c.Model, Text: fmt.Sprintf("answer %d", k), Finish: providers.Finished, Billed: &cost}
			a.Timing.FirstToken, a.Timing.Wall = time.Duration(k+1)*100*time.Millisecond, time.Second
			t.Answers = append(t.Answers, a)
		}
		v := sessions.Vote{ID: 1, At: at.Add(time.Hour), Seats: ids}
		for _, id := range ids {
			v.Takes = append(v.Takes, sessions.Pick{Column: id, Take: 1})
		}
		switch {
		case i < wins:
			v.Best = []int{1}
		case i < wins+ties:
			v.Best = ids
		default:
			v.Best = ids[len(ids)-1:]
		}
		if i < wins+ties+losses {
			t.Votes = []sessions.Vote{v}
		}
		turns = append(turns, t)
	}
	s.Turns = len(turns)
	return s, turns
}

// importedBench is a bench that works on such a session.
func importedBench(t *testing.T, s sessions.Session, turns []sessions.Turn) *sessions.Bench {
	t.Helper()
	b := bench(t, filepath.Join(t.TempDir(), "db"), []string{"swift"})
	arrivals, err := b.Store().Import(t.Context(), sessions.Bundle{Session: s, Turns: turns})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Resume(arrivals[0].ID); err != nil {
		t.Fatal(err)
	}
	return b
}

var threeModels = []string{"small-8b", "middle", "frontier"}

func TestTheVerdictOfASession(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			s, turns := tested(threeModels, 18, 10, 10, 2)
			x := show(t, w, h, importedBench(t, s, turns))
			screen := x.press("tab", "v")
			golden(t, fmt.Sprintf("verdict-%dx%d", w, h), screen)
			want(t, screen, "Exploratory: demo/small-8b matches or", "exploratory: no plan")
			lacks(t, x.press("esc"), "exploratory")
			want(t, x.press("s", "v"), "Exploratory: demo/small-8b matches or")
			want(t, x.press("esc"), "Scoreboard")
			x.press("esc")
			x.quit()
		})
	}
}

// shownOf is all of a verdict in w cells.
func shownOf(t *testing.T, s sessions.Session, turns []sessions.Turn, w int) (string, *verdicts) {
	t.Helper()
	d, err := report.Decide(s, turns, 0, report.Terms{Volume: volumes[usual]})
	o := &verdicts{look: &newModel(t.Context(), Options{}).look, volume: usual, session: s, turns: turns}
	if err == nil {
		o.next = dues(&s, turns, d.Baseline.Column)
	}
	o.take(0, d, err)
	return ansi.Strip(o.view(w, 90)), o
}

// One value, two writers.
func TestTheVerdictShowsTheReportsFigures(t *testing.T) {
	s, turns := tested(threeModels, 18, 10, 10, 2)
	screen, o := shownOf(t, s, turns, 200)
	flat := strings.Join(strings.Fields(strings.ReplaceAll(screen, "│", " ")), " ")
	for i := range o.decision.Rulings {
		r := &o.decision.Rulings[i]
		for _, figure := range []string{
			r.Sentence, string(r.Word),
			fmt.Sprintf("%.2f [%.2f–%.2f] n=%d", r.Mean, r.Interval.Low, r.Interval.High, r.N),
			fmt.Sprintf("%dW %dT %dL", r.Votes.Wins, r.Votes.Ties, r.Votes.Losses),
			fmt.Sprintf("cost of a prompt over %d prompts", r.Figures.Priced), fmt.Sprintf("%.2f× the time of ★", r.Figures.First.Value),
			fmt.Sprintf("%s a month", amountOf(&r.Figures.Volume.Saved)), amountOf(r.Figures.Mean) + ", ★ " + amountOf(r.Figures.Baseline),
		} {
			if !strings.Contains(flat, figure) {
				t.Errorf("the report says %q, the screen:\n%s", figure, screen)
			}
		}
	}
}

func TestAVerdictNeverSaysNaN(t *testing.T) {
	type change = func(*sessions.Session, []sessions.Turn)
	nothing := func(*sessions.Session, []sessions.Turn) {}
	zero := providers.Money(0)
	for _, tt := range []struct {
		name                     string
		wins, ties, losses, open int
		change                   change
		want, lacks              string
	}{
		{"no turn", 0, 0, 0, 0, nothing, "no prompt was asked", "┊"},
		{"no vote", 0, 0, 0, 30, nothing, "left out +30 no vote", "score +\\["},
		{"one vote", 1, 0, 0, 0, nothing, "too few prompts", `\[0\.|better,`},
		{"19 prompts", 19, 0, 0, 0, nothing, "1.00  n=19 · too few prompts", "non-inferior at"},
		{"all wins", 30, 0, 0, 0, nothing, "8b · better", "8b · too few"},
		{"all ties", 0, 30, 0, 0, nothing, "0.50 \\[", "Infinity"},
		{"all losses", 0, 0, 30, 0, nothing, "8b · clearly inferior", "8b · too few"},
		{"no baseline", 3, 0, 0, 0, func(s *sessions.Session, _ []sessions.Turn) { s.Baseline = 0 }, "No column is the baseline", "●"},
		{"unknown costs", 30, 0, 0, 0, func(_ *sessions.Session, turns []sessions.Turn) {
			for i := range turns {
				for k := range turns[i].Answers {
					turns[i].Answers[k].Billed = nil
				}
			}
		}, "cost +unknown, over 30", `\$0`},
		{"nothing costs", 30, 0, 0, 0, func(_ *sessions.Session, turns []sessions.Turn) {
			for i := range turns {
				for k := range turns[i].Answers {
					turns[i].Answers[k].Billed = &zero
				}
			}
		}, "the baseline costs nothing", "saves"},
		{"one is free", 30, 0, 0, 0, func(_ *sessions.Session, turns []sessions.Turn) {
			for i := range turns {
				turns[i].Answers[0].Billed = &zero
			}
		}, `cost +★?─+★ 0% of ★.* · \$0, ★ \$0.00900`, `\$0\.000|free`},
		{"only a hidden turn", 0, 0, 0, 1, func(_ *sessions.Session, turns []sessions.Turn) { turns[0].Blind = true }, "1 blind turn left out until revealed", `\$`},
	} {
		s, turns := tested(threeModels, tt.wins, tt.ties, tt.losses, tt.open)
		tt.change(&s, turns)
		screen, o := shownOf(t, s, turns, 120)
		want(t, screen, tt.want)
		lacks(t, screen, "NaN", "Inf", "%!", tt.lacks)
		for w := 1; w < 130; w += 3 {
			for _, h := range []int{1, 2, 5, 24} {
				for line := range strings.SplitSeq(o.view(w, h), "\n") {
					if n := ansi.StringWidth(line); w >= 50 && n != w {
						t.Fatalf("%s: a line of %d cells instead of %d: %q", tt.name, n, w, ansi.Strip(line))
					}
				}
			}
		}
	}
}

func TestTheVolumeChangesTheSaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, turns := tested([]string{"small-8b", "frontier"}, 21, 7, 3, 0)
		x := show(t, 120, 80, importedBench(t, s, turns))
		want(t, x.press("tab", "v"), "100,000 requests a month", `small-8b: saves \$300.00 a month`)
		want(t, x.press("right"), "300,000 requests a month", `saves \$900.00 a month`)
		want(t, x.press("left", "left", "left", "left", "left", "left", "left"), " 1,000 requests a month", `saves \$3.00 a month`)
		x.press("esc")
		x.quit()
	})
}

func TestEnterGoesToTheTurnThatLacksAVote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, turns := tested([]string{"small-8b", "frontier"}, 20, 0, 0, 3)
		x := show(t, 100, 90, importedBench(t, s, turns))
		want(t, x.press("tab", "v"), `▸ turn 21 · no vote · question 21`, "3 no vote", "n=20")
		lacks(t, x.press("n", "enter"), "Verdict")
		if at := x.currentTurn(); at != 22 {
			t.Errorf("enter went to turn %d instead of 22", at)
		}
		x.press("1")
		want(t, x.press("v"), "n=21", "2 no vote", `▸ turn 21`, `  turn 23`)
		x.press("esc")
		x.quit()
	})
}

// Nothing of a blind turn moves a figure before it is revealed.
func TestAHiddenTurnGivesNoHint(t *testing.T) {
	s, turns := tested([]string{"small-8b", "frontier"}, 20, 3, 2, 0)
	before, _ := shownOf(t, s, turns, 120)
	_, more := tested([]string{"small-8b", "frontier"}, 20, 3, 2, 1)
	hidden := more[25]
	hidden.Blind, hidden.Votes = true, nil
	dear := providers.Dollar
	hidden.Answers[0].Billed, hidden.Answers[0].Timing.FirstToken = &dear, time.Minute
	after, _ := shownOf(t, s, append(turns, hidden), 120)
	want(t, after, "1 blind turn left out until revealed", "turn 26 · blind, no vote")
	cut := func(screen string) string {
		_, screen, _ = strings.Cut(screen, "demo/small-8b ·")
		screen, _, _ = strings.Cut(screen, "Votes to cast next")
		return screen
	}
	if cut(before) != cut(after) || cut(before) == "" {
		t.Errorf("a hidden turn changes the verdict:\n%s\nwithout it:\n%s", after, before)
	}
}

// What was read before a vote must not stand after it.
func TestAnEarlierJudgementIsDropped(t *testing.T) {
	s, turns := tested(threeModels, 18, 10, 10, 2)
	_, o := shownOf(t, s, turns, 120)
	before := o.decision
	o.asked = 2
	o.take(1, nil, fmt.Errorf("late"))
	if o.decision != before || o.wrong != "" {
		t.Error("a judgement of an earlier state took the place of a later one")
	}
}

func TestAPlanIsMadeBeforeTheFirstVote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, turns := tested([]string{"small-8b", "frontier"}, 0, 0, 0, 3)
		b := importedBench(t, s, turns)
		x := show(t, 120, 60, b)
		want(t, x.press("tab", "v"), "exploratory: no plan")
		want(t, x.press("p"), "Plan of this session", "margin", "primary metric", "seed", "baseline")
		want(t, x.press("backspace", "9", "enter"), "✗ .*margin of 0.9") // 0.1 → 0.9
		lacks(t, x.press("backspace", "2", "enter"), "Plan of this session", "exploratory")
		want(t, x.now(), "the plan is stored", "votes on 60 prompts, margin 0.2")
		kept, err := b.Store().Session(b.Session().ID)
		if err != nil || kept.Plan == nil || kept.Plan.Margin != 0.2 || kept.Plan.N != 60 || kept.Plan.Baseline != 2 {
			t.Errorf("the store has the plan %+v, %v", kept.Plan, err)
		}
		x.press("esc", "1", "v", "p")
		want(t, x.now(), "too late for a plan: the session has votes")
		lacks(t, x.now(), "Plan of this session")
		x.press("esc")
		x.quit()
	})
}

func TestAnIntervalIsDrawnWhereItIs(t *testing.T) {
	for _, tt := range []struct {
		mean, low, high, edge float64
		want                  string
	}{
		{0.5, 0.3, 0.7, 0.4, "──────[━┊━●━━━]──────"},
		{0.75, 0.6, 0.9, 0.4, "────────┊─│─[━━●━━]──"},
		{1, 0.8, 1, 0.4, "────────┊─│─────[━━━●"},
	} {
		if got := spanned(tt.mean, tt.low, tt.high, tt.edge, 21); got != tt.want {
			t.Errorf("%+v is drawn\n%s, want\n%s", tt, got, tt.want)
		}
	}
}

func TestTheParetoLineHasWhomNoneBeats(t *testing.T) {
	all := []plotted{{sign: '★', cost: 1, quality: 0.5}, {sign: '1', cost: 0.1, quality: 0.5}, {sign: '2', cost: 0.5, quality: 0.4}, {sign: '3', cost: 2, quality: 0.8}}
	pareto(all)
	var got strings.Builder
	for _, p := range all {
		if p.undominated {
			got.WriteRune(p.sign)
		}
	}
	if got.String() != "13" {
		t.Errorf("the Pareto line has %q, want 1 and 3", got.String())
	}
}

func TestThePlotJoinsWhomNoneBeats(t *testing.T) {
	o := &verdicts{look: &newModel(t.Context(), Options{}).look}
	plain := o.look.theme.Text
	all := []plotted{{sign: '★', cost: 1, quality: 0.5, style: plain}, {sign: '1', cost: 0.01, quality: 0.2, style: plain}, {sign: '2', cost: 0.5, quality: 0.1, style: plain}}
	pareto(all)
	got := ansi.Strip(strings.Join(o.chart(all, 41, 5), "\n"))
	want := strings.Join([]string{
		"1.00┤                    ┊                    ",
		"    │                    ┊                    ",
		"0.50┤────────────────────┊───────────────────★",
		"    │1 · · · · · · · · · · · · · · · · · · · ·",
		"0.00┤                    ┊             2      ",
	}, "\n")
	if !strings.HasPrefix(got, want) {
		t.Errorf("drawn is\n%s\nwant\n%s", got, want)
	}
}

// The screen never waits for the figures: keys only ask for them.
func BenchmarkVerdictOf2000Turns(b *testing.B) {
	s, turns := tested(threeModels, 1000, 600, 400, 0)
	d, err := report.Decide(s, turns, 0, report.Terms{Volume: volumes[usual]})
	if err != nil {
		b.Fatal(err)
	}
	o := &verdicts{look: &newModel(b.Context(), Options{}).look, volume: usual, session: s, turns: turns}
	o.take(0, d, nil)
	for b.Loop() {
		o.width = 0
		_, _ = o.key(tea.KeyPressMsg{Code: 'j', Text: "j"})
		_ = o.view(120, 36)
	}
}

// A small screen is enough for what is asked for first of two candidates.
func TestTheFirstScreenfulHasTheVerdictOnEach(t *testing.T) {
	s, turns := tested(threeModels, 18, 10, 10, 2)
	_, o := shownOf(t, s, turns, 80)
	o.width = 0
	first := ansi.Strip(o.view(80, 24))
	for i := range o.decision.Rulings {
		r := &o.decision.Rulings[i]
		want(t, first, r.Candidate+" · "+string(r.Word), fmt.Sprintf(`\] *─* %.2f \[%.2f–%.2f\] n=%d|● *─* %.2f`, r.Mean, r.Interval.Low, r.Interval.High, r.N, r.Mean),
			`cost +[█▏▎▍▌▋▊▉─]+★ `+regexp.QuoteMeta(costWords(r)), `first +[█▏▎▍▌▋▊▉─]+★ `+regexp.QuoteMeta(timeWords(r)))
	}
	lacks(t, first, "what it rests on")
	_, _ = o.key(tea.KeyPressMsg{Code: tea.KeyPgDown})
	want(t, ansi.Strip(o.view(80, 24)), "lines 21–41 of", "what it rests on")
	_, _ = o.key(tea.KeyPressMsg{Code: tea.KeyEnd})
	want(t, ansi.Strip(o.view(80, 24)), "Votes to cast next", fmt.Sprintf("–%d of %d", len(o.lines), len(o.lines)))
	_, _ = o.key(tea.KeyPressMsg{Code: tea.KeyHome})
	want(t, ansi.Strip(o.view(80, 24)), "lines 1–21 of")
}

// A machine of one's own costs more than its energy: the bar and the plot say what the
// sentence says.
func TestALocalModelsBarIsTheSentences(t *testing.T) {
	s, turns := tested([]string{"small-8b", "frontier"}, 21, 7, 3, 0)
	tariff := providers.Dollar / 3
	for i := range turns {
		a := &turns[i].Answers[0]
		a.Billed, a.Local, a.Timing.Last = nil, true, time.Second
		a.Energy = &providers.Energy{Joules: 400, Seconds: 1, Basis: providers.Measured, Of: "GPU", Tariff: &tariff}
	}
	machine, price := verdict.DefaultMachine(), 2000*providers.Dollar
	machine.Price = &price
	d, err := report.Decide(s, turns, 0, report.Terms{Volume: volumes[usual], Machine: &machine})
	if err != nil {
		t.Fatal(err)
	}
	o := &verdicts{look: &newModel(t.Context(), Options{}).look, volume: usual, session: s, turns: turns}
	o.take(0, d, nil)
	share := verdict.PortionOf(d.Rulings[0].Figures.Share.Value)
	want(t, ansi.Strip(o.view(160, 60)), "at "+share+" the cost at", "★ "+share+" ★ a month · machines of your own", "energy only of a local one", `energy only · \$\S+ owned`)
}

// The verdict's keys are in the table of all: who binds one has it there, in the
// line below it and in the help.
func TestTheVerdictsKeysAreTheUsers(t *testing.T) {
	keys, err := Bind([]Binding{{Command: "larger_volume", Keys: []string{"+"}}, {Command: "commands", Keys: []string{"ctrl+k"}}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s, turns := tested([]string{"small-8b", "frontier"}, 21, 7, 3, 0)
		x := start(t, 120, 24, Options{Keys: keys, Open: func(context.Context) (*sessions.Bench, error) { return importedBench(t, s, turns), nil }})
		want(t, x.press("tab", "v"), `h \+ volume · tab part`, "100,000 requests")
		lacks(t, x.press("+"), "100,000 requests")
		want(t, x.press("l"), "300,000 requests") // it means nothing now
		want(t, x.press("ctrl+k", "fewer requests"), "All commands", "verdict: count the costs of fewer")
		want(t, x.press("enter"), "100,000 requests")
		x.press("esc")
		x.quit()
	})
}

func TestThePlansKeyIsTheOneThatItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, turns := tested([]string{"swift", "frontier"}, 0, 0, 0, 3)
		o := opens(importedBench(t, s, turns))
		o.Keys = bound(t, Binding{"plan", []string{"L"}})
		x := start(t, 120, 60, o)
		want(t, x.press("tab", "v"), "None. L makes one", "L plan")
		x.quit()
	})
}
