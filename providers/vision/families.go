package vision

import (
	"juxta/providers"
)

// gpt is OpenAI's way, of developers.openai.com/api/docs/guides/images-vision as
// of 2026-09, with "detail" left out, which is auto. A picture of a recording
// that is 330×291 has 110 patches, and gpt-5.6 counted 132 tokens for it. What
// that page long gave for gpt-5-mini and -nano, 1.62 and 2.46, is not what
// OpenAI's price calculator has and its API reports
// (community.openai.com/t/1344040, 2026-06: 1,844 tokens for 1,536 patches).
func gpt(n name, _ providers.Endpoint) providers.Vision {
	small := patches{side: 32, edge: 2048, most: 1536, whole: true}
	rate := func(p patches, hundredths int) patches {
		p.num, p.den = hundredths, 100
		return p
	}
	v, ok := n.version("gpt")
	switch {
	case !n.has("gpt-", "o1", "o3", "o4", "computer"):
		return nil
	case n.has("audio", "realtime", "transcribe", "tts", "image", "search", "oss", "turbo-preview"):
		return nil
	case n.is("gpt-4o-mini"):
		return tiles{2833, 5667}
	case n.is("gpt-4.1-mini"):
		return rate(small, 162)
	case n.is("gpt-4.1-nano"):
		return rate(small, 246)
	case n.starts("o4-mini"):
		return rate(small, 172)
	case n.is("gpt-5-nano"):
		return rate(small, 150)
	case n.is("gpt-5.1-codex-mini"):
		return small // what it counts is not told
	case n.is("gpt-5-mini", "gpt-5.2", "gpt-5.3-codex", "gpt-5.4-mini", "gpt-5.4-nano"):
		return rate(small, 120)
	case n.is("gpt-5.4"):
		return rate(patches{side: 32, edge: 2048, most: 2500, whole: true}, 120)
	case n.is("gpt-5.5"):
		return rate(patches{side: 32, edge: 6000, most: 10_000, whole: true}, 120)
	case ok && (v == version{5, 6} || v.major == 6):
		return rate(patches{side: 32, edge: 65_535, refuse: limits{patches: 30_000}}, 120)
	case n.is("gpt-5", "gpt-5.1"):
		return tiles{70, 140}
	case n.starts("o1-mini", "o1-preview", "o3-mini"):
		return nil
	case n.starts("o1", "o3"):
		return tiles{75, 150}
	case n.starts("computer-use-preview"):
		return tiles{65, 129}
	case n.is("gpt-4o", "chatgpt-4o-latest", "gpt-4.1", "gpt-4.5-preview", "gpt-4-turbo", "gpt-4-vision-preview"):
		return tiles{85, 170}
	}
	return nil
}

// claude is Anthropic's way, of platform.claude.com/docs/en/build-with-claude/vision
// as of 2026-07: squares of 28 pixels, 1,568 of them and as many pixels a side,
// and 4,784 and 2,576 since Opus 4.7. Before, that page gave a token for 750
// pixels, which is within 3 % for pictures of a megapixel.
func claude(n name, _ providers.Endpoint) providers.Vision {
	v, ok := n.version("claude")
	refuse := limits{side: 8000}
	switch {
	case !ok || v.major < 3:
		return nil
	case v.major > 4 || v.atLeast(4, 7) && n.is("opus"):
		return patches{side: 28, edge: 2576, most: 4784, num: 1, den: 1, refuse: refuse}
	}
	return patches{side: 28, edge: 1568, most: 1568, area: 750, refuse: refuse}
}

// gemini is Google's way. Before 3, ai.google.dev/gemini-api/docs/tokens (2025).
// Since 3, ai.google.dev/gemini-api/docs/media-resolution (2026), which tells of
// 1,120 tokens at the most; the recordings have 1,085 for 330×291, which is 35
// by 31.
func gemini(n name, _ providers.Endpoint) providers.Vision {
	if !n.has("gemini") || n.has("image", "tts", "audio", "live", "embedding") {
		return nil
	}
	if n.is("gemini-flash-latest", "gemini-flash-lite-latest", "gemini-pro-latest") {
		return filled{most: 1120}
	}
	switch v, ok := n.version("gemini"); {
	case !ok:
		return nil
	case v.major == 3:
		return filled{most: 1120}
	case v.major == 2, v == version{1, 5}:
		return crops{}
	}
	return nil
}

// blind reports whether models of a name are known not to see. A name that may
// be of a kin that does is left alone.
func blind(n name) bool {
	if !n.has("gpt", "o1", "o3", "deepseek", "llama", "qw", "gemma", "tral", "claude") || n.has("vl", "vision", "omni", "llava", "ocr", "image", "visual", "-mm") {
		return false
	}
	switch v, ok := n.version("claude"); {
	case ok && v.major < 3, n.is("claude-instant"):
		return true
	}
	return n.sightless() || n.starts("o1-mini", "o1-preview", "o3-mini") || n.is(
		"gpt-3.5-turbo", "gpt-3.5", "gpt-4-0314", "gpt-4-0613", "gpt-4-0125-preview", "gpt-4-1106-preview", "gpt-4-turbo-preview", "gpt-4-32k", "gpt-oss-20b", "gpt-oss-120b", "gpt-oss",
		"deepseek-chat", "deepseek-reasoner", "deepseek-r1", "deepseek-v3", "deepseek-v3.1", "deepseek-v3.2",
		"llama3", "llama-3-8b", "llama-3-70b", "llama3.1", "llama-3.1", "llama3.3", "llama-3.3",
		"qwen3", "qwen3-coder", "qwen-3-32b", "qwen2.5", "qwen2.5-coder", "qwq", "qwq-32b",
		"gemma-2", "gemma2",
		"mixtral", "codestral", "mistral-7b", "mistral-nemo", "open-mistral-nemo",
	)
}
