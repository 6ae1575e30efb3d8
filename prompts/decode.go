package prompts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// decode is all pixels of a picture whose header was looked at, as they lie in
// the file; of an animation, those of the first.
func decode(ctx context.Context, f format, data []byte) (img image.Image, err error) {
	defer func() {
		if ctx.Err() != nil {
			img, err = nil, ctx.Err()
		}
	}()
	defer recovered(&err)
	r := feedAt{feed{ctx, bytes.NewReader(data)}, bytes.NewReader(data)}
	switch f {
	case formatPNG:
		img, err = png.Decode(r.feed)
	case formatJPEG:
		if _, err = parseJPEG(data, false); err == nil { // which counts its passes
			img, err = jpeg.Decode(r.feed)
		}
	case formatGIF:
		img, err = decodeGIF(ctx, data)
	case formatWebP:
		var w webpFile
		if w, err = parseWebP(data); err == nil {
			img, err = w.decode(ctx)
		}
	case formatBMP:
		img, err = bmp.Decode(r.feed)
	case formatTIFF:
		if img, err = tiff.Decode(r); err == nil {
			reverseFax(img, data)
		}
	default:
		err = errors.New("is no picture")
	}
	if err != nil {
		return nil, broken(f, err)
	}
	return img, nil
}

// reverseFax makes a fax what others see of it. Its lines are runs of zeros,
// called white, and of ones; that the file may say that zeros are black is
// passed over by the decoder.
func reverseFax(img image.Image, data []byte) {
	grey, ok := img.(*image.Gray)
	if d, _ := directories(data); !ok || !d.fax || !d.dark {
		return
	}
	for i, v := range grey.Pix {
		grey.Pix[i] = 255 - v
	}
}

// A feedAt is a feed for those who don't read in order, and would otherwise
// copy everything first.
type feedAt struct {
	feed
	at io.ReaderAt
}

func (f feedAt) ReadAt(p []byte, at int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.at.ReadAt(p, at)
}

// recovered makes a decoder's panic an error: a picture is what somebody sent,
// and ends no program.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("decoding: %v", p)
	}
}

func isEOF(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.Contains(err.Error(), "EOF") || // image/gif hides it
		strings.Contains(err.Error(), "not enough")
}

func isUnsupported(err error) bool {
	var p png.UnsupportedError
	var j jpeg.UnsupportedError
	var t tiff.UnsupportedError
	return errors.As(err, &p) || errors.As(err, &j) || errors.As(err, &t) || errors.Is(err, bmp.ErrUnsupported)
}
