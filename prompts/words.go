package prompts

import (
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest text that is looked through for words: nobody drops more paths.
const mostPasted = 64 << 10

// media are the endings by which a bare name is told from a word of a sentence.
const media = " .png .apng .jpg .jpeg .jpe .jfif .mpo .gif .webp .bmp .dib .tif .tiff .heic .heif .avif" +
	" .pdf .wav .mp3 .flac .ogg .oga .opus .m4a .aac "

// Words splits what was pasted, dropped or typed into the paths and URLs it
// consists of, as shells, file managers and terminals write them: quoted,
// escaped, file://, one a line. It is false if any of it is something else.
// It does not look at the disk.
func Words(text string) ([]string, bool) {
	return words(text, runtime.GOOS == "windows")
}

// words is Words on a system where paths have drives and backslashes, or not.
func words(text string, drives bool) ([]string, bool) {
	// Terminals send what was pasted with a carriage return for a new line.
	text = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	if text == "" || len(text) > mostPasted || !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable) {
		return nil, false
	}
	var found []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") && strings.Contains(text, "file://") {
			continue // a comment of a list of URIs
		}
		some, ok := lineWords(line, drives)
		if !ok {
			return nil, false
		}
		found = append(found, some...)
	}
	return found, len(found) > 0
}

func unprintable(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n", r) }

// lineWords is the words of one line, which is tried in two ways: as a shell
// would read it, and as one path with unescaped spaces or apostrophes, as
// "Copy as Pathname" of macOS gives it.
func lineWords(line string, drives bool) ([]string, bool) {
	if isBare(line, drives) {
		return []string{line}, true
	}
	var found []string
	for rest := line; rest != ""; {
		var word string
		var ok bool
		if word, rest, ok = cutWord(rest, drives); !ok {
			return nil, false
		}
		if word, ok = meant(word, drives); !ok {
			return nil, false
		}
		found = append(found, word)
		rest = strings.TrimLeft(rest, " \t")
	}
	return found, true
}

// isBare reports whether the line is one path that nobody quoted: it begins
// like one, has no second beginning, and only its end is a medium's.
func isBare(line string, drives bool) bool {
	if !begins(line, drives) || strings.Contains(line, "://") || !endsInMedia(line) || !drives && strings.Contains(line, `\`) {
		return false
	}
	parts := strings.Fields(line)
	for i, p := range parts {
		if i > 0 && (begins(p, drives) || begins(strings.TrimLeft(p, `'"`), drives)) || i < len(parts)-1 && endsInMedia(p) {
			return false
		}
	}
	return true
}

// cutWord cuts the first word off a line, as shells read quotes and escapes.
func cutWord(line string, drives bool) (word, rest string, ok bool) {
	var b strings.Builder
	var quote rune
	escaped := false
	for i, r := range line {
		switch {
		case escaped:
			if quote == '"' && !strings.ContainsRune("\"\\$`", r) {
				b.WriteByte('\\') // in quotes it escapes nothing else
			}
			b.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'' && !drives:
			escaped = true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			b.WriteRune(r)
		case r == '\'' || r == '"':
			quote = r
		case r == ' ' || r == '\t':
			return b.String(), line[i:], true
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), "", quote == 0 && !escaped
}

// meant is the path or URL that an unquoted word is, if it is one.
func meant(word string, drives bool) (string, bool) {
	switch {
	case hasScheme(word, "file"):
		return fromFileURL(word, drives)
	case hasScheme(word, "http"), hasScheme(word, "https"):
		u, err := url.Parse(word)
		return word, err == nil && u.Hostname() != "" && !strings.ContainsFunc(word, unicode.IsSpace)
	case begins(word, drives):
		return word, true
	}
	elsewhere := len(word) > 1 && isLetter(word[0]) && word[1] == ':' // a drive where there are none
	return word, endsInMedia(word) && !strings.Contains(word, "://") && !elsewhere
}

// begins reports whether a word begins like a path. "//" and "/*" begin a
// comment in code.
func begins(word string, drives bool) bool {
	if word == "~" || strings.HasPrefix(word, "~/") || strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") {
		return true
	}
	if drives {
		return len(word) >= 3 && isLetter(word[0]) && word[1] == ':' && (word[2] == '\\' || word[2] == '/') ||
			strings.HasPrefix(word, `~\`) || strings.HasPrefix(word, `.\`) || strings.HasPrefix(word, `..\`)
	}
	return strings.HasPrefix(word, "/") && !strings.HasPrefix(word, "//") && !strings.HasPrefix(word, "/*")
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// endsInMedia reports whether a word is more than an ending of a picture's,
// document's or sound's name.
func endsInMedia(word string) bool {
	end := path.Ext(word)
	base := path.Base(filepath.ToSlash(word))
	return len(end) > 1 && base != end && strings.Contains(media, " "+strings.ToLower(end)+" ")
}

func hasScheme(word, scheme string) bool {
	return len(word) > len(scheme)+3 && strings.EqualFold(word[:len(scheme)], scheme) && word[len(scheme):len(scheme)+3] == "://"
}

// fromFileURL is the path of a file:// URL of this machine.
func fromFileURL(word string, drives bool) (string, bool) {
	rest := word[len("file://"):]
	host, name, ok := strings.Cut(rest, "/")
	if !ok || host != "" && !strings.EqualFold(host, "localhost") {
		return "", false
	}
	name, err := url.PathUnescape("/" + name)
	if err != nil || name == "/" || strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name) {
		return "", false
	}
	if drives && len(name) > 2 && isLetter(name[1]) && name[2] == ':' {
		name = strings.ReplaceAll(name[1:], "/", `\`)
	}
	return name, true
}
