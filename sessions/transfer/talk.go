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
