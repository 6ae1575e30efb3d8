package tui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
)

// A shop lists models and answers nothing.
type shop struct {
	name   string
	models []providers.Model
	takes  time.Duration
	err    error
}

func (s *shop) Name() string { return s.name }

func (s *shop) Models(ctx context.Context) ([]providers.Model, error) {
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s.models, s.err
}

func (s *shop) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) { yield(nil, errors.New("closed")) }
}

// shopping is a bench whose registry has the shops beside the demo.
func shopping(shops ...*shop) *sessions.Bench {
	apis := map[string]providers.Builder{}
	var endpoints []providers.Endpoint
	for _, s := range shops {
		apis[s.name] = func(providers.Endpoint) (providers.Provider, error) { return s, nil }
		endpoints = append(endpoints, providers.Endpoint{Name: s.name, API: s.name, Local: s.name == "ollama" || s.name == "vllm"})
	}
	b := sessions.NewBench(providers.NewRegistry(endpoints, apis, nil), nil)
	b.Add(sessions.Column{Model: providers.Ref{Provider: "ollama", Model: "gemma3:4b"}})
	b.Add(sessions.Column{Model: providers.Ref{Provider: "openai", Model: "gpt-5.1"}})
	return b
}

func dollars(t testing.TB, in, out string) *providers.Price {
	t.Helper()
	p := providers.Price{Source: providers.Listed}
	for to, s := range map[*providers.Money]string{&p.Input: in, &p.Output: out} {
		m, err := providers.ParsePerMillion(s)
		if err != nil {
			t.Fatal(err)
		}
		*to = m
	}
	return &p
}

// market is what a few services list.
func market(t testing.TB) []*shop {
	const yes, no = providers.Yes, providers.No
	model := func(provider, name string, window int, can providers.Abilities, p *providers.Price) providers.Model {
		return providers.Model{Ref: providers.Ref{Provider: provider, Model: name}, Context: window, Can: can, Price: p}
	}
	local := func(name string, window int, can providers.Abilities, licence string, size int64) providers.Model {
		m := model("ollama", name, window, can, nil)
		m.Local, m.Licence, m.Size = true, licence, size
		return m
	}
	eyes := providers.Abilities{Images: yes, Thoughts: no, Tools: no, Audio: no}
	mind := providers.Abilities{Images: no, Thoughts: yes, Tools: yes, Audio: no}
	both := providers.Abilities{Images: yes, Thoughts: yes, Tools: yes, Audio: no}
	ears := providers.Abilities{Images: yes, Thoughts: no, Tools: yes, Audio: yes}
	return []*shop{
		{name: "ollama", models: []providers.Model{
			local("gemma3:4b", 131072, eyes, "gemma", 3_338_801_804),
			local("qwen3:8b", 40960, mind, "apache-2.0", 5_225_388_164),
			local("all-my-own:latest", 8192, providers.Abilities{}, "", 815_319_791),
		}},
		{name: "vllm", err: &providers.Error{Kind: providers.Unreachable}},
		{name: "openai", models: []providers.Model{
			model("openai", "gpt-5.1", 400_000, both, dollars(t, "1.25", "10")),
			model("openai", "gpt-5-nano", 400_000, both, dollars(t, "0.05", "0.4")),
			model("openai", "gpt-audio", 128_000, ears, dollars(t, "2.5", "10")),
			model("openai", "o1-pro", 200_000, both, dollars(t, "150", "600")),
			model("openai", "next-preview", 0, providers.Abilities{}, nil),
		}},
		{name: "openrouter", models: []providers.Model{
			model("openrouter", "qwen/qwen3-vl-8b-instruct", 131_072, eyes, dollars(t, "0.0375", "0.15")),
			model("openrouter", "some-laboratory/a-model-with-quite-a-long-name-2026-11-01-preview", 1_048_576, mind, dollars(t, "0.3", "1.2")),
		}},
		{name: "gemini", err: &providers.Error{Kind: providers.Auth, Status: 401, Err: errors.New("API key not valid")}},
		{name: "demo", models: []providers.Model{model("demo", "sage", 32768, mind, &providers.Price{Source: providers.Free})}},
	}
}

func TestThePickerShowsWhatToChooseBy(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			x := show(t, w, h, shopping(market(t)...))
			golden(t, fmt.Sprintf("picker-%dx%d", w, h), x.press("ctrl+l"))
			x.press("esc")
			x.quit()
		})
	}
}

// rows are the names in the list of models, from the top.
func (x *terminal) rows() []string {
	var names []string
	for _, m := range regexp.MustCompile(`│ [▸ ] (\S+/\S+)`).FindAllStringSubmatch(x.now(), -1) {
		names = append(names, m[1])
	}
	return names
}

func (x *terminal) leads(names ...string) {
	x.t.Helper()
	got := x.rows()
	if len(got) < len(names) || fmt.Sprint(got[:len(names)]) != fmt.Sprint(names) {
		x.t.Errorf("rows %q do not begin with %q:\n%s", got, names, x.now())
	}
}

func TestOneKeySortsByEachColumn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 200, 60, shopping(market(t)...))
		want(t, x.press("ctrl+l"), "by name · 11")
		x.leads("ollama/all-my-own:latest", "ollama/gemma3:4b", "ollama/qwen3:8b", "openai/gpt-5-nano")
		want(t, x.press("tab"), "by price")
		x.leads("ollama/all-my-own:latest", "ollama/gemma3:4b", "ollama/qwen3:8b", "demo/sage", "openrouter/qwen/qwen3-vl-8b-instruct", "openai/gpt-5-nano")
		if rows := x.rows(); rows[len(rows)-1] != "openai/next-preview" {
			t.Errorf("a price that is not known comes before one that is: %q", rows)
		}
		want(t, x.press("tab"), "by context")
		x.leads("openrouter/some-laboratory/a-model-with-quite-a-long-name-2026-11-01-preview")
		want(t, x.press("tab"), "by abilities")
		x.leads("openai/gpt-5-nano", "openai/gpt-5.1", "openai/gpt-audio")
		want(t, x.press("tab"), "by size")
		x.leads("ollama/all-my-own:latest", "ollama/gemma3:4b", "ollama/qwen3:8b")
		want(t, x.press("tab"), "by licence")
		x.leads("ollama/qwen3:8b", "ollama/gemma3:4b")
		want(t, x.press("tab"), "by age")
		want(t, x.press("tab"), "by name")
		x.press("esc")
		x.quit()
	})
}

func TestWhatIsNotKnownOfAModelIsNoAnswer(t *testing.T) {
	const no, unknown = providers.No, providers.Unknown
	for _, c := range []struct {
		can           providers.Abilities
		brief, facts  string
		known, window int
	}{
		{providers.Abilities{}, "?", "", 0, 0},
		{providers.Abilities{Images: unknown, Thoughts: no, Tools: no, Audio: no}, "?", "", 0, 0},
		{providers.Abilities{Images: no, Thoughts: no, Tools: no, Audio: no}, "text", "text", 1, 0},
		{providers.Abilities{Images: unknown, Thoughts: no, Tools: providers.Yes}, "          tool", "tools", 2, 8192},
	} {
		m := &providers.Model{Can: c.can, Context: c.window}
		if brief, facts, n := canBrief(c.can), can(c.can), abilities(m); brief != c.brief || facts != c.facts || n != c.known {
			t.Errorf("%+v: %q, %q, %d", c.can, brief, facts, n)
		}
		if ctx := offer(m, "").cells[contextColumn]; (ctx == "?") != (c.window == 0) {
			t.Errorf("a window of %d tokens is %q", c.window, ctx)
		}
	}
}

func TestTypingAnAbilityFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 36, shopping(market(t)...))
		x.press("ctrl+l")
		want(t, x.press("images"), "6 of 11")
		lacks(t, x.now(), "qwen3:8b")
		want(t, x.press(" local"), "1 of 11")
		x.leads("ollama/gemma3:4b")
		for range 12 {
			x.press("backspace")
		}
		x.press("audio")
		x.leads("openai/gpt-audio") // in its name, too
		for range 5 {
			x.press("backspace")
		}
		want(t, x.press("qwn8"), "2 of 11", "ollama/qwen3:8b", "qwen3-vl-8b") // letters left out
		want(t, x.press("zzz"), "nothing matches", "0 of 11")
		x.press("esc")
		x.quit()
	})
}

func TestWhoStaysHereSeesNoListsOfElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shops := market(t)
		for _, s := range shops[2:5] { // as those do that may not be asked
			s.models, s.err = nil, nil
		}
		o := opens(shopping(shops...))
		o.Staying = Staying{"--local-only", []string{"openai", "openrouter", "gemini"}}
		x := start(t, 80, 24, o)
		screen := x.now()
		want(t, screen, "stay on this machine .--local-only.", "✓ ollama .* 3 models", "not running +vllm")
		lacks(t, screen, "0 models", "openrouter", "gemini", "set a key")
		screen = x.press("ctrl+l")
		want(t, screen, "this machine only .--local-only.", "ollama/gemma3:4b", "not running: vllm")
		lacks(t, screen, "openrouter", "gemini")
		x.press("esc")
		x.quit()
	})
}

func TestListsOfEarlierShowAtOnceWithTheirAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shops := market(t)
		models := shops[2].models
		shops[2].takes = 5 * time.Second
		recalled, kept := 0, []providers.Listing(nil)
		o := opens(shopping(shops...))
		o.Catalogue = Catalogue{
			Recall: func() []providers.Model {
				recalled++
				for i := range models {
					models[i].Seen = time.Now().Add(-2 * time.Hour)
				}
				return append(models[:2:2], providers.Model{Ref: providers.Ref{Provider: "openai", Model: "gone"}, Seen: models[0].Seen})
			},
			Keep: func(ls []providers.Listing) { kept = ls },
		}
		x := start(t, 160, 48, o)
		x.after(time.Second)
		if recalled != 0 {
			t.Error("the lists of earlier were read at the start")
		}
		want(t, x.press("ctrl+l"), "openai/gpt-5.1 .* 2h ago", "openai/gone .* 2h ago", `no answer yet: openai .listed 2h ago.`)
		screen := x.after(5 * time.Second)
		want(t, screen, "openai/gpt-5.1", "openai/o1-pro")
		lacks(t, screen, "2h ago", "openai/gone", "no answer")
		x.press("esc", "ctrl+l", "esc")
		x.quit()
		if recalled != 1 {
			t.Errorf("the lists of earlier were read %d times", recalled)
		}
		said := 0
		for _, l := range kept {
			said += len(l.Said)
		}
		if len(kept) != len(shops) || said != 11 {
			t.Errorf("%d listings with %d models were kept", len(kept), said)
		}
	})
}

func TestALookThatDidNotEndKeepsWhatItFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shops := market(t)
		shops[2].takes = time.Hour
		var kept []providers.Listing
		o := opens(shopping(shops...))
		o.Catalogue.Keep = func(ls []providers.Listing) { kept = ls }
		x := start(t, 80, 24, o)
		x.quit()
		if len(kept) != len(shops)-1 {
			t.Errorf("%d listings were kept", len(kept))
		}
		time.Sleep(time.Minute)
	})
}

// warehouse lists n models with names of 200 characters, hostile ones included.
func warehouse(n int, strange bool) *shop {
	s := &shop{name: "ollama"}
	for i := range n {
		name := fmt.Sprintf("%d-%s", i, strings.Repeat("long/model-name", 20))[:200]
		if strange {
			name = string([]rune(fmt.Sprintf("%d %s%s\nsecond line\r\n%s", i, evil, shapes, strings.Repeat("長い名前", 60)))[:200+i%100])
		}
		s.models = append(s.models, providers.Model{
			Ref: providers.Ref{Provider: "ollama", Model: name}, Context: 1000 * i, Size: int64(i) * 1e7, Local: true, Licence: name,
			Can: providers.Abilities{Images: providers.Support(i % 3), Tools: providers.Yes},
		})
	}
	return s
}

func TestAListOfManyStrangeNamesLeavesThePickerWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 36, shopping(warehouse(2000, true)))
		x.press("ctrl+l")
		for _, k := range []string{"down", "down", "pgdown", "tab", "tab", "tab", "1", "9", "\u202e", "長", "backspace", "backspace", "backspace", "pgdown", "up"} {
			x.press(k)
			x.framed(2000)
		}
		for _, size := range [][2]int{{80, 24}, {200, 60}, {61, 13}, {120, 36}} {
			x.resize(size[0], size[1])
			x.framed(2000)
		}
		x.press("esc")
		x.quit()
		x.inert()
	})
}

// framed fails unless the overlay is a whole box: every line of it begins and
// ends with its side, in the same cells.
func (x *terminal) framed(items int) {
	x.t.Helper()
	x.now()
	x.mu.Lock()
	defer x.mu.Unlock()
	cell := func(cx, y int) string {
		if c := x.em.CellAt(cx, y); c != nil {
			return c.Content
		}
		return ""
	}
	for y := range x.em.Height() {
		left, right := -1, -1
		for cx := range x.em.Width() {
			if cell(cx, y) == "╭" && cell(cx+2, y) == " " {
				left = cx
			}
			if cell(cx, y) == "╮" {
				right = cx
			}
		}
		if left < 0 || right < 0 {
			continue
		}
		for y++; cell(left, y) != "╰" && y < x.em.Height(); y++ {
			if cell(left, y) != "│" || cell(right, y) != "│" {
				x.t.Fatalf("line %d of the overlay has %q and %q at its sides:\n%s", y, cell(left, y), cell(right, y), x.em.String())
			}
		}
		if cell(right, y) != "╯" {
			x.t.Fatalf("the overlay has no corner:\n%s", x.em.String())
		}
		if !strings.Contains(x.em.String(), fmt.Sprint(items)) {
			x.t.Fatalf("the overlay does not say how many there are:\n%s", x.em.String())
		}
		return
	}
	x.t.Fatalf("there is no overlay on the screen:\n%s", x.em.String())
}

// BenchmarkPicker is what a key costs in a list of 2,000 models with names of
// 200 characters: the update and the frame.
func BenchmarkPicker(b *testing.B) {
	for _, strange := range []bool{false, true} {
		m := newModel(b.Context(), Options{})
		m.bench = shopping(warehouse(2000, strange))
		m.Update(tea.WindowSizeMsg{Width: 160, Height: 48})
		m.showSession(nil)
		for range m.bench.Registry.List(b.Context(), time.Minute) {
		}
		m.offer(offered(m.bench.Registry, m.look.ruler))
		run := func(name string, f func(i int)) {
			b.Run(fmt.Sprintf("%s/strange=%t", name, strange), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					f(i)
					m.View()
				}
			})
		}
		keys := func(codes ...tea.KeyPressMsg) func(int) {
			return func(i int) { m.Update(codes[i%len(codes)]) }
		}
		key := func(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }
		run("open", func(int) { m.pop(); m.pickModel() })
		run("scroll", keys(tea.KeyPressMsg{Code: tea.KeyDown}, tea.KeyPressMsg{Code: tea.KeyPgDown}))
		back := tea.KeyPressMsg{Code: tea.KeyBackspace}
		run("type", keys(key('m'), key('o'), key('d'), back, back, back))
		run("guess", keys(key('m'), key('m'), key('x'), back, back, back))
		run("sort", keys(tea.KeyPressMsg{Code: tea.KeyTab}))
	}
}
