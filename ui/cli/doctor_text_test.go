package cli

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"juxta/providers/keys"
)

// A leaf is a value of the diagnosis that JSON has under a name.
type leaf struct {
	path  string
	value reflect.Value
}

// leaves walks v as JSON does, with a call for each value in it. What is behind a
// nil pointer is none.
func leaves(path string, v reflect.Value, each func(leaf)) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			leaves(path, v.Elem(), each)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			leaves(path+"[]", v.Index(i), each)
		}
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
				leaves(path, v.Field(i), each)
			case f.IsExported():
				leaves(strings.TrimPrefix(path+"."+name, "."), v.Field(i), each)
			}
		}
	default:
		each(leaf{path, v})
	}
}

// fill gives every pointer something to point to, and every slice two elements.
func fill(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous {
				fill(v.Field(i))
			}
		}
	}
}

// found is a diagnosis in which no two values are alike.
func found() *diagnosis {
	d := new(diagnosis)
	v := reflect.ValueOf(d).Elem()
	fill(v)
	n := 0
	leaves("", v, func(l leaf) {
		n += 7
		switch x := l.value; {
		case l.path == "providers[].key":
			x.SetString("set") // each of its words is looked at below
		case x.Kind() == reflect.String:
			x.SetString(fmt.Sprintf("said%dx", n))
		case x.Kind() == reflect.Bool:
			x.SetBool(true)
		case x.CanInt():
			x.SetInt(int64(100_000 + n))
		case x.CanFloat():
			x.SetFloat(float64(200_000 + n))
		default:
			x.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, n, 0, 0, time.UTC)))
		}
	})
	return d
}

// The doctor says the same as text and as JSON: each value that JSON has is read in
// the text, where all is well or where all is wrong; a yes or no that changes
// changes the text.
func TestTheDoctorSaysTheSameInTextAndJSON(t *testing.T) {
	elsewhere := map[string]string{ // why a value isn't in the text under its own name
		"store.health.schema":          "the store's own schema, which is there",
		"store.health.bytes":           "the store's own size, which is there",
		"store.health.wrong":           "the problem of a real store begins with it",
		"store.health.findings[].kind": "for programs: what is said to people says it in words",
	}
	well, wrong := found(), found()
	well.Terminal.NotAsked, well.Clock.Problem, well.Vault.Problem = nil, nil, nil
	well.Clipboard.Problem, wrong.Clipboard.Program = nil, nil
	wrong.Vault.Answers = new(bool)
	for i := range wrong.Providers {
		wrong.Providers[i].Models = nil
	}
	there, shown := map[string]int{}, map[string]int{}
	for _, d := range []*diagnosis{well, wrong} {
		text := d.text(0)
		of := map[string]int{}
		leaves("", reflect.ValueOf(d).Elem(), func(l leaf) {
			said := fmt.Sprint(l.value)
			switch x := l.value.Interface().(type) {
			case bool:
				l.value.SetBool(!x)
				if d.text(0) != text {
					of[l.path]++
				}
				l.value.SetBool(x)
				there[l.path] = max(there[l.path], 1)
				return
			case float64:
				said = fmt.Sprintf("%.0f", x)
			case time.Time:
				said = x.Format("2006-01-02 15:04")
			}
			if strings.Contains(text, said) {
				of[l.path]++
			}
			there[l.path] = max(there[l.path], 1)
		})
		for path, n := range of {
			shown[path] = max(shown[path], n)
		}
	}
	for path := range there {
		n := 1
		if strings.Contains(path, "[]") {
			n = 2 // all of them, not only the newest
		}
		switch _, excused := elsewhere[path]; {
		case excused && shown[path] >= n:
			t.Errorf("%s is in the text, and needs no excuse", path)
		case !excused && shown[path] < n:
			t.Errorf("%s: JSON says it, and the text does not:\n%s", path, wrong.text(0))
		}
	}
}

// The words for where a key comes from differ with all that JSON tells apart.
func TestTheDoctorTellsKeysApart(t *testing.T) {
	said := map[string]string{}
	for _, key := range []string{"set", "not set", "command", "keyring", "not needed"} {
		for _, source := range []keys.Source{keys.Environment, keys.Configuration} {
			if key != "set" && source != keys.Environment {
				continue
			}
			name, models := "SOME_KEY", 3
			p := providerRecord{Name: "far", API: "openai-chat", Models: &models, Key: key, KeyFrom: source, KeyName: &name}
			text := p.text(0)
			if other, twice := said[text]; twice {
				t.Errorf("%s and %s are both %q", other, key, text)
			}
			said[text] = key
		}
	}
}
