package transfer

import (
	"encoding/json"
	"io"
	"reflect"
	"slices"

	"juxta/providers"
	"juxta/sessions"
)

// Preferences write what people preferred as pairs, one a line, for training by
// preferences (DPO and its kin).
//
// A vote for the best of several prefers each of them to each of the others. A
// tie prefers none, and neither does a vote that all are bad. Where a turn has
// blind votes, the open ones don't count; where votes disagree on a pair, the
// greater number has it, and where they are even there is none. Both answers
// have to have been given to the same words: the same system prompt, history and
// question. So a pair of a chat comes from its first turn, or from behind an
// answer that all columns went on from, or from an experiment.
type Preferences struct {
	Omissions
	to   *json.Encoder
	want func(*sessions.Turn) bool
	as   func(*pair) any
}

// NewPreferences writes pairs in the form that TRL calls a conversational
// preference data set with an explicit prompt: {"prompt": [messages], "chosen":
// [message], "rejected": [message]}, and beside them who answered where, which
// trainers leave alone. want says of which turns; nil is all.
func NewPreferences(w io.Writer, want func(*sessions.Turn) bool) *Preferences {
	return &Preferences{to: encoder(w), want: want, as: (*pair).trl}
}

// NewOpenAIPreferences writes pairs in the form that OpenAI's preference
// fine-tuning and the services that follow it take: {"input": {"messages"},
// "preferred_output", "non_preferred_output"}.
func NewOpenAIPreferences(w io.Writer, want func(*sessions.Turn) bool) *Preferences {
	return &Preferences{to: encoder(w), want: want, as: (*pair).openAI}
}

// A pair is one answer that was preferred to another.
type pair struct {
	session          sessions.ID
	turn             int
	blind            bool
	prompt           []line
	chosen, rejected *sessions.Answer
}

type trlPair struct {
	Prompt        []line      `json:"prompt"`
	Chosen        []line      `json:"chosen"`
	Rejected      []line      `json:"rejected"`
	Session       sessions.ID `json:"session"`
	Turn          int         `json:"turn"`
	ChosenModel   string      `json:"chosen_model"`
	RejectedModel string      `json:"rejected_model"`
	Blind         bool        `json:"blind"`
}

func (p *pair) trl() any {
	return trlPair{
		p.prompt,
		[]line{saidBy(p.chosen)},
		[]line{saidBy(p.rejected)},
		p.session, p.turn, p.chosen.Model.String(), p.rejected.Model.String(), p.blind,
	}
}

type openAIPair struct {
	Input       example `json:"input"`
	Preferred   []line  `json:"preferred_output"`
	Unpreferred []line  `json:"non_preferred_output"`
}

func (p *pair) openAI() any {
	return openAIPair{example{p.prompt}, []line{saidBy(p.chosen)}, []line{saidBy(p.rejected)}}
}

// Add writes the pairs of a session.
func (p *Preferences) Add(b *sessions.Bundle) error {
	h := newHistory(b)
	for i := range b.Turns {
		t := &b.Turns[i]
		if !p.may(t, p.want) {
			continue
		}
		r := judged(t)
		switch {
		case r.votes == 0:
			p.omit("turns without a vote")
			continue
		case len(r.pairs) == 0:
			p.omit("turns that ended in a tie, or with all bad")
			continue
		}
		for _, w := range r.pairs {
			won, lost := r.answers[w.won], r.answers[w.lost]
			prompt, why := h.shared(t, won, lost)
			if why != "" {
				p.omit(why)
				continue
			}
			p.use(won, lost)
			if err := p.to.Encode(p.as(&pair{b.Session.ID, t.ID, r.blind, prompt, won, lost})); err != nil {
				return err
			}
		}
	}
	return nil
}

// shared is what both answers were told, or why there is no pair of them.
func (h *history) shared(t *sessions.Turn, won, lost *sessions.Answer) (prompt []line, why string) {
	for _, a := range []*sessions.Answer{won, lost} {
		if words := unfit(a); words != "" {
			return nil, "pairs with answers that " + words
		}
	}
	if wordsOf(won) == wordsOf(lost) {
		return nil, "pairs of the same words"
	}
	prompt, err := h.told(t, won)
	if err != nil {
		return nil, "pairs whose question or history " + err.Error()
	}
	other, err := h.told(t, lost)
	switch {
	case err != nil:
		return nil, "pairs whose question or history " + err.Error()
	case !reflect.DeepEqual(prompt, other):
		return nil, "pairs of answers that were told different things: another system prompt or history"
	}
	for i := range prompt { // nobody learns from what both were told
		prompt[i].Weight = nil
	}
	return prompt, ""
}

// A result is what the votes on a turn say together.
type result struct {
	votes   int // that count
	blind   bool
	answers []*sessions.Answer // that were judged
	pairs   []beaten
}

// beaten is one answer that was preferred to another, by their places in
// result.answers.
type beaten struct{ won, lost int }

// judged counts the votes on a turn.
func judged(t *sessions.Turn) (r result) {
	r.blind = slices.ContainsFunc(t.Votes, func(v sessions.Vote) bool { return v.Prefers() && v.Blind })
	place := map[sessions.Pick]int{}
	lead := map[beaten]int{} // how many more votes are for won than for lost
	bad := 0
	for i := range t.Votes {
		v := &t.Votes[i]
		if !v.Prefers() || v.Blind != r.blind {
			continue
		}
		r.votes++
		var best, rest []int
		for _, p := range v.Takes {
			a, ok := t.Take(p)
			if !ok {
				continue
			}
			if _, seen := place[p]; !seen {
				place[p], r.answers = len(r.answers), append(r.answers, a)
			}
			if slices.Contains(v.Best, p.Column) {
				best = append(best, place[p])
			} else {
				rest = append(rest, place[p])
			}
		}
		if len(v.Best) == 0 {
			bad++
		}
		for _, w := range best {
			for _, l := range rest {
				lead[beaten{w, l}]++
				lead[beaten{l, w}]--
			}
		}
	}
	if 2*bad > r.votes { // most say that none is worth learning from
		r.answers = nil
		return r
	}
	for w := range r.answers {
		for l := range r.answers {
			if lead[beaten{w, l}] > 0 {
				r.pairs = append(r.pairs, beaten{w, l})
			}
		}
	}
	return r
}

// best lists the answers that no other one beats; none where all are bad.
func (r *result) best() (all []*sessions.Answer) {
	for i, a := range r.answers {
		if a.Finish != providers.Failed && !slices.ContainsFunc(r.pairs, func(p beaten) bool { return p.lost == i }) {
			all = append(all, a)
		}
	}
	return all
}
