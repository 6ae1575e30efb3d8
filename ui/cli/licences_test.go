package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// systems are those that a release is built for.
func systems() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// TestTheLicencesAreThoseOfWhatIsLinkedIn fails where a module came, went or
// changed its version. JUXTA_UPDATE=1 writes the file anew.
func TestTheLicencesAreThoseOfWhatIsLinkedIn(t *testing.T) {
	t.Parallel()
	modules := linkedIn(t)
	var list, texts strings.Builder
	list.WriteString("juxta contains Go and these modules, under the licences whose texts follow.\n\n")
	add := func(name, dir string) {
		kind, text := licenceIn(t, dir)
		fmt.Fprintf(&list, "%s\t%s\n", name, kind)
		fmt.Fprintf(&texts, "\n%s\n%s\n\n%s", strings.Repeat("=", 72), name, text)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if home := strings.TrimSpace(string(root)); err == nil && licenceFiles(home) != nil {
		add("Go and its standard library", home)
	} else {
		t.Skip("no Go, or one that comes without its licence")
	}
	for _, m := range modules {
		name, dir, _ := strings.Cut(m, "\t")
		add(name, dir)
	}
	want := list.String() + texts.String()
	if os.Getenv("JUXTA_UPDATE") != "" {
		if err := os.WriteFile("licences.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if licences != want {
		t.Error("licences.txt is not current: JUXTA_UPDATE=1 go test ./ui/cli -run Licences")
	}
}

// linkedIn lists the modules that are part of the program on some system, as
// PATH VERSION, a tab, and the folder.
func linkedIn(t *testing.T) []string {
	t.Helper()
	const format = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}"
	var all []string
	for _, system := range systems() {
		goos, goarch, _ := strings.Cut(system, "/")
		c := exec.Command("go", "list", "-deps", "-f", format, "juxta")
		c.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
		out, err := c.Output()
		if err != nil {
			t.Skip("go list: ", err)
		}
		all = append(all, strings.Split(strings.TrimSpace(string(out)), "\n")...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

func licenceFiles(dir string) []string {
	var files []string
	for _, pattern := range []string{"LICENSE", "LICENSE.*", "LICENCE", "LICENCE.*", "COPYING", "COPYING.*", "NOTICE", "NOTICE.*"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		files = append(files, found...)
	}
	return files
}

// licenceIn reads what a module's folder says of its licence.
func licenceIn(t *testing.T, dir string) (kind, text string) {
	t.Helper()
	for _, file := range licenceFiles(dir) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text += string(bytes.TrimSpace(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")))) + "\n"
	}
	plainly := strings.Join(strings.Fields(text), " ")
	var kinds []string
	for _, k := range []struct{ name, words string }{
		{"MIT", `Permission is hereby granted, free of charge, to any person obtaining a copy`},
		{"Apache-2.0", `Apache License,? Version 2\.0`},
		{"BSD-3-Clause", `Redistribution and use in source and binary forms.*(Neither the name|nor the names)`},
		{"BSD-2-Clause", `Redistribution and use in source and binary forms`},
	} {
		if k.name == "BSD-2-Clause" && slices.Contains(kinds, "BSD-3-Clause") {
			continue
		}
		if regexp.MustCompile(`(?i)` + k.words).MatchString(plainly) {
			kinds = append(kinds, k.name)
		}
	}
	if len(kinds) == 0 {
		t.Fatalf("%s: not a licence that is known to let juxta be given away: read it", dir)
	}
	return strings.Join(kinds, " and "), text
}
