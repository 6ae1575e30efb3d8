package sessions

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

const echo = "script:echo=1"

// told is what echoing columns were told with the newest question.
func told(t *testing.T, b *Bench, question string, columns ...int) []string {
	t.Helper()
	h := ask(t, b, question)
	var all []string
	for _, c := range columns {
		all = append(all, h.final[c].Text)
	}
	return all
}

func TestEachColumnIsToldItsOwnHistoryOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, opened(t), []string{"demo/" + saying("one says"), "demo/" + saying("two says"), "demo/" + saying("one says")})
		b.SetSystem("be brief")
		ask(t, b, "first")
		late := b.Add(Column{Model: providers.Ref{Provider: "demo", Model: saying("late says")}})
		ask(t, b, "second")
		for _, c := range b.Session().Columns {
			b.SetModel(c.ID, providers.Ref{Provider: "demo", Model: echo})
		}
		got := told(t, b, "third", 1, 2, 3, late)
		for i, want := range []string{
			"system: be brief\nuser: first\nassistant: one says\nuser: second\nassistant: one says\nuser: third\n",
			"system: be brief\nuser: first\nassistant: two says\nuser: second\nassistant: two says\nuser: third\n",
			"system: be brief\nuser: first\nassistant: one says\nuser: second\nassistant: one says\nuser: third\n",
			"user: second\nassistant: late says\nuser: third\n",
		} {
			if got[i] != want {
				t.Errorf("column %d was told\n%s\nwant\n%s", i+1, got[i], want)
			}
		}
	})
}

func TestHistoryIsWhatWasReceivedByteForByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hostile = "\x1b]52;c;aGk=\x07\xff\xfe\x00\u202e<b>\u200b\r\n 漢字 👩‍👩‍👧 \x9b31m "
		s := opened(t)
		b := bench(t, s, []string{"demo/" + saying(hostile)})
		h := ask(t, b, "asked "+hostile)
		want(t, "heard", h.text[1], hostile)
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		const history = "user: asked " + hostile + "\nassistant: " + hostile + "\nuser: next\n"
		want(t, "told", told(t, b, "next", 1)[0], history)

		// The same from the store, in another process's place.
		again := bench(t, s, nil)
		again.Registry = b.Registry
		if err := again.Resume(b.Session().ID); err != nil {
			t.Fatal(err)
		}
		want(t, "told after Resume", told(t, again, "more", 1)[0], history+"assistant: "+history+"\nuser: more\n")
	})
}

func TestHistoryLeavesOutThoughtsAndWhatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"demo/script:think=40,say=good"})
		step := func(model, question string) {
			b.SetModel(1, providers.Ref{Provider: "demo", Model: model})
			ask(t, b, question)
		}
		step("script:think=40,say=good", "q1")
		step("script:err=cut@2", "q2: failed with words")
		step("script:err=auth", "q3: failed")
		time.AfterFunc(1500*ms, func() { b.Stop(1) })
		step("script:say=abcdefgh,tps=1,ttft=1000", "q4: stopped")
		time.AfterFunc(10*ms, func() { b.Stop(1) })
		step("script:ttft=1000", "q5: stopped before it spoke")
		step("script:finish=refusal,say=never", "q6: refused")
		step("script:say=cut,finish=length", "q7: cut by the limit")
		step("script:n=0", "q8: said nothing")
		step("script:n=0,think=5,finish=length", "q9: only thought")
		step("script:n=0,finish=tool", "q10: called a tool")
		step("script:say=%0A%20", "q11: said nothing that can be seen")
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		want(t, "told", told(t, b, "last", 1)[0], "user: q1\nassistant: good\n"+
			"user: q4: stopped\nassistant: abcd\n"+
			"user: q6: refused\nassistant: never\n"+
			"user: q7: cut by the limit\nassistant: cut\n"+
			"user: last\n")
	})
}

func TestARunOfAnExperimentStandsAlone(t *testing.T) {
	b := bench(t, nil, []string{"demo/" + echo})
	b.desk.session.Kind = Experiment
	ask(t, b, "first")
	want(t, "told", told(t, b, "second", 1)[0], "user: second\n")
}

func TestAskIsRefusedWhileAnswersCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"demo/script:tps=1,n=3"})
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Put(t.Context(), Question{Text: "y"}); err != ErrBusy {
			t.Error(err)
		}
		if _, err := b.Again(t.Context(), 1, 1); err != ErrBusy {
			t.Error(err)
		}
		hear(r, 0)
		want(t, "turns", b.Session().Turns, 1)
		ask(t, b, "y")
		empty := bench(t, nil, nil)
		if _, err := empty.Put(t.Context(), Question{Text: "x"}); err == nil {
			t.Error("nobody was asked, and nobody was told so")
		}
	})
}

func TestTheQuestionIsInTheStoreBeforeItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		var b *Bench
		var found []string
		var before, after int
		look := double{name: "look", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			after = commits(t, s)
			other, err := Open(s.Path())
			if err != nil {
				t.Error(err)
			} else {
				defer other.Close()
				ses, turns := keptSession(t, other, b.Session().ID)
				for _, turn := range turns {
					found = append(found, fmt.Sprintf("%s: %d of %d columns are asked %q, turn %d of %d", ses.Title, len(turn.Answers), len(turn.Columns), turn.Text, turn.ID, ses.Turns))
					for _, a := range turn.Answers {
						if a.Finish != "" || a.Text != "" || !a.Usage.Estimated || a.Take != 1 || a.Model.Model == "" {
							t.Errorf("kept before it is sent: %+v", a)
						}
					}
				}
			}
			return func(yield func(providers.Event, error) bool) {
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
			}
		}}
		b = bench(t, s, []string{"look/x", "demo/script:ttft=100", "demo/script:ttft=100"}, look)
		before = commits(t, s)
		ask(t, b, "what?\nmore")
		want(t, "commits for the question", after-before, 1)
		want(t, "found", strings.Join(found, "; "), `what?: 3 of 3 columns are asked "what?\nmore", turn 1 of 1`)
	})
}

func TestAgainAddsATakeAndOverwritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/" + saying("old"), "demo/" + saying("other")})
		ask(t, b, "q1")
		ask(t, b, "q2")
		late := b.Add(Column{Model: providers.Ref{Provider: "demo", Model: saying("late")}})
		again := func(turn, column int) heard {
			r, err := b.Again(t.Context(), turn, column)
			if err != nil {
				t.Fatal(err)
			}
			return hear(r, 0)
		}
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		h := again(2, 1)
		want(t, "told again", h.final[1].Text, "user: q1\nassistant: old\nuser: q2\n")
		b.SetModel(1, providers.Ref{Provider: "demo", Model: saying("new")})
		again(1, 1)
		again(1, late)
		if _, err := b.Again(t.Context(), 3, 1); err == nil {
			t.Error("there is no turn 3")
		}
		if _, err := b.Again(t.Context(), 1, 9); err == nil {
			t.Error("there is no column 9")
		}
		const all = "1.1 old, 1.2 new, 2.1 other, 3.1 late, "
		show := func(turn Turn) (list string) {
			for _, a := range turn.Answers {
				list += fmt.Sprintf("%d.%d %s, ", a.Column, a.Take, a.Text)
			}
			return list
		}
		_, turns := keptSession(t, s, b.Session().ID)
		want(t, "kept takes", show(turns[0]), all)
		want(t, "kept columns", fmt.Sprint(turns[0].Columns), "[1 2 3]")
		held, err := b.Turns(0, 9)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "held takes", show(held[0]), all)
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		want(t, "told", told(t, b, "q3", 1)[0], "user: q1\nassistant: new\nuser: q2\nassistant: user: q1\nassistant: old\nuser: q2\n\nuser: q3\n")
	})
}

func TestAgainWorksOnTurnsThatOnlyTheStoreHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/" + saying("old")})
		ask(t, b, "q1")
		ask(t, b, "q2")
		if err := b.Resume(b.Session().ID); err != nil {
			t.Fatal(err)
		}
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		r, err := b.Again(t.Context(), 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "told", hear(r, 0).final[1].Text, "user: q1\n")
		turns, err := b.Turns(0, 9)
		if err != nil || len(turns) != 2 || len(turns[0].Answers) != 2 || turns[0].Answers[1].Take != 2 {
			t.Errorf("%v, %+v", err, turns)
		}
	})
}

// What was told once is not read again, and is told anew where it has changed.
func TestALongHistoryIsToldWholeEveryTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		ses := Session{ID: NewID(time.Now()), Kind: Chat, Created: time.Now(), Updated: time.Now(), Turns: 2*page + 7, Places: []int{1}}
		ses.Columns = []Column{{ID: 1, Model: providers.Ref{Provider: "demo", Model: "script:echo=1"}}}
		for id := 1; id <= ses.Turns; id++ {
			err := s.Save(Batch{
				Session: &ses, Turn: &Turn{ID: id, Parent: id - 1, Text: fmt.Sprint("q", id), Asked: ses.Created, Columns: []int{1}},
				Answers: []Kept{{Session: ses.ID, Turn: id, Answer: Answer{Column: 1, Take: 1, Text: fmt.Sprint("a", id), Finish: providers.Finished}}},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		b := bench(t, s, nil)
		if err := b.Resume(ses.ID); err != nil {
			t.Fatal(err)
		}
		lines := func(h heard) []string { return strings.Split(strings.TrimSpace(h.text[1]), "\n") }
		first := lines(ask(t, b, "more?"))
		want(t, "messages of the first question", len(first), 2*ses.Turns+1)
		want(t, "the first message", first[0], "user: q1")
		want(t, "the last message", first[len(first)-1], "user: more?")

		b.SetModel(1, providers.Ref{Provider: "demo", Model: saying("another take")})
		r, err := b.Again(t.Context(), 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		hear(r, 0)
		b.SetModel(1, providers.Ref{Provider: "demo", Model: "script:echo=1"})
		second := lines(ask(t, b, "and now?"))
		want(t, "the second turn's answer", second[3], "assistant: another take")
		want(t, "the last message", second[len(second)-1], "user: and now?")
	})
}

// Two juxta may work on one session in turn: neither takes the other's place.
func TestASessionContinuedElsewhereIsContinuedHere(t *testing.T) {
	s := opened(t)
	one := bench(t, s, []string{"demo/script:echo=1"})
	ask(t, one, "first, here")
	two := bench(t, s, nil)
	two.Registry = one.Registry
	if err := two.Resume(one.Session().ID); err != nil {
		t.Fatal(err)
	}
	two.SetModel(1, providers.Ref{Provider: "demo", Model: saying("elsewhere")})
	two.Add(Column{Model: providers.Ref{Provider: "demo", Model: saying("too")}})
	ask(t, two, "second, elsewhere")
	for name, b := range map[string]*Bench{"third, here": one, "": two} {
		if name == "" {
			continue
		}
		h := ask(t, b, name)
		for column, text := range h.text {
			for _, part := range []string{"user: " + name} {
				if !strings.Contains(text, part) {
					t.Errorf("column %d was told %q", column, text)
				}
			}
		}
	}
	ses, turns := keptSession(t, s, one.Session().ID)
	want(t, "turns", ses.Turns, 3)
	var texts []string
	for _, turn := range turns {
		texts = append(texts, turn.Text)
		for _, a := range turn.Answers {
			want(t, fmt.Sprintf("the answer of column %d to %q", a.Column, turn.Text), a.Finish, providers.Finished)
		}
	}
	if got := strings.Join(texts, " · "); got != "first, here · second, elsewhere · third, here" {
		t.Errorf("kept: %s", got)
	}
	if err := one.Trouble(); err != nil {
		t.Error(err)
	}
}
