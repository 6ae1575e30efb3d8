package diff

import (
	"slices"
	"strings"
)

// allJSON is the fields of several texts, if all are JSON or have a block of it.
func allJSON(texts []string) ([][]segment, bool) {
	all := make([][]segment, len(texts))
	for i, t := range texts {
		f, ok := findJSON(t)
		if !ok {
			return nil, false
		}
		all[i] = f.fields
	}
	return all, true
}

// fields fills in the agreement of JSON, unless that would take too much.
func (a *Agreement) fields(x *lexicon, texts [][]segment) {
	var found tally
	counts := make([]map[string]int, len(texts))
	for who, fields := range texts {
		counts[who] = map[string]int{}
		for _, f := range fields {
			key := f.path + "\x00" + f.value
			found.note(key, f.text, who)
			counts[who][key]++
		}
	}
	if a.Figure, a.Known = meanDice(x, counts); !a.Known {
		return
	}
	a.add(Field, found.findings(len(texts)))
	for _, f := range a.Findings {
		a.Disagree = a.Disagree || len(f.Lack) > 0
	}
	a.Disagree = a.Disagree || a.Figure < Low
}

// Samples says how alike several answers to one question are that one column
// gave.
type Samples struct {
	N int // how many there are

	// Known is false for fewer than two, and for more than can be compared with
	// each other. Then the rest says nothing.
	Known bool

	// Alike is how many of the N are the same: the largest group of answers with
	// the same words and numbers in the same order, whatever their case, signs and
	// white space; of JSON, with the same fields. The share that agrees is Alike/N.
	Alike int

	// Spread is how far apart they are, in [0,1]: the mean over all pairs of one
	// minus Dice's coefficient, that is 1 - [Agreement.Figure].
	Spread float64

	// Fields says the same of each field, if all are JSON.
	Fields []FieldSamples
}

// FieldSamples says how many samples have the same value of a field.
type FieldSamples struct {
	Path  string
	Alike int // the largest group with the same value, or without the field
}

// Repeat says how alike several answers of one column to one question are.
func Repeat(texts []string) Samples {
	s := Samples{N: len(texts)}
	if len(texts) < 2 {
		return s
	}
	x, groups := newLexicon(), map[string]int{}
	figure := 0.0
	if fields, ok := allJSON(texts); ok {
		var a Agreement
		a.fields(x, fields)
		if figure, s.Known = a.Figure, a.Known; s.Known {
			s.byField(fields, groups)
		}
	} else {
		segments := make([][]segment, len(texts))
		for i, t := range texts {
			segments[i] = x.segments(t)
			groups[normal(segments[i])]++
		}
		figure, s.Known = x.figure(segments)
	}
	if s.Known {
		s.Spread, s.Alike = 1-figure, largest(groups)
	}
	return s
}

// byField groups JSON as a whole and field by field.
func (s *Samples) byField(texts [][]segment, groups map[string]int) {
	var paths []string
	values := map[string]map[int][]string{}
	for i, fields := range texts {
		whole := make([]string, len(fields))
		for k, f := range fields {
			if values[f.path] == nil {
				values[f.path] = map[int][]string{}
				paths = append(paths, f.path)
			}
			values[f.path][i] = append(values[f.path][i], f.value)
			whole[k] = f.path + "\x00" + f.value
		}
		slices.Sort(whole)
		groups[strings.Join(whole, "\x01")]++
	}
	for _, p := range paths {
		same := map[string]int{}
		for i := range texts {
			key := ""
			if v, ok := values[p][i]; ok {
				slices.Sort(v)
				key = "\x00" + strings.Join(v, "\x01")
			}
			same[key]++
		}
		s.Fields = append(s.Fields, FieldSamples{p, largest(same)})
	}
}

func largest(groups map[string]int) int {
	most := 0
	for _, n := range groups {
		most = max(most, n)
	}
	return most
}

// normal is a text as it is compared with other samples: small letters, numbers
// by value, no signs.
func normal(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		for i, t := range s.tokens {
			if !t.word {
				continue
			}
			word := strings.ToLower(strings.ReplaceAll(s.word(i), "’", "'"))
			if n, ok := s.number(i); ok {
				word = n.key
			}
			b.WriteString(word)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
