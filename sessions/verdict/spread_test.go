package verdict

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"juxta/providers"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

// A worked example.
func TestPercentilesAreOfTypeSeven(t *testing.T) {
	x := []float64{12, 15, 18, 20, 22, 25, 30, 41, 55, 90}
	for p, want := range map[float64]float64{0: 12, .5: 23.5, .9: 58.5, .95: 74.25, .99: 86.85, 1: 90} {
		if got := percentile(x, p); !near(got, want) {
			t.Errorf("p%g is %v, want %v", 100*p, got, want)
		}
	}
	if got := percentile([]float64{7}, .95); got != 7 {
		t.Errorf("of one sample: %v", got)
	}
	if !math.IsNaN(percentile(nil, .5)) {
		t.Error("there is a percentile of nothing")
	}
}

// Ranks, and what defines them, by exact sums.
func TestTheMedianLiesBetweenItsRanks(t *testing.T) {
	for n, want := range map[int][2]int{6: {1, 6}, 8: {1, 8}, 20: {6, 15}, 60: {22, 39}, 100: {40, 61}} {
		if low, high, ok := medianRanks(n); !ok || low != want[0] || high != want[1] {
			t.Errorf("n=%d: %d to %d, %t, want %v", n, low, high, ok, want)
		}
	}
	for n := range 6 {
		if _, _, ok := medianRanks(n); ok {
			t.Errorf("%d samples have an interval", n)
		}
	}
	// P(B ≤ k-1) by Pascal's triangle, which is exact up to 2⁵³.
	row := []float64{1}
	for n := 1; n <= 52; n++ {
		next := make([]float64, n+1)
		for i := range next {
			if i > 0 {
				next[i] += row[i-1]
			}
			if i < n {
				next[i] += row[i]
			}
		}
		row = next
		k, sum := 0, 0.0
		for ; k < n; k++ {
			if sum += row[k]; 2*sum/math.Exp2(float64(n)) > 0.05 {
				break
			}
		}
		if low, high, ok := medianRanks(n); ok != (k > 0) || ok && (low != k || high != n+1-k) {
			t.Errorf("n=%d: %d to %d, want %d", n, low, high, k)
		}
	}
	if low, high, ok := medianRanks(100_000); !ok || low+high != 100_001 || math.Abs(float64(low)-(50_000-0.98*math.Sqrt(100_000))) > 2 {
		t.Errorf("of many: %d to %d", low, high)
	}
}

// Of simulated samples the interval holds the median at least as often as it says.
func TestTheIntervalHoldsTheMedian(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{6, 9, 20, 61} {
		held := 0
		const runs = 4000
		for range runs {
			x := make([]float64, n)
			for i := range x {
				x[i] = r.ExpFloat64()
			}
			if s := SpreadOf(x); s.Low <= math.Ln2 && math.Ln2 <= s.High {
				held++
			}
		}
		if share := float64(held) / runs; share < 0.94 {
			t.Errorf("n=%d: in %.3f of the runs", n, share)
		}
	}
}

func TestNoPercentileBelowItsLeastNumber(t *testing.T) {
	of := func(n int) Spread {
		x := make([]float64, n)
		for i := range x {
			x[n-1-i] = float64(i + 1)
		}
		return SpreadOf(x)
	}
	for n, want := range map[int]string{1: "max", 19: "max", 20: "p95", 99: "p95", 100: "p99", 1000: "p99"} {
		s := of(n)
		if s.TailOf != want || s.N != n || !near(s.Median, float64(n+1)/2) {
			t.Errorf("n=%d: %+v", n, s)
		}
		if want == "max" && s.Tail != float64(n) {
			t.Errorf("n=%d: the greatest is %v", n, s.Tail)
		}
		if has := s.Low != 0; has != (n >= 6) {
			t.Errorf("n=%d: an interval from %v to %v", n, s.Low, s.High)
		}
	}
	if s := of(20); !near(s.Tail, 19.05) || s.Low != 6 || s.High != 15 {
		t.Errorf("%+v", s)
	}
	if s := SpreadOf(nil); s != (Spread{}) {
		t.Errorf("of nothing: %+v", s)
	}
	x := []float64{3, 1, 2}
	if SpreadOf(x); !slices.Equal(x, []float64{3, 1, 2}) {
		t.Errorf("the samples were sorted: %v", x)
	}
}

func TestAMeanIsRoundedOnce(t *testing.T) {
	for _, tt := range []struct {
		sum  providers.Money
		n    int
		want providers.Money
	}{{10, 4, 3}, {9, 4, 2}, {0, 3, 0}, {7, 1, 7}, {5, 0, 0}, {math.MaxInt64, 1, math.MaxInt64}, {math.MaxInt64, 2, 1 << 62}} {
		if got := Mean(tt.sum, tt.n); got != tt.want {
			t.Errorf("%d over %d is %d, want %d", tt.sum, tt.n, got, tt.want)
		}
	}
}

func TestTheBestWinOverTheRestAndTieWithEachOther(t *testing.T) {
	seats := []int{4, 1, 3}
	for _, tt := range []struct {
		best []int
		want map[int]Tally
	}{
		{[]int{1}, map[int]Tally{1: {Wins: 2}, 3: {Losses: 1}, 4: {Losses: 1}}}, // 3 against 4 nobody judged
		{[]int{1, 3}, map[int]Tally{1: {Wins: 1, Ties: 1}, 3: {Wins: 1, Ties: 1}, 4: {Losses: 2}}},
		{[]int{1, 3, 4}, map[int]Tally{1: {Ties: 2}, 3: {Ties: 2}, 4: {Ties: 2}}},
		{nil, map[int]Tally{1: {Ties: 2, Bad: 2}, 3: {Ties: 2, Bad: 2}, 4: {Ties: 2, Bad: 2}}},
	} {
		won, lost := 0, 0
		for id, want := range tt.want {
			var got Tally
			got.Count(seats, tt.best, id)
			if got != want {
				t.Errorf("best %v: %d has %+v, want %+v", tt.best, id, got, want)
			}
			won, lost = won+got.Wins, lost+got.Losses
			if got.N() != got.Wins+got.Ties+got.Losses {
				t.Errorf("n=%d of %+v", got.N(), got)
			}
		}
		if won != lost {
			t.Errorf("best %v: %d wins and %d losses", tt.best, won, lost)
		}
	}
}
