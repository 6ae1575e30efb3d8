package anthropic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
)

// rules say what a model takes. The encoder reads nothing else to decide what
// may be sent, and knobs reads the same for people.
type rules struct {
	output int  // most tokens of an answer
	known  bool // output is the model's own, and not the best guess

	samples bool // takes temperature and top_p
	either  bool // but only one of the two

	budget   bool     // thinks within a number of tokens
	adaptive bool     // decides itself how much to think
	efforts  []string // of adaptive thinking, among providers.ThinkLevels
	unasked  bool     // thinks also if nothing is said about it
	off      string   // the thinking.type that stops a model that thinks unasked; "" if nothing does
	hidden   bool     // shows its thoughts only if asked to

	schema bool // takes a schema of the answer
	blind  bool // sees no images
	noPDF  bool
}

// thinks reports whether the model can think at all.
func (r rules) thinks() bool { return r.budget || r.adaptive }

// minThinking is the least thinking.budget_tokens, which also stays below
// max_tokens.
const minThinking = 1024

const (
	disabled     = "disabled"
	betweenTools = "between_tools"
)

// A family is what the models of some lines take from a version on. Versions
// count hundreds: 405 is 4.5.
type family struct {
	lines string // "" for every other line
	from  int
	rules
}

var (
	toHigh  = []string{"low", "medium", "high"}
	toXHigh = []string{"low", "medium", "high", "xhigh"}
)

// families are in rising order of each line's versions. What they say is from
// Anthropic's model pages, migration guides and refusals; the service's own
// list, where it was read, knows better. Whatever is newer than the newest
// follows the newest of its line.
var families = []family{
	{"opus sonnet haiku", 0, rules{output: 4096, samples: true, noPDF: true}},
	{"opus sonnet haiku", 305, rules{output: 8192, samples: true}},
	{"sonnet", 307, rules{output: 64_000, samples: true, budget: true}},
	{"opus", 400, rules{output: 32_000, samples: true, budget: true}},
	{"sonnet", 400, rules{output: 64_000, samples: true, budget: true}},
	{"opus", 401, rules{output: 32_000, samples: true, either: true, budget: true, schema: true}},
	{"opus sonnet haiku", 405, rules{output: 64_000, samples: true, either: true, budget: true, schema: true}},
	{"opus sonnet", 406, rules{output: 128_000, samples: true, either: true, budget: true, adaptive: true, efforts: toHigh, schema: true}},
	{"opus", 407, rules{output: 128_000, adaptive: true, efforts: toXHigh, hidden: true, schema: true}},
	{"opus sonnet", 500, rules{output: 128_000, adaptive: true, efforts: toXHigh, unasked: true, off: disabled, hidden: true, schema: true}},
	{"opus", 505, rules{output: 128_000, adaptive: true, efforts: toXHigh, unasked: true, hidden: true, schema: true}},
	{"sonnet", 505, rules{output: 128_000, adaptive: true, efforts: toXHigh, unasked: true, off: betweenTools, hidden: true, schema: true}},
	{"haiku", 505, rules{output: 128_000, adaptive: true, efforts: toXHigh, unasked: true, off: disabled, hidden: true, schema: true}},
	{"fable mythos", 0, rules{output: 128_000, adaptive: true, efforts: toXHigh, unasked: true, hidden: true, schema: true}},
	{"", 0, rules{output: 128_000, adaptive: true, efforts: toXHigh, unasked: true, hidden: true, schema: true}},
}

// newest is the latest version that families speaks of.
const newest = 505

// imitation is for models that are not Claude, behind an API that imitates
// Claude's: they take what that API has had for long.
var imitation = rules{output: 8192, samples: true, budget: true, unasked: true, off: disabled}

// rulesFor is what a model takes, told by its name.
func rulesFor(model string) rules {
	line, version, ok := lineage(model)
	if !ok {
		return imitation
	}
	for _, f := range slices.Backward(families) {
		if f.lines == "" && !namedLine(line) || slices.Contains(strings.Fields(f.lines), line) && f.from <= version {
			f.known = f.lines != "" && version <= newest
			return f.rules
		}
	}
	return imitation // not reached: every line has a family from version 0
}

func namedLine(line string) bool {
	return slices.ContainsFunc(families, func(f family) bool { return slices.Contains(strings.Fields(f.lines), line) })
}

// lineage reads a model's name in any of its spellings: claude-opus-4-20250514,
// claude-3-5-sonnet-latest, anthropic/claude-haiku-4.5,
// eu.anthropic.claude-sonnet-4-5-20250929-v1:0. A name without a version means
// the newest.
func lineage(model string) (line string, version int, ok bool) {
	_, rest, ok := strings.Cut(strings.ToLower(model), "claude")
	words := strings.FieldsFunc(rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for i := 0; i < len(words); i++ {
		n, isNumber := small(words[i])
		switch {
		case isNumber && version == 0:
			version = n * 100
			if i+1 < len(words) {
				if n, isNumber = small(words[i+1]); isNumber {
					version += n
					i++
				}
			}
		case line == "" && strings.Trim(words[i], "abcdefghijklmnopqrstuvwxyz") == "":
			line = words[i]
		}
	}
	if version == 0 {
		version = newest
	}
	return line, version, ok
}

// small reads a part of a version, which is shorter than a date.
func small(word string) (int, bool) {
	n, err := strconv.Atoi(word)
	return n, err == nil && len(word) <= 2
}

// levels are the values of think that the model takes as they are.
func (r rules) levels() []string {
	var levels []string
	for _, l := range providers.ThinkLevels() {
		switch {
		case l == "on", l == "off" && (!r.unasked || r.off != ""), r.adaptive && slices.Contains(r.efforts, l), !r.adaptive && budgets[l] != 0:
			levels = append(levels, l)
		}
	}
	return levels
}

// knobs are the parameters that the model takes, for people.
func (r rules) knobs() []providers.Knob {
	var knobs []providers.Knob
	add := func(is bool, name, values string) {
		if is {
			knobs = append(knobs, providers.Knob{Name: name, Values: values})
		}
	}
	beside := ""
	if r.either {
		beside = ", not beside temperature"
	}
	longest := ""
	if r.known {
		longest = fmt.Sprintf("1 to %d", r.output)
	}
	add(r.samples, "temperature", "0 to 1")
	add(r.samples, "top_p", "0 to 1"+beside)
	add(true, "max_tokens", longest)
	add(true, "stop", "")
	add(r.thinks(), "think", strings.Join(r.levels(), ", "))
	add(r.budget, "think_budget", fmt.Sprintf("from %d, below max_tokens", minThinking))
	return knobs
}
