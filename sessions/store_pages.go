package sessions

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A pageFile reads the pages of a bbolt file one by one. bbolt maps the file and
// believes what stands in it: a damaged number makes it panic, read behind its
// end, or call itself for ever. Here every number is doubted, and what can't be
// read is told and left out.
//
//	page     number (8), kind (2), elements (2), pages that follow and belong to it (4)
//	branch   for each element: where its key is (4), its length (4), the page below (8)
//	leaf     for each element: 1 for a bucket (4), where its key is (4), lengths of key and value (4, 4)
//	bucket   a value: its root's page (8) or 0 for a page that follows here, its sequence (8)
//	meta     0 and 1, see readMeta; the one with the higher transaction counts
type pageFile struct {
	r    io.ReaderAt
	size int64 // bytes of the file
	page int64 // bytes of a page
	meta pageMeta
	bad  []int // which of the metas can't be read

	unused int64 // bytes in free pages, once structure has looked
}

type pageMeta struct {
	root, free, end, tx uint64 // end is the number of pages in use
}

const (
	pageHead   = 16
	branchPage = 1
	leafPage   = 2
	freePage   = 16

	boltMagic = 0xED0CDAED
	noFree    = 1<<64 - 1 // there is no list of free pages

	// mostPage is the longest page that is read, with those that belong to it:
	// what a damaged number could otherwise ask for.
	mostPage = 1 << 28
)

var native = binary.NativeEndian // bbolt's

// openPages finds the metas. With both lost, it guesses the size of a page and
// says so in bad; then there is no meta, and no root.
func openPages(r io.ReaderAt, size int64) (*pageFile, error) {
	f := &pageFile{r: r, size: size}
	var found [2]*pageMeta
	for try := int64(1 << 10); try <= 1<<16 && f.page == 0; try <<= 1 { // bytes a page
		for i := range found {
			if m, page := f.readMeta(int64(i) * try); m != nil && page == try {
				f.page = try
			}
		}
	}
	if f.page == 0 {
		f.bad = []int{0, 1}
		return f, f.guess()
	}
	for i := range found {
		m, page := f.readMeta(int64(i) * f.page)
		if m == nil || page != f.page {
			f.bad = append(f.bad, i)
		} else if m.tx >= f.meta.tx {
			f.meta = *m
		}
	}
	return f, nil
}

// readMeta returns nil for what is no sound meta.
func (f *pageFile) readMeta(at int64) (m *pageMeta, page int64) {
	b := make([]byte, pageHead+64)
	if n, err := f.r.ReadAt(b, at); n < len(b) || err != nil && !errors.Is(err, io.EOF) {
		return nil, 0
	}
	b = b[pageHead:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:56])
	if native.Uint32(b) != boltMagic || native.Uint32(b[4:]) != 2 || native.Uint64(b[56:]) != sum.Sum64() {
		return nil, 0
	}
	return &pageMeta{root: native.Uint64(b[16:]), free: native.Uint64(b[32:]), end: native.Uint64(b[40:]), tx: native.Uint64(b[48:])},
		int64(native.Uint32(b[8:]))
}

// guess takes for the size of a page what most pages say that they are by.
func (f *pageFile) guess() error {
	best := 0
	for try := int64(1 << 12); try <= 1<<16; try <<= 1 {
		fit := 0
		for id := int64(2); id < min(f.size/try, 1<<12); id++ {
			b := make([]byte, pageHead)
			if _, err := f.r.ReadAt(b, id*try); err == nil && native.Uint64(b) == uint64(id) {
				fit++
			}
		}
		if fit > best {
			best, f.page = fit, try
		}
	}
	if best == 0 {
		return errForeign
	}
	f.meta = pageMeta{free: noFree, end: uint64(f.size / f.page)}
	return nil
}

// last is the number of pages that there are.
func (f *pageFile) last() uint64 { return min(f.meta.end, uint64(f.size/f.page)) }

// A boltPage is one page with those that belong to it.
type boltPage struct {
	id    uint64
	kind  uint16
	count int
	more  uint64 // pages that belong to it
	b     []byte // from its head
}

// read reads a page that names itself as it should, into a buffer if that is
// large enough.
func (f *pageFile) read(id uint64, into []byte) (boltPage, error) {
	if id < 2 || id >= f.last() {
		return boltPage{}, fmt.Errorf("something is said to stand outside the file (there is no page %d)", id)
	}
	if int64(len(into)) < f.page {
		into = make([]byte, f.page)
	}
	b := into[:f.page]
	if _, err := f.r.ReadAt(b, int64(id)*f.page); err != nil {
		return boltPage{}, fmt.Errorf("a part of the file can't be read: %w (page %d)", err, id)
	}
	p := boltPage{id: id, kind: native.Uint16(b[8:]), count: int(native.Uint16(b[10:])), more: uint64(native.Uint32(b[12:])), b: b}
	long := (1 + int64(p.more)) * f.page
	switch {
	case native.Uint64(b) != id:
		return boltPage{}, fmt.Errorf("a part of the file is not the one that belongs there (page %d has another number)", id)
	case p.kind != branchPage && p.kind != leafPage && p.kind != freePage:
		return boltPage{}, fmt.Errorf("a part of the file is nothing that juxta writes (page %d is of no kind)", id)
	case p.more >= f.last()-id:
		return boltPage{}, fmt.Errorf("a part of the file goes on beyond its end (page %d)", id)
	case long > mostPage:
		return boltPage{}, fmt.Errorf("a part of the file is longer than any can be (page %d)", id)
	case p.more == 0:
		return p, nil
	}
	p.b = make([]byte, long)
	if _, err := f.r.ReadAt(p.b, int64(id)*f.page); err != nil {
		return boltPage{}, fmt.Errorf("a part of the file can't be read: %w (page %d)", err, id)
	}
	return p, nil
}

// An element is one of a page.
type element struct {
	key    []byte
	value  []byte // of a leaf
	bucket bool
	below  uint64 // of a branch
}

// element is the i-th one of a page, or an error that doubts all its numbers.
func (p *boltPage) element(i int) (e element, err error) {
	wrong := fmt.Errorf("an entry stands outside its part of the file (element %d of page %d)", i+1, p.id)
	at := pageHead + i*16
	if i >= p.count || at+16 > len(p.b) {
		return e, wrong
	}
	n := func(k int) int64 { return int64(native.Uint32(p.b[at+4*k:])) }
	var place, key, value int64
	if p.kind == branchPage {
		place, key = n(0), n(1)
		e.below = native.Uint64(p.b[at+8:])
	} else {
		place, key, value = n(1), n(2), n(3)
		e.bucket = n(0)&1 != 0
	}
	from := int64(at) + place
	if place < int64(16*(p.count-i)) || from+key+value > int64(len(p.b)) {
		return e, wrong
	}
	e.key, e.value = p.b[from:from+key], p.b[from+key:from+key+value]
	return e, nil
}

// withPages opens the pages of a file for reading.
func withPages(path string, do func(*pageFile) error) error {
	info, err := os.Stat(path) // before it is opened: a pipe would wait for a writer
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errFolder
	case !info.Mode().IsRegular():
		return errForeign
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return err
	}
	f, err := openPages(file, info.Size())
	if err != nil {
		return err
	}
	return do(f)
}
