package openai

import (
	"errors"
	"reflect"
	"testing"

	"juxta/providers"
)

func modelsOf(t *testing.T, base, body string) map[string]providers.Model {
	t.Helper()
	p := over(t, providers.Endpoint{Name: "lab", BaseURL: base}, replay{200, nil, []byte(body), whole})
	list, err := p.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]providers.Model{}
	for _, m := range list {
		if m.Ref.Provider != "lab" {
			t.Errorf("%+v", m.Ref)
		}
		if _, twice := all[m.Ref.Model]; twice {
			t.Errorf("%s is listed twice", m.Ref.Model)
		}
		all[m.Ref.Model] = m
	}
	return all
}

func TestModelsTellTheirWindowUnderEveryName(t *testing.T) {
	got := modelsOf(t, "http://h/v1", `{"object":"list","data":[
		{"id":"openrouter","context_length":1000,"top_provider":{"max_completion_tokens":100}},
		{"id":"vllm","max_model_len":2000,"context_length":9999},
		{"id":"groq","context_window":3000,"max_completion_tokens":300,"active":true},
		{"id":"mistral","max_context_length":4000},
		{"id":"llama","meta":{"n_ctx_train":5000}},
		{"id":"llama now","meta":{"n_ctx_train":5000,"n_ctx":512}},
		{"id":"lm studio","max_context_length":6000,"loaded_context_length":700},
		{"id":"odd","context_length":"many","meta":"none","capabilities":["x"]},
		{"id":"silent"}, {"id":""}, 17,
		{"id":"vllm","max_model_len":2}, {"id":"silent"},
		{"id":"gone","active":false}, {"id":"vectors","type":"embedding"}, {"id":"ocr","capabilities":{"completion_chat":false}}
	]}`)
	for id, want := range map[string][2]int{
		"openrouter": {1000, 100}, "vllm": {2000, 0}, "groq": {3000, 300}, "mistral": {4000, 0}, "llama": {5000, 0},
		"llama now": {512, 0}, "lm studio": {700, 0}, "odd": {0, 0}, "silent": {0, 0},
	} {
		m, ok := got[id]
		if !ok || m.Context != want[0] || m.Output != want[1] {
			t.Errorf("%s: listed %v, window %d, output %d; want %v", id, ok, m.Context, m.Output, want)
		}
		delete(got, id)
	}
	if len(got) != 0 {
		t.Errorf("also listed: %v", got)
	}
}

func TestModelsTellWhatTheyCanAndSilenceIsUnknown(t *testing.T) {
	got := modelsOf(t, "http://h/v1", `[
		{"id":"router","architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},"supported_parameters":["tools","reasoning"]},
		{"id":"blind","architecture":{"input_modalities":["text"]},"supported_parameters":["seed"]},
		{"id":"painter","architecture":{"input_modalities":["text"],"output_modalities":["image"]}},
		{"id":"mistral","capabilities":{"completion_chat":true,"vision":true,"function_calling":false}},
		{"id":"silent"}]`)
	for id, want := range map[string]providers.Abilities{
		"router":  {Images: providers.Yes, Audio: providers.No, Tools: providers.Yes, Thoughts: providers.Yes},
		"blind":   {Images: providers.No, Audio: providers.No, Tools: providers.No, Thoughts: providers.No},
		"mistral": {Images: providers.Yes, Tools: providers.No},
		"silent":  {},
	} {
		if got[id].Can != want {
			t.Errorf("%s: %+v, want %+v", id, got[id].Can, want)
		}
	}
	if _, ok := got["painter"]; ok {
		t.Error("a model that only paints is listed")
	}
}

func TestListedPricesAreExactOrUnknown(t *testing.T) {
	got := modelsOf(t, "http://h/v1", `{"data":[
		{"id":"router","pricing":{"prompt":"0.00000125","completion":"0.00001","input_cache_read":"0.000000125","input_cache_write":"0.0000015"}},
		{"id":"no cache","pricing":{"prompt":"0.0000000375","completion":"0.00000015","request":"0"}},
		{"id":"free","pricing":{"prompt":"0","completion":"0"}},
		{"id":"every fee","pricing":{"prompt":"0.000003","completion":"0.000015","request":"0.005","image":"0.0048","audio":"0.000001","input_cache_read":"0.0000003","input_cache_write":"0.00000375","input_cache_write_1h":"0.000006"}},
		{"id":"no fees","pricing":{"prompt":"0.000003","completion":"0.000015","request":"0","image":"0","audio":"0"}},
		{"id":"per request","pricing":{"prompt":"0","completion":"0","request":"0.01"}},
		{"id":"bad fee","pricing":{"prompt":"0","completion":"0","image":"-1"}},
		{"id":"auto","pricing":{"prompt":"-1","completion":"-1"}},
		{"id":"half","pricing":{"prompt":"0.1"}},
		{"id":"nonsense","pricing":{"prompt":"cheap","completion":"dear"}},
		{"id":"together","pricing":{"input":0.18,"output":0.59,"hourly":0,"base":0}},
		{"id":"dedicated","pricing":{"input":0,"output":0}},
		{"id":"silent"}]}`)
	for id, want := range map[string]*providers.Price{
		"router":      {Rates: providers.Rates{Input: 1_250_000, Output: 10_000_000, CacheRead: 125_000, CacheWrite: 1_500_000}, Source: providers.Listed},
		"no cache":    {Rates: providers.Rates{Input: 37_500, Output: 150_000, CacheRead: 37_500, CacheWrite: 37_500}, Source: providers.Listed},
		"free":        {Source: providers.Free},
		"every fee":   {Rates: providers.Rates{Input: 3_000_000, Output: 15_000_000, CacheRead: 300_000, CacheWrite: 3_750_000, CacheWriteHour: 6_000_000, Audio: 1_000_000}, PerImage: 4_800_000_000, PerRequest: 5_000_000_000, Source: providers.Listed},
		"no fees":     {Rates: providers.Rates{Input: 3_000_000, Output: 15_000_000, CacheRead: 3_000_000, CacheWrite: 3_000_000}, Source: providers.Listed},
		"per request": {PerRequest: 10_000_000_000, Source: providers.Listed},
		"bad fee":     nil,
		"together":    {Rates: providers.Rates{Input: 180_000, Output: 590_000, CacheRead: 180_000, CacheWrite: 180_000}, Source: providers.Listed},
		"dedicated":   nil, "auto": nil, "half": nil, "nonsense": nil, "silent": nil,
	} {
		p := got[id].Price
		if (p == nil) != (want == nil) {
			t.Errorf("%s: price %+v, want %+v", id, p, want)
			continue
		}
		if p == nil {
			continue
		}
		if p.AsOf == "" {
			t.Errorf("%s: the price has no date", id)
		}
		if p.AsOf = ""; !reflect.DeepEqual(*p, *want) {
			t.Errorf("%s: price %+v, want %+v", id, *p, *want)
		}
	}
}

func TestOpenAIsListIsSiftedByName(t *testing.T) {
	got := modelsOf(t, "https://api.openai.com/v1", `{"data":[{"id":"gpt-5.1"},{"id":"o3"},{"id":"text-embedding-3-large"},{"id":"whisper-1"},{"id":"gpt-image-1"},{"id":"gpt-4o-realtime-preview"}]}`)
	if len(got) != 2 || got["gpt-5.1"].Ref.Model == "" || got["o3"].Ref.Model == "" {
		t.Errorf("%v", got)
	}
	if got["o3"].Can.Thoughts != providers.Yes || modelsOf(t, openaiBase, `{"data":[{"id":"gpt-4o"}]}`)["gpt-4o"].Can.Thoughts != providers.Unknown {
		t.Errorf("o3 can %+v", got["o3"].Can)
	}
	if got := modelsOf(t, "http://h/v1", `{"data":[{"id":"llama-3-instruct"}]}`); len(got) != 1 {
		t.Errorf("elsewhere: %v", got)
	}
}

func TestAListThatIsNone(t *testing.T) {
	for body, want := range map[string]providers.Kind{
		"<html><title>Log in</title>":                         providers.Malformed,
		`{"hello":"world"}`:                                   providers.Malformed,
		`{"error":{"message":"no","code":"invalid_api_key"}}`: providers.Auth,
		`{"error":{"message":"no","code":403}}`:               providers.Auth,
		`{"data":[],"error":{"message":"busy","code":503}}`:   providers.Overloaded,
		`{"data":null,"error":"boom"}`:                        providers.ServerFault,
		``:                                                    providers.Malformed,
	} {
		_, err := answering(t, 200, nil, body).Models(t.Context())
		var e *providers.Error
		if !errors.As(err, &e) || e.Kind != want || e.Op != listing || e.Ref.Provider != "lab" {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
	_, err := answering(t, 401, nil, `{}`).Models(t.Context())
	var e *providers.Error
	if !errors.As(err, &e) || e.Kind != providers.Auth {
		t.Errorf("%v", err)
	}
}
