package tui

import (
	"fmt"
	"slices"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// What is to be known of a turn besides its question and answers stands behind
// the question: which of several takes is shown, and which of several branches
// this is. From whose answer all go on stands below it.

// whichTake is which of a column's takes is shown: "2/3"; "" for the only one.
func (t *turn) whichTake(column int) string {
	takes := t.takes(column)
	if len(takes) < 2 || t.Hidden() {
		return ""
	}
	a, _ := t.Answer(column)
	return fmt.Sprintf("%d/%d", slices.Index(takes, a.Take)+1, len(takes))
}

// tagsOf are the words behind the question in a cell.
func (t *turn) tagsOf(p sessions.Pick, lk *look) string {
	var tags []string
	if a, ok := t.Take(p); ok && a.Follows > 0 && !t.Hidden() {
		tags = append(tags, "told the answers of "+lk.called(a.Follows))
	}
	if takes := t.takes(p.Column); len(takes) > 1 && !t.Hidden() {
		tags = append(tags, fmt.Sprintf("take %d/%d", slices.Index(takes, p.Take)+1, len(takes)))
	}
	if t.branch != "" {
		tags = append(tags, t.branch)
	}
	return strings.Join(tags, " · ")
}

// adoption says in a cell from whose answer all columns go on; "" where each
// goes on from its own.
func (t *turn) adoption(p sessions.Pick, lk *look) string {
	a := t.Adopted
	switch {
	case a == nil:
		return ""
	case *a == p:
		return "⇒ all columns go on from this answer"
	case a.Column == p.Column:
		return fmt.Sprintf("⇐ all columns go on from take %d of this one", a.Take)
	}
	of := ""
	if len(t.takes(a.Column)) > 1 {
		of = fmt.Sprintf(", take %d", a.Take)
	}
	if place, ok := lk.places[a.Column]; ok {
		return fmt.Sprintf("⇐ all go on from %d's answer%s", place+1, of)
	}
	return fmt.Sprintf("⇐ all go on from the answer of %s%s", plain.Line(lk.models[a.Column].Model), of)
}

// retag has the cells of turns say what is true of them now.
func (m *Model) retag(turns ...*turn) {
	for _, t := range turns {
		t.branch = ""
		if all := m.session.Siblings(t.ID); len(all) > 1 {
			t.branch = fmt.Sprintf("⑂ %d/%d", slices.Index(all, t.ID)+1, len(all))
		}
		for p, c := range t.cells {
			t.tag(p, c, &m.look)
		}
	}
	m.stale = true
}

func (t *turn) tag(p sessions.Pick, c *cell, lk *look) {
	if tags, adopted := t.tagsOf(p, lk), t.adoption(p, lk); tags != c.tags || adopted != c.adopted {
		c.tags, c.adopted, c.width = tags, adopted, 0
	}
}

// layTags puts a cell's tags behind its question, or below it where that has no
// room.
func (c *cell) layTags(question []string, w int, lk *look) []string {
	if c.tags == "" {
		return question
	}
	th := lk.theme
	if tags := "  " + c.tags; len(question) == 1 && lk.width(question[0])+lk.width(tags) <= w {
		question[0] += th.Muted.Render(tags)
		return question
	}
	for i, l := range lk.wrap(c.tags, max(w-2, 1)) {
		if i < 2 {
			question = append(question, "  "+th.Muted.Render(l))
		}
	}
	return question
}

// layAdopted is the line below an answer from which not its own column alone
// goes on.
func (c *cell) layAdopted(w int, lk *look, foot []string) []string {
	if c.adopted == "" {
		return foot
	}
	if len(foot) == 0 && c.spoke {
		foot = append(foot, "")
	}
	for _, l := range lk.wrap(c.adopted, max(w, 1)) {
		foot = append(foot, lk.theme.Accent.Render(l))
	}
	return foot
}
