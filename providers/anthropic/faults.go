package anthropic

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// A fault is an error as a service words it.
type fault struct {
	kind      string // "overloaded_error"
	message   string
	requestID string
}

// parseFault reads an error: Anthropic's own, under "error", and what gateways
// make of it: the fields bare, or a string in the object's place.
func parseFault(data []byte) (fault, bool) {
	var alone string
	if json.Unmarshal(data, &alone) == nil && alone != "" {
		return fault{message: wire.Excerpt(alone)}, true
	}
	var outer struct {
		Type      string          `json:"type"`
		Message   string          `json:"message"`
		Detail    string          `json:"detail"`
		RequestID string          `json:"request_id"`
		Error     json.RawMessage `json:"error"`
	}
	if wire.Lenient(data, &outer) != nil {
		return fault{}, false
	}
	f := fault{kind: outer.Type, message: outer.Message + outer.Detail, requestID: outer.RequestID}
	var inner struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	var words string
	switch {
	case !wire.Given(outer.Error):
	case json.Unmarshal(outer.Error, &words) == nil:
		f.message = words
	case wire.Lenient(outer.Error, &inner) == nil:
		f.kind, f.message = inner.Type, inner.Message
	}
	if f.message == "" && f.kind != "error" {
		f.message = f.kind
	}
	f.message = wire.Excerpt(f.message)
	return f, f.message != ""
}

// refused is the error of a response whose status is not success.
func (m *messages) refused(resp *wire.Response) error {
	e, body := m.client.Failure(resp)
	f, ok := parseFault(body)
	if !ok {
		if e.Kind == providers.NotFound {
			e.Hint = m.addressHint()
		}
		return e
	}
	if f.requestID == "" {
		f.requestID = wire.RequestID(resp.Header)
	}
	return m.judge(e, f)
}

// fault is the error that data holds, in the middle of a stream or under a
// status of success: the answer's status tells nothing of it.
func (m *messages) fault(data []byte) error {
	f, ok := parseFault(data)
	if !ok && !json.Valid(data) && data[0] != '{' { // somebody's words as they are
		f, ok = fault{message: string(wire.Excerpt(data))}, true
	}
	if !ok {
		return wire.Malformed("an error without words", data, m.endpoint.Key)
	}
	return m.judge(&providers.Error{Kind: providers.ServerFault}, f)
}

// judge settles e's kind by what the fault says, which knows more than the
// status.
func (m *messages) judge(e *providers.Error, f fault) error {
	text := wire.Quote(f.message, m.endpoint.Key)
	e.Kind = kindOf(f, e)
	switch e.Kind {
	case providers.Auth:
		e.Hint = wire.KeyHint(m.endpoint)
	case providers.NotFound:
		if !strings.Contains(strings.ToLower(text), "model") {
			e.Hint = m.addressHint()
		}
	case providers.ContextFull:
		if limited().MatchString(text) {
			e.Hint = "lower max_tokens, shorten the question, or choose a model with a larger context"
		}
		if f.kind == "request_too_large" { // in bytes, of which a text has not that many
			e.Hint = wire.Fewer
		}
	case providers.Unsupported:
		e.Hint = wire.Advice(text)
	case providers.ServerFault: // what its support asks for
		if f.requestID != "" {
			text += " (request " + wire.Quote(f.requestID, m.endpoint.Key) + ")"
		}
	}
	e.Err = errors.New(text)
	return e
}

// addressHint is for a path that the server does not have.
func (m *messages) addressHint() string {
	u := *m.base
	u.User = nil // it may hold a password
	return fmt.Sprintf("is the base_url right? Nothing is at %s", u.JoinPath("v1", "messages"))
}

var (
	tooLong  = wire.Pattern(`(?i)(prompt|input|request) is too long|exceeds? (the )?(model'?s )?(maximum )?context|too many (input )?tokens|context (window|length)`)
	limited  = wire.Pattern("(?i)`?max_tokens`? exceed")
	flagged  = wire.Pattern(`(?i)blocked by (our |the )?content filter`)
	badKey   = wire.Pattern(`(?i)organization has been disabled|(incorrect|invalid|missing|expired) (x-)?api.?key|api.?key (is |was )?(not valid|invalid|incorrect|missing|expired|required)`)
	noCredit = wire.Pattern(`(?i)credit balance is too low|usage limits?\b.*regain|specified API usage limit|insufficient (credit|balance|funds)`)
)

// kindOf decides by the fault's words where those say more than its type, then
// by its type, then by the status, whose kind e holds. A status of 401 is about
// the key, whatever the body calls it, and "invalid_request_error" is what
// gateways call everything.
func kindOf(f fault, e *providers.Error) providers.Kind {
	switch {
	case e.Status == http.StatusUnauthorized:
		return providers.Auth
	case f.kind == "billing_error", noCredit().MatchString(f.message):
		return providers.Quota
	case f.kind == "request_too_large":
		return providers.ContextFull
	}
	switch f.kind {
	case "authentication_error", "permission_error":
		return providers.Auth
	case "not_found_error":
		return providers.NotFound
	case "rate_limit_error":
		return providers.RateLimit
	case "overloaded_error":
		return providers.Overloaded
	case "timeout_error":
		return providers.Timeout
	}
	kind := e.Kind
	if kind == providers.ServerFault && f.kind == "invalid_request_error" {
		kind = providers.Unsupported
	}
	switch {
	case kind != providers.Unsupported:
	case tooLong().MatchString(f.message):
		return providers.ContextFull
	case flagged().MatchString(f.message):
		return providers.Declined
	case badKey().MatchString(f.message):
		return providers.Auth
	}
	return kind
}

// fail completes an error with what was being done, and with whom.
func (m *messages) fail(op, model string, err error) error {
	e := *providers.AsError(err)
	e.Op, e.Ref = op, providers.Ref{Provider: m.endpoint.Name, Model: model}
	return &e
}
