package sessions

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"juxta/providers"
)

// A Query is what is looked for in the store. The zero value is every session.
//
//	walnut sideboard     both words, in one turn (its question, answers and note) or the session's title and tags
//	walnut*              words that begin so
//	"walnut sideboard"   the words in a row
//	-walnut              turns without the word; not every filter's opposite is worth much, but all have one
//	model:qwen           a column has such a model
//	tag:pins             the session has the tag
//	has:image            and has:vote, has:note
//	vote:qwen            a turn's vote went to such a model; or vote:blind, vote:open, vote:tie, vote:bad (none was good)
//	after:2026-03-01     last used on that day or later; a month, a year, today, yesterday, and 7d for seven days ago, too
//	before:2026-03       last used before
//	cost>0.05  cost<1    dollars, of sessions whose cost is shown
//	is:pinned            and is:archived, without which archived sessions are left out
//
// A filter's value may stand in quotes. Several filters all hold.
type Query struct {
	words   []phrase // what a turn has
	without []phrase // what it has not
	filters []filter
}

// A phrase is words in a row; one word is a row, too.
type phrase []wanted

// wanted is a word as [scan] gives it.
type wanted struct {
	word   string
	lone   bool
	prefix bool // of the word that is looked for
}

// A filter is a condition on a session or, of a vote, on a turn.
type filter struct {
	part  string // as it was written
	key   string // "model", "cost>"
	not   bool
	value string // folded, of a model, a tag or a vote
	when  time.Time
	money providers.Money
}

// A QueryError is a query that can't be understood.
type QueryError struct {
	Part string // of the query, as it was written
	Why  string // with what to write instead
}

func (e *QueryError) Error() string { return fmt.Sprintf("%.80q: %s", e.Part, e.Why) }

const (
	mostParts  = 32 // of a query
	mostPhrase = 64 // words of a phrase
)

// ParseQuery reads a query. Its error is a [*QueryError].
func ParseQuery(text string) (Query, error) { return parseQuery(text, false) }

// ParseTyping reads a query that is being typed: its last word may go on, and
// what is not finished is left out for now. Its error is a [*QueryError].
func ParseTyping(text string) (Query, error) { return parseQuery(text, true) }

func parseQuery(text string, typing bool) (q Query, err error) {
	parts := 0
	for rest := strings.TrimLeftFunc(text, unicode.IsSpace); rest != ""; parts++ {
		var part string
		part, rest = cutPart(rest)
		open := typing && rest == "" // somebody may still be in it
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if err := q.add(part, open); err != nil {
			return Query{}, err
		}
	}
	switch {
	case parts > mostParts:
		return Query{}, &QueryError{text, fmt.Sprintf("that is more than %d parts", mostParts)}
	case len(q.without) > 0 && len(q.words) == 0:
		return Query{}, &QueryError{text, "add a word that is to be found: there is only what is not"}
	}
	return q, nil
}

// cutPart cuts at the first space that is not in quotes.
func cutPart(s string) (part, rest string) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// Empty reports whether the query is every session.
func (q *Query) Empty() bool { return len(q.words)+len(q.filters) == 0 }

func (q *Query) add(part string, open bool) error {
	bare, not := strings.CutPrefix(part, "-")
	if bare == "" || bare == `"` || bare == `""` {
		if open {
			return nil
		}
		return &QueryError{part, "there is no word in it"}
	}
	if key, value, ok := cutKey(bare); ok {
		return q.addFilter(filter{part: part, key: key, not: not}, value, open)
	}
	text, quoted := strings.CutPrefix(bare, `"`)
	if quoted {
		closed := false
		text, closed = strings.CutSuffix(text, `"`)
		if !closed && !open {
			return &QueryError{part, `the quotes are not closed: end it with "`}
		}
		open = open && !closed
	}
	p := phraseOf(text)
	switch {
	case len(p) == 0 && open:
		return nil
	case len(p) == 0:
		return &QueryError{part, "there is no word in it to look for"}
	case len(p) > mostPhrase:
		return &QueryError{part, fmt.Sprintf("that is more than %d words in a row", mostPhrase)}
	}
	if last := &p[len(p)-1]; !last.lone && !endsPlain(text) {
		last.prefix = open || strings.HasSuffix(text, "*")
	}
	if not {
		q.without = append(q.without, p)
	} else {
		q.words = append(q.words, p)
	}
	return nil
}

// endsPlain reports whether a text ends with something that ends a word.
func endsPlain(text string) bool {
	r := []rune(strings.TrimSuffix(text, "*"))
	return len(r) == 0 || kindOfRune(r[len(r)-1]) == noRune
}

func phraseOf(text string) (p phrase) {
	for s := (scan{text: text}); s.next(); {
		p = append(p, wanted{word: string(s.word), lone: s.lone})
	}
	return p
}

// The keys of filters, and what is to be written after them.
const (
	modelHelp = "write part of a model's name: model:qwen"
	tagHelp   = "write a tag: tag:pins"
	hasHelp   = "write has:image, has:vote or has:note"
	voteHelp  = "write a model, or vote:blind, vote:open, vote:tie or vote:bad"
	dateHelp  = "write a day, a month or a year as 2026-03-01, 2026-03 or 2026, today, yesterday, or 7d for seven days ago"
	costHelp  = "write dollars: cost>0.05"
	isHelp    = "write is:pinned or is:archived"
	keysHelp  = `juxta knows model:, tag:, has:, vote:, after:, before:, cost>, cost< and is:; put it in quotes ("…") to look for the text`
)

// cutKey takes a filter apart: letters and a colon, or one of the comparisons.
// An address is none.
func cutKey(part string) (key, value string, ok bool) {
	i := strings.IndexFunc(part, func(r rune) bool { return r < 'A' || 'Z' < r && r < 'a' || 'z' < r })
	if i <= 0 {
		return "", "", false
	}
	key, value = strings.ToLower(part[:i]), part[i+1:]
	switch {
	case part[i] == ':' && value == "" && !slices.Contains([]string{"model", "tag", "has", "vote", "after", "before", "cost", "is"}, key):
		return "", "", false // "Note:", as people write
	case part[i] == ':':
		return key, value, !strings.HasPrefix(value, "//")
	case (part[i] == '>' || part[i] == '<') && key == "cost":
		return key + part[i:i+1], value, true
	}
	return "", "", false
}

func (q *Query) addFilter(f filter, value string, open bool) error {
	if strings.HasPrefix(value, `"`) {
		closed := false
		if value, closed = strings.CutSuffix(value[1:], `"`); !closed && !open {
			return &QueryError{f.part, `the quotes are not closed: end it with "`}
		}
	}
	help, err := f.read(value)
	switch {
	case help == "":
		q.filters = append(q.filters, f)
	case open && f.begins(value):
	case err != nil:
		return &QueryError{f.part, err.Error() + "; " + help}
	default:
		return &QueryError{f.part, help}
	}
	return nil
}

// read takes in what is written behind a filter's key. What it can't read it
// answers with what to write.
func (f *filter) read(value string) (help string, err error) {
	f.value = folded(value)
	oneOf := func(help string, values ...string) (string, error) {
		if !slices.Contains(values, f.value) {
			return help, nil
		}
		return "", nil
	}
	switch f.key {
	case "model", "tag", "vote":
		if f.value == "" {
			return map[string]string{"model": modelHelp, "tag": tagHelp, "vote": voteHelp}[f.key], nil
		}
	case "has":
		return oneOf(hasHelp, "image", "vote", "note")
	case "is":
		return oneOf(isHelp, "pinned", "archived")
	case "after", "before":
		when, ok := day(strings.ToLower(value), time.Now())
		if !ok {
			return dateHelp, nil
		}
		f.when = when
	case "cost>", "cost<":
		f.money, err = providers.ParseDollars(strings.TrimPrefix(value, "$"))
		if err != nil {
			return costHelp, err
		}
	case "cost":
		return "write cost>0.05 or cost<1", nil
	default:
		return keysHelp, nil
	}
	return "", nil
}

// begins reports whether a value that can't be read may be the beginning of one
// that can.
func (f *filter) begins(value string) bool {
	if value == "" {
		return true
	}
	starts := func(values ...string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, strings.ToLower(value)) })
	}
	switch f.key {
	case "has":
		return starts("image", "vote", "note")
	case "is":
		return starts("pinned", "archived")
	case "after", "before":
		return starts("today", "yesterday") || strings.Trim(value, "0123456789-") == "" && len(value) < len(time.DateOnly)
	case "cost>", "cost<":
		return value == "$" || value == "."
	}
	return false
}

// folded is a text of which only what search can see is left: its words, with a
// space between.
func folded(text string) string {
	var b []byte
	for s := (scan{text: text}); s.next(); {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, s.word...)
	}
	return string(b)
}

// day is the beginning of a day, where the person lives.
func day(value string, now time.Time) (time.Time, bool) {
	y, m, d := now.Date()
	back := func(days int) (time.Time, bool) { return time.Date(y, m, d-days, 0, 0, 0, 0, now.Location()), true }
	switch value {
	case "today":
		return back(0)
	case "yesterday":
		return back(1)
	}
	if n, ok := strings.CutSuffix(value, "d"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days < 0 || days > math.MaxInt16 {
			return time.Time{}, false
		}
		return back(days)
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.ParseInLocation(layout, value, now.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
