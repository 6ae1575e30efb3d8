package verdict

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// reference is a file of published results, which the project does not carry.
func reference(t *testing.T, parts ...string) string {
	t.Helper()
	shared := os.Getenv("JUXTA_SHARED")
	if shared == "" {
		t.Skip("JUXTA_SHARED is not set: the published results are not here")
	}
	return filepath.Join(append([]string{shared, "reference"}, parts...)...)
}

func readJSON(t *testing.T, into any, parts ...string) {
	t.Helper()
	b, err := os.ReadFile(reference(t, parts...))
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// readCSV is a table without its heading.
func readCSV(t *testing.T, parts ...string) [][]string {
	t.Helper()
	f, err := os.Open(reference(t, parts...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[1:]
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// is complains about what is not within tol of what was published.
func is(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s is %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

func isInterval(t *testing.T, what string, got Interval, low, high, tol float64) {
	t.Helper()
	is(t, what+" from", got.Low, low, tol)
	is(t, what+" to", got.High, high, tol)
}

func TestAlpacaEvalComesOutAsPublished(t *testing.T) {
	// Length-controlled rates of the README beside the data, and such as it has none for.
	equal := map[string]float64{"claude__": .735561, "alpaca-7b__": .256779, "phi-2__": .294923, "claude-2.1__": .324118}
	for _, row := range readCSV(t, "alpaca_eval", "expected.csv") {
		file := filepath.Base(row[0])
		var scores, longer []float64
		wins, losses, draws, rows, length := 0, 0, 0, 0, 0.0
		for _, a := range readCSV(t, "alpaca_eval", file) {
			rows++
			length += number(t, a[4]) // of what was not judged, too
			if a[2] == "" {
				continue
			}
			pref := number(t, a[2])
			if pref == 0 {
				pref = 1.5
			}
			switch x := pref - 1; {
			case pref == 1.5:
				draws++
			case x > .5:
				wins++
			default:
				losses++
			}
			scores = append(scores, pref-1)
			longer = append(longer, number(t, a[4])-number(t, a[3]))
		}
		s := SampleOf(scores)
		is(t, file+": win rate", 100*s.Mean, number(t, row[1]), 1e-9)
		is(t, file+": standard error", 100*s.Error(), number(t, row[2]), 1e-9)
		for i, got := range []int{wins, losses, draws, s.N, int(length / float64(rows))} {
			is(t, file+": count", float64(got), number(t, row[3+i]), 0)
		}
		for name, want := range equal {
			if l, ok := LengthOf(scores, longer); len(file) > len(name) && file[:len(name)] == name {
				if !ok {
					t.Errorf("%s: there is no fit", file)
				}
				is(t, file+": rate if equally long", l.Mean, want, 1e-6)
				if name == "claude__" {
					is(t, "θ", l.Theta, 1.023023, 1e-6)
					is(t, "β", l.Slope, 3.067161, 1e-6)
					is(t, "error", l.Error, .201238, 1e-6)
				}
			}
		}
	}
}

func TestLLMBarComesOutAsPublished(t *testing.T) {
	for _, row := range readCSV(t, "llmbar_swap", "expected.csv") {
		file := filepath.Base(row[0])
		var n, right, swapped, both, same int
		table := [][]int{{0, 0}, {0, 0}}
		var trial Trial
		for _, a := range readCSV(t, "llmbar_swap", file) {
			n++
			gold, x, y := a[1], a[2], a[3]
			one := func(ok bool) int {
				if ok {
					return 1
				}
				return 0
			}
			right += one(x == gold)
			swapped += one(y == gold)
			both += one(x == gold && y == gold)
			same += one(x == y)
			table[one(x == "1")][one(y == "1")]++
			// Model 0 wrote the first answer; in the other order it is on the right.
			p := Prompt{}
			for seats, won := range map[[2]int]string{{0, 1}: x, {1, 0}: y} {
				best := map[string][]int{"1": {0}, "2": {1}}[won]
				p.Ballots = append(p.Ballots, Ballot{Blind: true, Seats: seats[:], Best: best})
			}
			trial.Prompts = append(trial.Prompts, p)
		}
		for i, got := range []int{n, right, swapped, both, same} {
			is(t, file+": count", float64(got), number(t, row[1+i]), 0)
		}
		a := AgreementOf(table)
		is(t, file+": κ of the orders", a.Kappa, number(t, row[6]), 1e-12)
		if file == "Adversarial_GPTInst__ChatGPT.csv" {
			s := trial.Sides()
			is(t, "share of the first place", float64(s.Left)/float64(s.Left+s.Right), .573770, 1e-6)
		}
	}
}

func TestPublishedStrengthsComeOut(t *testing.T) {
	var meetings []Meeting
	for _, row := range readCSV(t, "bradley_terry", "pudding.csv") {
		v := make([]float64, len(row))
		for i := range row {
			v[i] = number(t, row[i])
		}
		meetings = append(meetings, Meeting{int(v[0]) - 1, int(v[1]) - 1, v[2], v[3], v[4]})
	}
	d, ok := Davidson(6, meetings)
	if !ok {
		t.Fatal("no fit of the puddings")
	}
	published := [][3]float64{{.2202, .1872, .220242}, {.1530, .1935, .152978}, {.1753, .1882, .175145}, {.1339, .1927, .133865}, {.3771, .1924, .377135}}
	for i, want := range published {
		is(t, "pudding", d.Strength[i+1], want[0], 2e-4)
		is(t, "pudding's error", d.Error[i+1], want[1], 2e-4)
		is(t, "pudding, converged", d.Strength[i+1], want[2], 1e-6)
	}
	is(t, "ln ν", d.Ties, -.291927, 1e-6)
	is(t, "ν", math.Exp(d.Ties), .746823, 1e-6)
	is(t, "error of ln ν", d.TiesError, .0825, 2e-4)
	is(t, "likelihood", d.Likelihood, -809.709510, 1e-6)

	journals := map[string]int{"Biometrika": 0, "Comm Statist": 1, "JASA": 2, "JRSS-B": 3}
	wins := newMatrix(4)
	for _, row := range readCSV(t, "bradley_terry", "citations.csv") {
		i, j := journals[row[0]], journals[row[1]]
		wins[i][j], wins[j][i] = number(t, row[2]), number(t, row[3])
	}
	r := ranked(t, wins, 0)
	deviance := 0.0
	for i := range wins {
		for j := range wins {
			if n := wins[i][j] + wins[j][i]; i != j {
				deviance += 2 * wins[i][j] * math.Log(wins[i][j]/(n*logistic(r.Rated[i].Strength-r.Rated[j].Strength)))
			}
		}
	}
	for i, want := range [][2]float64{{0, 0}, {-2.949072, .102545}, {-.479570, .060589}, {.268954, .070830}} {
		is(t, "journal", r.Rated[i].Strength, want[0], 1e-6)
		is(t, "journal's error", r.Rated[i].Model, want[1], 1e-6)
	}
	is(t, "deviance", deviance, 4.293384, 1e-6)

	wins = newMatrix(4)
	for _, row := range readCSV(t, "bradley_terry", "wikipedia.csv") {
		i, j := row[0][0]-'A', row[1][0]-'A'
		wins[i][j], wins[j][i] = number(t, row[2]), number(t, row[3])
	}
	for i, w := range worths(ranked(t, wins, 0)) {
		is(t, "worth", w, []float64{.640, 1.043, .660, 2.270}[i], 1e-3*w)
		is(t, "worth, converged", w, []float64{.639835, 1.043314, .659810, 2.270377}[i], 1e-6)
	}

	for _, file := range []string{"choix_testcase-pairwise-1.json", "choix_testcase-pairwise-2.json"} {
		var c struct {
			N    int       `json:"n_items"`
			Data [][2]int  `json:"data"`
			ML   []float64 `json:"ml_est"`
		}
		readJSON(t, &c, "bradley_terry", file)
		wins := newMatrix(c.N)
		for _, d := range c.Data {
			wins[d[0]][d[1]]++
		}
		for i, w := range worths(ranked(t, wins, 0)) {
			is(t, file, math.Log(w), c.ML[i], 1e-6)
		}
	}
}

// ranked ranks by counts of wins, each comparison a prompt of its own.
func ranked(t *testing.T, wins matrix, ghost float64) Ranking {
	t.Helper()
	r, ok := Rank(len(wins), 0, ghost, func(yield func([]Comparison) bool) {
		for i := range wins {
			for j := range wins {
				for range int(wins[i][j]) {
					if !yield([]Comparison{{i, j, 1}}) {
						return
					}
				}
			}
		}
	})
	if !ok {
		t.Fatal("no ranking")
	}
	return r
}

// worths are e^θ with a geometric mean of 1.
func worths(r Ranking) []float64 {
	mean := 0.0
	for _, x := range r.Rated {
		mean += x.Strength / float64(len(r.Rated))
	}
	var w []float64
	for _, x := range r.Rated {
		w = append(w, math.Exp(x.Strength-mean))
	}
	return w
}

func TestPublishedTestsAndIntervalsComeOut(t *testing.T) {
	var ref struct {
		Shares []struct {
			X, N          int
			Wilson, Exact [2]float64
			AgrestiCoull  [2]float64 `json:"agresti_coull"`
		} `json:"wilson_agresticoull_clopper_95"`
		McNemar []struct {
			B, C int
			P    float64
		} `json:"mcnemar_exact"`
		Chi []struct {
			B, C       int
			Corrected  float64 `json:"chi2_cc"`
			PCorrected float64 `json:"p_cc"`
			Chi2, P    float64
		} `json:"mcnemar_chi2"`
		Tango []struct {
			B, C, N int
			CI      [2]float64
		} `json:"tango_ci"`
		Anytime []struct {
			Successes float64
			N         int
			T         float64 `json:"t_opt"`
			CI        [2]float64
		} `json:"bernoulli_cs"`
		Agreement []struct {
			Table      [][]int
			Kappa      float64 `json:"cohen_kappa"`
			KappaError float64 `json:"cohen_kappa_se"`
			AC1        float64 `json:"gwet_ac1"`
			AC1Error   float64 `json:"gwet_ac1_se"`
			Agree      float64 `json:"percent_agreement"`
			AgreeError float64 `json:"percent_agreement_se"`
		} `json:"kappa_ac1"`
		Holm struct{ Raw, Adjusted []float64 }
	}
	readJSON(t, &ref, "stats_reference.json")
	for _, r := range ref.Shares {
		for name, c := range map[string]struct {
			got  Interval
			want [2]float64
		}{"Wilson": {Wilson(r.X, r.N), r.Wilson}, "Agresti and Coull": {AgrestiCoull(r.X, r.N), r.AgrestiCoull}, "exact": {Exact(r.X, r.N), r.Exact}} {
			isInterval(t, name, c.got, c.want[0], c.want[1], 1e-7)
		}
	}
	for _, r := range ref.McNemar {
		is(t, "McNemar", PassFail{r.B, r.C, 500}.McNemar(), r.P, 5e-7)
	}
	for _, r := range ref.Chi {
		p := PassFail{r.B, r.C, 500}
		x, v := p.ChiSquared(false)
		is(t, "χ²", x, r.Chi2, 1e-6*r.Chi2)
		is(t, "χ²'s p", v, r.P, 1e-6*r.P)
		x, v = p.ChiSquared(true)
		is(t, "χ² corrected", x, r.Corrected, 1e-6*r.Corrected)
		is(t, "corrected p", v, r.PCorrected, 1e-6*r.PCorrected)
	}
	for _, r := range ref.Tango {
		isInterval(t, "Tango", PassFail{r.B, r.C, r.N}.Interval(), r.CI[0], r.CI[1], 5e-4)
	}
	for _, r := range ref.Anytime {
		isInterval(t, "anytime", Anytime(r.Successes, r.N, r.T), r.CI[0], r.CI[1], 1e-5)
	}
	for _, r := range ref.Agreement {
		a := AgreementOf(r.Table)
		for what, c := range map[string][2]float64{
			"κ": {a.Kappa, r.Kappa}, "κ's error": {a.KappaError, r.KappaError}, "AC1": {a.AC1, r.AC1}, "AC1's error": {a.AC1Error, r.AC1Error},
			"agreement": {a.Agree, r.Agree}, "agreement's error": {a.Error, r.AgreeError},
		} {
			is(t, what, c[0], c[1], 1e-6)
		}
	}
	for i, p := range Holm(ref.Holm.Raw) {
		is(t, "Holm", p, ref.Holm.Adjusted[i], 1e-12)
	}
}

func TestTheVectorsOfTheMethodComeOut(t *testing.T) {
	var ref struct {
		Rates []struct {
			Name    string
			Scores  []float64 `json:"prompt_scores"`
			N       int
			W, V    float64
			HeldUp  float64    `json:"v_reg"`
			NEff    float64    `json:"n_eff"`
			CI      [2]float64 `json:"ci95"`
			NI      float64    `json:"p_noninferior"`
			Sup     float64    `json:"p_superior"`
			Anytime [2]float64 `json:"anytime_cs95_topt50"`
		} `json:"winrate"`
		Anytime []struct {
			Sum float64
			N   int
			T   float64 `json:"t_opt"`
			CI  [2]float64
		} `json:"anytime_cs"`
		Betting []struct {
			Scores []float64
			CI     [2]float64
		} `json:"betting_cs_optional"`
		Tango []struct {
			B, C, N int
			CI      [2]float64
			Z       float64 `json:"z_at_minus_0_10"`
			NI      float64 `json:"p_noninferior"`
			Exact   float64 `json:"mcnemar_exact"`
			MidP    float64 `json:"mcnemar_midp"`
		}
		Sign []struct {
			W, L int
			P    float64
		} `json:"sign_test"`
		Agreement []struct {
			Table   [][]int
			Agree   float64
			Kappa   float64
			KappaSE float64 `json:"kappa_se"`
			AC1     float64
			AC1SE   float64 `json:"ac1_se"`
		} `json:"kappa_ac1"`
	}
	readJSON(t, &ref, "test_vectors.json")
	for _, r := range ref.Rates {
		s := SampleOf(r.Scores)
		if s.N != r.N {
			t.Errorf("%s: n is %d", r.Name, s.N)
		}
		is(t, r.Name+": w", s.Mean, r.W, 1.01e-6)
		is(t, r.Name+": v", s.Var, r.V, 1.01e-6)
		if s.Mean < 1 {
			is(t, r.Name+": v'", s.heldUp(), r.HeldUp, 1.01e-6)
		}
		is(t, r.Name+": n_eff", s.Effective, r.NEff, 2e-5)
		isInterval(t, r.Name, s.Interval(), r.CI[0], r.CI[1], 1.01e-6)
		is(t, r.Name+": non-inferior", s.Above(.4), r.NI, 1.01e-6)
		is(t, r.Name+": superior", s.Above(.5), r.Sup, 1.01e-6)
		isInterval(t, r.Name+" at any time", Anytime(s.Mean*float64(s.N), s.N, 50), r.Anytime[0], r.Anytime[1], 1.01e-6)
	}
	for _, r := range ref.Anytime {
		isInterval(t, "anytime", Anytime(r.Sum, r.N, r.T), r.CI[0], r.CI[1], 1.01e-6)
	}
	for _, r := range ref.Betting {
		isInterval(t, "betting", Betting(r.Scores), r.CI[0], r.CI[1], 1.01e-6)
	}
	for _, r := range ref.Tango {
		p := PassFail{r.B, r.C, r.N}
		isInterval(t, "Tango", p.Interval(), r.CI[0], r.CI[1], 1.01e-6)
		is(t, "T(-.1)", p.tango(-.1), r.Z, 1.01e-6)
		is(t, "Tango's p", p.NonInferior(.1), r.NI, 1.01e-6)
		is(t, "McNemar", p.McNemar(), r.Exact, 1.01e-6)
		is(t, "mid-p", p.MidP(), r.MidP, 1.01e-6)
	}
	for _, r := range ref.Sign {
		is(t, "sign", SignTest(r.W, r.L), r.P, 1.01e-6)
	}
	for _, r := range ref.Agreement {
		a := AgreementOf(r.Table)
		is(t, "agreement", a.Agree, r.Agree, 1.01e-6)
		is(t, "κ", a.Kappa, r.Kappa, 1.01e-6)
		is(t, "κ's error", a.KappaError, r.KappaSE, 1.01e-6)
		is(t, "AC1", a.AC1, r.AC1, 1.01e-6)
		is(t, "AC1's error", a.AC1Error, r.AC1SE, 1.01e-6)
	}
}
