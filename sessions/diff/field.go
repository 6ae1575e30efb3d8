package diff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// lay makes segments of two texts and pairs them: the fields of JSON by path,
// everything else in order. It is false if the texts are too large.
func (x *lexicon) lay(left, right string) (l, r []segment, places []place, isJSON, ok bool) {
	lj, leftIs := findJSON(left)
	rj, rightIs := findJSON(right)
	if !leftIs || !rightIs {
		l, r = x.segments(left), x.segments(right)
		pairs, ok := align(x, l, r)
		return l, r, arrange(pairs, len(r)), false, ok
	}
	ok = true
	add := func(ls, rs []segment, some []place) {
		for i, p := range some {
			if i == 0 && p.left >= 0 { // what is said around a block is not of its paragraph
				ls[p.left].opens = len(places) > 0
			}
			if i == 0 && p.right >= 0 {
				rs[p.right].opens = len(places) > 0
			}
			if p.left >= 0 {
				p.left += len(l)
			}
			if p.right >= 0 {
				p.right += len(r)
			}
			places = append(places, p)
		}
		l, r = append(l, ls...), append(r, rs...)
	}
	prose := func(left, right string) {
		ls, rs := x.segments(left), x.segments(right)
		pairs, fits := align(x, ls, rs)
		ok = ok && fits
		add(ls, rs, arrange(pairs, len(rs)))
	}
	prose(lj.before, rj.before)
	for _, fields := range [][]segment{lj.fields, rj.fields} {
		for i := range fields {
			fields[i].tokens = x.tokens(fields[i].text, 0, len(fields[i].text))
		}
	}
	some, fits := x.match(lj.fields, rj.fields)
	ok = ok && fits
	add(lj.fields, rj.fields, some)
	prose(lj.after, rj.after)
	return l, r, places, true, ok
}

func (x *lexicon) segments(text string) []segment {
	all := split(text)
	for i := range all {
		all[i].tokens = x.tokens(all[i].text, 0, len(all[i].text))
	}
	return all
}

// A found is the JSON in a text.
type found struct {
	before, after string // that block
	fields        []segment
}

// findJSON reads a text that is an object or an array as a whole, or else its
// first fenced block that is one.
func findJSON(text string) (found, bool) {
	if fields, ok := readJSON(text); ok {
		return found{fields: fields}, true
	}
	fence, open, from := "", 0, 0
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := strings.TrimSpace(text[at:end])
		switch mark := fenceOf(line); {
		case fence == "" && mark != "":
			fence, open, from = mark, at, end
		case fence != "" && mark == line && strings.HasPrefix(mark, fence):
			if fields, ok := readJSON(text[from:at]); ok {
				return found{text[:open], text[end:], fields}, true
			}
			fence = ""
		}
		at = end
	}
	return found{}, false
}

const (
	deepest    = 100      // levels of JSON that are read
	spareBytes = 64 << 10 // that paths may take together beyond what the text itself takes
)

// readJSON lists the fields of an object or an array in their order: a segment
// per scalar and per empty object or array. What is nested so deep that its
// paths would take much more room than the text is not read.
func readJSON(text string) ([]segment, bool) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' || !json.Valid([]byte(text)) {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	r := reader{dec: dec, room: 4*len(text) + spareBytes}
	return r.out, r.value("", false, 0)
}

// A reader reads JSON that is valid.
type reader struct {
	dec  *json.Decoder
	out  []segment
	room int // bytes that paths may still take
}

func (r *reader) value(path string, inArray bool, depth int) bool {
	t, err := r.dec.Token()
	if err != nil || depth > deepest {
		return false
	}
	d, nested := t.(json.Delim)
	switch {
	case !nested:
		if inArray {
			path = path[:strings.LastIndexByte(path, '[')] + "[]"
		}
		return r.add(path, t)
	case !r.dec.More():
		_, _ = r.dec.Token()
		return r.add(path, t)
	}
	for i := 0; r.dec.More(); i++ {
		var next string
		if d == '{' {
			key, err := r.dec.Token()
			if err != nil {
				return false
			}
			next = path + step(path, key.(string))
		} else {
			next = path + "[" + strconv.Itoa(i) + "]"
		}
		if r.room -= len(next); r.room < 0 || !r.value(next, d == '[', depth+1) {
			return false
		}
	}
	_, err = r.dec.Token()
	return err == nil
}

// step is what a key adds to a path.
func step(path, key string) string {
	for _, c := range key {
		if classOf(c) != part {
			return "[" + strconv.Quote(key) + "]"
		}
	}
	switch {
	case key == "":
		return `[""]`
	case path == "":
		return key
	}
	return "." + key
}

func (r *reader) add(path string, t json.Token) bool {
	literal, value := "null", "null"
	switch v := t.(type) {
	case json.Delim:
		literal = map[json.Delim]string{'{': "{}", '[': "[]"}[v]
		value = literal
	case string:
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if enc.Encode(v) != nil {
			return false
		}
		literal, value = visible(strings.TrimSuffix(b.String(), "\n")), `"`+strings.Join(strings.Fields(v), " ")
	case json.Number:
		literal, value = v.String(), decimal(v.String())
	case bool:
		literal = strconv.FormatBool(v)
		value = literal
	}
	text := literal
	if path != "" {
		text = path + ": " + literal
	}
	r.out = append(r.out, segment{text: text, kind: field, path: path, value: value})
	return true
}

// visible is a literal with an escape for all that is not seen or acts on a
// terminal: "\u009b" is harmless in the text of an answer, and what it stands for
// is not.
func visible(literal string) string {
	hidden := func(r rune) bool { return !strconv.IsPrint(r) }
	if strings.IndexFunc(literal, hidden) < 0 {
		return literal
	}
	var b strings.Builder
	for _, r := range literal {
		if !hidden(r) {
			b.WriteRune(r)
			continue
		}
		for _, u := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
	}
	return b.String()
}

func sameField(a, b segment) bool { return a.path == b.path && a.value == b.value }

// match pairs fields by path, whatever their order; elements of an array of
// scalars by value, as the lines of a text are. Left ones keep their order, and
// what only the right has stands after what it follows there.
func (x *lexicon) match(left, right []segment) ([]place, bool) {
	byPath := map[string]*[2][]int{}
	for side, fields := range [][]segment{left, right} {
		for i, f := range fields {
			if byPath[f.path] == nil {
				byPath[f.path] = &[2][]int{}
			}
			byPath[f.path][side] = append(byPath[f.path][side], i)
		}
	}
	partner, taken := make([]int, len(left)), make([]bool, len(right))
	for i := range partner {
		partner[i] = -1
	}
	for _, at := range byPath {
		numbers := map[string]int32{}
		var values [2][]int32
		for side, fields := range [][]segment{left, right} {
			for _, i := range at[side] {
				n, ok := numbers[fields[i].value]
				if !ok {
					n = int32(len(numbers))
					numbers[fields[i].value] = n
				}
				values[side] = append(values[side], n)
			}
		}
		pairs, ok := x.common(values[0], values[1])
		if !ok {
			return nil, false
		}
		for _, p := range arrange(pairs, len(at[1])) {
			if p.left >= 0 && p.right >= 0 {
				partner[at[0][p.left]] = at[1][p.right]
				taken[at[1][p.right]] = true
			}
		}
	}
	var places []place
	follow := func(r int) {
		for ; r < len(right) && !taken[r]; r++ {
			places = append(places, place{left: -1, right: r})
		}
	}
	follow(0)
	for i, p := range partner {
		places = append(places, place{i, p, p >= 0})
		if p >= 0 {
			follow(p + 1)
		}
	}
	return places, true
}
