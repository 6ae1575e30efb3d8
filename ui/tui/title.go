package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// title is the column's number and model, where it runs, whether it is the
// baseline, what of its settings is not the default, and which of several takes
// stands in the current turn, in w cells at the most.
// The model's name is the last to be shortened, and the settings are before it.
func (p *pane) title(w int, lk *look) string {
	th := lk.theme
	style := th.Title
	if p.focused {
		style = style.Underline(p.active)
	}
	if p.veiled {
		return style.Render(lk.cut(seated(p.place+1), w))
	}
	number := strconv.Itoa(p.place + 1)
	name := plain.Line(p.column.Model.Model)
	take := ""
	if p.take != "" {
		take = " · " + p.take
	}
	rest := w - len(number) - 1 - lk.width(take)
	var where, set string
	for _, t := range p.titles() {
		where, set = t[0], t[1]
		if lk.width(name)+tail(where, lk)+tail(set, lk) <= rest {
			break
		}
	}
	name = lk.cut(name, max(rest-tail(where, lk)-tail(set, lk), 1))
	s := th.Column(p.place).Bold(true).Render(number) + " " + style.Render(name)
	if where != "" {
		tone := th.Muted
		if p.demo {
			tone = th.Warn
		}
		if where != star {
			s += th.Muted.Render(" ·")
		}
		s += tone.Render(" " + where)
	}
	if set != "" {
		s += th.Muted.Render(" · ") + th.Text.Render(set)
	}
	return s + th.Accent.Render(take)
}

// tail is what a part behind the name takes with the point before it.
func tail(s string, lk *look) int {
	switch s {
	case "":
		return 0
	case star:
		return 2
	}
	return 3 + lk.width(s)
}

// titles are the ways to say where a column runs and how it is set, from the
// longest to the shortest.
func (p *pane) titles() [][2]string {
	long := plain.Line(p.column.Model.Provider)
	short := ""
	switch {
	case p.demo:
		long, short = "simulated", "simulated"
	case p.model.Local:
		long, short = long+" · local", "local"
	}
	if p.starred {
		long, short = long+" "+star, strings.TrimLeft(short+" "+star, " ")
	}
	words := p.brief()
	all := strings.Join(words, " ")
	ways := [][2]string{{long, all}, {short, all}}
	for n := len(words) - 1; n >= 0; n-- {
		left := fmt.Sprintf("+%d", len(words)-n)
		ways = append(ways, [2]string{short, strings.TrimLeft(strings.Join(words[:n], " ")+" "+left, " ")})
	}
	return ways
}

// brief is what of the column's settings is not the default, in the words of a
// title: its preset's name, or each of them.
func (p *pane) brief() (words []string) {
	c := p.column
	if p.follows != "" {
		words = append(words, "on "+p.follows+"'s answers")
	}
	if c.Preset != "" {
		return append(words, plain.Line(c.Preset))
	}
	for _, name := range providers.ParamNames() {
		values := c.Params.Values(name)
		if len(values) == 0 {
			continue
		}
		switch v := plain.Line(values[0]); name {
		case "temperature":
			words = append(words, "t"+v)
		case "top_p":
			words = append(words, "p"+v)
		case "max_tokens":
			words = append(words, "max "+sessions.Count(c.Params.MaxTokens))
		case "think_budget":
			words = append(words, "budget "+sessions.Count(c.Params.ThinkBudget))
		case "context":
			words = append(words, "ctx "+sessions.Count(c.Params.Context))
		case "stop":
			words = append(words, "stop")
		default:
			words = append(words, name+" "+v)
		}
	}
	if c.System != "" && p.alone {
		words = append(words, "sys")
	}
	if c.Schema != nil {
		words = append(words, "schema")
	}
	return words
}

// set is the same in full, for who has room; the system prompt is not in it.
func (p *pane) set() (words []string) {
	c := p.column
	if p.follows != "" {
		words = append(words, "told the answers of "+p.follows)
	}
	if c.Preset != "" {
		words = append(words, "preset "+plain.Line(c.Preset))
	}
	for _, name := range providers.ParamNames() {
		if values := slices.Clone(c.Params.Values(name)); len(values) > 0 {
			if name == "stop" {
				values = []string{quoteStops(values)}
			}
			words = append(words, name+" "+plain.Line(values[0]))
		}
	}
	if c.Schema != nil {
		words = append(words, "a schema")
	}
	return words
}

// followed is how the column is called whose answers a column is told; "" for
// its own.
func (m *Model) followed(c sessions.Column) string {
	if c.Follows == 0 {
		return ""
	}
	return m.look.called(c.Follows)
}

// called is a column's number on the screen, or its model's name if it is not
// there.
func (lk *look) called(column int) string {
	if place, ok := lk.places[column]; ok {
		return strconv.Itoa(place + 1)
	}
	return plain.Line(lk.models[column].Model)
}

// oneSystem reports whether all columns have the same system prompt, or none.
func oneSystem(columns []sessions.Column) bool {
	return !slices.ContainsFunc(columns, func(c sessions.Column) bool { return c.System != columns[0].System })
}

// oneSystem is that of the columns on the screen.
func (m *Model) oneSystem() bool { return oneSystem(m.session.Shown()) }
