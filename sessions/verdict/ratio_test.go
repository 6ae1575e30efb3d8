package verdict

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"juxta/providers"
)

func TestRatiosAreAsWorked(t *testing.T) {
	a, b := []float64{.42, .5, .61, .38, .55, .47, .9, .44}, []float64{.8, .7, 1.2, .65, .9, .75, 1.1, .7}
	r, ok := SpeedRatio(a, b)
	if !ok || r.Sure || r.N != 8 {
		t.Errorf("%+v, %t", r, ok)
	}
	is(t, "speed", r.Value, .625806, six)

	// From 20 on there is an interval, and the same one every time.
	r, ok = SpeedRatio(slices.Repeat(a, 3), slices.Repeat(b, 3))
	again, _ := SpeedRatio(slices.Repeat(a, 3), slices.Repeat(b, 3))
	if !ok || !r.Sure || r != again || !(r.Interval.Low <= r.Value && r.Value <= r.Interval.High && r.Interval.Low > .5 && r.Interval.High < .75) {
		t.Errorf("%+v, then %+v", r, again)
	}

	c, ok := CostRatio([]providers.Money{1, 2, 3}, []providers.Money{10, 10, 40})
	if !ok || c.Sure {
		t.Errorf("%+v, %t", c, ok)
	}
	is(t, "cost", c.Value, .1, 1e-12)
	if c, ok := CostRatio(make([]providers.Money, 30), slices.Repeat([]providers.Money{5}, 30)); !ok || !c.Sure || c.Value != 0 || c.Interval != (Interval{}) {
		t.Errorf("of what is free: %+v, %t", c, ok)
	}
	for _, m := range [][2][]providers.Money{{nil, nil}, {{1}, {0}}, {{0}, {0}}} {
		if c, ok := CostRatio(m[0], m[1]); ok {
			t.Errorf("%v has a ratio: %+v", m, c)
		}
	}
}

// The median of a resample is that of its samples, sorted.
func TestTheMedianOfAResampleIsItsMedian(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{1, 2, 3, 8, 511, 512, 513, 5000} {
		samples := make([]float64, n)
		for i := range samples {
			samples[i] = math.Floor(r.ExpFloat64() * 20) // many are equal
		}
		ranks := ranksOf(samples)
		for range 50 {
			drawn := make([]int, 1+r.IntN(n))
			var x []float64
			for i := range drawn {
				drawn[i] = r.IntN(n)
				x = append(x, samples[drawn[i]])
			}
			slices.Sort(x)
			if got, want := ranks.median(drawn), percentile(x, .5); !near(got, want) {
				t.Fatalf("of %d among %d: %v, want %v", len(drawn), n, got, want)
			}
		}
	}
}

// Of more prompts than are resampled one by one the interval is as narrow as
// theory has it: z·σ/√n of a mean.
func TestIntervalsOfManyPromptsAreNarrow(t *testing.T) {
	const n = 20 * mostResampled
	r := rand.New(rand.NewPCG(4, 4))
	a, b := make([]providers.Money, n), make([]providers.Money, n)
	for i := range a {
		a[i], b[i] = providers.Money(r.Int64N(2_000_000)), 1_000_000
	}
	c, ok := CostRatio(a, b)
	half := z95 * math.Sqrt(1./3) / math.Sqrt(n) // σ of a uniform value from 0 to 2
	if !ok || !c.Sure {
		t.Fatalf("%+v", c)
	}
	is(t, "low", c.Interval.Low, c.Value-half, half/10)
	is(t, "high", c.Interval.High, c.Value+half, half/10)
}
