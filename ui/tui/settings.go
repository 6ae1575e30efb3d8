package tui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// Names of fields in the form of a column's settings; the parameters have their
// own.
const (
	presetField   = "preset"
	systemField   = "system prompt"
	schemaField   = "schema"
	baselineField = "baseline ★"
)

// A settings is the form of one column while it is open.
type settings struct {
	*form
	column  sessions.Column // as it stands in the form, but for what its fields hold
	own     sessions.Column // the same before a preset was chosen there
	presets []sessions.Preset
	schemas map[string][]byte // by option
	picked  string            // the preset that the form shows
}

// settings opens the form of the current column.
func (m *Model) settings() tea.Cmd {
	if m.bench == nil || len(m.panes) == 0 {
		return nil
	}
	p := m.panes[m.focus]
	baseline := m.session.Baseline == p.column.ID
	s := &settings{column: p.column.Named(m.opts.Presets), presets: m.opts.Presets}
	fields := s.fields(p.model)
	fields = append(fields, &field{name: baselineField, kind: aChoice, value: onOff(baseline), options: []string{"off", "on"}})
	title := "Settings of column " + strconv.Itoa(m.focus+1) + " · " + plain.Line(p.column.Model.String())
	s.form = newForm(title, &m.look, func(*form) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			c := s.now()
			c.Model = p.column.Model
			if now, ok := m.session.Column(c.ID); ok {
				c.Model = now.Model
			}
			m.bench.Configure(c)
			if on := s.value(baselineField) == "on"; on != baseline {
				m.measureBy(c.ID, on)
			}
			m.refresh()
			return m.say("the settings hold from the next question on")
		}
	}, fields...)
	s.own = sessions.Preset{}.On(s.column)
	s.changed, s.picked = s.follow, s.column.Preset
	s.note = "For this column alone. Nothing written is the model's own default."
	if p.model.Accepts == nil {
		s.note = "What this model takes is not known: the answer says what was left out."
	}
	m.push(s)
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// fields are those of the column on a model.
func (s *settings) fields(model providers.Model) []*field {
	var fields []*field
	if len(s.presets) > 0 {
		options := []string{""}
		for _, p := range s.presets {
			options = append(options, p.Name)
		}
		fields = append(fields, &field{name: presetField, kind: aChoice, value: s.column.Preset, options: options})
	}
	fields = append(fields, &field{name: systemField, kind: aText, value: s.column.System, empty: "what the model is told before the first question"})
	for _, name := range providers.ParamNames() {
		values := s.column.Params.Values(name)
		taken, hint := takes(model, name)
		if !taken && len(values) == 0 {
			continue
		}
		if !taken {
			hint = "not taken by this model"
		}
		fields = append(fields, parameter(name, values, hint))
	}
	s.schemas = map[string][]byte{"": nil}
	options := []string{""}
	for _, p := range s.presets {
		if p.Schema != nil {
			s.schemas["of "+p.Name] = p.Schema
			options = append(options, "of "+p.Name)
		}
	}
	if s.column.Schema != nil && s.schemaOption(s.column) == "" {
		s.schemas["its own"] = s.column.Schema
		options = append(options, "its own")
	}
	if len(options) > 1 {
		fields = append(fields, &field{name: schemaField, kind: aChoice, value: s.schemaOption(s.column), options: options})
	}
	return fields
}

// schemaOption is the option that stands for a column's schema.
func (s *settings) schemaOption(c sessions.Column) string {
	for option, schema := range s.schemas {
		if c.Schema != nil && string(schema) == string(c.Schema) {
			return option
		}
	}
	return ""
}

// takes reports whether a model takes a parameter, as far as that is known, and
// what it may be there.
func takes(m providers.Model, name string) (taken bool, values string) {
	i := slices.IndexFunc(m.Accepts, func(k providers.Knob) bool { return k.Name == name })
	if i < 0 {
		return m.Accepts == nil, ""
	}
	return true, m.Accepts[i].Values
}

// parameter is the field of one.
func parameter(name string, values []string, hint string) *field {
	f := &field{name: name, kind: aNumber, value: strings.Join(values, ""), hint: hint, empty: "default"}
	switch name {
	case "think":
		f.kind, f.options = aChoice, []string{""}
		for level := range strings.SplitSeq(hint, ", ") {
			if slices.Contains(providers.ThinkLevels(), level) {
				f.options = append(f.options, level)
			}
		}
		if len(f.options) > 1 {
			f.hint = "" // the options say it
		} else {
			f.options = append(f.options, providers.ThinkLevels()...)
		}
	case "stop":
		f.kind, f.value = aLine, quoteStops(values)
		f.empty = `none; several words, or "in quotes \n"`
		f.check = func(text string) error { _, err := readStops(text); return err }
	default:
		f.check = func(text string) error {
			if text = strings.TrimSpace(text); text == "" {
				return nil
			}
			return new(providers.Params).Set(name, text)
		}
	}
	return f
}

// readStops reads words, and what stands in quotes as Go has it.
func readStops(text string) (stops []string, err error) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		word, rest, _ := strings.Cut(text, " ")
		if text[0] == '"' {
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, errors.New(`words, or text in quotes that end: END "\n\n"`)
			}
			word, _ = strconv.Unquote(quoted) // it is one
			rest = text[len(quoted):]
		}
		var p providers.Params
		if err := p.Set("stop", word); err != nil {
			return nil, err
		}
		stops, text = append(stops, word), rest
	}
	return stops, nil
}

// quoteStops is what readStops reads.
func quoteStops(stops []string) string {
	words := slices.Clone(stops)
	for i, w := range words {
		if quoted := strconv.Quote(w); quoted != `"`+w+`"` || strings.ContainsAny(w, " ") {
			words[i] = quoted
		}
	}
	return strings.Join(words, " ")
}

// now is the column as the form has it.
func (s *settings) now() sessions.Column {
	c := s.column
	for _, f := range s.form.fields {
		value := f.now()
		switch name := f.name; name {
		case presetField, baselineField:
		case systemField:
			if c.System != value { // what was not changed stays as it was, spaces and all
				c.System = strings.TrimSpace(value)
			}
		case schemaField:
			c.Schema = s.schemas[value]
		case "stop":
			c.Params = c.Params.Without(name)
			c.Params.Stop, _ = readStops(value) // it was checked
		default:
			c.Params = c.Params.Without(name)
			if value = strings.TrimSpace(value); value != "" {
				_ = c.Params.Set(name, value) // it was checked, too
			}
		}
	}
	return c.Named(s.presets)
}

// follow fills the form in when a preset is chosen, and forgets its name when
// something else than its settings stands there.
func (s *settings) follow(x *field) {
	if len(s.presets) == 0 || x.name == baselineField {
		return
	}
	if x.name != presetField {
		s.picked = s.now().Preset
		s.field(presetField).set(s.picked)
		return
	}
	if s.picked == "" {
		s.own = s.now()
	}
	s.picked = x.now()
	next := s.own
	for _, p := range s.presets {
		if p.Name == s.picked {
			next = p.On(s.column)
		}
	}
	s.column = next
	for _, f := range s.form.fields {
		switch f.name {
		case presetField, baselineField:
		case systemField:
			f.set(next.System)
		case schemaField:
			f.set(s.schemaOption(next))
		case "stop":
			f.set(quoteStops(next.Params.Stop))
		default:
			f.set(strings.Join(next.Params.Values(f.name), ""))
		}
	}
}
