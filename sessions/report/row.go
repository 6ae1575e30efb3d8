package report

import (
	"encoding/json"
	"io"
	"time"

	"juxta/prompts"
	"juxta/sessions"
)

// A record is an answer as the commands print it, without the way in which they
// hide what is blind: nothing in a report is.
type record sessions.Record

// A row is one answer with what was asked: a line of JSON, or of a table.
type row struct {
	record
	Title  string          `json:"title"`
	Tags   []string        `json:"tags"`
	Parent int             `json:"parent"` // the turn it follows; 0 for a first one
	Asked  time.Time       `json:"asked"`
	Prompt string          `json:"prompt"`
	Used   *prompts.Used   `json:"prompt_used"` // of the library; null for none
	System string          `json:"system"`
	Schema json.RawMessage `json:"schema"`
	Stands bool            `json:"stands"` // of several takes, the one that is shown
	Blind  bool            `json:"blind"`  // the turn was asked with the names hidden
	Votes  Ballots         `json:"votes"`
	Note   string          `json:"note"`
}

func (r *Report) row(t *Turn, a *Answer) row {
	one := row{
		record: record(a.Record), Title: r.Session.Title, Tags: r.tags(), Parent: t.Parent, Asked: t.Asked,
		Prompt: t.Text, Used: t.Prompt, System: a.System, Schema: a.Schema, Stands: a.Stands, Blind: t.Blind, Votes: a.Ballots, Note: t.Note,
	}
	if !json.Valid(one.Schema) {
		one.Schema = nil
	}
	return one
}

// rows yields every answer of the report.
func (r *Report) rows(yield func(row) error) error {
	for i := range r.Turns {
		t := &r.Turns[i]
		for j := range t.Answers {
			if err := yield(r.row(t, &t.Answers[j])); err != nil {
				return err
			}
		}
	}
	return nil
}

// Lines writes reports as JSON, one answer a line: the object that `juxta ask
// --json` prints, with the question and the votes. Texts are as they were
// received.
type Lines struct{ to *json.Encoder }

// NewLines writes to w.
func NewLines(w io.Writer) *Lines {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return &Lines{e}
}

// Add writes the answers of a report.
func (l *Lines) Add(r *Report) error {
	return r.rows(func(one row) error { return l.to.Encode(one) })
}

// End is there because other writers have one.
func (l *Lines) End() error { return nil }
