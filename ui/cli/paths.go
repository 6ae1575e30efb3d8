package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"juxta/sessions/plain"
)

// A spot is where a system keeps things of a kind.
type spot struct {
	variable string // of the desktop's: it counts only if it is absolute
	windows  string // the variable that Windows has for it
	usual    string // elsewhere, in the user's home
}

// Settings may follow a person from one Windows machine to the next; sessions
// and what is fetched stay where they are.
var (
	ownSettings = spot{"XDG_CONFIG_HOME", "APPDATA", ".config"}
	ownData     = spot{"XDG_DATA_HOME", "LOCALAPPDATA", filepath.Join(".local", "share")}
	noted       = spot{"XDG_STATE_HOME", "LOCALAPPDATA", filepath.Join(".local", "state")} // neither a setting nor worth a backup
	cached      = spot{"XDG_CACHE_HOME", "LOCALAPPDATA", ".cache"}
)

func (p spot) folder(goos string, getenv func(string) string) string {
	if dir := getenv(p.variable); filepath.IsAbs(dir) {
		return dir
	}
	if dir := getenv(p.windows); goos == "windows" && dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, p.usual)
}

// housed is an error where no home is known, or one that is another folder
// wherever juxta is started: sessions would be left in anybody's folder, and the
// configuration there, which may name programs to run, would be taken for one's own.
func (a *app) housed() error {
	for _, p := range []spot{ownSettings, ownData, noted, cached} {
		if filepath.IsAbs(p.folder(runtime.GOOS, a.getenv)) {
			continue
		}
		home := "HOME"
		if runtime.GOOS == "windows" {
			home = "USERPROFILE"
		}
		return usage("set "+home+" to your home folder, by its whole path", "no home folder is known: %s is %q, and %s names none", home, plain.Line(a.getenv(home)), p.variable)
	}
	return nil
}

// homeless are the commands that need no folder.
var homeless = []string{"completion", "help", "licences", "man"}

// in is a file of juxta's in such a spot.
func (p spot) in(getenv func(string) string, name string) string {
	return filepath.Join(p.folder(runtime.GOOS, getenv), "juxta", name)
}

func defaultConfig(getenv func(string) string) string { return ownSettings.in(getenv, "config.yaml") }

func defaultStore(getenv func(string) string) string { return ownData.in(getenv, "juxta.db") }

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
