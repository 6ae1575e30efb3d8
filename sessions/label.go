package sessions

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"juxta/sessions/plain"
)

// How sessions are labelled: by a title of the user's, with tags, as pinned or
// archived, or as waiting to be deleted.

// label gives s the labels that kept has.
func (s *Session) label(kept *Session) {
	s.Named, s.Tags, s.Pinned, s.Archived, s.Binned = kept.Named, slices.Clone(kept.Tags), kept.Pinned, kept.Archived, kept.Binned
	s.Plan = kept.Plan
	if kept.Title != "" {
		s.Title = kept.Title
	}
}

const (
	longestTag   = 40  // letters
	mostTags     = 50  // of one session
	longestTitle = 200 // letters
)

// Tag is a tag as it is kept: in lower case, without a # before it. A tag is a
// word of at most 40 letters, digits and the signs - _ . / @ +, and begins with
// neither + nor -, so that +tag and -tag can mean what to do with it.
func Tag(word string) (string, error) {
	tag := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(word), "#"))
	switch {
	case tag == "":
		return "", errors.New("a tag needs a letter")
	case utf8.RuneCountInString(tag) > longestTag:
		return "", fmt.Errorf("tag %.60q is too long: %d letters are the most", plain.Line(tag), longestTag)
	case strings.ContainsAny(tag[:1], "+-"):
		return "", fmt.Errorf("tag %q: a tag begins with a letter or a digit", plain.Line(tag))
	}
	for _, r := range tag {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("-_./@+", r) {
			return "", fmt.Errorf("tag %.60q: write one word of letters, digits and - _ . / @ +", plain.Line(tag))
		}
	}
	return tag, nil
}

// tagsOf is words as tags, each once.
func tagsOf(words []string) ([]string, error) {
	var tags []string
	for _, w := range words {
		tag, err := Tag(w)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags, nil
}

// tag adds tags to s, and removes others.
func (s *Session) tag(add, remove []string) error {
	var tags []string
	for _, t := range append(slices.Clone(s.Tags), add...) {
		if !slices.Contains(remove, t) {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) > mostTags {
		return &Refusal{fmt.Errorf("session %s would have %d tags: %d are the most", s.ID, len(tags), mostTags), "take some off it first"}
	}
	s.Tags = tags
	return nil
}

// Words is what a session is called where it is listed, sanitised.
func (s *Session) Words() string { return cmp.Or(plain.Line(s.Title), "untitled") }

// Relabel takes in the labels that the session that is worked on has got in the
// store. It reads the disk. A session that is not there keeps what it has.
func (b *Bench) Relabel() error {
	if b.store == nil {
		return nil
	}
	id := b.Session().ID
	kept, err := b.store.Session(id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range []*desk{b.desk, b.asked} {
		if d != nil && d.session.ID == id {
			d.session.label(&kept)
		}
	}
	return nil
}
