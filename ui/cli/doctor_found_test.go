package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"juxta/providers"
)

// A server that was only looked for is missing where nobody listens. Where
// somebody does, what is wrong with it is said.
func TestTheDoctorSaysOfWhatIsThereWhatIsWrongWithIt(t *testing.T) {
	for _, c := range []struct {
		err        *providers.Error
		want, next string
		reached    bool
	}{
		{&providers.Error{Kind: providers.Unreachable, Err: errors.New("refused")}, "not found", "set LLAMACPP_BASE_URL", false},
		{&providers.Error{Kind: providers.Auth, Status: 401, Err: errors.New("who are you")}, "key", "{name: llamacpp, key: ", true},
		{&providers.Error{Kind: providers.Timeout, Err: errors.New("nothing for 2 s")}, "timed out", "ask again", false},
		{&providers.Error{Kind: providers.Malformed, Err: errors.New("no JSON")}, "no JSON", "another program may have this port", true},
		{&providers.Error{Kind: providers.NotFound, Status: 404, Err: errors.New("no page")}, "no page", "if llamacpp runs elsewhere, set LLAMACPP_BASE_URL", true},
	} {
		n := &network{guessed: map[string]bool{"llamacpp": true}}
		r := examineProvider(n, providers.Listing{Entry: providers.Entry{Endpoint: providers.Endpoint{Name: "llamacpp", API: "openai-chat", Local: true, BaseURL: "http://localhost:8080/v1"}}, Err: c.err})
		text := r.text(0)
		if r.Reachable != c.reached || !strings.Contains(text, "→") || !strings.Contains(*r.Next, c.next) {
			t.Errorf("%s: reached %t: %s", c.err.Kind, r.Reachable, text)
		}
		if missing := c.want == "not found"; !strings.Contains(text, c.want) || missing == strings.Contains(text, "✗") || missing != strings.Contains(text, "if you want it") {
			t.Errorf("%s: %s", c.err.Kind, text)
		}
	}
}

// A refuser lists nothing, for a reason.
type refuser struct {
	asked
	err error
}

func (r refuser) Models(context.Context) ([]providers.Model, error) { return nil, r.err }

// Nobody is told to start what another program keeps from starting, and nobody who
// has only looked is sent to a row that there is not.
func TestTheListOfModelsTellsAnotherProgramFromNone(t *testing.T) {
	a, _, said := bench(t)
	under := a.getenv
	a.getenv = func(name string) string {
		if strings.HasSuffix(name, "_BASE_URL") {
			return ""
		}
		return under(name)
	}
	a.build.APIs["openai-chat"] = func(e providers.Endpoint) (providers.Provider, error) {
		err := map[string]*providers.Error{
			"lmstudio": {Kind: providers.Auth, Status: 401, Err: errors.New("who are you")},
			"llamacpp": {Kind: providers.Malformed, Status: 200, Err: errors.New("a page")},
			"vllm":     {Kind: providers.Unreachable, Err: errors.New("refused")},
		}[e.Name]
		if err == nil {
			return newAsked(e)
		}
		return refuser{asked{e}, err}, nil
	}
	if code := a.run(t.Context(), []string{"models", "list"}); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"lmstudio: the key was not accepted (HTTP 401): who are you\n  → if it is yours, give it its key: `- {name: lmstudio",
		"another program answers there: llamacpp (http://127.0.0.1:8080/v1)\n  →",
		"not running: ollama (http://127.0.0.1:11434), vllm (http://127.0.0.1:8000/v1)\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
}

// A key that is set goes to no address that it was not meant for; whoever wonders is
// told, and how it goes there.
func TestTheDoctorSaysWhichKeyIsNotSent(t *testing.T) {
	for row, want := range map[string]bool{
		"":                               true,
		"    key: ${OPENROUTER_API_KEY}": false,
		"    key: own":                   false,
	} {
		c, err := parseConfig([]byte("providers:\n  - name: openrouter\n    base_url: http://gate.example/v1\n" + row + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		n := connect(c, env("OPENROUTER_API_KEY", "hush"), nil)
		for _, err := range []error{nil, &providers.Error{Kind: providers.Auth, Status: 401}} {
			r := examineProvider(n, providers.Listing{Entry: providers.Entry{Endpoint: endpoint(t, n, "openrouter")}, Models: make([]providers.Model, 1), Err: err})
			if text := r.text(0); strings.Contains(text, "OPENROUTER_API_KEY is set, and not sent to this address") != want || strings.Contains(text, "hush") {
				t.Errorf("%q, %v: %s", row, err, text)
			}
		}
	}
}
