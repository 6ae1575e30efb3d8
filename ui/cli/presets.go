package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// presetFlag is --preset of a command that has columns.
func (a *app) presetFlag(c *cobra.Command, into *[]string) {
	c.Flags().StringArrayVar(into, "preset", nil, "a column with the settings that the configuration calls `NAME`: on its own model, else on each of -m (may be repeated)")
	_ = c.RegisterFlagCompletionFunc("preset", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		conf, err := readConfig(a.configPath())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return presetNames(conf.presets), cobra.ShellCompDirectiveNoFileComp
	})
}

func presetNames(presets []sessions.Preset) (names []string) {
	for _, p := range presets {
		names = append(names, plain.Line(p.Name))
	}
	return names
}

// named are the presets of those names, each of which must be there, and the
// provider of its model, too.
func (a *app) named(conf config, n *network, names []string) (found []sessions.Preset, err error) {
	for _, name := range names {
		i := slices.IndexFunc(conf.presets, func(p sessions.Preset) bool { return p.Name == name })
		if i < 0 {
			all := presetNames(conf.presets)
			hint := "presets in the configuration: " + strings.Join(all, ", ")
			if near := nearest(name, all); near != "" {
				hint = "did you mean " + near + "? " + hint
			}
			if len(all) == 0 {
				hint = "the configuration has none; a preset is a row under presets:, with a name and settings"
			}
			return nil, usage(hint, "--preset %s: there is no preset %q", name, name)
		}
		p := conf.presets[i]
		if p.Model != (providers.Ref{}) {
			if err := a.reachable(n, p.Model); err != nil {
				return nil, err
			}
		}
		found = append(found, p)
	}
	return found, nil
}

// complete reports whether presets make columns without any model of -m.
func complete(presets []sessions.Preset) bool {
	return len(presets) > 0 && !slices.ContainsFunc(presets, free)
}

// free reports whether a preset names no model.
func free(p sessions.Preset) bool { return p.Model == (providers.Ref{}) }

// columnsOf lists the columns: each model with the settings of each preset that names
// no model, or without one; then the presets that name their own. What flags set
// comes before what a preset does.
func columnsOf(refs []providers.Ref, presets []sessions.Preset, flags sessions.Column, all []sessions.Preset) (columns []sessions.Column) {
	add := func(ref providers.Ref, p sessions.Preset) {
		c := p.On(sessions.Column{Model: ref})
		if flags.System != "" {
			c.System = flags.System
		}
		if flags.Schema != nil {
			c.Schema = flags.Schema
		}
		c.Params = flags.Params.Or(c.Params)
		columns = append(columns, c.Named(all))
	}
	on := slices.DeleteFunc(slices.Clone(presets), func(p sessions.Preset) bool { return !free(p) })
	if len(on) == 0 {
		on = []sessions.Preset{{}}
	}
	for _, ref := range refs {
		for _, p := range on {
			add(ref, p)
		}
	}
	for _, p := range presets {
		if !free(p) {
			add(p.Model, p)
		}
	}
	return columns
}

// refsOf are the models of columns.
func refsOf(columns []sessions.Column) (refs []providers.Ref) {
	for _, c := range columns {
		refs = append(refs, c.Model)
	}
	return refs
}
