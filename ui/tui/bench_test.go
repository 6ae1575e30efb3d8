package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
)

// streaming is a model with n panes at 160×48 in the middle of a turn, each
// with an answer of so many tokens, and the news that come with a frame: three
// tokens of Markdown for each.
func streaming(b *testing.B, n, tokens int) (*Model, func()) {
	b.Helper()
	var models []string
	for range n {
		models = append(models, "swift")
	}
	m := newModel(b.Context(), Options{})
	m.bench = bench(b, "", models)
	m.Update(tea.WindowSizeMsg{Width: 160, Height: 48})
	m.showSession(nil)
	m.session.Turns = 1
	as := sessions.Turn{ID: 1, Text: "What is a goroutine?", Columns: m.session.Places}
	var picks []sessions.Pick
	for _, id := range m.session.Places {
		as.Answers = append(as.Answers, sessions.Answer{Column: id, Take: 1})
		picks = append(picks, sessions.Pick{Column: id, Take: 1})
	}
	t := m.tr.add(as)
	m.begin(t, as, picks)
	m.run = &sessions.Run{Turn: 1}
	text := strings.Repeat(markdownAnswer+"\n\n", 1+tokens*4/len(markdownAnswer))
	at, frame := 0, 0
	say := func(upto int) {
		var news []sessions.News
		for _, id := range m.session.Places {
			news = append(news, sessions.News{
				Column: id, Take: 1, Text: text[at:upto],
				State: sessions.State{Phase: sessions.Answering, For: time.Duration(frame) * sessions.Frame},
				Live:  sessions.Live{FirstToken: time.Second, FirstAnswer: time.Second, Usage: providers.Usage{Output: upto / 4}, Speed: 90, Attempts: 1},
			})
		}
		at, frame = upto, frame+1
		m.Update(newsMsg{run: m.run, news: news, more: true})
	}
	say(min(tokens*4, len(text)-1))
	m.View()
	start := at
	return m, func() {
		if at+12 > len(text) {
			text += markdownAnswer + "\n\n"
		}
		if at > start+40_000 { // keep the answer's length about the same
			b.StopTimer()
			m.begin(t, as, picks)
			at = 0
			say(start)
			m.View()
			b.StartTimer()
		}
		say(at + 12)
		m.View()
	}
}

func BenchmarkFrameOfStreamingPanes(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, frame := streaming(b, n, 1000)
			b.ReportAllocs()
			for b.Loop() {
				frame()
			}
		})
	}
}

func BenchmarkViewOfWhatDidNotChange(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m, _ := streaming(b, n, 1000)
			b.ReportAllocs()
			for b.Loop() {
				m.View()
			}
		})
	}
}

// The echo of a key must not wait for the transcript.
func BenchmarkKeyBesideALongTranscript(b *testing.B) {
	for _, tokens := range []int{0, 10_000} {
		b.Run(fmt.Sprint(tokens), func(b *testing.B) {
			m, _ := streaming(b, 2, tokens)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%60 == 59 {
					m.composer.set("")
				}
				m.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
				m.View()
			}
		})
	}
}

func BenchmarkResizeOfALongTranscript(b *testing.B) {
	m, _ := streaming(b, 2, 10_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Update(tea.WindowSizeMsg{Width: 150 + i%10, Height: 48})
		m.View()
	}
}

// BenchmarkThoughtUnderALongQuestion is a piece of thought in a turn whose
// question is a document.
func BenchmarkThoughtUnderALongQuestion(b *testing.B) {
	m := newModel(b.Context(), Options{})
	c := newCell(&sessions.Turn{Text: strings.Repeat("What does this document say? ", 4000), Answers: []sessions.Answer{{Column: 1, Take: 1}}}, sessions.Pick{Column: 1, Take: 1}, true, &m.look)
	for b.Loop() {
		c.hear(sessions.News{Column: 1, Take: 1, Thoughts: "x", State: sessions.State{Phase: sessions.Thinking, For: 1}})
		c.height(60, &m.look)
	}
}
