package prices

import (
	"iter"
	"net/url"
	"strings"

	"juxta/providers"
)

// services are the hosts whose list prices are known. Regional hosts are left
// out: OpenAI and Google charge more there for some models.
func services() map[string]string {
	return map[string]string{
		"api.openai.com":                    "openai",
		"api.anthropic.com":                 "anthropic",
		"generativelanguage.googleapis.com": "gemini",
		"aiplatform.googleapis.com":         "vertex",
		"openrouter.ai":                     "openrouter",
		"api.groq.com":                      "groq",
		"api.mistral.ai":                    "mistral",
		"api.deepseek.com":                  "deepseek",
		"api.x.ai":                          "xai",
		"api.together.xyz":                  "together",
		"api.together.ai":                   "together",
		"api.fireworks.ai":                  "fireworks",
		"api.cerebras.ai":                   "cerebras",
		"router.huggingface.co":             "huggingface",
	}
}

// service is whose list prices an endpoint pays, "" if that is not known. Only
// the host decides: what a provider is called is the user's choice.
func (l *List) service(e providers.Endpoint) string {
	if e.Local {
		return ""
	}
	u, err := url.Parse(e.BaseURL)
	if err != nil || u.Port() != "" && u.Port() != "443" {
		return ""
	}
	return l.hosts[strings.ToLower(u.Hostname())]
}

// names are what a model may stand as in a table: its own name, then the names
// that its service documents as naming the same model. They are few, and exact,
// so that no model has the price of a cheaper relative.
func names(service, model string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if service == "gemini" || service == "vertex" {
			model = strings.TrimPrefix(model, "models/")
		}
		if !yield(model) {
			return
		}
		switch service {
		case "openai": // gpt-5.1-2025-11-13
			if base, ok := trimDate(model, "-0000-00-00"); ok {
				yield(base)
			}
		case "anthropic": // claude-sonnet-4-5-20250929, claude-3-7-sonnet-latest
			if base, ok := trimDate(model, "-00000000"); ok {
				yield(base)
			} else if base, ok := strings.CutSuffix(model, "-latest"); ok {
				yield(base)
			}
		case "vertex": // claude-sonnet-4-5@20250929 is claude-sonnet-4-5-20250929
			if base, ok := trimDate(model, "@00000000"); ok && yield(base+"-"+model[len(base)+1:]) {
				yield(base)
			}
		case "xai": // grok-4.3-latest
			if base, ok := strings.CutSuffix(model, "-latest"); ok {
				yield(base)
			}
		}
	}
}

// trimDate removes a suffix of the shape of pattern, in which 0 is any digit,
// and which begins a century of ours.
func trimDate(s, pattern string) (string, bool) {
	at := len(s) - len(pattern)
	if at <= 0 {
		return s, false
	}
	for i := range len(pattern) {
		digit := s[at+i] >= '0' && s[at+i] <= '9'
		if pattern[i] == '0' && !digit || pattern[i] != '0' && s[at+i] != pattern[i] {
			return s, false
		}
	}
	return s[:at], strings.HasPrefix(s[at+1:], "20")
}
