package diff

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// longest is the length of the longest common subsequence by the textbook.
func longest(a, b []int32) int {
	last, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for i := range a {
		for j := range b {
			if a[i] == b[j] {
				row[j+1] = last[j] + 1
			} else {
				row[j+1] = max(row[j], last[j+1])
			}
		}
		last, row = row, last
	}
	return last[len(b)]
}

// count fails unless pairs is a common subsequence, and says how long it is.
func count(t *testing.T, a, b []int32, pairs []int) int {
	t.Helper()
	n, last := 0, -1
	for i, j := range pairs {
		if j < 0 {
			continue
		}
		if j <= last || a[i] != b[j] {
			t.Fatalf("%v and %v: pairs %v", a, b, pairs)
		}
		last = j
		n++
	}
	return n
}

func random(r *rand.Rand, n, vocabulary int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = int32(r.IntN(vocabulary))
	}
	return s
}

func TestPairsAreAsManyAsCanBe(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		a, b := random(r, r.IntN(150), 1+r.IntN(40)), random(r, r.IntN(150), 1+r.IntN(40))
		if r.IntN(3) == 0 { // an edited copy
			b = nil
			for _, v := range a {
				switch r.IntN(8) {
				case 0:
				case 1:
					b = append(b, v, int32(r.IntN(50)))
				default:
					b = append(b, v)
				}
			}
		}
		pairs, ok := newLexicon().common(a, b)
		if got, want := count(t, a, b, pairs), longest(a, b); !ok || got != want {
			t.Fatalf("%v and %v: %d pairs, want %d", a, b, got, want)
		}
	}
}

func TestHalvingFindsAsManyPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, vocabulary := range []int{2, 30, 3000} {
		a, b := random(r, 9000, vocabulary), random(r, 9500, vocabulary)
		if s := newSearch(a, b); vocabulary < 3000 && len(s.a)*rows(len(s.b)) <= mostKept {
			t.Fatal("too few to be halved")
		}
		pairs, ok := newLexicon().common(a, b)
		if got, want := count(t, a, b, pairs), longest(a, b); !ok || got != want {
			t.Errorf("%d words: %d pairs, want %d", vocabulary, got, want)
		}
	}
}

func TestTooMuchIsNotKnown(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	a, b := random(r, 100_000, 2000), random(r, 100_000, 2000)
	if _, ok := newLexicon().common(a, b); ok {
		t.Error("10 billion cells are said to be computed")
	}
	b = append(a[:50_000:50_000], a[50_001:]...)
	if pairs, ok := newLexicon().common(a, b); !ok || count(t, a, b, pairs) != len(b) {
		t.Error("two long texts of which one lacks a word are not compared")
	}
}

func BenchmarkCommon(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{3000, 30_000} {
		for _, vocabulary := range []int{2, 500, 5000} {
			x, y := random(r, n, vocabulary), random(r, n, vocabulary)
			b.Run(fmt.Sprintf("%d words of %d", n, vocabulary), func(b *testing.B) {
				for b.Loop() {
					newLexicon().common(x, y)
				}
			})
		}
	}
}
