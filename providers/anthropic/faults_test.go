package anthropic

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// wrong is an error's body as Anthropic writes it.
func wrong(kind, message string) string {
	return fmt.Sprintf(`{"type":"error","error":{"type":%q,"message":%q},"request_id":"req_9"}`, kind, message)
}

func TestEveryFailureIsSorted(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		kind   providers.Kind
		words  []string
	}{
		"wrong key":                    {401, wrong("authentication_error", "invalid x-api-key"), providers.Auth, []string{"invalid x-api-key", "LAB_API_KEY was refused"}},
		"echoed key":                   {401, wrong("authentication_error", "invalid key "+key), providers.Auth, []string{"invalid key [secret]"}},
		"no permission":                {403, wrong("permission_error", "not for you"), providers.Auth, []string{"not for you", "LAB_API_KEY"}},
		"wrong key, by a gateway":      {401, wrong("invalid_request_error", "Invalid API key provided"), providers.Auth, []string{"LAB_API_KEY was refused"}},
		"wrong key, in any words":      {401, wrong("rate_limit_error", "too many tokens in the header"), providers.Auth, []string{"LAB_API_KEY was refused"}},
		"no permission, by a gateway":  {403, wrong("invalid_request_error", "not for this key"), providers.Auth, []string{"LAB_API_KEY was refused"}},
		"no credit, by a gateway":      {402, wrong("invalid_request_error", "Top up first"), providers.Quota, []string{"add credit"}},
		"no such model, by a gateway":  {404, wrong("invalid_request_error", "The model nothing does not exist"), providers.NotFound, []string{"juxta models list"}},
		"too fast, by a gateway":       {429, wrong("invalid_request_error", "Too many tokens, please wait before trying again."), providers.RateLimit, []string{"wait 7s"}},
		"too many tokens a minute":     {429, wrong("rate_limit_error", "Too many tokens, please wait before trying again."), providers.RateLimit, []string{"wait 7s"}},
		"bad request, told as a fault": {500, wrong("invalid_request_error", "top_k: no"), providers.Unsupported, []string{"top_k: no"}},
		"filtered":                     {400, wrong("invalid_request_error", "Output blocked by content filtering policy"), providers.Declined, []string{"reword the question"}},
		"disabled":                     {400, wrong("invalid_request_error", "This organization has been disabled."), providers.Auth, []string{"LAB_API_KEY was refused"}},
		"wrong key, as a bad request":  {400, wrong("invalid_request_error", "Invalid API key provided"), providers.Auth, []string{"LAB_API_KEY was refused"}},
		"no credit":                    {400, wrong("invalid_request_error", "Your credit balance is too low to access the Anthropic API."), providers.Quota, []string{"add credit"}},
		"billing":                      {402, wrong("billing_error", "payment failed"), providers.Quota, nil},
		"own spend limit":              {400, wrong("invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-12-01."), providers.Quota, []string{"2026-12-01"}},
		"too fast":                     {429, wrong("rate_limit_error", "slow down"), providers.RateLimit, []string{"slow down", "wait 7s"}},
		"overloaded":                   {529, wrong("overloaded_error", "Overloaded"), providers.Overloaded, []string{"HTTP 529"}},
		"overloaded as 500":            {500, wrong("overloaded_error", "Overloaded"), providers.Overloaded, nil},
		"no such model":                {404, wrong("not_found_error", "model: claude-nothing"), providers.NotFound, []string{"model: claude-nothing", "juxta models list"}},
		"no such path":                 {404, wrong("not_found_error", "Not Found"), providers.NotFound, []string{"base_url", "https://service.test/v1/messages"}},
		"prompt too long":              {400, wrong("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"), providers.ContextFull, []string{"208310"}},
		"no room to answer":            {400, wrong("invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000"), providers.ContextFull, []string{"lower max_tokens"}},
		"too many bytes":               {413, wrong("request_too_large", "Request exceeds the maximum size"), providers.ContextFull, nil},
		"bad request":                  {400, wrong("invalid_request_error", "top_k: no"), providers.Unsupported, []string{"top_k: no"}},
		"timed out":                    {504, wrong("timeout_error", "Request timed out"), providers.Timeout, nil},
		"broken":                       {500, wrong("api_error", "Internal server error"), providers.ServerFault, []string{"Internal server error (request req_9)"}},
		"new kind":                     {409, wrong("conflict_error", "try later"), providers.Unsupported, []string{"try later"}},
		"bare":                         {400, `{"message":"Input is too long for requested model."}`, providers.ContextFull, nil},
		"a string":                     {503, `{"error":"no capacity"}`, providers.Overloaded, []string{"no capacity"}},
		"a validator":                  {422, `{"detail":"messages: field required"}`, providers.Unsupported, []string{"field required"}},
		"a page":                       {502, `<html><title>Bad gateway</title></html>`, providers.ServerFault, []string{"Bad gateway"}},
		"nothing":                      {500, ``, providers.ServerFault, []string{"empty"}},
		"odd types":                    {418, `{"type":7,"error":{"type":["x"],"message":{"a":1}}}`, providers.Unsupported, nil},
		"a page for 404":               {404, `<html><title>Not here</title></html>`, providers.NotFound, []string{"base_url"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := replying(tt.status, tt.body)
			s.header.Set("Retry-After", "7")
			e := listen(t, behind(t, s), hello("claude-opus-5")).failed(t, tt.kind, tt.words...)
			if e.Op != asking || e.Ref.String() != "lab/claude-opus-5" || e.Status != tt.status || e.RetryAfter != 7*time.Second {
				t.Errorf("%+v", e)
			}
			if strings.Contains(e.Error()+e.Advice(), key) {
				t.Errorf("the key came out: %v", e)
			}
		})
	}
}

func TestARateLimitSaysHowLong(t *testing.T) {
	s := replying(429, wrong("rate_limit_error", "slow down"))
	s.header.Set("Anthropic-Ratelimit-Tokens-Remaining", "0")
	s.header.Set("Anthropic-Ratelimit-Tokens-Reset", time.Now().Add(time.Hour).Format(time.RFC3339))
	if e := listen(t, behind(t, s), hello("claude-opus-5")).err; e.RetryAfter < 59*time.Minute || e.RetryAfter > time.Hour {
		t.Errorf("wait %v", e.RetryAfter)
	}
}

func TestAFailureAfterSuccessIsAFailure(t *testing.T) {
	overloaded := `{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}`
	begun := events(start, saying("so far"))
	for name, tt := range map[string]struct {
		rest  string
		kind  providers.Kind
		words []string
	}{
		"error event":        {events(overloaded), providers.Overloaded, []string{"Overloaded"}},
		"filtered":           {events(wrong("invalid_request_error", "Output blocked by content filtering policy")), providers.Declined, []string{"reword"}},
		"error without name": {"data: " + overloaded + "\n\n", providers.Overloaded, nil},
		"error without type": {"event: error\ndata: {\"error\":{\"message\":\"boom\"}}\n\n", providers.ServerFault, []string{"boom"}},
		"error in no event":  {overloaded + "\n", providers.Overloaded, nil},
		"error field":        {"error: " + overloaded + "\n\n", providers.Overloaded, nil},
		"error of another":   {events(`{"type":"message_delta","error":"upstream died"}`), providers.ServerFault, []string{"upstream died"}},
		"key in the error":   {events(wrong("api_error", "bad "+key)), providers.ServerFault, []string{"bad [secret]"}},
		"error after finish": {events(finish, overloaded), providers.Overloaded, nil},
		"words as they are":  {"event: error\ndata: upstream died of " + key + "\n\n", providers.ServerFault, []string{"upstream died of [secret]"}},
		"words in quotes":    {"event: error\ndata: \"upstream died\"\n\n", providers.ServerFault, []string{": upstream died"}},
		"wordless error":     {"event: error\ndata: {}\n\n", providers.Malformed, []string{"without words"}},
		"not JSON":           {"event: content_block_delta\ndata: {\"type\":\n\n", providers.Malformed, []string{"not JSON"}},
		"not an object":      {"data: 42\n\n", providers.Malformed, []string{"42"}},
		"key in bad JSON":    {"data: {" + key + "\n\n", providers.Malformed, []string{"[secret]"}},
		"end without marker": {events(finish), providers.Truncated, []string{"end marker"}},
		"DONE is no marker":  {events(finish) + "data: [DONE]\n\n", providers.Truncated, nil},
		"cut in an event":    {"event: message_stop\ndata: {\"type\":\"messa", providers.Truncated, []string{"middle of an event"}},
		"nothing":            {"", providers.Truncated, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := listen(t, behind(t, replying(200, begun+tt.rest)), hello("claude-opus-5"))
			e := got.failed(t, tt.kind, tt.words...)
			if got.text.String() != "so far" {
				t.Errorf("what came is lost: %q", got.text.String())
			}
			if e.Status != 0 || strings.Contains(e.Error(), key) {
				t.Errorf("%v", e)
			}
		})
	}
}

func TestASuccessThatIsNoStream(t *testing.T) {
	for body, tt := range map[string]struct {
		kind  providers.Kind
		words string
	}{
		"<!doctype html><title>Welcome</title>": {providers.Malformed, "Welcome"},
		"":                                      {providers.Truncated, ""},
		wrong("overloaded_error", "Overloaded"): {providers.Overloaded, "Overloaded"},
		`{"error":"no"}`:                        {providers.ServerFault, "no"},
		`[{"a":1}]`:                             {providers.Malformed, "no answer"},
		`{"hello":"world"}`:                     {providers.Malformed, "no answer"},
		`{"type":"message","content":[]}`:       {providers.Malformed, "no answer"},
		`{"type":`:                              {providers.Malformed, "no answer"},
		"data: [DONE]\n\n":                      {providers.Truncated, ""},
	} {
		listen(t, behind(t, replying(200, body)), hello("claude-opus-5")).failed(t, tt.kind, tt.words)
	}
}

func TestHostileEventsCostNothing(t *testing.T) {
	got := listen(t, behind(t, replying(200, events(
		`{"type":"content_block_delta","index":99,"delta":{"type":"input_json_delta","partial_json":"{}"}}`,
		`{"type":"content_block_delta","index":-1,"delta":{"type":"text_delta","text":"text of no block"}}`,
		`{"type":"content_block_stop","index":12345678901234567890}`,
		`{"type":"content_block_start","index":3}`,
		`{"type":"content_block_start","index":"x","content_block":"y"}`,
		`{"type":"content_block_delta","index":0}`,
		`{"type":"content_block_delta","index":0,"delta":[1,2]}`,
		`{"type":"message_start","message":"hello"}`,
		`{"type":"message_start"}`,
		`{"type":["a"]}`,
		`{"type":"message_delta","delta":{"stop_reason":7,"stop_details":"z"},"usage":[1]}`,
		`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"a","name":"f"}}`,
		`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"b","name":"g"}}`,
		`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}}`,
	)+"event: content_block_delta\ndata: {\"delta\":{\"type\":\"text_delta\",\"text\":\", of no type\"}}\n\ndata: {\"delta\":{\"text\":\"nothing\"}}\n\n"+
		events(finish, stop, saying("after the end"))+"data: {\n\n")), hello("claude-opus-5"))
	if got.err != nil {
		t.Fatal(got.err)
	}
	if got.text.String() != "text of no block, of no type" || len(got.calls) != 2 || got.calls[0].ID != "a" || got.calls[1].ID != "b" || got.calls[1].Arguments != "{}" {
		t.Errorf("%q %+v", got.text.String(), got.calls)
	}
}

func TestALongLineIsRead(t *testing.T) {
	long := strings.Repeat("word ", 1<<20)
	got := listen(t, behind(t, replying(200, events(start, saying(long), finish, stop))), hello("claude-opus-5"))
	if got.err != nil || got.text.String() != long {
		t.Errorf("%d bytes of %d: %v", got.text.Len(), len(long), got.err)
	}
}

func TestTheKeyGoesIntoItsHeaderAlone(t *testing.T) {
	s := replying(200, events(start, finish, stop))
	p := behind(t, s)
	listen(t, p, hello("claude-opus-5"))
	_, _ = p.Models(t.Context())
	if len(s.asked) != 2 {
		t.Fatalf("%d requests", len(s.asked))
	}
	for i, r := range s.asked {
		if r.Header.Get("X-Api-Key") != key || r.Header.Get("Anthropic-Version") != apiVersion {
			t.Errorf("headers %v", r.Header)
		}
		r.Header.Del("X-Api-Key")
		if strings.Contains(fmt.Sprint(r.URL, r.Header, s.bodies[i]), key) {
			t.Errorf("the key stands elsewhere too: %v %v", r.URL, r.Header)
		}
	}
}

func TestAnUnusableKeyIsNotSent(t *testing.T) {
	s := replying(200, "")
	p, err := New(providers.Endpoint{Name: "lab", BaseURL: "https://service.test", Key: providers.NewSecret("sk\x00é"), Network: s})
	if err != nil {
		t.Fatal(err)
	}
	listen(t, p, hello("claude-opus-5")).failed(t, providers.Auth, "characters")
	if len(s.asked) > 0 {
		t.Error("a request left")
	}
}

func TestBaseURLsAsPeoplePasteThem(t *testing.T) {
	for base, want := range map[string]string{
		"":                                     "https://api.anthropic.com/v1/messages",
		"https://api.anthropic.com":            "https://api.anthropic.com/v1/messages",
		"https://api.anthropic.com/":           "https://api.anthropic.com/v1/messages",
		"https://api.anthropic.com/v1":         "https://api.anthropic.com/v1/messages",
		"https://api.anthropic.com/v1/":        "https://api.anthropic.com/v1/messages",
		"https://gw.test/v1/messages":          "https://gw.test/v1/messages",
		"https://gw.test/anthropic":            "https://gw.test/anthropic/v1/messages",
		"https://gw.test/a%2Fb/v1/messages/":   "https://gw.test/a%2Fb/v1/messages",
		"https://gw.test/anthropic/v1?team=ab": "https://gw.test/anthropic/v1/messages?team=ab",
		"http://127.0.0.1:4000":                "http://127.0.0.1:4000/v1/messages",
	} {
		s := replying(200, events(start, finish, stop))
		p, err := New(providers.Endpoint{Name: "lab", BaseURL: base, Network: s})
		if err != nil {
			t.Fatalf("%s: %v", base, err)
		}
		listen(t, p, hello("claude-opus-5"))
		if got := s.asked[0]; got.URL.String() != want || got.Method != http.MethodPost {
			t.Errorf("%s asks %s %s, want %s", base, got.Method, got.URL, want)
		}
	}
	for _, base := range []string{"api.anthropic.com", "ftp://x", "http://", "://"} {
		if _, err := New(providers.Endpoint{Name: "lab", BaseURL: base}); err == nil || providers.AsError(err).Kind != providers.Unsupported {
			t.Errorf("%q: %v", base, err)
		}
	}
}
