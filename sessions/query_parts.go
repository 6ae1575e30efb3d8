package sessions

import (
	"context"
	"strings"
	"unicode"
)

// Nowhere are the parts of a query, as they were written, that no session has,
// for a query that finds nothing. None means that the parts are found, and not
// together. It ends with the error of ctx when that ends.
func (s *Store) Nowhere(ctx context.Context, text string) (parts []string, err error) {
	for rest := strings.TrimLeftFunc(text, unicode.IsSpace); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		var part string
		part, rest = cutPart(rest)
		if strings.HasPrefix(part, "-") {
			continue
		}
		q, err := parseQuery(part, rest == "")
		if err != nil || q.Empty() {
			continue
		}
		r, err := s.Search(ctx, q, Page{Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(r.Found) == 0 {
			parts = append(parts, part)
		}
	}
	return parts, nil
}
