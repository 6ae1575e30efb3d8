package cli

import (
	"cmp"
	"fmt"
	"strings"

	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// text is the diagnosis for people, in lines of at most wide cells; 0 for no limit.
func (d diagnosis) text(wide int) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		said := strings.TrimRight(fmt.Sprintf(format, args...), " ")
		head := fmt.Sprintf("%-10s ", name)
		for _, sign := range []string{"  → ", "  ✗ ", "  ", "✗ ", "· "} { // what follows stands below the words
			if rest, ok := strings.CutPrefix(said, sign); ok {
				head, said = head+strings.TrimLeft(sign, " "), rest
				break
			}
		}
		b.WriteString(tui.Hang(head, plain.Line(said), wide) + "\n")
	}
	next := func(s *string) {
		if s != nil {
			line("", "  → %s", *s)
		}
	}
	line("juxta", "%s, %s, %s", d.Version, d.Go, d.OS)
	line("terminal", "%s, colours %s, input %s, output %s%s", cmp.Or(d.Terminal.Type, "no type"), d.Terminal.Colours, tty(d.Terminal.Input), tty(d.Terminal.Output), d.Terminal.more())
	line("", "%s", d.Terminal.answers())
	for _, x := range []struct {
		name string
		fileFinding
	}{{"config", d.Config}, {"store", d.Store.fileFinding}} {
		state := "not there"
		if x.Exists {
			state = "there"
			if x.Size != nil {
				state = fmt.Sprintf("%d bytes", *x.Size)
			}
		}
		if x.Sessions != nil {
			state += fmt.Sprintf(", %s, schema %d, nobody holds it", things(*x.Sessions, "session"), *x.Schema)
		}
		if x.Holder != nil {
			state += ", held by " + *x.Holder
		}
		line(x.name, "%s (%s)", homely(x.Path), state)
		if x.Problem != nil {
			line("", "  ✗ %s", *x.Problem)
		}
		if x.name == "store" {
			d.Store.write(line)
		}
		next(x.Next)
	}
	d.Vault.write(line, next)
	d.Clock.write(line, next)
	d.Clipboard.write(line, next)
	d.Files.write(line)
	if d.LocalOnly != nil {
		line("local only", "yes (%s): remote providers are refused, and not asked here", *d.LocalOnly)
	}
	d.Energy.write(line, next)
	b.WriteString("\n")
	for _, p := range d.Providers {
		b.WriteString(p.text(wide))
	}
	if len(d.Unset) > 0 {
		b.WriteString("\n" + tui.Hang("keys not set: ", strings.Join(d.Unset, ", "), wide) + "\n")
	}
	return b.String()
}

// text is one provider's part, from a sign that reads without colour.
func (p providerRecord) text(wide int) string {
	sign, state := "✓", ""
	switch {
	case p.Models != nil:
		state = fmt.Sprintf("%s in %.0f ms", things(*p.Models, "model"), p.Took)
	case p.absent:
		sign, state = "·", "not found"
	case p.Reachable:
		sign, state = "✗", fmt.Sprintf("answers in %.0f ms, but %s", p.Took, *p.Problem)
	default:
		sign, state = "✗", fmt.Sprintf("%s (after %.0f ms)", *p.Problem, p.Took)
	}
	place := "remote"
	switch {
	case p.API == "demo":
		place = "simulated"
	case p.Local:
		place = "local"
	}
	address := ""
	if p.Address != nil {
		address = " at " + *p.Address
		switch {
		case p.Guessed && p.Models != nil:
			address = ", found" + address
		case p.Guessed && !p.absent:
			address = ", looked for" + address
		}
	}
	key := ""
	switch p.Key {
	case "command":
		key = ", key from a command"
	case "keyring":
		key = ", key from the keyring"
	case "set":
		key = ", key from the " + string(p.KeyFrom)
		if p.KeyName != nil {
			key += " (" + *p.KeyName + ")"
		}
	case "not set":
		if !p.Local {
			key = ", no key (" + *p.KeyName + ")"
		}
	}
	out := tui.Hang(fmt.Sprintf("%s %-12s ", sign, p.Name), plain.Line(fmt.Sprintf("%s, %s%s%s: %s", p.API, place, address, key, state)), wide) + "\n"
	if p.Next != nil {
		out += tui.Hang("    → ", plain.Line(*p.Next), wide) + "\n"
	}
	return out
}

func tty(yes bool) string {
	if yes {
		return "terminal"
	}
	return "pipe"
}
