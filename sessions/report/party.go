package report

import (
	"cmp"
	"slices"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
)

// A Party is one model of a decision: which one answered, when, at which prices,
// and what became of the answers.
type Party struct {
	Model     string         `json:"model"`
	Column    int            `json:"column,omitzero"` // of one session
	Baseline  bool           `json:"is_baseline"`
	Simulated bool           `json:"simulated"`
	Local     bool           `json:"local"`
	Served    []string       `json:"served"`  // what the service says answered
	Builds    []string       `json:"weights"` // of a local one: digest, quantization and server
	From      time.Time      `json:"asked_from,omitzero"`
	To        time.Time      `json:"asked_to,omitzero"`
	Answers   int            `json:"answers"` // that came to their end, of all takes
	Ends      []verdict.Left `json:"other_ends"`
	Prices    []Rate         `json:"prices"`
	Settings  int            `json:"settings"` // different ones

	System []string `json:"systems"` // what it was told beside the question, each once
}

// A Rate is a price that answers were counted by, in dollars per million tokens.
type Rate struct {
	Input  *string `json:"input_usd"`
	Output *string `json:"output_usd"`
	Source string  `json:"source"`
	AsOf   string  `json:"as_of"`
	From   string  `json:"from"`
}

// parties are the models of a trial, by its seats. What is hidden is left out.
func parties(t *sessions.Trial, cases []sessions.Case) []Party {
	at := map[sessions.Seat]int{}
	all := make([]Party, len(t.Seats))
	ends := make([]map[string]int, len(t.Seats))
	for i, s := range t.Seats {
		at[s] = i
		all[i] = Party{
			Model: t.Models[i], Column: s.Column, Baseline: i == t.Baseline, Simulated: t.Simulated[i], Settings: t.Settings[i],
			Served: []string{}, Builds: []string{}, Prices: []Rate{}, System: []string{}, Ends: []verdict.Left{},
		}
		ends[i] = map[string]int{}
	}
	for i := range cases {
		for k := range cases[i].Turns {
			turn := &cases[i].Turns[k]
			if turn.Hidden() {
				continue
			}
			for n := range turn.Answers {
				a := &turn.Answers[n]
				if t.Copied(sessions.Asking{Session: cases[i].Session.ID, Turn: turn.ID}, sessions.Pick{Column: a.Column, Take: a.Take}) {
					continue
				}
				m, ok := at[sessions.Seat{Column: a.Column, Model: a.Model}]
				if !ok {
					m = at[sessions.Seat{Model: a.Model}] // several sessions
				}
				all[m].add(turn, a)
				if why := endOf(a); why != "" {
					ends[m][why]++
				}
			}
		}
	}
	for i := range all {
		for why, n := range ends[i] {
			all[i].Ends = append(all[i].Ends, verdict.Left{Why: why, N: n})
		}
		slices.SortFunc(all[i].Ends, func(a, b verdict.Left) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Why, b.Why)) })
	}
	return all
}

// endOf is how an answer ended if that was not its own end; "" for that.
func endOf(a *sessions.Answer) string {
	switch {
	case a.Finish == "":
		return "unfinished"
	case a.Finish == providers.Cancelled:
		return "stopped"
	case a.Finish == providers.Failed && a.Error != nil && a.Error.Kind != "":
		return "failed: " + string(a.Error.Kind)
	case a.Finish == providers.Failed:
		return "failed"
	case a.Finish == providers.Length:
		return "cut off at the limit of tokens"
	case a.Finish == providers.Refused:
		return "declined"
	}
	return ""
}

func (p *Party) add(t *sessions.Turn, a *sessions.Answer) {
	if p.From.IsZero() || t.Asked.Before(p.From) {
		p.From = t.Asked
	}
	if t.Asked.After(p.To) {
		p.To = t.Asked
	}
	p.Local = p.Local || a.Local
	once(&p.System, a.System)
	if a.Finish == "" || a.Finish == providers.Cancelled || a.Finish == providers.Failed {
		return
	}
	p.Answers++
	once(&p.Served, a.Served)
	if b := a.Build; b != nil {
		words := ""
		for _, part := range []string{b.Digest, b.Quantization, b.Server} {
			if part != "" && words != "" {
				words += " · "
			}
			words += part
		}
		once(&p.Builds, words)
	}
	if r := rateOf(a); !slices.ContainsFunc(p.Prices, r.is) {
		p.Prices = append(p.Prices, r)
	}
}

// rateOf is the price that an answer was counted by.
func rateOf(a *sessions.Answer) Rate {
	_, source := a.Cost()
	r := Rate{Source: string(source)}
	if p := a.Price; p != nil && a.Billed == nil {
		perMillion := func(m providers.Money) *string {
			if m < 0 {
				return nil
			}
			s := m.PerMillion()
			return &s
		}
		r.Input, r.Output, r.AsOf, r.From = perMillion(p.Input), perMillion(p.Output), p.AsOf, p.From
	}
	return r
}

func (r Rate) is(o Rate) bool {
	return or(r.Input) == or(o.Input) && or(r.Output) == or(o.Output) && r.Source == o.Source && r.AsOf == o.AsOf && r.From == o.From
}

// once adds a word that is new.
func once(list *[]string, word string) {
	if word != "" && !slices.Contains(*list, word) {
		*list = append(*list, word)
	}
}
