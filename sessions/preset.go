package sessions

import (
	"bytes"
	"encoding/json"
	"slices"

	"juxta/providers"
)

// A Preset is a column's settings under a name of the user's, as the
// configuration has them.
type Preset struct {
	Name   string
	Model  providers.Ref // of a column that is made from it; zero for any
	System string
	Params providers.Params
	Schema json.RawMessage
}

// On is a column with the preset's settings instead of its own.
func (p Preset) On(c Column) Column {
	c.System, c.Params, c.Schema, c.Preset = p.System, p.Params, p.Schema, p.Name
	return c
}

// Is reports whether a column has the preset's settings, on whatever model.
func (p Preset) Is(c Column) bool {
	for _, name := range providers.ParamNames() {
		if !slices.Equal(p.Params.Values(name), c.Params.Values(name)) {
			return false
		}
	}
	return p.System == c.System && sameSchema(p.Schema, c.Schema)
}

// sameSchema reports whether two schemas are the same JSON, however they are
// spaced and escaped: the store writes some signs in another way than a file has
// them.
func sameSchema(x, y json.RawMessage) bool {
	if bytes.Equal(x, y) {
		return true
	}
	kept, err := json.Marshal(x)
	other, wrong := json.Marshal(y)
	return err == nil && wrong == nil && bytes.Equal(kept, other)
}

// Named is the column with the name of the preset whose settings it has: the one
// it had, if that is still true, else the first; without a name if there is none.
func (c Column) Named(presets []Preset) Column {
	name := ""
	for _, p := range presets {
		if p.Is(c) && (name == "" || p.Name == c.Preset) && !(Preset{}).Is(c) {
			name = p.Name
		}
	}
	c.Preset = name
	return c
}
