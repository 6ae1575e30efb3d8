package tui

import (
	"net/url"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
)

// entries are the providers that may be asked.
func (m *Model) entries() []providers.Entry {
	if m.bench == nil {
		return nil
	}
	return slices.DeleteFunc(m.bench.Registry.Entries(), func(e providers.Entry) bool {
		return slices.Contains(m.opts.Staying.Refused, e.Name)
	})
}

// listing is what a provider said that it has, if it did.
func (m *Model) listing(name string) (providers.Listing, bool) {
	for _, l := range m.found {
		if l.Entry.Name == name {
			return l, true
		}
	}
	return providers.Listing{}, false
}

// address is a URL without its scheme and user, for people.
func address(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return plain.Line(base)
	}
	return plain.Line(u.Host + strings.TrimSuffix(u.Path, "/"))
}
