package openai

import (
	"slices"
	"strconv"
	"strings"

	"juxta/providers/wire"
)

// levels are how much a model can be told to think, of [providers.ThinkLevels],
// and whether it thinks at all without being told. Without levels nothing can
// be said.
type levels struct {
	say    []string
	thinks bool
}

func thinking(say ...string) levels { return levels{say, true} }

var (
	silent      = levels{}          // does not think, as far as is known
	unbidden    = levels{nil, true} // thinks, and nothing can be said about it
	switched    = thinking("on", "off")
	threeLevels = thinking("low", "medium", "high") // what gpt-oss has, wherever it runs
)

// off is the levels with off before them.
func (l levels) off() levels { return levels{append([]string{"off"}, l.say...), l.thinks} }

// upTo is the levels with one more after them.
func (l levels) upTo(level string) levels {
	return levels{append(slices.Clone(l.say), level), l.thinks}
}

// A family is models that can be told the same, by a part of their name.
type family struct {
	name string
	levels
}

// of is the levels of the first family whose part of a name is in model.
func of(model string, families []family, otherwise levels) levels {
	for _, f := range families {
		if strings.Contains(model, f.name) {
			return f.levels
		}
	}
	return otherwise
}

// levels is what a model of the given name can be told at this dialect. What a
// vendor does not document is not claimed: then nothing is sent, with a notice.
func (d dialect) levels(model string) levels {
	model = strings.ToLower(model)
	switch d {
	case own:
		return ownLevels(model)
	case openRouter: // finds the nearest that the model has, unless its list says more
		return thinking("on", "off", "minimal", "low", "medium", "high", "xhigh")
	case mistral:
		return of(model, mistralFamilies, silent)
	case deepSeek:
		return of(model, deepSeekFamilies, thinking("on", "off", "low", "high"))
	case dashScope:
		return switched
	case xAI:
		return xAILevels(model)
	case groq:
		return of(model, groqFamilies, silent)
	case together:
		return of(model, togetherFamilies, silent)
	case fireworks:
		return of(model, fireworksFamilies, silent)
	case cerebras:
		return of(model, cerebrasFamilies, silent)
	case huggingFace:
		return of(model, []family{{"gpt-oss", threeLevels}}, levels{threeLevels.say, false})
	case local:
		return levels{[]string{"on", "off", "low", "medium", "high"}, false}
	}
	return levels{[]string{"minimal", "low", "medium", "high", "xhigh"}, false}
}

var (
	mistralFamilies = []family{
		{"mistral-small-latest", thinking("off", "high")},
		{"mistral-small-26", thinking("off", "high")},
		{"mistral-medium-26", thinking("off", "high")},
		{"mistral-medium-3", thinking("off", "high")},
		{"magistral-small-latest", thinking("off", "high")},
		{"zai-glm", thinking("off", "high")},
		{"magistral", unbidden},
	}

	deepSeekFamilies = []family{
		{"deepseek-reasoner", thinking("low", "high")},
		{"deepseek-chat", levels{[]string{"on", "off"}, false}},
	}

	groqFamilies = []family{
		{"gpt-oss", threeLevels},
		{"qwen3", switched},
		{"qwq", unbidden},
		{"deepseek-r1", unbidden},
	}

	togetherFamilies = []family{
		{"gpt-oss", threeLevels},
		{"-thinking", unbidden},
		{"deepseek-r1", unbidden},
		{"minimax-m", unbidden},
		{"deepseek-v4", switched},
		{"deepseek-v3.", switched},
		{"glm-", switched},
		{"kimi-k2.", switched},
		{"qwen3.", switched},
		{"cogito", switched},
	}

	fireworksFamilies = []family{
		{"gpt-oss", threeLevels},
		{"kimi-k2-instruct", silent},
		{"kimi", threeLevels},
		{"glm", thinking("off", "high")},
		{"deepseek-v4", threeLevels.off().upTo("xhigh")},
		{"deepseek-r1", threeLevels},
		{"deepseek-v3p", threeLevels.off()},
		{"instruct", silent},
		{"qwen3", threeLevels.off()},
		{"minimax-m", threeLevels},
	}

	cerebrasFamilies = []family{
		{"gpt-oss", threeLevels},
		{"glm", switched},
		{"qwen-3-32b", unbidden},
	}
)

var (
	gptName  = wire.Pattern(`^gpt-(\d+)(?:\.(\d+))?(?:-(.*))?$`)
	grokName = wire.Pattern(`^grok-(\d+)(?:\.(\d+))?(?:-|$)`)
)

// ownLevels follows OpenAI's own pages: each model refuses the efforts of its
// neighbours.
func ownLevels(model string) levels {
	low := threeLevels
	if len(model) > 1 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9' || strings.HasPrefix(model, "codex") {
		if strings.HasPrefix(model, "o1-mini") || strings.HasPrefix(model, "o1-preview") {
			return unbidden
		}
		return low
	}
	m := gptName().FindStringSubmatch(model)
	if m == nil {
		if model == "chat-latest" {
			return thinking("medium")
		}
		return silent
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	is := func(s string) bool { return strings.Contains(m[3], s) }
	later := major > 5 || minor >= 2
	switch {
	case major < 5, is("chat") && major == 5 && minor == 0:
		return silent
	case is("chat"):
		return thinking("medium")
	case is("search"):
		return unbidden
	case is("codex") && (later || is("max")):
		return low.upTo("xhigh")
	case is("codex"):
		return low
	case is("pro") && !later:
		return thinking("high")
	case is("pro"):
		return thinking("medium", "high", "xhigh")
	case is("astra"), major == 6 && minor == 1 && is("sol"), major > 6, major == 6 && m[3] == "":
		return low.upTo("xhigh")
	case later:
		return low.off().upTo("xhigh")
	case minor == 1:
		return low.off()
	}
	return thinking("minimal", "low", "medium", "high")
}

// xAILevels follows docs.x.ai: an effort is taken from Grok 4.3 on, and by the
// small one of Grok 3.
func xAILevels(model string) levels {
	m := grokName().FindStringSubmatch(model)
	switch {
	case strings.Contains(model, "non-reasoning"):
		return silent
	case strings.Contains(model, "multi-agent"):
		return threeLevels.upTo("xhigh")
	case strings.HasPrefix(model, "grok-3-mini"):
		return thinking("low", "high")
	case model == "grok-latest":
		return threeLevels
	case m == nil:
		return unbidden // grok-code-fast-1, grok-build-0.1
	}
	major, _ := strconv.Atoi(m[1])
	switch {
	case major < 4:
		return silent
	case major == 4 && m[2] == "3":
		return threeLevels.off()
	case major > 4, m[2] > "3": // as text: 4.20 came before 4.3
		return threeLevels
	}
	return unbidden
}
