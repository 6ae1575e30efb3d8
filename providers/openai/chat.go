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
func (c *chat) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		a := &answer{yield: yield, cancel: cancel}
		if err := c.exchange(ctx, req, a); err != nil && !a.left {
			yield(nil, c.fail(asking, req.Model, err))
		}
	}
}

// exchange asks and has a tell the answer, its Stop included.
func (c *chat) exchange(ctx context.Context, req providers.Request, a *answer) error {
	body, left, err := c.encode(req)
	if err != nil {
		return err
	}
	r, err := c.request(ctx, http.MethodPost, "/chat/completions", body)
	if err != nil {
		return err
	}
	for _, text := range left {
		a.tell(providers.Notice{At: time.Now(), Text: text})
	}
	if a.left {
		return nil
	}
	resp, err := c.client.Do(ctx, r, func(at time.Time) { a.tell(providers.Sent{At: at, Params: req.Params}) })
	if err != nil {
		return err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		return c.refused(resp)
	}
	a.requestID = requestID(resp.Header)
	first, err := resp.First()
	switch {
	case err != nil:
		return err
	case first == '<':
		return c.client.Page(resp)
	case first == '{' || first == '[':
		err = c.whole(resp, a)
	default:
		err = c.stream(resp, a)
	}
	if err != nil {
		return err
	}
	if !a.left {
		a.stop()
	}
	return nil
}

// stream folds a stream's events into a until its end marker. Once the answer
// has finished, nothing that follows can fail it.
func (c *chat) stream(resp *wire.Response, a *answer) error {
	for ev, err := range resp.Events() {
		if err == nil {
			err = c.event(ev, a)
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
		return &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended without its end marker")}
	}
	return nil
}

var errDone = errors.New("[DONE]")

// event folds one event. It returns errDone for the end marker.
func (c *chat) event(ev wire.Event, a *answer) error {
	data := bytes.TrimSpace(ev.Data)
	switch {
	case string(data) == "[DONE]":
		a.ended = ev.At
		return errDone
	case len(data) == 0:
	case string(ev.Name) == "error":
		return c.fault(data)
	default:
		err := c.chunk(data, ev.At, a)
		if errors.Is(err, errSyntax) && ev.Cut {
			return &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended in the middle of a chunk")}
		}
		if err != nil {
			return err
		}
	}
	if len(ev.Fault) > 0 {
		return c.fault(ev.Fault)
	}
	return nil
}

// whole reads an answer that came in one piece, as some services send whatever
// was asked, or an error under a status of success.
func (c *chat) whole(resp *wire.Response, a *answer) error {
	data, at, err := resp.All(maxWhole)
	if err != nil {
		return err
	}
	if data = bytes.TrimSpace(data); data[0] == '[' {
		return c.fault(data)
	}
	if err := c.chunk(data, at, a); err != nil {
		return err
	}
	if a.finish == "" {
		return malformed("an object that is no answer", data, c.endpoint.Key)
	}
	a.ended = at
	return nil
}

// chunk folds one JSON object.
func (c *chat) chunk(data []byte, at time.Time, a *answer) error {
	ch, err := parseChunk(data)
	if err != nil {
		return fmt.Errorf("%w: %w", errSyntax, malformed("a chunk that is not JSON", data, c.endpoint.Key))
	}
	finish := a.finish
	a.add(ch, at) // what comes with an error stays said
	if ch.faulty() {
		a.finish = finish // an error is not a finish, whatever else it says
		return c.fault(data)
	}
	return a.bad
}

// request makes a signed request.
func (c *chat) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, &providers.Error{Kind: providers.Unsupported, Err: err, Hint: "check the provider's base_url"}
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "text/event-stream, application/json")
	}
	if key := c.endpoint.Key; !key.Empty() {
		if strings.ContainsFunc(key.Reveal(), func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, &providers.Error{Kind: providers.Auth, Err: errors.New("the key holds characters that no key has"), Hint: wire.KeyHint(c.endpoint)}
		}
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
		if c.dialect == own && strings.HasSuffix(strings.ToLower(r.URL.Hostname()), ".azure.com") {
			r.Header.Set("Api-Key", key.Reveal())
		}
	}
	return r, nil
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Generation-Id", "Mistral-Correlation-Id", "Cf-Ray"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}
