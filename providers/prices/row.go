package prices

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
)

// A row is what a table says of one model.
type row struct {
	service, name string
	target        string // of a row that is only another name
	price         providers.Price
	context       int
	answer        int
	can           providers.Abilities
	until         string // the last day that the price holds, "" if none is known
	note          string
}

// An origin is where and when a row was read.
type origin struct{ day, address string }

func (r row) origin() origin { return origin{r.price.AsOf, r.price.From} }

// parse reads a line of the section.
func (s section) parse(line string) (row, error) {
	line, note, _ := strings.Cut(line, " # ")
	first, steps, stepped := strings.Cut(line, " | ")
	fields := strings.Fields(first)
	if len(fields) == 0 {
		return row{}, errors.New("a row begins with the name of a model")
	}
	r := row{name: fields[0], note: note}
	fields = fields[1:]
	if len(fields) > 1 && fields[0] == "->" {
		r.target, fields = fields[1], fields[2:]
	}
	fail := func(err error) (row, error) { return r, fmt.Errorf("%s: %w", r.name, err) }
	if r.target == "" {
		var err error
		if fields, err = readRates(&r.price.Rates, fields, true); err != nil {
			return fail(err)
		}
	}
	told := map[string]string{}
	for _, f := range fields {
		k, v, _ := strings.Cut(f, "=")
		if _, twice := told[k]; twice {
			return fail(fmt.Errorf("%s is there twice", k))
		}
		told[k] = v
		if err := r.set(k, v); err != nil {
			return fail(fmt.Errorf("%s: %w", f, err))
		}
	}
	if r.target != "" && stepped {
		return fail(errOtherName)
	}
	for stepped {
		var step string
		step, steps, stepped = strings.Cut(steps, " | ")
		if err := r.step(strings.Fields(step)); err != nil {
			return fail(err)
		}
	}
	from, err := s.source(told["from"])
	if err != nil {
		return fail(err)
	}
	r.price.Source, r.price.AsOf, r.price.From = providers.Listed, from.day, from.address
	return r, nil
}

// errOtherName is said of what only a row with a price may hold.
var errOtherName = errors.New("another name costs what its model does; leave out all but until= and from=")

// untold are the rates before anything was said of them. Sound that nobody tells
// of apart is input like any other.
func untold() providers.Rates {
	const u = providers.UnknownRate
	return providers.Rates{Input: u, CacheRead: u, CacheWrite: u, CacheWriteHour: u, Output: u}
}

// readRates reads the fields that a step has, too, and returns the others. What
// is not said is not known.
func readRates(to *providers.Rates, fields []string, needed bool) (rest []string, err error) {
	*to = untold()
	told := map[string]bool{}
	for _, f := range fields {
		k, v, _ := strings.Cut(f, "=")
		into := field(to, k)
		if into == nil {
			rest = append(rest, f)
			continue
		}
		if told[k] {
			return nil, fmt.Errorf("%s is there twice", k)
		}
		told[k] = true
		if strings.HasPrefix(v, "-") {
			return nil, fmt.Errorf("%s: %w: %s is negative", k, errWrong, v)
		}
		if *into, err = providers.ParsePerMillion(v); err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
	}
	switch { // where 0 stands for no rate of its own
	case told["audio"] && to.Audio == 0:
		return nil, errors.New("audio=0: it is not free; leave it out where it costs what the input does")
	case told["write1h"] && to.CacheWriteHour == 0 && to.CacheWrite != 0:
		return nil, errors.New("write1h=0: it is not free; leave it out where it is not known")
	}
	if needed && (!told["in"] || !told["out"]) {
		return nil, errors.New("a price has an input and an output")
	}
	return rest, nil
}

// field is the rate that a field tells of, nil if it tells of none.
func field(r *providers.Rates, name string) *providers.Money {
	switch name {
	case "in":
		return &r.Input
	case "read":
		return &r.CacheRead
	case "write":
		return &r.CacheWrite
	case "write1h":
		return &r.CacheWriteHour
	case "out":
		return &r.Output
	case "audio":
		return &r.Audio
	}
	return nil
}

// unknownStep is what holds where it is only known that the base rates don't.
func unknownStep(above int) providers.Step {
	s := providers.Step{Above: above, Rates: untold()}
	s.Audio = providers.UnknownRate
	return s
}

// step reads what holds for long prompts.
func (r *row) step(fields []string) error {
	unknown := len(fields) == 2 && fields[1] == "unknown"
	if unknown {
		fields = fields[:1]
	}
	var s providers.Step
	rest, err := readRates(&s.Rates, fields, !unknown)
	if err != nil {
		return err
	}
	if len(rest) != 1 || !strings.HasPrefix(rest[0], "above=") {
		return errors.New("a step is above=TOKENS and rates, or above=TOKENS unknown")
	}
	if s.Above, err = count(strings.TrimPrefix(rest[0], "above=")); err != nil {
		return err
	}
	if n := len(r.price.Steps); n > 0 && r.price.Steps[n-1].Above >= s.Above {
		return fmt.Errorf("above=%d does not rise over the step before it", s.Above)
	}
	switch {
	case unknown:
		s = unknownStep(s.Above)
	case r.price.Audio != 0 && s.Audio == 0: // sound was told of apart, and is not here
		s.Audio = providers.UnknownRate
	}
	r.price.Steps = append(r.price.Steps, s)
	return nil
}

// set reads a field that only a row has.
func (r *row) set(k, v string) (err error) {
	if r.target != "" && k != "until" && k != "from" {
		return errOtherName
	}
	if tier, ok := strings.CutPrefix(k, "tier:"); ok && tier != "" && plain(tier) {
		ratio, err := ParseRatio(v)
		if r.price.Tiers == nil {
			r.price.Tiers = map[string]providers.Ratio{}
		}
		r.price.Tiers[tier] = ratio
		return err
	}
	switch k {
	case "from": // read with the section's head
	case "image":
		r.price.PerImage, err = providers.ParseDollars(v)
	case "request":
		r.price.PerRequest, err = providers.ParseDollars(v)
	case "context":
		r.context, err = count(v)
	case "answer":
		r.answer, err = count(v)
	case "until":
		r.until, err = v, date(v)
	case "can":
		for name := range strings.SplitSeq(v, ",") {
			to := r.ability(name)
			if to == nil {
				return errors.New("an ability is one of images, thoughts, tools, audio")
			}
			*to = providers.Yes
		}
	default:
		return errors.New("there is no such field")
	}
	return err
}

func (r *row) ability(name string) *providers.Support {
	return map[string]*providers.Support{
		"images": &r.can.Images, "thoughts": &r.can.Thoughts, "tools": &r.can.Tools, "audio": &r.can.Audio,
	}[name]
}

// dear reports whether a rate was written in another unit than the table's.
func (r row) dear() bool {
	rates := []providers.Rates{r.price.Rates}
	for _, s := range r.price.Steps {
		rates = append(rates, s.Rates)
	}
	return slices.ContainsFunc(rates, func(x providers.Rates) bool {
		return max(x.Input, x.CacheRead, x.CacheWrite, x.CacheWriteHour, x.Output, x.Audio) > dearest
	})
}

func count(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 || n > 1<<40 {
		return 0, fmt.Errorf("%q is not a number of tokens", s)
	}
	return n, nil
}

func date(s string) error {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("%q is not a date like 2006-01-02", s)
	}
	return nil
}

// source is what a key stands for in the section's head.
func (s section) source(key string) (origin, error) {
	for line := range strings.SplitSeq(s.head, "\n") {
		if rest, ok := strings.CutPrefix(line, "source "); !ok || nameOf(rest) != key {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 4 {
			return origin{}, errors.New("a source is a key, a date and an address")
		}
		if err := date(f[2]); err != nil {
			return origin{}, err
		}
		u, err := url.Parse(f[3])
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			return origin{}, errors.New("a source is an address")
		}
		return origin{f[2], f[3]}, nil
	}
	return origin{}, fmt.Errorf("there is no source %q", key)
}

// text writes the row.
func (r row) text(key string) string {
	var b strings.Builder
	b.WriteString(r.name)
	if r.target != "" {
		b.WriteString(" -> " + r.target)
	} else {
		writeRates(&b, r.price.Rates)
	}
	for _, x := range []struct {
		name  string
		money providers.Money
	}{{"image", r.price.PerImage}, {"request", r.price.PerRequest}} {
		if x.money != 0 {
			fmt.Fprintf(&b, " %s=%s", x.name, trim(x.money.USD()))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.price.Tiers)) {
		ratio := r.price.Tiers[name]
		fmt.Fprintf(&b, " tier:%s=%d", name, ratio.Num)
		if ratio.Den != 1 {
			fmt.Fprintf(&b, "/%d", ratio.Den)
		}
	}
	if r.context != 0 {
		fmt.Fprintf(&b, " context=%d", r.context)
	}
	if r.answer != 0 {
		fmt.Fprintf(&b, " answer=%d", r.answer)
	}
	var can []string
	for _, name := range []string{"images", "thoughts", "tools", "audio"} {
		if *r.ability(name) == providers.Yes {
			can = append(can, name)
		}
	}
	if can != nil {
		b.WriteString(" can=" + strings.Join(can, ","))
	}
	if r.until != "" {
		b.WriteString(" until=" + r.until)
	}
	b.WriteString(" from=" + key)
	for _, s := range r.price.Steps {
		fmt.Fprintf(&b, " | above=%d", s.Above)
		if s == unknownStep(s.Above) {
			b.WriteString(" unknown")
		} else {
			writeRates(&b, s.Rates)
		}
	}
	if r.note != "" {
		b.WriteString(" # " + r.note)
	}
	return b.String()
}

func writeRates(b *strings.Builder, r providers.Rates) {
	for _, x := range []struct {
		name string
		rate providers.Money
	}{
		{"in", r.Input},
		{"read", r.CacheRead},
		{"write", r.CacheWrite},
		{"write1h", r.CacheWriteHour},
		{"out", r.Output},
		{"audio", r.Audio},
	} {
		if x.rate != providers.UnknownRate && (x.rate != 0 || x.name != "audio") {
			fmt.Fprintf(b, " %s=%s", x.name, trim(x.rate.PerMillion()))
		}
	}
}

// trim leaves out the zeros at the end.
func trim(decimal string) string {
	return strings.TrimSuffix(strings.TrimRight(decimal, "0"), ".")
}
