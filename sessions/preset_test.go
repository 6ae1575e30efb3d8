package sessions

import (
	"encoding/json"
	"testing"

	"juxta/providers"
)

func TestAColumnHasTheNameOfItsPresetWhileItIsUnchanged(t *testing.T) {
	cold := 0.0
	precise := Preset{Name: "precise", System: "Be brief.", Params: providers.Params{Temperature: &cold, Stop: []string{"END"}}}
	twin := precise
	twin.Name = "twin"
	presets := []Preset{{Name: "nothing"}, precise, twin}
	c := precise.On(Column{ID: 3, Model: providers.Ref{Provider: "demo", Model: "swift"}, Schema: []byte(`{}`)})
	if c.ID != 3 || c.Model.Model != "swift" || c.Schema != nil || c.Preset != "precise" || !precise.Is(c) {
		t.Errorf("the preset made %+v", c)
	}
	same := 0.0
	for _, x := range []struct {
		what string
		edit func(*Column)
		want string
	}{
		{"unchanged", func(*Column) {}, "precise"},
		{"the twin's", func(c *Column) { c.Preset = "twin" }, "twin"},
		{"without its name", func(c *Column) { c.Preset = "" }, "precise"},
		{"set to the same", func(c *Column) { c.Params.Temperature = &same }, "precise"},
		{"another model", func(c *Column) { c.Model.Model = "sage" }, "precise"},
		{"another system prompt", func(c *Column) { c.System += " Please." }, ""},
		{"without its stop", func(c *Column) { c.Params.Stop = nil }, ""},
		{"with a schema", func(c *Column) { c.Schema = []byte(`{}`) }, ""},
		{"all by default", func(c *Column) { c.System, c.Params = "", providers.Params{Stop: []string{}} }, ""},
	} {
		y := c
		x.edit(&y)
		if got := y.Named(presets).Preset; got != x.want {
			t.Errorf("%s: %q, want %q", x.what, got, x.want)
		}
	}
}

// The store writes < and & of a schema as escapes: it is the same schema all the
// same, so that a column has its preset still, and a model that was asked again
// goes on in its column.
func TestAColumnIsTheSameWhenItComesFromTheStore(t *testing.T) {
	p := Preset{Name: "tagged", Schema: []byte(`{"type":"string","pattern":"^<b>&"}`)}
	c := p.On(Column{ID: 3, Model: providers.Ref{Provider: "demo", Model: "swift"}, Again: true})
	line, err := json.Marshal(c)
	want(t, "writing", err, nil)
	var kept Column
	want(t, "reading", json.Unmarshal(line, &kept), nil)
	want(t, "its preset", kept.Named([]Preset{p}).Preset, "tagged")
	want(t, "who is asked again", (Reask{}).in(&Session{Columns: []Column{kept}}, c.Like(c.Model)).ID, 3)
	other := kept
	other.Schema = []byte(`{"type":"string","pattern":"^<i>&"}`)
	want(t, "the preset of another schema", other.Named([]Preset{p}).Preset, "")
}

func TestASystemPromptForAllEndsAPreset(t *testing.T) {
	b := NewBench(providers.NewRegistry(nil, nil, nil), nil)
	p := Preset{Name: "brief", System: "Be brief."}
	b.Add(p.On(Column{}))
	b.SetSystem("Be brief.")
	if got := b.Session().Columns[0].Preset; got != "brief" {
		t.Errorf("the same prompt made it %q", got)
	}
	b.SetSystem("Be long.")
	if got := b.Session().Columns[0].Preset; got != "" {
		t.Errorf("another prompt left it %q", got)
	}
}
