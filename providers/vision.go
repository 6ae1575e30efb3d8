package providers

import "strings"

// A Vision is how a service looks at pictures of one model's: what it scales
// them down to before the model sees them, and how many tokens it counts.
type Vision interface {
	// See is what becomes of a picture of so many pixels; both are positive.
	See(width, height int) View
}

// A View is what a model sees of a picture. All of it is an estimate from what
// the service publishes, to be shown with a "~".
type View struct {
	Width, Height int    // pixels after the service's own scaling; 0 if unknown
	Tokens        int    // that it is counted as; 0 if unknown
	Trouble       string // why the service will not take it as it is, for people; "" if it will
}

// Odd is what is out of the ordinary about a picture of so many pixels: it is
// "very small", "very long" or "very large"; "" for nothing. The runners of
// models on a device of ours end over some of those, and with them what they were
// answering: Ollama 0.17.4 over a side that comes to less than a square of its
// model's (1×1, 28×3000), and over 30,000 pixels, which it lays into a square of
// as many. Few models say where that begins: the bounds here are on the safe
// side.
func Odd(width, height int) string {
	long, short := max(width, height), min(width, height)
	switch {
	case short <= 0: // unknown
	case (long-1)/100 >= short:
		return "very long"
	case long > 1<<14:
		return "very large"
	case short < 28:
		return "very small"
	}
	return ""
}

// Takes says whether the model accepts an attachment of a MIME type as it is.
func (m Model) Takes(mime string) Support {
	switch kind, _, _ := strings.Cut(mime, "/"); {
	case kind == "image":
		return m.Can.Images
	case kind == "audio":
		return m.Can.Audio
	case mime == "application/pdf":
		return m.Can.Documents
	case kind == "text":
		return Yes // it is told as text
	}
	return No
}
