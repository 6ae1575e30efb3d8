package diff

import (
	"strconv"
	"strings"
	"unicode"
)

// decimal is a number as JSON writes it in a form that is the same for the same
// value: 1.0, 1 and 10e-1 are all 1.
func decimal(literal string) string {
	mantissa, exponent := strings.ToLower(literal), 0
	if m, e, ok := strings.Cut(mantissa, "e"); ok {
		n, err := strconv.Atoi(e)
		if err != nil || n > 1e9 || n < -1e9 {
			return literal
		}
		mantissa, exponent = m, n
	}
	negative := strings.HasPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent -= len(fraction)
	bare := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(bare)
	switch {
	case bare == "":
		return "0"
	case exponent >= 0 && exponent <= 20:
		bare += strings.Repeat("0", exponent)
	case exponent < 0 && -exponent < len(bare):
		bare = bare[:len(bare)+exponent] + "." + bare[len(bare)+exponent:]
	case exponent < 0 && exponent >= -20:
		bare = "0." + strings.Repeat("0", -exponent-len(bare)) + bare
	default:
		bare += "e" + strconv.Itoa(exponent)
	}
	if negative {
		return "-" + bare
	}
	return bare
}

// numberOf reads a word that is a number as people write it: 1,000 and 1 000
// and 1'000 are 1000, 3,14 is 3.14, 20th is 20, 5km is 5. A comma or a point
// before three digits groups thousands if it is a comma, or if there are more
// of its kind.
func numberOf(word string) (string, bool) {
	var digits strings.Builder
	rest := ""
	for i, r := range word {
		d, ok := digitOf(r)
		switch {
		case ok:
			digits.WriteByte(byte('0' + d))
		case digits.Len() == 0:
			return "", false
		case strings.ContainsRune(".,'’\u00a0\u202f", r):
			digits.WriteRune(r)
		default:
			rest = word[i:]
		}
		if rest != "" {
			break
		}
	}
	const unit = 3 // letters of one that is written without a space
	if digits.Len() == 0 || len(rest) > unit || strings.ContainsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return "", false
	}
	s := digits.String()
	for _, group := range []string{"'", "’", "\u00a0", "\u202f"} {
		s = strings.ReplaceAll(s, group, "")
	}
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case points > 0 && commas > 0 && strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.') && commas == 1:
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1) // 1.234,5
	case grouped(s, ","):
		s = strings.ReplaceAll(s, ",", "")
	case points > 1 && grouped(s, "."):
		s = strings.ReplaceAll(s, ".", "")
	case commas == 1 && points == 0:
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.Count(s, ".") > 1 || strings.Contains(s, ",") {
		return s, true // a version, an address: as it is written
	}
	return decimal(s), true
}

// grouped reports whether a separator stands before groups of three digits
// only, the last of which a fraction may follow.
func grouped(s, separator string) bool {
	whole := s
	if separator == "," {
		whole, _, _ = strings.Cut(s, ".")
	}
	parts := strings.Split(whole, separator)
	for i, p := range parts {
		if i > 0 && len(p) != 3 || i == 0 && (p == "" || len(p) > 3) {
			return false
		}
	}
	return len(parts) > 1
}

// digitOf is the value of a decimal digit of the scripts that are met most.
func digitOf(r rune) (int, bool) {
	for _, zero := range []rune{'0', '\u0660', '\u06f0', '\u0966', '\u09e6', '\uff10'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}
