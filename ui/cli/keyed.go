package cli

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/url"
	"slices"
	"sync"
	"time"

	"juxta/providers"
	"juxta/providers/keys"
)

// keyPatience is how long a command for a key, or the keyring, may take:
// somebody may have to unlock it.
const keyPatience = time.Minute

// A lateKey is a key that is fetched when it is first needed, because that may
// take a while or ask a person something.
type lateKey struct {
	from  string // what it comes from, for hints; "" for the endpoint's own words
	fetch func(context.Context) (providers.Secret, error)
}

// credit finds out where e's key comes from: the environment, then the keyring,
// then its row. own is what the row says, nil for nothing; b is the built-in
// endpoint of the same name, if there is one.
//
// A key belongs to a service. The variables of a built-in one are looked at
// only if e is at its address: a row that leads elsewhere under the same name
// is somebody else, and so is whatever listens on a local server's usual port.
func (n *network) credit(e *providers.Endpoint, own template, b builtin, getenv func(string) string, ring *keys.Ring) {
	address, named := b.address(getenv)
	if b.api == "ollama" {
		address = ollamaURL(address)
	}
	at := keys.Origin(e.BaseURL)
	its := own == nil && len(b.keys) > 0 && at == keys.Origin(address)
	if its {
		e.KeyName = b.keys[0]
	}
	vault := *e // as the keyring knows it
	if b.name != "" {
		vault.Name = b.account()
	}
	variable, unset := own.variables(getenv)
	if own != nil {
		e.KeyName, vault.KeyName = variable, variable
	}
	_, held := ring.Origin(vault.Name)
	switch {
	case its && (named || !b.always) && n.fromEnvironment(e, b, getenv):
	case ring.Opens(vault):
		n.sources[e.Name] = keys.Keyring
		n.late[e.Name] = lateKey{"the keyring", func(ctx context.Context) (providers.Secret, error) { return ring.Key(ctx, vault) }}
	case own.runs():
		n.sources[e.Name] = keys.Configuration
		n.late[e.Name] = lateKey{"", func(ctx context.Context) (providers.Secret, error) { return commanded(ctx, e.Name, own, getenv) }}
	case own != nil && len(unset) == 0: // half a key is none
		key, _ := own.expand(context.Background(), getenv) // no command, no error
		e.Key, n.sources[e.Name] = providers.NewSecret(key), keys.Configuration
	case held: // for another address, which has to be said
		n.sources[e.Name] = keys.Missing
		if n.faults[e.Name] == nil {
			n.faults[e.Name] = ring.Elsewhere(vault)
		}
	case len(unset) > 0:
		e.KeyName, n.sources[e.Name] = unset[0], keys.Missing
	case its && !b.always:
		n.sources[e.Name] = keys.Missing
	default:
		n.sources[e.Name] = keys.Unneeded
		if set := slices.IndexFunc(b.keys, func(name string) bool { return getenv(name) != "" }); set >= 0 && own == nil && !its {
			n.withheld[e.Name] = b.keys[set]
		}
	}
}

// fromEnvironment takes the key from the first variable of b that is set.
func (n *network) fromEnvironment(e *providers.Endpoint, b builtin, getenv func(string) string) bool {
	for _, name := range b.keys {
		if key := providers.NewSecret(getenv(name)); !key.Empty() {
			e.Key, e.KeyName, n.sources[e.Name] = key, name, keys.Environment
			return true
		}
	}
	return false
}

// commanded runs the command for a key.
func commanded(ctx context.Context, provider string, t template, getenv func(string) string) (providers.Secret, error) {
	text, err := t.expand(ctx, getenv)
	key := providers.NewSecret(text)
	if err == nil && key.Empty() {
		err = errors.New("the command for its key printed nothing")
	}
	if err != nil {
		return providers.Secret{}, &providers.Error{
			Ref: providers.Ref{Provider: provider}, Kind: providers.Auth, Err: err,
			Hint: "run the command by hand to see why; it stands in the configuration file",
		}
	}
	return key, nil
}

// keyed is a provider whose key is fetched when it is first asked for
// something, and again if that failed.
type keyed struct {
	endpoint providers.Endpoint
	build    providers.Builder
	late     lateKey

	mu   sync.Mutex
	made providers.Provider
	wait chan struct{} // closed when the fetching under way has ended; nil without one
	err  error         // of the last one
}

// Name implements [providers.Provider].
func (k *keyed) Name() string { return k.endpoint.Name }

// Models implements [providers.Provider].
func (k *keyed) Models(ctx context.Context) ([]providers.Model, error) {
	p, err := k.provider(ctx)
	if err != nil {
		return nil, err
	}
	return p.Models(ctx)
}

// Stream implements [providers.Provider].
func (k *keyed) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		p, err := k.provider(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for ev, err := range p.Stream(ctx, req) {
			if !yield(ev, err) {
				return
			}
		}
	}
}

// provider waits for the key, whose fetching outlasts a caller that loses
// patience: two callers must not make a password store ask twice.
func (k *keyed) provider(ctx context.Context) (providers.Provider, error) {
	k.mu.Lock()
	if k.made != nil {
		defer k.mu.Unlock()
		return k.made, nil
	}
	if k.wait == nil {
		k.wait = make(chan struct{})
		go k.make()
	}
	wait := k.wait
	k.mu.Unlock()
	select {
	case <-wait:
	case <-ctx.Done():
		return nil, providers.AsError(context.Cause(ctx))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.made, k.err
}

func (k *keyed) make() {
	ctx, cancel := context.WithTimeout(context.Background(), keyPatience)
	defer cancel()
	made, err := attempt(func() (providers.Provider, error) {
		key, err := k.late.fetch(ctx)
		if err != nil {
			return nil, err
		}
		e := k.endpoint
		e.Key = key
		if k.late.from != "" {
			e.KeyName = k.late.from
		}
		return k.build(e)
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	k.made, k.err = made, err
	close(k.wait)
	k.wait = nil
}

// discreetly builds providers in whose errors, notices and figures no part of
// their key is left, nor of a password in their address, should the service have
// echoed it. What a model says is kept as it was received.
func discreetly(build providers.Builder) providers.Builder {
	return func(e providers.Endpoint) (providers.Provider, error) {
		p, err := build(e)
		for _, secret := range []providers.Secret{e.Key, passwordOf(e.BaseURL)} {
			if err != nil || secret.Empty() {
				continue
			}
			d := discreet{p, secret}
			if from, ok := p.(providers.Puller); ok {
				p = discreetPuller{d, from}
			} else {
				p = d
			}
		}
		return p, err
	}
}

// passwordOf is the password in an address, which is sent with every request.
func passwordOf(address string) providers.Secret {
	u, err := url.Parse(address)
	if err != nil {
		return providers.Secret{}
	}
	password, _ := u.User.Password()
	return providers.NewSecret(password)
}

type discreet struct {
	providers.Provider
	key providers.Secret
}

// Models implements [providers.Provider]. A model in whose name is some of
// the key is left out: it could not be asked by another name.
func (d discreet) Models(ctx context.Context) ([]providers.Model, error) {
	models, err := d.Provider.Models(ctx)
	kept := make([]providers.Model, 0, len(models))
	for _, m := range models {
		if d.key.Hide(m.Ref.Model) == m.Ref.Model {
			m.Licence, m.Digest = d.key.Hide(m.Licence), d.key.Hide(m.Digest)
			kept = append(kept, m)
		}
	}
	return kept, d.hide(err)
}

// Stream implements [providers.Provider].
func (d discreet) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for ev, err := range d.Provider.Stream(ctx, req) {
			switch e := ev.(type) {
			case providers.Notice:
				e.Text = d.key.Hide(e.Text)
				ev = e
			case providers.Counted:
				e.Usage.Tier = d.key.Hide(e.Usage.Tier)
				ev = e
			case providers.Stop:
				ev = d.stop(e)
			}
			if !yield(ev, d.hide(err)) {
				return
			}
		}
	}
}

func (d discreet) stop(s providers.Stop) providers.Stop {
	s.Model, s.RequestID = d.key.Hide(s.Model), d.key.Hide(s.RequestID)
	if raw := d.key.Hide(string(s.Raw)); raw != string(s.Raw) {
		s.Raw = nil
		if json.Valid([]byte(raw)) {
			s.Raw = json.RawMessage(raw)
		}
	}
	if s.Usage != nil && s.Usage.Tier != d.key.Hide(s.Usage.Tier) {
		u := *s.Usage
		u.Tier = d.key.Hide(u.Tier)
		s.Usage = &u
	}
	return s
}

// hide is the error without the key; the same error if the key is not in it.
func (d discreet) hide(err error) error {
	if err == nil {
		return nil
	}
	e := *providers.AsError(err)
	if e.Err != nil {
		if text := e.Err.Error(); text != d.key.Hide(text) {
			e.Err = errors.New(d.key.Hide(text))
		}
	}
	e.Hint = d.key.Hide(e.Hint)
	return &e
}
