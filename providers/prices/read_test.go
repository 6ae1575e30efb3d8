package prices

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

const (
	day     = "2026-11-23"
	address = "https://example.com/prices"
)

func read(t *testing.T, text string) Table {
	t.Helper()
	table, _, err := Read([]byte(text), day, address)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// one is a row of a table, by its exact name.
func one(t *testing.T, table Table, service, name string) row {
	t.Helper()
	r, ok := table.sections[service].find(name, day)
	if !ok {
		t.Fatalf("%s/%s is not in\n%s", service, name, table)
	}
	return r
}

func size(table Table) (n int) {
	for range table.all() {
		n++
	}
	return n
}

func TestLiteLLMsMapIsRead(t *testing.T) {
	table := read(t, `{
	"sample_spec": {"litellm_provider": "one of https://…", "mode": "chat", "input_cost_per_token": 0},
	"claude-haiku-5-5": {"litellm_provider": "anthropic", "mode": "chat", "max_input_tokens": 1000000, "max_output_tokens": 128000,
		"input_cost_per_token": 1e-07, "output_cost_per_token": 5e-07, "cache_read_input_token_cost": 1e-08,
		"cache_creation_input_token_cost": 1.25e-07, "cache_creation_input_token_cost_above_1hr": 2e-07,
		"input_cost_per_token_above_100k_tokens": 5e-07, "output_cost_per_token_above_100k_tokens": 2.5e-06,
		"cache_read_input_token_cost_above_100k_tokens": 5e-08, "cache_creation_input_token_cost_above_100k_tokens": 6.25e-07,
		"cache_creation_input_token_cost_above_1hr_above_100k_tokens": 1e-06,
		"input_cost_per_token_batches": 5e-08, "output_cost_per_token_batches": 2.5e-07,
		"supports_vision": true, "supports_reasoning": true, "supports_function_calling": true},
	"gpt-5.5": {"litellm_provider": "openai", "mode": "responses", "input_cost_per_token": 5e-06, "output_cost_per_token": 3e-05,
		"cache_read_input_token_cost": 5e-07, "input_cost_per_token_priority": 1.25e-05, "output_cost_per_token_priority": 7.5e-05,
		"cache_read_input_token_cost_priority": 1.25e-06, "input_cost_per_token_flex": 2.5e-06, "output_cost_per_token_flex": 1.6e-05,
		"max_input_tokens": "922000", "input_cost_per_token_above_272k_tokens": null},
	"gemini/gemini-2.5-flash": {"litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": 3e-07, "output_cost_per_token": 2.5e-06, "input_cost_per_audio_token": 1e-06, "supports_audio_input": true},
	"xai/grok-4.6": {"litellm_provider": "xai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 6e-06, "input_cost_per_token_above_200k_tokens": 4e-06, "output_cost_per_token_above_200k_tokens": 1.2e-05},
	"gemini-2.5-flash": {"litellm_provider": "vertex_ai-language-models", "mode": "chat", "input_cost_per_token": 3e-07, "output_cost_per_token": 2.5e-06},
	"float": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3.9999999999999997e-07, "output_cost_per_token": 1.5999999999999999e-06},
	"dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1, "output_cost_per_token": 1},
	"no-output": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06},
	"bedrock/x": {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06}
}`)
	if n := size(table); n != 6 {
		t.Errorf("%d rows:\n%s", n, table)
	}
	half := map[string]providers.Ratio{"batch": {Num: 1, Den: 2}}
	haiku := one(t, table, "anthropic", "claude-haiku-5-5")
	want := providers.Rates{Input: 100_000, CacheRead: 10_000, CacheWrite: 125_000, CacheWriteHour: 200_000, Output: 500_000}
	step := providers.Step{Above: 100_000, Rates: providers.Rates{Input: 500_000, CacheRead: 50_000, CacheWrite: 625_000, CacheWriteHour: 1_000_000, Output: 2_500_000}}
	if p := haiku.price; p.Rates != want || !slices.Equal(p.Steps, []providers.Step{step}) || fmt.Sprint(p.Tiers) != fmt.Sprint(half) || p.AsOf != day || p.From != address {
		t.Errorf("haiku: %+v", p)
	}
	if haiku.context != 1_000_000 || haiku.answer != 128_000 || haiku.can != (providers.Abilities{Images: providers.Yes, Thoughts: providers.Yes, Tools: providers.Yes}) {
		t.Errorf("haiku: %+v", haiku)
	}
	// The flex tier is not the same part of input and output: it has no ratio.
	gpt := one(t, table, "openai", "gpt-5.5")
	if fmt.Sprint(gpt.price.Tiers) != "map[priority:{5 2}]" || gpt.price.Steps != nil || gpt.context != 922_000 {
		t.Errorf("gpt-5.5: %+v", gpt)
	}
	if p := one(t, table, "gemini", "gemini-2.5-flash").price; p.Audio != 1_000_000 ||
		p.CacheRead != providers.UnknownRate || p.CacheWrite != providers.UnknownRate || p.CacheWriteHour != providers.UnknownRate {
		t.Errorf("sound, and nothing of a cache: %+v", p)
	}
	if p := one(t, table, "xai", "grok-4.6").price; p.Steps[0].Above != 199_999 || p.Steps[0].CacheRead != providers.UnknownRate {
		t.Errorf("xAI's step begins at its threshold: %+v", p.Steps)
	}
	if p := one(t, table, "openai", "float").price; p.Input != 400_000 || p.Output != 1_600_000 {
		t.Errorf("a float's error: %+v", p)
	}
	one(t, table, "vertex", "gemini-2.5-flash")
}

func TestABrokenListIsAnError(t *testing.T) {
	catwalk := func(price string) string {
		return `[{"id":"openai","models":[{"id":"m","cost_per_1m_in":` + price + `,"cost_per_1m_out":2}]}]`
	}
	litellm := func(price string) string {
		return `{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":` + price + `,"output_cost_per_token":1e-6}}`
	}
	for text, want := range map[string]string{
		"":                      "empty",
		"<!DOCTYPE html>":       "neither",
		"not found":             "neither",
		"{":                     "LiteLLM",
		"[1, 2]":                "catwalk",
		`{"error":"not found"}`: "LiteLLM",
		catwalk("-1"):           "openai/m: not a price",
		catwalk(`"a"`):          "catwalk",
		catwalk("1e999"):        "",
		catwalk("99999"):        "too dear",
		litellm("-1e-6"):        "m: input_cost_per_token: not a price",
		litellm(`"free"`):       "m: input_cost_per_token: not a price",
		litellm("{}"):           "not a price",
		litellm("1.25"):         "too dear",
		"[openai]\n\nm in=1":    "an input and an output",
		"[acme]\nsource a 2026-01-02 https://x.y\n\nm in=1 out=2 from=a":           "no service",
		"[openai]\nsource a 2026-01-02 https://x.y\n\nm in=1 out=20000 from=a":     "too dear",
		"[openai]\nsource a 2026-01-02 https://x.y\n\nm\x1b[31m in=1 out=2 from=a": "not a model's name",
		litellm("1e-6") + "{}":                 "more follows",
		litellm("1e-6}, \n\"n\": [}"):          "from line 2 on it is not JSON",
		"\n\n" + `{"error":"not found"}`:       "line 3: a string is out of place",
		`[{"id":"openai","models":[{"id":"m",`: "catwalk's list: it ends in the middle",
	} {
		_, _, err := Read([]byte(text), day, address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	// What is finer than a picodollar is not broken: it can't be told exactly.
	table, left, err := Read([]byte(litellm("1.23456789e-13")), day, address)
	if err != nil || size(table) != 0 || !slices.Equal(left, []string{"openai/m"}) {
		t.Errorf("finer: %d rows, left out %q, %v", size(table), left, err)
	}
}

func TestAListThatLeavesAPriceOutDoesNotSayThatItIsFree(t *testing.T) {
	litellm := func(rest string) string {
		return `{"m":{"litellm_provider":"openai","mode":"chat",` + rest + `},"n":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":1e-6}}`
	}
	for _, text := range []string{
		litellm(`"input_cost_per_token":null,"output_cost_per_token":1e-6`),
		litellm(`"input_cost_per_token":1e-6,"output_cost_per_token":null`),
		`[{"id":"openai","models":[{"id":"m","cost_per_1m_out":2},{"id":"n","cost_per_1m_in":1,"cost_per_1m_out":2}]}]`,
		`[{"id":"openai","models":[{"id":"m","cost_per_1m_in":1,"cost_per_1m_out":null},{"id":"n","cost_per_1m_in":1,"cost_per_1m_out":2}]}]`,
	} {
		table := read(t, text)
		one(t, table, "openai", "n")
		if r, ok := table.sections["openai"].find("m", day); ok {
			t.Errorf("%s: %+v", text, r.price)
		}
	}
}

// What a list can't say of a model as a whole is not said in part.
func TestHalfAPriceIsNone(t *testing.T) {
	for rest, want := range map[string]string{
		`"output_cost_per_token_above_200k_tokens":2e-6`:                                            "a step has an input and an output",
		`"input_cost_per_token_above_200k_tokens":0,"output_cost_per_token_above_200k_tokens":2e-6`: "a step has an input and an output",
		`"output_cost_per_reasoning_token":3e-6`:                                                    "its thoughts cost something else than its answer",
	} {
		_, _, err := Read([]byte(`{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":1e-6,`+rest+`}}`), day, address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rest, err, want)
		}
	}
	// A list's two ways of writing one threshold are one step.
	p := one(t, read(t, `{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":1e-6,"output_cost_per_reasoning_token":1e-6,
		"input_cost_per_token_above_128k_tokens":2e-6,"output_cost_per_token_above_128k_tokens":2e-6,"input_cost_per_token_above_0128k_tokens":2e-6}}`), "openai", "m").price
	if len(p.Steps) != 1 || p.Steps[0].Above != 128_000 {
		t.Errorf("%+v", p.Steps)
	}
}

// rowsOf is a list of n models of OpenAI's, and whatever else is given.
func rowsOf(n int, more ...string) string {
	text := "[openai]\nsource a 2099-01-01 https://example.com/new\n\n"
	for i := range n {
		text += fmt.Sprintf("model-%02d in=1 out=2 from=a\n", i)
	}
	return text + strings.Join(more, "\n") + "\n"
}

func TestWhatChangedIsTold(t *testing.T) {
	old := New(nil, func() string { return rowsOf(20, "was in=1 out=2 from=a", "wise in=1 read=0.5 out=2 from=a") })
	kept, changes, err := old.Accept(read(t, rowsOf(19,
		"gpt-4.1 in=3 out=8 from=a", "gpt-4o in=1 out=10 read=1 from=a", "gpt-4 in=40 out=50 from=a", "gpt-5 in=1.25 out=10 from=a",
		"gpt-5.2-pro in=21 read=2.1 out=168 from=a", "wise in=1 out=2 from=a",
		"brand-new in=1 out=2 from=a", "nothing in=0 out=0 from=a",
		"gpt-5-mini in=0.25 out=2 read=0.025 from=a | above=100 in=1 out=3",
	)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, string(c.Kind)+" "+c.Service+"/"+c.Model)
		if c.Kind == Fresh && (c.Old != nil || c.New == nil) || c.Kind == Gone && (c.Old == nil || c.New != nil) {
			t.Errorf("%+v", c)
		}
	}
	want := []string{
		"dearer openai/gpt-4.1", "cheaper openai/gpt-4o", "changed openai/gpt-4", "changed openai/gpt-5-mini", "changed openai/gpt-5.2-pro", "changed openai/wise",
		"new openai/brand-new", "gone openai/model-19", "gone openai/was",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, ok := kept.sections["openai"].find("nothing", day); ok {
		t.Error("0 was kept, which stands for unknown")
	}
	// The same list again changes nothing.
	if _, changes, err := New(nil, kept.String).Accept(kept); err != nil || len(changes) > 0 {
		t.Errorf("again: %v, %v", changes, err)
	}
}

func TestAPriceOfWhichHalfFellToNothingStays(t *testing.T) {
	old := New(nil, none)
	kept, changes, err := old.Accept(read(t, rowsOf(50, "gpt-4.1 in=0 out=8 from=a", "gpt-4o in=2.5 out=0 from=a", "nobodys in=0 out=1 from=a")))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Kind{}
	for _, c := range changes {
		if c.Kind != Fresh {
			got[c.Model] = c.Kind
		}
	}
	if want := map[string]Kind{"gpt-4.1": Kept, "gpt-4o": Kept, "nobodys": LeftOut}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if r, ok := New(nil, kept.String).lookup("openai", "gpt-4.1"); !ok || r.price.Input != 2_000_000 {
		t.Errorf("gpt-4.1 costs %+v", r.price)
	}
}

func TestAPriceThatEndsOnAKnownDayIsToldToo(t *testing.T) {
	told := func(changes []Change) (lines []string) {
		for _, c := range changes {
			p := c.New
			if p == nil {
				p = c.Old
			}
			lines = append(lines, fmt.Sprintf("%s %s %s", c.Kind, c.Model, p.Input.PerMillion()))
		}
		return lines
	}
	was := rowsOf(20, "ending in=1 out=2 until=2098-12-31 from=a", "ending in=3 out=4 until=2099-12-31 from=a", "over in=1 out=2 until=2001-01-01 from=a", "called -> ending from=a")
	for _, x := range []struct {
		old, newer string
		want       []string
	}{
		{rowsOf(20), was, []string{"new ending 1.00", "new called 1.00"}},
		{was, rowsOf(20), []string{"gone called 1.00", "gone ending 1.00"}},
		{was, was, nil},
	} {
		_, changes, err := New(nil, func() string { return read(t, x.old).String() }).Accept(read(t, x.newer))
		got := told(changes)
		slices.Sort(got)
		slices.Sort(x.want)
		if err != nil || !slices.Equal(got, x.want) {
			t.Errorf("%q, %v, want %q", got, err, x.want)
		}
	}
}

func TestAListThatLostItsPricesIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		rowsOf(19): "too few",
		rowsOf(20, "gpt-4.1 in=0 out=0 from=a", "gpt-4o in=0 out=0 from=a", "gpt-5 in=0 out=0 from=a"): "3 of its 23 prices are none: openai/gpt-4.1: the price fell to 0",
		rowsOf(22, "gpt-4.1 in=0 out=0 from=a", "gpt-4o in=-1 out=1 from=a", "x in=1 out=-1 from=a"):   "3 of its 25 prices are none: ",
	} {
		if _, _, err := New(nil, none).Accept(read(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestAPriceThatIsNoneLeavesTheOthersTheirNews(t *testing.T) {
	wrongs := "gpt-4.1 in=0 out=0 from=a\nold in=-1 out=2 from=a\ngpt-4o in=1 out=99999 from=a\nnobodys in=-1 out=1 from=a"
	litellm, catwalk := []string{}, []string{}
	for i := range 50 {
		litellm = append(litellm, fmt.Sprintf(`"model-%02d":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":2e-6}`, i))
		catwalk = append(catwalk, fmt.Sprintf(`{"id":"model-%02d","cost_per_1m_in":1,"cost_per_1m_out":2}`, i))
	}
	for name, in := range map[string][2]string{"gpt-4.1": {"0", "0"}, "old": {"-1", "2"}, "gpt-4o": {"1", "99999"}, "nobodys": {"-1", "1"}} {
		litellm = append(litellm, fmt.Sprintf(`%q:{"litellm_provider":"openai","mode":"chat","input_cost_per_token":%s,"output_cost_per_token":%s}`, name, in[0], in[1]))
		catwalk = append(catwalk, fmt.Sprintf(`{"id":%q,"cost_per_1m_in":%s,"cost_per_1m_out":%s}`, name, in[0], in[1]))
	}
	for _, text := range []string{
		rowsOf(50, wrongs), "{" + strings.Join(litellm, ",") + "}", `[{"id":"openai","models":[` + strings.Join(catwalk, ",") + "]}]",
	} {
		old := New(nil, func() string { return rowsOf(49, "old in=7 out=8 from=a") })
		kept, changes, err := old.Accept(read(t, text))
		if err != nil {
			t.Errorf("%.20s…: %v", text, err)
			continue
		}
		got := map[string]Kind{}
		for _, c := range changes {
			got[c.Model] = c.Kind
			if (c.Why != "") != (c.Kind == Kept || c.Kind == LeftOut) || c.Kind == Kept && c.Old == nil {
				t.Errorf("%.20s…: %+v", text, c)
			}
		}
		if want := map[string]Kind{"model-49": Fresh, "gpt-4.1": Kept, "old": Kept, "gpt-4o": Kept, "nobodys": LeftOut}; !maps.Equal(got, want) {
			t.Errorf("%.20s…: %v, want %v", text, got, want)
		}
		now := New(nil, kept.String)
		for model, input := range map[string]providers.Money{"old": 7_000_000, "gpt-4.1": 2_000_000, "model-49": 1_000_000} {
			if r, ok := now.lookup("openai", model); !ok || r.price.Input != input {
				t.Errorf("%.20s…: %s costs %+v", text, model, r.price)
			}
		}
		if _, ok := now.lookup("openai", "nobodys"); ok {
			t.Error("a price that is none was kept")
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(rowsOf(3)))
	f.Add([]byte(`[{"id":"openai","models":[{"id":"m","cost_per_1m_in":0.39999999999999997,"cost_per_1m_out":2}]}]`))
	f.Add([]byte(`{"xai/m":{"litellm_provider":"xai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":1e-6,"input_cost_per_token_above_200k_tokens":2e-6,"output_cost_per_token_above_200k_tokens":2e-6}}`))
	for _, name := range []string{"[m", "#m", "source", "->", "|"} {
		f.Add([]byte(`[{"id":"openai","models":[{"id":"` + name + `","cost_per_1m_in":1,"cost_per_1m_out":2},{"id":"{","cost_per_1m_in":1,"cost_per_1m_out":2}]}]`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		table, _, err := Read(b, day, address)
		if err != nil {
			return
		}
		for r, err := range table.all() {
			if err != nil {
				t.Fatalf("what was written can't be read: %v\n%s", err, table)
			}
			if r.price.Input < 0 || r.price.Output < 0 || r.price.From == "" {
				t.Fatalf("%+v", r)
			}
			if _, ok := table.sections[r.service].find(r.name, ""); !ok && r.target == "" {
				t.Fatalf("%q is not found in\n%s", r.name, table)
			}
		}
		if size(table) == 0 {
			return
		}
		if again, _, err := Read([]byte(table.String()), day, address); err != nil || again.String() != table.String() {
			t.Fatalf("%v: written\n%s\nread\n%s", err, table, again)
		}
	})
}
