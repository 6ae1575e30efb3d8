package tui

import (
	"fmt"
	"strings"

	"juxta/sessions/plain"
	"juxta/sessions/report"
)

// plainName is how a voter is called.
func plainName(voter string) string {
	if voter == "" {
		return "you"
	}
	return plain.Line(voter)
}

// pageLines are the lines of a page without answers.
func (b *booth) pageLines() []string {
	switch b.page {
	case boothEntry:
		return b.entry()
	case boothOver:
		return b.over()
	case boothResult:
		return b.results()
	}
	return []string{"", b.look.theme.Muted.Render("  reading the session")}
}

// A letter is lines that are written one after the other.
type letter struct {
	b     *booth
	lines []string
}

// say adds a paragraph, with an empty line before it.
func (l *letter) say(format string, args ...any) {
	l.lines = append(l.lines, "")
	for _, s := range l.b.look.wrap(fmt.Sprintf(format, args...), max(min(l.b.w-4, 96), 1)) {
		l.lines = append(l.lines, "  "+s)
	}
}

// key adds a key and what it does.
func (l *letter) key(name, does string) {
	for _, s := range l.b.look.wrap(does, max(min(l.b.w-11, 96), 1)) {
		l.lines = append(l.lines, "  "+l.b.look.theme.KeyHint.Render(l.b.look.fit(name, 7))+s)
		name = ""
	}
}

func (l *letter) head(text string) {
	l.lines = append(l.lines, "", "  "+l.b.look.theme.Title.Render(text))
}

// fact adds a figure with what it is.
func (l *letter) fact(what, text string) {
	th := l.b.look.theme
	const name = 18
	for i, s := range l.b.look.wrap(text, max(min(l.b.w-4-name, 96-name), 1)) {
		if i > 0 {
			what = ""
		}
		l.lines = append(l.lines, "  "+th.Muted.Render(l.b.look.fit(what, name))+s)
	}
}

// entry says what is going to happen, and asks what only the voter knows.
func (b *booth) entry() []string {
	l := &letter{b: b}
	p, keys := b.poll.Progress(), b.look.keys
	if b.poll.Pass {
		l.head("Which answers pass?")
	} else {
		l.head("Which answer is better?")
	}
	l.say("%s of answers to the session's questions, without names, times and costs, in an order of your own. Who gave which answer is told at the end.", plural(p.Pairs+p.Looks, "pair"))
	if p.Planned > 0 {
		l.say("The session's plan tests %d prompts, and these belong to it.", p.Planned)
	}
	if done := p.Voted + p.Looked; done > 0 {
		l.say("You have voted on %d of them; this goes on where you stopped.", done)
	}
	l.lines = append(l.lines, "")
	means := []string{"the left one is better", "the right one is better", "they are alike", "both are bad"}
	if b.poll.Pass {
		means = []string{"only the left one passes", "only the right one passes", "both pass", "none passes"}
	}
	for i, id := range []string{"left_better", "right_better", "both_alike", "both_bad"} {
		l.key(keys.nameIn(inBooth, id), means[i])
	}
	l.key(keys.nameIn(inBooth, "skip_pair"), "skip the pair, which comes back at the end")
	l.key(keys.nameIn(inBooth, "undo_vote"), "take the last vote back")
	l.key(keys.nameIn(inBooth, "back"), "stop: every vote is saved, and the next start goes on there")
	known := b.poll.Known()
	if known == 0 {
		l.say("enter begins")
		return l.lines
	}
	l.say("%s asked with the names in view, or revealed. Have you read these answers with the names beside them?", areWords(known))
	l.lines = append(l.lines, "")
	l.key("n", "no: your votes are blind")
	l.key("y", "yes: your votes on them are kept as open ones, and count as such")
	return l.lines
}

func areWords(n int) string {
	if n == 1 {
		return "1 pair was"
	}
	return fmt.Sprintf("%d pairs were", n)
}

// over says that nothing is left to vote on now.
func (b *booth) over() []string {
	l := &letter{b: b}
	p, keys := b.poll.Progress(), b.look.keys
	left := p.Pairs - p.Voted
	switch {
	case left == 0:
		l.head("Every pair is voted on")
		said := plural(p.Voted, "vote")
		if p.Looked > 0 {
			said += fmt.Sprintf(", and %s at pairs that you had seen before, with the sides swapped", plural(p.Looked, "second look"))
		}
		l.say("%s.", said)
		l.lines = append(l.lines, "")
		l.key("enter", "shows who gave the answers and what came of it; after that no vote can be taken back")
	case b.limit > 0 && b.cast >= b.limit:
		l.head("That is it for now")
		l.say("%s in this sitting, %d of %s in all. The next start goes on there.", plural(b.cast, "vote"), p.Voted, plural(p.Pairs, "pair"))
		l.lines = append(l.lines, "")
		l.key("enter", "ends")
	default:
		l.head("No other pair is left")
		l.say("%d of %s are voted on; you have skipped the others.", p.Voted, plural(p.Pairs, "pair"))
		l.lines = append(l.lines, "")
		l.key(keys.nameIn(inBooth, "skip_pair"), "shows what you skipped")
		l.key("enter", "ends; the next start asks for them again")
	}
	if b.cast > 0 {
		l.key(keys.nameIn(inBooth, "undo_vote"), "takes the last vote back")
	}
	return l.lines
}

// results are what came of the votes, with the names.
func (b *booth) results() []string {
	l := &letter{b: b}
	d := b.decision
	switch {
	case b.wrong != "":
		l.head("What came of it is not known")
		l.say("%s. The votes are saved.", b.wrong)
		return l.lines
	case d == nil:
		l.say("counting")
		return l.lines
	}
	l.head("Your votes")
	told := false
	for i := range d.Voters {
		if v := &d.Voters[i]; v.Name == b.poll.Voter {
			told = true
			l.fact("votes", fmt.Sprint(v.Votes))
			if b.poll.Progress().Looked > 0 {
				l.fact("second looks", "the same as at the first: "+v.Steadiness())
			}
			l.fact("the left one", "preferred in "+v.Leaning())
		}
	}
	if !told {
		l.fact("votes", "none that counts yet")
	}
	b.together(l, d)
	l.head("All votes")
	for i := range d.Rulings {
		l.say("%s", d.Rulings[i].Sentence)
		for _, r := range d.Rulings[i].Remarks {
			if strings.HasPrefix(r, "Left out:") { // why these are fewer than the votes
				l.say("%s", plain.Line(r))
			}
		}
		if b.poll.Pass {
			l.say("%s", d.Rulings[i].PassWords())
		}
	}
	if n := b.poll.Progress().Hidden; n > 0 {
		l.say("%s asked blind in the workbench, and votes on them count once the names are shown there.", turnsWere(n))
		l.lines = append(l.lines, "")
		l.key("r", "reveals them, which can't be undone; whoever votes here later still sees no names")
	}
	l.say("`juxta report %s` tells all of it, and what it rests on.", b.poll.Session.ID)
	return l.lines
}

func turnsWere(n int) string {
	if n == 1 {
		return "1 turn was"
	}
	return fmt.Sprintf("%d turns were", n)
}

// together is how far the others agree with the voter.
func (b *booth) together(l *letter, d *report.Decision) {
	for i := range d.Rulings {
		r := &d.Rulings[i]
		for k := range r.Voters {
			p := &r.Voters[k]
			other := p.Other
			switch b.poll.Voter {
			case p.One:
			case p.Other:
				other = p.One
			default:
				continue
			}
			text := p.Agreed()
			if len(d.Rulings) > 1 {
				text += " on " + plain.Line(r.Candidate)
			}
			l.fact("like "+b.look.cut(plainName(other), 12), "agreed on "+text)
		}
	}
}
