package theme

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
)

//go:embed themes
var files embed.FS

// Auto is the name of the set that suits the terminal: dark or light.
const Auto = "auto"

// A Set is what a theme file says: a theme for dark terminals and one for light
// ones.
type Set struct {
	Name        string
	dark, light palette
}

// On is the theme for a dark or a light terminal.
func (s *Set) On(dark bool) *Theme {
	if dark {
		return build(s.dark)
	}
	return build(s.light)
}

// Names are those of the sets that [Builtin] has.
func Names() []string { return []string{Auto, "dark", "light", "contrast", "plain"} }

// Builtin is the set of one of the [Names].
func Builtin(name string) (*Set, bool) {
	switch {
	case name == Auto:
		return &Set{Name: Auto, dark: usual("dark"), light: usual("light")}, true
	case !slices.Contains(Names(), name):
		return nil, false
	}
	text, err := files.ReadFile("themes/" + name + ".theme")
	if err != nil {
		return nil, false
	}
	s, err := Parse(name, name+".theme", text)
	return s, err == nil
}

// usual is the palette that the built-in file of a ground says.
func usual(ground string) (p palette) {
	text, _ := files.ReadFile("themes/" + ground + ".theme")
	_ = p.read(ground+".theme", 1, strings.Split(string(text), "\n"))
	return p
}

// Parse reads a theme file: a line "name = colour" for each of the colours, of
// which # followed by a space, or at the beginning of a line, begins a comment. A
// colour is #rrggbb, a number of the terminal's own from 0 to 255, or none. The
// lines after [dark] are for dark terminals and those after [light] for light
// ones; there what is left out is as usual. Without them the lines are for both,
// and name every colour. Errors begin with the path, and the line where there is
// one.
func Parse(name, path string, text []byte) (*Set, error) {
	s := &Set{Name: name}
	lines := strings.Split(string(text), "\n")
	first := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(words(l), "[") })
	if first < 0 {
		if err := s.dark.read(path, 1, lines); err != nil {
			return nil, err
		}
		for _, c := range s.dark.colours() {
			if *c.value == "" {
				return nil, fmt.Errorf("%s: no line says what %s is; a file that leaves something out says [dark] or [light] first", path, c.name)
			}
		}
		s.light = s.dark
		return s, nil
	}
	if i := slices.IndexFunc(lines[:first], func(l string) bool { return words(l) != "" }); i >= 0 {
		return nil, fmt.Errorf("%s:%d: this stands before [dark] and [light], and would be for neither", path, i+1)
	}
	seen := map[string]bool{}
	for first < len(lines) {
		next := slices.IndexFunc(lines[first+1:], func(l string) bool { return strings.HasPrefix(words(l), "[") }) + first + 1
		if next == first {
			next = len(lines)
		}
		ground := words(lines[first])
		into := map[string]*palette{"[dark]": &s.dark, "[light]": &s.light}[ground]
		switch {
		case into == nil:
			return nil, fmt.Errorf("%s:%d: there is [dark] and [light], and no %s", path, first+1, strconv.Quote(ground))
		case seen[ground]:
			return nil, fmt.Errorf("%s:%d: there are two of %s", path, first+1, ground)
		}
		seen[ground] = true
		if err := into.read(path, first+2, lines[first+1:next]); err != nil {
			return nil, err
		}
		first = next
	}
	s.dark.complete(usual("dark"))
	s.light.complete(usual("light"))
	return s, nil
}

// words is a line without its comment.
func words(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return ""
	}
	line, _, _ = strings.Cut(strings.ReplaceAll(line, "\t", " ")+" ", " # ")
	return strings.TrimSpace(line)
}

// read takes in lines, the first of which is the n-th of the file.
func (p *palette) read(path string, n int, lines []string) error {
	colours := p.colours()
	for i, l := range lines {
		l = words(l)
		if l == "" {
			continue
		}
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("%s:%d: %s", path, n+i, fmt.Sprintf(format, args...))
		}
		name, value, ok := strings.Cut(l, "=")
		if !ok {
			return wrong("a line is: name = colour")
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		at := slices.IndexFunc(colours, func(c colour) bool { return c.name == name })
		switch {
		case at < 0:
			return wrong("there is no colour %q; there are %s", name, strings.Join(names(colours), ", "))
		case *colours[at].value != "":
			return wrong("there are two lines for %s", name)
		case !valid(value):
			return wrong("%s: a colour is #rrggbb, a number from 0 to 255, or none; not %q", name, value)
		}
		*colours[at].value = value
	}
	return nil
}

func valid(value string) bool {
	if hex, ok := strings.CutPrefix(value, "#"); ok {
		_, err := strconv.ParseUint(hex, 16, 32)
		return err == nil && len(hex) == 6
	}
	n, err := strconv.Atoi(value)
	return value == none || err == nil && n >= 0 && n <= 255 && strconv.Itoa(n) == value
}

// complete takes what is left out from another palette.
func (p *palette) complete(from palette) {
	rest := from.colours()
	for i, c := range p.colours() {
		if *c.value == "" {
			*c.value = *rest[i].value
		}
	}
}

// none is no colour but the terminal's own for text.
const none = "none"

// A colour is a field of a palette by its name in a file.
type colour struct {
	name  string
	value *string
}

func names(colours []colour) (all []string) {
	for _, c := range colours {
		all = append(all, c.name)
	}
	return all
}

func (p *palette) colours() []colour {
	return []colour{
		{"muted", &p.muted},
		{"faint", &p.faint},
		{"border", &p.border},
		{"blue", &p.blue},
		{"green", &p.green},
		{"yellow", &p.yellow},
		{"red", &p.red},
		{"purple", &p.purple},
		{"cyan", &p.cyan},
		{"orange", &p.orange},
		{"magenta", &p.magenta},
	}
}

// ink is a style with a palette's colour.
func ink(value string) lipgloss.Style {
	if value == none {
		return lipgloss.NewStyle()
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(value))
}
