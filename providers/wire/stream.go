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
		var ev Event
		var name, data []byte // kept between events, so that a stream allocates once
		pending := false
		flush := func() bool {
			if !pending {
				return true
			}
			pending = false
			ok := yield(ev, nil)
			ev, name, data = Event{}, name[:0], data[:0]
			return ok
		}
		for {
			line, err := l.next()
			if err != nil {
				if flush() && err != io.EOF {
					yield(Event{}, err)
				}
				return
			}
			if len(line) == 0 {
				if !flush() {
					return
				}
				name, ev.Name = name[:0], nil
				continue
			}
			field, value := cutField(line)
			switch string(field) {
			case "data":
				if ev.Data != nil {
					data = append(data, '\n')
				}
				data = append(data, value...)
				ev.Data = data
				if data == nil {
					ev.Data = []byte{}
				}
			case "event":
				name = append(name[:0], value...)
				ev.Name = name
				continue
			case "error":
				ev.Fault = bytes.Clone(value)
			default:
				if line[0] != '{' || line[len(line)-1] != '}' {
					continue
				}
				ev.Fault = bytes.Clone(line)
			}
			pending, ev.At, ev.Cut = true, l.from.stamp(), l.cut
		}
	}
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
