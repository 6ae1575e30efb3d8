package providers_test

import (
	"testing"

	"juxta/providers"
)

// What a provider refuses to send for a model that it has not listed, is known
// before it is asked; and of a model whose name tells nothing, nothing else is
// held to be refused.
func TestWhatIsRefusedIsKnownBefore(t *testing.T) {
	_, asJPEG := album(t)
	files := []providers.Blob{
		{Name: "a.png", MIME: "image/png", Data: pixel},
		{Name: "a.jpg", MIME: "image/jpeg", Data: asJPEG},
		{Name: "a.pdf", MIME: "application/pdf", Data: []byte("%PDF-1.4")},
		{Name: "a.wav", MIME: "audio/wav", Data: []byte("RIFF")},
		{Name: "a.mp3", MIME: "audio/mpeg", Data: []byte("ID3")},
	}
	openAIs := []string{
		"gpt-3.5-turbo", "gpt-4", "gpt-4-0613", "gpt-4-1106-preview", "gpt-4-turbo", "gpt-4-turbo-preview", "gpt-4o", "gpt-4o-mini-2024-07-18",
		"gpt-4o-audio-preview", "gpt-4o-search-preview", "gpt-4.1-nano", "chatgpt-4o-latest", "gpt-5", "gpt-5.6-luna", "gpt-6-astra", "gpt-7", "gpt-audio", "gpt-audio-mini",
		"gpt-oss-120b", "o1", "o1-mini", "o1-preview", "o3", "o3-mini", "o4-mini", "o5",
	}
	open := []string{"llama3.1", "qwen3-vl-8b", "gemma-3-4b-it"}
	apis := []struct {
		api, builder string
		bases        []string
		models       []string
	}{
		{"anthropic", "anthropic-messages", []string{"https://api.anthropic.com", "https://gateway.example/anthropic"}, []string{
			"claude-3-haiku-20240307", "claude-3-opus-latest", "claude-3-5-haiku-latest", "claude-sonnet-4-5", "claude-opus-5", "anthropic.claude-3-sonnet-20240229-v1:0",
		}},
		{"gemini", "gemini-generateContent", []string{"https://generativelanguage.googleapis.com"}, []string{
			"gemini-3-flash", "gemini-2.5-flash-image", "gemma-2-9b-it", "gemma-3-1b-it", "gemma-3-27b-it", "gemma-3n-e4b-it", "gemma-4-26b-a4b-it",
		}},
		{"ollama", "ollama-native", []string{"http://127.0.0.1:11434", "https://ollama.com"}, open},
		{"openai-responses", "openai-responses", []string{"https://api.openai.com/v1", "https://lab.openai.azure.com/openai/v1"}, openAIs},
		{"openai-responses", "openai-responses", []string{"https://api.x.ai/v1", "https://openrouter.ai/api/v1", "http://127.0.0.1:8000/v1", "https://else.example/v1"}, open},
		{"openai-chat", "openai-chat-completions", []string{"https://api.openai.com/v1", "https://lab.openai.azure.com/openai/v1"}, openAIs},
		{"openai-chat", "openai-chat-completions", []string{
			"http://127.0.0.1:8000/v1", "https://else.example/v1", "https://openrouter.ai/api/v1", "https://api.groq.com/openai/v1", "https://api.mistral.ai/v1",
			"https://api.deepseek.com/v1", "https://api.x.ai/v1", "https://api.together.xyz/v1", "https://api.fireworks.ai/inference/v1",
			"https://router.huggingface.co/v1", "https://api.cerebras.ai/v1", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
		}, open},
	}
	const nameless = "some-model"
	for _, a := range apis {
		for _, base := range a.bases {
			for _, local := range []bool{false, true} {
				if local && base[:5] == "https" {
					continue
				}
				n := &network{rec: &recording{API: a.builder, Status: 503, body: []byte("{}")}, split: whole}
				e := providers.Endpoint{Name: "lab", API: a.api, BaseURL: base, Local: local, Key: providers.NewSecret(key), Network: n}
				p, err := builders[a.builder](e)
				if err != nil {
					t.Fatal(err)
				}
				for _, model := range append(a.models, nameless) {
					known := complete(e, providers.Model{Ref: providers.Ref{Provider: "lab", Model: model}})
					for _, f := range files {
						got := listen(t, p, providers.Request{Model: model, Messages: []providers.Message{{Parts: []providers.Part{f, providers.Text("what is this?")}}}})
						refused := got.err != nil && got.err.Kind == providers.Unsupported && got.err.Status == 0
						switch takes := known.Takes(f.MIME); {
						case refused && takes != providers.No:
							t.Errorf("%s at %s (local: %t): %s refuses %s, and before that is %s: %v", a.api, base, local, model, f.MIME, takes, got.err)
						case !refused && takes == providers.No && model == nameless:
							t.Errorf("%s at %s (local: %t): %s is held to refuse %s, and sends it", a.api, base, local, model, f.MIME)
						}
					}
				}
			}
		}
	}
}
