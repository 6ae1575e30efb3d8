// Package ollama asks models that an Ollama server runs, on this machine, on
// another one, or in Ollama's cloud.
//
// An answer takes up to five exchanges, of which only the last is timed:
//
//	/api/show     what the model can do, remembered for a minute
//	/api/ps       is it loaded? If not, a Notice says what the wait is for
//	/api/tags     its digest, and
//	/api/version  the server's own: which build answers, remembered as well
//	/api/chat     Sent, then one JSON object a line
//
// Requests and responses are made of the types of Ollama's own api package; its
// Client is not used. That one drops headers and the moment at which a line came,
// ends a stream without end marker like a complete one, takes 8 MB of memory
// for every stream, and signs requests to ollama.com with a key file of its
// own where juxta has a key.
package ollama

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

type provider struct {
	endpoint providers.Endpoint
	base     *url.URL
	cloud    bool // the server is Ollama's own
	client   *wire.Client
	cards    cards
	release  release
}

// New makes the provider of an Ollama endpoint. Besides a URL, its BaseURL may
// be whatever OLLAMA_HOST may: "", "host", "host:port" or "0.0.0.0".
func New(e providers.Endpoint) (providers.Provider, error) {
	base, err := parseAddress(e.BaseURL)
	if err != nil {
		return nil, &providers.Error{
			Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unreachable, Err: err,
			Hint: "write the address as in OLLAMA_HOST=127.0.0.1:11434",
		}
	}
	e.BaseURL = base.String()
	host := base.Hostname()
	return &provider{
		endpoint: e, base: base, client: wire.NewClient(e),
		cloud: host == "ollama.com" || strings.HasSuffix(host, ".ollama.com"),
	}, nil
}

// Name implements [providers.Provider].
func (p *provider) Name() string { return p.endpoint.Name }

// Stream implements [providers.Provider].
func (p *provider) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		left := false
		say := func(ev providers.Event) bool {
			if left = left || !yield(ev, nil); left {
				cancel() // also keeps a request from leaving whose Sent was the last word heard
			}
			return !left
		}
		if err := p.ask(ctx, req, say); err != nil && !left {
			yield(nil, p.failed("asking", req.Model, err))
		}
	}
}

// ask does all of Stream but to deliver the error. It returns nil when it said
// Stop, or anything when nobody listens any more.
func (p *provider) ask(ctx context.Context, req providers.Request, say func(providers.Event) bool) error {
	about, err := p.know(ctx, req.Model)
	if err != nil && !dispensable(err, req) {
		return err
	}
	ready, err := prepare(req, about)
	if err != nil {
		return err
	}
	for _, text := range ready.notices {
		if !say(providers.Notice{At: time.Now(), Text: text}) {
			return nil
		}
	}
	var resident *bool
	if !about.remote {
		resident = p.resident(ctx, req.Model, ready.window)
	}
	if resident != nil && !*resident {
		if !say(providers.Notice{At: time.Now(), Text: "loading", Wait: true}) {
			return nil
		}
	}
	out, err := p.request(ctx, http.MethodPost, "/api/chat", ready.body)
	if err != nil {
		return err
	}
	build := p.built(ctx, req.Model, about)
	resp, err := p.client.Do(ctx, out, func(at time.Time) {
		say(providers.Sent{At: at, Params: ready.params, Resident: resident, Build: build})
	})
	if err != nil {
		return err
	}
	defer resp.Close()
	w := roomFor(req, ready.window, about)
	if resp.Status != http.StatusOK {
		return p.refused(resp, req.Model, w)
	}
	return p.answer(resp, w, say)
}

// dispensable reports whether a question may be asked although /api/show
// failed: it is not there, as behind a proxy that carries chats alone, or it
// can't be read, and no image depends on what it says.
func dispensable(err error, req providers.Request) bool {
	for _, m := range req.Messages {
		for _, part := range m.Parts {
			if _, ok := part.(providers.Blob); ok {
				return false
			}
		}
	}
	switch e := providers.AsError(err); e.Kind {
	case providers.NotFound:
		_, said := e.Err.(serverError)
		return !said // the server knows the path, and not the model
	case providers.Malformed, providers.Unsupported, providers.ServerFault:
		return true
	}
	return false
}

// request makes a request to the server; body may be nil.
func (p *provider) request(ctx context.Context, method, path string, body *wire.Parcel) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.base.JoinPath(path).String(), nil)
	if err != nil {
		return nil, err
	}
	body.Into(r)
	r.Header.Set("Accept", "application/json, application/x-ndjson")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if err := p.client.Sign(r, "Authorization", "Bearer "); err != nil {
		return nil, err
	}
	return r, nil
}

// sealed is a body without attachments.
func sealed(in any) (*wire.Parcel, error) {
	var draft wire.Draft
	return draft.Seal(in)
}

// longestReply bounds replies that are not streams; the list of a model's
// tensors is among them.
const longestReply = 32 << 20

// call makes an exchange that is no chat: in is sent as JSON unless it is nil,
// and the reply is decoded into out.
func (p *provider) call(ctx context.Context, method, path string, in, out any) error {
	var body *wire.Parcel
	if in != nil {
		var err error
		if body, err = sealed(in); err != nil {
			return err
		}
	}
	resp, err := p.exchange(ctx, method, path, "", body)
	if err != nil {
		return err
	}
	defer resp.Close()
	whole, _, err := resp.All(longestReply)
	if err != nil {
		return err
	}
	object := bytes.HasPrefix(bytes.TrimLeft(whole, " \t\r\n"), []byte("{"))
	if !object || wire.Lenient(whole, out) != nil {
		e := wire.Malformed("no reply of Ollama's to "+path, whole, p.endpoint.Key)
		e.Status = resp.Status
		return e
	}
	return nil
}

// exchange sends a request that is no chat, about a model or none, and returns what
// was answered, unless that is a refusal or a page for people. The caller closes it.
func (p *provider) exchange(ctx context.Context, method, path, model string, body *wire.Parcel) (*wire.Response, error) {
	r, err := p.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	if resp.Status != http.StatusOK {
		defer resp.Close()
		return nil, p.refused(resp, model, room{})
	}
	if first, err := resp.First(); err == nil && first == '<' {
		defer resp.Close()
		return nil, p.client.Page(resp)
	}
	return resp, nil
}
