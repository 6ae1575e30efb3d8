package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	readmeLine = regexp.MustCompile(`(?m)^ {4}(?:[^#\n]*\| )?juxta( [^\n]*)?$`)
	readmeSpan = regexp.MustCompile("`juxta( [^`]*)?`")
	shellWord  = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)
	notNamed   = regexp.MustCompile(`[^a-z0-9]+`)
)

// shellWords are the words of a line as a shell gives them to juxta, up to a comment,
// a pipe or a file.
func shellWords(line string) (words []string, from, to string) {
	all := shellWord.FindAllString(line, -1)
	for i := 0; i < len(all); i++ {
		switch w := all[i]; {
		case w == "|" || strings.HasPrefix(w, "#"):
			return words, from, to
		case (w == "<" || w == ">") && i+1 < len(all):
			if i++; w == "<" {
				from = all[i]
			} else {
				to = all[i]
			}
		default:
			words = append(words, strings.Trim(w, `"'`))
		}
	}
	return words, from, to
}

func readme(t *testing.T) string {
	t.Helper()
	var all string
	for _, name := range []string{"README.md", ".github/GUIDE.md"} {
		b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		all += strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	return all
}

// Every command that the README names by the way is one, and its flags are its.
func TestEveryCommandThatTheREADMENamesIsThere(t *testing.T) {
	spans := readmeSpan.FindAllStringSubmatch(readme(t), -1)
	if len(spans) < 10 {
		t.Fatalf("only %d commands were found", len(spans))
	}
	for _, m := range spans {
		a, _, _ := bench(t)
		root := a.root()
		words, _, _ := shellWords(m[1])
		root.InitDefaultHelpFlag()
		root.InitDefaultVersionFlag()
		c, rest, err := root.Find(words)
		if err == nil {
			c.InitDefaultHelpFlag()
			err = c.ParseFlags(rest)
		}
		if err == nil && c == root && c.Flags().NArg() > 0 {
			err = fmt.Errorf("there is no command %q", c.Flags().Arg(0))
		}
		if err != nil {
			t.Errorf("%s: %v", m[0], err)
		}
	}
}

// Every line of the README's examples, those of its tour apart, is run, one after the other, in a folder
// that has its files and sessions. Only the models are simulated ones.
func TestEveryExampleOfTheREADMERuns(t *testing.T) {
	lines := readmeLine.FindAllStringSubmatch(readme(t), -1)
	if len(lines) < 10 {
		t.Fatalf("only %d examples were found", len(lines))
	}
	files := furniture(t)
	for _, name := range []string{"shots/a.png", "shots/b.png"} {
		files[name] = files["pin.png"]
	}
	files["juxta/prompts/line.md"] = nil // its place is not in the README
	files["caption.md"] = []byte("---\nvariables: {product: }\n---\nDescribe {{product}}.\n")
	files["notes.md"], files["report.txt"], files["mail.txt"] = files["note.md"], files["note.md"], files["note.md"]
	files["invoice.json"] = []byte(`{"type":"object"}`)
	prices := "prices:\n"
	for _, m := range lines {
		words, _, _ := shellWords(m[1])
		for _, model := range simulated(words) {
			if !strings.Contains(prices, model+":") {
				prices += "  " + model + ": {input: 1, output: 1}\n"
			}
		}
	}
	files["juxta/config.yaml"] = []byte(prices)
	f := furnished(t, files)
	t.Chdir(f.dir)
	for id, turns := range map[string]int{"01J9": 7, "01K2": 1, "01K7": 1} {
		if err := os.WriteFile(id+".json", []byte(savedSession(id, turns, true)), 0o600); err != nil {
			t.Fatal(err)
		}
		f.does(t, "sessions import "+id+".json")
	}
	for _, m := range lines {
		words, from, _ := shellWords(m[1])
		if len(words) > 0 && (words[0] == "man" || words[0] == "completion") {
			continue // the shell's business
		}
		input := "some words"
		if from != "" {
			b, err := os.ReadFile(from)
			if err != nil {
				t.Error(err)
			}
			input = string(b)
		}
		simulated(words)
		f.out.Reset()
		f.app.in, f.app.inTerm, f.app.outTerm = strings.NewReader(input), !strings.Contains(m[0], "|"), true
		if code := f.app.run(t.Context(), words); code != 0 {
			t.Errorf("%s\nexit code %d: %s", strings.TrimSpace(m[0]), code, f.out.String())
		}
	}
}

// simulated puts a simulated model in the place of each that words name.
func simulated(words []string) (models []string) {
	for i := 1; i < len(words); i++ {
		if words[i-1] == "-m" {
			words[i] = "demo/script:say=" + notNamed.ReplaceAllString(strings.ToLower(words[i]), "-")
			models = append(models, words[i])
		}
	}
	return models
}
