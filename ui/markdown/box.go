package markdown

import "strings"

// level is the depth of b, 0 for none.
func (b *box) level() int {
	if b == nil {
		return 0
	}
	return b.depth
}

// chain writes b and what it stands in, outermost first, and returns how many.
func (b *box) chain(to *[maxDepth]*box) int {
	n := b.level()
	for ; b != nil; b = b.up {
		to[b.depth-1] = b
	}
	return n
}

// matches reports whether a line goes on in b, and how much of it is b's.
// CommonMark wants an item's content under its first character; people and
// models indent by two or three also under "10. ", so two past the marker do.
// What such a line is short of b's indent is its debt: columns in b are counted
// as if it were there.
func (b *box) matches(s string, debt int) (size, short int, ok bool) {
	spaces := runLength(s, ' ')
	if b.quote {
		if spaces > 3 || spaces == len(s) || s[spaces] != '>' {
			return 0, 0, false
		}
		size = spaces + 1
		if size < len(s) && s[size] == ' ' {
			size++
		}
		return size, 0, true
	}
	if spaces < len(s) && spaces-debt < min(b.indent, b.offset+2) {
		return 0, 0, false
	}
	size = max(0, min(spaces, b.indent+debt))
	return size, max(0, b.indent+debt-size), true
}

func (b *box) ordered() bool { return b.bullet == '.' || b.bullet == ')' }

// inItem reports whether b is an item or stands in one.
func (b *box) inItem() bool {
	for ; b != nil; b = b.up {
		if !b.quote {
			return true
		}
	}
	return false
}

// bullets is how many unordered lists b stands in.
func (b *box) bullets() int {
	n := 0
	for ; b != nil; b = b.up {
		if !b.quote && !b.ordered() {
			n++
		}
	}
	return n
}

// common is the innermost box that holds both.
func common(a, b *box) *box {
	for a.level() > b.level() {
		a = a.up
	}
	for b.level() > a.level() {
		b = b.up
	}
	for a != b {
		a, b = a.up, b.up
	}
	return a
}

// A prefix is what stands before a row: styled text and its width.
type prefix struct {
	text  string
	width int
}

// prefixes are what stands before the first row in b and before the others. Of
// deep nesting in a narrow pane the outer boxes are left out, so that at least
// roomy cells, or the whole width, remain.
func (b *box) prefixes(st *Styles, fresh, width int) (first, rest prefix) {
	const roomy = 12
	var chain [maxDepth]*box
	n := b.chain(&chain)
	total := 0
	for _, x := range chain[:n] {
		total += x.hanging
	}
	skip := 0
	for ; skip < n && width-total < min(roomy, width); skip++ {
		total -= chain[skip].hanging
	}
	if skip == n {
		return prefix{}, prefix{}
	}
	var one, all strings.Builder
	for _, x := range chain[skip:n] {
		indent := strings.Repeat(" ", x.hanging)
		if x.quote {
			indent = dye(st, marker, x.first)
		}
		all.WriteString(indent)
		if !x.quote && x.depth >= fresh {
			indent = dye(st, marker, x.first)
		}
		one.WriteString(indent)
	}
	return prefix{one.String(), total}, prefix{all.String(), total}
}

// dye is s in one look.
func dye(st *Styles, lk look, s string) string {
	if seq := st.begin(lk); seq != "" {
		return seq + s + end
	}
	return s
}
