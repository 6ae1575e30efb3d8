package ollama

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"unicode"

	"juxta/providers"
	"juxta/providers/wire"
)

// A serverError is what the server said in its own form, {"error": …}. Other
// text of a failure is from whatever stands before the server, or instead.
type serverError string

func (s serverError) Error() string { return string(s) }

// room is what a request was about: the window that was asked for and the model's
// own, 0 where unknown, and the pictures.
type room struct {
	window, model int
	pictures      []providers.Blob
}

// roomFor is the room of a request.
func roomFor(req providers.Request, window int, m card) room {
	r := room{window: window, model: m.context}
	for _, msg := range req.Messages {
		for _, part := range msg.Parts {
			if b, ok := part.(providers.Blob); ok {
				r.pictures = append(r.pictures, b)
			}
		}
	}
	return r
}

// failed says whose error err is, and what to do about a server that is off.
func (p *provider) failed(op, model string, err error) *providers.Error {
	e := *providers.AsError(err)
	e.Op, e.Ref = op, providers.Ref{Provider: p.Name(), Model: model}
	if e.Kind == providers.Unreachable && providers.Loopback(p.base.Hostname()) {
		e.Hint = "is Ollama running? `ollama serve`"
	}
	if e.Kind == providers.NotFound && model != "" {
		if _, said := e.Err.(serverError); said {
			e.Hint = "choose one of `juxta models list`"
			if typeable(model) {
				e.Hint = "`ollama pull " + model + "`, or " + e.Hint
			}
		}
	}
	return &e
}

// typeable reports whether a model's name may stand in a command that people copy,
// as all that Ollama's library has: a server may list any other.
func typeable(model string) bool {
	return !strings.HasPrefix(model, "-") && !strings.ContainsFunc(model, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-:/@", r)
	})
}

// refused is the error for a status other than success.
func (p *provider) refused(resp *wire.Response, model string, w room) error {
	e, body := p.client.Failure(resp)
	var reply struct {
		Error     json.RawMessage `json:"error"`
		SigninURL string          `json:"signin_url"`
	}
	if json.Unmarshal(body, &reply) == nil && wire.Given(reply.Error) {
		e.Err = p.quoted(reply.Error)
	}
	switch {
	case e.Status == http.StatusForbidden && len(body) == 0:
		e.Err = fmt.Errorf("the server does not answer to the name %s", p.base.Hostname())
		e.Hint = "reach it as localhost or by its IP address, or start it with OLLAMA_HOST=0.0.0.0; behind a proxy that sends an Origin, set OLLAMA_ORIGINS"
	case e.Status == http.StatusUnauthorized && reply.SigninURL != "":
		e.Hint = "the model runs in Ollama's cloud: sign the server in with `ollama signin`"
	}
	return judge(e, w)
}

// broke is the error for a failure that came inside of a stream, where the
// status had already promised success.
func (p *provider) broke(reply json.RawMessage, status int) *providers.Error {
	e := &providers.Error{Kind: providers.ServerFault, Status: status, Err: p.quoted(reply)}
	if status >= http.StatusBadRequest {
		e.Kind = providers.KindOf(status)
	}
	return e
}

// quoted is an error as people see it.
func (p *provider) quoted(reply json.RawMessage) serverError {
	return serverError(wire.Quote(words(reply), p.endpoint.Key))
}

// words is the text of an error, which is a string unless a proxy made it.
func words(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var o struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &o) == nil && o.Message != "" {
		return o.Message
	}
	return string(raw)
}

// suspicion is what to do about pictures over which the runner of a model ended.
func suspicion(pictures []providers.Blob) string {
	var odd string
	n := 0
	for _, b := range pictures {
		w, h := wire.Pixels(b.Data)
		if what := providers.Odd(w, h); what != "" {
			n++
			odd = fmt.Sprintf("a %s picture may be too much for the model (%q has %d×%d pixels)", what, wire.FileName(b.Name, filepath.Ext(b.Name)), w, h)
		}
	}
	switch {
	case n == 1:
		return odd + ": save it at another size, or leave it out"
	case n > 1:
		return "very small, long or large pictures may be too much for the model: save them at another size, or leave them out"
	}
	return "a picture may be too much for the model or the memory: leave it out, or choose another model; the server's log tells more"
}

// withoutGo leaves out what the server's own language says of a wait that ended: it
// calls that a context too.
var withoutGo = strings.NewReplacer("context deadline exceeded", "", "context canceled", "")

// judge finds a kind that fits better than the status' own in the server's
// words, because it answers 500 to much that asking again does not cure.
func judge(e *providers.Error, w room) *providers.Error {
	var said serverError
	if !errors.As(e.Err, &said) {
		return e
	}
	text := withoutGo.Replace(strings.ToLower(string(said)))
	has := func(words ...string) bool {
		for _, word := range words {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	}
	switch {
	case has("context", "exceed"), has("context", "longer than"), has("context", "too long"):
		e.Kind = providers.ContextFull
		if w.window > 0 && w.window < w.model {
			e.Hint = fmt.Sprintf("the window asked for was %d tokens of the model's %d: set context=%d", w.window, w.model, min(2*w.window, w.model))
		}
	case has("system memory"), has("out of memory"), has("out-of-memory"):
		e.Kind = providers.Unsupported
		e.Hint = "choose a smaller model or a smaller window, such as context=4096, or end what else uses the memory"
	case len(w.pictures) > 0 && (has("model runner has unexpectedly stopped") || has("error was encountered while running the model")):
		// It would end over them again, and with it the answers to others.
		e.Kind = providers.Unsupported
		e.Hint = suspicion(w.pictures)
	case has("image: unknown format"), has("invalid image"), has("failed to process inputs", "image"):
		e.Kind = providers.Unsupported
		e.Hint = "save the picture anew as PNG or JPEG, or leave it out"
	case has("missing data required for image"), has("does not support", "image"), has("vision", "not support"):
		e.Kind = providers.Unsupported
	}
	if e.Kind == providers.Unsupported && e.Hint == "" {
		e.Hint = wire.Advice(text)
	}
	return e
}
