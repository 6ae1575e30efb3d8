package sessions

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

func TestFilesAreInTheStoreBeforeTheQuestionIsSent(t *testing.T) {
	for name, sizes := range map[string][]int{"small": {1000, 2000}, "large": {3_000_000, 2_000_000}} {
		s := opened(t)
		var b *Bench
		commitsThen, looked := 0, false
		look := double{name: "look", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			looked = true
			commitsThen = commits(t, s)
			_, turns := keptSession(t, s, b.Session().ID)
			for _, f := range turns[len(turns)-1].Files {
				if data, err := s.file(f.SHA256); err != nil || len(data) != f.Bytes {
					t.Errorf("%s: %d bytes, %v", f.Name, len(data), err)
				}
			}
			return func(yield func(providers.Event, error) bool) {
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
			}
		}}
		b = bench(t, s, []string{"look/x"}, look)
		before := commits(t, s)
		askWith(t, b, "what?", blob("a.png", 1, sizes[0]), blob("b.png", 2, sizes[1]))
		want(t, name+": looked", looked, true)
		// All of it in one commit, unless the files are large.
		want(t, name+": commits", commitsThen-before, map[string]int{"small": 1, "large": 3}[name])
		before = commits(t, s)
		askWith(t, b, "and again?", blob("b.png", 2, sizes[1]), blob("a.png", 1, sizes[0]))
		want(t, name+": commits for files that are there", commitsThen-before, 1)
	}
}

func TestFilesThatCannotBeSavedStayAndAreSavedLaterInOrder(t *testing.T) {
	for _, size := range []int{1000, 2_000_000} {
		synctest.Test(t, func(t *testing.T) {
			s := opened(t)
			r := &recorder{}
			b := sighted(t, s, r, "a")
			askWith(t, b, "first", blob("a.png", 1, size))
			letGo := obstruct(t, s)
			askWith(t, b, "second", blob("b.png", 2, size))
			askWith(t, b, "third", blob("c.png", 3, size))
			_, _ = r.take("a")
			b.shelf.mu.Lock()
			b.shelf.recent, b.shelf.size = nil, 0
			b.shelf.recent = append(b.shelf.recent, lent{blob("a.png", 1, size).SHA256(), blob("a.png", 1, size).Data})
			b.shelf.mu.Unlock()
			askWith(t, b, "fourth")
			req, _ := r.take("a")
			want(t, "told though nothing could be saved", show(req), fmt.Sprintf("user: [a.png image/png %[1]d] \"first\"\nassistant: \"seen\"\n"+
				"user: [b.png image/png %[1]d] \"second\"\nassistant: \"seen\"\nuser: [c.png image/png %[1]d] \"third\"\nassistant: \"seen\"\nuser: \"fourth\"\n", size))
			letGo()
			if err := b.Close(t.Context()); err != nil {
				t.Error(err)
			}
			_, turns := keptSession(t, s, b.Session().ID)
			var texts []string
			for _, turn := range turns {
				texts = append(texts, turn.Text)
				for _, f := range turn.Files {
					if data, err := s.file(f.SHA256); err != nil || len(data) != size {
						t.Errorf("%s: %v", f.Name, err)
					}
				}
			}
			want(t, "kept", strings.Join(texts, " "), "first second third fourth")
			want(t, "only in memory", len(b.shelf.only), 0)
		})
	}
}

func TestAFileThatIsDamagedOrMissingStopsOnlyWhoWouldBeToldIt(t *testing.T) {
	for name, harm := range map[string]func(tx *bolt.Tx, key []byte) error{
		"damaged": func(tx *bolt.Tx, key []byte) error {
			pieces := tx.Bucket([]byte(inFiles)).Bucket(key)
			k, v := pieces.Cursor().First()
			v = bytes.Clone(v)
			v[len(v)/2] ^= 1
			return pieces.Put(k, v)
		},
		"cut off": func(tx *bolt.Tx, key []byte) error {
			pieces := tx.Bucket([]byte(inFiles)).Bucket(key)
			k, _ := pieces.Cursor().Last()
			return pieces.Delete(k)
		},
		"missing": func(tx *bolt.Tx, key []byte) error { return tx.Bucket([]byte(inFiles)).DeleteBucket(key) },
	} {
		s := opened(t)
		r := &recorder{}
		first := sighted(t, s, r, "a")
		askWith(t, first, "what?", blob("pin\x1b]0;x\x07.png", 1, 600_000))
		_, turns := keptSession(t, s, first.Session().ID)
		key, _ := fileKey(turns[0].Files[0].SHA256)
		if err := s.update("harming", func(tx *bolt.Tx) error { return harm(tx, key) }); err != nil {
			t.Fatal(err)
		}
		b := sighted(t, s, r)
		if err := b.Resume(first.Session().ID); err != nil {
			t.Fatalf("%s: the session does not open: %v", name, err)
		}
		if _, err := b.File(turns[0].Files[0]); err == nil || !strings.Contains(err.Error(), `"pin\x1b]0;x\a.png"`) {
			t.Errorf("%s: looking at it: %v", name, err)
		}
		late := b.Add(Column{Model: providers.Ref{Provider: "rec", Model: "late"}})
		_, _ = r.take("a")
		h := askWith(t, b, "and now?")
		a := h.final[1]
		if a.Error == nil || a.Error.Kind != providers.Unsupported || a.Timing.Attempts != 0 || !strings.Contains(a.Error.Message, `of turn 1 can't be told again`) {
			t.Errorf("%s: %+v", name, a.Error)
		} else {
			t.Log(a.Error.Message, "→", a.Error.Hint)
		}
		if _, ok := r.take("a"); ok {
			t.Errorf("%s: it was asked", name)
		}
		want(t, name+": the other column", h.final[late].Finish, providers.Finished)
		if err := s.Delete(b.Session().ID); err != nil {
			t.Errorf("%s: deleting it: %v", name, err)
		}
	}
}

func TestAFileOfAnEarlierTurnCanBeSentOnceMore(t *testing.T) {
	s := opened(t)
	r := &recorder{}
	b := sighted(t, s, r, "a")
	pic := blob("pin.png", 1, 700_000)
	askWith(t, b, "what?", pic)
	again := sighted(t, s, r)
	if err := again.Resume(b.Session().ID); err != nil {
		t.Fatal(err)
	}
	turns, err := again.Turns(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := again.File(turns[0].Files[0])
	if err != nil || !bytes.Equal(f.Data, pic.Data) {
		t.Fatal(err)
	}
	want(t, "file", fmt.Sprint(f.Name, f.MIME, f.Width, f.Height, f.FileWidth, f.FileHeight, f.Notes), fmt.Sprint(pic.Name, pic.MIME, pic.Width, pic.Height, pic.FileWidth, pic.FileHeight, pic.Notes))
	askWith(t, again, "once more", f)
	_, n := used(t, s)
	want(t, "files in the store", n, 1)
}
