package prompts

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// folderOf is a folder with files in it: their names, and what is in them.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(paths []string) string {
	var all []string
	for _, p := range paths {
		all = append(all, filepath.Base(p))
	}
	return strings.Join(all, " ")
}

func TestAFolderIsWhatCanBeAttachedOfIt(t *testing.T) {
	picture := string(asPNG(t, corners(4, 4)))
	dir := folderOf(t, map[string]string{
		"pin10.png": picture, "Pin2.png": picture, "pin1.png": picture, ".hidden.png": picture, "deep/pin.png": picture,
		"notes.txt": "hello", "a.pdf": "%PDF-1.7", "film.mkv": "\x1aE\xdf\xa3\x01\x00", "empty.png": "", "b.heic": string(ftyp("heic")),
		"long.txt": strings.Repeat("x", 4094) + "🙂 and more",
	})
	found, err := (Loader{}).Find(t.Context(), dir)
	if got, want := names(found), "b.heic pin1.png Pin2.png pin10.png a.pdf long.txt notes.txt"; err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if _, err := (Loader{}).Find(t.Context(), filepath.Join(dir, "deep", "..", "deep")); err != nil {
		t.Error(err)
	}
	empty := t.TempDir()
	if _, err := (Loader{}).Find(t.Context(), empty); err == nil || !strings.HasPrefix(err.Error(), empty+": ") {
		t.Errorf("%v", err)
	}
	many := map[string]string{}
	for i := range MostFiles + 1 {
		many[fmt.Sprintf("%d.txt", i)] = "x"
	}
	crowded := folderOf(t, many)
	for _, word := range []string{crowded, filepath.Join(crowded, "*.txt")} {
		if _, err := (Loader{}).Find(t.Context(), word); err == nil || !strings.Contains(err.Error(), "101 files; at most 100") {
			t.Errorf("%v", err)
		}
	}
}

func TestAGlobIsWhatItMatchesUnlessItIsAName(t *testing.T) {
	dir := folderOf(t, map[string]string{"a10.txt": "x", "a9.txt": "x", "b.txt": "x", "[1].txt": "x", "d/a.txt": "x"})
	for word, want := range map[string]string{
		"a*.txt": "a9.txt a10.txt", "[ab]*.txt": "a9.txt a10.txt b.txt", "[1].txt": "[1].txt", "*": "[1].txt a9.txt a10.txt b.txt", "?/*.txt": "a.txt",
	} {
		found, err := (Loader{}).Find(t.Context(), filepath.Join(dir, word))
		if got := names(found); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", word, got, err, want)
		}
	}
	for _, word := range []string{"z*", "[a-", "missing.png"} {
		word = filepath.Join(dir, word)
		if _, err := (Loader{}).Find(t.Context(), word); err == nil || !strings.HasPrefix(err.Error(), word+": ") {
			t.Errorf("%s: %v", word, err)
		}
	}
}

func TestAWordIsAPathAsPeopleWriteIt(t *testing.T) {
	dir := folderOf(t, map[string]string{"my pin.txt": "x"})
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	t.Chdir(dir)
	whole := filepath.Join(dir, "my pin.txt")
	for word, want := range map[string]string{
		"~/my pin.txt": whole, whole: whole, "my pin.txt": "my pin.txt", "./my pin.txt": "my pin.txt",
		"file://" + filepath.ToSlash(dir) + "/my%20pin.txt": whole, "~": whole,
		"https://example.org/pin.png": "https://example.org/pin.png",
	} {
		if strings.HasPrefix(word, "file:") && runtime.GOOS == "windows" {
			continue
		}
		found, err := (Loader{}).Find(t.Context(), word)
		if err != nil || !slices.Equal(found, []string{want}) {
			t.Errorf("%s: %q, %v", word, found, err)
			continue
		}
		if isURL(word) {
			continue
		}
		f, err := (Loader{}).Open(t.Context(), found[0])
		if err != nil || f.Name != "my pin.txt" || f.Bytes != 1 || f.Kind() != Written {
			t.Errorf("%s: %+v, %v", word, f, err)
		}
	}
	for _, word := range []string{"", "  ", "file://elsewhere/x", "https://", "http://[", "ftp://x/y.png", "ftp://me:hidden@x/y.png?hidden", "ftp://%zz?hidden"} {
		found, err := (Loader{}).Find(t.Context(), word)
		if err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %q, %v", word, found, err)
		}
		if strings.Contains(word, "://") && !strings.HasPrefix(word, "file:") && strings.Contains(err.Error(), "no such file") {
			t.Errorf("%q: %v", word, err)
		}
	}
}

func TestOnlyFilesAreOpened(t *testing.T) {
	dir := folderOf(t, map[string]string{"empty.png": ""})
	big := filepath.Join(dir, "big.png")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, MostBytes+1); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		dir: "is a folder", filepath.Join(dir, "empty.png"): "empty.png: is empty", big: "big.png: is larger than 50 MB",
		filepath.Join(dir, "none.png"): "none.png: there is no such file", os.DevNull: "not a file",
	} {
		if _, err := (Loader{}).Open(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, err := (Loader{}).Find(t.Context(), os.DevNull); err == nil {
		t.Error("a device was found")
	}
}
