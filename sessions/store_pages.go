package sessions

import (
	"bytes"
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
		return boltPage{}, fmt.Errorf("there is no page %d", id)
	}
	if int64(len(into)) < f.page {
		into = make([]byte, f.page)
	}
	b := into[:f.page]
	if _, err := f.r.ReadAt(b, int64(id)*f.page); err != nil {
		return boltPage{}, fmt.Errorf("page %d: %w", id, err)
	}
	p := boltPage{id: id, kind: native.Uint16(b[8:]), count: int(native.Uint16(b[10:])), more: uint64(native.Uint32(b[12:])), b: b}
	long := (1 + int64(p.more)) * f.page
	switch {
	case native.Uint64(b) != id:
		return boltPage{}, fmt.Errorf("page %d says that it is another one", id)
	case p.kind != branchPage && p.kind != leafPage && p.kind != freePage:
		return boltPage{}, fmt.Errorf("page %d is of no kind that there is", id)
	case p.more >= f.last()-id:
		return boltPage{}, fmt.Errorf("page %d is longer than the file", id)
	case long > mostPage:
		return boltPage{}, fmt.Errorf("page %d is longer than any can be", id)
	case p.more == 0:
		return p, nil
	}
	p.b = make([]byte, long)
	if _, err := f.r.ReadAt(p.b, int64(id)*f.page); err != nil {
		return boltPage{}, fmt.Errorf("page %d: %w", id, err)
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
	wrong := fmt.Errorf("element %d of page %d is not within it", i+1, p.id)
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

// A bitmap has a bit for every page.
type bitmap []uint64

func newBitmap(n uint64) bitmap { return make(bitmap, n/64+1) }

func (b bitmap) has(i uint64) bool { return b[i/64]>>(i%64)&1 != 0 }

func (b bitmap) add(i uint64) { b[i/64] |= 1 << (i % 64) }

// A walk goes through the trees of a file.
type walk struct {
	*pageFile
	seen  bitmap          // pages that were met
	wrong func(err error) // told what can't be read
	// each is called with the names of the buckets around it, outermost first,
	// for every element that is none. What it gets is valid during the call.
	each func(in [][]byte, key, value []byte)
	made func(in [][]byte) // called for every bucket before what is in it; may be nil

	buffers [deepest + 1][]byte // a page for each depth
}

func newWalk(f *pageFile) *walk {
	return &walk{pageFile: f, seen: newBitmap(f.last()), wrong: func(error) {}, each: func([][]byte, []byte, []byte) {}}
}

// deepest is more than any tree is deep, or any bucket within others.
const deepest = 64

// tree goes through the tree below a page, whose keys are at least from, and
// less than to unless that is nil.
func (w *walk) tree(id uint64, in [][]byte, depth int, from, to []byte) {
	if depth > deepest {
		w.wrong(fmt.Errorf("page %d is too deep", id))
		return
	}
	if w.buffers[depth] == nil {
		w.buffers[depth] = make([]byte, w.page)
	}
	p, err := w.read(id, w.buffers[depth])
	if err == nil && p.kind == freePage {
		err = fmt.Errorf("page %d is no part of a tree", id)
	}
	if err != nil {
		w.wrong(err)
		return
	}
	for i := range p.more + 1 {
		if w.seen.has(id + i) {
			w.wrong(fmt.Errorf("page %d belongs to two places", id+i))
			return // also where a tree bites its tail
		}
	}
	for i := range p.more + 1 {
		w.seen.add(id + i)
	}
	w.elements(&p, in, depth, from, to)
}

func (w *walk) elements(p *boltPage, in [][]byte, depth int, from, to []byte) {
	if p.count == 0 && p.kind == branchPage {
		w.wrong(fmt.Errorf("page %d is a branch without leaves", p.id))
	}
	before := from
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			w.wrong(err)
			continue
		}
		if c := bytes.Compare(before, e.key); c > 0 || c == 0 && i > 0 || to != nil && bytes.Compare(e.key, to) >= 0 {
			w.wrong(fmt.Errorf("page %d is not in order at element %d", p.id, i+1))
		}
		before = e.key
		switch {
		case p.kind == branchPage:
			end := to
			if i+1 < p.count {
				if next, err := p.element(i + 1); err == nil {
					end = next.key
				}
			}
			w.tree(e.below, in, depth+1, e.key, end)
		case e.bucket:
			w.bucket(p.id, in, depth+1, e)
		default:
			w.each(in, e.key, e.value)
		}
	}
}

// bucket goes through what is in a bucket.
func (w *walk) bucket(id uint64, in [][]byte, depth int, e element) {
	inside := append(in[:len(in):len(in)], e.key)
	if w.made != nil {
		w.made(inside)
	}
	if len(e.value) < 16 {
		w.wrong(fmt.Errorf("page %d has a bucket without a root", id))
		return
	}
	if root := native.Uint64(e.value); root != 0 {
		w.tree(root, inside, depth, nil, nil)
		return
	}
	p := boltPage{id: id, b: e.value[16:]} // a small bucket is a page in its value
	if len(p.b) < pageHead || native.Uint16(p.b[8:]) != leafPage {
		w.wrong(fmt.Errorf("page %d has a bucket that is no page", id))
		return
	}
	p.kind, p.count = leafPage, int(native.Uint16(p.b[10:]))
	w.elements(&p, inside, depth, nil, nil)
}

// free is the list of free pages, with what is wrong with it. Without a list
// there is none.
func (f *pageFile) free() (list bitmap, own []uint64, err error) {
	list = newBitmap(f.last())
	if f.meta.free == noFree {
		return list, nil, errors.New("there is no list of free pages")
	}
	p, err := f.read(f.meta.free, nil)
	if err != nil {
		return list, nil, fmt.Errorf("the list of free pages: %w", err)
	}
	if p.kind != freePage {
		return list, nil, fmt.Errorf("the list of free pages is not in page %d", p.id)
	}
	for i := range p.more + 1 {
		own = append(own, p.id+i)
	}
	n, at := uint64(p.count), pageHead
	if n == 0xFFFF {
		n, at = native.Uint64(p.b[at:]), at+8
	}
	if n > uint64(len(p.b)-at)/8 {
		return list, own, fmt.Errorf("the list of free pages says that it is longer than page %d", p.id)
	}
	before := uint64(1)
	for i := range n {
		id := native.Uint64(p.b[at+int(i)*8:])
		if id <= before || id >= f.last() {
			return list, own, fmt.Errorf("the list of free pages is wrong at its number %d", i+1)
		}
		list.add(id)
		before = id
	}
	return list, own, nil
}

// structure finds everything that is wrong with how the file hangs together,
// and reports whether bbolt can be trusted with it: whether whatever it would
// follow leads where it should.
func (f *pageFile) structure(wrong func(error)) (sound bool) {
	for _, i := range f.bad {
		wrong(fmt.Errorf("page %d can't be read, which says where everything is as page %d does", i, 1-i))
	}
	if f.meta.root == 0 {
		return false
	}
	sound = true
	broken := func(err error) { sound = false; wrong(err) }
	if n := uint64(f.size / f.page); n < f.meta.end {
		broken(fmt.Errorf("the end is missing: %d pages of %d are there", n, f.meta.end))
	}
	w := newWalk(f)
	w.wrong = broken
	w.tree(f.meta.root, nil, 0, nil, nil)
	free, own, err := f.free()
	if err != nil {
		broken(err)
		return false
	}
	for _, id := range own {
		if w.seen.has(id) {
			broken(fmt.Errorf("page %d is in the list of free pages and in use", id))
		}
		w.seen.add(id)
	}
	for id := uint64(2); id < f.last(); id++ {
		used, free := w.seen.has(id), free.has(id)
		if free {
			f.unused += f.page
		}
		switch {
		case used && free:
			broken(fmt.Errorf("page %d is said to be free and is in use", id))
		case !used && !free && sound:
			wrong(fmt.Errorf("page %d is neither free nor in use", id))
		}
	}
	return sound
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
