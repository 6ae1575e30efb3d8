package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"juxta/providers/demo"
	"juxta/sessions"
	"juxta/ui/tui"
)

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
