package report

import (
	"crypto/sha256"
	_ "embed" // the page's style and its outline
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"juxta/sessions"
	"juxta/sessions/plain"
)

//go:embed page.css
var style string

//go:embed page.html
var outline string

// pieces are the templates of the page: "top", "session", "turn", "end".
var pieces = sync.OnceValue(func() *template.Template {
	return template.Must(template.Must(template.New("page").Parse(outline)).Parse(decisionOutline))
})

// policy is what the page may do, which browsers enforce: show the pictures that
// are in it, in the style that is in it, and nothing else. Nothing is loaded and
// no script runs, whatever an answer says.
func policy(css string) string {
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// A Page writes reports as one page of HTML that needs nothing else: its
// pictures are in it, its first screen says what it is about, it fits phones and
// paper, and it is as dark or light as its reader likes.
type Page struct {
	to    io.Writer
	all   []sessions.Session
	begun bool
	seen  map[string]string // where a picture stands, by SHA-256
	n     int               // of the session
}

// NewPage writes to w. The sessions are those that are going to be added, of
// which there may be a list; nil for one.
func NewPage(w io.Writer, all []sessions.Session) *Page {
	return &Page{to: w, all: all, seen: map[string]string{}}
}

type entry struct{ Name, Title, Day string }

func (p *Page) begin(title string) error {
	if p.begun {
		return nil
	}
	p.begun = true
	var list []entry
	if len(p.all) > 1 {
		title = times(len(p.all), "comparison") + " of language models"
		for i, s := range p.all {
			list = append(list, entry{"s" + strconv.Itoa(i+1), titleOf(s), day(s.Created)})
		}
	}
	return pieces().ExecuteTemplate(p.to, "top", map[string]any{
		"Title": title, "Policy": policy(style), "Style": template.HTML("<style>" + style + "</style>"), "List": list, //nolint:gosec // ours
	})
}

// Add writes a report.
func (p *Page) Add(r *Report) error {
	if err := p.begin(r.title()); err != nil {
		return err
	}
	p.n++
	clear(p.seen)
	if err := pieces().ExecuteTemplate(p.to, "session", p.session(r)); err != nil {
		return err
	}
	for i := range r.Turns {
		if err := pieces().ExecuteTemplate(p.to, "turn", p.turn(r, &r.Turns[i])); err != nil {
			return err
		}
	}
	return pieces().ExecuteTemplate(p.to, "close", nil)
}

// End writes what stands below everything.
func (p *Page) End() error {
	if err := p.begin("Nothing to show"); err != nil {
		return err
	}
	return pieces().ExecuteTemplate(p.to, "end", nil)
}

// A fact is one of what the first screen says.
type fact struct {
	Label string
	Figure
}

// A line is a model in the table.
type line struct {
	Colour string // the class of its mark
	Name   string
	Tags   []string
	Facts  []fact
	Best   bool
	System string
	Params []string
}

func (p *Page) session(r *Report) map[string]any {
	won := r.won()
	var lines []line
	for i := range r.Models {
		m := &r.Models[i]
		l := line{
			Colour: r.colour(m.Column), Name: r.name(m.Column, m.Model), Tags: r.tagsOf(m),
			Facts: []fact{
				{"Best in", m.preferred()},
				{"Cost an answer", m.each()},
				{"First word", m.waits()},
				{"Speed", m.pace()},
				{"Answered", m.answered()},
			},
		}
		l.Best = l.Name == won.Words
		if a := m.Asked; a != nil {
			l.System, l.Params = plain.Text(a.System), params(a)
		}
		lines = append(lines, l)
	}
	return map[string]any{
		"Name": "s" + strconv.Itoa(p.n), "Title": r.title(), "Tags": r.tags(), "Empty": len(r.Turns) == 0,
		"Facts": []fact{
			{"Asked", Figure{Words: r.asked(), Small: r.when()}},
			{"Voted best", won},
			{"Cost", r.spent()},
			{"Fastest", r.fastest()},
		},
		"Lines": lines, "Remarks": r.remarks(), "Several": len(p.all) > 1,
		"Told": slices.ContainsFunc(lines, func(l line) bool { return l.System != "" || len(l.Params) > 0 }),
	}
}

// params are the settings of an answer as people read them.
func params(a *sessions.Answer) (all []string) {
	for _, name := range []string{"temperature", "top_p", "max_tokens", "seed", "stop", "think", "think_budget", "context"} {
		if values := a.Params.Values(name); len(values) > 0 {
			all = append(all, strings.ReplaceAll(name, "_", " ")+" "+plain.Line(strings.Join(values, ", ")))
		}
	}
	if len(a.Schema) > 0 {
		all = append(all, "answers by a JSON schema")
	}
	return all
}

// colours is how many marks of models the style tells apart.
const colours = 6

// mark is the colour of who answered.
func (r *Report) mark(a *Answer) string {
	if c := r.marks[a.Model]; c != "" {
		return c
	}
	return r.colour(a.Column)
}

func (r *Report) colour(column int) string { return "c" + strconv.Itoa(r.place(column)%colours+1) }

// A shownFile is a file of a question as the page has it.
type shownFile struct {
	Words, Name string
	Data        template.URL // "" for what is no picture, or stands further up
	Above       string       // where it stands
}

// A card is one column's answers to a question.
type card struct {
	Colour, Name, Praise string
	Badges               []string
	Facts                []fact
	Body                 []template.HTML
	Thoughts             string
	Calls                []string
	Notices              []string
	Ended                string
	Failed               bool
	Others               []card
}

func (p *Page) turn(r *Report, t *Turn) map[string]any {
	var cards []card
	for i := range t.Answers {
		a := &t.Answers[i]
		if !a.Stands {
			continue
		}
		c := r.card(a)
		for j := range t.Answers {
			if other := &t.Answers[j]; other.Column == a.Column && !other.Stands {
				c.Others = append(c.Others, r.card(other))
			}
		}
		cards = append(cards, c)
	}
	var votes []string
	for i := range t.Votes {
		if v := &t.Votes[i]; v.Counts() {
			votes = append(votes, t.said(v))
		}
	}
	if a := t.Adopted; a != nil {
		votes = append(votes, fmt.Sprintf("All went on from the answer of column %d, take %d.", a.Column, a.Take))
	}
	prompt := ""
	if t.Prompt != nil {
		prompt = plain.Line(t.Prompt.Words())
	}
	return map[string]any{
		"Name": fmt.Sprintf("s%dq%d", p.n, t.ID), "ID": t.ID, "Text": plain.Text(t.Text), "Files": p.files(r, t),
		"Follows": r.follows(t), "Prompt": prompt, "Note": strings.TrimSpace(plain.Text(t.Note)), "Votes": votes,
		"Cards": cards, "Across": "n" + strconv.Itoa(min(len(cards), 4)), "Blind": t.Blind,
	}
}

func (r *Report) card(a *Answer) card {
	c := card{
		Colour: r.mark(a), Name: r.name(a.Column, a.Model), Praise: a.praise(), Badges: a.badges(),
		Thoughts: plain.Text(a.Thoughts), Ended: a.ended(), Failed: a.Error != nil,
		Facts: []fact{
			{"First word", a.first()},
			{"Done", a.total()},
			{"Speed", a.speed()},
			{"Tokens in", a.read()},
			{"Tokens out", a.wrote()},
			{"Cost", a.cost()},
		},
	}
	for _, text := range []string{a.Text, a.Refusal} {
		if strings.TrimSpace(text) != "" {
			c.Body = append(c.Body, body(text))
		}
	}
	for _, call := range a.Calls {
		c.Calls = append(c.Calls, plain.Line(call.Name+" "+call.Arguments))
	}
	for _, n := range a.Notices {
		c.Notices = append(c.Notices, plain.Line(n))
	}
	return c
}

// files are those of a question. A picture that was asked about before is not in
// the page twice.
func (p *Page) files(r *Report, t *Turn) (all []shownFile) {
	for i := range t.Files {
		f := &t.Files[i]
		s := shownFile{Words: fileWords(f), Name: fmt.Sprintf("s%dq%df%d", p.n, t.ID, i+1)}
		if above := p.seen[f.SHA256]; above != "" {
			s.Above = above
		} else if data := r.file; data != nil {
			if s.Data = asURL(data(f.SHA256)); s.Data != "" {
				p.seen[f.SHA256] = s.Name
			}
		}
		all = append(all, s)
	}
	return all
}

// asURL is a picture as an address that holds it; "" for anything that is no
// picture of pixels by its own bytes, whatever somebody calls it.
func asURL(data []byte) template.URL {
	mime := http.DetectContentType(data)
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, mime) {
		return ""
	}
	return template.URL("data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)) //nolint:gosec // a picture
}
