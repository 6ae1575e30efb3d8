package sessions

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"juxta/providers"
)

// A Record is an answer as the commands print it: the field names are juxta's
// contract with scripts. What is not known is null, never zero.
type Record struct {
	Session     ID                `json:"session"`
	Turn        int               `json:"turn"`
	Column      int               `json:"column"`
	Seat        int               `json:"seat,omitempty"` // of a hidden answer, which has nothing else that tells who gave it
	Take        int               `json:"take"`
	Model       string            `json:"model"`
	Served      *string           `json:"served_model"`
	Text        string            `json:"text"`
	Masked      int               `json:"masked,omitempty"` // names in a hidden answer's text that are not shown
	Reasoning   string            `json:"reasoning"`
	Refusal     *string           `json:"refusal"`
	ToolCalls   []recordCall      `json:"tool_calls"`
	Finish      *string           `json:"finish"`
	Usage       providers.Usage   `json:"usage"`
	Foreseen    *int              `json:"prompt_estimate"`
	Cost        recordCost        `json:"cost"`
	Energy      *providers.Energy `json:"energy,omitempty"` // of a local answer, where it is known
	Timing      recordTiming      `json:"timing"`
	Server      *recordServer     `json:"server"`
	Attempts    int               `json:"attempts"`
	Attachments []recordFile      `json:"attachments"`
	Error       *recordError      `json:"error"`
	Notices     []string          `json:"notices"`
	Simulated   bool              `json:"simulated"`
	Raced       bool              `json:"raced"`
	Params      providers.Params  `json:"params"`
	Follows     int               `json:"follows,omitempty"` // the column whose answers it was told of the turns before; left out for its own
}

// recordFile is a file of the question. What was sent is null where nothing was;
// what the model saw and what it was counted as is an estimate of the time when
// it was asked, and null where nobody knew.
type recordFile struct {
	Name       string   `json:"name"`
	MIME       string   `json:"mime"`
	SHA256     string   `json:"sha256"`
	Width      *int     `json:"width"`
	Height     *int     `json:"height"`
	SentWidth  *int     `json:"sent_width"`
	SentHeight *int     `json:"sent_height"`
	SeenWidth  *int     `json:"seen_width"`
	SeenHeight *int     `json:"seen_height"`
	Tokens     *int     `json:"tokens_estimate"`
	Notes      []string `json:"notes"`
}

type recordCall struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

type recordCost struct {
	USD    *string               `json:"usd"`
	Source providers.PriceSource `json:"source"`
	AsOf   *string               `json:"as_of"`
}

type recordTiming struct {
	TTFT  *float64 `json:"ttft_ms"`
	TTFV  *float64 `json:"ttfv_ms"`
	Total *float64 `json:"total_ms"`
	TPOT  *float64 `json:"tpot_ms"`
	Speed *float64 `json:"tokens_per_second"`
}

type recordServer struct {
	Queue   *float64 `json:"queue_ms"`
	Load    *float64 `json:"load_ms"`
	Prefill *float64 `json:"prefill_ms"`
	Decode  *float64 `json:"decode_ms"`
	Cold    *bool    `json:"cold"` // see [Answer.Cold]; null where nobody knows
}

type recordError struct {
	Kind       providers.Kind `json:"kind"`
	Status     *int           `json:"status"`
	Message    string         `json:"message"`
	Hint       string         `json:"hint"`
	RetryAfter *float64       `json:"retry_after_ms"`
}

// Record is the answer as the commands print it, with the files of its turn.
// total_ms ends with the last output, not with the usage report behind it.
func (a *Answer) Record(session ID, turn int, files ...Attachment) Record {
	t := a.Timing
	r := Record{
		Session: session, Turn: turn, Column: a.Column, Take: a.Take, Model: a.Model.String(),
		Served: known(a.Served), Text: a.Text, Reasoning: a.Thoughts,
		ToolCalls: []recordCall{}, Finish: known(string(a.Finish)), Usage: a.Usage, Foreseen: positive(a.Foreseen),
		Timing: recordTiming{
			TTFT: millis(t.FirstToken), TTFV: millis(t.FirstAnswer), Total: millis(t.Last), TPOT: millis(t.TPOT(a.Usage)),
		},
		Energy: a.Energy, Attempts: t.Attempts, Attachments: recordFiles(files), Notices: a.Notices, Simulated: a.Simulated, Raced: a.Raced, Params: a.Params, Follows: a.Follows,
	}
	if r.Notices == nil {
		r.Notices = []string{}
	}
	unsent := a.Error != nil && t.Attempts == 0
	if unsent { // no tokens were used, and that is no estimate
		r.Usage.Estimated = false
	}
	for i := range r.Attachments {
		f := &r.Attachments[i]
		if unsent {
			f.SentWidth, f.SentHeight = nil, nil
		}
		if i < len(a.Sights) && a.Sights[i].SHA256 == f.SHA256 {
			v := a.Sights[i].View
			f.SeenWidth, f.SeenHeight, f.Tokens = positive(v.Width), positive(v.Height), positive(v.Tokens)
		}
	}
	if v := t.Speed(a.Usage); v > 0 {
		v = math.Round(v*1000) / 1000
		r.Timing.Speed = &v
	}
	if a.Finish == providers.Refused || a.Refusal != "" {
		r.Refusal = &a.Refusal
	}
	for _, c := range a.Calls {
		args := json.RawMessage(c.Arguments)
		if !json.Valid(args) { // as the model wrote it, then
			args, _ = json.Marshal(c.Arguments)
		}
		r.ToolCalls = append(r.ToolCalls, recordCall{c.ID, c.Name, args})
	}
	r.Cost = recordCostOf(a)
	if cold, told := a.Cold(); told || a.Server.Known() {
		s := a.Server
		r.Server = &recordServer{Queue: reported(s.Queue), Load: reported(s.Load), Prefill: reported(s.Prefill), Decode: reported(s.Decode)}
		if told {
			r.Server.Cold = &cold
		}
	}
	if e := a.Error; e != nil {
		r.Error = &recordError{Kind: e.Kind, Message: e.Message, Hint: e.Hint, RetryAfter: millis(e.RetryAfter)}
		if e.Status != 0 {
			r.Error.Status = &e.Status
		}
	}
	return r
}

func recordCostOf(a *Answer) (r recordCost) {
	money, source := a.Cost()
	r.Source = source
	if money == nil {
		return r
	}
	usd := money.USD()
	r.USD = &usd
	if a.Price != nil && a.Price.Source == source {
		r.AsOf = known(a.Price.AsOf)
	}
	return r
}

// A Transcript is a session with its turns as the commands print it.
type Transcript struct {
	Summary
	Turns []TranscriptTurn `json:"turns"`
}

// TranscriptTurn is a turn of a [Transcript].
type TranscriptTurn struct {
	Turn
	Seats       []int        `json:"seats,omitempty"` // IDs of the columns from left to right, of a blind turn that was revealed
	Attachments []recordFile `json:"attachments"`
	Votes       []Vote       `json:"votes"`
	Answers     []Record     `json:"answers"`
}

// NewTranscript is s with all its turns, as far as they may be shown. The
// answers of hidden ones are listed by seat.
func NewTranscript(s Session, turns []Turn) Transcript {
	t := Transcript{Summary: s.Summary(), Turns: []TranscriptTurn{}}
	for _, turn := range turns {
		shown := turn.Veil(s.Columns)
		tt := TranscriptTurn{Turn: shown, Attachments: recordFiles(turn.Files), Votes: append([]Vote{}, shown.Votes...), Answers: []Record{}}
		tt.Files = nil // they are the attachments
		for i := range shown.Answers {
			r := shown.Answers[i].Record(s.ID, turn.ID, turn.Files...)
			if turn.Hidden() {
				r.Seat, r.Masked = turn.Seat(r.Column), shown.Answers[i].Masked
				r.Attachments = recordFiles(turn.Files) // whether they were sent to this one is hidden, too
			}
			tt.Answers = append(tt.Answers, r)
		}
		switch {
		case turn.Hidden():
			slices.SortStableFunc(tt.Answers, func(x, y Record) int { return cmp.Or(x.Seat-y.Seat, x.Take-y.Take) })
		case turn.Blind:
			tt.Seats = turn.Seats()
		}
		t.Turns = append(t.Turns, tt)
	}
	return t
}

func recordFiles(files []Attachment) []recordFile {
	all := []recordFile{}
	for _, f := range files {
		all = append(all, recordFile{
			Name: f.Name, MIME: f.MIME, SHA256: f.SHA256, Width: positive(f.Width), Height: positive(f.Height),
			SentWidth: positive(f.SentWidth), SentHeight: positive(f.SentHeight), Notes: append([]string{}, f.Notes...),
		})
	}
	return all
}

// positive is n, unless it is not known.
func positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// millis is d in milliseconds to the microsecond. A zero duration is not known,
// and one that is known is never zero.
func millis(d time.Duration) *float64 {
	if d == 0 {
		return nil
	}
	d = max(d, time.Microsecond)
	return reported(&d)
}

// reported is a duration that may well be zero.
func reported(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	ms := float64(d.Round(time.Microsecond).Microseconds()) / 1000
	return &ms
}
