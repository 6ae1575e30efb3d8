package tui

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/theme"
)

func temperature(f float64) *float64 { return &f }

// examplePresets are three: for any model, for one, and for one that is not here.
func examplePresets() []sessions.Preset {
	return []sessions.Preset{
		{Name: "precise", System: "Be brief.", Params: providers.Params{Temperature: temperature(0), MaxTokens: 400}, Schema: []byte(`{"type":"object"}`)},
		{Name: "wild", Model: providers.Ref{Provider: "demo", Model: "sage"}, Params: providers.Params{Temperature: temperature(1.3), Stop: []string{"END", "\n\n"}}},
		{Name: "far", Model: providers.Ref{Provider: "nowhere", Model: "x"}, System: "Hello."},
	}
}

// hearing answers, and keeps what it was asked.
func hearing(into *[]providers.Request) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	say := saying("fine")
	var mu sync.Mutex // columns ask at the same time
	return func(ctx context.Context, r providers.Request) iter.Seq2[providers.Event, error] {
		mu.Lock()
		*into = append(*into, r)
		mu.Unlock()
		return say(ctx, r)
	}
}

// knobbed is a double whose model takes some parameters.
func knobbed(into *[]providers.Request, knobs ...providers.Knob) double {
	return double{
		name: "lab", stream: hearing(into),
		models: []providers.Model{{Ref: providers.Ref{Provider: "lab", Model: "small"}, Accepts: knobs}},
	}
}

func TestAColumnIsToldItsOwnSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		lab := knobbed(&heard, providers.Knob{Name: "temperature", Values: "0 to 2"}, providers.Knob{Name: "stop"}, providers.Knob{Name: "think", Values: "off, low, high"})
		x := show(t, 80, 24, bench(t, "", []string{"lab/small", "lab/small"}, lab))
		screen := x.press("tab", "l", "p")
		golden(t, "settings-80x24", screen)
		want(t, screen, "Settings of column 2", "temperature +default +0 to 2", `think +\[default\] off  low  high`)
		lacks(t, screen, "max_tokens", "seed", "preset", "schema") // it takes no such thing, and there is none
		x.press("Be brief.", "ctrl+j", "Please.", "tab", "hot", "enter")
		want(t, x.now(), "▸ temperature +hot +✗ a number from 0 to 10")
		x.press("ctrl+u", "0.2", "tab", `END "two words" "\n"`, "tab", "right", "right", "enter")
		want(t, x.now(), "the settings hold from the next question on", "1 small", `2 small · lab · t0.2 stop think low sys|2 small · t0.2 stop think low sys`)
		x.press("i")
		x.ask("hello", time.Second)
		if len(heard) != 2 {
			t.Fatalf("%d were asked", len(heard))
		}
		slices.SortFunc(heard, func(a, b providers.Request) int { return len(a.System) - len(b.System) })
		if p := heard[0]; p.System != "" || p.Params.Temperature != nil || p.Params.Stop != nil || p.Params.Think != "" {
			t.Errorf("the other column was told %+v", p)
		}
		if p := heard[1]; p.System != "Be brief.\nPlease." || *p.Params.Temperature != 0.2 || p.Params.Think != "low" || !slices.Equal(p.Params.Stop, []string{"END", "two words", "\n"}) {
			t.Errorf("it was told %+v", p)
		}
		x.press("tab", "p")
		want(t, x.now(), `stop +END "two words" "\\n"`, `think +default  off \[low\] high`)
		x.press("ctrl+u", "tab", "9", "esc") // leaves all as it was
		if p := see(x, func(m *Model) sessions.Column { return m.session.Columns[1] }); p.System != "Be brief.\nPlease." || *p.Params.Temperature != 0.2 {
			t.Errorf("esc left %+v", p)
		}
		x.quit()
	})
}

func TestWhatAModelTakesIsSaidWhereItIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 40, bench(t, "", []string{"script:say=x"}))
		screen := x.press("tab", "p")
		for _, name := range providers.ParamNames() {
			want(t, screen, name)
		}
		want(t, screen, "What this model takes is not known", `think +\[default\] on  off  minimal  low  medium  high  xhigh`)
		x.press("tab", "1", "enter", "m", "swift", "enter", "p") // swift takes no temperature
		want(t, x.now(), `temperature +1 +not taken by this model`)
		lacks(t, x.now(), "top_p")
		x.quit()
	})
}

func TestAPresetFillsTheFormIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := opens(bench(t, "", []string{"script:say=x", "swift"}))
		o.Presets = examplePresets()
		x := start(t, 100, 40, o)
		x.press("tab", "p", "tab", "My own.", "up")
		screen := x.press("right")
		want(t, screen, `preset +none \[precise\] wild  far`, "system prompt  Be brief[.]", `temperature +0 `, `max_tokens +400`, `schema +none \[of precise\]`)
		want(t, x.press("right"), `\[wild\]`, "what the model is told", `temperature +1.3`, `max_tokens +default`, `stop +END "\\n\\n"`, `schema +\[none\]`)
		want(t, x.press("left", "left"), `\[none\]`, "My own[.]", `temperature +default`, `stop +none`)
		x.press("right", "tab", "ctrl+k", "x") // what is changed is the preset's no more
		want(t, x.now(), `preset +\[none\]`, `max_tokens +400`)
		want(t, x.press("backspace"), `preset +none \[precise\]`)
		want(t, x.press("enter"), "1 script:say=x · simulated · precise")
		x.press("p", "tab", " Very.", "enter")
		want(t, x.now(), "1 script:say=x · simulated · t0 max 400 sys sch|t0 max 400 .*[+]")
		x.quit()
	})
}

func TestPresetsSetAndAddColumns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := opens(bench(t, "", []string{"swift"}))
		o.Presets = examplePresets()
		x := start(t, 160, 30, o)
		want(t, x.press("tab", "P"), "Presets", `precise · temperature 0 · max_tokens 400 · a schema · “Be brief.”`, `wild · temperature 1.3 · stop END "\\n\\n" +demo/sage`)
		want(t, x.press("enter"), "1 swift · simulated · precise")
		want(t, x.press("P", "wild", "ctrl+a"), "1 swift · simulated · precise", "2 sage · simulated · wild")
		want(t, x.press("P", "precise", "ctrl+a"), "3 sage · simulated · precise") // on the current column's model
		want(t, x.press("P", "far", "enter"), "no provider nowhere", "Presets")
		want(t, x.press("esc", "P", "wild", "enter"), "3 sage · simulated · wild")
		x.press("S", "To all.", "enter")
		lacks(t, x.now(), "· wild", "· precise", `\bsys\b`) // all have the same
		want(t, x.now(), "system prompt")
		x.quit()
	})
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"swift"}))
		want(t, x.press("tab", "P"), "none yet: name some under presets:")
		want(t, x.press("enter", "ctrl+a"), "none yet")
		x.quit()
	})
}

// A title says as much of the settings as it has room for, and the model's name
// is the last to be shortened.
func TestATitleIsShortenedFromItsEnd(t *testing.T) {
	lk := &look{theme: built(t, theme.Auto).On(true)}
	p := pane{
		column: sessions.Column{
			Model: providers.Ref{Provider: "lab", Model: "qwen3-vl:8b"}, System: "x", Schema: []byte("{}"),
			Params: providers.Params{Temperature: temperature(0.2), Think: "high", MaxTokens: 2000},
		},
		model: providers.Model{Local: true}, alone: true, starred: true,
	}
	for _, tt := range []struct {
		w    int
		want string
	}{
		{80, "1 qwen3-vl:8b · lab · local ★ · t0.2 max 2.0k think high sys schema"},
		{62, "1 qwen3-vl:8b · local ★ · t0.2 max 2.0k think high sys schema"},
		{60, "1 qwen3-vl:8b · local ★ · t0.2 max 2.0k think high sys +1"},
		{36, "1 qwen3-vl:8b · local ★ · t0.2 +4"},
		{30, "1 qwen3-vl:8b · local ★ · +5"},
		{24, "1 qwen3-… · local ★ · +5"},
	} {
		if got := ansi.Strip(p.title(tt.w, lk)); got != tt.want {
			t.Errorf("in %d cells: %q, want %q", tt.w, got, tt.want)
		}
	}
	p.column.Preset = "precise"
	if got, want := ansi.Strip(p.title(36, lk)), "1 qwen3-vl:8b · local ★ · precise"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	remote := pane{column: sessions.Column{Model: providers.Ref{Provider: "openai", Model: "gpt-5.1"}}, starred: true}
	if got, want := ansi.Strip(remote.title(14, lk)), "1 gpt-5.1 ★"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCostsAreMeasuredAgainstTheBaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 200, 30, bench(t, "", []string{"paid/script:n=10,ttft=1", "paid/script:n=100,ttft=1", "unpriced/script:n=10", "here/script:n=10", "paid/script:err=server,n=5"}))
		x.ask("hello", 20*time.Second)
		lacks(t, x.now(), star)
		screen := x.press("tab", "l", "b")
		want(t, screen, "2 script:n=100,ttft=1 · [^│]*★", "the others are measured against this column", `\$0\.00010\d · 1\d% of ★`)
		if n := strings.Count(screen, "of ★"); n != 1 {
			t.Errorf("%d are measured, and only one can be:\n%s", n, screen)
		}
		x.press("i")
		x.ask("again", 20*time.Second) // the answers that come are measured when both have ended
		want(t, x.now(), `1\d% of ★`)
		x.press("tab", "*")
		lacks(t, x.now(), star)
		x.quit()
	})
}

func TestStopsAreReadAsTheyAreWritten(t *testing.T) {
	for _, stops := range [][]string{nil, {"END"}, {"two words", "a\"b", "\n\n", "\\", "é漢"}, {" ", "\x1b[31m"}} {
		text := quoteStops(stops)
		got, err := readStops(text)
		if err != nil || !slices.Equal(got, stops) {
			t.Errorf("%q was written %s and read as %q, %v", stops, text, got, err)
		}
	}
	for _, text := range []string{`"`, `a "b`, `""`} {
		if got, err := readStops(text); err == nil {
			t.Errorf("%s was read as %q", text, got)
		}
	}
	if got, err := readStops(`"a"b  c`); err != nil || fmt.Sprint(got) != "[a b c]" {
		t.Errorf("%q, %v", got, err)
	}
}
