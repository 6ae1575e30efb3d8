package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bound is the usual keys with others.
func bound(t *testing.T, own ...Binding) *Keymap {
	t.Helper()
	k, err := Bind(own)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestABoundKeyDoesWhatItsCommandDoesAndTheUsualOneNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := opens(bench(t, "", []string{"swift", "swift"}))
		o.Keys = bound(t, Binding{"zoom", []string{"Z"}}, Binding{"stop_all", []string{"ctrl+g"}}, Binding{"commands", []string{"f5", "ctrl+k"}}, Binding{"attach", []string{"b"}})
		x := start(t, 120, 30, o)
		want(t, x.line(0), "F5 help")
		want(t, x.line(-1), "F5 all commands")
		lacks(t, x.line(-1), "attach") // its key is one of the panes
		x.press("b")
		if got := x.typed(); got != "b" {
			t.Errorf("a key of the panes typed %q", got)
		}
		x.press("backspace", "tab")
		want(t, x.line(-1), "Z zoom")
		want(t, x.press("z"), "1 swift ·", "2 swift ·")
		lacks(t, x.press("Z"), "2 swift ·")
		x.press("Z")
		want(t, x.press("b"), "Attach")
		x.press("esc")
		want(t, x.press("f5", "stop all col"), "ctrl[+]g")
		lacks(t, x.press("esc", "f1"), "All commands")
		x.quit()
	})
}

func TestMessagesNameTheKeysThatAreBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := opens(bench(t, "", []string{"script:ttft=100,tps=5,n=400"}))
		o.Keys = bound(t, Binding{"stop_all", []string{"ctrl+g"}}, Binding{"back", []string{"ctrl+q"}}, Binding{"quit", []string{"f10", "ctrl+c"}})
		x := start(t, 120, 30, o)
		x.ask("hello", time.Second)
		want(t, x.line(-1), "ctrl[+]q stop column", "ctrl[+]g stop all")
		x.press("more", "enter")
		want(t, x.line(-1), "ctrl[+]q stops a column, ctrl[+]g all")
		if x.press("ctrl+x", "esc"); !x.answering(1) {
			t.Error("a key that is no longer bound stopped the answer")
		}
		if x.press("ctrl+g"); x.answering(1) {
			t.Error("the bound key did not stop the answer")
		}
		if got := x.typed(); got != "more" {
			t.Errorf("what was typed is now %q", got)
		}
		x.quit()
	})
}

func TestACommandWithoutAKeyIsNamedAsTheListHasIt(t *testing.T) {
	k := bound(t, Binding{"stop_all", nil}, Binding{"zoom", []string{"r"}}, Binding{"model", []string{"m"}})
	if got := k.fill(inComposer, "{stop_all} stops, {regenerate} asks, {model} changes"); got != "F1 stop_all stops, ctrl+r asks, m changes" {
		t.Error(got)
	}
	if got := k.fill(inPanes, "{regenerate} asks"); got != "ctrl+r asks" { // r is zoom's now
		t.Error(got)
	}
	if c, _ := k.find("r", overAll, anywhere, inPanes); c.id != "zoom" {
		t.Errorf("r is %q", c.id)
	}
	if _, ok := k.find("z", overAll, anywhere, inPanes); ok {
		t.Error("z still does something")
	}
}

func TestEveryKeyOfTheTableIsOneThatCanBeBound(t *testing.T) {
	ids := map[string]scope{}
	for _, c := range commands() {
		if c.id == "" || strings.ContainsFunc(c.id, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			t.Errorf("%q is no id", c.id)
		}
		if s, twice := ids[c.id]; twice && s == c.scope {
			t.Errorf("%s has two lines in one scope", c.id)
		}
		ids[c.id] = c.scope
		for _, k := range c.keys {
			got, err := parseKey(k)
			if err != nil || got != k {
				t.Errorf("%s: %q is %q, %v", c.id, k, got, err)
			}
			if err := usable(c.id, k, c.scope); err != nil {
				t.Errorf("%s: %v", c.id, err)
			}
			if s := reach(c.scope, k); s != c.scope {
				t.Errorf("%s: %s would only work in the panes", c.id, k)
			}
		}
	}
}

func TestKeysAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"Ctrl+X": "ctrl+x", "shift+ctrl+f5": "ctrl+shift+f5", "PgDown": "pgdown", "F12": "f12", "+": "+", "ctrl++": "ctrl++",
		"shift+a": "A", "A": "A", "ö": "ö", "alt+A": "alt+shift+a", "Shift+Enter": "shift+enter", "space": "space", "[": "[",
	} {
		if got, err := parseKey(in); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "ctrl+", "+a", "ctrl+i", "ctrl+[", " ", "\x1b", "f25", "ctrl+ctrl", "shift+ß"} {
		if got, err := parseKey(in); err == nil {
			t.Errorf("%q is %q", in, got)
		}
	}
}

// A message that names a key must ask the table for it. Keys of an overlay's
// own, which are not in the table, may stand in its words.
func TestNoWordsNameAKeyOfTheTable(t *testing.T) {
	own := map[string]string{ // of overlays, by file
		"models.go": "ctrl+r", "sheet.go": "ctrl+j", "form.go": "ctrl+j", "viewerview.go": "enter",
	}
	var keys []string
	for _, c := range commands() {
		for _, k := range c.keys {
			if strings.Contains(k, "+") || len(k) == 2 && k[0] == 'f' || k == "esc" {
				keys = append(keys, regexp.QuoteMeta(name(k)))
			}
		}
	}
	named := regexp.MustCompile(`(^|[^\w+])(` + strings.Join(keys, "|") + `) `)
	asked := regexp.MustCompile(`\{([a-z_0-9]+)\}`)
	usual := bound(t)
	files, _ := filepath.Glob("*.go")
	for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") || f == "keys.go" }) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, _ := strconv.Unquote(lit.Value)
			if m := named.FindStringSubmatch(s); m != nil && m[2] != own[file] {
				t.Errorf("%s: %q names %s, which may be bound to something else; write {id} and keyed", set.Position(lit.Pos()), s, m[2])
			}
			for _, m := range asked.FindAllStringSubmatch(s, -1) {
				if !slices.ContainsFunc(usual.commands, func(c command) bool { return c.id == m[1] }) {
					t.Errorf("%s: %q names no command", set.Position(lit.Pos()), s)
				}
			}
			return true
		})
	}
}
