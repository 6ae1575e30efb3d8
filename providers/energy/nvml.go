package energy

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"math"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"time"
)

// A gpu is what NVML says of one at a moment.
type gpu struct {
	index        int
	power, limit float64 // watts; limit is 0 where it does not say
}

// A sampled is what all GPUs took at a moment.
type sampled struct {
	at    time.Duration // since the reading began
	watts float64
}

// query is what nvidia-smi is asked, ten times a second: as often as NVML itself
// looks.
var query = []string{"--query-gpu=index,power.draw,power.limit", "--format=csv,noheader,nounits", "-lms", "100"}

// smi samples by nvidia-smi, which comes with the driver; nil where there is none.
// The library itself can't be called without a C compiler.
func smi() sampler {
	name, err := exec.LookPath("nvidia-smi")
	if err != nil {
		return nil
	}
	return func(ctx context.Context, tell func(time.Time, []gpu)) {
		cmd := exec.CommandContext(ctx, name, query...)
		out, err := cmd.StdoutPipe()
		if err != nil || cmd.Start() != nil {
			return
		}
		rounds(out, func(g []gpu) { tell(time.Now(), g) })
		_ = cmd.Wait() // it was stopped
	}
}

// Limits of what nvidia-smi is believed.
const (
	mostGPUs = 64
	mostLine = 256
)

// rounds reads lines such as "0, 35.12, 450.00", one for each GPU, round after
// round, and tells each round when it is complete: once the next begins. A line
// that is something else ends that, so that no GPU is left out unnoticed.
func rounds(r io.Reader, tell func([]gpu)) {
	var round []gpu
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, mostLine), mostLine)
	for lines.Scan() {
		g, ok := parseGPU(lines.Text())
		if !ok || len(round) == mostGPUs {
			return
		}
		if len(round) > 0 && g.index <= round[len(round)-1].index {
			tell(round)
			round = nil
		}
		round = append(round, g)
	}
}

func parseGPU(line string) (g gpu, ok bool) {
	fields := strings.Split(line, ",")
	if len(fields) != 3 {
		return gpu{}, false
	}
	index, err := strconv.Atoi(strings.TrimSpace(fields[0]))
	g.power = watts(fields[1])
	if err != nil || index < 0 || g.power < 0 {
		return gpu{}, false // also where it says [N/A], of a GPU that can't be read
	}
	g.index, g.limit = index, max(watts(fields[2]), 0)
	return g, true
}

// watts is a number of them, -1 for what is none.
func watts(s string) float64 {
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(x) || x < 0 || x > mostWatts {
		return -1
	}
	return x
}

// mostSamples is more than an hour of them; what comes later is not measured.
const mostSamples = 40_000

// add takes in a round.
func (r *reading) add(at time.Time, gpus []gpu) {
	s, limit := sampled{at: at.Sub(r.began)}, 0.0
	for _, g := range gpus {
		s.watts += g.power
		limit += g.limit
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.limit = max(r.limit, limit)
	if len(r.samples) < mostSamples {
		r.samples = append(r.samples, s)
	}
}

// gap is the longest time that may pass without a sample.
const gap = time.Second

// integral is the joules by trapezoids, the power before the first sample and
// after the last one being theirs; false where it was too short for that, or the
// samples have a gap.
func (r *reading) integral(took time.Duration) (float64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if took < leastSampled || len(r.samples) == 0 {
		return 0, false
	}
	joules, at, power := 0.0, time.Duration(0), r.samples[0].watts
	to := func(t time.Duration, w float64) bool {
		joules += (power + w) / 2 * (t - at).Seconds()
		ok := t-at <= gap
		at, power = t, w
		return ok
	}
	for _, s := range r.samples {
		if s.at < at || s.at > took {
			continue
		}
		if !to(s.at, s.watts) {
			return 0, false
		}
	}
	return joules, to(took, power)
}

// unread names a GPU that may do the work and whose power nobody tells: then what
// is counted is not all of it. Small ones that share the processor's memory are
// counted with the processor.
func unread(sys fs.FS, nvml bool) string {
	const vram = 4 << 30 // bytes that only a card of its own has
	entries, _ := fs.ReadDir(sys, "class/drm")
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "card") || strings.Contains(e.Name(), "-") {
			continue
		}
		dir := path.Join("class/drm", e.Name(), "device")
		switch line(sys, dir, "vendor") {
		case "0x10de":
			if !nvml {
				return "there is a GPU of NVIDIA and no nvidia-smi, which comes with its driver"
			}
		case "0x1002":
			if n, err := strconv.ParseUint(line(sys, dir, "mem_info_vram_total"), 10, 64); err == nil && n > vram {
				return "there is a GPU of AMD, whose energy is not read"
			}
		}
	}
	return ""
}
