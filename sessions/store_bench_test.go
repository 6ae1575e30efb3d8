package sessions

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// A question to four columns: the session, the turn and four placeholders.
func BenchmarkSaveQuestion(b *testing.B) {
	s := opened(b)
	ses, _ := asked(time.Now(), 0)
	n := 0
	for b.Loop() {
		n++
		ses.Turns, ses.Updated = n, time.Now()
		batch := Batch{Session: &ses, Turn: &Turn{ID: n, Parent: n - 1, Text: "Describe this pin for search.", Asked: ses.Updated, Columns: []int{1, 2, 3, 4}}}
		for c := 1; c <= 4; c++ {
			batch.Answers = append(batch.Answers, Kept{ses.ID, n, Answer{Column: c, Take: 1, Model: providers.Ref{Provider: "demo", Model: "m"}}})
		}
		saved(b, s, batch)
	}
}

// What opening the file anew costs.
func BenchmarkNothing(b *testing.B) {
	s := opened(b)
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if err := s.view("reading", func(*bolt.Tx) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("lock", func(b *testing.B) {
		for b.Loop() {
			if err := s.lock.hold(time.Second, func() error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := s.update("writing", func(*bolt.Tx) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// many is a store with n sessions of no turns.
func many(b *testing.B, n int) *Store {
	s := opened(b)
	start := time.Now()
	for n > 0 {
		var batches []Batch
		for range min(n, 10_000) {
			n--
			ses, _ := asked(start.Add(time.Duration(n)*time.Second), 0)
			batches = append(batches, Batch{Session: &ses})
		}
		saved(b, s, batches...)
	}
	return s
}

func BenchmarkSessions(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		s := many(b, n)
		b.Run(fmt.Sprint("50 of ", n), func(b *testing.B) {
			for b.Loop() {
				if list, err := s.Sessions(50); err != nil || len(list) != 50 {
					b.Fatal(len(list), err)
				}
			}
		})
		b.Run(fmt.Sprint("open with ", n), func(b *testing.B) {
			for b.Loop() {
				again, err := Open(s.Path())
				if err != nil {
					b.Fatal(err)
				}
				if err := again.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A session of 10,000 turns in two columns, 1,000 bytes an answer.
func BenchmarkLongSession(b *testing.B) {
	const turns = 10_000
	s := opened(b)
	ses, batches := asked(time.Now(), turns)
	text := strings.Repeat("A walnut mid-century sideboard. ", 31)
	for i := range batches[1:] {
		for j := range batches[i+1].Answers {
			a := &batches[i+1].Answers[j].Answer
			a.Text, a.Price = text, &providers.Price{Rates: providers.Rates{Input: 1, Output: 2}, Source: providers.Listed, AsOf: "2026-11-01"}
			a.Usage = providers.Usage{Input: 1105, Output: 244}
			a.Timing = providers.Timing{Sent: time.Now(), FirstToken: 1, Last: 2, Total: 3, Wall: 3, Attempts: 1}
			for k := range 244 {
				a.Timing.Chunks = append(a.Timing.Chunks, providers.Chunk{At: time.Duration(k) * 11_000_123, Bytes: 4})
			}
		}
	}
	saved(b, s, batches...)
	batches = nil
	for _, bench := range []struct {
		name string
		read func() ([]Turn, error)
		want int
	}{
		{"last 20", func() ([]Turn, error) { return s.Tail(ses.ID, 20) }, 20},
		{"20 in the middle", func() ([]Turn, error) { return s.Turns(ses.ID, turns/2, 20) }, 20},
		{"all", func() ([]Turn, error) { return s.Turns(ses.ID, 0, 0) }, turns},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var kept []Turn
			for b.Loop() {
				got, err := bench.read()
				if err != nil || len(got) != bench.want {
					b.Fatal(len(got), err)
				}
				kept = got
			}
			b.StopTimer()
			runtime.GC()
			var with, without runtime.MemStats
			runtime.ReadMemStats(&with)
			runtime.KeepAlive(kept)
			kept = nil
			runtime.GC()
			runtime.ReadMemStats(&without)
			b.ReportMetric(float64(with.HeapAlloc-without.HeapAlloc)/float64(bench.want), "heapB/turn")
		})
	}
	b.Run("its score", func(b *testing.B) {
		on := NewBench(nil, s)
		if err := on.Resume(ses.ID); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if board, err := on.Score(); err != nil || board.Turns != turns {
				b.Fatal(board.Turns, err)
			}
		}
	})
}
