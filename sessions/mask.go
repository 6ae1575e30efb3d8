package sessions

import (
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"juxta/providers"
)

// Masked stands for a name in an answer that must not tell who gave it. It is
// as long as any other, because a length would tell, too.
const Masked = "▒▒▒"

// A mask hides the names by which the answers of one turn could give away who
// wrote them: those of models, families and makers, and those that the columns
// have themselves.
//
// Names that mean nothing else are hidden wherever they stand; "Llama" and
// "Gemini" where they are written as names; "Google", "Phi" and what the
// question itself names only where a sentence speaks of who wrote it ("I was
// trained by Google"). The same holds for all of them in code and addresses,
// which would no longer be what they were.
type mask struct {
	own   map[string]certainty // of the columns
	asked map[string]bool      // those that the question names
}

func newMask(question string, refs []providers.Ref, served []string) *mask {
	m := &mask{own: map[string]certainty{}}
	for _, r := range refs {
		m.model(r.Model)
		m.add(r.Provider, word)
		m.add(r.String(), sure)
	}
	for _, s := range served {
		m.model(s)
	}
	asked := map[string]bool{}
	for _, n := range m.names(question) {
		asked[n.key] = true
	}
	m.asked = asked
	return m
}

// model takes in a model's name as services have it: "qwen/qwen3-vl:8b".
func (m *mask) model(name string) {
	m.add(name, sure)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		for owner := range strings.SplitSeq(name[:i], "/") {
			m.add(owner, word)
		}
		name = name[i+1:]
		m.add(name, sure)
	}
	if i := strings.IndexByte(name, ':'); i > 0 {
		m.add(name[:i], sure)
	}
}

// add takes in a name in the ways in which it may be written. One that is a word
// like others, such as "swift", is hidden only where the text speaks of itself.
func (m *mask) add(name string, c certainty) {
	key := ""
	for _, w := range wordsOf(name) {
		key += w.small
	}
	if utf8.RuneCountInString(key) < 2 || strings.Trim(key, "0123456789") == "" {
		return
	}
	if strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
		c = word
	}
	m.own[key] = max(c, modelNames[key], m.own[key])
}

// text is s with its names hidden, and how many were.
func (m *mask) text(s string) (string, int) {
	asWritten := s
	s = unescaped(s)
	found := m.names(s)
	if len(found) == 0 {
		return asWritten, 0
	}
	code := codeIn(s)
	var b strings.Builder
	at, n, doubts := 0, 0, 0
	for i, f := range found {
		if i < mostNames && doubts < mostDoubts && m.certainty(s, f, code) == word {
			if doubts++; !ofItself(s, f) {
				continue
			}
		}
		b.WriteString(s[at:f.from])
		b.WriteString(Masked)
		at = f.to
		n++
	}
	b.WriteString(s[at:])
	return b.String(), n
}

// escaped are the letters, digits and signs of names as JSON may spell them.
var escaped = pattern(`\\u00(?:2[dDeEfF]|3[0-9aA]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])`)

// unescaped is s with what names are made of spelled out: a name that JSON
// escapes is one again where somebody reads the JSON.
func unescaped(s string) string {
	if !strings.Contains(s, `\u00`) {
		return s
	}
	return escaped().ReplaceAllStringFunc(s, func(e string) string {
		code, _ := strconv.ParseUint(e[2:], 16, 8)
		return string(rune(code))
	})
}

// How many names of a text are looked at, and how many of their sentences are
// read, which takes a tenth of a millisecond each. A text made of nothing but
// names must not keep the screen waiting: what comes after is masked unread.
const (
	mostNames  = 1000
	mostDoubts = 200
)

// certainty is how sure it is that a name at its place is a model's, so that it
// gives the writer away.
func (m *mask) certainty(s string, f named, code []stretch) certainty {
	r, _ := utf8.DecodeRuneInString(s[f.from:])
	small := unicode.IsLower(r) && !strings.ContainsAny(s[f.from:f.to], "0123456789")
	if m.asked[f.key] || f.certainty == proper && small || within(code, f.from) || inAddress(s, f) {
		return word
	}
	return f.certainty
}

// A named is a name at its place in a text.
type named struct {
	from, to  int
	key       string
	certainty certainty
}

// mostWords is how many words of a text a name may have.
const mostWords = 8

// names finds all names in s, the longest at each place.
func (m *mask) names(s string) []named {
	var found []named
	ws := wordsOf(s)
	for i := 0; i < len(ws); i++ {
		if n, next, ok := m.name(s, ws, i); ok {
			found = append(found, n)
			i = next - 1
			continue
		}
		if r, _ := utf8.DecodeRuneInString(ws[i].small); r >= 0x3000 {
			found = append(found, inHan(s, ws[i])...)
		}
	}
	return found
}

// name is the longest name that begins with word i, and the word after it.
func (m *mask) name(s string, ws []token, i int) (best named, next int, ok bool) {
	var spaced, bare string // the words so far, with the spaces that are written and without any
	for k := i; k < min(i+mostWords, len(ws)); k++ {
		gap := ""
		if k > i {
			if gap = s[ws[k-1].to:ws[k].from]; !joins(gap) {
				break
			}
		}
		if gap != " " {
			gap = ""
		}
		w := ws[k].small
		for _, part := range []string{letters(w), w} { // "gpt" of "gpt4o", too
			if c, known := m.certain(spaced+gap+part, bare+part); known && part != "" {
				best, next, ok = named{ws[i].from, ws[k].to, bare + part, c}, k+1, true
			}
		}
		spaced, bare = spaced+gap+w, bare+w
	}
	if ok {
		best.to, next = extend(s, ws, next)
	}
	return best, next, ok
}

// certain looks a name up. Those of columns are found however their parts are
// set apart, if there is a number among them: "open AI" is no OpenAI.
func (m *mask) certain(spaced, bare string) (certainty, bool) {
	c, known := modelNames[spaced]
	own, is := m.own[spaced]
	if !is && strings.ContainsAny(bare, "0123456789") {
		own, is = m.own[bare]
	}
	return max(c, own), known || is
}

// joins reports whether what stands between two words may stand in a name.
func joins(gap string) bool {
	switch gap {
	case "-", "_", ".", "/", ":", " ", "‑", "–", "\u00a0":
		return true
	}
	return false
}

// extend takes the version and the size behind a name into it: "3.5 Sonnet",
// "-72B-Instruct". next is the word after it.
func extend(s string, ws []token, next int) (to, then int) {
	to = ws[next-1].to
	for ; next < len(ws); next++ {
		gap, w := s[to:ws[next].from], ws[next]
		if !joins(gap) || gap == "/" {
			break
		}
		digit := isVersion(w.small)
		switch {
		case gap == "." && !(digit && endsInDigit(s[:to])):
			return to, next
		case digit, variants[w.small] && (gap == "-" || gap == "_"):
		case variants[w.small] && w.capital && gap != ":" && gap != ".":
		default:
			return to, next
		}
		to = w.to
	}
	return to, next
}

func endsInDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }

// isVersion reports whether a word is a number, with a letter or two around it
// at the most: "4o", "v3", "72b", "20250514".
func isVersion(w string) bool {
	digits := strings.IndexAny(w, "0123456789")
	return digits >= 0 && digits <= 1 && len(letters(strings.TrimLeft(w[digits:], "0123456789x"))) <= 2
}

// inHan finds names within a run of characters that has no spaces.
func inHan(s string, w token) []named {
	var found []named
	for at := w.from; at < w.to; {
		longest := named{}
		for name, c := range modelNamesInHan {
			if strings.HasPrefix(s[at:w.to], name) && at+len(name) > longest.to {
				longest = named{at, at + len(name), name, c}
			}
		}
		if longest.to > 0 {
			found, at = append(found, longest), longest.to
			continue
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
	return found
}

// A token is a run of letters and digits in a text. Han and the letters of other
// scripts are runs of their own, because they are written without a space beside
// a name in Latin letters.
type token struct {
	from, to int
	small    string // as it is looked up
	capital  bool
}

func wordsOf(s string) []token {
	var ws []token
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			i += n
			continue
		}
		latin := inLatin(r)
		w := token{from: i, capital: unicode.IsUpper(r)}
		var small []byte
		for i < len(s) {
			r, n = utf8.DecodeRuneInString(s[i:])
			if unicode.Is(unicode.Cf, r) || unicode.IsMark(r) { // what nobody sees does not hide a name
				i += n
				continue
			}
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) || inLatin(r) != latin {
				break
			}
			small = utf8.AppendRune(small, unicode.ToLower(r))
			i += n
			w.to = i
		}
		w.small = string(small)
		ws = append(ws, w)
	}
	return ws
}

func inLatin(r rune) bool { return r < utf8.RuneSelf || unicode.Is(unicode.Latin, r) }

// letters is what a word begins with before its first digit.
func letters(w string) string {
	if i := strings.IndexAny(w, "0123456789"); i >= 0 {
		return w[:i]
	}
	return w
}

// A stretch is a part of a text.
type stretch struct{ from, to int }

// within reports whether a place is in one of the stretches, which are in order.
func within(all []stretch, at int) bool {
	i := sort.Search(len(all), func(i int) bool { return all[i].to > at })
	return i < len(all) && all[i].from <= at
}

// codeIn finds what Markdown shows as code: between fences, and between
// backticks on a line.
func codeIn(s string) []stretch {
	var all []stretch
	fence, began, at := "", 0, 0
	for line := range strings.Lines(s) {
		bare := strings.TrimLeft(line, " \t>")
		switch {
		case fence != "" && strings.HasPrefix(bare, fence) && strings.Trim(bare, fence[:1]+" \t\r\n") == "":
			all, fence = append(all, stretch{began, at + len(line)}), ""
		case fence != "":
		case strings.HasPrefix(bare, "```"), strings.HasPrefix(bare, "~~~"):
			fence, began = bare[:len(bare)-len(strings.TrimLeft(bare, bare[:1]))], at
		default:
			all = append(all, spansIn(line, at)...)
		}
		at += len(line)
	}
	if fence != "" {
		all = append(all, stretch{began, len(s)})
	}
	return all
}

// spansIn finds code in a line that begins at the given place of its text.
func spansIn(line string, at int) []stretch {
	var all []stretch
	for i := 0; i < len(line); {
		if line[i] != '`' {
			i++
			continue
		}
		ticks := line[i : len(line)-len(strings.TrimLeft(line[i:], "`"))]
		end := strings.Index(line[i+len(ticks):], ticks)
		if end < 0 {
			i += len(ticks)
			continue
		}
		to := i + 2*len(ticks) + end
		all = append(all, stretch{at + i, at + to})
		i = to
	}
	return all
}

// address is what is not prose but something to follow or to type.
var address = pattern(`(?i)://|^www\.|@|\\|[\pL\pN]_[\pL\pN]|\.(com|ai|org|net|io|dev|cn|py|js|ts|go|md|json|ya?ml|toml)\b`)

// inAddress reports whether a name is part of a URL, an e-mail address, a file's
// name or an identifier.
func inAddress(s string, f named) bool {
	const ends = " \t\n\"'“”‘’<>()[]{}|,;*`"
	before := s[max(f.from-mostApart, 0):f.from]
	if i := strings.LastIndexAny(before, ends); i >= 0 {
		_, n := utf8.DecodeRuneInString(before[i:])
		before = before[i+n:]
	}
	behind := s[f.from:min(f.to+mostApart, len(s))]
	if i := strings.IndexAny(behind[f.to-f.from:], ends); i >= 0 {
		behind = behind[:f.to-f.from+i]
	}
	return address().MatchString(strings.Trim(before+behind, "_.!?:"))
}
