package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
)

// onMachine has the cheap one answer on a machine of one's own: 1980 J and 6 s for
// each prompt, by a basis; "" for nobody knows.
func onMachine(basis providers.EnergyBasis) (sessions.Session, []sessions.Turn) {
	s, turns := voted(21, 26, 13)
	for i := range turns {
		a := &turns[i].Answers[0]
		a.Billed, a.Local, a.Timing.Last = nil, true, 6*time.Second
		if basis != "" {
			a.Energy = &providers.Energy{Joules: 1980, Seconds: 6, Basis: basis, Of: "GPU (NVML) × 1.1"}
		}
	}
	return planned(s, 60), turns
}

func terms(price, rent bool) Terms {
	m := verdict.DefaultMachine()
	if price {
		p := 2000 * providers.Dollar
		m.Price = &p
	}
	if rent {
		r := 5 * providers.Dollar / 2
		m.Rent = &r
	}
	return Terms{Volume: 100_000, Machine: &m}
}

func TestACostOfNothingIsWrittenAsNothing(t *testing.T) {
	s, turns := voted(21, 26, 13)
	for i := range turns {
		turns[i].Answers[0].Billed = new(providers.Money)
	}
	md := markdown(t, decided(t, planned(s, 60), turns, 100_000))
	for _, part := range []string{"| cost of a prompt | $0, the baseline $0.015000000000, ", "| a month of 100,000 requests | $0, the baseline $1500.000000000000 "} {
		if !strings.Contains(md, part) {
			t.Errorf("it does not say %q:\n%s", part, md[:min(len(md), 3000)])
		}
	}
}

// From the answers of a session to the sentence.
func TestALocalModelIsPricedAsInTheMethodsExample(t *testing.T) {
	s, turns := onMachine(providers.Measured)
	d, err := Decide(s, turns, 0, terms(true, true))
	if err != nil {
		t.Fatal(err)
	}
	r := &d.Rulings[0]
	want := "lab/open matches or beats lab/frontier on 47 of 60 prompts (win + ½ tie 0.57, 95% interval 0.47–0.66; non-inferior at a margin of 10%), at 4.6% of the cost at 100,000 requests a month (1 machine of your own) and 0.63× the time to the first token; at 100,000 requests a month it saves $1430.78; about 553 more prompts would settle superiority."
	if r.Sentence != want {
		t.Errorf("%s\nwant %s", r.Sentence, want)
	}
	l := r.Figures.Local
	if l == nil || *l.Energy != "0.000093500000" || *l.Band.Energy != "9.350000000000" || *l.Band.Owned != "69.215055555556" || *l.Band.Rented != "1825.000000000000" || l.Machines != 1 || int(*l.Even) != 4098 {
		t.Fatalf("%+v", l)
	}
	if v := r.Figures.Volume; v.Saved != "1430.784944444444" || v.About || v.Counted() != "machines of your own against list prices" {
		t.Errorf("%+v", v)
	}
	var md strings.Builder
	if err := d.Markdown(&md); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"$9.35 energy only · $69.22 owned ($40.16–$110.65)", "$1825.00 rented", "1 machine, busy 166.7 h a month (23%), 6.0 s a prompt, 330 W measured; cheaper than paying by the request from 4,098 requests a month on", "Assumed: $0.170 a kilowatt-hour, 36 months of life"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("Markdown has no %q", want)
		}
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"energy_only_usd":"9.350000000000"`, `"owned_usd":"69.215055555556"`, `"rented_usd":"1825.000000000000"`, `"basis":"measured"`, `"metered":60`, `"break_even":4098.06`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("JSON has no %s", want)
		}
	}
}

func TestWithoutAPriceOfTheMachineOnlyTheEnergyIsCountedInWords(t *testing.T) {
	s, turns := onMachine(providers.Estimated)
	d, err := Decide(s, turns, 0, terms(false, false))
	if err != nil {
		t.Fatal(err)
	}
	r := &d.Rulings[0]
	if !strings.Contains(r.Sentence, ", at ~0.62% of the cost (energy only) and") || !strings.Contains(r.Sentence, "it saves ~$1490.65 (energy only)") {
		t.Errorf("it says %s", r.Sentence)
	}
	if l := r.Figures.Local; l.Band.Owned != nil || l.Band.Rented != nil || l.Words() != "~$9.35 energy only · price of the machine not stated · rent not stated" {
		t.Errorf("%s", l.Words())
	}
	remarks := strings.Join(r.Remarks, " ")
	if !strings.Contains(remarks, "estimated on 60 prompts") || !strings.Contains(remarks, "energy only") {
		t.Errorf("%s", remarks)
	}
}

func TestAnEnergyThatNobodyKnowsIsUnknownAndNotNothing(t *testing.T) {
	for _, basis := range []providers.EnergyBasis{"", providers.SharedEnergy} {
		s, turns := onMachine(basis)
		d, err := Decide(s, turns, 0, terms(true, true))
		if err != nil {
			t.Fatal(err)
		}
		r := &d.Rulings[0]
		if l := r.Figures.Local; l == nil || l.Energy != nil || l.Words() != "unknown energy only · owned unknown · $1825.00 rented" {
			t.Errorf("%q: %+v", basis, l)
		}
		if !strings.Contains(r.Sentence, "what it costs of lab/frontier is not known") || r.Figures.Volume != nil {
			t.Errorf("%q: %s", basis, r.Sentence)
		}
	}
}

func TestALocalBaselineIsPricedToo(t *testing.T) {
	s, turns := onMachine(providers.Measured)
	s.Plan, s.Baseline = nil, 1
	d, err := Decide(s, turns, 0, terms(true, false))
	if err != nil {
		t.Fatal(err)
	}
	f := &d.Rulings[0].Figures
	if f.Local != nil || f.Other == nil || *f.Other.Band.Owned != "69.215055555556" || f.Volume.Saved != "-1430.784944444444" || f.Volume.Counted() != "list prices against machines of your own" {
		t.Errorf("%+v %+v", f.Other, f.Volume)
	}
}

func TestASimulatedModelHasNoMachine(t *testing.T) {
	s, turns := onMachine(providers.Measured)
	for i := range turns {
		turns[i].Answers[0].Simulated = true
	}
	d, err := Decide(s, turns, 0, terms(true, true))
	if err != nil || d.Rulings[0].Figures.Local != nil {
		t.Errorf("%+v, %v", d.Rulings[0].Figures.Local, err)
	}
}

// A month of a local model is drawn in its three ways, with how far owning may be
// off, and beside it what the baseline is paid; what is not stated has no bar.
func TestAMonthOfALocalModelIsDrawnInThreeWays(t *testing.T) {
	page := func(on Terms) string {
		s, turns := onMachine(providers.Measured)
		d, err := Decide(s, turns, 0, on)
		if err != nil {
			t.Fatal(err)
		}
		return byEveryWriter(t, d).html
	}
	html := page(terms(true, true))
	for _, want := range []string{
		"<figcaption>A month of 100,000 requests</figcaption>",
		`<span class="who">energy only</span>`, `<data value="9.350000000000">$9.35</data>`,
		`<span class="who">owned</span>`, `<data value="69.215055555556">$69.22</data>`,
		`<line class="end" x1="2.20%" x2="6.06%"`, // 40.16 to 110.65 of 1825
		`<span class="who">rented</span>`, `<data value="1825.000000000000">$1825.00</data>`,
		`<span class="who">lab/frontier ★</span>`, `<data value="1500.000000000000">$1500.00</data>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	html = page(terms(false, false))
	if !strings.Contains(html, `<span class="who">energy only</span>`) || strings.Contains(html, `<span class="who">owned</span>`) || strings.Contains(html, `<span class="who">rented</span>`) {
		t.Error("what is not stated has a bar")
	}
	if !strings.Contains(html, "Owned is not known: the price of the machine is not stated. Rented is not known: the rent is not stated.") {
		t.Error("it does not say what is not stated")
	}
	s, turns := voted(21, 0, 0)
	if strings.Contains(byEveryWriter(t, decided(t, s, turns, 100_000)).html, ">energy only<") {
		t.Error("a model that is paid by the request has a machine")
	}
}
