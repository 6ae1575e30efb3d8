package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"regexp"
	"strings"

	"github.com/ollama/ollama/api"

	"juxta/providers"
	"juxta/providers/wire"
)

// progress is one line of a pull. A file of which nothing has come is without
// Completed, and a failure is a line of a response that began with success.
type progress struct {
	api.ProgressResponse
	Error json.RawMessage `json:"error"`
}

// Pull implements [providers.Puller].
func (p *provider) Pull(ctx context.Context, model string) iter.Seq2[providers.Pulled, error] {
	return func(yield func(providers.Pulled, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		left := false
		err := p.pull(ctx, model, func(done providers.Pulled) bool {
			left = !yield(done, nil)
			return !left
		})
		if err != nil && !left {
			e := p.failed("pulling", model, err)
			var said serverError
			if e.Hint == "" || errors.As(e.Err, &said) && e.Kind != providers.Auth { // what else helps with a question does not help here
				e.Hint = pullHint(e, model)
			}
			yield(providers.Pulled{}, e)
		}
	}
}

// What is believed of a model, so that also a hundred times its size is a number,
// whatever a server says: 64 TiB a file, of which the largest have a few dozen.
const (
	mostBytes = 1 << 46
	mostFiles = 1000
)

func (p *provider) pull(ctx context.Context, model string, say func(providers.Pulled) bool) error {
	body, err := sealed(api.PullRequest{Model: model})
	if err != nil {
		return err
	}
	resp, err := p.exchange(ctx, http.MethodPost, "/api/pull", model, body)
	if err != nil {
		return err
	}
	defer resp.Close()
	files := map[string][2]int64{} // what has come of each, and its size
	for line, err := range resp.Lines() {
		if e := providers.AsError(err); e != nil && e.Kind == providers.Truncated {
			return &providers.Error{Kind: providers.Truncated, Err: errors.New("the server closed the connection before the model was there")}
		}
		if err != nil {
			return err
		}
		var l progress
		if err := wire.Lenient(line.Data, &l); err != nil {
			return wire.Malformed("a line that does not say how far the pull is", line.Data, p.endpoint.Key)
		}
		if wire.Given(l.Error) {
			return judgePull(p.broke(l.Error, 0))
		}
		if _, known := files[l.Digest]; l.Digest != "" && 0 < l.Total && l.Total <= mostBytes && (known || len(files) < mostFiles) {
			files[l.Digest] = [2]int64{min(max(l.Completed, 0), l.Total), l.Total}
		}
		now := providers.Pulled{Doing: l.Status}
		for _, f := range files {
			now.Done, now.Total = now.Done+f[0], now.Total+f[1]
		}
		if !say(now) {
			return nil
		}
		if l.Status == "success" {
			resp.Finish()
			return nil
		}
	}
	return &providers.Error{Kind: providers.Truncated, Err: errors.New("the server ended before the model was there")}
}

// blobs is a failure of a file of Ollama's: its folder and what the system said.
var blobs = regexp.MustCompile(`^\w+ (.+)[/\\]sha256-[0-9a-f-]+[\w-]*: (.+)$`)

// judgePull finds the kind in the server's words, which have no status.
func judgePull(e *providers.Error) *providers.Error {
	var said serverError
	if !errors.As(e.Err, &said) {
		return e
	}
	text := strings.ToLower(string(said))
	for _, x := range []struct {
		kind  providers.Kind
		words []string
	}{
		{providers.NotFound, []string{"file does not exist", "not found", "manifest unknown"}},
		{providers.Unreachable, []string{"dial tcp", "no such host", "connection refused", "i/o timeout", "network is unreachable", "deadline exceeded", "tls: ", "tls handshake", "bad gateway"}},
		{providers.Unsupported, []string{"newer version", "no space left", "disk full", "not enough space", "read-only", "permission denied"}},
		{providers.Overloaded, []string{"too many requests", " 429", "max retries"}},
	} {
		for _, w := range x.words {
			if strings.Contains(text, w) {
				e.Kind = x.kind
				if where := blobs.FindStringSubmatch(string(said)); where != nil { // of a file's name of 70 letters nobody has anything
					e.Err = serverError(where[2] + " (" + where[1] + ")")
				}
				return e
			}
		}
	}
	return e
}

// pullHint is what to do about a pull that failed.
func pullHint(e *providers.Error, model string) string {
	text := ""
	if e.Err != nil {
		text = strings.ToLower(e.Err.Error())
	}
	const again = "; the next pull goes on there"
	switch {
	case strings.Contains(text, "newer version"):
		return "update Ollama, then pull " + model + " again"
	case strings.Contains(text, "no space left"), strings.Contains(text, "not enough space"), strings.Contains(text, "disk full"):
		return "free some space for Ollama's models" + again
	case strings.Contains(text, "read-only"), strings.Contains(text, "permission denied"):
		return "let Ollama write where it keeps its models (OLLAMA_MODELS), then pull again"
	case e.Kind == providers.NotFound:
		return "see which models there are at https://ollama.com/library"
	case e.Kind == providers.Unreachable:
		return "see whether Ollama may reach ollama.com, or needs HTTPS_PROXY" + again
	case e.Status == http.StatusBadRequest:
		return "name it as https://ollama.com/library does, such as qwen3-vl:2b"
	case e.Kind == providers.Stopped:
		return "pull again when you like: it goes on where it was stopped"
	}
	return "pull again: it goes on where it ended"
}
