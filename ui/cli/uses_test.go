package cli

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
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
