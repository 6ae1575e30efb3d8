package providers_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"juxta/providers"
)

// bad are the manners of services, as a scripted server plays them in every
// protocol alike, and what each must be told as.
var bad = []struct {
	name, spec string
	kinds      []providers.Kind // of the error; nil for an answer
	reason     providers.Reason // of the answer
	text       bool             // something was said before
	lacks      string           // the API that has no such thing
}{
	{"well", "n=40", nil, providers.Finished, true, ""},
	{"thinking first", "n=20,think=20", nil, providers.Finished, true, ""},
	{"split in the middle of a rune", "n=40,text=emoji,split=1", nil, providers.Finished, true, ""},
	{"CRLF, and pings between", "n=40,crlf=1,ping=1", nil, providers.Finished, true, ""},
	{"no usage", "n=40,nousage=1", nil, providers.Finished, true, ""},
	{"at the limit", "n=40,err=length@20", nil, providers.Length, true, ""},
	{"a filter", "n=40,err=filter@20", nil, providers.Refused, true, "ollama-native"},
	{"a wrong key", "err=401", []providers.Kind{providers.Auth}, "", false, ""},
	{"no permission", "err=403", []providers.Kind{providers.Auth}, "", false, ""},
	{"no such model", "err=404", []providers.Kind{providers.NotFound}, "", false, ""},
	{"too much at once", "err=429", []providers.Kind{providers.RateLimit}, "", false, ""},
	{"too much for hours", "err=429,retry=7200", []providers.Kind{providers.RateLimit}, "", false, ""},
	{"broken", "err=500", []providers.Kind{providers.ServerFault}, "", false, ""},
	{"full", "err=503", []providers.Kind{providers.Overloaded}, "", false, ""},
	{"full, in Anthropic's words", "err=529", []providers.Kind{providers.Overloaded}, "", false, ""},
	{"a proxy's page", "err=html", []providers.Kind{providers.ServerFault}, "", false, ""},
	{"silent from the start", "err=hang", []providers.Kind{providers.Timeout}, "", false, ""},
	{"silent in the middle", "n=40,err=stall@20", []providers.Kind{providers.Timeout}, "", true, ""},
	{"a connection cut", "n=40,err=cut@20", []providers.Kind{providers.Truncated}, "", true, ""},
	{"a connection reset", "n=40,err=rst@20", []providers.Kind{providers.Truncated}, "", true, ""},
	{"an end without its marker", "n=40,err=end@20", []providers.Kind{providers.Truncated}, "", true, ""},
	{"an error in the stream", "n=40,err=event@20", []providers.Kind{providers.ServerFault, providers.Overloaded, providers.Unsupported}, "", true, ""}, // Ollama's is a lack of memory
	{"a malformed chunk", "n=40,err=badjson@20", []providers.Kind{providers.Malformed}, "", true, ""},
	{"invalid UTF-8", "n=40,err=utf8@20", nil, providers.Finished, true, ""},
	{"a line of half a megabyte", "n=40,err=huge@20,size=500000", nil, providers.Finished, true, ""},
}

// TestBadMannersAreToldInEveryProtocol asks a scripted server, whose address
// JUXTA_MOCK holds, over real connections.
func TestBadMannersAreToldInEveryProtocol(t *testing.T) {
	mock := os.Getenv("JUXTA_MOCK")
	if mock == "" {
		t.Skip("JUXTA_MOCK does not name a scripted server")
	}
	for api, build := range builders {
		base := mock
		if api == "openai-chat-completions" || api == "openai-responses" {
			base += "/v1"
		}
		p, err := build(providers.Endpoint{
			Name: "lab", BaseURL: base, Key: providers.NewSecret(key),
			Timeouts: providers.Timeouts{Connect: 5 * time.Second, FirstByte: 700 * time.Millisecond, Idle: 700 * time.Millisecond},
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range bad {
			if b.lacks == api {
				continue
			}
			t.Run(api+"/"+b.name, func(t *testing.T) {
				t.Parallel()
				model := fmt.Sprintf("mock:ttft=5,tps=0,%s,id=%d", b.spec, i)
				got := listen(t, p, providers.Request{Model: model, Messages: []providers.Message{providers.Says(providers.User, "hi")}})
				if b.text != (got.text.Len() > 0) {
					t.Errorf("said %.80q", got.text.String())
				}
				if b.kinds == nil {
					if got.err != nil {
						t.Fatal(got.err)
					}
					if got.stop.Reason != b.reason {
						t.Errorf("ended with %s, want %s", got.stop.Reason, b.reason)
					}
					if got.filtered != (b.reason == providers.Refused) {
						t.Errorf("a filter is told of: %t, %q", got.filtered, got.notices)
					}
					if unknown := got.stop.Usage == nil; unknown != (b.name == "no usage") {
						t.Errorf("usage %+v", got.stop.Usage)
					}
					return
				}
				if got.err == nil {
					t.Fatalf("ended with %+v", got.stop)
				}
				if !slices.Contains(b.kinds, got.err.Kind) {
					t.Errorf("kind %s, want one of %v: %v", got.err.Kind, b.kinds, got.err)
				}
				if b.name == "too much for hours" && got.err.RetryAfter != 2*time.Hour {
					t.Errorf("to be asked again after %v, want two hours", got.err.RetryAfter)
				}
				if got.err.Advice() == "" || got.err.Message() == "" {
					t.Errorf("%v is told without words or without a next step", got.err)
				}
				t.Logf("%s → %s", got.err.Message(), got.err.Advice())
			})
		}
	}
}
