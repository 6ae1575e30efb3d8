package gemini

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

const (
	listing = "listing models"

	maxList  = 16 << 20
	maxPages = 100
)

// page is a page of a list: of the Gemini API, or of Vertex AI, which tells
// nothing but names.
type page struct {
	Models    []listed        `json:"models"`
	Published []listed        `json:"publisherModels"`
	Next      string          `json:"nextPageToken"`
	Error     json.RawMessage `json:"error"`
}

type listed struct {
	Name     string     `json:"name"`
	Input    wire.Tally `json:"inputTokenLimit"`
	Output   wire.Tally `json:"outputTokenLimit"`
	Methods  []string   `json:"supportedGenerationMethods"`
	Thinking *bool      `json:"thinking"`
}

// Models implements [providers.Provider]. It lists what generates content.
func (s *service) Models(ctx context.Context) ([]providers.Model, error) {
	models, err := s.models(ctx)
	if err != nil {
		return nil, s.fail(listing, "", err)
	}
	return models, nil
}

func (s *service) models(ctx context.Context) ([]providers.Model, error) {
	var models []providers.Model
	seen := map[string]bool{"": true} // a page may come again
	add := func(l listed) {
		if name := bareName(l.Name); !seen[name] {
			seen[name] = true
			models = append(models, s.model(l))
		}
	}
	token := ""
	for range maxPages {
		p, err := s.page(ctx, token)
		if err != nil {
			return nil, err
		}
		for _, l := range p.Models {
			if slices.Contains(l.Methods, "generateContent") {
				add(l)
			}
		}
		for _, l := range p.Published {
			if name := bareName(l.Name); strings.HasPrefix(name, "gemini") && !strings.Contains(name, "embedding") {
				add(l)
			}
		}
		if p.Next == "" || p.Next == token {
			break
		}
		token = p.Next
	}
	return models, nil
}

func (s *service) page(ctx context.Context, token string) (*page, error) {
	query := url.Values{"pageSize": {"1000"}}
	if s.vertex {
		query.Set("pageSize", "100")
	}
	if token != "" {
		query.Set("pageToken", token)
	}
	r, err := s.request(ctx, s.list+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		return nil, s.refused(resp)
	}
	if first, err := resp.First(); err == nil && first == '<' {
		return nil, s.client.Page(resp)
	}
	data, _, err := resp.All(maxList)
	if err != nil {
		return nil, err
	}
	p := new(page)
	switch err := wire.Lenient(data, p); {
	case err == nil && wire.Given(p.Error):
		return nil, s.fault(data)
	case err != nil, p.Models == nil && p.Published == nil && strings.TrimSpace(string(data)) != "{}":
		return nil, s.malformed("not a list of models", data)
	}
	return p, nil
}

func (s *service) model(l listed) providers.Model {
	name := bareName(l.Name)
	r := rulesOf(name)
	return providers.Model{
		Ref:     providers.Ref{Provider: s.endpoint.Name, Model: name},
		Context: int(l.Input),
		Output:  int(l.Output),
		Can:     l.abilities(name, r),
		Local:   s.endpoint.Local,
		Accepts: r.knobs(),
	}
}

// abilities are what the list tells, and what is known of a family by its name:
// the list tells of thinking alone, and of that only where it is.
func (l *listed) abilities(name string, r rules) providers.Abilities {
	var can providers.Abilities
	switch {
	case l.Thinking != nil:
		can.Thoughts = providers.Supported(*l.Thinking)
	case r.thinks():
	case strings.HasPrefix(name, "gem"):
		can.Thoughts = providers.No
	}
	speaks := !slices.ContainsFunc(speechless, func(part string) bool { return strings.Contains(name, part) })
	switch {
	case strings.HasPrefix(name, "gemini-") && speaks:
		can.Images, can.Audio, can.Documents, can.Tools = providers.Yes, providers.Yes, providers.Yes, providers.Yes
	case strings.HasPrefix(name, "gemma-4"):
		can.Images, can.Tools = providers.Yes, providers.Yes
	case strings.HasPrefix(name, "gemma-3-"):
		can.Images, can.Audio, can.Documents, can.Tools = providers.Supported(!r.blind), providers.No, providers.No, providers.No
	}
	return can
}
