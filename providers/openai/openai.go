// Package openai asks services that speak OpenAI's protocols. Chat Completions
// is what OpenAI began and what nearly everybody else serves too, each with
// small differences; where they differ this package reads every dialect and
// writes the one that the endpoint's host is known to take.
//
//	request.go  Request ─► JSON, with a notice for what had to stay out
//	chat.go     the exchange: JSON ─► stream ─► events
//	answer.go   chunks folded into events: answer and thoughts apart, tool calls whole
//	chunk.go    what a chunk may look like
//	usage.go    every way of counting ─► disjoint buckets
//	faults.go   every shape of error ─► kind, status, hint
//	models.go   the list of models
package openai

import (
	"errors"
	"net/url"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// chat is one endpoint that speaks Chat Completions.
type chat struct {
	endpoint providers.Endpoint
	client   *wire.Client
	base     string // without a slash at its end
	dialect  dialect
}

// New makes the provider of an endpoint that speaks Chat Completions. Its
// BaseURL is what OPENAI_BASE_URL means: the part before /chat/completions,
// which usually ends in /v1. Nothing is sent yet.
func New(e providers.Endpoint) (providers.Provider, error) {
	u, err := url.Parse(e.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &providers.Error{
			Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unsupported,
			Err:  errors.New("base_url is not an http address"), // it is not repeated, as it may hold a password
			Hint: "set it to an absolute address, such as http://localhost:8000/v1",
		}
	}
	base := strings.TrimSuffix(strings.TrimRight(e.BaseURL, "/"), "/chat/completions")
	return &chat{endpoint: e, client: wire.NewClient(e), base: base, dialect: dialectOf(u.Hostname(), e.Local)}, nil
}

// Name implements [providers.Provider].
func (c *chat) Name() string { return c.endpoint.Name }

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
