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

// welcome says what this is, what was looked for and found, and what to do.
func (m *Model) welcome(w int) []string {
	th := m.look.theme
	cut := func(s string) string { return m.look.cut(s, max(w-1, 1)) }
	lines := []string{"", cut(" " + th.Title.Render("Ask several models at once;") + th.Muted.Render(" read answers, latency and cost side by side.")), ""}
	if why := m.opts.Staying.Reason; why != "" {
		lines = append(lines, cut(" "+th.Muted.Render("Told to stay on this machine ("+plain.Line(why)+"): nobody elsewhere is asked.")), "")
	}
	var looking, absent []string
	real, more, start := false, 0, len(lines)
	most := mostListed + max(m.h-24, 0)/2
	if slices.ContainsFunc(m.found, func(l providers.Listing) bool {
		return l.Err == nil && len(l.Models) > 0 && l.Entry.API != "demo"
	}) {
		most += 5 // nothing more has to be done
	}
	for _, e := range m.entries() {
		l, asked := m.listing(e.Name)
		switch {
		case e.API == "demo":
			continue
		case !asked:
			looking = append(looking, plain.Line(e.Name))
			continue
		case l.Err != nil && e.Local && providers.AsError(l.Err).Kind == providers.Unreachable && e.API != "ollama":
			absent = append(absent, plain.Line(e.Name)+" "+portOf(e.BaseURL))
			continue
		}
		real = real || l.Err == nil && len(l.Models) > 0
		if len(lines)-start >= most {
			more++
			continue
		}
		mark, what, style := "✓", modelsWords(len(l.Models)), th.Good
		if l.Err != nil {
			failed := providers.AsError(l.Err)
			mark, what, style = "○", "not running", th.Faint
			if failed.Kind != providers.Unreachable {
				what, style = plain.Line(failed.Message()), th.Warn
			}
		}
		row := " " + style.Render(mark) + " " + m.look.fit(plain.Line(e.Name), 12) + " " + th.Muted.Render(m.look.fit(address(e.BaseURL), 32)) + " "
		if m.look.width(what) <= w-1-m.look.width(row) {
			lines = append(lines, cut(row+style.Render(what)))
			continue
		}
		lines = append(lines, cut(row)) // a reason is read to its end
		for _, l := range m.look.first(what, max(w-17, 1), 2) {
			lines = append(lines, cut(spaces(16)+style.Render(l)))
		}
	}
	if more > 0 {
		lines = append(lines, cut("   "+th.Muted.Render(fmt.Sprintf("and %d more; `juxta doctor` tells of each", more))))
	}
	if len(absent) > 0 {
		lines = append(lines, cut(" "+th.Faint.Render("○ "+m.look.fit("not running", 12)+" "+strings.Join(absent, ", "))))
	}
	switch {
	case len(looking) > 0 && m.opts.Within && m.looking == nil:
		lines = append(lines, cut(" "+th.Faint.Render("· not asked yet, {model} does: "+strings.Join(looking, ", "))))
		lines[len(lines)-1] = m.look.keyed(lines[len(lines)-1])
	case len(looking) > 0:
		lines = append(lines, cut(" "+th.Faint.Render("· "+m.look.fit("looking for", 12)+" "+strings.Join(looking, ", "))))
	}
	if len(m.opts.Missing) > 0 {
		lines = append(lines, cut(" "+th.Faint.Render("○ "+m.look.fit("no key", 12)+" "+firstOf(m.opts.Missing, max(2, w/26-1)))))
	}
	next := m.nextSteps(real, w)
	if len(next) > 0 && lines[len(lines)-1] != "" {
		lines = append(lines, "")
	}
	for _, l := range next {
		lines = append(lines, cut(" "+l))
	}
	return append(lines, "")
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
	if m.looked.IsZero() || real {
		return lines
	}
	_, pulls := m.puller()
	switch ollama, asked := m.ollama(); {
	case m.pullFailed != nil:
		lines = append(lines, arrow+m.look.keyed("{get_model} tries it again, or another one"))
	case pulls:
		s := starters()[0]
		lines = append(lines, arrow+m.look.keyed(fmt.Sprintf("{get_model} gets a small model that sees pictures: %s, %s", s.name, size(s.bytes))))
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
	return append(lines, "  Until then two "+th.Warn.Render("simulated")+" models show how it works: type, press enter.")
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
