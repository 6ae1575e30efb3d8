package sessions

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAQueryNamesThePartThatIsWrong(t *testing.T) {
	for _, c := range []struct{ query, part, says string }{
		{`walnut "mid century`, `"mid century`, `end it with "`},
		{`model: walnut`, `model:`, "model:qwen"},
		{`tag:`, `tag:`, "tag:pins"},
		{`walnut has:picture`, `has:picture`, "has:image"},
		{`vote:`, `vote:`, "vote:tie"},
		{`after:soon pins`, `after:soon`, "2026-03-01"},
		{`before:2026-13`, `before:2026-13`, "2026-03-01"},
		{`cost>many`, `cost>many`, "cost>0.05"},
		{`cost<-1`, `cost<-1`, "negative"},
		{`cost:5`, `cost:5`, "cost>0.05"},
		{`is:old`, `is:old`, "is:pinned"},
		{`modle:qwen`, `modle:qwen`, "model:"},
		{`-walnut`, `-walnut`, "add a word"},
		{`pins ***`, `***`, "no word"},
		{`tag:"two words`, `tag:"two words`, `end it with "`},
		{strings.Repeat("a ", 33), strings.Repeat("a ", 33), "32 parts"},
		{`"` + strings.Repeat("a ", 65) + `"`, `"` + strings.Repeat("a ", 65) + `"`, "64 words"},
	} {
		_, err := ParseQuery(c.query)
		var wrong *QueryError
		if !errors.As(err, &wrong) || wrong.Part != c.part || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: %v", c.query, err)
		}
	}
}

func TestWhatIsBeingTypedIsNoError(t *testing.T) {
	const whole = `walnut "mid century" -plastic model:qwen has:image vote:tie after:2026-03-01 cost>0.5 tag:"a b" is:pinned`
	for n := range len(whole) + 1 {
		if _, err := ParseTyping(whole[:n]); err != nil {
			t.Errorf("%q: %v", whole[:n], err)
		}
	}
	if _, err := ParseTyping("has:picture walnut"); err == nil {
		t.Error("a part that nobody types any more is wrong, and no error")
	}
}

func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	now := time.Date(2026, 3, 5, 15, 30, 0, 0, time.Local)
	for value, want := range map[string]string{
		"today": "2026-03-05", "yesterday": "2026-03-04", "7d": "2026-02-26", "0d": "2026-03-05",
		"2026": "2026-01-01", "2026-02": "2026-02-01", "2025-12-31": "2025-12-31",
	} {
		got, ok := day(value, now)
		if !ok || got.Format(time.DateOnly) != want || got.Hour() != 0 {
			t.Errorf("%s is %s, %v", value, got, ok)
		}
	}
	for _, value := range []string{"", "d", "-3d", "99999d", "2026-02-30", "26", "tomorrow"} {
		if got, ok := day(value, now); ok {
			t.Errorf("%q is %s", value, got)
		}
	}
}

func TestWordsAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct{ query, text, marked string }{
		{"creme", "Crème brûlée", "Crème"},
		{"CRÈME", "the creme", "creme"},
		{"brulee", "Crème bru\u0302le\u0301e!", "bru\u0302le\u0301e"},
		{"strasse", "Die Straße", "Straße"},
		{"оде", "Ёлка ӧдЕ", "ӧдЕ"},
		{"σοφος", "ΣΟΦΌΣ σοφός", "ΣΟΦΌΣ|σοφός"},
		{"gpt-5.1", "GPT 5.1 and gpt5.1", "GPT 5.1"},
		{`"walnut sideboard"`, "walnut, sideboard; walnut or sideboard", "walnut, sideboard"},
		{"a a", "a b", "a"},
		{`"a a b"`, "a a a b", "a a b"},
		{"wal*", "walnut Wall law", "walnut|Wall"},
		{"模型", "這個模型很好，模具型", "模型"},
		{"模", "模具和模", "模|模"},
		{"東京タワー", "東京タワーへ", "東京タワー"},
		{"한국", "한국어를", "한국"},
		{"ＡＢＣ", "abc ＡＢＣ", "abc|ＡＢＣ"},
		{"สวัสดี", "พูดว่าสวัสดีครับ", "สวัสดี"},
		{"don't", "Don’t do it", "Don’t"},
		{"nut", "walnut", ""},
	} {
		q, err := ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		var marks []Mark
		found := newMatcher(q.words).find(c.text, &marks)
		var got []string
		for _, m := range merged(marks) {
			got = append(got, c.text[m.From:m.To])
		}
		if strings.Join(got, "|") != c.marked || (found != 0) != (c.marked != "") {
			t.Errorf("%s in %q: %q", c.query, c.text, got)
		}
	}
}

func TestASnippetIsSafeAndMarksWhatWasFound(t *testing.T) {
	long := strings.Repeat("before it ", 50) + "a \x1b[31m walnut\x1b[0m\n\n sideboard\u202e " + strings.Repeat("after it ", 60)
	q, err := ParseQuery("walnut sideboard")
	if err != nil {
		t.Fatal(err)
	}
	shown, marks := newMatcher(q.words).snippet(long)
	var got []string
	for _, m := range marks {
		got = append(got, shown[m.From:m.To])
	}
	if !slices.Equal(got, []string{"walnut", "sideboard"}) || strings.ContainsAny(shown, "\x1b\n\u202e") || len(shown) > snippetLen+20 {
		t.Errorf("%q marks %q", shown, got)
	}
	if !strings.HasPrefix(shown, "…") || !strings.HasSuffix(shown, "…") || strings.Contains(shown, " it it") {
		t.Errorf("%q is cut within a word", shown)
	}
}
