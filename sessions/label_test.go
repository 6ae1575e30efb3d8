package sessions

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func labels(s Session) string {
	return fmt.Sprintf("%q named=%v %v pinned=%v archived=%v binned=%v", s.Title, s.Named, s.Tags, s.Pinned, s.Archived, !s.Binned.IsZero())
}

func no(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLabelsOfAnotherProcessOutliveWhatThisOneSaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"paid/" + saying("one"), "paid/" + saying("two")})
		ask(t, b, "first question")
		id := b.Session().ID
		other, err := Open(s.Path())
		no(t, err)
		defer other.Close()
		no(t, other.Rename(id, "  by\x1b[31m hand\n"))
		no(t, other.Tag([]ID{id}, []string{"#Work", "ads"}, nil))
		no(t, other.Pin([]ID{id}, true))
		no(t, other.Archive([]ID{id}, true))
		const all = `"by␛[31m hand" named=true [ads work] pinned=true archived=true binned=false`

		b.Blindly(true)
		b.Measure(2)
		no(t, b.settle())
		kept, _ := keptSession(t, s, id)
		want(t, "after a setting", labels(kept), all)
		want(t, "the setting", kept.Baseline, 2)
		want(t, "what this one knows", labels(b.Session()), `"first question" named=false [] pinned=false archived=false binned=false`)

		b.Blindly(false)
		ask(t, b, "second question")
		kept, _ = keptSession(t, s, id)
		want(t, "after a question", labels(kept), all)
		want(t, "what this one knows after a question", labels(b.Session()), all)

		no(t, other.Tag([]ID{id}, []string{"new"}, []string{"ADS"}))
		no(t, other.Rename(id, ""))
		no(t, b.Relabel())
		want(t, "after looking again", labels(b.Session()), `"first question" named=false [new work] pinned=true archived=true binned=false`)
	})
}

func TestLabelsLeaveTheOrderOfTheListAlone(t *testing.T) {
	s := opened(t)
	var ids []ID
	for i := range 7 {
		ids = append(ids, dated(t, s, fmt.Sprint("s", i), i))
	}
	no(t, s.Tag(ids[:2], []string{"a"}, nil))
	no(t, s.Rename(ids[1], "renamed"))
	want(t, "order", titles(t, s, Listing{}), "s6 s5 s4 s3 s2 renamed s0")
	no(t, s.Pin([]ID{ids[0], ids[3]}, true))
	no(t, s.Archive([]ID{ids[4], ids[3]}, true))
	no(t, s.Bin([]ID{ids[5]}))
	want(t, "current", titles(t, s, Listing{}), "s0 s6 s2 renamed")
	want(t, "archived", titles(t, s, Listing{Shelf: Archived}), "s3 s4")
	want(t, "bin", titles(t, s, Listing{Shelf: Bin}), "s5")
	want(t, "every", titles(t, s, Listing{Shelf: Every}), "s3 s0 s6 s4 s2 renamed")
	want(t, "with a tag", titles(t, s, Listing{Shelf: Every, Keep: func(s *Session) bool { return len(s.Tags) > 0 }}), "s0 renamed")
	n, err := s.Count(Current)
	no(t, err)
	want(t, "count", n, 4)
	for size := 1; size < 5; size++ {
		var all []string
		var after *Session
		for {
			page, err := s.List(Listing{Limit: size, After: after})
			no(t, err)
			if len(page) == 0 {
				break
			}
			for _, p := range page {
				all = append(all, p.Title)
			}
			after = &page[len(page)-1]
		}
		want(t, fmt.Sprint("in pages of ", size), strings.Join(all, " "), "s0 s6 s2 renamed")
	}
	no(t, s.Pin(ids, false))
	no(t, s.Archive(ids, false))
	no(t, s.Unbin(ids))
	want(t, "all as it was", titles(t, s, Listing{}), "s6 s5 s4 s3 s2 renamed s0")
}

// dated saves a session of one turn that was asked at the n-th second.
func dated(t testing.TB, s *Store, title string, n int) ID {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 0, n, 0, time.UTC)
	ses := Session{ID: NewID(at), Title: title, Kind: Chat, Created: at, Updated: at, Turns: 1, Columns: []Column{{ID: 1, Model: providers.Ref{Provider: "demo", Model: "m"}}}, Places: []int{1}}
	no(t, s.Save(Batch{Session: &ses, Turn: &Turn{ID: 1, Text: title, Asked: at, Columns: []int{1}}}))
	return ses.ID
}

func titles(t testing.TB, s *Store, l Listing) string {
	t.Helper()
	list, err := s.List(l)
	no(t, err)
	var all []string
	for _, ses := range list {
		all = append(all, ses.Title)
	}
	return strings.Join(all, " ")
}

func TestADeletedSessionWaitsAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"paid/" + saying("one")})
		ask(t, b, "kept by its next question")
		one := b.Session().ID
		b.Begin()
		ask(t, b, "gone")
		two := b.Session().ID
		b.Begin()
		ask(t, b, "left by a crash")
		three := b.Session().ID
		no(t, s.Bin([]ID{one, two, three}))
		all, err := s.Sessions(0)
		no(t, err)
		want(t, "listed", len(all), 0)
		no(t, b.Resume(one))
		b.Measure(1) // is not work
		no(t, b.settle())
		kept, err := s.Session(one)
		no(t, err)
		want(t, "waits still", kept.Binned.IsZero(), false)
		ask(t, b, "another one")
		no(t, s.Empty([]ID{one, two}))
		want(t, "current", titles(t, s, Listing{}), "kept by its next question")
		want(t, "bin", titles(t, s, Listing{Shelf: Bin}), "left by a crash")
		time.Sleep(25 * time.Hour)
		no(t, s.Empty(nil))
		want(t, "bin a day later", titles(t, s, Listing{Shelf: Bin}), "")
	})
}

func TestASettingDoesNotBringBackWhatAnotherProcessDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"paid/" + saying("one")})
		ask(t, b, "q")
		no(t, s.Delete(b.Session().ID))
		b.Measure(1)
		b.Race(true)
		want(t, "saving", b.settle(), nil)
		want(t, "listed", titles(t, s, Listing{Shelf: Every}), "")
		if _, err := b.Put(t.Context(), Question{Text: "next"}); err == nil || !strings.Contains(err.Error(), "has removed this session") {
			t.Errorf("asked: %v", err)
		}
	})
}

func TestLabelsThatCannotBeAreRefusedWhole(t *testing.T) {
	s := opened(t)
	id := dated(t, s, "t", 1)
	for _, bad := range []string{"", "#", "two words", "a\x1b[0m", "+x", "-x", "x,y", strings.Repeat("x", 41)} {
		if err := s.Tag([]ID{id}, []string{"good", bad}, nil); err == nil {
			t.Errorf("%q became a tag", bad)
		}
	}
	var many []string
	for i := range 51 {
		many = append(many, fmt.Sprint("t", i))
	}
	if err := s.Tag([]ID{id}, many, nil); err == nil || !strings.Contains(err.Error(), "50") {
		t.Error(err)
	}
	if err := s.Rename(id, strings.Repeat("x", 201)); err == nil {
		t.Error("a title without end")
	}
	if err := s.Tag([]ID{id, NewID(time.Now())}, []string{"a"}, nil); err == nil {
		t.Error("a session that is not there")
	}
	kept, _ := keptSession(t, s, id)
	want(t, "labels", labels(kept), `"t" named=false [] pinned=false archived=false binned=false`)
}

func TestLabelsAreSearched(t *testing.T) {
	s := opened(t)
	var ids []ID
	for i := range 5 {
		ids = append(ids, dated(t, s, fmt.Sprint("s", i, " wood"), i))
	}
	no(t, s.Tag(ids[:2], []string{"mid-century"}, nil))
	no(t, s.Pin(ids[1:2], true))
	no(t, s.Archive(ids[2:3], true))
	no(t, s.Bin(ids[3:4]))
	for query, found := range map[string]string{
		"wood": "s4 s1 s0", "tag:mid-century": "s1 s0", "tag:century": "", "century": "s1 s0", "is:pinned": "s1", "-is:pinned wood": "s4 s0",
		"is:archived": "s2", "wood is:archived": "s2", "-is:archived wood": "s4 s1 s0", "-tag:mid-century": "s4",
	} {
		q, err := ParseQuery(query)
		no(t, err)
		r, err := s.Search(t.Context(), q, Page{})
		no(t, err)
		var all []string
		for _, f := range r.Found {
			all = append(all, strings.Fields(f.Session.Title)[0])
		}
		want(t, query, strings.Join(all, " "), found)
	}
}
