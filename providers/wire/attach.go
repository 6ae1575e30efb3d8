package wire

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FileName is a file's name as an API may be told it: its last element, without
// control characters and whatever else changes how text reads, ending in ext,
// which begins with a dot. A name without any of that is "attachment".
func FileName(name, ext string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		return r
	}, name)
	if strings.EqualFold(filepath.Ext(name), ext) {
		name = name[:len(name)-len(ext)]
	}
	const longest = 100 // characters, of which a service wants no more than it could store
	if r := []rune(name); len(r) > longest {
		name = string(r[:longest])
	}
	if name = strings.Trim(name, " ."); name == "" {
		name = "attachment"
	}
	return name + ext
}

// Pixels are a picture's width and height by its header, whatever its name or
// type says; 0 if it is no PNG, JPEG or GIF.
func Pixels(data []byte) (width, height int) {
	var c image.Config
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		c, err = png.DecodeConfig(bytes.NewReader(data))
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		c, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case bytes.HasPrefix(data, []byte("GIF8")):
		c, err = gif.DecodeConfig(bytes.NewReader(data))
	}
	if err != nil {
		return 0, 0
	}
	return c.Width, c.Height
}

// What to do about an attachment that is not taken.
const (
	Smaller    = "scale the picture down, or leave it out"
	Fewer      = "scale the pictures down, leave some of them out, or start a new session"
	anew       = "save the picture anew as PNG or JPEG, or leave it out"
	seeing     = "choose a model with vision, or leave the picture out"
	hearing    = "choose a model that hears, or leave the sound out"
	shorter    = "split the document, or leave it out"
	readable   = "save the document anew, without a password, or leave it out"
	documented = "choose a model that reads PDF documents, or leave the document out"
)

// Advice is the next step after a service said that it does not take an
// attachment, or a request because of its size, and "" for anything else that it
// says. The words are those of the big services, of the servers that people run
// themselves, and of the proxies in front of them.
func Advice(words string) string {
	has := func(re func() *regexp.Regexp) bool { return re().MatchString(words) }
	switch {
	case has(largeBody), has(manyPictures):
		return Fewer
	case has(sound) && has(notTaken):
		return hearing
	case has(document) && has(locked):
		return readable
	case has(document) && has(large):
		return shorter
	case has(document) && has(notTaken):
		return documented
	case !has(picture):
		return ""
	case has(blind):
		return seeing
	case has(large):
		return Smaller
	case has(unreadable):
		return anew
	case has(notTaken):
		return seeing
	}
	return ""
}

var (
	largeBody    = Pattern(`(?i)request_too_large|request exceeds the maximum (size|allowed)|(request|entity|body|payload)( (body|entity|payload|size))* (is )?(too large|exceeds)|exceeds the maximum request size`)
	manyPictures = Pattern(`(?i)too (many|much) (images?|pictures|media|image_url)|(at most|up to|maximum (number )?of|more than|limit of|limit is) \d+ (images?|pictures|media)|\d+ images?,? (is|are) (the )?(maximum|limit|most)|too many .{0,20}images|total image size|max data-uri per request`)
	picture      = Pattern(`(?i)\bimages?\b|\bimage_url\b|\bpictures?\b|\bvision\b|inline_?data|data-uri|\bpixels\b`)
	document     = Pattern(`(?i)\bpdfs?\b|\bdocuments?\b|\bfile_data\b|input_file|'file'`)
	sound        = Pattern(`(?i)\baudio\b|input_audio`)
	locked       = Pattern(`(?i)password|encrypt|(was|is) not valid|(invalid|corrupt\w*|malformed) (pdf|document|file)|could not process`)
	large        = Pattern(`(?i)exceed|too (large|big|many|long)|(is|are) larger than|(at most|below|under|maximum of|no more than) [\d.,]+ ?(px|pixels|k?b|mi?b|bytes|pages)|\bmaximum\b|max allowed`)
	unreadable   = Pattern(`(?i)unsupported image|invalid image|invalid base64|(could not|couldn't|unable to|failed to|cannot|can't) (process|decode|load|parse|read|identify)|media.?type|mime.?type|format|not valid|\bcorrupt|does not match|not represent a valid`)
	blind        = Pattern(`(?i)(not|n't) support\w* (the )?(images?|vision|image input|image_url|multimodal)|support (images?|image input|vision)|images? (inputs? )?(is|are) not (supported|allowed)|only (supports? )?text|text.only|not a (vision|multimodal)|mmproj|expected .?text`)
	notTaken     = Pattern(`(?i)(not|n't) (support|accept|take|allow)\w*|not (supported|allowed|enabled)|unsupported|unknown variant|invalid (type|value|content)|unrecognized|support (input )?(audio|file|pdf)`)
)
