package providers

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"
)

// A Policy says how often and how patiently a request is sent again.
type Policy struct {
	Retries int           // after the first attempt; 0 for none
	Base    time.Duration // first wait, doubled each time; 0 is one second
	Longest time.Duration // a longer Retry-After is not waited for; 0 is one minute
}

// Retry asks p, and asks again when the attempt failed before it said anything
// and may succeed later: see [Error.Retryable]. Where a service did not take a
// parameter, and the provider has learnt to leave it out, it asks again at once.
// Each is announced by a [Notice], and a wait ends with ctx. Every attempt
// yields its own [Sent], so that [Meter] times the one that answered.
func Retry(ctx context.Context, p Provider, req Request, policy Policy) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		learnt := 0
		for attempt := 1; ; attempt++ {
			var failed *Error
			said, left := false, false
			for ev, err := range p.Stream(ctx, req) {
				if err != nil {
					failed = AsError(err)
					break
				}
				switch ev.(type) {
				case Sent, Notice, Counted:
				default:
					said = true
				}
				if left = !yield(ev, nil); left {
					return
				}
			}
			if failed == nil {
				return // complete, or without an end: Meter's to judge
			}
			if failed.Without != "" && !said && policy.Retries > 0 && learnt < mostLearnt && ctx.Err() == nil {
				learnt, attempt = learnt+1, attempt-1
				if !yield(Notice{At: time.Now(), Text: failed.brief() + "; asking again without " + failed.Without, Wait: true}, nil) {
					return
				}
				continue
			}
			wait, again := policy.wait(failed, attempt)
			if said || !again || ctx.Err() != nil {
				yield(nil, failed)
				return
			}
			notice := fmt.Sprintf("%s; trying again in %s (attempt %d of %d)", failed.brief(), wait.Round(100*time.Millisecond), attempt+1, policy.Retries+1)
			if !yield(Notice{At: time.Now(), Text: notice, Wait: true}, nil) {
				return
			}
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				yield(nil, AsError(context.Cause(ctx)))
				return
			}
		}
	}
}

// mostLearnt is how many parameters are left out one after the other; there are
// not more.
const mostLearnt = 8

// wait is how long to pause after the given attempt failed, and whether to try
// again at all.
func (p Policy) wait(e *Error, attempt int) (time.Duration, bool) {
	base, longest := p.Base, p.Longest
	if base == 0 {
		base = time.Second
	}
	if longest == 0 {
		longest = time.Minute
	}
	if attempt > p.Retries || !e.Retryable() || e.RetryAfter > longest {
		return 0, false
	}
	if e.RetryAfter > 0 {
		return e.RetryAfter, true
	}
	d := min(base, longest)
	for range attempt - 1 { // a shift would overflow after many attempts
		d = min(2*d, longest)
	}
	return d - d/4 + rand.N(d/2+1), true // spread, so that columns don't return together
}

// brief is what happened without the service's own words.
func (e *Error) brief() string { return (&Error{Kind: e.Kind, Status: e.Status}).Message() }
