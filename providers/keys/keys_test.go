package keys

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"juxta/providers"
)

const hush = "sk-hush-0123456789"

func openai(address string) providers.Endpoint {
	return providers.Endpoint{Name: "openai", API: "openai-chat", BaseURL: address, KeyName: "OPENAI_API_KEY"}
}

func read(t *testing.T, path string) *Ring {
	t.Helper()
	r, err := Read(path, System{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ring holds openai's key for api.openai.com.
func ring(t *testing.T) *Ring {
	t.Helper()
	keyring.MockInit()
	r := read(t, filepath.Join(t.TempDir(), "new", "keys.json"))
	if err := r.Set(t.Context(), openai("https://api.openai.com/v1"), providers.NewSecret(hush)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAKeyIsFoundAgainByAnotherProcess(t *testing.T) {
	r := read(t, ring(t).path)
	for _, address := range []string{"https://api.openai.com/v1", "https://API.openai.com:443", "https://api.openai.com/v2/"} {
		if key, err := r.Key(t.Context(), openai(address)); err != nil || key.Reveal() != hush {
			t.Errorf("%s: %v", address, err)
		}
	}
	if origin, ok := r.Origin("openai"); !ok || origin != "https://api.openai.com" {
		t.Errorf("it is for %q, %v", origin, ok)
	}
}

func TestAKeyGoesToTheOriginItWasSetForOnly(t *testing.T) {
	r := ring(t)
	for _, address := range []string{
		"http://api.openai.com/v1", "https://api.openai.com:8443/v1", "https://api.openai.com.evil.example/v1",
		"https://api.openai.com@evil.example/v1", "https://openai.com/v1", "http://127.0.0.1:8000/v1", "nonsense", "",
	} {
		key, err := r.Key(t.Context(), openai(address))
		var e *providers.Error
		if !errors.As(err, &e) || !key.Empty() {
			t.Fatalf("%s got the key", address)
		}
		if e.Kind != providers.Auth || !strings.Contains(e.Error(), "https://api.openai.com") || !strings.Contains(e.Advice(), "juxta keys set openai") {
			t.Errorf("%s: %v → %s", address, e, e.Advice())
		}
		if r.Opens(openai(address)) {
			t.Errorf("%s is opened", address)
		}
	}
}

func TestAForgedIndexSendsNoKeyElsewhere(t *testing.T) {
	r := ring(t)
	if err := os.WriteFile(r.path, []byte(`{"keys":{"openai":"https://evil.example","groq":"https://api.openai.com"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r = read(t, r.path)
	for _, e := range []providers.Endpoint{openai("https://evil.example"), {Name: "groq", BaseURL: "https://api.openai.com/v1"}} {
		if key, err := r.Key(t.Context(), e); err == nil || !key.Empty() {
			t.Errorf("%s at %s got the key", e.Name, e.BaseURL)
		}
	}
}

func TestTheIndexHoldsNoSecretAndIsItsOwnersAlone(t *testing.T) {
	r := ring(t)
	b, err := os.ReadFile(r.path)
	if err != nil || !strings.Contains(string(b), "https://api.openai.com") || strings.Contains(string(b), "hush") {
		t.Errorf("%v: %s", err, b)
	}
	if info, err := os.Stat(r.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(filepath.Dir(r.path))
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestAKeyThatIsSetAnewForAnotherOriginIsGoneFromTheFirst(t *testing.T) {
	r := ring(t)
	if err := r.Set(t.Context(), openai("http://localhost:9/v1"), providers.NewSecret("other-hush-99")); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get(service, account("openai", "https://api.openai.com")); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the old key is still there: %v", err)
	}
	if key, err := r.Key(t.Context(), openai("http://127.0.0.1:9/v1")); err != nil || key.Reveal() != "other-hush-99" {
		t.Errorf("every name of this machine is one: %v", err)
	}
}

func TestRemovingForgetsTheKeyAndItsPlace(t *testing.T) {
	r := ring(t)
	if there, err := r.Remove(t.Context(), openai("https://elsewhere.example")); err != nil || !there {
		t.Fatalf("%v, %v", there, err)
	}
	if _, err := keyring.Get(service, account("openai", "https://api.openai.com")); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the key is still there: %v", err)
	}
	if _, ok := read(t, r.path).Origin("openai"); ok {
		t.Error("the index still names it")
	}
	if there, err := r.Remove(t.Context(), openai("")); err != nil || there {
		t.Errorf("again: %v, %v", there, err)
	}
}

func TestTwoWritersKeepEachOthersKeys(t *testing.T) {
	r := ring(t)
	other := read(t, r.path)
	if err := r.Set(t.Context(), providers.Endpoint{Name: "groq", BaseURL: "https://api.groq.com/openai/v1"}, providers.NewSecret(hush)); err != nil {
		t.Fatal(err)
	}
	if err := other.Set(t.Context(), providers.Endpoint{Name: "xai", BaseURL: "https://api.x.ai/v1"}, providers.NewSecret(hush)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"openai", "groq", "xai"} {
		if _, ok := read(t, r.path).Origin(name); !ok {
			t.Errorf("%s is lost", name)
		}
	}
}

func TestAKeyringThatDoesNotAnswerSaysHowToGoOn(t *testing.T) {
	for text, want := range map[string]string{
		`exec: "dbus-launch": executable file not found in $PATH`:                        "no keyring that answers here: it comes with a desktop session, and none runs",
		"dial unix /run/user/1000/bus: connect: no such file or directory":               "no keyring that answers here: it comes with a desktop session, and none runs",
		"The name org.freedesktop.secrets was not provided by any .service files":        "no keyring that answers here: this desktop runs none",
		"failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'": "the keyring is locked",
		"exit status 36":                       "the keyring is locked",
		keyring.ErrUnsupportedPlatform.Error(): "no keyring that answers here",
		keyring.ErrNotFound.Error():            "",
	} {
		r := ring(t)
		keyring.MockInitWithError(errors.New(text))
		if want == "" {
			keyring.MockInit() // the key is gone
			want = "holds no key for it any more"
		}
		_, err := r.Key(t.Context(), openai("https://api.openai.com/v1"))
		var e *providers.Error
		if !errors.As(err, &e) || e.Kind != providers.Auth || !strings.Contains(e.Message(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if said := e.Message() + e.Advice(); strings.Contains(said, "dbus") || strings.Contains(said, "unix") || strings.Contains(said, "freedesktop") {
			t.Errorf("%s: jargon: %s", text, said)
		}
		if advice := e.Advice(); !strings.Contains(advice, "set OPENAI_API_KEY") && !strings.Contains(advice, "juxta keys set openai") {
			t.Errorf("%s: → %s", text, advice)
		}
	}
	r := ring(t)
	keyring.MockInitWithError(errors.New("no bus"))
	err := r.Set(t.Context(), openai("https://other.example"), providers.NewSecret(hush))
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("setting: %v", err)
	}
	if _, err := r.Remove(t.Context(), openai("")); err == nil {
		t.Error("removing said nothing")
	}
	if origin, _ := read(t, r.path).Origin("openai"); origin != "https://api.openai.com" {
		t.Errorf("what failed changed the index: %q", origin)
	}
}

// asleep is a keyring that waits for somebody to unlock it.
type asleep struct{ System }

func (asleep) Get(string, string) (string, error) { time.Sleep(time.Hour); return hush, nil }

func TestAKeyringThatHangsIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := &Ring{vault: asleep{}, held: map[string]string{"openai": "https://api.openai.com"}}
		_, e := r.Key(ctx, openai("https://api.openai.com"))
		if !strings.Contains(e.Error(), "did not answer in time") || !strings.Contains(providers.AsError(e).Advice(), "OPENAI_API_KEY") {
			t.Errorf("%v → %s", e, providers.AsError(e).Advice())
		}
		time.Sleep(2 * time.Hour) // until the keyring has answered nobody
	})
}

func TestADamagedIndexIsAnErrorWithANextStep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	var e *IndexError
	if _, err := Read(path, System{}); !errors.As(err, &e) || !strings.Contains(e.Advice(), "juxta keys set") {
		t.Errorf("%v", err)
	}
	if _, err := Read(filepath.Dir(path), System{}); !errors.As(err, &e) {
		t.Errorf("a folder: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "not ours" {
		t.Error("the file was changed")
	}
}

func TestNoRingHoldsNothing(t *testing.T) {
	var r *Ring
	if _, ok := r.Origin("openai"); ok || r.Opens(openai("https://api.openai.com")) || r.Elsewhere(openai("https://api.openai.com")) != nil {
		t.Error("it holds something")
	}
}

func TestAKeyringSaysWhetherItAnswersBeforeAKeyIsTyped(t *testing.T) {
	r := ring(t)
	if err := r.Answers(t.Context(), openai("https://api.openai.com/v1")); err != nil {
		t.Errorf("an empty keyring: %v", err)
	}
	keyring.MockInitWithError(errors.New("no bus"))
	defer keyring.MockInit()
	if err := r.Answers(t.Context(), openai("https://api.openai.com/v1")); err == nil || !strings.Contains(err.Error(), "no bus") {
		t.Errorf("no keyring: %v", err)
	}
}

// echo is a keyring that quotes what it was given, or holds.
type echo struct{ System }

func (echo) Get(string, string) (string, error) { return "", errors.New("can't decode " + hush) }
func (echo) Set(_, _, key string) error         { return errors.New("usage: -w " + key) }

func TestAKeyringThatQuotesTheKeyIsNotQuoted(t *testing.T) {
	e := openai("https://api.openai.com/v1")
	r := &Ring{path: filepath.Join(t.TempDir(), "keys.json"), vault: echo{}, held: map[string]string{"openai": "https://api.openai.com"}}
	if err := r.Set(t.Context(), e, providers.NewSecret(hush)); err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "usage: -w") {
		t.Errorf("setting: %v", err)
	}
}

// What is given back is sent in a header, of which the network's own errors are of
// no help.
func TestWhatAKeyringGivesBackIsLookedAt(t *testing.T) {
	r := ring(t)
	for _, odd := range []string{"two\nlines", "\x00\x01\xff", "key with spaces", "schlüssel"} {
		if err := keyring.Set(service, account("openai", "https://api.openai.com"), odd); err != nil {
			t.Fatal(err)
		}
		key, err := r.Key(t.Context(), openai("https://api.openai.com/v1"))
		e := providers.AsError(err)
		if err == nil || !key.Empty() || e.Kind != providers.Auth || !strings.Contains(e.Advice(), "juxta keys set openai") || strings.Contains(e.Error()+e.Advice(), odd) {
			t.Errorf("%q: %v", odd, err)
		}
	}
}

func TestAKeyThatTheIndexCannotNameIsNotLeftBehind(t *testing.T) {
	keyring.MockInit()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &Ring{path: filepath.Join(file, "keys.json"), vault: System{}, held: map[string]string{}}
	var e *IndexError
	if err := r.Set(t.Context(), openai("https://api.openai.com/v1"), providers.NewSecret(hush)); !errors.As(err, &e) {
		t.Fatalf("setting: %v", err)
	}
	if _, err := keyring.Get(service, account("openai", "https://api.openai.com")); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("nobody would find it again: %v", err)
	}
}

func TestAKeyThatAnotherProcessSetForAnotherOriginIsForgottenToo(t *testing.T) {
	r := ring(t)
	other := read(t, r.path)
	if err := r.Set(t.Context(), openai("https://one.example"), providers.NewSecret(hush)); err != nil {
		t.Fatal(err)
	}
	if err := other.Set(t.Context(), openai("https://two.example"), providers.NewSecret(hush)); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get(service, account("openai", "https://one.example")); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("nobody would find it again: %v", err)
	}
}
