package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/ui/tui"
)

// A catalogue is the file of what providers listed, so that the next start has
// something to show before they answer. It is a cache: what can't be read is
// ignored and written anew, and what can't be written is done without. It holds
// names and figures as their provider gave them, no key, and no price that
// another list adds.
type catalogue struct {
	path    string // "" for nowhere
	network *network
}

// catalogue is in the user's cache folder; who has no home has none.
func (a *app) catalogue(n *network) catalogue {
	if cmp.Or(a.getenv("XDG_CACHE_HOME"), a.getenv("HOME"), a.getenv("LOCALAPPDATA")) == "" {
		return catalogue{"", n}
	}
	return catalogue{cached.in(a.getenv, "models.json"), n}
}

// forScreen is the catalogue as the workbench uses it; with --no-save it is
// only read.
func (c catalogue) forScreen(noSave bool) tui.Catalogue {
	if noSave {
		return tui.Catalogue{Recall: c.recall}
	}
	return tui.Catalogue{Recall: c.recall, Keep: c.keep}
}

// A catalogueFile is what the file holds. Another version is another program's.
type catalogueFile struct {
	Version int             `json:"version"`
	Lists   []cataloguePage `json:"lists"`
}

const catalogueVersion = 1

// A cataloguePage is one provider's list. The same name may have been given to
// other addresses.
type cataloguePage struct {
	Provider string            `json:"provider"`
	Address  string            `json:"address"` // without what may be a secret
	Models   []providers.Model `json:"models"`
}

// Bounds of the file, for a provider that lists without end.
const (
	catalogueBytes  = 64 << 20
	catalogueModels = 20_000 // of one provider
	catalogueDays   = 30     // a list that is older is forgotten
)

func (c catalogue) read() (f catalogueFile) {
	info, err := os.Stat(c.path)
	if err != nil || info.Size() > catalogueBytes {
		return f
	}
	data, err := readUpTo(c.path, catalogueBytes)
	if err != nil || json.Unmarshal(data, &f) != nil || f.Version != catalogueVersion {
		return catalogueFile{}
	}
	now := time.Now()
	for i := range f.Lists {
		p := &f.Lists[i]
		p.Models = slices.DeleteFunc(p.Models, func(m providers.Model) bool {
			return m.Ref.Provider != p.Provider || m.Ref.Model == "" || m.Seen.After(now) || now.Sub(m.Seen) > catalogueDays*24*time.Hour
		})
		for j := range p.Models {
			mend(&p.Models[j])
		}
	}
	f.Lists = slices.DeleteFunc(f.Lists, func(p cataloguePage) bool { return len(p.Models) == 0 })
	return f
}

// mend makes unknown what no provider lists and a file may hold.
func mend(m *providers.Model) {
	m.Context, m.Output, m.Size = max(m.Context, 0), max(m.Output, 0), max(m.Size, 0)
	for _, s := range []*providers.Support{&m.Can.Images, &m.Can.Thoughts, &m.Can.Tools, &m.Can.Audio, &m.Can.Documents} {
		if *s > providers.Yes {
			*s = providers.Unknown
		}
	}
	if m.Price != nil && !credible(*m.Price) {
		m.Price = nil
	}
}

// credible reports whether a list may tell such a price: it knows the input and
// the output of what it prices, and nothing in it is below nothing.
func credible(p providers.Price) bool {
	least := func(r providers.Rates) providers.Money {
		return min(r.Input, r.CacheRead, r.CacheWrite, r.CacheWriteHour, r.Output, r.Audio)
	}
	return min(p.Input, p.Output, p.PerImage, p.PerRequest) >= 0 && least(p.Rates) >= providers.UnknownRate &&
		!slices.ContainsFunc(p.Steps, func(s providers.Step) bool { return least(s.Rates) < providers.UnknownRate })
}

// recall is what the endpoints of the network listed before, each model with
// the time in Seen.
func (c catalogue) recall() []providers.Model {
	var all []providers.Model
	for _, p := range c.read().Lists {
		at := slices.IndexFunc(c.network.endpoints, func(e providers.Endpoint) bool {
			return e.Name == p.Provider && addressOf(e) == p.Address
		})
		if at < 0 {
			continue
		}
		if c.network.reason != "" { // told to stay here: the list was made without that
			here := resident{api: c.network.endpoints[at].API}
			p.Models = slices.DeleteFunc(p.Models, here.passesOn)
		}
		all = append(all, p.Models...)
	}
	return all
}

// keep writes down the listings that came, beside those of other providers.
// Whoever leaves models out of them, as --local-only does, keeps nothing.
func (c catalogue) keep(listings []providers.Listing) {
	if c.path == "" || c.network.reason != "" {
		return
	}
	f := c.read()
	f.Version = catalogueVersion
	for _, l := range listings {
		e := l.Entry.Endpoint
		if l.Err != nil || e.BaseURL == "" {
			continue
		}
		page := cataloguePage{e.Name, addressOf(e), l.Said[:min(len(l.Said), catalogueModels)]}
		f.Lists = append(slices.DeleteFunc(f.Lists, func(p cataloguePage) bool {
			return p.Provider == page.Provider && p.Address == page.Address
		}), page)
	}
	if data, err := json.Marshal(f); err == nil {
		_ = replace(c.path, data)
	}
}

// addressOf is where an endpoint is, without the parts that people write keys
// into.
func addressOf(e providers.Endpoint) string {
	u, err := url.Parse(e.BaseURL)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return strings.TrimRight(u.String(), "/")
}

// stock asks every provider of n, keeps what they list, and puts what they
// listed before in the place of what did not come. Such a listing has models
// and an error.
func (a *app) stock(ctx context.Context, conf config, n *network) []providers.Listing {
	reg, old := n.registry(a.build.APIs, conf.prices), a.catalogue(n)
	all := a.look(ctx, reg, n, patienceToList)
	old.keep(all)
	reg.Recall(old.recall())
	known := reg.Known()
	for i, l := range all {
		for _, m := range known {
			if l.Err != nil && m.Ref.Provider == l.Entry.Name {
				all[i].Models = append(all[i].Models, m)
			}
		}
	}
	return all
}
