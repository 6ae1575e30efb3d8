package sessions

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
)

// Said is the answers of a turn with their figures and the votes on it, as
// Markdown and as far as they may be shown. columns are the session's.
func (t *Turn) Said(columns []Column) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	shown := t.Veil(columns)
	if t.Sealed() {
		line("\n(blind: nothing is shown before every answer is complete)")
		return b.String()
	}
	if t.Hidden() {
		slices.SortStableFunc(shown.Answers, func(x, y Answer) int { return t.Seat(x.Column) - t.Seat(y.Column) })
	}
	for i := range shown.Answers {
		a := &shown.Answers[i]
		heading := fmt.Sprintf("### %d · %s", a.Column, plain.Line(a.Model.String()))
		if t.Hidden() {
			heading = fmt.Sprintf("### Answer %d", t.Seat(a.Column))
		}
		heading += shown.which(a)
		if a.Follows > 0 && !t.Hidden() {
			heading += fmt.Sprintf(" · told the answers of column %d", a.Follows)
		}
		line("\n%s\n", heading)
		answerText(line, a)
		if f := a.Figures(); f != "" {
			line("(%s)", f)
		}
	}
	if t.Hidden() {
		line("\n(blind: who answered what is shown after the vote)")
		return b.String()
	}
	if p := t.Adopted; p != nil {
		line("\n(all columns go on from the answer of column %d, take %d)", p.Column, p.Take)
	}
	for i := range t.Votes {
		v := &t.Votes[i]
		if !v.Counts() {
			continue
		}
		kind := "open vote"
		if v.Blind {
			kind = "blind vote"
		}
		if !v.Judges(t) {
			kind += " on other takes"
		}
		words := v.Words(v.Names(t))
		if price := v.Price(t); price != "" {
			words += "; " + price
		}
		line("\n(%s: %s)", kind, plain.Line(words))
	}
	return b.String()
}

// which is which of several takes an answer is, and whether it stands; "" for
// the only one.
func (t *Turn) which(a *Answer) string {
	n := 0
	for i := range t.Answers {
		if t.Answers[i].Column == a.Column {
			n++
		}
	}
	if n < 2 {
		return ""
	}
	words := fmt.Sprintf(" · take %d of %d", a.Take, n)
	if stands, ok := t.Answer(a.Column); ok && stands.Take == a.Take {
		words += ", which stands"
	}
	return words
}

func answerText(line func(string, ...any), a *Answer) {
	for _, text := range []string{a.Text, a.Refusal} {
		if text = strings.TrimRight(plain.Text(text), "\n"); text != "" {
			line("%s\n", text)
		}
	}
	switch a.Masked {
	case 0:
	case 1:
		line("(1 name masked)")
	default:
		line("(%d names masked)", a.Masked)
	}
	for _, c := range a.Calls {
		line("[calls %s %s]\n", plain.Line(c.Name), plain.Line(c.Arguments))
	}
	for _, n := range a.Notices {
		line("(%s)", plain.Line(n))
	}
	switch {
	case a.Finish == "":
		line("(unfinished: juxta was ended while this came)")
	case a.Finish == providers.Cancelled:
		line("(stopped)")
	case a.Error != nil:
		line("(%s)", plain.Line(a.Error.Message))
	case a.Finish == providers.Length:
		line("(cut off at the limit of tokens)")
	case a.Finish == providers.Refused:
		line("(declined)")
	}
}

// Figures are an answer's latency, speed, tokens and cost on one line. What is
// counted by us carries a ~, and what is not known says so. It is "" for an
// answer that nobody was asked for.
func (a *Answer) Figures() string {
	about := About(a.Usage.Estimated)
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	t := a.Timing
	switch {
	case t.FirstToken > 0:
		add("first %s", Seconds(t.FirstToken))
		if t.FirstAnswer > 0 && t.FirstAnswer != t.FirstToken {
			add("answer %s", Seconds(t.FirstAnswer))
		}
		add("total %s", Seconds(t.Last))
	case t.Last > 0: // of an answer that another program was given, or that came in one piece
		add("total %s", Seconds(t.Last))
	case t.Total > 0:
		add("nothing within %s", Seconds(t.Total))
	default:
		return ""
	}
	if cold, _ := a.Cold(); cold && a.Server.Load != nil {
		add("cold, load %s", Seconds(*a.Server.Load))
	} else if cold {
		add("cold")
	}
	if a.Raced {
		add("%s", Contended)
	}
	if v := t.Speed(a.Usage); v > 0 {
		add("%s%s", about, Speed(v))
	}
	if a.Usage != (providers.Usage{Estimated: true}) {
		add("%s%d in", about, a.Usage.Prompt())
		if a.Usage.CacheRead > 0 {
			out[len(out)-1] += fmt.Sprintf(" (%d cached)", a.Usage.CacheRead)
		}
		add("%s%d out", about, a.Usage.Output)
		if a.Usage.Reasoning > 0 {
			out[len(out)-1] += fmt.Sprintf(" (%d thinking)", a.Usage.Reasoning)
		}
	}
	if n := t.Attempts; n > 1 {
		add("%d attempts", n)
	}
	add("%s", a.CostWords())
	if a.Simulated {
		add("simulated")
	}
	return strings.Join(out, " · ")
}
