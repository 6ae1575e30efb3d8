package tui

import (
	"bytes"
	"strconv"
	"sync"
)

// A sieve takes out of the renderer's frames what the terminal shows already. The
// renderer compares cell by cell, except for rows that hold a character which
// terminals may measure differently (CJK, emoji): such a row it writes whole in
// every frame, and four columns of emoji are 2 KB each time. It writes it as
//
//	ESC[?7l  the way to the row's start  ESC[K  the row  ESC[?7h  ESC[row;columnH
//
// and if that is what the row was last written as, of all this only what the
// next bytes rest on goes to the terminal: the pen and the cursor.
//
// What a row shows is forgotten as soon as something else may have changed it: a
// scroll, an erasure, anything that is not understood. Cells that are written one
// by one need no care. The renderer does that only in rows without such
// characters; they have been written whole, without them, before, and are again
// when such a character comes.
type sieve struct {
	mu     sync.Mutex
	rows   map[int]string // what rows were last written as, from 0
	row    int            // the cursor's; -1 if it is not known
	height int            // of the terminal; 0 if it is not known
	kept   []byte         // the frame that is left
}

const (
	wrapOff = "\x1b[?7l"
	wrapOn  = "\x1b[?7h"
	penOff  = "\x1b[m"
)

// resize says how many rows there are. Terminals move text when they get another
// size.
func (s *sieve) resize(height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.height = height
	s.forget()
}

func (s *sieve) forget() {
	clear(s.rows)
	s.row = -1
}

// sift is what must reach the terminal of a frame. It is valid until the next
// call.
func (s *sieve) sift(frame []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = s.kept[:0]
	for len(frame) > 0 {
		n := bytes.IndexAny(frame, "\x1b\n")
		if n < 0 {
			break
		}
		s.kept = append(s.kept, frame[:n]...)
		frame = frame[n:]
		if frame[0] == '\n' {
			s.down()
			n = 1
		} else if n = s.whole(frame); n > 0 {
			frame = frame[n:] // what is left of it is kept by now
			continue
		} else {
			n = s.sequence(frame)
		}
		s.kept = append(s.kept, frame[:n]...)
		frame = frame[n:]
	}
	s.kept = append(s.kept, frame...)
	return s.kept
}

// down is a line feed: at the end of the screen everything moves up.
func (s *sieve) down() {
	if s.row < 0 || s.row >= s.height-1 {
		s.forget()
		return
	}
	s.row++
}

// whole keeps what is needed of a row that is written whole, if p begins with
// one, and returns its length in p; 0 if it does not.
func (s *sieve) whole(p []byte) int {
	if !bytes.HasPrefix(p, []byte(wrapOff)) {
		return 0
	}
	end := bytes.Index(p, []byte(wrapOn))
	if end < 0 {
		return 0
	}
	way, text, is := bytes.Cut(p[len(wrapOff):end], []byte("\x1b[K"))
	home := p[end+len(wrapOn):]
	final, args, n := control(home)
	if !is || final != 'H' || bytes.Contains(text, []byte("\x1b]")) {
		return 0
	}
	length := end + len(wrapOn) + n
	s.row = number(args, 1) - 1
	if last, known := s.rows[s.row]; known && last == string(text) {
		s.kept = pens(s.kept, way)
		s.kept = pens(s.kept, text[max(bytes.LastIndex(text, []byte(penOff)), 0):])
		s.kept = append(s.kept, home[:n]...)
		return length
	}
	if s.rows == nil {
		s.rows = map[int]string{}
	}
	s.rows[s.row] = string(text)
	s.kept = append(s.kept, p[:length]...)
	return length
}

// sequence follows the escape sequence that p begins with, and returns its
// length, or that of its beginning.
func (s *sieve) sequence(p []byte) int {
	if len(p) > 1 && p[1] == ']' { // a title, a colour, a clipboard
		n := bytes.IndexByte(p, '\a')
		if st := bytes.Index(p, []byte("\x1b\\")); st >= 0 && (n < 0 || st < n) {
			n = st + 1
		}
		if n > 0 {
			return n + 1
		}
	}
	final, args, n := control(p)
	switch final {
	case 'm', 'K', 'X', 'C', 'D', 'G', '`', 'P', '@', 'b', 'c', 'n', 'p', 'q', 'u', 't': // stay in the row
	case 'h', 'l':
		if !bytes.HasPrefix(args, []byte("?")) || bytes.Contains(args, []byte("47")) || bytes.Contains(args, []byte("1049")) {
			s.forget()
		}
	case 'H', 'f':
		s.row = number(args, 1) - 1
	case 'd':
		s.row = number(args, 1) - 1
	case 'A':
		s.move(-number(args, 1))
	case 'B', 'e':
		s.move(number(args, 1))
	default: // scrolls, erases, inserts, or is strange
		s.forget()
	}
	return n
}

func (s *sieve) move(by int) {
	if s.row >= 0 {
		s.row = max(s.row+by, 0)
	}
}

// control takes the control sequence apart that p begins with. Final is 0 if
// it is another one or cut off; n is at least 1.
func control(p []byte) (final byte, args []byte, n int) {
	if len(p) < 3 || p[0] != 0x1b || p[1] != '[' {
		return 0, nil, min(1, len(p))
	}
	for i := 2; i < len(p); i++ {
		if p[i] >= 0x40 && p[i] <= 0x7e {
			return p[i], p[2:i], i + 1
		}
		if p[i] < 0x20 || p[i] > 0x7e {
			break
		}
	}
	return 0, nil, 1
}

// number is the first of a control sequence's numbers.
func number(args []byte, missing int) int {
	first, _, _ := bytes.Cut(args, []byte(";"))
	if n, err := strconv.Atoi(string(first)); err == nil && n > 0 {
		return n
	}
	return missing
}

// pens adds the sequences of p that set the pen.
func pens(to, p []byte) []byte {
	for len(p) > 0 {
		i := bytes.IndexByte(p, 0x1b)
		if i < 0 {
			break
		}
		p = p[i:]
		final, _, n := control(p)
		if final == 'm' {
			to = append(to, p[:n]...)
		}
		p = p[n:]
	}
	return to
}
