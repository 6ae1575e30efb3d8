// Command fill writes sessions that look like somebody's work into a store, for
// measurements of what a big one costs:
//
//	go run ./sessions/testdata/fill DB SESSIONS [TURNS]
//
// It writes SESSIONS sessions of TURNS turns (1 if not given) in two columns,
// the same ones each time but for their IDs, and prints how many bytes the store
// has then. Their columns are of provider lab, so that a test server may go on
// with them.
package main

import (
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("fill: ")
	size, err := run(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(size)
}

func run(args []string) (size int64, err error) {
	if len(args) < 2 || len(args) > 3 {
		return 0, errors.New("usage: fill DB SESSIONS [TURNS]")
	}
	count := []int{0, 1}
	for i, arg := range args[1:] {
		if count[i], err = strconv.Atoi(arg); err != nil || count[i] < 1 {
			return 0, fmt.Errorf("%q is not a number of sessions or turns", arg)
		}
	}
	store, err := sessions.Open(args[0])
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := fill(store, count[0], count[1]); err != nil {
		return 0, err
	}
	info, err := os.Stat(args[0])
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// atOnce is how many turns are saved in one transaction: enough for fsync not
// to matter, few enough for the pages that wait to fit into any memory.
const atOnce = 5_000

// fill writes the oldest session first, so that the newest has the newest ID as
// it has in life.
func fill(store *sessions.Store, count, turns int) error {
	w := writer{rand.New(rand.NewPCG(1, 2))}
	const apart = 10 * time.Minute
	at := time.Now().Add(-apart * time.Duration(count))
	var batches []sessions.Batch
	for range count {
		at = at.Add(apart)
		ses := session(at)
		for n := 1; n <= turns; n++ {
			batches = append(batches, w.turn(&ses, n))
			if len(batches) >= atOnce {
				if err := store.Save(batches...); err != nil {
					return err
				}
				batches = batches[:0]
			}
		}
	}
	return store.Save(batches...)
}

func session(at time.Time) sessions.Session {
	return sessions.Session{
		ID: sessions.NewID(at), Kind: sessions.Chat, Created: at, Updated: at,
		Columns: []sessions.Column{
			{ID: 1, Model: providers.Ref{Provider: "lab", Model: "small"}},
			{ID: 2, Model: providers.Ref{Provider: "lab", Model: "large"}},
		},
		Places: []int{1, 2},
	}
}

// writer makes up what people ask and models say.
type writer struct{ rng *rand.Rand }

// turn is the session's n-th question with its answers, and the session as it
// is then.
func (w writer) turn(ses *sessions.Session, n int) sessions.Batch {
	question := w.sentence()
	if n == 1 {
		ses.Title = question[:min(60, len(question))]
	}
	ses.Turns = n
	ses.Updated = ses.Created.Add(time.Duration(n) * time.Second)
	turn := &sessions.Turn{ID: n, Parent: n - 1, Text: question, Asked: ses.Updated, Columns: ses.Places}
	batch := sessions.Batch{Turn: turn}
	for _, c := range ses.Columns {
		a := w.answer(c, turn.Asked)
		if money, _ := a.Cost(); money != nil {
			ses.Spent += *money
		}
		batch.Answers = append(batch.Answers, sessions.Kept{Session: ses.ID, Turn: n, Answer: a})
	}
	now := *ses
	batch.Session = &now
	return batch
}

func (w writer) answer(c sessions.Column, asked time.Time) sessions.Answer {
	text := w.markdown()
	const token = 4 // bytes; one chunk each, as most services send them
	tokens := (len(text) + token - 1) / token
	t := providers.Timing{Sent: asked, FirstToken: 200*time.Millisecond + time.Duration(w.rng.IntN(400))*time.Millisecond, Attempts: 1}
	t.FirstAnswer, t.Last = t.FirstToken, t.FirstToken
	for i := range tokens {
		t.Chunks = append(t.Chunks, providers.Chunk{At: t.Last, Bytes: int32(min(token, len(text)-i*token))})
		t.Last += 8*time.Millisecond + time.Duration(w.rng.IntN(8_000))*time.Microsecond
	}
	t.Total, t.Wall = t.Last, t.Last
	usage := providers.Usage{Input: 20 + w.rng.IntN(2_000), Output: tokens}
	return sessions.Answer{
		Column: c.ID, Take: 1, Model: c.Model, Served: c.Model.Model, Text: text,
		Finish: providers.Finished, Usage: usage, Timing: t, Context: 131_072,
		Price:     &providers.Price{Rates: providers.Rates{Input: 150_000, Output: 600_000}, Source: providers.Listed, AsOf: "2026-11-01"},
		RequestID: fmt.Sprintf("req_%016x", w.rng.Uint64()),
		Raw:       fmt.Appendf(nil, `{"prompt_tokens":%d,"completion_tokens":%d}`, usage.Input, usage.Output),
	}
}

// markdown is 300 to 1,100 bytes of an answer: prose, a list, sometimes code.
func (w writer) markdown() string {
	var b strings.Builder
	for range 1 + w.rng.IntN(3) {
		b.WriteString(w.sentence() + " " + w.sentence() + "\n\n")
	}
	for range 2 + w.rng.IntN(3) {
		b.WriteString("- **" + w.word() + "**: " + w.sentence() + "\n")
	}
	if w.rng.IntN(3) == 0 {
		fmt.Fprintf(&b, "\n```go\nfunc %s(%s int) int {\n\treturn %s + %d\n}\n```\n", w.word(), w.word(), w.word(), w.rng.IntN(100))
	}
	return b.String()
}

func (w writer) sentence() string {
	first := w.word()
	words := []string{strings.ToUpper(first[:1]) + first[1:]}
	for range 6 + w.rng.IntN(10) {
		words = append(words, w.word())
	}
	return strings.Join(words, " ") + "."
}

// word is one of 8,000 that can be spoken: about as many as somebody uses.
func (w writer) word() string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	n := int(8_000 * w.rng.Float64() * w.rng.Float64()) // some far more often than others
	var b []byte
	for range 2 + n%3 {
		b = append(b, consonants[n%len(consonants)], vowels[n%len(vowels)])
		n = n/3 + n%5*7
	}
	return string(b)
}
