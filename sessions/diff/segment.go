package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A segment is what is read beside its counterpart: a sentence of a paragraph
// or of a list's item, a heading, a row of a table, a line of code, a field of
// JSON.
type segment struct {
	text   string // without white space at its ends; of code, with what indents it
	opens  bool   // a paragraph begins, and it is not the text's first
	kind   segmentKind
	path   string // of a field of JSON
	value  string // of a field, the same for values that mean the same
	tokens []token
}

type segmentKind uint8

const (
	sentence segmentKind = iota
	heading              // or a row of a table: words without a sentence
	code
	field // of JSON
)

// words is how many of a segment's tokens are words.
func words(tokens []token) int {
	n := 0
	for _, t := range tokens {
		if t.word {
			n++
		}
	}
	return n
}

// A splitter makes segments of a text, line by line.
type splitter struct {
	text  string
	out   []segment
	from  int    // where the paragraph begins that is being read; -1 for none
	to    int    // and where it ends so far
	opens bool   // the next segment opens a paragraph
	fence string // that the open block of code began with
}

// split is the segments of a text in Markdown, in order. Every word and sign of
// the text is in exactly one of them.
func split(text string) []segment {
	s := &splitter{text: text, from: -1}
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i
		}
		s.line(at, end)
		at = end + 1
	}
	s.flush()
	return s.out
}

func (s *splitter) line(from, to int) {
	line := strings.TrimRightFunc(s.text[from:to], unicode.IsSpace)
	bare := strings.TrimLeftFunc(line, unicode.IsSpace)
	start := from + len(line) - len(bare)
	switch mark := fenceOf(bare); {
	case s.fence != "":
		if strings.HasPrefix(mark, s.fence) && mark == bare {
			s.fence = ""
		}
		s.add(from, from+len(line), code)
	case mark != "":
		s.flush()
		s.fence = mark
		s.add(from, from+len(line), code)
	case bare == "":
		s.flush()
		s.opens = true
	case bare[0] == '#' || bare[0] == '|':
		s.flush()
		s.add(start, from+len(line), heading)
	default:
		if bare[0] == '>' || marker(bare) > 0 {
			s.flush()
		}
		if s.from < 0 {
			s.from = start
		}
		s.to = from + len(line)
		if strings.HasSuffix(s.text[from:to], "  ") || strings.HasSuffix(line, "\\") {
			s.flush() // Markdown's hard line break
		}
	}
}

// fenceOf is the run of backticks or tildes that opens or closes a block of
// code; "" if the line does neither.
func fenceOf(line string) string {
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	n := len(line) - len(strings.TrimLeft(line, line[:1]))
	if n < 3 {
		return ""
	}
	return line[:n]
}

// marker is the length of what makes a line an item of a list, with the space
// after it; 0 for another line.
func marker(line string) int {
	r, n := utf8.DecodeRuneInString(line)
	if !strings.ContainsRune("-*+•–", r) {
		for n = 0; n < len(line) && line[n] >= '0' && line[n] <= '9'; n++ {
		}
		if n == 0 || n > 9 || n == len(line) || line[n] != '.' && line[n] != ')' {
			return 0
		}
		n++
	}
	if n < len(line) && line[n] != ' ' && line[n] != '\t' {
		return 0
	}
	return min(n+1, len(line))
}

func (s *splitter) add(from, to int, kind segmentKind) {
	text := s.text[from:to]
	if strings.TrimSpace(text) == "" {
		s.opens = s.opens || kind == code
		return
	}
	s.out = append(s.out, segment{text: text, opens: s.opens && s.out != nil, kind: kind})
	s.opens = false
}

// flush ends the paragraph: its sentences become segments.
func (s *splitter) flush() {
	if s.from < 0 {
		return
	}
	for from := s.from; from < s.to; {
		end := from + sentenceEnd(s.text[from:s.to])
		s.add(from, end, sentence)
		for from = end; from < s.to; {
			r, n := utf8.DecodeRuneInString(s.text[from:])
			if !unicode.IsSpace(r) {
				break
			}
			from += n
		}
	}
	s.from = -1
}

const (
	stops   = ".!?…"
	stopsEA = "。！？｡" // no space follows these
	closers = "\"'”’»)]*_`」』）】"
)

// sentenceEnd is where the first sentence of a paragraph ends: after a stop,
// and what closes quotes and emphasis, before white space that no small letter
// follows. It is tolerant, not a grammar: what it takes for one sentence it
// takes for one in every text.
func sentenceEnd(text string) int {
	at := marker(text) // the number of an item is not a sentence
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		at += n
		wide := strings.ContainsRune(stopsEA, r)
		if !wide && !strings.ContainsRune(stops, r) {
			continue
		}
		stop := at - n
		at = attachedEnd(text, skip(text, skip(text, at, stops+stopsEA), closers))
		if wide || at == len(text) {
			return at
		}
		next, _ := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsSpace(next) {
			continue
		}
		rest := strings.TrimLeftFunc(text[at:], unicode.IsSpace)
		next, _ = utf8.DecodeRuneInString(rest)
		if unicode.IsLower(next) || r == '.' && abbreviated(text[:stop]) {
			continue
		}
		return at
	}
	return len(text)
}

func skip(text string, at int, set string) int {
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if !strings.ContainsRune(set, r) {
			break
		}
		at += n
	}
	return at
}

// abbreviations are followed by a stop inside of a sentence.
const abbreviations = " mr mrs ms dr prof st sr jr vs etc e.g i.e cf al fig approx ca z.b bzw bspw d.h u.a nr vgl m mme "

// abbreviated reports whether the stop after text ends no sentence.
func abbreviated(text string) bool {
	i := strings.LastIndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })
	last := strings.ToLower(strings.TrimLeft(text[i+1:], "\"'“‘«*_"))
	r, n := utf8.DecodeRuneInString(last)
	return n > 0 && n == len(last) && unicode.IsLetter(r) && classOf(r) == part || // an initial
		last != "" && strings.Contains(abbreviations, " "+last+" ")
}
