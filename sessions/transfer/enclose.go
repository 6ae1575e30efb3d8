package transfer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"juxta/prompts"
	"juxta/sessions"
)

// mostEnclosed is how many bytes of files one conversation may bring.
const mostEnclosed = 256 << 20

// enclose makes a file that came with a message one of the session's, prepared
// as one that is attached here. It is not taken with an error that says why.
//
// Where sessions are only checked, pictures are not decoded: whether they can be
// decides over no more than themselves.
func (g *gathering) enclose(t *talk, m *message, name string, data []byte) error {
	if len(m.files) == prompts.MostFiles {
		return fmt.Errorf("files beyond the %d that a question can have", prompts.MostFiles)
	}
	f, err := prompts.Loader{}.Look(name, "an import", data)
	if err != nil {
		return errors.New("files that can't be attached")
	}
	if g.in.checks {
		return nil
	}
	a, err := f.Prepare(g.ctx)
	switch {
	case g.ctx.Err() != nil:
		return g.ctx.Err()
	case err != nil:
		return errors.New("files that can't be attached")
	}
	total := len(a.Data)
	for _, kept := range t.files {
		total += len(kept)
	}
	if total > mostEnclosed {
		return fmt.Errorf("files beyond the %d MB that a conversation can have", mostEnclosed>>20)
	}
	sum := a.SHA256()
	if t.files == nil {
		t.files = map[string][]byte{}
	}
	t.files[sum] = a.Data
	m.files = append(m.files, sessions.Attachment{
		Name: a.Name, MIME: a.MIME, SHA256: sum, Bytes: len(a.Data), Width: a.FileWidth, Height: a.FileHeight,
		SentWidth: a.Width, SentHeight: a.Height, Notes: a.Notes,
	})
	return nil
}

// dataURL is what a data: URL holds. It is false for what is none, or is broken.
func dataURL(s string) (data []byte, ok bool) {
	rest, ok := cutPrefixFold(s, "data:")
	if !ok {
		return nil, false
	}
	head, body, ok := strings.Cut(rest, ",")
	if !ok {
		return nil, false
	}
	if !strings.HasSuffix(strings.ToLower(head), ";base64") {
		text, err := url.PathUnescape(body)
		return []byte(text), err == nil
	}
	return base64Data(body)
}

// base64Data reads base64 with or without padding.
func base64Data(s string) ([]byte, bool) {
	s = strings.TrimRight(strings.TrimSpace(s), "=")
	data, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		data, err = base64.RawURLEncoding.DecodeString(s)
	}
	return data, err == nil && len(data) > 0
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// nameOf is the last part of a file's name, whatever divides it.
func nameOf(name, otherwise string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		return otherwise
	}
	return name
}
