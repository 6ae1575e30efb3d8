package openai

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// counts is a usage object of either protocol in any dialect. A pointer tells
// absent from zero where the difference matters.
type counts struct {
	Prompt     wire.Tally `json:"prompt_tokens"`
	Completion wire.Tally `json:"completion_tokens"`
	Input      wire.Tally `json:"input_tokens"` // the same two of the Responses API
	Output     wire.Tally `json:"output_tokens"`
	Total      wire.Tally `json:"total_tokens"`
	CacheHits  wire.Tally `json:"prompt_cache_hit_tokens"` // DeepSeek
	Cached     wire.Tally `json:"cached_tokens"`           // Moonshot
	Reasoning  wire.Tally `json:"reasoning_tokens"`        // Z.AI, Together

	PromptDetails     *promptCounts `json:"prompt_tokens_details"`
	InputDetails      *promptCounts `json:"input_tokens_details"`
	CompletionDetails *answerCounts `json:"completion_tokens_details"`
	OutputDetails     *answerCounts `json:"output_tokens_details"`

	wire.Bill
	Ticks json.RawMessage `json:"cost_in_usd_ticks"` // xAI: 10⁻¹⁰ dollars, more than a Tally holds from 21 cents on

	QueueTime      *seconds `json:"queue_time"` // Groq
	PromptTime     *seconds `json:"prompt_time"`
	CompletionTime *seconds `json:"completion_time"`
}

type promptCounts struct {
	Cached *wire.Tally `json:"cached_tokens"`
	Write  wire.Tally  `json:"cache_write_tokens"`
	Audio  wire.Tally  `json:"audio_tokens"`
}

type answerCounts struct {
	Reasoning *wire.Tally `json:"reasoning_tokens"`
}

// readUsage is what a service counted of a whole answer, and what it says it
// charged; nil where it counted only one of prompt and answer.
func readUsage(raw json.RawMessage) (*providers.Usage, *providers.Money) {
	u, billed := tallied(raw)
	if !counted(raw) {
		u = nil
	}
	return u, billed
}

// tallied sorts what a service counted by now into disjoint buckets, and reads
// what it says it charged. The prompt holds what was read from and written to the
// cache; the completion holds the reasoning, except where the total says that
// it was counted beside it, as xAI does.
func tallied(raw json.RawMessage) (*providers.Usage, *providers.Money) {
	var c counts
	if wire.Lenient(raw, &c) != nil {
		return nil, nil
	}
	prompt, output := max(c.Prompt, c.Input), max(c.Completion, c.Output)
	if prompt == 0 { // a prompt has tokens
		return nil, c.billed() // better an estimate that says so than a count of nothing
	}
	cached, write, audio, reasoning := max(c.CacheHits, c.Cached), wire.Tally(0), wire.Tally(0), c.Reasoning
	for _, d := range []*promptCounts{c.PromptDetails, c.InputDetails} {
		if d == nil {
			continue
		}
		write, audio = d.Write, d.Audio
		if d.Cached != nil {
			cached = *d.Cached
		}
	}
	for _, d := range []*answerCounts{c.CompletionDetails, c.OutputDetails} {
		if d != nil && d.Reasoning != nil {
			reasoning = *d.Reasoning
		}
	}
	if reasoning > 0 && (c.Total == prompt+output+reasoning || c.Total == 0 && reasoning > output) {
		output += reasoning
	}
	cached = min(cached, prompt)
	write = min(write, prompt-cached)
	fresh := prompt - cached - write
	return &providers.Usage{
		Input: int(fresh), CacheRead: int(cached), CacheWrite: int(write), Audio: int(min(audio, fresh)),
		Output: int(output), Reasoning: int(min(reasoning, output)),
	}, c.billed()
}

// counted reports whether a usage object holds both counts, as counts.
func counted(raw json.RawMessage) bool {
	var c struct {
		Prompt     json.RawMessage `json:"prompt_tokens"`
		Input      json.RawMessage `json:"input_tokens"`
		Completion json.RawMessage `json:"completion_tokens"`
		Output     json.RawMessage `json:"output_tokens"`
	}
	return wire.Lenient(raw, &c) == nil && (wire.Counts(c.Prompt) || wire.Counts(c.Input)) && (wire.Counts(c.Completion) || wire.Counts(c.Output))
}

// billed is what the service says it charged.
func (c *counts) billed() *providers.Money {
	var ticks int64
	const tick = providers.Dollar / 10_000_000_000
	if json.Unmarshal(c.Ticks, &ticks) == nil && ticks > 0 && ticks <= math.MaxInt64/int64(tick) {
		m := providers.Money(ticks) * tick
		return &m
	}
	return c.Charged()
}

// seconds is a duration as a JSON number.
type seconds float64

func (s *seconds) duration() *time.Duration {
	if s == nil || !(*s >= 0 && *s < 1e6) {
		return nil
	}
	d := time.Duration(float64(*s) * float64(time.Second))
	return &d
}

// llamaTimings is what llama.cpp tells of its own time, in milliseconds.
type llamaTimings struct {
	Prompt    *seconds `json:"prompt_ms"`
	Predicted *seconds `json:"predicted_ms"`
}

// timeInfo is what Cerebras tells.
type timeInfo struct {
	Queue      *seconds `json:"queue_time"`
	Prompt     *seconds `json:"prompt_time"`
	Completion *seconds `json:"completion_time"`
}

// serverTimes is what ch, or the usage that came with it, says of the service's
// own time.
func serverTimes(ch *chunk, usage json.RawMessage) providers.Server {
	switch {
	case ch.Timings != nil:
		milli := func(s *seconds) *time.Duration {
			if s != nil {
				*s /= 1000
			}
			return s.duration()
		}
		return providers.Server{Prefill: milli(ch.Timings.Prompt), Decode: milli(ch.Timings.Predicted)}
	case ch.TimeInfo != nil:
		t := ch.TimeInfo
		return providers.Server{Queue: t.Queue.duration(), Prefill: t.Prompt.duration(), Decode: t.Completion.duration()}
	}
	var c counts
	if bytes.Contains(usage, []byte(`"queue_time"`)) && wire.Lenient(usage, &c) == nil {
		return providers.Server{Queue: c.QueueTime.duration(), Prefill: c.PromptTime.duration(), Decode: c.CompletionTime.duration()}
	}
	return providers.Server{}
}
