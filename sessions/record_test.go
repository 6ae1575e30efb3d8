package sessions

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

func p[T any](v T) *T { return &v }

// golden is JSON as it is written here, without its line breaks and indents.
func golden(s string) string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(s)); err != nil {
		return s
	}
	return b.String()
}

func checkRecord(t *testing.T, a Answer, want string) {
	t.Helper()
	got, err := json.Marshal(a.Record("01J", 7))
	if err != nil {
		t.Fatal(err)
	}
	if want := golden(want); string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheRecordOfAFinishedAnswer(t *testing.T) {
	checkRecord(t, Answer{
		Column: 1, Take: 2, Model: providers.Ref{Provider: "openai", Model: "gpt-5.1"}, Served: "gpt-5.1-2025-11-13",
		Text: "said", Thoughts: "thought", Finish: providers.ToolUse,
		Params: providers.Params{Seed: p(int64(4)), Think: "low"},
		Calls:  []Call{{"call_1", "lookup", ` {"q": 1}`}, {"call_2", "odd", "{not JSON"}},
		Usage:  providers.Usage{Input: 1105, CacheRead: 5, CacheWrite: 6, Output: 244, Reasoning: 44}, Foreseen: 1100,
		Price: &providers.Price{Rates: providers.Rates{Input: 1_250_000, CacheRead: 125_000, CacheWrite: 1, Output: 10_000_000}, Source: providers.Listed, AsOf: "2026-11-01"},
		Timing: providers.Timing{
			Sent: time.Now(), FirstToken: 771_200_400, FirstAnswer: 800 * ms, Last: 3_420_800_000, Total: 3_500 * ms, Wall: 9 * time.Second,
			Thoughts: true, Attempts: 2,
		},
		Server: providers.Server{Queue: p(time.Duration(0)), Decode: p(1500 * time.Microsecond)}, Resident: p(true),
		Notices: []string{"seed left out"}, Raw: json.RawMessage(`{}`), RequestID: "req",
	}, `{"session":"01J","turn":7,"column":1,"take":2,"model":"openai/gpt-5.1","served_model":"gpt-5.1-2025-11-13",
		"text":"said","reasoning":"thought","refusal":null,
		"tool_calls":[{"id":"call_1","name":"lookup","arguments":{"q":1}},{"id":"call_2","name":"odd","arguments":"{not JSON"}],
		"finish":"tool",
		"usage":{"input":1105,"cache_read":5,"cache_write":6,"output":244,"reasoning":44,"estimated":false},"prompt_estimate":1100,
		"cost":{"usd":"0.003821875006","source":"list","as_of":"2026-11-01"},
		"timing":{"ttft_ms":771.2,"ttfv_ms":800,"total_ms":3420.8,"tpot_ms":10.904,"tokens_per_second":91.712},
		"server":{"queue_ms":0,"load_ms":null,"prefill_ms":null,"decode_ms":1.5,"cold":false},
		"attempts":2,"attachments":[],"error":null,"notices":["seed left out"],"simulated":false,"raced":false,
		"params":{"seed":4,"think":"low"}}`)
}

func TestTheRecordOfAFailedAnswer(t *testing.T) {
	checkRecord(t, Answer{
		Column: 2, Take: 1, Model: providers.Ref{Provider: "a", Model: "b/c"}, Finish: providers.Failed,
		Usage:  providers.Usage{Estimated: true},
		Price:  &providers.Price{Rates: providers.Rates{Input: 1, Output: 1}, Source: providers.Overridden, AsOf: "2026-01-01"},
		Timing: providers.Timing{Attempts: 3, Total: time.Second},
		Error:  failure(&providers.Error{Kind: providers.RateLimit, Status: 429, RetryAfter: 1500 * ms}),
	}, `{"session":"01J","turn":7,"column":2,"take":1,"model":"a/b/c","served_model":null,
		"text":"","reasoning":"","refusal":null,"tool_calls":[],"finish":"error",
		"usage":{"input":0,"cache_read":0,"cache_write":0,"output":0,"reasoning":0,"estimated":true},"prompt_estimate":null,
		"cost":{"usd":null,"source":"override","as_of":null},
		"timing":{"ttft_ms":null,"ttfv_ms":null,"total_ms":null,"tpot_ms":null,"tokens_per_second":null},
		"server":null,"attempts":3,"attachments":[],
		"error":{"kind":"rate_limit","status":429,"message":"rate limited (HTTP 429)","hint":"wait 2s, then ask again, or choose another model","retry_after_ms":1500},
		"notices":[],"simulated":false,"raced":false,"params":{}}`)
}

func TestTheRecordOfAnAnswerForWhichNothingWasSent(t *testing.T) {
	b := sighted(t, nil, &recorder{}, "a", "blind")
	h := askWith(t, b, "what?", blob("pin.png", 1, 100))
	blind := h.final[2]
	r := blind.Record("", 1)
	want(t, "attempts", r.Attempts, 0)
	want(t, "usage", r.Usage, providers.Usage{})
	want(t, "unpriced answers", b.Session().Unpriced, 0)
	blind.Timing.Attempts = 1 // of what was used then, nothing came back
	want(t, "of one that was sent", blind.Record("", 1).Usage.Estimated, true)
}

func TestTheRecordOfACancelledAnswer(t *testing.T) {
	checkRecord(t, Answer{
		Column: 1, Take: 1, Model: providers.Ref{Provider: "demo", Model: "swift"}, Finish: providers.Cancelled, Text: "so far",
		Usage: providers.Usage{Input: 3, Output: 2, Estimated: true}, Price: &providers.Price{Source: providers.Free}, Simulated: true,
		Timing: providers.Timing{FirstToken: 1, FirstAnswer: 1, Last: 2 * time.Second, Attempts: 1},
		Error:  failure(&providers.Error{Kind: providers.Stopped}),
	}, `{"session":"01J","turn":7,"column":1,"take":1,"model":"demo/swift","served_model":null,
		"text":"so far","reasoning":"","refusal":null,"tool_calls":[],"finish":"cancelled",
		"usage":{"input":3,"cache_read":0,"cache_write":0,"output":2,"reasoning":0,"estimated":true},"prompt_estimate":null,
		"cost":{"usd":"0.000000000000","source":"free","as_of":null},
		"timing":{"ttft_ms":0.001,"ttfv_ms":0.001,"total_ms":2000,"tpot_ms":2000,"tokens_per_second":0.5},
		"server":null,"attempts":1,"attachments":[],
		"error":{"kind":"cancelled","status":null,"message":"stopped","hint":"ask again when you like","retry_after_ms":null},
		"notices":[],"simulated":true,"raced":false,"params":{}}`)
}

func TestTheRecordOfARefusal(t *testing.T) {
	checkRecord(t, Answer{
		Column: 1, Take: 1, Model: providers.Ref{Provider: "a", Model: "b"}, Finish: providers.Refused, Refusal: "I can't",
		Usage: providers.Usage{Input: 3, Output: 2}, Price: &providers.Price{Source: providers.Listed, AsOf: "2026-11-01"}, Billed: p(providers.Money(21)),
		Timing: providers.Timing{Attempts: 1},
	}, `{"session":"01J","turn":7,"column":1,"take":1,"model":"a/b","served_model":null,
		"text":"","reasoning":"","refusal":"I can't","tool_calls":[],"finish":"refusal",
		"usage":{"input":3,"cache_read":0,"cache_write":0,"output":2,"reasoning":0,"estimated":false},"prompt_estimate":null,
		"cost":{"usd":"0.000000000021","source":"billed","as_of":null},
		"timing":{"ttft_ms":null,"ttfv_ms":null,"total_ms":null,"tpot_ms":null,"tokens_per_second":null},
		"server":null,"attempts":1,"attachments":[],"error":null,"notices":[],"simulated":false,"raced":false,"params":{}}`)
}

func TestTheRecordOfAnUnfinishedAnswer(t *testing.T) {
	checkRecord(t, Answer{
		Column: 1, Take: 1, Model: providers.Ref{Provider: "ollama", Model: "b"}, Text: "<b>\u2028\xff", Refusal: "I ca", Local: true,
		Usage: providers.Usage{Input: 3, Output: 2, Estimated: true}, Timing: providers.Timing{Attempts: 1},
	}, `{"session":"01J","turn":7,"column":1,"take":1,"model":"ollama/b","served_model":null,
		"text":"\u003cb\u003e\u2028\ufffd","reasoning":"","refusal":"I ca","tool_calls":[],"finish":null,
		"usage":{"input":3,"cache_read":0,"cache_write":0,"output":2,"reasoning":0,"estimated":true},"prompt_estimate":null,
		"cost":{"usd":null,"source":"local","as_of":null},
		"timing":{"ttft_ms":null,"ttfv_ms":null,"total_ms":null,"tpot_ms":null,"tokens_per_second":null},
		"server":null,"attempts":1,"attachments":[],"error":null,"notices":[],"simulated":false,"raced":false,"params":{}}`)
}

func TestATranscriptIsTheSessionWithItsTurns(t *testing.T) {
	at := time.Date(2026, 11, 1, 2, 3, 4, 5, time.UTC)
	s := Session{
		ID: "01J", Title: "what?", Kind: Chat, Created: at, Updated: at, Turns: 2, Places: []int{1}, Spent: 1_500_000, Unpriced: 1,
		Columns: []Column{{ID: 1, Model: providers.Ref{Provider: "a", Model: "b"}, System: "brief", Params: providers.Params{MaxTokens: 9}}},
	}
	a := Answer{Column: 1, Take: 1, Model: s.Columns[0].Model}
	got, err := json.Marshal(NewTranscript(s, []Turn{
		{ID: 1, Text: "what?", Asked: at, Columns: []int{1}, Answers: []Answer{a}},
		{ID: 2, Parent: 1, Text: "and?", Asked: at, Columns: []int{1}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	record, err := json.Marshal(a.Record("01J", 1))
	if err != nil {
		t.Fatal(err)
	}
	const day = `"2026-11-01T02:03:04.000000005Z"`
	want(t, "transcript", string(got), golden(`{"id":"01J","title":"what?","kind":"chat","created":`+day+`,"updated":`+day+`,
		"columns":[{"id":1,"model":{"provider":"a","model":"b"},"system":"brief","params":{"max_tokens":9}}],"places":[1],
		"spent":1500000,"guessed":false,"unpriced":1,"turns":[
		{"id":1,"parent":0,"text":"what?","asked":`+day+`,"columns":[1],"attachments":[],"votes":[],"answers":[`+string(record)+`]},
		{"id":2,"parent":1,"text":"and?","asked":`+day+`,"columns":[1],"attachments":[],"votes":[],"answers":[]}]}`))
	none, err := json.Marshal(NewTranscript(s, nil))
	if err != nil || !strings.HasSuffix(string(none), `"turns":[]}`) {
		t.Errorf("%s, %v", none, err)
	}
}

func TestTheFilesOfARecordSayWhatWasSentAndSeen(t *testing.T) {
	files := []Attachment{
		{Name: "p\x1b[31m.png", MIME: "image/png", SHA256: "aa", Bytes: 9, Width: 4000, Height: 3000, SentWidth: 1024, SentHeight: 768, Notes: []string{"scaled"}},
		{Name: "b.pdf", MIME: "application/pdf", SHA256: "bb", Bytes: 7},
	}
	sights := []Sight{{SHA256: "aa", View: providers.View{Width: 512, Height: 384, Tokens: 765}}, {SHA256: "bb"}}
	const name = `"name":"p\u001b[31m.png","mime":"image/png","sha256":"aa","width":4000,"height":3000,`
	const pdf = `{"name":"b.pdf","mime":"application/pdf","sha256":"bb","width":null,"height":null,
		"sent_width":null,"sent_height":null,"seen_width":null,"seen_height":null,"tokens_estimate":null,"notes":[]}]`
	for _, tt := range []struct {
		what string
		a    Answer
		want string
	}{
		{"answered", Answer{Sights: sights, Finish: providers.Finished, Timing: providers.Timing{Attempts: 1}}, `[{` + name +
			`"sent_width":1024,"sent_height":768,"seen_width":512,"seen_height":384,"tokens_estimate":765,"notes":["scaled"]},` + pdf},
		{"of an older juxta", Answer{Finish: providers.Finished, Timing: providers.Timing{Attempts: 1}}, `[{` + name +
			`"sent_width":1024,"sent_height":768,"seen_width":null,"seen_height":null,"tokens_estimate":null,"notes":["scaled"]},` + pdf},
		{"not sent", Answer{Sights: []Sight{{SHA256: "aa", Trouble: "can't see pictures"}}, Finish: providers.Failed, Error: &Failure{Kind: providers.Unsupported}}, `[{` + name +
			`"sent_width":null,"sent_height":null,"seen_width":null,"seen_height":null,"tokens_estimate":null,"notes":["scaled"]},` + pdf},
		{"refused by the service", Answer{Finish: providers.Failed, Error: &Failure{Kind: providers.Unsupported, Status: 400}, Timing: providers.Timing{Attempts: 1}}, `[{` + name +
			`"sent_width":1024,"sent_height":768,"seen_width":null,"seen_height":null,"tokens_estimate":null,"notes":["scaled"]},` + pdf},
	} {
		got, err := json.Marshal(tt.a.Record("01J", 7, files...).Attachments)
		if err != nil {
			t.Fatal(err)
		}
		want(t, tt.what, string(got), golden(tt.want))
	}
	line, err := json.Marshal(NewTranscript(Session{ID: "01J"}, []Turn{{ID: 1, Files: files, Answers: []Answer{{Sights: sights}}}}))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(line); strings.Count(s, `"sha256":"aa"`) != 2 || strings.Contains(s, `"files"`) || strings.Count(s, `"seen_width":512`) != 1 {
		t.Error(s)
	}
}

// Every answer a session can hold has a record that encodes.
func TestRecordsEncodeWhateverAModelWrote(t *testing.T) {
	b := bench(t, nil, []string{"demo/script:text=hostile,think=30", "demo/script:text=hostile,finish=refusal", "demo/script:finish=tool", "demo/script:err=malformed@3"})
	ask(t, b, "\xff\x00\u2028")
	turns, err := b.Turns(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(NewTranscript(b.Session(), turns))
	if err != nil || !json.Valid(line) {
		t.Errorf("%s, %v", line, err)
	}
}
