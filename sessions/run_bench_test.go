package sessions

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// cpu is the time that this process has computed: the runtime counts it at
// every collection.
func cpu() time.Duration {
	runtime.GC()
	s := []metrics.Sample{{Name: "/cpu/classes/user:cpu-seconds"}}
	metrics.Read(s)
	return time.Duration(s[0].Value.Float64() * float64(time.Second))
}

// BenchmarkRun has eight models speak to one reader, as fast as they can and at
// the pace of real ones. An operation is a thousand tokens; cpu-µs/op and
// reports/op are what they take, the simulated models' own work included.
func BenchmarkRun(b *testing.B) {
	for _, pace := range []int{0, 100} {
		for _, kept := range []bool{false, true} {
			b.Run(fmt.Sprintf("tps=%d/kept=%t", pace, kept), func(b *testing.B) {
				var s *Store
				if kept {
					s = opened(b)
				}
				tokens := 1000 * b.N / 8
				var models []string
				for range 8 {
					models = append(models, fmt.Sprintf("demo/script:tps=%d,n=%d,text=long", pace, tokens))
				}
				w := bench(b, s, models)
				b.ReportAllocs()
				before := cpu()
				b.ResetTimer()
				r, err := w.Put(b.Context(), Question{Text: "x"})
				if err != nil {
					b.Fatal(err)
				}
				reports := 0
				for range r.All() {
					reports++
				}
				b.StopTimer()
				b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
				b.ReportMetric(float64(reports)/float64(b.N), "reports/op")
			})
		}
	}
}

// BenchmarkEvent is what one token costs on its way from a provider to a
// report, without the simulation.
func BenchmarkEvent(b *testing.B) {
	w := bench(b, nil, []string{"many/x"}, speaker("many", b.N))
	b.ReportAllocs()
	b.ResetTimer()
	r, err := w.Put(b.Context(), Question{Text: "x"})
	if err != nil {
		b.Fatal(err)
	}
	for range r.All() {
	}
}
