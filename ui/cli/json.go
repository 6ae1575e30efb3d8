package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// printJSON prints v on a line of its own. What a terminal would obey, and JSON
// leaves as it is, is escaped: the value stays the same.
func (a *app) printJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&disarmed{w: &b})
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := a.out.Write(b.Bytes())
	return err
}

// A disarmed writes JSON on with what a terminal would obey escaped. Outside of a
// text JSON has none of that.
type disarmed struct {
	w    io.Writer
	half []byte // of a character
}

// Write implements [io.Writer].
func (d *disarmed) Write(p []byte) (int, error) {
	text := append(d.half, p...)
	out := make([]byte, 0, len(text))
	for len(text) > 0 && utf8.FullRune(text) {
		r, n := utf8.DecodeRune(text)
		switch {
		case r < 0x7f || !unicode.In(r, unicode.Cc, unicode.Cf):
			out = append(out, text[:n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[n:]
	}
	d.half = bytes.Clone(text)
	if _, err := d.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
