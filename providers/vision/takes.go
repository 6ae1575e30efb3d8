package vision

import (
	"strings"

	"juxta/providers"
)

// takes is what a model of a name is sent besides text, as far as its API, its
// service and its name decide that. No is what the packages that speak the APIs
// refuse, so that a screen can say so before anybody is asked; a test beside
// them holds the two together.
func takes(n name, e providers.Endpoint) providers.Abilities {
	can := providers.Abilities{Documents: documents(n, e)}
	switch e.API {
	case "anthropic":
		if v, ok := n.version("claude"); ok && !v.atLeast(3, 5) {
			can.Documents = providers.No
		}
	case "gemini":
		if v, ok := strings.CutPrefix(string(n), "gemma"); ok && strings.TrimPrefix(v, "-") < "4" {
			can.Audio, can.Documents = providers.No, providers.No
		}
	case "openai-chat", "openai-responses":
		openAI(n, e, &can)
	}
	return can
}

// openAI is takes for the services that speak one of OpenAI's protocols.
func openAI(n name, e providers.Endpoint, can *providers.Abilities) {
	switch {
	case at(e, "openai.com", "openai.azure.com"):
		switch {
		case n.has("audio"):
			*can = providers.Abilities{Images: providers.No, Audio: providers.Yes, Documents: providers.No}
		case n.has("search"):
		case n == "gpt-4", blind(n):
			*can = providers.Abilities{Images: providers.No, Audio: providers.No, Documents: providers.No}
		case numbered(n):
			can.Audio = providers.No
		}
	case e.Local, at(e, "groq.com", "cerebras.ai", "together.xyz", "together.ai", "fireworks.ai", "huggingface.co", "aliyuncs.com"):
		can.Documents = providers.No // no request has a place for a file
	case e.API == "openai-chat" && at(e, "x.ai"):
		can.Documents = providers.No
	}
	if at(e, "deepseek.com", "groq.com", "cerebras.ai", "x.ai") {
		can.Audio = providers.No
	}
}

// numbered reports whether a name is one of OpenAI's that look and read, and
// don't hear.
func numbered(n name) bool {
	s := strings.TrimPrefix(string(n), "chat")
	return len(s) > 1 && s[0] == 'o' && digit(s[1]) || len(s) > 4 && strings.HasPrefix(s, "gpt-") && s[4] >= '4' && s[4] <= '9'
}

// absent is what an API has no place for, whatever the model. No list knows
// better.
func absent(e providers.Endpoint) (can providers.Abilities) {
	switch e.API {
	case "anthropic":
		can.Audio = providers.No
	case "ollama", "demo":
		can.Audio, can.Documents = providers.No, providers.No
	case "openai-responses":
		if at(e, "openai.com", "openai.azure.com", "x.ai") {
			can.Audio = providers.No
		}
	}
	return can
}

// at reports whether an endpoint is at one of the domains, or below it.
func at(e providers.Endpoint, domains ...string) bool {
	h := "." + host(e)
	for _, d := range domains {
		if strings.HasSuffix(h, "."+d) {
			return true
		}
	}
	return false
}
