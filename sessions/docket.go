package sessions

import "unicode/utf8"

// A Docket keeps what takes long to find out about turns and does not change with a
// vote, for another trial of nearly the same ones. It is not safe for concurrent
// use. The zero value is empty.
type Docket struct {
	now, before map[*Answer]facts // by the first of a turn's answers, which are never changed in place: see [Snapshot]
}

// facts are what a docket keeps of a turn.
type facts struct {
	text    string
	files   int
	asks    string // see [Turn.asks]
	answers []answerFacts
}

type answerFacts struct {
	settings string // see settingsOf
	runes    int    // of its text
}

// read is what is known of a turn. A nil docket keeps nothing.
func (k *Docket) read(t *Turn) facts {
	if k == nil || len(t.Answers) == 0 {
		return factsOf(t)
	}
	key := &t.Answers[0]
	f, ok := k.before[key]
	if !ok || len(f.answers) != len(t.Answers) || f.text != t.Text || f.files != len(t.Files) {
		f = factsOf(t)
	}
	if k.now == nil {
		k.now = make(map[*Answer]facts, len(k.before))
	}
	k.now[key] = f
	return f
}

func factsOf(t *Turn) facts {
	f := facts{text: t.Text, files: len(t.Files), asks: t.asks(), answers: make([]answerFacts, len(t.Answers))}
	for i := range t.Answers {
		f.answers[i] = answerFacts{settingsOf(&t.Answers[i]), utf8.RuneCountInString(t.Answers[i].Text)}
	}
	return f
}

// close forgets the turns that were not read since it was closed last.
func (k *Docket) close() {
	if k != nil {
		k.now, k.before = nil, k.now
	}
}
