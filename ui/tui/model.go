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
	"errors"
	"fmt"
	"image"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/report"
	"juxta/sessions/verdict"
	"juxta/ui/clipboard"
	"juxta/ui/markdown"
	"juxta/ui/theme"
)

// Options are what the workbench is given.
type Options struct {
	// Open is called once the first frame is drawn. It opens the store and
	// picks the columns; its error ends the workbench and is Run's.
	Open func(ctx context.Context) (*sessions.Bench, error)

	Version string
	Ollama  string   // the command that gets Ollama here, or starts it; "" if nobody knows
	Missing []string // names of the key variables that were looked for and not found

	Log   *slog.Logger           // of commands, by their names in the configuration; it must not wait for a disk. nil for none
	Fault func(*providers.Panic) // told of every one that is caught, on any goroutine; it may use the disk. nil for nobody

	Catalogue Catalogue // of the lists of earlier starts
	Staying   Staying
	Presets   []sessions.Preset            // of the configuration
	Keys      *Keymap                      // nil for the usual keys
	Theme     *theme.Set                   // nil for the one that suits the terminal
	Themes    func() ([]*theme.Set, error) // the user's own; those that can't be read are its error; nil for none
	Machine   *verdict.Machine             // of local models, for the verdict; nil for the usual one
	Loader    prompts.Loader               // of what is attached
	Attach    []string                     // paths and URLs that are attached at the start

	Library    prompts.Library   // of prompts that are asked again
	Prompt     *prompts.Prompt   // that the composer begins with; nil for none
	Values     map[string]string // of its variables, as far as they are given; the others are asked for
	KeepSystem bool              // the columns' own system prompts stand, whatever the prompt says

	Browse bool   // begin with the list of sessions
	Within bool   // the columns need nobody outside the program: who has models is asked once somebody chooses one
	Export Export // of sessions, from that list
	Replay bool   // the bench plays a recorded session, see [sessions.NewReplay]

	Vote *Voting // nothing else is done; Open is not called then
}

// Staying says that juxta was told to stay on this machine. The zero value says
// that it was not.
type Staying struct {
	Reason  string   // what told it so: "--local-only"
	Refused []string // names of the providers that are therefore not asked
}

// fps is Bubble Tea's rate of painting; at 60 a key waits twice as long for
// its echo.
const fps = 120

// Run shows the workbench until the user quits or ctx ends. Whatever happens
// the terminal is restored, answers that still come are stopped and all is
// saved.
func Run(ctx context.Context, o Options) error { return newModel(ctx, o).show(ctx) }

// show is Run; a test's options say which terminal it is.
func (m *Model) show(ctx context.Context, terminal ...tea.ProgramOption) error {
	p := tea.NewProgram(m, append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithFPS(fps), tea.WithOutput(m.gauge), tea.WithFilter(m.gauge.filter),
	}, terminal...)...)
	m.send, m.pulse = p.Send, newPulse(p, fps)
	m.gauge.pulse = m.pulse
	_, err := p.Run()
	m.pulse.stop()
	if keep := m.opts.Catalogue.Keep; keep != nil && m.looking != nil && len(m.found) > 0 {
		keep(m.found) // whoever is still silent has told nothing that could be lost
	}
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	var unsaved error
	if m.bench != nil {
		unsaved = m.bench.Close(saving)
		if !m.fallen && !errors.Is(err, tea.ErrProgramPanic) { // else nobody has had the time to undo
			unsaved = errors.Join(unsaved, m.emptyBin())
		}
	}
	switch {
	case m.fallen && unsaved != nil:
		return fmt.Errorf("the screen failed, and not everything could be saved: %w", errors.Join(m.fatal, unsaved))
	case m.fallen:
		return fmt.Errorf("the screen failed and was closed; what was said is saved: %w", m.fatal)
	case m.fatal != nil:
		return m.fatal
	case errors.Is(err, tea.ErrProgramPanic) && unsaved != nil:
		return fmt.Errorf("the screen failed, and not everything could be saved: %w", errors.Join(err, unsaved))
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the screen failed and was closed; what was said is saved: %w", err)
	case unsaved != nil:
		return fmt.Errorf("not everything could be saved: %w", unsaved)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return err
}

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

// Update implements [tea.Model]. A panic on the way ends the workbench.
func (m *Model) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	defer func() {
		if p := recover(); p != nil {
			next, cmd = m, m.fall(providers.Caught(p))
		}
	}()
	if m.fallen {
		return m, nil
	}
	return m, guarded(m.update(msg))
}

// update takes in a message. Whatever it changed, the files attached are
// followed.
func (m *Model) update(msg tea.Msg) tea.Cmd {
	m.typed = false
	switch msg.(type) {
	case newsMsg, restMsg:
	default:
		m.guess.dirty = true // it is cheap to look later whether it really has changed
	}
	cmd := m.route(msg)
	if s := m.searching; s != nil && s.shown != m.tr.shown { // of what is no longer on the screen
		m.searching = nil
	}
	if news, ok := msg.(newsMsg); !m.typed && (!ok || !news.more) { // only a whole answer changes what is compared
		cmd = tea.Batch(cmd, m.judgeCurrent(), m.contrast())
	}
	return tea.Batch(cmd, m.work())
}

// route is the routing table and nothing else.
func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h, m.stale, m.look.picked = msg.Width, msg.Height, true, nil
		m.gauge.sieve.resize(msg.Height)
	case tea.BackgroundColorMsg:
		if msg.IsDark() != m.dark {
			m.dark = msg.IsDark()
			m.retheme()
		}
	case tea.ModeReportMsg:
		m.measure(msg)
	case newsMsg:
		return m.report(msg)
	case restMsg:
		return m.rested()
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseMotionMsg:
		return m.drag(msg)
	case tea.MouseReleaseMsg:
		return m.release()
	case action: // what a command asks for
		return msg(m)
	default:
		return m.forward(msg)
	}
	return nil
}

// press offers a key to the top overlay, else to the commands, else to the
// composer.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	m.notice, k.Text, m.look.picked = notice{}, typed(k.Text), nil
	defer func(sure int) {
		if m.ballot.sure == sure { // another key was pressed
			m.ballot.sure = 0
		}
	}(m.ballot.sure)
	if n := len(m.overlays); n > 0 {
		if c, ok := m.look.keys.find(k.String(), overAll); ok {
			return m.do(c)
		}
		act, cmd := m.overlays[n-1].key(k)
		if act == nil {
			m.typed = true
			return cmd
		}
		return tea.Batch(cmd, act(m))
	}
	if s := m.searching; s != nil && s.typing {
		if c, ok := m.look.keys.find(k.String(), overAll); ok {
			return m.do(c)
		}
		return m.typeSearch(k)
	}
	scopes := []scope{overAll, anywhere, m.where()}
	if m.replaying() {
		scopes = []scope{overAll, inReplay, anywhere, inPanes}
	}
	if c, ok := m.look.keys.find(k.String(), scopes...); ok {
		return m.do(c)
	}
	if m.panel || m.replaying() {
		return nil
	}
	before, text, recall := m.composer.lines(), "", m.composer.recall
	if m.waiting {
		text = m.composer.area.Value()
	}
	cmd := m.composer.key(k)
	m.stale = m.stale || m.composer.lines() != before
	if m.waiting && m.composer.area.Value() != text {
		cmd = tea.Batch(cmd, m.hold(changed))
	}
	if len(m.failed)+len(m.refused) > 0 && (m.composer.recall != recall || m.composer.empty()) {
		m.forget()
	}
	m.typed = !m.stale
	return cmd
}

func (m *Model) paste(text string) tea.Cmd {
	if n := len(m.overlays); n > 0 {
		m.overlays[n-1].paste(text)
		if o, ok := m.overlays[n-1].(interface{ pasted() tea.Cmd }); ok {
			return o.pasted()
		}
		return nil
	}
	if s := m.searching; s != nil && s.typing {
		return m.pasteSearch(text)
	}
	if m.replaying() {
		return nil
	}
	m.toComposer()
	if m.waiting {
		m.hold(changed)
	}
	return m.pasteText(text)
}

// forward gives a message nobody here knows to what may have asked for it.
func (m *Model) forward(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	m.composer.area, cmd = m.composer.area.Update(msg)
	return tea.Batch(cmd, m.stage.hear(msg))
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
	m.restyleSearch()
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
		q.welcome = len(m.welcome(m.w))
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
