package sessions

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// micro is what a token costs that is read; one that is written costs ten.
const micro = providers.Dollar / 1_000_000

func limited(b *Bench, budget providers.Money) { b.Limit(&budget, false) }

func foretold(t *testing.T, b *Bench, text string, files ...*prompts.Attachment) Forecast {
	t.Helper()
	f, err := b.Forecast(Question{Text: text, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAForecastIsThePromptAndAnAnswerAsLongAsThoseBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		// 4 letters are a token; each answer of the first has 40 tokens.
		b := bench(t, s, []string{"paid/script:n=40", "here/script:n=5", "demo/swift", "eager/script:n=5"})
		for range b.Registry.List(t.Context(), time.Second) {
		}
		want(t, "before all", foretold(t, b, "12345678"), Forecast{2*micro + UsualOutput*10*micro, 1})
		b.SetSystem("be brief")
		want(t, "with a system prompt", foretold(t, b, "12345678"), Forecast{4*micro + UsualOutput*10*micro, 1})
		c := b.Session().Columns[0]
		c.System, c.Params.MaxTokens = "", 50
		b.Configure(c)
		want(t, "bounded", foretold(t, b, "12345678"), Forecast{2*micro + 50*10*micro, 1})

		ask(t, b, "12345678") // answered with 160 letters
		after := foretold(t, b, "1234")
		want(t, "after an answer", after, Forecast{(1+2+40)*micro + 40*10*micro, 1})
		b.Remove(4)
		if want1 := (Forecast{after.Cost, 0}); foretold(t, b, "1234") != want1 {
			t.Errorf("without the unknown: %+v", foretold(t, b, "1234"))
		}
		again := bench(t, s, nil)
		if err := again.Resume(b.Session().ID); err != nil {
			t.Fatal(err)
		}
		want(t, "resumed", foretold(t, again, "1234").Cost, after.Cost)

		if f, err := b.Forecast(Question{Text: "1234", Samples: 3, Columns: []int{1}}); err != nil || f.Cost != 3*after.Cost {
			t.Errorf("three samples: %+v, %v", f, err)
		}
		if f, err := b.Forecast(Question{Text: "1234", Instead: 1, Columns: []int{1}}); err != nil || f.Cost != micro+50*10*micro {
			t.Errorf("in the place of the first: %+v, %v", f, err)
		}
		want(t, "as before", foretold(t, b, "1234"), Forecast{after.Cost, 0})
		c.Model.Model = "script:n=41"
		b.Configure(c)
		want(t, "of another model nothing is known", foretold(t, b, "1234").Cost, (1+2+40)*micro+50*10*micro)
		want(t, "turns", b.Session().Turns, 1)
		if kept, _ := keptSession(t, s, b.Session().ID); kept.Spent != 2*micro+40*10*micro {
			t.Errorf("forecasts were charged: %s", kept.Spent)
		}
	})
}

func TestAForecastCountsFilesAsThePreflightDoes(t *testing.T) {
	b := sighted(t, nil, &recorder{}, "a", "blind", "unsure")
	// A dollar per million tokens and 7 picodollars a picture, 1,000 a request; 640×480 are 76 tokens.
	text := func(tokens int) providers.Money { return providers.Money(tokens)*micro + 1000 }
	want(t, "without files", foretold(t, b, "1234"), Forecast{text(1 + UsualOutput), 2})
	pin, note := blob("pin.png", 1, 10), written("a.go", "package a")
	own := b.shelf.sum(note).tokens
	want(t, "with a picture, for which one is not asked", foretold(t, b, "1234", pin), Forecast{text(1+76+UsualOutput) + 7, 1})
	want(t, "with text", foretold(t, b, "1234", note), Forecast{text(1 + own + UsualOutput), 2})
	want(t, "with a PDF of which nobody knows the tokens", foretold(t, b, "1234", typed("a.pdf", "application/pdf")), Forecast{0, 2})
	askWith(t, b, "1234", pin, note) // "seen", which is a token
	want(t, "told again", foretold(t, b, "1234").Cost, text(1+1+1+76+own+1)+7)
}

func TestAQuestionThatWouldPassTheBudgetIsNotSentAndNothingIsLost(t *testing.T) {
	s, r := opened(t), &recorder{}
	b := sighted(t, s, r, "a", "b")
	limited(b, 2*(1+UsualOutput)*micro+2*1000-1) // a picodollar too little
	_, err := b.Put(t.Context(), Question{Text: "1234", Files: []*prompts.Attachment{blob("pin.png", 1, 10)}})
	var over *OverBudget
	if !errors.As(err, &over) || over.Cost != 2*((1+76+UsualOutput)*micro+1007) || over.Left() != over.Budget {
		t.Fatalf("got %v", err)
	}
	if msg := err.Error(); !strings.Contains(msg, "it would cost about $0.00215, and $0.00200 of $0.00200 is left") {
		t.Error(msg)
	}
	if _, err = b.Put(t.Context(), Question{Text: "1234"}); !errors.As(err, &over) {
		t.Fatalf("got %v", err)
	}
	for _, m := range []string{"a", "b"} {
		if _, asked := r.take(m); asked {
			t.Errorf("%s was asked", m)
		}
	}
	want(t, "turns", b.Session().Turns, 0)
	want(t, "files in memory", len(b.shelf.only), 0)
	if all, err := s.Sessions(1); err != nil || len(all) > 0 {
		t.Errorf("kept %v, %v", all, err)
	}
	limited(b, 2*(1+UsualOutput)*micro+2*1000)
	ask(t, b, "1234") // as much as the budget, and not more
	ses, _ := keptSession(t, s, b.Session().ID)
	if ses.Spent != 2*(10*micro+1000) || *ses.Budget != *b.Session().Budget {
		t.Errorf("kept %+v", ses)
	}
	b.Limit(nil, false)
	ask(t, b, "1234")
}

func TestNothingPassesTheBudgetByAnotherWay(t *testing.T) {
	var asked []providers.Request
	dear := double{name: "paid-here", local: true, stream: func(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		asked = append(asked, req)
		return func(yield func(providers.Event, error) bool) {
			_ = yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Delta{At: time.Now(), Text: "said"}, nil) &&
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished, Usage: &providers.Usage{Input: 1, Output: 10}}, nil)
		}
	}}
	b := bench(t, nil, []string{"paid-here/x"}, dear)
	ask(t, b, "1234") // 101 µ$
	over := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, providers.ErrBudget) {
			t.Errorf("%s: %v", what, err)
		}
	}
	limited(b, 101*micro+100*micro)
	_, err := b.Again(t.Context(), 1)
	over("another take", err)
	limited(b, 101*micro+302*micro)
	_, err = b.Sample(t.Context(), 1, 3)
	over("samples", err)
	limited(b, 101*micro+85*micro) // a warm-up has 6 tokens and 8
	_, err = b.Warm(t.Context(), nil)
	over("a warm-up", err)
	_, err = b.Put(t.Context(), Question{Text: "1234", Instead: 1})
	over("a branch", err)
	want(t, "requests", len(asked), 1)
	want(t, "takes", len(b.desk.recent[0].Answers), 1)
	limited(b, 101*micro+86*micro)
	if err := warm(t, b).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, "spent, with a warm-up", b.Session().Spent, 202*micro)
}

func TestWhatWaitsInLineIsNotSentOnceTheBudgetIsSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, model := range []string{"paid/script:n=2000,tps=1000", "paid/script:n=1500,tps=1000"} {
			b := bench(t, nil, []string{model})
			limited(b, 4*1001*10*micro) // by estimate all three samples have room
			r, err := b.Put(t.Context(), Question{Text: "1234", Samples: 3})
			if err != nil {
				t.Fatal(err)
			}
			hear(r, 0)
			turn := b.desk.recent[0]
			last := turn.Answers[2]
			switch e := last.Error; {
			case strings.Contains(model, "n=1500") && e != nil:
				t.Errorf("%s: the third sample had room: %s", model, e.Message)
			case strings.Contains(model, "n=1500"):
			case e == nil || e.Kind != providers.Quota || last.Timing.Attempts != 0 || e.Hint == "":
				t.Errorf("%s: the third sample was sent: %+v", model, last)
			case !strings.Contains(e.Message, "not sent: it would cost about $0.0100, and $0.000038 of $0.0400 is left"):
				t.Error(e.Message)
			}
			if cost, _ := last.Cost(); cost != nil && last.Error != nil {
				t.Errorf("what was not sent costs %s", cost)
			}
			want(t, "answers whose cost is unknown", b.Session().Unpriced, 0)
		}
	})
}

func TestABudgetThatIsLoweredHoldsForWhatWaitsInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"paid/script:n=100,tps=100"})
		time.AfterFunc(500*ms, func() { limited(b, 0) })
		r, err := b.Put(t.Context(), Question{Text: "1234", Samples: 2})
		if err != nil {
			t.Fatal(err)
		}
		hear(r, 0)
		answers := b.desk.recent[0].Answers
		want(t, "the one that was already running", answers[0].Finish, providers.Finished)
		if e := answers[1].Error; e == nil || e.Kind != providers.Quota {
			t.Errorf("the one in line: %+v", answers[1])
		}
	})
}

// While the one waits to be sent again, the other says more than was foreseen.
func TestARetryIsNotSentOnceTheBudgetIsSpent(t *testing.T) {
	for text, n := range map[string]int{"quota": 5000, "": 900} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, nil, []string{fmt.Sprintf("paid/script:n=%d,tps=1000", n), "paid-again/script:err=overloadedx1,retry=3,n=10"})
			limited(b, 2*1001*10*micro)
			h := ask(t, b, "1234")
			got, attempts := "", h.final[2].Timing.Attempts
			if e := h.final[2].Error; e != nil {
				got = string(e.Kind)
			}
			want(t, fmt.Sprintf("the retry after %d tokens", n), got, text)
			want(t, "attempts", attempts, map[string]int{"quota": 1, "": 2}[text])
		})
	}
}

func TestUnderABudgetNobodyIsAskedWhoseCostIsUnknownUnlessThatIsAllowed(t *testing.T) {
	s := opened(t)
	b := bench(t, s, []string{"eager/script:n=1", "paid/script:n=1", "here/script:n=1"})
	limited(b, providers.Dollar)
	h := ask(t, b, "1234")
	e := h.final[1].Error
	if e == nil || e.Kind != providers.Quota || !strings.Contains(e.Message, "what it would cost is not known, and the budget is $1.00") || !strings.Contains(e.Hint, "allow") {
		t.Errorf("got %+v", h.final[1])
	}
	want(t, "attempts", h.final[1].Timing.Attempts, 0)
	want(t, "the paid one", h.final[2].Finish, providers.Finished)
	want(t, "the local one", h.final[3].Finish, providers.Finished)
	want(t, "unpriced", b.Session().Unpriced, 0)

	_, err := b.Again(t.Context(), 1, 1) // nobody else is asked: then it is not a take at all
	var over *OverBudget
	if !errors.As(err, &over) || over.Unknown != 1 || !strings.Contains(err.Error(), "not known") {
		t.Errorf("got %v", err)
	}
	dollar := providers.Dollar
	b.Limit(&dollar, true)
	r, err := b.Again(t.Context(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "allowed", hear(r, 0).final[1].Finish, providers.Finished)
	if kept, _ := keptSession(t, s, b.Session().ID); !kept.Uncounted || kept.Unpriced != 1 {
		t.Errorf("kept %+v", kept)
	}
}

func TestWhatCostsNothingIsAskedWhenTheBudgetIsSpent(t *testing.T) {
	b := bench(t, nil, []string{"paid/script:n=2000"})
	limited(b, 1500*10*micro)
	ask(t, b, "1234")
	if s := b.Session(); s.Spent <= *s.Budget {
		t.Fatalf("an answer that was running was cut: %s", s.Spent)
	}
	if _, err := b.Put(t.Context(), Question{Text: "1234"}); !strings.Contains(fmt.Sprint(err), "$0 of $0.0150 is left") {
		t.Errorf("got %v", err)
	}
	b.SetModel(1, providers.Ref{Provider: "here", Model: "script:n=1"})
	want(t, "a local one", ask(t, b, "1234").final[1].Finish, providers.Finished)
}

// Eight columns that say from nothing to four times what is expected.
func TestNothingStartsAfterTheBudgetIsSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var models []string
		for i := range 8 {
			models = append(models, fmt.Sprintf("paid/script:n=%d,tps=%d,ttft=%d", 1+i*570, 200+100*i, 10*i))
		}
		b := bench(t, nil, models)
		budget := 41 * 1001 * 10 * micro
		limited(b, budget)
		r, err := b.Put(t.Context(), Question{Text: "1234", Samples: 5})
		if err != nil {
			t.Fatal(err)
		}
		hear(r, 0)
		answers := b.desk.recent[0].Answers
		refused := 0
		for _, a := range answers {
			if a.Error != nil {
				refused++
				want(t, "a refusal's kind", a.Error.Kind, providers.Quota)
				continue
			}
			spent := providers.Money(0)
			for _, other := range answers {
				if cost, _ := other.Cost(); cost != nil && other.Error == nil && other.Timing.Sent.Add(other.Timing.Total).Before(a.Timing.Sent) {
					spent += *cost
				}
			}
			if spent+10*micro > budget {
				t.Errorf("column %d take %d was sent when %s was spent of %s", a.Column, a.Take, spent, budget)
			}
		}
		if refused == 0 || refused > 20 {
			t.Errorf("%d of %d answers were refused", refused, len(answers))
		}
		var sum providers.Money
		for _, a := range answers {
			if cost, _ := a.Cost(); cost != nil {
				sum += *cost
			}
		}
		want(t, "spent", b.Session().Spent, sum)
		want(t, "lanes that count as running", slices.ContainsFunc(r.lanes, func(l *lane) bool { return l.runs }), false)
	})
}
