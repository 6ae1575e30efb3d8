package anthropic

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"juxta/providers"
	"juxta/providers/wire"
)

const (
	listing = "listing models"

	maxList  = 64 << 20
	maxPages = 100 // of 1,000 models each: no list has more, but a page may point at itself
)

// listed is a model as the service describes it. What a gateway leaves out is
// nil or 0.
type listed struct {
	ID           string        `json:"id"`
	Lifecycle    string        `json:"lifecycle"`
	Window       wire.Tally    `json:"max_input_tokens"`
	Output       wire.Tally    `json:"max_tokens"`
	Capabilities *capabilities `json:"capabilities"`
}

type capabilities struct {
	Images   *ability `json:"image_input"`
	PDF      *ability `json:"pdf_input"`
	Schema   *ability `json:"structured_outputs"`
	Thinking *struct {
		ability
		Types struct {
			Adaptive *ability `json:"adaptive"`
			Enabled  *ability `json:"enabled"`
			Disabled *ability `json:"disabled"`
		} `json:"types"`
	} `json:"thinking"`
	Effort *struct {
		ability
		Low    *ability `json:"low"`
		Medium *ability `json:"medium"`
		High   *ability `json:"high"`
		XHigh  *ability `json:"xhigh"`
	} `json:"effort"`
}

type ability struct {
	Supported bool `json:"supported"`
}

// Models implements [providers.Provider].
func (m *messages) Models(ctx context.Context) ([]providers.Model, error) {
	models, err := m.models(ctx)
	if err != nil {
		return nil, m.fail(listing, "", err)
	}
	return models, nil
}

func (m *messages) models(ctx context.Context) ([]providers.Model, error) {
	query := url.Values{"limit": {"1000"}}
	var models []providers.Model
	all := map[string]rules{}
	for range maxPages {
		page, err := m.page(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, l := range page.Data {
			if _, twice := all[l.ID]; twice || l.ID == "" || l.Lifecycle == "retired" {
				continue
			}
			all[l.ID] = l.rules()
			models = append(models, l.model(m.endpoint, all[l.ID]))
		}
		if !page.More || page.Last == "" || page.Last == query.Get("after_id") {
			break
		}
		query.Set("after_id", page.Last)
	}
	m.mu.Lock()
	m.listed = all
	m.mu.Unlock()
	return models, nil
}

// page is one part of the list, of which an odd model costs no other.
type page struct {
	Data []listed `json:"data"`
	More bool     `json:"has_more"`
	Last string   `json:"last_id"`
}

// page reads one part of the list.
func (m *messages) page(ctx context.Context, query url.Values) (page, error) {
	r, err := m.request(ctx, http.MethodGet, query, nil, "v1", "models")
	if err != nil {
		return page{}, err
	}
	resp, err := m.client.Do(ctx, r, nil)
	if err != nil {
		return page{}, err
	}
	defer resp.Close()
	if resp.Status != http.StatusOK {
		return page{}, m.refused(resp)
	}
	if first, err := resp.First(); err == nil && first == '<' {
		return page{}, m.client.Page(resp)
	}
	data, _, err := resp.All(maxList)
	if err != nil {
		return page{}, err
	}
	return m.parsePage(data)
}

func (m *messages) parsePage(data []byte) (page, error) {
	var p page
	if wire.Lenient(data, &p) != nil || p.Data == nil {
		if f, ok := parseFault(data); ok {
			return page{}, m.judge(&providers.Error{Kind: providers.ServerFault}, f)
		}
		return page{}, wire.Malformed("not a list of models", data, m.endpoint.Key)
	}
	return p, nil
}

func (l *listed) model(e providers.Endpoint, r rules) providers.Model {
	model := providers.Model{
		Ref:     providers.Ref{Provider: e.Name, Model: l.ID},
		Context: int(l.Window),
		Output:  int(l.Output),
		Can:     providers.Abilities{Audio: providers.No}, // the API has no place for it
		Local:   e.Local,
		Accepts: r.knobs(),
	}
	if _, _, claude := lineage(l.ID); claude || l.Capabilities != nil && l.Capabilities.PDF != nil {
		model.Can.Documents = providers.Supported(!r.noPDF) // which is what the encoder goes by
	}
	if c := l.Capabilities; c != nil {
		if c.Images != nil {
			model.Can.Images = providers.Supported(c.Images.Supported)
		}
		if c.Thinking != nil {
			model.Can.Thoughts = providers.Supported(c.Thinking.Supported)
		}
	}
	return model
}

// rules are those of the model's name, corrected by what the list says.
func (l *listed) rules() rules {
	r := rulesFor(l.ID)
	if l.Output > 0 {
		r.output, r.known = int(l.Output), true
	}
	c := l.Capabilities
	if c == nil {
		return r
	}
	is := func(a *ability, otherwise bool) bool {
		if a == nil {
			return otherwise
		}
		return a.Supported
	}
	r.blind = !is(c.Images, !r.blind)
	r.noPDF = !is(c.PDF, !r.noPDF)
	r.schema = is(c.Schema, r.schema)
	if t := c.Thinking; t != nil {
		r.adaptive = t.Supported && is(t.Types.Adaptive, r.adaptive)
		r.budget = t.Supported && is(t.Types.Enabled, r.budget)
		if d := t.Types.Disabled; d != nil && r.unasked && r.off != betweenTools {
			r.off = map[bool]string{true: disabled, false: ""}[d.Supported]
		}
	}
	if e := c.Effort; e != nil {
		levels := map[string]*ability{"low": e.Low, "medium": e.Medium, "high": e.High, "xhigh": e.XHigh}
		r.efforts = slices.DeleteFunc(slices.Clone(toXHigh), func(name string) bool {
			return !e.Supported || !is(levels[name], slices.Contains(r.efforts, name))
		})
	}
	return r
}
