package verdict

import (
	"math"
	"slices"
	"testing"
)

// six is half of the sixth place, and a little for a figure that ends in 5.
const six = 5.1e-7

// scoresOf are so many wins, ties and losses.
func scoresOf(wins, ties, losses int) []float64 {
	return slices.Concat(slices.Repeat([]float64{1}, wins), slices.Repeat([]float64{.5}, ties), slices.Repeat([]float64{0}, losses))
}

// A worked example.
func TestScoresOfPromptsAreAsWorked(t *testing.T) {
	for _, tt := range []struct {
		name                      string
		scores                    []float64
		w, effective, low, high   float64
		noninferior, superior, at float64
	}{
		{"21 wins 26 ties 13 losses", scoresOf(21, 26, 13), .566667, 102.499285, .470044, .658472, .000286248, .088525, six},
		{"34 wins 26 losses", scoresOf(34, 0, 26), .566667, 60, .441034, .684276, .004204, .150850, six},
		{"three votes each", []float64{1, 1, 2. / 3, .5, 0, 1. / 3, 1, .5, 5. / 6, 2. / 3, 1, 1. / 6}, .638889, 19.841943, .421608, .811114, .014924, .107980, six},
		{"10 wins", scoresOf(10, 0, 0), 1, 10, .722467, 1, .0000538, .000783, six},
		{"10 ties", scoresOf(0, 10, 0), .5, 36.031777, .344805, .655195, .110234, .5, six},
		{"12 wins 40 ties 8 losses", scoresOf(12, 40, 8), .533333, 161.877436, .456600, .608521, .000267, .198161, six},
	} {
		s := SampleOf(tt.scores)
		is(t, tt.name+": w", s.Mean, tt.w, tt.at)
		is(t, tt.name+": n_eff", s.Effective, tt.effective, tt.at)
		isInterval(t, tt.name, s.Interval(), tt.low, tt.high, tt.at)
		is(t, tt.name+": non-inferior", s.Above(.4), tt.noninferior, tt.at)
		is(t, tt.name+": superior", s.Above(.5), tt.superior, tt.at)
		is(t, tt.name+": the other way", s.Below(.5), 1-s.Above(.5), 1e-12)
	}
	s := SampleOf(scoresOf(21, 26, 13))
	is(t, "v", s.Var, .137222, six)
	is(t, "v'", s.heldUp(), .143741, six)
	is(t, "error", SampleOf([]float64{0, 1}).Error(), .5, 1e-12)
	if got := SampleOf([]float64{math.NaN(), 7, -1}); got.Mean != 0.5 || got.N != 3 {
		t.Errorf("of no scores: %+v", got)
	}
}

func TestSharesAreAsWorked(t *testing.T) {
	isInterval(t, "Wilson 18/20", Wilson(18, 20), .698966, .972134, six)
	isInterval(t, "Wilson 4/20", Wilson(4, 20), .080658, .416017, six)
	isInterval(t, "Wilson 0/30", Wilson(0, 30), 0, c0/(30+c0), 1e-12) // .1135134
	isInterval(t, "Clopper and Pearson 18/20", Exact(18, 20), .683017, .987651, six)
	isInterval(t, "Agresti and Coull 18/20", AgrestiCoull(18, 20), .686756, .984344, six)
	// At the ends (α/2)^(1/n) is exact.
	isInterval(t, "Clopper and Pearson 0/10", Exact(0, 10), 0, 1-math.Pow(.025, .1), 1e-12)
	isInterval(t, "Clopper and Pearson 10/10", Exact(10, 10), math.Pow(.025, .1), 1, 1e-12)
	for _, of := range []func(x, n int) Interval{Wilson, Exact, AgrestiCoull} {
		if i := of(0, 0); i != (Interval{0, 1}) {
			t.Errorf("of nothing: %v", i)
		}
	}
}

func TestPairedChecksAreAsWorked(t *testing.T) {
	is(t, "21 to 13", SignTest(21, 13), .229481, six)
	is(t, "13 to 3", SignTest(13, 3), .021271, six)
	is(t, "none", SignTest(0, 0), 1, 0)
	is(t, "even", SignTest(4, 4), 1, 0)
	for _, tt := range []struct {
		p                                PassFail
		low, high, t, ni, exact, between float64
	}{
		{PassFail{6, 4, 60}, -.078784, .148750, 2.269592, .011616, .753906, .548828},
		{PassFail{3, 12, 80}, -.214369, -.019882, -.269946, .606399, .035156, .021271},
		{PassFail{16, 8, 86}, -.019659, .206911, 3.208891, .000666, .151590, .107752},
		{PassFail{0, 0, 40}, -c0 / (40 + c0), c0 / (40 + c0), 0, 0, 1, 1},
	} {
		isInterval(t, "Tango", tt.p.Interval(), tt.low, tt.high, six)
		is(t, "McNemar", tt.p.McNemar(), tt.exact, six)
		is(t, "mid-p", tt.p.MidP(), tt.between, six)
		if tt.p.A > 0 {
			is(t, "T(-.1)", tt.p.tango(-.1), tt.t, six)
			is(t, "non-inferior", tt.p.NonInferior(.1), tt.ni, six)
		}
	}
	for _, tt := range []struct {
		p    PassFail
		want Interval
	}{{PassFail{}, Interval{-1, 1}}, {PassFail{5, 0, 5}, Interval{PassFail{5, 0, 5}.Interval().Low, 1}}, {PassFail{0, 5, 5}, Interval{-1, PassFail{0, 5, 5}.Interval().High}}} {
		if got := tt.p.Interval(); got != tt.want || math.IsNaN(got.Low+got.High) {
			t.Errorf("%+v: %v, want %v", tt.p, got, tt.want)
		}
	}
	if x, p := (PassFail{N: 9}).ChiSquared(true); x != 0 || p != 1 {
		t.Errorf("χ² of nothing: %v, %v", x, p)
	}
}

func TestAnytimeIntervalsAreAsWorked(t *testing.T) {
	for _, tt := range []struct {
		sum       float64
		n         int
		at        float64
		low, high float64
	}{{700, 1000, 100, .651630, .745950}, {15, 50, 50, .129557, .511896}, {34, 60, 50, .371202, .750559}, {12.5, 20, 50, .287308, .896860}, {10, 10, 50, .527809, 1}, {0, 5, 50, 0, .789862}, {0, 0, 50, 0, 1}} {
		isInterval(t, "anytime", Anytime(tt.sum, tt.n, tt.at), tt.low, tt.high, six)
	}
	for i, want := range []float64{6.524985, 4.635696, 3.954738, 2.504352} {
		is(t, "λ", bets([]float64{1, 1, 0, 1})[i], want, six)
	}
	isInterval(t, "betting", Betting([]float64{1, 1, 0, 1}), .116266, 1, six)
	isInterval(t, "betting on wins", Betting(scoresOf(10, 0, 0)), .528471, 1, six)
	isInterval(t, "betting at length", Betting(slices.Repeat([]float64{1, 1, 0, .5}, 25)), .500322, .759639, six)
	isInterval(t, "betting on nothing", Betting(nil), 0, 1, 0)
	// Where the interval ends, the p-value is its level.
	s := SampleOf(scoresOf(34, 0, 26))
	i := Anytime(34, 60, 50)
	is(t, "p at the low end", s.anytimeP(i.Low, 50, true), .05, 1e-9)
	is(t, "p at the high end", s.anytimeP(i.High, 50, false), .05, 1e-9)
	is(t, "p on the wrong side", s.anytimeP(.6, 50, true), 1, 0)
}

func TestHolmIsAsWorked(t *testing.T) {
	raw := []float64{.001, .002, .003, .004, .005, .05, .06, .07, .08, .09}
	want := []float64{.01, .018, .024, .028, .03, .25, .25, .25, .25, .25}
	for i, p := range Holm(raw) {
		is(t, "Holm", p, want[i], 1e-12)
	}
	for i, p := range Holm([]float64{.05, .001, .004}) { // in the order they came in
		is(t, "Holm", p, []float64{.05, .003, .008}[i], 1e-12)
	}
	if len(Holm(nil)) != 0 {
		t.Error("of none there are some")
	}
}

// A worked example.
func TestPlansAreAsWorked(t *testing.T) {
	for _, tt := range []struct {
		margin, ties float64
		n80, n90     int
	}{
		{.05, 0, 785, 1051},
		{.05, .2, 628, 841},
		{.05, .4, 471, 631},
		{.05, .6, 314, 421},
		{.075, 0, 349, 467},
		{.075, .2, 280, 374},
		{.075, .4, 210, 281},
		{.075, .6, 140, 187},
		{.10, 0, 197, 263},
		{.10, .2, 157, 211},
		{.10, .4, 118, 158},
		{.10, .6, 79, 106},
		{.15, 0, 88, 117},
		{.15, .2, 70, 94},
		{.15, .4, 53, 71},
		{.15, .6, 35, 47},
		{.20, 0, 50, 66},
		{.20, .2, 40, 53},
		{.20, .4, 30, 40},
		{.20, .6, 20, 27},
	} {
		v := .25 - tt.ties/4
		if n, _ := Needed(.5, v, .5-tt.margin, .8); n != tt.n80 {
			t.Errorf("margin %v, ties %v: %d, want %d", tt.margin, tt.ties, n, tt.n80)
		}
		if n, _ := Needed(.5, v, .5-tt.margin, .9); n != tt.n90 {
			t.Errorf("margin %v, ties %v, power .9: %d, want %d", tt.margin, tt.ties, n, tt.n90)
		}
		if n, _ := Suggest(tt.margin, tt.ties); n != tt.n80 {
			t.Errorf("margin %v, ties %v: %d are suggested", tt.margin, tt.ties, n)
		}
	}
	for _, tt := range []struct {
		w, ties, edge float64
		want          int
	}{{.55, 0, .4, 87}, {.55, .2, .4, 69}, {.55, .4, .4, 52}, {.6, 0, .4, 48}, {.6, .2, .4, 38}, {.6, .4, .4, 28}, {.55, 0, .5, 778}, {.6, 0, .5, 189}, {.65, 0, .5, 80}, {.7, 0, .5, 42}} {
		if n, _ := Needed(tt.w, tt.w*(1-tt.w)-tt.ties/4, tt.edge, .8); n != tt.want {
			t.Errorf("%+v: %d", tt, n)
		}
	}
	for _, w := range []float64{.4, math.NaN()} {
		if n, ok := Needed(w, .24, .4, .8); ok {
			t.Errorf("%d prompts settle what can't be", n)
		}
	}
	for _, tt := range []struct {
		n                        int
		ni, sup, lateNI, lateSup float64
	}{{20, .65, .75, .75, .85}, {30, .60, .70, .70, .80}, {60, .533333, .633333, .60, .70}, {100, .50, .60, .56, .66}, {200, .47, .57, .51, .61}} {
		for _, c := range []struct {
			edge, want float64
			anytime    bool
		}{{.4, tt.ni, false}, {.5, tt.sup, false}, {.4, tt.lateNI, true}, {.5, tt.lateSup, true}} {
			if got, ok := SmallestMean(tt.n, c.edge, c.anytime); !ok || math.Abs(got-c.want) > six {
				t.Errorf("n=%d, above %v, at any time %t: %.6f, want %v", tt.n, c.edge, c.anytime, got, c.want)
			}
		}
	}
	if _, ok := SmallestMean(2, .5, false); ok {
		t.Error("two wins settle superiority")
	}
	// When the anytime interval is asked how many it takes, so many do and one less does not.
	for _, c := range []struct{ w, edge float64 }{{1, .4}, {.6, .4}, {.55, .4}, {.62, .5}, {.3, .5}} {
		n, ok := NeededAnytime(c.w, c.edge, 50)
		out := func(n int) bool {
			i := Anytime(c.w*float64(n), n, 50)
			return c.edge < i.Low || c.edge > i.High
		}
		if !ok || !out(n) || out(n-1) {
			t.Errorf("w %v, edge %v: %d, %t", c.w, c.edge, n, ok)
		}
	}
	if _, ok := NeededAnytime(.5, .5, 50); ok {
		t.Error("nothing is settled on the edge itself")
	}
}

func TestStrengthsAreAsWorked(t *testing.T) {
	wikipedia := matrix{{0, 2, 0, 1}, {3, 0, 5, 0}, {0, 3, 0, 1}, {4, 0, 3, 0}}
	for i, w := range worths(ranked(t, wikipedia, 0)) {
		is(t, "worth", w, []float64{.639835, 1.043314, .659810, 2.270377}[i], six)
	}
	theta := func(r Ranking) []float64 { // against the ghost, whose likelihood is level at it
		var out []float64
		shift := bisect(-10, 10, func(s float64) bool {
			pull := 0.0
			for _, x := range r.Rated {
				pull += 1 - 2*logistic(x.Strength+s)
			}
			return pull > 0
		})
		for _, x := range r.Rated {
			out = append(out, x.Strength+shift)
		}
		return out
	}
	for i, x := range theta(ranked(t, wikipedia, Ghost)) {
		is(t, "with a ghost", x, []float64{-.413197, .071592, -.379778, .743604}[i], six)
	}
	separated := matrix{{0, 3, 0}, {0, 0, 2}, {0, 0, 0}}
	for i, x := range theta(ranked(t, separated, Ghost)) {
		is(t, "separated", x, []float64{1.873039, -.098070, -1.675529}[i], six)
	}
	if _, ok := Rank(3, 0, 0, func(yield func([]Comparison) bool) {
		yield([]Comparison{{0, 1, 1}, {1, 2, 1}})
	}); ok {
		t.Error("who never lost has a finite strength without a ghost")
	}
}

// A worked example of 15 votes.
func TestErrorsAreByPrompts(t *testing.T) {
	prompts := [][]Comparison{
		{{0, 1, 1}, {0, 2, 1}, {1, 2, .5}},
		{{0, 1, 0}, {0, 2, 1}, {1, 2, 1}},
		{{0, 1, 1}, {0, 2, .5}, {1, 2, 0}},
		{{0, 1, .5}, {0, 2, 1}, {1, 2, 1}},
		{{0, 1, 0}, {0, 2, 0}, {1, 2, 1}},
	}
	r, ok := Rank(3, 0, 0, slices.Values(prompts))
	if !ok || r.Prompts != 5 {
		t.Fatalf("%+v", r)
	}
	want := [][4]float64{{0, 1000, 0, 0}, {0, 1000, .750587, .970708}, {-.847298, 852.809, .785516, .741455}}
	for i, x := range r.Rated {
		is(t, "θ", x.Strength, want[i][0], six)
		is(t, "Elo", x.Elo, want[i][1], 5e-4)
		is(t, "the model's error", x.Model, want[i][2], six)
		is(t, "the clustered error", x.Clustered, want[i][3], six)
		if x.Best != 1 || x.Worst != 3 {
			t.Errorf("five prompts leave %d to %d", x.Best, x.Worst)
		}
	}
	// 20 times the same is as sure as can be: places are told apart.
	var many [][]Comparison
	for range 20 {
		many = append(many, []Comparison{{0, 1, 0}, {0, 2, 1}, {1, 2, 1}}, []Comparison{{0, 1, .5}, {0, 2, 1}, {1, 2, 1}})
	}
	r, _ = Rank(3, 0, Ghost, slices.Values(many))
	for i, want := range [][2]int{{2, 2}, {1, 1}, {3, 3}} {
		if x := r.Rated[i]; x.Best != want[0] || x.Worst != want[1] {
			t.Errorf("model %d: place %d to %d, want %v (%+v)", i, x.Best, x.Worst, want, x)
		}
	}
}

func TestTiesOfPuddingsAreAsWorked(t *testing.T) {
	d, ok := Davidson(6, []Meeting{
		{0, 1, 19, 22, 16},
		{0, 2, 16, 19, 12},
		{1, 2, 19, 19, 10},
		{0, 3, 18, 23, 13},
		{1, 3, 23, 19, 9},
		{2, 3, 19, 20, 15},
		{0, 4, 13, 19, 18},
		{1, 4, 16, 20, 12},
		{2, 4, 16, 15, 17},
		{3, 4, 17, 14, 16},
		{0, 5, 18, 21, 12},
		{1, 5, 22, 20, 12},
		{2, 5, 13, 18, 10},
		{3, 5, 14, 19, 18},
		{4, 5, 11, 21, 12},
	})
	if !ok {
		t.Fatal("no fit")
	}
	for i, want := range []float64{0, .220242, .152978, .175145, .133865, .377135} {
		is(t, "pudding", d.Strength[i], want, six)
	}
	is(t, "ν", math.Exp(d.Ties), .746823, six)
	is(t, "likelihood", d.Likelihood, -809.709510, six)
	for name, m := range map[string][]Meeting{"no votes": nil, "no ties": {{0, 1, 3, 2, 0}}, "ties alone": {{0, 1, 0, 0, 5}}, "always won": {{0, 1, 5, 0, 2}}} {
		if d, ok := Davidson(2, m); ok {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestAgreementIsAsWorked(t *testing.T) {
	for _, tt := range []struct {
		table                            [][]int
		agree, kappa, error, ac1, ac1err float64
	}{
		{[][]int{{13, 0, 0}, {0, 20, 7}, {0, 4, 56}}, .89, .796409, .058911, .849331, .043217},
		{[][]int{{20, 5}, {10, 15}}, .7, .4, .126996, .405941, .130152},
		{[][]int{{90, 4}, {5, 1}}, .91, .134615, .162101, .899559, .034787},
	} {
		a := AgreementOf(tt.table)
		is(t, "agreement", a.Agree, tt.agree, six)
		is(t, "κ", a.Kappa, tt.kappa, six)
		is(t, "κ's error", a.KappaError, tt.error, six)
		is(t, "AC1", a.AC1, tt.ac1, six)
		is(t, "AC1's error", a.AC1Error, tt.ac1err, six)
		if !a.Defined {
			t.Errorf("%v: not defined", tt.table)
		}
	}
	for _, table := range [][][]int{nil, {{0, 0}, {0, 0}}, {{7, 0}, {0, 0}}, {{7}}} {
		if a := AgreementOf(table); a.Defined || a.Kappa != 0 || a.AC1 != 0 {
			t.Errorf("%v: %+v", table, a)
		}
	}
}
