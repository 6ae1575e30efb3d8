package openai

import (
	"fmt"
	"strings"
	"testing"

	"juxta/providers"
)

func TestARefusedParameterIsNamedInTheNextStep(t *testing.T) {
	openai := func(param, code, message string) string {
		return fmt.Sprintf(`{"error":{"message":%q,"type":"invalid_request_error","param":%q,"code":%q}}`, message, param, code)
	}
	for _, tt := range []struct {
		status     int
		body, want string
	}{
		{400, openai("temperature", "unsupported_value", "Unsupported value: 'temperature' does not support 0.8 with this model. Only the default (1) value is supported."), "leave out -o temperature, or choose another model"},
		{400, openai("temperature", "unsupported_parameter", "Unsupported parameter: 'temperature' is not supported with this model."), "leave out -o temperature, or choose another model"},
		{400, openai("temperature", "decimal_below_min_value", "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead."), "leave out -o temperature, or give it another value"},
		{400, openai("max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."), "leave out -o max_tokens, or choose another model"},
		{400, openai("max_tokens", "", "max_tokens is too large: 999999. This model supports at most 16384 completion tokens"), "leave out -o max_tokens, or give it another value"},
		{400, openai("reasoning.effort", "unsupported_value", "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model."), "leave out -o think, or choose another model"},
		{400, openai("reasoning.summary", "unsupported_value", "Your organization must be verified to generate reasoning summaries."), "verified organisations"},
		{400, openai("", "", "Unsupported parameter: 'top_p' is not supported with this model."), "leave out -o top_p, or choose another model"},
		{400, `{"code":"Client specified an invalid argument","error":"Argument not supported on this model: stop"}`, "leave out -o stop, or choose another model"},
		{400, `{"code":"x","error":"Model grok-4 does not support parameter reasoningEffort."}`, "leave out -o think, or choose another model"},
		{400, `{"object":"error","message":"reasoning_effort='medium' is not supported for this model.","type":"invalid_request_invalid_args","param":null,"code":"3051","raw_status_code":400}`, "leave out -o think, or choose another model"},
		{422, `{"detail":[{"type":"less_than_equal","loc":["body","temperature"],"msg":"Input should be less than or equal to 1.5"}]}`, "leave out -o temperature, or give it another value"},
		{400, `{"error":{"message":"This model does not support response format json_schema.","type":"invalid_request_error","param":"response_format"}}`, "leave out --schema, or choose another model"},
		{404, openai("model", "", "This model is only supported in v1/responses and not in v1/chat/completions."), "openai-responses"},
		{400, openai("reasoning_effort", "", "Function tools with reasoning_effort are not supported for gpt-5.6-luna in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'."), "openai-responses"},
		{400, `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 10 instead.\",\"param\":\"max_output_tokens\",\"code\":\"integer_below_min_value\"}}","provider_name":"Azure"}}}`, "leave out -o max_tokens, or give it another value"},
		{400, openai("messages[0].role", "unsupported_value", "Unsupported value: 'messages[0].role' does not support 'developer' with this model."), "leave out or change what the service names"},
		{400, `{"error":{"message":"Please stop."}}`, "leave out or change what the service names"},
	} {
		for _, protocol := range []providers.Builder{New, NewResponses} {
			p := built(t, protocol, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, replay{tt.status, nil, []byte(tt.body), whole})
			e := listen(t, p, hello("m")).failed(t, providers.Unsupported)
			if !strings.Contains(e.Advice(), tt.want) {
				t.Errorf("%s\nadvises %q, want %q", tt.body, e.Advice(), tt.want)
			}
		}
	}
}

func TestThoughtsThatAreNotShownAreNotAskedForAgain(t *testing.T) {
	refusal := replay{400, nil, []byte(`{"error":{"message":"Your organization must be verified to generate reasoning summaries.","type":"invalid_request_error","param":"reasoning.summary","code":"unsupported_value"}}`), whole}
	p := built(t, NewResponses, providers.Endpoint{Name: "openai", BaseURL: openaiBase}, refusal)
	for _, tt := range []struct {
		model string
		asks  bool
	}{{"gpt-5", true}, {"gpt-5", false}, {"o3", true}, {"gpt-4o", false}} {
		s := p.(*service)
		plan := s.menu(tt.model).settle(providers.Params{})
		parcel, err := s.encode(hello(tt.model), plan)
		data := unpacked(t, parcel, err)
		if strings.Contains(string(data), `"summary":"auto"`) != tt.asks || (len(plan.notes) > 0) != (tt.model == "gpt-5" && !tt.asks) {
			t.Errorf("%s: %s, noted %q", tt.model, data, plan.notes)
		}
		if tt.model == "gpt-5" {
			listen(t, p, hello(tt.model)).failed(t, providers.Unsupported, "ask again")
		}
	}
}
