package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Low is the agreement below which answers are said to disagree even if they
// give the same numbers and names.
const Low = 0.4

// An Agreement says what several answers to one question have in common.
type Agreement struct {
	Texts int // how many there are

	// Known is false for fewer than two texts, and for texts that are too large
	// to be compared. Then the rest says nothing.
	Known bool

	// Figure is how much the texts have in common, in [0,1]: the mean over all
	// pairs of texts of Dice's coefficient of their words, each as often as it
	// stands there and whatever its case: 2·|a∩b| / (|a|+|b|). Two texts without
	// a word have 1. If all texts are JSON it is that of their fields.
	Figure float64

	// Disagree is set if a number or a name is in some of the texts and not in
	// others, if a field of JSON differs, or if Figure is below Low.
	Disagree bool

	// Findings are what the texts say, numbers before names, fields and
	// sentences; of each kind first what most of them say.
	Findings []Finding
}

// A Finding is something that texts say.
type Finding struct {
	Kind Kind
	Text string // as the first text that says it writes it
	Have []int  // indexes of the texts that say it, ascending
	Lack []int  // and of those that do not
}

// Kind says what a finding is.
type Kind uint8

// Kinds of findings.
const (
	Number   Kind = iota // 1,000 and 1000 are one, so are 12% and 12 percent; not in code
	Name                 // capitalised words inside of a sentence; not in code and headings
	Field                // of JSON: its path and value
	Sentence             // or a line of code; similar ones are one
)

// Agree says what several answers to one question have in common, in work that
// grows with their length. It is tolerant where people are: a number and a name
// are the same however they are written, as far as that can be told.
func Agree(texts []string) Agreement {
	a := Agreement{Texts: len(texts)}
	if len(texts) < 2 {
		return a
	}
	x := newLexicon()
	if fields, ok := allJSON(texts); ok {
		a.fields(x, fields)
		return a
	}
	segments := make([][]segment, len(texts))
	for i, t := range texts {
		segments[i] = x.segments(t)
	}
	numbers, names := gather(segments)
	named, ok := nameFindings(x, segments, names)
	if !ok {
		return Agreement{Texts: len(texts)}
	}
	said, ok := sentences(x, segments)
	if !ok {
		return Agreement{Texts: len(texts)}
	}
	a.add(Number, numbers.findings(len(texts)))
	a.add(Name, named)
	for _, f := range a.Findings {
		a.Disagree = a.Disagree || len(f.Lack) > 0
	}
	a.add(Sentence, said)
	if a.Figure, a.Known = x.figure(segments); !a.Known {
		return Agreement{Texts: len(texts)}
	}
	a.Disagree = a.Disagree || a.Figure < Low
	return a
}

// add puts findings in order: those of most texts first, then as they were met.
func (a *Agreement) add(kind Kind, found []Finding) {
	for i := range found {
		found[i].Kind = kind
	}
	slices.SortStableFunc(found, func(f, g Finding) int { return cmp.Compare(len(g.Have), len(f.Have)) })
	a.Findings = append(a.Findings, found...)
}

// figure is the mean agreement of the pairs of texts by their words. It is false if
// that would take too much.
func (x *lexicon) figure(segments [][]segment) (float64, bool) {
	counts := make([]map[int32]int, len(segments))
	for i, all := range segments {
		counts[i] = map[int32]int{}
		for _, s := range all {
			for _, t := range s.tokens {
				if t.word {
					counts[i][t.folded]++
				}
			}
		}
	}
	return meanDice(x, counts)
}

// meanDice is the mean of [dice] over all pairs of multisets, of which there are at
// least two. It is false if that would take too much.
func meanDice[K comparable](x *lexicon, counts []map[K]int) (float64, bool) {
	const lookup = 4 // steps that looking a word up takes
	size := 0
	for _, c := range counts {
		size += len(c)
	}
	if !x.spend(lookup * size * (len(counts) - 1)) {
		return 0, false
	}
	sum, pairs := 0.0, 0
	for i := range counts {
		for j := range i {
			sum += dice(counts[j], counts[i])
			pairs++
		}
	}
	return sum / float64(pairs), true
}

// dice is Dice's coefficient of two multisets; 1 if both are empty.
func dice[K comparable](a, b map[K]int) float64 {
	in, sum := 0, 0
	for k, n := range a {
		in += min(n, b[k])
		sum += n
	}
	for _, n := range b {
		sum += n
	}
	if sum == 0 {
		return 1
	}
	return float64(2*in) / float64(sum)
}

// A tally is who says what, in the order in which it was met.
type tally struct {
	at    map[string]int
	texts []string
	who   []map[int]bool
}

func (t *tally) note(key, text string, who int) {
	if t.at == nil {
		t.at = map[string]int{}
	}
	i, ok := t.at[key]
	if !ok {
		i = len(t.texts)
		t.at[key] = i
		t.texts, t.who = append(t.texts, text), append(t.who, map[int]bool{})
	}
	t.who[i][who] = true
}

func (t *tally) findings(texts int) []Finding {
	all := make([]Finding, len(t.texts))
	for i, text := range t.texts {
		all[i] = finding(text, t.who[i], texts)
	}
	return all
}

func finding(text string, who map[int]bool, texts int) Finding {
	f := Finding{Text: strings.Join(strings.Fields(text), " "), Have: slices.Sorted(maps.Keys(who))}
	for i := range texts {
		if !who[i] {
			f.Lack = append(f.Lack, i)
		}
	}
	return f
}

// terse is the number of words up to which an answer is no sentence.
const terse = 3

// gather is who says which number, and which names there are in which order.
func gather(segments [][]segment) (numbers tally, names []string) {
	met := map[string]bool{}
	for who, all := range segments {
		n := 0
		for _, s := range all {
			n += words(s.tokens)
		}
		for _, s := range all {
			ns, cs := s.claims(n <= terse)
			for _, c := range ns {
				numbers.note(c.key, c.text, who)
			}
			for _, c := range cs {
				if !met[c.key] {
					met[c.key] = true
					names = append(names, c.text)
				}
			}
		}
	}
	return numbers, names
}

// sentences are the claims that are made in similar words. Each sentence joins
// the first one that it is most similar to; the findings' text is that one.
func sentences(x *lexicon, segments [][]segment) ([]Finding, bool) {
	const least = 12 // runes of words that a sentence has; "Sure!" claims nothing
	var (
		texts []string
		bags  []bag
		who   []map[int]bool
		exact = map[string]int{} // for lines that are the same, which need no search
	)
	for w, all := range segments {
		for _, s := range all {
			b := x.bag(s.tokens)
			if s.kind == heading || b.weight < least {
				continue
			}
			key := keyOf(s.tokens)
			best, ok := exact[key]
			if !ok {
				steps := len(bags) * len(b.words)
				for _, c := range bags {
					steps += len(c.words)
				}
				if !x.spend(steps) {
					return nil, false
				}
				best = x.nearest(b, bags)
			}
			if best == len(bags) {
				texts, bags, who = append(texts, s.text), append(bags, b), append(who, map[int]bool{})
			}
			exact[key] = best
			who[best][w] = true
		}
	}
	found := make([]Finding, len(texts))
	for i, t := range texts {
		found[i] = finding(t, who[i], len(segments))
	}
	return found, true
}

// nearest is the index of the bag that is most similar to b; their number if
// none is.
func (x *lexicon) nearest(b bag, bags []bag) int {
	best, most := len(bags), 0.0
	for i, c := range bags {
		if d := x.likeness(b, c); d > most {
			best, most = i, d
		}
	}
	return best
}
