package vision

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"juxta/providers"
)

// everyWay is a model of each family and of each place that makes a difference.
func everyWay(t *testing.T) map[string]providers.Vision {
	all := map[string]providers.Vision{}
	for _, name := range []string{
		"gpt-4o", "gpt-4o-mini", "gpt-4.1-mini", "gpt-4.1-nano", "o4-mini", "o3", "computer-use-preview", "gpt-5", "gpt-5-mini", "gpt-5-nano",
		"gpt-5.1-codex-mini", "gpt-5.4", "gpt-5.5", "gpt-5.6-luna", "claude-sonnet-4-5", "claude-opus-5", "gemini-2.5-flash", "gemini-3-pro-preview",
		"pixtral-12b-2409", "ministral-8b-2512", "qwen2.5-vl-7b", "qwen3-vl-8b", "llama-3.2-11b-vision", "llama-4-scout", "gemma-3-4b", "gemma-4-31b",
		"llava-1.5-7b", "minicpm-v-2_6", "internvl3-8b", "glm-4.6v", "kimi-k2.5",
	} {
		for where, e := range map[string]providers.Endpoint{
			"": {}, "ollama": {API: "ollama", Local: true}, "llama.cpp": {API: "openai-chat", Local: true}, "together": {BaseURL: "https://api.together.xyz/v1"},
		} {
			v := complete(e, name).Vision
			if v == nil {
				t.Fatalf("nobody knows how %s looks", name)
			}
			all[fmt.Sprintf("%s (%v)", name, where)] = v
		}
	}
	return all
}

// sizes are ordinary ones, extreme ones and some by chance.
func sizes() (all [][2]int) {
	all = [][2]int{
		{1, 1},
		{1, 2},
		{7, 1},
		{30_000, 10},
		{10, 30_000},
		{1, 100_000_000},
		{100_000_000, 1},
		{math.MaxInt32, math.MaxInt32},
		{math.MaxInt, math.MaxInt},
		{math.MaxInt, 1},
		{10_000, 10_000},
		{4032, 3024},
		{1920, 1080},
		{1024, 1024},
		{512, 512},
		{384, 385},
		{65_535, 2},
		{200, 1},
		{201, 1},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		all = append(all, [2]int{int(math.Exp(r.Float64() * 10)), int(math.Exp(r.Float64() * 10))})
	}
	return all
}

func TestNoShapeMakesAnEstimateSenseless(t *testing.T) {
	for name, v := range everyWay(t) {
		for _, s := range sizes() {
			w, h := s[0], s[1]
			got := v.See(w, h)
			if got.Tokens < 0 || got.Tokens > 1<<30 || got.Width > w || got.Height > h || got.Width < 0 || (got.Width == 0) != (got.Height == 0) {
				t.Errorf("%s sees %d×%d as %+v", name, w, h, got)
			}
			if again := v.See(w, h); again != got {
				t.Errorf("%s sees %d×%d now as %+v and now as %+v", name, w, h, got, again)
			}
		}
		if text := fmt.Sprint(v); len(text) > 90 || strings.ContainsAny(text, "{}") {
			t.Errorf("%s looks by %q", name, text)
		}
	}
}

// Turned on its side a picture costs the same, but where rows end with a token,
// and where shapes are compared by width over height.
func TestAPictureOnItsSideCountsTheSame(t *testing.T) {
	for name, v := range everyWay(t) {
		if strings.HasPrefix(name, "pixtral") || strings.HasPrefix(name, "ministral") || strings.HasPrefix(name, "internvl") {
			continue
		}
		for _, s := range sizes() {
			a, b := v.See(s[0], s[1]), v.See(s[1], s[0])
			if a.Tokens != b.Tokens || a.Width != b.Height || a.Height != b.Width || (a.Trouble == "") != (b.Trouble == "") {
				t.Errorf("%s sees %d×%d as %+v and on its side as %+v", name, s[0], s[1], a, b)
			}
		}
	}
}

func TestNothingIsSeenBeyondTheLimits(t *testing.T) {
	for _, x := range []struct {
		model                string
		edge, pixels, tokens int
	}{
		{"gpt-4o", 2048, 2048 * 768, 85 + 170*8},
		{"gpt-4.1-mini", 2048, 1536 * 1024, 2489},
		{"gpt-5.4", 2048, 2500 * 1024, 3000},
		{"gpt-5.5", 6000, 10_000 * 1024, 12_000},
		{"claude-sonnet-4-5", 1568, 1568 * 784, 1640},
		{"claude-opus-5", 2576, 4784 * 784, 4784},
		{"gemini-2.5-flash", 3072, 3072 * 3072, 258 * 16},
		{"gemini-3-pro-preview", 0, 0, 1120},
		{"gemma-4-31b", 280 * 48, 280 * 48 * 48, 282},
		{"qwen3-vl-8b", 1 << 20, 16_777_216, 16_384 + 2},
		{"ministral-8b-2512", 1540, 1540 * 1540, 55 * 56},
		{"llama-4-scout", 16 * 336, 16 * 336 * 336, 17*144 + 3 + 16},
		{"kimi-k2.5", 7168, 4096 * 784, 4096},
		{"minicpm-v-2_6", 1 << 20, 9 * 448 * 448, 660},
		{"internvl3-8b", 12 * 448, 12 * 448 * 448, 13*256 + 2},
	} {
		v := complete(providers.Endpoint{}, x.model).Vision
		for _, s := range sizes() {
			got := v.See(s[0], s[1])
			if max(got.Width, got.Height) > x.edge || got.Width*got.Height > x.pixels || got.Tokens > x.tokens {
				t.Errorf("%s sees %d×%d as %+v, beyond %d px a side, %d pixels or %d tokens", x.model, s[0], s[1], got, x.edge, x.pixels, x.tokens)
			}
		}
	}
}

// More of a picture may fit badly into whole squares, and a small one is scaled
// up by some, beyond what the next size counts. Otherwise more counts more.
func TestALargerPictureOfTheSameShapeHardlyCountsLess(t *testing.T) {
	for name, v := range everyWay(t) {
		for _, shape := range [][2]int{{1, 1}, {4, 3}, {16, 9}, {1, 3}} {
			before := 0
			for n := 320; n < 1500; n += 3 {
				got := v.See(n*shape[0], n*shape[1]).Tokens
				if float64(got) < 0.8*float64(before) {
					t.Errorf("%s counts %d for %d×%d, and more for less: %d", name, got, n*shape[0], n*shape[1], before)
				}
				before = max(before, got)
			}
		}
	}
}

func TestARefusalNamesTheFigure(t *testing.T) {
	ollama := providers.Endpoint{API: "ollama", Local: true}
	for _, x := range []struct {
		where         providers.Endpoint
		model         string
		width, height int
		want          string
	}{
		{providers.Endpoint{}, "claude-opus-5", 8001, 10, "a side of 8,001 px is refused, 8,000 at the most"},
		{providers.Endpoint{}, "claude-opus-5", 8000, 8000, ""},
		{providers.Endpoint{}, "gpt-5.6-luna", 6400, 4800, ""},
		{providers.Endpoint{}, "gpt-5.6-luna", 6401, 4800, "30,150 patches of 32 px are refused, 30,000 at the most"},
		{providers.Endpoint{}, "qwen3-vl-8b", 2000, 10, ""},
		{providers.Endpoint{}, "qwen3-vl-8b", 2001, 10, "a side more than 200 times as long as the other is refused"},
		{ollama, "qwen3-vl:8b", 31, 400, "a side of 31 px is refused, 32 at the least"},
		{ollama, "mistral-small3.2", 1, 1, "a side of 1 px is refused, 15 at the least"},
		{providers.Endpoint{}, "gpt-4o", 30_000, 10, ""},
	} {
		if got := seen(t, x.where, x.model, x.width, x.height).Trouble; got != x.want {
			t.Errorf("%s of %d×%d: %q, want %q", x.model, x.width, x.height, got, x.want)
		}
	}
}
