package prompts

import (
	"encoding/json"
	"errors"
	"strings"
)

// NotJSON says in plain words why a text that was read as JSON is none.
func NotJSON(err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err.Error()
	}
	what, ok := strings.CutPrefix(syntax.Error(), "invalid character ")
	if !ok {
		return "it ends too early: something is not closed"
	}
	i := strings.Index(what[1:], "'") + 2 // the character is quoted
	if strings.HasPrefix(what, `'\''`) {
		i = len(`'\''`)
	}
	for _, w := range [...]struct{ end, means string }{
		{"beginning of value", "a value belongs there"},
		{"beginning of object key string", "a name in quotes belongs there"},
		{"after object key", "a colon belongs there"},
		{"after object key:value pair", "a comma or } belongs there"},
		{"after array element", "a comma or ] belongs there"},
		{"after top-level value", "the JSON is over before it"},
		{"in string literal", "within quotes it needs a backslash before it, or is written \\n or \\t"},
	} {
		if strings.HasSuffix(what, w.end) {
			return what[:i] + " can't stand there: " + w.means
		}
	}
	return what[:i] + " can't stand there"
}
