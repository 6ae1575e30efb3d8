package sessions

import (
	"errors"

	"juxta/prompts"
	"juxta/providers"
)

// An Attachment is a file that a turn has, as it is kept: what was sent is in
// the store, once by its hash. Its strings are what was found: whoever shows
// them sanitises them.
type Attachment struct {
	Name       string   `json:"name"`
	MIME       string   `json:"mime"` // of what was sent
	SHA256     string   `json:"sha256"`
	Bytes      int      `json:"bytes"`
	Width      int      `json:"width,omitempty"` // pixels of the file, upright; 0 for what is no picture
	Height     int      `json:"height,omitempty"`
	SentWidth  int      `json:"sent_width,omitempty"` // pixels of what was sent
	SentHeight int      `json:"sent_height,omitempty"`
	Notes      []string `json:"notes,omitempty"` // what was done to it
}

// A Sight is what one column's model sees of one attachment, and what that
// costs, as far as anybody knows before it is asked.
type Sight struct {
	SHA256  string           `json:"sha256"`
	View    providers.View   `json:"view"`
	Cost    *providers.Money `json:"-"`                 // of its tokens and any fee for a picture; nil if unknown
	Trouble string           `json:"trouble,omitempty"` // why the model can't take it; "" if it can or nobody knows
}

// A Preflight is what one column would be sent.
type Preflight struct {
	Column  int
	Sights  []Sight // of each file, in order
	Trouble string  // why this column would not be asked; "" if it would
	Doubt   string  // what nobody knows: "it is not known whether it can see"; "" for nothing
}

// Preflight is what each column on the screen would be sent with the files, and
// with those of the history it is told. It asks nobody and reads no disk.
func (b *Bench) Preflight(files []*prompts.Attachment) []Preflight {
	return nil
}

// File is an attachment of this session again, to be looked at or sent once
// more. It reads the disk.
func (b *Bench) File(a Attachment) (*prompts.Attachment, error) {
	return nil, errors.New("not built yet")
}
