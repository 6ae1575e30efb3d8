// Package gemini asks Google's Gemini API, and Vertex AI, which speaks the same
// protocol at other addresses. The base URL decides between them:
//
//	https://generativelanguage.googleapis.com
//	    {base}/v1beta/models/{model}:streamGenerateContent
//	https://L-aiplatform.googleapis.com/v1/projects/P/locations/L/publishers/google
//	    {base}/models/{model}:streamGenerateContent
//
// An address with /publishers/ in its path is laid out like the second, any
// other like the first; /v1beta or /v1 at its end is dropped, as people paste
// it. At a host of aiplatform.googleapis.com the key is an access token and goes
// into Authorization, at any other it goes into x-goog-api-key. It never stands
// in a URL.
//
//	gemini.go   the service: its address, its signature
//	rules.go    what which model takes
//	think.go    how much to think, in each model's own terms
//	request.go  Request ─► JSON, with a notice for what was done differently
//	attach.go   what of attachments is taken, in which formats
//	stream.go   the exchange: JSON ─► stream ─► events
//	cutter.go   the stream's text ─► JSON objects, however they are wrapped
//	answer.go   chunks folded into events
//	usage.go    the service's counts ─► disjoint buckets
//	faults.go   errors ─► kind, status, hint
//	models.go   the list of models
package gemini

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// own is Google's own address, for an endpoint that names none.
const own = "https://generativelanguage.googleapis.com"

// service is one endpoint.
type service struct {
	endpoint providers.Endpoint
	client   *wire.Client
	base     string // of the models' addresses, which follow it as /models/NAME
	list     string // where the models are listed
	vertex   bool   // laid out like Vertex AI
	bearer   bool   // the key is an access token
}

// New makes the provider of an endpoint that speaks Gemini's protocol. Its
// BaseURL is what GEMINI_BASE_URL means, without /v1beta; "" is Google's own.
// Nothing is sent yet.
func New(e providers.Endpoint) (providers.Provider, error) {
	if e.BaseURL == "" {
		e.BaseURL = own
	}
	u, err := url.Parse(e.BaseURL)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return nil, misplaced(e, "base_url is not an http address", "set it to an absolute address, such as "+own)
	case u.RawQuery != "", u.Fragment != "":
		return nil, misplaced(e, "base_url holds more than an address", "set it to the part before the ?; a key goes into key")
	}
	s := &service{endpoint: e, client: wire.NewClient(e), bearer: takesTokens(u.Hostname())}
	s.base = strings.TrimSuffix(strings.TrimRight(e.BaseURL, "/"), "/models")
	if _, publisher, ok := strings.Cut(s.base, "/publishers/"); ok {
		s.vertex = true
		s.list = versionless(s.base) + "/v1beta1/publishers/" + publisher + "/models"
		return s, nil
	}
	for _, version := range []string{"/v1beta", "/v1"} {
		s.base = strings.TrimSuffix(s.base, version)
	}
	s.base += "/v1beta"
	s.list = s.base + "/models"
	return s, nil
}

// misplaced is the error for a base URL, which is not repeated, as it may hold a
// password or a key.
func misplaced(e providers.Endpoint, what, hint string) error {
	return &providers.Error{
		Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unsupported,
		Err: errors.New(what), Hint: hint,
	}
}

// takesTokens reports whether host is one of Vertex AI's, in any region:
// aiplatform.googleapis.com, europe-west4-aiplatform.googleapis.com,
// aiplatform.eu.rep.googleapis.com.
func takesTokens(host string) bool {
	name, domain, _ := strings.Cut(strings.ToLower(host), ".")
	return strings.HasSuffix(name, "aiplatform") && (domain == "googleapis.com" || strings.HasSuffix(domain, ".googleapis.com"))
}

var atEnd = wire.Pattern(`([^/])/v1\w*$`)

// versionless is what stands before the version in an address of Vertex AI,
// whose list of models is served by another version than its models.
func versionless(base string) string {
	before, _, ok := strings.Cut(base, "/projects/")
	if !ok {
		before, _, _ = strings.Cut(base, "/publishers/")
	}
	return atEnd().ReplaceAllString(before, "$1")
}

// Name implements [providers.Provider].
func (s *service) Name() string { return s.endpoint.Name }

// address is where a model is asked. A name is one segment of the path,
// whatever it holds.
func (s *service) address(model string) string {
	name := strings.ReplaceAll(url.PathEscape(bareName(model)), ":", "%3A")
	return s.base + "/models/" + name + ":streamGenerateContent?alt=sse"
}

// bareName is a model's name without the collection that lists put before it.
func bareName(model string) string {
	for _, collection := range []string{"publishers/google/models/", "models/"} {
		model = strings.TrimPrefix(model, collection)
	}
	return model
}

// request makes a signed request; body is nil for a GET.
func (s *service) request(ctx context.Context, address string, body *wire.Parcel) (*http.Request, error) {
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, misplaced(s.endpoint, "base_url is not an http address", "check the provider's base_url")
	}
	body.Into(r)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "text/event-stream, application/json")
	}
	header, before := "X-Goog-Api-Key", ""
	if s.bearer {
		header, before = "Authorization", "Bearer "
	}
	if err := s.client.Sign(r, header, before); err != nil {
		return nil, err
	}
	return r, nil
}

// fail completes an error with what was being done, and with whom.
func (s *service) fail(op, model string, err error) error {
	e := *providers.AsError(err)
	e.Op, e.Ref = op, providers.Ref{Provider: s.endpoint.Name, Model: model}
	return &e
}
