package vision

import (
	"testing"

	"juxta/providers"
)

func see(t *testing.T, model string, w, h int) providers.View {
	t.Helper()
	return seen(t, providers.Endpoint{}, model, w, h)
}

func seen(t *testing.T, e providers.Endpoint, model string, w, h int) providers.View {
	t.Helper()
	m := Complete(e, providers.Model{Ref: providers.Ref{Provider: "p", Model: model}})
	if m.Vision == nil {
		t.Fatalf("nobody knows how %s looks at pictures", model)
	}
	return m.Vision.See(w, h)
}

// Worked examples, and those that the vendors publish.
func TestTheEstimatesAreThePublishedOnes(t *testing.T) {
	for _, x := range []struct {
		model         string
		width, height int
		want          providers.View
	}{
		{"gpt-4o", 1024, 1024, providers.View{Width: 768, Height: 768, Tokens: 765}},
		{"claude-sonnet-4-5", 1024, 1024, providers.View{Width: 1024, Height: 1024, Tokens: 1399}},
		{"gemini-2.5-flash", 1024, 1024, providers.View{Width: 1024, Height: 1024, Tokens: 1032}},

		{"gpt-4o", 2048, 4096, providers.View{Width: 768, Height: 1536, Tokens: 1105}},
		{"gpt-4o-mini", 1024, 1024, providers.View{Width: 768, Height: 768, Tokens: 25_501}},
		{"o1", 1024, 1024, providers.View{Width: 768, Height: 768, Tokens: 675}},
		{"gpt-5", 1024, 1024, providers.View{Width: 768, Height: 768, Tokens: 630}},
		{"gpt-4.1-mini", 1024, 1024, providers.View{Width: 1024, Height: 1024, Tokens: 1659}},
		{"gpt-4.1-mini", 1800, 2400, providers.View{Width: 1056, Height: 1408, Tokens: 2353}}, // 1,452 patches

		{"claude-sonnet-4-5", 2184, 2184, providers.View{Width: 1092, Height: 1092, Tokens: 1590}},
		{"claude-sonnet-4-5", 3276, 5824, providers.View{Width: 819, Height: 1456, Tokens: 1590}},
		{"claude-sonnet-4-5", 1568, 3136, providers.View{Width: 784, Height: 1568, Tokens: 1640}},
		{"claude-opus-4-8", 200, 200, providers.View{Width: 200, Height: 200, Tokens: 64}},
		{"claude-opus-4-8", 1000, 1000, providers.View{Width: 1000, Height: 1000, Tokens: 1296}},
		{"claude-opus-4-8", 1928, 1928, providers.View{Width: 1928, Height: 1928, Tokens: 4761}},

		{"claude-sonnet-4-5", 4000, 6000, providers.View{Width: 896, Height: 1344, Tokens: 1606}},

		{"gemini-2.5-flash", 384, 384, providers.View{Width: 384, Height: 384, Tokens: 258}},
		{"gemini-2.5-flash", 385, 10, providers.View{Width: 385, Height: 10, Tokens: 258}},

		// What people measured of the services in 2026.
		{"gpt-5-mini", 256, 256, providers.View{Width: 256, Height: 256, Tokens: 77}},
		{"gpt-5-mini", 2048, 768, providers.View{Width: 2048, Height: 768, Tokens: 1844}},
		{"gpt-5-nano", 1600, 1600, providers.View{Width: 1248, Height: 1248, Tokens: 2282}},
		{"gpt-5.5", 3840, 2160, providers.View{Width: 3840, Height: 2160, Tokens: 9792}},
		{"gpt-6-astra", 4032, 3024, providers.View{Width: 4032, Height: 3024, Tokens: 14_364}},
		{"gemini-3.5-flash-lite", 64, 64, providers.View{Tokens: 1089}},
		{"gemini-3.5-flash-lite", 1024, 512, providers.View{Tokens: 1081}},
		{"gemini-3.5-flash-lite", 2048, 512, providers.View{Tokens: 1056}},
		{"gemini-3.5-flash-lite", 4032, 3024, providers.View{Tokens: 1064}},

		// The picture of the recordings.
		{"gpt-5.6-luna", 330, 291, providers.View{Width: 330, Height: 291, Tokens: 132}},
		{"gemini-flash-latest", 330, 291, providers.View{Tokens: 1085}},
		{"ministral-14b-latest", 330, 291, providers.View{Width: 330, Height: 291, Tokens: 143}},
		{"qwen3.5-9b", 330, 291, providers.View{Width: 320, Height: 288, Tokens: 92}},

		{"gemma-3-4b-it", 1920, 1080, providers.View{Width: 896, Height: 896, Tokens: 258}},
		{"llava-1.5-7b", 1920, 1080, providers.View{Width: 336, Height: 189, Tokens: 576}},
		{"llama-4-scout", 672, 336, providers.View{Width: 672, Height: 336, Tokens: 2*144 + 144 + 3 + 2}},
		{"minicpm-v-2.6", 1344, 1344, providers.View{Width: 1344, Height: 1344, Tokens: 660}},
		{"internvl3-8b", 896, 896, providers.View{Width: 896, Height: 896, Tokens: 5*256 + 2}},
	} {
		if got := see(t, x.model, x.width, x.height); got != x.want {
			t.Errorf("%s sees %d×%d as %+v, want %+v", x.model, x.width, x.height, got, x.want)
		}
	}
}
