package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"juxta/providers"
)

// A stand lists models, or fails.
type stand struct {
	name   string
	models []providers.Model
	err    error
	asked  int
}

func (s *stand) Name() string { return s.name }

func (s *stand) Models(context.Context) ([]providers.Model, error) {
	s.asked++
	return s.models, s.err
}

func (s *stand) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	panic("not asked in these tests")
}

// at is an app and a network of one stand at an address, in a cache folder of
// their own.
func (s *stand) at(dir, address string) (*app, *network, *bytes.Buffer) {
	out := &bytes.Buffer{}
	a := &app{out: out, err: &bytes.Buffer{}, build: Build{APIs: map[string]providers.Builder{
		s.name: func(providers.Endpoint) (providers.Provider, error) { return s, nil },
	}}, getenv: func(name string) string { return map[string]string{"XDG_CACHE_HOME": dir}[name] }}
	return a, &network{endpoints: []providers.Endpoint{{Name: s.name, API: s.name, BaseURL: address}}}, out
}

func lab() *stand {
	return &stand{name: "lab", models: []providers.Model{
		{
			Ref: providers.Ref{Provider: "lab", Model: "big"}, Context: 9000, Output: 5, Licence: "mit", Digest: "d", Size: 7, Local: true,
			Can:     providers.Abilities{Images: providers.Yes, Thoughts: providers.No},
			Price:   &providers.Price{Rates: providers.Rates{Input: 1_000_000}, Source: providers.Listed, Tiers: map[string]providers.Ratio{"batch": {Num: 1, Den: 2}}},
			Accepts: []providers.Knob{{Name: "temperature", Values: "0 to 2"}, {Name: "seed"}},
		},
		{Ref: providers.Ref{Provider: "lab", Model: "small"}},
	}}
}

func TestAListIsKeptForTheNextStart(t *testing.T) {
	dir := t.TempDir()
	s := lab()
	const address = "http://me:hush-hush@lab.example/v1?key=hush-hush#hush-hush"
	a, n, _ := s.at(dir, address)
	override := map[providers.Ref]providers.Price{{Provider: "lab", Model: "small"}: {Rates: providers.Rates{Input: 5}, Source: providers.Overridden}}
	before := time.Now()
	live := a.stock(t.Context(), config{prices: override}, n)
	if live[0].Err != nil || live[0].Models[1].Price == nil {
		t.Fatalf("%+v", live)
	}
	path := filepath.Join(dir, "juxta", "models.json")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if data, _ := os.ReadFile(path); bytes.Contains(data, []byte("hush")) {
		t.Errorf("a secret is in the cache: %s", data)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}

	s.err = &providers.Error{Kind: providers.Timeout, Err: errors.New("no answer")}
	a, n, _ = s.at(dir, address)
	old := a.catalogue(n).recall()
	if len(old) != 2 || old[1].Price != nil {
		t.Fatalf("what was not the provider's own word was kept: %+v", old)
	}
	if seen := old[0].Seen; seen.Before(before) || time.Since(seen) < 0 {
		t.Errorf("seen %s", seen)
	}
	want := s.models[0]
	want.Seen = old[0].Seen
	if !reflect.DeepEqual(old[0], want) {
		t.Errorf("got  %+v\nwant %+v", old[0], want)
	}
	again := a.stock(t.Context(), config{prices: override}, n)
	if again[0].Err == nil || len(again[0].Models) != 2 || again[0].Models[1].Price == nil {
		t.Errorf("a provider that does not answer has what it listed before, with what is known by now: %+v", again)
	}
	for _, elsewhere := range []string{"http://other.example/v1", "http://lab.example", ""} {
		_, n, _ = s.at(dir, elsewhere)
		if got := a.catalogue(n).recall(); len(got) > 0 {
			t.Errorf("%q has the models of another address", elsewhere)
		}
	}
}

func TestACacheThatCannotBeReadIsWrittenAnew(t *testing.T) {
	const seen = `"Seen":"2026-01-01T00:00:00Z"`
	now := `"Seen":"` + time.Now().Format(time.RFC3339Nano) + `"`
	page := func(provider, models string) string {
		return `{"version":1,"lists":[{"provider":"` + provider + `","address":"http://lab.example","models":[` + models + `]}]}`
	}
	for name, c := range map[string]struct {
		content string
		recalls int
	}{
		"nothing":                 {"", 0},
		"rubbish":                 {"\x00\xff{", 0},
		"half":                    {page("lab", `{"Ref":{"provider":"lab","model":"big"},`+now+`}`)[:90], 0},
		"another program":         {`{"version":2,"lists":[{"provider":"lab","address":"http://lab.example","models":[{"Ref":{"provider":"lab","model":"big"},` + now + `}]}]}`, 0},
		"another shape":           {`[1,2]`, 0},
		"old":                     {page("lab", `{"Ref":{"provider":"lab","model":"big"},`+seen+`}`), 0},
		"of tomorrow":             {page("lab", `{"Ref":{"provider":"lab","model":"big"},"Seen":"2999-01-01T00:00:00Z"}`), 0},
		"another provider's name": {page("lab", `{"Ref":{"provider":"demo","model":"big"},`+now+`}`), 0},
		"odd numbers":             {page("lab", `{"Ref":{"provider":"lab","model":"big"},"Context":-5,"Size":-1,"Can":{"Images":77},"Price":{"input":-4},`+now+`}`), 1},
	} {
		dir := t.TempDir()
		s := lab()
		a, n, _ := s.at(dir, "http://lab.example")
		path := a.catalogue(n).path
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		old := a.catalogue(n).recall()
		if len(old) != c.recalls {
			t.Errorf("%s: recalled %+v", name, old)
		}
		for _, m := range old {
			if m.Context != 0 || m.Size != 0 || m.Can.Images.String() != "unknown" || m.Price != nil {
				t.Errorf("%s: recalled %+v", name, m)
			}
		}
		a.stock(t.Context(), config{}, n)
		if got := a.catalogue(n).recall(); len(got) != 2 {
			t.Errorf("%s: the file was not written anew: %+v", name, got)
		}
	}
}

func TestListsOfOthersStayInTheCache(t *testing.T) {
	dir := t.TempDir()
	s, other := lab(), &stand{name: "other", models: []providers.Model{{Ref: providers.Ref{Provider: "other", Model: "x"}}}}
	for _, one := range []*stand{s, other} {
		a, n, _ := one.at(dir, "http://"+one.name+".example")
		a.stock(t.Context(), config{}, n)
	}
	a, n, _ := s.at(dir, "http://lab.example")
	s.models = s.models[1:] // the big one is gone
	a.stock(t.Context(), config{}, n)
	if got := a.catalogue(n).recall(); len(got) != 1 || got[0].Ref.Model != "small" {
		t.Errorf("%+v", got)
	}
	a, n, _ = other.at(dir, "http://other.example")
	if got := a.catalogue(n).recall(); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestStayingHereNeitherReadsNorWritesWhatIsElsewhere(t *testing.T) {
	dir := t.TempDir()
	s := &stand{name: "ollama", models: []providers.Model{
		{Ref: providers.Ref{Provider: "ollama", Model: "here"}, Local: true},
		{Ref: providers.Ref{Provider: "ollama", Model: "mine"}},
		{Ref: providers.Ref{Provider: "ollama", Model: "gpt-oss:120b-cloud"}, Local: true},
	}}
	a, n, _ := s.at(dir, "http://localhost:1")
	a.stock(t.Context(), config{}, n)
	_, n, _ = s.at(dir, "http://localhost:1")
	n.reason = "--local-only"
	if got := a.catalogue(n).recall(); len(got) != 1 || got[0].Ref.Model != "here" {
		t.Errorf("%+v", got)
	}
	s.models = nil
	a.catalogue(n).keep([]providers.Listing{{Entry: providers.Entry{Endpoint: n.endpoints[0]}}})
	n.reason = ""
	if got := a.catalogue(n).recall(); len(got) != 3 {
		t.Errorf("the list of one who stays here replaced the whole one: %+v", got)
	}
}

func TestWhoHasNoHomeHasNoCache(t *testing.T) {
	t.Chdir(t.TempDir())
	a, n, _ := lab().at("", "http://lab.example")
	if all := a.stock(t.Context(), config{}, n); len(all[0].Models) != 2 || a.catalogue(n).recall() != nil {
		t.Errorf("%+v", all)
	}
	if left, _ := filepath.Glob("*"); len(left) > 0 {
		t.Errorf("written: %q", left)
	}
}

func TestNoSaveKeepsNoLists(t *testing.T) {
	a, n, _ := lab().at(t.TempDir(), "http://lab.example")
	if c := a.catalogue(n).forScreen(true); c.Keep != nil || c.Recall == nil {
		t.Errorf("%+v", c)
	}
}

func TestAModelSaysWhatItAccepts(t *testing.T) {
	s := lab()
	a, n, out := s.at(t.TempDir(), "http://lab.example")
	all := a.stock(t.Context(), config{}, n)
	if err := a.card(all[0], all[0].Models[0]); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"accepts         temperature 0 to 2 · seed", "batch tier      × 1/2", "licence         mit", "listed          now"} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
	out.Reset()
	if err := a.printJSON(recordOf(all[0].Entry, all[0].Models[0])); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Accepts map[string]string
		Seen    time.Time
		Price   struct {
			Input string
			Tiers map[string]providers.Ratio
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Accepts["temperature"] != "0 to 2" || got.Price.Input != "1.00" || got.Price.Tiers["batch"].Den != 2 || time.Since(got.Seen) > time.Minute {
		t.Errorf("%s", out)
	}
	if v, ok := got.Accepts["seed"]; !ok || v != "" {
		t.Errorf("%s", out)
	}
	out.Reset()
	if err := a.printJSON(recordOf(all[0].Entry, providers.Model{})); err != nil || !strings.Contains(out.String(), `"accepts":null,"seen":null`) {
		t.Errorf("what is not known is not null: %s", out)
	}
}

func TestAnAbilityThatIsNotKnownIsNotDenied(t *testing.T) {
	const no = providers.No
	for want, can := range map[string]providers.Abilities{
		"?":      {Thoughts: no, Tools: no, Audio: no},
		"text":   {Images: no, Thoughts: no, Tools: no, Audio: no},
		"images": {Images: providers.Yes},
	} {
		if got := abilities(can); got != want {
			t.Errorf("%+v: %q, want %q", can, got, want)
		}
	}
}

func TestTheAgeOfAListIsMarked(t *testing.T) {
	s := lab()
	a, _, out := s.at(t.TempDir(), "http://lab.example")
	old := s.models[0]
	old.Seen = time.Now().Add(-3 * time.Hour)
	if err := a.tableOfModels([]providers.Listing{{Models: []providers.Model{old}, Err: errors.New("silent")}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "LISTED") || !strings.Contains(out.String(), "3h ago") {
		t.Error(out)
	}
}

// Names of tiers come from a file on disk, or from a service.
func TestNoTierOfACardActsOnTheTerminal(t *testing.T) {
	s := lab()
	a, _, out := s.at(t.TempDir(), "http://lab.example")
	m := s.models[0]
	m.Price = &providers.Price{Tiers: map[string]providers.Ratio{"\x1b[31mbatch\n": {Num: 1, Den: 2}}}
	if err := a.card(providers.Listing{}, m); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "\x1b") || !strings.Contains(out.String(), "batch tier") {
		t.Errorf("%q", out)
	}
}

// A server that has just refused has not listed anything now.
func TestAListInThePlaceOfOneThatDidNotComeIsNotOfNow(t *testing.T) {
	dir := t.TempDir()
	s := lab()
	a, n, out := s.at(dir, "http://lab.example")
	a.stock(t.Context(), config{}, n)
	s.err = &providers.Error{Kind: providers.Unreachable}
	all := a.stock(t.Context(), config{}, n)
	if err := a.tableOfModels(all); err != nil {
		t.Fatal(err)
	}
	if err := a.card(all[0], all[0].Models[0]); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "now\n") || strings.Count(out.String(), "0m ago\n") != 3 {
		t.Errorf("%s", out)
	}
}

func TestListingModelsFailsWhenEveryProviderDoes(t *testing.T) {
	dir := t.TempDir()
	s, beside := lab(), &stand{name: "beside"}
	a, _, _ := s.at(dir, "")
	a.config = filepath.Join(dir, "config.yaml")
	rows := "providers:\n  - {name: lab, api: openai-chat, base_url: http://lab.example/v1}\n  - {name: beside, api: anthropic, base_url: http://beside.example/v1}\n"
	if err := os.WriteFile(a.config, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	gone := &providers.Error{Kind: providers.Unreachable}
	builds := func(s *stand) providers.Builder {
		return func(e providers.Endpoint) (providers.Provider, error) {
			if e.Name == s.name {
				return s, nil
			}
			return &stand{name: e.Name, err: gone}, nil
		}
	}
	a.build.APIs = map[string]providers.Builder{"openai-chat": builds(s), "anthropic": builds(beside), "ollama": builds(&stand{}), "demo": builds(&stand{name: "demo"})}
	listing := func(want int) {
		t.Helper()
		if code := codeIfAny(t, a.listModels(t.Context())); code != want {
			t.Errorf("exit code %d, want %d", code, want)
		}
	}
	listing(0)
	s.err = gone
	listing(0) // one of two
	beside.err = gone
	listing(1)
	if err := os.WriteFile(a.config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listing(0) // nobody named what is not running
}

func codeIfAny(t *testing.T, err error) int {
	if err == nil {
		return 0
	}
	return codeOf(t.Context(), err)
}

func TestCompletionOffersWhatWasListedBeforeAndAsksNobodyOutThere(t *testing.T) {
	dir := t.TempDir()
	s := lab()
	a, _, _ := s.at(dir, "")
	a.config = filepath.Join(dir, "config.yaml")
	row := "providers:\n  - {name: lab, api: openai-chat, base_url: http://lab.example/v1, local: false}\n"
	if err := os.WriteFile(a.config, []byte(row), 0o600); err != nil {
		t.Fatal(err)
	}
	a.getenv = func(name string) string {
		return map[string]string{"XDG_CACHE_HOME": dir, "XDG_DATA_HOME": dir}[name]
	}
	a.build.APIs = map[string]providers.Builder{"openai-chat": func(e providers.Endpoint) (providers.Provider, error) {
		if e.Name != "lab" {
			return &stand{name: e.Name}, nil
		}
		return s, nil
	}}
	conf, n, err := a.setup()
	if err != nil {
		t.Fatal(err)
	}
	a.stock(t.Context(), conf, n)
	if s.asked != 1 {
		t.Fatalf("asked %d times", s.asked)
	}
	c := &cobra.Command{}
	c.SetContext(t.Context())
	names, _ := a.completeModels(c, nil, "")
	if s.asked != 1 || !slices.Contains(names, "lab/big") || !slices.Contains(names, "lab/small") {
		t.Errorf("asked %d times, offers %q", s.asked, names)
	}
}
