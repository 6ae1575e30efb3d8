package openai

import (
	"regexp"
	"strings"

	"juxta/providers/wire"
)

// leaveOut is the next step when a service did not take a parameter that can be
// left out, and "" if its words name none.
func (s *service) leaveOut(f fault) string {
	option, otherwise := refusedOption(f)
	switch {
	case elsewhere().MatchString(f.message):
		return "ask it through a provider of the api openai-responses, as openai is; " + s.endpoint.Name + " speaks another one"
	case option == thoughts:
		return "ask again here, where thoughts are not asked for any more, or through openai-chat; OpenAI shows them to verified organisations alone"
	case option == "":
		return ""
	case otherwise:
		return "leave out " + option + ", or give it another value"
	}
	return "leave out " + option + ", or choose another model"
}

// thoughts stands for what juxta asks for by itself, and what is not for
// everybody.
const thoughts = "thoughts"

// refusedOption is what the service did not take, as a person types it, and
// whether it takes another value of it; "" if the fault names nothing of ours.
func refusedOption(f fault) (option string, otherwise bool) {
	if f.param == "reasoning.summary" {
		return thoughts, false
	}
	option = optionOf(strings.TrimPrefix(f.param, "body."))
	for _, re := range []*regexp.Regexp{quoted(), bare(), last()} {
		for _, m := range re.FindAllStringSubmatch(f.message, 8) {
			if option == "" {
				option = optionOf(m[1])
			}
		}
	}
	return option, outOfRange().MatchString(f.code + " " + f.message)
}

// optionOf is what a person types for a parameter of the wire, and "" for what
// nobody typed.
func optionOf(param string) string {
	first, _, _ := strings.Cut(param, ".")
	switch {
	case param == "reasoning.max_tokens":
		return "-o think_budget"
	case first == "text" && strings.HasPrefix(param, "text.format"):
		return "--schema"
	}
	switch first {
	case "temperature", "top_p", "stop", "seed":
		return "-o " + first
	case "random_seed":
		return "-o seed"
	case "max_tokens", "max_completion_tokens", "max_output_tokens":
		return "-o max_tokens"
	case "reasoning", "reasoning_effort", "reasoningEffort", "thinking", "enable_thinking", "chat_template_kwargs":
		return "-o think"
	case "thinking_budget", "budget_tokens":
		return "-o think_budget"
	case "response_format", "json_schema":
		return "--schema"
	}
	return ""
}

var (
	// A message names a parameter in quotes, after a colon, or bare where no
	// English word is written like it.
	quoted = wire.Pattern(`['"\x60]([a-z][\w.]*)['"\x60]`)
	bare   = wire.Pattern(`\b(temperature|top_p|random_seed|max_(?:completion_|output_)?tokens|reasoning_effort|reasoningEffort|enable_thinking|thinking_budget|budget_tokens|response_format|json_schema)\b`)
	last   = wire.Pattern(`: ?(stop|seed)$`)

	outOfRange = wire.Pattern(`(?i)_(below|above)_(min|max)|out of range|too (large|small|high|low|big)|(less|greater|higher|lower|more) than|at (most|least)|between|minimum value|maximum value`)

	elsewhere = wire.Pattern(`(?i)only (be )?supported in v1/responses|use (the )?(/?v1/)?responses`)
)
