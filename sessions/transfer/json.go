package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"juxta/providers"
	"juxta/sessions"
)

// juxta's own JSON holds a session without loss, in one object on one line:
//
//	{"juxta":"session","version":1,"session":{…},"turns":[{…,"answers":[…],"votes":[…]}],"files":[{"sha256":"…","data":"…"}]}
//
// Several sessions are several lines. The names are those of the store. A text
// that is not UTF-8 is in "bytes", in base64, as files are; "chunks" are the
// arrivals of an answer, each the nanoseconds since it was asked and the bytes of
// its text, and a 1 behind them for a thought.
const jsonVersion = 1

type jsonTurn struct {
	sessions.Turn
	Bytes   map[string][]byte `json:"bytes,omitempty"`
	Answers []jsonAnswer      `json:"answers"`
	Votes   []sessions.Vote   `json:"votes,omitempty"`
}

type jsonAnswer struct {
	sessions.Answer
	Bytes  map[string][]byte `json:"bytes,omitempty"`
	Chunks jsonChunks        `json:"chunks,omitempty"`
}

type jsonChunks []providers.Chunk

type jsonFile struct {
	SHA256 string `json:"sha256"`
	Data   []byte `json:"data"`
}

// ErrHidden is why a session does not leave: one of its turns was asked blind
// and is not revealed, and what leaves says who answered.
var ErrHidden = errors.New("it has blind turns that are not revealed yet")

// WriteJSON writes a session as one line of juxta's JSON.
func WriteJSON(w io.Writer, b sessions.Bundle) error {
	if len(b.Session.Hidden) > 0 {
		return ErrHidden
	}
	out := &lineWriter{w: w}
	out.text(`{"juxta":"session","version":1,"session":`)
	out.value(b.Session)
	for i := range b.Turns {
		out.text(either(i == 0, `,"turns":[`, `,`))
		out.value(turnOut(&b.Turns[i]))
	}
	out.text(either(len(b.Turns) == 0, `,"turns":[]`, `]`))
	for i, sum := range slices.Sorted(maps.Keys(b.Files)) {
		out.text(either(i == 0, `,"files":[`, `,`))
		out.value(jsonFile{sum, b.Files[sum]})
	}
	out.text(either(len(b.Files) == 0, "}\n", "]}\n"))
	return out.err
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// A lineWriter writes JSON until the first error.
type lineWriter struct {
	w   io.Writer
	err error
}

func (o *lineWriter) text(s string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, s)
	}
}

func (o *lineWriter) value(v any) {
	if o.err != nil {
		return
	}
	var line []byte
	if line, o.err = marshal(v); o.err == nil {
		_, o.err = o.w.Write(line)
	}
}

// marshal is v as JSON in one line, with < and > as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// turnOut is a turn as it is written.
func turnOut(t *sessions.Turn) jsonTurn {
	out := jsonTurn{Turn: *t, Answers: []jsonAnswer{}, Votes: t.Votes}
	out.Bytes = keepBytes(nil, "text", &out.Text)
	for _, a := range t.Answers {
		one := jsonAnswer{Answer: a, Chunks: a.Timing.Chunks}
		one.Bytes = keepBytes(one.Bytes, "text", &one.Text)
		one.Bytes = keepBytes(one.Bytes, "thoughts", &one.Thoughts)
		one.Bytes = keepBytes(one.Bytes, "refusal", &one.Refusal)
		if a.Raw != nil && !bytes.Equal(a.Raw, compact(a.Raw)) {
			one.Bytes = with(one.Bytes, "raw", a.Raw)
			one.Raw = nil
		}
		out.Answers = append(out.Answers, one)
	}
	return out
}

// keepBytes moves a text that JSON can't hold to the bytes.
func keepBytes(all map[string][]byte, name string, text *string) map[string][]byte {
	if utf8.ValidString(*text) {
		return all
	}
	all = with(all, name, []byte(*text))
	*text = ""
	return all
}

func with(all map[string][]byte, name string, data []byte) map[string][]byte {
	if all == nil {
		all = map[string][]byte{}
	}
	all[name] = data
	return all
}

// compact is JSON without spaces; nil for what is no JSON, or is not UTF-8.
func compact(raw []byte) []byte {
	var b bytes.Buffer
	if !utf8.Valid(raw) || json.Compact(&b, raw) != nil {
		return nil
	}
	return b.Bytes()
}

// turn is what was read, as the store has it.
func (in *jsonTurn) turn() sessions.Turn {
	t := in.Turn
	takeBytes(in.Bytes, "text", &t.Text)
	t.Votes = in.Votes
	for _, one := range in.Answers {
		a := one.Answer
		takeBytes(one.Bytes, "text", &a.Text)
		takeBytes(one.Bytes, "thoughts", &a.Thoughts)
		takeBytes(one.Bytes, "refusal", &a.Refusal)
		if a.Raw != nil {
			a.Raw = compact(a.Raw)
		}
		if raw, ok := one.Bytes["raw"]; ok {
			a.Raw = raw
		}
		a.Timing.Chunks = one.Chunks
		t.Answers = append(t.Answers, a)
	}
	return t
}

func takeBytes(all map[string][]byte, name string, text *string) {
	if data, ok := all[name]; ok {
		*text = string(data)
	}
}

// MarshalJSON writes each chunk as its numbers.
func (c jsonChunks) MarshalJSON() ([]byte, error) {
	out := []byte("[")
	for i, one := range c {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, "[%d,%d", int64(one.At), one.Bytes)
		out = append(out, either(one.Thought, ",1]", "]")...)
	}
	return append(out, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *jsonChunks) UnmarshalJSON(data []byte) error {
	var all [][]int64
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*c = make(jsonChunks, 0, len(all))
	for i, one := range all {
		if len(one) < 2 || len(one) > 3 || int64(int32(one[1])) != one[1] || len(one) == 3 && one[2] != 1 {
			return fmt.Errorf("chunk %d is not a time and a length", i+1)
		}
		*c = append(*c, providers.Chunk{At: time.Duration(one[0]), Bytes: int32(one[1]), Thought: len(one) == 3})
	}
	return nil
}
