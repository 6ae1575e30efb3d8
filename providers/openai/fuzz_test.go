package openai

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"juxta/providers"
)

func FuzzChat(f *testing.F) {
	f.Add([]byte(stream(delta0(`{"content":"x","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}`, `"stop"`))), 200)
	f.Add([]byte(begun+"error: {\"error\":\"x\"}\n"), 200)
	f.Add([]byte(`{"error":{"message":"x","code":400,"metadata":{"raw":"{\"error\":\"y\"}"}}}`), 429)
	f.Add([]byte(`[{"detail":[{"loc":["body","stop"],"msg":"x"}]}]`), 422)
	f.Add([]byte(stream(`{"usage":{"prompt_tokens":1e9,"cost":1e-13},"choices":[{"delta":{"content":[{"type":"thinking","thinking":"x"}]}}]}`)), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) { survive(t, New, body, status) })
}

func FuzzResponses(f *testing.F) {
	f.Add([]byte(happenings(created, said("x"), completed)), 200)
	f.Add([]byte(happenings(`{"type":"response.output_item.added","item":{"type":"function_call","call_id":"a","name":"f"}}`, `{"type":"response.function_call_arguments.delta","delta":"{}"}`, completed)), 200)
	f.Add([]byte(happenings(`{"type":"response.reasoning_summary_text.delta","summary_index":1,"delta":"x"}`, `{"type":"response.refusal.delta","delta":"x"}`, `{"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"}}}`)), 200)
	f.Add([]byte(happenings(said("x"), `{"type":"response.failed","response":{"error":{"code":"insufficient_quota","message":"x"}}}`)), 200)
	f.Add([]byte(`{"status":"completed","output":[{"type":"message","content":[{"text":"x"}]},{"type":"reasoning","summary":[{"text":"x"}]}],"usage":{"input_tokens":1,"output_tokens_details":{"reasoning_tokens":9}}}`), 200)
	f.Add([]byte(`{"error":{"message":"Unsupported parameter: 'top_p'","param":"top_p"}}`), 400)
	f.Add([]byte(happenings("{\"type\":\"response.output_text.delta\",\"delta\":{\"half\":\"\xe2\x82\"}}", completed)), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) { survive(t, NewResponses, body, status) })
}

// survive holds that whatever comes is heard to exactly one end, the same
// however it is split, that no key is told and that the counts make sense.
func survive(t *testing.T, build providers.Builder, body []byte, status int) {
	if status < 200 || status > 599 {
		status = 200
	}
	e := providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret(key)}
	var said [2]string
	for i, split := range []func(io.Reader) io.Reader{whole, randomly(3)} {
		got := listen(t, built(t, build, e, replay{status, nil, body, split}), hello("x"))
		said[i] = got.text.String() + "|" + got.thoughts.String() + "|" + got.refusal.String()
		if got.err != nil {
			said[i] += "|" + got.err.Error() + "|" + got.err.Advice()
		}
		if got.err != nil && strings.Contains(said[i][strings.LastIndex(said[i], got.err.Error()):], key) {
			t.Errorf("the key is told: %v", got.err)
		}
		if !utf8.ValidString(got.text.String() + got.thoughts.String() + got.refusal.String()) {
			t.Errorf("no text: %q", said[i])
		}
		if s := got.stop; s != nil && s.Usage != nil {
			if u := *s.Usage; min(u.Input, u.CacheRead, u.CacheWrite, u.Output, u.Reasoning, u.Audio) < 0 || u.Reasoning > u.Output || u.Audio > u.Input {
				t.Errorf("usage %+v", u)
			}
		}
	}
	if said[0] != said[1] {
		t.Errorf("whole: %q\nsplit: %q", said[0], said[1])
	}
}
