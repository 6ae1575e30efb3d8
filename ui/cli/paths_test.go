package cli

import (
	"path/filepath"
	"testing"
)

func TestEachSystemKeepsThingsWhereItsUsersLook(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	roaming, local, own := filepath.Join(home, "Roaming"), filepath.Join(home, "Local"), filepath.Join(home, "own")
	windows := map[string]string{"APPDATA": roaming, "LOCALAPPDATA": local}
	for _, test := range []struct {
		name string
		spot
		goos string
		env  map[string]string
		want string
	}{
		{"the settings", ownSettings, "linux", nil, filepath.Join(home, ".config")},
		{"the settings", ownSettings, "darwin", nil, filepath.Join(home, ".config")},
		{"the settings", ownSettings, "windows", windows, roaming},
		{"the sessions", ownData, "linux", windows, filepath.Join(home, ".local", "share")},
		{"the sessions", ownData, "windows", windows, local},
		{"the sessions without an environment", ownData, "windows", nil, filepath.Join(home, ".local", "share")},
		{"what was fetched", cached, "darwin", nil, filepath.Join(home, ".cache")},
		{"what was fetched", cached, "windows", windows, local},
		{"a place of one's own", ownSettings, "windows", map[string]string{"APPDATA": roaming, "XDG_CONFIG_HOME": own}, own},
		{"a place that depends on where one stands", ownSettings, "linux", map[string]string{"XDG_CONFIG_HOME": "own"}, filepath.Join(home, ".config")},
	} {
		got := test.folder(test.goos, func(name string) string { return test.env[name] })
		if got != test.want {
			t.Errorf("%s on %s: %s, want %s", test.name, test.goos, got, test.want)
		}
	}
}
