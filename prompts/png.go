package prompts

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
)

const pngHead = 8 + 12 + 13 // the signature and the header chunk

// Chunks of a PNG: those needed for its pixels and colours, those that choose
// its colours, and those of animations.
const (
	pixelChunks  = " IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs sPLT hIST "
	colourChunks = " cHRM gAMA sRGB cICP mDCV cLLI "
	motionChunks = " acTL fcTL fdAT "
)

// A pngFile is a PNG taken apart, without decoding it.
type pngFile struct {
	metadata
	kept    [][]byte // all that is needed for its pixels and colours, in order
	all     [][]byte // and its metadata, but not its further pictures
	removed bool     // kept is less than the file
	profile []byte   // its ICC chunk, as it is
	colours []byte   // the other chunks that choose its colours
	frames  int      // pictures of an animation, 0 if it is none
	pixels  int      // bytes of compressed pixels
}

// parsePNG walks over a PNG's chunks.
func parsePNG(data []byte) (p pngFile, err error) {
	if len(data) < pngHead {
		return p, errCut
	}
	p.kept = append(p.kept, data[:8])
	p.all = append(p.all, data[:8])
	for at := 8; ; {
		if at+12 > len(data) {
			return p, errCut
		}
		n := binary.BigEndian.Uint32(data[at:])
		if uint64(n)+12 > uint64(len(data)-at) {
			return p, errCut
		}
		end := at + 12 + int(n)
		name, body, chunk := string(data[at+4:at+8]), data[at+8:end-4], data[at:end]
		p.add(name, body, chunk)
		at = end
		if name == "IEND" {
			p.behind = at < len(data)
			p.removed = p.removed || p.behind
			return p, nil
		}
	}
}

func (p *pngFile) add(name string, body, chunk []byte) {
	in := func(list string) bool { return strings.Contains(list, " "+name+" ") }
	if in(pixelChunks) || name[0]&0x20 == 0 { // capital letters: nobody may ignore it
		p.kept = append(p.kept, chunk)
		p.all = append(p.all, chunk)
		switch {
		case name == "iCCP":
			p.profile = chunk
		case in(colourChunks):
			p.colours = append(p.colours, chunk...)
		case name == "IDAT":
			p.pixels += len(body)
		}
		return
	}
	p.removed = true
	if in(motionChunks) {
		if name == "acTL" && len(body) >= 4 {
			p.frames = int(min(binary.BigEndian.Uint32(body), 1<<20))
		}
		return
	}
	p.all = append(p.all, chunk)
	switch name {
	case "eXIf":
		p.addEXIF(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
	case "iTXt":
		if bytes.HasPrefix(body, []byte("XML:com.adobe.xmp\x00")) {
			p.addXMP(body)
			return
		}
		p.text = true
	case "tEXt", "zTXt":
		raw := bytes.HasPrefix(body, []byte("Raw profile type ")) // EXIF as ImageMagick wrote it once
		p.camera = p.camera || raw
		p.text = p.text || !raw
	default:
		p.other = true
	}
}

// stripped is the PNG with nothing but its pixels and colours in it, or with
// its metadata too: data itself if there was nothing to leave out.
func (p pngFile) stripped(data []byte, keep bool) []byte {
	switch {
	case !p.removed, keep && p.frames == 0:
		return data
	case keep:
		return bytes.Join(p.all, nil)
	}
	return bytes.Join(p.kept, nil)
}

// withColours puts colour chunks into a PNG just encoded.
func withColours(encoded, profile, colours []byte) []byte {
	return slices.Concat(encoded[:pngHead], profile, colours, encoded[pngHead:])
}

// isGrey reports whether a PNG's pixels have no colours, by its header.
func isGrey(data []byte) bool { return data[25]&2 == 0 }

// iccChunk is a profile as a chunk of a PNG.
func iccChunk(profile []byte) []byte {
	if len(profile) == 0 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("\x00\x00\x00\x00iCCPicc\x00\x00")
	z := zlib.NewWriter(&b)
	z.Write(profile)
	z.Close()
	chunk := b.Bytes()
	binary.BigEndian.PutUint32(chunk, uint32(len(chunk)-8))
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// fits reports whether so few compressed bytes can be all the pixels that
// the header claims: deflate makes nothing smaller than by 1032.
func (p pngFile) fits(data []byte) bool {
	w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
	samples := uint64(1)
	switch data[25] {
	case 2:
		samples = 3
	case 4:
		samples = 2
	case 6:
		samples = 4
	}
	row := (uint64(w)*samples*uint64(data[24]) + 7) / 8
	return row*uint64(h) <= uint64(p.pixels)*1032
}
