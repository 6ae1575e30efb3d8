package prompts

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"unicode/utf8"
)

// A format is what a file is by its first bytes.
type format uint8

const (
	formatUnknown format = iota
	formatPNG
	formatJPEG
	formatGIF
	formatWebP
	formatBMP
	formatTIFF
	formatPDF
	formatWAV
	formatMP3
	formatFLAC
	formatOgg
	formatM4A
	formatAAC
	formatUTF8  // UTF-8
	formatUTF16 // UTF-16 with a byte order mark
	formatHEIC  // from here on: known, and not attached
	formatAVIF
	formatJXL
	formatJP2
	formatPSD
	formatBigTIFF
	formatIcon
	formatVideo
	formatArchive
)

// kind says of a format what it is called and what it is to a service; ""
// for what can't be attached. The names that belong to it are why a wrong one
// is noticed.
func (f format) kind() (name, mime, endings string) {
	switch f {
	case formatPNG:
		return "PNG", "image/png", ".png .apng"
	case formatJPEG:
		return "JPEG", "image/jpeg", ".jpg .jpeg .jpe .jfif .mpo"
	case formatGIF:
		return "GIF", "image/gif", ".gif"
	case formatWebP:
		return "WebP", "image/webp", ".webp"
	case formatBMP:
		return "BMP", "image/bmp", ".bmp .dib"
	case formatTIFF:
		return "TIFF", "image/tiff", ".tif .tiff"
	case formatPDF:
		return "PDF", "application/pdf", ".pdf .ai"
	case formatWAV:
		return "WAV", "audio/wav", ".wav"
	case formatMP3:
		return "MP3", "audio/mpeg", ".mp3"
	case formatFLAC:
		return "FLAC", "audio/flac", ".flac"
	case formatOgg:
		return "Ogg", "audio/ogg", ".ogg .oga .opus"
	case formatM4A:
		return "M4A", "audio/mp4", ".m4a .m4b .mp4"
	case formatAAC:
		return "AAC", "audio/aac", ".aac"
	case formatUTF8, formatUTF16:
		return "text", "text/plain", ""
	case formatHEIC:
		return "HEIC", "", ""
	case formatAVIF:
		return "AVIF", "", ""
	case formatJXL:
		return "JPEG XL", "", ""
	case formatJP2:
		return "JPEG 2000", "", ""
	case formatPSD:
		return "Photoshop", "", ""
	case formatBigTIFF:
		return "BigTIFF", "", ""
	case formatIcon:
		return "an icon", "", ""
	case formatVideo:
		return "a video", "", ""
	case formatArchive:
		return "an archive or an office document", "", ""
	}
	return "neither a picture, a PDF, a sound nor text", "", ""
}

func (f format) String() string {
	name, _, _ := f.kind()
	return name
}

func (f format) mime() string {
	_, mime, _ := f.kind()
	return mime
}

// isPicture reports whether a person would call it a picture, also if it can't
// be attached.
func (f format) isPicture() bool {
	return f >= formatPNG && f <= formatTIFF || f >= formatHEIC && f <= formatIcon
}

// sniff is the format of what begins with data, whatever its name says.
func sniff(data []byte) format {
	at := func(i int, magic string) bool {
		return len(data) >= i+len(magic) && string(data[i:i+len(magic)]) == magic
	}
	switch {
	case at(0, "\x89PNG\r\n\x1a\n"):
		return formatPNG
	case at(0, "\xff\xd8\xff"):
		return formatJPEG
	case at(0, "GIF87a"), at(0, "GIF89a"):
		return formatGIF
	case at(0, "RIFF") && at(8, "WEBP"):
		return formatWebP
	case at(0, "RIFF") && at(8, "WAVE"):
		return formatWAV
	case at(0, "RIFF") && at(8, "AVI "):
		return formatVideo
	case at(0, "II*\x00"), at(0, "MM\x00*"):
		return formatTIFF
	case at(0, "II+\x00"), at(0, "MM\x00+"):
		return formatBigTIFF
	case at(0, "BM") && isBMP(data):
		return formatBMP
	case at(4, "ftyp"):
		return sniffBox(data)
	}
	return sniffRest(data, at)
}

func sniffRest(data []byte, at func(int, string) bool) format {
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(data[:min(len(data), 1024)], "\xef\xbb\xbf\x00 \t\r\n"), []byte("%PDF-")):
		return formatPDF
	case at(0, "fLaC"):
		return formatFLAC
	case at(0, "OggS"):
		return formatOgg
	case at(0, "ID3") && len(data) > 3 && data[3] < 8:
		return formatMP3
	case len(data) > 2 && data[0] == 0xff && data[1]&0xf6 == 0xf0: // ADTS: layer 0
		return formatAAC
	case len(data) > 2 && data[0] == 0xff && data[1]&0xe6 == 0xe2: // a frame of layer 3
		return formatMP3
	case at(0, "\xff\x0a"), at(0, "\x00\x00\x00\x0cJXL \r\n\x87\n"):
		return formatJXL
	case at(0, "\x00\x00\x00\x0cjP  \r\n\x87\n"), at(0, "\xff\x4f\xff\x51"):
		return formatJP2
	case at(0, "8BPS"):
		return formatPSD
	case at(0, "\x00\x00\x01\x00"), at(0, "icns"):
		return formatIcon
	case at(0, "\x1aE\xdf\xa3"), at(0, "FLV\x01"), at(0, "\x00\x00\x01\xba"), at(0, "\x00\x00\x01\xb3"):
		return formatVideo
	case at(0, "PK\x03\x04"), at(0, "PK\x05\x06"), at(0, "\x1f\x8b"), at(0, "\xd0\xcf\x11\xe0"), at(0, "7z\xbc\xaf"), at(0, "BZh9"), at(0, "\xfd7zXZ"), at(0, "Rar!"):
		return formatArchive
	case at(0, "\xff\xfe"), at(0, "\xfe\xff"):
		return formatUTF16
	case utf8.Valid(data) && bytes.IndexByte(data, 0) < 0:
		return formatUTF8
	}
	return formatUnknown
}

// isBMP tells a bitmap from a text that begins with "BM", by the length of its
// header.
func isBMP(data []byte) bool {
	if len(data) < 18 {
		return false
	}
	switch binary.LittleEndian.Uint32(data[14:]) {
	case 12, 16, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

// sniffBox is the format of an ISO media file, by its brands: the first is what
// it is, the others what it can be read as.
func sniffBox(data []byte) format {
	end := min(len(data), 512)
	if n := binary.BigEndian.Uint32(data); n >= 16 && n < uint32(end) {
		end = int(n)
	}
	brands := ""
	for i := 8; i+4 <= end; i += 4 {
		if i != 12 { // the minor version
			brands += string(data[i:i+4]) + " "
		}
	}
	has := func(any ...string) bool {
		for _, b := range any {
			if strings.Contains(brands, b+" ") {
				return true
			}
		}
		return false
	}
	switch {
	case strings.HasPrefix(brands, "M4A "), strings.HasPrefix(brands, "M4B "):
		return formatM4A
	case has("avif", "avis"):
		return formatAVIF
	case has("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1", "mif2"):
		return formatHEIC
	case bytes.Contains(data, []byte("soun")) && !bytes.Contains(data, []byte("vide")):
		return formatM4A // MP4 that only sounds
	}
	return formatVideo
}

// refusal says why a format can't be attached and what to do.
func (f format) refusal() string {
	const or = ", or any picture editor"
	mac := runtime.GOOS == "darwin"
	switch f {
	case formatHEIC:
		if mac {
			return "is HEIC, which models don't read. Convert it: sips -s format jpeg in.heic --out out.jpg"
		}
		return "is HEIC, which models don't read. Convert it: heif-convert in.heic out.jpg, or magick in.heic out.jpg"
	case formatAVIF:
		if mac {
			return "is AVIF, which models don't read. Convert it: sips -s format jpeg in.avif --out out.jpg"
		}
		return "is AVIF, which models don't read. Convert it: avifdec in.avif out.png, or magick in.avif out.png"
	case formatJXL:
		return "is JPEG XL, which models don't read. Convert it: djxl in.jxl out.png" + or
	case formatJP2, formatBigTIFF, formatPSD, formatIcon:
		return fmt.Sprintf("is %s, which can't be attached. Save it as PNG, with magick in out.png%s", strings.Replace(f.String(), "Photoshop", "a Photoshop file", 1), or)
	case formatVideo:
		return "is a video, which can't be attached. Attach a picture of it: ffmpeg -i in.mp4 -frames:v 1 out.png"
	case formatArchive:
		return "is an archive or an office document, which can't be attached. Unpack it, or save it as PDF"
	}
	return "is " + f.String() + ", and nothing else can be attached. If it is text, save it as UTF-8"
}

// misnamed is a note about a name that promises another format; "" if it does
// not.
func (f format) misnamed(name string) string {
	end := strings.ToLower(filepath.Ext(name))
	if len(end) < 2 {
		return ""
	}
	for other := formatPNG; other <= formatAAC; other++ {
		_, _, endings := other.kind()
		if !strings.Contains(endings+" ", end+" ") {
			continue
		}
		if _, _, own := f.kind(); strings.Contains(own+" ", end+" ") {
			return ""
		}
		return fmt.Sprintf("is %s, whatever its name says", article(f.String()))
	}
	return ""
}

// article is a format with what goes before it in a sentence.
func article(name string) string {
	switch {
	case name == "text":
		return name
	case strings.HasPrefix(name, "MP3"), strings.HasPrefix(name, "M4A"), strings.HasPrefix(name, "Ogg"), strings.HasPrefix(name, "AAC"):
		return "an " + name
	}
	return "a " + name
}
