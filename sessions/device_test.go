package sessions

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func TestLocalModelsOfOneDeviceAnswerOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const second = "script:ttft=100,tps=10,n=10" // takes 1 s
		b := bench(t, nil, []string{"here/" + second, "demo/" + second, "also-here/" + second, "gpu/" + second, "here/" + second, "gpu/" + second})
		began := time.Now()
		h := ask(t, b, "x")
		for c, at := range map[int]time.Duration{1: 0, 2: 0, 3: 1, 4: 0, 5: 2, 6: 1} {
			a := h.final[c]
			want(t, fmt.Sprint("sent to column ", c), a.Timing.Sent.Sub(began), at*time.Second)
			want(t, "first token", a.Timing.FirstToken, 100*ms)
		}
		for c, line := range map[int]string{1: "", 2: "", 3: "2nd in line", 4: "", 5: "3rd in line|2nd in line", 6: "2nd in line"} {
			want(t, fmt.Sprint("column ", c, " waits"), h.waits(c), line)
		}
		want(t, "phase of one in the line", h.states[3][0].Phase, Queued)
	})
}

func TestAHostedModelOfALocalServerStandsInNoLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := double{name: "server", local: true, models: []providers.Model{
			{Ref: providers.Ref{Provider: "server", Model: "hosted"}},
			{Ref: providers.Ref{Provider: "server", Model: "own"}, Local: true},
		}, stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				if yield(providers.Sent{At: time.Now()}, nil) {
					yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
				}
			}
		}}
		b := bench(t, nil, []string{"here/script:tps=1,n=3", "server/hosted", "server/own"}, server)
		for range b.Registry.List(t.Context(), time.Second) {
		}
		began := time.Now()
		h := ask(t, b, "x")
		want(t, "hosted was sent", h.final[2].Timing.Sent.Sub(began), 0)
		want(t, "its own was sent", h.final[3].Timing.Sent.Sub(began), 2*time.Second)
	})
}

// counting is a provider that counts its requests.
func counting(name string, asked *atomic.Int32) double {
	return double{name: name, stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		asked.Add(1)
		return func(yield func(providers.Event, error) bool) {
			yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
		}
	}}
}

func TestAColumnStoppedInLineIsSkippedAndTheLineMovesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		s := opened(t)
		local := counting("local", &asked)
		local.local = true
		b := bench(t, s, []string{"here/script:tps=1,n=5", "local/x", "here/script:n=1,ttft=700"}, local)
		began := time.Now()
		time.AfterFunc(time.Second, func() { b.Stop(2) })
		h := ask(t, b, "x")
		want(t, "requests to the stopped one", asked.Load(), 0)
		want(t, "its finish", h.final[2].Finish, providers.Cancelled)
		want(t, "its attempts", h.final[2].Timing.Attempts, 0)
		want(t, "third was sent", h.final[3].Timing.Sent.Sub(began), 4*time.Second)
		want(t, "third waited", h.waits(3), "3rd in line|2nd in line")
		_, turns := keptSession(t, s, b.Session().ID)
		want(t, "kept finish", turns[0].Answers[1].Finish, providers.Cancelled)
		if money, _ := turns[0].Answers[1].Cost(); money != nil {
			t.Errorf("never sent, and it cost %s", money)
		}
	})
}

// Where the turn and the end come together, the end counts.
func TestAStoppedColumnIsNotAskedWhenItsTurnComesAtTheSameTime(t *testing.T) {
	var lines devices
	for range 100 {
		first := lines.join("here", nil)
		ticket := lines.join("here", func(int) {})
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(providers.ErrStopped)
		lines.leave(first)
		want(t, "waiting ends with", ticket.wait(ctx), error(providers.ErrStopped))
		lines.leave(ticket)
	}
	want(t, "lines left behind", len(lines.lines), 0)
}

func TestPlacesInLineAreCountedAsPeopleDo(t *testing.T) {
	for n, is := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 22: "22nd", 111: "111th"} {
		want(t, "ordinal", ordinal(n), is)
	}
}
