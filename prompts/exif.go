package prompts

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// An orientation is how pixels lie, as EXIF numbers it: 1 is upright, 2–4 are
// mirrored or upside down, 5–8 lie on their side. 0 is as 1.
type orientation uint8

func (o orientation) turned() bool   { return o > 1 }
func (o orientation) sideways() bool { return o >= 5 }

// Tags of TIFF's directories.
const (
	tagSubfile     = 0x00fe
	tagCompression = 0x0103
	tagPhotometric = 0x0106
	tagRows        = 0x0116
	tagTileWidth   = 0x0142
	tagTileHeight  = 0x0143
	tagDNG         = 0xc612
	tagMake        = 0x010f
	tagModel       = 0x0110
	tagOrientation = 0x0112
	tagICC         = 0x8773
	tagExif        = 0x8769
	tagGPS         = 0x8825
)

// metadata is what a picture tells besides its pixels.
type metadata struct {
	turn   orientation
	camera bool // EXIF, XMP, IPTC
	place  bool // where it was taken
	text   bool // comments and captions
	other  bool // what this program does not know
	behind bool // data behind the picture's end: a film, further pictures
}

// notes says in one note what was done with all of the metadata: "removed" or "kept".
func (m metadata) notes(done string) []string {
	var all []string
	for _, part := range []struct {
		is   bool
		name string
	}{
		{m.camera || m.place, "camera data"},
		{m.place, "place"},
		{m.text, "comments"},
		{m.other, "other data"},
		{m.behind, "data behind the picture"},
	} {
		if part.is {
			all = append(all, part.name)
		}
	}
	switch n := len(all); n {
	case 0:
		return nil
	case 1:
		return []string{all[0] + " " + done}
	default:
		return []string{strings.Join(all[:n-1], ", ") + " and " + all[n-1] + " " + done}
	}
}

func (m *metadata) addEXIF(tiff []byte) {
	d, ok := directories(tiff)
	m.camera = true
	if !ok {
		return
	}
	if m.turn == 0 {
		m.turn = d.turn
	}
	m.place = m.place || d.place
}

func (m *metadata) addXMP(packet []byte) {
	m.camera = true
	if bytes.Contains(packet, []byte("GPSLatitude")) || bytes.Contains(packet, []byte("GPSLongitude")) {
		m.place = true
	}
}

// A directory is what is told by the first directory of a TIFF structure, which
// EXIF is too.
type directory struct {
	turn   orientation
	camera bool
	place  bool
	raw    bool // what is in it is a preview of a camera's raw data
	fax    bool // compressed as lines of black and white
	dark   bool // where 0 is black
	icc    []byte
	pages  int

	packed                      bool   // compressed
	tiled                       bool   // and not in strips
	rows, tileWidth, tileHeight uint32 // of a strip, of a tile; 0 if not told
}

// directories reads a TIFF structure as far as it is whole. Nothing of it is
// trusted: offsets are checked, loops end.
func directories(b []byte) (d directory, ok bool) {
	var order binary.ByteOrder
	switch {
	case len(b) < 8:
		return d, false
	case b[0] == 'I' && b[1] == 'I':
		order = binary.LittleEndian
	case b[0] == 'M' && b[1] == 'M':
		order = binary.BigEndian
	default:
		return d, false
	}
	const mostPages = 10_000
	seen := map[uint32]bool{}
	for at := order.Uint32(b[4:]); at != 0 && !seen[at] && d.pages < mostPages; {
		seen[at] = true
		entries, next, ok := entriesAt(b, order, at)
		if !ok {
			break
		}
		if d.pages == 0 {
			d.read(b, order, entries)
		}
		d.pages++
		at = next
	}
	return d, d.pages > 0
}

// entriesAt is the entries, 12 bytes each, of the directory at an offset, and
// where the next one is.
func entriesAt(b []byte, order binary.ByteOrder, at uint32) (entries []byte, next uint32, ok bool) {
	if uint64(at)+2 > uint64(len(b)) {
		return nil, 0, false
	}
	n := uint64(order.Uint16(b[at:]))
	from, to := uint64(at)+2, uint64(at)+2+12*n
	if to > uint64(len(b)) {
		return nil, 0, false
	}
	if to+4 <= uint64(len(b)) {
		next = order.Uint32(b[to:])
	}
	return b[from:to], next, true
}

func (d *directory) read(b []byte, order binary.ByteOrder, entries []byte) {
	for ; len(entries) >= 12; entries = entries[12:] {
		count, value := order.Uint32(entries[4:]), order.Uint32(entries[8:])
		single := value
		if order.Uint16(entries[2:]) == 3 { // of two bytes
			single = uint32(order.Uint16(entries[8:]))
		}
		switch order.Uint16(entries) {
		case tagRows:
			d.rows = number(order, entries)
		case tagTileWidth:
			d.tiled, d.tileWidth = true, number(order, entries)
		case tagTileHeight:
			d.tileHeight = number(order, entries)
		case tagCompression:
			d.packed = number(order, entries) != 1
			d.fax = single >= 2 && single <= 4
		case tagPhotometric:
			d.dark = single == 1
		case tagSubfile:
			d.raw = d.raw || single&1 != 0 // the first picture is a smaller one of another
		case tagDNG:
			d.raw = true
		case tagOrientation:
			if single >= 1 && single <= 8 {
				d.turn = orientation(single)
			}
		case tagMake, tagModel, tagExif:
			d.camera = true
		case tagGPS:
			d.camera, d.place = true, d.place || hasPlace(b, order, value)
		case tagICC:
			if end := uint64(value) + uint64(count); count > 128 && end <= uint64(len(b)) {
				d.icc = b[value:end]
			}
		}
	}
}

// hasPlace reports whether a directory of positions has more in it than its
// version, which some cameras write without knowing where they are. One that
// can't be read may have.
func hasPlace(b []byte, order binary.ByteOrder, at uint32) bool {
	entries, _, ok := entriesAt(b, order, at)
	for ; len(entries) >= 12; entries = entries[12:] {
		if order.Uint16(entries) != 0 {
			return true
		}
	}
	return !ok
}
