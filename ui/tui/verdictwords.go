package tui

import (
	"fmt"
	"strings"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/report"
	"juxta/sessions/verdict"
)

// monthly reports whether the sentence compares the costs of a month, because those of
// a prompt leave out the machine.
func monthly(f *report.Figures) bool {
	return f.Share != nil && (f.Share.Basis == verdict.ByOwned || f.Cost == nil)
}

// costWords are what a prompt costs of the baseline's; what is not known is said
// so.
func costWords(r *report.Ruling) string {
	f, about := &r.Figures, sessions.About(r.Figures.About)
	mean := amountOf(f.Mean)
	switch {
	case monthly(f):
		if v := f.Volume; v != nil {
			about = sessions.About(v.About)
		}
		return fmt.Sprintf("%s%s ★ a month · %s", about, verdict.PortionOf(f.Share.Value), f.Share.Basis)
	case mean == "" && f.Both == 0:
		return "unknown: there is no prompt that both answered"
	case mean == "":
		return fmt.Sprintf("unknown, over %d prompts that both answered", f.Both)
	}
	each := fmt.Sprintf("%s%s, ★ %s", about, mean, amountOf(f.Baseline))
	if f.Cost == nil {
		return each + " a prompt"
	}
	return fmt.Sprintf("%s%s ★%s · %s", about, verdict.PortionOf(f.Cost.Value), sure(f.Cost, verdict.Portion), each)
}

// timeWords are how long the first token took of the baseline's time.
func timeWords(r *report.Ruling) string {
	f := &r.Figures
	if f.First == nil {
		return "unknown: no times that can be compared"
	}
	return verdict.Times(f.First.Value) + " the time of ★" + sure(f.First, verdict.Times)
}

// countedWords are what the costs and the times are counted over.
func countedWords(f *report.Figures) string {
	over := func(n int, miss string) string {
		s := fmt.Sprintf("over %d prompts", n)
		if rest := f.Both - n; rest > 0 {
			s += fmt.Sprintf(", %d %s", rest, miss)
		}
		return s
	}
	each := ""
	if mean, base := amountOf(f.Mean), amountOf(f.Baseline); monthly(f) && mean != "" {
		each = fmt.Sprintf("%s%s, ★ %s (energy only of a local one) ", sessions.About(f.About), mean, base)
	}
	return "cost of a prompt " + each + over(f.Priced, "unknown") + " · time to the first token " + over(f.Timed, "cold, raced or unknown")
}

// sure is a ratio's interval, if there is one.
func sure(x *verdict.Ratio, words func(float64) string) string {
	if !x.Sure {
		return ""
	}
	return " [" + words(x.Interval.Low) + "–" + words(x.Interval.High) + "]"
}

// amountOf is an amount of the decision for people; "" for one that is not known.
func amountOf(usd *string) string {
	if usd == nil {
		return ""
	}
	sign, digits := "", *usd
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	m, err := providers.ParseDollars(digits)
	if err != nil {
		return sign + "$" + digits
	}
	return sign + m.String()
}

// savingWords are what a candidate saves in a month.
func savingWords(r *report.Ruling) string {
	v := r.Figures.Volume
	if v == nil {
		return "unknown, because the costs of its prompts are not known or too much to count"
	}
	s, about := "", sessions.About(v.About)
	switch saved := amountOf(&v.Saved); {
	case strings.HasPrefix(saved, "-"):
		s = "costs " + about + saved[1:] + " more a month"
	case saved == "$0":
		s = "costs the same"
	default:
		s = "saves " + about + saved + " a month"
	}
	return fmt.Sprintf("%s: %s%s, ★ %s%s (%s)", s, about, amountOf(&v.Candidate), about, amountOf(&v.Baseline), v.Counted())
}
