package prompts

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Used is a prompt of the library as a question was made from it. The whole
// source is kept, so that changing the file later loses nothing.
type Used struct {
	Name   string            `json:"name"`
	SHA256 string            `json:"sha256"` // of Source
	Source string            `json:"source"`
	Values map[string]string `json:"values,omitempty"` // of its variables
	Edited bool              `json:"edited,omitempty"` // the text was changed before it was sent
}

// Words is what was used in a line for people, who may have put anything into
// it: "prompt caption 3f2a1c94, edited · product=chair · tone=playful".
func (u *Used) Words() string {
	s := "template"
	if u.Name != "" {
		s = fmt.Sprintf("prompt %s %.8s", u.Name, u.SHA256)
	}
	if u.Edited {
		s += ", edited"
	}
	for _, name := range slices.Sorted(maps.Keys(u.Values)) {
		s += " · " + name + "=" + strings.Join(strings.Fields(u.Values[name]), " ")
	}
	return s
}
