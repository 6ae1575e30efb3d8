package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// How long local servers may take to say what they have, when that is asked for
// by the way.
const (
	patienceToChoose = time.Second
	patienceToHint   = 500 * time.Millisecond
)

// refs reads the names of -m and checks that their providers are there.
func (a *app) refs(ctx context.Context, n *network, names []string) ([]providers.Ref, error) {
	var refs []providers.Ref
	for _, name := range names {
		ref, err := providers.ParseRef(name)
		if err != nil {
			return nil, usage(a.fullName(ctx, n, name), "model %q: a model is named provider/model", name)
		}
		if err := a.reachable(n, ref); err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// reachable reports a model of a provider that is not there, or not to be used.
func (a *app) reachable(n *network, ref providers.Ref) error {
	for _, e := range n.endpoints {
		if e.Name != ref.Provider {
			continue
		}
		if n.reason != "" && inCloud("ollama", ref.Model) && e.API != "demo" {
			return usage(n.stayHint(), "model %q %s", ref.String(), n.elsewhere())
		}
		return nil
	}
	for _, e := range n.refused {
		if e.Name == ref.Provider {
			return usage(n.stayHint(), "model %q %s", ref.String(), n.elsewhere())
		}
	}
	var names []string
	for _, e := range n.endpoints {
		names = append(names, e.Name)
	}
	hint := "providers here: " + strings.Join(names, ", ")
	if near := nearest(ref.Provider, names); near != "" {
		hint = fmt.Sprintf("did you mean %s/%s? %s", near, ref.Model, hint)
	}
	for _, b := range builtins() {
		if b.name == ref.Provider {
			return usage("set "+strings.Join(b.keys, " or ")+", or juxta keys set "+b.name+"; "+hint, "model %q: there is no key of %s", ref.String(), b.name)
		}
	}
	return usage(hint+"; others need a row in the configuration", "model %q: there is no provider %q", ref.String(), ref.Provider)
}

// fullName is a hint at the model that somebody named without its provider.
func (a *app) fullName(ctx context.Context, n *network, name string) string {
	for _, e := range n.endpoints {
		if e.Name == strings.TrimSuffix(name, "/") {
			return fmt.Sprintf("write %s/MODEL; `juxta models list` shows which there are", e.Name)
		}
	}
	name = strings.Trim(name, "/")
	var found []string
	for _, m := range a.list(ctx, n, here, patienceToHint) {
		if base, _, _ := strings.Cut(m.Ref.Model, ":"); m.Ref.Model == name || base == name || strings.HasSuffix(m.Ref.Model, "/"+name) {
			found = append(found, m.Ref.String())
		}
	}
	if len(found) == 0 {
		return "write PROVIDER/MODEL; `juxta models list` shows which there are"
	}
	return "did you mean " + strings.Join(found[:min(3, len(found))], " or ") + "?"
}

// list lists the models of some endpoints, provider by provider, and leaves out
// what Ollama would pass on to its cloud. No command for a key is run, and no
// keyring asked.
func (a *app) list(ctx context.Context, n *network, of func(providers.Endpoint) bool, patience time.Duration) []providers.Model {
	near := *n
	near.endpoints = slices.Clone(n.endpoints)
	near.keep(func(e providers.Endpoint) bool { return of(e) && n.late[e.Name].fetch == nil })
	byName := map[string][]providers.Model{}
	for l := range near.registry(a.build.APIs, nil).List(ctx, patience) {
		for _, m := range l.Models {
			if !inCloud(l.Entry.API, m.Ref.Model) {
				byName[l.Entry.Name] = append(byName[l.Entry.Name], m)
			}
		}
	}
	var all []providers.Model
	for _, e := range near.endpoints {
		all = append(all, byName[e.Name]...)
	}
	return all
}

// choose picks the columns when nobody named any: the last session's, else two
// local models, else one and a simulated one, else two simulated ones. So a
// model that costs money is there only if somebody chose it before. With files
// to look at, local models that see come before those that don't. A nil store
// has no last session.
func (a *app) choose(ctx context.Context, n *network, store *sessions.Store, files bool) ([]providers.Ref, error) {
	if store != nil {
		last, err := store.Sessions(1)
		if err != nil {
			return nil, err
		}
		if len(last) > 0 {
			if refs := a.usable(n, last[0]); len(refs) > 0 {
				return refs, nil
			}
		}
	}
	var refs []providers.Ref
	local := a.list(ctx, n, func(e providers.Endpoint) bool { return e.Local }, patienceToChoose)
	local = slices.DeleteFunc(local, func(m providers.Model) bool { return !m.Local || !converses(m.Ref.Model) })
	// The smallest first, as nobody knows how much this machine can hold. A
	// server that names no size has its model loaded already.
	slices.SortStableFunc(local, func(x, y providers.Model) int {
		if seen := x.Can.Images == providers.Yes; files && seen != (y.Can.Images == providers.Yes) {
			if seen {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.Size, y.Size)
	})
	digest := ""
	for _, m := range local {
		if len(refs) == 2 {
			break
		}
		if m.Digest != "" && m.Digest == digest {
			continue // the same model by another name
		}
		digest = m.Digest
		refs = append(refs, m.Ref)
	}
	for _, model := range []string{"swift", "sage"} {
		if len(refs) < 2 {
			refs = append(refs, providers.Ref{Provider: "demo", Model: model})
		}
	}
	return refs, nil
}

// usable is what the session shows, if all of it can still be asked.
func (a *app) usable(n *network, s sessions.Session) []providers.Ref {
	var refs []providers.Ref
	for _, c := range s.Shown() {
		if a.reachable(n, c.Model) != nil {
			return nil
		}
		refs = append(refs, c.Model)
	}
	return refs
}

// converses reports whether a model's name is not one of those that embed,
// rank, transcribe or speak.
func converses(name string) bool {
	name = strings.ToLower(name)
	return !slices.ContainsFunc([]string{"embed", "rerank", "minilm", "bge-", "gte-", "e5-", "whisper", "tts", "clip"}, func(s string) bool {
		return strings.Contains(name, s)
	})
}
