package keys

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zalando/go-keyring"

	"juxta/providers"
)

// service is what the keyring files juxta's keys under.
const service = "juxta"

// A Vault is what really keeps the keys: [System], or a test's own.
type Vault interface {
	Get(service, account string) (string, error)
	Set(service, account, key string) error
	Delete(service, account string) error
}

// System is the keyring of the operating system: the Keychain, the Credential
// Manager, or a secret service on D-Bus.
type System struct{}

// Get implements [Vault].
func (System) Get(service, account string) (string, error) { return keyring.Get(service, account) }

// Set implements [Vault].
func (System) Set(service, account, key string) error { return keyring.Set(service, account, key) }

// Delete implements [Vault].
func (System) Delete(service, account string) error { return keyring.Delete(service, account) }

// A Ring is a vault, as far as it holds keys of providers, and its index.
// Reading it is safe for concurrent use; changing it is not.
type Ring struct {
	path  string
	vault Vault
	held  map[string]string // origins by provider
}

// Read reads the index at path. One that is not there is empty; the vault is
// not asked. A nil Ring holds nothing, and can't be changed.
func Read(path string, vault Vault) (*Ring, error) {
	held, err := readIndex(path)
	if err != nil {
		return nil, err
	}
	return &Ring{path, vault, held}, nil
}

// Origin is where the key of a provider may go, and whether the keyring holds
// one.
func (r *Ring) Origin(provider string) (origin string, ok bool) {
	if r == nil {
		return "", false
	}
	origin, ok = r.held[provider]
	return origin, ok
}

// Providers lists those whose keys the keyring holds, by name.
func (r *Ring) Providers() []string {
	if r == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(r.held))
}

// Opens reports whether the keyring holds a key of e's that may go to its
// address.
func (r *Ring) Opens(e providers.Endpoint) bool {
	origin, ok := r.Origin(e.Name)
	return ok && origin == Origin(e.BaseURL)
}

// Key fetches the key of an endpoint, which may ask a person to unlock the
// keyring. Its errors are of type [*providers.Error], and one of them is that
// the key is for another address.
func (r *Ring) Key(ctx context.Context, e providers.Endpoint) (providers.Secret, error) {
	if err := r.Elsewhere(e); err != nil {
		return providers.Secret{}, err
	}
	text, err := bounded(ctx, func() (string, error) { return r.vault.Get(service, account(e.Name, Origin(e.BaseURL))) })
	key := providers.NewSecret(text)
	switch {
	case errors.Is(err, keyring.ErrNotFound), err == nil && key.Empty():
		return providers.Secret{}, trouble(e.Name, errors.New("the keyring holds no key for it any more"), "set it again: juxta keys set "+e.Name)
	case err != nil:
		return providers.Secret{}, explain(e, err)
	case !key.Printable(): // no header takes it
		return providers.Secret{}, trouble(e.Name, errors.New("what the keyring holds for it is no key: there are spaces or odd characters in it"), "set it again: juxta keys set "+e.Name)
	}
	return key, nil
}

// Elsewhere is the error of a key that is held, and not for e's address; nil if
// there is none.
func (r *Ring) Elsewhere(e providers.Endpoint) error {
	origin, ok := r.Origin(e.Name)
	if !ok || r.Opens(e) {
		return nil
	}
	return trouble(
		e.Name, fmt.Errorf("the key in the keyring is for %s, and %s is now at %s: the key was not sent", origin, e.Name, Origin(e.BaseURL)),
		fmt.Sprintf("if it may go there: juxta keys set %s; else correct the address", e.Name),
	)
}

// Answers is the error of a keyring that will not keep a key of e's: nothing is
// read from it, and nobody need type a key in vain.
func (r *Ring) Answers(ctx context.Context, e providers.Endpoint) error {
	_, err := bounded(ctx, func() (string, error) { return r.vault.Get(service, "whether there is a keyring") })
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return explain(e, err)
	}
	return nil
}

// Set keeps the key of an endpoint, for its address and no other. A key that it
// had is forgotten.
func (r *Ring) Set(ctx context.Context, e providers.Endpoint, key providers.Secret) error {
	origin := Origin(e.BaseURL)
	if origin == "" {
		return trouble(e.Name, errors.New("it has no address that a key could be for"), "write its base_url into the configuration")
	}
	_, err := bounded(ctx, func() (struct{}, error) {
		return struct{}{}, r.vault.Set(service, account(e.Name, origin), key.Reveal())
	})
	if err != nil {
		e.Key = key // which a keyring's own words may quote
		return explain(e, err)
	}
	before, had := r.held[e.Name]
	err = r.write(func(held map[string]string) {
		before, had = held[e.Name] // which another juxta may have set meanwhile
		held[e.Name] = origin
	})
	switch another := had && before != origin; {
	case err != nil && (!had || another):
		_ = r.forget(ctx, e, origin) // what the index does not name nobody would find again
	case err == nil && another:
		return r.forget(ctx, e, before)
	}
	return err
}

// Remove forgets the key of a provider, and reports whether there was one.
func (r *Ring) Remove(ctx context.Context, e providers.Endpoint) (bool, error) {
	origin, ok := r.held[e.Name]
	if !ok {
		return false, nil
	}
	// The keyring first, whose key nobody would find again without the index.
	if err := r.forget(ctx, e, origin); err != nil {
		return true, err
	}
	return true, r.write(func(held map[string]string) { delete(held, e.Name) })
}

func (r *Ring) forget(ctx context.Context, e providers.Endpoint, origin string) error {
	_, err := bounded(ctx, func() (struct{}, error) {
		return struct{}{}, r.vault.Delete(service, account(e.Name, origin))
	})
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return explain(e, err)
	}
	return nil
}

// account is the name of a key in the keyring.
func account(provider, origin string) string { return provider + " at " + origin }

// bounded waits for a call of the keyring, which knows no context, no longer
// than ctx. What is abandoned ends when the keyring answers, or with the
// process.
func bounded[T any](ctx context.Context, call func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { done <- r }()
		defer providers.Catch(&r.err)
		r.value, r.err = call()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

func trouble(provider string, err error, hint string) error {
	return &providers.Error{Ref: providers.Ref{Provider: provider}, Kind: providers.Auth, Err: err, Hint: hint}
}

// explain says why the keyring did not do what it was asked, and how to go on
// without it. It hides e's key, as far as that is known.
func explain(e providers.Endpoint, err error) error {
	way := "set " + e.KeyName
	if e.KeyName == "" {
		way = "write key: ${VARIABLE} into its row of the configuration, and set that variable"
	}
	switch text := err.Error(); {
	case errors.Is(err, providers.ErrStopped), errors.Is(err, context.Canceled):
		return providers.AsError(err)
	case errors.Is(err, context.DeadlineExceeded):
		return trouble(e.Name, errors.New("the keyring did not answer in time; it may wait to be unlocked"), "unlock it and ask again, or "+way)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return trouble(e.Name, errors.New("the key is too long for this system's keyring"), way)
	case locked(text):
		return trouble(e.Name, errors.New("the keyring is locked"), "unlock it and ask again, or "+way)
	case sessionless(text):
		return trouble(e.Name, errors.New("there is no keyring that answers here: it comes with a desktop session, and none runs"), way)
	case strings.Contains(text, "org.freedesktop.secrets"):
		return trouble(e.Name, errors.New("there is no keyring that answers here: this desktop runs none"), way+", or start one, such as GNOME Keyring, KWallet or KeePassXC")
	default:
		return trouble(e.Name, fmt.Errorf("there is no keyring that answers here (%s)", e.Key.Hide(text)), way)
	}
}

// sessionless recognises what the D-Bus library says where there is no bus of a
// session, which it first tries to start: that tool's name says nothing to a person.
func sessionless(text string) bool {
	for _, s := range []string{"dbus-launch", "session bus", "dial unix"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// locked recognises what a keyring says when a person did not open it. On macOS
// that is the exit status of its tool: no interaction allowed, wrong password,
// cancelled.
func locked(text string) bool {
	for _, s := range []string{"unlock", "locked", "dismissed", "exit status 36", "exit status 51", "exit status 128"} {
		if strings.Contains(strings.ToLower(text), s) {
			return true
		}
	}
	return false
}
