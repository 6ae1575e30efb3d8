// Package anthropic asks Claude, and whoever else speaks Anthropic's Messages
// API: gateways in front of it, and services that imitate it.
//
//	rules.go     which model takes what: one table for requests and for lists
//	request.go   Request ─► JSON: messages, tools, schema
//	attach.go    attachments ─► blocks, and what the service is known to refuse
//	params.go    the knobs, with a notice for each that had to change or stay out
//	messages.go  the exchange: JSON ─► stream ─► events
//	event.go     what the stream's events look like
//	answer.go    events folded: answer and thoughts apart, tool calls whole
//	usage.go     what was counted ─► disjoint buckets
//	faults.go    every shape of error ─► kind, status, hint
//	models.go    the list of models
package anthropic

import (
	"errors"
	"net/url"
	"strings"
	"sync"

	"juxta/providers"
	"juxta/providers/wire"
)

// publicURL is where Anthropic's own API is.
const publicURL = "https://api.anthropic.com"

// messages is one endpoint that speaks the Messages API.
type messages struct {
	endpoint providers.Endpoint
	client   *wire.Client
	base     *url.URL // the part before /v1
	own      bool     // the service is Anthropic's, whose limits are known, and which never says what it charged

	mu     sync.Mutex
	listed map[string]rules // by model, as the service's list last told
}

// New makes the provider of an endpoint that speaks the Messages API. Its
// BaseURL is what ANTHROPIC_BASE_URL means: the part before /v1/messages;
// Anthropic's own if empty. Nothing is sent yet.
func New(e providers.Endpoint) (providers.Provider, error) {
	if e.BaseURL == "" {
		e.BaseURL = publicURL
	}
	u, err := url.Parse(e.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &providers.Error{
			Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unsupported,
			Err:  errors.New("base_url is not an http address"), // it is not repeated, as it may hold a password
			Hint: "set it to an absolute address, such as " + publicURL,
		}
	}
	host := strings.ToLower(u.Hostname())
	return &messages{
		endpoint: e, client: wire.NewClient(e), base: withoutVersion(u),
		own: host == "anthropic.com" || strings.HasSuffix(host, ".anthropic.com"),
	}, nil
}

// withoutVersion is u without the end that people paste along with it.
func withoutVersion(u *url.URL) *url.URL {
	short := *u
	cut := func(path string) string {
		path = strings.TrimSuffix(strings.TrimRight(path, "/"), "/messages")
		return strings.TrimRight(strings.TrimSuffix(strings.TrimRight(path, "/"), "/v1"), "/")
	}
	short.Path, short.RawPath = cut(u.Path), cut(u.RawPath)
	return &short
}

// Name implements [providers.Provider].
func (m *messages) Name() string { return m.endpoint.Name }

// rulesOf is what a model takes: as the service last listed it, or else as its
// name tells.
func (m *messages) rulesOf(model string) rules {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.listed[model]; ok {
		return r
	}
	return rulesFor(model)
}
