package transfer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// mostGathered is how much may have to be held together because the parts of
// conversations stand between each other.
const mostGathered = 256 << 20

// llmLogs reads what `llm logs --json` prints: a list of responses, those of all
// conversations by their time. The bytes of attachments are not in it.
func llmLogs() foreign {
	return foreign{
		name: "llm", says: "the logs of llm, from `llm logs -n 0 --json`",
		under: "conversations", knownBy: []string{"conversation_id", "prompt", "response"},
		read: (*gathering).llmResponse,
		end: func(g *gathering) error {
			for _, t := range g.talks {
				if err := g.take(t); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

type llmRow struct {
	ID           string                     `json:"id"`
	Conversation string                     `json:"conversation_id"`
	Name         string                     `json:"conversation_name"`
	Model        string                     `json:"model"`
	Resolved     string                     `json:"resolved_model"`
	Prompt       string                     `json:"prompt"`
	System       string                     `json:"system"`
	Options      map[string]json.RawMessage `json:"options_json"`
	Response     string                     `json:"response"`
	Reasoning    string                     `json:"reasoning"`
	Raw          json.RawMessage            `json:"response_json"`
	Schema       json.RawMessage            `json:"schema_json"`
	Duration     *int64                     `json:"duration_ms"`
	At           stamp                      `json:"datetime_utc"`
	Input        *int                       `json:"input_tokens"`
	Output       *int                       `json:"output_tokens"`
	Details      json.RawMessage            `json:"token_details"`
	Calls        []struct {
		ID        string          `json:"tool_call_id"`
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"tool_calls"`
	Results     []json.RawMessage `json:"tool_results"`
	Fragments   []llmFragment     `json:"prompt_fragments"`
	Systems     []llmFragment     `json:"system_fragments"`
	Attachments []json.RawMessage `json:"attachments"`
}

type llmFragment struct {
	Content string `json:"content"`
}

// llmResponse adds a response to its conversation. One that continues none is a
// conversation of its own.
func (g *gathering) llmResponse(v value) error {
	var row llmRow
	if err := v.decode(&row); err != nil {
		return err
	}
	key := row.Conversation
	if key == "" {
		key = row.ID
	}
	if key == "" {
		return v.at.wrong("it has neither an id nor a conversation_id")
	}
	if g.bytes += len(v.raw); g.bytes > mostGathered {
		return v.at.wrong("the conversations up to here come to more than %d MB: export them in parts, with `llm logs -c ID`", mostGathered>>20)
	}
	if g.byKey == nil {
		g.byKey = map[string]int{}
	}
	i, ok := g.byKey[key]
	if !ok {
		i = len(g.talks)
		g.byKey[key] = i
		g.talks = append(g.talks, &talk{format: "llm", provider: "llm", key: key, title: row.Name, at: v.at})
	}
	t := g.talks[i]
	n := len(t.messages)
	if n > 0 && t.messages[n-2].at.After(row.At.Time) { // llm prints search results by their rank
		return v.at.wrong("the responses of its conversation are not in their order: export them with `llm logs -n 0 --json`")
	}
	question := message{id: fmt.Sprintf("%d", n), asks: true, text: row.Prompt, at: row.At.Time}
	if n > 0 {
		question.parent = t.messages[n-1].id
	}
	answer := message{id: fmt.Sprintf("%d", n+1), parent: question.id, at: row.ended(), answer: g.llmAnswer(t, &row)}
	t.messages = append(t.messages, question, answer)
	t.system = row.System
	g.llmLeave(t, &row)
	return nil
}

// ended is when the response was complete, as far as that is known.
func (r *llmRow) ended() time.Time {
	if r.At.IsZero() {
		return r.At.Time
	}
	return r.At.Add(r.took())
}

func (r *llmRow) took() time.Duration {
	const most = 30 * 24 * time.Hour
	if r.Duration == nil || *r.Duration < 0 || *r.Duration > most.Milliseconds() {
		return 0
	}
	return time.Duration(*r.Duration) * time.Millisecond
}

// llmLeave notes what of a row is not taken.
func (g *gathering) llmLeave(t *talk, r *llmRow) {
	for range r.Attachments {
		g.leave(t.at, "files that the export does not hold")
	}
	for range r.Results {
		g.leave(t.at, "messages of tools")
	}
	for _, f := range r.Fragments {
		if !strings.Contains(r.Prompt, strings.TrimSuffix(f.Content, "...")) {
			g.leave(t.at, "fragments, whose text is not in the prompt")
		}
	}
	for _, f := range r.Systems {
		if !strings.Contains(r.System, strings.TrimSuffix(f.Content, "...")) {
			g.leave(t.at, "fragments, whose text is not in the system prompt")
		}
	}
}

func (g *gathering) llmAnswer(t *talk, r *llmRow) sessions.Answer {
	a := sessions.Answer{
		Text: r.Response, Thoughts: r.Reasoning, Served: r.Resolved, System: r.System,
		Timing: providers.Timing{Sent: r.At.Time, Last: r.took(), Total: r.took()},
	}
	if r.Model != "" {
		a.Model = providers.Ref{Provider: "llm", Model: r.Model}
	}
	if s := strings.TrimSpace(string(r.Schema)); s != "" && s != "null" {
		a.Schema = r.Schema
	}
	for _, c := range r.Calls {
		a.Calls = append(a.Calls, sessions.Call{ID: c.ID, Name: c.Name, Arguments: string(compact(c.Arguments))})
	}
	if r.Input != nil && r.Output != nil && min(*r.Input, *r.Output) >= 0 {
		a.Usage = providers.Usage{Input: *r.Input, Output: *r.Output}
		a.Raw = llmDetails(r.Details)
	}
	a.Finish = llmFinish(r.Raw, len(a.Calls) > 0)
	for name, raw := range r.Options {
		value := string(raw)
		_ = json.Unmarshal(raw, &value) // of a text
		if value == "null" || name == "stop" || !slices.Contains(providers.ParamNames(), name) || a.Params.Set(name, value) != nil {
			g.leave(t.at, "options of a model that juxta has not")
		}
	}
	return a
}

// llmDetails are a provider's own counts, which llm prints as a text with JSON in
// it or as JSON.
func llmDetails(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	if len(raw) == 0 || !json.Valid(raw) || string(raw) == "null" {
		return nil
	}
	return raw
}

// llmFinish is how the response says that it ended, "" for as usual.
func llmFinish(raw json.RawMessage, calls bool) providers.Reason {
	var r struct {
		Finish string `json:"finish_reason"`
		Stop   string `json:"stop_reason"`
	}
	_ = json.Unmarshal(raw, &r) // each plugin of llm has its own
	switch {
	case r.Finish == "length", r.Stop == "max_tokens":
		return providers.Length
	case r.Finish == "content_filter", r.Stop == "refusal":
		return providers.Refused
	case calls:
		return providers.ToolUse
	}
	return ""
}
