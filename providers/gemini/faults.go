package gemini

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// A fault is an error as Google words it.
type fault struct {
	Code    wire.Tally      `json:"code"`
	Message string          `json:"message"`
	Status  string          `json:"status"`
	Details []detail        `json:"details"`
	Error   json.RawMessage `json:"error"`
}

// detail is any of google.rpc's: ErrorInfo, QuotaFailure and RetryInfo matter.
type detail struct {
	Reason     string `json:"reason"`
	Delay      string `json:"retryDelay"`
	Violations []struct {
		ID    string `json:"quotaId"`
		Value string `json:"quotaValue"`
	} `json:"violations"`
}

// parseFault reads an error: an object under "error", or its text there, bare,
// in an array, or as JSON inside another one's message. Six levels are more than
// any has, and keep a hostile one short.
func parseFault(data []byte) (fault, bool) {
	f, ok := parseFaultIn(data, 6)
	f.Message = wire.Excerpt(f.Message)
	return f, ok
}

func parseFaultIn(data []byte, depth int) (f fault, ok bool) {
	data = bytes.TrimSpace(data)
	if depth == 0 || len(data) == 0 {
		return f, false
	}
	switch data[0] {
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) != nil || len(list) == 0 {
			return f, false
		}
		return parseFaultIn(list[0], depth-1)
	case '"':
		ok = json.Unmarshal(data, &f.Message) == nil && f.Message != ""
	case '{':
		if wire.Lenient(data, &f) != nil {
			return fault{}, false
		}
		if inner, ok := parseFaultIn(f.Error, depth-1); ok {
			return inner, true
		}
		ok = f.Message != "" || f.Status != ""
	}
	if inner, nested := parseFaultIn([]byte(f.Message), depth-1); nested && strings.HasPrefix(strings.TrimSpace(f.Message), "{") {
		return inner, true
	}
	return f, ok
}

// refused is the error of a response whose status is not success.
func (s *service) refused(resp *wire.Response) error {
	e, body := s.client.Failure(resp)
	if f, ok := parseFault(body); ok {
		return s.judge(e, f)
	}
	switch e.Kind {
	case providers.NotFound:
		e.Hint = s.addressHint()
	case providers.Auth:
		e.Hint = s.keyHint()
	}
	return e
}

// fault is the error that data holds, in the middle of a stream or under a
// status of success. The status that it names itself counts as the answer's.
func (s *service) fault(data []byte) error {
	f, ok := parseFault(data)
	if !ok {
		return s.malformed("an error without words", data)
	}
	e := &providers.Error{Kind: providers.ServerFault}
	if f.Code >= 400 && f.Code < 600 { // and none of gRPC's
		e.Status = int(f.Code)
		e.Kind = providers.KindOf(e.Status)
	}
	return s.judge(e, f)
}

// judge settles e's kind by what the fault says, which knows more than the
// status.
func (s *service) judge(e *providers.Error, f fault) error {
	e.Err = errors.New(s.quote(firstOf(f.Message, f.Status)))
	e.Kind = f.kind(e)
	switch e.Kind {
	case providers.Auth:
		e.Hint = s.keyHint()
	case providers.Unsupported:
		if elsewhere().MatchString(f.Message) {
			e.Hint = "choose a model of another provider: Google does not offer this API where the request came from"
		} else {
			e.Hint = wire.Advice(f.Message)
		}
	case providers.ContextFull:
		if oversized().MatchString(f.Message) {
			e.Hint = wire.Fewer
		}
	case providers.RateLimit, providers.Overloaded:
		if d := f.delay(); d > 0 {
			e.RetryAfter = d
		}
	case providers.Quota:
		e.RetryAfter = 0 // Google names a delay of seconds here too
		e.Hint = "wait for the next day's quota, add billing with the provider, or choose another model"
		if unpaid().MatchString(f.Message) {
			e.Hint = "enable billing with the provider, or choose another model"
		}
	case providers.NotFound:
		if !strings.Contains(strings.ToLower(f.Message), "model") {
			e.Hint = s.addressHint()
		}
	}
	return e
}

// kinds are google.rpc's codes.
var kinds = map[string]providers.Kind{
	"UNAUTHENTICATED":     providers.Auth,
	"PERMISSION_DENIED":   providers.Auth,
	"RESOURCE_EXHAUSTED":  providers.RateLimit,
	"NOT_FOUND":           providers.NotFound,
	"INVALID_ARGUMENT":    providers.Unsupported,
	"OUT_OF_RANGE":        providers.Unsupported,
	"FAILED_PRECONDITION": providers.Unsupported,
	"UNIMPLEMENTED":       providers.Unsupported,
	"UNAVAILABLE":         providers.Overloaded,
	"DEADLINE_EXCEEDED":   providers.Timeout,
	"ABORTED":             providers.ServerFault,
	"CANCELLED":           providers.ServerFault,
	"INTERNAL":            providers.ServerFault,
	"UNKNOWN":             providers.ServerFault,
	"DATA_LOSS":           providers.ServerFault,
}

var (
	tooLong   = wire.Pattern(`(?i)token count\b.* exceeds|exceeds the maximum number of (input )?tokens|(prompt|input) is too long|context (length|window)`)
	oversized = wire.Pattern(`(?i)request payload size exceeds`)
	badKey    = wire.Pattern(`(?i)api.?key (is )?(not valid|invalid|missing|expired|not found|was reported)|valid api.?key`)
	usedUp    = wire.Pattern(`(?i)\blimit: 0\b|per.?day|daily|credits? (are|is|have been) (depleted|exhausted)|spend(ing)? (cap|limit)|free quota tier`)
	elsewhere = wire.Pattern(`(?i)location is not supported|not available in your country`)
	unpaid    = wire.Pattern(`(?i)enable billing|requires? billing|without a billing account`)
	flagged   = wire.Pattern(`(?i)responsible ai|sensitive words|violates? .{0,40}polic`)
)

// kind decides by the words where one status means several things, then by
// Google's own status, then by HTTP's, whose kind e holds. A status of 401 is
// about the key, whatever the body calls it.
func (f fault) kind(e *providers.Error) providers.Kind {
	of := e.Kind
	switch k, ok := kinds[f.Status]; {
	case e.Status == http.StatusUnauthorized:
		return providers.Auth
	case !ok, of == providers.Quota, of == providers.ContextFull, of == providers.Auth && k == providers.Unsupported: // which say more
	default:
		of = k
	}
	switch {
	case f.reason("API_KEY_INVALID"), of == providers.Unsupported && badKey().MatchString(f.Message):
		return providers.Auth
	case (of == providers.Unsupported || of == providers.Auth) && unpaid().MatchString(f.Message):
		return providers.Quota
	case of == providers.Unsupported && (tooLong().MatchString(f.Message) || oversized().MatchString(f.Message)):
		return providers.ContextFull
	case of == providers.Unsupported && flagged().MatchString(f.Message):
		return providers.Declined
	case of == providers.RateLimit && f.usedUp():
		return providers.Quota
	}
	return of
}

func (f fault) reason(name string) bool {
	return slices.ContainsFunc(f.Details, func(d detail) bool { return d.Reason == name })
}

// usedUp reports whether the limit that was hit is one of a day, or of nothing:
// a free tier may hold 0 of a model. "Check your plan and billing details"
// stands in every message and means neither.
func (f fault) usedUp() bool {
	for _, d := range f.Details {
		for _, v := range d.Violations {
			if strings.Contains(v.ID, "PerDay") || v.Value == "0" {
				return true
			}
		}
	}
	return usedUp().MatchString(f.Message)
}

// delay is how long the service asks to wait.
func (f fault) delay() time.Duration {
	for _, d := range f.Details {
		if wait, err := time.ParseDuration(d.Delay); err == nil && wait > 0 {
			return wait
		}
	}
	return wire.RetryIn(f.Message)
}

// keyHint says what to do about a key that was not accepted.
func (s *service) keyHint() string {
	hint := wire.KeyHint(s.endpoint)
	if s.bearer {
		hint += "; Vertex AI takes an access token, which lasts an hour: `gcloud auth print-access-token`"
	}
	return hint
}

// addressHint is for a path that the server does not have.
func (s *service) addressHint() string {
	base := s.base
	if u, err := url.Parse(base); err == nil {
		u.User = nil // it may hold a password
		base = u.String()
	}
	return fmt.Sprintf("is the base_url right? Nothing is at %s/models; Google's own is %s", base, own)
}
