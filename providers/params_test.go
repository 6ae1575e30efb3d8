package providers

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// What is set by name is what JSON calls so, and is written as it was read.
func TestParamsAreSetByTheirNamesInJSON(t *testing.T) {
	written := map[string][]string{
		"temperature": {"0.7"}, "top_p": {"0"}, "max_tokens": {"1000"}, "seed": {"-9223372036854775808"},
		"stop": {"END", "two words\n"}, "think": {"xhigh"}, "think_budget": {"4096"}, "context": {"16384"},
	}
	var all Params
	for _, name := range ParamNames() {
		var one Params
		for _, v := range written[name] {
			for _, p := range []*Params{&one, &all} {
				if err := p.Set(name, v); err != nil {
					t.Errorf("%s=%s: %v", name, v, err)
				}
			}
		}
		if got := one.Values(name); !slices.Equal(got, written[name]) {
			t.Errorf("%s is written %q, want %q", name, got, written[name])
		}
		if got := (Params{}).Values(name); got != nil {
			t.Errorf("%s that nobody set is %q", name, got)
		}
		b, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		if got := one.Without(name); !reflect.DeepEqual(got, Params{}) {
			t.Errorf("%s is still there: %+v", name, got)
		}
		var named map[string]any
		if err := json.Unmarshal(b, &named); err != nil || len(named) != 1 || named[name] == nil {
			t.Errorf("%s in JSON: %s", name, b)
		}
	}
	fields := reflect.ValueOf(all)
	for i := range fields.NumField() {
		if fields.Field(i).IsZero() {
			t.Errorf("%s has no name to be set by", fields.Type().Field(i).Name)
		}
	}
}

func TestParamsRefuseWhatTheyCannotBe(t *testing.T) {
	for _, c := range [][2]string{
		{"temperature", "hot"},
		{"temperature", "NaN"},
		{"temperature", "-1"},
		{"temperature", "11"},
		{"top_p", "1.1"},
		{"max_tokens", "0"},
		{"max_tokens", "1.5"},
		{"context", "99999999999"},
		{"seed", "1e3"},
		{"stop", ""},
		{"think", "hard"},
		{"heat", "1"},
	} {
		var p Params
		if err := p.Set(c[0], c[1]); err == nil {
			t.Errorf("%s=%s became %+v", c[0], c[1], p)
		}
	}
	p := Params{Stop: []string{"a"}}
	q := p
	_ = q.Set("stop", "b")
	_ = p.Set("stop", "c")
	if !slices.Equal(q.Stop, []string{"a", "b"}) {
		t.Errorf("a copy's stops became %q", q.Stop)
	}
}

func TestParamsThatAreSetComeBeforeOthers(t *testing.T) {
	var p, d Params
	for _, s := range []struct {
		p           *Params
		name, value string
	}{
		{&p, "temperature", "0"},
		{&p, "stop", "a"},
		{&d, "temperature", "1"},
		{&d, "stop", "b"},
		{&d, "stop", "c"},
		{&d, "think", "low"},
	} {
		if err := s.p.Set(s.name, s.value); err != nil {
			t.Fatal(err)
		}
	}
	got := p.Or(d)
	if *got.Temperature != 0 || !slices.Equal(got.Stop, []string{"a"}) || got.Think != "low" || p.Think != "" {
		t.Errorf("%+v", got)
	}
	if got := (Params{}).Or(d); !slices.Equal(got.Stop, d.Stop) || *got.Temperature != 1 {
		t.Errorf("%+v", got)
	}
}
