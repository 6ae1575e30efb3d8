package transfer

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"juxta/providers"
	"juxta/sessions"
)

// A talk is a conversation of another program: a tree of messages. It becomes a
// session of one column:
//
//   - what was answered between a question and the next is one answer, also
//     where the other program keeps it in several messages;
//   - answers that were made anew are takes, and a question that was changed is a
//     branch;
//   - where the conversation went on from more than one of the takes, the others
//     get a turn of their own with the same question, beside the first: so every
//     branch has the history that it had there.
//
// Turns are numbered by the time at which they came to be, so that a conversation
// that has grown has new turns behind those that it had.
type talk struct {
	format   string // of [sessions.Source]
	key      string
	provider string // of models
	title    string
	archived bool
	created  time.Time
	updated  time.Time
	system   string // that its column has
	current  string // ID of the message that was read last there; "" for the last one
	messages []message
	files    map[string][]byte // by SHA-256
	at       place
}

// A message is one of a talk. One that neither asks nor says anything only leads
// from the one before to the ones behind.
type message struct {
	id, parent string    // parent is "" for a first one
	asks       bool      // it is a question
	text       string    // of the question
	at         time.Time // zero if it is not known
	files      []sessions.Attachment

	// Of what was said, with Text, Thoughts and Calls; an unknown Finish is a
	// usual end.
	answer sessions.Answer
}

func (m *message) says() bool {
	return !m.asks && (m.answer.Text != "" || m.answer.Thoughts != "" || m.answer.Refusal != "" || len(m.answer.Calls) > 0)
}

// mostGrown is how many bytes of text a talk may become: branches repeat what
// they have in common, and one made to do so could become any number.
const mostGrown = 4 * mostValue

// A tree is a talk's messages by their places in it.
type tree struct {
	*talk
	parent []int // -1 for none
	kids   [][]int
	eff    []time.Time // when it came to be: never before what it follows
	onPath []bool      // it is, or leads to, the current one
	grown  int         // bytes that its turns have come to
}

// tree checks how the messages hang together.
func (t *talk) tree() (*tree, error) {
	n := len(t.messages)
	r := &tree{talk: t, parent: make([]int, n), kids: make([][]int, n), eff: make([]time.Time, n), onPath: make([]bool, n)}
	index := make(map[string]int, n)
	for i, m := range t.messages {
		if _, twice := index[m.id]; twice {
			return nil, t.at.broken("two of its messages have the id %.60q", m.id)
		}
		index[m.id] = i
	}
	var roots []int
	for i, m := range t.messages {
		p, ok := index[m.parent]
		switch {
		case m.parent == "":
			p, roots = -1, append(roots, i)
		case !ok:
			return nil, t.at.broken("its message %.60q follows %.60q, which is not there", m.id, m.parent)
		}
		r.parent[i] = p
		if p >= 0 {
			r.kids[p] = append(r.kids[p], i)
		}
	}
	reached := 0
	for queue := slices.Clone(roots); len(queue) > 0; reached++ {
		i := queue[0]
		queue = append(queue[1:], r.kids[i]...)
		r.eff[i] = t.messages[i].at
		if p := r.parent[i]; p >= 0 && r.eff[i].Before(r.eff[p]) {
			r.eff[i] = r.eff[p]
		}
	}
	if reached < n {
		m := &t.messages[r.circle(roots)]
		return nil, t.at.broken("its message %.60q follows itself, by way of %.60q", m.id, m.parent)
	}
	for _, kids := range r.kids {
		r.byTime(kids)
	}
	at, ok := index[t.current]
	if !ok {
		at = n - 1
	}
	for ; at >= 0; at = r.parent[at] {
		r.onPath[at] = true
	}
	return r, nil
}

// circle is a message that follows itself, where there is one: whoever goes back
// from one that no first message leads to ends in a circle.
func (r *tree) circle(roots []int) int {
	led := make([]bool, len(r.messages))
	for queue := slices.Clone(roots); len(queue) > 0; {
		i := queue[len(queue)-1]
		queue = append(queue[:len(queue)-1], r.kids[i]...)
		led[i] = true
	}
	at := slices.Index(led, false)
	for range r.messages {
		at = r.parent[at]
	}
	return at
}

func (r *tree) byTime(list []int) {
	slices.SortStableFunc(list, func(x, y int) int { return r.eff[x].Compare(r.eff[y]) })
}

// A question is what becomes a turn.
type question struct {
	message int
	follows *question // nil for a first one
	answers []*said   // its takes
	stands  int       // which of them; -1 for none
	at      time.Time // when the turn came to be
	number  int
	runes   int // that are told with the next question
}

// A said is an answer as far as the message at which it is looked at.
type said struct {
	message int // -1 where nothing was said yet
	before  *said
	more    bool  // something is said behind it
	next    []int // the questions that follow it
}

// questions are all of the talk's in the order of their turns.
func (r *tree) questions() []*question {
	type start struct {
		message int
		follows *question
	}
	var all []*question
	var todo []start
	var roots []int
	for i := range r.messages {
		if r.parent[i] < 0 {
			roots = append(roots, i)
		}
	}
	r.byTime(roots)
	for _, i := range r.first(roots) {
		todo = append(todo, start{i, nil})
	}
	for len(todo) > 0 {
		s := todo[0]
		todo = todo[1:]
		for _, q := range r.ask(s.message, s.follows) {
			all = append(all, q.question)
			for _, i := range q.next {
				todo = append(todo, start{i, q.question})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y *question) int { return x.at.Compare(y.at) })
	for i, q := range all {
		q.number = i + 1
	}
	return all
}

// first are the first questions of what begins with the given messages.
func (r *tree) first(roots []int) []int {
	var all []int
	todo := slices.Clone(roots)
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		if r.messages[i].asks {
			all = append(all, i)
			continue
		}
		todo = append(todo, r.kids[i]...)
	}
	return all
}

// An asked question is one with the questions that follow it.
type asked struct {
	*question
	next []int
}

// ask is the question of a message with its answers, and again for each answer
// but the first from which the talk went on.
func (r *tree) ask(i int, follows *question) []asked {
	var takes, on []*said
	for _, s := range r.said(i) {
		switch {
		case len(s.next) > 0:
			on = append(on, s)
		case !s.more && s.message >= 0:
			takes = append(takes, s)
		}
	}
	began := func(s *said) time.Time { return r.eff[s.next[0]] }
	slices.SortStableFunc(on, func(x, y *said) int {
		if silent := boolInt(x.message < 0) - boolInt(y.message < 0); silent != 0 && len(takes)+len(on) > 1 {
			return silent // it is no answer to have others beside
		}
		return began(x).Compare(began(y))
	})
	first := asked{question: &question{message: i, follows: follows, stands: -1, at: r.eff[i]}}
	if len(on) > 0 && (on[0].message >= 0 || len(takes) == 0) {
		first.next = on[0].next
		if on[0].message >= 0 {
			takes = append(takes, on[0])
		}
		on = on[1:]
	}
	slices.SortStableFunc(takes, func(x, y *said) int { return r.eff[x.message].Compare(r.eff[y.message]) })
	for n, s := range takes {
		if first.stands < 0 || len(s.next) > 0 || len(first.next) == 0 && (r.onPath[s.message] || !r.onPath[takes[first.stands].message]) {
			first.stands = n
		}
	}
	first.answers = takes
	all := []asked{first}
	for _, s := range on {
		q := asked{question: &question{message: i, follows: follows, stands: -1, at: began(s)}, next: s.next}
		if s.message >= 0 {
			q.answers, q.stands = []*said{s}, 0
		}
		all = append(all, q)
	}
	return all
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// said are the ways on from a question to the next ones, in order: what is said
// up to each message that says something, and before the first.
func (r *tree) said(i int) []*said {
	type step struct {
		message int
		after   *said
	}
	none := &said{message: -1}
	all := []*said{none}
	todo := []step{{i, none}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		at := s.after
		if r.messages[s.message].says() {
			at = &said{message: s.message, before: s.after}
			s.after.more = true
			all = append(all, at)
		}
		for _, k := range slices.Backward(r.kids[s.message]) {
			if r.messages[k].asks {
				at.next = append(at.next, k)
			} else {
				todo = append(todo, step{k, at})
			}
		}
	}
	for _, s := range all {
		r.byTime(s.next)
	}
	return all
}

// bundle is the talk as a session. A place in its error says where.
func (t *talk) bundle() (sessions.Bundle, error) {
	r, err := t.tree()
	if err != nil {
		return sessions.Bundle{}, err
	}
	all := r.questions()
	unknown := providers.Ref{Provider: t.provider, Model: "unknown"}
	s := sessions.Session{
		Title: shortTitle(t.title), Named: t.title != "", Archived: t.archived, Kind: sessions.Chat, Created: t.created, Updated: t.updated,
		Places: []int{1}, Turns: len(all), Imported: &sessions.Source{Format: t.format, Key: t.key},
	}
	b := sessions.Bundle{Files: t.files}
	model, tip := unknown, 0
	for _, q := range all {
		turn, err := r.turn(q, unknown)
		if err != nil {
			return b, err
		}
		for i := range turn.Answers {
			s.Unpriced++ // each has said something
			s.Updated = later(s.Updated, r.eff[q.answers[i].message])
		}
		if turn.Parent != turn.ID-1 {
			s.Forks = append(s.Forks, sessions.Fork{Turn: turn.ID, Parent: turn.Parent})
		}
		if a, ok := turn.Answer(1); ok && (a.Model != unknown || model == unknown) {
			model = a.Model
		}
		if r.onPath[q.message] && (q.stands < 0 || r.onPath[q.answers[q.stands].message] || tip == 0) {
			tip = turn.ID
		}
		s.Created, s.Updated = earlier(s.Created, turn.Asked), later(s.Updated, turn.Asked)
		b.Turns = append(b.Turns, turn)
	}
	if tip != s.Turns {
		s.Tip = tip
	}
	s.Updated = cmpTime(s.Updated, s.Created)
	s.Columns = []sessions.Column{{ID: 1, Added: s.Created, Model: model, System: t.system}}
	b.Session = s
	return b, nil
}

// turn is a question as a turn.
func (r *tree) turn(q *question, unknown providers.Ref) (sessions.Turn, error) {
	m := &r.messages[q.message]
	r.grown += len(m.text)
	t := sessions.Turn{ID: q.number, Text: m.text, Asked: m.at, Columns: []int{1}, Files: m.files}
	told := utf8.RuneCountInString(r.system) + utf8.RuneCountInString(m.text)
	if q.follows != nil {
		t.Parent = q.follows.number
		told += q.follows.runes
	}
	for n, s := range q.answers {
		a, err := r.whole(s)
		if err != nil {
			return t, err
		}
		a.Column, a.Take = 1, n+1
		if a.Model.Model == "" {
			a.Model = unknown
		}
		a.System = cmp.Or(a.System, r.system)
		if a.Usage == (providers.Usage{}) {
			a.Usage = providers.Usage{
				Input: providers.EstimateTokens(told), Estimated: true,
				Output: providers.EstimateTokens(utf8.RuneCountInString(a.Text) + utf8.RuneCountInString(a.Thoughts)),
			}
		}
		t.Answers = append(t.Answers, a)
	}
	if q.stands >= 0 {
		a := &t.Answers[q.stands]
		q.runes = told + utf8.RuneCountInString(a.Text)
		if a.Take < len(t.Answers) {
			t.Takes = map[int]int{1: a.Take}
		}
	}
	return t, nil
}

// whole is what was said from the question up to s.
func (r *tree) whole(s *said) (sessions.Answer, error) {
	const step = 64 // bytes that a message costs at least
	a := r.messages[s.message].answer
	var texts, thoughts []string
	var calls []sessions.Call
	for at := s; at != nil && at.message >= 0; at = at.before {
		m := &r.messages[at.message].answer
		if r.grown += step + len(m.Text) + len(m.Thoughts); r.grown > mostGrown {
			return a, r.at.broken("its branches come to more than %d MB of text", mostGrown>>20)
		}
		if m.Text != "" {
			texts = append(texts, m.Text)
		}
		if m.Thoughts != "" {
			thoughts = append(thoughts, m.Thoughts)
		}
		if a.Model.Model == "" {
			a.Model = m.Model
		}
		for _, c := range slices.Backward(m.Calls) {
			calls = append(calls, c)
		}
	}
	slices.Reverse(texts)
	slices.Reverse(thoughts)
	slices.Reverse(calls)
	a.Text, a.Thoughts, a.Calls = strings.Join(texts, "\n\n"), strings.Join(thoughts, "\n\n"), calls
	a.Finish = cmp.Or(a.Finish, providers.Finished)
	return a, nil
}

// shortTitle is a title in one line and of a length that fits.
func shortTitle(s string) string {
	const most = 200
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}

func earlier(x, y time.Time) time.Time {
	if x.IsZero() || !y.IsZero() && y.Before(x) {
		return y
	}
	return x
}

func later(x, y time.Time) time.Time {
	if y.After(x) {
		return y
	}
	return x
}

func cmpTime(x, y time.Time) time.Time {
	if x.IsZero() {
		return y
	}
	return x
}
