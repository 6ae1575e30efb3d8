package sessions

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestEveryColumnHasEveryPlaceInLineEquallyOften(t *testing.T) {
	for n := 2; n <= 8; n++ {
		ids := make([]int, n)
		for i := range ids {
			ids[i] = 3*i + 1
		}
		for _, seed := range []uint32{0, 1, 69, 1 << 31} {
			for block := range 3 {
				place, before := map[[2]int]int{}, map[[2]int]int{}
				for at := range 2 * n {
					line := order(seed, block*2*n+at, ids)
					for i, x := range line {
						place[[2]int{x, i}]++
						for _, y := range line[i+1:] {
							before[[2]int{x, y}]++
						}
					}
				}
				for i, x := range ids {
					for _, y := range ids {
						if got := place[[2]int{x, i}]; got != 2 {
							t.Fatalf("%d columns, seed %d, block %d: column %d was at place %d %d times", n, seed, block, x, i+1, got)
						}
						if got := before[[2]int{x, y}]; x != y && got != n {
							t.Fatalf("%d columns, seed %d, block %d: column %d went before %d %d times", n, seed, block, x, y, got)
						}
					}
				}
			}
		}
	}
}

// What is kept in a store must mean the same for ever.
func TestTheOrderOnADeviceFollowsFromTheSeedAlone(t *testing.T) {
	var got []string
	for n := range 9 {
		got = append(got, fmt.Sprint(order(2026, n, []int{7, 2, 5})))
	}
	if want := []string{
		"[2 7 5]", "[5 7 2]", "[7 5 2]", "[2 5 7]", "[5 2 7]", "[7 2 5]",
		"[7 2 5]", "[5 2 7]", "[2 5 7]",
	}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	firsts := map[int]int{}
	for seed := range uint32(1000) {
		firsts[order(seed, 0, []int{1, 2})[0]]++
	}
	if firsts[1] < 450 || firsts[1] > 550 {
		t.Errorf("of 1000 sessions column 1 goes first in %d", firsts[1])
	}
}

// sent lists the columns of a turn's local answers in the order in which they were
// asked, as letters.
func sent(t *Turn, from int) (line string) {
	var all []Answer
	for _, a := range t.Answers {
		if a.Local && a.Take >= from {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(x, y Answer) int { return cmp.Or(x.Timing.Sent.Compare(y.Timing.Sent), x.Column-y.Column) })
	for _, a := range all {
		line += string(rune('A' + a.Column - 1))
	}
	return line
}

func TestEachLocalModelGoesFirstEquallyOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const second = "script:tps=10,n=11"
		b := bench(t, nil, []string{"here/" + second, "demo/" + second, "also-here/" + second})
		wait := func(r *Run, err error) *Run {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			want(t, "the run", r.Wait(t.Context()), nil)
			return r
		}
		orders := ""
		for range 8 {
			r := wait(b.Put(t.Context(), Question{Text: "x"}))
			orders += sent(b.desk.recent[r.Turn-1], 1) + " "
		}
		want(t, "two blocks of turns", orders, "AC CA CA AC CA AC AC CA ")
		wait(b.Again(t.Context(), 1, 1, 3))
		want(t, "another take of the first turn", sent(b.desk.recent[0], 2), "CA")
		wait(b.Sample(t.Context(), 1, 4, 1, 2, 3))
		want(t, "samples", sent(b.desk.recent[0], 3), "ACCACAAC")
	})
}

func TestInARaceLocalModelsAnswerAtOnceAndSaySo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const second = "script:tps=10,n=11"
		s := opened(t)
		b := bench(t, s, []string{"here/" + second, "demo/" + second, "here/" + second})
		b.Race(true)
		began := time.Now()
		h := ask(t, b, "x")
		want(t, "the race took", time.Since(began).Truncate(time.Second), time.Second)
		_, turns := keptSession(t, s, b.Session().ID)
		for c, raced := range map[int]bool{1: true, 2: false, 3: true} {
			want(t, fmt.Sprint("column ", c, " raced"), h.final[c].Raced, raced)
			want(t, fmt.Sprint("column ", c, " raced, as kept"), turns[0].Answers[c-1].Raced, raced)
			want(t, fmt.Sprint("column ", c, " raced, in JSON"), turns[0].Answers[c-1].Record("", 1).Raced, raced)
		}
		r, err := b.Again(t.Context(), 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "one alone raced", hear(r, 0).final[3].Raced, false)
		b.Race(false) // another take is asked as the session is now, not as the turn was
		r, err = b.Again(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		h = hear(r, 0)
		want(t, "the next take raced", h.final[1].Raced || h.final[3].Raced, false)
	})
}
