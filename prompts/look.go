package prompts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// Look is a file of bytes that are there already: of the clipboard, of the
// standard input. They must not be changed any more.
func (l Loader) Look(name, from string, data []byte) (*File, error) {
	if name == "" {
		name = from
	}
	f := &File{Name: name, From: from, Bytes: len(data), keep: l.KeepMetadata, data: data[:len(data):len(data)]}
	if err := f.look(); err != nil {
		return nil, f.wrong(err)
	}
	return f, nil
}

// wrong is an error about this file.
func (f *File) wrong(err error) error { return fmt.Errorf("%s: %w", f.Name, err) }

func (f *File) look() error {
	switch {
	case len(f.data) == 0:
		return errEmpty
	case len(f.data) > MostBytes:
		return tooBig(int64(len(f.data)))
	}
	f.format = sniff(f.data)
	f.MIME = f.format.mime()
	switch {
	case f.MIME == "":
		return errors.New(f.format.refusal())
	case f.format == formatUTF8 || f.format == formatUTF16:
		f.MIME = textMIME(f.Name)
		return checkText(f.data)
	case f.Kind() != Picture:
		return nil
	}
	return f.lookAtHeader()
}

// lookAtHeader finds out how many pixels there are before anything is decoded,
// and refuses what claims too many.
func (f *File) lookAtHeader() error {
	w, h, turn, err := header(f.format, f.data)
	if err != nil {
		return broken(f.format, err)
	}
	switch {
	case w <= 0 || h <= 0:
		return fmt.Errorf("is %s without pixels", article(f.format.String()))
	case int64(w)*int64(h) > mostPixels:
		return fmt.Errorf("has %d×%d pixels; at most %d million can be attached: make it smaller first", w, h, mostPixels/1_000_000)
	case max(w, h) > mostEdge:
		return fmt.Errorf("has %d×%d pixels; a side can have at most %d million: cut it into parts first", w, h, mostEdge/1_000_000)
	case !plausible(f.format, f.data, int64(w), int64(h)):
		return fmt.Errorf("is %s that is cut short: it claims %d×%d pixels, which its %d bytes can't be: get it anew", article(f.format.String()), w, h, len(f.data))
	}
	if err := f.checkRoom(w, h); err != nil {
		return err
	}
	if turn.sideways() {
		w, h = h, w
	}
	f.Width, f.Height, f.turn = w, h, turn
	return nil
}

// header is the pixels as they lie in the file, and how they are to be turned.
func header(f format, data []byte) (w, h int, turn orientation, err error) {
	defer recovered(&err)
	var c image.Config
	switch f {
	case formatPNG:
		var p pngFile
		if p, err = parsePNG(data); err == nil {
			turn = p.turn
			c, err = png.DecodeConfig(bytes.NewReader(data))
		}
	case formatJPEG:
		var j jpegFile
		if j, err = parseJPEG(data, true); err == nil {
			turn = j.turn
			c, err = jpeg.DecodeConfig(bytes.NewReader(data))
		}
	case formatWebP:
		var p webpFile
		p, err = parseWebP(data)
		return p.width, p.height, p.turn, err
	case formatTIFF:
		d, _ := directories(data)
		if turn = d.turn; d.raw {
			return 0, 0, 0, errRaw
		}
		c, err = tiff.DecodeConfig(bytes.NewReader(data))
	case formatGIF:
		c, err = gif.DecodeConfig(bytes.NewReader(data))
	case formatBMP:
		c, err = bmp.DecodeConfig(bytes.NewReader(data))
	}
	return c.Width, c.Height, turn, err
}

// plausible reports whether the bytes can be as many pixels as the header
// claims. It is false for decompression bombs: decoders make room for what is
// claimed before they read a pixel. Each format has a highest ratio; where it
// has none, as for VP8L's one colour in no bits, it is far from any picture.
func plausible(f format, data []byte, w, h int64) bool {
	const harmless = 1 << 20 // pixels that anybody may claim
	size := int64(len(data))
	switch f {
	case formatPNG:
		p, err := parsePNG(data)
		return err == nil && (w*h <= harmless || p.fits(data))
	case formatBMP:
		if size < 30 {
			return false
		}
		row := (w*int64(binary.LittleEndian.Uint16(data[28:])) + 31) / 32 * 4
		return row*h <= size
	case formatJPEG: // each 8×8 block is at least a bit
		return w*h <= harmless || w*h <= size*512
	case formatGIF: // a code of 12 bits is at most 4096 pixels
		return w*h <= harmless || w*h <= size*4096
	}
	return w*h <= harmless || w*h <= size*16384
}

var errEmpty = errors.New("is empty: is it the right one?")

var errRaw = errors.New("is a camera's raw file, which can't be attached: export it as JPEG")

// broken is an error of a decoder in words: which format, and what to do.
func broken(f format, err error) error {
	what, instead := article(f.String()), "PNG"
	if f == formatPNG {
		instead = "JPEG"
	}
	switch {
	case errors.Is(err, errRaw):
		return err
	case errors.Is(err, errCut), isEOF(err):
		return fmt.Errorf("is %s that is cut short: get it anew", what)
	case isUnsupported(err):
		return fmt.Errorf("is %s of a kind that can't be read (%w): save it as %s", what, err, instead)
	}
	return fmt.Errorf("is %s that can't be decoded (%w): get it anew, or save it as %s", what, err, instead)
}
