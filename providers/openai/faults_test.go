package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

const key = "odd-key-value-1234"

// hello is a question that no test cares about.
func hello(model string) providers.Request {
	return providers.Request{Model: model, Messages: []providers.Message{providers.Says(providers.User, "hi")}}
}

// answering is a provider whose service answers everything alike.
func answering(t testing.TB, status int, header http.Header, body string) providers.Provider {
	t.Helper()
	e := providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret(key), KeyName: "LAB_API_KEY"}
	return over(t, e, replay{status, header, []byte(body), whole})
}

// at is a provider of a real server on this machine.
func at(t testing.TB, limits providers.Timeouts, h http.HandlerFunc) providers.Provider {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	p, err := New(providers.Endpoint{Name: "lab", BaseURL: s.URL + "/v1/", Key: providers.NewSecret(key), Timeouts: limits})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (got *told) failed(t *testing.T, kind providers.Kind, words ...string) *providers.Error {
	t.Helper()
	if got.err == nil {
		t.Fatalf("ended well: %+v", got.stop)
	}
	if got.err.Kind != kind {
		t.Errorf("kind %s, want %s: %v", got.err.Kind, kind, got.err)
	}
	for _, w := range words {
		if !strings.Contains(got.err.Error()+" | "+got.err.Advice(), w) {
			t.Errorf("%q is not in: %v | %s", w, got.err, got.err.Advice())
		}
	}
	return got.err
}

func TestEveryRefusalIsSorted(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		header string
		body   string
		kind   providers.Kind
		after  time.Duration
		words  []string
	}{
		"wrong key":             {401, "", `{"error":{"message":"Incorrect API key provided: odd-key-value-1234","code":"invalid_api_key"}}`, providers.Auth, 0, []string{"provided: [secret]", "LAB_API_KEY was refused"}},
		"wrong key as 400":      {400, "", `{"code":"x","error":"Incorrect API key provided."}`, providers.Auth, 0, []string{"LAB_API_KEY"}},
		"wrong key in a list":   {400, "", `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]`, providers.Auth, 0, nil},
		"a model as the reason": {401, "", `{"error":{"message":"model x not found for this account","code":"model_not_found"}}`, providers.Auth, 0, []string{"LAB_API_KEY was refused"}},
		"a limit as the reason": {401, "", `{"error":{"message":"out of credits","code":"rate_limit_exceeded"}}`, providers.Auth, 0, nil},
		"not for this project":  {403, "", `{"error":{"message":"Project x does not have access to model y","type":"invalid_request_error","code":"model_not_found"}}`, providers.Auth, 0, []string{"that it may use this model"}},
		"not for this account":  {403, "", `{"error":{"message":"Model y is not supported here","code":"unsupported_plan"}}`, providers.Auth, 0, nil},
		"not for this country":  {403, "", `{"error":{"message":"Country, region, or territory not supported","code":"unsupported_country_region_territory"}}`, providers.Auth, 0, []string{"lab does not serve the place"}},
		"flagged by DeepSeek":   {400, "", `{"error":{"message":"Content Exists Risk","type":"invalid_request_error","code":"invalid_request_error"}}`, providers.Declined, 0, nil},
		"no credit":             {429, "", `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}`, providers.Quota, 0, []string{"add credit"}},
		"no credit, stated":     {429, "", `{"code":"Some resource has been exhausted","error":"Your team 12-ab has either used all available credits or reached its monthly spending limit."}`, providers.Quota, 0, nil},
		"no credit yet":         {403, "", `{"code":"The caller does not have permission to execute the specified operation","error":"Your newly created teams doesn't have any credits yet. You can purchase credits at https://console.x.ai."}`, providers.Quota, 0, nil},
		"no credit, router":     {402, "", `{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 2666.","code":402}}`, providers.Quota, 0, []string{"add credit"}},
		"key's own limit":       {403, "", `{"error":{"message":"Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys","code":403}}`, providers.Quota, 0, nil},
		"suspended":             {412, "", `{"error":{"message":"Account is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices"}}`, providers.Quota, 0, nil},
		"credit limit":          {402, "", `{"error":{"message":"Credit limit exceeded, please navigate to your billing page","type":"credit_limit","code":"credit_limit"}}`, providers.Quota, 0, nil},
		"tokens of a day":       {429, "Retry-After: 7200", `{"error":{"message":"Rate limit reached for model x in organization y service tier on_demand on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 2h0m0s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing","type":"tokens","code":"rate_limit_exceeded"}}`, providers.RateLimit, 2 * time.Hour, []string{"wait 2h0m0s"}},
		"a day's free requests": {429, "", `{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","code":429}}`, providers.RateLimit, 0, nil},
		"rate of Mistral":       {429, "", `{"object":"error","message":"Rate limit exceeded","type":"rate_limited","param":null,"code":"1300","raw_status_code":429}`, providers.RateLimit, 0, nil},
		"room of Mistral":       {429, "", `{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505"}`, providers.Overloaded, 0, nil},
		"quota of Cerebras":     {429, "", `{"message":"Tokens per day limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}`, providers.RateLimit, 0, nil},
		"quota of DashScope":    {429, "", `{"error":{"code":"Throttling.AllocationQuota","message":"Allocated quota exceeded, please increase your quota limit."}}`, providers.RateLimit, 0, nil},
		"overdue":               {400, "", `{"error":{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing."}}`, providers.Quota, 0, nil},
		"no balance":            {402, "", `{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}`, providers.Quota, 0, nil},
		"too fast":              {429, "Retry-After: 7", `{"error":{"message":"slow down","code":"rate_limit_exceeded"}}`, providers.RateLimit, 7 * time.Second, []string{"slow down"}},
		"too fast, no header":   {429, "", `{"error":{"message":"slow down"}}`, providers.RateLimit, 0, nil},
		"too fast, in words":    {429, "", `{"error":{"message":"Please try again in 6m0.5s."}}`, providers.RateLimit, 6*time.Minute + 500*time.Millisecond, nil},
		"quota of a minute":     {429, "", `{"error":{"message":"You exceeded your current quota. Please retry in 20s."}}`, providers.RateLimit, 20 * time.Second, nil},
		"too fast, nested":      {429, "", `{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"busy\"}}","provider_name":"Acme","headers":{"retry-after":"3"}}}}`, providers.RateLimit, 3 * time.Second, []string{"Acme: busy"}},
		"no such model":         {404, "", `{"error":{"message":"The model 'x' does not exist","code":"model_not_found"}}`, providers.NotFound, 0, []string{"juxta models list"}},
		"no such model, string": {404, "", `{"error":"model \"x\" not found, try pulling it first"}`, providers.NotFound, 0, []string{"not found, try pulling"}},
		"no such path":          {404, "", `404 page not found`, providers.NotFound, 0, []string{"base_url", "https://service.test/v1/chat/completions"}},
		"no such path, page":    {404, "", `<html><title>Not here</title>`, providers.NotFound, 0, []string{"Not here", "base_url"}},
		"too long":              {400, "", `{"error":{"message":"too much","code":"context_length_exceeded"}}`, providers.ContextFull, 0, nil},
		"too long, bare":        {400, "", `{"object":"error","message":"This model's maximum context length is 10 tokens.","type":"BadRequestError","code":400}`, providers.ContextFull, 0, nil},
		"too big":               {413, "", `{"error":{"message":"Request too large","code":"rate_limit_exceeded"}}`, providers.ContextFull, 0, nil},
		"filtered":              {400, "", `{"error":{"message":"The response was filtered","code":"content_filter"}}`, providers.Declined, 0, nil},
		"flagged":               {403, "", `{"error":{"message":"Your chosen model requires moderation and your input was flagged for \"x\"","code":403}}`, providers.Declined, 0, nil},
		"flagged by xAI":        {403, "", `{"code":"The caller does not have permission to execute the specified operation","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}`, providers.Declined, 0, nil},
		"nobody has eyes":       {404, "", `{"error":{"message":"No endpoints found that support image input","code":404}}`, providers.Unsupported, 0, nil},
		"unsupported":           {400, "", `{"error":{"message":"'seed' is not supported","code":"unsupported_parameter"}}`, providers.Unsupported, 0, nil},
		"validator":             {422, "", `{"detail":[{"loc":["body"],"msg":"Field required"}]}`, providers.Unsupported, 0, []string{"Field required"}},
		"server error":          {500, "", `{"error":{"message":"boom","type":"server_error"}}`, providers.ServerFault, 0, []string{"boom", "HTTP 500"}},
		"server error, nothing": {500, "", ``, providers.ServerFault, 0, []string{"the answer is empty"}},
		"no room":               {503, "Retry-After: 1", `{"error":{"message":"no slot"}}`, providers.Overloaded, time.Second, nil},
		"no room as 500":        {500, "", `{"error":{"message":"The engine is currently overloaded"}}`, providers.Overloaded, 0, nil},
		"proxy page":            {502, "", `<html><head><title>502 Bad Gateway</title>`, providers.ServerFault, 0, []string{"502 Bad Gateway"}},
		"broken JSON":           {500, "", `{"error":`, providers.ServerFault, 0, []string{`{"error":`}},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{"X-Request-Id": {"r"}}
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				h.Set(name, value)
			}
			e := listen(t, answering(t, tt.status, h, tt.body), hello("x")).failed(t, tt.kind, tt.words...)
			if e.Status != tt.status || e.RetryAfter != tt.after {
				t.Errorf("status %d, retry after %s; want %d, %s", e.Status, e.RetryAfter, tt.status, tt.after)
			}
			if strings.Contains(e.Error()+e.Advice(), key) {
				t.Errorf("the key is told: %v", e)
			}
		})
	}
}

func TestQuotaIsNotAskedForAgain(t *testing.T) {
	got := listen(t, answering(t, 429, nil, `{"error":{"message":"no","code":"insufficient_quota"}}`), hello("x"))
	if got.failed(t, providers.Quota).Retryable() {
		t.Error("out of credit, and yet to be tried again")
	}
}

func TestAMissingKeyIsAskedForByItsName(t *testing.T) {
	e := providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", KeyName: "LAB_API_KEY"}
	p := over(t, e, replay{401, nil, []byte(`{"detail":"Unauthorized"}`), whole})
	listen(t, p, hello("x")).failed(t, providers.Auth, "set LAB_API_KEY", "Unauthorized")
}

const begun = `data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"so far"}}]}` + "\n\n"

func TestAFaultInTheStreamKeepsTheText(t *testing.T) {
	for name, tt := range map[string]struct {
		rest  string
		kind  providers.Kind
		words []string
	}{
		"no end marker":        {"", providers.Truncated, []string{"without its end marker"}},
		"cut in a chunk":       {`data: {"choices":[{"ind`, providers.Truncated, []string{"middle of a chunk"}},
		"malformed chunk":      {"data: {\"choices\":[{\"ind\n\n" + begun, providers.Malformed, []string{"not JSON"}},
		"not an object":        {"data: 17\n\n", providers.Malformed, nil},
		"error object":         {"data: {\"error\":{\"message\":\"boom\",\"code\":502}}\n\n", providers.ServerFault, []string{"boom", "502"}},
		"error with a finish":  {`data: {"error":{"message":"boom"},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n", providers.ServerFault, []string{"boom"}},
		"error string":         {"data: {\"error\":\"overloaded\"}\n\n", providers.Overloaded, nil},
		"bare error":           {"data: {\"object\":\"error\",\"message\":\"boom\",\"code\":400}\n\n", providers.Unsupported, []string{"boom"}},
		"error event":          {"event: error\ndata: {\"message\":\"boom\"}\n\n", providers.ServerFault, []string{"boom"}},
		"error event in words": {"event: error\ndata: upstream timed out\n\n", providers.ServerFault, []string{"upstream timed out"}},
		"odd status":           {`data: {"error":{"message":"boom"},"status_code":200}` + "\n\n", providers.ServerFault, []string{"the service failed: boom"}},
		"error field":          {"error: {\"error\":{\"message\":\"boom\"}}\n", providers.ServerFault, []string{"boom"}},
		"object without field": {"{\"error\":{\"message\":\"boom\",\"code\":503}}\n", providers.Overloaded, []string{"boom"}},
		"gave up":              {`data: {"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}` + "\n\n", providers.Truncated, []string{"gave up"}},
		"error of x_groq":      {`data: {"choices":[],"x_groq":{"error":"over capacity"}}` + "\n\n", providers.ServerFault, []string{"over capacity"}},
		"key in the error":     {"data: {\"error\":{\"message\":\"bad " + key + "\"}}\n\n", providers.ServerFault, []string{"bad [secret]"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := listen(t, answering(t, 200, nil, begun+tt.rest), hello("x"))
			got.failed(t, tt.kind, tt.words...)
			if got.text.String() != "so far" {
				t.Errorf("text is %q", got.text.String())
			}
		})
	}
}

func TestASuccessThatIsNoStream(t *testing.T) {
	listen(t, answering(t, 200, nil, "<!doctype html><title>Welcome</title>"), hello("x")).failed(t, providers.Malformed, "Welcome", "base_url")
	listen(t, answering(t, 200, nil, ""), hello("x")).failed(t, providers.Truncated)
	listen(t, answering(t, 200, nil, `{"error":{"message":"no such model","code":404}}`), hello("x")).failed(t, providers.NotFound, "no such model")
	listen(t, answering(t, 200, nil, `[{"error":{"message":"boom"}}]`), hello("x")).failed(t, providers.ServerFault, "boom")
	listen(t, answering(t, 200, nil, `{"hello":"world"}`), hello("x")).failed(t, providers.Malformed, "no answer")
	listen(t, answering(t, 200, nil, `{"detail":"not now"}`), hello("x")).failed(t, providers.ServerFault, "not now")
	listen(t, answering(t, 200, nil, `{"object":"error","message":"boom","code":401}`), hello("x")).failed(t, providers.Auth, "boom", "LAB_API_KEY")
	listen(t, answering(t, 200, nil, "data: [DO"), hello("x")).failed(t, providers.Truncated)
}

func TestAServerThatIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	p, err := New(providers.Endpoint{Name: "lab", BaseURL: "http://" + addr + "/v1"})
	if err != nil {
		t.Fatal(err)
	}
	got := listen(t, p, hello("x"))
	e := got.failed(t, providers.Unreachable, addr, "is it running")
	if !e.Retryable() || e.Ref.String() != "lab/x" {
		t.Errorf("%+v", e)
	}
	if _, ok := got.events[0].(providers.Sent); !ok {
		t.Error("the attempt was not announced")
	}
}

func TestAServerThatSaysNothing(t *testing.T) {
	const short = 30 * time.Millisecond
	p := at(t, providers.Timeouts{FirstByte: short, Idle: short}, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), "begins") {
			fmt.Fprint(w, begun)
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	})
	listen(t, p, hello("hangs")).failed(t, providers.Timeout, "first byte", "timeout.first_byte")
	got := listen(t, p, hello("begins"))
	got.failed(t, providers.Timeout, "silent", "timeout.idle")
	if got.text.String() != "so far" {
		t.Errorf("text is %q", got.text.String())
	}
}

func TestAConnectionCutInMidStream(t *testing.T) {
	p := at(t, providers.Timeouts{}, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, begun)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	got := listen(t, p, hello("x"))
	got.failed(t, providers.Truncated, "in the middle")
	if got.text.String() != "so far" {
		t.Errorf("text is %q", got.text.String())
	}
}

func TestStoppingClosesTheConnectionAtOnce(t *testing.T) {
	gone := make(chan time.Time, 1)
	p := at(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, begun)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		gone <- time.Now()
	})
	for _, how := range []string{"break", "cancel"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		var stopped time.Time
		var last error
		for ev, err := range p.Stream(ctx, hello("x")) {
			last = err
			if _, ok := ev.(providers.Delta); !ok {
				continue
			}
			stopped = time.Now()
			if how == "break" {
				break
			}
			cancel(providers.ErrStopped)
		}
		if took := (<-gone).Sub(stopped); took > 100*time.Millisecond {
			t.Errorf("%s: the server saw it after %s", how, took)
		}
		var e *providers.Error
		if how == "cancel" && (!errors.As(last, &e) || e.Kind != providers.Stopped) {
			t.Errorf("cancelled, and told %v", last)
		}
		cancel(nil)
	}
}

func TestLeavingAtSentSendsNothing(t *testing.T) {
	asked := false
	p := at(t, providers.Timeouts{}, func(http.ResponseWriter, *http.Request) { asked = true })
	for ev := range p.Stream(t.Context(), hello("x")) {
		if _, ok := ev.(providers.Sent); ok {
			break
		}
	}
	if asked {
		t.Error("the request left")
	}
}

func TestTheKeyNeverFollowsARedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host was asked, with %q", r.Header)
	}))
	defer other.Close()
	p := at(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+key {
			t.Errorf("the own host got %q", got)
		}
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	listen(t, p, hello("x")).failed(t, providers.Malformed, "another host")
	if _, err := p.Models(t.Context()); err == nil {
		t.Error("the list of models came from another host")
	}
}

// open is a service that sends first and then, every beat, a comment: for ever.
type open struct {
	first string
	beat  time.Duration
}

func (o open) RoundTrip(req *http.Request) (*http.Response, error) {
	from, to := io.Pipe()
	context.AfterFunc(req.Context(), func() { from.CloseWithError(req.Context().Err()) })
	go func() {
		_, err := io.WriteString(to, o.first)
		for err == nil {
			time.Sleep(o.beat)
			_, err = io.WriteString(to, ": still here\n\n")
		}
	}()
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: from, Request: req}, nil
}

func TestAServiceThatNeverClosesIsLeft(t *testing.T) {
	for name, tt := range map[string]struct {
		end        string
		beat, most time.Duration
	}{
		"silent after the finish": {`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n", time.Hour, afterFinish},
		"chatty after the finish": {`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n", time.Second, lingering},
		"silent after DONE":       {"data: [DONE]\n\n", time.Hour, 50 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := over(t, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, open{begun + tt.end, tt.beat})
				began := time.Now()
				got := listen(t, p, hello("x"))
				if got.stop == nil || got.stop.Reason != providers.Finished {
					t.Fatalf("%+v, %v", got.stop, got.err)
				}
				if took := time.Since(began); took > tt.most {
					t.Errorf("it took %s, want at most %s", took, tt.most)
				}
				if !got.stop.At.Equal(began) {
					t.Errorf("the end is stamped %s late: with the waiting", got.stop.At.Sub(began))
				}
				time.Sleep(2 * tt.beat) // the writer notices and ends
			})
		})
	}
}

func TestABadAddressIsNoProvider(t *testing.T) {
	for _, u := range []string{"", "localhost:8000", "ftp://x/v1", "http://", "::"} {
		if _, err := New(providers.Endpoint{Name: "lab", BaseURL: u}); err == nil {
			t.Errorf("%q was accepted", u)
		}
	}
}

func TestAPasswordInTheAddressIsNeverShown(t *testing.T) {
	e := providers.Endpoint{Name: "lab", BaseURL: "https://me:hidden-word@service.test/v1"}
	p := over(t, e, replay{http.StatusNotFound, nil, []byte("nothing here"), whole})
	err := listen(t, p, hello("m")).failed(t, providers.NotFound, "https://service.test/v1/chat/completions")
	if strings.Contains(err.Error()+err.Advice(), "hidden-word") {
		t.Errorf("%v | %s", err, err.Advice())
	}
	for _, bad := range []string{"ftp://me:hidden-word@service.test", "https//me:hidden-word@service.test/v1"} {
		if _, err := New(providers.Endpoint{Name: "lab", BaseURL: bad}); err == nil || strings.Contains(err.Error(), "hidden-word") {
			t.Errorf("%v", err)
		}
	}
}

func TestOnlyWhatPassesSoonIsAskedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		header http.Header
		body   string
		asked  int
	}{
		"out of credit":   {429, nil, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","code":"insufficient_quota"}}`, 1},
		"two hours":       {429, http.Header{"Retry-After": {"7200"}}, `{"error":{"message":"slow down","code":"rate_limit_exceeded"}}`, 1},
		"hours, in words": {429, nil, `{"error":{"message":"Please try again in 114h18m0s.","code":"rate_limit_exceeded"}}`, 1},
		"a second":        {429, http.Header{"Retry-After": {"1"}}, `{"error":{"message":"slow down"}}`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				for ev := range providers.Retry(t.Context(), answering(t, tt.status, tt.header, tt.body), hello("m"), providers.Policy{Retries: 2}) {
					if _, ok := ev.(providers.Sent); ok {
						asked++
					}
				}
				if asked != tt.asked {
					t.Errorf("asked %d times, want %d", asked, tt.asked)
				}
			})
		})
	}
}
