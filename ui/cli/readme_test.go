package cli

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	shellWord   = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)
	notNamed    = regexp.MustCompile(`[^a-z0-9]+`)
	readmeLine  = regexp.MustCompile(`(?m)^ {4}(\S[^\n]*)$`)
	readmeSpan  = regexp.MustCompile("`([^`]+)`")
	testName    = regexp.MustCompile(`(?m)^func (Test\w+)`)
	lineComment = regexp.MustCompile(`\s+#\s.*$`)
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

// examples are the lines of code that the README and the guide show, without their
// comments, and the commands, flags and settings that they name by the way: whatever
// there is between two backquotes that is more than a word, or a flag. What stands in
// blocks has tests of its own: the tour, the files.
func examples(t *testing.T) (lines, spans []string) {
	t.Helper()
	words := codeBlock.ReplaceAllString(readme(t), "")
	for _, m := range readmeLine.FindAllStringSubmatch(words, -1) {
		lines = append(lines, lineComment.ReplaceAllString(m[1], ""))
	}
	for _, m := range readmeSpan.FindAllStringSubmatch(readmeLine.ReplaceAllString(words, ""), -1) {
		if span := strings.Join(strings.Fields(m[1]), " "); strings.Contains(span, " ") || strings.HasPrefix(span, "-") {
			spans = append(spans, span)
		}
	}
	return lines, spans
}

// Every line and every command by the way keeps what it promises: in promises, in
// uses, as a setting that can be read, or in a test that elsewhere says so.
func TestEveryExampleIsHeld(t *testing.T) {
	lines, spans := examples(t)
	if len(lines) < 30 || len(spans) < 80 {
		t.Fatalf("only %d lines and %d commands by the way were found", len(lines), len(spans))
	}
	held := elsewhere()
	for _, p := range promises() {
		held[p.example] = "promises"
	}
	shown := map[string]bool{}
	for _, e := range slices.Concat(lines, spans) {
		if shown[e] = true; held[e] == "" && !isUse(e) && !isSetting(e) {
			t.Errorf("nothing shows that this does what it says: %s", e)
		}
	}
	tests := everyTest(t)
	for e, by := range held {
		if !shown[e] {
			t.Errorf("this is nowhere in the README or the guide: %s", e)
		}
		if strings.HasPrefix(by, "Test") && !tests[by] {
			t.Errorf("%s: there is no %s", e, by)
		}
	}
}

// everyTest are the names of all tests.
func everyTest(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range testName.FindAllSubmatch(b, -1) {
			all[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// isUse reports whether an example is a command, or a flag with nothing or a
// placeholder behind it, that uses has a line for.
func isUse(example string) bool {
	words := strings.Fields(strings.TrimPrefix(example, "juxta "))
	if n := len(words); n > 1 && words[n-1] == strings.ToUpper(words[n-1]) {
		words = words[:n-1]
	}
	return slices.ContainsFunc(uses(), func(u use) bool {
		of := strings.Fields(strings.TrimPrefix(u.of, "juxta"))
		short := strings.Fields(u.flag)
		return slices.Equal(words, of) || len(words) == 1 && strings.HasPrefix(words[0], "-") &&
			(len(of) > 0 && words[0] == of[len(of)-1] || len(short) > 0 && words[0] == short[0])
	})
}

// isSetting reports whether an example is a line of the configuration, at its top
// or of the machine.
func isSetting(example string) bool {
	if !strings.Contains(example, ": ") {
		return false
	}
	_, top := parseConfig([]byte(example))
	_, within := parseConfig([]byte("machine: {" + example + "}"))
	return top == nil || within == nil
}

// What the README and the guide say of a command is seen when it is run, and was not
// before, in their order and in one home that has their files and sessions. Only the
// models are simulated ones.
func TestEveryExampleKeepsItsPromise(t *testing.T) {
	f := readmeHome(t)
	t.Chdir(f.dir)
	_, before, _ := strings.Cut(f.out.String(), "\nexit 0\n")
	for _, p := range promises() {
		shows := regexp.MustCompile(p.shows)
		if shows.MatchString(before) {
			t.Errorf("%s: it shows %s before it is run", p.example, p.shows)
		}
		line := p.runs
		if line == "" {
			line = p.example
		}
		input := ""
		if pipe, rest, ok := strings.Cut(line, " | "); ok {
			line, input = rest, "what comes of "+pipe
		}
		words, from, _ := shellWords(strings.TrimPrefix(line, "juxta"))
		if from != "" {
			b, err := os.ReadFile(from)
			if err != nil {
				t.Error(err)
			}
			input = string(b)
		}
		simulated(words)
		f.app.in, f.app.inTerm, f.app.outTerm = strings.NewReader(cmp.Or(input, "sk-0123456789abcdef\n")), input == "" && words[0] != "keys", true
		after := f.saw(t, f.app.root(), words)
		if !shows.MatchString(after) || !strings.Contains(after, "\nexit 0\n") {
			t.Errorf("%s: does not end well, or does not show %s:\n%.3000s", p.example, p.shows, after)
		}
		_, before, _ = strings.Cut(after, "\nexit 0\n")
	}
}

// readmeHome is a household with what the examples speak of.
func readmeHome(t *testing.T) *household {
	t.Helper()
	files := furniture(t)
	for _, name := range []string{"shots/a.png", "shots/b.png"} {
		files[name] = files["pin.png"]
	}
	files["juxta/prompts/line.md"] = nil // its place is not in the README
	files["caption.md"] = []byte("---\nvariables: {product: }\n---\nDescribe {{product}}.\n")
	files["notes.md"], files["report.txt"], files["mail.txt"] = files["note.md"], files["note.md"], files["note.md"]
	files["invoice.json"] = []byte(`{"type":"object","title":"an invoice"}`)
	prices := "prices:\n"
	for _, p := range promises() {
		words, _, _ := shellWords(cmp.Or(p.runs, p.example))
		for _, model := range simulated(words) {
			if !strings.Contains(prices, model+":") {
				prices += "  " + model + ": {input: 1, output: 1}\n"
			}
		}
	}
	for _, name := range []string{"2026-01-02T03-04-05.v2", "2026-01-03T03-04-05.v3"} { // as they are named before an upgrade
		files["juxta/juxta.db."+name+".bak"] = []byte("an older store")
	}
	files["local.yaml"] = []byte(prices + "local_only: true\n")
	files["juxta/config.yaml"] = []byte(prices + "presets:\n  - {name: precise, system: Be precise.}\n  - {name: wild, system: Be wild.}\n")
	const priced = `"price":{"input":0,"cache_read":-1,"cache_write":-1,"cache_write_1h":-1,"output":%d000000,"source":"list"},"text":"%s"`
	costly := strings.NewReplacer(`"text":"hi"`, fmt.Sprintf(priced, 100, "hi"), `"text":"ho"`, fmt.Sprintf(priced, 400, "ho"))
	f := furnished(t, files)
	for name, saved := range map[string]string{
		"01J9": costly.Replace(savedSession("01J9", 7, true)), "01K2": savedSession("01K2", 1, true), "01K7": savedSession("01K7", 1, true), "01KP": savedSession("01KP", 1, false),
		"01KW": strings.NewReplacer(`"hello"`, `"a walnut table"`, `"model":"fast"`, `"model":"qwen"`).Replace(savedSession("01KW", 1, true)),
	} {
		path := filepath.Join(f.dir, name+".json")
		if err := os.WriteFile(path, []byte(saved), 0o600); err != nil {
			t.Fatal(err)
		}
		f.does(t, "sessions import "+path)
	}
	f.does(t, "sessions tag 01J9 +draft")
	f.does(t, "sessions tag 01K2 +pins")
	return f
}

// simulated puts a simulated model in the place of each that words name.
func simulated(words []string) (models []string) {
	for i := 1; i < len(words); i++ {
		if words[i-1] == "-m" && !strings.HasPrefix(words[i], "demo/") {
			words[i] = "demo/script:say=" + notNamed.ReplaceAllString(strings.ToLower(words[i]), "-")
			models = append(models, words[i])
		}
	}
	return models
}
