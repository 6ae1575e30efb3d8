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

	"juxta/sessions"
	"juxta/ui/tui"
)

// A use is a command without and with one of its flags. What shows is seen
// where it is given and not where it is left out, or the other way round after a
// "!"; a command itself is a use without a flag. Words in arguments are apart by a space, and ~ is the folder.
type use struct {
	of      string // "juxta ask --fit"
	without string // "" where with is all there is to see
	with    string // after without
	shows   string // an expression
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
		{"juxta --config", "-m demo/swift --preset brief", "--config ~/empty.yaml", `the configuration has none`},
		{"juxta --local-only", "doctor", "--local-only", `--local-only`},
		{"juxta --json", "sessions list", "--json", `(?m)^\{"id":"01K`},
		{"juxta --log", "sessions list", "--log ~", `no regular file`},
		{"juxta --log-level", "sessions list --log ~/log.txt", "--log-level loud", `none of debug`},
		{"juxta --help", "", "--help", `Usage`},
		{"juxta --version", "", "--version", `juxta v0`},

		{"juxta ask", oneSays + " hi", "", `(?m)^one$`},
		{"juxta ask --model", oneSays + " hi", "-m demo/script:say=two", `two`},
		{"juxta ask --system", "ask --no-save -m demo/script:echo=1 hi", "-s Brief.", `system: Brief\.`},
		{"juxta ask --preset", "ask --no-save -m demo/script:echo=1 hi", "--preset brief", `system: Be brief\.`},
		{"juxta ask --prompt", "ask --no-save -m demo/script:echo=1", "-t line -p what=x", `user: Name x\.`},
		{"juxta ask --var", "ask --no-save -m demo/script:echo=1 -t line", "-p what=chair", `user: Name chair\.`},
		{"juxta ask --attach", oneSays + " --json hi", "-a ~/note.md", `"name":"note\.md"`},
		{"juxta ask --fit", oneSays + " -a ~/pin.png hi", "--fit 8", `scaled to 8×4 of 64×32`},
		{"juxta ask --keep-metadata", oneSays + " -a ~/pin.jpg hi", "--keep-metadata", `camera data .*kept`},
		{"juxta ask --max-cost", "ask -m demo/script:say=dear hi", "--max-cost 0.001", `not sent: it would cost`},
		{"juxta ask --allow-unknown-cost", oneSays + " --max-cost 1 hi", "--allow-unknown-cost", `(?m)^one$`},
		{"juxta ask --option", "ask --no-save -m demo/script:text=plain hi", "-o max_tokens=3", `CUT OFF`},
		{"juxta ask --repeat", oneSays + " --json hi", "--repeat 2", `"take":2`},
		{"juxta ask --schema", oneSays + " hi", "--schema ~/note.md", `note\.md:1:1: `},
		{"juxta ask --warm", oneSays + " hi", "--warm", `none of the models is local`},
		{"juxta ask --no-save", "ask -m demo/script:say=one hi", "--no-save", `store holds 4 sessions`},

		{"juxta completion", "completion fish", "", `complete -c juxta`},
		{"juxta man", "man", "", `\.TH JUXTA 1`},
		{"juxta doctor", "doctor", "", `(?m)^store .*4 sessions`},
		{"juxta doctor --repair", "doctor", "--repair ~/new.db", `files .*new\.db`},
		{"juxta keys", "keys", "", `keys set`},
		{"juxta keys list", "keys list", "", `groq`},
		{"juxta keys set", "keys set mistral", "", `key of mistral|kept`},
		{"juxta keys rm", "keys rm openai", "", `openai`},
		{"juxta models", "models", "", `models list`},
		{"juxta models list", "models list", "", `demo/swift`},
		{"juxta models show", "models show demo/swift", "", `demo/swift`},
		{"juxta models refresh", "models refresh --local-only", "", `--local-only`},
		{"juxta models refresh --url", "models refresh --local-only", "--url http://example.com/prices", `https://`},

		{"juxta plan", "plan 01KC --baseline 2", "", `votes on 60 prompts`},
		{"juxta plan --baseline", "plan 01KC", "--baseline 2", `against column 2`},
		{"juxta plan --margin", "plan 01KC --baseline 2", "--margin 0.25", `margin 0\.25`},
		{"juxta plan --metric", "plan 01KC --baseline 2", "--metric taste", `what can be tested is`},
		{"juxta plan --n", "plan 01KC --baseline 2", "--n 200", `votes on 200`},
		{"juxta plan --seed", "plan 01KC --baseline 2", "--seed 77", `seed 77`},

		{"juxta prompts", "prompts", "", `prompts list`},
		{"juxta prompts add", "prompts add new ~/note.md", "", `files .*new\.md`},
		{"juxta prompts add --force", "prompts add line ~/note.md", "--force", `exit 0`},
		{"juxta prompts import", "prompts import ~/mine", "", `files .*prompts/spoken\.md`},
		{"juxta prompts import --dry-run", "prompts import ~/mine", "--dry-run", `nothing was kept`},
		{"juxta prompts list", "prompts list", "", `line`},
		{"juxta prompts render", "prompts render plain", "", `Say hello\.`},
		{"juxta prompts render --var", "prompts render line", "-p what=chair", `Name chair\.`},
		{"juxta prompts rm", "prompts rm line", "", `removed`},
		{"juxta prompts show", "prompts show line", "", `Name \{\{what\}\}`},

		{"juxta report", "report 01KA --baseline 2", "", `# Verdict: hello`},
		{"juxta report --baseline", "report 01KA", "--baseline 2", `# Verdict: hello`},
		{"juxta report --find", "report --baseline demo/sage", "--find bye", `# Verdict`},
		{"juxta report --tag", "report --baseline demo/sage", "--tag pins", `the tag pins`},
		{"juxta report --force", "report 01KA --baseline 2 -O ~/note.md", "--force", `exit 0`},
		{"juxta report --format", "report 01KA --baseline 2", "--format json", `(?m)^\{"title"`},
		{"juxta report --rows", "report 01KA --baseline 2 --format csv", "--rows verdicts", `!(?m)^[^\n]*\bprompt,`},
		{"juxta report --output", "report 01KA --baseline 2", "-O ~/out.md", `files .*out\.md`},
		{"juxta report --volume", "report 01KA --baseline 2", "--volume 100,000/month", `costs at a volume`},

		{"juxta vote", "vote 01KB --baseline 2", "", `booth opened`},
		{"juxta vote --all", "vote 01KE", "--all", `2[3-9] slips`},
		{"juxta vote --baseline", "vote 01KB", "--baseline 9", `no column "9"`},
		{"juxta vote --column", "vote 01KB --baseline 2", "--column 9", `no column "9"`},
		{"juxta vote --limit", "vote 01KB --baseline 2", "--limit 7", `limit 7`},
		{"juxta vote --metric", "vote 01KB --baseline 2", "--metric pass", `passes true`},
		{"juxta vote --voter", "vote 01KB --baseline 2", "--voter ann", `voter ann`},
		{"juxta licences", "licences", "", `BSD-3-Clause`},

		{"juxta sessions", "sessions", "", `browse true`},
		{"juxta sessions again", "sessions again 01KA -m demo/script:say=dear --dry-run", "", `demo/script:say=dear`},
		{"juxta sessions again --model", "sessions again 01KA --dry-run -m demo/swift", "-m demo/script:say=dear", `demo/script:say=dear`},
		{"juxta sessions again --dry-run", "sessions again 01KA -m demo/script:say=dear", "--dry-run", `!(?m)^dear$`},
		{"juxta sessions again --column", "sessions again 01KA --history own -m demo/script:say=dear --dry-run", "--column 9", `column`},
		{"juxta sessions again --history", "sessions again 01KB -m demo/script:say=dear --dry-run --json", "--history own", `"history":"own"`},
		{"juxta sessions again --turns", "sessions again 01KB -m demo/script:say=dear --dry-run --json", "--turns 1-1", `"turns":1\b|"turns":\[1\]|"asked":1\b|"answers":1\b`},
		{"juxta sessions again --warm", "sessions again 01KA -m demo/script:say=dear", "--warm", `none of the models is local`},
		{"juxta sessions again --max-cost", "sessions again 01KA -m demo/script:say=dear", "--max-cost 0.0001", `exit 1`},
		{"juxta sessions again --allow-unknown-cost", "sessions again 01KA -m demo/script:say=one --max-cost 1", "--allow-unknown-cost", `exit 0`},
		{"juxta sessions archive", "sessions archive 01KA", "", `archived`},
		{"juxta sessions archive --off", "sessions archive 01KC", "--off", `no longer|back|not archived`},
		{"juxta sessions backup", "sessions backup ~/copy.db", "", `files .*copy\.db`},
		{"juxta sessions backup --prune", "sessions backup", "--prune 0", `removed .*v2\.bak`},
		{"juxta sessions compact", "sessions compact", "", `bytes`},
		{"juxta sessions export", "sessions export 01KA", "", `"juxta"`},
		{"juxta sessions export --all", "sessions export --format jsonl", "--all", `"prompt":"bye"`},
		{"juxta sessions export --blind", "sessions export 01KA --format md", "--blind", `left out 1 turn`},
		{"juxta sessions export --votes", "sessions export 01KC --format md", "--votes", `left out`},
		{"juxta sessions export --force", "sessions export 01KA -O ~/note.md", "--force", `exit 0`},
		{"juxta sessions export --format", "sessions export 01KA", "--format csv", `(?m)^session,title,`},
		{"juxta sessions export --output", "sessions export 01KA", "-O ~/out.json", `files .*out\.json`},
		{"juxta sessions export --tag", "sessions export --format jsonl", "--tag pins", `"prompt":"bye"`},
		{"juxta sessions fork", "sessions fork 01KB", "", `store holds 5 sessions`},
		{"juxta sessions fork --turn", "sessions fork 01KB --json", "--turn 1", `"turns":1\b`},
		{"juxta sessions import", "sessions import ~/other.json --db ~/other.db", "", `files .*other\.db`},
		{"juxta sessions import --dry-run", "sessions import ~/other.json --db ~/other.db", "--dry-run", `nothing was added`},
		{"juxta sessions import --skip-broken", "sessions import ~/broken.jsonl", "--skip-broken", `exit 0`},
		{"juxta sessions list", "sessions list", "", `hello again`},
		{"juxta sessions list --archived", "sessions list", "--archived", `01KC`},
		{"juxta sessions list --limit", "sessions list", "-n 1", `!01KA`},
		{"juxta sessions list --tag", "sessions list --json", "--tag pins", `!01KA`},
		{"juxta sessions merge", "sessions merge 01KA 01KC", "", `exit 0`},
		{"juxta sessions merge --remove", "sessions merge 01KA 01KC", "--remove", `store holds 3 sessions`},
		{"juxta sessions pin", "sessions pin 01KA", "", `pinned`},
		{"juxta sessions pin --off", "sessions pin 01KA", "--off", `no longer|not pinned`},
		{"juxta sessions rename", "sessions rename 01KA by-hand", "", `by-hand`},
		{"juxta sessions replay", "sessions replay 01KA", "", `screen opened`},
		{"juxta sessions replay --speed", "sessions replay 01KA", "--speed 0", `--speed`},
		{"juxta sessions replay --text", "sessions replay 01KA", "--text", `(?m)^> hello$`},
		{"juxta sessions rm", "sessions rm 01KA", "", `store holds 3 sessions`},
		{"juxta sessions search", "sessions search bye", "", `hello again`},
		{"juxta sessions search --limit", "sessions search hello", "-n 1", `-n 0`},
		{"juxta sessions show", "sessions show 01KA", "", `(?m)^> hello$`},
		{"juxta sessions tag", "sessions tag 01KA +new", "", `new`},
		{"juxta sessions verify", "sessions verify ~/a.capsule", "", `intact`},
	}
}

// A household is a folder with sessions, prompts and files, and an app in it.
type household struct {
	dir string
	app *app
	out bytes.Buffer
}

// furniture is what a household has, by name. Without a store it has no
// sessions, either.
func furniture(t *testing.T, store, capsule []byte) map[string][]byte {
	t.Helper()
	jpg := solid(t, "jpg", "red", 16, 8)
	files := map[string][]byte{
		"other.json":   []byte(savedSession("01KD", 2, true)),
		"broken.jsonl": []byte("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"ho\"}]}\n{\"messages\":7}\n"),
		"note.md":      []byte("a note of mine\n"), "empty.yaml": nil,
		"mine/spoken.md": []byte("Say it.\n"), "juxta/prompts/line.md": []byte("Name {{what}}.\n"), "juxta/prompts/plain.md": []byte("Say hello.\n"),
		"pin.png": pngOf(t, 64, 32), "pin.jpg": slices.Concat(jpg[:2], turned(1), jpg[2:]),
		"juxta/config.yaml": []byte("presets:\n  - {name: brief, system: Be brief.}\nprices:\n  demo/script:say=dear: {input: 1, output: 10}\n"),
	}
	if store != nil {
		files["juxta/juxta.db"], files["juxta/juxta.db.2026-01-02T03-04-05.v2.bak"], files["a.capsule"] = store, store, capsule
	}
	return files
}

// furnished is a household with files.
func furnished(t *testing.T, files map[string][]byte) *household {
	t.Helper()
	f := &household{dir: t.TempDir()}
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
	f.app.getenv = env("XDG_DATA_HOME", f.dir, "XDG_CONFIG_HOME", f.dir, "HOME", f.dir, "GROQ_API_KEY", "k",
		"LMSTUDIO_BASE_URL", "x", "LLAMACPP_BASE_URL", "x", "VLLM_BASE_URL", "x")
	f.app.vault = &drawer{held: map[string]string{}}
	f.app.out, f.app.err = &f.out, &f.out
	f.app.screen = f.screen
	return f
}

// screen is a workbench that says what it was given.
func (f *household) screen(ctx context.Context, o tui.Options) error {
	if o.Vote != nil {
		poll, err := o.Vote.Open(ctx)
		if err == nil {
			_, err = fmt.Fprintf(&f.out, "booth opened: voter %s limit %d passes %v: %d slips", poll.Voter, o.Vote.Limit, poll.Pass, len(poll.Slips))
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
	for _, c := range s.Shown() {
		fmt.Fprintf(&f.out, " %s told %s", c.Model, c.System)
	}
	return b.Close(ctx)
}

// seen is all that there is to see of a run: what it printed, its exit code, and
// the files and sessions that are there then.
func (f *household) seen(t *testing.T, args string) string {
	t.Helper()
	f.out.Reset()
	f.app.inTerm, f.app.outTerm = !strings.Contains(args, " ") || strings.HasPrefix(args, "-") || strings.HasPrefix(args, "sessions replay") || strings.HasPrefix(args, "vote"), true
	f.app.in = strings.NewReader("sk-0123456789abcdef\n")
	words := strings.Fields(strings.ReplaceAll(args, "~", f.dir))
	code := f.app.run(t.Context(), words)
	fmt.Fprintf(&f.out, "\nexit %d\n", code)
	_ = filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			fmt.Fprintf(&f.out, "files %s\n", filepath.ToSlash(strings.TrimPrefix(path, f.dir)))
		}
		return err
	})
	if store, err := sessions.Open(filepath.Join(f.dir, "juxta", "juxta.db")); err == nil {
		all, _ := store.Sessions(0)
		fmt.Fprintf(&f.out, "store holds %d sessions\n", len(all))
		_ = store.Close()
	}
	return strings.ReplaceAll(f.out.String(), f.dir, "~")
}

// savedSession is a session in juxta's own format, with or without a vote.
func savedSession(id string, turns int, voted bool) string {
	const answers = `"answers":[{"column":1,"take":1,"model":{"provider":"demo","model":"fast"},"text":"hi","finish":"stop","usage":{"input":1,"cache_read":0,"cache_write":0,"output":1,"reasoning":0,"estimated":false},"timing":{}},` +
		`{"column":2,"take":1,"model":{"provider":"demo","model":"sage"},"text":"hi","finish":"stop","usage":{"input":1,"cache_read":0,"cache_write":0,"output":1,"reasoning":0,"estimated":false},"timing":{}}]`
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

// stocked is a store with three sessions, and a capsule of one of them.
func stocked(t *testing.T) (store, capsule []byte) {
	t.Helper()
	f := furnished(t, furniture(t, nil, nil))
	for id, s := range map[string]string{"01KA": savedSession("01KA", 1, true), "01KB": savedSession("01KB", 2, true), "01KC": savedSession("01KC", 1, false), "01KE": savedSession("01KE", 23, false)} {
		path := filepath.Join(f.dir, id+".json")
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		f.seen(t, "sessions import "+path)
	}
	f.seen(t, "sessions tag 01KB +pins")
	f.seen(t, "sessions archive 01KC")
	f.seen(t, "plan 01KE --baseline 2 --n 20")
	f.seen(t, "sessions export 01KA --format capsule -O ~/a.capsule")
	store, err := os.ReadFile(filepath.Join(f.dir, "juxta", "juxta.db"))
	if err != nil {
		t.Fatal(err)
	}
	capsule, err = os.ReadFile(filepath.Join(f.dir, "a.capsule"))
	if err != nil {
		t.Fatal(err)
	}
	return store, capsule
}

func TestEveryCommandAndEveryFlagDoesWhatItSays(t *testing.T) {
	store, capsule := stocked(t)
	files := furniture(t, store, capsule)
	for _, u := range uses() {
		t.Run(strings.TrimPrefix(u.of, "juxta "), func(t *testing.T) {
			t.Parallel()
			what, gone := strings.CutPrefix(u.shows, "!")
			shows := regexp.MustCompile(what)
			args := strings.TrimSpace(u.without + " " + u.with)
			if after := furnished(t, files).seen(t, args); shows.MatchString(after) == gone {
				t.Errorf("juxta %s does not show %s:\n%s", args, u.shows, after)
			}
			if u.with == "" {
				return
			}
			if before := furnished(t, files).seen(t, u.without); shows.MatchString(before) != gone {
				t.Errorf("juxta %s shows %s, too:\n%s", u.without, u.shows, before)
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
