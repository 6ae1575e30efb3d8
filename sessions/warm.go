package sessions

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"slices"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// coldLoad is the longest load of a model that was there: above it, it was not.
const coldLoad = time.Second

// Cold reports whether the answer had to wait until its model was loaded, and
// whether that is known at all: it is where the server said what it held just
// before the question left, or that it loaded for more than a second. The time to
// the first token of a cold answer holds the load, so it is never counted with
// that of warm ones.
func (a *Answer) Cold() (cold, known bool) {
	switch {
	case a.Server.Load != nil && *a.Server.Load > coldLoad:
		return true, true
	case a.Resident != nil:
		return !*a.Resident, true
	}
	return false, false
}

// ErrNoneLocal is returned where there is no model to warm up.
var ErrNoneLocal = errors.New("no column has a local model: only these are loaded before they answer")

// warmTokens is how much a model says to be warm: a prompt read, and some
// tokens after it.
const warmTokens = 8

// Warm has each local model on the screen, or in the given columns if there are
// any, answer once, in line, so that the next answers need not wait for a load or
// a first use of the device. The question is one of ours, because
// a server that has read a prompt reads its like sooner; with pictures among
// files, a model that may see is shown a blank one as large as the largest. The
// answers are discarded: nothing is saved or told to anybody, and of costs only
// what a local model with a price took. A model that stands in two columns is
// asked in the first of them. The run is of turn 0, and no question is asked
// meanwhile.
func (b *Bench) Warm(ctx context.Context, only []int, files ...*prompts.Attachment) (*Run, error) {
	blank, err := blankAs(files)
	if err != nil {
		return nil, err
	}
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return nil, err
	}
	type loaded struct {
		model  providers.Ref
		window int // a model is loaded anew for every other one
	}
	seen := map[loaded]bool{}
	r := b.newRun(0)
	r.keep = func(a Answer) error { return b.cool(d, r, a) }
	r.allow = func(l *lane) error { return b.allow(d, r, l) }
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range s.Shown() {
		m := b.Registry.Model(c.Model)
		if len(only) > 0 && !slices.Contains(only, c.ID) {
			continue
		}
		if c.Params.Context == 0 {
			c.Params.Context = d.window(c)
		}
		k := loaded{c.Model, c.Params.Context}
		if !m.Local || seen[k] {
			continue
		}
		seen[k] = true
		r.lanes = append(r.lanes, b.lane(&Turn{}, warmUp(m, blank), plainly(c), 0))
	}
	if len(r.lanes) == 0 {
		return nil, ErrNoneLocal
	}
	cost, asked := costOf(r.lanes)
	if err := d.session.limit().afford(cost, asked, d.session.Spent); err != nil {
		return nil, err
	}
	r.queue = r.lanes
	ctxs := r.cancellable(ctx)
	b.run = r
	r.start(ctxs)
	return r, nil
}

// cool lets an answer go. What it cost, where a local model has a price, is spent.
func (b *Bench) cool(d *desk, r *Run, a Answer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if cost, _ := a.Cost(); cost != nil {
		d.session.Spent = plus(d.session.Spent, *cost)
		if d.session.Turns > 0 { // else the first question brings it with the session
			b.put(d, Batch{spent: *cost})
		}
	}
	r.settle(&a)
	return nil
}

// plainly is a column that says a few words whatever it was told to be.
func plainly(c Column) Column {
	c.System, c.Schema = "", nil
	c.Params.MaxTokens = warmTokens
	return c
}

// warmUp is what a model is asked to be warm.
func warmUp(m providers.Model, blank *providers.Blob) brief {
	ask := providers.Says(providers.User, "Count from one to ten.")
	if blank != nil && takes(m, blank.MIME) != providers.No {
		ask.Parts = append([]providers.Part{*blank}, ask.Parts...)
	}
	return brief{messages: []providers.Message{ask}}
}

// window is the context that a column's model was last asked to have; 0 if
// nobody here remembers.
func (d *desk) window(c Column) int {
	for i := len(d.recent) - 1; i >= 0; i-- {
		if a, ok := d.recent[i].Newest(c.ID); ok && a.Model == c.Model && a.Timing.Attempts > 0 {
			return a.Params.Context
		}
	}
	return 0
}

// blankAs is a grey picture as large as the largest of the pictures; nil if
// there is none.
func blankAs(files []*prompts.Attachment) (*providers.Blob, error) {
	w, h := 0, 0
	for _, f := range files {
		if f.Kind() == prompts.Picture && f.Width*f.Height > w*h {
			w, h = f.Width, f.Height
		}
	}
	if w == 0 || h == 0 {
		return nil, nil
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 128
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		return nil, err
	}
	return &providers.Blob{Name: "blank.png", MIME: "image/png", Data: b.Bytes()}, nil
}
