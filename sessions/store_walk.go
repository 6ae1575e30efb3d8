package sessions

import (
	"bytes"
	"errors"
	"fmt"
)

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
		w.wrong(fmt.Errorf("parts of the file stand within each other without end (page %d)", id))
		return
	}
	if w.buffers[depth] == nil {
		w.buffers[depth] = make([]byte, w.page)
	}
	p, err := w.read(id, w.buffers[depth])
	if err == nil && p.kind == freePage {
		err = fmt.Errorf("free room is where entries belong (page %d is no part of a tree)", id)
	}
	if err != nil {
		w.wrong(err)
		return
	}
	for i := range p.more + 1 {
		if w.seen.has(id + i) {
			w.wrong(fmt.Errorf("one part of the file is said to hold two things (page %d)", id+i))
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
		w.wrong(fmt.Errorf("a part of the file that leads on leads nowhere (page %d)", p.id))
	}
	before := from
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			w.wrong(err)
			continue
		}
		if c := bytes.Compare(before, e.key); c > 0 || c == 0 && i > 0 || to != nil && bytes.Compare(e.key, to) >= 0 {
			w.wrong(fmt.Errorf("entries are out of order, so that some are not found (element %d of page %d)", i+1, p.id))
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
		w.wrong(fmt.Errorf("a group of entries has no beginning (bucket in page %d)", id))
		return
	}
	if root := native.Uint64(e.value); root != 0 {
		w.tree(root, inside, depth, nil, nil)
		return
	}
	p := boltPage{id: id, b: e.value[16:]} // a small bucket is a page in its value
	if len(p.b) < pageHead || native.Uint16(p.b[8:]) != leafPage {
		w.wrong(fmt.Errorf("a group of entries can't be read (bucket in page %d)", id))
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
		return list, nil, errors.New("the list of free room is missing")
	}
	p, err := f.read(f.meta.free, nil)
	if err != nil {
		return list, nil, fmt.Errorf("the list of free room: %w", err)
	}
	if p.kind != freePage {
		return list, nil, fmt.Errorf("the list of free room is not where it is said to be (page %d)", p.id)
	}
	for i := range p.more + 1 {
		own = append(own, p.id+i)
	}
	n, at := uint64(p.count), pageHead
	if n == 0xFFFF {
		n, at = native.Uint64(p.b[at:]), at+8
	}
	if n > uint64(len(p.b)-at)/8 {
		return list, own, fmt.Errorf("the list of free room is longer than its part of the file (page %d)", p.id)
	}
	before := uint64(1)
	for i := range n {
		id := native.Uint64(p.b[at+int(i)*8:])
		if id <= before || id >= f.last() {
			return list, own, fmt.Errorf("the list of free room has a wrong entry (number %d in page %d)", i+1, p.id)
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
		wrong(fmt.Errorf("of the two places that say where everything is, one can't be read (page %d; page %d is used)", i, 1-i))
	}
	if f.meta.root == 0 {
		return false
	}
	sound = true
	broken := func(err error) { sound = false; wrong(err) }
	if n := uint64(f.size / f.page); n < f.meta.end {
		broken(fmt.Errorf("the end is missing: %d of %d bytes are there", n*uint64(f.page), f.meta.end*uint64(f.page)))
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
			broken(fmt.Errorf("the list of free room stands where something else is (page %d)", id))
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
			broken(fmt.Errorf("room that is in use is said to be free, and would be written over (page %d)", id))
		case !used && !free && sound:
			wrong(fmt.Errorf("a part of the file is neither free nor in use: that much room is lost (page %d)", id))
		}
	}
	return sound
}
