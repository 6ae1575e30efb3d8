package openai

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// An attacher writes the attachments of one request as parts of it, and refuses
// what is known not to be taken: by the model, by the service, by the protocol.
// What nobody knows is sent, and the service decides.
type attacher struct {
	wire.Draft
	service *service
	model   string
	can     providers.Abilities

	documents int // so far
}

// attach writes a blob as Chat Completions' part for it.
func (a *attacher) attach(b providers.Blob) (part, error) {
	switch kind, _, _ := strings.Cut(b.MIME, "/"); {
	case kind == "image":
		if err := a.picture(b); err != nil {
			return part{}, err
		}
		return part{Type: "image_url", Image: &imageURL{a.url(b)}}, nil
	case kind == "audio", b.MIME == "application/ogg":
		format, err := a.sound(b)
		if err != nil {
			return part{}, err
		}
		data := a.Base64(b.Data)
		if a.service.dialect == dashScope { // takes addresses in the same place
			data = "data:;base64," + data
		}
		return part{Type: "input_audio", Audio: &audio{data, format}}, nil
	case b.MIME == "application/pdf":
		if err := a.document(b); err != nil {
			return part{}, err
		}
		return part{Type: "file", File: &inputFile{wire.FileName(b.Name, ".pdf"), a.url(b)}}, nil
	}
	return part{}, unsupported(fmt.Sprintf("an attachment of type %.60q can't be sent", b.MIME))
}

// input writes a blob as the Responses API's part for it.
func (a *attacher) input(b providers.Blob) (inputPart, error) {
	if by := a.service.dialect; strings.HasPrefix(b.MIME, "audio/") && (by == own || by == xAI) {
		return inputPart{}, &providers.Error{
			Kind: providers.Unsupported, Err: fmt.Errorf("the Responses API of %s takes no sound", a.service.endpoint.Name),
			Hint: "ask a model that hears through openai-chat",
		}
	}
	part, err := a.attach(b)
	switch {
	case err != nil:
		return inputPart{}, err
	case part.Image != nil:
		return inputPart{Type: "input_image", ImageURL: part.Image.URL}, nil
	case part.File != nil:
		return inputPart{Type: "input_file", FileName: part.File.Name, FileData: part.File.Data}, nil
	}
	return inputPart{Type: "input_audio", Audio: part.Audio}, nil
}

func (a *attacher) url(b providers.Blob) string {
	return "data:" + b.MIME + ";base64," + a.Base64(b.Data)
}

// picture refuses a picture that is not taken. How much OpenAI takes is for
// itself to say: it documents 512 MB a request, and was seen to refuse 37 MB and
// to take 97 MB, because it weighs pictures after it has scaled them.
func (a *attacher) picture(b providers.Blob) error {
	formats := []string{"image/png", "image/jpeg", "image/webp", "image/gif"}
	if a.service.dialect == xAI {
		formats = formats[:2]
	}
	switch {
	case a.can.Images == providers.No:
		return unfit("choose a model with vision, or leave the picture out", "%s can't see pictures", a.model)
	case !slices.Contains(formats, b.MIME):
		return unfit("save the picture as PNG or JPEG, or leave it out", "pictures of type %.60q are not taken here", b.MIME)
	case a.service.dialect == xAI && len(b.Data) > 20<<20: // docs.x.ai, image understanding
		return unfit(wire.Smaller, "a picture may have 20 MB here, and one has %.1f MB", inMB(len(b.Data)))
	case a.service.dialect == dashScope && (len(b.Data)+2)/3*4 > 20<<20: // of what is base64, as its rate limits say
		return unfit(wire.Smaller, "a picture may have 15 MB here, which are 20 MB as base64, and one has %.1f MB", inMB(len(b.Data)))
	}
	return nil
}

// sounds are the formats that sound may have, by their types. OpenAI names the
// first two; OpenRouter takes the others too, as far as the model behind it does.
var sounds = []struct{ format, types string }{
	{"wav", "audio/wav audio/x-wav audio/wave audio/vnd.wave"},
	{"mp3", "audio/mpeg audio/mp3"},
	{"flac", "audio/flac audio/x-flac"},
	{"ogg", "audio/ogg application/ogg"},
	{"m4a", "audio/mp4 audio/x-m4a audio/m4a"},
	{"aac", "audio/aac"},
	{"aiff", "audio/aiff audio/x-aiff"},
}

// sound is the format of a blob that is taken.
func (a *attacher) sound(b providers.Blob) (format string, err error) {
	for i, s := range sounds {
		if (i < 2 || a.service.dialect == openRouter) && slices.Contains(strings.Fields(s.types), b.MIME) {
			format = s.format
		}
	}
	switch {
	case a.can.Audio == providers.No:
		return "", unfit("choose a model that hears, or leave the sound out", "%s can't hear", a.model)
	case format == "":
		return "", unfit("save the sound as WAV or MP3, or leave it out", "sound of type %.60q is not taken here", b.MIME)
	}
	return format, nil
}

// document refuses a PDF that is not taken.
func (a *attacher) document(b providers.Blob) error {
	a.documents++
	if a.can.Documents == providers.No {
		return unfit("choose a model that reads PDF documents, or leave the document out", "%s reads no PDF documents", a.model)
	}
	return nil
}

func inMB(n int) float64 { return float64(n) / (1 << 20) }

func unsupported(what string) error {
	return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf("%s", what)}
}

func unfit(hint, format string, args ...any) error {
	return &providers.Error{Kind: providers.Unsupported, Err: fmt.Errorf(format, args...), Hint: hint}
}

// A plugin is one of OpenRouter's.
type plugin struct {
	ID  string            `json:"id"`
	PDF map[string]string `json:"pdf,omitempty"`
}

// plugins keep OpenRouter from reading a document for the model: a document goes
// to a model that takes it as it is. Left to itself OpenRouter would turn it
// into text for any other, by character recognition at two dollars for a
// thousand pages, and what the model was told would not be what was sent.
func (a *attacher) plugins() []plugin {
	if a.service.dialect != openRouter || a.documents == 0 {
		return nil
	}
	return []plugin{{ID: "file-parser", PDF: map[string]string{"engine": "native"}}}
}
