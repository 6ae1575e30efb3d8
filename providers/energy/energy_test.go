package energy

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// machine is /sys of one with two processors, whose counters can be set.
type machine struct {
	files fstest.MapFS
	mu    *sync.Mutex // a test sets them while the meter reads
}

func newMachine() machine {
	m := machine{fstest.MapFS{}, new(sync.Mutex)}
	for zone, name := range map[string]string{"intel-rapl:0": "package-0", "intel-rapl:0:0": "core", "intel-rapl:1": "package-1", "intel-rapl:2": "psys", "intel-rapl-mmio:0": "package-0"} {
		m.put(zone+"/name", name)
		m.put(zone+"/energy_uj", "1000000")
		m.put(zone+"/max_energy_range_uj", "262143328850")
		m.put(zone+"/constraint_0_power_limit_uw", "65000000")
	}
	return m
}

func (m machine) put(name, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files["class/powercap/"+name] = &fstest.MapFile{Data: []byte(text + "\n")}
}

// Open implements [fs.FS].
func (m machine) Open(name string) (fs.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files.Open(name)
}

// locked is a machine whose counters are for root alone.
type locked struct{ fs.FS }

func (l locked) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "energy_uj") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.FS.Open(name)
}

// just finds s.
func just(s sampler) func() sampler { return func() sampler { return s } }

// steady is nvidia-smi on GPUs that always take the same.
func steady(watts ...float64) sampler {
	return func(ctx context.Context, tell func(time.Time, []gpu)) {
		for ctx.Err() == nil {
			var g []gpu
			for i, w := range watts {
				g = append(g, gpu{index: i, power: w, limit: 400})
			}
			tell(time.Now(), g)
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

var (
	here  = providers.Endpoint{API: "ollama", Local: true, BaseURL: "http://127.0.0.1:11434"}
	there = providers.Endpoint{API: "ollama", Local: true, BaseURL: "http://10.0.0.5:11434"}
)

func says(t *testing.T, e *providers.Energy, basis providers.EnergyBasis, joules float64, of string) {
	t.Helper()
	if e == nil || e.Basis != basis || e.Joules != joules || e.Of != of {
		t.Errorf("it took %+v, want %g J %s of %s", e, joules, basis, of)
	}
}

func TestPackagesAreCountedOnceAndTheirPartsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newMachine()
		m := on(Settings{}, "linux", sys, just(nil))
		end := m.Begin(here)
		time.Sleep(10 * time.Second)
		sys.put("intel-rapl:0/energy_uj", "101000000") // 100 J
		sys.put("intel-rapl:1/energy_uj", "51000000")  // 50 J
		for _, not := range []string{"intel-rapl:0:0", "intel-rapl:2", "intel-rapl-mmio:0"} {
			sys.put(not+"/energy_uj", "999000000")
		}
		e := end()
		says(t, e, providers.Measured, 165, "processor (RAPL) × 1.1")
		if e.Seconds != 10 || e.Tariff != nil {
			t.Errorf("%+v", e)
		}
		if end() != nil {
			t.Error("it was told twice")
		}
	})
}

func TestACounterThatBeginsAnewIsFollowed(t *testing.T) {
	if d, err := since(262_000_000_000, 1_500_000, 262_143_328_850); d != 144_828_850 || err != nil {
		t.Error(d, err)
	}
	if _, err := since(10, 5, 0); err == nil {
		t.Error("a counter without an end went back")
	}
	synctest.Test(t, func(t *testing.T) { // twice during one answer
		sys := newMachine()
		m := on(Settings{Overhead: 1}, "linux", sys, just(nil))
		for _, zone := range []string{"intel-rapl:0", "intel-rapl:1"} {
			sys.put(zone+"/max_energy_range_uj", "1000000000")
			sys.put(zone+"/energy_uj", "900000000")
		}
		end := m.Begin(here)
		for _, at := range []string{"100000000", "900000000", "100000000"} {
			sys.put("intel-rapl:0/energy_uj", at)
			time.Sleep(wrapWatch)
			synctest.Wait()
		}
		says(t, end(), providers.Measured, 200+800+200, "processor (RAPL) × 1")
	})
}

func TestGPUsAreSampledOverLongAnswersAndNotOverShortOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newMachine()
		m := on(Settings{}, "linux", sys, just(steady(200, 50)))
		end := m.Begin(here)
		time.Sleep(10 * time.Second)
		sys.put("intel-rapl:0/energy_uj", "101000000")
		says(t, end(), providers.Measured, 2860, "GPU (NVML) + processor (RAPL) × 1.1")

		end = m.Begin(here)
		time.Sleep(time.Second)
		says(t, end(), providers.Estimated, 616, "0.7 × 800 W of the GPU × 1.1")
	})
}

func TestWhatNobodyMayReadIsStatedOrEstimatedAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			meter  *Meter
			basis  providers.EnergyBasis
			joules float64
			of     string
		}{
			"stated":          {on(Settings{Watts: 300}, "linux", locked{newMachine()}, just(nil)), providers.Stated, 3000, "300 W stated"},
			"of another host": {on(Settings{Watts: 300}, "linux", newMachine(), just(steady(100))), providers.Stated, 3000, "300 W stated"},
			"not to measure":  {on(Settings{Watts: 300, Unmeasured: true}, "linux", newMachine(), just(steady(100))), providers.Stated, 3000, "300 W stated"},
			"estimated":       {on(Settings{}, "linux", locked{newMachine()}, just(nil)), providers.Estimated, 1001, "0.7 × 130 W of the processor × 1.1"},
			"nothing":         {on(Settings{}, "darwin", fstest.MapFS{}, just(nil)), "", 0, ""},
		} {
			e := here
			if name == "of another host" {
				e = there
			}
			end := c.meter.Begin(e)
			time.Sleep(10 * time.Second)
			got := end()
			if c.basis == "" {
				if got != nil {
					t.Errorf("%s: %+v", name, got)
				}
				continue
			}
			says(t, got, c.basis, c.joules, c.of)
		}
	})
}

func TestWhatTwoTookAtTheSameTimeIsNobodys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := on(Settings{Watts: 300}, "linux", newMachine(), just(steady(100)))
		one := m.Begin(here)
		time.Sleep(6 * time.Second)
		elsewhere := m.Begin(there)
		other := m.Begin(providers.Endpoint{API: "openai-chat", Local: true, BaseURL: "http://localhost:8080/v1"})
		time.Sleep(6 * time.Second)
		if e := one(); e.Basis != providers.SharedEnergy || e.Joules != 0 || e.Known() {
			t.Errorf("the first took %+v", e)
		}
		time.Sleep(6 * time.Second) // alone by now
		if e := other(); e.Basis != providers.SharedEnergy || e.Known() {
			t.Errorf("the second took %+v", e)
		}
		if e := elsewhere(); e.Basis != providers.Stated {
			t.Errorf("that of another machine took %+v", e)
		}
		again := m.Begin(here)
		time.Sleep(6 * time.Second)
		if e := again(); e.Basis != providers.Measured {
			t.Errorf("a later one alone took %+v", e)
		}
	})
}

func TestNothingIsOpenedForModelsThatRunElsewhereOrNowhere(t *testing.T) {
	sys := touched{newMachine(), new(int)}
	m := on(Settings{Watts: 300}, "linux", sys, just(func(context.Context, func(time.Time, []gpu)) { t.Error("nvidia-smi was started") }))
	for _, e := range []providers.Endpoint{{API: "openai-chat", BaseURL: "https://api.example.com/v1"}, {API: "demo", Local: true}} {
		if got := m.Begin(e)(); got != nil {
			t.Errorf("%s took %+v", e.API, got)
		}
	}
	m.Begin(there)()
	if *sys.times > 0 {
		t.Errorf("the machine was read %d times", *sys.times)
	}
}

type touched struct {
	fs.FS
	times *int
}

func (o touched) Open(name string) (fs.File, error) { *o.times++; return o.FS.Open(name) }

func TestAGPUThatNobodyReadsIsNoMeasurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := func(vendor, vram string) machine {
			m := newMachine()
			m.files["class/drm/card0/device/vendor"] = &fstest.MapFile{Data: []byte(vendor)}
			m.files["class/drm/card0/device/mem_info_vram_total"] = &fstest.MapFile{Data: []byte(vram)}
			return m
		}
		for name, c := range map[string]struct {
			sys machine
			ok  bool
		}{
			"AMD":             {card("0x1002\n", "17163091968\n"), false},
			"in the AMD chip": {card("0x1002\n", "536870912\n"), true},
			"NVIDIA":          {card("0x10de\n", ""), false},
			"in the chip":     {card("0x8086\n", ""), true},
		} {
			m := on(Settings{}, "linux", c.sys, just(nil))
			end := m.Begin(here)
			time.Sleep(time.Second)
			c.sys.put("intel-rapl:0/energy_uj", "2000000")
			if got := end(); (got != nil) != c.ok {
				t.Errorf("%s: it took %+v", name, got)
			}
			if (m.Why() == "") != c.ok {
				t.Errorf("%s: %q", name, m.Why())
			}
		}
	})
}

func TestASampleThatIsMissingOrBehindIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		at []float64
		ok bool
	}{
		"none":          {nil, false},
		"whole":         {[]float64{0, 1, 2, 3, 4, 5, 6}, true},
		"a late start":  {[]float64{2, 3, 4, 5, 6}, false},
		"a hole":        {[]float64{0, 1, 4, 5, 6}, false},
		"an early end":  {[]float64{0, 1, 2, 3, 4}, false},
		"after the end": {[]float64{0, 1, 2, 3, 4, 5, 6, 7, 8}, true},
		"out of order":  {[]float64{0, 1, 2, 1.5, 3, 4, 5, 6}, true},
	} {
		r := &reading{}
		for _, s := range c.at {
			r.samples = append(r.samples, sampled{time.Duration(s * float64(time.Second)), 100})
		}
		if j, ok := r.integral(6 * time.Second); ok != c.ok || ok && j != 600 {
			t.Errorf("%s: %g %v", name, j, ok)
		}
	}
}

func TestWhatNvidiaSmiSaysIsReadAndNotBelieved(t *testing.T) {
	read := func(text string) (all []string) {
		rounds(strings.NewReader(text), func(g []gpu) { all = append(all, fmt.Sprint(g)) })
		return all
	}
	good := "0, 35.12, 450.00\n1, 20, [N/A]\n0, 36, 450.00\n1, 21, [N/A]\n0, 1, 2\n"
	if got := fmt.Sprint(read(good)); got != "[[{0 35.12 450} {1 20 0}] [{0 36 450} {1 21 0}]]" {
		t.Errorf("two rounds: %s", got)
	}
	for _, bad := range []string{
		"", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", "0, [N/A], 450\n", "0, NaN, 1\n", "0, -5, 1\n", "0, Inf, 1\n", "0, 1e300, 1\n", "-1, 5, 1\n",
		"0, 5\n", "0, 5, 1, 2\n", "x, 5, 1\n", "0, \x1b[31m5, 1\n", strings.Repeat("9", 1<<20), "0, 0x1p-2, zz\x00",
	} {
		if got := read(bad + "0, 1, 1\n0, 1, 1\n"); bad != "" && len(got) > 0 && !strings.HasPrefix(bad, "0, 0x1p") {
			t.Errorf("%.40q: %s", bad, got)
		}
	}
	many := ""
	for i := range 1000 {
		many += fmt.Sprintf("%d, 1, 1\n", i)
	}
	if got := read(many); len(got) > 0 {
		t.Errorf("a thousand GPUs: %d", len(got))
	}
}

func TestHostileCountersAreNoMeasurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, bad := range []string{"", "x", "-1", "1e9", "99999999999999999999999", "\x1b[2J", "5"} { // the last went back, without an end
			sys := newMachine()
			sys.put("intel-rapl:1/max_energy_range_uj", "0")
			m := on(Settings{}, "linux", sys, just(nil))
			end := m.Begin(here)
			time.Sleep(time.Second)
			sys.put("intel-rapl:1/energy_uj", bad)
			if e := end(); e == nil || e.Basis != providers.Estimated {
				t.Errorf("%q: %+v", bad, e)
			}
		}
	})
}

// A machine that slept while it answered counts from nothing again, which looks
// like the counter's end.
func TestACounterThatFellToNothingIsNoMeasurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newMachine()
		m := on(Settings{}, "linux", sys, just(nil))
		sys.put("intel-rapl:0/energy_uj", "100000000000")
		end := m.Begin(here)
		time.Sleep(30 * time.Second)
		sys.put("intel-rapl:0/energy_uj", "1000000")
		says(t, end(), providers.Estimated, 3003, "0.7 × 130 W of the processor × 1.1")

		sys.put("intel-rapl:0/energy_uj", "0")
		end = m.Begin(here) // and goes on from there, however soon it is looked at
		sys.put("intel-rapl:0/energy_uj", "150000")
		time.Sleep(time.Millisecond)
		says(t, end(), providers.Measured, 0.165, "processor (RAPL) × 1.1")
	})
}

// Desktops say so where the firmware sets no limit.
func TestALimitThatNoProcessorReachesIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newMachine()
		for _, zone := range []string{"intel-rapl:0", "intel-rapl:1"} {
			sys.put(zone+"/constraint_0_power_limit_uw", "4095875000")
		}
		end := on(Settings{}, "linux", locked{sys}, just(nil)).Begin(here)
		time.Sleep(10 * time.Second)
		if e := end(); e != nil {
			t.Errorf("it took %+v", e)
		}
	})
}

func TestWhyACounterIsNotReadIsSaidAsItIs(t *testing.T) {
	if why := on(Settings{}, "linux", locked{newMachine()}, just(nil)).Why(); !strings.Contains(why, "sudo chmod a+r") {
		t.Errorf("for root alone: %s", why)
	}
	sys := newMachine()
	sys.put("intel-rapl:1/energy_uj", "\x1b[2Jmany")
	why := on(Settings{}, "linux", sys, just(nil)).Why()
	if strings.Contains(why, "chmod") || strings.Contains(why, "\x1b") || !strings.Contains(why, "machine.watts") {
		t.Errorf("nonsense: %s", why)
	}
	delete(sys.files, "class/powercap/intel-rapl:1/energy_uj")
	why = on(Settings{}, "linux", sys, just(nil)).Why()
	if strings.Contains(why, "chmod") || !strings.Contains(why, "machine.watts") {
		t.Errorf("not there: %s", why)
	}
}

func TestAMachineThatIsNotToBeMeasuredIsNotRead(t *testing.T) {
	sys := touched{newMachine(), new(int)}
	m := on(Settings{Unmeasured: true}, "linux", sys, func() sampler { t.Error("nvidia-smi was looked for"); return nil })
	m.Begin(here)()
	if m.Reads() != "" || m.Why() == "" || *sys.times > 0 {
		t.Errorf("%q, %q, read %d times", m.Reads(), m.Why(), *sys.times)
	}
}
