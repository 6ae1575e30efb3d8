package tui

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
)

// mostListed is how many lines the welcome has for providers on a screen of 24: what
// to do has to stand below them.
const mostListed = 4

// A welcoming is what the welcome has to say. Its parts give way to each other when
// there is no room: what to do comes last on the screen, and is cut last.
type welcoming struct {
	head  []string
	rows  [][]string         // of a provider each: what it said, or why it has nothing
	brief []string           // the same, a line each
	more  func(n int) string // instead of the last of them
	quiet []string           // what is merely missing
	why   []string           // where more is said of those that are listed, if not by more
	next  []string
	last  []string
}

// welcome says what this is, what was looked for and found, and what to do, in room
// lines at the most.
func (m *Model) welcome(w, room int) []string {
	th := m.look.theme
	cut := func(s string) string { return m.look.cut(s, max(w-1, 1)) }
	p := welcoming{head: []string{"", cut(" " + th.Title.Render("Ask several models at once;") + th.Muted.Render(" read answers, latency and cost side by side.")), ""}, last: []string{""}}
	if why := m.opts.Staying.Reason; why != "" {
		p.head = append(p.head, cut(" "+th.Muted.Render("Told to stay on this machine ("+plain.Line(why)+"): nobody elsewhere is asked.")), "")
	}
	real, wrong := m.lookedFor(&p, w)
	if wrong {
		p.why = []string{cut(" " + th.Accent.Render("→") + " `juxta doctor` says why somebody gives no models, and what to do")}
	}
	for _, l := range m.nextSteps(real, w) {
		p.next = append(p.next, cut(" "+l))
	}
	most := mostListed + max(m.h-24, 0)/2
	if real && m.simulated() == "" {
		most += 5 // nothing more has to be done
	}
	p.more = func(n int) string {
		return cut("   " + th.Muted.Render(fmt.Sprintf("and %d more; `juxta doctor` tells of each", n)))
	}
	return p.within(room, most)
}

// within is all of it in room lines, of which most are for providers: reasons to
// their end, else a line each, without air, without all of them, without what is
// merely missing, and what to do alone if there is no room for more.
func (p welcoming) within(room, most int) []string {
	if full := slices.Concat(p.rows...); len(full) <= most {
		if all := p.lines(full, p.why); len(all) <= room {
			return all
		}
	}
	airless, bare := p, p
	airless.head, airless.last = p.head[1:], nil
	bare.head, bare.last, bare.quiet = p.head[1:], nil, nil
	for _, try := range []struct {
		welcoming
		fewest int
	}{{p, len(p.brief)}, {airless, min(len(p.brief), 3)}, {bare, 0}} {
		for n := min(most, len(p.brief)); n >= min(try.fewest, most); n-- {
			listed, why := p.brief, p.why
			if n < len(p.brief) {
				listed, why = append(slices.Clip(p.brief[:n]), p.more(len(p.brief)-n)), nil
			}
			if all := try.lines(listed, why); len(all) <= room {
				return all
			}
		}
	}
	bare.head = p.head[1:2]
	return bare.lines(nil, nil)
}

// lines are the parts from above, with what is listed of the providers.
func (p welcoming) lines(listed, why []string) (all []string) {
	all = slices.Concat(p.head, listed, p.quiet)
	if len(why)+len(p.next) > 0 && all[len(all)-1] != "" {
		all = append(all, "")
	}
	return slices.Concat(all, why, p.next, p.last)
}

// lookedFor puts into p what was looked for, and reports whether there are real models
// and whether somebody answers and not as it should.
func (m *Model) lookedFor(p *welcoming, w int) (real, wrong bool) {
	th := m.look.theme
	cut := func(s string) string { return m.look.cut(s, max(w-1, 1)) }
	var looking, absent []string
	var shown []providers.Listing
	wide := 0 // of all addresses: nothing moves while answers come
	for _, e := range m.entries() {
		l, asked := m.listing(e.Name)
		wide = max(wide, m.look.width(address(e.BaseURL)))
		switch {
		case e.API == "demo":
			continue
		case !asked:
			looking = append(looking, plain.Line(e.Name))
			continue
		case l.Err != nil && e.Local && providers.AsError(l.Err).Kind == providers.Unreachable && e.API != "ollama":
			absent = append(absent, plain.Line(e.Name)+" "+portOf(e.BaseURL))
			continue
		case slices.ContainsFunc(shown, func(o providers.Listing) bool { return alike(o, l) }):
			continue // a second way to speak to the same service
		}
		real = real || l.Err == nil && len(l.Models) > 0
		shown = append(shown, l)
	}
	for _, l := range shown {
		e := l.Entry
		mark, what, style := "✓", modelsWords(len(l.Models)), th.Good
		short := what
		if l.Err != nil {
			failed := providers.AsError(l.Err)
			mark, what, style = "○", "not running", th.Faint
			short = what
			if failed.Kind != providers.Unreachable || !e.Local {
				mark, what, short, style, wrong = "✗", plain.Line(failed.Message()), plain.Line(complaint(failed)), th.Warn, true
			}
			if failed.Kind == providers.Malformed {
				short = "no model server answers there"
			}
		}
		row := " " + style.Render(mark) + " " + m.look.fit(plain.Line(e.Name), 12) + " " + th.Muted.Render(m.look.fit(address(e.BaseURL), min(wide, 32))) + "  "
		p.brief = append(p.brief, cut(row+style.Render(short)))
		if m.look.width(what) <= w-1-m.look.width(row) {
			p.rows = append(p.rows, []string{cut(row + style.Render(what))})
			continue
		}
		lines := []string{cut(row)} // a reason is read to its end
		for _, l := range m.look.first(what, max(w-17, 1), 2) {
			lines = append(lines, cut(spaces(16)+style.Render(l)))
		}
		p.rows = append(p.rows, lines)
	}
	if len(absent) > 0 {
		p.quiet = append(p.quiet, cut(" "+th.Faint.Render("○ "+m.look.fit("not running", 12)+" "+strings.Join(absent, ", "))))
	}
	switch {
	case len(looking) > 0 && m.opts.Within && m.looking == nil:
		p.quiet = append(p.quiet, m.look.keyed(cut(" "+th.Faint.Render("· not asked yet, {model} does: "+strings.Join(looking, ", ")))))
	case len(looking) > 0:
		p.quiet = append(p.quiet, cut(" "+th.Faint.Render("· "+m.look.fit("looking for", 12)+" "+strings.Join(looking, ", "))))
	}
	if len(m.opts.Missing) > 0 {
		p.quiet = append(p.quiet, cut(" "+th.Faint.Render("○ "+m.look.fit("no key", 12)+" "+firstOf(m.opts.Missing, max(2, w/26-1)))))
	}
	return real, wrong
}

// alike reports whether two listings are of the same service, whose key is of the
// same name, and came to the same end.
func alike(a, b providers.Listing) bool {
	return a.Entry.KeyName != "" && a.Entry.KeyName == b.Entry.KeyName && a.Entry.BaseURL == b.Entry.BaseURL &&
		len(a.Models) == len(b.Models) && (a.Err == nil) == (b.Err == nil)
}

// nextSteps are what to do about what is missing, each with its command.
func (m *Model) nextSteps(real bool, w int) []string {
	th := m.look.theme
	arrow := th.Accent.Render("→") + " "
	var lines []string
	if p := m.pulling; p != nil {
		return []string{arrow + plain.Line(p.ref.Model) + "  " + p.words(), "  " + th.Muted.Render(m.look.keyed("You need not wait: ask meanwhile. {get_model} shows it, and stops it."))}
	}
	if f := m.pullFailed; f != nil {
		why := m.look.first("✗ "+plain.Line(f.Ref.Model+": "+f.Message()), max(w-4, 1), 3)
		for i, l := range why {
			lines = append(lines, strings.Repeat("  ", min(i, 1))+th.Warn.Render(l))
		}
		for i, l := range m.look.first(plain.Line(f.Advice()), max(w-6, 1), 2) {
			lines = append(lines, "  "+[]string{arrow, "  "}[i]+l)
		}
	}
	switch {
	case m.looked.IsZero():
		return lines
	case real && m.simulated() == "":
		if slices.ContainsFunc(m.panes, func(p pane) bool { return p.column.Model.Provider == "demo" }) {
			lines = append(lines, arrow+m.look.keys.fill(inComposer, "another column: {panes}, then ")+m.look.keys.fill(inPanes, "{previous_column} or {next_column}; ")+m.look.keyed("{model} gives it a real model, too"))
		}
		return lines
	case real:
		return append(lines, arrow+m.look.keyed("{model} gives a column a real model; none that may cost is chosen by itself"), m.simulated())
	}
	_, pulls := m.puller()
	switch ollama, asked := m.ollama(); {
	case m.pullFailed != nil:
		lines = append(lines, arrow+m.look.keyed("{get_model} tries it again, or another one"))
	case pulls:
		name, fetched := Starter()
		lines = append(lines, arrow+m.look.keyed(fmt.Sprintf("{get_model} gets a small model that sees pictures: %s, %s", name, fetched)))
	case asked && ollama.Err != nil && providers.AsError(ollama.Err).Kind != providers.Unreachable: // there, and not as it should
		lines = append(lines, arrow+plain.Line(ollama.Entry.Name)+": see that Ollama itself answers there, or start it again"+m.look.keyed("; then {get_model}"))
	case asked && ollama.Err == nil: // and it can't be told to
		lines = append(lines, arrow+"a local model: `ollama pull "+starters()[0].name+"`"+m.look.keyed("; then {get_model}"))
	case m.startsOllama() != "":
		lines = append(lines, arrow+"local models: `"+m.startsOllama()+"`"+m.look.keyed("; then {get_model}"))
	}
	if m.opts.Staying.Reason == "" && len(m.opts.Missing) > 0 {
		lines = append(lines, arrow+"remote models: `export OPENROUTER_API_KEY=…`, or others; then start again")
	}
	if s := m.simulated(); s != "" {
		lines = append(lines, s)
	}
	return lines
}

// simulated says what the columns are good for while nothing real would answer in
// any of them; "" if something would.
func (m *Model) simulated() string {
	for _, p := range m.panes {
		if p.column.Model.Provider != "demo" {
			return ""
		}
	}
	word := m.look.theme.Warn.Render("simulated")
	switch len(m.panes) {
	case 0:
		return ""
	case 1:
		return "  Until then a " + word + " model shows how it works: type, press enter."
	case 2:
		return "  Until then two " + word + " models show how it works: type, press enter."
	}
	return "  Until then " + word + " models show how it works: type, press enter."
}

func modelsWords(n int) string {
	switch n {
	case 0:
		return "no models yet"
	case 1:
		return "1 model"
	}
	return fmt.Sprintf("%d models", n)
}

// firstOf are names, the first most of them.
func firstOf(names []string, most int) string {
	if n := len(names) - most; n > 1 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ")
}

// portOf is an address for people; of one on this machine the port says all.
func portOf(base string) string {
	u, err := url.Parse(base)
	if err == nil && providers.Loopback(u.Hostname()) && u.Port() != "" {
		return ":" + u.Port()
	}
	return address(base)
}

// ollama is what the first Ollama of ours listed, and whether it was asked.
func (m *Model) ollama() (providers.Listing, bool) {
	for _, e := range m.entries() {
		if e.API == "ollama" && e.Local {
			return m.listing(e.Name)
		}
	}
	return providers.Listing{}, false
}
