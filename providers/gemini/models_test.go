package gemini_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"juxta/providers"
)

func TestEveryPageIsListed(t *testing.T) {
	var asked []string
	p := at(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+"?"+r.URL.Query().Get("pageToken"))
		switch r.URL.Query().Get("pageToken") {
		case "":
			fmt.Fprint(w, `{"models":[
				{"name":"models/gemini-3.1-pro-preview","inputTokenLimit":1048576,"outputTokenLimit":65536,"supportedGenerationMethods":["generateContent","countTokens"],"thinking":true},
				{"name":"models/text-embedding-004","supportedGenerationMethods":["embedContent"]},
				{"name":"models/veo-3","supportedGenerationMethods":["predictLongRunning"]}],"nextPageToken":"a b"}`)
		case "a b":
			fmt.Fprint(w, `{"models":[{"name":"models/gemma-3-1b-it","inputTokenLimit":"32768","supportedGenerationMethods":["generateContent"]},17,
				{"name":"models/gemma-4-31b-it","inputTokenLimit":262144,"supportedGenerationMethods":["generateContent"]}],"nextPageToken":"c"}`)
		default:
			fmt.Fprint(w, `{"models":[{"name":"models/gemini-2.5-flash-image","supportedGenerationMethods":["generateContent"],"thinking":false},
				{"name":"models/aqa","supportedGenerationMethods":["generateContent"]}],"nextPageToken":"c"}`)
		}
	})
	models, err := p.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(asked) != "[/v1beta/models? /v1beta/models?a b /v1beta/models?c]" {
		t.Errorf("asked for %v", asked)
	}
	const yes, no, unknown = providers.Yes, providers.No, providers.Unknown
	want := []providers.Model{
		{Ref: providers.Ref{Model: "gemini-3.1-pro-preview"}, Context: 1048576, Output: 65536, Can: providers.Abilities{Images: yes, Thoughts: yes, Tools: yes, Audio: yes, Documents: yes}},
		{Ref: providers.Ref{Model: "gemma-3-1b-it"}, Context: 32768, Can: providers.Abilities{Images: no, Thoughts: no, Tools: no, Audio: no, Documents: no}},
		{Ref: providers.Ref{Model: "gemma-4-31b-it"}, Context: 262144, Can: providers.Abilities{Images: yes, Thoughts: unknown, Tools: yes, Audio: unknown}},
		{Ref: providers.Ref{Model: "gemini-2.5-flash-image"}, Can: providers.Abilities{Thoughts: no}},
		{Ref: providers.Ref{Model: "aqa"}},
	}
	if len(models) != len(want) {
		t.Fatalf("%+v", models)
	}
	for i, w := range want {
		m := models[i]
		if m.Ref.String() != "lab/"+w.Ref.Model || m.Context != w.Context || m.Output != w.Output || m.Can != w.Can || len(m.Accepts) == 0 || m.Local || m.Price != nil {
			t.Errorf("%+v, want %+v", m, w)
		}
	}
}

func TestVertexListsItsPublishersModels(t *testing.T) {
	for base, want := range map[string]string{
		"https://l-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google": "https://l-aiplatform.googleapis.com/v1beta1/publishers/google/models",
		"https://aiplatform.googleapis.com/v1beta1/publishers/google":                     "https://aiplatform.googleapis.com/v1beta1/publishers/google/models",
		"https://v1.test/projects/p/locations/l/publishers/google":                        "https://v1.test/v1beta1/publishers/google/models",
		"http://proxy.test/vertex/v1/projects/p/locations/l/publishers/google/models":     "http://proxy.test/vertex/v1beta1/publishers/google/models",
	} {
		r := &replay{status: 200, body: `{"publisherModels":[{"name":"publishers/google/models/gemini-3-flash","versionId":"1"},{"name":"publishers/google/models/imagen-4"},{"name":"publishers/google/models/gemini-embedding-001"}]}`}
		models, err := provider(t, base, r).Models(t.Context())
		if err != nil || len(models) != 1 || models[0].Ref.Model != "gemini-3-flash" {
			t.Errorf("%+v, %v", models, err)
		}
		if got := r.req.URL.Scheme + "://" + r.req.URL.Host + r.req.URL.Path; got != want {
			t.Errorf("%s: asked %s, want %s", base, got, want)
		}
	}
}

func TestAListThatIsNoneIsAnError(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		kind   providers.Kind
	}{
		"wrong key": {400, fault(400, "INVALID_ARGUMENT", "API key not valid."), providers.Auth}, "a page": {200, "<html>", providers.Malformed},
		"an error": {200, fault(503, "UNAVAILABLE", "no"), providers.Overloaded}, "text": {200, "hi " + key, providers.Malformed},
		"another list": {200, `{"data":[]}`, providers.Malformed}, "empty": {200, "", providers.Malformed}, "broken": {200, `{"models":[`, providers.Malformed},
	} {
		_, err := provider(t, home, &replay{status: tt.status, body: tt.body}).Models(t.Context())
		if e := providers.AsError(err); err == nil || e.Kind != tt.kind || e.Op != "listing models" || e.Ref.Provider != "lab" || strings.Contains(e.Error(), key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if models, err := provider(t, home, &replay{status: 200, body: " {} "}).Models(t.Context()); err != nil || len(models) != 0 {
		t.Errorf("no models: %v, %v", models, err)
	}
}

func TestPagesWithoutAnEndAreLeft(t *testing.T) {
	n := 0
	p := at(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		_, _ = io.WriteString(w, fmt.Sprintf(`{"models":[{"name":"models/gemini-x","supportedGenerationMethods":["generateContent"]}],"nextPageToken":"%d"}`, n))
	})
	if models, err := p.Models(t.Context()); err != nil || n > 100 || len(models) != 1 {
		t.Errorf("%d pages of %d models, %v", n, len(models), err)
	}
}
