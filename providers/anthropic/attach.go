package anthropic

import (
	"unicode/utf8"

	"juxta/providers"
	"juxta/providers/wire"
)

// attach writes a blob as the block for it.
func attach(b providers.Blob, r rules, d *wire.Draft) (part, error) {
	encoded := func(kind string) part {
		return part{Type: kind, Source: &source{"base64", b.MIME, d.Base64(b.Data)}}
	}
	switch b.MIME {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		if r.blind {
			return part{}, unsupported("the model can't see images")
		}
		return encoded("image"), nil
	case "application/pdf":
		if r.noPDF {
			return part{}, unsupported("the model can't read PDF documents")
		}
		return encoded("document"), nil
	case "text/plain":
		if utf8.Valid(b.Data) {
			return part{Type: "document", Source: &source{"text", b.MIME, string(b.Data)}}, nil
		}
	}
	return part{}, unsupported("an attachment of type %.60q can't be sent", b.MIME)
}

// What Anthropic's own API takes at most, by its documentation. Gateways and
// clouds have limits of their own, and say so themselves.
const (
	mostRequest = 32 << 20 // bytes of the whole request
	mostEncoded = 10 << 20 // bytes of one picture in base64
	mostEdge    = 8000     // pixels
	manyEdge    = 2000     // pixels, from more than fewPictures on
	fewPictures = 20
	mostMedia   = 600 // pictures in one request; 100 for some models, which the service tells apart
)

// tooMuch says what of the attachments the service is known to refuse. All of a
// conversation's pictures count, because all of them are sent again.
func tooMuch(history []providers.Message, whole int64) error {
	refuse := func(hint, format string, args ...any) error {
		e := unsupported(format, args...)
		e.Hint = hint
		return e
	}
	var pictures []providers.Blob
	for _, m := range history {
		for _, p := range m.Parts {
			if b, ok := p.(providers.Blob); ok && b.MIME != "application/pdf" && b.MIME != "text/plain" {
				pictures = append(pictures, b)
			}
		}
	}
	edge, of := mostEdge, ""
	if len(pictures) > fewPictures {
		edge, of = manyEdge, ", where a conversation holds more than 20 of them"
	}
	for _, b := range pictures {
		if n := (len(b.Data) + 2) / 3 * 4; n > mostEncoded {
			return refuse(wire.Smaller, "a picture may have 7.5 MB here, which are 10 MB as base64, and one has %.1f MB", float64(len(b.Data))/(1<<20))
		}
		if w, h := wire.Pixels(b.Data); max(w, h) > edge {
			return refuse(wire.Smaller, "a picture may be %d pixels wide and high here%s, and one has %d×%d", edge, of, w, h)
		}
	}
	switch {
	case len(pictures) > mostMedia:
		return refuse(wire.Fewer, "a request may hold %d pictures here, and this one has %d", mostMedia, len(pictures))
	case whole > mostRequest:
		return refuse(wire.Fewer, "a request may have 32 MB here, and this one has %.1f MB with its attachments", float64(whole)/(1<<20))
	}
	return nil
}
