package sessions

import (
	"fmt"
	"testing"
	"testing/synctest"

	"juxta/prompts"
)

func TestAPeekShowsATurnAndPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"paid/" + saying("one"), "paid/" + saying("two")})
		put(t, b, Question{Text: "first", Files: []*prompts.Attachment{blob("a.png", 1, 90)}})
		put(t, b, Question{Text: "second", Files: []*prompts.Attachment{written("x.txt", "x"), blob("b.png", 2, 90), blob("a.png", 1, 90)}})
		for range 2 { // the second vote takes back the first
			if _, err := b.Vote(1, "", 1); err != nil {
				t.Fatal(err)
			}
		}
		no(t, b.settle())
		id := b.Session().ID
		seen := func(turn int) string {
			p, err := s.Peek(id, turn)
			no(t, err)
			words := fmt.Sprint(p.Turn.Text, len(p.Turn.Answers))
			for _, f := range p.Pictures {
				words += " " + f.Name
			}
			return words
		}
		want(t, "beginning", seen(0), "first0 a.png b.png")
		want(t, "second turn", seen(2), "second0 b.png a.png")
		want(t, "no turn", seen(9), "0 a.png b.png")
		all, err := s.Glances([]ID{id, "nobody"})
		no(t, err)
		equal(t, "glances", all, []Glance{{1, 2}, {}})
	})
}

func TestWhatNobodyHasIsNamed(t *testing.T) {
	s := opened(t)
	dated(t, s, "a walnut sideboard", 1)
	dated(t, s, "an oak chair", 2)
	for query, missing := range map[string]string{
		"walnut plastic": "[plastic]", "walnut chair": "[]", `"oak sideboard" model:qwen oak`: `["oak sideboard" model:qwen]`, "oak -walnut pla": "[pla]", "oak side": "[]", "oak modle:x": "[]",
	} {
		got, err := s.Nowhere(t.Context(), query)
		no(t, err)
		want(t, query, fmt.Sprint(got), missing)
	}
}
