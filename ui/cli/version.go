package cli

import (
	"runtime/debug"
	"strings"

	"juxta/providers"
)

// A Build is what this juxta was built with. What a release's linker does not
// say is what Go knows of the module and its repository.
type Build struct {
	Version, Commit, Date string // the date is the commit's, so that building twice gives the same
	APIs                  map[string]providers.Builder
}

// version is the program's version, with its commit and that one's day as far
// as they are known: "1.2.0 (0fcb6e86131f, 2026-11-28)".
func (a *app) version() string {
	version, _ := a.built()
	return version
}

// built is the version, and the day of its commit; "" if that is not known.
func (a *app) built() (version, day string) {
	commit, date, changed := a.build.Commit, a.build.Date, ""
	if version = a.build.Version; version == "" {
		info, ok := debug.ReadBuildInfo()
		if !ok {
			return "unknown", ""
		}
		version = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = s.Value
			case "vcs.time":
				date = s.Value
			case "vcs.modified":
				if s.Value == "true" {
					changed = "changed"
				}
			}
		}
		if version == "" || version == "(devel)" {
			version = "from source"
		}
	}
	day, _, _ = strings.Cut(date, "T")
	var more []string
	for _, s := range []string{commit[:min(len(commit), 12)], day, changed} {
		if s != "" {
			more = append(more, s)
		}
	}
	if len(more) > 0 {
		version += " (" + strings.Join(more, ", ") + ")"
	}
	return version, day
}
