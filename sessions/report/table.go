package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"juxta/providers"
	"juxta/sessions/plain"
)

// A Table writes reports as CSV, one answer a row below one heading. A figure
// that is not known is an empty cell, money is exact, and every unit stands in
// the heading.
type Table struct {
	to    *csv.Writer
	begun bool
}

// NewTable writes to w.
func NewTable(w io.Writer) *Table { return &Table{to: csv.NewWriter(w)} }

// Add writes the answers of a report.
func (t *Table) Add(r *Report) error {
	t.begin()
	err := r.rows(func(one row) error {
		cells := make([]string, len(fields))
		for i, f := range fields {
			if cells[i] = f.of(&one); f.text {
				cells[i] = cell(cells[i])
			}
		}
		return t.to.Write(cells)
	})
	t.to.Flush()
	if err == nil {
		err = t.to.Error()
	}
	return err
}

// End writes the heading if there was no report, so that even an empty table
// says what it is of.
func (t *Table) End() error {
	t.begin()
	t.to.Flush()
	return t.to.Error()
}

func (t *Table) begin() {
	if t.begun {
		return
	}
	t.begun = true
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	_ = t.to.Write(names) // Error tells it after Flush
}

// cell is a text that no spreadsheet takes for a formula: one that begins like
// one, or with the sign that says it doesn't, has ' in front of it.
// Whoever takes one ' off the front has the text again.
func cell(s string) string {
	s = plain.Text(s)
	if begin := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }); begin != "" {
		for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "'"} {
			if strings.HasPrefix(begin, sign) {
				return "'" + s
			}
		}
	}
	if s != "" && (s[0] == '\t' || s[0] == '\n') {
		return "'" + s
	}
	return s
}

// A field is a column of the table.
type field struct {
	name string
	text bool // somebody else's words; what is ours is no formula
	of   func(*row) string
}

var fields = []field{
	{"session", false, func(r *row) string { return string(r.Session) }},
	{"title", true, func(r *row) string { return r.Title }},
	{"tags", true, func(r *row) string { return strings.Join(r.Tags, ", ") }},
	{"turn", false, func(r *row) string { return strconv.Itoa(r.Turn) }},
	{"parent_turn", false, func(r *row) string { return strconv.Itoa(r.Parent) }},
	{"asked_utc", false, func(r *row) string { return r.Asked.UTC().Format(time.RFC3339Nano) }},
	{"blind", false, func(r *row) string { return strconv.FormatBool(r.Blind) }},
	{"prompt", true, func(r *row) string { return r.Prompt }},
	{"files", true, func(r *row) string {
		var names []string
		for _, f := range r.Attachments {
			names = append(names, f.Name)
		}
		return strings.Join(names, "; ")
	}},
	{"note", true, func(r *row) string { return r.Note }},
	{"column", false, func(r *row) string { return strconv.Itoa(r.Column) }},
	{"take", false, func(r *row) string { return strconv.Itoa(r.Take) }},
	{"stands", false, func(r *row) string { return strconv.FormatBool(r.Stands) }},
	{"model", true, func(r *row) string { return r.Model }},
	{"served_model", true, func(r *row) string { return or(r.Served) }},
	{"system_prompt", true, func(r *row) string { return r.System }},
	{"params", true, func(r *row) string { return object(r.Params) }},
	{"text", true, func(r *row) string { return r.Text }},
	{"reasoning", true, func(r *row) string { return r.Reasoning }},
	{"refusal", true, func(r *row) string { return or(r.Refusal) }},
	{"tool_calls", true, func(r *row) string {
		if len(r.ToolCalls) == 0 {
			return ""
		}
		return object(r.ToolCalls)
	}},
	{"finish", true, func(r *row) string { return or(r.Finish) }},
	{"error_kind", true, func(r *row) string {
		if r.Error == nil {
			return ""
		}
		return string(r.Error.Kind)
	}},
	{"error_status", false, func(r *row) string {
		if r.Error == nil || r.Error.Status == nil {
			return ""
		}
		return strconv.Itoa(*r.Error.Status)
	}},
	{"error_message", true, func(r *row) string {
		if r.Error == nil {
			return ""
		}
		return r.Error.Message
	}},
	tokens("input_tokens", func(u providers.Usage) int { return u.Input }),
	tokens("cache_read_tokens", func(u providers.Usage) int { return u.CacheRead }),
	tokens("cache_write_tokens", func(u providers.Usage) int { return u.CacheWrite }),
	tokens("output_tokens", func(u providers.Usage) int { return u.Output }),
	tokens("reasoning_tokens", func(u providers.Usage) int { return u.Reasoning }),
	{"tokens_estimated", false, func(r *row) string { return strconv.FormatBool(r.Usage.Estimated) }},
	{"prompt_estimate_tokens", false, func(r *row) string {
		if r.Foreseen == nil {
			return ""
		}
		return strconv.Itoa(*r.Foreseen)
	}},
	{"cost_usd", false, func(r *row) string { return or(r.Cost.USD) }},
	{"cost_source", true, func(r *row) string { return string(r.Cost.Source) }},
	{"price_as_of", true, func(r *row) string { return or(r.Cost.AsOf) }},
	{"ttft_ms", false, func(r *row) string { return number(r.Timing.TTFT) }},
	{"ttfv_ms", false, func(r *row) string { return number(r.Timing.TTFV) }},
	{"total_ms", false, func(r *row) string { return number(r.Timing.Total) }},
	{"tpot_ms", false, func(r *row) string { return number(r.Timing.TPOT) }},
	{"tokens_per_second", false, func(r *row) string { return number(r.Timing.Speed) }},
	{"server_queue_ms", false, served(func(r *row) *float64 { return r.Server.Queue })},
	{"server_load_ms", false, served(func(r *row) *float64 { return r.Server.Load })},
	{"server_prefill_ms", false, served(func(r *row) *float64 { return r.Server.Prefill })},
	{"server_decode_ms", false, served(func(r *row) *float64 { return r.Server.Decode })},
	{"cold", false, func(r *row) string {
		if r.Server == nil || r.Server.Cold == nil {
			return ""
		}
		return strconv.FormatBool(*r.Server.Cold)
	}},
	{"attempts", false, func(r *row) string { return strconv.Itoa(r.Attempts) }},
	{"simulated", false, func(r *row) string { return strconv.FormatBool(r.Simulated) }},
	{"raced", false, func(r *row) string { return strconv.FormatBool(r.Raced) }},
	{"notices", true, func(r *row) string { return strings.Join(r.Notices, "; ") }},
	votes("blind_votes", func(v Ballots) int { return v.Blind.Votes }),
	votes("blind_votes_best", func(v Ballots) int { return v.Blind.Best }),
	votes("blind_votes_tied", func(v Ballots) int { return v.Blind.Tied }),
	votes("blind_votes_all_bad", func(v Ballots) int { return v.Blind.Bad }),
	votes("open_votes", func(v Ballots) int { return v.Open.Votes }),
	votes("open_votes_best", func(v Ballots) int { return v.Open.Best }),
	votes("open_votes_tied", func(v Ballots) int { return v.Open.Tied }),
	votes("open_votes_all_bad", func(v Ballots) int { return v.Open.Bad }),
}

// tokens is a count that nobody knows where nothing was reported nor said.
func tokens(name string, of func(providers.Usage) int) field {
	return field{name, false, func(r *row) string {
		if r.Usage == (providers.Usage{Estimated: true}) {
			return ""
		}
		return strconv.Itoa(of(r.Usage))
	}}
}

func votes(name string, of func(Ballots) int) field {
	return field{name, false, func(r *row) string { return strconv.Itoa(of(r.Votes)) }}
}

func served(of func(*row) *float64) func(*row) string {
	return func(r *row) string {
		if r.Server == nil {
			return ""
		}
		return number(of(r))
	}
}

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func or(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// object is something of ours as JSON, which none of it fails to become.
func object(v any) string {
	b, _ := json.Marshal(v)
	if s := string(b); s != "{}" {
		return s
	}
	return ""
}
