package sessions

import (
	"strings"
	"testing"
	"testing/synctest"

	"juxta/prompts"
	"juxta/providers"
)

func wantAgain(t *testing.T, what string, b *Bench, column, files, unknown, tokens int, cost providers.Money) {
	t.Helper()
	got := b.Preflight(nil, 0)[column-1].Again
	want(t, what+": files", got.Files, files)
	want(t, what+": unknown", got.Unknown, unknown)
	want(t, what+": tokens", got.Tokens, tokens)
	switch {
	case cost < 0 && got.Cost != nil:
		t.Errorf("%s: costs %s, which nobody knows", what, got.Cost.USD())
	case cost >= 0 && got.Cost == nil:
		t.Errorf("%s: a cost that is not known", what)
	case cost >= 0:
		want(t, what+": cost", *got.Cost, cost)
	}
}

func TestPreflightTellsWhatIsToldOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := opened(t), &recorder{}
		b := sighted(t, s, r, "a", "blind", "unsure")
		wantAgain(t, "before a question", b, 1, 0, 0, 0, -1)
		text := strings.Repeat("héllo", 20) // 120 bytes, 100 characters
		notes := textTokens(Enclosed("notes.txt", []byte(text)))
		both := 76 + notes
		price := func(tokens, pictures int) providers.Money {
			return providers.Money(tokens*1_000_000 + pictures*7)
		}
		askWith(t, b, "what?", blob("pin.png", 1, 100), written("notes.txt", text))
		wantAgain(t, "seen", b, 1, 2, 0, both, price(both, 1))
		wantAgain(t, "refused", b, 2, 0, 0, 0, -1)
		wantAgain(t, "unsure", b, 3, 2, 1, notes, -1)

		askWith(t, b, "and?", blob("two.png", 2, 100))
		wantAgain(t, "two turns", b, 1, 3, 0, both+76, price(both+76, 2))
		for range 2 * remembered { // so that the first turns are in the store alone
			askWith(t, b, "go on")
		}
		wantAgain(t, "long ago", b, 1, 3, 0, both+76, price(both+76, 2))

		resumed := sighted(t, s, r)
		if err := resumed.Resume(b.Session().ID); err != nil {
			t.Fatal(err)
		}
		wantAgain(t, "resumed", resumed, 1, 3, 0, both+76, price(both+76, 2))
		wantAgain(t, "resumed refused", resumed, 2, 0, 0, 0, -1)
		resumed.SetModel(1, providers.Ref{Provider: "rec", Model: "unsure"})
		wantAgain(t, "told to one of which less is known", resumed, 1, 3, 2, notes, -1)
		resumed.SetModel(3, providers.Ref{Provider: "rec", Model: "a"})
		wantAgain(t, "told to one of which more is known", resumed, 3, 3, 0, both+76, price(both+76, 2))

		resumed.Begin()
		wantAgain(t, "a new session", resumed, 1, 0, 0, 0, -1)
	})
}

func TestAFileOfWhichNothingIsKnownLeavesTheOthersInTheSum(t *testing.T) {
	b := sighted(t, nil, &recorder{}, "a")
	askWith(t, b, "what?", typed("talk.pdf", "application/pdf"))
	wantAgain(t, "a document", b, 1, 1, 1, 0, -1)
	askWith(t, b, "and?", typed("more.pdf", "application/pdf"), blob("pin.png", 1, 100))
	wantAgain(t, "with a picture after it", b, 1, 3, 2, 76, 76*1_000_000+7)
}

func TestAWrittenFileWhoseTextWasNeverCountedIsGuessedByItsSize(t *testing.T) {
	d := &desk{}
	turn := &Turn{ID: 1, Files: []Attachment{{Name: "a.txt", MIME: "text/plain", SHA256: "x", Bytes: 401}}}
	d.remember(1, turn, &Answer{Column: 1, Text: "seen", Finish: providers.Finished}, true)
	want(t, "tokens", again(providers.Model{}, d.earlier(1, Path{{1, 1}})).Tokens, 101)
}

func TestAnAnswerKeepsWhatItsPromptWasForeseenAt(t *testing.T) {
	s := opened(t)
	b := sighted(t, s, &recorder{}, "a", "blind", "unsure")
	b.SetSystem("1234")
	h := askWith(t, b, "12345678", blob("pin.png", 1, 100))
	want(t, "of one that sees", h.final[1].Foreseen, 76+3)
	want(t, "of one that was told nothing", h.final[2].Foreseen, 0)
	want(t, "of one whose eyes nobody knows", h.final[3].Foreseen, 0)
	h = askWith(t, b, "12345678")
	want(t, "with its history", h.final[1].Foreseen, 76+3+1+2) // "seen"
	want(t, "without a picture", h.final[2].Foreseen, 3)
	_, turns := keptSession(t, s, b.Session().ID)
	want(t, "kept", turns[0].Answers[0].Foreseen, 79)
	known, unknown := h.final[1], h.final[3]
	want(t, "in the record", *known.Record("", 2).Foreseen, 82)
	if got := unknown.Record("", 2).Foreseen; got != nil {
		t.Errorf("unknown in the record: %d", *got)
	}
}

// A local server's runner ends over some pictures, whoever it answers then.
func TestALocalServerMayBreakDownOverAnOddPicture(t *testing.T) {
	r := &recorder{}
	b := sighted(t, nil, r, "a", "unsure")
	local := func(api string) *Bench {
		b := bench(t, nil, nil, r.double("rec"))
		b.Registry = providers.NewRegistry([]providers.Endpoint{{Name: "rec", API: api, Local: true}},
			map[string]providers.Builder{api: func(providers.Endpoint) (providers.Provider, error) { return r.double("rec"), nil }}, nil)
		b.Add(Column{Model: providers.Ref{Provider: "rec", Model: "m"}})
		return b
	}
	sized := func(name string, w, h int) *prompts.Attachment {
		a := blob(name, w, 100)
		a.Width, a.Height = w, h
		return a
	}
	dot, strip, plain := sized("dot.png", 1, 1), sized("strip.png", 30_000, 10), sized("plain.png", 640, 480)
	doubt := func(b *Bench, files ...*prompts.Attachment) string { return b.Preflight(files, 0)[0].Doubt }
	here := local("ollama")
	const unknown = "it is not known whether it can see pictures"
	want(t, "ordinary", doubt(here, plain), unknown)
	want(t, "small", doubt(here, plain, dot), `"dot.png" may be too much for its server: it is very small, 1×1`)
	want(t, "long", doubt(here, strip), `"strip.png" may be too much for its server: it is very long, 30000×10`)
	want(t, "both", doubt(here, strip, dot), "some of the pictures may be too much for its server: they are very small, long or large")
	want(t, "of a service", doubt(b, dot), "")
	want(t, "simulated", doubt(local("demo"), dot), unknown)
	askWith(t, here, "what?", dot)
	want(t, "told again", doubt(here), `"dot.png" may be too much for its server: it is very small, 1×1`)
}

func TestALongNameIsCutWhereOneSeesIt(t *testing.T) {
	b := sighted(t, nil, &recorder{}, "blind")
	name := strings.Repeat("holiday ", 12) + "2026.png"
	h := askWith(t, b, "what?", blob(name, 1, 100))
	want(t, "message", h.final[1].Error.Message,
		`not possible: the model can't see pictures, and the question has "`+strings.Repeat("holiday ", 6)+`holiday…holiday holiday 2026.png"; nothing was sent`)
}
