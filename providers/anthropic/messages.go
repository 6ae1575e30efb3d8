package anthropic

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

const (
	asking = "asking"

	// apiVersion is the one that every model and gateway speaks. The next one,
	// 2026-10-21, refuses a temperature also where the model takes one, and
	// Bedrock has it for newer models only.
	apiVersion = "2023-06-01"

	// maxWhole bounds an answer that comes as one object.
	maxWhole = 64 << 20
)

// Stream implements [providers.Provider].
func (m *messages) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		a := &answer{yield: yield, cancel: cancel, key: m.endpoint.Key, bills: !m.own}
		if err := m.exchange(ctx, req, a); err != nil && !a.left {
			yield(nil, m.fail(asking, req.Model, err))
		}
	}
}

// exchange asks and has a tell the answer, its Stop included.
func (m *messages) exchange(ctx context.Context, req providers.Request, a *answer) error {
	p, err := encode(req, m.rulesOf(req.Model))
	if err == nil && m.own {
		err = tooMuch(req.Messages, p.body.Size())
	}
	if err != nil {
		return err
	}
	r, err := m.request(ctx, http.MethodPost, nil, p.body, "v1", "messages")
	if err != nil {
		return err
	}
	for _, text := range p.left {
		a.tell(providers.Notice{At: time.Now(), Text: text})
	}
	if a.left {
		return nil
	}
	resp, err := m.client.Do(ctx, r, func(at time.Time) { a.tell(providers.Sent{At: at, Params: p.params}) })
	if err != nil {
		return err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		return m.refused(resp)
	}
	a.requestID, a.limits = wire.RequestID(resp.Header), wire.Limits(resp.Header, time.Now())
	first, err := resp.First()
	switch {
	case err != nil:
		return err
	case first == '<':
		return m.client.Page(resp)
	case first == '{' || first == '[':
		err = m.whole(resp, a)
	default:
		err = m.stream(resp, a)
	}
	if err != nil || a.left {
		return err
	}
	resp.Finish() // first, because who hears a Stop leaves, and leaving closes the connection
	a.stop()
	return nil
}

// stream folds a stream's events into a until its end marker.
func (m *messages) stream(resp *wire.Response, a *answer) error {
	for ev, err := range resp.Events() {
		if err == nil {
			err = m.event(ev, a)
		}
		switch {
		case err == errDone, a.left:
			return nil
		case err != nil:
			return err
		}
	}
	return &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended without its end marker")}
}

var errDone = errors.New("message_stop")

// event folds one event. It returns errDone for the end marker.
func (m *messages) event(ev wire.Event, a *answer) error {
	data := bytes.TrimSpace(ev.Data)
	switch {
	case len(data) == 0, string(data) == "[DONE]": // a gateway's habit; it is no end here
	case string(ev.Name) == "error":
		return m.fault(data)
	default:
		e, err := parseEvent(data)
		if err != nil && ev.Cut {
			return &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended in the middle of an event")}
		}
		if err != nil {
			return wire.Malformed("an event that is not JSON", data, m.endpoint.Key)
		}
		if e.Type == "" {
			e.Type = string(ev.Name)
		}
		if e.Type == "error" || wire.Given(e.Error) {
			return m.fault(data)
		}
		if a.add(e, ev.At) {
			return errDone
		}
	}
	if len(ev.Fault) > 0 {
		return m.fault(ev.Fault)
	}
	return nil
}

// whole reads an answer that came in one piece although a stream was asked for,
// or an error under a status of success.
func (m *messages) whole(resp *wire.Response, a *answer) error {
	data, at, err := resp.All(maxWhole)
	if err != nil {
		return err
	}
	data = bytes.TrimSpace(data)
	var whole wholeMessage
	if data[0] != '{' || wire.Lenient(data, &whole) != nil {
		return wire.Malformed("an object that is no answer", data, m.endpoint.Key)
	}
	if whole.Type == "error" || wire.Given(whole.Error) {
		return m.fault(data)
	}
	if whole.Type != "message" || whole.StopReason == "" {
		return wire.Malformed("an object that is no answer", data, m.endpoint.Key)
	}
	a.addWhole(&whole, at)
	return nil
}

// request makes a signed request to a path below the endpoint's base.
func (m *messages) request(ctx context.Context, method string, query url.Values, body *wire.Parcel, path ...string) (*http.Request, error) {
	u := m.base.JoinPath(path...)
	if len(query) > 0 { // beside what the address brings along
		all := u.Query()
		for name, values := range query {
			all[name] = values
		}
		u.RawQuery = all.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, &providers.Error{Kind: providers.Unsupported, Err: errors.New("base_url makes no valid address"), Hint: "check the provider's base_url"}
	}
	body.Into(r)
	r.Header.Set("Anthropic-Version", apiVersion)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "text/event-stream, application/json")
	}
	if err := m.client.Sign(r, "X-Api-Key", ""); err != nil {
		return nil, err
	}
	return r, nil
}
