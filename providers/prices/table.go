package prices

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"
)

// A Table is a price list: sections of rows, by service. Its text is
//
//	[openai]
//	# prices are dollars per million tokens
//	source a 2026-11-05 https://developers.openai.com/api/docs/pricing
//
//	gpt-4.1 in=2 read=0.5 out=8 tier:batch=1/2 context=1047576 can=images from=a
//	gpt-5.5 in=5 read=0.5 out=30 from=a | above=272000 in=10 read=1 out=45
//	gpt-5.6 -> gpt-5.6-sol from=a
//	grok-4.20 in=1.25 read=0.2 out=2.5 from=a | above=199999 unknown # why
//
// with rows sorted by name, so that one is found without reading the others.
// What a row or a step does not say of what is read from or written to a cache
// is not known; audio is input where it has no rate of its own.
// The zero Table is empty.
type Table struct {
	sections map[string]section
	odd      []oddity // of a list that was read; not part of the text
}

// A section is what a table has of one service.
type section struct{ head, rows string }

// split takes a text apart without reading its rows.
func split(text string) Table {
	t := Table{sections: map[string]section{}}
	for part := range strings.SplitSeq("\n"+text, "\n[") {
		name, rest, ok := strings.Cut(part, "]\n")
		if ok && name != "" {
			t.sections[name] = cut(rest)
		}
	}
	return t
}

// cut separates a section's sources from its rows.
func cut(text string) section {
	head, rows, _ := strings.Cut("\n"+text, "\n\n") // a head may be empty
	return section{strings.TrimPrefix(head, "\n"), rows}
}

// find is the row of a model as it is on a day, or that of the model which it
// is another name for. A row that can't be read is not there, and neither is the
// price of a name for a name.
func (s section) find(name, day string) (row, bool) {
	r, ok := s.exact(name, day)
	if ok && r.target != "" {
		r, ok = s.exact(r.target, day)
	}
	return r, ok && r.target == ""
}

func (s section) exact(name, day string) (row, bool) {
	for line := range s.lines(name) {
		if r, err := s.parse(line); err == nil && (r.until == "" || r.until >= day) {
			return r, true
		}
	}
	return row{}, false
}

// lines are those of a name: more than one where a price ends on a known day.
func (s section) lines(name string) iter.Seq[string] {
	text := s.rows
	start := func(at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }
	first := sort.Search(len(text), func(at int) bool { return nameOf(text[start(at):]) >= name })
	return func(yield func(string) bool) {
		for rest := text[start(first):]; rest != ""; {
			line, after, _ := strings.Cut(rest, "\n")
			if nameOf(line) != name || !yield(line) {
				return
			}
			rest = after
		}
	}
}

// nameOf is the model of the row that text begins with.
func nameOf(text string) string {
	if end := strings.IndexAny(text, " \n"); end >= 0 {
		return text[:end]
	}
	return text
}

// all reads every row, in order. One that can't be read is an error.
func (t Table) all() iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(t.sections)) {
			s := t.sections[name]
			for line := range strings.SplitSeq(s.rows, "\n") {
				if strings.TrimSpace(line) == "" {
					continue
				}
				r, err := s.parse(line)
				if err != nil {
					err = fmt.Errorf("%s: %w", name, err)
				}
				if r.service = name; !yield(r, err) {
					return
				}
			}
		}
	}
}

// String is the text of the table.
func (t Table) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(t.sections)) {
		s := t.sections[name]
		fmt.Fprintf(&b, "[%s]\n%s\n\n%s\n", name, s.head, s.rows)
	}
	return b.String()
}

// table writes rows as a Table.
func table(rows []row) Table {
	by := map[string][]row{}
	for _, r := range rows {
		by[r.service] = append(by[r.service], r)
	}
	t := Table{sections: map[string]section{}}
	for name, rows := range by {
		t.sections[name] = write(rows, nil)
	}
	return t
}

// write sorts the rows of one service and writes them. A source that keys has a
// key for keeps it, the others are numbered.
func write(rows []row, keys map[origin]string) section {
	slices.SortStableFunc(rows, func(a, b row) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		// What ends first holds first, and what does not end last.
		return strings.Compare(orElse(a.until, "~"), orElse(b.until, "~"))
	})
	keys = maps.Clone(keys)
	if keys == nil {
		keys = map[origin]string{}
	}
	used := map[origin]bool{}
	var text strings.Builder
	for _, r := range rows {
		if keys[r.origin()] == "" {
			keys[r.origin()] = fmt.Sprintf("s%d", len(keys)+1)
		}
		used[r.origin()] = true
		text.WriteString(r.text(keys[r.origin()]) + "\n")
	}
	var head []string
	for from, key := range keys {
		if used[from] {
			head = append(head, fmt.Sprintf("source %s %s %s", key, from.day, from.address))
		}
	}
	slices.Sort(head)
	return section{strings.Join(head, "\n"), strings.TrimSuffix(text.String(), "\n")}
}
