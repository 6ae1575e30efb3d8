package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// folder is where the desktop keeps things of a kind: $XDG_…, which counts only
// if it is absolute, else usual in the user's home.
func folder(getenv func(string) string, variable, usual string) string {
	if dir := getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	if runtime.GOOS == "windows" {
		if dir := getenv("LOCALAPPDATA"); dir != "" {
			return dir
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, usual)
}

func defaultConfig(getenv func(string) string) string {
	return filepath.Join(folder(getenv, "XDG_CONFIG_HOME", ".config"), "juxta", "config.yaml")
}

func defaultStore(getenv func(string) string) string {
	return filepath.Join(folder(getenv, "XDG_DATA_HOME", filepath.Join(".local", "share")), "juxta", "juxta.db")
}

// homely writes the user's home as ~.
func homely(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return path
	}
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}

// storePath is where the sessions are: flag before environment before default.
func (a *app) storePath() string {
	if a.db != "" {
		return a.db
	}
	if path := a.getenv("JUXTA_DB"); path != "" {
		return path
	}
	return defaultStore(a.getenv)
}

// configPath is where the configuration is, and whether somebody named it.
func (a *app) configPath() (path string, named bool) {
	if a.config != "" {
		return a.config, true
	}
	if path := a.getenv("JUXTA_CONFIG"); path != "" {
		return path, true
	}
	return defaultConfig(a.getenv), false
}

// indexPath is where the list of the keyring's keys is: with the data of the
// person whose keyring it is, whichever store is used.
func (a *app) indexPath() string {
	return filepath.Join(filepath.Dir(defaultStore(a.getenv)), "keys.json")
}
