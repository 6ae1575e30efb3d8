// Package tui is the workbench on the screen: the models' answers side by
// side, the composer below them, and overlays above.
//
// It is one Bubble Tea model. Update routes: sizes, news of a run, keys. Keys
// go to the top overlay, else to the commands of keys.go, else to the
// composer; what they do stands in actions.go. Components are plain structs
// that change only themselves. No network, disk or clock is touched in Update
// or View: commands do that, and change nothing but by the message they return.
package tui

import (
	"context"
	"image"
	"maps"
	"os"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/report"
	"juxta/ui/clipboard"
	"juxta/ui/markdown"
	"juxta/ui/theme"
)

// Model is the program's only [tea.Model].
type Model struct {
	ctx    context.Context // of the program; Bubble Tea's methods take none
	opts   Options
	bench  *sessions.Bench // nil until the store is open
	send   func(tea.Msg)
	pulse  *pulse
	gauge  *gauge
	fatal  error
	fallen bool // over a panic: nothing more is done but quitting

	look     look
	theme    *theme.Set
	dark     bool
	w, h     int
	frame    frame
	stale    bool // the frame no longer fits
	typed    bool // nothing has changed but the composer or an overlay since upper was drawn
	upper    []string
	hinted   hinted // what hints were drawn for
	hints    string
	buttons  []button // of the hints
	mouse    mouse
	laid     image.Rectangle // where the top overlay was drawn
	panel    bool            // the panes have the keys, not the composer
	zoom     bool
	focus    int // index of the current column
	composer *composer
	overlays []overlay
	stage    stage
	ballot   ballot
	tried    *sessions.Snapshot // that the verdict was judged by last; nil for none
	memory   *report.Memory     // of what that found
	shelving shelving
	unkept   map[string]string // what was written on sheets and in forms that were left, by what it is of

	session   sessions.Session
	panes     []pane
	tr        transcript
	ribbon    ribbon
	searching *search // words; nil if nobody is
	seeking   *seek   // a turn whose answers disagree; nil if nobody is
	run       *sessions.Run
	picks     []sessions.Pick     // the answers that it gives, or the last one gave
	order     []func() action     // what is to be done with the bench; see inOrder
	warm      *warmth             // what run is, if it answers no question; else nil
	reask     *reasking           // what run is a part of, if the session is asked again; else nil
	left      leftover            // what the last reask left
	removed   []removed           // columns, the last one last
	breath    int                 // counts the waits between two turns of a replay, and their ends
	elapsed   time.Duration       // since its question was asked, in seconds
	asking    bool                // a question is on its way to the bench
	opening   bool                // a session is on its way from the store
	stopped   []int               // columns stopped before their run was there
	trouble   error               // why saving fails at the moment
	found     []providers.Listing // the newest of each provider that has answered
	looking   *round              // for models; nil if that is not under way
	silence   map[string]bool     // providers that have not answered since
	looked    time.Time           // when that ended last; zero while the first is not over
	offers    offers
	notice    notice
	aim       aim // of the question being written

	recalled bool // what was listed before this start

	hoping     bool             // somebody asked to look again for models
	pulling    *pulling         // a model on its way here; nil for none
	pullFailed *providers.Error // why the last one did not come

	clipboard func(context.Context) ([]byte, error)
	lent      lent
	failed    []*attached     // what could not be attached, until the next question or file
	refused   map[string]bool // words that were files and are to stay text in this question
	told      []*attached     // the files that were attached when work was last done
	busy      [lanes]int      // how much is under way in each lane
	heavy     int             // bytes of pixels that are being prepared
	jobs      int             // the last one's number
	edge      int             // to which pictures are scaled; 0 for not at all
	checking  bool            // somebody looks whether the question names files
	waiting   bool            // enter was pressed while files were being prepared
	flown     bool            // the preflight of what is attached is here or on its way
	writing   bool            // something stands in the composer
	flights   int             // how many there were
	flight    flight
	guess     guess
}

// A notice is a word in the status line, until the next key.
type notice struct {
	text string
	bad  bool
}

func newModel(ctx context.Context, o Options) *Model {
	m := &Model{ctx: ctx, opts: o, dark: true, stale: true, clipboard: clipboard.Picture, gauge: newGauge(os.Stdout)}
	if m.look.keys = o.Keys; m.look.keys == nil {
		m.look.keys, _ = Bind(nil)
	}
	if m.theme = o.Theme; m.theme == nil {
		m.theme, _ = theme.Builtin(theme.Auto)
	}
	m.retheme()
	m.composer = newComposer(m.look.theme)
	if o.Vote != nil {
		m.push(newBooth(&m.look, o.Vote))
	}
	return m
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	if b := m.booth(); b != nil {
		return guarded(tea.Batch(tea.RequestBackgroundColor, m.openPoll(b)))
	}
	return guarded(tea.Batch(tea.RequestBackgroundColor, m.open(), m.stage.ask(), m.attach(m.opts.Attach...)))
}

// measure follows Bubble Tea's renderer, which measures by grapheme cluster
// where the terminal says that it does.
func (m *Model) measure(report tea.ModeReportMsg) {
	if report.Mode != ansi.ModeUnicodeCore || report.Value == ansi.ModeNotRecognized || report.Value == ansi.ModePermanentlyReset {
		return
	}
	m.look.ruler = ruler{ansi.GraphemeWidth}
	m.retheme()
}

func (m *Model) retheme() {
	m.look.theme = m.theme.On(m.dark)
	m.look.markdown = markdownStyles(m.look.theme)
	m.look.markdown.Method = m.look.ruler.Method
	if m.composer != nil {
		m.composer.style(m.look.theme)
	}
	if m.searching != nil {
		styleLine(&m.searching.input, m.look.theme)
	}
	for _, o := range m.overlays {
		o.restyle()
	}
	for _, t := range m.tr.turns {
		for _, c := range t.cells {
			c.doc.Restyle(m.look.markdown)
			c.width, c.metered, c.askingAt = 0, 0, 0
		}
	}
}

func markdownStyles(th *theme.Theme) *markdown.Styles {
	return &markdown.Styles{
		Text: th.Text, Heading: th.Heading, Quote: th.Quote, Link: th.Link, URL: th.URL, Code: th.Code, Marker: th.Marker,
		Keyword: th.Keyword, String: th.String, Comment: th.Comment, Number: th.Number, Func: th.Func, Type: th.Type,
		Added: th.Added, Removed: th.Removed,
	}
}

// refresh takes in what the bench says of the session and its models.
func (m *Model) refresh() {
	if m.bench == nil {
		return
	}
	forks := len(m.session.Forks)
	m.session = m.bench.Session()
	cols := m.session.Shown()
	m.focus = max(0, min(m.focus, len(cols)-1))
	models := map[int]providers.Ref{}
	for _, c := range m.session.Columns {
		models[c.ID] = c.Model
	}
	if !maps.Equal(models, m.look.models) {
		m.look.models = models
		for _, t := range m.tr.turns {
			for _, c := range t.cells {
				c.width = 0
			}
		}
	}
	places := map[int]int{}
	for i, c := range cols {
		places[c.ID] = i
	}
	if !maps.Equal(places, m.look.places) || len(m.session.Forks) != forks {
		m.look.places = places
		m.retag(m.tr.turns...)
	}
	if m.aim.only > 0 && !slices.Contains(m.session.Places, m.aim.only) {
		m.aim.only = 0
		m.aimed()
	}
	m.panes = m.panes[:0]
	for i, c := range cols {
		entry, _ := m.bench.Registry.Find(c.Model)
		m.panes = append(m.panes, pane{
			place: i, column: c, model: m.bench.Registry.Model(c.Model),
			demo: entry.API == "demo", focused: i == m.focus, active: m.panel,
			starred: c.ID == m.session.Baseline, alone: !oneSystem(cols), follows: m.followed(c),
		})
	}
	m.flown = false // until it has been made again the last one stands
	m.guess.dirty, m.guess.renew = true, true
	m.brief()
	m.stale = true
}

// place makes the frame fit what there is.
func (m *Model) place() {
	if !m.stale {
		return
	}
	m.stale = false
	m.composer.resize(m.w, m.h/3)
	q := wants{
		w: m.w, h: m.h, columns: len(m.panes), focus: m.focus, first: m.frame.first,
		composer: m.composer.lines(), zoom: m.zoom, stage: m.stageLines(), strip: len(m.strip(m.w)),
		voting: m.voting(),
	}
	if len(m.tr.turns) == 0 {
		q.welcome = len(m.welcome(m.w, m.h))
	}
	m.frame = layout(q)
}

// body is what the transcript is laid out for.
func (m *Model) body() body {
	b := body{look: &m.look, first: m.frame.first, paged: m.gauge.behind()}
	for i, r := range m.frame.panes {
		b.columns = append(b.columns, m.panes[m.frame.first+i].column.ID)
		b.widths = append(b.widths, textWidth(r, m.frame.boxed))
		b.height = max(r.Dy()-chrome(m.frame.boxed), 0)
		b.height -= m.reserve(b.height)
	}
	return b
}
