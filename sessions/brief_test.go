package sessions

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// exact is a message's parts with the hash of every byte.
func exact(parts []providers.Part) string {
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case providers.Blob:
			fmt.Fprintf(&b, " [%s %s %x]", p.Name, p.MIME, sha256.Sum256(p.Data))
		case providers.Text:
			fmt.Fprintf(&b, " %q", string(p))
		}
	}
	return b.String()
}

// A diary is what happened in a session, kept apart from it: per turn the
// question, and per column what it said last; "" if it failed.
type diary struct {
	text  string
	files []*prompts.Attachment
	said  map[int]string
}

// parts is the question as it must be told, and whether it is more than text.
func (d diary) parts() (parts []providers.Part, seen bool) {
	for _, f := range d.files {
		if f.Kind() != prompts.Written {
			parts, seen = append(parts, providers.Blob{Name: f.Name, MIME: f.MIME, Data: f.Data}), true
		}
	}
	for _, f := range d.files {
		if f.Kind() == prompts.Written {
			parts = append(parts, providers.Text(f.Name+":\n```\n"+string(f.Data)+"\n```\n\n"))
		}
	}
	if d.text != "" {
		parts = append(parts, providers.Text(d.text))
	}
	return parts, seen
}

// mustBeTold is what a column must be told in turn n, and whether that is more
// than text.
func mustBeTold(days []diary, n, column int) (all string, seen bool) {
	for i, d := range days[:n+1] {
		if i < n && d.said[column] == "" {
			continue
		}
		parts, pictures := d.parts()
		all, seen = all+"user:"+exact(parts)+"\n", seen || pictures
		if i < n {
			all += "assistant:" + exact([]providers.Part{providers.Text(d.said[column])}) + "\n"
		}
	}
	return all, seen
}

// Whatever happens in a session, every column is told its own turns with the
// very bytes that were sent then, and Preflight knows who will not be asked.
func TestEveryColumnIsToldItsOwnFilesByteForByte(t *testing.T) {
	pool := []*prompts.Attachment{
		blob("a.png", 1, 900), blob("b.png", 2, 300_000), blob("a.png", 3, 5000), blob("other-name.png", 1, 900),
		typed("c.pdf", "application/pdf"), typed("d.wav", "audio/wav"), written("e", "some text"), written("f", "more text"),
	}
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		n := 0
		fails := map[string]bool{}
		r := &recorder{}
		r.say = func(model string) (string, error) {
			if fails[model] {
				return "", &providers.Error{Kind: providers.Auth}
			}
			return fmt.Sprint(model, " says ", n), nil
		}
		s := opened(t)
		if seed%4 == 3 {
			s = nil
		}
		b := sighted(t, s, r, "one", "two", "three")
		var days []diary
		check := func(run *Run, turn int, columns ...int) {
			t.Helper()
			if err := run.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			ses := b.Session()
			for _, id := range columns {
				c, _ := ses.Column(id)
				must, seen := mustBeTold(days, turn, id)
				req, asked := r.take(c.Model.Model)
				if blind := seen && strings.HasPrefix(c.Model.Model, "blind"); asked == blind {
					t.Fatalf("seed %d, turn %d: column %d was asked: %t", seed, turn+1, id, asked)
				}
				var got string
				for _, m := range req.Messages {
					got += []string{"user:", "assistant:"}[m.Role] + exact(m.Parts) + "\n"
				}
				if asked && got != must {
					t.Fatalf("seed %d, turn %d: column %d was told\n%s\nwant\n%s", seed, turn+1, id, got, must)
				}
				days[turn].said[id] = ""
				if asked && !fails[c.Model.Model] {
					days[turn].said[id] = fmt.Sprint(c.Model.Model, " says ", n)
				}
			}
		}
		for n = range 24 {
			ses := b.Session()
			for _, c := range ses.Shown() {
				if rnd.IntN(4) == 0 {
					eyes := []string{"", "blind", "unsure"}[rnd.IntN(3)]
					b.SetModel(c.ID, providers.Ref{Provider: "rec", Model: fmt.Sprint(eyes, c.ID)})
				}
			}
			clear(fails)
			ses = b.Session()
			for _, c := range ses.Shown() {
				fails[c.Model.Model] = rnd.IntN(4) == 0
			}
			switch k := rnd.IntN(10); {
			case k == 0 && s != nil:
				registry, id := b.Registry, ses.ID
				_ = b.settle() // else the column added last may be missing
				b = bench(t, s, nil)
				b.Registry = registry
				if err := b.Resume(id); err != nil && len(days) > 0 {
					t.Fatal(err)
				} else if err != nil {
					b = sighted(t, s, r, "one", "two", "three")
				}
			case k == 1 && len(ses.Places) < 5:
				b.Add(Column{Model: providers.Ref{Provider: "rec", Model: fmt.Sprint("new", n)}})
			case k == 2 && len(ses.Places) > 2:
				b.Remove(ses.Places[rnd.IntN(len(ses.Places))])
			case k <= 4 && len(days) > 0:
				turn, column := rnd.IntN(len(days)), ses.Places[rnd.IntN(len(ses.Places))]
				run, err := b.Again(t.Context(), turn+1, column)
				if err != nil {
					t.Fatal(err)
				}
				check(run, turn, column)
			default:
				d := diary{said: map[int]string{}, text: fmt.Sprint("question ", n)}
				for range rnd.IntN(4) {
					d.files = append(d.files, pool[rnd.IntN(len(pool))])
				}
				if len(d.files) > 0 && rnd.IntN(3) == 0 {
					d.text = ""
				}
				days = append(days, d)
				var will []int
				for _, p := range b.Preflight(d.files, 0) {
					if p.Trouble == "" {
						will = append(will, p.Column)
					}
				}
				run, err := b.Put(t.Context(), Question{Text: d.text, Files: d.files})
				if err != nil {
					t.Fatal(err)
				}
				check(run, len(days)-1, ses.Places...)
				turns, _ := b.Turns(0, 1)
				for _, a := range turns[0].Answers {
					vain := a.Error != nil && a.Error.Kind == providers.Unsupported
					if slices.Contains(will, a.Column) == vain {
						t.Errorf("seed %d, turn %d, column %d: it was not asked: %t, and Preflight said otherwise", seed, len(days), a.Column, vain)
					}
				}
			}
		}
		if s != nil { // what was never attached again is still whole in the store
			_, turns := keptSession(t, s, b.Session().ID)
			for i, turn := range turns {
				for j, f := range turn.Files {
					data, err := s.file(f.SHA256)
					if err != nil || !bytes.Equal(data, days[i].files[j].Data) {
						t.Errorf("seed %d: file %d of turn %d: %v", seed, j, i+1, err)
					}
				}
			}
		}
	}
}

func TestTheEstimateKnowsEveryPictureThatIsTold(t *testing.T) {
	s := opened(t)
	r := &recorder{say: func(string) (string, error) { return "12345678", nil }}
	b := sighted(t, s, r, "a")
	askWith(t, b, "12345678", blob("a.png", 1, 900), blob("b.png", 2, 900)) // 76 tokens each
	again := sighted(t, s, r)
	if err := again.Resume(b.Session().ID); err != nil {
		t.Fatal(err)
	}
	run, err := again.Put(t.Context(), Question{Text: "1234", Files: []*prompts.Attachment{blob("c.png", 3, 900), written("n", "1234")}})
	if err != nil {
		t.Fatal(err)
	}
	text := "12345678" + "12345678" + "n:\n```\n1234\n```\n\n" + "1234"
	want(t, "estimate", run.lanes[0].prompt, providers.EstimateTokens(len(text))+3*76)
	want(t, "pictures", run.lanes[0].images, 3)
	hear(run, 0)
	turns, err := again.Turns(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	sights := turns[0].Answers[0].Sights
	want(t, "sights", fmt.Sprint(len(sights), sights[0].View, sights[1].View), "2 {320 240 76 } {0 0 5 }")
	want(t, "cost of the picture", *sights[0].Cost, providers.Money(76_000_007))
	want(t, "cost of the text", *sights[1].Cost, providers.Money(5_000_000))
}

func TestACostOfAPictureIsKnownOnlyIfAllOfItIs(t *testing.T) {
	pic := Attachment{MIME: "image/png", SentWidth: 640, SentHeight: 480}
	price := func(edit func(*providers.Price)) *providers.Price {
		p := providers.Price{Rates: providers.Rates{Input: 2, Output: providers.UnknownRate}, Source: providers.Listed}
		if edit != nil {
			edit(&p)
		}
		return &p
	}
	for what, tt := range map[string]struct {
		m    providers.Model
		want string
	}{
		"known":               {providers.Model{Vision: tiles{}, Price: price(nil)}, "$0.000000000152"},
		"free":                {providers.Model{Vision: tiles{}, Price: &providers.Price{Source: providers.Free}}, "$0.000000000000"},
		"no price":            {providers.Model{Vision: tiles{}}, "unknown"},
		"local":               {providers.Model{Vision: tiles{}, Local: true}, "unknown"},
		"local with a price":  {providers.Model{Vision: tiles{}, Local: true, Price: price(nil)}, "$0.000000000152"},
		"no rate":             {providers.Model{Vision: tiles{}, Price: price(func(p *providers.Price) { p.Input = providers.UnknownRate })}, "unknown"},
		"no fee known":        {providers.Model{Vision: tiles{}, Price: price(func(p *providers.Price) { p.PerImage = providers.UnknownRate })}, "unknown"},
		"beyond money":        {providers.Model{Vision: tiles{}, Price: price(func(p *providers.Price) { p.Input = 1 << 62 })}, "unknown"},
		"nobody knows tokens": {providers.Model{Price: price(nil)}, "unknown"},
	} {
		got := "unknown"
		if s := sight(tt.m, pic, 0); s.Cost != nil {
			got = "$" + s.Cost.USD()
		}
		want(t, what, got, tt.want)
	}
}

func TestThePreflightTellsWhyByTheKindOfFile(t *testing.T) {
	b := sighted(t, nil, &recorder{}, "blind", "unsure")
	for mime, can := range map[string]string{"image/png": "see pictures", "application/pdf": "read PDF files", "audio/wav": "hear"} {
		pre := b.Preflight([]*prompts.Attachment{written("w", "x"), typed("f", mime)}, 0)
		want(t, mime, pre[0].Trouble+"|"+pre[1].Trouble+"|"+pre[1].Doubt, "can't "+can+"||it is not known whether it can "+can)
	}
	for _, p := range b.Preflight([]*prompts.Attachment{written("w", "x")}, 0) {
		want(t, "a text", p.Trouble+p.Doubt+p.Sights[0].Trouble, "")
	}
}

// Turns keep references: what a session takes in memory is its text, whatever
// was shown, and the files that were used last.
func TestPicturesDoNotStayInMemory(t *testing.T) {
	const turns, size = 500, 100_000
	s := opened(t)
	ses, batches := asked(time.Now(), turns)
	for ten := range slices.Chunk(batches[1:], 10) {
		for i := range ten {
			b := &ten[i]
			pic := blob(fmt.Sprint(b.Turn.ID, ".png"), b.Turn.ID, size)
			sum := pic.SHA256()
			b.Turn.Files, b.Files = []Attachment{keptAs(pic, sum)}, map[string][]byte{sum: pic.Data}
		}
		saved(t, s, ten...)
		clear(ten)
	}
	heap := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // a second time for what had finalizers
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := heap()
	b := bench(t, s, nil, reading("read"))
	if err := b.Resume(ses.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range b.Session().Places {
		b.SetModel(id, providers.Ref{Provider: "read", Model: "a"})
	}
	h := askWith(t, b, "and all of them?", blob("last.png", turns+1, size))
	want(t, "pictures told", h.final[2].Usage.Images, turns+1)
	if b.shelf.size > handy || b.shelf.size < handy/2 {
		t.Errorf("%d bytes of files are at hand", b.shelf.size)
	}
	b.shelf.clear()
	per := (heap() - before) / turns
	t.Logf("%d bytes a turn", per)
	if per > 8<<10 {
		t.Errorf("%d bytes a turn", per)
	}
	runtime.KeepAlive(b)
}
