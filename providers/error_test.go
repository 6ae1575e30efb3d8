package providers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

var kinds = []providers.Kind{
	providers.Auth, providers.Quota, providers.RateLimit, providers.Overloaded, providers.NotFound,
	providers.ContextFull, providers.Unsupported, providers.Declined, providers.Unreachable, providers.Timeout,
	providers.Truncated, providers.Malformed, providers.ServerFault, providers.Stopped,
}

func TestEveryKindHasWordsAndANextStep(t *testing.T) {
	words, steps := map[string]providers.Kind{}, map[string]providers.Kind{}
	for _, k := range kinds {
		e := &providers.Error{Kind: k}
		if e.Message() == "" || k != providers.Stopped && e.Message() == string(k) {
			t.Errorf("%s has no words: %q", k, e.Message())
		}
		if e.Advice() == "" {
			t.Errorf("%s has no advice", k)
		}
		if twin, ok := words[e.Message()]; ok {
			t.Errorf("%s and %s read alike", k, twin)
		}
		if twin, ok := steps[e.Advice()]; ok {
			t.Errorf("%s and %s advise alike", k, twin)
		}
		words[e.Message()], steps[e.Advice()] = k, k
	}
	if e := (&providers.Error{Kind: providers.RateLimit, RetryAfter: 90 * time.Second}); !strings.Contains(e.Advice(), "1m30s") {
		t.Errorf("the service's own wait is not in the advice: %q", e.Advice())
	}
	if e := (&providers.Error{Kind: providers.Auth, Hint: "set X"}); e.Advice() != "set X" {
		t.Errorf("the hint is not the advice: %q", e.Advice())
	}
}

func TestErrorsReadAsOneSentence(t *testing.T) {
	ref := providers.Ref{Provider: "openai", Model: "gpt"}
	cause := errors.New("try later")
	for _, c := range []struct {
		err  *providers.Error
		want string
	}{
		{&providers.Error{Kind: providers.Quota}, "out of credit"},
		{&providers.Error{Op: "asking", Ref: ref, Kind: providers.RateLimit, Status: 429, Err: cause}, "asking openai/gpt: rate limited (HTTP 429): try later"},
		{&providers.Error{Op: "listing models", Ref: providers.Ref{Provider: "ollama"}, Kind: providers.Unreachable}, "listing models of ollama: could not connect"},
		{&providers.Error{Op: "listing models", Kind: providers.Timeout}, "listing models: timed out"},
		{&providers.Error{Ref: ref, Kind: "odd"}, "openai/gpt: odd"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if e := (&providers.Error{Kind: providers.RateLimit, Err: cause}); !errors.Is(e, cause) {
		t.Error("the cause is lost")
	}
}

func TestAnyErrorBecomesOneOfOurs(t *testing.T) {
	ours := &providers.Error{Kind: providers.Quota}
	for _, c := range []struct {
		err  error
		want providers.Kind
	}{
		{ours, providers.Quota},
		{fmt.Errorf("asking: %w", ours), providers.Quota},
		{providers.ErrStopped, providers.Stopped},
		{fmt.Errorf("reading: %w", context.Canceled), providers.Stopped},
		{context.DeadlineExceeded, providers.Timeout},
		{errors.New("odd"), providers.ServerFault},
	} {
		if got := providers.AsError(c.err); got.Kind != c.want {
			t.Errorf("%v is of kind %s, want %s", c.err, got.Kind, c.want)
		}
	}
	if providers.AsError(fmt.Errorf("asking: %w", ours)) != ours {
		t.Error("an error of ours is copied")
	}
}

func TestStatusesSuggestAKind(t *testing.T) {
	for status, want := range map[int]providers.Kind{
		401: providers.Auth, 403: providers.Auth, 402: providers.Quota, 404: providers.NotFound, 408: providers.Timeout,
		413: providers.ContextFull, 429: providers.RateLimit, 400: providers.Unsupported, 422: providers.Unsupported,
		500: providers.ServerFault, 502: providers.ServerFault, 503: providers.Overloaded, 504: providers.Timeout,
		529: providers.Overloaded, 200: providers.Malformed, 302: providers.Malformed,
	} {
		if got := providers.KindOf(status); got != want {
			t.Errorf("%d suggests %s, want %s", status, got, want)
		}
	}
}

func TestAnErrorNeverHoldsItsWaitInWords(t *testing.T) {
	e := &providers.Error{Kind: providers.RateLimit, RetryAfter: 7 * time.Second, Hint: "wait"}
	if strings.Contains(e.Error(), "7s") || strings.Contains(e.Error(), "wait a") {
		t.Errorf("%q: the wait and the hint are shown apart", e)
	}
}
