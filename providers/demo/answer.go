package demo

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"juxta/providers"
)

// A question is what the answers of swift and sage are made of. What varies in
// them follows from what they were told, so that two models differ and the same
// question gets the same answer.
type question struct {
	topic   string // the question's beginning on one line, in quotation marks; "" if it has no words
	earlier int    // turns that were told before it
	files   []providers.Blob
	system  bool
	dice    *rand.Rand
}

func understand(req providers.Request) question {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\n%s\n", req.Model, transcript(req))
	q := question{system: req.System != "", dice: rand.New(rand.NewPCG(h.Sum64(), 0))}
	asked := 0
	for _, m := range req.Messages {
		if m.Role != providers.User {
			continue
		}
		asked++
		q.topic, q.files = brief(m.Written()), nil
		for _, part := range m.Parts {
			if b, ok := part.(providers.Blob); ok {
				q.files = append(q.files, b)
			}
		}
	}
	q.earlier = max(asked-1, 0)
	return q
}

// brief quotes the beginning of text: whole words, about as many as a short
// line holds.
func brief(text string) string {
	const room = 56
	words := strings.Fields(strings.ToValidUTF8(text, ""))
	if len(words) == 0 {
		return ""
	}
	s, left := "", room
	for i, w := range words {
		r := []rune(w)
		if len(r) > left {
			if i == 0 { // one endless word, or a script that writes no spaces
				s = string(r[:room])
			}
			return "“" + strings.TrimRight(s, " ,;:") + " …”"
		}
		s += w + " "
		left -= len(r) + 1
	}
	if s = strings.TrimRight(s, " .,;:!。"); s == "" {
		return ""
	}
	return "“" + s + "”"
}

// about names the question within a sentence.
func (q question) about() string {
	if q.topic == "" {
		return "your question"
	}
	return q.topic
}

// one picks one of several.
func (q question) one(of ...string) string { return of[q.dice.IntN(len(of))] }

// some picks n of several, in their order.
func (q question) some(n int, of []string) []string {
	keep := q.dice.Perm(len(of))[:n]
	slices.Sort(keep)
	out := make([]string, n)
	for i, k := range keep {
		out[i] = of[k]
	}
	return out
}

func (q question) history() string {
	switch q.earlier {
	case 0:
		return "I was told no earlier turns; ask again to see history at work."
	case 1:
		return "I was told 1 earlier turn of this column with it."
	}
	return fmt.Sprintf("I was told %d earlier turns of this column with it.", q.earlier)
}

func (q question) attached() string {
	const most = 4 // are looked at one by one
	if len(q.files) == 0 {
		return ""
	}
	var seen []string
	for i, b := range q.files[:min(len(q.files), most)] {
		which := "Your picture "
		if len(q.files) > 1 {
			which = fmt.Sprintf("Picture %d ", i+1)
		}
		seen = append(seen, which+look(b)+".")
	}
	if more := len(q.files) - most; more > 0 {
		seen = append(seen, fmt.Sprintf("There are %d more.", more))
	}
	return strings.Join(append(seen, "I measured that; what it shows takes a real model to say."), " ")
}

// sentences joins what is not empty.
func sentences(s ...string) string {
	return strings.Join(slices.DeleteFunc(s, func(s string) bool { return s == "" }), " ")
}

// swift answers in a few sentences.
func swift(req providers.Request) *plan {
	q := understand(req)
	text := sentences(
		q.one(
			"I am a simulated model built into juxta, so I can't tell you anything about "+q.about()+"; I can show you how an answer arrives.",
			"About "+q.about()+": I am a simulated model built into juxta, so my words are canned, and only their pace is worth watching.",
			"I am a simulated model built into juxta. I have read "+q.about()+", and a real model would answer it here.",
		),
		q.attached(),
		q.history(),
		q.one(
			"For a real answer without a key, install Ollama from https://ollama.com, run `ollama pull qwen3-vl:2b`, and pick it with ctrl+l.",
			"For a real answer, set a key such as OPENROUTER_API_KEY before you start juxta, and pick a model with ctrl+l.",
			"For a real answer, press ctrl+l and pick a model; `juxta doctor` says which providers it can reach.",
		),
		q.one(
			"Esc stops an answer while it streams and keeps what it has said.",
			"Beside my answer juxta shows when its first word came, how fast the rest followed, and what it cost: nothing.",
			"Every column beside me was asked the same at the same moment, which makes us comparable.",
		),
	)
	return &plan{
		window: swiftWindow, chunk: 1,
		ttft: q.vary(180 * time.Millisecond), tps: 90,
		output: tokenize(text, false), finish: providers.Finished,
	}
}

// sage thinks first, and answers at length in Markdown.
func sage(req providers.Request) *plan {
	q := understand(req)
	p := &plan{
		window: sageWindow, chunk: 1,
		ttft: q.vary(700 * time.Millisecond), tps: 45,
		finish: providers.Finished,
	}
	if req.Params.Think != "off" {
		p.output = tokenize(q.thoughts(), true)
	}
	p.output = append(p.output, tokenize(q.essay(), false)...)
	return p
}

func (q question) thoughts() string {
	return sentences(
		"I am asked about "+q.about()+".",
		q.one(
			"I am simulated, so I know nothing about it, and making something up would not help anyone.",
			"Nobody should take a simulated model's word on that, so I will not pretend.",
		),
		q.one(
			"What helps is to say so first, and then to show what can be done from here.",
			"Better to say so at once, and to explain what this screen can do.",
		),
	)
}

// essay is Markdown: a paragraph and a list always, a table or a block of code
// now and then.
func (q question) essay() string {
	var b strings.Builder
	write := func(paragraph string) {
		if paragraph != "" {
			b.WriteString(paragraph + "\n\n")
		}
	}
	write("## " + q.one("What I can and can't tell you", "An honest answer", "Before you rely on me"))
	write(sentences(
		"I am a **simulated model** built into juxta.",
		q.one(
			"Whatever you ask, and this time it is "+q.about()+", my words are canned: they show how a longer, slower answer looks beside a quick one.",
			"A real model would now think about "+q.about()+" and tell you what it found; I show how such an answer streams, with its thoughts ahead of it.",
		),
		q.history(),
		q.instructed(),
	))
	write("### " + q.one("What you can do from here", "Next steps"))
	write("- " + strings.Join(q.some(4, []string{
		"**Run a model on this machine.** Install Ollama from https://ollama.com, run `ollama pull qwen3-vl:2b`, and pick it with `ctrl+l`. It costs no more than the power it takes.",
		"**Ask a hosted model.** Set a key such as `OPENROUTER_API_KEY` before you start juxta, then press `ctrl+l`.",
		"**Stop me.** `esc` stops one answer and `ctrl+x` stops all of them; what has been said stays.",
		"**Ask a second question.** Every column is told its own earlier turns, and no other column's.",
		"**Read at your pace.** `tab` leaves the composer; then `j` and `k` scroll, `z` gives one column the whole screen, and `t` unfolds its thoughts.",
		"**Come back tomorrow.** Everything is saved as it arrives; `ctrl+s` opens any earlier session.",
	}), "\n- "))
	switch q.dice.IntN(3) {
	case 0:
		write("### What juxta measures")
		write("| number | what it says |\n|:--|:--|\n" +
			"| first | how long it took until the first token came |\n" +
			"| tok/s | how fast the others followed |\n" +
			"| tok | how many the answer has, thoughts included |\n" +
			"| $ | what it cost; I am free |")
	case 1:
		write("### From a shell")
		write("The same question works in a script, and `--json` prints what was measured:")
		write("```sh\njuxta ask -m demo/swift -m demo/sage --json \"Which is quicker?\"\n```")
	}
	b.WriteString(q.one(
		"Choose two real models, ask again, and this comparison becomes yours.",
		"When you have a real model beside me, ask the same again: the difference is what juxta measures.",
	))
	return b.String()
}

func (q question) instructed() string {
	if !q.system {
		return ""
	}
	return "There is a system prompt as well, which a real model would follow."
}

// vary is d, a tenth more or less.
func (q question) vary(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(q.dice.Int64N(int64(d/5/time.Millisecond)))*time.Millisecond
}
