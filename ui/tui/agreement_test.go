package tui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/diff"
)

func TestWhatAnswersAgreeOnIsTold(t *testing.T) {
	lk := newModel(t.Context(), Options{}).look
	for name, c := range map[string]struct {
		texts []string
		w     int
		want  string
	}{
		"most, then one alone": {
			[]string{"The first was Neil Armstrong in 1969 there.", "The first was Buzz Aldrin in 1969 there.", "The first was Neil Armstrong in 1969 there.", "The first was Neil Armstrong in 1968 there."},
			120,
			"≠ 3 of 4 say 1969; 3 of 4 say “Neil Armstrong”; 4 alone says 1968; 2 alone says “Buzz Aldrin” · agreement 0.81",
		},
		"what the same ones say is one": {
			[]string{"It was Ada in 1815 there.", "It was Ada in 1815 there.", "It was Bob in 1816 there."},
			120,
			"≠ 2 of 3 say 1815, “Ada”; 3 alone says 1816, “Bob” · agreement 0.78",
		},
		"little room": {
			[]string{"It was Ada in 1815 there.", "It was Ada in 1815 there.", "It was Bob in 1816 there."},
			50,
			"≠ 2 of 3 say 1815, “Ada”; +2 more · agreement 0.78",
		},
		"all the same": {
			[]string{"It was Ada in 1815 there.", "In 1815 it was Ada there."},
			80,
			"= all say 1815, “Ada” · agreement 1.00",
		},
		"nothing in common": {
			[]string{"the sky is blue", "grass grows green"},
			80,
			"≠ few words in common · agreement 0.00",
		},
		"sentences where there is nothing else": {
			[]string{"the sky is very blue today", "the sky is very blue now", "grass grows green and the sky is"},
			80,
			"= 2 of 3 say “the sky is very blue today” · agreement 0.59",
		},
		"fields": {
			[]string{`{"year":1969,"name":"Ada"}`, `{"year":1968,"name":"Ada"}`},
			100,
			"≠ 1 alone says year: 1969; 2 alone says year: 1968; all say name: \"Ada\" · agreement 0.50",
		},
	} {
		a := diff.Agree(c.texts)
		j := judgement{known: a.Known, figure: a.Figure, disagree: a.Disagree, found: grouped(&a)}
		got := ansi.Strip(lk.ribbon(&j, []int{1, 2, 3, 4}, c.w))
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
		if n := lk.width(got); n > c.w {
			t.Errorf("%s: %d cells of %d", name, n, c.w)
		}
	}
}

func TestTheAgreementMovesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("It was Ada in 1815 there. ", 80)
		x := show(t, 100, 24, bench(t, "", []string{"one/a", "two/b"},
			double{name: "one", stream: saying(long)}, double{name: "two", stream: pausing("", strings.ReplaceAll(long, "1815", "1816"))}))
		x.ask("hello", 5*time.Second)
		streaming := x.press("tab")
		lacks(t, streaming, "agreement 0")
		x.press("l", "x")
		x.press("h")
		ended := x.after(time.Second)
		want(t, x.line(-3), `^╰─ ≠ 1 alone says 1815; 2 alone says 1816; all say “Ada” · agreement 0\.\d\d ─+$`)
		body := func(screen string) string {
			var lines []string
			for l := range strings.SplitSeq(screen, "\n") {
				if left, _, ok := strings.Cut(strings.TrimPrefix(l, "│"), "│"); ok {
					lines = append(lines, left)
				}
			}
			return strings.Join(lines[:len(lines)-3], "\n") // without the meters
		}
		if body(streaming) != body(ended) {
			t.Errorf("the answers have moved from\n%s\nto\n%s", streaming, ended)
		}
		judged := func() *judgement { return see(x, func(m *Model) *judgement { return m.tr.turns[0].judged }) }
		before := judged()
		x.press("j", "k", "z", "z", "l")
		x.resize(90, 30)
		if before == nil || judged() != before {
			t.Error("the answers of a turn are compared again with every key")
		}
		x.quit()
	})
}

// turnsOf asks a number of questions of which some have answers that disagree.
func turnsOf(n int, disagree ...int) []double {
	one, two := map[string]string{}, map[string]string{}
	for i := 1; i <= n; i++ {
		q := fmt.Sprintf("question %d", i)
		one[q] = "It has 7 parts in all of them."
		two[q] = "It has 7 parts in all of them."
		for _, d := range disagree {
			if d == i {
				two[q] = "It has 8 parts in all of them."
			}
		}
	}
	return []double{answering("one", one), answering("two", two)}
}

func (x *terminal) currentTurn() int {
	return see(x, func(m *Model) int {
		_, t := m.current()
		return t.ID
	})
}

func TestNGoesToTheTurnsThatDisagree(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		const last = 100
		b := bench(t, path, []string{"one/a", "two/b"}, turnsOf(last, 3, 60, 98)...)
		for i := range last {
			r, err := b.Put(t.Context(), sessions.Question{Text: fmt.Sprintf("question %d", i+1)})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		x := show(t, 100, 24, b)
		x.press("tab")
		for _, step := range []struct {
			key string
			at  int
		}{{"N", 98}, {"N", 60}, {"N", 3}, {"N", 3}, {"n", 60}, {"n", 98}, {"n", 98}} {
			before := x.currentTurn()
			screen := x.press(step.key)
			if got := x.currentTurn(); got != step.at {
				t.Fatalf("%s goes to turn %d, not %d", step.key, got, step.at)
			}
			if before == step.at {
				want(t, screen, "no (earlier|later) turn in which the answers disagree")
			} else {
				want(t, screen, fmt.Sprintf("❯ question %d ", step.at), "≠ 1 alone says 7; 2 alone says 8")
			}
		}
		x.quit()
	})
}

func TestEscStopsTheSearchForADisagreement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"one/a", "two/b"}, turnsOf(2)...))
		x.ask("question 1", time.Second)
		x.ask("question 2", time.Second)
		x.press("tab")
		stuck := see(x, func(m *Model) *seek {
			m.seeking = &seek{by: -1, from: 2}
			return m.seeking
		})
		want(t, x.press("esc"), "stopped looking")
		see(x, func(m *Model) tea.Cmd { return m.seekMore(stuck) })
		if x.currentTurn() != 2 {
			t.Error("a search that was stopped goes on")
		}
		x.quit()
	})
}

func TestSamplesSayHowAlikeTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said := []string{"It is 42.", "it is 42", "It is 42!", "It is 41."}
		n := 0
		b := bench(t, "", []string{"one/a"}, double{name: "one", stream: turnBy(&n, said)})
		r, err := b.Put(t.Context(), sessions.Question{Text: "what?"})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, err = b.Sample(t.Context(), 1, 3, 1); err != nil {
			t.Fatal(err)
		}
		if err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		x := show(t, 80, 24, b)
		want(t, x.now(), "4 samples: 3 agree, spread 0.17")
		x.quit()
	})
}

// turnBy answers with one text after the other.
func turnBy(n *int, said []string) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		text := said[*n%len(said)]
		*n++
		return saying(text)(ctx, req)
	}
}

func TestAJudgementIsSmall(t *testing.T) {
	var texts []string
	for i := range 8 {
		var b strings.Builder
		for k := range 400 {
			fmt.Fprintf(&b, "We met Person%d of Place%d in %d there. ", i*k, k, 1000+k+i)
		}
		texts = append(texts, b.String())
	}
	a := diff.Agree(texts)
	n, items := 0, 0
	for _, g := range grouped(&a) {
		for _, w := range g.what {
			n += len(w)
		}
		items += len(g.what) + g.more
	}
	want := 0
	for _, f := range a.Findings {
		if f.Kind != diff.Sentence {
			want++
		}
	}
	if n > 600 || items != want || items == 0 {
		t.Errorf("%d bytes and %d items are kept of %d findings", n, items, want)
	}
}

func TestSamplesOfJSONNameTheFieldsThatDiffer(t *testing.T) {
	s := diff.Repeat([]string{`{"a":1,"b":2}`, `{"a":1,"b":3}`, `{"a":1,"b":3}`})
	if got, want := samplesWords(&s), "3 samples: 2 agree, spread 0.33 · b 2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
