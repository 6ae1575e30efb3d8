package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/providers/prices"
	"juxta/providers/vision"
)

// defaultRetries is how often a request is sent again before anything was said.
const defaultRetries = 2

// A builtin is an endpoint that needs no row in the configuration.
type builtin struct {
	name, api string
	url       string
	base      string   // the variable that replaces url
	keys      []string // the variables that hold its key, the first that is set wins
	always    bool     // there without a key, too
}

// account is the name under which the keyring has its key: one service is one
// account, whichever of its protocols is spoken.
func (b builtin) account() string {
	if b.name == "openai-chat" {
		return "openai"
	}
	return b.name
}

// address is where it is reached, and whether somebody named that place.
func (b builtin) address(getenv func(string) string) (address string, named bool) {
	if b.base != "" {
		if v := strings.TrimSpace(getenv(b.base)); v != "" {
			return v, true
		}
	}
	return b.url, false
}

func builtinNamed(name string) (builtin, bool) {
	for _, b := range builtins() {
		if b.name == name {
			return b, true
		}
	}
	return builtin{}, false
}

// inheritable is the built-in endpoint of that name, if a row may leave to it
// what the row does not say.
func inheritable(name string) (builtin, bool) {
	b, ok := builtinNamed(name)
	if !ok || b.url == "" {
		return builtin{}, false
	}
	return b, true
}

// builtins lists what runs here before what is paid for, in the order in which
// people see it.
func builtins() []builtin {
	return []builtin{
		{"ollama", "ollama", "http://127.0.0.1:11434", "OLLAMA_HOST", []string{"OLLAMA_API_KEY"}, true},
		{"lmstudio", "openai-chat", "http://127.0.0.1:1234/v1", "LMSTUDIO_BASE_URL", nil, true},
		{"llamacpp", "openai-chat", "http://127.0.0.1:8080/v1", "LLAMACPP_BASE_URL", nil, true},
		{"vllm", "openai-chat", "http://127.0.0.1:8000/v1", "VLLM_BASE_URL", nil, true},
		{"openai", "openai-responses", "https://api.openai.com/v1", "OPENAI_BASE_URL", []string{"OPENAI_API_KEY"}, false},
		{"openai-chat", "openai-chat", "https://api.openai.com/v1", "OPENAI_BASE_URL", []string{"OPENAI_API_KEY"}, false},
		{"anthropic", "anthropic", "https://api.anthropic.com", "ANTHROPIC_BASE_URL", []string{"ANTHROPIC_API_KEY"}, false},
		{"gemini", "gemini", "https://generativelanguage.googleapis.com", "GEMINI_BASE_URL", []string{"GEMINI_API_KEY", "GOOGLE_API_KEY"}, false},
		{"openrouter", "openai-chat", "https://openrouter.ai/api/v1", "OPENROUTER_BASE_URL", []string{"OPENROUTER_API_KEY"}, false},
		{"groq", "openai-chat", "https://api.groq.com/openai/v1", "GROQ_BASE_URL", []string{"GROQ_API_KEY"}, false},
		{"mistral", "openai-chat", "https://api.mistral.ai/v1", "MISTRAL_BASE_URL", []string{"MISTRAL_API_KEY"}, false},
		{"deepseek", "openai-chat", "https://api.deepseek.com/v1", "DEEPSEEK_BASE_URL", []string{"DEEPSEEK_API_KEY"}, false},
		{"xai", "openai-chat", "https://api.x.ai/v1", "XAI_BASE_URL", []string{"XAI_API_KEY"}, false},
		{"together", "openai-chat", "https://api.together.xyz/v1", "TOGETHER_BASE_URL", []string{"TOGETHER_API_KEY"}, false},
		{"fireworks", "openai-chat", "https://api.fireworks.ai/inference/v1", "FIREWORKS_BASE_URL", []string{"FIREWORKS_API_KEY"}, false},
		{"huggingface", "openai-chat", "https://router.huggingface.co/v1", "HUGGINGFACE_BASE_URL", []string{"HF_TOKEN"}, false},
		{"cerebras", "openai-chat", "https://api.cerebras.ai/v1", "CEREBRAS_BASE_URL", []string{"CEREBRAS_API_KEY"}, false},
		{"demo", "demo", "", "", nil, true},
	}
}

// A network is every endpoint that is configured, and how to build its
// provider.
type network struct {
	endpoints []providers.Endpoint
	all       []providers.Endpoint // with the built-in ones that want a key and have none
	refused   []providers.Endpoint // what is not to be used: see stay
	reason    string               // why; "" if nothing is refused

	missing []string               // key variables that were looked for and are not set
	guessed map[string]bool        // looked for at its usual address, which nobody named
	faults  map[string]error       // endpoints that can't be built
	sources map[string]keys.Source // of keys, by the endpoint's name
	late    map[string]lateKey     // keys that are fetched at the first use

	withheld map[string]string // variables with the key of another address than the row's, which are set and not sent there

	log   *slog.Logger  // nil for none
	clock *clock        // compares the clock with those that answer; nil for none
	newer func() string // the text of the prices that were refreshed
}

// connect lists the rows of the configuration, then the built-in endpoints
// whose names are still free.
func connect(c config, getenv func(string) string, ring *keys.Ring) *network {
	n := &network{
		guessed: map[string]bool{}, faults: map[string]error{}, sources: map[string]keys.Source{}, late: map[string]lateKey{}, withheld: map[string]string{},
		newer: func() string { return refreshed(getenv) },
	}
	for _, r := range c.rows {
		n.addRow(r, getenv, ring)
	}
	for _, b := range builtins() {
		if !n.has(b.name) {
			n.addBuiltin(b, getenv, ring)
		}
	}
	return n
}

func (n *network) has(name string) bool {
	return slices.ContainsFunc(n.endpoints, func(e providers.Endpoint) bool { return e.Name == name })
}

func (n *network) addRow(r row, getenv func(string) string, ring *keys.Ring) {
	e := providers.Endpoint{Name: r.name, API: r.api, Retries: r.retries, Timeouts: r.timeouts}
	b, _ := inheritable(r.name)
	if r.baseURL == nil {
		address, named := b.address(getenv)
		e.BaseURL = n.address(r.name, r.api, address, b.base)
		n.guessed[r.name] = b.always && !named
	} else {
		if _, unset := r.baseURL.variables(getenv); len(unset) > 0 {
			n.fault(r.name, fmt.Errorf("its base_url names %s, which is not set", unset[0]), "set "+unset[0]+", or write the address into the configuration")
		}
		address, _ := r.baseURL.expand(context.Background(), getenv)
		e.BaseURL = n.address(r.name, r.api, address, "base_url")
	}
	n.credit(&e, r.key, b, getenv, ring)
	if n.sources[e.Name] == keys.Missing && e.KeyName != "" {
		n.miss([]string{e.KeyName})
	}
	e.Local = localByDefault(e)
	if r.local != nil {
		e.Local = *r.local
	}
	n.all, n.endpoints = append(n.all, e), append(n.endpoints, e)
}

func (n *network) addBuiltin(b builtin, getenv func(string) string, ring *keys.Ring) {
	e := providers.Endpoint{Name: b.name, API: b.api, Retries: defaultRetries}
	address, named := b.address(getenv)
	if b.api != "demo" {
		e.BaseURL = n.address(b.name, b.api, address, b.base)
		e.Local = localByDefault(e)
	}
	n.guessed[b.name] = b.always && !named
	n.credit(&e, nil, b, getenv, ring)
	n.all = append(n.all, e)
	if n.sources[b.name] == keys.Missing {
		n.miss(b.keys[:1])
		if !named && n.faults[b.name] == nil {
			return
		}
	}
	n.endpoints = append(n.endpoints, e)
}

// wanted are the missing key variables with which a built-in provider of these
// APIs, or a row of the configuration, could answer.
func (n *network) wanted(apis map[string]providers.Builder) []string {
	return slices.DeleteFunc(slices.Clone(n.missing), func(name string) bool {
		unbuilt := false
		for _, b := range builtins() {
			if len(b.keys) == 0 || b.keys[0] != name {
				continue
			}
			if apis[b.api] != nil {
				return false
			}
			unbuilt = true
		}
		return unbuilt
	})
}

func (n *network) miss(names []string) {
	for _, name := range names {
		if !slices.Contains(n.missing, name) {
			n.missing = append(n.missing, name)
		}
	}
}

func (n *network) fault(name string, err error, hint string) {
	if n.faults[name] == nil {
		n.faults[name] = &providers.Error{Ref: providers.Ref{Provider: name}, Kind: providers.Unreachable, Err: err, Hint: hint}
	}
}

// address is the base URL that an endpoint is reached at. A wrong one is that
// endpoint's fault alone.
func (n *network) address(name, api, s, where string) string {
	if api == "ollama" {
		s = ollamaURL(s)
	}
	if err := checkURL(s); err != nil {
		n.fault(name, fmt.Errorf("%s: %w", where, err), "write it like "+apis()[api])
		return ""
	}
	return strings.TrimRight(s, "/")
}

// ollamaURL reads an address the way OLLAMA_HOST is read: without a scheme the
// port is Ollama's own, and an address to listen on everywhere is reached
// through loopback.
func ollamaURL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "http", s
		if strings.EqualFold(s, "ollama.com") {
			scheme = "https"
		}
	}
	host, path, _ := strings.Cut(rest, "/")
	if strings.Count(host, ":") > 1 && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]" // IPv6
	}
	u, err := url.Parse(scheme + "://" + host + "/" + path)
	if err != nil {
		return s
	}
	name, port := u.Hostname(), u.Port()
	if name == "" || name == "0.0.0.0" || name == "::" {
		name = "127.0.0.1"
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port == "" && !ok && scheme == "http" {
		port = "11434"
	}
	if port != "" {
		name += ":" + port
	}
	u.Host = name
	return strings.TrimRight(u.String(), "/")
}

// localByDefault is what local is without the setting: whatever Ollama serves,
// but for its cloud, and every loopback address.
func localByDefault(e providers.Endpoint) bool {
	u, err := url.Parse(e.BaseURL)
	if err != nil || u.Hostname() == "" {
		return false
	}
	cloud := u.Hostname() == "ollama.com" || strings.HasSuffix(u.Hostname(), ".ollama.com")
	return e.API == "ollama" && !cloud || providers.Loopback(u.Hostname())
}

// inCloud reports whether a name is one that an Ollama server passes on to
// Ollama's cloud.
func inCloud(api, model string) bool {
	model = strings.ToLower(model) // as the server does
	return api == "ollama" && (strings.HasSuffix(model, ":cloud") || strings.HasSuffix(model, "-cloud"))
}

// keep leaves out every endpoint that f is false for.
func (n *network) keep(f func(providers.Endpoint) bool) {
	n.endpoints = slices.DeleteFunc(n.endpoints, func(e providers.Endpoint) bool { return !f(e) })
}

// here reports whether what an endpoint is told stays on devices of ours.
func here(e providers.Endpoint) bool { return e.Local || e.API == "demo" }

// registry builds the providers.
func (n *network) registry(builders map[string]providers.Builder, overrides map[providers.Ref]providers.Price) *providers.Registry {
	all := map[string]providers.Builder{}
	for _, e := range slices.Concat(n.endpoints, n.refused) {
		if build := builders[e.API]; build != nil || n.reason != "" {
			all[e.API] = func(e providers.Endpoint) (providers.Provider, error) { return n.build(e, build) }
		}
	}
	list := prices.New(overrides, n.newer)
	return providers.NewRegistry(slices.Concat(n.endpoints, n.refused), all, func(e providers.Endpoint, m providers.Model) providers.Model {
		return vision.Complete(e, list.Complete(e, m))
	})
}

// build makes one provider; its API may have no builder.
func (n *network) build(e providers.Endpoint, build providers.Builder) (providers.Provider, error) {
	late, isLate := n.late[e.Name]
	switch err := n.faults[e.Name]; {
	case slices.ContainsFunc(n.refused, func(r providers.Endpoint) bool { return r.Name == e.Name }):
		return refusing{e.Name, n.refusal(e.Name, "")}, nil
	case build == nil:
		return nil, &providers.Error{
			Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unsupported,
			Err:  fmt.Errorf("api %s is not built into this juxta", e.API),
			Hint: "choose a model of another provider",
		}
	case err != nil:
		return nil, err
	}
	if n.reason != "" && e.API != "demo" {
		build = n.staying(build)
	}
	build = discreetly(build)
	e.Log = n.log
	if n.clock != nil {
		e.Heard = n.clock.ear(e)
	}
	if isLate {
		k := &keyed{endpoint: e, build: build, late: late}
		if e.API == "ollama" {
			return keyedPuller{k}, nil
		}
		return k, nil
	}
	return build(e)
}

// shown is an endpoint's address without the password that may be in it.
func shown(e providers.Endpoint) string {
	u, err := url.Parse(e.BaseURL)
	if err != nil {
		return ""
	}
	return u.Redacted()
}
