package gemini_test

import (
	"testing"

	"juxta/providers"
)

// FuzzStream holds that whatever a service sends ends in exactly one way,
// without a panic.
func FuzzStream(f *testing.F) {
	for _, body := range []string{
		stream(parts("", `{"text":"a"}`), parts("STOP", `{"text":"b"}`), used),
		stream(parts("", `{"text":"hm","thought":true}`), parts("MAX_TOKENS")),
		stream(parts("STOP", `{"functionCall":{"name":"f","args":{"x":[1,{"y":"}"}]}},"thoughtSignature":"c2ln"}`)),
		stream(parts("STOP", `{"executableCode":{"code":"1"}}`), parts("SAFETY", `{"codeExecutionResult":{}}`, `{"inlineData":{"mimeType":"a/b","data":"AA=="}}`)),
		stream(parts("", `{"text":"a"}`)) + "{\n  \"error\": {\n    \"code\": 503,\n    \"status\": \"UNAVAILABLE\"\n  }\n}\n",
		stream(`{"promptFeedback":{"blockReason":"OTHER"}}`, fault(429, "RESOURCE_EXHAUSTED", "Please retry in 1s"), "[DONE]"),
		stream(parts("STOP"), `{"usageMetadata":{"promptTokenCount":9,"cachedContentTokenCount":20,"toolUsePromptTokenCount":3,"thoughtsTokenCount":5,"totalTokenCount":1,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":50}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":7}]}}`),
		"[" + parts("", `{"text":"a"}`) + "\n,\r\n" + parts("STOP") + "\n]", "event: x\ndata: {\ndata: }\n\n: c\nretry: 1\n", "<html>", `data: {"a":"\"}`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p := provider(t, home, &replay{status: 200, body: string(body)})
		ends, over := 0, false
		for ev, err := range p.Stream(t.Context(), hello("gemini-3-flash")) {
			if over {
				t.Fatalf("after the end: %v, %v", ev, err)
			}
			if (ev == nil) == (err == nil) {
				t.Fatalf("%v with %v", ev, err)
			}
			stop, stopped := ev.(providers.Stop)
			if stopped || err != nil {
				ends, over = ends+1, true
			}
			if u := stop.Usage; u != nil && (u.Input < 0 || u.CacheRead < 0 || u.Reasoning > u.Output || u.Audio > u.Input || u.Prompt() == 0) {
				t.Fatalf("counted %+v", u)
			}
		}
		if ends != 1 {
			t.Fatalf("%d ends", ends)
		}
	})
}
