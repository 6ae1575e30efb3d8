package gemini

import (
	"bytes"
	"encoding/json"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// counts is the service's usage object. A pointer tells absent from zero where
// the difference matters.
type counts struct {
	Prompt        wire.Tally  `json:"promptTokenCount"`
	Cached        wire.Tally  `json:"cachedContentTokenCount"`
	Candidates    *wire.Tally `json:"candidatesTokenCount"`
	Thoughts      wire.Tally  `json:"thoughtsTokenCount"`
	Tools         wire.Tally  `json:"toolUsePromptTokenCount"`
	Total         wire.Tally  `json:"totalTokenCount"`
	PromptDetails []modality  `json:"promptTokensDetails"`
	CacheDetails  []modality  `json:"cacheTokensDetails"`
	ToolDetails   []modality  `json:"toolUsePromptTokensDetails"`
	AnswerDetails []modality  `json:"candidatesTokensDetails"`
	Tier          string      `json:"serviceTier"` // standard, flex, priority or batch
	Traffic       string      `json:"trafficType"` // Vertex AI's: ON_DEMAND, ON_DEMAND_FLEX, PROVISIONED_THROUGHPUT
}

type modality struct {
	Name  string     `json:"modality"`
	Count wire.Tally `json:"tokenCount"`
}

// readUsage sorts what the service counted into disjoint buckets: the prompt
// holds what was read from the cache, but neither what the service's own tools
// read nor the thoughts, which are output. It is nil if nothing was counted.
func readUsage(raw json.RawMessage) *providers.Usage {
	var c counts
	if !wire.Given(raw) || wire.Lenient(raw, &c) != nil || c.Prompt == 0 {
		return nil // a prompt has tokens; a report without them is better estimated in view
	}
	cached := min(c.Cached, c.Prompt)
	input := c.Prompt - cached + c.Tools
	output := max(c.Thoughts, c.Total-c.Prompt-c.Tools) // the total is the sum of all of them
	if c.Candidates != nil {
		output = *c.Candidates + c.Thoughts
	}
	heard := in(c.PromptDetails, "AUDIO")
	audio := heard - min(in(c.CacheDetails, "AUDIO"), heard) + in(c.ToolDetails, "AUDIO")
	return &providers.Usage{
		Input: int(input), CacheRead: int(cached), Output: int(output),
		Reasoning: int(c.Thoughts), Audio: int(min(audio, input)), Tier: c.tier(),
	}
}

// samePrompt reports whether two usage objects write the same counts of a prompt.
func samePrompt(a, b json.RawMessage) bool {
	for _, name := range []string{`"promptTokenCount"`, `"toolUsePromptTokenCount"`} {
		if !bytes.Equal(written(a, name), written(b, name)) {
			return false
		}
	}
	return true
}

// written is the text that stands for a field which is a number.
func written(object []byte, name string) []byte {
	_, rest, _ := bytes.Cut(object, []byte(name))
	return rest[:max(bytes.IndexAny(rest, ",}"), 0)]
}

// in is how many of the tokens were of a modality: "AUDIO" is sound.
func in(details []modality, name string) (n wire.Tally) {
	for _, d := range details {
		if d.Name == name {
			n += d.Count
		}
	}
	return n
}

// tier is whatever makes a token cost other than the list says: the tier that is
// charged, if it is clearly not the standard one, and an answer in pictures or in
// sound, of which a token costs a multiple of one of text. Throughput that was
// bought beforehand is none of them.
func (c *counts) tier() string {
	var names []string
	for _, tier := range []string{"flex", "priority", "batch"} {
		if strings.EqualFold(c.Tier, tier) || strings.HasSuffix(strings.ToLower(c.Traffic), "_"+tier) {
			names = append(names, tier)
			break
		}
	}
	for _, what := range []string{"IMAGE", "AUDIO", "VIDEO"} {
		if in(c.AnswerDetails, what) > 0 {
			names = append(names, strings.ToLower(what)+"-output")
		}
	}
	return strings.Join(names, "+")
}
