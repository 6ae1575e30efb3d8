package verdict

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Sentence is the verdict in plain words, with what is known of cost and speed:
// "qwen3-vl:8b matches or beats gpt-5.1 on 47 of 60 prompts (win + ½ tie 0.57, 95%
// interval 0.47–0.66; non-inferior at a margin of 10%), at 4.6% of the cost and 0.63×
// the time to the first token." It claims no more than the word does, and begins
// with "Exploratory:" without a plan. The names stand in it as they were given.
func (v Verdict) Sentence(f Figures) string {
	if v.N == 0 {
		return fmt.Sprintf("No verdict on %s against %s yet: %s.", v.Candidate, v.Baseline, v.nothing())
	}
	var b strings.Builder
	if v.Exploratory && v.Word != TooFew {
		b.WriteString("Exploratory: ")
	}
	fmt.Fprintf(&b, "%s matches or beats %s on %d of %s (win + ½ tie %.2f", v.Candidate, v.Baseline, v.Matched, many(v.N, "prompt"), v.Mean)
	if v.Word != TooFew {
		fmt.Fprintf(&b, ", 95%% interval %.2f–%.2f", v.Interval.Low, v.Interval.High)
	}
	b.WriteString("; " + v.meaning() + ")")
	b.WriteString(f.words(v.Candidate, v.Baseline))
	if s := v.Next.words(); s != "" {
		b.WriteString("; " + s)
	}
	b.WriteString(".")
	return b.String()
}

// nothing is why there is no score at all.
func (v *Verdict) nothing() string {
	if len(v.Left) == 0 {
		return "no prompt was asked"
	}
	return v.left()
}

// meaning is the word with its margin.
func (v *Verdict) meaning() string {
	margin := percent(v.Margin)
	switch v.Word {
	case TooFew:
		return fmt.Sprintf("too few prompts, %d are the fewest", Fewest)
	case Better:
		return "better"
	case NonInferior:
		return "non-inferior at a margin of " + margin
	case WithinMargin:
		return "worse, but within the margin of " + margin
	case Inferior:
		return "inferior"
	case ClearlyInferior:
		return "clearly inferior, by more than the margin of " + margin
	}
	return "inconclusive at a margin of " + margin
}

// words are about how many more prompts are needed; "" for none.
func (n *Need) words() string {
	switch {
	case n == nil:
		return ""
	case n.More == 0:
		return "more prompts would hardly settle " + string(n.Claim)
	case n.Claim == AnyVerdict:
		return fmt.Sprintf("at least %d more are needed for a verdict", n.More)
	}
	return fmt.Sprintf("about %s would settle %s", many(n.More, "more prompt"), n.Claim)
}

// words are what is known of cost and speed, to follow a bracket.
func (f Figures) words(candidate, baseline string) string {
	var near, apart []string // "at …", and whole clauses
	switch x := f.Share; {
	case x != nil && (x.Basis == ByOwned || f.Cost == nil):
		near = append(near, f.shareWords())
	case f.Cost != nil:
		s := "at " + f.about() + PortionOf(f.Cost.Value) + " the cost"
		if f.Cost.Sure {
			s += fmt.Sprintf(" [%s–%s]", Portion(f.Cost.Interval.Low), Portion(f.Cost.Interval.High))
		}
		if f.Local != nil {
			s += " (energy only)"
		}
		near = append(near, s)
	case f.Priced > 0 && f.Mean > 0:
		apart = append(apart, fmt.Sprintf("it costs %s%s a prompt, and %s nothing", f.about(), f.Mean, baseline))
	case f.Priced > 0:
		apart = append(apart, "both cost nothing")
	case f.Both > 0:
		apart = append(apart, "what it costs of "+baseline+" is not known")
	}
	if f.First != nil {
		s := Times(f.First.Value) + " the time to the first token"
		if len(near) == 0 {
			s = "at " + s
		}
		near = append(near, s)
	}
	out := ""
	if len(near) > 0 {
		out = ", " + strings.Join(near, " and ")
	}
	if v := f.Volume; v != nil {
		apart = append(apart, v.words())
	}
	for _, s := range apart {
		out += "; " + s
	}
	return out
}

// about marks costs that come of estimates.
func (f *Figures) about() string {
	if f.About {
		return "~"
	}
	return ""
}

// shareWords are the share of the cost where one of the two runs on a machine of
// one's own, and how that is counted.
func (f *Figures) shareWords() string {
	about := ""
	if f.guessed() {
		about = "~"
	}
	s := "at " + about + PortionOf(f.Share.Value) + " the cost"
	switch {
	case f.Local == nil || f.Share.Basis == ByPrice:
		return s + fmt.Sprintf(" at %s requests a month", Thousands(f.Share.Requests))
	case f.Share.Basis == ByEnergy:
		return s + " (energy only)"
	}
	return s + fmt.Sprintf(" at %s requests a month (%s of your own)", Thousands(f.Share.Requests), many(int(f.Local.Month.Machines), "machine"))
}

func (v *Volume) words() string {
	about := ""
	if v.About {
		about = "~"
	}
	s := fmt.Sprintf("at %s requests a month it ", Thousands(v.Requests))
	switch saved := v.Saved(); {
	case saved > 0:
		s += "saves " + about + saved.String()
	case saved < 0:
		s += "costs " + about + (-saved).String() + " more"
	default:
		s += "costs the same"
	}
	if v.Basis == ByEnergy || v.Other == ByEnergy {
		s += " (energy only)"
	}
	return s
}

// Remarks are what must stand beside the sentence: what the interval is worth,
// what the votes are, who failed and what was left out, each a sentence.
func (v Verdict) Remarks() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if v.Exploratory {
		say("%s: this is a hint, and no test.", cmp.Or(v.Unplanned, "No plan was stored before the first vote"))
	}
	if v.N > 0 {
		out = append(out, v.validity())
	}
	if v.Evidence == Open {
		say("The votes are open: the voters saw who answered.")
	}
	if v.Apart > 0 {
		say("%s left out, because others are blind.", are(v.Apart, "open vote"))
	}
	if v.OtherKind > 0 {
		say("%s of another kind and left out: what is preferred and what passes are never counted together.", are(v.OtherKind, "vote"))
	}
	if v.Passed != nil {
		out = append(out, v.PassWords())
	} else if v.Votes.Bad > 0 {
		say("%s of both being bad, and count as ties.", are(v.Votes.Bad, "vote"))
	}
	if v.Failed > 0 {
		say("%s failed on %s; %d without a vote count as lost.", v.Candidate, many(v.Failed, "prompt"), v.Lost)
	}
	if v.BaselineFailed > 0 {
		say("%s failed on %s; %d without a vote count as won by %s.", v.Baseline, many(v.BaselineFailed, "prompt"), v.Won, v.Candidate)
	}
	if v.Candidates > 1 {
		say("Claims are corrected for %d candidates (Holm). To choose the best of them takes fresh prompts.", v.Candidates)
	}
	if len(v.Left) > 0 {
		say("Left out: %s.", v.left())
	}
	return out
}

// validity is what the interval holds for.
func (v *Verdict) validity() string {
	switch {
	case v.Fixed && v.Planned > 0:
		return fmt.Sprintf("The interval is that of the %d planned prompts. Whoever would also have stopped earlier is wrong in up to 5%% of such tests, instead of 2.5%%.", v.Planned)
	case v.Fixed:
		return "The interval holds because nobody saw a verdict on these votes before."
	case v.Planned > 0 && v.N > v.Planned:
		return fmt.Sprintf("%d prompts were planned and there are more, so the interval is the wider one that holds at any time.", v.Planned)
	case v.Planned > 0:
		return fmt.Sprintf("%d of %d planned prompts: until then the interval is the wider one that holds at any time, if the prompts come in random order.", v.N, v.Planned)
	}
	return "The interval holds at any time, however often one looks, if the prompts come in random order."
}

func (v *Verdict) left() string {
	var parts []string
	for _, l := range v.Left {
		parts = append(parts, fmt.Sprintf("%d (%s)", l.N, l.Why))
	}
	return strings.Join(parts, ", ")
}

// many is "1 prompt", "2 prompts".
func many(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return Thousands(int64(n)) + " " + of + "s"
}

// are is "1 vote is", "2 votes are".
func are(n int, of string) string {
	if n == 1 {
		return "1 " + of + " is"
	}
	return many(n, of) + " are"
}

// percent is a share in two digits, or three from 100 % on: 4.6%, 10%, 0.052%.
func percent(x float64) string {
	x *= 100
	places := 0
	if x > 0 && x < 9.95 {
		places = 1 - int(math.Floor(math.Log10(x)))
	}
	s := strconv.FormatFloat(x, 'f', min(max(places, 0), 6), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s + "%"
}

// Portion is a ratio as a share, and from ten on as a multiple.
func Portion(x float64) string {
	if x >= 9.95 {
		return Times(x)
	}
	return percent(x)
}

// PortionOf is the same before what it is of: 4.6% of, 18×.
func PortionOf(x float64) string {
	s := Portion(x)
	if strings.HasSuffix(s, "%") {
		s += " of"
	}
	return s
}

// Times is a ratio in two digits, and with more where they are whole.
func Times(x float64) string {
	if x < 9.95 {
		return strconv.FormatFloat(x, 'f', 2, 64) + "×"
	}
	return strconv.FormatFloat(x, 'f', 0, 64) + "×"
}

// Thousands is a number with its digits in threes: 100,000.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
