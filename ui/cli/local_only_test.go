package cli

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/tui"
)

// remote is a provider whose every use is a request to its address.
type remote struct {
	providers.Endpoint
}

func (r remote) Name() string { return r.Endpoint.Name }

func (r remote) ask() error {
	req, err := http.NewRequest(http.MethodGet, r.BaseURL, nil)
	if err == nil {
		_, err = r.Network.RoundTrip(req)
	}
	return err
}

func (r remote) Models(context.Context) ([]providers.Model, error) { return nil, r.ask() }

func (r remote) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) { yield(nil, r.ask()) }
}

// fence is a network on which only this machine is reached.
type fence struct {
	mu   sync.Mutex
	left []string
}

func (f *fence) leave(to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = append(f.left, to)
}

func (f *fence) RoundTrip(req *http.Request) (*http.Response, error) {
	if !providers.Loopback(req.URL.Hostname()) {
		f.leave(req.URL.Host)
	}
	return nil, errors.New("no such network")
}

// fenced is a bench with remote providers, a model of Ollama's cloud by its own
// name and by another, and a fence around it.
func fenced(t *testing.T, config string) (*vaulted, *fence) {
	t.Helper()
	v, f := vaultedApp(t, config, "OPENAI_API_KEY", "k", "ANTHROPIC_API_KEY", "k", "GEMINI_API_KEY", "k", "GROQ_API_KEY", "k"), &fence{}
	for _, api := range []string{"openai-chat", "openai-responses", "anthropic", "gemini"} {
		v.build.APIs[api] = func(e providers.Endpoint) (providers.Provider, error) {
			e.Network = f
			return remote{e}, nil
		}
	}
	hosted := local("alias", 0)
	hosted.Local = false
	v.build.APIs["ollama"] = func(e providers.Endpoint) (providers.Provider, error) {
		return overheard{shelf{e, []providers.Model{local("gemma", 4), hosted}}, func(r providers.Request) {
			if r.Model != "gemma" {
				f.leave("ollama's cloud")
			}
		}}, nil
	}
	return v, f
}

const toldToStay = "runs elsewhere, and juxta was told to stay on this machine "

func TestARemoteModelIsRefusedWithTheReason(t *testing.T) {
	for reason, config := range map[string]string{"(--local-only)": "", "(local_only in config.yaml)": "local_only: true\n"} {
		v, f := fenced(t, config)
		for _, model := range []string{"openai/gpt", "anthropic/claude", "gemini/x", "groq/x", "mistral/no-key", "ollama/gpt-oss:120b-cloud", "ollama/GLM:Cloud", "vllm/qwen3:480b-cloud"} {
			args := []string{"ask", "-m", "demo/script:say=hi", "-m", model, "hello"}
			if config == "" {
				args = append(args, "--local-only")
			}
			if out, said := v.do(exitUsage, "", args...); !strings.Contains(said, model+`" `+toldToStay+reason) || out != "" {
				t.Errorf("%s: it said %s", model, said)
			}
		}
		if len(f.left) > 0 {
			t.Errorf("asked: %v", f.left)
		}
	}
}

func TestNothingLeavesTheMachine(t *testing.T) {
	v, f := fenced(t, "")
	for _, args := range [][]string{
		{"models", "list"},
		{"models", "list", "--json"},
		{"doctor"},
		{"doctor", "--json"},
		{"keys", "list"},
		{"__complete", "ask", "-m", ""},
		{"models", "show", "ollama/gemma"},
		{"ask", "-m", "ollama/gemma", "hi"},
		{"ask", "hi"},
	} {
		v.out.Reset()
		if code := v.run(t.Context(), append(args, "--local-only")); code != 0 {
			t.Errorf("%q: exit code %d: %s", args, code, v.err)
		}
		for _, name := range []string{"alias", "anthropic"} {
			if args[0] != "keys" && strings.Contains(v.out.String(), name) {
				t.Errorf("%q lists %s: %s", args, name, v.out)
			}
		}
	}
	if len(f.left) > 0 {
		t.Errorf("asked: %v", f.left)
	}
	v.do(0, "", "models", "list") // the fence is no wall: without the flag they are asked
	if len(f.left) < 4 {
		t.Errorf("without --local-only only %v was asked", f.left)
	}
}

func TestAColumnOfASessionThatRunsElsewhereIsRefused(t *testing.T) {
	v, f := fenced(t, "")
	for _, model := range []string{"groq/x", "ollama/alias", "xai/no-key-any-more"} {
		v.out.Reset()
		v.screen = func(ctx context.Context, o tui.Options) error {
			if s := o.Staying; s.Reason != "--local-only" || !slices.Contains(s.Refused, "groq") || slices.Contains(s.Refused, "ollama") {
				t.Errorf("the screen is told %+v", s)
			}
			b, err := o.Open(ctx)
			if err != nil {
				return err
			}
			b.Add(sessions.Column{Model: must(providers.ParseRef(model))}) // as a session that is gone on with has it
			run, err := b.Put(ctx, sessions.Question{Text: "hello"})
			if err != nil {
				return err
			}
			for n := range each(run) {
				if n.Final != nil && n.Final.Model.String() == model {
					if n.Final.Error == nil || !strings.Contains(n.Final.Error.Message, toldToStay+"(--local-only)") || n.Final.Error.Hint == "" {
						t.Errorf("%s: %+v", model, n.Final.Error)
					}
				}
				if n.Final != nil && n.Final.Model.Provider == "demo" && n.Final.Error != nil {
					t.Errorf("the model here: %+v", n.Final.Error)
				}
			}
			return b.Close(ctx)
		}
		v.inTerm = true
		if code := v.run(t.Context(), []string{"--local-only", "-m", "demo/script:say=hi"}); code != 0 {
			t.Fatalf("exit code %d: %s", code, v.err)
		}
	}
	if len(f.left) > 0 {
		t.Errorf("asked: %v", f.left)
	}
}

func TestWhatTheUserCallsLocalIs(t *testing.T) {
	const rows = "local_only: true\nproviders:\n  - {name: box, api: openai-chat, base_url: 'http://10.0.0.5/v1', local: true}\n" +
		"  - {name: near, api: openai-chat, base_url: 'http://127.0.0.1:9/v1', local: false}\n"
	v, _ := fenced(t, rows)
	n := v.network()
	if got := strings.Join(names(n), " "); got != "box ollama lmstudio llamacpp vllm demo" {
		t.Errorf("here: %s", got)
	}
	if _, said := v.do(exitUsage, "", "ask", "-m", "near/x", "hi"); !strings.Contains(said, toldToStay) {
		t.Errorf("it said %s", said)
	}
	if _, said := v.do(exitUsage, "", "ask", "-m", "nobody/x", "hi"); !strings.Contains(said, "there is no provider") {
		t.Errorf("it said %s", said)
	}
}

func TestTheDoctorSaysThatOnlyThisMachineIsAsked(t *testing.T) {
	v, _ := fenced(t, "local_only: true\n")
	if out, _ := v.do(0, "", "doctor"); !strings.Contains(out, "local only") || !strings.Contains(out, "local_only in config.yaml") {
		t.Errorf("it says %s", out)
	}
	out, _ := v.do(0, "", "doctor", "--json")
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil || d.LocalOnly == nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestSettingsThatAreWrongNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"local_only: perhaps\n":                 ":1:13: this is true or false",
		"prices_url: http://a.example/p.json\n": ":1:13: prices_url: a list of prices comes from an address that begins with https://",
		"prices_url: nonsense\n":                ":1:13: prices_url: this is not a URL",
		"local_onyl: true\n":                    `:1:1: there is no setting "local_onyl" here; did you mean "local_only"?`,
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(path, true); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if c, err := parseConfig([]byte("prices_url: https://a.example/p.json?x=1\nlocal_only: true\n")); err != nil || c.pricesURL != "https://a.example/p.json?x=1" || !c.localOnly {
		t.Errorf("%+v, %v", c, err)
	}
}
