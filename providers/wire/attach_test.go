package wire

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAFileNameIsABaseNameOfItsKind(t *testing.T) {
	for name, want := range map[string]string{
		"":                             "attachment.pdf",
		"plan.pdf":                     "plan.pdf",
		"Plan.PDF":                     "Plan.pdf",
		"/home/me/secret/plan.pdf":     "plan.pdf",
		`C:\Users\me\plan.pdf`:         "plan.pdf",
		"../..":                        "attachment.pdf",
		".pdf":                         "attachment.pdf",
		"a\x1b[2J\r\n\x00b.pdf":        "a[2Jb.pdf",
		"a\u202efdp.exe":               "afdp.exe.pdf",
		"\xff\xfe.pdf":                 "attachment.pdf",
		"Übersicht – 计划.pdf":           "Übersicht – 计划.pdf",
		`a"b<c>.pdf`:                   "abc.pdf",
		strings.Repeat("é", 300) + "x": strings.Repeat("é", 100) + ".pdf",
	} {
		if got := FileName(name, ".pdf"); got != want || !utf8.ValidString(got) {
			t.Errorf("%q is told as %q, want %q", name, got, want)
		}
	}
}

func TestPixelsAreReadFromTheHeader(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	for name, encode := range map[string]func(*bytes.Buffer) error{
		"PNG":  func(b *bytes.Buffer) error { return png.Encode(b, img) },
		"JPEG": func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) },
		"GIF":  func(b *bytes.Buffer) error { return gif.Encode(b, img, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		if w, h := Pixels(b.Bytes()); w != 30 || h != 20 {
			t.Errorf("%s: %d×%d", name, w, h)
		}
		if w, h := Pixels(b.Bytes()[:5]); w != 0 || h != 0 {
			t.Errorf("a cut %s: %d×%d", name, w, h)
		}
	}
	if w, h := Pixels([]byte("%PDF-1.7")); w != 0 || h != 0 {
		t.Errorf("a document: %d×%d", w, h)
	}
}

// The words are those of services, in short.
func TestAdviceSaysWhatToDoAboutAnAttachment(t *testing.T) {
	for words, want := range map[string]string{
		// Anthropic
		"messages.0.content.1.image.source.base64: image exceeds 10 MB maximum: 11179984 bytes > 10485760 bytes":                                           Smaller,
		"messages.9.content.3.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels": Smaller,
		"Could not process image": anew,
		"messages.0.content.0.image.source.base64: The image does not match the provided media type image/jpeg": anew,
		"too many images and documents: 101 + 0 > 100":                                                          Fewer,
		"A maximum of 100 PDF pages may be provided.":                                                           shorter,
		"The PDF specified is password protected.":                                                              readable,
		// OpenAI, and who speaks like it
		"You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].": anew,
		"Invalid content type. image_url is only supported by certain models.":                                                             seeing,
		"Invalid value: 'input_audio'. Supported values are: 'text', 'image_url'.":                                                         hearing,
		"Invalid value: 'file'. Supported values are: 'text', 'image_url' and 'refusal'.":                                                  documented,
		"No endpoints found that support image input":                                                                                      seeing,
		"No endpoints found that support input audio":                                                                                      hearing,
		"unknown variant `image_url`, expected `text` at line 1 column 90":                                                                 seeing,
		"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj":                                   seeing,
		"Failed to load image or audio file":                                                                                               anew,
		"Too many images provided. This model supports up to 5 images":                                                                     Fewer,
		"Total image size is 50.56MB, which exceeds the allowed limit of 50MB.":                                                            Fewer,
		"Exceeded limit on max bytes per data-uri item : 20971520":                                                                         Smaller,
		"Exceeded limit on max data-uri per request: 250":                                                                                  Fewer,
		"image file size exceeds limit 32 MB":                                                                                              Smaller,
		"Too many images were provided, we currently limit the number of images to 60":                                                     Fewer,
		// Google
		"Unable to process input image. Please retry or report":   anew,
		"Unsupported MIME type: image/gif":                        anew,
		"Image input modality is not enabled for models/x":        seeing,
		"Request payload size exceeds the limit: 20971520 bytes.": Fewer,
		// proxies
		"413 Request Entity Too Large": Fewer,
		// and what is none of this
		"max_tokens: 9999 > 8192, which is the maximum allowed number of output tokens": "",
		"`temperature` is not supported with this model":                                "",
		"see the documentation at https://host/docs/text":                               "",
		"prompt is too long: 250000 tokens > 200000 maximum":                            "",
	} {
		if got := Advice(words); got != want {
			t.Errorf("%s\n advises %q, want %q", words, got, want)
		}
	}
}
