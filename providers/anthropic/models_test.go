package anthropic

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

const described = `{"type":"model","id":"claude-next-6","display_name":"Next","max_input_tokens":2000000,"max_tokens":200000,"lifecycle":"active","capabilities":{
	"image_input":{"supported":true},"pdf_input":{"supported":false},"structured_outputs":{"supported":false},
	"thinking":{"supported":true,"types":{"adaptive":{"supported":true},"enabled":{"supported":false},"disabled":{"supported":true}}},
	"effort":{"supported":true,"low":{"supported":true},"medium":{"supported":false},"high":{"supported":true},"max":{"supported":true}}}}`

func TestTheListTellsWhatItTells(t *testing.T) {
	p := behind(t, replying(200, `{"data":[`+described+`,{"id":"claude-haiku-4-5","type":"model","display_name":"Haiku"},
		{"id":"gone","lifecycle":"retired"},{"id":""},7,{"id":"odd","max_tokens":"many","capabilities":[]}],"has_more":false}`))
	models, err := p.Models(t.Context())
	if err != nil || len(models) != 3 {
		t.Fatalf("%v %v", models, err)
	}
	next := models[0]
	if next.Ref.String() != "lab/claude-next-6" || next.Context != 2_000_000 || next.Output != 200_000 {
		t.Errorf("%+v", next)
	}
	if next.Can != (providers.Abilities{Images: providers.Yes, Thoughts: providers.Yes, Audio: providers.No, Documents: providers.No}) {
		t.Errorf("can %+v", next.Can)
	}
	think := slices.IndexFunc(next.Accepts, func(k providers.Knob) bool { return k.Name == "think" })
	if think < 0 || next.Accepts[think].Values != "on, off, low, high, xhigh" {
		t.Errorf("accepts %+v", next.Accepts)
	}
	silent := models[1]
	if silent.Context != 0 || silent.Output != 0 || silent.Can.Images != providers.Unknown || len(silent.Accepts) == 0 {
		t.Errorf("silence became %+v", silent)
	}
	if odd := models[2]; silent.Can.Documents != providers.Yes || odd.Can.Documents != providers.Unknown {
		t.Errorf("every Claude of today reads PDF, and of others nothing is known: %v, %v", silent.Can.Documents, odd.Can.Documents)
	}
}

func TestTheListIsBelievedWhenAsking(t *testing.T) {
	s := replying(200, `{"data":[`+described+`]}`, events(start, finish, stop))
	p := behind(t, s)
	if _, err := p.Models(t.Context()); err != nil {
		t.Fatal(err)
	}
	req := hello("claude-next-6")
	req.Params.Think = "medium"
	got := listen(t, p, req)
	got.noticed(t, "think=medium was sent as low")
	if got.sent.Params.MaxTokens != 200_000 || got.sent.Params.Think != "low" {
		t.Errorf("sent %+v", got.sent.Params)
	}
	req.Schema = []byte(`{}`)
	listen(t, p, req).failed(t, providers.Unsupported, "schema")
}

func TestTheListMendsWhatTheNameTells(t *testing.T) {
	never := `"capabilities":{"thinking":{"supported":true,"types":{"disabled":{"supported":false}}}}`
	mute := `"capabilities":{"thinking":{"supported":false}}`
	s := replying(200, `{"data":[{"id":"claude-sonnet-5-5",`+never+`},{"id":"claude-opus-5",`+never+`},{"id":"claude-haiku-5-5",`+mute+`}]}`, events(start, finish, stop))
	p := behind(t, s)
	if _, err := p.Models(t.Context()); err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string]string{
		"claude-sonnet-5-5": `"thinking":{"type":"between_tools"}`, // which is not "disabled"
		"claude-opus-5":     `"output_config":{"effort":"low"}`,
		"claude-haiku-5-5":  `"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`,
	} {
		req := hello(model)
		req.Params.Think = "off"
		listen(t, p, req)
		if body := s.bodies[len(s.bodies)-1]; !strings.Contains(body, want) {
			t.Errorf("%s was asked %s", model, body)
		}
	}
}

func TestAllPagesAreRead(t *testing.T) {
	pages := make([]string, 0, 3)
	for i := range 3 {
		pages = append(pages, fmt.Sprintf(`{"data":[{"id":"m%d"},{"id":"m0"}],"has_more":%t,"last_id":"m%d"}`, i, i < 2, i))
	}
	s := replying(200, pages...)
	models, err := behind(t, s).Models(t.Context())
	if err != nil || len(models) != 3 {
		t.Fatalf("%v %v", models, err)
	}
	var queries []string
	for _, r := range s.asked {
		queries = append(queries, r.URL.Path+"?"+r.URL.RawQuery)
	}
	if want := "/v1/models?limit=1000 /v1/models?after_id=m0&limit=1000 /v1/models?after_id=m1&limit=1000"; strings.Join(queries, " ") != want {
		t.Errorf("asked %q", queries)
	}
}

func TestAListThatNeverEndsEnds(t *testing.T) {
	s := replying(200, `{"data":[{"id":"m"}],"has_more":true,"last_id":"m"}`)
	models, err := behind(t, s).Models(t.Context())
	if err != nil || len(models) != 1 || len(s.asked) > 3 {
		t.Errorf("%v %v after %d requests", models, err, len(s.asked))
	}
}

func TestAListThatIsNoneSaysWhy(t *testing.T) {
	for body, tt := range map[string]struct {
		status int
		kind   providers.Kind
		words  string
	}{
		wrong("authentication_error", "invalid x-api-key"): {401, providers.Auth, "invalid x-api-key"},
		wrong("api_error", "echo "+key):                    {200, providers.ServerFault, "echo [secret]"},
		"<title>Login</title>":                             {200, providers.Malformed, "Login"},
		"[]":                                               {200, providers.Malformed, "not a list"},
		"":                                                 {200, providers.Malformed, "not a list"},
		`{"data":{}}`:                                      {200, providers.Malformed, "not a list"},
		`{"models":[]}`:                                    {200, providers.Malformed, "not a list"},
	} {
		_, err := behind(t, replying(tt.status, body)).Models(t.Context())
		e := providers.AsError(err)
		if err == nil || e.Kind != tt.kind || e.Op != listing || e.Ref.Provider != "lab" || !strings.Contains(e.Error(), tt.words) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
