package providers_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// retried is what a reader of Retry sees.
type retried struct {
	timing  providers.Timing
	took    time.Duration
	notices []string
	text    string
	err     *providers.Error
}

func retry(t *testing.T, ctx context.Context, script string, policy providers.Policy) retried {
	t.Helper()
	p, req := scripted(t, script)
	var r retried
	began := time.Now()
	for ev, err := range providers.Meter(providers.Retry(ctx, p, req, policy), &r.timing) {
		if err != nil {
			r.err = providers.AsError(err)
		}
		switch ev := ev.(type) {
		case providers.Notice:
			r.notices = append(r.notices, ev.Text)
			if !ev.Wait {
				t.Errorf("the notice %q does not say that it waits", ev.Text)
			}
		case providers.Delta:
			r.text += ev.Text
		}
	}
	r.took = time.Since(began)
	return r
}

func TestARateLimitIsRetriedAfterTheTimeItNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := retry(t, t.Context(), "err=rate_limitx2,retry=7,ttft=100,say=Hi", providers.Policy{Retries: 2})
		if r.err != nil || r.text != "Hi" || r.timing.Attempts != 3 {
			t.Errorf("%q, %v after %d attempts", r.text, r.err, r.timing.Attempts)
		}
		if r.took != 14300*ms || r.timing.FirstToken != 100*ms || r.timing.Wall != 14300*ms {
			t.Errorf("took %s, first token %s, wall %s", r.took, r.timing.FirstToken, r.timing.Wall)
		}
		want := []string{
			"rate limited (HTTP 429); trying again in 7s (attempt 2 of 3)",
			"rate limited (HTTP 429); trying again in 7s (attempt 3 of 3)",
		}
		if strings.Join(r.notices, "\n") != strings.Join(want, "\n") {
			t.Errorf("notices %q", r.notices)
		}
	})
}

func TestWithoutARetryAfterEachWaitIsAboutTwiceTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			r := retry(t, t.Context(), "err=overloadedx3,say=Hi", providers.Policy{Retries: 3})
			if r.err != nil || r.timing.Attempts != 4 {
				t.Fatalf("%v after %d attempts", r.err, r.timing.Attempts)
			}
			if r.took < 7*750*ms || r.took > 7*1250*ms {
				t.Errorf("1 + 2 + 4 s with a quarter of spread took %s", r.took)
			}
		}
	})
}

func TestManyRetriesNeverWaitLongerThanTheLongest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := retry(t, t.Context(), "err=unreachable", providers.Policy{Retries: 80, Longest: 2 * time.Second})
		if r.timing.Attempts != 81 || r.took > 80*2500*ms || r.took < 79*1500*ms {
			t.Errorf("%d attempts took %s", r.timing.Attempts, r.took)
		}
		r = retry(t, t.Context(), "err=unreachable", providers.Policy{Retries: 3, Base: 1, Longest: 1})
		if r.timing.Attempts != 4 {
			t.Errorf("%d attempts with the shortest of waits", r.timing.Attempts)
		}
	})
}

func TestATooLongRetryAfterIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := retry(t, t.Context(), "err=rate_limit,retry=61", providers.Policy{Retries: 5})
		if r.took != 0 || r.timing.Attempts != 1 || r.err == nil || r.err.RetryAfter != 61*time.Second {
			t.Errorf("%d attempts took %s, then %v", r.timing.Attempts, r.took, r.err)
		}
		if r = retry(t, t.Context(), "err=rate_limitx1,retry=61", providers.Policy{Retries: 5, Longest: 2 * time.Minute}); r.err != nil {
			t.Errorf("a patient policy: %v", r.err)
		}
	})
}

func TestWhatWaitingDoesNotHelpIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kind := range []string{"quota", "auth", "not_found", "context", "unsupported", "refused", "malformed", "truncated", "cancelled", "server,status=0"} {
			r := retry(t, t.Context(), "retry=1,err="+kind, providers.Policy{Retries: 5})
			if r.err == nil || r.timing.Attempts != 1 || r.took != 0 {
				t.Errorf("%s: %d attempts in %s, then %v", kind, r.timing.Attempts, r.took, r.err)
			}
		}
		for _, kind := range []string{"rate_limit", "overloaded", "unreachable", "server,status=500", "timeout,status=504"} {
			r := retry(t, t.Context(), "err="+kind, providers.Policy{Retries: 1})
			if r.err == nil || r.timing.Attempts != 2 {
				t.Errorf("%s: %d attempts, then %v", kind, r.timing.Attempts, r.err)
			}
		}
	})
}

func TestNothingIsRetriedOnceItHasSpoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, script := range []string{"err=overloaded@1,say=word", "think=1,err=overloaded@1,say=word"} {
			r := retry(t, t.Context(), script, providers.Policy{Retries: 5})
			if r.timing.Attempts != 1 || r.err == nil || len(r.notices) > 0 {
				t.Errorf("%s: %d attempts, then %v", script, r.timing.Attempts, r.err)
			}
		}
	})
}

func TestNoRetriesIsOneAttempt(t *testing.T) {
	r := retry(t, t.Context(), "err=overloadedx1", providers.Policy{})
	if r.timing.Attempts != 1 || r.err == nil {
		t.Errorf("%d attempts, then %v", r.timing.Attempts, r.err)
	}
}

func TestATruncatedAttemptIsLeftToItsReader(t *testing.T) {
	r := retry(t, t.Context(), "err=cut", providers.Policy{Retries: 5})
	if r.timing.Attempts != 1 || r.err == nil || r.err.Kind != providers.Truncated {
		t.Errorf("%d attempts, then %v", r.timing.Attempts, r.err)
	}
}

func TestCancellingDuringTheWaitEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(providers.ErrStopped) })
		r := retry(t, ctx, "err=rate_limit,retry=50", providers.Policy{Retries: 5})
		if r.took != 3*time.Second || r.err == nil || r.err.Kind != providers.Stopped || r.timing.Attempts != 1 {
			t.Errorf("%d attempts took %s, then %v", r.timing.Attempts, r.took, r.err)
		}
	})
}

func TestACancelledAttemptIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(providers.ErrStopped) })
		r := retry(t, ctx, "err=hang", providers.Policy{Retries: 5})
		if r.took != time.Second || r.err == nil || r.err.Kind != providers.Stopped || r.timing.Attempts != 1 {
			t.Errorf("%d attempts took %s, then %v", r.timing.Attempts, r.took, r.err)
		}
	})
}

func TestLeavingDuringANoticeAsksNoMore(t *testing.T) {
	p, req := scripted(t, "err=overloaded")
	sent := 0
	for ev, err := range providers.Retry(t.Context(), p, req, providers.Policy{Retries: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		switch ev.(type) {
		case providers.Sent:
			sent++
		case providers.Notice:
			if sent != 1 {
				t.Errorf("%d requests were sent", sent)
			}
			return
		}
	}
	t.Error(errors.New("no notice came"))
}

// learning fails without a parameter as often as told, each time knowing better.
type learning struct{ providers.Provider }

func (learning) Stream(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		yield(nil, &providers.Error{Kind: providers.Unsupported, Status: 400, Without: "temperature"})
	}
}

func TestLearningGoesOnForAWhileOnlyAndNotWhereNobodyWantsRetries(t *testing.T) {
	for retries, want := range map[int]int{0: 0, 1: 8} {
		asked := 0
		var last error
		for ev, err := range providers.Retry(t.Context(), learning{}, providers.Request{}, providers.Policy{Retries: retries}) {
			if _, ok := ev.(providers.Notice); ok {
				asked++
			}
			last = err
		}
		if asked != want || last == nil {
			t.Errorf("with %d retries asked again %d times, %v", retries, asked, last)
		}
	}
}
