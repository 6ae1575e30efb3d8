package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi/kitty"
)

// queried is the picture's name in [Query], which no drawing has.
const queried = 1

// Query asks a terminal whether it draws pictures: it looks at one of a single
// pixel, shows nothing, and answers if it knows what was meant. A terminal that
// does not know APC sequences may print this: whoever sends it makes sure.
func Query(tmux bool) string {
	return wrap(fmt.Sprintf("\x1b_Gi=%d,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\", queried), tmux)
}

// Answers reports whether an answer to [Query] is one, and whether it says yes.
func Answers(id int, words []byte) (asked, yes bool) {
	return id == queried, id == queried && string(words) == "OK"
}

// Name is the n-th name for a picture in the terminal. There are 61,200; then
// they repeat. Their middle bytes are zero, and the lowest is one that no theme
// changes; see placeholder.
func Name(n int) uint32 {
	const low, high = 240, 255
	n %= low * high
	return uint32(1+n/low)<<24 | uint32(16+n%low)
}

// Delete is what takes a picture back from the terminal, with its memory.
func Delete(id uint32, tmux bool) string {
	return wrap(fmt.Sprintf("\x1b_Ga=d,d=I,i=%d,q=2\x1b\\", id), tmux)
}

// transmit is what sends a picture: its pixels, packed, in pieces of the
// greatest length that is allowed, to be shown where its placeholders stand. The
// terminal is told not to answer.
func transmit(dots []color.RGBA, size image.Point, d *Drawing, tmux bool) string {
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed) // the level is one that is known; a buffer takes everything
	row := make([]byte, 0, 3*size.X)
	for i, p := range dots {
		if row = append(row, p.R, p.G, p.B); (i+1)%size.X == 0 {
			_, _ = z.Write(row)
			row = row[:0]
		}
	}
	_ = z.Close()
	data := base64.StdEncoding.EncodeToString(packed.Bytes())
	var b strings.Builder
	head := fmt.Sprintf("a=T,U=1,i=%d,c=%d,r=%d,f=24,s=%d,v=%d,o=z,q=2,", d.ID, d.Cols, d.Rows, size.X, size.Y)
	for {
		n, more := min(len(data), kitty.MaxChunkSize), 0
		if n < len(data) {
			more = 1
		}
		b.WriteString(wrap(fmt.Sprintf("\x1b_G%sm=%d;%s\x1b\\", head, more, data[:n]), tmux))
		if data, head = data[n:], "q=2,"; more == 0 {
			return b.String()
		}
	}
}

// wrap has tmux pass a sequence on to the terminal it is in.
func wrap(seq string, tmux bool) string {
	if !tmux {
		return seq
	}
	return "\x1bPtmux;" + strings.ReplaceAll(seq, "\x1b", "\x1b\x1b") + "\x1b\\"
}
