package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	sessionID = regexp.MustCompile(`01[0-9A-Z]{24}`)
	ofTheDay  = regexp.MustCompile(`[0-9][0-9.,:\-]*`)
)

// changing takes out of a line what is of the day: names of sessions, dates and
// figures, and how far they push the next column.
func changing(line string) string {
	line = ofTheDay.ReplaceAllString(sessionID.ReplaceAllString(line, "ID"), "0")
	return strings.Join(strings.Fields(line), " ")
}

// matches reports whether said is what is shown, in which a line "…" stands for
// any lines, and one that ends in " …" for any rest of a line.
func matches(shown, said []string) bool {
	switch {
	case len(shown) == 0:
		return len(said) == 0
	case shown[0] == "…":
		for i := range len(said) + 1 {
			if matches(shown[1:], said[i:]) {
				return true
			}
		}
		return false
	case len(said) == 0:
		return false
	}
	begin, cut := strings.CutSuffix(shown[0], " …")
	if begin, said0 := changing(begin), changing(said[0]); begin != said0 && !(cut && strings.HasPrefix(said0, begin)) {
		return false
	}
	return matches(shown[1:], said[1:])
}

// tour are the blocks of code of the README's five minutes.
func tour(t *testing.T) (blocks []string) {
	t.Helper()
	_, rest, _ := strings.Cut(readme(t), "## Five minutes")
	for {
		words, code, ok := strings.Cut(rest, "\n```\n")
		if !ok || strings.Contains(words, "\n## ") {
			return blocks
		}
		if code, rest, ok = strings.Cut(code, "\n```\n"); !ok {
			t.Fatal("a block of code does not end")
		}
		blocks = append(blocks, code)
	}
}

// The five minutes of the README go as it says: each of its lines that begins with
// $ is typed into a shell, one after the other, and what follows there is what
// comes.
func TestTheTourIsTrue(t *testing.T) {
	t.Parallel()
	r := install(t, "", "OLLAMA_HOST=127.0.0.1:9")
	bin := filepath.Join(r.home, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(r.path, filepath.Join(bin, "juxta")); err != nil {
		t.Skip("skipped: no links here: ", err)
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("skipped: there is no shell here")
	}
	typed := 0
	for _, block := range tour(t) {
		for _, step := range strings.Split("\n"+block, "\n$ ")[1:] {
			typed++
			line, shown, _ := strings.Cut(strings.TrimRight(step, "\n"), "\n")
			c := exec.Command(shell, "-c", line)
			c.Dir = r.home
			c.Env = append(r.env, "PATH="+bin+":"+os.Getenv("PATH"))
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("$ %s\n%s%v", line, out, err)
			}
			said := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
			if string(out) == "" {
				said = nil
			}
			var want []string
			if shown != "" {
				want = strings.Split(shown, "\n")
			}
			if !matches(want, said) {
				t.Errorf("$ %s\nsays\n%s\nand in the README\n%s", line, out, shown)
			}
		}
	}
	if typed < 5 {
		t.Errorf("only %d lines were found", typed)
	}
}
