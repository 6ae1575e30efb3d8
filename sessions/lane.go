package sessions

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"juxta/prompts"
	"juxta/providers"
)

// lane is one column's share of a run. All but its settings is guarded by the
// run's mutex.
type lane struct {
	entry   providers.Entry
	device  string            // whose line it stands in; "" for none
	request providers.Request // empty when it is over: its files need not stay in memory
	vain    error             // why nothing is sent; nil if it is
	images  int               // that the request shows
	ticket  *ticket
	cancel  context.CancelCauseFunc
	model   func() providers.Model // asked at the end, when a price may have become known
	load    load                   // what the request is about
	set     providers.Params       // as the column has them
	given   given                  // what the column's answers before it came to
	prompt  int                    // estimated tokens of the request
	runs    bool                   // it is being answered, and what it costs is not counted yet; guarded by the bench's mutex
	counted *providers.Usage       // what the service has counted so far
	price   *providers.Price       // for the figures on the way, once it is known

	answer                  Answer // all but what the builders hold
	text, thoughts, refusal strings.Builder
	runes                   int // of the answer and the thoughts
	state                   State
	fresh                   News                                  // not yet reported
	unsaid                  struct{ text, thoughts, refusal int } // lengths already reported
	told                    time.Time                             // when that was
	pace                    *Pace                                 // of a replay, by whose clock it waits; else nil
	entered                 time.Duration                         // when its state began, by that clock
	changed                 bool                                  // since the last snapshot
}

// lane is one column's share of turn t, told what is in that column's brief
// alone; round is how many more takes of it come before.
func (b *Bench) lane(t *Turn, told brief, c Column, round int) *lane {
	take := 1 + round
	if a, ok := t.Newest(c.ID); ok {
		take += a.Take
	}
	entry, err := b.Registry.Find(c.Model)
	if err != nil {
		entry = providers.Entry{Provider: providers.Broken(c.Model.Provider, err)}
	}
	l := &lane{
		entry: entry,
		model: func() providers.Model { return b.Registry.Model(c.Model) },
		request: providers.Request{
			Model: c.Model.Model, System: c.System, Params: c.Params, Schema: c.Schema,
			Messages: told.messages,
		},
	}
	if told.vain != nil {
		l.vain = told.vain
	}
	m := l.model()
	if m.Local { // a local server may have hosted models, too
		l.device = entry.Device()
	}
	l.answer = Answer{
		Column: c.ID, Take: take, Model: c.Model, System: c.System, Follows: c.Follows, Params: c.Params, Schema: c.Schema,
		Local: m.Local, Context: m.Context, Simulated: entry.API == "demo", Sights: told.sights,
	}
	l.load = load{runes: runesOf(l.request)}
	for _, f := range told.files {
		if kindOf(f.MIME) != prompts.Written { // whose text is in the messages
			l.load.file(m, f, 0)
		}
	}
	l.set, l.given = c.Params, maps.Clone(told.given)
	l.prompt, l.images = l.load.prompt(), pictures(l.request)
	l.fresh = News{Column: c.ID, Take: take}
	if told.vain == nil && !l.load.unknown {
		l.answer.Foreseen = l.prompt
	}
	return l
}

// shares reports whether the lane stands in line for a device that others use.
func (l *lane) shares() bool {
	return l.answer.Local && !l.answer.Raced && l.vain == nil && l.device != ""
}

func (l *lane) enter(p Phase, text string) {
	if l.state.Phase != p || l.state.Text != text {
		l.state = State{Phase: p, Text: text, Since: time.Now()}
		if l.pace != nil {
			l.entered = l.pace.now()
		}
	}
}

// inOnePiece is why the times of an answer are unknown.
const inOnePiece = "it came in one piece, though a stream was asked for: its first token's time is not known"

func (l *lane) record(ev providers.Event) {
	switch ev := ev.(type) {
	case providers.Sent:
		l.answer.Params, l.answer.Resident, l.counted = ev.Params, ev.Resident, nil
		l.answer.Build = built(ev.Build)
		if ev.Params.Context > 0 {
			l.answer.Context = ev.Params.Context
		}
	case providers.Notice:
		if ev.Wait {
			l.enter(Asked, ev.Text)
			return
		}
		if slices.Contains(l.answer.Notices, ev.Text) {
			return // the next attempt says it again
		}
		if ev.Filter {
			l.answer.Filter = ev.Text
		}
		l.answer.Notices = append(l.answer.Notices, ev.Text)
		l.fresh.Notices = append(l.fresh.Notices, ev.Text)
	case providers.Counted:
		l.counted = &ev.Usage
	case providers.Thought:
		l.thoughts.WriteString(ev.Text)
		l.runes += utf8.RuneCountInString(ev.Text)
		l.enter(Thinking, "")
	case providers.Delta:
		l.text.WriteString(ev.Text)
		l.runes += utf8.RuneCountInString(ev.Text)
		l.enter(Answering, "")
	case providers.Refusal:
		l.refusal.WriteString(ev.Text)
		l.runes += utf8.RuneCountInString(ev.Text)
		l.enter(Answering, "")
	case providers.ToolCall:
		l.answer.Calls = append(l.answer.Calls, Call{ID: ev.ID, Name: ev.Name, Arguments: ev.Arguments})
		l.runes += utf8.RuneCountInString(ev.Name + ev.Arguments)
		l.enter(Answering, "")
	case providers.Stop:
		if ev.Whole && l.runes > 0 { // of nothing there are no times to miss
			l.record(providers.Notice{At: ev.At, Text: inOnePiece})
		}
		l.answer.Finish, l.answer.Server = ev.Reason, ev.Server
		l.answer.Served, l.answer.RequestID = ev.Model, ev.RequestID
		l.answer.Billed, l.answer.Raw, l.answer.Limits = ev.Billed, ev.Raw, ev.Limits
		if ev.Usage != nil {
			l.answer.Usage = *ev.Usage
			l.answer.Usage.Images = l.images
		} else {
			l.answer.Usage = l.estimate()
		}
	}
}

// fail ends an answer that has no Stop. What it said so far is kept, and its
// tokens are estimated if a request left and something came back.
func (l *lane) fail(err error) {
	e := providers.AsError(err)
	if l.answer.Timing.Attempts == 0 {
		l.answer.Params = providers.Params{} // nothing was sent
	}
	l.answer.Finish, l.answer.Error = providers.Failed, failure(e)
	if e.Kind == providers.Stopped {
		l.answer.Finish = providers.Cancelled
	}
	l.answer.Usage = providers.Usage{Estimated: true}
	if l.runes > 0 || l.counted != nil {
		l.answer.Usage = l.estimate()
	}
}

// estimate is what the answer has used by now: what it was told as far as the
// service has counted it, else about as much as its text is long, and always
// about as much as it said.
func (l *lane) estimate() providers.Usage {
	if l.counted != nil {
		u := *l.counted
		u.Output, u.Reasoning, u.Images, u.Estimated = providers.EstimateTokens(l.runes), 0, l.images, true
		return u
	}
	return providers.Usage{Input: l.prompt, Output: providers.EstimateTokens(l.runes), Images: l.images, Estimated: true}
}

// close settles what the answer cost by the price as it is known now.
func (l *lane) close() {
	m := l.model()
	l.answer.Price, l.answer.Local = m.Price, m.Local
	l.request = providers.Request{}
	l.trim()
	if l.answer.Context == 0 {
		l.answer.Context = m.Context
	}
}

// trim gives back the room that the texts were given to grow: they are kept for
// as long as the session is.
func (l *lane) trim() {
	for _, b := range []*strings.Builder{&l.text, &l.thoughts, &l.refusal} {
		text := b.String()
		b.Reset()
		b.WriteString(text)
	}
}

// snapshot is the answer so far, sharing nothing that changes.
func (l *lane) snapshot() Answer {
	a := l.answer
	a.Text, a.Thoughts, a.Refusal = l.text.String(), l.thoughts.String(), l.refusal.String()
	if a.Finish == "" {
		a.Usage = l.estimate()
	}
	return a
}

// live is the figures so far.
func (l *lane) live() Live {
	t := l.answer.Timing
	v := Live{FirstToken: t.FirstToken, FirstAnswer: t.FirstAnswer, Attempts: t.Attempts, Context: l.answer.Context, Usage: l.answer.Usage}
	if l.answer.Finish == "" {
		v.Usage = l.estimate()
	}
	v.Speed = t.Speed(v.Usage)
	if l.price == nil { // a look-up for every report would cost more than the report
		l.price = l.model().Price
	}
	v.Price = l.price
	if l.price != nil && l.runes > 0 {
		if m, ok := l.price.Of(v.Usage); ok {
			v.Cost = &m
		}
	}
	return v
}

// report is what is new since the last one. A silent column has news too while
// it waits: its clock.
func (l *lane) report(now time.Time) (News, bool) {
	n := l.fresh
	text, thoughts, refusal := l.text.String(), l.thoughts.String(), l.refusal.String()
	n.Text, n.Thoughts, n.Refusal = text[l.unsaid.text:], thoughts[l.unsaid.thoughts:], refusal[l.unsaid.refusal:]
	waits := l.state.Phase <= Asked && now.Sub(l.told) >= heartbeat
	if n.Text == "" && n.Thoughts == "" && n.Refusal == "" && n.Final == nil && len(n.Notices) == 0 && !waits && l.state.For != 0 {
		return News{}, false
	}
	l.unsaid.text, l.unsaid.thoughts, l.unsaid.refusal = len(text), len(thoughts), len(refusal)
	l.told, l.state.For = now, max(now.Sub(l.state.Since), 1)
	if l.pace != nil {
		l.state.For = max(l.pace.now()-l.entered, 1)
	}
	n.State, n.Live = l.state, l.live()
	l.fresh = News{Column: n.Column, Take: n.Take}
	return n, true
}

// pictures is how many a request shows; some services charge for each.
func pictures(req providers.Request) int {
	n := 0
	for _, m := range req.Messages {
		for _, p := range m.Parts {
			if b, ok := p.(providers.Blob); ok && strings.HasPrefix(b.MIME, "image/") {
				n++
			}
		}
	}
	return n
}

// runesOf is how long a request's text is.
func runesOf(req providers.Request) int {
	runes := utf8.RuneCountInString(req.System)
	for _, m := range req.Messages {
		runes += utf8.RuneCountInString(m.Written())
	}
	return runes
}

func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
