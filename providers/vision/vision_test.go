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

// The worked examples of METHOD.md §2.2, and those that the vendors publish.
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

		{"gemini-2.5-flash", 384, 384, providers.View{Width: 384, Height: 384, Tokens: 258}},
		{"gemini-3-pro-preview", 330, 291, providers.View{Tokens: 1085}},
	} {
		if got := see(t, x.model, x.width, x.height); got != x.want {
			t.Errorf("%s sees %d×%d as %+v, want %+v", x.model, x.width, x.height, got, x.want)
		}
	}
}
