package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/ui/tui"
)

// faulty panics wherever it is asked something.
type faulty struct{ providers.Endpoint }

func (f faulty) Name() string { return f.Endpoint.Name }

func (f faulty) Models(context.Context) ([]providers.Model, error) { panic("listing") }

func (f faulty) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		if yield(providers.Delta{Text: "so far"}, nil) {
			panic("asking")
		}
	}
}

// broken is an app whose Ollama panics, with the files that say so.
func broken(t *testing.T) (a *app, said *bytes.Buffer, files func() []string) {
	t.Helper()
	a, _, said = bench(t)
	state := t.TempDir()
	under := a.getenv
	a.getenv = func(name string) string {
		if name == "XDG_STATE_HOME" {
			return state
		}
		return under(name)
	}
	a.build.APIs["ollama"] = func(e providers.Endpoint) (providers.Provider, error) { return faulty{e}, nil }
	return a, said, func() []string {
		all, err := filepath.Glob(filepath.Join(state, "juxta", "crash-*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
}

func TestAFaultOfAColumnLeavesTheOthersAndIsDescribedOnce(t *testing.T) {
	a, said, files := broken(t)
	code := a.run(t.Context(), []string{"ask", "--json", "-m", "ollama/x", "-m", "demo/script:say=fine", "--repeat", "3", "hi"})
	out := a.out.(*bytes.Buffer).String()
	if code != exitFailed || strings.Count(out, `"text":"fine"`) != 3 || strings.Count(out, `"text":"so far"`) != 3 || !strings.Contains(out, `a fault in juxta`) {
		t.Errorf("exit code %d: %s", code, out)
	}
	if n := len(files()); n == 0 || n > mostCrashes {
		t.Errorf("%d files", n)
	}
	if !strings.Contains(said.String(), files()[0]) || !strings.Contains(said.String(), "report it with that file") {
		t.Errorf("said %s", said)
	}
}

func TestAFaultOfAListingIsThatProvidersAlone(t *testing.T) {
	a, said, files := broken(t)
	if code := a.run(t.Context(), []string{"models", "list"}); code != 0 || !strings.Contains(a.out.(*bytes.Buffer).String(), "demo/swift") {
		t.Errorf("exit code %d: %s %s", code, a.out, said)
	}
	if len(files()) != 1 {
		t.Errorf("%v", files())
	}
}

func TestAFaultOfACommandOrTheScreenIsDescribed(t *testing.T) {
	for name, fail := range map[string]func() error{
		"panics": func() error { var nobody *app; return errors.New(nobody.db) },
		"returns": func() error {
			return fmt.Errorf("the screen failed: %w", &providers.Panic{What: "index out of range", Stack: "goroutine 1"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, said, files := broken(t)
			a.screen = func(context.Context, tui.Options) error { return fail() }
			if code := a.run(t.Context(), []string{"-m", "demo/swift"}); code != exitFailed {
				t.Errorf("exit code %d", code)
			}
			if all := files(); len(all) != 1 || !strings.Contains(said.String(), all[0]) || strings.Contains(said.String(), "goroutine") {
				t.Errorf("%v, said %s", all, said)
			}
		})
	}
}

func TestAFaultThatCannotBeDescribedIsSaid(t *testing.T) {
	a, said, _ := broken(t)
	under, file := a.getenv, filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a.getenv = func(name string) string {
		if name == "XDG_STATE_HOME" {
			return file // which is no folder
		}
		return under(name)
	}
	a.crashes = &crashes{}
	a.fault(&providers.Panic{What: "x", Stack: "y"})
	a.sayFaults()
	if !strings.Contains(said.String(), "could not be described in a file") {
		t.Errorf("said %s", said)
	}
}

// safe are goroutines that need not catch a panic, by what is started: all of it
// is in view where it stands, and calls nothing that could.
var safe = map[string]string{
	"go send(action(…))":       "hands over a value",
	"go m.send(tea.RawMsg{…})": "hands over a value",
	"go v.loop(…)":             "serve catches; the test of the saver proves it",
	"go r.follow(…)":           "guarded catches what it calls",
	"go r.perform(…)":          "guarded catches what it calls",
	"go k.make(…)":             "attempt catches what it calls",
	"go r.rapl.watch(…)":       "add catches what it calls",
	"p.rest":                   "resets a timer",
	"w.expire":                 "compares times",
	"a.cancel":                 "ends a context",
	"r.body.watch.close":       "ends a context, and stops a timer",
}

// catchers are calls by which a goroutine catches its panics.
var catchers = []string{"recover", "Catch", "attempt", "caught", "models", "save", "list", "viewing"}

func TestEveryGoroutineCatchesItsPanics(t *testing.T) {
	seen := 0
	eachFile(t, func(path string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			var started ast.Expr
			label := ""
			switch n := n.(type) {
			case *ast.GoStmt:
				started = n.Call.Fun
				label = "go " + brief(n.Call)
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || len(n.Args) == 0 {
					return true
				}
				if f.Sel.Name == "AfterFunc" {
					started = n.Args[len(n.Args)-1]
				} else if x, ok := f.X.(*ast.Ident); f.Sel.Name == "Go" && ok && (x.Name == "wg" || x.Name == "all") {
					started = n.Args[0]
				}
				if started != nil {
					label = brief(started)
				}
			}
			if started == nil {
				return true
			}
			seen++
			if safe[label] != "" {
				return true
			}
			caught := false
			if f, ok := started.(*ast.FuncLit); ok {
				ast.Inspect(f.Body, func(n ast.Node) bool {
					if c, ok := n.(*ast.CallExpr); ok {
						name := brief(c.Fun)
						caught = caught || slices.Contains(catchers, name[strings.LastIndex(name, ".")+1:])
					}
					return !caught
				})
				caught = caught || inert(f)
			}
			if !caught {
				t.Errorf("%s: %q is started, and nothing catches its panic: the process would end with the terminal in disorder", set.Position(n.Pos()), label)
			}
			return true
		})
	})
	if seen < 15 {
		t.Errorf("only %d goroutines were found", seen)
	}
}

// inert reports whether a function only waits: a select whose cases end contexts.
func inert(f *ast.FuncLit) bool {
	if len(f.Body.List) != 1 {
		return false
	}
	_, ok := f.Body.List[0].(*ast.SelectStmt)
	return ok
}

// brief is a call without its arguments.
func brief(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return brief(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			switch a := e.Args[0].(type) {
			case *ast.CallExpr:
				return brief(e.Fun) + "(" + brief(a.Fun) + "(…))"
			case *ast.CompositeLit:
				return brief(e.Fun) + "(" + brief(a.Type) + "{…})"
			}
		}
		return brief(e.Fun) + "(…)"
	case *ast.IndexExpr:
		return brief(e.X)
	}
	return "…"
}

// eachFile reads all Go files of juxta but the tests.
func eachFile(t *testing.T, do func(path string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || path != root && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err == nil {
			do(filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator))), set, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
