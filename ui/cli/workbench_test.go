package cli

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
	"juxta/ui/tui"
)

// shelf is an Ollama server with models, or none at all.
type shelf struct {
	providers.Endpoint
	models []providers.Model
}

func (s shelf) Name() string { return s.Endpoint.Name }

func (s shelf) Models(context.Context) ([]providers.Model, error) {
	if s.models == nil {
		return nil, &providers.Error{Kind: providers.Unreachable}
	}
	return s.models, nil
}

func (s shelf) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		yield(providers.Stop{Reason: providers.Finished}, nil)
	}
}

// bench is an app at a terminal whose screen opens the bench and notes its
// columns. The Ollama server there has the given models.
func bench(t *testing.T, models ...providers.Model) (_ *app, columns *[]string, stderr *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	stderr, columns = new(bytes.Buffer), new([]string)
	a := &app{
		build: Build{Version: "v0", APIs: map[string]providers.Builder{
			"demo": demo.New, "openai-chat": newAsked,
			"ollama": func(e providers.Endpoint) (providers.Provider, error) { return shelf{e, models}, nil },
		}},
		getenv: env("XDG_DATA_HOME", dir, "XDG_CONFIG_HOME", dir, "GROQ_API_KEY", "k",
			// Nothing listens here, and newAsked would list something.
			"LMSTUDIO_BASE_URL", "x", "LLAMACPP_BASE_URL", "x", "VLLM_BASE_URL", "x"),
		in: strings.NewReader(""), out: new(bytes.Buffer), err: stderr,
		inTerm: true, outTerm: true,
	}
	a.screen = func(ctx context.Context, o tui.Options) error {
		b, err := o.Open(ctx)
		if err != nil {
			return err
		}
		*columns = nil
		s := b.Session()
		for _, c := range s.Shown() {
			*columns = append(*columns, strings.TrimSuffix(fmt.Sprintf("%s|%s", c.Model, c.System), "|"))
		}
		if s.Blind {
			*columns = append(*columns, "blind")
		}
		return b.Close(ctx)
	}
	t.Cleanup(func() {
		for _, e := range deadEnds(stderr.String()) {
			t.Error(e)
		}
	})
	return a, columns, stderr
}

func local(name string, size int64) providers.Model {
	return providers.Model{Ref: providers.Ref{Provider: "ollama", Model: name}, Local: true, Size: size, Digest: fmt.Sprint(size)}
}

func seeing(name string, size int64) providers.Model {
	m := local(name, size)
	m.Can.Images = providers.Yes
	return m
}

func TestTheWorkbenchChoosesItsColumns(t *testing.T) {
	hosted := local("big:cloud", 0)
	hosted.Local = false
	for _, tt := range []struct {
		name   string
		models []providers.Model
		args   []string
		want   []string
	}{
		{"nothing is there", nil, nil, []string{"demo/swift", "demo/sage"}},
		{"only what does not converse", []providers.Model{local("nomic-embed-text", 1), local("bge-m3", 2), hosted}, nil, []string{"demo/swift", "demo/sage"}},
		{"one local model", []providers.Model{local("gemma3:4b", 4)}, nil, []string{"ollama/gemma3:4b", "demo/swift"}},
		{"several, the smallest first", []providers.Model{local("a:70b", 70), local("b:4b", 4), local("c:8b", 8)}, nil, []string{"ollama/b:4b", "ollama/c:8b"}},
		{"one model by two names", []providers.Model{local("a:4b", 4), local("a:latest", 4)}, nil, []string{"ollama/a:4b", "demo/swift"}},
		{
			"named ones, verbatim and twice", nil,
			[]string{"-m", "groq/a,b;c:d=e@f/g", "-m", "demo/swift", "-m", "demo/swift", "-s", "Be brief."},
			[]string{"groq/a,b;c:d=e@f/g|Be brief.", "demo/swift|Be brief.", "demo/swift|Be brief."},
		},
		{"who sees, for a picture", []providers.Model{local("a:1b", 1), seeing("b:9b", 9), local("c:2b", 2), seeing("d:8b", 8)}, []string{"-a", "testdata/script"}, []string{"ollama/d:8b", "ollama/b:9b"}},
		{"who sees, and who doesn't", []providers.Model{local("a:1b", 1), seeing("b:9b", 9)}, []string{"-a", "testdata/script"}, []string{"ollama/b:9b", "ollama/a:1b"}},
		{"without a picture", []providers.Model{local("a:1b", 1), seeing("b:9b", 9), local("c:2b", 2)}, nil, []string{"ollama/a:1b", "ollama/c:2b"}},
		{"nothing kept", nil, []string{"--no-save"}, []string{"demo/swift", "demo/sage"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, columns, stderr := bench(t, tt.models...)
			if code := a.run(t.Context(), tt.args); code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			if !reflect.DeepEqual(*columns, tt.want) {
				t.Errorf("got %q, want %q", *columns, tt.want)
			}
			_, err := os.Stat(a.storePath())
			if kept := err == nil; kept == (len(tt.args) == 1) {
				t.Errorf("a store was made: %v", kept)
			}
		})
	}
}

func TestTheWorkbenchGoesOn(t *testing.T) {
	a, columns, stderr := bench(t, local("a", 1), local("b", 2))
	ask := func(code int, args ...string) {
		t.Helper()
		stderr.Reset()
		if got := a.run(t.Context(), args); got != code {
			t.Fatalf("%q: exit code %d: %s", args, got, stderr)
		}
	}
	expect := func(want ...string) {
		t.Helper()
		if !reflect.DeepEqual(*columns, want) {
			t.Errorf("got %q, want %q", *columns, want)
		}
	}
	ask(exitUsage, "-c")
	ask(0, "ask", "-m", "groq/x", "-m", "demo/script:say=hi", "-s", "Be brief.", "first")
	id := newest(t, a)

	// A new session has the last one's models, though not its system prompt.
	ask(0)
	expect("groq/x", "demo/script:say=hi")
	// With one of them out of reach it has what is here.
	ask(0, "--local-only")
	expect("ollama/a", "ollama/b")

	ask(0, "ask", "-m", "demo/script:say=ho", "second")
	ask(0, "-c")
	expect("demo/script:say=ho")
	for _, args := range [][]string{{"-c", string(id[:20])}, {"-c=" + string(id)}, {"--continue", strings.ToLower(string(id))}} {
		ask(0, args...)
		expect("groq/x|Be brief.", "demo/script:say=hi|Be brief.")
	}
	ask(0, "-c", string(id), "-m", "demo/sage", "-s", "Be long.")
	expect("groq/x|Be long.", "demo/script:say=hi|Be long.", "demo/sage|Be long.")
	ask(exitUsage, "-c", "ZZZ")
	if !strings.Contains(stderr.String(), "juxta sessions list") {
		t.Errorf("it said %s", stderr)
	}
	ask(0, "--blind", "-m", "demo/swift", "-m", "demo/sage")
	expect("demo/swift", "demo/sage", "blind")
	ask(exitUsage, "-c", "--no-save")
	ask(exitUsage, "--json")
}

func newest(t *testing.T, a *app) sessions.ID {
	t.Helper()
	s, err := sessions.Open(a.storePath())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Sessions(1)
	if err != nil || len(all) == 0 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0].ID
}

func TestTheWorkbenchSaysWhyItCannotOpen(t *testing.T) {
	a, _, stderr := bench(t)
	if code := a.run(t.Context(), []string{"--db", t.TempDir()}); code != exitStore || !strings.Contains(stderr.String(), "folder") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interruption{os.Interrupt})
	a.screen = func(ctx context.Context, _ tui.Options) error { return context.Cause(ctx) }
	if code := a.run(ctx, nil); code != exitInterrupted {
		t.Errorf("exit code %d for an interruption", code)
	}
}

func TestAMistakeIsFoundBeforeTheScreenOpens(t *testing.T) {
	a, _, stderr := bench(t)
	a.screen = func(context.Context, tui.Options) error {
		t.Error("the screen opened")
		return nil
	}
	for _, tt := range []struct{ args, want string }{
		{"-m gemma3", "write PROVIDER/MODEL"},
		{"-m nope/x", "there is no provider"},
		{"-m openai/gpt-5.1", "there is no key of openai\n  → set OPENAI_API_KEY, or juxta keys set openai"},
		{"--config " + filepath.Join(t.TempDir(), "none.yaml"), "no such file"},
	} {
		stderr.Reset()
		if code := a.run(t.Context(), strings.Fields(tt.args)); code != exitUsage || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: exit code %d: %s", tt.args, code, stderr)
		}
	}
}

// overheard is a provider whose requests somebody hears.
type overheard struct {
	providers.Provider
	hear func(providers.Request)
}

func (o overheard) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	o.hear(req)
	return o.Provider.Stream(ctx, req)
}

func TestTheWorkbenchIsGivenAPrompt(t *testing.T) {
	for _, tt := range []struct{ args, want, code string }{
		{"-t greet -p name=you", "Hello {{name}} in {{tone}}: map[name:you] false", "0"},
		{"--prompt greet -s Mine", "Hello {{name}} in {{tone}}: map[] true", "0"}, // the screen asks for what is missing
		{"-t gret", "there is no prompt \"gret\" in ", "2"},
		{"-t gret", "did you mean greet?", "2"},
		{"-t broken", `there is no setting "colour" here`, "2"},
		{"-t greet -p name", "this is not KEY=VALUE", "2"},
		{"-t greet -p other=x", `-p: there is no variable "other"`, "2"},
		{"-t greet -p tone=loud", `-p: tone can't be "loud"; it is one of calm`, "2"},
		{"-p name=you", "name one with -t", "2"},
	} {
		a, _, stderr := bench(t)
		for name, text := range map[string]string{"greet": "---\nvariables: {tone: {choices: [calm]}}\n---\nHello {{name}} in {{tone}}", "broken": "---\ncolour: red\n---\nx"} {
			if _, err := a.promptLibrary().Add(name, []byte("x"), false); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(a.promptLibrary().Dir, name+".md"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a.screen = func(_ context.Context, o tui.Options) error {
			fmt.Fprintf(stderr, "%s: %v %v", o.Prompt.Body(), o.Values, o.KeepSystem)
			if o.Library.Dir != a.promptLibrary().Dir {
				t.Errorf("the screen has %s", o.Library.Dir)
			}
			return nil
		}
		code := a.run(t.Context(), append([]string{"-m", "demo/swift"}, strings.Fields(tt.args)...))
		if fmt.Sprint(code) != tt.code || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: exit code %d, said %s", tt.args, code, stderr)
		}
	}
}

func TestSimulatedColumnsAloneNeedNobodyOutside(t *testing.T) {
	for args, within := range map[string]bool{
		"":                                  false, // who is there decides
		"-m demo/swift":                     true,
		"-m demo/swift -m demo/sage":        true,
		"-m demo/swift -m ollama/gemma3:4b": false,
		"-m groq/x":                         false,
	} {
		a, _, stderr := bench(t)
		var told bool
		a.screen = func(_ context.Context, o tui.Options) error { told = o.Within; return nil }
		if code := a.run(t.Context(), strings.Fields(args)); code != 0 || told != within {
			t.Errorf("juxta %s: told %v, exit code %d: %s", args, told, code, stderr)
		}
	}
}
