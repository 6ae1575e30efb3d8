// Package openai asks services that speak OpenAI's protocols: the Responses API,
// and Chat Completions, which nearly everybody else serves too. Each service
// differs a little; this package reads every dialect, and writes the one that
// the endpoint's host is known to take.
//
//	dialect.go   hosts, and how what they take differs
//	menu.go      what a model takes there: the knobs of each dialect
//	levels.go    how much each family of models can be told to think
//	learn.go     what a model was seen to refuse ─► left out from then on
//	plan.go      a request's parameters ─► what goes out, with a notice for each change
//	exchange.go  one question: request ─► stream ─► events, for both
//	answer.go    what both fold into: events told, and what the Stop needs
//	attach.go    attachments ─► parts, where the service and the model take them
//	senses.go    what a model sees, hears and reads, by its name
//	chat.go      a Request in the words of Chat Completions
//	chunk.go     what a chunk of it may look like
//	fold.go      chunks folded into an answer: thoughts apart, tool calls whole
//	responses.go a Request in the words of the Responses API
//	hear.go      its events folded into an answer
//	usage.go     every way of counting ─► disjoint buckets
//	clock.go     what the hour makes of a price
//	faults.go    every shape of error ─► one; kinds.go sorts it, hint.go says what to do
//	models.go    the list of models
package openai

import (
	"errors"
	"net/url"
	"strings"
	"sync"
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
	claims   *sync.Map // a claim for each model that was listed with one
	listed   *sync.Map // what each model that was listed can do: providers.Abilities
	untaken  *sync.Map // what a model was asked for and its service refused: refusals
}

// A protocol is what the ways of asking differ in.
type protocol interface {
	path() string // where questions go, after the base

	// limit takes off the menu what the protocol has no word for.
	limit(*menu)

	// mute are parts of the names of OpenAI's models that it does not reach.
	mute() []string

	// body is the request as it will be encoded. An attachment is never left
	// out: it is in the body, or there is none.
	body(s *service, req providers.Request, p *plan, a *attacher) (any, error)

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

// NewResponses makes the provider of an endpoint that speaks the Responses API.
// Its BaseURL is the part before /responses. The service is asked to keep
// nothing. Nothing is sent yet.
func NewResponses(e providers.Endpoint) (providers.Provider, error) {
	return newService(e, responses{})
}

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
	return &service{endpoint: e, client: wire.NewClient(e), base: base, dialect: dialectOf(u.Hostname(), e.Local), protocol: p, claims: new(sync.Map), listed: new(sync.Map), untaken: new(sync.Map)}, nil
}

// Name implements [providers.Provider].
func (s *service) Name() string { return s.endpoint.Name }
