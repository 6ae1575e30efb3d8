package tui

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// seatedBench is a bench whose first blind turn has the given seats, whose store
// is at path.
func seatedBench(t *testing.T, path string, models []string, seats ...int) *sessions.Bench {
	t.Helper()
	b := bench(t, path, models)
	begin := func(s sessions.Session) sessions.ID {
		s.ID, s.Blind = sessions.NewID(time.Now()), true
		if err := b.Store().Save(sessions.Batch{Session: &s}); err != nil {
			t.Fatal(err)
		}
		if err := b.Resume(s.ID); err != nil {
			t.Fatal(err)
		}
		return s.ID
	}
	wanted := b.Session()
	trial := b.Session()
	for i := range trial.Columns {
		trial.Columns[i].Model = providers.Ref{Provider: "demo", Model: "script:say=x"}
	}
	for trial.Seed = 1; trial.Seed < 1000; trial.Seed++ {
		id := begin(trial)
		run, err := b.Put(t.Context(), sessions.Question{Text: "who sits where?"})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		right := slices.Equal(run.Asked.Seats(), seats)
		if wanted.Seed = trial.Seed; right {
			begin(wanted)
		}
		if err := b.Store().Delete(id); err != nil {
			t.Fatal(err)
		}
		if right {
			return b
		}
	}
	t.Fatalf("no seed seats %v", seats)
	return nil
}

// An onlooker sees all that there is to see of a run: what reached the terminal
// and when, and what other processes print of the store.
type onlooker struct {
	painted []string // what came within a few ticks of the renderer together
	at      []time.Duration
	screens []string
	printed []string
}

// moment is a few ticks of the renderer, and less than a report of a run.
const moment = 25 * time.Millisecond

// onlook runs a question in blind mode, does something now and then, and notes
// everything.
func onlook(t *testing.T, w, h int, models []string, seats []int, script []string) (seen onlooker) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		b := seatedBench(t, path, models, seats...)
		id := b.Session().ID
		x := show(t, w, h, b)
		x.press("What is 6×7?")
		began := time.Now()
		x.mu.Lock()
		x.tap = func(p []byte) {
			at := time.Since(began)
			if n := len(seen.painted); n > 0 && at-seen.at[n-1] < moment {
				seen.painted[n-1] += string(p)
			} else {
				seen.painted, seen.at = append(seen.painted, string(p)), append(seen.at, at)
			}
			if strings.Contains(x.em.String(), "Answer 1") { // from the first frame of the blind turn on
				seen.screens = append(seen.screens, x.em.String())
			}
		}
		x.mu.Unlock()
		other, err := sessions.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		print := func() {
			s, err := other.Session(id)
			if err != nil {
				t.Fatal(err)
			}
			turns, err := other.Turns(id, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range []any{s.Summary(), sessions.NewTranscript(s, turns)} {
				line, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				seen.printed = append(seen.printed, strings.ReplaceAll(string(line), string(id), "ID"))
			}
		}
		for _, step := range script {
			if d, err := time.ParseDuration(step); err == nil {
				x.after(d)
				print()
				continue
			}
			if keys, ok := strings.CutPrefix(step, "each of "); ok {
				x.eachInPanes(keys)
				continue
			}
			x.press(step)
		}
		x.mu.Lock()
		x.tap = nil
		x.mu.Unlock()
		x.quit()
	})
	return seen
}

// eachInPanes presses one key after the other in the panes, and closes what it
// opens.
func (x *terminal) eachInPanes(keys string) {
	for _, k := range keys {
		for range 9 {
			if see(x, func(m *Model) bool { return len(m.overlays) == 0 }) {
				break
			}
			x.press("esc")
		}
		if !x.inPanes() {
			x.press("tab")
		}
		x.press(string(k))
		x.after(200 * time.Millisecond)
	}
}

// What reaches the terminal, and when, and what is printed of the store, must be
// the same whoever sits where: then nothing of it can tell the models apart.
// Each of them says the same but for its name; in all else they differ.
func TestBlindMeansBlind(t *testing.T) {
	say := func(plan, name string) string {
		return plan + ",say=" + url.QueryEscape("It is **42**. As "+name+", I am sure:\n\n1. six\n2. seven\n\n```go\nfmt.Println(6 * 7)\n```\n"+strings.Repeat("And so on. ", 30))
	}
	quick := say("paid/script:ttft=120,tps=300", "GPT-5.1")
	slow := say("eager/script:load=400,ttft=900,tps=60,think=40,err=rate_limitx1,retry=1", "Claude Opus 4.1")
	local := say("here/script:ttft=2000,tps=900,nousage=1", "Llama")
	last := say("paid/script:ttft=8000,tps=900", "Qwen3")
	failing := func(m string) string {
		return strings.NewReplacer(",err=rate_limitx1", "", ",say=", ",err=overloaded,say=").Replace(m)
	}
	// Keys that are pressed while the answers are written, and when they are there.
	all := []string{
		"enter", "200ms", "tab", "l", "300ms", "h", "z", "t", "500ms", "z", "j", "k", "c", "ctrl+s", "400ms", "esc", "f1", "esc",
		"p", "m", "D", "X", "H", "b", "r", "ctrl+r", "1", "800ms", "1500ms", "4s", "4s", "l", "h", "c", "l", "c", "t", "z", "l", "z", "j", "k", "[", "]",
		"d", "/", "esc", "y", "n", "1", "=", "0", "u", "2", "p", "r", "i", "hello", "enter", "500ms",
	}
	for name, x := range map[string]struct {
		w, h    int
		script  []string
		models  [2][]string // of the two runs
		seats   [2][]int
		written bool // the answers are shown in the end
	}{
		"two": {120, 36, all, [2][]string{{quick, slow}, {quick, slow}}, [2][]int{{1, 2}, {2, 1}}, true},
		"three in tabs": {
			80, 24, append(slices.Clone(all), "3", "1", "500ms"),
			[2][]string{{quick, slow, local}, {quick, slow, local}},
			[2][]int{{1, 2, 3}, {3, 1, 2}},
			true,
		},
		"the quick one is on the other column": {120, 36, all, [2][]string{{quick, slow}, {slow, quick}}, [2][]int{{1, 2}, {1, 2}}, true},
		"the second seat fails": { // and the third is the last of all
			140, 36, append(slices.Clone(all), "3", "500ms"),
			[2][]string{{quick, failing(slow), last}, {failing(quick), slow, last}},
			[2][]int{{1, 2, 3}, {2, 1, 3}},
			true,
		},
		"one is stopped": {
			120, 36,
			[]string{"enter", "tab", "700ms", "l", "x", "1s", "1", "ctrl+x", "h", "c", "1s"},
			[2][]string{{quick, slow}, {quick, slow}},
			[2][]int{{1, 2}, {2, 1}},
			false,
		},
		"every key": {
			160, 36,
			[]string{"enter", "5s", "tab", "each of abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&*+,-./:;<>@[]^_`{|}~ '\"()?\\", "1s", "each of 1=2", "1s"},
			[2][]string{{quick, slow}, {quick, slow}},
			[2][]int{{1, 2}, {2, 1}},
			true,
		},
		"esc while it is asked": {
			80, 24,
			[]string{"enter", "esc", "1s", "tab", "2", "500ms"},
			[2][]string{{slow, local}, {slow, local}},
			[2][]int{{1, 2}, {2, 1}},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var seen [2]onlooker
			for i := range seen {
				seen[i] = onlook(t, x.w, x.h, x.models[i], x.seats[i], x.script)
			}
			compare := map[string][2][]string{"screen": {slices.Compact(seen[0].screens), slices.Compact(seen[1].screens)}}
			if slices.Equal(x.models[0], x.models[1]) { // else the columns are listed in another order, and fail at another time
				compare["painted"] = [2][]string{seen[0].painted, seen[1].painted}
				for i := range min(len(seen[0].at), len(seen[1].at)) {
					if d := (seen[0].at[i] - seen[1].at[i]).Abs(); d > moment {
						t.Errorf("paint %d comes %v earlier or later, depending on who sits where", i, d)
					}
				}
				compare["printed"] = [2][]string{seen[0].printed, seen[1].printed}
			}
			for what, runs := range compare {
				for i := range max(len(runs[0]), len(runs[1])) {
					if one, two := at(runs[0], i), at(runs[1], i); one != two {
						t.Fatalf("it makes a difference who sits where; %s %d of %d and %d:\n%q\n%q", what, i, len(runs[0]), len(runs[1]), one, two)
					}
				}
			}
			if len(seen[0].screens) < 3 || len(seen[0].printed) < 4 {
				t.Fatalf("only %d screens and %d prints were seen", len(seen[0].screens), len(seen[0].printed))
			}
			tells := regexp.MustCompile(`script|paid|eager|here/|demo|simulated|GPT|Claude|Llama|\$\d|\btok\b|tok/s|first \d|cost \S*\d|ctx|attempt|load |rate|overload|in line|thought for|think`)
			for _, screen := range seen[0].screens {
				// An overlay lists commands, sessions and models, whose words are no figures.
				if tell := tells.FindString(screen); tell != "" && !regexp.MustCompile(`All commands|─ Sessions|─ Ask again|─ Ask this session`).MatchString(screen) {
					t.Fatalf("%q is on the screen:\n%s", tell, screen)
				}
			}
			shown := strings.Join(seen[0].screens, "\n")
			if x.written != strings.Contains(shown, "As ▒▒▒, I am sure") {
				t.Errorf("the answers are shown: %v\n%s", !x.written, seen[0].screens[len(seen[0].screens)-1])
			}
		})
	}
}
