package prices

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"charm.land/catwalk/pkg/embedded"

	"juxta/providers"
)

// The seed is what catwalk's module knows, normalised.
const (
	seedDay     = "2026-08-19" // when the version was made
	seedAddress = "https://github.com/charmbracelet/catwalk/tree/v0.52.1/internal/providers/configs"
)

func seed(t *testing.T) []row {
	t.Helper()
	b, err := json.Marshal(embedded.GetAll())
	if err != nil {
		t.Fatal(err)
	}
	table, left, err := Read(b, seedDay, seedAddress)
	if err != nil || len(left) > 0 {
		t.Fatalf("%v, left out: %q", err, left)
	}
	var rows []row
	for r, err := range table.all() {
		if err != nil {
			t.Fatal(err)
		}
		if r.price.Input > 0 || r.price.Output > 0 { // 0 is catwalk's word for unknown
			rows = append(rows, r)
		}
	}
	if len(rows) < 300 {
		t.Fatalf("the seed has only %d prices", len(rows))
	}
	return rows
}

func ours(t *testing.T) map[string][]row {
	t.Helper()
	all := map[string][]row{}
	for _, name := range slices.Compact(slices.Sorted(values(services()))) {
		s := builtInSection(name)
		for r, err := range (Table{sections: map[string]section{name: s}}).all() {
			if err != nil {
				t.Fatal(err)
			}
			all[name] = append(all[name], r)
		}
		if s.head == "" {
			t.Errorf("there is no table of %s", name)
		}
	}
	return all
}

// With JUXTA_UPDATE=1 the rows that come from the seed are written anew. What
// people have read elsewhere goes before the seed, and stays.
func TestTheTableAgreesWithItsSeed(t *testing.T) {
	all := ours(t)
	for name, rows := range all {
		all[name] = slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.price.From == seedAddress })
	}
	for _, r := range seed(t) {
		read := section{rows: write(all[r.service], nil).rows, head: write(all[r.service], nil).head}
		covered := false
		for name := range names(r.service, r.name) {
			_, ok := read.find(name, "")
			covered = covered || ok
		}
		if !covered {
			all[r.service] = append(all[r.service], r)
		}
	}
	for name, rows := range all {
		was := builtInSection(name)
		keys, comments := map[origin]string{}, []string{}
		for line := range strings.SplitSeq(was.head, "\n") {
			if f := strings.Fields(line); f[0] == "source" {
				keys[origin{f[2], f[3]}] = f[1]
			} else {
				comments = append(comments, line)
			}
		}
		keys[origin{seedDay, seedAddress}] = "catwalk"
		now := write(rows, keys)
		now.head = strings.Join(append(comments, now.head), "\n")
		if now == (section{was.head, strings.TrimSuffix(was.rows, "\n")}) {
			continue
		}
		if os.Getenv("JUXTA_UPDATE") == "" {
			t.Errorf("the table of %s is not what its seed and its other sources make; JUXTA_UPDATE=1 writes it", name)
			continue
		}
		text := fmt.Sprintf("[%s]\n%s\n\n%s\n", name, now.head, now.rows)
		if err := os.WriteFile("table/"+name+".txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Three of catwalk's ways of writing the same two prices.
func TestReadsAreToldFromWrites(t *testing.T) {
	const unknown = providers.UnknownRate
	for _, x := range []struct {
		what                   string
		in, out, first, second providers.Money
		read, write            providers.Money
	}{
		{"a write, then a read", 3_000_000, 15_000_000, 3_750_000, 300_000, 300_000, 3_750_000},
		{"a read where the write is", 1_250_000, 10_000_000, 125_000, 0, 125_000, unknown},
		{"nothing, then a read", 2_000_000, 8_000_000, 0, 500_000, 500_000, unknown},
		{"the same read twice", 1_250_000, 10_000_000, 125_000, 125_000, 125_000, unknown},
		{"a read and the output", 300_000, 2_500_000, 30_000, 2_500_000, 30_000, unknown},
		{"the output where the write is", 300_000, 2_500_000, 2_500_000, 30_000, 30_000, unknown},
		{"none of either", 30_000_000, 180_000_000, 0, 0, unknown, unknown},
	} {
		var r row
		r.normalise(x.in, x.out, x.first, x.second)
		want := providers.Rates{Input: x.in, Output: x.out, CacheRead: x.read, CacheWrite: x.write, CacheWriteHour: unknown}
		if r.price.Rates != want {
			t.Errorf("%s: %+v", x.what, r.price.Rates)
		}
	}
}
