package openai

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

const (
	asking = "asking"

	// afterFinish is how long a service that has finished may be silent before
	// its usage report, and lingering how long it may take in all: some never
	// close.
	afterFinish = 2 * time.Second
	lingering   = 10 * time.Second

	// maxWhole bounds an answer that comes as one object.
	maxWhole = 64 << 20
)

// Stream implements [providers.Provider].
func (s *service) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		a := &answer{yield: yield, cancel: cancel, key: s.endpoint.Key, tiers: s.dialect == own, hourly: s.dialect == deepSeek}
		if err := s.exchange(ctx, req, a); err != nil && !a.left {
			yield(nil, s.fail(asking, req.Model, err))
		}
	}
}

// exchange asks and has a tell the answer, its Stop included.
func (s *service) exchange(ctx context.Context, req providers.Request, a *answer) error {
	p := s.menu(req.Model).settle(req.Params)
	body, err := s.encode(req, p)
	if err != nil {
		return err
	}
	r, err := s.request(ctx, http.MethodPost, s.protocol.path(), body)
	if err != nil {
		return err
	}
	for _, text := range p.notes {
		a.tell(providers.Notice{At: time.Now(), Text: text})
	}
	if a.left {
		return nil
	}
	resp, err := s.client.Do(ctx, r, func(at time.Time) {
		a.asked = at
		a.tell(providers.Sent{At: at, Params: p.Params})
	})
	if err != nil {
		return err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		option, err := s.refused(resp)
		return s.learn(req.Model, p, err, option)
	}
	a.requestID, a.limits = wire.RequestID(resp.Header), wire.Limits(resp.Header, time.Now())
	first, err := resp.First()
	switch l := s.protocol.listener(s, a); {
	case err != nil:
		return err
	case first == '<':
		return s.client.Page(resp)
	case first == '{' || first == '[':
		a.whole = true
		err = s.whole(resp, l)
	default:
		err = s.stream(resp, l, a)
	}
	if err != nil {
		return err
	}
	if !a.left {
		a.stop()
	}
	return nil
}

// encode writes req with the parameters of p.
func (s *service) encode(req providers.Request, p *plan) (*wire.Parcel, error) {
	a := attacher{service: s, model: req.Model, can: s.senses(req.Model)}
	body, err := s.protocol.body(s, req, p, &a)
	if err != nil {
		return nil, err
	}
	parcel, err := a.Seal(body)
	if err != nil {
		return nil, &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf("writing the request: %w", err), Hint: "check the JSON of the schema and the tools"}
	}
	return parcel, nil
}

// stream folds a stream's events into a until its end marker. Once the answer
// has finished, nothing that follows can fail it.
func (s *service) stream(resp *wire.Response, l listener, a *answer) error {
	for ev, err := range resp.Events() {
		if err == nil {
			err = s.event(ev, l)
		}
		switch {
		case a.left:
			return nil
		case err == errDone:
			resp.Finish()
			return nil
		case err != nil && a.finish != "":
			return nil
		case err != nil:
			return err
		}
		if a.finish != "" && !a.lingers {
			a.lingers = true
			resp.SetIdle(afterFinish)
			defer time.AfterFunc(lingering, a.cancel).Stop()
		}
	}
	if a.finish == "" {
		return errNoEnd
	}
	return nil
}

var (
	errDone = errors.New("the end marker came")

	errNoEnd error = &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended without its end marker")}
)

// event folds one event. It returns errDone for the end marker.
func (s *service) event(ev wire.Event, l listener) error {
	if data := bytes.TrimSpace(ev.Data); len(data) > 0 {
		if string(ev.Name) == "error" {
			return s.fault(data)
		}
		err := l.hear(ev.Name, data, ev.At)
		if errors.Is(err, errSyntax) && ev.Cut {
			return &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended in the middle of a chunk")}
		}
		if err != nil {
			return err
		}
	}
	if len(ev.Fault) > 0 {
		return s.fault(ev.Fault)
	}
	return nil
}

// whole reads an answer that came in one piece, as some services send whatever
// was asked, or an error under a status of success.
func (s *service) whole(resp *wire.Response, l listener) error {
	data, at, err := resp.All(maxWhole)
	if err != nil {
		return err
	}
	if data = bytes.TrimSpace(data); data[0] == '[' {
		return s.fault(data)
	}
	return l.whole(data, at)
}

// unreadable is the error for a chunk that is not JSON. It is an errSyntax too.
func (s *service) unreadable(data []byte) error {
	return fmt.Errorf("%w: %w", errSyntax, wire.Malformed("a chunk that is not JSON", data, s.endpoint.Key))
}

// request makes a signed request.
func (s *service) request(ctx context.Context, method, path string, body *wire.Parcel) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, nil)
	if err != nil {
		return nil, &providers.Error{Kind: providers.Unsupported, Err: err, Hint: "check the provider's base_url"}
	}
	body.Into(r)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "text/event-stream, application/json")
	}
	if err := s.client.Sign(r, "Authorization", "Bearer "); err != nil {
		return nil, err
	}
	if s.dialect == own && strings.HasSuffix(strings.ToLower(r.URL.Hostname()), ".azure.com") {
		return r, s.client.Sign(r, "Api-Key", "")
	}
	return r, nil
}
