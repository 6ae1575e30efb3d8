package tui

import (
	"strings"
	"testing"

	"juxta/prompts"
)

// written is a composer with the given text, in which {1} is the label of the
// first file, and so on.
func written(t *testing.T, text string, files ...*attached) *composer {
	t.Helper()
	c := newComposer(newModel(t.Context(), Options{}).look.theme)
	c.resize(80, 10)
	for i, f := range files {
		c.enlist(f)
		text = strings.ReplaceAll(text, "{"+string(rune('1'+i))+"}", f.label)
	}
	c.place(text, len(text))
	return c
}

func of(mime string) *attached { return &attached{file: &prompts.File{MIME: mime}} }

func TestLabelsAreLeftOutAtTheEndsAndCountWithin(t *testing.T) {
	for text, want := range map[string]string{
		"{1}":                           "",
		" {1}\n{2}  {3} ":               "",
		"{1} what is it?":               "what is it?",
		"what is it? {1} {2}":           "what is it?",
		"compare {2} with {1}":          "compare [Image #1] with [Image #2]",
		"{1} is larger than {2} ":       "[Image #1] is larger than [Image #2]",
		"{2} what is {3} of? {1}":       "[Image #1] what is [PDF #1] of?",
		"{1} vs {2}: which is better?":  "[Image #1] vs [Image #2]: which is better?",
		"{1} is left, is {2} right ?":   "[Image #1] is left, is [Image #2] right ?",
		"{1} {2} Is {3} about them?":    "Is [PDF #1] about them?",
		"like {1}, but this one: {2}":   "like [Image #1], but this one: [Image #2]",
		"{1} {2}\ncompare {1} with {2}": "compare [Image #1] with [Image #2]",
		"is {3} about {2}?":             "is [PDF #1] about [Image #1]?",
		"no label":                      "no label",
		"  spaces stay  ":               "  spaces stay  ",
		"{1}\n\n  code {2}\n\tstays":    "code [Image #2]\n    stays", // tabs are the text area's to expand
		"[Image #9] is nobody's":        "[Image #9] is nobody's",
	} {
		c := written(t, text, of("image/png"), of("image/png"), of("application/pdf"))
		if got := c.question(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A label within a long paste is words, whatever is attached.
func TestLabelsInALongPasteAttachNothing(t *testing.T) {
	c := written(t, "{1} ", of("image/png"))
	c.place("", 0)
	long := strings.Repeat("[Image #1] in a log\n", 40)
	c.insert(long)
	if len(c.order) != 0 || c.question() != long {
		t.Errorf("%d attached, %q", len(c.order), c.question()[:20])
	}
}

// What an editor wrote around the labels, in another order, keeps the files.
func TestTheEditorKeepsLabelsAndSoTheFiles(t *testing.T) {
	a, b, gone := of("image/png"), of("image/png"), of("audio/wav")
	c := written(t, "{1} {2} {3} before", a, b, gone)
	c.show(&draft{"after " + b.label + "\nand " + a.label + strings.Repeat("\nmore", 30), c.files, nil})
	if len(c.order) != 2 || c.order[0] != b || c.order[1] != a {
		t.Errorf("%d attached", len(c.order))
	}
	c.area.InsertString(" " + gone.label)
	c.changed()
	if len(c.order) != 3 {
		t.Error("the file whose label was taken out does not come back with it")
	}
	if got := c.question(); !strings.HasPrefix(got, "after [Image #1]\nand [Image #2]\nmore") || strings.Contains(got, "Sound") {
		t.Errorf("%q", got)
	}
}

// A file that turns out to be something else keeps its place, and so does the
// cursor.
func TestALabelFollowsWhatTheFileIs(t *testing.T) {
	f := &attached{source: "https://example.com/x"}
	c := written(t, "look at {1}, please", f)
	c.killed = "cut " + f.label
	c.place(c.area.Value(), len("look at [File #1], "))
	f.file = &prompts.File{MIME: "image/png"}
	c.relabel(f)
	if got := c.area.Value(); got != "look at [Image #1], please" || c.cursor() != len("look at [Image #1], ") || c.killed != "cut [Image #1]" {
		t.Errorf("%q, the cursor at %d, %q to yank", got, c.cursor(), c.killed)
	}
}

func TestFilesChangePlacesAndTheWordsStay(t *testing.T) {
	for _, x := range []struct {
		of, by int
		want   string
	}{
		{0, 1, "{2} and {1}, but {3} {2}"}, {2, -9, "{3} and {1}, but {2} {2}"}, {1, 0, "{1} and {2}, but {3} {2}"}, {2, 5, "{1} and {2}, but {3} {2}"},
	} {
		fs := []*attached{of("image/png"), of("image/png"), of("image/png")}
		c := written(t, "{1} and {2}, but {3} {2}", fs...)
		c.shift(fs[x.of], x.by)
		want := x.want
		for _, f := range fs {
			want = strings.ReplaceAll(want, "{"+f.label[8:9]+"}", f.label)
		}
		if got := c.area.Value(); got != want {
			t.Errorf("moving %d by %d: %q, want %q", x.of, x.by, got, want)
		}
	}
}

func TestAStretchIsWhereTheCursorSaysItWas(t *testing.T) {
	for _, c := range []struct {
		before, after string
		at            int
		gone          string
	}{
		{"aab", "ab", 0, "a"}, {"aab", "ab", 1, "a"}, {"日月", "月", 0, "日"}, {"ab", "axb", 2, ""}, {"日本", "日語本", 6, ""}, {"one two", "one", 3, " two"}, {"日旦", "旦", 0, "日"},
	} {
		if i, j := stretch(c.before, c.after, c.at); c.before[i:j] != c.gone {
			t.Errorf("%q to %q: %q, want %q", c.before, c.after, c.before[i:j], c.gone)
		}
	}
}
