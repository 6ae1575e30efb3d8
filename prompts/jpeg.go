package prompts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// Markers of JPEG's segments.
const (
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markAPP0  = 0xe0
	markAPP1  = 0xe1
	markAPP2  = 0xe2
	markAPP13 = 0xed
	markAPP14 = 0xee
	markAPP15 = 0xef
	markCOM   = 0xfe
)

var errCut = errors.New("is cut short")

// A jpegFile is a JPEG taken apart, without decoding it.
type jpegFile struct {
	metadata
	kept    [][]byte // all that is needed for its pixels and colours, in order
	removed bool     // what is kept is not all
	profile []byte   // its ICC segments, as they are

	frame       []byte // what its header says of its samples
	progressive bool   // they come in several passes
	rgb         bool   // and are red, green and blue, not luma and chroma
}

// parseJPEG walks over a JPEG's segments. With header it stops before the
// pixels. What stands between segments, against the rules, is left out.
func parseJPEG(data []byte, header bool) (j jpegFile, err error) {
	if len(data) < 4 {
		return j, errCut
	}
	j.kept = append(j.kept, data[:2])
	for at := 2; ; {
		start := at
		for at < len(data) && data[at] != 0xff {
			at++
		}
		if at != start {
			j.removed, j.other = true, true
		}
		start = at
		for at < len(data) && data[at] == 0xff {
			at++
		}
		if at >= len(data) {
			return j, errCut
		}
		mark := data[at]
		at++
		switch {
		case mark == 0, mark == 0x01, mark >= 0xd0 && mark <= markSOI:
			j.removed = true // stands alone, and means nothing here
			continue
		case mark == markEOI:
			j.kept = append(j.kept, data[at-2:at])
			if len(bytes.Trim(data[at:], "\x00\xff\r\n ")) > 0 { // and not just filled up
				j.removed, j.behind = true, true
			}
			return j, nil
		}
		if at+2 > len(data) {
			return j, errCut
		}
		end := at + int(binary.BigEndian.Uint16(data[at:]))
		if end < at+2 || end > len(data) {
			return j, errCut
		}
		body := data[at+2 : end]
		if mark == markSOS {
			if header {
				return j, nil
			}
			end = skipScan(data, end)
		}
		j.addFrame(mark, body)
		if j.keeps(mark, body) {
			j.kept = append(j.kept, data[start:end])
			if mark == markAPP2 {
				j.profile = append(j.profile, data[at-2:end]...)
			}
		} else {
			j.removed = true
		}
		at = end
	}
}

// keeps reports whether a segment is needed to see the picture, and notes what
// it tells otherwise.
func (j *jpegFile) keeps(mark byte, body []byte) bool {
	begins := func(s string) bool { return bytes.HasPrefix(body, []byte(s)) }
	switch {
	case mark == markCOM:
		j.text = true
	case mark < markAPP0 || mark > markAPP15:
		return true
	case mark == markAPP0 && begins("JFIF\x00"), mark == markAPP14 && begins("Adobe"), mark == markAPP2 && begins("ICC_PROFILE\x00"):
		return true
	case mark == markAPP1 && begins("Exif\x00\x00"):
		j.addEXIF(body[6:])
	case mark == markAPP1 && begins("http://ns.adobe.com/"):
		j.addXMP(body)
	case mark == markAPP13:
		j.camera = true
	case mark == markAPP2 && begins("MPF\x00"): // an index of further pictures
		j.behind = true
	default:
		j.other = true
	}
	return false
}

// skipScan is where the pixels that begin at an offset end: at the next marker
// that is no part of them.
func skipScan(data []byte, at int) int {
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			return len(data)
		}
		at += i
		if next := data[at+1]; next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return at
		}
		at++
	}
}

// stripped is the JPEG with nothing but its pixels and colours in it: data
// itself if there was nothing else.
func (j jpegFile) stripped(data []byte) []byte {
	if !j.removed {
		return data
	}
	return bytes.Join(j.kept, nil)
}

// withProfile puts ICC segments into a JPEG just encoded, behind its first
// marker.
func withProfile(encoded, segments []byte) []byte {
	return slices.Concat(encoded[:2], segments, encoded[2:])
}

// iccSegments is a profile as segments of a JPEG.
func iccSegments(profile []byte) (segments []byte) {
	const most = 65519 // in one segment, besides what says that it is one
	n := (len(profile) + most - 1) / most
	if n > 255 {
		return nil
	}
	for i := range n {
		part := profile[i*most : min((i+1)*most, len(profile))]
		segments = append(segments, 0xff, markAPP2)
		segments = binary.BigEndian.AppendUint16(segments, uint16(2+14+len(part)))
		segments = append(segments, "ICC_PROFILE\x00"...)
		segments = append(append(segments, byte(i+1), byte(n)), part...)
	}
	return segments
}
