package sessions

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// peak watches the heap until it is told to stop, and says how much of it was
// taken at most.
func peak() (stop func() uint64) {
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		var m uint64
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(500 * time.Microsecond)
		defer tick.Stop()
		for {
			metrics.Read(s)
			m = max(m, s[0].Value.Uint64())
			select {
			case <-done:
				most <- m
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(done); return <-most }
}

// resident is the most memory that the process has had since resetResident, in
// bytes; 0 where the system does not say.
func resident() (bytes uint64) {
	status, _ := os.ReadFile("/proc/self/status")
	if i := indexAfter(status, "VmHWM:"); i > 0 {
		_, _ = fmt.Sscan(string(status[i:]), &bytes)
	}
	return bytes << 10
}

func indexAfter(b []byte, s string) int { return bytes.Index(b, []byte(s)) + len(s) }

func resetResident() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// reading is a provider that reads what it is sent where it stands, and answers.
func reading(name string) double {
	return double{name: name, stream: func(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			yield(providers.Sent{At: time.Now()}, nil)
			n := 0
			for _, m := range req.Messages {
				for _, p := range m.Parts {
					if b, ok := p.(providers.Blob); ok {
						n += bytes.Count(b.Data, []byte{'x'})
					}
				}
			}
			_ = yield(providers.Delta{At: time.Now(), Text: fmt.Sprint(n)}, nil) &&
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
		}
	}}
}

// askWithMuch asks four columns about n files of the given size and returns the
// most heap and memory that were taken from before the files were there, as
// multiples of their size.
func askWithMuch(t testing.TB, s *Store, n, size int) (heap, memory float64, took time.Duration) {
	t.Helper()
	b := bench(t, s, []string{"read/a", "read/b", "read/c", "read/d"}, reading("read"))
	runtime.GC()
	resetResident()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	had := resident()
	stop := peak()
	var files []*prompts.Attachment
	for i := range n {
		files = append(files, blob(fmt.Sprint(i, ".png"), i, size))
	}
	began := time.Now()
	askWith(t, b, "what?", files...)
	took = time.Since(began)
	all := float64(n * size)
	heap, memory = float64(stop()-before.HeapAlloc)/all, float64(resident()-had)/all
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return heap, memory, took
}

func TestTwentyLargeFilesAreNotHeldTwice(t *testing.T) {
	for name, s := range map[string]*Store{"kept": opened(t), "kept nowhere": nil} {
		heap, memory, took := askWithMuch(t, s, 20, 5_000_000)
		t.Logf("%s: heap %.2f, resident %.2f times the files, in %s", name, heap, memory, took)
		if heap > 1.5 {
			t.Errorf("%s: %.2f times the size of the files on the heap", name, heap)
		}
	}
}

// BenchmarkAskWithFiles is a question about files to four columns, from the
// files in memory to the end of all answers.
func BenchmarkAskWithFiles(b *testing.B) {
	for _, of := range []struct{ n, size int }{{1, 200_000}, {1, 5_000_000}, {20, 5_000_000}, {1, 50_000_000}} {
		b.Run(fmt.Sprintf("%d of %d kB", of.n, of.size/1000), func(b *testing.B) {
			var heap, memory float64
			var took time.Duration
			n := 0
			for b.Loop() {
				h, m, d := askWithMuch(b, opened(b), of.n, of.size)
				heap, memory, took, n = max(heap, h), max(memory, m), took+d, n+1
			}
			b.ReportMetric(heap, "heap/size")
			b.ReportMetric(memory, "resident/size")
			b.ReportMetric(float64(took.Milliseconds())/float64(n), "ask-ms")
		})
	}
}
