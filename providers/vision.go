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
