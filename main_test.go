package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// What stands at the top, and nothing else. Git ignores what a build leaves.
const (
	layout = "main.go main_test.go ui sessions providers prompts go.mod go.sum .goreleaser.yaml README.md LICENSE .gitignore .ci .github"
	leave  = ".git juxta juxta.exe dist *.test *.out"
)

// What a screen and a command both need of ours.
const bench = "ui/clipboard ui/theme sessions sessions/* prompts providers"

// rooms is the closed table of who may import what besides the standard
// library, and nothing in it is there for later. A room is a folder, or a pattern of files that may import more than
// their folder does. What begins with a host is a module with all its
// packages; everything else is a room of ours, where * stands for one name.
var rooms = map[string]string{
	".": "ui/cli providers providers/*",

	"ui/cli":       "ui/tui " + bench + " providers/keys providers/prices providers/vision providers/energy github.com/spf13/cobra github.com/muesli/mango-cobra github.com/muesli/roff github.com/goccy/go-yaml",
	"ui/tui":       "ui/markdown ui/picture " + bench + " github.com/sahilm/fuzzy charm.land/bubbletea charm.land/bubbles charm.land/lipgloss github.com/charmbracelet/x github.com/charmbracelet/colorprofile github.com/charmbracelet/ultraviolet",
	"ui/theme":     "charm.land/lipgloss github.com/charmbracelet/colorprofile",
	"ui/markdown":  "charm.land/lipgloss github.com/charmbracelet/x/ansi",
	"ui/picture":   "github.com/charmbracelet/x/ansi",
	"ui/clipboard": "",

	"sessions":              "sessions/plain sessions/verdict prompts providers",
	"sessions/store*.go":    "go.etcd.io/bbolt",
	"sessions/*_test.go":    "go.etcd.io/bbolt", // to look into the file from outside
	"sessions/wire_test.go": "providers/*",      // what a server received stands beside what was shown
	"sessions/plain":        "",
	"sessions/diff":         "",
	"sessions/verdict":      "providers",
	"sessions/transfer":     "sessions prompts providers",
	"sessions/report":       "sessions sessions/plain sessions/verdict prompts providers github.com/yuin/goldmark",

	"prompts": "github.com/goccy/go-yaml golang.org/x/image",

	"providers":                  "",
	"providers/contract_test.go": "providers/*",    // what every provider must hold stands beside the interface
	"providers/example_test.go":  "providers/wire", // as one who adds a provider sees it
	"providers/wire":             "providers",
	"providers/ollama":           "providers providers/wire github.com/ollama/ollama/api",
	"providers/openai":           "providers providers/wire",
	"providers/anthropic":        "providers providers/wire",
	"providers/gemini":           "providers providers/wire",
	"providers/demo":             "providers",
	"providers/prices":           "providers",
	"providers/prices/*_test.go": "charm.land/catwalk", // seeds the list, and is not linked
	"providers/vision":           "providers",
	"providers/keys":             "providers github.com/zalando/go-keyring",
	"providers/energy":           "providers",

	// Tests also use the simulated models, a terminal and scripts.
	"*_test.go": "providers/demo github.com/charmbracelet/x/vt github.com/charmbracelet/ultraviolet github.com/rogpeppe/go-internal",
}

func TestImports(t *testing.T) {
	problems, used, err := check(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	for _, p := range idle(used) {
		t.Error(p)
	}
}

// TestTheDrawingInTheREADME holds the README's picture of the house against the
// table: every room stands in it, and knows only rooms that stand below it.
func TestTheDrawingInTheREADME(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, drawing, _ := strings.Cut(string(readme), "## How it is built")
	_, drawing, _ = strings.Cut(drawing, "```\n")
	drawing, _, _ = strings.Cut(drawing, "```")
	line := map[string]int{}
	for i, l := range strings.Split(drawing, "\n") {
		for _, word := range strings.Fields(l) {
			if _, ok := rooms[word]; ok {
				line[word] = i
			} else if strings.Contains(word, "/") {
				t.Errorf("%s stands in the drawing, and is no room", word)
			}
		}
	}
	for room, may := range rooms {
		if room == "." || strings.HasSuffix(room, ".go") {
			continue
		}
		if _, ok := line[room]; !ok {
			t.Errorf("%s does not stand in the drawing", room)
		}
		for other := range line {
			if other != room && allows(may, "juxta/"+other) && line[other] <= line[room] {
				t.Errorf("%s may import %s, which does not stand below it", room, other)
			}
		}
	}
}

func TestTheImportTableCatchesWhatIsNotInIt(t *testing.T) {
	files := fstest.MapFS{}
	write := func(name string, imports ...string) {
		src := "package p\n"
		for _, i := range imports {
			src += fmt.Sprintf("import _ %q\n", i)
		}
		files[name] = &fstest.MapFile{Data: []byte(src)}
	}
	for _, name := range []string{"go.mod", "README.md", ".git/config", "juxta", "dist/juxta", "cpu.out", "sessions/testdata/x.go"} {
		files[name] = &fstest.MapFile{Data: []byte("not Go")}
	}
	write("main.go", "os", "juxta/ui/cli", "juxta/providers/openai")
	write("sessions/session.go", "encoding/json", "juxta/providers", "juxta/sessions/plain")
	write("sessions/store.go", "go.etcd.io/bbolt", "go.etcd.io/bbolt/errors", "juxta/providers")
	write("sessions/store_file.go", "go.etcd.io/bbolt")
	write("sessions/run_test.go", "juxta/sessions", "juxta/providers/demo", "github.com/charmbracelet/x/vt")
	write("providers/ollama/ollama.go", "github.com/ollama/ollama/api", "juxta/providers/wire")
	write("ui/tui/app.go", "charm.land/bubbletea/v2", "juxta/sessions/verdict")
	problems, used, err := check(files)
	if err != nil || len(problems) > 0 {
		t.Fatalf("a house in order: %q, %v", problems, err)
	}
	unused := idle(used)
	for line, want := range map[string]bool{
		"sessions does not import sessions/verdict": true, "sessions does not import providers": false,
		"sessions/diff is not there": true, "sessions/plain is not there": true, "sessions/store*.go does not import go.etcd.io/bbolt": false,
	} {
		if slices.Contains(unused, line) != want {
			t.Errorf("%s: want %v, found\n%s", line, want, strings.Join(unused, "\n"))
		}
	}

	var want []string
	wrong := func(problem, name string, imports ...string) {
		write(name, imports...)
		want = append(want, problem)
	}
	wrong("providers/event.go: providers may not import juxta/sessions", "providers/event.go", "juxta/sessions")
	wrong("providers/openai/chat.go: providers/openai may not import github.com/ollama/ollama/api", "providers/openai/chat.go", "github.com/ollama/ollama/api")
	wrong("providers/ollama/envs.go: providers/ollama may not import github.com/ollama/ollama/envconfig", "providers/ollama/envs.go", "github.com/ollama/ollama/envconfig")
	wrong("prompts/prompt.go: prompts may not import C", "prompts/prompt.go", "C")
	wrong("sessions/bench.go: sessions may not import juxta/providers/demo", "sessions/bench.go", "juxta/providers/demo")
	wrong("sessions/saver.go: sessions may not import go.etcd.io/bbolt", "sessions/saver.go", "go.etcd.io/bbolt")
	wrong("sessions/saver_test.go: sessions may not import juxta/providers/openai", "sessions/saver_test.go", "juxta/providers/openai")
	wrong("sessions/report/html.go: sessions/report may not import github.com/yuin/goldmarkish", "sessions/report/html.go", "github.com/yuin/goldmarkish")
	wrong("ui/theme/theme.go: ui/theme may not import juxta/providers", "ui/theme/theme.go", "juxta/providers")
	wrong("ui/tui/run.go: ui/tui may not import charm.land/fang/v2", "ui/tui/run.go", "charm.land/fang/v2")
	wrong("ui/util/util.go: ui/util is not a room of the table", "ui/util/util.go")
	wrong("sessions/store/store.go: sessions/store is not a room of the table", "sessions/store/store.go", "go.etcd.io/bbolt")
	wrong("internal: nothing of that name stands at the top", "internal/x_test.go")
	want = append(want, "internal/x_test.go: internal is not a room of the table")
	got, _, err := check(files)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// check reads the imports of every Go file below root and says what is not in
// the table, and what of the table is used: "room" and "room entry".
func check(root fs.FS) (problems []string, used map[string]bool, err error) {
	used = map[string]bool{}
	top, err := fs.ReadDir(root, ".")
	if err != nil {
		return nil, nil, err
	}
	for _, e := range top {
		if !allows(layout+" "+leave, "juxta/"+e.Name()) {
			problems = append(problems, e.Name()+": nothing of that name stands at the top")
		}
	}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (base == "testdata" || base == "dist" || strings.HasPrefix(base, ".")):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		found, err := checkFile(root, name, used)
		problems = append(problems, found...)
		return err
	})
	return problems, used, err
}

func checkFile(root fs.FS, name string, used map[string]bool) (problems []string, err error) {
	room := path.Dir(name)
	if _, ok := rooms[room]; !ok {
		return []string{fmt.Sprintf("%s: %s is not a room of the table", name, room)}, nil
	}
	test := strings.HasSuffix(name, "_test.go")
	may := map[string]string{}
	for pattern, entries := range rooms {
		if pattern == room || match(pattern, name) || test && pattern == "*_test.go" {
			may[pattern], used[pattern] = entries, true
		}
	}
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		allowed := standard(imported) || test && imported == "juxta/"+room
		for pattern, entries := range may {
			for _, e := range strings.Fields(entries) {
				if allows(e, imported) {
					allowed, used[pattern+" "+e] = true, true
				}
			}
		}
		if !allowed {
			problems = append(problems, fmt.Sprintf("%s: %s may not import %s", name, room, imported))
		}
	}
	return problems, nil
}

// idle is what of the table is not used.
func idle(used map[string]bool) (problems []string) {
	for room, may := range rooms {
		if !used[room] {
			problems = append(problems, room+" is not there")
			continue
		}
		for _, e := range strings.Fields(may) {
			if !used[room+" "+e] {
				problems = append(problems, room+" does not import "+e)
			}
		}
	}
	return problems
}

// allows reports whether one of the entries stands for what is imported.
func allows(entries, imported string) bool {
	ours, isOurs := strings.CutPrefix(imported, "juxta/")
	for _, e := range strings.Fields(entries) {
		if isOurs && match(e, ours) || !isOurs && (imported == e || strings.HasPrefix(imported, e+"/")) {
			return true
		}
	}
	return false
}

func match(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// standard reports whether a package comes with Go: its path begins with no
// host and it is not ours. cgo's C is not a package at all.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && first != "juxta" && first != "C"
}

// rules are what must never happen, each with the tests that hold it.
var rules = map[string]string{
	"nothing that a model, a service, a file or a person wrote acts on the terminal": "ui/tui TestModelOutputNeverActsOnTheTerminal TestNamesAndErrorsNeverActOnTheTerminal TestAStoredSessionNeverActsOnTheTerminal TestAPasteNeverActsOnTheTerminal TestHostileNamesAreOnlyNames FuzzWhatATerminalSends; " +
		"ui/cli TestJSONHoldsNothingThatATerminalObeys TestNoNameActsInAnyOutput TestTheDoctorLeavesTheTerminalAsItWas TestNoEnvironmentHarms TestNoEnvironmentHarmsTheWorkbench; sessions/plain TestTextDisarms TestStreamIsTextWhereverItIsCut FuzzText",
	"no key leaves, into a file or to a host that it is not for": "ui/cli TestNoByteOfAKeyLeaves TestAPanicShowsNoKeyAndIsDescribedInAFile TestAKeyIsSentInItsHeaderAndFollowsNoRedirectElsewhere TestAnEndpointWithoutAKeyOfItsOwnGetsNobodyElses; " +
		"providers/keys TestAKeyGoesToTheOriginItWasSetForOnly; providers/wire TestTheKeyStaysWithItsHost TestThisMachinesNameLeadsNowhereElse",
	"no file is dropped or altered in silence, or sent to who can't read it": "providers TestPicturesArriveAsTheyWereGiven TestFilesArriveAsTheyWereGivenOrNothingIsSent; " +
		"prompts TestCameraDataIsRemovedAndSaid; ui/cli TestWhatIsDoneToAPictureIsSaid; ui/tui TestABlindModelIsNotAskedAndTheOthersAre",
	"no money in a float, and no unknown price of nothing": "providers TestAmountsThatAreNotWholePicodollarsAreRefused TestTokensOfAnUnknownRateHaveNoCost; ui/cli TestPricesNeverPassThroughAFloat; " +
		"sessions TestACostThatIsNotKnownIsNotZero; sessions/report TestWhatIsNotKnownIsNeverNothing",
	"no failed answer counts as a good one, and no answer is told to another column":        "sessions TestEachColumnIsToldItsOwnHistoryOnly TestWhatAColumnIsToldIsWhatItShowed TestAStreamThatEndsWithoutAnEndIsNeverFinished TestAnAnswerThatFailedIsNeverTheBest",
	"no cap is passed by a call that was not already running":                               "sessions TestNothingPassesTheBudgetByAnotherWay TestNothingStartsAfterTheBudgetIsSpent TestARetryIsNotSentOnceTheBudgetIsSpent TestWhatWaitsInLineIsNotSentOnceTheBudgetIsSpent",
	"a report loads nothing and runs nothing":                                               "sessions/report TestAPageInARealBrowser TestNothingThatAModelSaysActs FuzzNoMarkdownActs",
	"no panic and no lost session from harm, a full disk or a second process":               "sessions TestAFullDiskLosesNothingAndIsOvercome TestAKillAtAnyMomentLosesNothingThatWasAcknowledged TestProcessesThatSaveAtOnceLoseNothing TestWhatCanBeNoStoreIsAnErrorAndLeavesNothingBehind",
	"what is written is for its owner alone, and over nothing that somebody else put there": "ui/cli TestWhatIsWrittenIsForItsOwnerAlone TestEveryWriterOfFilesIsLookedAt TestNoLinkLeadsToSomebodysFile TestAFileThatAppearsMeanwhileIsNotWrittenOver TestWithoutAHomeNothingIsReadOrWrittenWhereItStands; sessions TestALinkInTheLocksPlaceIsNotFollowed",
	"nothing is opened, started or dialled that nobody asked for":                           "ui/cli TestNothingIsOpenedThatNobodyAskedFor TestABareStartAsksThisMachineOnly TestARemoteColumnIsRefusedBeforeItsNameIsLookedUp TestNothingLeavesTheMachine TestNoRequestLeavesWithLocalOnly TestLocalOnlyInANetworkOfItsOwn",
}

// A rule is held as long as its tests are there.
func TestEveryRuleIsHeldByTests(t *testing.T) {
	for rule, held := range rules {
		for part := range strings.SplitSeq(held, "; ") {
			names := strings.Fields(part)
			files, err := filepath.Glob(filepath.Join(filepath.FromSlash(names[0]), "*_test.go"))
			if err != nil || len(names) < 2 {
				t.Fatalf("%s: %q, %v", rule, part, err)
			}
			var all []byte
			for _, file := range files {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, b...)
			}
			for _, name := range names[1:] {
				if !bytes.Contains(all, []byte("\nfunc "+name+"(")) {
					t.Errorf("%s: %s has no %s", rule, names[0], name)
				}
			}
		}
	}
}

// called names the exported functions and methods that stand once in what is
// not a test and are still called: by packages of others, from templates, or
// to let a test see.
var called = map[string]string{
	"LogValue":      "log/slog",
	"MarshalText":   "encoding/json",
	"RegisterFuncs": "goldmark",
	"SetStdin":      "bubbletea",
	"SetStdout":     "bubbletea",
	"SetStderr":     "bubbletea",
	"Labelled":      "a template",

	// Of the method, and held against published results; no page shows them yet.
	"Davidson":      "the reference",
	"MidP":          "the reference",
	"ChiSquared":    "the reference",
	"NeededAnytime": "the reference",
}

// TestEveryExportedFunctionHasACaller goes by the name alone: what shares its
// name with something that is called passes.
func TestEveryExportedFunctionHasACaller(t *testing.T) {
	seen, exported, files := map[string]int{}, map[string]string{}, token.NewFileSet()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && (e.Name() == "testdata" || len(name) > 1 && name[0] == '.') {
			return cmp.Or(err, fs.SkipDir)
		}
		if e.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.IsExported() {
					exported[n.Name.Name] = files.Position(n.Pos()).String()
				}
			case *ast.Ident:
				seen[n.Name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range exported {
		if seen[name] == 1 && called[name] == "" {
			t.Errorf("%s: nothing but tests calls %s", at, name)
		}
	}
	for name, by := range called {
		if exported[name] == "" || seen[name] > 1 {
			t.Errorf("%s needs no line for %s any more", name, by)
		}
	}
}
