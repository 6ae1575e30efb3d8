package sessions

import (
	"context"
	"slices"
	"sync"
)

// devices lets the local models of one device answer one after the other: they
// share it, and racing them makes every latency wrong. Who
// comes first is decided before they join, see [order].
type devices struct {
	mu    sync.Mutex
	lines map[string][]*ticket
}

// A ticket is a place in a device's line. The first in the line has the device.
type ticket struct {
	device string
	turn   chan struct{}   // closed when the ticket is first in its line
	moved  func(ahead int) // told how many are ahead, whenever that changes
}

// join takes a place at the end of the line. The empty device has no line:
// everybody is first.
func (d *devices) join(device string, moved func(ahead int)) *ticket {
	t := &ticket{device, make(chan struct{}), moved}
	if device == "" {
		close(t.turn)
		return t
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lines == nil {
		d.lines = map[string][]*ticket{}
	}
	line := append(d.lines[device], t)
	d.lines[device] = line
	if len(line) == 1 {
		close(t.turn)
	} else {
		moved(len(line) - 1)
	}
	return t
}

// wait returns nil when t has the device, or the cause of ctx's end, also if
// both happen at once.
func (t *ticket) wait(ctx context.Context) error {
	select {
	case <-t.turn:
	case <-ctx.Done():
	}
	return context.Cause(ctx)
}

// still does something while no line moves.
func (d *devices) still(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// leave gives up t's place, whether it was used or not.
func (d *devices) leave(t *ticket) {
	if t.device == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	line := d.lines[t.device]
	at := slices.Index(line, t)
	line = slices.Delete(line, at, at+1)
	if len(line) == 0 {
		delete(d.lines, t.device)
		return
	}
	d.lines[t.device] = line
	if at == 0 {
		close(line[0].turn)
	}
	for ahead := max(at, 1); ahead < len(line); ahead++ {
		line[ahead].moved(ahead)
	}
}
