package vision

import (
	"testing"

	"juxta/providers"
)

func complete(e providers.Endpoint, model string) providers.Model {
	return Complete(e, providers.Model{Ref: providers.Ref{Provider: "p", Model: model}})
}

func TestAModelIsKnownByWhateverNameItIsSoldUnder(t *testing.T) {
	for as, names := range map[string][]string{
		"gpt-4o":            {"openai/gpt-4o", "gpt-4o-2024-08-06", "openai/gpt-4o:extended", "gpt-4.1-2025-04-14"},
		"gpt-4o-mini":       {"openai/gpt-4o-mini-2024-07-18"},
		"gpt-5":             {"gpt-5-2025-08-07", "openai/gpt-5.1", "gpt-5.1-codex-max", "gpt-5-chat-latest"},
		"gpt-5.2":           {"openai/gpt-5.2-pro", "gpt-5.3-codex", "gpt-5-mini-2025-08-07", "gpt-5.4-nano"},
		"gpt-5.6":           {"gpt-5.6-luna", "openai/gpt-5.6-sol-pro", "gpt-6-astra", "gpt-6.1-sol"},
		"o3":                {"o1", "openai/o3-pro", "o1-2024-12-17"},
		"claude-sonnet-4-5": {"anthropic/claude-sonnet-4.5", "claude-sonnet-4@20250514", "claude-3-5-sonnet-20241022", "anthropic/claude-opus-4.6", "claude-haiku-4-5-20251001", "us.anthropic.claude-opus-4-1-20250805-v1:0"},
		"claude-opus-5":     {"claude-opus-4-7", "anthropic/claude-opus-4.8-fast", "claude-sonnet-5-5", "claude-fable-5"},
		"gemini-2.5-flash":  {"models/gemini-2.5-flash", "google/gemini-2.5-pro-preview", "gemini-2.0-flash-001", "gemini-1.5-pro", "gemini-2.5-computer-use-preview-10-2025"},
		"gemini-3-pro":      {"gemini-3.8-flash", "google/gemini-3.1-pro-preview", "gemini-flash-latest"},
		"qwen3-vl":          {"qwen/qwen3-vl-8b-instruct", "Qwen/Qwen3-VL-2B-Instruct-GGUF:Q8_0", "qwen3-vl:8b", "qwen/qwen3.5-9b", "accounts/fireworks/models/qwen3p5-27b"},
		"qwen2.5vl":         {"qwen2.5vl:7b", "Qwen/Qwen2.5-VL-7B-Instruct", "qwen2-vl-7b-instruct"},
		"gemma3":            {"gemma3:4b", "google/gemma-3-27b-it", "hf.co/bartowski/google_gemma-3-4b-it-GGUF:Q4_K_M", "gemma3:latest"},
		"gemma-4":           {"gemma4:e2b", "google/gemma-4-31B-it:cerebras", "unsloth/gemma-4-E2B-it-GGUF"},
		"llama-4":           {"meta-llama/Llama-4-Scout-17B-16E-Instruct", "llama4:scout"},
	} {
		want := complete(providers.Endpoint{}, as).Vision
		if want == nil {
			t.Errorf("nobody knows how %s looks", as)
		}
		for _, name := range names {
			if m := complete(providers.Endpoint{}, name); m.Vision != want || m.Can.Images != providers.Yes {
				t.Errorf("%s looks by %v, and takes pictures: %v; %s looks by %v", name, m.Vision, m.Can.Images, as, want)
			}
		}
	}
}

func TestARelativeOfAKnownModelIsNotTakenForIt(t *testing.T) {
	for _, name := range []string{
		"gpt-5.9", "gpt-50", "gpt-5.60", "gpt-60", "gpt-6o", "gpt-4o-audio-preview", "gpt-image-1", "marco-o1", "my-o3-distilled", "gpt-4", "gpt-7",
		"gemini-4-pro", "gemini-2.5-flash-image", "gemini-embedding-001", "gemma3n:e4b", "qwen3-omni-30b", "qwen-vl-max",
		"mistral-large-2512", "llava:7b", "llava-next", "some-model", "", "/", "claude", "claude-code-router",
	} {
		if m := complete(providers.Endpoint{}, name); m.Vision != nil || m.Can.Images != providers.Unknown {
			t.Errorf("%q is said to look by %v, and to take pictures: %v", name, m.Vision, m.Can.Images)
		}
	}
}

func TestAModelThatOnlyReadsIsKnownNotToSee(t *testing.T) {
	for _, name := range []string{
		"gpt-3.5-turbo", "gpt-3.5-turbo-1106", "openai/o3-mini-high", "o1-mini", "openai/gpt-oss-120b:groq", "gpt-oss:20b",
		"deepseek-chat", "deepseek-reasoner", "deepseek/deepseek-chat-v3.1", "deepseek-r1:8b", "claude-2.1", "claude-instant-1.2",
		"llama-3.1-8b-instant", "llama3.1:8b", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama3:latest",
		"qwen3:4b", "qwen/qwen3-235b-a22b-2507", "qwen3-coder:30b", "qwen2.5-coder:7b", "gemma3:1b", "google/gemma-3-270m-it", "gemma2:9b", "mistral-nemo",
	} {
		if m := complete(providers.Endpoint{}, name); m.Vision != nil || m.Can.Images != providers.No {
			t.Errorf("%s is said to look by %v, and to take pictures: %v", name, m.Vision, m.Can.Images)
		}
	}
	for _, name := range []string{"llama-3.1-nemotron-nano-vl-8b-v1", "llava-llama3", "qwen3-vl-embedding", "deepseek-ocr", "llama3-vision-alpha"} {
		if m := complete(providers.Endpoint{}, name); m.Can.Images == providers.No {
			t.Errorf("%s is said not to see", name)
		}
	}
}

func TestWhatTheServiceSaysOfItsModelStands(t *testing.T) {
	m := providers.Model{Ref: providers.Ref{Provider: "p", Model: "gemma3:4b"}, Can: providers.Abilities{Images: providers.No, Documents: providers.No}}
	if got := Complete(providers.Endpoint{}, m); got.Can != m.Can || got.Vision != nil {
		t.Errorf("a service that said no is corrected: %+v, %v", got.Can, got.Vision)
	}
	m.Ref.Model, m.Can = "gpt-oss", providers.Abilities{Images: providers.Yes, Documents: providers.Yes}
	if got := Complete(providers.Endpoint{}, m); got.Can != m.Can {
		t.Errorf("a service that said yes is corrected: %+v", got.Can)
	}
	m.Can.Documents = providers.Yes
	if got := Complete(providers.Endpoint{API: "openai-chat", BaseURL: "https://api.groq.com/openai/v1"}, m); got.Can.Documents != providers.Yes {
		t.Errorf("a service that takes a document is said not to: %+v", got.Can)
	}
	if got := complete(providers.Endpoint{API: "demo"}, "gpt-4o"); got.Vision != nil || got.Can != (providers.Abilities{Audio: providers.No, Documents: providers.No}) {
		t.Errorf("a simulated model is taken for a real one: %+v", got)
	}
}

// What an API has no place for is never sent, whatever a price list says.
func TestNoListGivesAnAPIWhatItHasNoPlaceFor(t *testing.T) {
	for _, e := range []providers.Endpoint{
		{API: "anthropic", BaseURL: "https://gateway.example"},
		{API: "ollama", BaseURL: "http://127.0.0.1:11434", Local: true},
		{API: "openai-responses", BaseURL: "https://api.openai.com/v1"},
	} {
		m := providers.Model{Ref: providers.Ref{Provider: "p", Model: "some-audio"}, Can: providers.Abilities{Audio: providers.Yes}}
		if got := Complete(e, m); got.Takes("audio/wav") != providers.No {
			t.Errorf("%s: hears: %v", e.API, got.Takes("audio/wav"))
		}
	}
}

// Its file with the eyes may not have been loaded, which only the server knows.
func TestAModelOfALocalServerMayHaveNoEyes(t *testing.T) {
	m := complete(providers.Endpoint{API: "openai-chat", BaseURL: "http://127.0.0.1:8080/v1", Local: true}, "gemma-4-E2B-it-GGUF")
	if m.Can.Images != providers.Unknown || m.Vision == nil {
		t.Errorf("takes pictures: %v, looks by %v", m.Can.Images, m.Vision)
	}
	m = complete(providers.Endpoint{API: "openai-chat", BaseURL: "http://127.0.0.1:4000/v1", Local: true}, "gpt-4o")
	if m.Can.Images != providers.Yes {
		t.Errorf("what a gateway of ours passes on takes pictures: %v", m.Can.Images)
	}
}

func TestWhereAModelIsServedDecidesToo(t *testing.T) {
	ollama := providers.Endpoint{API: "ollama", BaseURL: "http://127.0.0.1:11434", Local: true}
	llamacpp := providers.Endpoint{API: "openai-chat", BaseURL: "http://127.0.0.1:8080/v1", Local: true}
	together := providers.Endpoint{API: "openai-chat", BaseURL: "https://api.together.xyz/v1"}
	for _, x := range []struct {
		where  providers.Endpoint
		model  string
		tokens int // of 330×291
	}{
		{ollama, "gemma4:e2b", 255 + 2},
		{llamacpp, "gemma-4-E2B-it-GGUF", 42 + 2},
		{together, "meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", 1601},
		{ollama, "llama3.2-vision:11b", 0},
	} {
		if got := seen(t, x.where, x.model, 330, 291); got.Tokens != x.tokens {
			t.Errorf("%s of %s counts %d tokens, want %d", x.model, x.where.BaseURL, got.Tokens, x.tokens)
		}
	}
}

// A side that comes to less than a square ends Ollama's runner, be it before
// scaling or after.
func TestAPictureThatIsScaledToNothingIsTrouble(t *testing.T) {
	ollama := providers.Endpoint{API: "ollama", BaseURL: "http://127.0.0.1:11434", Local: true}
	for _, x := range []struct {
		w, h    int
		trouble bool
	}{{15, 15, false}, {14, 200, true}, {28, 3000, true}, {3000, 28, true}, {30, 3060, false}} {
		if got := seen(t, ollama, "mistral-small3.2", x.w, x.h); (got.Trouble != "") != x.trouble {
			t.Errorf("%d×%d: %q", x.w, x.h, got.Trouble)
		}
	}
}

// How close it looks is not known, and a figure that may be six times too high
// is none.
func TestAServiceThatLooksLessCloselyThanItsModelCanHasNoEstimate(t *testing.T) {
	e := providers.Endpoint{API: "openai-chat", BaseURL: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"}
	if m := complete(e, "qwen3-vl-8b-instruct"); m.Vision != nil {
		t.Errorf("looks by %v", m.Vision)
	}
}

func TestOnlyTheVendorsOwnHostIsSaidToTakeDocuments(t *testing.T) {
	for _, x := range []struct {
		url, model string
		want       providers.Support
	}{
		{"https://api.openai.com/v1", "gpt-4o", providers.Yes},
		{"https://api.openai.com/v1", "gpt-5.6-luna", providers.Yes},
		{"https://api.openai.com/v1", "gpt-3.5-turbo", providers.No},
		{"https://api.openai.com/v1", "gpt-99", providers.Unknown},
		{"https://api.anthropic.com", "claude-opus-5", providers.Yes},
		{"https://api.anthropic.com", "claude-3-opus-20240229", providers.No},
		{"https://generativelanguage.googleapis.com", "gemini-2.5-flash", providers.Yes},
		{"https://api.groq.com/openai/v1", "gpt-4o", providers.Unknown},
		{"https://openrouter.ai/api/v1", "anthropic/claude-opus-5", providers.Unknown},
		{"://", "gpt-4o", providers.Unknown},
	} {
		if got := complete(providers.Endpoint{BaseURL: x.url}, x.model).Can.Documents; got != x.want {
			t.Errorf("%s of %s takes documents: %v, want %v", x.model, x.url, got, x.want)
		}
	}
}

// A list has hundreds of models, and all that were listed before pass through
// when juxta starts.
func BenchmarkComplete(b *testing.B) {
	e := providers.Endpoint{API: "openai-chat", BaseURL: "https://openrouter.ai/api/v1"}
	for _, name := range []string{"openai/gpt-4o", "vendor/unknown-small", "qwen/qwen3-235b-a22b-thinking-2507"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				complete(e, name)
			}
		})
	}
}
