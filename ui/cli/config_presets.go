package cli

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"juxta/providers"
	"juxta/sessions"
)

// presetSettings are the names that a preset of the configuration may hold.
func presetSettings() []string {
	return append([]string{"presets", "model", "system", "schema"}, providers.ParamNames()...)
}

// presetText is a preset. Its parameters are called as -o calls them.
type presetText struct {
	at          *token.Token
	Name        scalar     `yaml:"name"`
	Model       scalar     `yaml:"model"`
	System      scalar     `yaml:"system"`
	Schema      scalar     `yaml:"schema"`
	Temperature scalar     `yaml:"temperature"`
	TopP        scalar     `yaml:"top_p"`
	MaxTokens   scalar     `yaml:"max_tokens"`
	Seed        scalar     `yaml:"seed"`
	Stop        scalarList `yaml:"stop"`
	Think       scalar     `yaml:"think"`
	ThinkBudget scalar     `yaml:"think_budget"`
	Context     scalar     `yaml:"context"`
}

// UnmarshalYAML keeps the preset's own place, for what is missing in it.
func (t *presetText) UnmarshalYAML(n ast.Node) error {
	type plain presetText
	if err := yaml.NodeToValue(n, (*plain)(t), yaml.Strict()); err != nil {
		return err
	}
	t.at = start(n)
	return nil
}

// scalarList is one value, or several.
type scalarList []scalar

// UnmarshalYAML reads a value as a list of it alone.
func (l *scalarList) UnmarshalYAML(n ast.Node) error {
	nodes := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	for _, n := range nodes {
		var s scalar
		if err := s.UnmarshalYAML(n); err != nil {
			return err
		}
		*l = append(*l, s)
	}
	return nil
}

// takePresets checks the presets.
func (c *config) takePresets(texts []presetText) error {
	c.schemas = map[int]scalar{}
	for i, t := range texts {
		p, err := t.preset()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(c.presets, func(x sessions.Preset) bool { return x.Name == p.Name }) {
			return wrong(t.Name.at, "there are two presets named %q", p.Name)
		}
		c.presets = append(c.presets, p)
		if t.Schema.text != "" {
			c.schemas[i] = t.Schema
		}
	}
	return nil
}

func (t presetText) preset() (p sessions.Preset, err error) {
	p.Name, p.System = strings.TrimSpace(t.Name.text), strings.TrimSpace(t.System.text)
	switch {
	case p.Name == "":
		return p, wrong(t.at, "this preset has no name")
	case strings.ContainsFunc(p.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return p, wrong(t.Name.at, "a preset's name is one line of letters")
	}
	if t.Model.text != "" {
		if p.Model, err = providers.ParseRef(t.Model.text); err != nil {
			return p, wrong(t.Model.at, "%v", err)
		}
	}
	set := func(name string, s scalar) error {
		if err := p.Params.Set(name, s.text); err != nil {
			return wrong(s.at, "%s is %v", name, err)
		}
		return nil
	}
	for _, x := range []struct {
		name string
		text scalar
	}{
		{"temperature", t.Temperature},
		{"top_p", t.TopP},
		{"max_tokens", t.MaxTokens},
		{"seed", t.Seed},
		{"think", t.Think},
		{"think_budget", t.ThinkBudget},
		{"context", t.Context},
	} {
		if x.text.text != "" {
			if err := set(x.name, x.text); err != nil {
				return p, err
			}
		}
	}
	for _, s := range t.Stop {
		if err := set("stop", s); err != nil {
			return p, err
		}
	}
	return p, nil
}

// readSchemas reads the schemas of the presets, whose paths begin in dir.
func (c *config) readSchemas(dir string) error {
	for i := range c.presets {
		s, ok := c.schemas[i]
		if !ok {
			continue
		}
		path := s.text
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		var err error
		if c.presets[i].Schema, err = readSchema("schema ", path); err != nil {
			return wrong(s.at, "%v", err)
		}
	}
	return nil
}
