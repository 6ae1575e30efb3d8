// Package energy says how many joules an answer took of the machine that gave it.
//
// Its model of the world: a [Meter] is told when a local model begins to answer and
// when it ends. In between it reads what the machine counts of itself: the GPUs'
// power by nvidia-smi, which is NVML's figure, and the processors' energy by RAPL.
// Where it can't, it takes the watts that the configuration states, or a share of
// the most that the machine may take, and always says which of these it did. What
// two answers took at the same time is nobody's.
package energy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"juxta/providers"
)

// usualOverhead is what comes at the wall for each watt that is measured inside:
// power supply and fans take their part.
const usualOverhead = 1.1

// busyShare is the share of what a machine may take at the most that it is
// estimated to take while it answers.
const busyShare = 0.7

// leastSampled is the shortest time over which sampled power is a measurement: the
// samples are of single moments, and far between on some GPUs.
const leastSampled = 5 * time.Second

// Settings are what the configuration says.
type Settings struct {
	Unmeasured bool             // the machine is not read
	Tariff     *providers.Money // of a kilowatt-hour; nil if it is not configured
	Watts      float64          // that the machine takes at the wall while it answers; 0 if not stated
	Overhead   float64          // joules at the wall for each one that is measured or estimated inside; 0 for 1.1
}

// A Meter tells how much energy local answers take. It is safe for concurrent
// use, and opens nothing before a local model answers.
type Meter struct {
	set    Settings
	system string         // as runtime.GOOS names it
	sys    fs.FS          // /sys
	find   func() sampler // looks for what samples GPUs

	once   sync.Once
	sample sampler // nil where there is no nvidia-smi
	zones  []zone
	other  string // a GPU that nobody can read, "" for none

	mu   sync.Mutex
	open map[string]map[*reading]bool // by device
}

// A sampler tells what the GPUs take, until ctx is over.
type sampler func(ctx context.Context, gpus func(at time.Time, g []gpu))

// New measures this machine.
func New(set Settings) *Meter {
	return on(set, runtime.GOOS, os.DirFS("/sys"), smi)
}

func on(set Settings, system string, sys fs.FS, find func() sampler) *Meter {
	if set.Overhead == 0 {
		set.Overhead = usualOverhead
	}
	return &Meter{set: set, system: system, sys: sys, find: find, open: map[string]map[*reading]bool{}}
}

// A reading is one answer's.
type reading struct {
	began   time.Time
	shared  bool
	stop    context.CancelFunc // ends the sampling
	rapl    *counters
	mu      sync.Mutex
	samples []sampled
	limit   float64 // watts that the GPUs may take
}

// Begin is called when an endpoint's local model begins to answer, and the
// function that it returns once it has ended: that tells what it took, or nil
// where nobody knows. Neither waits for a program or a device. Models that run
// nowhere take nothing.
func (m *Meter) Begin(e providers.Endpoint) (end func() *providers.Energy) {
	device := e.Device()
	if device == "" || e.API == "demo" {
		return func() *providers.Energy { return nil }
	}
	r := &reading{began: time.Now(), stop: func() {}}
	m.join(device, r)
	if device == "localhost" && !m.set.Unmeasured {
		m.start(r)
	}
	var once sync.Once
	return func() (out *providers.Energy) {
		once.Do(func() {
			r.stop()
			m.leave(device, r)
			out = m.result(r, time.Since(r.began))
		})
		return out
	}
}

// join notes who answers on a device: where several do at the same time, nobody
// knows what any of them took.
func (m *Meter) join(device string, r *reading) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open[device] == nil {
		m.open[device] = map[*reading]bool{}
	}
	for other := range m.open[device] {
		other.shared, r.shared = true, true
	}
	m.open[device][r] = true
}

func (m *Meter) leave(device string, r *reading) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.open[device], r)
}

// look finds out once what of the machine can be read.
func (m *Meter) look() {
	m.once.Do(func() {
		m.sample, m.zones = m.find(), zones(m.sys)
		m.other = unread(m.sys, m.sample != nil)
	})
}

// start begins to read the machine.
func (m *Meter) start(r *reading) {
	m.look()
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel // and with it the two below
	r.rapl = count(m.sys, m.zones)
	if len(m.zones) > 0 && r.rapl.err == nil {
		go r.rapl.watch(ctx)
	}
	if m.sample != nil {
		go func() {
			var fault error // what it did not read any more is a gap, and then nothing is told
			defer providers.Catch(&fault)
			m.sample(ctx, r.add)
		}()
	}
}

// result is what a reading came to.
func (m *Meter) result(r *reading, took time.Duration) *providers.Energy {
	m.mu.Lock()
	shared := r.shared
	m.mu.Unlock()
	e := &providers.Energy{Seconds: rounded(took.Seconds()), Tariff: m.set.Tariff}
	if shared {
		e.Basis, e.Of = providers.SharedEnergy, "others answered on the machine at the same time"
		return e
	}
	joules, of := m.measured(r, took)
	switch {
	case joules > 0:
		e.Basis, e.Joules, e.Of = providers.Measured, joules*m.set.Overhead, fmt.Sprintf("%s × %g", of, m.set.Overhead)
	case m.set.Watts > 0:
		e.Basis, e.Joules, e.Of = providers.Stated, m.set.Watts*took.Seconds(), fmt.Sprintf("%g W stated", m.set.Watts)
	default:
		limit, of := m.limit(r)
		if limit <= 0 {
			return nil
		}
		e.Basis, e.Joules = providers.Estimated, busyShare*limit*took.Seconds()*m.set.Overhead
		e.Of = fmt.Sprintf("%g × %s × %g", busyShare, of, m.set.Overhead)
	}
	if e.Joules = rounded(e.Joules); !e.Sound() {
		return nil
	}
	return e
}

// measured is what the counters say; 0 where they don't say all of it.
func (m *Meter) measured(r *reading, took time.Duration) (joules float64, of string) {
	if r.rapl == nil || m.other != "" {
		return 0, ""
	}
	var parts []string
	if m.sample != nil {
		j, ok := r.integral(took)
		if !ok {
			return 0, ""
		}
		joules, parts = j, append(parts, "GPU (NVML)")
	}
	if j, ok := r.rapl.total(); ok {
		joules, parts = joules+j, append(parts, "processor (RAPL)")
	}
	return joules, strings.Join(parts, " + ")
}

// limit is what the parts of the machine may take at the most, in watts: the GPUs
// if there are any, which do the work then, else the processors.
func (m *Meter) limit(r *reading) (float64, string) {
	r.mu.Lock()
	gpus := r.limit
	r.mu.Unlock()
	if gpus > 0 {
		return gpus, fmt.Sprintf("%g W of the GPU", gpus)
	}
	if r.rapl == nil || m.other != "" || m.sample != nil {
		return 0, ""
	}
	sum := 0.0
	for _, z := range m.zones {
		sum += z.limit
	}
	return sum, fmt.Sprintf("%g W of the processor", sum)
}

// Why says what of this machine is not measured, and what to do about it; "" for
// nothing. It reads the machine, unless the settings say not to.
func (m *Meter) Why() string {
	if m.set.Unmeasured {
		return "the configuration says not to measure"
	}
	m.look()
	switch {
	case m.other != "":
		return m.other + "; state machine.watts in the configuration"
	case m.system == "darwin":
		return "macOS tells its power to root alone (powermetrics); state machine.watts in the configuration"
	case len(m.zones) > 0:
		switch err := count(m.sys, m.zones).err; {
		case err != nil && !errors.Is(err, fs.ErrPermission):
			return fmt.Sprintf("the processor's counter (RAPL) can't be read (%v); state machine.watts in the configuration", err)
		case err != nil:
			return "the processor's counter (RAPL) is readable by root alone; allow it with `sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj`, or state machine.watts in the configuration"
		}
	case m.sample == nil:
		return "neither the processor (RAPL) nor a GPU (NVML) tells its energy here; state machine.watts in the configuration"
	}
	return ""
}

// Reads names what of this machine is measured; "" for nothing.
func (m *Meter) Reads() string {
	if m.set.Unmeasured {
		return ""
	}
	m.look()
	if m.other != "" {
		return ""
	}
	var parts []string
	if m.sample != nil {
		parts = append(parts, "GPU (NVML)")
	}
	if len(m.zones) > 0 && count(m.sys, m.zones).err == nil {
		parts = append(parts, "processor (RAPL)")
	}
	return strings.Join(parts, " + ")
}

// rounded is a figure to the thousandth: nobody measures finer.
func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }
