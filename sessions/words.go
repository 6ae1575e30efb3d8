package sessions

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// A scan goes through the words of a text as search sees them: what differs
// only in case, in accents or in the width of its letters is the same word. A
// word is a row of letters and digits. Scripts that put no spaces between words
// (Chinese, Japanese, Thai), and Korean, whose words grow endings, give every
// character as a word of its own; in a row they are found as a phrase is.
//
// The zero value with a text is ready.
type scan struct {
	text     string
	from, to int    // the word's place in the text, in bytes
	word     []byte // folded; good until next
	lone     bool   // it is a character of a script without spaces
	at       int
}

// next moves to the next word, and is false behind the last one.
func (s *scan) next() bool {
	s.word, s.lone = s.word[:0], false
	for s.at < len(s.text) {
		c := s.text[s.at]
		if c < utf8.RuneSelf {
			if small := plainWord[c]; small != 0 {
				s.take(1)
				s.word = append(s.word, small)
			} else if s.at++; len(s.word) > 0 {
				s.at--
				return true
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		switch kind := kindOfRune(r); {
		case kind == loneRune && len(s.word) > 0:
			return true
		case kind == loneRune:
			s.take(size)
			s.word, s.lone = appendFolded(s.word, r), true
			s.takeMarks()
			return true
		case kind == wordRune:
			s.take(size)
			s.word = appendFolded(s.word, r)
		case kind == markRune && len(s.word) > 0:
			s.take(size)
			if !unwritten(r) {
				s.word = utf8.AppendRune(s.word, r)
			}
		case len(s.word) > 0:
			return true
		default:
			s.at += size
		}
	}
	return len(s.word) > 0
}

// takeMarks takes what is written above, below and behind a character, which
// search does not tell apart.
func (s *scan) takeMarks() {
	for {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !unicode.IsMark(r) {
			return
		}
		s.take(size)
	}
}

func (s *scan) take(size int) {
	if len(s.word) == 0 {
		s.from = s.at
	}
	s.at += size
	s.to = s.at
}

// plainWord is the small form of the letters and digits of ASCII, and 0 for
// everything that parts words.
var plainWord = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		switch {
		case 'A' <= c && c <= 'Z':
			t[c] = byte(c) + 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			t[c] = byte(c)
		}
	}
	return t
}()

type runeKind uint8

const (
	noRune   runeKind = iota // it parts words
	wordRune                 // of a word
	markRune                 // of a word that has begun
	loneRune                 // a word of its own
)

func kindOfRune(r rune) runeKind {
	switch {
	case r == utf8.RuneError:
		return noRune
	case r < 0x300: // most of what is written, cheaply
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return wordRune
		}
		return noRune
	case unicode.IsMark(r):
		return markRune
	case !unicode.IsLetter(r) && !unicode.IsNumber(r):
		return noRune
	case r >= 0xe00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)):
		return loneRune
	}
	return wordRune
}

// unwritten reports whether a mark is an accent, or a vowel sign of Hebrew or
// Arabic, which people leave out as they like.
func unwritten(r rune) bool {
	return r < 0x370 || 0x591 <= r && r <= 0x5c7 || 0x64b <= r && r <= 0x65f || r == 0x670
}

// appendFolded appends a letter or digit as it is looked for.
func appendFolded(b []byte, r rune) []byte {
	if 0xff01 <= r && r <= 0xff5e { // as wide as a Chinese character
		r -= 0xff01 - '!'
	}
	r = unicode.ToLower(r)
	if r >= 0x80 {
		if plain, ok := unaccented()[r]; ok {
			return append(b, plain...)
		}
	}
	return utf8.AppendRune(b, r)
}

// unaccented are letters with what they are without their accents, where Unicode
// takes them apart that way, and a few that people write for each other.
var unaccented = sync.OnceValue(func() map[rune]string {
	m := map[rune]string{}
	for plain, accented := range map[string]string{
		"a":  "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặª",
		"ae": "æǽǣ",
		"b":  "ḃḅḇƀ",
		"c":  "çćĉċčḉ",
		"d":  "ďḋḍḏḑḓđð",
		"e":  "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
		"f":  "ḟ",
		"g":  "ĝğġģǧǵḡ",
		"h":  "ĥȟḣḥḧḩḫẖħ",
		"i":  "ìíîïĩīĭįǐȉȋḭḯỉịı",
		"ij": "ĳ",
		"j":  "ĵǰ",
		"k":  "ķǩḱḳḵ",
		"l":  "ĺļľḷḹḻḽł",
		"m":  "ḿṁṃ",
		"n":  "ñńņňǹṅṇṉṋ",
		"o":  "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợøǿº",
		"oe": "œ",
		"p":  "ṕṗ",
		"r":  "ŕŗřȑȓṙṛṝṟ",
		"s":  "ẛśŝşšșṡṣṥṧṩſ",
		"ss": "ßẞ",
		"t":  "ţťțṫṭṯṱẗŧ",
		"th": "þ",
		"u":  "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
		"v":  "ṽṿ",
		"w":  "ŵẁẃẅẇẉẘ",
		"x":  "ẋẍ",
		"y":  "ýÿŷȳẏẙỳỵỷỹ",
		"z":  "źżžẑẓẕ",
		"ʒ":  "ǯ",
		"α":  "άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ",
		"ε":  "έἐἑἒἓἔἕὲέ",
		"η":  "ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ",
		"ι":  "ίΐϊἰἱἲἳἴἵἶἷὶίῐῑῒΐῖῗ",
		"ο":  "όὀὁὂὃὄὅὸό",
		"ρ":  "ῤῥ",
		"σ":  "ς",
		"υ":  "ύϋΰὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ",
		"ω":  "ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ",
		"ϒ":  "ϓϔ",
		"г":  "ѓ",
		"е":  "ѐё",
		"и":  "ѝй", "і": "ї",
		"к": "ќ",
		"у": "ў",
	} {
		for _, r := range accented {
			m[r] = plain
		}
	}
	return m
})
