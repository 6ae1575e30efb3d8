package transfer

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"juxta/sessions"
)

// FuzzForeign has every reader of another program's format read anything: none
// may panic, and what comes of it is a sound session, and the same each time.
func FuzzForeign(f *testing.F) {
	for _, name := range []string{"chatgpt.json", "chatgpt_2026.json", "claude.json", "chat.jsonl", "llm.json"} {
		f.Add(fixture(f, name))
	}
	zipped, err := os.ReadFile(archive(f, map[string][]byte{"conversations.json": fixture(f, "chatgpt.json"), "file-AbC123dEf.dat": fixture(f, "pin.png")}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(zipped)
	formats := []foreign{chatGPT(), claude(), llmLogs(), openAIChat()}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range formats {
			first, second := sums(t, format, data), sums(t, format, data)
			if !slices.Equal(first, second) {
				t.Errorf("%s: once %v, and then %v", format.name, first, second)
			}
		}
	})
}

// sums are those of the sessions that come of the data.
func sums(t *testing.T, format foreign, data []byte) []string {
	t.Helper()
	e := &export{members: []member{{open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}}, left: mostUnpacked}
	if bytes.HasPrefix(data, []byte("PK")) {
		path := filepath.Join(t.TempDir(), "export.zip")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := Look(path)
		if err != nil {
			t.Fatal(err)
		}
		if e, err = openExport(src); err != nil {
			return nil
		}
		defer e.Close()
	}
	var all []string
	_ = format.gather(t.Context(), e, &Intake{take: func(b sessions.Bundle) error {
		if err := b.Check(); err != nil {
			t.Errorf("%s: %v", format.name, err)
		}
		sum, err := b.Sum()
		if err != nil {
			t.Error(err)
		}
		all = append(all, sum)
		return nil
	}})
	return all
}
