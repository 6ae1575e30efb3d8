package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func ref(s string) providers.Ref {
	provider, model, _ := strings.Cut(s, "/")
	return providers.Ref{Provider: provider, Model: model}
}

// says is an answer that took seconds and had tokens of a known price.
func says(column, take int, model, text string, first, total time.Duration, out int) sessions.Answer {
	return sessions.Answer{
		Column: column, Take: take, Model: ref(model), Served: strings.TrimPrefix(model, "lab/") + "-2026-11-01", Text: text, Finish: providers.Finished,
		Usage: providers.Usage{Input: 1105, Output: out},
		Price: &providers.Price{Rates: providers.Rates{Input: 1_250_000, CacheRead: 125_000, CacheWrite: 1_250_000, Output: 10_000_000}, Source: providers.Listed, AsOf: "2026-11-01"},
		Timing: providers.Timing{
			Sent: noon, FirstToken: first, FirstAnswer: first, Last: total, Total: total + 20*time.Millisecond, Wall: total, Attempts: 1,
		},
	}
}

// pin is a small picture, and its hash.
func pin(t testing.TB) (string, []byte) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(120 + x/4), uint8(80 + y/2), uint8(60 + (x+y)/8), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:]), b.Bytes()
}

const lorem = `A **walnut mid-century sideboard** with tapered legs and brass handles, shown against a plain wall.

- Style: mid-century modern
- Material: walnut veneer, brass
- Colour: warm brown

| Feature | Value |
|---|--:|
| Width | 180 cm |
| Doors | 3 |

` + "```go\nfunc main() { fmt.Println(\"sideboard\") }\n```\n\nMore at [the catalogue](https://example.com/walnut)."

// evening is a session with everything in it that a report tells of.
func evening(t testing.TB) (sessions.Session, []sessions.Turn, map[string][]byte) {
	t.Helper()
	hash, data := pin(t)
	s := sessions.Session{
		ID: "01K0000000000000000000000A", Title: "Describe this pin for search.", Kind: sessions.Chat, Created: noon, Updated: noon.Add(time.Hour),
		Columns: []sessions.Column{{ID: 1, Model: ref("lab/qwen3-vl:8b")}, {ID: 2, Model: ref("openai/gpt-5.1")}, {ID: 3, Model: ref("anthropic/claude-x")}},
		Places:  []int{1, 2, 3}, Turns: 4, Baseline: 2, Tags: []string{"pins", "autumn"},
		Hidden: []int{4},
	}
	files := []sessions.Attachment{{Name: "pin.png", MIME: "image/png", SHA256: hash, Bytes: len(data), Width: 320, Height: 200, SentWidth: 320, SentHeight: 200}}

	local := says(1, 1, "lab/qwen3-vl:8b", "A wooden sideboard, brown, with three doors.", 480*time.Millisecond, 2300*time.Millisecond, 57)
	local.Price, local.Local = nil, true
	local.System = "You write alt text.\nBe short."
	warm := 0.2
	local.Params.Temperature = &warm
	long := says(2, 1, "openai/gpt-5.1", lorem, 771*time.Millisecond, 3420*time.Millisecond, 244)
	lost := says(3, 1, "anthropic/claude-x", "", 0, 0, 0)
	lost.Finish, lost.Usage = providers.Failed, providers.Usage{Estimated: true}
	lost.Error = &sessions.Failure{Kind: providers.RateLimit, Status: 429, Message: "the service is asked too often", Hint: "wait 20s"}
	lost.Timing = providers.Timing{Sent: noon, Total: 80 * time.Millisecond, Attempts: 3}

	second := says(1, 1, "lab/qwen3-vl:8b", "Walnut.", 300*time.Millisecond, 500*time.Millisecond, 3)
	second.Price, second.Local = nil, true
	again := says(1, 2, "lab/qwen3-vl:8b", "Walnut, stained.", 320*time.Millisecond, 700*time.Millisecond, 6)
	again.Price, again.Local = nil, true
	thought := says(2, 1, "openai/gpt-5.1", "Walnut veneer.", 900*time.Millisecond, 1800*time.Millisecond, 120)
	thought.Thoughts, thought.Usage.Reasoning, thought.Usage.CacheRead = "The grain looks like walnut.", 96, 1000
	thought.Notices = []string{"temperature is not taken by this model and was left out"}
	unknown := says(3, 1, "anthropic/claude-x", "It looks like **walnut**.", 1200*time.Millisecond, 2400*time.Millisecond, 31)
	unknown.Price, unknown.Usage.Estimated = nil, true

	vote := func(id int, blind bool, seats []int, best ...int) sessions.Vote {
		v := sessions.Vote{ID: id, At: noon.Add(time.Minute), Blind: blind, Seats: seats, Best: best}
		for _, c := range seats {
			take := 1
			v.Takes = append(v.Takes, sessions.Pick{Column: c, Take: take})
		}
		return v
	}
	turns := []sessions.Turn{
		{
			ID: 1, Text: "Describe this pin for search.", Asked: noon, Columns: []int{1, 2, 3}, Files: files, Blind: true, Revealed: noon.Add(time.Minute), Seed: 7,
			Answers: []sessions.Answer{local, long, lost}, Votes: []sessions.Vote{vote(1, true, []int{2, 1, 3}, 2)},
		},
		{
			ID: 2, Parent: 1, Text: "What is it made of?\nAnswer in one word.", Asked: noon.Add(5 * time.Minute), Columns: []int{1, 2, 3}, Files: files,
			Answers: []sessions.Answer{second, again, thought, unknown}, Votes: []sessions.Vote{vote(1, false, []int{1, 2, 3}, 1, 2)}, Note: "Ask for the finish, too.",
			Takes: map[int]int{1: 1},
		},
		{
			ID: 3, Parent: 2, Text: "And in French?", Asked: noon.Add(9 * time.Minute), Columns: []int{1, 2, 3},
			Answers: []sessions.Answer{
				says(2, 1, "openai/gpt-5.1", "Placage de noyer.", 700*time.Millisecond, 1100*time.Millisecond, 12),
				says(3, 1, "anthropic/claude-x", "Noyer.", 500*time.Millisecond, 800*time.Millisecond, 5),
			},
			Votes: []sessions.Vote{vote(1, false, []int{2, 3})},
		},
		{
			ID: 4, Parent: 3, Text: "the secret question", Asked: noon.Add(12 * time.Minute), Columns: []int{1, 2, 3}, Blind: true, Seed: 9,
			Answers: []sessions.Answer{says(2, 1, "openai/gpt-5.1", "the secret answer", time.Second, 2*time.Second, 9)},
		},
	}
	return s, turns, map[string][]byte{hash: data}
}

func eveningReport(t testing.TB) *Report {
	t.Helper()
	s, turns, files := evening(t)
	return New(s, turns, func(sum string) []byte { return files[sum] })
}

// A writer of this package.
type writer interface {
	Add(*Report) error
	End() error
}

// writers are all there are, by name.
func written(t testing.TB, reports ...*Report) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, make := range map[string]func(*bytes.Buffer) writer{
		"md":    func(b *bytes.Buffer) writer { return NewMarkdown(b) },
		"html":  func(b *bytes.Buffer) writer { return NewPage(b, nil) },
		"csv":   func(b *bytes.Buffer) writer { return NewTable(b) },
		"jsonl": func(b *bytes.Buffer) writer { return NewLines(b) },
	} {
		var b bytes.Buffer
		w := make(&b)
		for _, r := range reports {
			if err := w.Add(r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := w.End(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = b.String()
	}
	return all
}
