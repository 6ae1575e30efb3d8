package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"juxta/providers"
)

// What services send is read as mildly as it can be understood: a field of an
// odd type must not cost the answer that it stands beside.

// Lenient decodes what it can of a JSON value: a field of another type than
// expected is left out. Its error means that data is not JSON.
func Lenient(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return nil
	}
	return err
}

// Given reports whether a JSON value is there and says something.
func Given(v json.RawMessage) bool {
	switch string(v) {
	case "", "null", `""`, "{}", "false":
		return false
	}
	return true
}

// A Tally is a count that may be written as any JSON number. Nonsense is 0.
type Tally int

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Tally) UnmarshalJSON(b []byte) error {
	if n, ok := count(b); ok {
		*t = Tally(n)
	}
	return nil
}

// Counts reports whether a JSON value is a count, and not nonsense.
func Counts(v json.RawMessage) bool {
	_, ok := count(v)
	return ok
}

func count(b []byte) (n int, ok bool) {
	if len(b) > 2 && b[0] == '"' { // some write their numbers as text
		b = b[1 : len(b)-1]
	}
	var f float64
	if string(b) == "null" || json.Unmarshal(b, &f) != nil || f < 0 || f >= math.MaxInt32 {
		return 0, false
	}
	return int(f), true
}

// Malformed is the error for what is not the protocol. It quotes little of the
// data, and looks at more, so that no key is cut in two before it is found.
func Malformed(what string, data []byte, key providers.Secret) *providers.Error {
	shown := Redact(string(Excerpt(data)), key)
	return &providers.Error{Kind: providers.Malformed, Err: fmt.Errorf("%s: %.80q", what, shown)}
}
