package tui

import (
	"context"
	"iter"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

func TestEveryKindOfErrorSaysWhatHappenedAndWhatToDo(t *testing.T) {
	for _, kind := range []providers.Kind{
		providers.Auth, providers.Quota, providers.RateLimit, providers.Overloaded, providers.NotFound, providers.ContextFull,
		providers.Unsupported, providers.Declined, providers.Unreachable, providers.Timeout, providers.Truncated, providers.Malformed, providers.ServerFault,
	} {
		t.Run(string(kind), func(t *testing.T) {
			path := t.TempDir() + "/juxta.db"
			e := &providers.Error{Kind: kind}
			synctest.Test(t, func(t *testing.T) {
				x := show(t, 140, 30, bench(t, path, []string{"script:ttft=1,tps=100,n=10,err=" + string(kind) + "@5", "script:say=fine"}))
				screen := x.ask("question", 2*time.Second)
				want(t, screen, "✗ "+e.Message(), "→ "+e.Advice()[:min(len(e.Advice()), 40)], "left out of what it is told next", "│ fine")
				want(t, screen, "This is a simulate") // what came before it is kept
				x.whole()
				x.press("tab", "[")
				x.quit()
			})
			_, as := answers(t, path)
			if as[0].Finish != providers.Failed || as[0].Error.Kind != kind || as[1].Finish != providers.Finished {
				t.Errorf("saved as %q, %+v", as[0].Finish, as[0].Error)
			}
		})
	}
}

func TestAnAnswerThatIsNotWholeNeverLooksFinished(t *testing.T) {
	for _, c := range []struct{ script, says, not string }{
		{"script:tps=100,n=10,err=cut@5", "✗ the answer was cut off", "✓"},
		{"script:finish=length,n=20", "▲ cut off at the output limit", "✓"},
		{"script:finish=refusal,say=No", "▲ declined to answer", "✓"},
		{"script:n=0,say=", "○ an empty answer", "✓"},
		{"script:say=%20%0A", "○ an empty answer", "✓"},
		{"script:finish=tool", "⚙ lookup", "empty"},
		{"script:err=auth,status=401", "HTTP 401", "left and"},
		{"no-such", "✗ not found", "✓"},
		{"script:nonsense", "✗ not possible", "✓"},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, 140, 30, bench(t, "", []string{c.script, "swift"}))
			screen := x.ask("question", time.Second)
			want(t, screen, c.says)
			lacks(t, screen, c.not)
			x.press("ctrl+x")
			x.quit()
		})
	}
}

func TestAFilterIsToldOnceAndTheModelIsNotBlamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := double{name: "lab", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				now := time.Now()
				_ = yield(providers.Sent{At: now}, nil) && yield(providers.Delta{At: now, Text: "Half"}, nil) &&
					yield(providers.Notice{At: now, Text: "the service's content filter stopped the answer", Filter: true}, nil) &&
					yield(providers.Stop{At: now, Reason: providers.Refused}, nil)
			}
		}}
		x := show(t, 140, 30, bench(t, "", []string{"lab/a", "script:finish=refusal,say=No"}, lab))
		screen := x.ask("question", time.Second)
		want(t, screen, "▲ the service's content filter stopped the answer", "▲ declined to answer")
		if strings.Count(screen, "filter") != 1 || strings.Count(screen, "declined") != 1 {
			t.Errorf("said twice:\n%s", screen)
		}
		x.quit()
	})
}

func TestLocalModelsWaitInLineInView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := "here/script:ttft=1000,tps=10,n=30"
		x := show(t, 160, 30, bench(t, "", []string{slow, slow + ",text=md", slow + ",text=cjk", "script:say=remote"}))
		screen := x.ask("question", 1500*time.Millisecond)
		want(t, screen, "◷ 2nd in line · 1[.]", "◷ 3rd in line · 1[.]", "esc skips", "│ remote")
		first := see(x, func(m *Model) (first int) { // the session's seed decides who that is
			for p, c := range m.tr.turns[0].cells {
				switch {
				case c.state.Text == "2nd in line":
					m.focus = p.Column - 1
				case c.running && c.state.Phase != sessions.Queued:
					first = p.Column
				}
			}
			return first
		})
		x.press("tab")
		want(t, x.press("x"), "■ stopped", "◷ 2nd in line")
		lacks(t, x.now(), "3rd in line")
		if !x.answering(first) {
			t.Error("skipping the second stopped the first")
		}
		lacks(t, x.after(4*time.Second), "in line")
		want(t, x.after(10*time.Second), "left out of what it is told next")
		x.quit()
	})
}

func TestWaitsSayWhatTheyWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"here/script:load=14000,say=loaded", "script:ttft=5000,say=late", "eager/script:err=rate_limitx1,retry=4,say=again"}))
		screen := x.ask("question", 3500*time.Millisecond)
		want(t, screen, "◷ loading 3[.]", "◷ waiting for the first token 3[.].*esc skips", "rate limited")
		golden(t, "waiting-160x30", regexp.MustCompile(`\d[.]\ds( of 4s)? · esc`).ReplaceAllString(screen, "3.5s$1 · esc")) // a frame more or less
		want(t, x.after(2*time.Second), "│ late", "│ again")
		want(t, x.after(10*time.Second), "│ loaded", "load 14.0s", "2 attempts")
		x.quit()
	})
}

func TestThoughtsFoldAndUnfold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, "", []string{"script:ttft=100,tps=20,think=40,say=The+answer.", "swift"}))
		screen := x.ask("question", time.Second)
		want(t, screen, `▸ thinking \d`, "◷ thinking · first 0[.]10s")
		lacks(t, screen, "one step")
		want(t, x.press("tab", "t"), "▾ thinking", "│ │ Let me take this one step")
		want(t, x.after(3*time.Second), "▾ thought for 2[.]00s", "The answer[.]", "first 0[.]10s · answer 2[.]10s")
		screen = x.press("t")
		want(t, screen, "▸ thought for 2[.]00s · 40 tok")
		lacks(t, screen, "one step")
		x.quit()
	})
}

func TestEstimatesCarryATildeUntilUsageComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"paid/script:ttft=100,tps=20,n=40", "paid/script:ttft=100,tps=20,n=40,nousage=1"}))
		screen := x.ask("question", time.Second)
		want(t, screen, `● first 0[.]10s · ~20 tok/s · ~\d+ tok.*● first 0[.]10s · ~\d+ tok/s · ~\d+ tok`, `~\$0`)
		lacks(t, screen, ` \$0[.]\d+ +│`)
		screen = x.after(4 * time.Second)
		want(t, screen, `first 0[.]10s · 20 tok/s · 40 tok .*first 0[.]10s · ~\d+ tok/s · ~\d+ tok`, `│ \$0[.]0*4\d* `, `│ ~\$0[.]`)
		x.quit()
	})
}

func TestACostThatIsNotKnownIsCalledUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"unpriced/script:ttft=100,tps=20,n=20", "here/script:ttft=100,tps=20,n=20", "swift"}))
		want(t, x.now(), "price +unknown", "price +local", "price +free")
		screen := x.ask("question", 700*time.Millisecond)
		want(t, screen, "cost unknown", "│ local", "│ free")
		screen = x.after(10 * time.Second)
		want(t, screen, "cost unknown", "│ local", "│ free", `1 turn · cost unknown`)
		x.quit()
	})
}

// What a killed juxta leaves behind opens, says what it is, and is not finished.
func TestAnInterruptedSessionOpensAndSaysSo(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		gone := providers.Ref{Provider: "gone", Model: "some/model-7b"}
		id := stored(t, path, func(s *sessions.Session) {
			s.Columns = []sessions.Column{{ID: 1, Model: gone}, {ID: 2, Model: providers.Ref{Provider: "demo", Model: "script:say=here"}}}
			s.Places = []int{1, 2}
		}, 1, func(int) []sessions.Answer {
			return []sessions.Answer{
				{Column: 1, Take: 1, Model: gone, Text: "Half an ans", Timing: providers.Timing{FirstToken: time.Second, Last: 2 * time.Second}, Usage: providers.Usage{Output: 3, Estimated: true}},
				{Column: 2, Take: 1, Model: gone, Text: "", Usage: providers.Usage{Estimated: true}},
			}
		})
		b := bench(t, path, nil)
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		x := show(t, 120, 30, b)
		want(t, x.now(), "an old session", "some/model-7b", "Half an ans", "■ interrupted: juxta ended while this", "Question 1")
		golden(t, "interrupted-120x30", x.now())
		screen := x.ask("and now?", time.Second)
		want(t, screen, "│ here", "✗ not found", "gone")
		x.quit()
	})
}

func TestEveryPaneMeasuresItsOwnTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:ttft=100,tps=10,n=10", "script:ttft=300,tps=10,n=20"}))
		screen := x.ask("question", 5*time.Second)
		want(t, screen, "first 0[.]10s · 10 tok/s · 10 tok · all 1[.]00s", "first 0[.]30s · 10 tok/s · 20 tok · all 2[.]20s")
		x.quit()
	})
}

func TestABellTellsThatALongRunIsOver(t *testing.T) {
	for script, bells := range map[string]int{"script:ttft=11000,say=slow": 1, "script:ttft=100,say=quick": 0} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, 80, 24, bench(t, "", []string{script}))
			x.ask("question", 15*time.Second)
			x.quit()
			if n := sequences(x.bytes())[`"\a"`]; n != bells {
				t.Errorf("%s rang %d times, want %d", script, n, bells)
			}
		})
	}
}

func TestAskingAgainAddsATake(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:err=serverx1,say=second+try", "script:say=left+alone"}))
		want(t, x.ask("question", time.Second), "✗ the service failed", "left alone")
		screen := x.press("ctrl+r")
		screen += x.after(time.Second)
		want(t, screen, "second try", "question  take 2/2", "left alone")
		x.quit()
	})
	_, as := answers(t, path)
	if len(as) != 3 {
		t.Fatalf("%d answers", len(as))
	}
	if as[0].Finish != providers.Failed || as[1].Text != "second try" || as[2].Text != "left alone" {
		t.Errorf("%+v", as)
	}
}

func TestAPanicOfAProviderIsItsAnswersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := double{name: "lab", stream: nil} // calling it panics
		x := show(t, 120, 30, bench(t, "", []string{"lab/broken", "script:say=fine"}, lab))
		screen := x.ask("question", time.Second)
		want(t, screen, "✗ a fault in juxta", "│ fine")
		if strings.Count(screen, "✗") != 1 {
			t.Error("the fault is in one column")
		}
		x.quit()
	})
}

func TestTheContextOfARunningAnswerIsTheWindowThatWasAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pane{model: providers.Model{Context: 131072}}
		c := &cell{asked: true, running: true, state: sessions.State{Phase: sessions.Answering}, live: sessions.Live{
			FirstToken: time.Second, Context: 8192, Usage: providers.Usage{Input: 4000, Output: 96, Estimated: true},
		}}
		m := newModel(t.Context(), Options{})
		_, two := p.meters(c, 80, &m.look)
		want(t, two, "ctx ~50%")
	})
}

// A service that falls silent in the middle of an answer may keep people
// waiting for ten minutes until a time-out ends that.
func TestASilenceInTheMiddleOfAnAnswerIsSeenAndCanBeStopped(t *testing.T) {
	for _, w := range []int{80, 120} {
		synctest.Test(t, func(t *testing.T) {
			lab := double{name: "lab", stream: pausing("", "It begins well")}
			x := show(t, w, 24, bench(t, "", []string{"lab/a", "script:ttft=100,tps=5,n=100"}, lab))
			lacks(t, x.ask("question", 3500*time.Millisecond), "silent")
			screen := x.after(3 * time.Second)
			want(t, screen, `● silent [567]s · first`)
			lacks(t, screen, "silent.*silent") // the other one goes on
			want(t, x.press("esc"), "■ stopped", "It begins well")
			lacks(t, x.after(2*time.Second), "silent")
			x.press("ctrl+x")
			x.quit()
		})
	}
}

// Somebody may have to unlock a key first: the model is not to blame for that.
func TestNothingIsSaidToBeAwaitedBeforeItWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := double{name: "lab", stream: func(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				time.Sleep(20 * time.Second)
				if yield(providers.Sent{At: time.Now()}, nil) {
					<-ctx.Done()
					yield(nil, ctx.Err())
				}
			}
		}}
		x := show(t, 120, 30, bench(t, "", []string{"lab/a", "script:ttft=60000,say=late"}, lab))
		want(t, x.ask("question", 10*time.Second), `◷ preparing 10[.]\ds · esc skips.*◷ waiting for the first token 10[.]`)
		screen := x.after(12 * time.Second)
		want(t, screen, `◷ waiting for the first token [12][.]\ds.*◷ waiting for the first token 22[.]`)
		lacks(t, screen, "preparing")
		x.press("ctrl+x")
		x.quit()
	})
}

// However narrow the pane, a wait shows its clock and the key that ends it.
func TestAWaitKeepsItsClockWhereThereIsLittleRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"eager/script:err=overloadedx1,retry=9,say=again", "swift"}))
		want(t, x.ask("question", 4*time.Second), `◷ overloaded …? ?[34][.]\ds of 9s · esc skips`, "then attempt 2 of 3")
		want(t, x.press("esc"), "■ stopped")
		x.quit()
	})
}
