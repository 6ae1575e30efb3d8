package gemini

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

const (
	asking = "asking"

	// afterFinish is how long a service that has finished may be silent before
	// the stream is over, and lingering how long it may take in all. Google
	// closes at once; what stands before it may not.
	afterFinish = 2 * time.Second
	lingering   = 10 * time.Second
)

// Stream implements [providers.Provider].
func (s *service) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		a := &answer{yield: yield, cancel: cancel, key: s.endpoint.Key}
		if err := s.exchange(ctx, req, a); err != nil && !a.left {
			yield(nil, s.fail(asking, req.Model, err))
		}
	}
}

// exchange asks and has a tell the answer, its Stop included.
func (s *service) exchange(ctx context.Context, req providers.Request, a *answer) error {
	ready, err := s.encode(req)
	if err != nil {
		return err
	}
	r, err := s.request(ctx, s.address(req.Model), ready.body)
	if err != nil {
		return err
	}
	for _, text := range ready.notices {
		a.tell(providers.Notice{At: time.Now(), Text: text})
	}
	if a.left {
		return nil
	}
	resp, err := s.client.Do(ctx, r, func(at time.Time) { a.tell(providers.Sent{At: at, Params: ready.params}) })
	if err != nil {
		return err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		return s.refused(resp)
	}
	switch first, err := resp.First(); {
	case err != nil:
		return err
	case first == '<':
		return s.client.Page(resp)
	default:
		a.bare = first == '{'
	}
	if err := s.read(resp, a); err != nil || a.left {
		return err
	}
	resp.Finish() // first, because who hears a Stop leaves, and leaving closes the connection
	return a.stop(wire.Limits(resp.Header, time.Now()))
}

// read folds a stream into a until its end. The finish may come before the
// usage, so the end is where the stream ends; but once the answer has finished,
// nothing that follows can fail it.
func (s *service) read(resp *wire.Response, a *answer) error {
	var r reader
	for obj, err := range r.objects(resp.Lines()) {
		if err == nil {
			err = s.chunk(obj, a)
		}
		var odd notJSON
		switch {
		case a.left:
			return nil
		case err != nil && a.finish != "":
			return nil
		case errors.As(err, &odd):
			return s.malformed(odd.Error(), odd.text)
		case err != nil:
			return err
		}
		if a.finish != "" && !a.lingers {
			a.lingers = true
			resp.SetIdle(afterFinish)
			defer time.AfterFunc(lingering, a.cancel).Stop()
		}
	}
	switch a.finish = firstOf(a.finish, a.step); {
	case a.finish != "":
		return nil
	case !a.answered && r.noise != nil:
		return s.malformed("a reply that is no answer", r.noise)
	}
	return &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended without its end marker")}
}

// chunk folds one object.
func (s *service) chunk(obj object, a *answer) error {
	var ch chunk
	if wire.Lenient(obj.data, &ch) != nil {
		return notJSON{obj.data}
	}
	finish := a.finish
	a.objects++
	a.add(&ch, obj.at) // what comes with an error stays said
	if wire.Given(ch.Error) {
		a.finish = finish // an error is no finish, whatever else it says
		return s.fault(obj.data)
	}
	return s.declined(&ch, a)
}

// malformed is the error for what is not the protocol.
func (s *service) malformed(what string, text []byte) error {
	return wire.Malformed(what, text, s.endpoint.Key)
}

// quote is the service's words as they may be shown.
func (s *service) quote(text string) string {
	return wire.Quote(text, s.endpoint.Key)
}

func firstOf(s ...string) string {
	for _, x := range s {
		if x != "" {
			return x
		}
	}
	return ""
}
