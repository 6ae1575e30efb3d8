package transfer

import (
	"bytes"
	"context"
	"errors"
	"slices"
)

// A foreign is another program's format.
type foreign struct {
	name, says string
	under      string   // the name that its list of conversations may have
	knownBy    []string // names that the first of its values has, all of them

	// read takes one value; what it gathers over several of them it hands over
	// in end, which may be nil.
	read func(*gathering, value) error
	end  func(*gathering) error
}

// A gathering is a source of a foreign format while it is read.
type gathering struct {
	ctx     context.Context
	in      *Intake
	export  *export
	talks   []*talk        // of which not all may have been read
	byKey   map[string]int // where in talks
	bytes   int            // of talks
	uploads map[string]member
}

func foreignReader(f foreign) Reader {
	return Reader{
		Name: f.name, Says: f.says,
		Sniff: func(s *Source) bool {
			names := firstNames(s, f.under)
			return len(names) > 0 && !slices.ContainsFunc(f.knownBy, func(n string) bool { return !slices.Contains(names, n) })
		},
		Read: func(ctx context.Context, s *Source, in *Intake) error {
			e, err := openExport(s)
			if err != nil {
				return err
			}
			defer e.Close()
			return f.gather(ctx, e, in)
		},
	}
}

// gather hands over all conversations of an export.
func (f *foreign) gather(ctx context.Context, e *export, in *Intake) error {
	g := &gathering{ctx: ctx, in: in, export: e}
	for _, m := range e.conversations() {
		in.of += m.size
	}
	for _, m := range e.conversations() {
		err := m.read(f.under, in, func(v value) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			for range halves(v.raw) {
				g.leave(v.at, "halves of characters, which are � now")
			}
			return f.read(g, v)
		})
		if err != nil {
			return err
		}
	}
	if f.end != nil {
		return f.end(g)
	}
	return nil
}

// halves is how many characters of a JSON text are halves of a pair, of which no
// text can be made.
func halves(raw []byte) int {
	n, high := 0, -1 // where the first half of a pair ended
	for i := 0; i < len(raw); {
		at := bytes.IndexByte(raw[i:], '\\')
		if at < 0 {
			break
		}
		if i += at; i+6 > len(raw) || raw[i+1] != 'u' || raw[i+2]|0x20 != 'd' {
			i += 2
			continue
		}
		switch c := raw[i+3] | 0x20; {
		case c == '8' || c == '9' || c == 'a' || c == 'b': // 8 and 9 have that bit
			n++
			high = i + 6
		case c >= 'c' && c <= 'f' && high == i:
			n-- // it was whole
		case c >= 'c' && c <= 'f':
			n++
		}
		i += 6
	}
	return n
}

// firstNames are the names that a source's first value has, as far as it can be
// read: what is wrong with it is said when it is read for good.
func firstNames(s *Source, under string) []string {
	e, err := openExport(s)
	if err != nil {
		return nil
	}
	defer e.Close()
	all := e.conversations()
	if len(all) == 0 {
		return nil
	}
	f, err := all[0].open()
	if err != nil {
		return nil
	}
	defer f.Close()
	in := newScanner("", f)
	_ = in.each(under, func(value) error { return errors.New("that is enough") }, nil)
	return in.names
}

// leave notes what is not taken of what stands at a place.
func (g *gathering) leave(at place, what string) { g.in.Leave(what, at.String()) }

// take hands a conversation over, if anything was asked in it.
func (g *gathering) take(t *talk) error {
	if err := g.ctx.Err(); err != nil {
		return err
	}
	b, err := t.bundle()
	if err != nil {
		return err
	}
	if len(b.Turns) == 0 {
		g.leave(t.at, "conversations without a question")
		return nil
	}
	err = g.in.Take(b)
	var failed *storeFailed
	if err == nil || errors.As(err, &failed) {
		return err
	}
	return t.at.broken("%w", err)
}

// A teller is a conversation as another program has written it.
type teller[T any] interface {
	*T
	talk(*gathering, value) (*talk, error)
}

// conversation reads a value that is one conversation.
func conversation[T any, P teller[T]](g *gathering, v value) error {
	c := P(new(T))
	if err := v.decode(c); err != nil {
		return err
	}
	t, err := c.talk(g, v)
	if err != nil {
		return err
	}
	return g.take(t)
}
