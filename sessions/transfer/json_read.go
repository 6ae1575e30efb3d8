package transfer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"juxta/prompts"
	"juxta/sessions"
)

// Most of what one session may bring, so that a file can't claim all memory.
const (
	mostSession = 64 << 20 // bytes of the session itself, or of one turn
	mostTexts   = 1 << 30  // bytes of all turns
	mostFiles   = 1 << 30  // bytes of all files
	mostObjects = 200_000  // in the session itself, or in one turn
)

var looksLikeJSON = pattern(`^\s*\{\s*"juxta"\s*:\s*"session"`)

func jsonReader() Reader {
	return Reader{
		Name: "json", Says: "juxta's own JSON, from `juxta sessions export --format json`",
		Sniff: func(s *Source) bool { return looksLikeJSON().Match(s.First) },
		Read: func(ctx context.Context, s *Source, in *Intake) error {
			f, err := s.Open()
			if err != nil {
				return err
			}
			defer f.Close()
			return readJSON(ctx, f, in.Take)
		},
	}
}

// readJSON reads sessions that WriteJSON wrote, one after the other. It holds one
// of them at a time, and its errors say where the fault is.
func readJSON(ctx context.Context, r io.Reader, take func(sessions.Bundle) error) error {
	in := &jsonStream{meter: &meter{r: r}}
	in.d = json.NewDecoder(in.meter)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !in.more() {
			_, err := in.d.Token()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return in.wrong(fmt.Sprintf("behind session %d", n-1), cmp.Or(err, errors.New("this is no session, which begins with {\"juxta\":\"session\": take it out")))
		}
		b, err := in.session()
		if err != nil {
			return fmt.Errorf("session %d: %w", n, err)
		}
		if err := take(b); err != nil {
			return fmt.Errorf("session %d: %w", n, err)
		}
	}
}

// A jsonStream reads sessions piece by piece.
type jsonStream struct {
	meter *meter
	d     *json.Decoder
	texts int // bytes of the session's turns
	files int // of its files
}

// A meter ends a text of which a single piece is too long.
type meter struct {
	r    io.Reader
	left int
}

var errTooLong = errors.New("it is too long for one piece of a session")

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLong
	}
	// The decoder looks at all spaces again after each reading, and doubles p: a
	// reading that fills p keeps that from taking for ever.
	n, err := io.ReadFull(m.r, p[:min(len(p), m.left)])
	m.left -= n
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// more reports whether the list or object goes on.
func (in *jsonStream) more() bool {
	in.meter.left = mostSession
	return in.d.More()
}

// wrong says where something is wrong.
func (in *jsonStream) wrong(where string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends in the middle of it: it is cut short; get it anew")
	}
	return fmt.Errorf("%s, at byte %d: %w", where, in.d.InputOffset(), err)
}

// session reads one object.
func (in *jsonStream) session() (b sessions.Bundle, err error) {
	in.texts, in.files = 0, 0
	if err := in.delim('{'); err != nil {
		return b, in.wrong("its beginning", err)
	}
	seen := map[string]bool{}
	for in.more() {
		token, err := in.d.Token()
		if err != nil {
			return b, in.wrong("its names", err)
		}
		name, _ := token.(string)
		if seen[name] {
			return b, in.wrong(name, errors.New("this name stands twice in one session: the file was changed; export it anew"))
		}
		seen[name] = true
		if err := in.part(name, &b); err != nil {
			return b, err
		}
	}
	if err := in.delim('}'); err != nil {
		return b, in.wrong("its end", err)
	}
	for _, name := range []string{"juxta", "version", "session", "turns"} {
		if !seen[name] {
			return b, in.wrong("its end", fmt.Errorf("%q is missing", name))
		}
	}
	return b, nil
}

// part reads the value of one name of a session.
func (in *jsonStream) part(name string, b *sessions.Bundle) error {
	switch name {
	case "juxta":
		var kind string
		if err := in.value("juxta", &kind); err != nil {
			return err
		}
		if kind != "session" {
			return in.wrong("juxta", fmt.Errorf("%.40q is not a session", kind))
		}
	case "version":
		var version int
		if err := in.value("version", &version); err != nil {
			return err
		}
		if version != jsonVersion {
			return in.wrong("version", fmt.Errorf("it is of version %d, and this juxta reads version %d: %w", version, jsonVersion, errLater))
		}
	case "session":
		return in.value("session", &b.Session)
	case "turns":
		return in.list("turn", func(where string) error {
			var t jsonTurn
			if err := in.value(where, &t); err != nil {
				return err
			}
			b.Turns = append(b.Turns, t.turn())
			return nil
		})
	case "files":
		return in.list("file", func(where string) error { return in.file(where, b) })
	default:
		return in.wrong("its names", fmt.Errorf("there is no %.40q in a session: it is from a newer juxta, or was changed", name))
	}
	return nil
}

// list reads the elements of a list, each by read, which is told where it is.
func (in *jsonStream) list(what string, read func(where string) error) error {
	if err := in.delim('['); err != nil {
		return in.wrong(what+"s", err)
	}
	for n := 1; in.more(); n++ {
		if err := read(fmt.Sprintf("%s %d", what, n)); err != nil {
			return err
		}
	}
	if err := in.delim(']'); err != nil {
		return in.wrong(what+"s", err)
	}
	return nil
}

func (in *jsonStream) delim(want json.Delim) error {
	token, err := in.d.Token()
	if err == nil && token != want {
		return fmt.Errorf("%.40q where %q should be", fmt.Sprint(token), want.String())
	}
	return err
}

// value reads one value. It is taken whole first, so that its size is known
// before room is made for what it claims to hold.
func (in *jsonStream) value(where string, v any) error {
	raw, err := in.raw(where, mostSession)
	if err != nil {
		return err
	}
	if in.texts += len(raw); in.texts > mostTexts {
		return in.wrong(where, fmt.Errorf("the session has more than %d MB of text", mostTexts>>20))
	}
	return in.decode(where, raw, v)
}

func (in *jsonStream) raw(where string, most int) (json.RawMessage, error) {
	in.meter.left = most
	var raw json.RawMessage
	if err := in.d.Decode(&raw); err != nil {
		return nil, in.wrong(where, err)
	}
	return raw, nil
}

func (in *jsonStream) decode(where string, raw []byte, v any) error {
	if err := strict(raw, v); err != nil {
		return in.wrong(where, err)
	}
	return nil
}

// errLater is of what was written by a juxta of a later version, most likely.
// Nothing is left out of juxta's own formats, so it is no half of a session
// either.
var errLater = errors.New("update juxta: a newer one may have written it")

// strict decodes one value, and nothing of it is lost without a word.
func strict(raw []byte, v any) error {
	if objects(raw) > mostObjects {
		return fmt.Errorf("it has more than %d objects", mostObjects)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return fmt.Errorf("it has a field %s, which this juxta does not know: %w", field, errLater)
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind its end: the file was changed; export it anew")
	}
	return nil
}

// objects counts those in a JSON text.
func objects(raw []byte) (n int) {
	quoted := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '{' && !quoted:
			n++
		}
	}
	return n
}

// file reads one file of the session.
func (in *jsonStream) file(where string, b *sessions.Bundle) error {
	raw, err := in.raw(where, prompts.MostBytes/3*4+mostSession/64)
	if err != nil {
		return err
	}
	var f jsonFile
	if err := in.decode(where, raw, &f); err != nil {
		return err
	}
	if in.files += len(f.Data); in.files > mostFiles {
		return in.wrong(where, fmt.Errorf("the session has more than %d MB of files", mostFiles>>20))
	}
	if b.Files == nil {
		b.Files = map[string][]byte{}
	}
	if _, ok := b.Files[f.SHA256]; ok {
		return in.wrong(where, errors.New("a file with this content came before: the file was changed; export it anew"))
	}
	b.Files[f.SHA256] = f.Data
	return nil
}
