package transfer

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// lesson is a session of two columns and two turns, told of in short.
func lesson(kind sessions.Kind) *sessions.Bundle {
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	said := func(column, take int, text string) sessions.Answer {
		return sessions.Answer{Column: column, Take: take, Model: providers.Ref{Provider: "lab", Model: fmt.Sprint("m", column)}, Text: text, Finish: providers.Finished, System: "Be short."}
	}
	return &sessions.Bundle{
		Session: sessions.Session{ID: "01K0000000000000000000000A", Kind: kind, Turns: 2, Columns: []sessions.Column{{ID: 1}, {ID: 2}}, Places: []int{1, 2}},
		Turns: []sessions.Turn{
			{ID: 1, Text: "one?", Asked: at, Columns: []int{1, 2}, Answers: []sessions.Answer{said(1, 1, "a1"), said(2, 1, "b1")}},
			{ID: 2, Parent: 1, Text: "two?", Asked: at, Columns: []int{1, 2}, Answers: []sessions.Answer{said(1, 1, "a2"), said(2, 1, "b2")}},
		},
	}
}

func votes(t *sessions.Turn, blind bool, voter string, best ...int) {
	v := sessions.Vote{ID: len(t.Votes) + 1, Blind: blind, Voter: voter, Best: best}
	for _, a := range t.Answers {
		if !slices.Contains(v.Seats, a.Column) {
			stands, _ := t.Answer(a.Column)
			v.Seats, v.Takes = append(v.Seats, a.Column), append(v.Takes, sessions.Pick{Column: a.Column, Take: stands.Take})
		}
	}
	t.Votes = append(t.Votes, v)
}

// chats is what is written for a session, and what is left out, in short.
func chats(t *testing.T, b *sessions.Bundle) (lines []string, left []Left) {
	t.Helper()
	var out bytes.Buffer
	c := NewChat(&out, nil)
	if err := c.Add(b); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(out.String()) {
		var e struct {
			Messages []struct {
				Role    string
				Content json.RawMessage
				Weight  *int
			}
		}
		if err := json.Unmarshal([]byte(l), &e); err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, m := range e.Messages {
			w := m.Role[:1] + strings.Trim(string(m.Content), `"`)
			if m.Weight != nil {
				w += fmt.Sprint("*", *m.Weight)
			}
			words = append(words, w)
		}
		lines = append(lines, strings.Join(words, "|"))
	}
	return lines, c.Left()
}

// pairs is what is preferred in a session, in short.
func pairs(t *testing.T, b *sessions.Bundle) (lines []string, left []Left) {
	t.Helper()
	var out bytes.Buffer
	p := NewPreferences(&out, nil)
	if err := p.Add(b); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(out.String()) {
		var e struct {
			Prompt, Chosen, Rejected []struct{ Role, Content string }
			Weight                   *int
		}
		if err := json.Unmarshal([]byte(l), &e); err != nil {
			t.Fatal(err)
		}
		var prompt []string
		for _, m := range e.Prompt {
			prompt = append(prompt, m.Content)
		}
		if len(e.Chosen) != 1 || e.Chosen[0].Role != "assistant" || len(e.Rejected) != 1 || e.Rejected[0].Role != "assistant" || strings.Contains(l, "weight") {
			t.Errorf("no pair of messages: %s", l)
		}
		lines = append(lines, strings.Join(prompt, "|")+": "+e.Chosen[0].Content+" > "+e.Rejected[0].Content)
	}
	return lines, p.Left()
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("wrote\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A column that was asked again was told the answers of the column that it
// follows, as if it had given them.
func TestAnAnswerThatFollowsAnotherColumnIsTaughtWithThatOnesHistory(t *testing.T) {
	b := lesson(sessions.Chat)
	b.Session.Columns[1].Again, b.Session.Columns[1].Follows = true, 1
	for i := range b.Turns {
		b.Turns[i].Answers[1].Follows = 1
	}
	votes(&b.Turns[1], false, "", 2)
	lines, _ := chats(t, b)
	same(t, lines, "sBe short.|uone?|aa1*0|utwo?|ab2")
	lines, _ = pairs(t, b)
	same(t, lines, "Be short.|one?|a1|two?: b2 > a2")

	b.Turns[0].Answers = b.Turns[0].Answers[1:] // where that one was not asked, its own
	lines, _ = chats(t, b)
	same(t, lines, "sBe short.|uone?|ab1*0|utwo?|ab2")
}

func TestAChosenAnswerIsTaughtWithWhatItsColumnWasTold(t *testing.T) {
	b := lesson(sessions.Chat)
	votes(&b.Turns[0], true, "", 1)
	b.Turns[0].Blind, b.Turns[0].Revealed = true, time.Now()
	votes(&b.Turns[1], false, "", 2)
	lines, left := chats(t, b)
	same(t, lines, "sBe short.|uone?|aa1", "sBe short.|uone?|ab1*0|utwo?|ab2")
	if len(left) > 0 {
		t.Errorf("left out %v", left)
	}
	b.Session.Kind = sessions.Experiment
	lines, _ = chats(t, b)
	same(t, lines, "sBe short.|uone?|aa1", "sBe short.|utwo?|ab2")
}

func TestWithoutVotesTheAdoptedAnswerIsChosenOrNone(t *testing.T) {
	b := lesson(sessions.Chat)
	b.Turns[0].Adopted = &sessions.Pick{Column: 2, Take: 1}
	lines, left := chats(t, b)
	same(t, lines, "sBe short.|uone?|ab1")
	if len(left) != 1 || left[0].Times != 1 || left[0].What != "turns in which no answer was chosen" {
		t.Errorf("left out %v", left)
	}
	b = lesson(sessions.Chat)
	for i := range b.Turns {
		b.Turns[i].Columns, b.Turns[i].Answers = []int{1}, b.Turns[i].Answers[:1]
	}
	lines, _ = chats(t, b)
	same(t, lines, "sBe short.|uone?|aa1", "sBe short.|uone?|aa1*0|utwo?|aa2")
}

func TestBadCutAndFailedAnswersTeachNobody(t *testing.T) {
	for name, spoil := range map[string]func(*sessions.Answer){
		"failed": func(a *sessions.Answer) { a.Finish = providers.Failed }, "cut": func(a *sessions.Answer) { a.Finish = providers.Length },
		"stopped": func(a *sessions.Answer) { a.Finish = providers.Cancelled }, "unfinished": func(a *sessions.Answer) { a.Finish = "" },
		"calls": func(a *sessions.Answer) { a.Calls = []sessions.Call{{Name: "x"}} }, "silent": func(a *sessions.Answer) { a.Text = " " },
	} {
		b := lesson(sessions.Chat)
		b.Turns = b.Turns[:1]
		b.Turns[0].Adopted = &sessions.Pick{Column: 1, Take: 1}
		spoil(&b.Turns[0].Answers[0])
		if lines, left := chats(t, b); len(lines) > 0 || len(left) != 1 {
			t.Errorf("%s: wrote %q, left out %v", name, lines, left)
		}
		b.Turns[0].Adopted = nil
		votes(&b.Turns[0], false, "", 2)
		if lines, left := pairs(t, b); len(lines) > 0 || len(left) != 1 {
			t.Errorf("%s: wrote the pair %q, left out %v", name, lines, left)
		}
	}
}

func TestVotesMakePairs(t *testing.T) {
	one := func(edit func(*sessions.Turn)) []string {
		b := lesson(sessions.Chat)
		b.Turns, b.Session.Turns = b.Turns[:1], 1
		edit(&b.Turns[0])
		lines, _ := pairs(t, b)
		return lines
	}
	third := func(q *sessions.Turn) {
		c := q.Answers[0]
		c.Column, c.Text = 3, "c1"
		q.Columns, q.Answers = append(q.Columns, 3), append(q.Answers, c)
	}
	same(t, one(func(q *sessions.Turn) { votes(q, false, "", 2) }), "Be short.|one?: b1 > a1")
	same(t, one(func(q *sessions.Turn) { votes(q, false, "", 1, 2) }))
	same(t, one(func(q *sessions.Turn) { votes(q, false, "") }))
	same(t, one(func(q *sessions.Turn) {}))
	same(t, one(func(q *sessions.Turn) { third(q); votes(q, false, "", 1, 3) }), "Be short.|one?: a1 > b1", "Be short.|one?: c1 > b1")
	// An open vote does not count beside a blind one, and what was taken back nowhere.
	same(t, one(func(q *sessions.Turn) {
		q.Blind, q.Revealed = true, time.Now()
		votes(q, true, "", 1)
		votes(q, false, "", 2)
		votes(q, false, "x", 2)
	}), "Be short.|one?: a1 > b1")
	same(t, one(func(q *sessions.Turn) { votes(q, false, "", 2); q.Votes[0].Undone = time.Now() }))
	// Whether an answer passes is not whether it is better.
	same(t, one(func(q *sessions.Turn) { votes(q, false, "", 2); q.Votes[0].Pass = true }))
	// The majority has it, and an even vote nobody.
	same(t, one(func(q *sessions.Turn) { votes(q, false, "", 1); votes(q, false, "x", 2) }))
	same(t, one(func(q *sessions.Turn) { votes(q, false, "", 1); votes(q, false, "x", 2); votes(q, false, "y", 2) }), "Be short.|one?: b1 > a1")
	// The take that was judged is meant, whichever stands.
	same(t, one(func(q *sessions.Turn) {
		votes(q, false, "", 1)
		again := q.Answers[0]
		again.Take, again.Text = 2, "a1 again"
		q.Answers = slices.Insert(q.Answers, 1, again)
	}), "Be short.|one?: a1 > b1")
}

func TestAPairIsOfAnswersToTheSameWords(t *testing.T) {
	b := lesson(sessions.Chat)
	votes(&b.Turns[1], false, "", 2)
	lines, left := pairs(t, b)
	same(t, lines)
	if !slices.ContainsFunc(left, func(l Left) bool { return strings.Contains(l.What, "told different things") }) {
		t.Errorf("left out %v", left)
	}
	b.Turns[0].Adopted = &sessions.Pick{Column: 1, Take: 1}
	lines, _ = pairs(t, b)
	same(t, lines, "Be short.|one?|a1|two?: b2 > a2")
	b.Turns[1].Answers[0].System = "Be long."
	lines, _ = pairs(t, b)
	same(t, lines)
}

func TestOpenAIPreferencesHaveTheirOwnShape(t *testing.T) {
	b := lesson(sessions.Chat)
	votes(&b.Turns[0], false, "", 2)
	var out bytes.Buffer
	if err := NewOpenAIPreferences(&out, func(q *sessions.Turn) bool { return q.ID == 1 }).Add(b); err != nil {
		t.Fatal(err)
	}
	want := `{"input":{"messages":[{"role":"system","content":"Be short."},{"role":"user","content":"one?"}]},` +
		`"preferred_output":[{"role":"assistant","content":"b1"}],"non_preferred_output":[{"role":"assistant","content":"a1"}]}` + "\n"
	if out.String() != want {
		t.Errorf("wrote %s", &out)
	}
}

func TestWhatIsBlindTeachesNobodyAndNothingBehindIt(t *testing.T) {
	b := lesson(sessions.Chat)
	votes(&b.Turns[0], true, "", 1)
	b.Turns[0].Blind = true
	b.Turns[0].Adopted = &sessions.Pick{Column: 1, Take: 1}
	votes(&b.Turns[1], false, "", 2)
	for _, of := range []func(*testing.T, *sessions.Bundle) ([]string, []Left){chats, pairs} {
		lines, left := of(t, b)
		same(t, lines)
		if len(left) != 2 {
			t.Errorf("left out %v", left)
		}
	}
}

// Pictures go as data URLs in front of the question, and text between fences as
// it was sent.
func TestFilesGoAsTheyWereSent(t *testing.T) {
	b := lesson(sessions.Chat)
	b.Turns = b.Turns[:1]
	b.Files = map[string][]byte{"p": []byte("\x89PNG\r\n\x1a\n"), "t": []byte("hello\n"), "d": []byte("%PDF-")}
	b.Turns[0].Files = []sessions.Attachment{{Name: "notes.txt", MIME: "text/plain", SHA256: "t"}, {Name: "pin.png", MIME: "image/png", SHA256: "p"}}
	votes(&b.Turns[0], false, "", 1)
	lines, _ := chats(t, b)
	picture := `{"type":"image_url","image_url":{"url":"data:image/png;base64,` + base64.StdEncoding.EncodeToString(b.Files["p"]) + `"}}`
	same(t, lines, "sBe short.|u["+picture+`,{"type":"text","text":"notes.txt:\n`+"```"+`\nhello\n`+"```"+`\n\n"},{"type":"text","text":"one?"}]|aa1`)

	b.Turns[0].Files = []sessions.Attachment{{Name: "x.pdf", MIME: "application/pdf", SHA256: "d"}}
	if lines, left := chats(t, b); len(lines) > 0 || len(left) != 1 {
		t.Errorf("wrote %q, left out %v", lines, left)
	}
	b.Turns[0].Files = []sessions.Attachment{{Name: "gone.png", MIME: "image/png", SHA256: "gone"}}
	if lines, left := chats(t, b); len(lines) > 0 || len(left) != 1 {
		t.Errorf("wrote %q, left out %v", lines, left)
	}
}

// What is written for trainers is the format that is imported.
func TestAnExampleIsImportedAsTheConversationThatItWas(t *testing.T) {
	b := lesson(sessions.Chat)
	picture, err := os.ReadFile("testdata/pin.png")
	if err != nil {
		t.Fatal(err)
	}
	b.Files = map[string][]byte{"p": picture}
	b.Turns[0].Files = []sessions.Attachment{{Name: "pin.png", MIME: "image/png", SHA256: "p"}}
	votes(&b.Turns[1], false, "", 2)
	file := filepath.Join(t.TempDir(), "chat.jsonl")
	var out bytes.Buffer
	if err := NewChat(&out, nil).Add(b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	store := opened(t)
	r, err := Import(t.Context(), store, file)
	if err != nil || len(r.Sessions) != 1 || len(r.Left) > 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	back := bundled(t, store, r.Sessions[0].ID)
	if len(back.Turns) != 2 || back.Turns[0].Text != "one?" || back.Turns[0].Answers[0].Text != "b1" ||
		back.Turns[1].Text != "two?" || back.Turns[1].Answers[0].Text != "b2" || back.Turns[1].Answers[0].System != "Be short." ||
		len(back.Turns[0].Files) != 1 || len(back.Files) != 1 {
		t.Errorf("came back as %+v", back.Turns)
	}
}
