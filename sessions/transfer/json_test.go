package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/sessions"
)

// jsonOf is sessions as juxta's JSON.
func jsonOf(t testing.TB, all ...sessions.Bundle) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, b := range all {
		if err := WriteJSON(&out, b); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// file is data in a file of its own.
func file(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJSONOutAndInAndOutAgainIsTheSameByteForByte(t *testing.T) {
	for seed := range throws() {
		d := thrown(seed)
		home, away := opened(t), opened(t)
		all := []sessions.Bundle{d.stored(t, home), d.stored(t, home)}
		out := jsonOf(t, all...)
		r, err := Import(t.Context(), away, file(t, "x.json", out))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var back []sessions.Bundle
		for i, a := range r.Sessions {
			if a.Fate != sessions.Added || a.ID != all[i].Session.ID {
				t.Errorf("seed %d: %+v", seed, a)
			}
			back = append(back, bundled(t, away, a.ID))
		}
		if again := jsonOf(t, back...); !bytes.Equal(again, out) {
			t.Fatalf("seed %d:\nout   %s\nagain %s", seed, out, again)
		}
		r, err = Import(t.Context(), home, file(t, "x.json", out))
		if err != nil || r.Sessions[0].Fate != sessions.Known || r.Sessions[1].Fate != sessions.Known || count(t, home) != 2 {
			t.Errorf("seed %d: at home: %+v, %v", seed, r, err)
		}
	}
}

func TestAHiddenSessionDoesNotLeave(t *testing.T) {
	b := thrown(1).bundle()
	b.Session.Hidden = []int{1}
	var out bytes.Buffer
	if err := WriteJSON(&out, b); !errors.Is(err, ErrHidden) || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.String())
	}
}

// rich is a session in JSON that has something of everything.
func rich(t testing.TB) string {
	for seed := 0; ; seed++ {
		b := thrown(seed).stored(t, opened(t))
		out := string(jsonOf(t, b))
		if len(b.Turns) > 2 && strings.Contains(out, `"chunks"`) && strings.Contains(out, `"votes"`) && len(b.Files) > 1 {
			return strings.TrimSpace(out)
		}
	}
}

func TestAFaultInAFileIsNamedWithItsPlaceAndNothingIsImported(t *testing.T) {
	good := rich(t)
	swap := func(old, is string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in %s", old, good)
		}
		return strings.Replace(good, old, is, 1)
	}
	for name, c := range map[string]struct{ text, says string }{
		"cut short":            {good[:len(good)/2], "at byte"},
		"cut in the second":    {good + "\n" + good[:len(good)-9], "session 2: "},
		"words behind it":      {good + "\nhello", "session 2: its beginning"},
		"another version":      {swap(`"version":1`, `"version":2`), "update juxta: a newer one may have written it"},
		"no version":           {swap(`"version":1,`, ``), `"version" is missing`},
		"an unknown name":      {swap(`"version":1`, `"version":1,"x":2`), `no "x" in a session`},
		"a name twice":         {swap(`"version":1`, `"version":1,"version":1`), "stands twice"},
		"an unknown field":     {swap(`"session":{`, `"session":{"colour":1,`), `it has a field "colour", which this juxta does not know: update juxta`},
		"turns that are none":  {swap(`"turns":[{`, `"turns":[7,{`), "turn 1, at byte"},
		"text for a number":    {swap(`"session":{`, `"session":{"turns":"x",`), "session, at byte"},
		"a chunk of one":       {swap(`"chunks":[[`, `"chunks":[[1],[`), "chunk 1"},
		"a chunk too long":     {swap(`"chunks":[[`, `"chunks":[[1,99999999999],[`), "chunk 1"},
		"a file's bytes":       {swap(`"data":"`, `"data":"!`), "file 1, at byte"},
		"other bytes":          {swap(`"data":"`, `"data":"AAAA`), "is said to have"},
		"deep nesting":         {swap(`"session":{`, `"session":`+strings.Repeat("[", 20_000)+`{`), "depth"},
		"many objects":         {swap(`"turns":[{`, `"turns":[{"answers":[`+strings.Repeat("{},", mostObjects)+`{}],`), "objects"},
		"a turn that is huge":  {swap(`"turns":[{`, `"turns":[{"text":"`+strings.Repeat("x", mostSession)+`",`), "too long"},
		"nothing but brackets": {`{"juxta":"session"` + strings.Repeat("[", 100_000), "at byte"},
		"a hostile session":    {swap(`"session":{"id":"`, `"session":{"id":"../`), "not the ID"},
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t)
			path := file(t, "x.json", []byte(c.text))
			_, err := Import(t.Context(), s, path)
			var unreadable *Unreadable
			if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "x.json") || unreadable.Advice() == "" {
				t.Fatalf("got %.300v, want one with %q", err, c.says)
			}
			if n := count(t, s); n > 0 {
				t.Errorf("%d sessions", n)
			}
		})
	}
}

func TestTheSpacesOfAFileChangeNothing(t *testing.T) {
	d, s := thrown(4), opened(t)
	b := d.stored(t, s)
	spaced := strings.ReplaceAll(string(jsonOf(t, b)), `,"session":{`, ",\n  \"session\" : {\n")
	r, err := Import(t.Context(), s, file(t, "x.json", []byte("\n  "+spaced)))
	if err != nil || r.Sessions[0].Fate != sessions.Known {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatIsNoFileOrOfNoFormatIsSaid(t *testing.T) {
	s := opened(t)
	for path, says := range map[string]string{
		filepath.Join(t.TempDir(), "none.json"): "no such file",
		os.DevNull:                              "neither a file nor a folder",
		file(t, "letter.txt", []byte("hello")):  "no format that juxta reads",
		file(t, "empty.json", nil):              "no format that juxta reads",
	} {
		_, err := Import(t.Context(), s, path)
		var unreadable *Unreadable
		if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), says) || unreadable.Advice() == "" {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// FuzzReadJSON has nothing a file says crash the reader, and whatever it takes
// comes out and in the same.
func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(rich(f)))
	f.Add([]byte(`{"juxta":"session","version":1,"session":{},"turns":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readJSON(t.Context(), bytes.NewReader(data), func(b sessions.Bundle) error {
			if b.Check() != nil || len(b.Session.Hidden) > 0 {
				return nil
			}
			out := jsonOf(t, b)
			err := readJSON(t.Context(), bytes.NewReader(out), func(b sessions.Bundle) error {
				if again := jsonOf(t, b); !bytes.Equal(again, out) {
					return fmt.Errorf("out   %s\nagain %s", out, again)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return nil
		})
	})
}
