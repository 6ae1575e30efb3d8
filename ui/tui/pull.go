package tui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions/plain"
)

// Getting a model: whoever has Ollama and no models, or too few, is offered some
// that are small and see pictures. It comes while questions are asked, can be
// stopped, and goes on where it ended.
//
//	F8 ─► is Ollama there? ─► list with sizes ─► enter ─► Pull ─► its column
//	          └─► no: look again for what is there

// pulling is a model on its way here.
type pulling struct {
	ref    providers.Ref
	stated int64 // bytes, as the list said
	stop   context.CancelCauseFunc
	done   chan struct{} // closed when it has ended

	mu     sync.Mutex
	latest providers.Pulled
	err    error

	shown   providers.Pulled // the screen's own, like what follows
	reached []reached        // how far it was in the last seconds
	moved   time.Time        // when a byte came last
	quiet   time.Duration    // since then
	ending  bool             // somebody has stopped it
}

// reached is how far a pull was at a time.
type reached struct {
	at   time.Time
	done int64
}

const (
	pullSpan  = 5 * time.Second // that its speed is told of
	pullQuiet = 3 * time.Second // without a byte that are worth a word
)

// puller is what fetches models here, if there is somebody.
func (m *Model) puller() (providers.Puller, bool) {
	l, asked := m.ollama()
	if !asked || l.Err != nil || m.opts.Staying.Reason != "" {
		return nil, false
	}
	p, ok := l.Entry.Provider.(providers.Puller)
	return p, ok
}

// startsOllama is the command that gets Ollama here or starts it; "" if nobody
// knows, or before the first look for models is over.
func (m *Model) startsOllama() string {
	if m.opts.Ollama == nil || m.looked.IsZero() {
		return ""
	}
	return m.opts.Ollama()
}

// getModel offers models to fetch; where nobody could, it looks again for what is
// there.
func (m *Model) getModel() tea.Cmd {
	switch {
	case m.bench == nil:
		return m.say("still opening the store: a moment")
	case m.pulling != nil:
		m.push(&pullView{&m.look, m.pulling})
		return nil
	}
	if _, ok := m.puller(); ok {
		return m.offerModels()
	}
	m.hoping = true
	m.say("looking again for models on this machine …")
	return m.lookAgain()
}

// hoped is what comes of looking again: models of this machine take the places of
// simulated ones, or one is offered, or it is said what is missing.
func (m *Model) hoped() tea.Cmd {
	m.hoping = false
	var here []providers.Ref
	for _, l := range m.found {
		for _, k := range l.Models {
			if k.Local && l.Err == nil {
				here = append(here, k.Ref)
			}
		}
	}
	if len(here) > 0 {
		m.settleIn(here...)
		return m.say(m.look.keyed(modelsWords(len(here)) + " of this machine; {model} chooses another for a column"))
	}
	if _, ok := m.puller(); ok {
		return m.offerModels()
	}
	l, asked := m.ollama()
	switch {
	case asked && l.Err == nil:
		return m.warn("Ollama has no models: `ollama pull " + starters()[0].name + "`")
	case asked && providers.AsError(l.Err).Kind != providers.Unreachable:
		return m.warn(l.Entry.Name + " does not answer as Ollama does: see that it runs there, or start it again")
	case m.startsOllama() != "":
		return m.warn("no models on this machine: `" + m.startsOllama() + "`")
	}
	return m.warn("no models on this machine: `juxta doctor` says where they were looked for")
}

// settleIn gives simulated columns of a session without questions real models.
func (m *Model) settleIn(refs ...providers.Ref) (moved bool) {
	if m.session.Turns > 0 || m.run != nil || m.asking {
		return false
	}
	taken := map[providers.Ref]bool{}
	for _, p := range m.panes {
		taken[p.column.Model] = true
	}
	for _, p := range m.panes {
		for p.demo && len(refs) > 0 {
			ref := refs[0]
			refs = refs[1:]
			if !taken[ref] {
				m.bench.SetModel(p.column.ID, ref)
				p.demo, taken[ref], moved = false, true, true
			}
		}
	}
	m.refresh()
	return moved
}

// offerModels opens the list of models to begin with.
func (m *Model) offerModels() tea.Cmd {
	l := newList("Get a small model that sees pictures", m.keyed("enter gets it · {back} closes"), &m.look)
	l.head = []heading{{"to fetch", true}, {"licence", false}, {"", false}}
	l.note = "Sizes of " + startersAsOf + "; Ollama fetches it. Any other: `ollama pull NAME`"
	if f := m.pullFailed; f != nil {
		l.note, l.bad = plain.Line(f.Ref.Model+": "+f.Message()+" → "+f.Advice()), true
	}
	have := map[string]bool{}
	ollama, _ := m.ollama()
	for _, k := range ollama.Models {
		have[k.Ref.Model] = true
	}
	var items []item
	for _, s := range starters() {
		it := item{title: s.name, cells: []string{size(s.bytes), s.licence, s.about}, value: s}
		if have[s.name] {
			it.cells[0] = "is here"
		}
		items = append(items, it)
	}
	l.fill(items)
	l.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			s := it.value.(starter)
			m.pop()
			if have[s.name] {
				return m.say(m.look.keyed(s.name + " is here already; {model} chooses it"))
			}
			return m.pull(s)
		}
	}
	m.push(l)
	return nil
}

// pull begins to fetch a model.
func (m *Model) pull(s starter) tea.Cmd {
	from, ok := m.puller()
	if !ok {
		return m.warn("Ollama is not there any more: start it, then try again")
	}
	l, _ := m.ollama()
	ctx, stop := context.WithCancelCause(m.ctx)
	p := &pulling{ref: providers.Ref{Provider: l.Entry.Name, Model: s.name}, stated: s.bytes, stop: stop, done: make(chan struct{})}
	m.pulling, m.pullFailed, m.stale = p, nil, true
	m.spawn(func() { // ends with the pull, at the latest when the program does
		defer close(p.done)
		for now, err := range from.Pull(ctx, s.name) {
			p.mu.Lock()
			if p.err = err; err == nil {
				p.latest = now
			}
			p.mu.Unlock()
		}
	})
	m.say(m.look.keyed("getting " + s.name + ", " + size(s.bytes) + "; {get_model} shows how far it is, and stops it"))
	return m.nextPulled(p)
}

// pullPace is how often the screen is told how far a pull is.
const pullPace = 250 * time.Millisecond

func (m *Model) nextPulled(p *pulling) tea.Cmd {
	return func() tea.Msg {
		over := false
		t := time.NewTimer(pullPace)
		defer t.Stop()
		select {
		case <-p.done:
			over = true
		case <-t.C:
		}
		p.mu.Lock()
		now, err := p.latest, p.err
		p.mu.Unlock()
		at := time.Now()
		return action(func(m *Model) tea.Cmd {
			m.stale = true // the welcome tells of it
			p.follow(now, at)
			if !over {
				return m.nextPulled(p)
			}
			return m.pulled(p, err)
		})
	}
}

// follow takes in how far it is. A connection that hangs shows within seconds: an
// average since the beginning would go on promising.
func (p *pulling) follow(now providers.Pulled, at time.Time) {
	if p.moved.IsZero() || now.Done != p.shown.Done {
		p.moved = at
	}
	p.shown, p.quiet = now, at.Sub(p.moved)
	if now.Total == 0 {
		return
	}
	p.reached = append(p.reached, reached{at, now.Done})
	for len(p.reached) > 2 && at.Sub(p.reached[1].at) >= pullSpan {
		p.reached = p.reached[1:]
	}
}

// speed is in bytes a second; 0 while it is not known.
func (p *pulling) speed() float64 {
	if len(p.reached) == 0 {
		return 0
	}
	first, last := p.reached[0], p.reached[len(p.reached)-1]
	if span := last.at.Sub(first.at); span > time.Second {
		return max(float64(last.done-first.done)/span.Seconds(), 0)
	}
	return 0
}

// pulled is the end of a pull.
func (m *Model) pulled(p *pulling, err error) tea.Cmd {
	p.stop(nil)
	m.pulling = nil
	for i, o := range m.overlays {
		if _, ok := o.(*pullView); ok {
			m.overlays = append(m.overlays[:i:i], m.overlays[i+1:]...)
			break
		}
	}
	name := plain.Line(p.ref.Model)
	if err != nil {
		e := providers.AsError(err)
		if p.ending || e.Kind == providers.Stopped {
			return m.say(m.look.keyed("stopped; {get_model} goes on where it was stopped"))
		}
		m.pullFailed = e
		m.warn(m.look.keyed(name + " did not come; {get_model} says why"))
		return m.lookAgain() // it may be gone
	}
	if m.settleIn(p.ref) {
		m.say(name + " is here, and has a column: ask it something")
	} else {
		m.say(m.look.keyed(name + " is here; {model} gives it a column"))
	}
	return m.lookAgain()
}

// whole is how many bytes there are to fetch, as far as that is known: Ollama
// tells of one file after the other.
func (p *pulling) whole() int64 { return max(p.shown.Total, p.stated) }

func (p *pulling) percent() string {
	if p.shown.Total == 0 {
		return "…"
	}
	return fmt.Sprintf("%d %%", min(100*p.shown.Done/p.whole(), 99))
}

// words is how far it is, for people.
func (p *pulling) words() string {
	if p.ending {
		return "stopping …"
	}
	if p.shown.Total == 0 {
		return plain.Line(strings.TrimSpace(p.shown.Doing + " …"))
	}
	if p.shown.Done == p.shown.Total && !strings.HasPrefix(p.shown.Doing, "pulling") { // it is here, and looked at
		return fetched(p.shown.Done) + " fetched · " + plain.Line(p.shown.Doing) + " …"
	}
	s := fmt.Sprintf("%s of %s · %s", fetched(p.shown.Done), size(p.whole()), p.percent())
	switch speed := p.speed(); {
	case p.quiet >= pullQuiet:
		s += " · nothing for " + spell(p.quiet)
	case speed > 0:
		left := time.Duration(float64(p.whole()-p.shown.Done) / speed * float64(time.Second))
		s += fmt.Sprintf(" · %s/s · %s left", fetched(int64(speed)), spell(left))
	}
	return s
}

// fetched is a number of bytes that may be none.
func fetched(n int64) string {
	if n == 0 {
		return "0 MB"
	}
	return size(n)
}

// spell is a time of which the seconds matter only while they are few.
func spell(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// pullView shows how far a pull is.
type pullView struct {
	look *look
	p    *pulling
}

func (v *pullView) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	switch k.String() {
	case "x", "ctrl+x":
		return func(*Model) tea.Cmd {
			v.p.ending = true
			v.p.stop(providers.ErrStopped)
			return nil
		}, nil
	case "enter":
		return func(m *Model) tea.Cmd { m.pop(); return nil }, nil
	}
	return nil, nil
}

func (v *pullView) view(w, _ int) string {
	inner := max(w-4, 1)
	full := 0
	if v.p.shown.Total > 0 {
		full = int(int64(inner) * min(v.p.shown.Done, v.p.whole()) / v.p.whole())
	}
	th := v.look.theme
	lines := []string{
		th.Accent.Render(strings.Repeat("█", full)) + th.Faint.Render(strings.Repeat("░", inner-full)),
		v.p.words(),
		th.Muted.Render(plain.Line(v.p.shown.Doing)),
	}
	return v.look.box("Getting "+plain.Line(v.p.ref.Model), "", v.look.keyed("x stops it: the next time goes on there · {back} leaves it to go on"), lines, w)
}

func (v *pullView) paste(string)        {}
func (v *pullView) cursor() *tea.Cursor { return nil }
func (v *pullView) restyle()            {}
