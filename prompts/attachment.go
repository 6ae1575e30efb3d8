// Package prompts is what people ask with: the questions they keep and the files
// they attach. Both may be anybody's: nothing in them is trusted.
//
// Its model of the world: a [Library] is a folder of Markdown files, each of which
// is a [Prompt]; with values for its variables it is a question ([Filled]).
//
// A [Loader] finds a file by the words people use for it (a path, a folder, a
// glob, a URL), looks at it ([File]: known from its first bytes, within
// milliseconds) and prepares it ([Attachment]: decoded once, upright, without
// camera data, in a format that every service reads). Nothing is done to a file
// that its Notes do not say, and the original is never changed.
package prompts

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	"net/http"
	"strings"
	"sync"
)

// Limits on what is attached, checked before anything is decoded.
const (
	MostBytes = 50 << 20 // of one file
	MostFiles = 100      // of one question, and that one word may stand for

	mostPixels = 100_000_000 // of one picture
	mostEdge   = 1_000_000   // of them in a row or a column: a thumbnail takes room by the longer side

	MostQuestion = 4 << 20 // bytes of a question's words: more than any model reads
)

// A Kind is what a file is to a model.
type Kind uint8

// Kinds of files.
const (
	Picture  Kind = iota
	Document      // PDF
	Sound
	Written // text and source code
)

// A File is a file that was found and looked at, and not decoded yet. What it
// says of pixels is from the file's header.
type File struct {
	Name          string // its base name, as found: whoever shows it sanitises it
	From          string // where it is from: a path, a URL, "clipboard", "standard input"
	MIME          string // by its first bytes, whatever its name says
	Bytes         int
	Width, Height int // pixels as people see it, upright; 0 for what is no picture

	// Early, if it is set, is told by Prepare what a picture looks like as soon
	// as it is decoded, where saving it anew takes as long again. It is called
	// on Prepare's goroutine.
	Early func(thumb image.Image)

	format format
	turn   orientation // what makes it upright
	keep   bool        // camera data and place stay in it

	preparing sync.Mutex
	data      []byte
	ready     *Attachment // once it was prepared
}

// An Attachment is a file as it is going to be sent.
type Attachment struct {
	Name, From            string
	MIME                  string      // of Data; pictures are PNG or JPEG
	Data                  []byte      // never changed once it is here
	Width, Height         int         // pixels of Data; 0 for what is no picture
	FileWidth, FileHeight int         // pixels of the file as it was found, upright
	Notes                 []string    // what was done to it, a few words each: "camera data and place removed"
	Thumb                 image.Image // at most ThumbEdge wide and high; nil for what is no picture
}

// ThumbEdge is how wide or high a thumbnail is at most, in pixels.
const ThumbEdge = 640

// A Loader finds, reads and prepares files. Its zero value removes camera data
// and refuses URLs on private addresses.
type Loader struct {
	KeepMetadata bool              // camera data and place stay in pictures
	Private      bool              // URLs on private and loopback addresses may be read
	LocalOnly    string            // why nobody elsewhere may be asked: "--local-only"; "" if they may
	Network      http.RoundTripper // nil for the usual one
}

// Kind is what the attachment is to a model.
func (a *Attachment) Kind() Kind { return kindOf(a.MIME) }

// Kind is what the file is to a model.
func (f *File) Kind() Kind { return kindOf(f.MIME) }

func kindOf(mime string) Kind {
	switch family, _, _ := strings.Cut(mime, "/"); {
	case family == "image":
		return Picture
	case family == "audio":
		return Sound
	case mime == "application/pdf":
		return Document
	}
	return Written
}

// SHA256 is the hash of Data in hexadecimal digits.
func (a *Attachment) SHA256() string {
	sum := sha256.Sum256(a.Data)
	return hex.EncodeToString(sum[:])
}
