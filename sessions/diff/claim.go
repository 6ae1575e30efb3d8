package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A claim is a number or a name in a text.
type claim struct {
	key  string // the same for what means the same
	text string // as it is written
}

// claims are the numbers and the names of a segment. Code has none: its numbers
// and capitals follow the taste of its author. In an answer of a few words its
// first one is a name, too.
func (s segment) claims(terse bool) (numbers, names []claim) {
	if s.kind == code {
		return nil, nil
	}
	from := 0
	if s.kind == sentence {
		from = s.label()
	}
	first := 0
	if n := marker(s.text); n > 0 {
		for first < len(s.tokens) && s.tokens[first].from < n {
			first++ // the number of an item counts nothing
		}
	}
	quoted := s.code()
	for i := first; i < len(s.tokens); i++ {
		if n, ok := s.number(i); ok && !quoted[i] {
			numbers = append(numbers, n)
		}
	}
	if s.kind == sentence {
		names = s.names(max(from, first), terse, quoted)
	}
	return numbers, names
}

// code says of each token whether it stands between runs of as many backticks.
func (s segment) code() []bool {
	in := make([]bool, len(s.tokens))
	opened, run := 0, 0
	for i, t := range s.tokens {
		if s.text[t.from] == '`' {
			run++
			if i+1 < len(s.tokens) && s.tokens[i+1].from == t.to && s.text[t.to] == '`' {
				continue
			}
			switch opened {
			case 0:
				opened = run
			case run:
				opened = 0
			}
			run = 0
			continue
		}
		in[i] = opened > 0
	}
	return in
}

// number reads the token at i, with its sign and a per cent after it.
func (s segment) number(i int) (claim, bool) {
	t := s.tokens[i]
	if !t.word {
		return claim{}, false
	}
	key, ok := numberOf(s.text[t.from:t.to])
	if !ok {
		return claim{}, false
	}
	c := claim{key, s.text[t.from:t.to]}
	if i > 0 && s.tokens[i-1].to == t.from {
		switch before := s.text[s.tokens[i-1].from:t.from]; before {
		case "-", "−", "–":
			start := s.tokens[i-1].from
			if key != "0" && (start == 0 || strings.ContainsRune(" \t\n([:=", rune(s.text[start-1]))) {
				c.key, c.text = "-"+key, before+c.text
			}
		case "$", "€", "£", "¥", "₹":
			c.text = before + c.text
		}
	}
	if i+1 < len(s.tokens) {
		switch next := s.tokens[i+1]; s.text[next.from:next.to] {
		case "%", "٪", "\uff05":
			c.key, c.text = c.key+"%", s.text[t.from:next.to]
		case "percent":
			c.key, c.text = c.key+"%", s.text[t.from:next.to]
		case "per":
			if i+2 < len(s.tokens) && s.text[s.tokens[i+2].from:s.tokens[i+2].to] == "cent" {
				c.key, c.text = c.key+"%", s.text[t.from:s.tokens[i+2].to]
			}
		}
	}
	return c, true
}

// label is the number of tokens in the words in bold that a sentence begins
// with and a colon or a dash ends: they are capitalised as a heading is.
func (s segment) label() int {
	at := marker(s.text)
	rest := s.text[at:]
	if !strings.HasPrefix(rest, "**") && !strings.HasPrefix(rest, "__") {
		return 0
	}
	end := strings.Index(rest[2:], rest[:2])
	if end < 0 {
		return 0
	}
	bold, after := strings.TrimSpace(rest[2:2+end]), strings.TrimSpace(rest[2+end+2:])
	next, _ := utf8.DecodeRuneInString(after)
	if !strings.HasSuffix(bold, ":") && !strings.ContainsRune(":-–—", next) {
		return 0
	}
	n := 0
	for n < len(s.tokens) && s.tokens[n].from < at+2+end {
		n++
	}
	return n
}

// Words that are small inside of a name.
const particles = " of de del della di da dos du la le van von der den ibn bin al "

// Words that begin with a capital wherever they stand, and name nothing.
const pronouns = " I I'm I've I'll I'd "

// names are the runs of capitalised words that do not begin a sentence, a
// quotation or what follows a colon; words all in capitals are names anywhere,
// and in a terse answer all are.
func (s segment) names(from int, terse bool, quoted []bool) []claim {
	var all []claim
	for i := from; i < len(s.tokens); i++ {
		if quoted[i] || !s.capital(i) || s.begins(i, from) && !terse && !s.shouted(i) {
			continue
		}
		last := i
		for {
			next := last + 1
			for k := next; k < len(s.tokens) && k < next+2 && s.adjacent(k-1, k) && strings.Contains(particles, " "+s.word(k)+" "); k++ {
				next = k + 1
			}
			if next >= len(s.tokens) || !s.capital(next) || !s.adjacent(next-1, next) {
				break
			}
			last = next
		}
		if c := s.claim(i, last); c.key != "" {
			all = append(all, c)
		}
		i = last
	}
	return all
}

func (s segment) word(i int) string { return s.text[s.tokens[i].from:s.tokens[i].to] }

// capital reports whether a token is a word that begins with a capital.
func (s segment) capital(i int) bool {
	t := s.tokens[i]
	r, n := utf8.DecodeRuneInString(s.text[t.from:])
	return t.word && (unicode.IsUpper(r) || unicode.IsTitle(r)) && t.to-t.from > n && !strings.Contains(pronouns, " "+s.word(i)+" ")
}

// shouted reports whether a word is all in capitals, such as NASA.
func (s segment) shouted(i int) bool {
	w := s.word(i)
	return strings.ToUpper(w) == w && utf8.RuneCountInString(w) > 1
}

// begins reports whether a word is the first of a sentence, a quotation, or
// after a colon.
func (s segment) begins(i, from int) bool {
	for i--; i >= from; i-- {
		if s.tokens[i].word {
			return false
		}
		if strings.Contains(":“‘„«\"", s.word(i)) {
			return true
		}
	}
	return true
}

// adjacent reports whether only white space or a hyphen is between two tokens.
func (s segment) adjacent(i, k int) bool {
	gap := s.text[s.tokens[i].to:s.tokens[k].from]
	return s.tokens[i].word && s.tokens[k].word && strings.TrimSpace(gap) == "" && !strings.Contains(gap, "\n")
}

// claim is the name that the tokens from to last are.
func (s segment) claim(from, last int) claim {
	var words []string
	for i := from; i <= last; i++ {
		words = append(words, possessed(s.word(i)))
	}
	name := strings.Join(words, " ")
	return claim{name, name}
}

// possessed is a word without the ending of a possessive.
func possessed(word string) string {
	return strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s")
}
