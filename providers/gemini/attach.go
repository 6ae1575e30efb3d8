package gemini

import (
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// takes are the formats of pictures and sound that the API reads, by what it
// calls them; of sound, other names of the same format stand beside it. A GIF
// is no such picture.
var takes = map[string]string{
	"image/png": "image/png", "image/jpeg": "image/jpeg", "image/webp": "image/webp", "image/heic": "image/heic", "image/heif": "image/heif",
	"audio/wav": "audio/wav", "audio/x-wav": "audio/wav", "audio/wave": "audio/wav", "audio/vnd.wave": "audio/wav",
	"audio/mp3": "audio/mp3", "audio/mpeg": "audio/mp3",
	"audio/aiff": "audio/aiff", "audio/x-aiff": "audio/aiff", "audio/aac": "audio/aac",
	"audio/ogg": "audio/ogg", "application/ogg": "audio/ogg", "audio/flac": "audio/flac", "audio/x-flac": "audio/flac",
	"application/pdf": "application/pdf",
}

// attach writes a blob, if the API has a place for its kind.
func attach(b providers.Blob, who providers.Role, model string, r rules, d *wire.Draft) (*inline, error) {
	mime := takes[b.MIME]
	kind, _, _ := strings.Cut(b.MIME, "/")
	if mime == "" && (kind == "video" || kind == "text") {
		mime = b.MIME
	}
	switch {
	case who == providers.Assistant:
		return nil, unsupported("an attachment can't be put into the model's own mouth")
	case r.blind:
		return nil, unsupported("%s takes text alone", model)
	case r.deaf && kind == "audio":
		return nil, unsupported("%s takes no sound", model)
	case r.unread && mime == "application/pdf":
		return nil, unsupported("%s reads no PDF documents", model)
	case mime == "" && kind == "image":
		e := unsupported("pictures are PNG, JPEG, WebP, HEIC or HEIF here, and %.60q is none of them", b.MIME)
		e.Hint = "save the picture as PNG or JPEG, or leave it out"
		return nil, e
	case mime == "" && kind == "audio":
		e := unsupported("sound is WAV, MP3, AIFF, AAC, Ogg or FLAC here, and %.60q is none of them", b.MIME)
		e.Hint = "save the sound as WAV or MP3, or leave it out"
		return nil, e
	case mime == "":
		return nil, unsupported("an attachment of type %.60q can't be sent", b.MIME)
	}
	return &inline{mime, d.Base64(b.Data)}, nil
}

// What Google's own API takes at most, by its documentation. Vertex AI has other
// limits, and says so itself.
const (
	mostRequest  = 100 << 20 // bytes of the whole request
	mostDocument = 50 << 20  // bytes of a PDF
)

// tooMuch says what of the attachments the service is known to refuse.
func tooMuch(history []providers.Message, whole int64) error {
	for _, m := range history {
		for _, p := range m.Parts {
			if b, ok := p.(providers.Blob); ok && b.MIME == "application/pdf" && len(b.Data) > mostDocument {
				e := unsupported("a PDF may have 50 MB here, and one has %.1f MB", float64(len(b.Data))/(1<<20))
				e.Hint = "split the document, or leave it out"
				return e
			}
		}
	}
	if whole > mostRequest {
		e := unsupported("a request may have 100 MB here, and this one has %.1f MB with its attachments", float64(whole)/(1<<20))
		e.Hint = wire.Fewer
		return e
	}
	return nil
}
