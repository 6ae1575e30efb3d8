package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
)

// Whatever a terminal sends, as answers to questions, pastes, mouse reports or
// keys, it does nothing but what the keys of the help do: the screen stays whole,
// and nothing of it comes back to the terminal as a command.
func FuzzWhatATerminalSends(f *testing.F) {
	for _, s := range []string{
		"plain words", "\x1b[?62;22;52c", "\x1b[?1;2c\x1b[>41;354;0c", "\x1b[?2026;2$y\x1b[?2027;0$y", "\x1b]11;rgb:1414/1616/1b1b\x1b\\", "\x1b]11;rgb:zz/\x07",
		"\x1bP>|xterm(354)\x1b\\", "\x1bP>|\x1b[2J\u202eevil\x1b\\", "\x1b_Gi=31;OK\x1b\\", "\x1b_Gi=31;ENODATA:\x1b]52;c;aGk=\x07\x1b\\", "\x1b[4;1200;1600t", "\x1b[6;9999999;0t", "\x1b[8;1;1t",
		"\x1b[200~a\x1b[31mb\x1b]0;title\x07c\x1b[201~", "\x1b[200~never ended \x1b[20", "\x1b[200~\x1b[200~\x1b[201~\x1b[201~", "\x1b[<0;5;5M\x1b[<0;900;900m\x1b[<64;-1;0M", "\x1b[M   \x1b[M\xff\xff\xff",
		"\x1b[1;1R\x1b[999999999999;1R", "\x1b[?0u\x1b[97;5u\x1b[27u", "\x1b[I\x1b[O", "\x1b", "\x1b[", "\x1b]", "\x9b31m\x9d0;x\x9c", "\xff\xfe\x80", "\x00\x00", "a\u202eb\u200bc\u2028", "\tjkvsd\x1b\t/word\r", "\x1b[E\x1bOP\x1bOR",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		if len(sent) > 200 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			o := opens(bench(t, "", []string{"script:say=hello", "script:say=good+day"}))
			o.Keys = bound(t, Binding{"suspend", nil}, Binding{"editor", nil}, Binding{"quit", []string{"f12"}}) // which leave the program
			x := start(t, 80, 24, o)
			x.ask("q", time.Second)
			over := make(chan error, 1)
			go func() { // until it is taken, or the program has ended
				_, err := x.keys.Write([]byte(sent))
				over <- err
			}()
			time.Sleep(2 * time.Second)
			select {
			case err := <-x.over: // it was told to
				x.over <- err
			default:
				if typed := x.typed(); strings.ContainsFunc(typed, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
					t.Errorf("%q came into the composer", typed)
				}
				x.whole()
				x.inert(`string "\x1b_"`, "CSI t") // with which a terminal that named itself is asked for graphics
			}
			x.end()
			_ = x.ended()
			<-over
		})
	})
}
