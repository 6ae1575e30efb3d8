package verdict

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

// sound holds a trial to what must be so of every one.
func sound(t *testing.T, name string, trial Trial) {
	t.Helper()
	finite := func(what string, v any) {
		if bad := endless(reflect.ValueOf(v)); bad != "" {
			t.Errorf("%s: %s of %s is no number", name, bad, what)
		}
	}
	vs := Judge(trial)
	if want := max(len(trial.Models)-1, 0); len(vs) != want {
		t.Errorf("%s: %d verdicts", name, len(vs))
	}
	for _, v := range vs {
		finite("the verdict", v)
		left := 0
		for _, l := range v.Left {
			left += l.N
			if l.N <= 0 {
				t.Errorf("%s: left out %v", name, l)
			}
		}
		if v.N+left != len(trial.Prompts) {
			t.Errorf("%s: %d count and %d are left out of %d", name, v.N, left, len(trial.Prompts))
		}
		edge, i := 0.5-v.Margin, v.Interval
		const slack = 1e-9
		if !(0 <= i.Low && i.Low <= v.Mean+slack && v.Mean-slack <= i.High && i.High <= 1) && v.N > 0 || v.Matched > v.N {
			t.Errorf("%s: %v around %v", name, i, v.Mean)
		}
		var wrong bool
		switch v.Word {
		case TooFew:
			wrong = v.N >= Fewest
		case Better:
			wrong = i.Low < .5-slack
		case NonInferior:
			wrong = i.Low < edge-slack
		case WithinMargin:
			wrong = i.Low < edge-slack || i.High > .5+slack
		case Inferior:
			wrong = i.High > .5+slack
		case ClearlyInferior:
			wrong = i.High > edge+slack
		case Inconclusive:
			wrong = v.Candidates == 1 && (i.Low > edge+slack || i.High < .5-slack)
		default:
			wrong = true
		}
		if wrong || v.N < Fewest && v.Word != TooFew {
			t.Errorf("%s: %s by %v of %d", name, v.Word, i, v.N)
		}
		if v.Next != nil && v.Next.More < 0 || v.Word == TooFew && v.Next == nil {
			t.Errorf("%s: %+v more", name, v.Next)
		}
		if _, err := json.Marshal(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		m := slices.Index(trial.Models, v.Candidate)
		f := trial.Figures(m)
		f.Volume = f.AtPrice(100_000)
		finite("the figures", f)
		for _, s := range append(v.Remarks(), v.Sentence(f)) {
			if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Contains(s, "%!") || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: it says %q", name, s)
			}
		}
		sum, votes := 0.0, 0
		for i, x := range trial.Outcomes(m) {
			if (x.Score == nil) == (x.Left == "") {
				t.Errorf("%s: prompt %d counts, or is left out, without a word: %+v", name, i, x)
			}
			if x.Score != nil {
				sum, votes = sum+*x.Score, votes+x.Votes.N()
			}
		}
		if math.Abs(sum-v.Mean*float64(v.N)) > 1e-9*float64(v.N) || votes != v.Votes.N() {
			t.Errorf("%s: the scores come to %v of %d votes, want %v of %d", name, sum, votes, v.Mean*float64(v.N), v.Votes.N())
		}
		if l, ok := trial.Length(m); ok {
			finite("the length", l)
		}
		for _, x := range trial.Voters() {
			finite("the agreement", trial.Between(m, x, "b"))
		}
	}
	finite("the sides", trial.Sides())
	if r, ok := trial.Ranking(); ok {
		finite("the ranking", r)
	} else if len(trial.Models) > 0 && trial.Baseline >= 0 && trial.Baseline < len(trial.Models) {
		t.Errorf("%s: no ranking", name)
	}
}

// endless is the path to a number that is none, or not finite.
func endless(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Sprint(f)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return endless(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if bad := endless(v.Field(i)); bad != "" {
				return v.Type().Field(i).Name + ": " + bad
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if bad := endless(v.Index(i)); bad != "" {
				return bad
			}
		}
	}
	return ""
}

// anyTrial is one drawn at random, with all that may come together in it.
func anyTrial(r *rand.Rand) Trial {
	pick := func(n int) int { return r.IntN(n) }
	var t Trial
	models := 2 + pick(4)
	for i := range models {
		t.Models = append(t.Models, fmt.Sprintf("m%d", i))
	}
	t.Baseline = pick(models)
	if pick(2) == 0 {
		t.Plan = &Plan{Margin: r.Float64() / 2, N: pick(70)}
	}
	bias, failures, voted, ties := r.Float64(), r.Float64()*float64(pick(2)), r.Float64(), r.Float64()*float64(pick(2))
	for range pick(130) {
		var p Prompt
		for range pick(models + 1) {
			a := Answer{State: Answered, Runes: pick(1000), First: r.Float64() * float64(pick(3)-1)}
			switch {
			case r.Float64() < failures:
				a.State = Failed
			case pick(12) == 0:
				a.State, a.Why = Excluded, "stopped"
			case pick(12) == 0:
				a.State = Absent
			}
			if pick(5) > 0 {
				m := providers.Money(pick(3)) * providers.Money(r.Int64N(math.MaxInt64/4))
				a.Cost = &m
			}
			p.Answers = append(p.Answers, a)
		}
		for r.Float64() < voted && len(p.Ballots) < 6 {
			seats := r.Perm(models)[:1+pick(models)]
			b := Ballot{Voter: string(rune('a' + pick(3))), Blind: pick(3) > 0, Seats: seats}
			for _, s := range seats {
				if x := r.Float64(); x < ties || x < bias/float64(1+s) {
					b.Best = append(b.Best, s)
				}
			}
			p.Ballots = append(p.Ballots, b)
		}
		t.Prompts = append(t.Prompts, p)
	}
	return t
}

func TestEveryTrialIsJudgedSoundly(t *testing.T) {
	for seed := range uint64(60) {
		sound(t, fmt.Sprintf("seed %d", seed), anyTrial(rand.New(rand.NewPCG(seed, 0))))
		if t.Failed() {
			return
		}
	}
}

func FuzzEveryTrialIsJudgedSoundly(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		sound(t, "trial", anyTrial(rand.New(rand.NewPCG(a, b))))
	})
}

func TestJudgingChangesNothing(t *testing.T) {
	trial := anyTrial(rand.New(rand.NewPCG(5, 5)))
	before, _ := json.Marshal(trial)
	one, _ := json.Marshal(Judge(trial))
	two, _ := json.Marshal(Judge(trial))
	after, _ := json.Marshal(trial)
	if string(before) != string(after) || string(one) != string(two) {
		t.Error("the same trial is another one, or says something else")
	}
}
