package energy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"juxta/providers"
)

const powercap = "class/powercap"

// A zone is a processor whose energy is counted in microjoules.
type zone struct {
	file  string  // of its counter
	most  uint64  // at which the counter begins anew; 0 if not known
	limit float64 // watts that it may take for long; 0 if not known
}

// zones are the packages that RAPL counts. Their sub-zones are part of them, and
// the whole platform's would be them once more.
func zones(sys fs.FS) (all []zone) {
	entries, _ := fs.ReadDir(sys, powercap) // there is none on other systems
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), "intel-rapl:")
		dir := path.Join(powercap, e.Name())
		if !ok || strings.Contains(rest, ":") || !strings.HasPrefix(line(sys, dir, "name"), "package") {
			continue
		}
		z := zone{file: path.Join(dir, "energy_uj")}
		z.most, _ = strconv.ParseUint(line(sys, dir, "max_energy_range_uj"), 10, 64)
		if uw, err := strconv.ParseUint(line(sys, dir, "constraint_0_power_limit_uw"), 10, 63); err == nil && uw <= mostPackage*1e6 {
			z.limit = float64(uw) / 1e6
		}
		all = append(all, z)
	}
	return all
}

// mostWatts is more than a machine on a desk or in a rack takes; what says so
// counts something else.
const mostWatts = 100_000

// line is what a file of the kernel says, "" if it doesn't.
func line(sys fs.FS, dir, name string) string {
	b, err := fs.ReadFile(sys, path.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// mostPackage is more than a processor takes, in watts. Firmware that sets no limit
// states 4096; and a counter that fell to nothing, as it does while the machine
// sleeps, would be taken for one that came to its end, and be far above.
const mostPackage = 1000

// wrapWatch is how often the counters are looked at, so that none passes its end
// twice unseen: 65 kJ at 1,000 W are a minute.
const wrapWatch = 20 * time.Second

// counters add up what the zones count from one moment on.
type counters struct {
	sys   fs.FS
	zones []zone

	mu   sync.Mutex
	at   time.Time // of the last look
	last []uint64
	sum  uint64 // microjoules
	err  error
}

// count begins to count.
func count(sys fs.FS, zones []zone) *counters {
	c := &counters{sys: sys, zones: zones, at: time.Now(), last: make([]uint64, len(zones))}
	for i, z := range zones {
		if c.last[i], c.err = read(sys, z); c.err != nil {
			break
		}
	}
	return c
}

func read(sys fs.FS, z zone) (uint64, error) {
	b, err := fs.ReadFile(sys, z.file)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0, errors.New("it is no number")
	}
	return n, nil
}

// watch looks at the counters until ctx is over.
func (c *counters) watch(ctx context.Context) {
	t := time.NewTicker(wrapWatch)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			c.add()
		}
	}
}

// add takes in what was counted since the last look.
func (c *counters) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer providers.Catch(&c.err)
	now := time.Now()
	// A watt is a microjoule a microsecond; a second more, as it counts in steps.
	most := uint64(mostPackage * (now.Sub(c.at) + time.Second).Microseconds())
	c.at = now
	for i, z := range c.zones {
		if c.err != nil {
			return
		}
		c.err = c.follow(i, z, most)
	}
}

// follow takes in what one zone counted, of which more than most is not believed.
func (c *counters) follow(i int, z zone, most uint64) error {
	now, err := read(c.sys, z)
	if err != nil {
		return err
	}
	d, err := since(c.last[i], now, z.most)
	if err != nil {
		return err
	}
	if d > most {
		return fmt.Errorf("it went from %d to %d, by more than a processor takes", c.last[i], now)
	}
	c.sum += d
	c.last[i] = now
	return nil
}

// since is what a counter went on by, over its end if it is behind where it was:
// 262000000000 to 1500000 with an end of 262143328850 are 144828850.
func since(before, now, most uint64) (uint64, error) {
	switch {
	case now >= before:
		return now - before, nil
	case most < before:
		return 0, fmt.Errorf("it went back from %d to %d", before, now)
	}
	return now + (most - before), nil
}

// total is the joules so far, false where they are not known.
func (c *counters) total() (float64, bool) {
	if len(c.zones) == 0 {
		return 0, false
	}
	c.add()
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(c.sum) / 1e6, c.err == nil
}
