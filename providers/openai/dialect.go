package openai

import "strings"

// A dialect is how an endpoint departs from what OpenAI's own takes.
type dialect uint8

const (
	generic     dialect = iota
	own                 // OpenAI's, also on Azure
	openRouter          // normalises everything itself; thinking is an object
	mistral             // seed has another name; usage comes unasked
	deepSeek            // thinking is switched by an object; the hour decides what it costs
	dashScope           // thinking is switched by a flag
	xAI                 // its thinking models take no stop
	groq                // thoughts come apart only if asked to
	together            // thinking is switched by an object of another name
	fireworks           // thinking is an effort, none included
	cerebras            // the same, model by model
	huggingFace         // routes to others, which take what they take
	local               // llama.cpp, vLLM, LM Studio: thinking is a flag of the chat template
)

// hosts are the domains that each dialect is spoken at.
var hosts = []struct {
	domain string
	dialect
}{
	{"openai.com", own},
	{"openai.azure.com", own},
	{"openrouter.ai", openRouter},
	{"mistral.ai", mistral},
	{"deepseek.com", deepSeek},
	{"aliyuncs.com", dashScope},
	{"x.ai", xAI},
	{"groq.com", groq},
	{"together.xyz", together},
	{"together.ai", together},
	{"fireworks.ai", fireworks},
	{"cerebras.ai", cerebras},
	{"huggingface.co", huggingFace},
}

func dialectOf(host string, isLocal bool) dialect {
	host = strings.ToLower(host)
	for _, h := range hosts {
		if host == h.domain || strings.HasSuffix(host, "."+h.domain) {
			return h.dialect
		}
	}
	if isLocal {
		return local
	}
	return generic
}
