package gemini

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// rules are what a model takes of what it can be asked for. Its name is all
// that is known of it before it is asked.
type rules struct {
	sampled bool // temperature and top_p count
	plain   bool // no system prompt, no tools, no schema
	blind   bool // no attachments
	deaf    bool // no sound
	unread  bool // no documents
	signed  bool // tool calls that are told again need a signature

	// Thinking, measured in tokens (most > 0) or by levels, from the least.
	least, most int
	levels      []string
	off         bool // can be turned off
	asked       bool // is off unless asked for, and then refuses to show thoughts
}

const maxStops = 5

var (
	version = wire.Pattern(`^gem(?:ini|ma)-(\d+)(?:\.(\d+))?`)

	// speechless are parts of the names of models that answer in pictures or in
	// sound. Some think, but none takes word on how much.
	speechless = []string{"-image", "-tts", "-audio", "-live", "nano-banana", "embedding"}
)

// rulesOf is the one place that knows what a model takes. A model of which
// nothing is known follows the newest family's rules.
func rulesOf(model string) rules {
	name := strings.ToLower(bareName(model))
	major, minor := 0, 0
	if m := version().FindStringSubmatch(name); m != nil {
		major, _ = strconv.Atoi(m[1])
		minor, _ = strconv.Atoi(m[2])
	}
	has := func(part string) bool { return strings.Contains(name, part) }
	switch {
	case strings.HasPrefix(name, "gemma"):
		return gemma(name, major)
	case slices.ContainsFunc(speechless, has):
		return rules{sampled: true}
	case major == 1, major == 2 && minor < 5:
		return rules{sampled: true}
	case major == 2, has("robotics-er-1"):
		return gemini2(has)
	case major == 3:
		return gemini3(minor, has)
	case strings.HasPrefix(name, "gemini-") && strings.HasSuffix(name, "-latest"):
		// It moves from family to family: what all that it may be have in common.
		return rules{sampled: true, signed: true, levels: []string{"low", "medium", "high"}}
	case has("argon"), has("carbon"):
		return rules{signed: true, levels: []string{"low", "medium", "high"}}
	}
	// The newest family ignores temperature; whether an unknown one does is not
	// known, and then it is sent.
	return rules{sampled: major == 0, signed: true, levels: []string{"low", "medium", "high", "xhigh"}}
}

// gemma are the open models on this API. Those before the fourth refuse a
// system prompt ("Developer instruction is not enabled"), tools and schemas;
// those from it on know thinking as a switch, called minimal and high.
func gemma(name string, major int) rules {
	if major >= 4 {
		return rules{sampled: true, levels: []string{"minimal", "high"}, off: true, asked: true}
	}
	return rules{sampled: true, plain: true, blind: strings.Contains(name, "-1b"), deaf: true, unread: true}
}

func gemini2(has func(string) bool) rules {
	switch {
	case has("pro"):
		return rules{sampled: true, least: 128, most: 32768}
	case has("lite"):
		return rules{sampled: true, least: 512, most: 24576, off: true, asked: true}
	}
	return rules{sampled: true, least: 1, most: 24576, off: true}
}

func gemini3(minor int, has func(string) bool) rules {
	r := rules{sampled: true, signed: true, levels: []string{"minimal", "low", "medium", "high"}}
	switch {
	case has("pro") && minor == 0:
		r.levels = []string{"low", "high"}
	case has("pro"), minor >= 7 && !has("lite"):
		r.levels = r.levels[1:]
	}
	return r
}

// thinks reports whether something is known of the model's thinking.
func (r rules) thinks() bool { return r.most > 0 || len(r.levels) > 0 }

// switched reports whether thinking is a switch and no matter of degree.
func (r rules) switched() bool { return len(r.levels) == 2 && r.off }

// knobs are the parameters that a model under these rules is sent.
func (r rules) knobs() []providers.Knob {
	var knobs []providers.Knob
	add := func(name, values string) { knobs = append(knobs, providers.Knob{Name: name, Values: values}) }
	if r.sampled {
		add("temperature", "0 to 2")
		add("top_p", "0 to 1")
	}
	add("max_tokens", "")
	add("seed", "")
	add("stop", fmt.Sprintf("at most %d", maxStops))
	how := []string{"on"}
	if r.off {
		how = append(how, "off")
	}
	if !r.switched() {
		how = append(how, r.levels...)
	}
	if r.thinks() {
		add("think", strings.Join(how, ", "))
	}
	if r.most > 0 {
		add("think_budget", fmt.Sprintf("%d to %d", r.least, r.most))
	}
	return knobs
}
