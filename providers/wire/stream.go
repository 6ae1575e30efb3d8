package wire

import (
	"bytes"
	"io"
	"iter"
	"time"
)

// An Event is one server-sent event. At is when the last line that it is made
// of arrived. Its slices are valid until the next event.
type Event struct {
	At    time.Time
	Name  []byte // of its event field; empty if there was none
	Data  []byte // its data lines, joined by newlines
	Fault []byte // what an error field held, or a bare JSON object between the events: some servers put failures there
	Cut   bool   // the body ended in the last line, so that may be a part only
}

// A Line is one line of a stream of JSON values. Its slice is valid until the
// next line.
type Line struct {
	At   time.Time
	Data []byte
}

// events reads server-sent events as the WHATWG's standard says, and more
// mildly: an event that the end of the body completes counts, and so does a
// fault outside of the standard's fields.
func events(l *lines) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		l.cr = true
		var p pending
		for {
			line, err := l.next()
			if err == nil && len(line) > 0 {
				if p.add(line, l.from.stamp(), l.cut); len(p.data) <= l.limit {
					continue
				}
				yield(Event{}, endless("an event", l.limit))
				return
			}
			if p.some && !yield(p.ev, nil) {
				return
			}
			p.reset()
			if err != nil {
				if err != io.EOF {
					yield(Event{}, err)
				}
				return
			}
		}
	}
}

// pending is the event whose lines are coming in. Its buffers are kept from
// event to event, so that a stream allocates once.
type pending struct {
	ev         Event
	some       bool // a name alone is no event
	name, data []byte
}

func (p *pending) add(line []byte, at time.Time, cut bool) {
	field, value := cutField(line)
	switch string(field) {
	case "data":
		if p.data == nil {
			p.data = make([]byte, 0, 512) // empty data is data
		}
		if p.ev.Data != nil {
			p.data = append(p.data, '\n')
		}
		p.data = append(p.data, value...)
		p.ev.Data = p.data
	case "event":
		p.name = append(p.name[:0], value...)
		p.ev.Name = p.name
		return
	case "error":
		p.ev.Fault = bytes.Clone(value)
	default:
		if line[0] != '{' || line[len(line)-1] != '}' {
			return
		}
		p.ev.Fault = bytes.Clone(line)
	}
	p.some, p.ev.At, p.ev.Cut = true, at, cut
}

func (p *pending) reset() {
	p.some, p.ev, p.name, p.data = false, Event{}, p.name[:0], p.data[:0]
}

// cutField splits a line at its first colon and drops one space after it. A
// comment has an empty field.
func cutField(line []byte) (field, value []byte) {
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		return line, nil
	}
	value = line[i+1:]
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return line[:i], value
}

// values reads lines and leaves out empty ones.
func values(l *lines) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for {
			line, err := l.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Line{}, err)
				return
			}
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			if !yield(Line{l.from.stamp(), line}, nil) {
				return
			}
		}
	}
}
