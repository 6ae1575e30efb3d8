package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A Route is whom requests should go to by a decision: to a candidate that was shown
// to be good enough, and to the baseline where that fails; else to the baseline alone.
type Route struct {
	Models  []providers.Ref // whom to ask, the first one first
	Why     string          // in a sentence
	Names   []string        // of Models, as the decision calls them
	Share   float64         // of requests that reach the second one
	Quality float64         // expected mean score against the baseline, which is 0.5
	Cost    *string         // expected dollars of a request; nil if not known
	Dear    *string         // of a request to the baseline alone
}

// Route is the rule that the decision carries. A verdict without a plan is a hint,
// and moves nobody; of several candidates that are good enough the cheapest is taken.
func (d *Decision) Route() Route {
	base := Route{Models: []providers.Ref{d.Baseline.Model}, Names: []string{d.names[d.base]}, Quality: 0.5, Why: "no candidate was shown to be good enough"}
	var best *Ruling
	for i := range d.Rulings {
		r := &d.Rulings[i]
		base.Dear = firstKnown(base.Dear, r.dear())
		switch {
		case !r.goodEnough():
		case r.Exploratory:
			base.Why = plain.Line(r.Candidate) + " may be good enough, and that is a hint without a plan: test it first"
		case r.Simulated:
			base.Why = plain.Line(r.Candidate) + " is simulated"
		case best == nil, less(r.each(), best.each()):
			best = r
		}
	}
	if base.Cost = base.Dear; best == nil {
		return base
	}
	out := Route{
		Models: []providers.Ref{best.Model, d.Baseline.Model}, Names: []string{best.Candidate, base.Names[0]},
		Why: best.Sentence, Dear: best.dear(), Quality: best.Mean + float64(best.Lost)/float64(2*max(best.N, 1)), // a failure is answered by the baseline then: a tie
	}
	asked := best.Figures.Both + best.Failed
	if asked > 0 {
		out.Share = float64(best.Failed) / float64(asked)
	}
	if mine, dear := money(best.each()), money(out.Dear); mine != nil && dear != nil && asked > 0 {
		sum := new(big.Rat).SetFrac64(int64(best.Failed), int64(asked))
		sum.Mul(sum, dear)
		s := sum.Add(sum, mine).FloatString(12)
		out.Cost = &s
	}
	return out
}

func (r *Ruling) goodEnough() bool { return r.Word == "better" || r.Word == "non-inferior" }

// each is what a request to the candidate costs: of a month where that was counted,
// since machines cost by the month.
func (r *Ruling) each() *string {
	return r.of(func(v *Volume) string { return v.Candidate }, r.Figures.Mean)
}

// dear is the same of the baseline.
func (r *Ruling) dear() *string {
	return r.of(func(v *Volume) string { return v.Baseline }, r.Figures.Baseline)
}

func (r *Ruling) of(month func(*Volume) string, mean *string) *string {
	v := r.Figures.Volume
	if v == nil || v.Requests < 1 {
		return mean
	}
	total := month(v)
	x := money(&total)
	if x == nil {
		return nil
	}
	s := x.Quo(x, new(big.Rat).SetInt64(v.Requests)).FloatString(12)
	return &s
}

func money(usd *string) *big.Rat {
	if usd == nil {
		return nil
	}
	x, ok := new(big.Rat).SetString(*usd)
	if !ok {
		return nil
	}
	return x
}

// less reports whether one amount is known to be smaller; an unknown one is not.
func less(a, b *string) bool {
	x, y := money(a), money(b)
	return x != nil && (y == nil || x.Cmp(y) < 0)
}

func firstKnown(a, b *string) *string {
	if a != nil {
		return a
	}
	return b
}

// YAML writes the rule plainly.
func (r Route) YAML(w io.Writer) error {
	y := newYAML(w)
	y.line("# A routing rule by juxta: ask the first model, and the next one where it fails.")
	y.line("route:")
	for i, m := range r.Models {
		y.line("  - model: %s", quoted(m.String()))
		role := "baseline"
		if i == 0 && len(r.Models) > 1 {
			role = "candidate"
		}
		y.line("    role: %s", quoted(role))
	}
	y.expected(r)
	return y.end()
}

// LiteLLM writes the rule as the configuration of LiteLLM's proxy. Keys stay in the
// environment.
func (r Route) LiteLLM(w io.Writer) error {
	y := newYAML(w)
	y.line("# For LiteLLM's proxy, by juxta: litellm --config FILE. Ask the model \"juxta\".")
	for _, l := range r.comment() {
		y.line("# %s", l)
	}
	y.line("model_list:")
	groups := []string{"juxta", "juxta-fallback"}
	for i, m := range r.Models {
		to := deploymentOf(m)
		y.line("  - model_name: %s", quoted(groups[i]))
		y.line("    litellm_params:")
		y.line("      model: %s", quoted(to.model))
		if to.base != "" {
			y.line("      api_base: %s", quoted("os.environ/"+to.base))
		}
		if to.key != "" {
			y.line("      api_key: %s", quoted("os.environ/"+to.key))
		}
	}
	if len(r.Models) > 1 {
		y.line("router_settings:")
		y.line("  num_retries: 0")
		y.line("  fallbacks:")
		y.line("    - %s: [%s]", quoted(groups[0]), quoted(groups[1]))
	}
	return y.end()
}

// comment is what the rule rests on, a line each.
func (r Route) comment() []string {
	lines := []string{"Why: " + plain.Line(r.Why)}
	known := func(usd *string) string {
		if usd == nil {
			return "unknown"
		}
		return dollars(*usd)
	}
	return append(lines, fmt.Sprintf("Expected: %s a request, %s with the baseline alone; mean score %.4f, where the baseline is 0.5; %.2f%% reach the fallback.", known(r.Cost), known(r.Dear), r.Quality, 100*r.Share))
}

// A deployment is a model as LiteLLM calls it, and the variables that its key and its
// address are in.
type deployment struct{ model, key, base string }

func deploymentOf(m providers.Ref) deployment {
	switch m.Provider {
	case "ollama":
		return deployment{"ollama_chat/" + m.Model, "", "OLLAMA_API_BASE"}
	case "openai", "openai-chat":
		return deployment{"openai/" + m.Model, "OPENAI_API_KEY", ""}
	case "together":
		return deployment{"together_ai/" + m.Model, "TOGETHER_API_KEY", ""}
	case "fireworks":
		return deployment{"fireworks_ai/" + m.Model, "FIREWORKS_API_KEY", ""}
	case "anthropic", "gemini", "openrouter", "groq", "mistral", "deepseek", "xai":
		return deployment{m.Provider + "/" + m.Model, strings.ToUpper(m.Provider) + "_API_KEY", ""}
	}
	name := variable(m.Provider) // of one's own, by the protocol that most speak
	return deployment{"openai/" + m.Model, name + "_API_KEY", name + "_BASE_URL"}
}

// variable is a name as that of a variable of the environment begins.
func variable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, name)
}

// quoted is a string of YAML that nothing in it gets out of: always in double quotes,
// as JSON writes it, which YAML reads alike.
func quoted(s string) string {
	b, _ := json.Marshal(plain.Line(s)) // a string always can be
	return string(b)
}

// A yamlWriter writes lines.
type yamlWriter struct{ w *bufio.Writer }

func newYAML(w io.Writer) *yamlWriter { return &yamlWriter{bufio.NewWriter(w)} }

func (y *yamlWriter) line(format string, args ...any) { fmt.Fprintf(y.w, format+"\n", args...) }

func (y *yamlWriter) end() error { return y.w.Flush() }

// expected writes what is expected of the rule.
func (y *yamlWriter) expected(r Route) {
	amount := func(usd *string) string {
		if usd == nil {
			return "null"
		}
		return quoted(*usd)
	}
	y.line("expected:")
	y.line("  usd_per_request: %s", amount(r.Cost))
	y.line("  baseline_usd_per_request: %s", amount(r.Dear))
	y.line("  score: %.6f # against the baseline, which is 0.5", r.Quality)
	y.line("  fallback_share: %.6f", r.Share)
	y.line("because: %s", quoted(r.Why))
}

// Memo writes a page for whoever decides: what to do, what it saves and how sure it is.
func (d *Decision) Memo(w io.Writer) error {
	b := bufio.NewWriter(w)
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	r := d.Route()
	line("# Decision: %s\n", literal(d.heading()))
	if len(r.Models) > 1 {
		line("**Recommendation:** send requests to %s, and to %s where that fails.\n", literal(r.Names[0]), literal(r.Names[1]))
	} else {
		line("**Recommendation:** stay with %s: %s.\n", literal(r.Names[0]), literal(strings.TrimSuffix(r.Why, ".")))
	}
	line("%s\n", literal(r.comment()[1]))
	line("## What was found\n")
	for i := range d.Rulings {
		line("- %s", literal(d.Rulings[i].Sentence))
	}
	line("\n## What it rests on\n")
	line("- %s, %s; measured against %s.", times(d.Turns, "turn"), times(len(d.Prompts), "prompt"), literal(r.Names[len(r.Names)-1]))
	for i := range d.Rulings {
		x := &d.Rulings[i]
		if l := x.Figures.Local; l != nil {
			line("- A month of %s requests of %s: %s; %s.", verdict.Thousands(l.Requests), literal(l.Model), literal(l.Words()), literal(l.NeedsWords()))
		}
		for _, s := range x.Remarks {
			line("- %s: %s", literal(x.Candidate), literal(s))
		}
	}
	return b.Flush()
}
