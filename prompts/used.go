package prompts

// Used is a prompt of the library as a question was made from it. The whole
// source is kept, so that changing the file later loses nothing.
type Used struct {
	Name   string            `json:"name"`
	SHA256 string            `json:"sha256"` // of Source
	Source string            `json:"source"`
	Values map[string]string `json:"values,omitempty"` // of its variables
	Edited bool              `json:"edited,omitempty"` // the text was changed before it was sent
}
