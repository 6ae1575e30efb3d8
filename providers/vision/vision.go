// Package vision is how services look at pictures: what each scales them down
// to before a model sees them, how many tokens it counts, and what it refuses.
//
// Its model of the world: a model belongs to a family, which is told by its
// name, and a family looks in one of a few ways, each a small struct of figures
// with the arithmetic that its vendor publishes. No request is made and no pixel
// is read: all of it is an estimate before the question, and what the service
// reports afterwards is right. A model of no known family has none. Beside that,
// it knows which files are never sent to a model: see takes.
package vision

import (
	"cmp"
	"net/url"
	"strings"

	"juxta/providers"
)

// Complete is a [providers.Completion]: it adds how a model looks at pictures,
// and where m does not say, whether it takes pictures, sound and PDF files.
func Complete(e providers.Endpoint, m providers.Model) providers.Model {
	n := read(m.Ref.Model)
	way, sees := family(n, e)
	if e.API == "demo" { // whose names say nothing
		way, sees = nil, providers.Unknown
	}
	can, lacks := takes(n, e), absent(e)
	m.Can.Images = cmp.Or(m.Can.Images, can.Images, sees)
	m.Can.Audio = cmp.Or(lacks.Audio, m.Can.Audio, can.Audio)
	m.Can.Documents = cmp.Or(lacks.Documents, m.Can.Documents, can.Documents)
	if m.Can.Images != providers.No && way != nil {
		m.Vision = way
	}
	return m
}

// family is how models of a name look at pictures, nil if that is not known, and
// whether they see at all.
func family(n name, e providers.Endpoint) (providers.Vision, providers.Support) {
	for _, closed := range [...]way{gpt, claude, gemini} {
		if v := closed(n, e); v != nil {
			return v, providers.Yes
		}
	}
	for _, open := range [...]way{mistral, qwen, llama, gemma, others} {
		if v := open(n, e); v != nil {
			if e.Local { // the eyes are a file of their own, and may not be there
				return v, providers.Unknown
			}
			return v, providers.Yes
		}
	}
	if blind(n) {
		return nil, providers.No
	}
	return nil, providers.Unknown
}

// A way is how the models of one vendor look, nil for what is not one of them.
type way func(name, providers.Endpoint) providers.Vision

// documents says who takes PDF files as they are: only for the vendors' own
// hosts, because a service between may take them apart for any model, or not
// pass them on.
//
// platform.claude.com/docs/en/build-with-claude/pdf-support (2026): all active
// models; not the first of Claude 3. ai.google.dev/gemini-api/docs/document-processing
// (2026): Gemini. developers.openai.com/api/docs/guides/pdf-files (2026): models
// that see.
func documents(n name, e providers.Endpoint) providers.Support {
	switch host(e) {
	case "api.anthropic.com":
		if v, ok := n.version("claude"); ok {
			return providers.Supported(v.atLeast(3, 5))
		}
	case "generativelanguage.googleapis.com":
		if gemini(n, e) != nil {
			return providers.Yes
		}
	case "api.openai.com":
		if gpt(n, e) != nil {
			return providers.Yes
		}
		if blind(n) {
			return providers.No
		}
	}
	return providers.Unknown
}

// host is where an endpoint is, "" if that is a device of ours.
func host(e providers.Endpoint) string {
	u, err := url.Parse(e.BaseURL)
	if err != nil || e.Local {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
