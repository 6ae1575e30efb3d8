package cli

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

// branched is a session with the turns 1 ─ 2 ─ 3 and 1 ─ 4, a second take in
// turn 1, and everybody going on from the second column's answer to turn 4, forked
// there or not.
func branched(t *testing.T, forked bool) (sessions.Session, []sessions.Turn) {
	t.Helper()
	store, err := sessions.Open(filepath.Join(t.TempDir(), "juxta.db"))
	if err != nil {
		t.Fatal(err)
	}
	reg := providers.NewRegistry([]providers.Endpoint{{Name: "demo", API: "demo"}}, map[string]providers.Builder{"demo": demo.New}, nil)
	b := sessions.NewBench(reg, store)
	for _, say := range []string{"one", "two"} {
		b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: "script:say=" + say}})
	}
	run := func(r *sessions.Run, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []sessions.Question{{Text: "q1"}, {Text: "q2"}, {Text: "q3"}, {Text: "q4", Instead: 2}} {
		run(b.Put(t.Context(), q))
	}
	run(b.Again(t.Context(), 1, 1))
	if _, err := b.Choose(1, sessions.Pick{Column: 1, Take: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(4, &sessions.Pick{Column: 2, Take: 1}); err != nil {
		t.Fatal(err)
	}
	if forked {
		if err := b.Fork(4); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := store.Session(b.Session().ID)
	if err != nil {
		t.Fatal(err)
	}
	turns, err := store.Turns(s.ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, turns
}

func TestATranscriptTellsBranchesAndTakesApart(t *testing.T) {
	text := transcript(branched(t, false))
	for _, line := range []string{
		"it has branches; the newest goes through the turns 1, 4",
		"### 1 · demo/script:say=one · take 1 of 2, which stands",
		"### 1 · demo/script:say=one · take 2 of 2",
		"(all columns go on from the answer of column 2, take 1)",
	} {
		if !slices.Contains(strings.Split(text, "\n"), line) {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	for _, part := range []string{" · ⑂ 1 of 2 after turn 1\n", " · ⑂ 2 of 2 after turn 1\n"} {
		if strings.Count(text, part) != 1 {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	s, turns := branched(t, true)
	text = transcript(s, turns)
	if !strings.Contains(text, "forked at turn 4 of "+string(s.Origin.Session)) || strings.Contains(text, "branches") || strings.Contains(text, "⑂") {
		t.Errorf("a fork is shown as\n%s", text)
	}
}

func TestTheJSONOfASessionHasItsBranchesTakesAndAdoptions(t *testing.T) {
	data, err := json.Marshal(sessions.NewTranscript(branched(t, false)))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Tip   int
		Forks []struct{ Turn, Parent int }
		Turns []struct {
			ID, Parent int
			Takes      map[string]int
			Adopted    *struct{ Column, Take int }
		}
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Tip != 4 || len(got.Forks) != 1 || got.Forks[0].Turn != 4 || got.Forks[0].Parent != 1 || len(got.Turns) != 4 {
		t.Fatalf("%+v", got)
	}
	first, last := got.Turns[0], got.Turns[3]
	if first.Takes["1"] != 1 || first.Adopted != nil || last.Parent != 1 || last.Adopted == nil || last.Adopted.Column != 2 || last.Adopted.Take != 1 {
		t.Errorf("%+v", got.Turns)
	}
}
