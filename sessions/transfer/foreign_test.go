package transfer

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/sessions"
)

// gathered is what a reader takes out of a source, and what it leaves.
func gathered(t testing.TB, path string) (Reader, []sessions.Bundle, []Left, error) {
	t.Helper()
	src, err := Look(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := src.reader()
	if err != nil {
		return r, nil, nil, err
	}
	var all []sessions.Bundle
	in := &Intake{take: func(b sessions.Bundle) error {
		all = append(all, b)
		return b.Check()
	}}
	return r, all, in.left, src.read(context.Background(), r, in)
}

// outline is a session in a few lines: of each turn its number and the one it
// follows, what was asked, and the takes, with a star at the one that stands.
func outline(b *sessions.Bundle) string {
	var s strings.Builder
	ses := &b.Session
	fmt.Fprintf(&s, "%s %q from %s to %s, at turn %d, asks %s\n", ses.Imported.Key, ses.Title,
		ses.Created.Format(time.RFC3339Nano), ses.Updated.Format(time.RFC3339Nano), ses.Last(), ses.Columns[0].Model)
	for i := range b.Turns {
		t := &b.Turns[i]
		fmt.Fprintf(&s, "%d<%d %q", t.ID, t.Parent, t.Text)
		for _, f := range t.Files {
			fmt.Fprintf(&s, " [%s %s %d×%d]", f.Name, f.MIME, f.Width, f.Height)
		}
		s.WriteByte('\n')
		stands, _ := t.Answer(1)
		for j := range t.Answers {
			a := &t.Answers[j]
			star := " "
			if a.Take == stands.Take {
				star = "*"
			}
			fmt.Fprintf(&s, " %s%d %s %s: %q", star, a.Take, a.Model, a.Finish, a.Text)
			for _, more := range []struct{ name, text string }{{"thought", a.Thoughts}, {"declined", a.Refusal}, {"system", a.System}} {
				if more.text != "" {
					fmt.Fprintf(&s, " %s %q", more.name, more.text)
				}
			}
			for _, c := range a.Calls {
				fmt.Fprintf(&s, " calls %s(%s)", c.Name, c.Arguments)
			}
			s.WriteByte('\n')
		}
	}
	return s.String()
}

func leftWords(left []Left) string {
	var s strings.Builder
	for _, l := range left {
		fmt.Fprintf(&s, "%d %s (%s)\n", l.Times, l.What, l.First)
	}
	return s.String()
}

// look compares what comes out of a source with what should.
func look(t *testing.T, path, format, want, left string) {
	t.Helper()
	r, all, out, err := gathered(t, path)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for i := range all {
		got.WriteString(outline(&all[i]))
	}
	if r.Name != format || got.String() != want {
		t.Errorf("as %s:\n%s\nwant\n%s", r.Name, got.String(), want)
	}
	if words := leftWords(out); words != left {
		t.Errorf("left out\n%s\nwant\n%s", words, left)
	}
}

// archive is a ZIP archive of the given members.
func archive(t testing.TB, members map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, data := range members {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const walnut = `6632-walnut "Walnut sideboard" from 2024-05-01T10:00:00.25Z to 2024-05-01T11:00:00.5Z, at turn 2, asks chatgpt/o3
1<0 "Describe this pin."%s
 *1 chatgpt/gpt-4o stop: "A walnut sideboard."
  2 chatgpt/gpt-4 length: "A long walnut"
2<1 "How wide is it?"
 *1 chatgpt/o3 stop: "About 1.8 m." thought "The legs give the scale."
`

const trees = `6632-trees "" from 2024-05-01T10:40:00Z to 2024-05-01T10:46:40Z, at turn 4, asks chatgpt/gpt-4o
1<0 "Name a tree."
 *1 chatgpt/gpt-4o stop: "Oak."
2<1 "Its leaf?"
3<0 "Name a tree."
 *1 chatgpt/gpt-4o stop: "Elm."
4<3 "Its bark?"
 *1 chatgpt/gpt-4o stop: "Grey."
5<0 "Name a bush."
 *1 chatgpt/unknown stop: "Box."
`

func TestChatGPTsTreeBecomesTurnsTakesAndBranches(t *testing.T) {
	look(t, filepath.Join("testdata", "chatgpt.json"), "chatgpt", fmt.Sprintf(walnut, "")+trees,
		`1 custom instructions (line 2, byte 5, conversation "Walnut sideboard")
1 files that the export does not hold (line 2, byte 5, conversation "Walnut sideboard")
1 calls of tools (line 2, byte 5, conversation "Walnut sideboard")
1 messages of tools (line 2, byte 5, conversation "Walnut sideboard")
1 marks of citations, whose sources are not in the text (line 2, byte 5, conversation "Walnut sideboard")
`)
}

func TestChatGPTsArchiveBringsItsPictures(t *testing.T) {
	members := map[string][]byte{
		"conversations.json":     fixture(t, "chatgpt.json"),
		"file-AbC123dEf-pin.png": fixture(t, "pin.png"),
		"chat.html":              []byte("<html>"), "user.json": []byte("{}"), "message_feedback.json": []byte("[]"),
	}
	want := fmt.Sprintf(walnut, " [pin.png image/png 2×1]") + trees
	left := `1 custom instructions (conversations.json, line 2, byte 5, conversation "Walnut sideboard")
1 calls of tools (conversations.json, line 2, byte 5, conversation "Walnut sideboard")
1 messages of tools (conversations.json, line 2, byte 5, conversation "Walnut sideboard")
1 marks of citations, whose sources are not in the text (conversations.json, line 2, byte 5, conversation "Walnut sideboard")
`
	look(t, archive(t, members), "chatgpt", want, left)

	dir := t.TempDir()
	for name, data := range members {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look(t, dir, "chatgpt", want, left)
}

// Since 2026 there are several files, nodes know their parents alone, and
// pictures are called .dat.
func TestChatGPTsExportOf2026(t *testing.T) {
	path := archive(t, map[string][]byte{
		"conversations-000.json": fixture(t, "chatgpt_2026.json"), "conversations-001.json": []byte("[]"),
		"file_0000abcd.dat": fixture(t, "pin.png"), "conversation_asset_file_names.json": []byte("{}"),
	})
	look(t, path, "chatgpt", `6990-short "Übung" from 2026-06-21T00:00:00.5Z to 2026-06-21T00:00:20Z, at turn 1, asks chatgpt/gpt-5-thinking
1<0 "Was steht hier?" [file_0000abcd.dat image/png 2×1]
 *1 chatgpt/gpt-5-thinking stop: "Ein Wort: Grüße."
`, `1 sounds and films (conversations-000.json, line 1, byte 2, conversation "Übung")
1 notes on how long a model thought (conversations-000.json, line 1, byte 2, conversation "Übung")
`)
}

func TestClaudesExportWithItsDocuments(t *testing.T) {
	want := `0f6b0c1e-0000-4000-9000-000000000001 "Quarterly report" from 2025-02-03T09:15:00.123456Z to 2025-02-03T09:20:30Z, at turn 2, asks claude/unknown
1<0 "Sum this up." [report.pdf.txt text/plain 0×0]
 *1 claude/unknown stop: "Sales rose.\n\nCosts fell." thought "Two facts."
2<1 "Thanks!"
0f6b0c1e-0000-4000-9000-000000000002 "" from 2026-03-29T07:06:34Z to 2026-03-29T07:09:00Z, at turn 1, asks claude/claude-sonnet-4-5
1<0 "Rhyme on tree."
  1 claude/claude-sonnet-4-5 stop: "Sea."
 *2 claude/claude-sonnet-4-5 stop: "Key."
  3 claude/claude-sonnet-4-5 stop: "Bee."
`
	left := `1 files that the export does not hold (%[1]sline 2, byte 5, conversation "Quarterly report")
1 calls of tools (%[1]sline 2, byte 5, conversation "Quarterly report")
1 messages of tools (%[1]sline 2, byte 5, conversation "Quarterly report")
1 conversations without a question (%[1]sline 45, byte 2975, conversation "0f6b0c1e-0000-4000-9000-000000000003")
`
	look(t, filepath.Join("testdata", "claude.json"), "claude", want, fmt.Sprintf(left, ""))
	path := archive(t, map[string][]byte{
		"conversations.json": fixture(t, "claude.json"), "users.json": []byte("[]"), "projects.json": []byte("[]"),
	})
	look(t, path, "claude", want, fmt.Sprintf(left, "conversations.json, "))
}

func TestOpenAIsChatFormatALineAConversation(t *testing.T) {
	_, all, _, err := gathered(t, filepath.Join("testdata", "chat.jsonl"))
	if err != nil || len(all) != 3 {
		t.Fatalf("%d, %v", len(all), err)
	}
	var keys []any
	for _, b := range all {
		keys = append(keys, b.Session.Imported.Key)
		if !b.Session.Created.IsZero() || !b.Turns[0].Asked.IsZero() {
			t.Errorf("times that nobody told: %v, %v", b.Session.Created, b.Turns[0].Asked)
		}
	}
	never := "from 0001-01-01T00:00:00Z to 0001-01-01T00:00:00Z"
	look(t, filepath.Join("testdata", "chat.jsonl"), "openai-jsonl", fmt.Sprintf(`%s "" `+never+`, at turn 2, asks openai-jsonl/unknown
1<0 "Caption this." [picture 2 image/png 2×1]
 *1 openai-jsonl/unknown stop: "A walnut sideboard." system "You write captions."
2<1 "Shorter."
 *1 openai-jsonl/unknown stop: "Walnut." system "You write captions."
%s "" `+never+`, at turn 1, asks openai-jsonl/unknown
1<0 "What is 2+2?"
 *1 openai-jsonl/unknown stop: "Four." calls add({"a":2,"b":2})
%s "" `+never+`, at turn 1, asks openai-jsonl/gpt-4o
1<0 "Pick a lock."
 *1 openai-jsonl/gpt-4o refusal: "" declined "I can't help with that."
`, keys...), `1 pictures on the net, which is never asked (line 1, byte 1)
1 messages of tools (line 3, byte 524)
`)
}

func TestLLMsLogsWithTheirFigures(t *testing.T) {
	path := filepath.Join("testdata", "llm.json")
	look(t, path, "llm", `01m8hbxpt8w94hx9y9d76rxy5m "first" from 2026-11-28T15:21:03.049748Z to 2026-11-28T15:21:03.609748Z, at turn 3, asks llm/anthropic/fake-1
1<0 "first"
 *1 llm/anthropic/fake-1 stop: "hello there" system "be kind"
2<1 "frag text\nsecond"
 *1 llm/anthropic/fake-1 length: "hello there" thought "They want a greeting." system "be kind"
3<2 "third"
 *1 llm/anthropic/fake-1 tool: "hello there" system "be kind" calls add({"a":1})
01m8hbxptq8am45hs04p7azw67 "alone" from 2026-11-28T15:21:03.055Z to 2026-11-28T15:21:03.055Z, at turn 1, asks llm/anthropic/fake-1
1<0 "alone"
 *1 llm/anthropic/fake-1 stop: "hello there"
`, `1 options of a model that juxta has not (line 2, byte 5, conversation "first")
2 files that the export does not hold (line 2, byte 5, conversation "first")
1 fragments, whose text is not in the system prompt (line 2, byte 5, conversation "first")
`)
	_, all, _, err := gathered(t, path)
	if err != nil {
		t.Fatal(err)
	}
	first, second := &all[0].Turns[0].Answers[0], &all[0].Turns[1].Answers[0]
	if first.Usage.Input != 12 || first.Usage.Output != 7 || first.Usage.Estimated || string(first.Raw) != `{"cached_tokens": 3}` {
		t.Errorf("counted tokens: %+v, %s", first.Usage, first.Raw)
	}
	if first.Timing.Last != 560*time.Millisecond || first.Served != "fake-1-2026-01-01" || *first.Params.Temperature != 0.3 || first.Params.MaxTokens != 200 {
		t.Errorf("%+v, %+v, %s", first.Timing, first.Params, first.Served)
	}
	if !second.Usage.Estimated || second.Timing.Last != 0 || len(second.Params.Values("temperature")) > 0 {
		t.Errorf("what is not known: %+v, %+v", second.Usage, second.Timing)
	}
	for i := range all[0].Turns {
		if cost, _ := all[0].Turns[i].Answers[0].Cost(); cost != nil {
			t.Errorf("turn %d costs %v", i+1, cost)
		}
	}
}

func TestTheSameImportTwiceAddsNothing(t *testing.T) {
	for _, name := range []string{"chatgpt.json", "chatgpt_2026.json", "claude.json", "chat.jsonl", "llm.json"} {
		store := opened(t)
		path := filepath.Join("testdata", name)
		first, err := Import(t.Context(), store, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range first.Sessions {
			if a.Fate != sessions.Added || a.Title == "" {
				t.Errorf("%s: %+v", name, a)
			}
		}
		again, err := Import(t.Context(), store, path)
		if err != nil || len(again.Sessions) != len(first.Sessions) || count(t, store) != len(first.Sessions) {
			t.Fatalf("%s: %+v, %v", name, again, err)
		}
		for i, a := range again.Sessions {
			if a.Fate != sessions.Known || a.ID != first.Sessions[i].ID {
				t.Errorf("%s, again: %+v", name, a)
			}
		}
	}
}

func TestAConversationWithoutAnIDIsKnownByWhatIsInIt(t *testing.T) {
	for _, text := range []string{
		`[{"title":"T","mapping":{"q":{"message":{"author":{"role":"user"},"content":{"parts":["Hello"]}}}}}]`,
		`[{"name":"T","chat_messages":[{"sender":"human","text":"Hello"},{"sender":"assistant","text":"Yes"}]}]`,
	} {
		store := opened(t)
		for n, data := range []string{text, strings.ReplaceAll(text, ":", ": ")} {
			r, err := Import(t.Context(), store, file(t, "conversations.json", []byte(data)))
			if err != nil || len(r.Sessions) != 1 || r.Sessions[0].Fate != []sessions.Fate{sessions.Added, sessions.Known}[n] {
				t.Errorf("%s: %+v, %v", data, r, err)
			}
		}
	}
}

func TestHowFarItHasComeIsTold(t *testing.T) {
	var told []float64
	if _, err := Import(t.Context(), opened(t), filepath.Join("testdata", "claude.json"), Progress(func(done float64) { told = append(told, done) })); err != nil {
		t.Fatal(err)
	}
	if len(told) < 2 || told[0] != 0.5 || told[len(told)-1] != 1 || !slices.IsSorted(told) {
		t.Error(told)
	}
}

func TestAConversationThatHasGrown(t *testing.T) {
	all := string(fixture(t, "chatgpt_2026.json"))
	grown := strings.Replace(all, `"mapping":{`, `"mapping":{"m5":{"id":"m5","parent":"m4","message":{"id":"m5","author":{"role":"assistant"},"create_time":1782000015,"content":{"content_type":"text","parts":["Gern."]},"metadata":{}}},"m4":{"id":"m4","parent":"m3","message":{"id":"m4","author":{"role":"user"},"create_time":1782000012,"content":{"content_type":"text","parts":["Danke"]},"metadata":{}}},`, 1)
	grown = strings.Replace(grown, `"current_node":"m3"`, `"current_node":"m5"`, 1)
	changed := strings.Replace(grown, "Was steht hier?", "Was steht da?", 1)
	add := func(s *sessions.Store, text string) sessions.Arrival {
		t.Helper()
		r, err := Import(t.Context(), s, file(t, "conversations.json", []byte(text)))
		if err != nil || len(r.Sessions) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Sessions[0]
	}

	store := opened(t)
	first := add(store, all)
	if err := store.Tag([]sessions.ID{first.ID}, []string{"mine"}, nil); err != nil {
		t.Fatal(err)
	}
	if a := add(store, grown); a.Fate != sessions.Grown || a.ID != first.ID {
		t.Errorf("%+v", a)
	}
	b := bundled(t, store, first.ID)
	if len(b.Turns) != 2 || b.Turns[1].Answers[0].Text != "Gern." || len(b.Session.Tags) != 1 || b.Session.Turns != 2 {
		t.Errorf("%s%v", outline(&b), b.Session.Tags)
	}
	for _, text := range []string{grown, all} { // an older export, too
		if a := add(store, text); a.Fate != sessions.Known || a.ID != first.ID {
			t.Errorf("%+v", a)
		}
	}
	if err := store.Bin([]sessions.ID{first.ID}); err != nil {
		t.Fatal(err)
	}
	if a := add(store, grown); a.Fate != sessions.Back || a.ID != first.ID || count(t, store) != 1 {
		t.Errorf("it waited to be deleted: %+v", a)
	}
	apart := add(store, changed)
	if apart.Fate != sessions.Apart || apart.ID == first.ID || apart.Was != first.ID {
		t.Errorf("its beginning was changed there: %+v", apart)
	}
	if a := add(store, changed); a.Fate != sessions.Known || a.ID != apart.ID {
		t.Errorf("%+v", a)
	}

	store = opened(t)
	first = add(store, all)
	worked := bundled(t, store, first.ID)
	worked.Turns[0].Note = "I like this"
	if err := store.Save(sessions.Batch{Session: &worked.Session, Turn: &worked.Turns[0]}); err != nil {
		t.Fatal(err)
	}
	if a := add(store, grown); a.Fate != sessions.Apart || a.Was != first.ID {
		t.Errorf("it was worked on here: %+v", a)
	}
	if b := bundled(t, store, first.ID); len(b.Turns) != 1 || b.Turns[0].Note != "I like this" {
		t.Errorf("%s", outline(&b))
	}
}

func TestAnEmptyZipOrOtherJSONIsNoExport(t *testing.T) {
	for name, data := range map[string][]byte{
		"a.zip": nil, "b.json": []byte(`{"a":1}`), "c.json": []byte("[]"), "d.json": []byte(`["mapping"]`), "e.json": []byte(`"messages"`), "f.txt": []byte("hello"),
	} {
		path := file(t, name, data)
		if strings.HasSuffix(name, ".zip") {
			path = archive(t, map[string][]byte{"readme.txt": []byte("x")})
		}
		_, _, _, err := gathered(t, path)
		var u *Unreadable
		if !errors.As(err, &u) || u.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
