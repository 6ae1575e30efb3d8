package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// contents is everything that a store has, by name: to compare two of them.
func contents(t testing.TB, path string) map[string]string {
	t.Helper()
	all := map[string]string{}
	var walk func(name string, b *bolt.Bucket) error
	walk = func(name string, b *bolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			if v == nil {
				return walk(fmt.Sprintf("%s %x", name, k), b.Bucket(k))
			}
			all[fmt.Sprintf("%s %x", name, k)] = string(v)
			return nil
		})
	}
	err := transact(path, false, func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error { return walk(string(name), b) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// repaired is a store made of what could be read of another one, in which
// nothing is wrong, and which was not changed.
func repaired(t testing.TB, path string) (string, Salvage) {
	t.Helper()
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "new.db")
	s, err := Repair(context.Background(), path, to)
	if err != nil {
		t.Fatalf("%v; %+v", err, s)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(was, now) {
		t.Error("the damaged file was changed", err)
	}
	entries, _ := os.ReadDir(filepath.Dir(to))
	want(t, "files beside the new one", len(entries), 1)
	return to, s
}

// derived reports whether a name of [contents] is of what is made anew.
func derived(key, _ string) bool {
	bucket, _, _ := strings.Cut(key, " ")
	return !slices.Contains([]string{inSessions, inTurns, inAnswers, inChunks, inVotes, inFiles, inHeld, inHolders}, bucket)
}

func TestRepairOfASoundStoreLosesNothing(t *testing.T) {
	paths := []string{lived(t).Path()}
	for v := 1; v <= fixtures; v++ {
		path, _ := oldStore(t, v)
		paths = append(paths, path)
	}
	for _, path := range paths {
		to, s := repaired(t, path)
		want(t, "losses", fmt.Sprint(s.Losses, s.Lost, s.Mended), "0 [] []")
		was, is := contents(t, path), contents(t, to)
		maps.DeleteFunc(was, derived)
		maps.DeleteFunc(is, derived)
		for key, v := range was {
			if is[key] != v {
				t.Errorf("%s: %s is %.200q, was %.200q", path, key, is[key], v)
			}
		}
		want(t, "number of values", len(is), len(was))
	}
}

// An interrupted context does something when it is first asked whether it is over.
type interrupted struct {
	context.Context
	once func()
}

func (c *interrupted) Err() error {
	if c.once != nil {
		do := c.once
		c.once = nil
		do()
	}
	return c.Context.Err()
}

func TestRepairWritesOverNothing(t *testing.T) {
	s := opened(t)
	to := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(to, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(context.Background(), s.Path(), to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	// Nor what somebody else puts there while it is being read.
	race := filepath.Join(t.TempDir(), "race")
	meanwhile := &interrupted{Context: context.Background(), once: func() {
		if err := os.WriteFile(race, []byte("mine"), 0o600); err != nil {
			t.Error(err)
		}
	}}
	if _, err := Repair(meanwhile, s.Path(), race); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	if kept, err := os.ReadFile(race); string(kept) != "mine" {
		t.Errorf("%d bytes, %v", len(kept), err)
	}
	if all, err := os.ReadDir(filepath.Dir(race)); len(all) != 1 {
		t.Errorf("%v are left, %v", all, err)
	}
	var se *StoreError
	if _, err := Repair(context.Background(), s.Path(), filepath.Join(to, "x")); !errors.As(err, &se) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(to); string(b) != "mine" {
		t.Errorf("it is %q", b)
	}
}

func TestARepairThatIsStoppedLeavesNothing(t *testing.T) {
	s := lived(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	dir := t.TempDir()
	if _, err := Repair(ctx, s.Path(), filepath.Join(dir, "new.db")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Examine(ctx, s.Path()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	want(t, "left", fmt.Sprint(len(entries), err), "0 <nil>")
}

// What is derived is made anew, and what is lost is said, with all the rest kept.
func TestRepairMakesAnewWhatItCanAndSaysWhatItCannot(t *testing.T) {
	s := lived(t)
	list, err := s.Sessions(0)
	if err != nil {
		t.Fatal(err)
	}
	var ses Session
	for _, ses = range list {
		if ses.Turns == 20 {
			break
		}
	}
	ses, turns := keptSession(t, s, ses.ID)
	del := func(tx *bolt.Tx, bucket string, n ...int) {
		key, err := keyOf(ses.ID, n...)
		if err == nil {
			err = tx.Bucket([]byte(bucket)).Delete(key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	err = transact(s.Path(), true, func(tx *bolt.Tx) error {
		del(tx, inSessions)
		del(tx, inTurns, 7)
		del(tx, inTurns, 9)
		del(tx, inAnswers, 9, 1, 1)
		del(tx, inAnswers, 9, 2, 1)
		if err := putFile(tx, strings.Repeat("ab", 32), []byte("whose is it?"), false); err != nil {
			t.Fatal(err)
		}
		sum := blob("x", 77, 500)
		if err := putFile(tx, sum.SHA256(), sum.Data, false); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{inRecent, inHeld, inHolders} {
			if err := tx.DeleteBucket([]byte(name)); err != nil {
				t.Fatal(err)
			}
		}
		key, _ := keyOf(ses.ID, 12, 1, 1)
		return tx.Bucket([]byte(inAnswers)).Put(key, []byte("{\"column"))
	})
	if err != nil {
		t.Fatal(err)
	}
	to, salvage := repaired(t, s.Path())
	said := strings.Join(append(salvage.Lost, salvage.Mended...), "\n")
	for _, what := range []string{
		"turn 12: an answer can't be read", "the question of turn 7", "the question of turn 9", "its title, columns and costs are made anew",
		"file abababababababababababababababababababababababababababababababab is not what was saved",
		"file " + blob("x", 77, 500).SHA256() + ", which no question has, is left out",
	} {
		if !strings.Contains(said, what) {
			t.Errorf("it does not say %q:\n%s", what, said)
		}
	}
	again, err := Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	now, mended := keptSession(t, again, ses.ID)
	want(t, "title", now.Title, "question 1")
	want(t, "columns", fmt.Sprint(now.Places, now.Columns[0].Model, now.Columns[1].Model), "[1 2] demo/m1 demo/m2")
	for i, turn := range mended {
		switch turn.ID {
		case 7:
			want(t, "a lost question", turn.Text, lostText)
			want(t, "its answers", turn.Answers[1].Text, turns[i].Answers[1].Text)
		case 9:
			want(t, "a lost turn", fmt.Sprint(turn.Text, len(turn.Answers), turn.Parent), lostText+"0 8")
		case 12:
			want(t, "a lost answer", turn.Answers[0].Error.Message, "this answer is lost")
			want(t, "the other one", turn.Answers[1].Text, turns[i].Answers[1].Text)
		default:
			a, _ := json.Marshal(turn.Answers)
			b, _ := json.Marshal(turns[i].Answers)
			want(t, "what was not touched", turn.Text+string(a), turns[i].Text+string(b))
		}
	}
	list2, err := again.Sessions(0)
	want(t, "sessions", fmt.Sprint(len(list2), err), fmt.Sprint(len(list), nil))
}

// gathered is everything that can be read of a file, as a heap has it.
func gathered(t testing.TB, b []byte) (map[string]string, Salvage) {
	t.Helper()
	heap := filepath.Join(t.TempDir(), "heap")
	if err := (&Store{path: heap, upgrades: layout()}).create(); err != nil {
		t.Fatal(err)
	}
	s := Salvage{nameless: map[string]bool{}}
	f, err := openPages(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	err = drafting(heap, func(db *bolt.DB) error { return (&gatherer{Salvage: &s, heap: db, ctx: t.Context()}).gather(f) })
	if err != nil {
		t.Fatal(err)
	}
	all := contents(t, heap)
	for key := range all {
		if bucket, _, _ := strings.Cut(key, " "); bucket == inMeta {
			delete(all, key)
		}
	}
	return all, s
}

// However a page is lost, what stands on the others is saved: what hung from it
// is found without it.
func TestALostPageTakesNothingWithItThatIsOnAnother(t *testing.T) {
	t.Parallel()
	s := lived(t)
	whole, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	f, err := openPages(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	all, _ := gathered(t, whole)
	if len(all) < 2400 {
		t.Fatal(len(all), "values")
	}
	free, _, err := f.free()
	if err != nil {
		t.Fatal(err)
	}
	branches, leaves := 0, 0
	for id := uint64(2); id < f.last(); id++ {
		p, err := f.read(id, nil)
		if err != nil || free.has(id) || p.kind == leafPage && id%15 != 0 && !thorough() {
			continue
		}
		on := map[string]bool{} // the keys on the page
		for i := range p.count {
			if e, err := p.element(i); err == nil && p.kind == leafPage {
				on[fmt.Sprintf("%x", e.key)] = true
			}
		}
		b := bytes.Clone(whole)
		clear(b[int64(id)*f.page:][:len(p.b)])
		is, salvage := gathered(t, b)
		missing := 0
		for key, v := range all {
			if is[key] == v {
				continue
			}
			missing++
			name := strings.Fields(key)
			// A file lives on if all of its pieces do, or its name does.
			file := name[0] == inFiles && (on[name[1]] || p.kind == leafPage && on["00000001"])
			if !on[name[len(name)-1]] && !file {
				t.Errorf("page %d (kind %d) takes %s with it", id, p.kind, key)
			}
		}
		if p.kind != freePage && (p.kind == branchPage || missing > 0) && salvage.Losses == 0 {
			t.Errorf("page %d: nobody says that it is lost", id)
		}
		switch p.kind {
		case branchPage:
			branches++
		case leafPage:
			leaves++
		}
	}
	if branches < 3 || leaves < 20 {
		t.Errorf("%d branches and %d leaves were lost", branches, leaves)
	}
	t.Logf("%d branches and %d leaves were lost, one at a time", branches, leaves)
}
