package sessions

import (
	"os"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// BenchmarkBigStore measures what a store costs that somebody has used for long.
// testdata/fill makes one:
//
//	go run ./sessions/testdata/fill big.db 100000 7
//	JUXTA_BENCH_STORE=big.db go test ./sessions -run - -bench BigStore
//
// Saving changes the store a little.
func BenchmarkBigStore(b *testing.B) {
	path := os.Getenv("JUXTA_BENCH_STORE")
	if path == "" {
		b.Skip("JUXTA_BENCH_STORE names no store")
	}
	s, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.Run("first page of the list", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.List(Listing{Limit: 100}); err != nil {
				b.Fatal(err)
			}
		}
	})
	one, two := someWords(b, s)
	for _, query := range []string{
		"", one, two, one + " " + two, two[:len(two)-1] + "*", one[:1] + "*", `"` + one + " " + two + `"`, "nowhere", "model:small " + two,
		"has:image", "vote:tie", "cost>100", "after:2d " + one, one + " -" + two,
	} {
		q, err := ParseQuery(query)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("search "+query, func(b *testing.B) {
			stop := peak()
			var took []time.Duration
			found := 0
			for b.Loop() {
				start := time.Now()
				r, err := s.Search(b.Context(), q, Page{Limit: 50})
				if err != nil {
					b.Fatal(err)
				}
				took, found = append(took, time.Since(start)), len(r.Found)
			}
			b.ReportMetric(float64(found), "found")
			b.ReportMetric(float64(took[0].Microseconds())/1000, "first-ms")
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(stop())/(1<<20), "peak-heap-MB")
		})
	}
	b.Run("save an answer", func(b *testing.B) {
		ses, _ := asked(time.Now(), 0)
		answer := newWriter(1)
		var took []time.Duration
		for n := 1; b.Loop(); n++ {
			ses.Turns, ses.Updated = n, time.Now()
			turn := Turn{ID: n, Parent: n - 1, Text: answer(), Asked: ses.Updated, Columns: []int{1}}
			a := Answer{Column: 1, Take: 1, Model: providers.Ref{Provider: "lab", Model: "small"}, Text: answer(), Finish: providers.Finished}
			start := time.Now()
			if err := s.Save(Batch{Session: &ses, Turn: &turn, Answers: []Kept{{ses.ID, n, a}}}); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
		b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "longest-ms")
		if err := s.Delete(ses.ID); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("open a session", func(b *testing.B) {
		list, err := s.Sessions(1)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := s.Tail(list[0].ID, 8); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("size", func(b *testing.B) {
		err := s.view("reading", func(tx *bolt.Tx) error {
			sum := func(names ...string) (n float64) {
				for _, name := range names {
					st := tx.Bucket([]byte(name)).Stats()
					n += float64(st.LeafAlloc+st.BranchAlloc) / (1 << 20)
				}
				return n
			}
			b.ReportMetric(sum(indexBuckets()...), "index-MB")
			b.ReportMetric(sum(inTurns, inAnswers), "texts-MB")
			b.ReportMetric(float64(tx.Size())/(1<<20), "file-MB")
			b.ReportMetric(float64(tx.Bucket([]byte(inDocs)).Inspect().KeyN), "segments")
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkCompactBigStore compacts a store, the one of [BenchmarkBigStore].
func BenchmarkCompactBigStore(b *testing.B) {
	path := os.Getenv("JUXTA_BENCH_STORE")
	if path == "" {
		b.Skip("JUXTA_BENCH_STORE names no store")
	}
	s, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		stop := peak()
		before, after, err := s.Compact(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(before)/(1<<20), "before-MB")
		b.ReportMetric(float64(after)/(1<<20), "after-MB")
		b.ReportMetric(float64(stop())/(1<<20), "peak-heap-MB")
	}
}

// someWords are two words in a row of the newest session.
func someWords(b *testing.B, s *Store) (one, two string) {
	list, err := s.Sessions(1)
	if err != nil || len(list) == 0 {
		b.Fatal(err)
	}
	turns, err := s.Tail(list[0].ID, 1)
	if err != nil || len(turns) == 0 {
		b.Fatal(err)
	}
	var words []string
	eachWord(turns[0].Text, func(w string) { words = append(words, w) })
	return words[1], words[2]
}

// newWriter makes up texts of 600 bytes, in words that differ.
func newWriter(seed int) func() string {
	return func() string {
		var b []byte
		for len(b) < 600 {
			seed = seed*1103515245 + 12345
			n := seed >> 16 & 0x1fff
			for range 2 + n%3 {
				b = append(b, "bdfgklmnprstvz"[n%14], "aeiou"[n%5])
				n = n/3 + n%5*7
			}
			b = append(b, ' ')
		}
		return string(b)
	}
}
