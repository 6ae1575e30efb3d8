package sessions

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions/plain"
)

// A brief is what one column is told in one turn, from the first message to
// the question.
type brief struct {
	messages []providers.Message
	files    []Attachment     // of all of them
	sights   []Sight          // of the question's own
	given    given            // what its answers came to so far
	vain     *providers.Error // why nothing is sent; nil if it is
}

// A briefing makes the briefs of one question. The columns share the bytes of
// the files, which live no longer than the requests.
type briefing struct {
	shelf *shelf
	data  map[string][]byte            // by SHA-256
	texts map[[2]string]providers.Text // of written files, by SHA-256 and name
}

func (b *Bench) briefing() *briefing {
	return &briefing{shelf: &b.shelf, data: map[string][]byte{}, texts: map[[2]string]providers.Text{}}
}

// brief tells a column its story and the question. A file that the store has
// lost, or has not as it was, is the failure of the columns that would be told
// it; a store that can't be read now is everybody's.
func (g *briefing) brief(m providers.Model, st *story, text string, files []Attachment) (brief, error) {
	var r brief
	var told []earlier
	if st == nil {
		st = &story{}
	}
	for i := range st.told {
		for _, f := range st.with[i].files {
			told = append(told, earlier{Attachment: f, turn: st.with[i].turn})
			r.files = append(r.files, f)
		}
	}
	r.files, r.given = append(r.files, files...), st.given
	if r.vain = blind(m, told, files).err(m.Ref); r.vain != nil {
		r.files = nil
		for _, f := range files {
			r.sights = append(r.sights, sight(m, f, 0))
		}
		return r, nil
	}
	r.messages = append(slices.Clip(st.told), providers.Message{Role: providers.User})
	for i := range r.messages {
		own, turn := files, 0
		asked := text
		if i < len(st.told) {
			w, ok := st.with[i]
			if !ok {
				continue
			}
			own, turn, asked = w.files, w.turn, st.told[i].Written()
		}
		parts, err := g.parts(own, asked)
		if lost := (*lostError)(nil); errors.As(err, &lost) {
			lost.turn = turn
			r.vain, r.messages, r.files = lost.vain(m.Ref), nil, nil
			break
		}
		if err != nil {
			return r, err
		}
		r.messages[i].Parts = parts
	}
	for _, f := range files {
		tokens := 0
		if kindOf(f.MIME) == prompts.Written {
			tokens = textTokens(g.texts[[2]string{f.SHA256, f.Name}])
		}
		r.sights = append(r.sights, sight(m, f, tokens))
	}
	return r, nil
}

// parts is a question as it is sent: what is seen and heard first, in order, as
// services advise; then what is written, and the question below it. A question
// of files alone has no empty text, which services refuse.
func (g *briefing) parts(files []Attachment, text string) ([]providers.Part, error) {
	if len(files) == 0 {
		return []providers.Part{providers.Text(text)}, nil
	}
	var seen, written []providers.Part
	for _, f := range files {
		if kindOf(f.MIME) == prompts.Written {
			t, err := g.text(f)
			if err != nil {
				return nil, err
			}
			written = append(written, t)
			continue
		}
		data, err := g.bytes(f)
		if err != nil {
			return nil, err
		}
		seen = append(seen, providers.Blob{Name: f.Name, MIME: f.MIME, Data: data})
	}
	if strings.TrimSpace(text) != "" {
		written = append(written, providers.Text(text))
	}
	return append(seen, written...), nil
}

func (g *briefing) bytes(f Attachment) ([]byte, error) {
	if data, ok := g.data[f.SHA256]; ok {
		return data, nil
	}
	data, err := g.shelf.bytes(f.SHA256)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, errDamaged):
		return nil, &lostError{name: f.Name, err: err}
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", quoted(f.Name), err)
	}
	g.data[f.SHA256] = data
	return data, nil
}

func (g *briefing) text(f Attachment) (providers.Text, error) {
	key := [2]string{f.SHA256, f.Name}
	if t, ok := g.texts[key]; ok {
		return t, nil
	}
	data, err := g.bytes(f)
	if err != nil {
		return "", err
	}
	g.texts[key] = Enclosed(f.Name, data)
	return g.texts[key], nil
}

// A lostError is a file that the store does not have as it was sent.
type lostError struct {
	name string
	turn int // 0 for the question's own
	err  error
}

func (e *lostError) Error() string { return fmt.Sprintf("%s: %v", quoted(e.name), e.err) }

// vain is why a column that would be told the file is not asked.
func (e *lostError) vain(ref providers.Ref) *providers.Error {
	of := "the question"
	if e.turn > 0 {
		of = fmt.Sprintf("turn %d", e.turn)
	}
	return &providers.Error{
		Op: "asking", Ref: ref, Kind: providers.Unsupported,
		Err:  fmt.Errorf("%s of %s can't be told again, and nothing was sent: %w", quoted(e.name), of, e.err),
		Hint: "put a copy of the store in its place, or start a new session and attach the file again",
	}
}

// Enclosed is a written file as a model is told it: its name on a line (without
// what acts on a terminal, and ' for `, which might be a fence), and its
// text between fences, which are longer than any in the text. After the first
// fence stands the name's extension, by which models and screens know the
// language. A blank line ends it, because some services are sent the parts of a
// message as one text.
//
//	notes.go:
//	```go
//	package notes
//	```
func Enclosed(name string, data []byte) providers.Text {
	fence := "```"
	for run := range runs(data, '`') {
		if run >= len(fence) {
			fence = strings.Repeat("`", run+1)
		}
	}
	var b strings.Builder
	b.Grow(len(data) + 2*len(fence) + len(name) + 32)
	if line := strings.ReplaceAll(plain.Line(name), "`", "'"); line != "" {
		b.WriteString(line + ":\n")
	}
	b.WriteString(fence + language(name) + "\n")
	b.Write(data)
	if len(data) > 0 && data[len(data)-1] != '\n' {
		b.WriteByte('\n')
	}
	b.WriteString(fence + "\n\n")
	return providers.Text(b.String())
}

// runs yields the length of every run of c.
func runs(data []byte, c byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for {
			i := bytes.IndexByte(data, c)
			if i < 0 {
				return
			}
			n := 1
			for i+n < len(data) && data[i+n] == c {
				n++
			}
			if !yield(n) {
				return
			}
			data = data[i+n:]
		}
	}
}

// language is the extension of a name, if it is a plain word.
func language(name string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if len(ext) > 12 || ext == "txt" || strings.Trim(ext, "abcdefghijklmnopqrstuvwxyz0123456789+-_") != "" {
		return ""
	}
	return ext
}

func textTokens(t providers.Text) int {
	return providers.EstimateTokens(utf8.RuneCountInString(string(t)))
}
