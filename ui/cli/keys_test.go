package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/keys"
)

// drawer is a keyring in memory that counts how often it is opened.
type drawer struct {
	held   map[string]string
	opened int
	err    error
}

func (d *drawer) Get(service, account string) (string, error) {
	d.opened++
	return d.held[service+"|"+account], d.err
}

func (d *drawer) Set(service, account, key string) error {
	d.opened++
	if d.err == nil {
		d.held[service+"|"+account] = key
	}
	return d.err
}

func (d *drawer) Delete(service, account string) error {
	d.opened++
	delete(d.held, service+"|"+account)
	return d.err
}

// vaulted is a bench with a keyring, whose commands run in a pipe.
type vaulted struct {
	*app
	t        *testing.T
	keyring  *drawer
	out, err *bytes.Buffer
}

func vaultedApp(t *testing.T, config string, variables ...string) *vaulted {
	t.Helper()
	a, _, stderr := bench(t)
	v := &vaulted{app: a, t: t, keyring: &drawer{held: map[string]string{}}, out: new(bytes.Buffer), err: stderr}
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	a.vault, a.out, a.inTerm = v.keyring, v.out, false
	a.getenv = env(append(variables, "JUXTA_CONFIG", path, "XDG_DATA_HOME", dir)...)
	return v
}

// do runs a command with a text on its standard input and returns what it wrote.
func (v *vaulted) do(code int, stdin string, args ...string) (stdout, stderr string) {
	v.t.Helper()
	v.out.Reset()
	v.err.Reset()
	v.in = strings.NewReader(stdin)
	if got := v.run(v.t.Context(), args); got != code {
		v.t.Fatalf("%q: exit code %d, want %d: %s", args, got, code, v.err)
	}
	return v.out.String(), v.err.String()
}

func (v *vaulted) network() *network {
	v.t.Helper()
	_, n, err := v.setup()
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// key is what a provider is built with at its first use; its error otherwise.
func (v *vaulted) key(name string) (string, error) {
	v.t.Helper()
	n := v.network()
	for _, e := range n.registry(map[string]providers.Builder{"openai-chat": newAsked, "openai-responses": newAsked, "anthropic": newAsked, "ollama": newAsked}, nil).Entries() {
		if e.Name == name {
			m, err := e.Provider.Models(v.t.Context())
			if err != nil {
				return "", err
			}
			return strings.ReplaceAll(strings.TrimPrefix(m[0].Ref.Model, "key-"), " ", ""), nil
		}
	}
	return "", errors.New("there is no " + name)
}

const hush = "sk-hush-0123456789"

func TestAKeyInTheKeyringIsFetchedAtTheFirstUse(t *testing.T) {
	v := vaultedApp(t, "")
	v.do(0, hush+"\n", "keys", "set", "openai")
	v.keyring.opened = 0
	n := v.network()
	if e := endpoint(t, n, "openai"); !e.Key.Empty() || v.keyring.opened != 0 {
		t.Errorf("the keyring was opened at the start")
	}
	if got := n.wanted(v.build.APIs); strings.Contains(strings.Join(got, " "), "OPENAI_API_KEY") {
		t.Errorf("wanted: %v", got)
	}
	for _, name := range []string{"openai", "openai-chat"} { // one service
		if key, err := v.key(name); err != nil || key != hush {
			t.Errorf("%s: %q, %v", name, key, err)
		}
	}
}

func TestTheEnvironmentComesBeforeTheKeyringAndThatBeforeTheConfiguration(t *testing.T) {
	const row = "providers:\n  - {name: lab, api: openai-chat, base_url: 'http://h/v1', key: '${LAB}'}\n"
	v := vaultedApp(t, row, "GROQ_API_KEY", "from-environment", "LAB", "from-row")
	for name, want := range map[string]string{"groq": "from-environment", "lab": "from-row"} {
		if key, err := v.key(name); err != nil || key != want {
			t.Errorf("%s: %q, %v", name, key, err)
		}
	}
	_, said := v.do(0, hush, "keys", "set", "groq")
	if !strings.Contains(said, "GROQ_API_KEY is set and comes first") {
		t.Errorf("it said %s", said)
	}
	v.do(0, hush, "keys", "set", "lab")
	for name, want := range map[string]string{"groq": "from-environment", "lab": hush} {
		if key, err := v.key(name); err != nil || key != want {
			t.Errorf("%s: %q, %v", name, key, err)
		}
	}
}

func TestAKeyInTheKeyringStaysWithItsAddress(t *testing.T) {
	v := vaultedApp(t, "")
	v.do(0, hush, "keys", "set", "groq")
	alsoSet(v.app, "GROQ_BASE_URL", "https://elsewhere.example/v1")
	v.keyring.opened = 0
	_, err := v.key("groq")
	var e *providers.Error
	if !errors.As(err, &e) || !strings.Contains(e.Error(), "for https://api.groq.com, and groq is now at https://elsewhere.example") || !strings.Contains(e.Advice(), "juxta keys set groq") {
		t.Fatalf("%v", err)
	}
	if v.keyring.opened > 0 {
		t.Error("the keyring was opened for another address")
	}
	if out, _ := v.do(0, "", "keys", "list"); !strings.Contains(out, "the key was not sent") {
		t.Errorf("listed: %s", out)
	}
	v.do(0, "other-"+hush, "keys", "set", "groq")
	if key, err := v.key("groq"); err != nil || key != "other-"+hush || len(v.keyring.held) != 1 {
		t.Errorf("%q, %v, %d kept", key, err, len(v.keyring.held))
	}
}

func TestAKeyIsNeverAnArgument(t *testing.T) {
	v := vaultedApp(t, "")
	for _, args := range [][]string{{"keys", "set", "openai", hush}, {"keys", "set", hush}, {"keys", "rm", hush}, {"keys", "set"}} {
		out, said := v.do(exitUsage, "", args...)
		if strings.Contains(out+said, "hush") {
			t.Errorf("%q: it said %s%s", args, out, said)
		}
	}
	if _, said := v.do(exitUsage, "", "keys", "set", "openai", hush); !strings.Contains(said, "shell's history") {
		t.Errorf("no reason: %s", said)
	}
	if v.keyring.opened > 0 {
		t.Error("the keyring was opened")
	}
}

func TestWhatIsNoKeyIsNotKept(t *testing.T) {
	v := vaultedApp(t, "")
	for _, text := range []string{"", "\n", "one\ntwo\n", "OPENAI_API_KEY = sk-hush", "sk-hush\x00", "sk-hüsh", "OPENAI_API_KEY=sk-hush", "api_key=\"sk-hush\"\n", `"sk-hush"`, "'sk-hush'\n", "`sk-hush`", `sk-hush"`} {
		if out, said := v.do(exitUsage, text, "keys", "set", "openai"); strings.Contains(out+said, "hush") {
			t.Errorf("%q: it said %s%s", text, out, said)
		}
	}
	for text, want := range map[string]string{"OPENAI_API_KEY=sk-hush": "there is a name in front of it", `"sk-hush"`: "there are quotes around it"} {
		if _, said := v.do(exitUsage, text, "keys", "set", "openai"); !strings.Contains(said, want) {
			t.Errorf("%q: it said %s", text, said)
		}
	}
	if len(v.keyring.held) > 0 {
		t.Errorf("kept: %v", v.keyring.held)
	}
	v.do(0, "c2stL2h1c2g+a2V5==", "keys", "set", "openai") // base64
}

func TestAKeyIsNotAskedForWhereNoKeyringWouldKeepIt(t *testing.T) {
	v := vaultedApp(t, "")
	v.keyring.err = errors.New("no bus")
	asked := false
	v.in, v.inTerm = reading(func([]byte) (int, error) { asked = true; return 0, io.EOF }), true
	if code := v.run(t.Context(), []string{"keys", "set", "groq"}); code != exitFailed || !strings.Contains(v.err.String(), "set GROQ_API_KEY") || asked {
		t.Errorf("exit code %d, asked %v: %s", code, asked, v.err)
	}
}

// reading is a reader that is a function.
type reading func([]byte) (int, error)

func (r reading) Read(b []byte) (int, error) { return r(b) }

func TestAnAddressIsShownAsItIsConfigured(t *testing.T) {
	const rows = "providers:\n  - {name: lab, api: openai-chat, base_url: 'http://127.0.0.1:8123/v1', key: k}\n"
	v := vaultedApp(t, rows)
	if out, _ := v.do(0, "", "keys", "list"); !strings.Contains(out, "http://127.0.0.1:8123\n") {
		t.Errorf("listed:\n%s", out)
	}
	if out, _ := v.do(0, hush, "keys", "set", "lab"); !strings.Contains(out, "for http://127.0.0.1:8123\n") {
		t.Errorf("it said %s", out)
	}
}

func TestKeysListTellsTheSourceAndNoByteOfAKey(t *testing.T) {
	const rows = `
providers:
  - {name: lab, api: openai-chat, base_url: "http://10.0.0.5:8000/v1", key: "${LAB_KEY}"}
  - {name: gate, api: openai-chat, base_url: "https://u:secret@gate.example/v1", key: "$(echo hush-command)"}
  - {name: fixed, api: anthropic, base_url: "https://fixed.example", key: hush-literal}
  - {name: mine, api: openai-chat, base_url: "https://mine.example/v1", key: "${MINE_KEY}"}
`
	v := vaultedApp(t, rows, "LAB_KEY", "hush-lab-0123", "GOOGLE_API_KEY", "AIzaHush-0123")
	v.do(0, hush, "keys", "set", "openai")
	out, _ := v.do(0, "", "keys", "list", "--json")
	got := map[string][3]string{}
	for line := range strings.Lines(out) {
		var r keyRecord
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		text := [3]string{string(r.Source)}
		if r.Variable != nil {
			text[1] = *r.Variable
		}
		if r.Host != nil {
			text[2] = *r.Host
		}
		got[r.Provider] = text
	}
	for name, want := range map[string][3]string{
		"lab":         {"configuration", "LAB_KEY", "http://10.0.0.5:8000"},
		"gate":        {"configuration", "", "https://gate.example"},
		"fixed":       {"configuration", "", "https://fixed.example"},
		"mine":        {"missing", "MINE_KEY", "https://mine.example"},
		"gemini":      {"environment", "GOOGLE_API_KEY", "https://generativelanguage.googleapis.com"},
		"openai":      {"keyring", "OPENAI_API_KEY", "https://api.openai.com"},
		"openai-chat": {"keyring", "OPENAI_API_KEY", "https://api.openai.com"},
		"anthropic":   {"missing", "ANTHROPIC_API_KEY", "https://api.anthropic.com"},
		"huggingface": {"missing", "HF_TOKEN", "https://router.huggingface.co"},
		"cerebras":    {"missing", "CEREBRAS_API_KEY", "https://api.cerebras.ai"},
		"lmstudio":    {"not needed", "", "http://127.0.0.1:1234"},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	table, _ := v.do(0, "", "keys", "list")
	for _, want := range []string{"configuration LAB_KEY", "configuration (a command)", "environment GOOGLE_API_KEY", "missing ANTHROPIC_API_KEY"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	if v.keyring.opened != 1 { // to set it
		t.Error("listing opened the keyring")
	}
	for _, piece := range []string{"hush", "Hush", "0123", "6789", "secret"} {
		if strings.Contains(out+table, piece) {
			t.Errorf("%q is in\n%s%s", piece, out, table)
		}
	}
}

func TestARemovedKeyIsGone(t *testing.T) {
	v := vaultedApp(t, "", "XAI_API_KEY", "x")
	v.do(0, hush, "keys", "set", "openai-chat")
	v.do(0, "", "keys", "rm", "openai")
	if out, _ := v.do(0, "", "keys", "list"); len(v.keyring.held) > 0 || strings.Contains(out, "keyring") {
		t.Errorf("%v is kept:\n%s", v.keyring.held, out)
	}
	if _, said := v.do(exitFailed, "", "keys", "rm", "openai"); !strings.Contains(said, "holds no key of openai") {
		t.Errorf("it said %s", said)
	}
	if _, said := v.do(exitFailed, "", "keys", "rm", "xai"); !strings.Contains(said, "unset XAI_API_KEY") {
		t.Errorf("it said %s", said)
	}
}

func TestAKeyringThatFailsIsItsProvidersErrorAlone(t *testing.T) {
	v := vaultedApp(t, "", "XAI_API_KEY", "x-key")
	v.do(0, hush, "keys", "set", "groq")
	v.keyring.err = errors.New("no bus")
	_, err := v.key("groq")
	if err == nil || !strings.Contains(providers.AsError(err).Advice(), "set GROQ_API_KEY") {
		t.Errorf("%v", err)
	}
	if key, err := v.key("xai"); err != nil || key != "x-key" {
		t.Errorf("%q, %v", key, err)
	}
	if _, said := v.do(exitFailed, hush, "keys", "set", "mistral"); strings.Contains(said, "hush") || !strings.Contains(said, "set MISTRAL_API_KEY") {
		t.Errorf("it said %s", said)
	}
	v.keyring.err = nil
	if key, err := v.key("groq"); err != nil || key != hush {
		t.Errorf("later: %q, %v", key, err)
	}
}

func TestADamagedListOfKeysIsSaidAndTheDoctorStarts(t *testing.T) {
	v := vaultedApp(t, "")
	if err := os.MkdirAll(filepath.Dir(v.indexPath()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(v.indexPath(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said := v.do(exitUsage, "", "models", "list"); !strings.Contains(said, v.indexPath()) || !strings.Contains(said, "remove that file") {
		t.Errorf("it said %s", said)
	}
	if out, _ := v.do(0, "", "doctor"); !strings.Contains(out, "this is not what juxta wrote") {
		t.Errorf("the doctor says %s", out)
	}
}

func TestAVendorsKeyGoesToItsServiceOnly(t *testing.T) {
	const rows = `
providers:
  - {name: openai, api: openai-chat, base_url: "https://gate.example/v1"}
  - {name: bare, api: openai-chat, base_url: "https://api.openai.com.evil.example/v1"}
  - {name: twin, api: openai-chat, base_url: "https://api.openai.com/v1"}
  - {name: anthropic, base_url: "http://api.anthropic.com"}
  - {name: groq, base_url: "https://api.groq.com/openai/v2"}
`
	n := connect(must(parseConfig([]byte(rows))), env("OPENAI_API_KEY", hush, "ANTHROPIC_API_KEY", hush, "GROQ_API_KEY", hush, "OLLAMA_API_KEY", hush), nil)
	for _, name := range []string{"openai", "bare", "twin", "anthropic", "ollama", "lmstudio", "vllm", "llamacpp"} {
		if e := endpoint(t, n, name); !e.Key.Empty() || n.sources[name] != keys.Unneeded {
			t.Errorf("%s at %s has a key from %s", name, e.BaseURL, n.sources[name])
		}
	}
	for _, name := range []string{"openai-chat", "groq"} {
		if e := endpoint(t, n, name); e.Key.Reveal() != hush {
			t.Errorf("%s at %s has no key", name, e.BaseURL)
		}
	}
	n = connect(config{}, env("OPENAI_API_KEY", hush, "LMSTUDIO_BASE_URL", "https://lm.example/v1", "VLLM_BASE_URL", "https://api.openai.com/v1"), nil)
	for _, name := range []string{"lmstudio", "vllm"} {
		if e := endpoint(t, n, name); !e.Key.Empty() {
			t.Errorf("%s at %s has a key", name, e.BaseURL)
		}
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func TestARowOfABuiltInProviderHasWhatItLeavesOut(t *testing.T) {
	const rows = `
providers:
  - name: openai
    timeout: {idle: 2m}
    retries: 0
  - {name: anthropic, key: "${OTHER_KEY}"}
  - {name: ollama, timeout: {first_byte: 20m}}
  - {name: groq, api: openai-chat}
`
	n := connect(must(parseConfig([]byte(rows))), env("OPENAI_API_KEY", hush, "OPENAI_BASE_URL", "https://eu.openai.example/v1", "ANTHROPIC_API_KEY", "not this", "OTHER_KEY", "this"), nil)
	if e := endpoint(t, n, "openai"); e.API != "openai-responses" || e.BaseURL != "https://eu.openai.example/v1" || e.Key.Reveal() != hush || e.Retries != 0 || e.Timeouts.Idle.Minutes() != 2 {
		t.Errorf("openai is %+v", e)
	}
	if e := endpoint(t, n, "anthropic"); e.API != "anthropic" || e.BaseURL != "https://api.anthropic.com" || e.Key.Reveal() != "this" || e.KeyName != "OTHER_KEY" {
		t.Errorf("anthropic is %+v", e)
	}
	if e := endpoint(t, n, "ollama"); e.BaseURL != "http://127.0.0.1:11434" || !e.Local || !n.guessed["ollama"] {
		t.Errorf("ollama is %+v", e)
	}
	if e := endpoint(t, n, "groq"); e.BaseURL != "https://api.groq.com/openai/v1" || n.sources["groq"] != keys.Missing || e.KeyName != "GROQ_API_KEY" {
		t.Errorf("groq is %+v", e)
	}
	for _, text := range []string{"- {name: anthropic, api: openai-chat}", "- {name: demo}", "- {name: demo, api: ollama}", "- {name: nobody, api: ollama}", "- {name: nobody}"} {
		if _, err := parseConfig([]byte("providers:\n  " + text + "\n")); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}
