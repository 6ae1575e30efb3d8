package diff

import (
	"slices"
	"strings"
)

const (
	mostNames = 500 // that are told apart in the answers to one question

	// In a text of a language that capitalises all nouns, as German does, a
	// capital names nothing. Names are then not looked for: where three in ten of
	// the different words inside of sentences have a capital, and there are some
	// to judge by.
	enoughWords  = 60
	capitalShare = 0.3
)

// nameFindings is who says which name: whoever has its words in their order,
// also at the beginning of a sentence. A name that is part of exactly one longer
// one, as a surname is, is that one. It is false if there are too many names.
func nameFindings(x *lexicon, segments [][]segment, names []string) ([]Finding, bool) {
	if capitalises(segments) {
		return nil, true
	}
	if len(names) > mostNames {
		return nil, false
	}
	texts := make([]string, len(segments))
	for i, all := range segments {
		var b strings.Builder
		for _, s := range all {
			if s.kind == code {
				continue
			}
			b.WriteByte('\n')
			for k, t := range s.tokens {
				if t.word {
					b.WriteByte(' ')
					b.WriteString(possessed(s.word(k)))
				} else if s.word(k) != "-" {
					b.WriteString(" \n") // no name goes on beyond a sign
				}
			}
			b.WriteByte(' ')
		}
		texts[i] = b.String()
	}
	if !x.spend(len(names) * len(names)) {
		return nil, false
	}
	var found []Finding
	whole := longer(names)
	for i, name := range names {
		if whole[i] != i {
			continue
		}
		who := map[int]bool{}
		for k, form := range names {
			if whole[k] != i {
				continue
			}
			for w, text := range texts {
				if !x.spend(len(text) / 64) {
					return nil, false
				}
				if strings.Contains(text, " "+form+" ") {
					who[w] = true
				}
			}
		}
		found = append(found, finding(name, who, len(segments)))
	}
	return found, true
}

// longer is for each name the index of the one name that it is part of, or its
// own.
func longer(names []string) []int {
	whole := make([]int, len(names))
	for i, name := range names {
		whole[i] = i
		n := 0
		for k, other := range names {
			if k != i && strings.Contains(" "+other+" ", " "+name+" ") {
				whole[i] = k
				n++
			}
		}
		if n != 1 {
			whole[i] = i
		}
	}
	for i := range whole { // a part of a part
		for whole[i] != whole[whole[i]] {
			whole[i] = whole[whole[i]]
		}
	}
	return whole
}

// capitalises reports whether the texts capitalise more than names.
func capitalises(segments [][]segment) bool {
	met := map[string]bool{}
	capitals := 0
	for _, s := range slices.Concat(segments...) {
		if s.kind != sentence {
			continue
		}
		for i, t := range s.tokens {
			if word := s.word(i); t.word && !met[word] && !s.begins(i, 0) {
				met[word] = true
				if s.capital(i) {
					capitals++
				}
			}
		}
	}
	return len(met) >= enoughWords && float64(capitals) > capitalShare*float64(len(met))
}
