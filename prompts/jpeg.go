package prompts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
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

// mostScans is how often a JPEG may go over its pixels: cameras do it once, and
// programs that save bytes a few dozen times. Each takes time for all pixels, and
// may take hardly a byte.
const mostScans = 500

var errScans = fmt.Errorf("it has more than %d passes", mostScans)

// A jpegFile is a JPEG taken apart, without decoding it.
type jpegFile struct {
	metadata
	kept    [][]byte // all that is needed for its pixels and colours, in order
	removed bool     // what is kept is not all
	profile []byte   // its ICC segments, as they are

	frame       []byte // what its header says of its samples
	progressive bool   // they come in several passes
	rgb         bool   // and are red, green and blue, not luma and chroma
	scans       int    // passes so far
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
			if j.scans++; j.scans > mostScans {
				return j, errScans
			}
			end = skipScan(data, end)
		}
		j.addFrame(mark, body)
		switch short := bare(mark, body); {
		case !j.keeps(mark, body):
			j.removed = true
		case short != nil:
			j.kept = append(j.kept, short)
			j.removed, j.other = true, true
		default:
			j.kept = append(j.kept, data[start:end])
			if mark == markAPP2 {
				j.profile = append(j.profile, data[at-2:end]...)
			}
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

// bare is a segment without what stands behind what is needed of it; nil if
// nothing does. JFIF has room for a small picture, which may show more than the
// large one.
func bare(mark byte, body []byte) []byte {
	most := len(body)
	switch mark {
	case markAPP0:
		most = 14
	case markAPP14:
		most = 12
	}
	if len(body) <= most {
		return nil
	}
	short := append([]byte{0xff, mark, 0, byte(2 + most)}, body[:most]...)
	if mark == markAPP0 {
		short[16], short[17] = 0, 0 // pixels of the small picture
	}
	return short
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
