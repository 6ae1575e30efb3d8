package sessions

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// seeded is a seed that seats the columns 1, 2, … in the given order.
func seeded(t testing.TB, order ...int) uint32 {
	t.Helper()
	turn := Turn{Columns: slices.Sorted(slices.Values(order))}
	for turn.Seed = range uint32(10_000) {
		if slices.Equal(turn.Seats(), order) {
			return turn.Seed
		}
	}
	t.Fatalf("no seed seats %v", order)
	return 0
}

// says is a model that answers with a word.
func says(word string) string { return "demo/" + saying(word) }

// telling is an answer that nothing is missing in.
func telling(column int, model, text string) Answer {
	n := time.Duration(column)
	return Answer{
		Column: column, Take: 1, Model: providers.Ref{Provider: "vendor" + model, Model: model}, Served: model + "-0905",
		System: "system " + model, Params: providers.Params{Think: "effort" + model}, Text: text, Thoughts: "thoughts of " + model,
		Calls: []Call{{ID: "call_" + model, Name: "look", Arguments: `{"q":1}`}}, Finish: providers.Finished,
		Usage: providers.Usage{Input: 1000 + column, Output: 2000 + column, Tier: "tier" + model}, Foreseen: 3000 + column,
		Sights: []Sight{{SHA256: "aa", View: providers.View{Width: 4000 + column, Height: 1, Tokens: 5000 + column}}},
		Price:  &providers.Price{Rates: providers.Rates{Input: 1, Output: 7}, Source: providers.Listed, AsOf: "2026-01-0" + fmt.Sprint(column)},
		Local:  column == 1, Simulated: column == 2, Context: 6000 + column,
		Timing:  providers.Timing{Sent: time.Now(), FirstToken: n * 71 * ms, FirstAnswer: n * 72 * ms, Last: n * 73 * ms, Total: n * 74 * ms, Attempts: column},
		Server:  providers.Server{Load: p(n * 81 * ms)},
		Notices: []string{"notice of " + model}, Filter: "filter " + model, RequestID: "req_" + model, Raw: json.RawMessage(`{"raw":"` + model + `"}`),
	}
}

// What is printed of a hidden turn must be the same, byte for byte, whichever
// model gave which answer.
func TestThePrintedFormOfAHiddenTurnTellsNothing(t *testing.T) {
	alpha, omega := "alpha-7b", "omega-9x"
	columns := []Column{{ID: 1, Model: providers.Ref{Provider: "vendor" + alpha, Model: alpha}}, {ID: 2, Model: providers.Ref{Provider: "vendor" + omega, Model: omega}}}
	s := Session{ID: "01J", Columns: columns, Places: []int{1, 2}, Turns: 1, Blind: true, Hidden: []int{1}, Seed: 99, Spent: 123456, Unpriced: 7}
	files := []Attachment{{Name: "pin.jpg", SHA256: "aa", SentWidth: 10, SentHeight: 10}}
	failed := func(a Answer) Answer {
		a.Finish, a.Error = providers.Failed, failure(&providers.Error{Kind: providers.RateLimit, Status: 429, Ref: a.Model})
		return a
	}
	left, right := "I am Alpha-7B, and the first.", "The second, as Omega 9X."
	printed := func(order []int, edit func(Answer) Answer, finish providers.Reason) string {
		turn := Turn{ID: 1, Blind: true, Text: "which?", Columns: []int{1, 2}, Files: files, Seed: seeded(t, order...)}
		texts := map[int]string{order[0]: left, order[1]: right}
		turn.Answers = []Answer{telling(1, alpha, texts[1]), telling(2, omega, texts[2])}
		for i, id := range order { // the same two things happen on the same seats
			a := &turn.Answers[id-1]
			if i == 0 {
				*a = edit(*a)
			} else if a.Finish = finish; finish == "" {
				a.Text = ""
			}
		}
		turn.Votes = []Vote{{ID: 1, Blind: true, Seats: order, Takes: []Pick{{order[0], 1}, {order[1], 1}}, Best: []int{order[0]}}}
		line, err := json.Marshal(NewTranscript(s, []Turn{turn}))
		if err != nil {
			t.Fatal(err)
		}
		return string(line)
	}
	same := func(a Answer) Answer { return a }
	for name, run := range map[string]func([]int) string{
		"complete": func(order []int) string { return printed(order, same, providers.Finished) },
		"failed":   func(order []int) string { return printed(order, failed, providers.Finished) },
		"running":  func(order []int) string { return printed(order, same, "") },
		"stopped":  func(order []int) string { return printed(order, same, providers.Cancelled) },
	} {
		one, two := run([]int{1, 2}), run([]int{2, 1})
		if one != two {
			t.Errorf("%s: the seats make a difference:\n%s\n%s", name, one, two)
		}
		_, turns, _ := strings.Cut(one, `"turns":[`)
		for _, tell := range []string{alpha, omega, "Alpha", "Omega", "vendor", "effort", "tier", "thoughts of", "call_", "notice of", "filter", "req_", "raw", "429", "rate", "123456"} {
			if strings.Contains(turns, tell) {
				t.Errorf("%s: %q is told: %s", name, tell, turns)
			}
		}
		if strings.Contains(one, "99") || !strings.Contains(one, `"spent":null,"guessed":null,"unpriced":null`) {
			t.Errorf("%s: %s", name, one)
		}
		wants := []string{`"text":"I am ▒▒▒, and the first."`, `"text":"The second, as ▒▒▒."`, `"masked":1`, `"seat":1`, `"seat":2`}
		if name == "running" || name == "stopped" {
			wants = []string{`"text":null`, `"seat":1`, `"seat":2`, `"finish":null`}
		}
		for _, w := range wants {
			if !strings.Contains(turns, w) {
				t.Errorf("%s: no %s in %s", name, w, turns)
			}
		}
	}
}

func TestAfterTheRevealEverythingIsTold(t *testing.T) {
	turn := Turn{ID: 1, Blind: true, Revealed: time.Now(), Columns: []int{1, 2}, Seed: seeded(t, 2, 1)}
	turn.Answers = []Answer{telling(1, "alpha-7b", "I am alpha-7b."), telling(2, "omega-9x", "no")}
	line, err := json.Marshal(NewTranscript(Session{ID: "01J", Seed: 99, Spent: 5}, []Turn{turn}))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{`"seats":[2,1]`, `"seed":99`, `"spent":5`, `"text":"I am alpha-7b."`, `"model":"vendoromega-9x/omega-9x"`, `"attempts":2`} {
		if !strings.Contains(string(line), w) {
			t.Errorf("no %s in %s", w, line)
		}
	}
}

func TestAVoteIsOnTheDiskWhenItIsToldAndTheStoreGivesItsSeats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		b := bench(t, store, []string{says("one"), says("two"), says("three"), says("four")})
		b.Blindly(true)
		other, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		orders := map[string]bool{}
		for n := range 8 {
			ask(t, b, fmt.Sprint("question ", n))
			id := n + 1
			_, before := keptSession(t, other, b.Session().ID)
			if !before[n].Hidden() {
				t.Fatal("the turn is not blind in the store")
			}
			seats := before[n].Seats()
			orders[fmt.Sprint(seats)] = true
			_, err := b.Vote(id, "", seats[1], seats[2])
			want(t, "voting", err, nil)
			s, turns := keptSession(t, other, b.Session().ID)
			v, ok := turns[n].Vote("")
			if !ok || !v.Blind || !slices.Equal(v.Seats, seats) || !slices.Equal(v.Best, seats[1:3]) || v.Takes[0] != (Pick{seats[0], 1}) {
				t.Errorf("turn %d: %+v, seats %v", id, v, seats)
			}
			want(t, "hidden turns", fmt.Sprint(s.Hidden), fmt.Sprint([]int{id}))
			_, err = b.Reveal(id)
			want(t, "revealing", err, nil)
			s, turns = keptSession(t, other, b.Session().ID)
			if turns[n].Hidden() || len(s.Hidden) > 0 || !slices.Equal(turns[n].Seats(), seats) {
				t.Errorf("turn %d after the reveal: %+v", id, turns[n])
			}
			if n < 4 {
				continue
			}
			late := b.Add(Column{Model: s.Columns[0].Model}) // and asked what the others were asked
			r, err := b.Again(t.Context(), id, late)
			want(t, "asking a column that is new", err, nil)
			hear(r, 0)
			b.Remove(late)
			_, turns = keptSession(t, other, s.ID)
			if a, ok := turns[n].Answer(late); !ok || a.Text == "" || !slices.Equal(turns[n].Seats(), seats) || turns[n].Seat(late) != 0 {
				t.Errorf("turn %d with another column: the seats are %v, and were %v", id, turns[n].Seats(), seats)
			}
		}
		if len(orders) < 3 {
			t.Errorf("8 turns of 4 columns have only the orders %v", orders)
		}
		_ = b.Close(t.Context())
	})
}

func TestAnUndoneVoteIsLoggedAndARevealedOneStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{says("one"), says("two")})
		b.Blindly(true)
		ask(t, b, "which?")
		must := func(_ Turn, err error) {
			t.Helper()
			want(t, "error", err, nil)
		}
		must(b.Vote(1, "", 1))
		must(b.Unvote(1, ""))
		must(b.Vote(1, "", 2))
		must(b.Vote(1, "")) // all bad, in the place of the last
		if _, err := b.Vote(1, "", 3); err == nil {
			t.Error("a column that was not asked can be voted for")
		}
		must(b.Reveal(1))
		if _, err := b.Unvote(1, ""); err == nil {
			t.Error("a blind vote is taken back after the reveal")
		}
		must(b.Vote(1, "", 1))
		turns, err := b.Turns(0, 1)
		want(t, "error", err, nil)
		var got []string
		for _, v := range turns[0].Votes {
			got = append(got, fmt.Sprint(v.Blind, v.Best, v.Counts()))
		}
		if want := []string{"true [1] false", "true [2] false", "true [] true", "false [1] true"}; !slices.Equal(got, want) {
			t.Errorf("votes %q, want %q", got, want)
		}
		must(b.Unvote(1, ""))
		if turns, _ = b.Turns(0, 1); turns[0].Votes[3].Counts() {
			t.Error("an open vote can't be taken back")
		}
	})
}

// How far the answers came before they were stopped tells the quick from the
// slow, so nothing of them is shown, and there is nothing to vote on.
func TestAnAnswerThatFailedIsNeverTheBest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, blind := range []bool{false, true} {
			b := bench(t, nil, []string{says("one"), "demo/script:fail=server"})
			b.Blindly(blind)
			ask(t, b, "who?")
			for _, best := range [][]int{{2}, {1, 2}} {
				if turn, err := b.Vote(1, "", best...); err == nil {
					t.Errorf("blind %v: %+v", blind, turn.Votes)
				}
			}
			for _, best := range [][]int{{1}, nil} {
				if _, err := b.Vote(1, "", best...); err != nil {
					t.Errorf("blind %v, best %v: %v", blind, best, err)
				}
			}
		}
	})
}

func TestAStoppedBlindTurnStaysSealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{says("done"), "demo/script:ttft=5000,n=50"})
		b.Blindly(true)
		r, err := b.Put(context.Background(), Question{Text: "which?"})
		want(t, "asking", err, nil)
		time.Sleep(time.Second)
		r.StopAll()
		hear(r, 0)
		turns, _ := b.Turns(0, 1)
		turn := &turns[0]
		if !turn.Sealed() {
			t.Fatal("it is not sealed")
		}
		for _, a := range turn.Veil(nil).Answers {
			if a.Text != "" || a.Finish != "" {
				t.Errorf("column %d shows %q, %q", a.Column, a.Text, a.Finish)
			}
		}
		if _, err := b.Vote(1, "", 1); err == nil {
			t.Error("it can be voted on")
		}
		for _, again := range []func() error{
			func() error { _, err := b.Again(context.Background(), 1, 2); return err },
			func() error { _, err := b.Sample(context.Background(), 1, 2, 2); return err },
			func() error { _, err := b.Choose(1, Pick{1, 1}); return err },
			func() error { _, err := b.Adopt(1, &Pick{1, 1}); return err },
		} {
			if err := again(); err == nil || !strings.Contains(err.Error(), "still blind") {
				t.Errorf("a column is singled out: %v", err)
			}
		}
		shown, err := b.Reveal(1)
		want(t, "revealing", err, nil)
		if a, _ := shown.Answer(1); shown.Sealed() || a.Text != "done" {
			t.Errorf("after the reveal: %+v", a)
		}
	})
}

func TestOneColumnIsNotAskedBlind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{says("one"), says("two")})
		b.Blindly(true)
		r, err := b.Put(context.Background(), Question{Text: "you alone", Columns: []int{2}})
		want(t, "asking", err, nil)
		hear(r, 0)
		want(t, "blind", r.Asked.Blind, false)
		want(t, "hidden", len(b.Session().Hidden), 0)
	})
}

func TestAForkKeepsWhatIsHidden(t *testing.T) {
	for _, kept := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var store *Store
			if kept {
				var err error
				if store, err = Open(filepath.Join(t.TempDir(), "juxta.db")); err != nil {
					t.Fatal(err)
				}
			}
			b := bench(t, store, []string{says("one"), says("two")})
			ask(t, b, "open")
			b.Blindly(true)
			ask(t, b, "blind")
			from, _ := b.Turns(0, 10)
			want(t, "forking", b.Fork(2), nil)
			want(t, "hidden", fmt.Sprint(b.Session().Hidden), "[2]")
			to, _ := b.Turns(0, 10)
			if !to[1].Hidden() || !slices.Equal(to[1].Seats(), from[1].Seats()) {
				t.Errorf("the fork's turn: %+v", to[1])
			}
			_ = b.Close(t.Context())
		})
	}
}

func TestTurnsAreRenumberedAlongAPath(t *testing.T) {
	p := Path{{1, 3}, {7, 8}, {12, 20}}
	want(t, "on the path", fmt.Sprint(p.renumber([]int{2, 5, 8, 12, 21})), "[2 5 6]")
}

func TestVotesInWords(t *testing.T) {
	price := func(out int64) *providers.Price {
		return &providers.Price{Rates: providers.Rates{Output: providers.Money(out)}, Source: providers.Listed}
	}
	answer := func(column int, model string, p *providers.Price) Answer {
		return Answer{Column: column, Take: 1, Model: providers.Ref{Provider: "x", Model: model}, Text: "a", Finish: providers.Finished, Usage: providers.Usage{Output: 100}, Price: p}
	}
	for _, tt := range []struct {
		best  []int
		cost  []*providers.Price
		words string
		price string
	}{
		{[]int{1}, []*providers.Price{price(2100), price(100)}, "x/a over x/b", "it cost 21×"},
		{[]int{2}, []*providers.Price{price(2100), price(100)}, "x/b over x/a", "it cost 1/21 as much"},
		{[]int{2}, []*providers.Price{price(150), price(100)}, "x/b over x/a", "it cost 1/1.5 as much"},
		{[]int{1}, []*providers.Price{price(100), price(100)}, "x/a over x/b", "it cost about as much"},
		{[]int{1}, []*providers.Price{price(0), price(100)}, "x/a over x/b", "it was free"},
		{[]int{1}, []*providers.Price{price(10_000_000_000), price(0)}, "x/a over x/b", "it cost $1.00, the other nothing"},
		{[]int{1}, []*providers.Price{nil, price(100)}, "x/a over x/b", ""},
		{[]int{1, 2}, []*providers.Price{price(1), price(100)}, "a tie of x/a and x/b", ""},
		{nil, []*providers.Price{price(1), price(100)}, "all bad: x/a and x/b", ""},
		{[]int{1}, []*providers.Price{price(500), price(200), price(100)}, "x/a over x/b and x/c", "it cost 5.0× the cheapest of the others"},
		{[]int{3}, []*providers.Price{price(500), price(300), price(100)}, "x/c over x/a and x/b", "it cost 1/3.0 as much as the cheapest of the others"},
		{[]int{1}, []*providers.Price{price(0), price(0)}, "x/a over x/b", "both were free"},
		{[]int{1}, []*providers.Price{price(0), price(7), price(0)}, "x/a over x/b and x/c", "it was free, as others were"},
		{[]int{3, 1}, []*providers.Price{price(500), price(200), price(100)}, "x/a and x/c over x/b", ""},
	} {
		turn := Turn{}
		v := Vote{Best: tt.best}
		for i, c := range tt.cost {
			turn.Columns = append(turn.Columns, i+1)
			turn.Answers = append(turn.Answers, answer(i+1, string(rune('a'+i)), c))
			v.Seats, v.Takes = append(v.Seats, i+1), append(v.Takes, Pick{i + 1, 1})
		}
		want(t, "words", v.Words(v.Names(&turn)), tt.words)
		want(t, "price", v.Price(&turn), tt.price)
	}
	twice := Turn{Columns: []int{1, 2}, Answers: []Answer{answer(1, "a", nil), answer(2, "a", nil)}}
	v := Vote{Seats: []int{2, 1}, Takes: []Pick{{2, 1}, {1, 1}}, Best: []int{2}}
	want(t, "one model twice", v.Words(v.Names(&twice)), "x/a (column 2) over x/a (column 1)")
	want(t, "judges what stands", v.Judges(&twice), true)

	later := answer(2, "c", nil) // the column was given another model and asked again
	later.Take = 2
	twice.place(later)
	want(t, "of another model's take", v.Words(v.Names(&twice)), "x/a (column 2) over x/a (column 1)")
	want(t, "judges what stands", v.Judges(&twice), false)
}
