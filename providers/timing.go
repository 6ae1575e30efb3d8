package providers

import (
	"errors"
	"iter"
	"time"
	"unicode"
)

// Timing is when things happened in the attempt that answered, as durations
// since Sent on the monotonic clock. A zero duration means never, or that nobody
// saw it: of an answer that came in one piece, only the end is known.
type Timing struct {
	Sent        time.Time     `json:"sent,omitzero"`          // right before the request left
	FirstToken  time.Duration `json:"first_token,omitempty"`  // first output of any kind: thought, text, refusal, tool call (TTFT)
	FirstAnswer time.Duration `json:"first_answer,omitempty"` // first chunk with a visible character of the answer (TTFV)
	Last        time.Duration `json:"last,omitempty"`         // last output (E2E)
	Total       time.Duration `json:"total,omitempty"`        // until the stream was over; the usage report may come after Last
	Wall        time.Duration `json:"wall,omitempty"`         // from the first attempt's Sent to the end, waits between attempts included
	Thoughts    bool          `json:"thoughts,omitempty"`     // reasoning was streamed, so its tokens count as streamed ones
	Attempts    int           `json:"attempts,omitempty"`     // requests that left, the one that answered included
	Chunks      []Chunk       `json:"-"`                      // kept beside the answer, see the store
}

// A Chunk is one arrival of output.
type Chunk struct {
	At      time.Duration // since Sent
	Bytes   int32         // length of its text
	Thought bool
}

// StreamedTokens is how many of u's output tokens were seen arriving: all, or
// without the hidden reasoning.
func (t Timing) StreamedTokens(u Usage) int {
	if t.Thoughts {
		return u.Output
	}
	return u.Output - u.Reasoning
}

// TPOT is the time per output token after the first, (Last-FirstToken)/(N-1),
// and 0 if it is not defined: fewer than two tokens, or no time between them.
func (t Timing) TPOT(u Usage) time.Duration {
	n := t.StreamedTokens(u)
	if n < 2 || t.FirstToken == 0 || t.Last <= t.FirstToken {
		return 0
	}
	return (t.Last - t.FirstToken) / time.Duration(n-1)
}

// Speed is output tokens per second, 1/TPOT, and 0 if TPOT is not defined.
func (t Timing) Speed(u Usage) float64 {
	if t.TPOT(u) == 0 {
		return 0
	}
	return float64(t.StreamedTokens(u)-1) / (t.Last - t.FirstToken).Seconds()
}

// Meter passes seq through and fills t from the events' stamps, so that every
// provider is timed alike and nobody's waiting is measured but the network's.
// A Sent starts the clock again: what remains is the attempt that answered.
// Meter also holds providers to the contract of [Provider.Stream]: a sequence
// that ends without Stop or error yields an [*Error] of kind Truncated.
func Meter(seq iter.Seq2[Event, error], t *Timing) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		*t = Timing{}
		var began time.Time
		// The clock stops when the stream is over, however it ends. An event's
		// own stamp is taken where there is one.
		end := func(at time.Time) {
			if t.Sent.IsZero() {
				return
			}
			if at.IsZero() {
				at = time.Now()
			}
			t.Total, t.Wall = since(t.Sent, at), since(began, at)
		}
		for ev, err := range seq {
			if err != nil {
				end(time.Time{})
				yield(nil, err)
				return
			}
			switch ev := ev.(type) {
			case Sent:
				if began.IsZero() {
					began = ev.At
				}
				*t = Timing{Sent: ev.At, Attempts: t.Attempts + 1}
			case Thought:
				t.output(ev.At, ev.Text, true)
			case Delta:
				t.output(ev.At, ev.Text, false)
			case Refusal:
				t.output(ev.At, ev.Text, false)
			case ToolCall:
				// It is told at the end, but its bytes may have come before text.
				if first := since(t.Sent, ev.First); t.FirstToken == 0 || first < t.FirstToken {
					t.FirstToken = first
				}
				t.Last = max(t.Last, since(t.Sent, ev.At))
			case Stop:
				if ev.Whole {
					t.FirstToken, t.FirstAnswer = 0, 0
				}
				end(ev.At)
				yield(ev, nil)
				return
			}
			if !yield(ev, nil) {
				end(time.Time{})
				return
			}
		}
		end(time.Time{})
		yield(nil, &Error{Kind: Truncated, Err: errors.New("the stream ended without its end marker")})
	}
}

func (t *Timing) output(at time.Time, text string, thought bool) {
	if text == "" {
		return
	}
	d := since(t.Sent, at)
	if t.FirstToken == 0 {
		t.FirstToken = d
	}
	if !thought && t.FirstAnswer == 0 && visible(text) {
		t.FirstAnswer = d
	}
	t.Thoughts = t.Thoughts || thought
	t.Last = d
	t.Chunks = append(t.Chunks, Chunk{At: d, Bytes: int32(len(text)), Thought: thought})
}

func visible(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return true
		}
	}
	return false
}

// since is never zero, because zero means never.
func since(from, at time.Time) time.Duration { return max(at.Sub(from), 1) }
