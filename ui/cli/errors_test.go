package cli

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// An errorText is a format that a person may read as an error.
type errorText struct{ at, text string }

// formatAt is which argument of a call is an error's text, by the function.
var formatAt = map[string]int{"errors.New": 0, "fmt.Errorf": 0, "usage": 1, "n.fault": -1, "fail": 0, "m.warn": 0, "m.say": 0, "given": 0, "line": 1}

// errorTexts are all of them that are written as literals: what is returned, the
// steps, also those that functions and tables of kinds tell, what typed errors
// say, and what the workbench and the doctor say.
func errorTexts(t *testing.T) (all []errorText, hints int) {
	eachFile(t, func(path string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			collect := func(e ast.Expr) {
				if s, ok := literal(e); ok && s != "" {
					all = append(all, errorText{set.Position(e.Pos()).String(), s})
				}
			}
			switch n := n.(type) {
			case *ast.ValueSpec: // kindWords, kindAdvice
				for i, name := range n.Names {
					if m, ok := at(n.Values, i).(*ast.CompositeLit); ok && (strings.HasSuffix(name.Name, "Words") || strings.HasSuffix(name.Name, "Advice")) {
						for _, e := range m.Elts {
							if kv, ok := e.(*ast.KeyValueExpr); ok {
								collect(kv.Value)
							}
						}
					}
				}
			case *ast.KeyValueExpr:
				if brief(n.Key) == "Hint" {
					collect(n.Value)
				}
			case *ast.AssignStmt:
				for i, to := range n.Lhs {
					if s, ok := to.(*ast.SelectorExpr); ok && s.Sel.Name == "Hint" && len(n.Rhs) == len(n.Lhs) {
						collect(n.Rhs[i])
					}
				}
			case *ast.FuncDecl:
				if name := n.Name.Name; name == "Error" || strings.HasSuffix(name, "Advice") || strings.HasSuffix(strings.ToLower(name), "hint") || name == "suspicion" {
					ast.Inspect(n, func(n ast.Node) bool {
						if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
							collect(r.Results[0])
						}
						return true
					})
				}
			}
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			i, ok := formatAt[brief(c.Fun)]
			if !ok || i < 0 || i >= len(c.Args) {
				return true
			}
			if in, ok := c.Args[i].(*ast.CallExpr); ok && len(in.Args) > 0 { // m.say(m.keyed("…"))
				collect(in.Args[0])
			}
			if s, ok := literal(c.Args[i]); ok {
				all = append(all, errorText{set.Position(c.Pos()).String(), s})
			}
			if h, ok := literal(c.Args[0]); brief(c.Fun) == "usage" && ok && h != "" {
				all = append(all, errorText{set.Position(c.Pos()).String(), h})
				hints++
			}
			return true
		})
	})
	return all, hints
}

// at is the i-th of some expressions, or nil.
func at(all []ast.Expr, i int) ast.Expr {
	if i < len(all) {
		return all[i]
	}
	return nil
}

// literal is the beginning of a text that stands in the source.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		return literal(e.X)
	}
	return "", false
}

// properName may begin an error in upper case.
var properName = regexp.MustCompile(`^([A-Z][A-Z0-9_]{2,}|Ollama|Bubble|OpenAI|Gemini|Anthropic|Claude|ChatGPT|LM Studio|Windows|macOS|Linux|PDF|HTTP|JSON|YAML|CSV|Markdown|XDG|Docker|SHA|URL|DNS|TLS|GPU|NVML|RAPL)\b`)

// jargon is what people outside the house need not know; programs' words for it.
var jargon = regexp.MustCompile(`(?i)\b(unmarshal\w*|marshal\w*|deserial\w*|nil|mutex|goroutine|segfault|stack ?trace|bolt\w*|errno|stdin|stdout|stderr|enum|regexp?|struct|callback|nullable|panic|EOF|interface conversion|context (deadline|canceled)|invalid character|unexpected end of JSON|runtime error|looking for beginning|strconv|syscall|(?-i:[a-z]+\.[A-Z][a-z]\w+))\b`)

// begins are words that say nothing.
var begins = regexp.MustCompile(`(?i)^(failed to|error|unable to|could not be able|cannot be able|oops|sorry|invalid)\b|: (failed to|error:)|\berror: `)

func TestEveryErrorReadsLikeASentenceOfOurs(t *testing.T) {
	all, hints := errorTexts(t)
	if len(all) < 900 || hints < 60 {
		t.Fatalf("only %d errors and %d hints were found", len(all), hints)
	}
	for _, e := range all {
		if why := clumsy(e.text); why != "" {
			t.Errorf("%s: %q %s", e.at, e.text, why)
		}
	}
}

// clumsy is what is wrong with an error's words; "" for nothing.
func clumsy(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case unicode.IsUpper(first) && !properName.MatchString(text):
		return "begins in upper case, and with no name"
	case strings.Contains(text, "\n"):
		return "is more than a line"
	case strings.ContainsRune(".!;,", last) && !strings.HasSuffix(text, "..."): // SESSION...
		return "ends in punctuation"
	case strings.Contains(text, "%+v"), strings.Contains(text, "%#v"):
		return "prints a structure"
	case begins.MatchString(text):
		return "has a word that says nothing"
	case jargon.MatchString(text):
		return "has a programmer's word: " + jargon.FindString(text)
	}
	return ""
}

// steps are words that say what to do within an error that has no line for it.
var steps = regexp.MustCompile(`(?i)\?$|(: |; |, or |\. |→ )(` +
	`(send|download|get|give|write|save|make|name|attach|put|look|add|end|ask|wait|choose|export|convert|unpack|set|use|try|start|mend|check|leave)\b` +
	`|did you mean |what can be |it is one of |there (are|is) |is it |is the |if it is ).*$|\bsuch as `)

// deadEnds are the errors of what juxta said that leave a person with nothing
// to do, or in a programmer's words. What juxta itself did wrong says so later.
func deadEnds(stderr string) (found []string) {
	lines := strings.Split(stderr, "\n")
	for i, line := range lines {
		text, ok := strings.CutPrefix(line, "juxta: ")
		if !ok || strings.Contains(text, "a fault in juxta: ") || strings.HasPrefix(text, "a fault of juxta's own ") {
			continue
		}
		if last := i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "  → "); last && !steps.MatchString(text) {
			found = append(found, line+": what to do about it?")
		}
		if why := clumsy(strings.TrimPrefix(text, "-a: stdin: ")); why != "" {
			found = append(found, line+": "+why)
		}
	}
	return found
}

func TestDeadEndsAreFound(t *testing.T) {
	for said, n := range map[string]int{
		"juxta: there is no session\n  → `juxta sessions list` shows which there are\n": 0,
		"juxta: -a: pin.png: is empty: is it the right one?\n":                          0,
		"juxta: there is no session\n":                                                  1,
		"juxta: s.json: unexpected end of JSON input\n  → write it anew\n":              1,
		"asking demo/sage\njuxta: a value is nil\n":                                     2,
	} {
		if found := deadEnds(said); len(found) != n {
			t.Errorf("%q: %q", said, found)
		}
	}
}

func TestClumsyErrorsAreFound(t *testing.T) {
	for text, found := range map[string]bool{
		"opening %s: %w": false, "JSON ends too early": false, "--log: %w": false, "Ollama is off": false, "the model is gone": false,
		"Opening the file": true, "it ended.": true, "one\ntwo": true, "reading %+v": true, "failed to open": true, "error: no": true,
		"opening: failed to read": true, "cannot unmarshal it": true, "the value is nil": true,
	} {
		if why := clumsy(text); (why != "") != found {
			t.Errorf("%q: %q", text, why)
		}
	}
}
