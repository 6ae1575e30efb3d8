package sessions

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// fixtures are the layouts of which testdata has a store, made and read by the
// juxta of that time: layoutN.db.gz, and what was in it in layoutN.json.gz.
const fixtures = 5

// A fixture is what a store of an old layout had in it when it was made.
type fixture struct {
	Layout   int `json:"layout"`
	Sessions []struct {
		Session map[string]any `json:"session"`
		Turns   []struct {
			Turn    map[string]any               `json:"turn"`
			Answers []map[string]any             `json:"answers"`
			Votes   []map[string]any             `json:"votes"`
			Chunks  map[string][]providers.Chunk `json:"chunks"` // by column and take
		} `json:"turns"`
	} `json:"sessions"`
	Files map[string]int `json:"files"` // sizes by hash
}

// unzipped is a file of testdata.
func unzipped(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// oldStore is a store of an old layout in a folder of its own, and what is in it.
func oldStore(t testing.TB, layout int) (path string, f fixture) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "juxta.db")
	if err := os.WriteFile(path, unzipped(t, fmt.Sprintf("layout%d.db.gz", layout)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(unzipped(t, fmt.Sprintf("layout%d.json.gz", layout)), &f); err != nil {
		t.Fatal(err)
	}
	return path, f
}

// copyBeforeUpgrade is the one copy that was made before an upgrade.
func copyBeforeUpgrade(t testing.TB, path string, version int) string {
	t.Helper()
	all, err := Copies(path)
	if err != nil || len(all) != 1 || !all[0].Automatic || !strings.HasSuffix(all[0].Path, fmt.Sprintf(".v%d.bak", version)) {
		t.Fatalf("the copies are %+v, %v", all, err)
	}
	return all[0].Path
}

// holds fails unless everything of was is in is, which may have more fields.
func holds(t testing.TB, what string, is any, was map[string]any) {
	t.Helper()
	b, err := json.Marshal(is)
	if err != nil {
		t.Fatal(err)
	}
	var now map[string]any
	if err := json.Unmarshal(b, &now); err != nil {
		t.Fatal(err)
	}
	for name, value := range was {
		if !reflect.DeepEqual(now[name], value) {
			t.Errorf("%s: %s is %v, was %v", what, name, now[name], value)
		}
	}
}

// hasAllOf fails unless a store has everything of a fixture, and nothing else.
func (f fixture) hasAllOf(t testing.TB, s *Store) {
	t.Helper()
	list, err := s.Sessions(0)
	if err != nil || len(list) != len(f.Sessions) {
		t.Fatalf("%d sessions of %d, %v", len(list), len(f.Sessions), err)
	}
	for i, was := range f.Sessions {
		id := list[i].ID
		what := fmt.Sprint("session ", id)
		holds(t, what, list[i], was.Session)
		turns, err := s.Turns(id, 0, 0)
		if err != nil || len(turns) != len(was.Turns) {
			t.Fatalf("%s: %d turns of %d, %v", what, len(turns), len(was.Turns), err)
		}
		for j, old := range was.Turns {
			turn := turns[j]
			what := fmt.Sprint(what, ", turn ", turn.ID)
			holds(t, what, turn, old.Turn)
			want(t, what+": answers", len(turn.Answers), len(old.Answers))
			for k, a := range turn.Answers {
				holds(t, fmt.Sprint(what, ", answer ", k+1), a, old.Answers[k])
				chunks, err := s.Chunks(id, turn.ID, a.Column, a.Take)
				if err != nil || !reflect.DeepEqual(chunks, old.Chunks[fmt.Sprint(a.Column, ".", a.Take)]) {
					t.Errorf("%s, answer %d: its times are %v, %v", what, k+1, chunks, err)
				}
			}
			want(t, what+": votes", len(turn.Votes), len(old.Votes))
			for k, v := range turn.Votes {
				holds(t, fmt.Sprint(what, ", vote ", k+1), v, old.Votes[k])
			}
		}
	}
	for sum, size := range f.Files {
		if data, err := s.file(sum); err != nil || len(data) != size {
			t.Errorf("file %s: %d bytes of %d, %v", sum, len(data), size, err)
		}
	}
	_, n := used(t, s)
	want(t, "files", n, len(f.Files))
}

func TestAStoreOfEveryLayoutComesOutWhole(t *testing.T) {
	t.Parallel()
	for v := 1; v <= fixtures; v++ {
		t.Run(fmt.Sprint("layout ", v), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path, f := oldStore(t, v)
				want(t, "layout of the fixture", f.Layout, v)
				was, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				s, err := Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				f.hasAllOf(t, s)
				if v < len(layout()) {
					kept, err := os.ReadFile(copyBeforeUpgrade(t, path, v))
					want(t, "the copy is the file as it was", err == nil && string(kept) == string(was), true)
				}
				// It can be worked on.
				on := bench(t, s, nil)
				list, _ := s.Sessions(0)
				for _, ses := range list {
					want(t, "resuming", on.Resume(ses.ID), nil)
					ask(t, on, "and now?")
					if _, err := on.Vote(on.Session().Turns, ""); err != nil { // for none: not all of the models are here
						t.Error(err)
					}
					want(t, "saved", on.settle(), nil)
					want(t, "deleting", s.Delete(ses.ID), nil)
				}
				_, n := used(t, s)
				want(t, "files once all is deleted", n, 0)
			})
		})
	}
}

// childUpgrades makes one step of an upgrade, and waits to be killed in the
// middle of the next.
func childUpgrades(t *testing.T, path string) {
	_, err := openStore(path, append(layout(),
		func(tx *bolt.Tx) error { return tx.Bucket([]byte(inMeta)).Put([]byte("one"), []byte("step")) },
		func(tx *bolt.Tx) error {
			if err := tx.DeleteBucket([]byte(inTurns)); err != nil {
				t.Error(err)
			}
			fmt.Println("upgrading")
			time.Sleep(time.Hour)
			return nil
		}))
	t.Error("it went on:", err)
}

func TestAKillDuringAnUpgradeLosesNothing(t *testing.T) {
	for v := 1; v <= fixtures; v++ {
		path, f := oldStore(t, v)
		for range 2 {
			cmd, out := child(t, "upgrade", path)
			want(t, "the child is", said(t, out), "upgrading")
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
		}
		// As a program that knows the first step.
		s, err := openStore(path, append(layout(), func(*bolt.Tx) error { t.Error("made twice"); return nil }))
		if err != nil {
			t.Fatal(err)
		}
		f.hasAllOf(t, s)
		want(t, "closing", s.Close(), nil)
		// The first copy is the one of the file as it was; the second kill began
		// with another file.
		all, err := Copies(path)
		if err != nil || len(all) != 2 || !strings.HasSuffix(all[1].Path, fmt.Sprintf(".v%d.bak", v)) {
			t.Errorf("copies: %+v, %v", all, err)
		}
	}
}

func TestAnUpgradeThatIsTriedAgainMakesNoSecondCopy(t *testing.T) {
	path, f := oldStore(t, 3)
	no := append(layout()[:3:3], func(*bolt.Tx) error { return os.ErrInvalid })
	for range 3 {
		if _, err := openStore(path, no); err == nil {
			t.Fatal("it was upgraded")
		}
	}
	copied, err := openStore(copyBeforeUpgrade(t, path, 3), layout()[:3])
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	f.hasAllOf(t, copied)
}
