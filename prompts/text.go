package prompts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mostText is how long a text may be: about 250,000 tokens.
const mostText = 1 << 20

// textMIME is the type of a text, by its name: its bytes don't tell. All are
// text/…, for they are told as text.
func textMIME(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".markdown":
		return "text/markdown"
	case ".csv":
		return "text/csv"
	case ".htm", ".html", ".xhtml":
		return "text/html"
	case ".xml", ".svg": // a drawing's source, told as the text it is
		return "text/xml"
	case ".css":
		return "text/css"
	case ".js", ".mjs":
		return "text/javascript"
	}
	return "text/plain"
}

// Question is what was piped in as the words of a question. An error says what
// it is instead: a picture is not read to anybody letter by letter.
func Question(data []byte) (string, error) {
	head := data[:min(len(data), MostQuestion)]
	if len(head) < len(data) {
		head = wholeLetters(head)
	}
	switch {
	case !utf8.Valid(head) || bytes.IndexByte(head, 0) >= 0:
		f := sniff(data[:min(len(data), 4096)])
		if f == formatUnknown || f == formatUTF8 {
			return "", errors.New("is no text: its bytes are not UTF-8, or some are 0: save it as UTF-8 first")
		}
		return "", fmt.Errorf("is %s: attach it with -a -", f.described())
	case len(head) < len(data):
		return "", fmt.Errorf("is more than %d MB of text, which no model reads: ask about a part of it", MostQuestion>>20)
	}
	return string(bytes.TrimPrefix(head, []byte("\ufeff"))), nil
}

// described is a format in the words of a sentence.
func (f format) described() string {
	switch {
	case f == formatUTF16:
		return "text in UTF-16"
	case f.isPicture() && f != formatIcon:
		return article(f.String()) + " picture"
	case f > formatUTF16:
		return f.String()
	}
	return article(f.String())
}

// wholeLetters is a text without the letter at its end that may have been cut
// in two.
func wholeLetters(text []byte) []byte {
	for range utf8.UTFMax {
		if r, size := utf8.DecodeLastRune(text); r != utf8.RuneError || size != 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return text
}

// checkText says why a text can't be attached.
func checkText(data []byte) error {
	if len(data) > mostText {
		return fmt.Errorf("is %.1f MB of text; at most %d MB of text can be attached: attach a part of it", float64(len(data))/(1<<20), mostText>>20)
	}
	return nil
}

// asText makes a's data of a text: UTF-8, and nothing but what is written.
func (f *File) asText(a *Attachment) error {
	var err error
	switch rest, marked := bytes.CutPrefix(f.data, []byte("\ufeff")); {
	case f.format == formatUTF16:
		a.note("UTF-16 turned into UTF-8")
		a.Data, err = decodeUTF16(f.data)
	case marked:
		a.note("byte order mark removed")
		a.Data = rest
	}
	if strings.EqualFold(filepath.Ext(f.Name), ".svg") {
		a.note("a drawing's source, told as text")
	}
	if err == nil && len(a.Data) == 0 {
		err = errEmpty
	}
	return err
}

// decodeUTF16 is a text that begins with a byte order mark as UTF-8.
func decodeUTF16(data []byte) (text []byte, err error) {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 0xfe {
		order = binary.BigEndian
	}
	data = data[2:]
	if len(data)%2 != 0 {
		return nil, errors.New("is UTF-16 text that is cut short: save it as UTF-8")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	for _, r := range utf16.Decode(units) {
		if r == 0 || r == utf8.RuneError {
			return nil, errors.New("begins like UTF-16 text and is none: save it as UTF-8")
		}
		text = utf8.AppendRune(text, r)
	}
	return text, nil
}
