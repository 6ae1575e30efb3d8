package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// parsed are the files of a room without its tests.
func parsed(t *testing.T, room ...string) (set *token.FileSet, all []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(filepath.Join("..", ".."), filepath.Join(room...), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set = token.NewFileSet()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, file)
	}
	return set, all
}

// wording is a text as it stands in the source, with … for what is put in.
func wording(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return wording(e.X) + wording(e.Y)
	case *ast.CallExpr:
		for _, a := range e.Args { // m.keyed("…"), fmt.Sprintf("…", …), m.look.keys.fill(inReplay, "…")
			if s := wording(a); s != "…" {
				return s
			}
		}
	}
	if s, ok := literal(e); ok {
		return s
	}
	return "…"
}

var (
	// refuses are notices that something is not, or can't be done.
	refuses = regexp.MustCompile(`^(no|not|nothing|there|this|it is|a vote needs|one column|the (session|screen|preset|last|turns)|earlier|answers are|models are|8 columns)\b`)
	// onwards are the ways on: a key, a command, what an error itself says, or a word
	// that says what to do.
	onwards = regexp.MustCompile("\\{\\w+\\}|`|…$|…[:;·] |a moment|[:;,] (ask|choose|vote|start|go|wait|name|paste)\\b|" + steps.String())
	// atAnEnd are those after which there is nothing to be done.
	atAnEnd = map[string]bool{
		"no baseline": true, "nothing is being answered": true, "there is no vote to take back": true, "the session has no budget": true,
		"nothing to undo": true, "there is no vote of this sitting to take back": true, "not kept; what you wrote stands there when you open it again": true,
		"nothing to ask: all was answered, or has a file that the model can't take": true,
	}
)

// What the workbench says of something that can't be done names a way on, and an
// error there is told with its own next step.
func TestEveryNoticeThatRefusesSaysWhatToDo(t *testing.T) {
	set, files := parsed(t, "ui", "tui")
	told := 0
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			_, does, _ := strings.Cut(brief(c.Fun), ".")
			if does != "warn" && does != "say" {
				return true
			}
			told++
			at, text := set.Position(c.Pos()), wording(c.Args[0])
			if (does == "warn" || refuses.MatchString(text)) && !onwards.MatchString(text) && !atAnEnd[text] {
				t.Errorf("%s: %q: what to do about it?", at, text)
			}
			ast.Inspect(c.Args[0], func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Error" {
					t.Errorf("%s: an error is told without its next step: see worded", at)
				}
				return true
			})
			return true
		})
	}
	if told < 150 {
		t.Errorf("only %d notices were found", told)
	}
}

var (
	detail   = regexp.MustCompile(` \([^()]*\)$`)
	ofAStore = regexp.MustCompile(`(?i)\b(pages?|elements?|buckets?|segments?|trees?|branch|leaf|keys?|root|meta\w*|\w*bolt|checksum)\b`)
)

// What is wrong with a store's file is told in words, and its parts, which only
// somebody who mends it knows, come last and in brackets.
func TestWhatIsWrongWithAStoreIsToldInWords(t *testing.T) {
	set, files := parsed(t, "sessions")
	told := 0
	for _, file := range files {
		switch name := filepath.Base(set.Position(file.Pos()).Filename); {
		case name == "store_walk.go", name == "store_pages.go", name == "store_check.go", name == "store_salvage.go", strings.HasPrefix(name, "store_entries"):
		default:
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			what := brief(c.Fun)
			i := strings.LastIndexByte(what, '.') + 1
			if does := what[i:]; does != "find" && does != "lose" && does != "Errorf" && does != "New" {
				return true
			}
			for _, a := range c.Args {
				if text, ok := literal(a); ok {
					told++
					if w := ofAStore.FindString(detail.ReplaceAllString(text, "")); w != "" {
						t.Errorf("%s: %q: who knows what a %s is?", set.Position(c.Pos()), text, w)
					}
				}
			}
			return true
		})
	}
	if told < 50 {
		t.Errorf("only %d texts were found", told)
	}
}
