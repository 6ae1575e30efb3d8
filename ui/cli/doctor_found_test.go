package cli

import (
	"errors"
	"strings"
	"testing"

	"juxta/providers"
)

// A server that was only looked for is missing where nobody listens. Where
// somebody does, what is wrong with it is said.
func TestTheDoctorSaysOfWhatIsThereWhatIsWrongWithIt(t *testing.T) {
	for _, c := range []struct {
		err  *providers.Error
		want string
	}{
		{&providers.Error{Kind: providers.Unreachable, Err: errors.New("refused")}, "not found"},
		{&providers.Error{Kind: providers.Auth, Status: 401, Err: errors.New("who are you")}, "key"},
		{&providers.Error{Kind: providers.Timeout, Err: errors.New("nothing for 2 s")}, "timed out"},
		{&providers.Error{Kind: providers.Malformed, Err: errors.New("no JSON")}, "no JSON"},
	} {
		n := &network{guessed: map[string]bool{"ollama": true}}
		r := examineProvider(n, providers.Listing{Entry: providers.Entry{Endpoint: providers.Endpoint{Name: "ollama", API: "ollama", Local: true, BaseURL: "http://localhost:11434"}}, Err: c.err})
		text := r.text(0)
		if missing := c.want == "not found"; !strings.Contains(text, c.want) || missing == strings.Contains(text, "✗") || missing != strings.Contains(text, "if you want it") {
			t.Errorf("%s: %s", c.err.Kind, text)
		}
	}
}
