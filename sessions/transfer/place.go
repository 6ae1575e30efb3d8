package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A place is where something stands in what is imported.
type place struct {
	file string // as it was named, with the member of an archive behind it
	line int    // from 1; 0 for none
	byte int64  // from 1; 0 for none
	what string // `conversation "Trip to Rome"`; "" if that is not known
	best int    // how good a name what is
}

// A placeError is what is wrong with a file that was to be imported, and where.
// Its texts come from the file: whoever shows them sanitises them.
type placeError struct {
	at    place
	err   error
	alone bool // it is wrong with one conversation, and the others can be read
}

func (e *placeError) Error() string { return e.at.String() + ": " + e.err.Error() }

func (e *placeError) Unwrap() error { return e.err }

func (p place) String() string {
	var parts []string
	if p.file != "" {
		parts = append(parts, p.file)
	}
	if p.line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", p.line))
	}
	if p.byte > 0 {
		parts = append(parts, fmt.Sprintf("byte %d", p.byte))
	}
	if p.what != "" {
		parts = append(parts, p.what)
	}
	return strings.Join(parts, ", ")
}

// in is err with what it is about, if its place does not say that yet.
func (p place) in(err error) error {
	var at *placeError
	if errors.As(err, &at) && at.at.what == "" {
		return &placeError{place{file: at.at.file, line: at.at.line, byte: at.at.byte, what: p.what}, at.err, at.alone}
	}
	return err
}

// wrong is an error about the file.
func (p place) wrong(format string, args ...any) error {
	return &placeError{at: p, err: fmt.Errorf(format, args...)}
}

// broken is an error about the conversation that begins here.
func (p place) broken(format string, args ...any) error {
	return &placeError{at: p, err: fmt.Errorf(format, args...), alone: true}
}

// plus is the place n bytes into what begins here.
func (p place) plus(raw []byte, n int64) place {
	n = max(min(n, int64(len(raw)))-1, 0)
	p.line += bytes.Count(raw[:n], []byte{'\n'})
	p.byte += n
	return p
}

// learn takes in what a conversation is called: a member of it with its value,
// both as they are written.
func (p *place) learn(name, value []byte) {
	const longest = 80
	how := bytesIndex([]string{"id", "uuid", "custom_id", "conversation_id", "conversation_name", "name", "title"}, name)
	if how < p.best || how < 0 || len(value) == 0 || len(value) > 6*longest {
		return
	}
	var s string
	if err := json.Unmarshal(append(append([]byte{'"'}, value...), '"'), &s); err != nil || strings.TrimSpace(s) == "" {
		return
	}
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest-1]) + "…"
	}
	p.what, p.best = fmt.Sprintf("conversation %q", s), how
}

func bytesIndex(all []string, b []byte) int {
	for i, s := range all {
		if s == string(b) {
			return i
		}
	}
	return -1
}
