// Package openai asks services that speak OpenAI's protocols. Chat Completions
// is what OpenAI began and what nearly everybody else serves too, each with
// small differences; where they differ this package reads every dialect and
// writes the one that the endpoint's host is known to take.
//
//	exchange.go  one question: request ─► stream ─► events, for both
//	answer.go    what both fold into: events told, and what the Stop needs
//	chat.go      a Request in the words of Chat Completions
//	chunk.go     what a chunk of it may look like
//	fold.go      chunks folded into an answer: thoughts apart, tool calls whole
//	usage.go     every way of counting ─► disjoint buckets
//	faults.go    every shape of error ─► kind, status, hint
//	models.go    the list of models
package openai

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// A service is one endpoint, by whichever protocol it is asked.
type service struct {
	endpoint providers.Endpoint
	client   *wire.Client
	base     string // without a slash at its end
	dialect  dialect
	protocol protocol
}

// A protocol is what the ways of asking differ in.
type protocol interface {
	path() string // where questions go, after the base

	// body is the request as it will be encoded, and what had to stay out.
	body(s *service, req providers.Request) (body any, left []string, err error)

	// listener folds one exchange into a.
	listener(s *service, a *answer) listener
}

// A listener folds what arrives into an answer, one JSON object at a time.
type listener interface {
	// hear folds the data of one event. It returns errDone for the end marker.
	hear(name, data []byte, at time.Time) error

	// whole folds an answer that came in one piece.
	whole(data []byte, at time.Time) error
}

// New makes the provider of an endpoint that speaks Chat Completions. Its
// BaseURL is what OPENAI_BASE_URL means: the part before /chat/completions,
// which usually ends in /v1. Nothing is sent yet.
func New(e providers.Endpoint) (providers.Provider, error) { return newService(e, chat{}) }

func newService(e providers.Endpoint, p protocol) (providers.Provider, error) {
	u, err := url.Parse(e.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &providers.Error{
			Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unsupported,
			Err:  errors.New("base_url is not an http address"), // it is not repeated, as it may hold a password
			Hint: "set it to an absolute address, such as http://localhost:8000/v1",
		}
	}
	base := strings.TrimSuffix(strings.TrimRight(e.BaseURL, "/"), p.path())
	return &service{endpoint: e, client: wire.NewClient(e), base: base, dialect: dialectOf(u.Hostname(), e.Local), protocol: p}, nil
}

// Name implements [providers.Provider].
func (s *service) Name() string { return s.endpoint.Name }

// A dialect is how an endpoint departs from what OpenAI's own takes.
type dialect uint8

const (
	generic    dialect = iota
	own                // OpenAI's, also on Azure
	openRouter         // normalises everything itself; thinking is an object
	mistral            // seed has another name; usage comes unasked
	deepSeek           // thinking is switched by an object
	dashScope          // thinking is switched by a flag
	local              // llama.cpp, vLLM, SGLang: thinking is a flag of the chat template
)

func dialectOf(host string, isLocal bool) dialect {
	within := func(domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }
	host = strings.ToLower(host)
	switch {
	case within("openai.com"), within("openai.azure.com"):
		return own
	case within("openrouter.ai"):
		return openRouter
	case within("mistral.ai"):
		return mistral
	case within("deepseek.com"):
		return deepSeek
	case within("aliyuncs.com"):
		return dashScope
	case isLocal:
		return local
	}
	return generic
}
