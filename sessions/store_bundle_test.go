package sessions

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// fullBundle is a session with a file, two takes, a vote and the times of chunks.
func fullBundle() Bundle {
	now := time.Now().UTC()
	data := []byte("a picture")
	model := providers.Ref{Provider: "demo", Model: "m"}
	answer := func(column, take int) Answer {
		return Answer{
			Column: column, Take: take, Model: model, Text: "it is \xff red", Finish: providers.Finished,
			Timing: providers.Timing{Sent: now, FirstToken: 5, Last: 9, Attempts: 1, Chunks: []providers.Chunk{{At: 5, Bytes: 4}, {At: 9, Bytes: 4}}},
		}
	}
	return Bundle{
		Session: Session{
			ID: NewID(now), Title: "what is it?", Kind: Chat, Created: now, Updated: now, Turns: 2, Places: []int{2, 1}, Seed: 7,
			Columns: []Column{{ID: 1, Model: model}, {ID: 2, Model: model}}, Forks: []Fork{{2, 0}}, Tip: 2,
		},
		Turns: []Turn{
			{
				ID: 1, Text: "what is it?", Asked: now, Columns: []int{1, 2}, Files: []Attachment{{Name: "a.png", MIME: "image/png", SHA256: sumOf(data), Bytes: len(data)}},
				Takes: map[int]int{1: 1}, Adopted: &Pick{2, 1},
				Answers: []Answer{answer(1, 1), answer(1, 2), answer(2, 1)},
				Votes:   []Vote{{ID: 1, At: now, Seats: []int{2, 1}, Takes: []Pick{{2, 1}, {1, 2}}, Best: []int{2}}},
			},
			{ID: 2, Text: "and now?", Asked: now, Columns: []int{1}, Answers: []Answer{answer(1, 1)}},
		},
		Files: map[string][]byte{sumOf(data): data},
	}
}

func imported(t testing.TB, s *Store, bundles ...Bundle) []Arrival {
	t.Helper()
	all, err := s.Import(context.Background(), bundles...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func bundled(t testing.TB, s *Store, id ID) Bundle {
	t.Helper()
	b, err := s.Bundle(id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func countOf(t testing.TB, s *Store) int {
	t.Helper()
	all, err := s.Sessions(0)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestABundleComesBackAsItWentIn(t *testing.T) {
	s, b := opened(t), fullBundle()
	want(t, "fate", imported(t, s, b)[0].Fate, Added)
	if got := bundled(t, s, b.Session.ID); !reflect.DeepEqual(got, b) {
		t.Errorf("got  %+v\nwant %+v", got, b)
	}
}

func TestTheSameImportTwiceAddsNothing(t *testing.T) {
	s, b := opened(t), fullBundle()
	imported(t, s, b)
	want(t, "again", imported(t, s, b)[0].Fate, Known)

	if err := s.Rename(b.Session.ID, "given by hand"); err != nil {
		t.Fatal(err)
	}
	want(t, "after it was worked on", imported(t, s, b)[0].Fate, Known)
	want(t, "sessions", countOf(t, s), 1)
	ses, _ := s.Session(b.Session.ID)
	want(t, "what was done to it stays", ses.Title, "given by hand")
}

func TestWhatWaitsToBeDeletedComesBackByAnImport(t *testing.T) {
	s, b := opened(t), fullBundle()
	imported(t, s, b)
	want(t, "binned", s.Bin([]ID{b.Session.ID}), nil)
	want(t, "listed", countOf(t, s), 0)
	want(t, "fate", imported(t, s, b)[0].Fate, Back)
	want(t, "listed again", countOf(t, s), 1)
}

func TestAnotherSessionOfTheSameIDIsAddedApart(t *testing.T) {
	s, b := opened(t), fullBundle()
	imported(t, s, b)
	other := fullBundle()
	other.Session.ID, other.Turns[0].Text = b.Session.ID, "another question"
	a := imported(t, s, other)[0]
	want(t, "fate", a.Fate, Apart)
	want(t, "what it was", a.Was, b.Session.ID)
	want(t, "a new ID", a.ID != b.Session.ID, true)
	want(t, "the old one", bundled(t, s, b.Session.ID).Turns[0].Text, "what is it?")
	got := bundled(t, s, a.ID)
	want(t, "the new one", got.Turns[0].Text, "another question")
	want(t, "where it is from", *got.Session.Imported, Source{Format: "juxta", Key: string(b.Session.ID)})
	again := imported(t, s, other)[0]
	want(t, "again", again.Fate, Known)
	want(t, "and which that is", again.ID, a.ID)
	want(t, "sessions", countOf(t, s), 2)
}

func TestASessionOfAnotherProgramIsKnownByItsSource(t *testing.T) {
	s, b := opened(t), fullBundle()
	b.Session.ID, b.Session.Imported = "", &Source{Format: "chatgpt", Key: "abc"}
	first := imported(t, s, b)[0]
	want(t, "fate", first.Fate, Added)
	again := imported(t, s, b)[0]
	want(t, "again", again.Fate, Known)
	want(t, "which", again.ID, first.ID)
	b.Turns[1].Text = "a later export says something else"
	changed := imported(t, s, b)[0]
	want(t, "changed there", changed.Fate, Apart)
	want(t, "beside which", changed.Was, first.ID)
	b.Session.Imported = &Source{Format: "claude", Key: "abc"}
	want(t, "of another program", imported(t, s, b)[0].Fate, Added)
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	s := opened(t)
	good, bad := fullBundle(), fullBundle()
	bad.Turns[1].Parent = 2
	if _, err := s.Import(t.Context(), good, bad); err == nil {
		t.Fatal("no error")
	}
	want(t, "sessions", countOf(t, s), 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Import(ctx, good); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	want(t, "sessions", countOf(t, s), 0)
}

func TestAnAnswerThatWasCutShortElsewhereIsNotWaitedForHere(t *testing.T) {
	s, b := opened(t), fullBundle()
	b.Turns[1].Answers[0].Finish = ""
	imported(t, s, b)
	ses, err := s.Session(b.Session.ID)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "answers that come", len(ses.Underway), 0)
	work := bench(t, s, nil)
	want(t, "opened", work.Resume(b.Session.ID), nil)
	want(t, "what was not priced", work.Session().Unpriced, b.Session.Unpriced)
}

func TestAFileThatIsLostIsTold(t *testing.T) {
	s, b := opened(t), fullBundle()
	sum := b.Turns[0].Files[0].SHA256
	b.Files = nil
	a := imported(t, s, b)[0]
	if len(a.Lacks) != 1 || a.Lacks[0] != sum {
		t.Errorf("lacks %q", a.Lacks)
	}
	want(t, "and stays lost", len(bundled(t, s, b.Session.ID).Files), 0)
}

func TestWhatDoesNotFitTogetherIsNotImported(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		spoil func(*Bundle)
		says  string
	}{
		"no ID":                  {func(b *Bundle) { b.Session.ID = "" }, "neither an ID nor a source"},
		"a path for an ID":       {func(b *Bundle) { b.Session.ID = "../../../../etc/passwd" }, "not the ID"},
		"a source without a key": {func(b *Bundle) { b.Session.Imported = &Source{Format: "x"} }, "no key"},
		"no kind":                {func(b *Bundle) { b.Session.Kind = "spy" }, "no kind of session"},
		"a long title":           {func(b *Bundle) { b.Session.Title = strings.Repeat("x", 5000) }, "title"},
		"a tag of two words":     {func(b *Bundle) { b.Session.Tags = []string{"a b"} }, "tag"},
		"a tag twice":            {func(b *Bundle) { b.Session.Tags = []string{"a", "a"} }, "tags"},
		"more turns":             {func(b *Bundle) { b.Session.Turns = 3 }, "3 turns and brings 2"},
		"too many turns":         {func(b *Bundle) { b.Session.Turns = 1 << 40 }, "more than"},
		"a tip outside":          {func(b *Bundle) { b.Session.Tip = 3 }, "turn 3 of 2"},
		"a column twice":         {func(b *Bundle) { b.Session.Columns[1].ID = 1 }, "column 2: it calls itself 1"},
		"it follows itself":      {func(b *Bundle) { b.Session.Columns[1].Follows = 2 }, "column 2: it follows column 2"},
		"told by nobody":         {func(b *Bundle) { b.Turns[1].Answers[0].Follows = 9 }, "column 9, which is not there"},
		"no model":               {func(b *Bundle) { b.Session.Columns[1].Model.Model = "" }, "column 2: it names no model"},
		"a place for nobody":     {func(b *Bundle) { b.Session.Places = []int{9} }, "no column 9"},
		"a baseline of nobody":   {func(b *Bundle) { b.Session.Baseline = 9 }, "baseline"},
		"money below nothing":    {func(b *Bundle) { b.Session.Spent = -1 }, "below nothing"},
		"a year without a form":  {func(b *Bundle) { b.Session.Updated = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC) }, "year 12345"},
		"turns out of order":     {func(b *Bundle) { b.Turns[0].ID = 2 }, "turn 2 stands where turn 1"},
		"its own parent":         {func(b *Bundle) { b.Turns[1].Parent = 2 }, "turn 2: it can't follow turn 2"},
		"forks that differ":      {func(b *Bundle) { b.Session.Forks = nil }, "branches"},
		"a fork too many":        {func(b *Bundle) { b.Session.Forks = append(b.Session.Forks, Fork{1, 0}) }, "branches"},
		"hidden turns":           {func(b *Bundle) { b.Session.Hidden = []int{1} }, "hidden"},
		"nobody asked":           {func(b *Bundle) { b.Turns[1].Columns = []int{3} }, "no column 3"},
		"an answer unasked":      {func(b *Bundle) { b.Turns[1].Answers[0].Column = 2 }, "column 2 answers and was not asked"},
		"take 0":                 {func(b *Bundle) { b.Turns[1].Answers[0].Take = 0 }, "take 0"},
		"a take twice":           {func(b *Bundle) { b.Turns[0].Answers[1].Take = 1 }, "stands behind"},
		"a take that stands":     {func(b *Bundle) { b.Turns[0].Takes[1] = 4 }, "take 4 of column 1 stands"},
		"an adopted take":        {func(b *Bundle) { b.Turns[0].Adopted.Take = 4 }, "adopted"},
		"another end":            {func(b *Bundle) { b.Turns[0].Answers[2].Finish = "won" }, "turn 1: take 1 of column 2: \"won\""},
		"tokens below nothing":   {func(b *Bundle) { b.Turns[0].Answers[0].Usage.Output = -4 }, "tokens"},
		"too many tokens":        {func(b *Bundle) { b.Turns[0].Answers[0].Usage.Input = 1 << 50 }, "tokens"},
		"a rate below nothing":   {func(b *Bundle) { b.Turns[0].Answers[0].Price = &providers.Price{Rates: providers.Rates{Output: -2}} }, "price"},
		"billed below nothing":   {func(b *Bundle) { m := providers.Money(-1); b.Turns[0].Answers[0].Billed = &m }, "billed"},
		"no number":              {func(b *Bundle) { b.Turns[0].Answers[0].Params.Temperature = &nan }, "no number"},
		"a broken schema":        {func(b *Bundle) { b.Turns[0].Answers[0].Schema = []byte("{") }, "schema"},
		"time backwards":         {func(b *Bundle) { b.Turns[0].Answers[0].Timing.Last = -1 }, "before it was asked"},
		"a chunk backwards":      {func(b *Bundle) { b.Turns[0].Answers[0].Timing.Chunks[0].Bytes = -1 }, "shorter than nothing"},
		"a file's hash":          {func(b *Bundle) { b.Turns[0].Files[0].SHA256 = "../x" }, "not the hash"},
		"a file's size":          {func(b *Bundle) { b.Turns[0].Files[0].Bytes++ }, "is said to have"},
		"a file below nothing":   {func(b *Bundle) { b.Turns[0].Files[0].SentWidth = -1 }, "less than nothing"},
		"a file beyond numbers":  {func(b *Bundle) { b.Turns[0].Files[0].SentHeight = 1 << 61 }, "more than any picture"},
		"another file":           {func(b *Bundle) { b.Files[b.Turns[0].Files[0].SHA256] = []byte("b picture") }, "not what its hash says"},
		"a vote's number":        {func(b *Bundle) { b.Turns[0].Votes[0].ID = 2 }, "vote 1: it calls itself 2"},
		"a vote on no take":      {func(b *Bundle) { b.Turns[0].Votes[0].Takes[1].Take = 3 }, "vote 1: it judges take 3 of column 1"},
		"a vote at two seats":    {func(b *Bundle) { b.Turns[0].Votes[0].Seats = []int{2} }, "2 answers at 1 seats"},
		"a best unseen":          {func(b *Bundle) { b.Turns[0].Votes[0].Best = []int{5} }, "column 5 is among the best"},
	} {
		t.Run(name, func(t *testing.T) {
			s, b := opened(t), fullBundle()
			c.spoil(&b)
			_, err := s.Import(t.Context(), b)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want one with %q", err, c.says)
			}
			want(t, "sessions", countOf(t, s), 0)
		})
	}
}

func TestWhateverASessionWentThroughMovesToAnotherStoreWhole(t *testing.T) {
	t.Parallel()
	from, n := seeds(t, 5, 100)
	for seed := from; seed < from+n; seed++ {
		r := rand.New(rand.NewPCG(seed, 6))
		synctest.Test(t, func(t *testing.T) {
			s := opened(t)
			l := newLife(t, s, r.IntN)
			for range 50 {
				l.step()
			}
			if err := l.b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := s.Sessions(0)
			if err != nil {
				t.Fatal(err)
			}
			other := opened(t)
			for _, ses := range all {
				b := bundled(t, s, ses.ID)
				want(t, "fate", imported(t, other, b)[0].Fate, Added)
				if got := bundled(t, other, ses.ID); !reflect.DeepEqual(got, b) {
					t.Errorf("seed %d:\ngot  %+v\nwant %+v", seed, got, b)
				}
				want(t, "at home", imported(t, s, b)[0].Fate, Known)
			}
		})
	}
}
