package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/providers/prices"
	"juxta/sessions/plain"
)

// usualPrices is the published list that knows most of what is charged: steps,
// tiers, writes for an hour and sound.
const usualPrices = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"

// Bounds of a price list: the longest published one has 3 MB.
const (
	patienceForPrices = 30 * time.Second
	longestPrices     = 64 << 20
	redirects         = 5
)

func (a *app) refreshCommand() *cobra.Command {
	var address string
	c := &cobra.Command{
		Use: "refresh", Short: "Fetch newer prices and show what changed", Args: noArgs,
		Long: `Fetch newer prices and show what changed. They come from --url, else from
prices_url in the configuration, else from LiteLLM's list; catwalk's list and
juxta's own text are read, too. No key is sent, and a broken list changes nothing.
A price that fell to 0 or is none stays as it was, and is said.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.refreshPrices(c.Context(), address) },
	}
	c.Flags().StringVar(&address, "url", "", "where the list is, a `URL`")
	return c
}

// pricesFile is where refreshed prices are kept.
func pricesFile(getenv func(string) string) string {
	return cached.in(getenv, "prices.txt")
}

// refreshed is the text that was kept, "" if there is none.
func refreshed(getenv func(string) string) string {
	path := pricesFile(getenv)
	if info, err := os.Stat(path); err != nil || info.Size() > longestPrices {
		return ""
	}
	b, _ := readUpTo(path, longestPrices) // what can't be read is not there
	return string(b)
}

func (a *app) refreshPrices(ctx context.Context, address string) error {
	conf, n, err := a.setup()
	if err != nil {
		return err
	}
	if err := checkPricesURL(address); err != nil {
		return usage("write it like "+usualPrices, "--url: %v", err)
	}
	address = cmp.Or(address, conf.pricesURL, usualPrices)
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return usage("a list of prices is public; leave the name and the password out", "the address of the prices holds a password")
	}
	if n.reason != "" && !providers.Loopback(u.Hostname()) {
		return usage("leave that out to fetch newer prices, or give a --url on this machine",
			"the prices are at %s, and with %s only devices of yours are asked", u.Host, n.reason)
	}
	u.RawQuery, u.Fragment = "", "" // where people write keys, too
	kept, changes, err := a.newerPrices(ctx, n, address, u.String())
	if err != nil {
		return &mistake{exitFailed, fmt.Errorf("the prices at %s: %w", u, err), "what was known before stays; --url names another list"}
	}
	path := pricesFile(a.getenv)
	if err := replace(path, []byte(kept.String())); err != nil {
		return &mistake{exitFailed, fmt.Errorf("keeping the prices: %w", err), "what was known before stays"}
	}
	if err := a.tellChanges(changes); err != nil {
		return err
	}
	counts := map[prices.Kind]int{}
	for _, c := range changes {
		counts[c.Kind]++
	}
	var parts []string
	for _, k := range []prices.Kind{prices.Dearer, prices.Cheaper, prices.Changed, prices.Fresh, prices.Gone, prices.Kept, prices.LeftOut} {
		if counts[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[k], k))
		}
	}
	a.say("prices from %s: %s; kept in %s", u, cmp.Or(strings.Join(parts, ", "), "nothing changed"), homely(path))
	return nil
}

// newerPrices is the list at an address, and what it would change. Its rows say
// that they are from source.
func (a *app) newerPrices(ctx context.Context, n *network, address, source string) (prices.Table, []prices.Change, error) {
	b, err := fetchPrices(ctx, address)
	if err != nil {
		return prices.Table{}, nil, err
	}
	table, left, err := prices.Read(b, time.Now().UTC().Format(time.DateOnly), source)
	if err != nil {
		return prices.Table{}, nil, err
	}
	kept, changes, err := prices.New(nil, n.newer).Accept(table)
	if err == nil && len(left) > 0 {
		a.say("left out, because their prices are finer than a picodollar: %s", plain.Line(strings.Join(left, ", ")))
	}
	return kept, changes, err
}

// fetchPrices reads a list, and only from the host that it was asked of.
func fetchPrices(ctx context.Context, address string) ([]byte, error) {
	client := http.Client{
		Timeout: patienceForPrices,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			first := via[0].URL
			switch {
			case len(via) > redirects:
				return errors.New("it is redirected in circles")
			case r.URL.Host != first.Host || r.URL.Scheme != first.Scheme || r.URL.User != nil:
				return fmt.Errorf("it is redirected to %s://%s", r.URL.Scheme, plain.Line(r.URL.Host))
			}
			return nil
		},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "juxta")
	resp, err := client.Do(r)
	if err != nil {
		var ue *url.Error // says the address again
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // of a body that was read
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", plain.Line(resp.Status))
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, longestPrices+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading it: %w", err)
	case len(b) > longestPrices:
		return nil, fmt.Errorf("it is longer than %d MB", longestPrices>>20)
	}
	return b, nil
}

// A changeRecord is a change as the command prints it.
type changeRecord struct {
	Change  prices.Kind  `json:"change"`
	Service string       `json:"service"`
	Model   string       `json:"model"`
	Old     *priceRecord `json:"old"`
	New     *priceRecord `json:"new"`
	Why     *string      `json:"why"` // of what the list has no possible price for
}

func (a *app) tellChanges(changes []prices.Change) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, c := range changes {
		if a.json {
			if err := a.printJSON(changeRecord{c.Kind, c.Service, c.Model, priceOf(c.Old), priceOf(c.New), given(plain.Line(c.Why))}); err != nil {
				return err
			}
			continue
		}
		if c.Why != "" {
			a.say("%s: %s: %s", c.Kind, plain.Line(c.Service+"/"+c.Model), plain.Line(c.Why))
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", c.Kind, plain.Line(c.Service+"/"+c.Model), plain.Line(changeLine(c)))
	}
	return w.Flush() // of everything above
}

// changeLine is what of a price changed, old → new.
func changeLine(c prices.Change) string {
	switch {
	case c.Old == nil:
		return fmt.Sprintf("$%s / $%s", c.New.Input.PerMillion(), c.New.Output.PerMillion())
	case c.New == nil:
		return fmt.Sprintf("was $%s / $%s", c.Old.Input.PerMillion(), c.Old.Output.PerMillion())
	}
	lines := func(p providers.Price) (labels []string, values map[string]string) {
		p.AsOf, p.From = "", ""
		values = map[string]string{}
		for _, l := range priceLines(p) {
			labels, values[l[0]] = append(labels, l[0]), strings.TrimSuffix(l[1], " per million tokens")
		}
		return labels, values
	}
	was, old := lines(*c.Old)
	is, now := lines(*c.New)
	var parts []string
	for _, label := range append(is, was...) {
		if a, b := old[label], now[label]; a != b {
			parts = append(parts, fmt.Sprintf("%s %s → %s", label, cmp.Or(a, "none"), cmp.Or(b, "none")))
			old[label] = b // told
		}
	}
	return strings.Join(parts, ", ")
}

// priceLines is a price for people, a label and a value for each thing that is
// charged. What costs as much as the input does, or as a write for minutes, and
// so has no price of its own, is left out; rates are dollars per million tokens.
func priceLines(p providers.Price) [][2]string {
	if p.Source == providers.Free {
		return [][2]string{{"price", "free"}}
	}
	var lines [][2]string
	add := func(label, value string) { lines = append(lines, [2]string{label, value}) }
	for _, r := range rateLines(p.Rates) {
		if r[1] != unknownRate {
			r[1] += " per million tokens"
		}
		add(r[0], r[1])
	}
	for _, fee := range []struct {
		label string
		money providers.Money
	}{{"per image", p.PerImage}, {"per request", p.PerRequest}} {
		switch {
		case fee.money > 0:
			add(fee.label, fee.money.String())
		case fee.money < 0:
			add(fee.label, unknownRate)
		}
	}
	for _, s := range p.Steps {
		var parts []string
		for _, r := range rateLines(s.Rates) {
			parts = append(parts, r[0]+" "+r[1])
		}
		if max(s.Input, s.Output) < 0 {
			parts = []string{unknownRate}
		}
		add("above "+exactTokens(s.Above)+" tokens", strings.Join(parts, ", "))
	}
	for _, tier := range slices.Sorted(maps.Keys(p.Tiers)) {
		r := p.Tiers[tier]
		value := "× " + strconv.FormatInt(r.Num, 10)
		if r.Den != 1 {
			value += "/" + strconv.FormatInt(r.Den, 10)
		}
		add(tier+" tier", value)
	}
	if from := listedFrom(p); from != "" {
		add("prices", from)
	}
	return lines
}

// unknownRate is said of what a list does not tell.
const unknownRate = "unknown"

func rateLines(r providers.Rates) (lines [][2]string) {
	for _, x := range []struct {
		label string
		rate  providers.Money
		usual bool // no rate of its own
	}{
		{"input", r.Input, false},
		{"cache read", r.CacheRead, r.CacheRead == r.Input},
		{"cache write", r.CacheWrite, r.CacheWrite == r.Input},
		{"cache write for 1 h", r.CacheWriteHour, r.CacheWriteHour == 0 || r.CacheWriteHour == r.CacheWrite},
		{"output", r.Output, false},
		{"audio input", r.Audio, r.Audio == 0 || r.Audio == r.Input},
	} {
		text := "$" + x.rate.PerMillion()
		if x.rate < 0 {
			text = unknownRate
		}
		if !x.usual {
			lines = append(lines, [2]string{x.label, text})
		}
	}
	return lines
}

// exactTokens is a threshold, of which no digit is lost: 199999 is not 200k.
func exactTokens(n int) string {
	if n > 0 && n%1000 == 0 {
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
}

// listedFrom is where a price is from, and of what day.
func listedFrom(p providers.Price) string {
	switch {
	case p.Source == providers.Overridden:
		return "from the configuration"
	case p.AsOf != "" && p.From != "":
		return fmt.Sprintf("as of %s from %s", p.AsOf, p.From)
	case p.AsOf != "":
		return "as of " + p.AsOf
	case p.From != "":
		return "from " + p.From
	}
	return ""
}
