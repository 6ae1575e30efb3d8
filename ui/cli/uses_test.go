package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"juxta/providers/demo"
	"juxta/sessions"
	"juxta/ui/tui"
)

// A use is a command with one of its flags. What shows is seen then, and not where
// the command takes the flag and heeds it not, or the other way round after a "!"; a
// command itself is a use without a flag. Words in arguments are apart by a space, ~
// is the folder and URL a list of prices. It ends with exit code 0 unless an exit
// is what it shows.
type use struct {
	of    string // "juxta ask --fit"
	args  string
	flag  string // after args; "" where the command is all there is to see
	shows string // an expression
}

const oneSays = "ask --no-save -m demo/script:say=one"

// uses has a line for every command and every flag.
func uses() []use {
	return []use{
		{"juxta", "", "", `screen opened.*demo/sage`},
		{"juxta --model", "", "-m demo/script:say=x", `demo/script:say=x`},
		{"juxta --system", "-m demo/swift", "-s Brief.", `told Brief\.`},
		{"juxta --preset", "-m demo/swift", "--preset brief", `told Be brief\.`},
		{"juxta --continue", "", "-c 01KA", `session 01KA`},
		{"juxta --prompt", "", "-t line", `prompt line`},
		{"juxta --var", "-t line", "-p what=chair", `map\[what:chair\]`},
		{"juxta --attach", "", "-a ~/note.md", `attached \[.*note\.md`},
		{"juxta --keep-metadata", "", "--keep-metadata", `metadata true`},
		{"juxta --max-cost", "", "--max-cost 0.5", `budget \$0\.5`},
		{"juxta --allow-unknown-cost", "--max-cost 0.5", "--allow-unknown-cost", `uncounted true`},
		{"juxta --no-save", "", "--no-save", `store none`},
		{"juxta --blind", "-m demo/swift", "--blind", `blind true`},
		{"juxta --db", "sessions list", "--db ~/other.db", `nothing has been asked yet`},
		{"juxta --config", "-m demo/swift --preset brief", "--config ~/other.yaml", `told Be terse\.`},
		{"juxta --local-only", "doctor", "--local-only", `remote providers are refused`},
		{"juxta --json", "sessions list", "--json", `(?m)^\{"id":"01K`},
		{"juxta --log", "sessions list", "--log ~/log.txt", `files /log\.txt: .*msg=juxta.*op=sessions|files /log\.txt: .*msg=end`},
		{"juxta --log-level", "sessions list --log ~/log.txt", "--log-level debug", `files /log\.txt: .*level=DEBUG`},
		{"juxta --help", "", "--help", `Usage`},
		{"juxta --version", "", "--version", `juxta v0`},

		{"juxta ask", oneSays + " hi", "", `(?m)^one$`},
		{"juxta ask --model", "ask --no-save -o max_tokens=1 hi", "-m demo/script:say=two", `(?m)^two$`},
		{"juxta ask --system", "ask --no-save -m demo/script:echo=1 hi", "-s Brief.", `system: Brief\.`},
		{"juxta ask --preset", "ask --no-save -m demo/script:echo=1 hi", "--preset brief", `system: Be brief\.`},
		{"juxta ask --prompt", "ask --no-save -m demo/script:echo=1", "-t line -p what=x", `user: Name x\.`},
		{"juxta ask --var", "ask --no-save -m demo/script:echo=1 -t line", "-p what=chair", `user: Name chair\.`},
		{"juxta ask --attach", oneSays + " --json hi", "-a ~/note.md", `"name":"note\.md"`},
		{"juxta ask --fit", oneSays + " -a ~/pin.png hi", "--fit 8", `scaled to 8×4 of 64×32`},
		{"juxta ask --keep-metadata", oneSays + " -a ~/pin.jpg hi", "--keep-metadata", `camera data .*kept`},
		{"juxta ask --max-cost", "ask -m demo/script:say=dear hi", "--max-cost 0.001", `(?s)not sent: it would cost.*exit 1`},
		{"juxta ask --allow-unknown-cost", oneSays + " --max-cost 1 hi", "--allow-unknown-cost", `(?m)^one$`},
		{"juxta ask --option", "ask --no-save -m demo/script:text=plain hi", "-o max_tokens=3", `CUT OFF`},
		{"juxta ask --repeat", oneSays + " --json hi", "--repeat 2", `"take":2`},
		{"juxta ask --schema", "ask -m demo/script:say=one hi", "--schema ~/shape.json", `kept .*follows \{"type":"object"\}`},
		{"juxta ask --warm", "ask --no-save -m ollama/script:load=5x1,say=one hi", "--warm", `warm after \d+ms, load 5ms`},
		{"juxta ask --no-save", "ask -m demo/script:say=one hi", "--no-save", `store holds 5 sessions`},

		{"juxta completion", "completion fish", "", `complete -c juxta`},
		{"juxta man", "man", "", `\.TH JUXTA 1`},
		{"juxta doctor", "doctor", "", `(?m)^store .*5 sessions`},
		{"juxta doctor --repair", "doctor", "--repair ~/new.db", `files .*new\.db`},
		{"juxta keys", "keys", "", `(?s)keys set.*exit 2`},
		{"juxta keys list", "keys list", "", `(?m)^mistral +keyring .*https://`},
		{"juxta keys set", "keys set cerebras", "", `keyring .*cerebras at https://\S+:sk-0123456789abcdef`},
		{"juxta keys rm", "keys rm mistral", "", `!keyring .*mistral at`},
		{"juxta models", "models", "", `(?s)models list.*exit 2`},
		{"juxta models list", "models list", "", `demo/swift`},
		{"juxta models show", "models show demo/swift", "", `(?m)^context +8\.2k$`},
		{"juxta models refresh", "models refresh --local-only", "", `(?s)--local-only.*exit 2`},
		{"juxta models refresh --url", "models refresh --local-only", "--url URL", `prices from http://127\.0\.0\.1:\d+: .*20 new`},

		{"juxta plan", "plan 01KC --baseline 2", "", `kept KC .*tests votes on 60 against 2`},
		{"juxta plan --baseline", "plan 01KC", "--baseline 2", `kept KC .*tests votes on 60 against 2`},
		{"juxta plan --margin", "plan 01KC --baseline 2", "--margin 0.25", `kept KC .* margin 0\.25`},
		{"juxta plan --metric", "plan 01KC --baseline 2", "--metric pass", `kept KC .*tests pass`},
		{"juxta plan --n", "plan 01KC --baseline 2", "--n 200", `kept KC .*tests votes on 200`},
		{"juxta plan --seed", "plan 01KC --baseline 2", "--seed 77", `kept KC .* seed 77`},

		{"juxta prompts", "prompts", "", `(?s)prompts list.*exit 2`},
		{"juxta prompts add", "prompts add new ~/note.md", "", `files /juxta/prompts/new\.md: a note of mine`},
		{"juxta prompts add --force", "prompts add line ~/note.md", "--force", `files /juxta/prompts/line\.md: a note of mine`},
		{"juxta prompts import", "prompts import ~/mine", "", `files /juxta/prompts/spoken\.md: Say it`},
		{"juxta prompts import --dry-run", "prompts import ~/mine", "--dry-run", `!files /juxta/prompts/spoken\.md`},
		{"juxta prompts list", "prompts list", "", `(?m)^line +what$`},
		{"juxta prompts render", "prompts render plain", "", `Say hello\.`},
		{"juxta prompts render --var", "prompts render line", "-p what=chair", `Name chair\.`},
		{"juxta prompts rm", "prompts rm line", "", `!files /juxta/prompts/line\.md`},
		{"juxta prompts show", "prompts show line", "", `Name \{\{what\}\}`},

		{"juxta report", "report 01KA --baseline 2", "", `# Verdict: hello`},
		{"juxta report --baseline", "report 01KA", "--baseline 2", `against \*\*demo/sage`},
		{"juxta report --find", "report --baseline demo/sage", "--find bye", `# Verdict: 2 sessions`},
		{"juxta report --tag", "report --baseline demo/sage", "--tag pins", `the tag pins`},
		{"juxta report --force", "report 01KA --baseline 2 -O ~/note.md", "--force", `files /note\.md: # Verdict`},
		{"juxta report --format", "report 01KA --baseline 2", "--format json", `(?m)^\{"title"`},
		{"juxta report --rows", "report 01KA --baseline 2 --format csv", "--rows verdicts", `!(?m)^[^\n]*\bprompt,`},
		{"juxta report --output", "report 01KA --baseline 2", "-O ~/out.md", `files /out\.md: # Verdict`},
		{"juxta report --volume", "report 01KA --baseline 2", "--volume 100,000/month", `costs at a volume`},

		{"juxta vote", "vote 01KB --baseline 2", "", `booth opened`},
		{"juxta vote --all", "vote 01KE", "--all", `2[3-9] slips`},
		{"juxta vote --baseline", "vote 01KB", "--baseline 2", `against column 2`},
		{"juxta vote --column", "vote 01KF --baseline 2", "--column 3", `against column 2: \d slips on \[3\]`},
		{"juxta vote --limit", "vote 01KB --baseline 2", "--limit 7", `limit 7`},
		{"juxta vote --metric", "vote 01KB --baseline 2", "--metric pass", `passes true`},
		{"juxta vote --voter", "vote 01KB --baseline 2", "--voter ann", `voter ann`},
		{"juxta licences", "licences", "", `BSD-3-Clause`},

		{"juxta sessions", "sessions", "", `browse true`},
		{"juxta sessions again", "sessions again 01KA -m demo/script:say=dear", "", `(?m)^dear$`},
		{"juxta sessions again --model", "sessions again 01KA --dry-run -m demo/swift", "-m demo/script:say=dear", `demo/script:say=dear`},
		{"juxta sessions again --dry-run", "sessions again 01KA -m demo/script:say=dear", "--dry-run", `!(?m)^dear$`},
		{"juxta sessions again --column", "sessions again 01KB -m demo/script:echo=1", "--column 2", `assistant: ho`},
		{"juxta sessions again --history", "sessions again 01KB -m demo/script:echo=1", "--history own", `assistant: user: hello`},
		{"juxta sessions again --turns", "sessions again 01KB -m demo/script:say=dear", "--turns 1-1", `!## turn 2`},
		{"juxta sessions again --warm", "sessions again 01KA -m ollama/script:load=5x1,say=one", "--warm", `warm after \d+ms, load 5ms`},
		{"juxta sessions again --max-cost", "sessions again 01KA -m demo/script:say=dear", "--max-cost 0.0001", `(?s)not sent: it would cost.*exit 1`},
		{"juxta sessions again --allow-unknown-cost", "sessions again 01KA -m demo/script:say=one --max-cost 1", "--allow-unknown-cost", `(?m)^one$`},
		{"juxta sessions archive", "sessions archive 01KA", "", `kept KA .*archived`},
		{"juxta sessions archive --off", "sessions archive 01KC", "--off", `!kept KC .*archived`},
		{"juxta sessions backup", "sessions backup ~/copy.db", "", `files .*copy\.db`},
		{"juxta sessions backup --prune", "sessions backup", "--prune 0", `!files .*v2\.bak`},
		{"juxta sessions compact", "sessions compact", "", `\d{6} bytes before, \d{5} bytes after`},
		{"juxta sessions export", "sessions export 01KA", "", `(?m)^\{"juxta":"session".*"text":"hello"`},
		{"juxta sessions export --all", "sessions export --format jsonl", "--all", `(?m)^\{"session":"01KE.*"prompt":"bye"`},
		{"juxta sessions export --blind", "sessions export 01KA --format md", "--blind", `(?s)left out 1 turn.*0 questions to`},
		{"juxta sessions export --votes", "sessions export 01KC --format md", "--votes", `(?s)left out 1 turn.*0 questions to`},
		{"juxta sessions export --force", "sessions export 01KA -O ~/note.md", "--force", `files /note\.md: \{"juxta":"session"`},
		{"juxta sessions export --format", "sessions export 01KA", "--format csv", `(?m)^session,title,`},
		{"juxta sessions export --output", "sessions export 01KA", "-O ~/out.json", `files /out\.json: \{"juxta":"session"`},
		{"juxta sessions export --tag", "sessions export --format jsonl", "--tag pins", `"prompt":"bye"`},
		{"juxta sessions fork", "sessions fork 01KB", "", `kept new "hello again" 2 turns`},
		{"juxta sessions fork --turn", "sessions fork 01KB", "--turn 1", `kept new "hello again" 1 turns`},
		{"juxta sessions import", "sessions import ~/other.json", "", `kept KD "hello again" 2 turns`},
		{"juxta sessions import --dry-run", "sessions import ~/other.json", "--dry-run", `!kept KD `},
		{"juxta sessions import --skip-broken", "sessions import ~/broken.jsonl", "--skip-broken", `kept new "hi" 1 turns`},
		{"juxta sessions list", "sessions list", "", `(?m)^01KE.*hello again`},
		{"juxta sessions list --archived", "sessions list", "--archived", `(?m)^01KC`},
		{"juxta sessions list --limit", "sessions list", "-n 1", `!(?m)^01KA`},
		{"juxta sessions list --tag", "sessions list --json", "--tag pins", `!"id":"01KA`},
		{"juxta sessions merge", "sessions merge 01KA 01KC", "", `kept KA "hello" 2 turns`},
		{"juxta sessions merge --remove", "sessions merge 01KA 01KC", "--remove", `!kept KC `},
		{"juxta sessions pin", "sessions pin 01KA", "", `kept KA .*pinned`},
		{"juxta sessions pin --off", "sessions pin 01KB", "--off", `!kept KB .*pinned`},
		{"juxta sessions rename", "sessions rename 01KA by-hand", "", `kept KA "by-hand"`},
		{"juxta sessions replay", "sessions replay 01KA", "", `screen opened`},
		{"juxta sessions replay --speed", "sessions replay 01KA", "--speed 4", `at 4× of what it was`},
		{"juxta sessions replay --text", "sessions replay 01KA", "--text", `(?m)^> hello$`},
		{"juxta sessions rm", "sessions rm 01KA", "", `!kept KA `},
		{"juxta sessions search", "sessions search bye", "", `(?m)^ +2\. question: bye$`},
		{"juxta sessions search --limit", "sessions search hello", "-n 1", `(?s)there are more.*-n 0`},
		{"juxta sessions show", "sessions show 01KA", "", `(?m)^> hello$`},
		{"juxta sessions tag", "sessions tag 01KA +new", "", `kept KA .*\[new\]`},
		{"juxta sessions verify", "sessions verify ~/a.capsule", "", `(?m)^intact  [0-9a-f]{64}`},
	}
}

// A household is a folder with sessions, prompts and files, and an app in it.
type household struct {
	dir   string
	files map[string][]byte // that were there
	ring  *drawer
	app   *app
	out   bytes.Buffer
}

// furniture is what a household without sessions has, by name.
func furniture(t *testing.T) map[string][]byte {
	t.Helper()
	jpg := solid(t, "jpg", "red", 16, 8)
	return map[string][]byte{
		"other.json":   []byte(savedSession("01KD", 2, true)),
		"broken.jsonl": []byte("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"ho\"}]}\n{\"messages\":7}\n"),
		"note.md":      []byte("a note of mine\n"), "shape.json": []byte(`{"type":"object"}`),
		"other.yaml":     []byte("presets:\n  - {name: brief, system: Be terse.}\n"),
		"mine/spoken.md": []byte("Say it.\n"), "juxta/prompts/line.md": []byte("Name {{what}}.\n"), "juxta/prompts/plain.md": []byte("Say hello.\n"),
		"pin.png": pngOf(t, 64, 32), "pin.jpg": slices.Concat(jpg[:2], turned(1), jpg[2:]),
		"juxta/config.yaml": []byte("presets:\n  - {name: brief, system: Be brief.}\nprices:\n  demo/script:say=dear: {input: 1, output: 10}\n"),
	}
}

// furnished is a household with files.
func furnished(t *testing.T, files map[string][]byte) *household {
	t.Helper()
	f := &household{dir: t.TempDir(), files: files, ring: &drawer{held: map[string]string{}}}
	if _, ok := files["juxta/keys.json"]; ok {
		f.ring.held["juxta|mistral at https://api.mistral.ai"] = "sk-0123456789abcdef"
	}
	for name, data := range files {
		path := filepath.Join(f.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.app, _, _ = bench(t)
	f.app.getenv = env("XDG_DATA_HOME", f.dir, "XDG_CACHE_HOME", filepath.Join(f.dir, "cache"), "XDG_STATE_HOME", f.dir, "XDG_CONFIG_HOME", f.dir, "HOME", f.dir, "GROQ_API_KEY", "k",
		"LMSTUDIO_BASE_URL", "x", "LLAMACPP_BASE_URL", "x", "VLLM_BASE_URL", "x")
	f.app.build.APIs["ollama"] = demo.New
	f.app.vault = f.ring
	f.app.out, f.app.err = &f.out, &f.out
	f.app.screen = f.screen
	return f
}

// screen is a workbench that says what it was given.
func (f *household) screen(ctx context.Context, o tui.Options) error {
	if o.Vote != nil {
		poll, err := o.Vote.Open(ctx)
		if err == nil {
			_, err = fmt.Fprintf(&f.out, "booth opened: voter %s limit %d passes %v against column %d: %d slips on %v", poll.Voter, o.Vote.Limit, poll.Pass, poll.Baseline, len(poll.Slips), opposed(poll))
		}
		return err
	}
	b, err := o.Open(ctx)
	if err != nil {
		return err
	}
	s := b.Session()
	fmt.Fprintf(&f.out, "screen opened: session %s blind %v uncounted %v attached %q metadata %v values %v browse %v", s.ID, s.Blind, s.Uncounted, o.Attach, o.Loader.KeepMetadata, o.Values, o.Browse)
	if s.Budget != nil {
		fmt.Fprintf(&f.out, " budget %v", *s.Budget)
	}
	if o.Prompt != nil {
		fmt.Fprintf(&f.out, " prompt %s", o.Prompt.Name)
	}
	if b.Store() == nil {
		fmt.Fprint(&f.out, " store none")
	}
	if _, _, pace := b.Replays(); pace != nil {
		speed, _ := pace.Speed()
		fmt.Fprintf(&f.out, " at %g× of what it was", speed)
	}
	for _, c := range s.Shown() {
		fmt.Fprintf(&f.out, " %s told %s", c.Model, c.System)
	}
	return b.Close(ctx)
}

// opposed are the columns that a poll is about, besides the baseline.
func opposed(p *sessions.Poll) []int {
	all := map[int]bool{}
	for _, s := range p.Slips {
		all[s.Left.Column], all[s.Right.Column] = true, true
	}
	delete(all, p.Baseline)
	return slices.Sorted(maps.Keys(all))
}

// seen is all that there is to see of a run: what it printed, its exit code, and
// what is there then: files, with what is in those that are new or changed, keys
// and sessions. The flag that deaf names is taken and not heeded.
func (f *household) seen(t *testing.T, args, deaf string) string {
	t.Helper()
	f.app.inTerm, f.app.outTerm = !strings.Contains(args, " ") || strings.HasPrefix(args, "-") || strings.HasPrefix(args, "sessions replay") || strings.HasPrefix(args, "vote"), true
	f.app.in = strings.NewReader("sk-0123456789abcdef\n")
	words := strings.Fields(strings.ReplaceAll(args, "~", f.dir))
	if i := slices.Index(words, "URL"); i >= 0 {
		s := open(t)
		s.says(aList("gpt-4.1 in=2 read=0.5 out=8 from=a"))
		words[i] = s.URL
	}
	root := f.app.root()
	if deaf != "" {
		deafen(t, root, words, deaf)
	}
	return f.saw(t, root, words)
}

// saw has root do what words say, and gives all that there is to see of it.
func (f *household) saw(t *testing.T, root *cobra.Command, words []string) string {
	t.Helper()
	f.out.Reset()
	code := f.app.execute(t.Context(), root, words)
	fmt.Fprintf(&f.out, "\nexit %d\n", code)
	f.inventory(t)
	return strings.ReplaceAll(f.out.String(), f.dir, "~")
}

// inventory says what is in the folder, the keyring and the store.
func (f *household) inventory(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, f.dir))
		fmt.Fprintf(&f.out, "files %s", name)
		if b, err := os.ReadFile(path); err == nil && !strings.Contains(name, ".db") && !bytes.Equal(b, f.files[name[1:]]) {
			fmt.Fprintf(&f.out, ": %s", strings.ReplaceAll(string(b), "\n", "⏎"))
		}
		fmt.Fprintln(&f.out)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	fmt.Fprintf(&f.out, "keyring %v\n", f.ring.held)
	store, err := sessions.Open(filepath.Join(f.dir, "juxta", "juxta.db"))
	if err != nil {
		return // it says so itself
	}
	defer store.Close()
	all, err := store.Sessions(0)
	if err != nil {
		t.Error(err)
	}
	for _, s := range all {
		name := "new"
		if strings.HasSuffix(string(s.ID), "AAAA") {
			name = string(s.ID[2:4])
		}
		fmt.Fprintf(&f.out, "kept %s %q %d turns %v", name, s.Title, s.Turns, s.Tags)
		for what, is := range map[string]bool{"pinned": s.Pinned, "archived": s.Archived} {
			if is {
				fmt.Fprint(&f.out, " ", what)
			}
		}
		if p := s.Plan; p != nil {
			fmt.Fprintf(&f.out, " tests %s on %d against %d margin %g seed %d", p.Metric, p.N, p.Baseline, p.Margin, p.Seed)
		}
		for _, c := range s.Columns {
			if c.Schema != nil {
				fmt.Fprintf(&f.out, " %s follows %s", c.Model, c.Schema)
			}
		}
		fmt.Fprintln(&f.out)
	}
	fmt.Fprintf(&f.out, "store holds %d sessions\n", len(all))
}

// A deafFlag takes every value and keeps the one that it has.
type deafFlag struct{ flagValue }

type flagValue interface {
	Set(text string) error
	String() string
	Type() string
}

func (deafFlag) Set(string) error { return nil }

// deafen has the command of words take the flag of that name and do as if it had not
// been given.
func deafen(t *testing.T, root *cobra.Command, words []string, name string) {
	t.Helper()
	root.InitDefaultHelpFlag()
	c, _, err := root.Find(words)
	if err != nil {
		t.Fatal(err)
	}
	flag := c.Flags().Lookup(name)
	for up := c; flag == nil && up != nil; up = up.Parent() {
		flag = up.PersistentFlags().Lookup(name)
	}
	if flag == nil {
		t.Fatalf("%s has no flag --%s", c.CommandPath(), name)
	}
	flag.Value = deafFlag{flag.Value}
	before := root.PersistentPreRunE
	root.PersistentPreRunE = func(c *cobra.Command, args []string) error {
		flag.Changed = false
		return before(c, args)
	}
}

// savedSession is a session in juxta's own format, with or without a vote.
func savedSession(id string, turns int, voted bool) string {
	const answers = `"answers":[{"column":1,"take":1,"model":{"provider":"demo","model":"fast"},"text":"hi","finish":"stop","usage":{"input":1,"cache_read":0,"cache_write":0,"output":1,"reasoning":0,"estimated":false},"timing":{}},` +
		`{"column":2,"take":1,"model":{"provider":"demo","model":"sage"},"text":"ho","finish":"stop","usage":{"input":1,"cache_read":0,"cache_write":0,"output":1,"reasoning":0,"estimated":false},"timing":{}}]`
	title, votes, all := "hello", "", ""
	if voted {
		votes = `,"votes":[{"id":1,"at":"2026-01-02T03:05:05Z","blind":false,"seats":[1,2],"takes":[{"column":1,"take":1},{"column":2,"take":1}],"best":[1]}]`
	}
	for i := range turns {
		if i > 0 {
			title, all = "hello again", all+","
		}
		all += fmt.Sprintf(`{"id":%d,"parent":%d,"text":%q,"asked":"2026-01-02T03:04:05Z","columns":[1,2],%s%s}`, i+1, i, strings.Fields("hello bye one two three four five six seven eight nine ten eleven twelve 13 14 15 16 17 18 19 20 21 22 23")[i], answers, votes)
	}
	full := id + strings.Repeat("A", 26-len(id))
	return fmt.Sprintf(`{"juxta":"session","version":1,"session":{"id":%q,"title":%q,"kind":"chat","created":"2026-01-02T03:04:05Z","updated":"2026-01-02T03:04:05Z",`+
		`"columns":[{"id":1,"model":{"provider":"demo","model":"fast"}},{"id":2,"model":{"provider":"demo","model":"sage"}}],"places":[1,2],"turns":%d,"spent":0,"guessed":false,"unpriced":0},"turns":[%s]}`,
		full, title, turns, all)
}

// does is seen, and goes well.
func (f *household) does(t *testing.T, args string) {
	t.Helper()
	if seen := f.seen(t, args, ""); !strings.Contains(seen, "\nexit 0\n") {
		t.Fatalf("juxta %s: %s", args, seen)
	}
}

// third gives a saved session a third column, which answers as the first one does.
func third(saved string) string {
	answer := saved[strings.Index(saved, `{"column":1,`):strings.Index(saved, `,{"column":2,"take":1,"model"`)]
	return strings.NewReplacer(`}],"places":[1,2]`, `},{"id":3,"model":{"provider":"demo","model":"fast"}}],"places":[1,2,3]`,
		`"columns":[1,2]`, `"columns":[1,2,3]`, `"timing":{}}]`, `"timing":{}},`+strings.Replace(answer, `"column":1`, `"column":3`, 1)+"]").Replace(saved)
}

// stocked is what a household has with five sessions, a copy of them and a
// capsule of one, and with a key of mistral.
func stocked(t *testing.T) map[string][]byte {
	t.Helper()
	files := furniture(t)
	f := furnished(t, files)
	for id, s := range map[string]string{"01KA": savedSession("01KA", 1, true), "01KB": savedSession("01KB", 2, true), "01KC": savedSession("01KC", 1, false), "01KE": savedSession("01KE", 23, false), "01KF": third(savedSession("01KF", 1, false))} {
		path := filepath.Join(f.dir, id+".json")
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		f.does(t, "sessions import "+path)
	}
	f.does(t, "sessions tag 01KB +pins")
	f.does(t, "sessions archive 01KC")
	f.does(t, "sessions pin 01KB")
	f.does(t, "plan 01KE --baseline 2 --n 20")
	f.does(t, "sessions export 01KA --format capsule -O ~/a.capsule")
	f.does(t, "keys set mistral")
	for _, name := range []string{"juxta/juxta.db", "a.capsule", "juxta/keys.json"} {
		b, err := os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	files["juxta/juxta.db.2026-01-02T03-04-05.v2.bak"] = files["juxta/juxta.db"]
	return files
}

func TestEveryCommandAndEveryFlagDoesWhatItSays(t *testing.T) {
	files := stocked(t)
	for _, u := range uses() {
		t.Run(strings.TrimPrefix(u.of, "juxta "), func(t *testing.T) {
			t.Parallel()
			what, gone := strings.CutPrefix(u.shows, "!")
			shows := regexp.MustCompile(what)
			args := strings.TrimSpace(u.args + " " + u.flag)
			after := furnished(t, files).seen(t, args, "")
			if shows.MatchString(after) == gone {
				t.Errorf("juxta %s does not show %s:\n%s", args, u.shows, after)
			}
			if !strings.Contains(u.shows, "exit") && !strings.Contains(after, "\nexit 0\n") {
				t.Errorf("juxta %s fails:\n%s", args, after)
			}
			_, flag, ok := strings.Cut(u.of, " --")
			if !ok {
				return
			}
			if deaf := furnished(t, files).seen(t, args, flag); shows.MatchString(deaf) != gone {
				t.Errorf("juxta %s shows %s without heeding --%s, too:\n%s", args, u.shows, flag, deaf)
			}
		})
	}
}

var flagLine = regexp.MustCompile(`(?m)^ +(?:-\w, )?--([\w-]+)`)

// What is in no line of uses is in no test.
func TestEveryCommandAndEveryFlagIsUsed(t *testing.T) {
	a, _, _ := bench(t)
	there := map[string]bool{"juxta --help": true, "juxta --version": true} // cobra's
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		there[c.CommandPath()] = true
		for _, m := range flagLine.FindAllStringSubmatch(c.LocalFlags().FlagUsages(), -1) {
			there[c.CommandPath()+" --"+m[1]] = true
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(a.root())
	for _, u := range uses() {
		if !there[u.of] {
			t.Errorf("%s is not there, or has two lines", u.of)
		}
		delete(there, u.of)
	}
	for _, of := range slices.Sorted(maps.Keys(there)) {
		t.Errorf("%s has no line in uses", of)
	}
}
