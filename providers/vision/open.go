package vision

import (
	"strings"

	"juxta/providers"
)

// Open models look at pictures as the preprocessor_config.json beside their
// weights says, at huggingface.co (2024 to 2026), unless who serves them does
// otherwise: the figures below are from there where nothing else is named.

// mistral is the way of mistralai.github.io/mistral-common/usage/images (2026):
// the longer side fits max_image_size, and every row of merged patches ends with
// a token. The recordings have 143 for 330×291. Ollama 0.17.4 breaks down over
// less than two patches, also where scaling leaves that.
func mistral(n name, e providers.Endpoint) providers.Vision {
	p := patches{num: 1, den: 1, row: 1}
	switch {
	case !n.has("tral"):
		return nil
	case n.is("pixtral-12b"):
		p.side, p.edge = 16, 1024
	case n.is("ministral-3b-2512", "ministral-8b-2512", "ministral-14b-2512", "ministral-3b-latest", "ministral-8b-latest", "ministral-14b-latest", "ministral-3"),
		n.is("mistral-small-3.1", "mistral-small-3.2", "mistral-small3.1", "mistral-small3.2", "mistral-small-2503", "mistral-small-2506"),
		n.begins("devstral-small-2-"):
		p.side, p.edge = 28, 1540
		if e.API == "ollama" {
			p.refuse.short, p.refuse.aspect = 15, p.edge/15
		}
	default:
		return nil
	}
	return p
}

// qwen is Qwen's way. Ollama holds it to two megapixels, and takes no side that
// is shorter than a square (github.com/ollama/ollama, model/models/qwen3vl and
// qwen25vl, 2026); llama.cpp holds it to 4,096 squares (its pull request 17020).
// Alibaba's own service holds it to fewer than the models can, unless it is told
// to look closer: to how many is not known here.
func qwen(n name, e providers.Endpoint) providers.Vision {
	r := rounded{end: 2, refuse: limits{aspect: 200}}
	switch {
	case !n.has("qwen") || strings.HasSuffix(host(e), ".aliyuncs.com"):
		return nil
	case n.begins("qwen2-vl", "qwen2vl", "qwen2.5-vl", "qwen2.5vl", "qwen-2-vl", "qwen-2.5-vl"):
		r.side, r.fewest, r.most = 28, 4*28*28, 16_384*28*28
	case n.begins("qwen3-vl", "qwen3vl", "qwen3.5", "qwen3.6"):
		r.side, r.fewest, r.most = 32, 65_536, 16_777_216
	default:
		return nil
	}
	switch {
	case e.API == "ollama":
		r.most, r.refuse.short = 2<<20, r.side
	case e.Local:
		r.fewest, r.most = 8*r.side*r.side, 4096*r.side*r.side
	}
	return r
}

// llama is the way of Meta's models, of the processors in
// github.com/huggingface/transformers (2025). Llama 3.2 looks at a picture
// without counting it among its tokens, and who serves it counts as he likes.
func llama(n name, e providers.Endpoint) providers.Vision {
	switch {
	case !n.has("llama"):
		return nil
	case n.begins("llama3.2-vision", "llama-3.2-11b-vision", "llama-3.2-90b-vision"):
		c := canvas{side: 560, most: 4}
		if host(e) == "api.together.xyz" { // docs.together.ai/docs/vision-overview (2026)
			c.tile = 1601
		}
		return c
	case n.begins("llama-4", "llama4"):
		return canvas{side: 336, most: 16, tile: 144, overview: true, marks: true}
	}
	return nil
}

// gemma is the way of Google's open models. Gemma 4 fills a budget, as the
// recording through Ollama has it (255 for 330×291), and llama.cpp does not scale
// up that far (42).
func gemma(n name, e providers.Endpoint) providers.Vision {
	switch {
	case !n.has("gemma") || n.sightless():
		return nil
	case n.is("gemma3", "gemma-3", "medgemma"):
		return square{side: 896, tokens: 256 + 2}
	case n.is("gemma4", "gemma-4") && e.Local && e.API != "ollama":
		return rounded{side: 48, fewest: 40 * 48 * 48, most: 280 * 48 * 48, end: 2}
	case n.is("gemma4", "gemma-4"):
		return filled{most: 280, side: 48, end: 2}
	}
	return nil
}

// sightless reports whether a name is one of the Gemmas that are too small to
// see.
func (n name) sightless() bool {
	return n.is("gemma-3-1b", "gemma3-1b", "gemma-3-270m", "gemma3-270m")
}

// others are families of one way each.
func others(n name, e providers.Endpoint) providers.Vision {
	switch {
	case n.is("llava-1.5", "llava-v1.5", "bakllava"):
		return square{side: 336, padded: true, tokens: 576}
	case n.is("minicpm-v-2-6", "minicpm-v-2.6", "minicpm-o-2-6", "minicpm-o-2.6"), n.starts("minicpm-v") && e.API == "ollama":
		return cuts{side: 448, most: 9, tile: 64 + 2}
	case n.begins("internvl2.5", "internvl2-5", "internvl3-", "internvl3.5", "internvl3-5"):
		return shapes{side: 448, most: 12, tile: 256, end: 2}
	case n.is("glm-4.5v", "glm-4.6v"): // whose bounds are of two frames
		return rounded{side: 28, fewest: 12_544 / 2, most: 9_633_792 / 2, end: 2, refuse: limits{aspect: 200}}
	case n.is("kimi-k2.5"):
		return patches{side: 28, edge: 512 * 14, most: 16_384 / 4, num: 1, den: 1}
	}
	return nil
}
