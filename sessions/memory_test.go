package sessions

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
)

// What a long history takes to be sent must not stay for as long as the program
// runs; collecting it after every question would cost more than it saves.
func TestMemoryOfAHeavyQuestionIsGivenBack(t *testing.T) {
	for _, c := range []struct {
		bytes  int
		forced bool
	}{{100, false}, {heavyRun, true}} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, nil, []string{"demo/script:ttft=10,n=3", "demo/script:ttft=10,n=5"})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := b.Put(t.Context(), Question{Text: strings.Repeat("x", c.bytes)})
			if err != nil {
				t.Fatal(err)
			}
			hear(r, 0)
			synctest.Wait()
			runtime.ReadMemStats(&after)
			if forced := after.NumForcedGC > before.NumForcedGC; forced != c.forced {
				t.Errorf("after %d bytes to each of two columns memory was given back: %v", c.bytes, forced)
			}
		})
	}
}

// BenchmarkKeptOfATurn reports what one more turn of two answers of a thousand
// bytes takes for as long as the session is shown: their text, what is told of
// them next, and little else.
func BenchmarkKeptOfATurn(b *testing.B) {
	bn := bench(b, opened(b), []string{"demo/script:ttft=0,n=200", "demo/script:ttft=0,n=200"})
	turn := func() {
		r, err := bn.Put(b.Context(), Question{Text: "x"})
		if err != nil {
			b.Fatal(err)
		}
		hear(r, 0)
	}
	for range 3 * remembered { // the newest turns are kept whole
		turn()
	}
	live := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := live()
	for b.Loop() {
		turn()
	}
	b.ReportMetric((live()-before)/float64(b.N), "kept-B/op")
}
