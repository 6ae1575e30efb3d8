package sessions

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// blob is a picture as far as a session cares: bytes of its own for every seed.
func blob(name string, seed, size int) *prompts.Attachment {
	data := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)}).Read(data)
	return &prompts.Attachment{
		Name: name, From: "/home/me/" + name, MIME: "image/png", Data: data,
		Width: 640, Height: 480, FileWidth: 1280, FileHeight: 960, Notes: []string{"camera data and place removed"},
	}
}

func written(name, text string) *prompts.Attachment {
	return &prompts.Attachment{Name: name, MIME: "text/plain", Data: []byte(text)}
}

func typed(name, mime string) *prompts.Attachment {
	return &prompts.Attachment{Name: name, MIME: mime, Data: []byte("bytes of " + name)}
}

// tiles is a service that scales to half and counts a token per 1,000 pixels.
type tiles struct{}

func (tiles) See(w, h int) providers.View {
	return providers.View{Width: w / 2, Height: h / 2, Tokens: w * h / 4000}
}

// recorder is a provider that remembers what it was asked.
type recorder struct {
	mu   sync.Mutex
	last map[string]providers.Request // by model
	say  func(model string) (string, error)
}

func (r *recorder) double(name string) double {
	return double{name: name, stream: func(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			r.mu.Lock()
			if r.last == nil {
				r.last = map[string]providers.Request{}
			}
			r.last[req.Model] = req
			r.mu.Unlock()
			yield(providers.Sent{At: time.Now()}, nil)
			text, err := "seen", error(nil)
			if r.say != nil {
				text, err = r.say(req.Model)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			_ = yield(providers.Delta{At: time.Now(), Text: text}, nil) &&
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished, Usage: &providers.Usage{Input: 9, Output: 1}}, nil)
		}
	}}
}

// take is the request that a model got last, which is forgotten then.
func (r *recorder) take(model string) (providers.Request, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	req, ok := r.last[model]
	delete(r.last, model)
	return req, ok
}

// show is a request in a line: blobs by name and size, texts as they are.
func show(req providers.Request) string {
	var b strings.Builder
	for _, m := range req.Messages {
		b.WriteString([]string{"user:", "assistant:"}[m.Role])
		for _, p := range m.Parts {
			switch p := p.(type) {
			case providers.Blob:
				fmt.Fprintf(&b, " [%s %s %d]", p.Name, p.MIME, len(p.Data))
			case providers.Text:
				fmt.Fprintf(&b, " %q", string(p))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// sighted works with the columns rec/a, rec/b, … of which the blind see no
// pictures. What the others see is a matter of tiles, at a dollar per million
// tokens.
func sighted(t testing.TB, s *Store, r *recorder, models ...string) *Bench {
	t.Helper()
	b := bench(t, s, nil, r.double("rec"))
	b.Registry = providers.NewRegistry(
		[]providers.Endpoint{{Name: "rec", API: "rec"}},
		map[string]providers.Builder{"rec": func(providers.Endpoint) (providers.Provider, error) { return r.double("rec"), nil }},
		func(_ providers.Endpoint, m providers.Model) providers.Model {
			switch {
			case strings.HasPrefix(m.Ref.Model, "blind"):
				m.Can = providers.Abilities{Images: providers.No, Documents: providers.No, Audio: providers.No}
			case strings.HasPrefix(m.Ref.Model, "unsure"):
			default:
				m.Can = providers.Abilities{Images: providers.Yes, Documents: providers.Yes, Audio: providers.Yes}
				m.Vision = tiles{}
				m.Price = &providers.Price{Rates: providers.Rates{Input: 1_000_000, Output: 1_000_000}, PerImage: 7, PerRequest: 1000, Source: providers.Listed}
			}
			return m
		})
	for _, m := range models {
		b.Add(Column{Model: providers.Ref{Provider: "rec", Model: m}})
	}
	return b
}

func askWith(t testing.TB, b *Bench, text string, files ...*prompts.Attachment) heard {
	t.Helper()
	r, err := b.Put(context.Background(), Question{Text: text, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return hear(r, 0)
}

func TestPicturesComeFirstThenWrittenFilesThenTheQuestion(t *testing.T) {
	r := &recorder{}
	b := sighted(t, opened(t), r, "a", "b")
	one, two := blob("one.png", 1, 3000), blob("two.png", 2, 2000)
	h := askWith(t, b, "what?", written("main.go", "package main\n"), one, typed("talk.pdf", "application/pdf"), two, typed("call.wav", "audio/wav"))
	for _, m := range []string{"a", "b"} {
		req, _ := r.take(m)
		want(t, "sent to "+m, show(req), `user: [one.png image/png 3000] [talk.pdf application/pdf 17] [two.png image/png 2000] [call.wav audio/wav 17]`+
			` "main.go:\n`+"```"+`go\npackage main\n`+"```"+`\n\n" "what?"`+"\n")
		if !bytes.Equal(req.Messages[0].Parts[0].(providers.Blob).Data, one.Data) {
			t.Error("the first picture has other bytes")
		}
	}
	want(t, "pictures counted", h.final[1].Usage.Images, 2)
	want(t, "finish", h.final[2].Finish, providers.Finished)
}

func TestAFenceIsLongerThanAnyInTheText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a.go", "x", "a.go:\n```go\nx\n```\n\n"},
		{"A.MD", "```\ncode\n```\n", "A.MD:\n````md\n```\ncode\n```\n````\n\n"},
		{"b", "a ````` b ```````", "b:\n````````\na ````` b ```````\n````````\n\n"},
		{"c.txt", "", "c.txt:\n```\n```\n\n"},
		{"", "x\n", "```\nx\n```\n\n"},
		{"e.```\n\x1b[31m", "x\n", "e.''' ␛[31m:\n```\nx\n```\n\n"},
	} {
		want(t, tt.name, string(Enclosed(tt.name, []byte(tt.text))), tt.want)
	}
}

func TestAQuestionMayBeAPictureAlone(t *testing.T) {
	r := &recorder{}
	s := opened(t)
	b := sighted(t, s, r, "a")
	if _, err := b.Put(t.Context(), Question{}); err == nil {
		t.Error("nothing was asked")
	}
	askWith(t, b, " \n", blob("pin\x1b.png\nx", 1, 10), blob("b.png", 2, 10))
	req, _ := r.take("a")
	want(t, "sent", show(req), "user: [pin\x1b.png\nx image/png 10] [b.png image/png 10]\n")
	want(t, "title", b.Session().Title, "pin\x1b.png and 1 more")
	_, turns := keptSession(t, s, b.Session().ID)
	want(t, "kept name", turns[0].Files[0].Name, "pin\x1b.png\nx")
}

func TestAColumnThatCannotSeeIsToldNothingAndHoldsUpNobody(t *testing.T) {
	r := &recorder{}
	s := opened(t)
	b := sighted(t, s, r, "a", "blind", "unsure")
	pic := blob("pin.png", 1, 100)
	pre := b.Preflight([]*prompts.Attachment{pic, written("a.txt", "12345678")}, 0)
	want(t, "preflight of the one that sees", pre[0].Trouble+pre[0].Doubt, "")
	want(t, "preflight of the blind", pre[1].Trouble, "can't see pictures")
	want(t, "its file", pre[1].Sights[0].Trouble+pre[1].Sights[1].Trouble, "can't see pictures")
	want(t, "preflight of the unsure", pre[2].Trouble+pre[2].Doubt, "it is not known whether it can see pictures")
	want(t, "seen", fmt.Sprint(pre[0].Sights[0].View), "{320 240 76 }")
	want(t, "cost", *pre[0].Sights[0].Cost, providers.Money(76_000_007))
	if pre[2].Sights[0].Cost != nil || pre[1].Sights[0].Cost != nil {
		t.Error("a cost that nobody knows")
	}

	h := askWith(t, b, "what?", pic)
	a := h.final[2]
	want(t, "finish of the blind", a.Finish, providers.Failed)
	want(t, "kind", a.Error.Kind, providers.Unsupported)
	want(t, "attempts", a.Timing.Attempts, 0)
	want(t, "message", a.Error.Message, `not possible: the model can't see pictures, and the question has "pin.png"; nothing was sent`)
	want(t, "hint", a.Error.Hint, "choose another model for this column, or leave the file out")
	if _, ok := r.take("blind"); ok {
		t.Error("the blind one was asked")
	}
	want(t, "finish of the others", string(h.final[1].Finish+h.final[3].Finish), "stopstop")
	want(t, "unpriced", b.Session().Unpriced, 1) // the unsure one
	_, turns := keptSession(t, s, b.Session().ID)
	want(t, "kept", turns[0].Answers[1].Error.Message, a.Error.Message)
	want(t, "kept sight", turns[0].Answers[1].Sights[0].Trouble, "can't see pictures")
	want(t, "kept view", turns[0].Answers[0].Sights[0].View.Tokens, 76)

	// Without a picture it goes on, as the picture was never part of what it
	// was told.
	want(t, "preflight of the next", b.Preflight(nil, 0)[1].Trouble, "")
	askWith(t, b, "and now?")
	req, _ := r.take("blind")
	want(t, "told", show(req), "user: \"and now?\"\n")

	// Another model in the place of one that saw is told of its pictures.
	b.SetModel(1, providers.Ref{Provider: "rec", Model: "blind-too"})
	const trouble = "can't see pictures, and is told of one in turn 1"
	want(t, "preflight after the change", b.Preflight(nil, 0)[0].Trouble, trouble)
	h = askWith(t, b, "third")
	want(t, "error", h.final[1].Error.Message, `not possible: the model can't see pictures, and "pin.png" of turn 1 is part of what it would be told; nothing was sent`)
	again := sighted(t, s, r)
	if err := again.Resume(b.Session().ID); err != nil {
		t.Fatal(err)
	}
	want(t, "preflight after Resume", again.Preflight(nil, 0)[0].Trouble, trouble)
	b.SetModel(2, providers.Ref{Provider: "rec", Model: "sees"})
	run, err := b.Again(t.Context(), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	hear(run, 0)
	req, _ = r.take("sees")
	want(t, "sent again", show(req), "user: [pin.png image/png 100] \"what?\"\n")
	b.SetModel(2, providers.Ref{Provider: "rec", Model: "blind"})
	want(t, "preflight after another take", b.Preflight(nil, 0)[1].Trouble, trouble)
}
