package sessions

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

func opened(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "juxta.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func saved(t testing.TB, s *Store, batches ...Batch) {
	t.Helper()
	if err := s.Save(batches...); err != nil {
		t.Fatal(err)
	}
}

// asked is a session with turns, two columns and one take each.
func asked(now time.Time, turns int) (Session, []Batch) {
	ses := Session{ID: NewID(now), Title: "pins", Kind: Chat, Created: now.UTC(), Updated: now.UTC(), Turns: turns}
	for c := 1; c <= 2; c++ {
		ses.Columns = append(ses.Columns, Column{ID: c, Model: providers.Ref{Provider: "demo", Model: fmt.Sprint("m", c)}})
		ses.Places = append(ses.Places, c)
	}
	batches := []Batch{{Session: &ses}}
	for n := 1; n <= turns; n++ {
		b := Batch{Session: &ses, Turn: &Turn{ID: n, Parent: n - 1, Text: fmt.Sprint("question ", n), Asked: ses.Created, Columns: []int{1, 2}}}
		for c := 1; c <= 2; c++ {
			a := Answer{Column: c, Take: 1, Model: ses.Columns[c-1].Model, Text: fmt.Sprintf("answer %d of %d", n, c), Finish: providers.Finished}
			b.Answers = append(b.Answers, Kept{ses.ID, n, a})
		}
		batches = append(batches, b)
	}
	return ses, batches
}

// fill gives every field a value of its own, so that one that is not kept is
// noticed.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1_700_000_000+int64(*n), 123456789).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte(`{"a":[1,2]}`)) // a schema is JSON in JSON, which has no spaces
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(fmt.Sprintf("s%d <&> \u2028 \x1b[31m é\n\x00", *n))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint32:
		v.SetUint(uint64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.1)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("fill: " + v.Kind().String())
	}
}

func TestStoreKeepsEveryField(t *testing.T) {
	s := opened(t)
	var n int
	var ses Session
	var turn Turn
	fill(reflect.ValueOf(&ses).Elem(), &n)
	fill(reflect.ValueOf(&turn).Elem(), &n)
	ses.ID = NewID(time.Now())
	for i := range turn.Answers {
		turn.Answers[i].Column, turn.Answers[i].Take = 1, i+1
	}
	for i := range turn.Votes {
		turn.Votes[i].ID = i + 1
	}
	b := Batch{Session: &ses, Turn: &turn}
	for _, a := range turn.Answers {
		b.Answers = append(b.Answers, Kept{ses.ID, turn.ID, a})
	}
	for _, v := range turn.Votes {
		b.Votes = append(b.Votes, KeptVote{ses.ID, turn.ID, v})
	}
	saved(t, s, b)

	ses.Underway = nil // which the store finds out by itself: all have ended
	got, err := s.Session(ses.ID)
	if err != nil || !reflect.DeepEqual(got, ses) {
		t.Errorf("session:\n got %+v, %v\nwant %+v", got, err, ses)
	}
	turns, err := s.Turns(ses.ID, 0, 0)
	if err != nil || len(turns) != 1 {
		t.Fatal(turns, err)
	}
	for i, a := range turn.Answers {
		chunks, err := s.Chunks(ses.ID, turn.ID, a.Column, a.Take)
		if err != nil {
			t.Fatal(err)
		}
		turns[0].Answers[i].Timing.Chunks = chunks
	}
	if !reflect.DeepEqual(turns[0], turn) {
		t.Errorf("turn:\n got %+v\nwant %+v", turns[0], turn)
	}
}

func TestStoreKeepsTextByteForByte(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 1)
	odd := "\xff\xfe half a rune \xe2\x82 and \x00 nothing"
	batches[1].Turn.Text = odd
	a := &batches[1].Answers[0].Answer
	a.Text, a.Thoughts, a.Refusal, a.Raw = odd+"1", odd+"2", odd+"3", json.RawMessage(`{"a" : not  JSON`)
	saved(t, s, batches...)
	turns, err := s.Turns(ses.ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(turns[0].Answers[0], *a) || turns[0].Text != odd {
		t.Errorf("got %+v", turns[0])
	}
}

func TestStoreKeepsTheTimesOfChunksUntilThereAreNewOnes(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 1)
	a := &batches[1].Answers[0].Answer
	want := []providers.Chunk{{At: 1, Bytes: 3}, {At: 480 * time.Millisecond, Bytes: 1 << 30, Thought: true}, {At: 479 * time.Millisecond}, {At: time.Hour, Bytes: -1}}
	a.Timing.Chunks = want
	saved(t, s, batches...)
	a.Timing.Chunks, a.Text = nil, "longer"
	saved(t, s, Batch{Answers: batches[1].Answers})
	if got, err := s.Chunks(ses.ID, 1, 1, 1); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	a.Timing.Chunks = want[:1]
	saved(t, s, Batch{Answers: batches[1].Answers})
	if got, err := s.Chunks(ses.ID, 1, 1, 1); err != nil || !slices.Equal(got, want[:1]) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := s.Chunks(ses.ID, 1, 2, 1); err != nil || got != nil {
		t.Errorf("an answer without times: %v, %v", got, err)
	}
	if _, err := s.Chunks(ses.ID, 1, 3, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such answer: %v", err)
	}
}

func TestSessionsAreListedByTheirLastUpdate(t *testing.T) {
	s := opened(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var batches []Batch
	var ids []ID
	for i := range 5 {
		ses, _ := asked(start.Add(time.Duration(i)*time.Hour), 0)
		batches, ids = append(batches, Batch{Session: &ses}), append(ids, ses.ID)
	}
	batches[3].Session.Updated = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)
	saved(t, s, batches...)
	batches[0].Session.Updated = start.Add(time.Minute * 90) // between 1 and 2
	saved(t, s, batches[0])

	list := func(limit int) []ID {
		t.Helper()
		all, err := s.Sessions(limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []ID
		for _, ses := range all {
			got = append(got, ses.ID)
		}
		return got
	}
	want := []ID{ids[4], ids[2], ids[0], ids[1], ids[3]}
	if got := list(0); !slices.Equal(got, want) {
		t.Errorf("all: %v, want %v", got, want)
	}
	if got := list(2); !slices.Equal(got, want[:2]) {
		t.Errorf("two: %v, want %v", got, want[:2])
	}
}

func TestTurnsComeInOrderAndOnlyOfTheirSession(t *testing.T) {
	s := opened(t)
	start := time.Now()
	_, before := asked(start, 3)
	ses, batches := asked(start.Add(time.Second), 300) // more than a byte counts
	_, after := asked(start.Add(2*time.Second), 3)
	saved(t, s, slices.Concat(before, batches, after)...)
	again := batches[298].Answers[1]
	again.Answer.Take, again.Answer.Text = 2, "again"
	saved(t, s, Batch{Answers: []Kept{again}})

	check := func(name string, from, to int, turns []Turn, err error) {
		t.Helper()
		if err != nil || len(turns) != to-from+1 {
			t.Errorf("%s: %d turns, %v", name, len(turns), err)
			return
		}
		for i, turn := range turns {
			var got []string
			for _, a := range turn.Answers {
				got = append(got, fmt.Sprint(a.Column, a.Take, a.Text))
			}
			n := from + i
			want := []string{fmt.Sprint(1, 1, "answer ", n, " of 1"), fmt.Sprint(2, 1, "answer ", n, " of 2")}
			if n == 298 {
				want = append(want, fmt.Sprint(2, 2, "again"))
			}
			if turn.ID != n || turn.Text != fmt.Sprint("question ", n) || !slices.Equal(got, want) {
				t.Errorf("%s: turn %d is %+v", name, n, turn)
			}
		}
	}
	turns, err := s.Turns(ses.ID, 0, 0)
	check("all", 1, 300, turns, err)
	turns, err = s.Turns(ses.ID, 290, 5)
	check("a page", 291, 295, turns, err)
	turns, err = s.Turns(ses.ID, 300, 0)
	check("after the last", 301, 300, turns, err)
	turns, err = s.Tail(ses.ID, 5)
	check("the last five", 296, 300, turns, err)
	turns, err = s.Tail(ses.ID, 1000)
	check("more than there are", 1, 300, turns, err)
	turns, err = s.Tail(ses.ID, 0)
	check("none", 1, 0, turns, err)
}

func TestDeleteTakesEverythingOfASessionAndNothingElse(t *testing.T) {
	s := opened(t)
	start := time.Now()
	gone, batches := asked(start, 400)
	for i := range batches[1:] {
		batches[i+1].Answers[0].Answer.Timing.Chunks = []providers.Chunk{{At: 1, Bytes: 1}}
	}
	kept, other := asked(start.Add(time.Second), 2)
	saved(t, s, append(batches, other...)...)
	if err := s.Delete(gone.ID); err != nil {
		t.Fatal(err)
	}
	err := s.view("counting", func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, _ []byte) error {
				if strings.Contains(string(k), string(gone.ID)) {
					t.Errorf("%s still has %q", name, k)
				}
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Turns(gone.ID, 0, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("reading it: %v", err)
	}
	if err := s.Delete(gone.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleting it again: %v", err)
	}
	if err := s.Save(Batch{Answers: batches[1].Answers}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an answer that comes late: %v", err)
	}
	if turns, err := s.Turns(kept.ID, 0, 0); err != nil || len(turns) != 2 || len(turns[1].Answers) != 2 {
		t.Errorf("the other session: %v, %v", turns, err)
	}
	if list, err := s.Sessions(0); err != nil || len(list) != 1 || list[0].ID != kept.ID {
		t.Errorf("the list: %v, %v", list, err)
	}
}

func TestResolveFindsASessionByItsBeginning(t *testing.T) {
	s := opened(t)
	ids := []ID{"01JD0000000000000000000001", "01JD0000000000000000000002", "01JE0000000000000000000000"}
	for _, id := range ids {
		saved(t, s, Batch{Session: &Session{ID: id}})
	}
	for _, tt := range []struct {
		prefix string
		want   ID
		err    string
	}{
		{prefix: string(ids[0]), want: ids[0]},
		{prefix: " 01je ", want: ids[2]},
		{prefix: "01J", err: "several sessions begin with 01J: " + string(ids[0]) + ", " + string(ids[1]) + ", " + string(ids[2])},
		{prefix: "01X", err: "session 01X: not in the store"},
		{prefix: "", err: `session "": not in the store`},
		{prefix: "../../etc/passwd", err: `session "../../ETC/PASSWD": not in the store`},
		{prefix: string(ids[0]) + "0", err: `session "01JD00000000000000000000010": not in the store`},
	} {
		got, err := s.Resolve(tt.prefix)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%q: %q, %v", tt.prefix, got, err)
		}
	}
}

func TestSaveRefusesWhatHasNoPlace(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 1)
	bad := ses
	bad.ID = "../../../../etc/passwd....."
	early := batches[1].Answers[0]
	early.Turn = 2
	for name, b := range map[string]Batch{
		"an ID that is a path":      {Session: &bad},
		"a turn without a session":  {Turn: batches[1].Turn},
		"a turn that is not one":    {Session: &ses, Turn: &Turn{ID: 0}},
		"an answer before its turn": {Session: &ses, Turn: batches[1].Turn, Answers: []Kept{early}},
		"a take that is not one":    {Session: &ses, Turn: batches[1].Turn, Answers: []Kept{{ses.ID, 1, Answer{Column: 1, Take: -1}}}},
	} {
		if err := s.Save(b); err == nil {
			t.Errorf("%s was saved", name)
		}
		if list, err := s.Sessions(0); err != nil || len(list) != 0 {
			t.Errorf("%s left %v, %v", name, list, err)
		}
	}
	if err := s.Save(); err != nil {
		t.Errorf("nothing to save: %v", err)
	}
}

func TestATurnIsNotOverwrittenByAnotherWithItsNumber(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 1)
	saved(t, s, batches...)
	saved(t, s, batches...)
	other := *batches[1].Turn
	other.Asked, other.Text = other.Asked.Add(1), "from another window"
	renamed := ses
	renamed.Title = "renamed"
	if err := s.Save(Batch{Session: &renamed, Turn: &other}); !errors.Is(err, ErrTaken) {
		t.Errorf("got %v", err)
	}
	turns, err := s.Turns(ses.ID, 0, 0)
	if err != nil || turns[0].Text != "question 1" {
		t.Errorf("the turn is %v, %v", turns, err)
	}
	if got, err := s.Session(ses.ID); err != nil || got.Title != ses.Title {
		t.Errorf("the session is %v, %v", got, err)
	}
}

func TestAProcessThatFellBehindLosesNoTurnOfAnother(t *testing.T) {
	s := opened(t)
	ours := Session{ID: NewID(time.Now()), Updated: time.Now()}
	ours.Turns = 7
	if err := s.Save(Batch{Session: &ours}); err != nil {
		t.Fatal(err)
	}
	theirs := ours
	theirs.Turns, theirs.Title = 3, "renamed by one that has not seen the last turns"
	if err := s.Save(Batch{Session: &theirs}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Session(ours.ID)
	if err != nil || got.Turns != 7 || got.Title != theirs.Title {
		t.Errorf("%d turns, title %q, %v", got.Turns, got.Title, err)
	}
}
