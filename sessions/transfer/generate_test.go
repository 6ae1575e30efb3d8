package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// A dice makes sessions up. Whatever field a session has it fills, so that one
// that is lost on the way is noticed.
type dice struct{ *rand.Rand }

// throws is how many sessions a test of a round trip makes up: more where there is
// time, because JUXTA_FAULTS is set.
func throws() int {
	if os.Getenv("JUXTA_FAULTS") != "" {
		return 300
	}
	return 20
}

func thrown(seed int) dice { return dice{rand.New(rand.NewPCG(uint64(seed), 8))} }

func (d dice) often() bool { return d.IntN(3) > 0 }

func (d dice) word() string {
	words := []string{"", "red", "<b>&amp;</b>", "\u2028 é 漢字 🙂", "\x1b[31m", "\"\\\n\t", "\xff\xfe\xe2\x82 no UTF-8", "\x00", "\ufffd", `{"juxta":"session"}`, "=1+1"}
	return words[d.IntN(len(words))] + words[d.IntN(len(words))]
}

// fill gives what v holds values, most of the time.
func (d dice) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(d.time()))
			return
		}
		for i := range v.NumField() {
			d.fill(v.Field(i))
		}
	case reflect.Pointer:
		if d.often() {
			v.Set(reflect.New(v.Type().Elem()))
			d.fill(v.Elem())
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			if d.often() {
				v.SetBytes([]byte([]string{`{"a":[1,2.50,"<\u2028"]}`, `null`, `{"deep":[[[[{}]]]]}`}[d.IntN(3)]))
			}
			return
		}
		if d.often() {
			v.Set(reflect.MakeSlice(v.Type(), 1+d.IntN(2), 3))
			for i := range v.Len() {
				d.fill(v.Index(i))
			}
		}
	case reflect.Map:
		if d.often() {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			d.fill(key)
			d.fill(value)
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(d.word())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(d.IntN(1000)))
	case reflect.Uint32:
		v.SetUint(uint64(d.Uint32()))
	case reflect.Float64:
		v.SetFloat(d.Float64())
	case reflect.Bool:
		v.SetBool(d.IntN(2) == 0)
	default:
		panic("fill: " + v.Kind().String())
	}
}

func (d dice) time() time.Time {
	zone := time.FixedZone("", (d.IntN(24)-12)*1800)
	return time.Unix(1_600_000_000+int64(d.IntN(200_000_000)), int64(d.IntN(1_000_000_000))).In([]*time.Location{time.UTC, zone}[d.IntN(2)])
}

func (d dice) some(from []int) []int {
	picked := slices.Clone(from)
	d.Shuffle(len(picked), func(i, j int) { picked[i], picked[j] = picked[j], picked[i] })
	return picked[:1+d.IntN(len(picked))]
}

// bundle is a session with as much of everything as the dice say, none of it
// hidden.
func (d dice) bundle() sessions.Bundle {
	var b sessions.Bundle
	s := &b.Session
	d.fill(reflect.ValueOf(s).Elem())
	s.ID, s.Kind, s.Hidden, s.Forks = sessions.NewID(d.time()), []sessions.Kind{sessions.Chat, sessions.Experiment}[d.IntN(2)], nil, nil
	if s.Tags != nil {
		s.Tags = []string{"caption", "équipe/2"}
	}
	if s.Imported != nil {
		*s.Imported = sessions.Source{Format: "chatgpt", Key: "key " + d.word()}
	}
	s.Columns = make([]sessions.Column, 1+d.IntN(4))
	var ids []int
	for i := range s.Columns {
		c := &s.Columns[i]
		d.fill(reflect.ValueOf(c).Elem())
		c.Follows = d.IntN(i + 1)
		c.ID, c.Model = i+1, providers.Ref{Provider: "demo", Model: "m" + d.word()}
		ids = append(ids, c.ID)
	}
	s.Places, s.Baseline = d.some(ids), ids[d.IntN(len(ids))]*d.IntN(2)
	if s.Plan != nil {
		s.Plan.Metric, s.Plan.Margin, s.Plan.N, s.Plan.Baseline = sessions.Votes, 0.01+0.4*d.Float64(), 20+d.IntN(400), ids[0]
	}
	s.Turns = d.IntN(5)
	s.Tip = d.IntN(s.Turns + 1)
	for n := 1; n <= s.Turns; n++ {
		t := d.turn(n, ids, &b)
		if t.Parent != n-1 {
			s.Forks = append(s.Forks, sessions.Fork{Turn: n, Parent: t.Parent})
		}
		b.Turns = append(b.Turns, t)
	}
	return b
}

func (d dice) turn(n int, ids []int, b *sessions.Bundle) sessions.Turn {
	var t sessions.Turn
	d.fill(reflect.ValueOf(&t).Elem())
	t.ID, t.Parent, t.Columns, t.Late, t.Takes, t.Adopted = n, n-1, d.some(ids), nil, nil, nil
	if d.IntN(4) == 0 {
		t.Parent = d.IntN(n)
	}
	if t.Hidden() {
		t.Revealed = d.time()
	}
	for i := range t.Files {
		f := &t.Files[i]
		data := []byte(d.word() + d.word())
		sum := sha256.Sum256(data)
		f.SHA256, f.Bytes = hex.EncodeToString(sum[:]), len(data)
		if d.often() { // or it is lost
			if b.Files == nil {
				b.Files = map[string][]byte{}
			}
			b.Files[f.SHA256] = data
		}
	}
	t.Answers, t.Votes = nil, nil
	for _, id := range slices.Sorted(slices.Values(t.Columns)) {
		for take := 1; take <= 1+d.IntN(3); take++ {
			t.Answers = append(t.Answers, d.answer(id, take))
		}
	}
	pick := func() sessions.Pick {
		a := t.Answers[d.IntN(len(t.Answers))]
		return sessions.Pick{Column: a.Column, Take: a.Take}
	}
	if p := pick(); d.often() {
		t.Takes = map[int]int{p.Column: p.Take}
	}
	if p := pick(); d.often() {
		t.Adopted = &p
	}
	for id := 1; id <= d.IntN(3); id++ {
		p := pick()
		v := sessions.Vote{ID: id, At: d.time(), Voter: d.word(), Blind: t.Blind, Seats: []int{p.Column}, Takes: []sessions.Pick{p}}
		if d.often() {
			v.Best = []int{p.Column}
		}
		if d.IntN(3) == 0 {
			v.Undone = d.time()
		}
		t.Votes = append(t.Votes, v)
	}
	return t
}

func (d dice) answer(column, take int) sessions.Answer {
	var a sessions.Answer
	d.fill(reflect.ValueOf(&a).Elem())
	a.Follows = d.IntN(2) // the first column is always there
	a.Column, a.Take, a.Model = column, take, providers.Ref{Provider: "demo", Model: "m"}
	ends := []providers.Reason{"", providers.Finished, providers.Length, providers.ToolUse, providers.Refused, providers.Cancelled, providers.Failed}
	a.Finish = ends[d.IntN(len(ends))]
	if e := a.Energy; e != nil {
		e.Joules, e.Seconds = 1e4*d.Float64(), 60*d.Float64()
		e.Basis = []providers.EnergyBasis{providers.Measured, providers.Stated, providers.Estimated, providers.SharedEnergy}[d.IntN(4)]
		if e.Tariff != nil {
			*e.Tariff = providers.Money(d.Int64N(1e12))
		}
	}
	if d.IntN(4) == 0 {
		a.Raw = json.RawMessage(`{"spaced" : "out", cut off`)
	}
	return a
}

// opened is a store in a folder of its own.
func opened(t testing.TB) *sessions.Store {
	t.Helper()
	s, err := sessions.Open(filepath.Join(t.TempDir(), "juxta.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// stored is a made-up session as a store gives it out.
func (d dice) stored(t testing.TB, s *sessions.Store) sessions.Bundle {
	t.Helper()
	all, err := s.Import(t.Context(), d.bundle())
	if err != nil {
		t.Fatal(err)
	}
	return bundled(t, s, all[0].ID)
}

func bundled(t testing.TB, s *sessions.Store, id sessions.ID) sessions.Bundle {
	t.Helper()
	b, err := s.Bundle(id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func count(t testing.TB, s *sessions.Store) int {
	t.Helper()
	all, err := s.Sessions(0)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
