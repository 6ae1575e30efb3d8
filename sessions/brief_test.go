package sessions

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

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
				for _, p := range b.Preflight(d.files) {
					if p.Trouble == "" {
						will = append(will, p.Column)
					}
				}
				run, err := b.Ask(t.Context(), d.text, d.files...)
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
