package openai

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

// picky refuses requests with certain fields, and answers any other.
type picky struct {
	refuses map[string]string // what the body holds, and the reply
	asked   int
}

func (p *picky) RoundTrip(req *http.Request) (*http.Response, error) {
	p.asked++
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	for _, field := range []string{`"temperature"`, `"seed"`, `"summary"`, `"max_tokens"`} {
		if reply := p.refuses[field]; reply != "" && strings.Contains(string(body), field) {
			return replay{400, nil, []byte(reply), whole}.RoundTrip(req)
		}
	}
	answer := stream(delta0(`{"content":"yes"}`, `"stop"`))
	if strings.HasSuffix(req.URL.Path, "/responses") {
		answer = `data: {"type":"response.output_text.delta","delta":"yes"}` + "\n\n" +
			`data: {"type":"response.completed","response":{"status":"completed","model":"m"}}` + "\n\n"
	}
	return replay{200, nil, []byte(answer), whole}.RoundTrip(req)
}

func refusing(param string) string {
	return `{"error":{"message":"Unsupported parameter: '` + param + `' is not supported with this model.","type":"invalid_request_error","param":"` + param + `","code":"unsupported_parameter"}}`
}

// retried is what a question became with two retries.
func retried(t *testing.T, p providers.Provider, req providers.Request) (text string, sent []providers.Params, notices []string, err error) {
	t.Helper()
	for ev, e := range providers.Retry(t.Context(), p, req, providers.Policy{Retries: 2}) {
		err = e
		switch ev := ev.(type) {
		case providers.Sent:
			sent = append(sent, ev.Params)
		case providers.Notice:
			notices = append(notices, ev.Text)
		case providers.Delta:
			text += ev.Text
		}
	}
	return text, sent, notices, err
}

func TestWhatAModelRefusesIsLeftOutAtOnceAndFromThenOn(t *testing.T) {
	net := &picky{refuses: map[string]string{`"temperature"`: refusing("temperature"), `"seed"`: refusing("seed")}}
	p := built(t, New, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, net)
	warm, seed := 0.5, int64(7)
	req := hello("m")
	req.Params = providers.Params{Temperature: &warm, TopP: &warm, Seed: &seed}

	text, sent, notices, err := retried(t, p, req)
	if err != nil || text != "yes" || net.asked != 3 {
		t.Fatalf("%q after %d requests, %v", text, net.asked, err)
	}
	if last := sent[len(sent)-1]; last.Temperature != nil || last.Seed != nil || last.TopP == nil {
		t.Errorf("sent at last: %+v", last)
	}
	for _, want := range []string{
		"the service did not accept the request (HTTP 400); asking again without temperature",
		"the service did not accept the request (HTTP 400); asking again without seed",
		"temperature was refused by the service and was left out",
	} {
		if !slices.Contains(notices, want) {
			t.Errorf("%q is not among %q", want, notices)
		}
	}

	// The next question knows it, and so does whoever asks what the model takes.
	net.asked = 0
	if _, _, notices, err = retried(t, p, req); err != nil || net.asked != 1 || len(notices) != 2 {
		t.Errorf("%d requests, %q, %v", net.asked, notices, err)
	}
	for _, k := range p.(*service).menu("m").knobs() {
		if k.Name == "temperature" || k.Name == "seed" {
			t.Errorf("%s is still said to be taken", k.Name)
		}
	}
	if other := p.(*service).menu("other").settle(req.Params); other.Temperature == nil || other.Seed == nil {
		t.Error("another model suffers for it")
	}
}

func TestColumnsUnderWayLearnTogether(t *testing.T) {
	net := &picky{refuses: map[string]string{`"temperature"`: refusing("temperature")}}
	p := built(t, New, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, net)
	warm := 0.5
	req := hello("m")
	req.Params.Temperature = &warm
	s := p.(*service)
	var plans []*plan
	for range 3 { // all sent before the first answer came
		plans = append(plans, s.menu("m").settle(req.Params))
	}
	for i, plan := range plans {
		err := s.learn("m", plan, &providers.Error{Kind: providers.Unsupported, Status: 400}, "-o temperature")
		if providers.AsError(err).Without != "temperature" {
			t.Errorf("column %d was not told to ask again: %v", i+1, err)
		}
	}
}

func TestThoughtsThatAreNotForEverybodyCostNoAnswer(t *testing.T) {
	net := &picky{refuses: map[string]string{`"summary"`: `{"error":{"message":"Your organization must be verified to generate reasoning summaries.","type":"invalid_request_error","param":"reasoning.summary","code":"unsupported_value"}}`}}
	p := built(t, NewResponses, providers.Endpoint{Name: "openai", BaseURL: openaiBase}, net)
	text, _, notices, err := retried(t, p, hello("gpt-5"))
	if err != nil || text != "yes" || net.asked != 2 {
		t.Errorf("%q after %d requests, %v", text, net.asked, err)
	}
	if !strings.Contains(strings.Join(notices, "\n"), "verified organisations") {
		t.Errorf("notices %q", notices)
	}
}

func TestALimitIsNeverLeftOutByItself(t *testing.T) {
	net := &picky{refuses: map[string]string{`"max_tokens"`: refusing("max_tokens")}}
	p := built(t, New, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, net)
	req := hello("m")
	req.Params.MaxTokens = 9
	if _, _, _, err := retried(t, p, req); err == nil || net.asked != 1 || !strings.Contains(providers.AsError(err).Advice(), "leave out -o max_tokens") {
		t.Errorf("%d requests, %v", net.asked, err)
	}
}

func TestAValueThatIsOutOfRangeIsForAPersonToMend(t *testing.T) {
	net := &picky{refuses: map[string]string{`"temperature"`: `{"error":{"message":"Invalid 'temperature': decimal below minimum value.","param":"temperature","code":"decimal_below_min_value"}}`}}
	p := built(t, New, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, net)
	cold := -1.0
	req := hello("m")
	req.Params.Temperature = &cold
	if _, _, _, err := retried(t, p, req); err == nil || net.asked != 1 {
		t.Errorf("%d requests, %v", net.asked, err)
	}
}
