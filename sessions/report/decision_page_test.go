package report

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
)

// A decidedOn is a decision by every writer.
type decidedOn struct{ md, html, json, prompts, verdicts string }

func byEveryWriter(t testing.TB, d *Decision) (all decidedOn) {
	t.Helper()
	var md, page, prompts, verdicts bytes.Buffer
	js, err := json.Marshal(d)
	for _, err := range []error{err, d.Markdown(&md), d.Page(&page, func(string) []byte { return nil }), d.PromptsCSV(&prompts), d.VerdictsCSV(&verdicts)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return decidedOn{md.String(), page.String(), string(js), prompts.String(), verdicts.String()}
}

// three is the session of [voted] with a third model, dearer and slower than the
// baseline, that fails half the time.
func three(wins, ties, losses int) (sessions.Session, []sessions.Turn) {
	s, turns := voted(wins, ties, losses)
	s.Columns = append(s.Columns, sessions.Column{ID: 3, Model: providers.Ref{Provider: "lab", Model: "huge"}})
	s.Places = []int{1, 2, 3}
	dear := 4500 * providers.Dollar / 100_000
	for i := range turns {
		t := &turns[i]
		a := sessions.Answer{Column: 3, Take: 1, Model: s.Columns[2].Model, Text: "**x** from huge", Finish: providers.Finished, Billed: &dear}
		a.Timing.FirstToken = 1900 * time.Millisecond
		if i%2 == 1 {
			a = sessions.Answer{Column: 3, Take: 1, Model: s.Columns[2].Model, Finish: providers.Failed, Error: &sessions.Failure{Kind: providers.ServerFault, Message: "it broke"}}
		} else {
			v := &t.Votes[0]
			v.Seats, v.Takes = append(v.Seats, 3), append(v.Takes, sessions.Pick{Column: 3, Take: 1})
			if i%4 == 0 {
				v.Best = append(v.Best, 3)
			}
		}
		t.Columns, t.Answers = []int{1, 2, 3}, append(t.Answers, a)
	}
	return s, turns
}

// One value, and every writer tells its figures: each output is read as its readers
// do, and they agree.
func TestEveryWriterOfADecisionTellsTheSameFigures(t *testing.T) {
	s, turns := three(21, 26, 13)
	d := decided(t, planned(s, 60), turns, 100_000)
	all := byEveryWriter(t, d)
	rows := tableOf(t, all.verdicts)
	if len(rows) != 2 || len(d.Rulings) != 2 {
		t.Fatalf("%d rows, %d candidates", len(rows), len(d.Rulings))
	}
	var back struct {
		Verdicts []struct {
			Sentence, Word, Candidate string
			N, Matched, Failed        int
			Mean                      float64
			Interval                  verdict.Interval
			P                         float64 `json:"p_non_inferior"`
			Votes                     verdict.Tally
			Figures                   struct {
				Mean  *string        `json:"mean_usd"`
				Base  *string        `json:"baseline_mean_usd"`
				Cost  *verdict.Ratio `json:"cost_ratio"`
				First *verdict.Ratio `json:"first_token_ratio"`
			}
		}
		Prompts []struct {
			Models []struct {
				Model, State string
				Score        *float64
				Cost         *string  `json:"cost_usd"`
				First        *float64 `json:"first_token_ms"`
				Left         string   `json:"left_out"`
			}
		}
	}
	if err := json.Unmarshal([]byte(all.json), &back); err != nil {
		t.Fatal(err)
	}
	inPage, inMarkdown := pageRows(all.html), markdownRows(all.md)
	for i, v := range back.Verdicts {
		row := rows[i]
		for name, want := range map[string]string{
			"candidate": v.Candidate, "sentence": v.Sentence, "verdict": v.Word, "n": strconv.Itoa(v.N), "matched": strconv.Itoa(v.Matched), "failed": strconv.Itoa(v.Failed),
			"mean": number(&v.Mean), "low": number(&v.Interval.Low), "high": number(&v.Interval.High), "p_non_inferior": number(&v.P),
			"wins": strconv.Itoa(v.Votes.Wins), "ties": strconv.Itoa(v.Votes.Ties), "losses": strconv.Itoa(v.Votes.Losses),
			"mean_usd": or(v.Figures.Mean), "baseline_mean_usd": or(v.Figures.Base), "cost_ratio": number(&v.Figures.Cost.Value), "first_token_ratio": number(&v.Figures.First.Value),
		} {
			if row[name] != want {
				t.Errorf("%s: %s is %q in CSV and %q in JSON", v.Candidate, name, row[name], want)
			}
		}
		people := map[string]string{
			"verdict": v.Word, "mean score": fmt.Sprintf("%.6f", v.Mean), "95% interval": fmt.Sprintf("%.6f–%.6f", v.Interval.Low, v.Interval.High),
			"matches or beats": strconv.Itoa(v.Matched), "prompts that count": fmt.Sprintf("%d of 60", v.N),
		}
		for name, want := range people {
			if inPage[i][name] != want || inMarkdown[i][name] != want {
				t.Errorf("%s: %s is %q in JSON, %q on the page, %q in Markdown", v.Candidate, name, want, inPage[i][name], inMarkdown[i][name])
			}
		}
		for name, words := range inMarkdown[i] {
			if inPage[i][name] != words {
				t.Errorf("%s: %s is %q in Markdown and %q on the page", v.Candidate, name, words, inPage[i][name])
			}
		}
		if len(inMarkdown[i]) != len(inPage[i]) || len(inPage[i]) < 12 {
			t.Errorf("%d figures in Markdown, %d on the page", len(inMarkdown[i]), len(inPage[i]))
		}
		if !strings.Contains(html.UnescapeString(all.html), `<p class="sentence">`+v.Sentence) || !strings.Contains(all.html, `<data value="`+*v.Figures.Mean+`">`) {
			t.Errorf("the page lacks %s, or its cost", v.Sentence)
		}
	}
	cells := tableOf(t, all.prompts)
	for i, p := range back.Prompts {
		for k, m := range p.Models {
			row := cells[3*i+k]
			if row["prompt"] != strconv.Itoa(i+1) || row["model"] != m.Model || row["state"] != m.State || row["score"] != number(m.Score) || row["cost_usd"] != or(m.Cost) || row["first_token_ms"] != number(m.First) || row["left_out"] != m.Left {
				t.Errorf("prompt %d: %v in CSV, %+v in JSON", i+1, row, m)
			}
		}
	}
	if strings.Count(all.html, `<details class="prompt"`) != 60 || strings.Count(all.html, "<svg") != 2+2*4+1 {
		t.Errorf("%d prompts and %d plots on the page", strings.Count(all.html, `<details class="prompt"`), strings.Count(all.html, "<svg"))
	}
}

// tableOf is CSV with a heading.
func tableOf(t testing.TB, text string) (rows []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

var (
	ofPage = regexp.MustCompile(`<tr><th scope="row">([^<]*)</th><td>([^<]*)</td></tr>`)
	ofMD   = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \|$`)
)

// pageRows and markdownRows are the figures of each candidate by name.
func pageRows(page string) (all []map[string]string) {
	for _, part := range strings.Split(page, "<h3>All figures</h3>")[1:] {
		part, _, _ = strings.Cut(part, "</table>")
		rows := map[string]string{}
		for _, m := range ofPage.FindAllStringSubmatch(part, -1) {
			rows[html.UnescapeString(m[1])] = html.UnescapeString(m[2])
		}
		all = append(all, rows)
	}
	return all
}

func markdownRows(md string) (all []map[string]string) {
	for _, part := range strings.Split(md, "| | |\n|---|---|\n")[1:] {
		part, _, _ = strings.Cut(part, "\n\n")
		rows := map[string]string{}
		for _, m := range ofMD.FindAllStringSubmatch(part, -1) {
			rows[strings.ReplaceAll(m[1], `\`, "")] = strings.ReplaceAll(m[2], `\`, "")
		}
		all = append(all, rows)
	}
	return all
}

var notNumbers = regexp.MustCompile(`NaN|\bInf\b|%!|<nil>`)

// What must hold of every decision, however little there is: no figure that is
// none, and no empty plot.
func TestEveryWriterHoldsAtTheEdges(t *testing.T) {
	free := providers.Money(0)
	cases := map[string]func() (sessions.Session, []sessions.Turn){
		"nothing asked": func() (sessions.Session, []sessions.Turn) { return voted(0, 0, 0) },
		"one vote":      func() (sessions.Session, []sessions.Turn) { return voted(1, 0, 0) },
		"all ties":      func() (sessions.Session, []sessions.Turn) { return voted(0, 30, 0) },
		"all wins":      func() (sessions.Session, []sessions.Turn) { return voted(30, 0, 0) },
		"half failed":   func() (sessions.Session, []sessions.Turn) { return three(20, 5, 5) },
		"no vote": func() (sessions.Session, []sessions.Turn) {
			s, turns := voted(30, 0, 0)
			for i := range turns {
				turns[i].Votes = nil
			}
			return s, turns
		},
		"one prompt, many votes": func() (sessions.Session, []sessions.Turn) {
			s, turns := voted(1, 0, 0)
			for i := range 50 {
				v := turns[0].Votes[0]
				v.ID, v.Voter = i+2, fmt.Sprint("voter ", i)
				turns[0].Votes = append(turns[0].Votes, v)
			}
			return s, turns
		},
		"unknown prices": func() (sessions.Session, []sessions.Turn) {
			s, turns := voted(30, 0, 0)
			for i := range turns {
				turns[i].Answers[0].Billed, turns[i].Answers[1].Billed = nil, nil
			}
			return s, turns
		},
		"zero cost": func() (sessions.Session, []sessions.Turn) {
			s, turns := voted(20, 10, 0)
			for i := range turns {
				turns[i].Answers[0].Billed = &free
			}
			return s, turns
		},
		"both free": func() (sessions.Session, []sessions.Turn) {
			s, turns := voted(20, 10, 0)
			for i := range turns {
				turns[i].Answers[0].Billed, turns[i].Answers[1].Billed = &free, &free
			}
			return s, turns
		},
		"mixed votes": func() (sessions.Session, []sessions.Turn) {
			s, turns := voted(20, 10, 10)
			for i := range turns {
				turns[i].Votes[0].Blind = i%2 == 0
			}
			return s, turns
		},
	}
	for name, of := range cases {
		s, turns := of()
		d := decided(t, s, turns, 1000)
		all := byEveryWriter(t, d)
		for format, text := range map[string]string{"md": all.md, "html": all.html, "json": all.json, "prompts": all.prompts, "verdicts": all.verdicts} {
			if bad := notNumbers.FindString(text); bad != "" {
				t.Errorf("%s, %s: it says %s", name, format, bad)
			}
			if format == "md" || format == "html" {
				if !strings.Contains(strings.ReplaceAll(html.UnescapeString(text), `\`, ""), strings.ReplaceAll(d.Rulings[0].Sentence, `\`, "")) {
					t.Errorf("%s, %s: it lacks %s", name, format, d.Rulings[0].Sentence)
				}
			}
		}
		if drawn := strings.Contains(all.html, `<figure class="quality">`); drawn != (name == "all ties" || name == "all wins" || name == "half failed" || name == "zero cost" || name == "mixed votes") {
			t.Errorf("%s: a plot of quality over cost is drawn: %t", name, drawn)
		}
	}
}

func hostileDecision(t testing.TB) *Decision {
	r := hostileReport(t)
	var turns []sessions.Turn
	for i := range r.Turns {
		turns = append(turns, *r.Turns[i].Turn)
	}
	s := r.Session
	s.Baseline = 2
	d, err := Decide(s, turns, 0, Terms{Volume: 1000})
	if err != nil {
		t.Fatal(err)
	}
	d.Chosen, d.Without = hostile[0], []Without{{s.ID, hostile[1], hostile[2]}}
	return d
}

var (
	svgs    = regexp.MustCompile(`(?s)<svg class="plot.*?</svg>`)
	drawing = regexp.MustCompile(`^</?(?:svg|rect|line|circle|text)(?: (?:class|width|height|role|aria-label|aria-hidden|[cdr]?[xy][12]?|r)="[^"<>]*")*/?>$`)
)

func TestADecisionObeysNoWordOfAnybody(t *testing.T) {
	all := byEveryWriter(t, hostileDecision(t))
	for _, plot := range svgs.FindAllString(all.html, -1) {
		for _, tag := range tags.FindAllString(plot, -1) {
			if !drawing.MatchString(tag) {
				t.Errorf("a plot has %.200s", tag)
			}
		}
	}
	inertHTML(t, svgs.ReplaceAllString(all.html, ""))
	inertMarkdown(t, all.md)
	for _, text := range []string{all.prompts, all.verdicts} {
		for _, row := range tableOf(t, text) {
			for name, c := range row {
				if s := strings.TrimSpace(c); s != "" && strings.ContainsRune("=+@", rune(s[0])) || strings.ContainsAny(c, "\x1b\u202e") {
					t.Errorf("the cell %s is %.80q", name, c)
				}
			}
		}
	}
}

// A report of 1,000 prompts and four models is made in seconds.
func BenchmarkDecisionPage(b *testing.B) {
	s, turns := voted(500, 300, 200)
	words := strings.Repeat("A walnut sideboard with *tapered* legs, `1960s`.\n\n", 12)
	for i := range turns {
		for c := 3; c <= 4; c++ {
			a := turns[i].Answers[0]
			a.Column = c
			turns[i].Answers = append(turns[i].Answers, a)
		}
		for k := range turns[i].Answers {
			turns[i].Answers[k].Text = words
		}
		turns[i].Columns = []int{1, 2, 3, 4}
	}
	s.Columns = append(s.Columns, sessions.Column{ID: 3, Model: s.Columns[0].Model}, sessions.Column{ID: 4, Model: s.Columns[0].Model})
	s.Places = []int{1, 2, 3, 4}
	for b.Loop() {
		d, err := Decide(s, turns, 0, Terms{})
		if err != nil {
			b.Fatal(err)
		}
		var page bytes.Buffer
		if err := d.Page(&page, func(string) []byte { return nil }); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(page.Len()))
	}
}

// In a real browser: nothing is asked for, no script runs, nothing scrolls sideways,
// the plots are drawn, in light and dark and on paper.
func TestADecisionInARealBrowser(t *testing.T) {
	b := browse(t)
	s, turns := three(15, 26, 19)
	for i := range turns { // of every kind of answer once
		turns[i].Text += ": describe this pin so that somebody finds it by a search, in one sentence"
	}
	d := decided(t, planned(s, 60), turns, 100_000)
	for name, one := range map[string]*Decision{"decision": d, "decision-hostile": hostileDecision(t)} {
		var page bytes.Buffer
		if err := one.Page(&page, func(string) []byte { return nil }); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "verdict.html")
		if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{375, 1200} {
			for _, dark := range []bool{false, true} {
				if name != "decision" && (width != 375 || dark) {
					continue // its answers are those of a session's page, which is looked at in all of them
				}
				b.show(file, width, 800, dark)
				b.quiet(file, "svg:not(.plot)")
				var sizes []int
				b.eval("[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &sizes)
				if sizes[0] > sizes[1] {
					t.Errorf("%s at %d: it is %d wide", name, width, sizes[0])
				}
				b.eval("(() => { for (const e of [...document.querySelectorAll('details')].slice(0, 2)) e.open = true })()", nil)
				if name == "decision" {
					b.shoot(fmt.Sprintf("%s-%d-dark=%t.png", name, width, dark))
				}
				if name == "decision" && width == 1200 {
					var poor []string
					if b.eval(contrast, &poor); len(poor) > 0 {
						t.Errorf("dark %t: hard to read: %s", dark, strings.Join(poor, "; "))
					}
				}
			}
		}
		if name != "decision" {
			continue
		}
		var drawn [4]int
		b.eval(`['.span .reach', '.fill', '.dot', '.front'].map(q => [...document.querySelectorAll(q)].filter(e => { const r = e.getBoundingClientRect(); return r.width + r.height > 0 }).length)`, &drawn)
		if drawn != [4]int{2, 8, 3, 2} {
			t.Errorf("%v of the plots are drawn", drawn)
		}
		var pdf struct{ Data string }
		b.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": false}, &pdf)
		data, err := base64.StdEncoding.DecodeString(pdf.Data)
		if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
			t.Fatalf("%s: no PDF: %v", name, err)
		}
		b.keep(name+".pdf", data)
	}
}
