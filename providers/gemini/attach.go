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

// attach writes a blob, if the API has a place for its kind. Its size is for the
// service to judge: the 100 MB of a request that Google documents are less than
// it was seen to take (324 MB, in September 2026).
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
