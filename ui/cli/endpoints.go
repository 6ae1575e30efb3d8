package cli

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"juxta/providers"
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
		{"demo", "demo", "", "", nil, true},
	}
}

// A network is every endpoint that is configured, and how to build its
// provider.
type network struct {
	endpoints []providers.Endpoint
	missing   []string                                         // key variables that were looked for and are not set
	guessed   map[string]bool                                  // looked for at its usual address, which nobody named
	faults    map[string]error                                 // endpoints that can't be built
	commands  map[string]func(context.Context) (string, error) // of keys, by the endpoint's name
}

// connect lists the rows of the configuration, then the built-in endpoints
// whose names are still free.
func connect(c config, getenv func(string) string) *network {
	n := &network{guessed: map[string]bool{}, faults: map[string]error{}, commands: map[string]func(context.Context) (string, error){}}
	for _, r := range c.rows {
		n.addRow(r, getenv)
	}
	for _, b := range builtins() {
		if !n.has(b.name) {
			n.addBuiltin(b, getenv)
		}
	}
	return n
}

func (n *network) has(name string) bool {
	return slices.ContainsFunc(n.endpoints, func(e providers.Endpoint) bool { return e.Name == name })
}

func (n *network) addRow(r row, getenv func(string) string) {
	e := providers.Endpoint{Name: r.name, API: r.api, Retries: r.retries, Timeouts: r.timeouts}
	var unset []string
	e.KeyName, unset = r.key.variables(getenv)
	n.miss(unset)
	if r.key.runs() {
		n.commands[r.name] = func(ctx context.Context) (string, error) { return r.key.expand(ctx, getenv) }
	} else if len(unset) == 0 { // half a key is none
		key, _ := r.key.expand(context.Background(), getenv) // no command, no error
		e.Key = providers.NewSecret(key)
	}
	if _, unset := r.baseURL.variables(getenv); len(unset) > 0 {
		n.fault(r.name, fmt.Errorf("its base_url names %s, which is not set", unset[0]), "set "+unset[0]+", or write the address into the configuration")
	}
	address, _ := r.baseURL.expand(context.Background(), getenv)
	e.BaseURL = n.address(r.name, r.api, address, "base_url")
	e.Local = localByDefault(e)
	if r.local != nil {
		e.Local = *r.local
	}
	n.endpoints = append(n.endpoints, e)
}

func (n *network) addBuiltin(b builtin, getenv func(string) string) {
	e := providers.Endpoint{Name: b.name, API: b.api, Retries: defaultRetries}
	for _, name := range b.keys {
		if v := getenv(name); v != "" && e.Key.Empty() {
			e.Key, e.KeyName = providers.NewSecret(v), name
		}
	}
	address, named := b.url, false
	if b.base != "" {
		if v := strings.TrimSpace(getenv(b.base)); v != "" {
			address, named = v, true
		}
	}
	if e.KeyName == "" && len(b.keys) > 0 {
		e.KeyName = b.keys[0]
		if !b.always {
			n.miss(b.keys[:1])
		}
	}
	if !b.always && e.Key.Empty() && !named {
		return
	}
	if b.api == "ollama" && !named {
		e.Key = providers.Secret{} // it is for Ollama's cloud, and whatever listens on this port is not that
	}
	n.guessed[b.name] = b.always && !named
	if b.api != "demo" {
		e.BaseURL = n.address(b.name, b.api, address, b.base)
		e.Local = localByDefault(e)
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
	return api == "ollama" && (strings.HasSuffix(model, ":cloud") || strings.HasSuffix(model, "-cloud"))
}

// keep leaves out every endpoint that f is false for.
func (n *network) keep(f func(providers.Endpoint) bool) {
	n.endpoints = slices.DeleteFunc(n.endpoints, func(e providers.Endpoint) bool { return !f(e) })
}

// here reports whether what an endpoint is told stays on devices of ours.
func here(e providers.Endpoint) bool { return e.Local || e.API == "demo" }

// registry builds the providers.
func (n *network) registry(builders map[string]providers.Builder, prices map[providers.Ref]providers.Price) *providers.Registry {
	all := maps.Clone(builders)
	if all["openai-responses"] == nil {
		all["openai-responses"] = func(e providers.Endpoint) (providers.Provider, error) {
			hint := "write `api: openai-chat` in its row: the same service and key"
			if e.Name == "openai" {
				hint = "use openai-chat/… instead: the same models, the same key"
			}
			return nil, &providers.Error{
				Ref: providers.Ref{Provider: e.Name}, Kind: providers.Unsupported, Hint: hint,
				Err: fmt.Errorf("api %s is not built into this juxta yet", e.API),
			}
		}
	}
	for api, build := range all {
		all[api] = func(e providers.Endpoint) (providers.Provider, error) {
			if err := n.faults[e.Name]; err != nil {
				return nil, err
			}
			if command := n.commands[e.Name]; command != nil {
				return &keyed{endpoint: e, build: build, expand: command}, nil
			}
			return build(e)
		}
	}
	override := func(_ providers.Endpoint, m providers.Model) providers.Model {
		if p, ok := prices[m.Ref]; ok {
			m.Price = &p
		}
		return m
	}
	return providers.NewRegistry(n.endpoints, all, override)
}

// shown is an endpoint's address without the password that may be in it.
func shown(e providers.Endpoint) string {
	u, err := url.Parse(e.BaseURL)
	if err != nil {
		return ""
	}
	return u.Redacted()
}
