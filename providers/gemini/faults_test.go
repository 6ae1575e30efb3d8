package gemini_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/providers/gemini"
)

// quota is a 429 as Google words it.
func quota(message, id, value, delay string) string {
	return fmt.Sprintf(`{"error":{"code":429,"message":%q,"status":"RESOURCE_EXHAUSTED","details":[
		{"@type":"type.googleapis.com/google.rpc.Help","links":[{"url":"https://x"}]},
		{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"m","quotaId":%q,"quotaValue":%q}]},
		{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":%q}]}}`, message, id, value, delay)
}

func fault(code int, status, message string) string {
	return fmt.Sprintf(`{"error":{"code":%d,"message":%q,"status":%q}}`, code, message, status)
}

var faults = map[string]struct {
	status int
	body   string
	kind   providers.Kind
	after  time.Duration
	words  []string
}{
	"wrong key":             {400, `{"error":{"code":400,"message":"API key not valid. Please pass a valid API key: ` + key + `","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}`, providers.Auth, 0, []string{"valid API key: [secret]", "LAB_API_KEY was refused"}},
	"wrong key, in words":   {400, fault(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."), providers.Auth, 0, []string{"LAB_API_KEY"}},
	"wrong token":           {401, fault(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."), providers.Auth, 0, nil},
	"wrong token, oddly":    {401, fault(401, "INVALID_ARGUMENT", "The input token count is odd."), providers.Auth, 0, []string{"LAB_API_KEY was refused"}},
	"no permission, oddly":  {403, fault(403, "FAILED_PRECONDITION", "Not with this key."), providers.Auth, 0, []string{"LAB_API_KEY was refused"}},
	"no billing":            {403, `{"error":{"code":403,"message":"This API method requires billing to be enabled. Please enable billing on project #1.","status":"PERMISSION_DENIED","details":[{"reason":"BILLING_DISABLED"}]}}`, providers.Quota, 0, []string{"requires billing", "enable billing with the provider"}},
	"no free tier here":     {400, fault(400, "FAILED_PRECONDITION", "Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio."), providers.Quota, 0, []string{"enable billing with the provider"}},
	"no free tier, earlier": {400, fault(400, "FAILED_PRECONDITION", "User location is not supported for the API use without a billing account linked."), providers.Quota, 0, []string{"enable billing with the provider"}},
	"no permission":         {403, fault(403, "PERMISSION_DENIED", "Your API key was reported as leaked."), providers.Auth, 0, nil},
	"too fast":              {429, quota("You exceeded your current quota, please check your plan and billing details.", "GenerateRequestsPerMinutePerProjectPerModel", "10", "37s"), providers.RateLimit, 37 * time.Second, []string{"check your plan", "wait 37s"}},
	"too fast, in words":    {429, fault(429, "RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 48.5s."), providers.RateLimit, 48500 * time.Millisecond, nil},
	"too fast, bare":        {429, fault(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."), providers.RateLimit, 0, nil},
	"too fast, odd delay":   {429, quota("slow", "PerMinute", "1", "soon"), providers.RateLimit, 0, nil},
	"used up for the day":   {429, quota("You exceeded your current quota.", "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "250", "37s"), providers.Quota, 0, []string{"next day's quota"}},
	"nothing in free tier":  {429, quota("* Quota exceeded for metric: free_tier_requests, limit: 0, model: x", "", "", "20s"), providers.Quota, 0, nil},
	"limit of a million":    {429, quota("* Quota exceeded for metric: m, limit: 1000000, model: x", "", "", "20s"), providers.RateLimit, 20 * time.Second, nil},
	"credits gone":          {429, fault(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), providers.Quota, 0, nil},
	"no such model":         {404, fault(404, "NOT_FOUND", "models/x is not found for API version v1beta"), providers.NotFound, 0, []string{"juxta models list"}},
	"no such path":          {404, "Not found", providers.NotFound, 0, []string{"base_url", home + "/v1beta/models"}},
	"no such path, as JSON": {404, fault(404, "NOT_FOUND", "Requested entity was not found."), providers.NotFound, 0, []string{"base_url"}},
	"too long":              {400, fault(400, "INVALID_ARGUMENT", "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576)."), providers.ContextFull, 0, nil},
	"unsupported":           {400, fault(400, "INVALID_ARGUMENT", "Thinking is not enabled for models/x"), providers.Unsupported, 0, []string{"Thinking is not enabled"}},
	"wrong place":           {400, fault(400, "FAILED_PRECONDITION", "User location is not supported for the API use."), providers.Unsupported, 0, []string{"User location", "where the request came from"}},
	"filtered":              {400, fault(400, "INVALID_ARGUMENT", "This prompt contains sensitive words that violate Google's Responsible AI practices."), providers.Declined, 0, nil},
	"no room":               {503, fault(503, "UNAVAILABLE", "The model is overloaded."), providers.Overloaded, 0, nil},
	"too slow":              {504, fault(504, "DEADLINE_EXCEEDED", "Deadline expired"), providers.Timeout, 0, nil},
	"broken":                {500, fault(500, "INTERNAL", "boom"), providers.ServerFault, 0, []string{"boom"}},
	"cancelled by them":     {499, fault(499, "CANCELLED", "The operation was cancelled."), providers.ServerFault, 0, nil},
	"unheard-of status":     {400, fault(400, "SOMETHING_NEW", "odd"), providers.Unsupported, 0, nil},
	"in an array":           {400, "[" + fault(400, "INVALID_ARGUMENT", "odd") + "\n]", providers.Unsupported, 0, []string{"odd"}},
	"inside a message":      {503, fmt.Sprintf(`{"error":{"code":503,"message":%q,"status":"Service Unavailable"}}`, fault(503, "UNAVAILABLE", "inner")), providers.Overloaded, 0, []string{": inner |"}},
	"as text":               {400, `{"error":"API key not valid"}`, providers.Auth, 0, nil},
	"a page":                {502, "<html><title>Bad Gateway</title>", providers.ServerFault, 0, []string{"Bad Gateway"}},
	"broken JSON":           {500, `{"error":`, providers.ServerFault, 0, []string{`{"error":`}},
	"empty":                 {500, "", providers.ServerFault, 0, []string{"the answer is empty"}},
	"odd details":           {429, `{"error":{"code":"429","message":"x","status":"RESOURCE_EXHAUSTED","details":"none"}}`, providers.RateLimit, 0, nil},
}

func TestEveryErrorIsSorted(t *testing.T) {
	for name, tt := range faults {
		t.Run(name, func(t *testing.T) {
			got := listen(t, provider(t, home, &replay{status: tt.status, body: tt.body}), hello("x"))
			e := got.failed(t, tt.kind, tt.words...)
			if e.Status != tt.status || e.RetryAfter != tt.after || e.Op != "asking" || e.Ref.String() != "lab/x" {
				t.Errorf("%+v", e)
			}
		})
	}
}

// An error under a status of success is the same error.
func TestErrorsInsideAStreamAreSortedAlike(t *testing.T) {
	for name, tt := range faults {
		if !strings.Contains(tt.body, `"code":`+fmt.Sprint(tt.status)) {
			continue
		}
		said := stream(parts("", `{"text":"so"}`))
		for how, body := range map[string]string{
			"as data":                said + "data: " + strings.ReplaceAll(strings.ReplaceAll(tt.body, "\n", ""), "\t", "") + "\n\n",
			"as an event of its own": said + "event: error\ndata: " + strings.ReplaceAll(tt.body, "\n", "\ndata: ") + "\n\n",
			"bare":                   said + tt.body + "\n",
			"in the array":           "[" + parts("", `{"text":"so"}`) + ",\n" + strings.Trim(tt.body, "[]") + "]",
			"with a finish":          said + strings.Replace(strings.Trim(tt.body, "[]"), "{", `{"candidates":[{"finishReason":"STOP"}],`, 1),
		} {
			got := answered(t, body)
			if e := got.failed(t, tt.kind, tt.words...); e.Status != tt.status || got.text.String() != "so" {
				t.Errorf("%s, %s: status %d, said %q", name, how, e.Status, got.text.String())
			}
		}
	}
	answered(t, stream(`{"error":{}}`)).failed(t, providers.Truncated)
	answered(t, stream(`{"error":17}`)).failed(t, providers.Malformed, "without words")
	answered(t, stream(`{"error":{"message":"odd"}}`)).failed(t, providers.ServerFault, "odd")
	if e := answered(t, stream(`{"error":{"code":14,"message":"gone","status":"UNAVAILABLE"}}`)).failed(t, providers.Overloaded, "gone"); e.Status != 0 {
		t.Errorf("a code of gRPC's was told as HTTP's: %v", e)
	}
}

func TestAnAccessTokenThatWasRefusedIsSaidToLastAnHour(t *testing.T) {
	p := provider(t, "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google", &replay{status: 401, body: fault(401, "UNAUTHENTICATED", "no")})
	listen(t, p, hello("x")).failed(t, providers.Auth, "gcloud auth print-access-token")
}

func TestAKeyThatCantBeSentIsRefused(t *testing.T) {
	r := &replay{status: 200}
	p, err := gemini.New(providers.Endpoint{Name: "lab", Key: providers.NewSecret("a\nb" + key), Network: r})
	if err != nil {
		t.Fatal(err)
	}
	listen(t, p, hello("x")).failed(t, providers.Auth, "characters that no key has")
	if r.req != nil {
		t.Error("it was sent")
	}
}

// The service may send the key back in whatever it says.
func TestTheKeyStaysInItsHeader(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was asked, with %q", r.Header)
	}))
	defer elsewhere.Close()
	for name, h := range map[string]http.HandlerFunc{
		"body": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "got "+r.Header.Get("X-Goog-Api-Key"), 400)
		},
		"page":   func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<title>"+key+"</title>") },
		"stream": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, stream(fault(400, key, key))) },
		"blocked": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, stream(`{"promptFeedback":{"blockReason":"`+key+`"}}`))
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/?key="+key, http.StatusTemporaryRedirect)
		},
		"redirect that drops the question": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/"+key+"?key="+key, http.StatusFound)
		},
		"circle": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x?key="+key, http.StatusPermanentRedirect)
		},
		"length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", key)
			w.WriteHeader(200)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := at(t, func(w http.ResponseWriter, r *http.Request) {
				redirected := r.Header.Get("Referer") != "" || name == "circle" // to an address of the service's own making
				if strings.Contains(r.RequestURI, key) && !redirected || r.Header.Get("X-Goog-Api-Key") != key {
					t.Errorf("asked for %s with %q", r.RequestURI, r.Header)
				}
				h(w, r)
			})
			got := listen(t, p, hello("x"))
			if got.err == nil || strings.Contains(fmt.Sprintf("%v %s %q", got.err, got.err.Advice(), got.notices), key) {
				t.Errorf("%v | %s", got.err, got.err.Advice())
			}
			if _, err := p.Models(t.Context()); err == nil || strings.Contains(err.Error()+providers.AsError(err).Advice(), key) {
				t.Errorf("listing: %v", err)
			}
		})
	}
}
