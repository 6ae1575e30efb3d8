package providers_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

// seen is what recordings of one service have shown to work, from the request
// to the last figure.
type seen struct {
	recordings int
	can        map[string]bool
	failures   map[providers.Kind]bool
}

// abilities are the columns of the table, in the order in which people ask.
var abilities = []string{"text", "pictures", "thoughts", "tool calls", "cached tokens", "cut at the limit", "refusal", "billed cost", "rate limits"}

func (s *seen) look(rec *recording, got *told) {
	s.recordings++
	if got.err != nil {
		s.failures[got.err.Kind] = true
		return
	}
	for what, shown := range map[string]bool{
		"text":             got.text.Len() > 0,
		"pictures":         rec.pictured() && got.text.Len() > 0,
		"thoughts":         got.thoughts.Len() > 0,
		"tool calls":       len(got.calls) > 0,
		"cached tokens":    got.stop.Usage != nil && got.stop.Usage.CacheRead > 0,
		"cut at the limit": got.stop.Reason == providers.Length,
		"refusal":          got.stop.Reason == providers.Refused,
		"billed cost":      got.stop.Billed != nil,
		"rate limits":      got.stop.Limits != providers.Limits{},
	} {
		if shown {
			s.can[what] = true
		}
	}
}

// TestTheREADMEClaimsWhatWasSeen holds the table of providers and abilities in
// the README to what the contract has seen; JUXTA_UPDATE=1 writes it anew.
func TestTheREADMEClaimsWhatWasSeen(t *testing.T) {
	services := map[[2]string]*seen{}
	for _, rec := range recordings(t) {
		n := &network{split: whole}
		got := listen(t, rec.over(t, n), rec.ask())
		id := [2]string{serviceName(rec.Provider), rec.API}
		if services[id] == nil {
			services[id] = &seen{can: map[string]bool{}, failures: map[providers.Kind]bool{}}
		}
		services[id].look(rec, got)
	}
	want := tableOf(services)

	const path, begin, end = "../README.md", "<!-- seen: written by a test -->\n", "<!-- seen: end -->"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), begin)
	have, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", path)
	}
	if have == want {
		return
	}
	if os.Getenv("JUXTA_UPDATE") == "" {
		t.Fatalf("%s claims other than what was seen; JUXTA_UPDATE=1 writes\n%s", path, want)
	}
	if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func tableOf(services map[[2]string]*seen) string {
	var b strings.Builder
	row := func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(slices.Concat([]string{"service", "spoken", "recordings"}, abilities, []string{"failures told apart"})...)
	row(slices.Repeat([]string{"---"}, len(abilities)+4)...)
	for _, id := range slices.SortedFunc(maps.Keys(services), func(a, b [2]string) int {
		return cmp.Or(-cmp.Compare(services[a].recordings, services[b].recordings), strings.Compare(a[0]+a[1], b[0]+b[1]))
	}) {
		s := services[id]
		cells := []string{id[0], spoken[id[1]], fmt.Sprint(s.recordings)}
		for _, a := range abilities {
			cells = append(cells, map[bool]string{true: "✓"}[s.can[a]])
		}
		var failures []string
		for _, k := range slices.Sorted(maps.Keys(s.failures)) {
			failures = append(failures, string(k))
		}
		row(append(cells, strings.Join(failures, ", "))...)
	}
	return b.String()
}

var spoken = map[string]string{
	"openai-chat-completions": "Chat Completions",
	"openai-responses":        "Responses",
	"anthropic-messages":      "Messages",
	"gemini-generateContent":  "generateContent",
	"ollama-native":           "Ollama's own",
}

func serviceName(recorded string) string {
	return cmp.Or(map[string]string{
		"alibaba": "Alibaba", "anthropic": "Anthropic", "azure": "Azure OpenAI", "cerebras": "Cerebras", "deepseek": "DeepSeek",
		"fireworks-via-hf": "Fireworks (through Hugging Face)", "gemini": "Gemini", "gpustack": "GPUStack", "groq": "Groq",
		"huggingface": "Hugging Face", "llamacpp": "llama.cpp", "lmstudio": "LM Studio", "mistral": "Mistral", "ollama": "Ollama",
		"ollama-cloud": "Ollama's cloud", "openai": "OpenAI", "openrouter": "OpenRouter", "perplexity": "Perplexity",
		"together": "Together", "vertex": "Vertex AI", "vllm": "vLLM", "xai": "xAI", "zai": "Z.AI",
	}[recorded], recorded)
}
