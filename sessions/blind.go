package sessions

import (
	"encoding/json"
	"slices"

	"juxta/providers"
)

// What may be shown of a blind turn before its names are revealed. Everybody who
// shows a turn, on the screen or as JSON, shows what [Turn.Veil] leaves of it.

// Sealed reports whether nothing may be shown of a hidden turn's answers: one of
// them is still being written, or was stopped, and how far each one came would
// tell the quick from the slow. Who joined late is not compared, and seals
// nothing.
func (t *Turn) Sealed() bool {
	return t.Hidden() && slices.ContainsFunc(t.Answers, func(a Answer) bool {
		return (a.Finish == "" || a.Finish == providers.Cancelled) && !slices.Contains(t.Late, a.Column)
	})
}

// Seat is the place of a column in a blind turn, from 1 on the left; 0 if it was
// not asked.
func (t *Turn) Seat(column int) int { return slices.Index(t.Seats(), column) + 1 }

// Veil is a turn as it may be shown. Of a hidden one that is the question, and
// of every answer what was said, its names masked, and how it ended; of a sealed
// one not even that, and of who joined late nothing at all, because everybody
// knows whose answer that is. columns are those of the session, whose models'
// names are masked as well. The IDs of the columns remain, for whoever seats the
// answers.
func (t *Turn) Veil(columns []Column) Turn {
	if !t.Hidden() {
		return *t
	}
	veiled := *t
	veiled.Seed, veiled.Votes, veiled.Answers = 0, nil, nil
	for _, v := range t.Votes {
		v.Seats, v.Takes, v.Best = nil, nil, nil
		veiled.Votes = append(veiled.Votes, v)
	}
	var m *mask
	sealed := t.Sealed()
	if !sealed {
		m = t.mask(columns)
	}
	for i := range t.Answers {
		a := &t.Answers[i]
		if slices.Contains(t.Late, a.Column) {
			continue
		}
		said := Answer{Column: a.Column, Take: a.Take}
		if !sealed {
			m.answer(a, &said)
		}
		veiled.Answers = append(veiled.Answers, said)
	}
	return veiled
}

func (t *Turn) mask(columns []Column) *mask {
	var refs []providers.Ref
	var served []string
	for _, c := range columns {
		refs = append(refs, c.Model)
	}
	for i := range t.Answers {
		refs, served = append(refs, t.Answers[i].Model), append(served, t.Answers[i].Served)
	}
	return newMask(t.Text, refs, served)
}

// answer takes what may be shown of an answer over into said.
func (m *mask) answer(a, said *Answer) {
	hide := func(s string) string {
		s, n := m.text(s)
		said.Masked += n
		return s
	}
	said.Text, said.Refusal, said.Finish = hide(a.Text), hide(a.Refusal), a.Finish
	for _, c := range a.Calls {
		said.Calls = append(said.Calls, Call{ID: "", Name: hide(c.Name), Arguments: hide(c.Arguments)})
	}
	if a.Error != nil {
		said.Error = &Failure{Message: "could not answer"} // why is a provider's own way of saying it
	}
}

// A Summary is a session as the commands print it, without its turns. While one
// of them is hidden it does not tell what was spent, which changes as answers
// end; nor, while turns are asked blind, the seed that their seats follow from.
type Summary struct {
	Session
	Seed     uint32           `json:"seed,omitempty"`
	Spent    *providers.Money `json:"spent"` // null while it is hidden, as the others
	Guessed  *bool            `json:"guessed"`
	Unpriced *int             `json:"unpriced"`
	Changes  *int             `json:"changes,omitempty"` // never told: they follow answers as they end
	Underway *int             `json:"underway,omitempty"`
}

// Summary is the session as it may be shown.
func (s Session) Summary() Summary {
	if len(s.Hidden) > 0 {
		return Summary{Session: s}
	}
	m := Summary{Session: s, Seed: s.Seed, Spent: &s.Spent, Guessed: &s.Guessed, Unpriced: &s.Unpriced}
	if s.Blind {
		m.Seed = 0
	}
	return m
}

// unveiled are the fields that a hidden answer's record has. Whatever else a record
// tells, now or later, is null then.
var unveiled = set("session", "turn", "seat", "take", "text", "masked", "refusal", "tool_calls", "finish", "attachments")

// MarshalJSON writes null for what is hidden.
func (r Record) MarshalJSON() ([]byte, error) {
	type plainly Record
	line, err := json.Marshal(plainly(r))
	if err != nil || r.Seat == 0 {
		return line, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, err
	}
	for name := range fields {
		if !unveiled[name] || name == "text" && r.Finish == nil {
			fields[name] = json.RawMessage("null")
		}
	}
	return json.Marshal(fields)
}
