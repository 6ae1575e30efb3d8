package markdown

import (
	"fmt"
	"strings"
	"testing"
)

// answerOf is Markdown of about so many tokens of four bytes: what models
// write, in the mixture they write it in.
func answerOf(tokens int) string {
	const part = `## Why the cache matters

The **first** request pays for everything: it opens the connection, loads the *model* and fills the cache. Every later one reads what is there, so the ` + "`p50`" + ` tells little and the p99 tells a lot about [how it behaves](https://example.com/latency).

- **Cold start**: about 2.5 seconds, most of it loading weights
- **Warm**: 180 ms, of which the network takes 40 ms
  - measured over 200 requests
  - one column at a time

` + "```go" + `
// Warm asks once and throws the answer away.
func Warm(ctx context.Context, p Provider) error {
	for ev, err := range p.Stream(ctx, Request{Model: "small", Text: "hi"}) {
		if err != nil {
			return fmt.Errorf("warming: %w", err)
		}
		_ = ev
	}
	return nil
}
` + "```" + `

| Model | First token | Cost |
|-------|------------:|-----:|
| small | 180 ms | $0.0002 |
| large | 640 ms | $0.0051 |

1. Ask the cheap model first.
2. Look at what it says, and whether a *check* fails.
3. Only then ask the expensive one.

`
	return strings.Repeat(part, tokens*4/len(part)+1)[:tokens*4]
}

// BenchmarkStream is the hot path: seven tokens a frame, and the thirty rows at
// the end looked at after each. It reports the time per token.
func BenchmarkStream(b *testing.B) {
	paragraph := strings.Repeat("A sentence of some **eight** words, more `or` less. ", 4000)
	fence := "```python\n" + strings.Repeat("    for x in range(10):  # comment\n        print(f\"value {x}\")\n", 1000)
	table := "| a | b | c |\n|---|---|---|\n" + strings.Repeat("| some words | 123 | and a longer remark that wraps |\n", 1000)
	records := "|a|b|c|d|e|f|g|h|i|\n|-|-|-|-|-|-|-|-|-|\n" + strings.Repeat("| some words | 123 | three | four | five | six | seven | eight | nine nine nine nine |\n", 600)
	for _, c := range []struct {
		name   string
		src    string
		panes  int
		tokens int
	}{
		{"answer", answerOf(1000), 1, 1000},
		{"answer", answerOf(10_000), 1, 10_000},
		{"answer", answerOf(10_000), 8, 10_000},
		{"one_paragraph", paragraph, 1, 10_000},
		{"one_fence", fence, 1, 10_000},
		{"one_table", table, 1, 10_000},
		{"records", records, 1, 10_000},
		{"one_paragraph_of_Han", strings.Repeat("模型的回答，越来越长。", 2000), 1, 10_000},
	} {
		b.Run(fmt.Sprintf("%s/%d_tokens/%d_panes", c.name, c.tokens, c.panes), func(b *testing.B) {
			src := c.src[:c.tokens*4]
			st := testStyles()
			for b.Loop() {
				docs := make([]*Doc, c.panes)
				for i := range docs {
					docs[i] = New(st)
				}
				for at := 0; at < len(src); at += 28 {
					for _, d := range docs {
						d.Append(src[at:min(at+28, len(src))])
						h := d.Height(60)
						d.Rows(60, h-30, h)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.tokens*c.panes), "ns/token")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkResize lays a 20 KB answer out at another width.
func BenchmarkResize(b *testing.B) {
	d := whole(answerOf(5000))
	for i := 0; b.Loop(); i++ {
		d.Height(60 + i%2)
	}
}

// Allocations stand for work here, because they are the same on a busy machine:
// every row that is laid out again is allocated again.
func TestTheWorkOfATokenDoesNotGrow(t *testing.T) {
	perToken := func(tokens int) float64 {
		src := answerOf(tokens)
		return testing.AllocsPerRun(3, func() {
			stream(New(testStyles()), src, 60, func() int { return 28 }, func() {})
		}) / float64(tokens)
	}
	if short, long := perToken(1000), perToken(10_000); long > 1.3*short {
		t.Errorf("a token costs %.2f allocations at 1,000 tokens and %.2f at 10,000", short, long)
	}
}
