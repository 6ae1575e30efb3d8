package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"juxta/sessions/verdict"
)

// PromptsCSV writes one row for each prompt and model, the baseline too: what the
// model made of the prompt, and what that counts for against the baseline. A cell is
// empty where something is not known, or does not count.
func (d *Decision) PromptsCSV(w io.Writer) error {
	t := csv.NewWriter(w)
	_ = t.Write([]string{
		"prompt", "asked", "question", "model", "role", "state", "why", "score", "votes", "wins", "ties", "losses", "both_bad", "left_out",
		"cost_usd", "cost_estimated", "first_token_ms", "characters", "simulated",
	})
	for i := range d.Prompts {
		p := &d.Prompts[i]
		var asked []string
		for _, a := range p.Asked {
			asked = append(asked, string(a.Session)+":"+strconv.Itoa(a.Turn))
		}
		for k := range p.Models {
			m := &p.Models[k]
			role := "candidate"
			cells := []string{"", "", "", "", ""}
			if k == d.base {
				role = "baseline"
			} else {
				cells = []string{strconv.Itoa(m.Votes.N()), strconv.Itoa(m.Votes.Wins), strconv.Itoa(m.Votes.Ties), strconv.Itoa(m.Votes.Losses), strconv.Itoa(m.Votes.Bad)}
			}
			row := []string{strconv.Itoa(i + 1), strings.Join(asked, " "), cell(p.Text), cell(m.Model), role, m.State, cell(m.Why), number(m.Score)}
			row = append(append(row, cells...), m.Left, or(m.Cost), strconv.FormatBool(m.About), number(m.First), "", strconv.FormatBool(d.Parties[k].Simulated))
			if m.State == verdict.Answered.String() {
				row[len(row)-2] = strconv.Itoa(m.Length)
			}
			_ = t.Write(row) // Error tells it after Flush
		}
	}
	t.Flush()
	return t.Error()
}

// VerdictsCSV writes one row for each candidate: all that is said of it.
func (d *Decision) VerdictsCSV(w io.Writer) error {
	t := csv.NewWriter(w)
	names := make([]string, len(verdictFields))
	for i, f := range verdictFields {
		names[i] = f.name
	}
	_ = t.Write(names)
	for i := range d.Rulings {
		cells := make([]string, len(verdictFields))
		for k, f := range verdictFields {
			cells[k] = f.of(d, &d.Rulings[i])
		}
		_ = t.Write(cells) // Error tells it after Flush
	}
	t.Flush()
	return t.Error()
}

// A verdictField is a column of the candidates' table.
type verdictField struct {
	name string
	of   func(*Decision, *Ruling) string
}

var verdictFields = []verdictField{
	{"candidate", func(_ *Decision, r *Ruling) string { return cell(r.Candidate) }},
	{"baseline", func(_ *Decision, r *Ruling) string { return cell(r.Baseline) }},
	{"verdict", func(_ *Decision, r *Ruling) string { return string(r.Word) }},
	{"exploratory", func(_ *Decision, r *Ruling) string { return strconv.FormatBool(r.Exploratory) }},
	{"sentence", func(_ *Decision, r *Ruling) string { return cell(r.Sentence) }},
	{"evidence", func(_ *Decision, r *Ruling) string { return string(r.Evidence) }},
	{"margin", func(_ *Decision, r *Ruling) string { return number(&r.Margin) }},
	{"planned", func(_ *Decision, r *Ruling) string { return some(r.Planned, r.Planned > 0) }},
	{"prompts", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.all()) }},
	{"n", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.N) }},
	{"matched", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Matched) }},
	scored("mean", func(r *Ruling) float64 { return r.Mean }),
	scored("low", func(r *Ruling) float64 { return r.Interval.Low }),
	scored("high", func(r *Ruling) float64 { return r.Interval.High }),
	scored("n_effective", func(r *Ruling) float64 { return r.Effective }),
	{"fixed", func(_ *Decision, r *Ruling) string { return strconv.FormatBool(r.Fixed) }},
	scored("p_non_inferior", func(r *Ruling) float64 { return r.NonInferiority }),
	scored("p_superior", func(r *Ruling) float64 { return r.Superiority }),
	scored("p_inferior", func(r *Ruling) float64 { return r.Inferiority }),
	scored("p_sign", func(r *Ruling) float64 { return r.Sign }),
	{"wins", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Votes.Wins) }},
	{"ties", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Votes.Ties) }},
	{"losses", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Votes.Losses) }},
	{"both_bad", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Votes.Bad) }},
	{"failed", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Failed) }},
	{"baseline_failed", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.BaselineFailed) }},
	{"both_answered", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Figures.Both) }},
	{"priced", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Figures.Priced) }},
	{"mean_usd", func(_ *Decision, r *Ruling) string { return or(r.Figures.Mean) }},
	{"baseline_mean_usd", func(_ *Decision, r *Ruling) string { return or(r.Figures.Baseline) }},
	{"cost_estimated", func(_ *Decision, r *Ruling) string { return strconv.FormatBool(r.Figures.About) }},
	ratio("cost_ratio", func(r *Ruling) *verdict.Ratio { return r.Figures.Cost }, valueOf),
	ratio("cost_ratio_low", func(r *Ruling) *verdict.Ratio { return r.Figures.Cost }, lowOf),
	ratio("cost_ratio_high", func(r *Ruling) *verdict.Ratio { return r.Figures.Cost }, highOf),
	{"timed", func(_ *Decision, r *Ruling) string { return strconv.Itoa(r.Figures.Timed) }},
	ratio("first_token_ratio", func(r *Ruling) *verdict.Ratio { return r.Figures.First }, valueOf),
	ratio("first_token_ratio_low", func(r *Ruling) *verdict.Ratio { return r.Figures.First }, lowOf),
	ratio("first_token_ratio_high", func(r *Ruling) *verdict.Ratio { return r.Figures.First }, highOf),
	monthly("requests_a_month", func(v *Volume) string { return strconv.FormatInt(v.Requests, 10) }),
	monthly("candidate_month_usd", func(v *Volume) string { return v.Candidate }),
	monthly("baseline_month_usd", func(v *Volume) string { return v.Baseline }),
	monthly("saved_month_usd", func(v *Volume) string { return v.Saved }),
	monthly("month_basis", func(v *Volume) string { return v.Basis }),
	{"sessions", func(d *Decision, _ *Ruling) string {
		var ids []string
		for i := range d.Sessions {
			ids = append(ids, string(d.Sessions[i].ID))
		}
		return strings.Join(ids, " ")
	}},
	{"planned_utc", func(d *Decision, r *Ruling) string {
		if d.Plan == nil || r.Exploratory {
			return ""
		}
		return d.Plan.At.UTC().Format(time.RFC3339)
	}},
}

// some is a number, if there is one.
func some(n int, is bool) string {
	if !is {
		return ""
	}
	return strconv.Itoa(n)
}

// scored is a figure that there is none of without a prompt that counts.
func scored(name string, of func(*Ruling) float64) verdictField {
	return verdictField{name, func(_ *Decision, r *Ruling) string {
		x := of(r)
		if r.N == 0 {
			return ""
		}
		return number(&x)
	}}
}

func ratio(name string, of func(*Ruling) *verdict.Ratio, part func(*verdict.Ratio) *float64) verdictField {
	return verdictField{name, func(_ *Decision, r *Ruling) string {
		x := of(r)
		if x == nil {
			return ""
		}
		return number(part(x))
	}}
}

func valueOf(x *verdict.Ratio) *float64 { return &x.Value }

func lowOf(x *verdict.Ratio) *float64 {
	if !x.Sure {
		return nil
	}
	return &x.Interval.Low
}

func highOf(x *verdict.Ratio) *float64 {
	if !x.Sure {
		return nil
	}
	return &x.Interval.High
}

func monthly(name string, of func(*Volume) string) verdictField {
	return verdictField{name, func(_ *Decision, r *Ruling) string {
		if r.Figures.Volume == nil {
			return ""
		}
		return of(r.Figures.Volume)
	}}
}
