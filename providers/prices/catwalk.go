package prices

import (
	"encoding/json"
	"errors"
	"fmt"

	"juxta/providers"
)

// A catwalkService is what catwalk tells of one service, in dollars per million
// tokens.
type catwalkService struct {
	ID     string `json:"id"`
	Models []struct {
		ID        string      `json:"id"`
		In        json.Number `json:"cost_per_1m_in"`
		Out       json.Number `json:"cost_per_1m_out"`
		InCached  json.Number `json:"cost_per_1m_in_cached"`
		OutCached json.Number `json:"cost_per_1m_out_cached"`
		Context   int         `json:"context_window"`
		Thoughts  bool        `json:"can_reason"`
		Images    bool        `json:"supports_attachments"`
	} `json:"models"`
}

func catwalk(b []byte) (rows []row, odd []oddity, left []string, err error) {
	var all []catwalkService
	if err := decode(b, &all); err != nil {
		return nil, nil, nil, fmt.Errorf("this is not catwalk's list: %w", err)
	}
	for _, s := range all {
		service := map[string]string{"vertexai": "vertex"}[s.ID]
		if service == "" {
			service = s.ID
		}
		if !isValue(services(), service) {
			continue
		}
		for _, m := range s.Models {
			r := row{service: service, name: m.ID, context: max(0, m.Context)}
			if !plain(m.ID) || m.ID == "" || m.In == "" || m.Out == "" {
				continue
			}
			// No is what catwalk says of what nobody looked up, too.
			if m.Images {
				r.can.Images = providers.Yes
			}
			if m.Thoughts {
				r.can.Thoughts = providers.Yes
			}
			var n [4]providers.Money
			var err error
			for i, x := range []json.Number{m.In, m.Out, m.InCached, m.OutCached} {
				if x == "" {
					continue
				}
				if n[i], err = rate(x, perMillionScale); err != nil {
					break
				}
			}
			switch {
			case errors.Is(err, errFiner):
				left = append(left, service+"/"+m.ID)
			case err != nil:
				odd = append(odd, oddity{service, m.ID, err.Error()})
			default:
				r.normalise(n[0], n[1], n[2], n[3])
				rows = append(rows, r)
			}
		}
	}
	return rows, odd, left, nil
}

// normalise tells reads from writes. Of catwalk's two cached prices the first is
// what a write costs in some entries and what a read costs in others; the second
// is a read, nothing, the output, or the first again. A read is always cheaper
// than fresh input and a write never is.
func (r *row) normalise(in, out, first, second providers.Money) {
	r.price.Rates = untold()
	p := &r.price.Rates
	p.Input, p.Output = in, out
	for _, m := range []providers.Money{first, second} {
		if m > 0 && m < in && (p.CacheRead == providers.UnknownRate || m < p.CacheRead) {
			p.CacheRead = m
		}
	}
	if first >= in && first != out && first > 0 {
		p.CacheWrite = first
	}
}
