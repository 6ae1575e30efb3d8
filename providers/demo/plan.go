package demo

import (
	"context"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"juxta/providers"
)

// A plan is one answer before it is given.
type plan struct {
	ref    providers.Ref
	window int // tokens; 0 for no limit
	sent   providers.Params
	input  int // tokens told

	ttft, load time.Duration
	tps, chunk int
	resident   bool // it was loaded by an earlier request

	notice  string // what was left out of the request or changed; "" for nothing
	output  []token
	finish  providers.Reason
	refusal bool // the answer's words are a refusal
	call    *providers.ToolCall
	silent  bool // usage is not reported
	failure *failure
}

// A token is the longest run of whole characters that fits four bytes; a byte
// that is not UTF-8 is a character of its own.
type token struct {
	text    string
	thought bool
}

// tokenize cuts s into tokens.
func tokenize(s string, thought bool) []token {
	var out []token
	for len(s) > 0 {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > 4 {
				break
			}
			n += size
		}
		out = append(out, token{s[:n], thought})
		s = s[n:]
	}
	return out
}

// pictureTokens is what an attachment counts, whatever its size.
const pictureTokens = 256

// told counts the tokens of everything in a request that a model reads.
func told(req providers.Request) int {
	count := func(s string) int { return len(tokenize(s, false)) }
	n := count(req.System)
	for _, m := range req.Messages {
		for _, part := range m.Parts {
			switch part := part.(type) {
			case providers.Text:
				n += count(string(part))
			case providers.Blob:
				n += pictureTokens
			case providers.ToolCall:
				n += count(part.Name) + count(part.Arguments)
			case providers.ToolResult:
				n += count(part.Text)
			}
		}
	}
	return n
}

// limit cuts the output, thoughts included, at most tokens; 0 is no limit.
func (p *plan) limit(most int) {
	if most > 0 && len(p.output) > most {
		p.output, p.finish, p.call = p.output[:most], providers.Length, nil
	}
}

// A failure ends a plan early.
type failure struct {
	kind   providers.Kind
	after  int // tokens of output
	status int
	retry  time.Duration
	err    error
}

// Endings that are not a [providers.Kind]: a connection that is closed without
// the end marker, and one that falls silent.
const (
	cut  providers.Kind = "cut"
	hang providers.Kind = "hang"
)

// usualStatus is the HTTP status that a kind of error mostly comes with.
var usualStatus = map[providers.Kind]int{
	providers.Auth: 401, providers.Quota: 402, providers.RateLimit: 429, providers.Overloaded: 503,
	providers.NotFound: 404, providers.ContextFull: 400, providers.Unsupported: 400,
	providers.Declined: 400, providers.ServerFault: 500,
}

// play yields the plan's events when they are due. It leaves at once when ctx
// ends or yield has had enough.
func (p *plan) play(ctx context.Context, yield func(providers.Event, error) bool) {
	if p.load > 0 {
		now := time.Now()
		if !yield(providers.Notice{At: now, Text: "loading", Wait: true}, nil) {
			return
		}
		if !until(ctx, now.Add(p.load), yield) {
			return
		}
	}
	if ctx.Err() != nil {
		yield(nil, providers.AsError(context.Cause(ctx)))
		return
	}
	if p.notice != "" && !yield(providers.Notice{At: time.Now(), Text: p.notice}, nil) {
		return
	}
	sent := time.Now()
	if !yield(providers.Sent{At: sent, Params: p.sent, Resident: p.held()}, nil) {
		return
	}
	if p.failure != nil {
		p.output = p.output[:min(p.failure.after, len(p.output))]
	}
	if !p.speak(ctx, sent, yield) {
		return
	}
	if p.failure != nil {
		p.fail(ctx, sent, yield)
		return
	}
	p.stop(ctx, sent, yield)
}

// held is whether the model was in memory; nil where nothing is said of loading.
func (p *plan) held() *bool {
	if p.load == 0 && !p.resident {
		return nil
	}
	return &p.resident
}

// speak yields the output in chunks; a chunk never mixes thoughts and answer.
// The first one comes with its first token, so that ttft is exact, and each
// other one with its last token, so that tps is.
func (p *plan) speak(ctx context.Context, sent time.Time, yield func(providers.Event, error) bool) bool {
	for from := 0; from < len(p.output); {
		thought, text, next := p.output[from].thought, "", from
		for next < len(p.output) && next < from+p.chunk && p.output[next].thought == thought {
			text += p.output[next].text
			next++
		}
		k := next - 1
		if from == 0 {
			k = 0
		}
		if !until(ctx, sent.Add(p.due(k)), yield) {
			return false
		}
		at := p.stamp(sent, k)
		var ev providers.Event = providers.Delta{At: at, Text: text}
		switch {
		case thought:
			ev = providers.Thought{At: at, Text: text}
		case p.refusal:
			ev = providers.Refusal{At: at, Text: text}
		}
		if !yield(ev, nil) {
			return false
		}
		from = next
	}
	return true
}

// due is when output token k, counted from 0, arrives.
func (p *plan) due(k int) time.Duration {
	if p.tps == 0 {
		return p.ttft
	}
	return p.ttft + time.Duration(k)*time.Second/time.Duration(p.tps)
}

// stamp is the time of token k: when it was due, or with no pace to keep, now.
func (p *plan) stamp(sent time.Time, k int) time.Time {
	if p.tps == 0 {
		return time.Now()
	}
	return sent.Add(p.due(k))
}

func (p *plan) fail(ctx context.Context, sent time.Time, yield func(providers.Event, error) bool) {
	if !until(ctx, sent.Add(p.due(len(p.output))), yield) {
		return
	}
	f := p.failure
	switch f.kind {
	case cut:
	case hang:
		<-ctx.Done()
		yield(nil, providers.AsError(context.Cause(ctx)))
	default:
		yield(nil, &providers.Error{
			Op: "asking", Ref: p.ref, Kind: f.kind, Status: f.status, RetryAfter: f.retry, Err: f.err,
		})
	}
}

func (p *plan) stop(ctx context.Context, sent time.Time, yield func(providers.Event, error) bool) {
	n := len(p.output)
	last := max(n-1, 0)
	if p.call != nil {
		first := n
		n += len(tokenize(p.call.Arguments, false))
		last = max(n-1, 0)
		if !until(ctx, sent.Add(p.due(last)), yield) {
			return
		}
		call := *p.call
		call.First, call.At = p.stamp(sent, min(first, last)), p.stamp(sent, last)
		if !yield(call, nil) {
			return
		}
	}
	if !until(ctx, sent.Add(p.due(last)), yield) {
		return
	}
	stop := providers.Stop{At: p.stamp(sent, last), Reason: p.finish, Model: "simulated"}
	if p.load > 0 {
		stop.Server.Load = &p.load
	}
	if !p.silent {
		u := providers.Usage{Input: p.input, Output: n}
		for _, t := range p.output {
			if t.thought {
				u.Reasoning++
			}
		}
		stop.Usage = &u
		stop.Raw, _ = json.Marshal(u) // a struct of numbers always encodes
	}
	yield(stop, nil)
}

// until waits for a moment, and not at all for a past one. When ctx has ended
// it yields why and returns false.
func until(ctx context.Context, at time.Time, yield func(providers.Event, error) bool) bool {
	if d := time.Until(at); d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		yield(nil, providers.AsError(context.Cause(ctx)))
		return false
	}
	return true
}

// errScripted is the cause of a failure that a script asked for.
var errScripted = errors.New("the script of this simulated model says so")
