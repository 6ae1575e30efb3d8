package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"juxta/ui/theme"
)

// themeEnding is that of a theme's file.
const themeEnding = ".theme"

// themesPath is the folder of the user's own themes.
func (a *app) themesPath() string {
	return filepath.Join(filepath.Dir(defaultConfig(a.getenv)), "themes")
}

// theme is the one that the configuration names: built in, or of a file of the
// user's own.
func (a *app) theme(c config) (*theme.Set, error) {
	name := c.theme.text
	if name == "" {
		name = theme.Auto
	}
	if s, ok := theme.Builtin(name); ok {
		return s, nil
	}
	own := a.ownThemes()
	if slices.Contains(own, name) {
		return a.readTheme(name)
	}
	all := append(theme.Names(), own...)
	text := fmt.Sprintf("theme: there is no theme %q; there are %s", name, strings.Join(all, ", "))
	if near := nearest(name, all); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	} else {
		text += "; one of your own is a file " + homely(filepath.Join(a.themesPath(), "NAME"+themeEnding))
	}
	path, _ := a.configPath()
	return nil, placed(path, wrong(c.theme.at, "%s", text))
}

// ownThemes are the names of the user's own that do not stand for built-in ones.
func (a *app) ownThemes() []string {
	files, _ := os.ReadDir(a.themesPath())
	var own []string
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), themeEnding)
		if ok && name != "" && !slices.Contains(theme.Names(), name) {
			own = append(own, name)
		}
	}
	return own
}

func (a *app) readTheme(name string) (*theme.Set, error) {
	path := filepath.Join(a.themesPath(), name+themeEnding)
	text, err := readUpTo(path, mostConfig)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, usage("make it readable, or choose another theme in the configuration", "%s: %w", path, err)
	}
	s, err := theme.Parse(name, path, text)
	if err != nil {
		return nil, usage("mend that line, or choose another theme in the configuration", "%w", err)
	}
	return s, nil
}

// themes reads the user's own. Those that can't be read are left out, and the
// error says why.
func (a *app) themes() ([]*theme.Set, error) {
	var all []*theme.Set
	var failed []error
	for _, name := range a.ownThemes() {
		s, err := a.readTheme(name)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		all = append(all, s)
	}
	return all, errors.Join(failed...)
}
