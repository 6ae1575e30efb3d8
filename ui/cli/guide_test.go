package cli

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"juxta/ui/theme"
)

var codeBlock = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// blocksOf are the README's and the guide's blocks of code in a language.
func blocksOf(t *testing.T, language string) (all []string) {
	t.Helper()
	for _, m := range codeBlock.FindAllStringSubmatch(readme(t), -1) {
		if m[1] == language {
			all = append(all, m[2])
		}
	}
	return all
}

// What people copy from the guide into their files is read without an error.
func TestTheFilesInTheGuideAreRead(t *testing.T) {
	settings := blocksOf(t, "yaml")
	if len(settings) < 2 {
		t.Errorf("only %d configurations were found", len(settings))
	}
	for _, text := range settings {
		if _, err := parseConfig([]byte(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	themes := 0
	for _, text := range blocksOf(t, "") {
		if !strings.HasPrefix(text, "[dark]") {
			continue
		}
		themes++
		if _, err := theme.Parse("own", "own.theme", []byte(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	prompts := blocksOf(t, "markdown")
	for _, text := range prompts {
		f := furnished(t, map[string][]byte{"caption.md": []byte(text)})
		if seen := f.seen(t, "prompts add caption ~/caption.md", ""); !strings.Contains(seen, "\nkept caption\n") || !strings.Contains(seen, "\nexit 0\n") {
			t.Errorf("%s\nof\n%s", seen, text)
		}
	}
	if themes != 1 || len(prompts) != 1 {
		t.Errorf("%d themes and %d prompts were found", themes, len(prompts))
	}
}

// What the README says of JSON is what is printed: every field that it shows, of
// the kind that it shows, and all the words that some of them may be.
func TestTheJSONInTheREADMEIsWhatIsPrinted(t *testing.T) {
	f := furnished(t, furniture(t))
	f.app.out = new(bytes.Buffer)
	f.seen(t, "ask --json -m demo/script:say=x hi", "")
	shown := blocksOf(t, "json")
	if len(shown) != 1 {
		t.Fatalf("%d blocks of JSON were found", len(shown))
	}
	var want, got any
	for text, into := range map[string]*any{shown[0]: &want, f.app.out.(*bytes.Buffer).String(): &got} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	var compare func(at string, want, got any)
	compare = func(at string, want, got any) {
		fields, _ := want.(map[string]any)
		if got != nil && want != nil && reflect.TypeOf(got) != reflect.TypeOf(want) {
			t.Errorf("%s is %T, and in the README %T", at, got, want)
			return
		}
		for name, w := range fields {
			g, there := got.(map[string]any)[name]
			if !there {
				t.Errorf("%s has no %s", at, name)
			}
			compare(at+"."+name, w, g)
		}
	}
	compare("an answer", want, got)

	words := strings.Join(strings.Fields(readme(t)), " ")
	for typ, said := range map[string]string{
		"Reason": "`finish`: ", "PriceSource": "`cost.source`: ", "Kind": "its kind one of ",
	} {
		_, list, _ := strings.Cut(words, said)
		list, _, _ = strings.Cut(list, ".")
		named, are := strings.Split(list, ", "), valuesOf(t, typ)
		slices.Sort(named)
		if slices.Sort(are); !slices.Equal(named, are) {
			t.Errorf("%s%q, and in the README %q", said, are, named)
		}
	}
}

// valuesOf are the constants of a type of strings in the package providers.
func valuesOf(t *testing.T, typ string) (all []string) {
	t.Helper()
	_, files := parsed(t, "providers")
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && brief(v.Type) == typ && len(v.Values) == 1 {
				s, _ := literal(v.Values[0])
				all = append(all, s)
			}
			return true
		})
	}
	return all
}
