package transfer

import (
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
		err := m.read(f.under, in.Note, func(v value) error {
			if err := ctx.Err(); err != nil {
				return err
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
	_ = in.each(under, func(value) error { return errors.New("that is enough") })
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
	return t.at.wrong("%w", err)
}
