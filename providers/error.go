package providers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind sorts errors by what a person can do about them.
type Kind string

// Kinds of errors.
const (
	Auth        Kind = "auth"        // no key, a wrong key, no permission
	Quota       Kind = "quota"       // out of credit, or of what may be spent: waiting does not help
	RateLimit   Kind = "rate_limit"  // too many requests: waiting helps
	Overloaded  Kind = "overloaded"  // the service has no room now
	NotFound    Kind = "not_found"   // no such model or address
	ContextFull Kind = "context"     // the prompt is longer than the model's window
	Unsupported Kind = "unsupported" // the model or juxta can't do what was asked
	Declined    Kind = "refused"     // the service's filter refused the request
	Unreachable Kind = "unreachable" // no connection
	Timeout     Kind = "timeout"     // connected, and silent too long
	Truncated   Kind = "truncated"   // the answer ended before its end
	Malformed   Kind = "malformed"   // what came is not the protocol
	ServerFault Kind = "server"      // any other failure of the service
	Stopped     Kind = "cancelled"   // the user stopped it
)

// ErrStopped is the cause of a context that the user cancelled.
var ErrStopped = errors.New("stopped")

// ErrBudget is the cause of an error of kind [Quota] that is no service's word:
// it would cost more than the user allowed, and was not sent.
var ErrBudget = errors.New("over the budget")

// An Error is why an answer failed. Err may quote the service; whoever shows
// it to a terminal sanitises it first. It never holds a key.
type Error struct {
	Op         string        // what was being done: "asking", "listing models"; may be empty
	Ref        Ref           // the model, or only its provider
	Kind       Kind          // never empty
	Status     int           // HTTP status; 0 if there was none
	RetryAfter time.Duration // what the service asked for; 0 if it did not
	Hint       string        // the next step; "" for the kind's own, see Advice
	Without    string        // a parameter that was not taken and is left out from now on, so that asking again helps; "" for none
	Err        error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	switch {
	case e.Op == "" || e.Ref.Provider == "":
	case e.Ref.Model == "": // listing models
		b.WriteString(" of ")
	default:
		b.WriteString(" ")
	}
	b.WriteString(e.Ref.Provider)
	if e.Ref.Model != "" {
		b.WriteString("/" + e.Ref.Model)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Message())
	return b.String()
}

// Message is what happened, in one sentence without the model's name.
func (e *Error) Message() string {
	if errors.Is(e.Err, ErrBudget) || errors.As(e.Err, new(*Panic)) { // which say whose it is
		return e.Err.Error()
	}
	what := kindWords[e.Kind]
	if what == "" {
		what = string(e.Kind)
	}
	switch {
	case e.Kind == Unsupported && e.Status != 0: // its word, not ours
		what = "the service did not accept the request"
	case e.Kind == Truncated && e.Op == "pulling":
		what = "the download was cut off"
	case e.Kind == Auth && e.Status == 0: // nobody was asked yet
		what = "no usable key"
	}
	if e.Status != 0 {
		what += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Err != nil {
		what += ": " + e.Err.Error()
	}
	return what
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

var kindWords = map[Kind]string{
	Auth:        "the key was not accepted",
	Quota:       "out of credit",
	RateLimit:   "rate limited",
	Overloaded:  "the service is overloaded",
	NotFound:    "not found",
	ContextFull: "the prompt does not fit the model's context",
	Unsupported: "not possible",
	Declined:    "the service refused the request",
	Unreachable: "could not connect",
	Timeout:     "timed out",
	Truncated:   "the answer was cut off",
	Malformed:   "the reply could not be read",
	ServerFault: "the service failed",
	Stopped:     "stopped",
}

var kindAdvice = map[Kind]string{
	Auth:        "check the provider's key, then ask again",
	Quota:       "add credit with the provider, or choose another model",
	RateLimit:   "wait a moment, then ask again",
	Overloaded:  "ask again in a while, or choose another model",
	NotFound:    "list the models with `juxta models list`",
	ContextFull: "start a new session, shorten the question, or choose a model with a larger context",
	Unsupported: "choose another model, or leave that out",
	Declined:    "reword the question, or choose another model",
	Unreachable: "check that the server runs and that the address is right: `juxta doctor`",
	Timeout:     "ask again, or raise the provider's timeout in the configuration",
	Truncated:   "ask again; what came is kept",
	Malformed:   "ask again; if it stays, check that the base URL is the API's own",
	ServerFault: "ask again; if it stays, look at the provider's status page",
	Stopped:     "ask again when you like",
}

// Advice is the next step for a person: Hint, else the kind's own, with the
// time to wait where the service named one.
func (e *Error) Advice() string {
	switch {
	case e.Hint != "":
		return e.Hint
	case e.RetryAfter > 0 && (e.Kind == RateLimit || e.Kind == Overloaded):
		wait := max(e.RetryAfter.Round(time.Second), time.Second)
		return fmt.Sprintf("wait %s, then ask again, or choose another model", wait)
	}
	if e.Kind == Unsupported && e.Status != 0 {
		return "leave out or change what the service names, or choose another model"
	}
	return kindAdvice[e.Kind]
}

// Retryable reports whether asking again soon may help.
func (e *Error) Retryable() bool {
	switch e.Kind {
	case RateLimit, Overloaded, Unreachable:
		return true
	case ServerFault, Timeout:
		return e.Status >= 500
	}
	return false
}

// KindOf is the kind that an HTTP status suggests when the body says no more.
func KindOf(status int) Kind {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Auth
	case status == http.StatusPaymentRequired:
		return Quota
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusRequestTimeout, status == http.StatusGatewayTimeout:
		return Timeout
	case status == http.StatusRequestEntityTooLarge:
		return ContextFull
	case status == http.StatusTooManyRequests:
		return RateLimit
	case status == http.StatusServiceUnavailable, status == 529:
		return Overloaded
	case status >= 500:
		return ServerFault
	case status >= 400:
		return Unsupported
	}
	return Malformed
}

// AsError is err as an [*Error]: itself if it is one, else one of kind Stopped
// for a cancelled context, Timeout for one past its deadline, and ServerFault
// for anything else.
func AsError(err error) *Error {
	var (
		e *Error
		p *Panic
	)
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, ErrStopped), errors.Is(err, context.Canceled):
		return &Error{Kind: Stopped}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: Timeout, Err: err}
	case errors.As(err, &p):
		return &Error{Kind: ServerFault, Err: p, Hint: p.Advice()}
	}
	return &Error{Kind: ServerFault, Err: err}
}
