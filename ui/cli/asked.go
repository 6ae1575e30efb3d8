package cli

import (
	"context"
	"slices"
	"time"

	"juxta/providers"
)

// registry holds the providers that are asked. Their lists are read while they
// answer, because some of them hold prices; before it, if there are files,
// because they also say who can see, or if costs are reckoned with and somebody's
// price is in none but its list.
func (a *app) registry(ctx context.Context, conf config, n *network, refs []providers.Ref, files, costs bool) *providers.Registry {
	wanted := *n
	wanted.endpoints = slices.Clone(n.endpoints)
	wanted.keep(func(e providers.Endpoint) bool {
		return slices.ContainsFunc(refs, func(r providers.Ref) bool { return r.Provider == e.Name })
	})
	builders := map[string]providers.Builder{}
	for api, build := range a.build.APIs {
		builders[api] = func(e providers.Endpoint) (providers.Provider, error) {
			p, err := build(e)
			hosted := slices.ContainsFunc(refs, func(r providers.Ref) bool { return inCloud(api, r.Model) })
			if err == nil && e.Local && !hosted && !files {
				p = reticent{p}
			}
			return p, err
		}
	}
	reg := wanted.registry(builders, conf.prices)
	simulated, listed := false, make(chan string, len(wanted.endpoints)) // apis
	for _, e := range wanted.endpoints {
		simulated = simulated || e.API == "demo"
	}
	go func() {
		defer close(listed)
		_, _ = attempt(func() (any, error) {
			for l := range reg.List(ctx, patienceToPrice) {
				listed <- l.Entry.API
			}
			return nil, nil
		})
	}()
	patience := time.After(patienceToLook)
	for simulated || files || costs && unpriced(reg, refs) {
		select {
		case api, more := <-listed:
			if !more {
				return reg
			}
			simulated = simulated && api != "demo" // which come at once
		case <-patience: // the others may come any time before their answer ends
			return reg
		}
	}
	return reg
}

// reticent is a provider that lists no models: a local server is busy with its
// answer, has no prices, and asking it would be part of what is measured.
type reticent struct{ providers.Provider }

// Models implements [providers.Provider].
func (reticent) Models(context.Context) ([]providers.Model, error) { return nil, nil }
