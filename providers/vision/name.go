package vision

import (
	"slices"
	"strconv"
	"strings"
)

// A name is a model's name in the words that it is made of: in lower case,
// without what is only spelling. "accounts/x/models/Qwen3p5-9B",
// "qwen3.5:9b" and "Qwen_Qwen3.5-9B-GGUF" have the words qwen3.5 and 9b.
type name string

// read takes out who offers a model: services put owners before a slash.
func read(model string) name {
	s := strings.ToLower(model)
	if base, tag, ok := strings.Cut(s, ":"); ok && strings.Contains(tag, "/") {
		s = base // a registry's port, or worse
	}
	s = s[strings.LastIndexByte(s, '/')+1:]
	b := []byte(s)
	for i, c := range b {
		switch {
		case c == '_' || c == ':' || c == '@' || c == ' ':
			b[i] = '-'
		case c == 'p' && i > 0 && i+1 < len(b) && digit(b[i-1]) && digit(b[i+1]):
			b[i] = '.' // Fireworks writes points so
		}
	}
	return name(b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// is reports whether the name has one of words, each as a whole: "gpt-5" is in
// "openai.gpt-5-2025-08-07" and not in "gpt-5.1".
func (n name) is(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		rest := string(n)
		for at := 0; ; {
			i := strings.Index(rest[at:], w)
			if i < 0 {
				return false
			}
			i += at
			if (i == 0 || !wordy(rest[i-1])) && n.ends(i+len(w)) {
				return true
			}
			at = i + 1
		}
	})
}

// starts reports whether the name begins with one of words, as a whole.
func (n name) starts(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(string(n), w) && n.ends(len(w)) })
}

// ends reports whether a word ends at i. What follows a point is more of the
// number before it.
func (n name) ends(i int) bool {
	if i == len(n) {
		return true
	}
	if n[i] == '.' {
		return i+1 == len(n) || !digit(n[i+1])
	}
	return !wordy(n[i])
}

func wordy(c byte) bool { return digit(c) || c >= 'a' && c <= 'z' }

// has reports whether one of the parts is anywhere in the name.
func (n name) has(parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(string(n), p) })
}

// begins reports whether a word that begins with one of the parts is in the
// name: "qwen2.5vl" and "qwen2.5-vl" begin with "qwen2.5".
func (n name) begins(parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool {
		i := strings.Index(string(n), p)
		return i == 0 || i > 0 && !wordy(n[i-1])
	})
}

// A version is the numbers of a name, such as 4.5.
type version struct{ major, minor int }

func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// version is the first number after a word, and the one behind it if that stands
// apart only by a point or a dash. A date is no version, and neither is a size.
func (n name) version(word string) (version, bool) {
	if !n.begins(word) {
		return version{}, false
	}
	_, rest, _ := strings.Cut(string(n), word)
	var found []int
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == '-' || r == '.' }) {
		v, err := strconv.Atoi(part)
		switch {
		case err == nil && v >= 0 && v < 100:
			found = append(found, v)
		case len(found) > 0:
			return version{found[0], append(found, 0)[1]}, true
		}
		if len(found) == 2 {
			break
		}
	}
	if len(found) == 0 {
		return version{}, false
	}
	return version{found[0], append(found, 0)[1]}, true
}
