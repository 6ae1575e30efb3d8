package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/providers/demo"
)

const exampleConfig = `
providers:
  - name: lab
    api: openai-chat
    base_url: http://10.0.0.5:8000/v1
    key: ${LAB_KEY}
    local: true
    retries: 0
    timeout: {connect: 5s, first_byte: 10m, idle: 1m30s}
  - name: openai
    api: openai-chat
    base_url: "https://${GATE}/v1"
  - {name: a, api: openai-responses, base_url: https://a.example/v1}
  - {name: b, api: anthropic, base_url: https://b.example}
  - {name: c, api: gemini, base_url: https://c.example}
  - {name: d, api: ollama, base_url: "gpu-box:11500"}
prices:
  lab/qwen3-vl-8b: {input: 0.10, output: 0.40, cache_read: 0.02}
  openai/org/m:x@y: {input: 1.25e-1, output: "0.000001"}
`

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func endpoint(t *testing.T, n *network, name string) providers.Endpoint {
	t.Helper()
	for _, e := range n.endpoints {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("no endpoint %q", name)
	return providers.Endpoint{}
}

func names(n *network) (out []string) {
	for _, e := range n.endpoints {
		out = append(out, e.Name)
	}
	return out
}

func TestConfigIsGivenOutAsValues(t *testing.T) {
	c, err := parseConfig([]byte(exampleConfig))
	if err != nil {
		t.Fatal(err)
	}
	n := connect(c, env("LAB_KEY", "hush", "GATE", "gate.example", "OPENAI_API_KEY", "mine"), nil)
	if got := names(n)[:6]; !reflect.DeepEqual(got, []string{"lab", "openai", "a", "b", "c", "d"}) {
		t.Errorf("the rows come first and in their order; got %v", got)
	}
	lab := endpoint(t, n, "lab")
	if lab.Key.Reveal() != "hush" || lab.KeyName != "LAB_KEY" || !lab.Local || lab.Retries != 0 ||
		lab.Timeouts != (providers.Timeouts{Connect: 5 * time.Second, FirstByte: 10 * time.Minute, Idle: 90 * time.Second}) {
		t.Errorf("lab is %+v", lab)
	}
	own := endpoint(t, n, "openai")
	if own.API != "openai-chat" || own.BaseURL != "https://gate.example/v1" {
		t.Errorf("a row replaces the built-in of its name; got %+v", own)
	}
	if !own.Key.Empty() {
		t.Error("OPENAI_API_KEY went to an endpoint that it was not configured for")
	}
	if chat := endpoint(t, n, "openai-chat"); chat.Key.Reveal() != "mine" {
		t.Error("the built-in openai-chat has no key")
	}
	if d := endpoint(t, n, "d"); d.BaseURL != "http://gpu-box:11500" || !d.Local || d.Retries != 2 || d.Device() != "gpu-box" {
		t.Errorf("d is %+v on %q", d, d.Device())
	}
	want := map[providers.Ref]providers.Price{
		{Provider: "lab", Model: "qwen3-vl-8b"}:  {Rates: providers.Rates{Input: 100_000, Output: 400_000, CacheRead: 20_000, CacheWrite: providers.UnknownRate, CacheWriteHour: providers.UnknownRate}, Source: providers.Overridden},
		{Provider: "openai", Model: "org/m:x@y"}: {Rates: providers.Rates{Input: 125_000, Output: 1, CacheRead: providers.UnknownRate, CacheWrite: providers.UnknownRate, CacheWriteHour: providers.UnknownRate}, Source: providers.Overridden},
	}
	if !reflect.DeepEqual(c.prices, want) {
		t.Errorf("prices are %v", c.prices)
	}
}

func TestPricesNeverPassThroughAFloat(t *testing.T) {
	c, err := parseConfig([]byte("prices:\n  a/b: {input: 1234567.123456, output: 0.1000000}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := c.prices[providers.Ref{Provider: "a", Model: "b"}]
	if p.Input != 1234567123456 || p.Output != 100000 {
		t.Errorf("got %+v", p)
	}
}

func TestConfigMistakesNameTheirPlace(t *testing.T) {
	row := "providers:\n  - name: lab\n    api: openai-chat\n    base_url: http://h/v1\n"
	for _, tt := range []struct{ text, want string }{
		{row + "    adress: x\n", `:5:5: there is no setting "adress" here`},
		{row + "    base_ur: x\n", `:5:5: there is no setting "base_ur" here; did you mean "base_url"?`},
		{"provider: []\n", `:1:1: there is no setting "provider" here; did you mean "providers"?`},
		{row + "    name: twice\n", ":5:5: "},
		{row + "    retries: many\n", ":5:14: retries is a number"},
		{row + "    retries: 1.5\n", ":5:14: retries is a number"},
		{row + "    retries: [1]\n", ":5:14: there is a single value"},
		{row + "    local: perhaps\n", ":5:12: this is true or false"},
		{row + "    timeout: 5s\n", ":5:14: "},
		{row + "    timeout: {idle: 5}\n", ":5:21: a time is a number with a unit"},
		{row + "    timeout: {idel: 5s}\n", `:5:15: there is no setting "idel" here; did you mean "idle"?`},
		{row + "    key: ${LAB\n", ":5:10: key: a variable is written ${NAME}"},
		{row + "    key: $(pass lab\n", ":5:10: key: a command is written $(command)"},
		{row + "  - name: lab\n    api: ollama\n    base_url: http://h\n", `:5:11: there are two providers named "lab"`},
		{"providers:\n  - api: ollama\n    base_url: http://h\n", ":2:5: this provider has no name"},
		{"providers:\n  - name: a/b\n    api: ollama\n", ":2:11: a provider's name has no slash"},
		{"providers:\n  - name: a\n    api: openai\n", `:3:10: there is no api "openai"; it is one of openai-chat`},
		{"providers:\n  - name: a\n    api: ollama\n", `:2:5: provider "a" has no base_url, such as http://127.0.0.1:11434`},
		{"providers:\n  - name: a\n    api: anthropic\n    base_url: ftp://h\n", ":4:15: base_url: a URL begins with http"},
		{"providers:\n  - name: a\n    api: anthropic\n    base_url: $(host)\n", ":4:15: base_url takes ${VARIABLE}"},
		{"providers: 5\n", ":1:12: here is a number, and it should be a list of lines that begin with `- `"},
		{"providers:\n  - lab\n", ":2:5: here is a text, and it should be a line like `name: value`"},
		{"prices: [a]\n", ":1:9: prices is a mapping"},
		{"prices:\n  gpt: {input: 1, output: 2}\n", `:2:3: "gpt" is not provider/model`},
		{"prices:\n  a/b: {input: 1}\n", ":2:3: a price has an input and an output"},
		{"prices:\n  a/b: {input: 1, output: cheap}\n", `:2:27: "cheap" is not a decimal number`},
		{"prices:\n  a/b: {input: -1, output: 2}\n", ":2:16: -1 is negative"},
		{"prices:\n  a/b: {input: -1}\n", ":2:16: -1 is negative"},
		{"providers:\n  - {name: opnai, key: x}\n", `:2:6: provider "opnai" has no api; it is one of openai-chat, openai-responses, anthropic, gemini, ollama; did you mean openai, which needs none?`},
		{"providers:\n  - {name: laboratory, key: x}\n", ":2:6: provider \"laboratory\" has no api; it is one of openai-chat, openai-responses, anthropic, gemini, ollama"},
		{"prices:\n  a/b: {input: 1, output: .inf}\n", ":2:27: "},
		{"prices:\n  a/b: {input: 1, outptu: 2}\n", `:2:19: there is no setting "outptu" here; did you mean "output"?`},
		{"prices:\n  a/b: {input: 1, output: 2}\n  a/b: {input: 3, output: 2}\n", ":3:3: "},
		{"providers:\n\t- name: a\n", ":2:1: there is a tab here: indent with spaces"},
		{"providers: [\n", ":1:12: a bracket that is opened here is never closed"},
		{"providers:\n  - name: a\n   api: ollama\n", ":3:4: this can't stand here: it may be indented wrongly"},
		{"theme: \"dark\n", ":1:8: a quotation mark is missing"},
		{"providers: []\n---\nprices: {}\n", ": there is more than one document"},
		{"attachments:\n  keep_metadata: perhaps\n", ":2:18: this is true or false"},
		{"attachments: {private_urls: [true]}\n", ":1:29: there is a single value"},
		{"attachments: {private_url: true}\n", `:1:15: there is no setting "private_url" here; did you mean "private_urls"?`},
		{"attachments: true\n", ":1:14: "},
		{"attachment: {}\n", `:1:1: there is no setting "attachment" here; did you mean "attachments"?`},
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readConfig(path, false)
		if err == nil {
			t.Errorf("%q was accepted", tt.text)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), path); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
		if after, _ := os.ReadFile(path); string(after) != tt.text {
			t.Errorf("%q: the file was changed", tt.text)
		}
	}
}

func TestAMistakeInTheConfigNeverShowsAKey(t *testing.T) {
	for _, text := range []string{
		"providers:\n  - name: a\n    api: ollama\n    base_url: http://h\n    key: hush-hush\n    nope: 1\n",
		"providers:\n  - name: a\n    api: ollama\n    key: [hush-hush]\n",
		"providers:\n  - name: a\n    api: ollama\n    base_url: http://u:hush-hush@h:port\n",
		"providers:\n  - name: a\n    api: ollama\n    key: \"hush-hush\n",
		"providers:\n  - name: a\n    key: hush-hush: b\n",
	} {
		_, err := parseConfig([]byte(text))
		if err == nil {
			t.Fatalf("%q was accepted", text)
		}
		if err := placed("f", err); strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnEmptyConfigIsFine(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing yet\n", "providers:\nprices:\nattachments:\n", "---\n"} {
		if c, err := parseConfig([]byte(text)); err != nil || len(c.rows)+len(c.prices) > 0 {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

func TestAMissingConfigIsAMistakeOnlyIfItWasNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.yaml")
	if _, err := readConfig(path, false); err != nil {
		t.Error(err)
	}
	if _, err := readConfig(path, true); err == nil {
		t.Error("a named file that is not there was accepted")
	}
}

func TestBuiltinEndpoints(t *testing.T) {
	local := []string{"ollama", "lmstudio", "llamacpp", "vllm"}
	bare := connect(config{}, env(), nil)
	if got := names(bare); !reflect.DeepEqual(got, append(local, "demo")) {
		t.Errorf("without any key: %v", got)
	}
	for _, name := range local {
		if e := endpoint(t, bare, name); !e.Local || e.Device() != "localhost" || !e.Key.Empty() || !bare.guessed[name] {
			t.Errorf("%s is %+v", name, e)
		}
	}
	if len(bare.missing) != 12 || bare.missing[0] != "OPENAI_API_KEY" {
		t.Errorf("missing: %v", bare.missing)
	}
	n := connect(config{}, env("GROQ_API_KEY", " k ", "GOOGLE_API_KEY", "g", "VLLM_BASE_URL", "http://box:9/v1/",
		"OPENAI_BASE_URL", "http://localhost:9/v1", "XAI_API_KEY", "x", "XAI_BASE_URL", "nonsense"), nil)
	if e := endpoint(t, n, "groq"); e.Key.Reveal() != "k" || e.Local || e.BaseURL != "https://api.groq.com/openai/v1" || e.Retries != 2 {
		t.Errorf("groq is %+v", e)
	}
	if e := endpoint(t, n, "gemini"); e.Key.Reveal() != "g" || e.KeyName != "GOOGLE_API_KEY" {
		t.Errorf("gemini is %+v", e)
	}
	if e := endpoint(t, n, "vllm"); e.Local || e.BaseURL != "http://box:9/v1" || n.guessed["vllm"] {
		t.Errorf("vllm is %+v", e)
	}
	for _, name := range []string{"openai", "openai-chat"} {
		if e := endpoint(t, n, name); !e.Local || e.BaseURL != "http://localhost:9/v1" || e.KeyName != "OPENAI_API_KEY" {
			t.Errorf("%s is %+v", name, e)
		}
	}
	if n.faults["xai"] == nil {
		t.Error("a wrong XAI_BASE_URL is no fault of xai")
	}
}

func TestOllamaHost(t *testing.T) {
	for _, tt := range []struct {
		host, want string
		local      bool
	}{
		{"", "http://127.0.0.1:11434", true},
		{"box", "http://box:11434", true},
		{"box:80", "http://box:80", true},
		{"http://box", "http://box", true},
		{"https://box/ollama/", "https://box/ollama", true},
		{"0.0.0.0", "http://127.0.0.1:11434", true},
		{"0.0.0.0:5", "http://127.0.0.1:5", true},
		{":5", "http://127.0.0.1:5", true},
		{"http://0.0.0.0:5", "http://127.0.0.1:5", true},
		{"[::]:5", "http://127.0.0.1:5", true},
		{"::1", "http://[::1]:11434", true},
		{"[::1]:5", "http://[::1]:5", true},
		{"https://ollama.com", "https://ollama.com", false},
		{"ollama.com", "https://ollama.com", false},
	} {
		e := endpoint(t, connect(config{}, env("OLLAMA_HOST", tt.host, "OLLAMA_API_KEY", "k"), nil), "ollama")
		if e.BaseURL != tt.want || e.Local != tt.local {
			t.Errorf("OLLAMA_HOST=%s is %s, local %v", tt.host, e.BaseURL, e.Local)
		}
		if e.Key.Empty() != (tt.host == "") {
			t.Errorf("OLLAMA_HOST=%s: the key is for an address that was named, and for no other", tt.host)
		}
	}
}

// asked is a provider that says which key it was built with, letter by letter,
// as nobody lets it say more.
type asked struct{ providers.Endpoint }

func (a asked) Name() string { return a.Endpoint.Name }

func (a asked) Models(context.Context) ([]providers.Model, error) {
	return []providers.Model{{Ref: providers.Ref{Provider: a.Endpoint.Name, Model: "key-" + spelled(a.Key.Reveal())}}}, nil
}

func (a asked) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		yield(providers.Stop{Reason: providers.Finished, Model: spelled(a.Key.Reveal())}, nil)
	}
}

func spelled(key string) string { return strings.Join(strings.Split(key, ""), " ") }

func newAsked(e providers.Endpoint) (providers.Provider, error) { return asked{e}, nil }

func labWithKey(t *testing.T, key string, getenv func(string) string) *providers.Registry {
	t.Helper()
	c, err := parseConfig(fmt.Appendf(nil, "providers:\n  - {name: lab, api: openai-chat, base_url: http://h/v1, key: '%s'}\n", key))
	if err != nil {
		t.Fatal(err)
	}
	n := connect(c, getenv, nil)
	n.keep(func(e providers.Endpoint) bool { return e.Name == "lab" })
	return n.registry(map[string]providers.Builder{"openai-chat": newAsked}, nil)
}

func models(t *testing.T, r *providers.Registry) ([]providers.Model, error) {
	t.Helper()
	return r.Entries()[0].Provider.Models(t.Context())
}

func TestAKeyCommandRunsOnceAndOnlyWhenItIsNeeded(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	r := labWithKey(t, "a-$(echo run >> $LOG; echo hush)", env())
	t.Setenv("LOG", log)
	if _, err := os.Stat(log); err == nil {
		t.Fatal("the command ran before anybody asked")
	}
	for range 2 {
		if m, err := models(t, r); err != nil || m[0].Ref.Model != "key-"+spelled("a-hush") {
			t.Fatalf("%v, %v", m, err)
		}
	}
	for ev, err := range r.Entries()[0].Provider.Stream(t.Context(), providers.Request{}) {
		if err != nil || ev.(providers.Stop).Model != spelled("a-hush") {
			t.Fatalf("%v, %v", ev, err)
		}
	}
	if b, _ := os.ReadFile(log); string(b) != "run\n" {
		t.Errorf("the command ran %d times", strings.Count(string(b), "run"))
	}
}

func TestAFailingKeyCommandIsItsProvidersErrorAndSaysNothingItPrinted(t *testing.T) {
	for _, command := range []string{"echo hush; echo hush >&2; exit 3", "true"} {
		_, err := models(t, labWithKey(t, "$("+command+")", env()))
		var e *providers.Error
		if !errors.As(err, &e) || e.Kind != providers.Auth || e.Advice() == "" {
			t.Fatalf("%q: %v", command, err)
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%v shows what was printed", err)
		}
	}
}

func TestAFailedKeyCommandIsTriedAgain(t *testing.T) {
	flag := filepath.Join(t.TempDir(), "flag")
	t.Setenv("FLAG", flag)
	r := labWithKey(t, "$(cat $FLAG)", env())
	if _, err := models(t, r); err == nil {
		t.Fatal("no error without the file")
	}
	if err := os.WriteFile(flag, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := models(t, r); err != nil || m[0].Ref.Model != "key-"+spelled("hush") {
		t.Errorf("%v, %v", m, err)
	}
}

func TestAnUnbuiltAPIIsAnErrorOfItsProviderAlone(t *testing.T) {
	n := connect(config{}, env("OPENAI_API_KEY", "k", "ANTHROPIC_API_KEY", "k"), nil)
	r := n.registry(map[string]providers.Builder{"openai-chat": newAsked}, nil)
	for _, e := range r.Entries() {
		_, err := e.Provider.Models(t.Context())
		if built := e.API == "openai-chat"; built != (err == nil) {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
}

func TestAKeyThatWouldOpenNothingYetIsNotAskedFor(t *testing.T) {
	n := connect(config{}, env(), nil)
	built := map[string]providers.Builder{"openai-chat": demo.New}
	got := n.wanted(built)
	if !slices.Contains(got, "OPENAI_API_KEY") || !slices.Contains(got, "GROQ_API_KEY") || slices.Contains(got, "ANTHROPIC_API_KEY") {
		t.Errorf("wanted: %v", got)
	}
	built["anthropic"] = demo.New
	if got := n.wanted(built); !slices.Contains(got, "ANTHROPIC_API_KEY") {
		t.Errorf("wanted, with the api built: %v", got)
	}
}
