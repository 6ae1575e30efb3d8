package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// A fault is an error as a service words it.
type fault struct {
	message string
	code    string // "context_length_exceeded", or a number
	kind    string // the field named type
	param   string // what it is about: "temperature", "reasoning.effort"
	status  int    // that the body itself names; 0 for none
	retry   time.Duration
}

// rawFault holds the fields of an error, whether they stand in an object of
// their own or not.
type rawFault struct {
	Message  json.RawMessage `json:"message"`
	Detail   json.RawMessage `json:"detail"`
	Msg      loose           `json:"msg"`
	Type     loose           `json:"type"`
	Code     loose           `json:"code"`
	Kind     loose           `json:"error_type"`
	Param    loose           `json:"param"`
	Loc      []loose         `json:"loc"` // a validator's path to it
	Status   wire.Tally      `json:"status_code"`
	Raw      wire.Tally      `json:"raw_status_code"`
	Error    json.RawMessage `json:"error"`
	Groq     *groqChunk      `json:"x_groq"`
	Metadata *struct {
		Raw      json.RawMessage  `json:"raw"`
		Provider loose            `json:"provider_name"`
		Type     loose            `json:"error_type"`
		Headers  map[string]loose `json:"headers"`
	} `json:"metadata"`
}

// parseFault reads every shape of error that services send: an object under
// "error", a string there, the fields bare, a list, a validator's details.
// Eight levels are more than any has, and keep a hostile one short.
func parseFault(data []byte) (fault, bool) {
	f, ok := parseFaultIn(data, 8)
	for _, words := range []*string{&f.message, &f.code, &f.kind, &f.param} {
		*words = wire.Excerpt(*words)
	}
	return f, ok
}

func parseFaultIn(data []byte, depth int) (fault, bool) {
	if depth == 0 || len(data) == 0 {
		return fault{}, false
	}
	switch data[0] {
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) != nil || len(list) == 0 {
			return fault{}, false
		}
		return parseFaultIn(list[0], depth-1)
	case '"':
		var s string
		if json.Unmarshal(data, &s) != nil || s == "" {
			return fault{}, false
		}
		if inner, ok := parseFaultIn([]byte(strings.TrimSpace(s)), depth-1); ok && strings.HasPrefix(s, "{") {
			return inner, true
		}
		return fault{message: s}, true
	case '{':
	default:
		return fault{}, false
	}
	var r rawFault
	if wire.Lenient(data, &r) != nil {
		return fault{}, false
	}
	if r.Groq != nil && wire.Given(r.Groq.Error) {
		r.Error = r.Groq.Error
	}
	if wire.Given(r.Error) {
		if inner, ok := parseFaultIn(r.Error, depth-1); ok {
			return inner.or(r.own(depth)), true
		}
	}
	f := r.own(depth)
	return f, f.message != ""
}

// own is what the object itself says, without what is nested under "error".
func (r *rawFault) own(depth int) fault {
	f := fault{code: string(r.Code), kind: string(r.Type), param: string(r.Param), status: int(max(r.Status, r.Raw)), message: string(r.Msg)}
	if len(r.Loc) > 1 && r.Loc[0] == "body" {
		f.param = string(r.Loc[1])
	}
	if f.kind == "" {
		f.kind = string(r.Kind)
	}
	for _, v := range []json.RawMessage{r.Message, r.Detail} {
		if inner, ok := parseFaultIn(v, depth-1); ok && f.message == "" {
			f.message = inner.message
			if f.param == "" {
				f.param = inner.param
			}
		}
	}
	if n, err := strconv.Atoi(f.code); err == nil && failing(n) {
		f.status = n
	}
	if !failing(f.status) {
		f.status = 0
	}
	if m := r.Metadata; m != nil {
		if inner, ok := parseFaultIn(m.Raw, depth-1); ok {
			f.message = strings.TrimPrefix(string(m.Provider)+": "+inner.message, ": ")
			f.param = inner.param
		}
		if f.kind == "" {
			f.kind = string(m.Type)
		}
		h := map[string][]string{}
		for name, value := range m.Headers {
			h[http.CanonicalHeaderKey(name)] = []string{string(value)}
		}
		f.retry = wire.RetryAfter(h, time.Now())
	}
	return f
}

// failing reports whether a status is one of failure.
func failing(status int) bool { return status >= 400 && status < 600 }

// or fills what f leaves open from g.
func (f fault) or(g fault) fault {
	if f.message == "" {
		f.message = g.message
	}
	if f.code == "" {
		f.code = g.code
	}
	if f.kind == "" {
		f.kind = g.kind
	}
	if f.param == "" {
		f.param = g.param
	}
	if f.status == 0 {
		f.status = g.status
	}
	return f
}

// refused is the error of a response whose status is not success, and the
// option that the model does not take, if that was it.
func (s *service) refused(resp *wire.Response) (option string, err error) {
	e, body := s.client.Failure(resp)
	f, ok := parseFault([]byte(strings.TrimSpace(string(body))))
	if !ok {
		if e.Kind == providers.NotFound {
			e.Hint = s.addressHint()
		}
		return "", e
	}
	if err = s.judge(e, f); e.Kind == providers.Unsupported {
		if name, otherwise := refusedOption(f); !otherwise {
			option = name // else it takes it, and not that value, which is for a person to mend
		}
	}
	return option, err
}

// fault is the error that stands where one belongs, in the middle of a stream
// or under a status of success.
func (s *service) fault(data []byte) error {
	switch err := s.faultIn(data); {
	case err != nil:
		return err
	case bytes.IndexByte([]byte(`{["`), data[0]) < 0: // somebody's words as they are
		return s.judge(&providers.Error{Kind: providers.ServerFault}, fault{message: string(wire.Excerpt(data))})
	}
	return wire.Malformed("an error without words", data, s.endpoint.Key)
}

// faultIn is the error that JSON tells of, nil if it tells of none. The status
// that it names itself counts as the answer's.
func (s *service) faultIn(data []byte) error {
	f, ok := parseFault(data)
	if !ok {
		return nil
	}
	e := &providers.Error{Kind: providers.ServerFault, Status: f.status}
	if e.Status != 0 {
		e.Kind = providers.KindOf(e.Status)
	} else if strings.HasPrefix(f.kind, "invalid_") || strings.HasPrefix(f.code, "invalid_") {
		e.Kind = providers.Unsupported
	}
	return s.judge(e, f)
}

// judge settles e's kind by what the fault says, which knows more than the
// status.
func (s *service) judge(e *providers.Error, f fault) error {
	text := wire.Quote(f.message, s.endpoint.Key)
	e.Err = errors.New(text)
	if e.RetryAfter == 0 {
		e.RetryAfter = max(f.retry, wire.RetryIn(text))
	}
	e.Kind = kindOf(f, e)
	switch e.Kind {
	case providers.Auth:
		if e.Hint = wire.KeyHint(s.endpoint); banned().MatchString(f.code + " " + text) {
			e.Hint = "choose a model of another provider: " + s.endpoint.Name + " does not serve the place where the request came from"
		}
	case providers.NotFound:
		if !strings.Contains(strings.ToLower(text), "model") {
			e.Hint = s.addressHint()
		}
	case providers.Unsupported:
		if e.Hint = s.leaveOut(f); e.Hint == "" {
			e.Hint = wire.Advice(text)
		}
	}
	return e
}

// addressHint is for a path that the server does not have.
func (s *service) addressHint() string {
	base := s.base
	if u, err := url.Parse(base); err == nil {
		u.User = nil // it may hold a password
		base = u.String()
	}
	return fmt.Sprintf("is the base_url right? Nothing is at %s%s; most end in /v1", base, s.protocol.path())
}

// fail completes an error with what was being done, and with whom.
func (s *service) fail(op, model string, err error) error {
	e := *providers.AsError(err)
	e.Op, e.Ref = op, providers.Ref{Provider: s.endpoint.Name, Model: model}
	return &e
}
