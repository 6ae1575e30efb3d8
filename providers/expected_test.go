package providers_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"juxta/providers"
)

// expected is what the independent reader found: the service's own numbers and
// words.
type expected struct {
	TextSHA   string `json:"text_sha256"`
	Reasoning struct {
		Present bool   `json:"present"`
		Chars   int    `json:"chars"`
		SHA     string `json:"sha256"`
	} `json:"reasoning"`
	Input         *int            `json:"input_tokens"`
	Output        *int            `json:"output_tokens"`
	Cached        *int            `json:"cached_tokens"`
	ReasoningToks *int            `json:"reasoning_tokens"`
	Total         *int            `json:"total_tokens"`
	Write         int             `json:"cache_write_tokens"`
	Cost          json.Number     `json:"cost"`
	Ticks         int64           `json:"cost_in_usd_ticks"`
	RawUsage      json.RawMessage `json:"usage_raw"`
	Finish        *string         `json:"finish_reason"`
	Refusal       string          `json:"refusal"`
	Calls         []struct {
		ID        *string `json:"id"`
		Name      string  `json:"name"`
		Arguments string  `json:"arguments"`
	} `json:"tool_calls"`
	Error *struct {
		Midstream bool   `json:"midstream"`
		Message   string `json:"message"`
		Type      string `json:"type"`
	} `json:"error"`
	ResponseModel *string `json:"response_model"`
	ResponseID    *string `json:"response_id"`
	Complete      bool    `json:"complete"`
}

// reason is the finish in juxta's words.
func (rec *recording) reason() providers.Reason {
	want := &rec.Expected
	reason := providers.Finished
	if want.Finish != nil {
		reason = map[string]providers.Reason{
			"stop": providers.Finished, "length": providers.Length, "tool_calls": providers.ToolUse,
			"completed": providers.Finished, "incomplete:max_output_tokens": providers.Length,
			"end_turn": providers.Finished, "stop_sequence": providers.Finished, "max_tokens": providers.Length, "tool_use": providers.ToolUse,
			"STOP": providers.Finished, "MAX_TOKENS": providers.Length,
		}[*want.Finish]
	}
	switch {
	case reason == providers.Finished && len(want.Calls) > 0:
		return providers.ToolUse
	case reason == providers.Finished && want.Refusal != "":
		return providers.Refused
	}
	return reason
}

// requestID is every name that the service gave to the exchange.
func (rec *recording) requestID() []string {
	var ids []string
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Generation-Id", "Mistral-Correlation-Id", "Cf-Ray", "X-Inference-Id", "X-Trace-Id"} {
		if id := rec.header.Get(name); id != "" {
			ids = append(ids, id)
		}
	}
	if id := rec.Expected.ResponseID; id != nil {
		ids = append(ids, *id)
	}
	if len(ids) == 0 {
		ids = []string{""}
	}
	return ids
}

// limited reports whether the headers tell of limits that are per minute or
// without a name, as nearly all are.
func (rec *recording) limited() bool {
	for name := range rec.header {
		if plainLimit.MatchString(name) {
			return true
		}
	}
	return false
}

var plainLimit = regexp.MustCompile(`^X-Ratelimit-Remaining(-Requests|-Tokens)?$|^Anthropic-Ratelimit-(Requests|Tokens)-Remaining$|^X-Ratelimitbysize-Remaining-Minute$`)

// raw are the fields of the services' usage objects that no number of expected
// tells.
type raw struct {
	CacheCreation struct {
		Hour int `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	InputDetails struct {
		Write int `json:"cache_write_tokens"`
	} `json:"input_tokens_details"`
	ToolPrompt int   `json:"toolUsePromptTokenCount"`
	Ticks      int64 `json:"cost_in_usd_ticks"`
}

// usage sorts the service's numbers into disjoint buckets. DeepSeek's tier is that
// of the hour in which the recording is replayed, and is taken as it was told.
func (rec *recording) usage(told *providers.Usage) providers.Usage {
	want := &rec.Expected
	or0 := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	var more raw
	_ = json.Unmarshal(want.RawUsage, &more)
	u := providers.Usage{CacheRead: or0(want.Cached), CacheWrite: want.Write, Output: or0(want.Output), Reasoning: or0(want.ReasoningToks)}
	switch rec.API {
	case "anthropic-messages":
		u.Input, u.CacheWriteHour = *want.Input, more.CacheCreation.Hour
		return u
	case "gemini-generateContent":
		u.Input = *want.Input - u.CacheRead + more.ToolPrompt
		u.Output += u.Reasoning
		return u
	case "openai-responses":
		u.CacheWrite = more.InputDetails.Write
	}
	u.Input = *want.Input - u.CacheRead - u.CacheWrite
	if u.Reasoning > 0 && or0(want.Total) == *want.Input+u.Output+u.Reasoning {
		u.Output += u.Reasoning
	}
	u.Reasoning = min(u.Reasoning, u.Output)
	if u.Tier = rec.tier(); rec.Provider == "deepseek" && told != nil {
		u.Tier = told.Tier
	}
	return u
}

// tier is the one in which OpenAI says that it answered, if it is not the
// standard one.
func (rec *recording) tier() string {
	if rec.Provider != "openai" {
		return ""
	}
	all := serviceTier.FindAllSubmatch(rec.body, -1)
	if len(all) == 0 {
		return ""
	}
	switch last := string(all[len(all)-1][1]); last {
	case "auto", "default", "standard":
		return ""
	default:
		return last
	}
}

var serviceTier = regexp.MustCompile(`"service_tier": ?"([a-z_]+)"`)

// bill is what the service says it charged.
func (rec *recording) bill(t *testing.T) *providers.Money {
	var more raw
	_ = json.Unmarshal(rec.Expected.RawUsage, &more)
	switch ticks := max(rec.Expected.Ticks, more.Ticks); {
	case ticks > 0:
		m := providers.Money(ticks) * 100
		return &m
	case rec.Expected.Cost != "":
		m, err := providers.ParseDollars(rec.Expected.Cost.String())
		if err != nil {
			t.Fatal(err)
		}
		return &m
	}
	return nil
}

// kinds are those that a recorded failure may be sorted under.
func (rec *recording) kinds() []providers.Kind {
	e := rec.Expected.Error
	if e == nil {
		return []providers.Kind{providers.Truncated}
	}
	words := strings.ToLower(e.Message)
	says := func(what ...string) bool {
		for _, w := range what {
			if strings.Contains(words, w) {
				return true
			}
		}
		return false
	}
	switch {
	case says("context length", "context size (", "context window", "input token count"):
		return []providers.Kind{providers.ContextFull}
	case e.Type == "insufficient_quota":
		return []providers.Kind{providers.Quota}
	case rec.Status == 401, says("api key not valid", "incorrect api key"):
		return []providers.Kind{providers.Auth}
	case rec.Status == 429 && rec.Provider == "gemini":
		return []providers.Kind{providers.RateLimit, providers.Quota}
	case rec.Status == 429:
		return []providers.Kind{providers.RateLimit}
	case says("not a chat model"):
		return []providers.Kind{providers.Unsupported}
	case rec.Status == 404, says("not a valid model"):
		return []providers.Kind{providers.NotFound}
	case rec.Status == 529, e.Type == "overloaded_error", says("high demand"):
		return []providers.Kind{providers.Overloaded}
	case rec.Status >= 500, says("failed to decode"):
		return []providers.Kind{providers.ServerFault}
	}
	return []providers.Kind{providers.Unsupported}
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// compact is JSON text without its spaces, which carry nothing.
func compact(s string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(s)) != nil {
		return s
	}
	return b.String()
}

func sameJSON(a, b []byte) bool {
	canonical := func(v []byte) string {
		var x any
		_ = json.Unmarshal(v, &x)
		out, _ := json.Marshal(x)
		return string(out)
	}
	return canonical(a) == canonical(b)
}
