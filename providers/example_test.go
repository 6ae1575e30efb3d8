package providers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// What stands between the two lines is the example in CONTRIBUTING.md, word for
// word: a provider of a made-up service that answers in lines of JSON.

// example: begin

type parrot struct {
	endpoint providers.Endpoint
	client   *wire.Client
}

// newParrot is the builder that main.go names: APIs: {"parrot": newParrot}.
func newParrot(e providers.Endpoint) (providers.Provider, error) {
	return &parrot{endpoint: e, client: wire.NewClient(e)}, nil
}

func (p *parrot) Name() string { return p.endpoint.Name }

func (p *parrot) Models(context.Context) ([]providers.Model, error) {
	return []providers.Model{{Ref: providers.Ref{Provider: p.Name(), Model: "grey"}, Local: p.endpoint.Local}}, nil
}

// Stream yields what happens, as it happens: Sent, then what is said, then one
// Stop or one error. Every event carries the time at which its bytes arrived.
func (p *parrot) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		var draft wire.Draft
		body, err := draft.Seal(map[string]any{"model": req.Model, "say": draft.Text(req.Messages[len(req.Messages)-1].Written())})
		if err != nil {
			yield(nil, providers.AsError(err))
			return
		}
		ask, err := http.NewRequest(http.MethodPost, p.endpoint.BaseURL+"/say", nil)
		if err != nil {
			yield(nil, providers.AsError(err))
			return
		}
		body.Into(ask)
		if err := p.client.Sign(ask, "Authorization", "Bearer "); err != nil {
			yield(nil, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		left := false
		resp, err := p.client.Do(ctx, ask, func(at time.Time) {
			if left = !yield(providers.Sent{At: at, Params: providers.Params{}}, nil); left {
				cancel()
			}
		})
		if left {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		defer resp.Close()
		if resp.Status != http.StatusOK {
			failure, _ := p.client.Failure(resp) // says what happened and what to do, without the key
			yield(nil, failure)
			return
		}
		p.hear(resp, yield)
	}
}

func (p *parrot) hear(resp *wire.Response, yield func(providers.Event, error) bool) {
	for line, err := range resp.Lines() {
		if err != nil {
			yield(nil, err)
			return
		}
		var heard struct {
			Text          string
			Done          bool
			Input, Output int
		}
		switch err := json.Unmarshal(line.Data, &heard); {
		case err != nil:
			yield(nil, &providers.Error{Kind: providers.Malformed, Err: err, Hint: "check base_url"})
			return
		case heard.Done:
			resp.Finish()
			yield(providers.Stop{At: line.At, Reason: providers.Finished, Usage: &providers.Usage{Input: heard.Input, Output: heard.Output}}, nil)
			return
		case !yield(providers.Delta{At: line.At, Text: heard.Text}, nil):
			return
		}
	}
	yield(nil, &providers.Error{Kind: providers.Truncated, Err: io.ErrUnexpectedEOF, Hint: "ask again"})
}

// example: end

func TestTheExampleInCONTRIBUTINGIsAProvider(t *testing.T) {
	const said = `{"text":"Pretty "}` + "\n" + `{"text":"Polly 🦜"}` + "\n"
	for name, c := range map[string]struct {
		status int
		body   string
		kind   providers.Kind
	}{
		"an answer":   {200, said + `{"done":true,"input":3,"output":4}` + "\n", ""},
		"cut":         {200, said, providers.Truncated},
		"not JSON":    {200, "<html>", providers.Malformed},
		"a wrong key": {401, `{"error":"no seed, no song"}`, providers.Auth},
	} {
		for _, split := range []func(io.Reader) io.Reader{whole, iotest.OneByteReader, randomly(3)} {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asked, _ := io.ReadAll(r.Body); !strings.Contains(string(asked), `"say":"hi"`) || r.Header.Get("Authorization") != "Bearer "+key {
					t.Errorf("asked %s", asked)
				}
				w.WriteHeader(c.status)
				_, _ = io.Copy(w, split(strings.NewReader(c.body)))
			}))
			p, err := newParrot(providers.Endpoint{Name: "cage", BaseURL: s.URL, Key: providers.NewSecret(key)})
			if err != nil {
				t.Fatal(err)
			}
			got := listen(t, p, providers.Request{Model: "grey", Messages: []providers.Message{providers.Says(providers.User, "hi")}})
			s.Close()
			switch {
			case c.kind != "" && (got.err == nil || got.err.Kind != c.kind || strings.Contains(fmt.Sprint(got.err), key)):
				t.Errorf("%s: %v", name, got.err)
			case c.kind == "" && (got.text.String() != "Pretty Polly 🦜" || got.stop.Usage.Output != 4 || len(got.sent) != 1):
				t.Errorf("%s: %q, %+v", name, got.text.String(), got.stop)
			}
		}
	}
}

func TestTheExampleInCONTRIBUTINGIsThisOne(t *testing.T) {
	cut := func(file, from, to string) string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(string(b), from)
		text, _, ok := strings.Cut(text, to)
		if !ok {
			t.Fatalf("%s: nothing between %q and %q", file, from, to)
		}
		return strings.TrimSpace(text)
	}
	if want, got := cut("example_test.go", "// example: begin\n", "// example: end\n"), cut("../.github/CONTRIBUTING.md", "```go\n", "```\n"); got != want {
		t.Errorf("CONTRIBUTING.md has another example:\n%s\nwant\n%s", got, want)
	}
}
