package ollama

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

func TestErrorInsideOfASuccessIsAnError(t *testing.T) {
	for line, want := range map[string]providers.Kind{
		`{"error":"llama runner process has terminated: exit status 2"}`:               providers.ServerFault,
		`{"error":"the input length exceeds the context length"}`:                      providers.ContextFull,
		`{"error":"Failed to create new sequence: failed to process inputs: image x"}`: providers.Unsupported,
		`{"error":"slow down","status":429}`:                                           providers.RateLimit,
		`{"error":{"message":"from a proxy"},"status":"odd"}`:                          providers.ServerFault,
	} {
		f := chatting()
		f.chat = streams(`{"model":"m","message":{"content":"some"},"done":false}`, line)
		h := hear(t, f.start(t), ask("hi"))
		h.wantError(t, want, "")
		if h.text != "some" {
			t.Errorf("what came before the error was lost: %q", h.text)
		}
	}
}

func TestStatusBecomesAKindWithTheNextStep(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		kind   providers.Kind
		advice string
	}{
		{404, `{"error":"model 'm' not found"}`, providers.NotFound, "ollama pull m"},
		{503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, providers.Overloaded, ""},
		{400, `{"error":"the input length exceeds the context length"}`, providers.ContextFull, "context=16384"},
		{400, `{"error":"the prompt is longer than the context length currently available to the model; shorten it"}`, providers.ContextFull, "context=16384"},
		{400, `{"error":"\"m\" does not support thinking"}`, providers.Unsupported, ""},
		{403, ``, providers.Auth, "OLLAMA_ORIGINS"},
		{401, `{"error":"unauthorized"}`, providers.Auth, "wants a key"},
		{403, `{"error":"forbidden"}`, providers.Auth, "wants a key"},
		{401, `{"error":"unauthorized","signin_url":"https://x"}`, providers.Auth, "ollama signin"},
		{429, `{"error":"too many"}`, providers.RateLimit, ""},
		{500, `{"error":"option \"seed\" must be of type integer"}`, providers.ServerFault, ""},
		{500, `{"error":"model requires more system memory (9 GiB) than is available (2 GiB)"}`, providers.Unsupported, "smaller"},
		{500, `{"error":"llama-server reported out-of-memory during startup: x"}`, providers.Unsupported, "smaller"},
		{500, `{"error":"Failed to create new sequence: failed to process inputs: image: unknown format"}`, providers.Unsupported, "PNG"},
		{500, `{"error":"Post \"https://ollama.com:443/api/chat\": context deadline exceeded"}`, providers.ServerFault, ""},
		{502, `<html><title>Bad Gateway</title>`, providers.ServerFault, ""},
	} {
		f := chatting()
		f.chat = fails(c.status, c.body)
		h := hear(t, f.start(t), ask("hi"))
		h.wantError(t, c.kind, c.advice)
		if h.err.Status != c.status || h.sent == nil {
			t.Errorf("%d: status %d, sent %v", c.status, h.err.Status, h.sent)
		}
	}
}

// Another attempt would end the runner again, and with it what it is asked by
// others.
func TestAPictureThatEndsTheRunnerIsNotSentAgain(t *testing.T) {
	const ended = `{"error":"model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details"}`
	part := func(name string, w, h int) providers.Part {
		return providers.Blob{Name: name, MIME: "image/png", Data: picture(t, w, h)}
	}
	for name, c := range map[string]struct {
		parts  []providers.Part
		tries  int
		advice string
	}{
		"no picture":   {nil, 2, "ask again"},
		"one, small":   {[]providers.Part{part("a.png", 640, 480), part("dot\x1b.png", 1, 1)}, 1, `a very small picture may be too much for the model ("dot.png" has 1×1 pixels): save it at another size, or leave it out`},
		"one, long":    {[]providers.Part{part("strip.png", 30, 3001)}, 1, `a very long picture may be too much for the model ("strip.png" has 30×3001 pixels)`},
		"several odd":  {[]providers.Part{part("a.png", 1, 1), part("b.png", 1, 2)}, 1, "very small, long or large pictures"},
		"ordinary one": {[]providers.Part{part("a.png", 640, 480)}, 1, "the server's log"},
	} {
		for _, how := range []http.HandlerFunc{fails(500, ended), streams(ended)} {
			f := chatting()
			f.capabilities = append(f.capabilities, "vision")
			f.chat = how
			req := ask("hi")
			req.Messages[0].Parts = append(c.parts, req.Messages[0].Parts...)
			var err *providers.Error
			for _, e := range providers.Retry(t.Context(), f.start(t), req, providers.Policy{Retries: 1, Base: time.Millisecond}) {
				if e != nil {
					err = providers.AsError(e)
				}
			}
			if err == nil || !strings.Contains(err.Advice(), c.advice) {
				t.Errorf("%s: %v (%s)", name, err, err.Advice())
			}
			if got := f.asked("/api/chat"); got != c.tries && err.Status != 0 {
				t.Errorf("%s: asked %d times, want %d", name, got, c.tries)
			}
		}
	}
}

func TestAnErrorThatSaysNothingOrTooMuchIsAsShortAsOthers(t *testing.T) {
	for _, body := range []string{`{"error":""}`, `{"error":null}`, `{"error":{}}`, `{"error":"` + strings.Repeat("at line 1 ", 5000) + `"}`} {
		f := chatting()
		f.chat = fails(http.StatusInternalServerError, body)
		h := hear(t, f.start(t), ask("hi"))
		h.wantError(t, providers.ServerFault, "")
		if said := h.err.Message(); strings.HasSuffix(said, ": ") || len(said) > 600 {
			t.Errorf("%.20s: %d bytes, %.60q", body, len(said), said)
		}
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	f := chatting()
	f.chat = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if h := hear(t, f.start(t), ask("hi")); h.err.RetryAfter != 7*time.Second || !h.err.Retryable() {
		t.Errorf("got %+v", h.err)
	}
}

func TestServerThatIsOffIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	p := made(t, address)
	h := hear(t, p, ask("hi"))
	h.wantError(t, providers.Unreachable, "ollama serve")
	if h.sent != nil {
		t.Error("Sent, although nothing could leave")
	}
	if _, err := p.Models(t.Context()); providers.AsError(err).Kind != providers.Unreachable || providers.AsError(err).Hint == "" {
		t.Errorf("listing: %v", err)
	}
}

func TestKeyIsSentAndNeverQuoted(t *testing.T) {
	const key = "0123456789abcdef.Secret"
	f := chatting()
	f.chat = fails(http.StatusUnauthorized, `{"error":"invalid key `+key+`"}`)
	p := f.start(t, func(e *providers.Endpoint) { e.Key = providers.NewSecret(key) })
	h := hear(t, p, ask("hi"))
	h.wantError(t, providers.Auth, "")
	if got := f.header.Get("Authorization"); got != "Bearer "+key {
		t.Errorf("the key was not sent: %q", got)
	}
	if strings.Contains(h.err.Error()+h.err.Advice(), key) {
		t.Errorf("the error quotes the key: %v", h.err)
	}
	f.chat = fails(http.StatusBadGateway, `{"error":"upstream refused \u0073k-proj-9f8e7d6c5b4a3210"}`) // somebody else's
	if h := hear(t, p, ask("hi")); strings.Contains(h.err.Error(), "9f8e7d6c") {
		t.Errorf("the error quotes another's key: %v", h.err)
	}
	f.chat = streams(`{"error":"invalid key ` + key + `"}`)
	if h := hear(t, p, ask("hi")); strings.Contains(h.err.Error(), key) {
		t.Errorf("the error inside the stream quotes the key: %v", h.err)
	}
}
