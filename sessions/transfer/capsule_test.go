package transfer

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"juxta/sessions"
)

func each(all ...sessions.Bundle) iter.Seq2[sessions.Bundle, error] {
	return func(yield func(sessions.Bundle, error) bool) {
		for _, b := range all {
			if !yield(b, nil) {
				return
			}
		}
	}
}

func capsuleOf(t testing.TB, all ...sessions.Bundle) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := WriteCapsule(&out, each(all...)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestACapsuleOutAndInAndOutAgainIsTheSameByteForByte(t *testing.T) {
	for seed := range throws() {
		d := thrown(seed)
		home, away := opened(t), opened(t)
		all := []sessions.Bundle{d.stored(t, home), d.stored(t, home)}
		out := capsuleOf(t, all...)
		path := file(t, "x.capsule", out)
		is, err := Verify(t.Context(), path)
		if err != nil || is.Sessions != 2 || is.Bytes != int64(len(out)) {
			t.Fatalf("seed %d: %+v, %v", seed, is, err)
		}
		r, err := Import(t.Context(), away, path)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var back []sessions.Bundle
		for _, a := range r.Sessions {
			back = append(back, bundled(t, away, a.ID))
		}
		if again := capsuleOf(t, back...); !bytes.Equal(again, out) {
			t.Fatalf("seed %d: %d bytes, and %d again", seed, len(out), len(again))
		}
		r, err = Import(t.Context(), away, file(t, "x.json", jsonOf(t, all...)))
		if err != nil || r.Sessions[0].Fate != sessions.Known || r.Sessions[1].Fate != sessions.Known {
			t.Errorf("seed %d: the same as JSON: %+v, %v", seed, r, err)
		}
	}
}

// small is a capsule with something of everything.
func small(t testing.TB) []byte {
	for seed := 0; ; seed++ {
		b := thrown(seed).stored(t, opened(t))
		if len(b.Turns) == 2 && len(b.Files) > 1 && len(b.Turns[0].Votes) > 0 {
			return capsuleOf(t, b)
		}
	}
}

func TestNoByteOfACapsuleMayDiffer(t *testing.T) {
	good := small(t)
	r := rand.New(rand.NewPCG(1, 1))
	places := []int{0, 3, 31, len(good) - 1, len(good) - 3}
	for range 600 {
		places = append(places, r.IntN(len(good)))
	}
	for _, at := range places {
		bad := slices.Clone(good)
		bad[at] ^= 1 << r.IntN(8)
		s := &Source{Path: "x", Size: int64(len(bad)), First: bad[:min(len(bad), firstBytes)]}
		if !capsuleReader().Sniff(s) {
			continue // and is not taken for one
		}
		err := checked(bad)
		if err == nil {
			t.Fatalf("byte %d of %d was changed unseen", at, len(good))
		}
		if says := err.Error(); !strings.Contains(says, "member ") && !strings.Contains(says, "its directory") && !strings.Contains(says, "its end") {
			t.Errorf("byte %d: %v names no place", at, err)
		}
	}
}

// checked is what verifying says of bytes.
func checked(data []byte) error {
	c, err := openCapsule(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	if err := c.same(context.Background()); err != nil {
		return err
	}
	return c.sessions(context.Background(), func(b sessions.Bundle) error { return b.Check() })
}

func TestACapsuleThatIsCutShortIsNotIntact(t *testing.T) {
	good := small(t)
	if err := checked(good); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(good); n += 1 + len(good)/200 {
		if checked(good[:n]) == nil {
			t.Fatalf("%d bytes of %d are taken for the whole", n, len(good))
		}
	}
	if err := checked(append(slices.Clone(good), "more"...)); err == nil {
		t.Error("more stands behind it unseen")
	}
}

// A part is a member as a test packs it.
type part struct {
	name string
	data []byte
}

func parts(t testing.TB, data []byte) (all []part) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part{f.Name, data})
	}
	return all
}

// packed is parts as a capsule whose manifest is right.
func packed(t testing.TB, all []part) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	var members []Member
	for _, p := range all {
		if p.name == capsuleManifest {
			continue
		}
		members = append(members, Member{p.name, len(p.data), sumOf(p.data)})
		if err := store(z, p.name, p.data); err != nil {
			t.Fatal(err)
		}
	}
	data, err := listing(members)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store(z, capsuleManifest, data), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAHostileCapsuleIsRefusedWithItsPlace(t *testing.T) {
	good := small(t)
	if again := packed(t, parts(t, good)); !bytes.Equal(again, good) {
		t.Fatal("the test packs otherwise")
	}
	with := func(change func([]part) []part) []byte { return packed(t, change(parts(t, good))) }
	add := func(name, data string) []byte {
		return with(func(all []part) []part { return append(all, part{name, []byte(data)}) })
	}
	edit := func(what string, change func([]byte) []byte) []byte {
		return with(func(all []part) []part {
			for i := range all {
				if strings.HasSuffix(all[i].name, what) {
					all[i].data = change(all[i].data)
				}
			}
			return all
		})
	}
	swap := func(what, old, is string) []byte {
		return edit(what, func(data []byte) []byte {
			if !bytes.Contains(data, []byte(old)) {
				t.Fatalf("no %s in %s", old, data)
			}
			return bytes.Replace(data, []byte(old), []byte(is), 1)
		})
	}
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"a bomb":                {bomb(t), `member capsule.txt: it is compressed`},
		"a path that leads out": {add("../../.bashrc", "x"), `member "../../.bashrc": nothing in a capsule`},
		"an absolute path":      {add("/etc/passwd", "x"), `member "/etc/passwd"`},
		"a path of Windows":     {add(`files\..\x`, "x"), `nothing in a capsule`},
		"a folder":              {add("files/", ""), `nothing in a capsule`},
		"a member twice":        {add(capsuleNote, "x"), `member capsule.txt: it is there twice`},
		"a file twice":          {add("files/"+strings.Repeat("0", 64), "x"), "no turn before it has this file"},
		"nothing at all":        {good[:20], "too short"},
		"an unknown field":      {swap("session.json", `{"id"`, `{"x":1,"id"`), `session.json: it has a field "x", which this juxta does not know`},
		"another session":       {swap("session.json", `"id":"0`, `"id":"1`), "calls itself"},
		"a hostile session":     {swap("session.json", `"turns":2`, `"turns":3`), "3 turns and brings 2"},
		"a lost turn":           {with(func(all []part) []part { return slices.Delete(all, 2, 3) }), "000002.json: turn 1 should be here"},
		"a lost session":        {with(func(all []part) []part { return slices.Delete(all, 1, 2) }), "there is no session before it"},
		"no note":               {with(func(all []part) []part { return all[1:] }), "member capsule.txt: it is not the first"},
		"deep nesting":          {swap("000001.json", `{`, strings.Repeat("[", 20_000)+`{`), "000001.json: "},
		"two values":            {edit("000001.json", func(b []byte) []byte { return append(b, "{}"...) }), "something stands behind its end"},
		"many objects":          {swap("000001.json", `"answers":[`, `"answers":[`+strings.Repeat("{},", mostObjects)), "000001.json: it has more than"},
		"other bytes of a file": {edit(fileEnd(t, good), func(b []byte) []byte { return append(b, 'x') }), "they are not what its hash says"},
		"a size that is a lie":  {claims(good, 10<<30&0xffffffff), "claims"},
		"a list that is a lie":  {lastBytes(good, func(end []byte) { binary.LittleEndian.PutUint32(end[12:], 1<<30) }), "its end, at byte"},
		"members that are none": {lastBytes(good, func(end []byte) { binary.LittleEndian.PutUint16(end[10:], 65_535) }), "its end, at byte"},
	} {
		t.Run(name, func(t *testing.T) {
			err := checked(c.data)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %.300v, want one with %q", err, c.says)
			}
			s := opened(t)
			if _, err := Import(t.Context(), s, file(t, "x.capsule", c.data)); err == nil || count(t, s) > 0 {
				t.Errorf("imported: %v", err)
			}
		})
	}
}

func fileEnd(t testing.TB, data []byte) string {
	for _, p := range parts(t, data) {
		if strings.HasPrefix(p.name, "files/") {
			return p.name
		}
	}
	t.Fatal("no file")
	return ""
}

// bomb is 100 MB of nothing in a few bytes.
func bomb(t testing.TB) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(capsuleNote)
	if err == nil {
		_, err = w.Write(make([]byte, 100<<20))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// claims has the directory say that its first member is n bytes.
func claims(data []byte, n uint32) []byte {
	data = slices.Clone(data)
	at := bytes.Index(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[at+20:], n)
	binary.LittleEndian.PutUint32(data[at+24:], n)
	return data
}

func lastBytes(data []byte, change func(end []byte)) []byte {
	data = slices.Clone(data)
	change(data[len(data)-22:])
	return data
}

func TestAnEndlessTextIsGivenUpBeforeItIsAllRead(t *testing.T) {
	head := `{"juxta":"session","version":1,`
	for name, c := range map[string]struct{ begin, again string }{
		"a string":   {head + `"session":{"title":"`, "x"},
		"spaces":     {head, " "},
		"brackets":   {head + `"session":`, "["},
		"a file":     {head + `"session":{},"turns":[],"files":[{"data":"`, "AAAA"},
		"no session": {"", "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &unending{begin: c.begin, again: strings.Repeat(c.again, 1<<12)}
			err := readJSON(t.Context(), r, func(sessions.Bundle) error { return nil })
			if err == nil || !strings.Contains(err.Error(), "at byte") {
				t.Errorf("got %v", err)
			}
			if most := 2 * mostSession; r.n > most {
				t.Errorf("%d MB were read", r.n>>20)
			}
		})
	}
}

type unending struct {
	begin, again string
	n            int
}

func (e *unending) Read(p []byte) (int, error) {
	from := e.again
	if e.begin != "" {
		from = e.begin
	}
	n := copy(p, from)
	if e.begin != "" {
		e.begin = e.begin[n:]
	}
	e.n += n
	return n, nil
}

// FuzzCapsule has nothing in a file crash the reader; and what is taken for
// intact is what juxta would write.
func FuzzCapsule(f *testing.F) {
	f.Add(small(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := openCapsule(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		intact := c.same(t.Context()) == nil
		var all []sessions.Bundle
		err = c.sessions(t.Context(), func(b sessions.Bundle) error { all = append(all, b); return b.Check() })
		if !intact || err != nil || slices.ContainsFunc(all, func(b sessions.Bundle) bool { return len(b.Session.Hidden) > 0 }) {
			return
		}
		if err := checked(capsuleOf(t, all...)); err != nil {
			t.Fatal(err)
		}
	})
}

// The plain form of a zip ends at 65,535 members and 4 GB, and more than it can
// say is no capsule that anybody could read.
func TestACapsuleThatBecomesTooLargeIsNotWritten(t *testing.T) {
	for name, c := range map[string]*packer{
		"members": {members: make([]Member, mostPacked-1)},
		"bytes":   {bytes: mostCapsule},
	} {
		c.z, c.seen = zip.NewWriter(io.Discard), map[string]bool{}
		if err := c.add("capsule.txt", []byte("x")); err == nil || !strings.Contains(err.Error(), "write several, of fewer sessions each") {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}
