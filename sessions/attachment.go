package sessions

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"juxta/prompts"
	"juxta/providers"
)

// An Attachment is a file that a turn has, as it is kept: what was sent is in
// the store, once by its hash. Its strings are what was found: whoever shows
// them sanitises them.
type Attachment struct {
	Name       string   `json:"name"`
	MIME       string   `json:"mime"` // of what was sent
	SHA256     string   `json:"sha256"`
	Bytes      int      `json:"bytes"`
	Width      int      `json:"width,omitempty"` // pixels of the file, upright; 0 for what is no picture
	Height     int      `json:"height,omitempty"`
	SentWidth  int      `json:"sent_width,omitempty"` // pixels of what was sent
	SentHeight int      `json:"sent_height,omitempty"`
	Notes      []string `json:"notes,omitempty"` // what was done to it
}

// A Sight is what one column's model sees of one attachment, and what that
// costs, as far as anybody knows before it is asked. Of a file that is told as
// text it is the text's tokens.
type Sight struct {
	SHA256  string           `json:"sha256"`
	View    providers.View   `json:"view"`
	Cost    *providers.Money `json:"cost,omitempty"`    // of its tokens and any fee for a picture; nil if unknown
	Trouble string           `json:"trouble,omitempty"` // why the model can't take it; "" if it can or nobody knows
}

// A Preflight is what one column would be sent.
type Preflight struct {
	Column  int
	Sights  []Sight // of each file, in order
	Again   Again   // of earlier turns
	Trouble string  // why this column would not be asked; "" if it would
	Doubt   string  // what nobody knows: "it is not known whether it can see"; "" for nothing
}

// Again is what a column is told once more with every question: the files of
// the turns that it remembers, as its present model counts and prices them.
type Again struct {
	Files   int              // 0 for none
	Tokens  int              // of those files of which they are known
	Unknown int              // how many of Files are neither in Tokens nor in Cost
	Cost    *providers.Money // of Tokens and any fees for pictures; nil if no price is known, or no file's tokens
}

// Preflight is what each column on the screen would be sent with the files, and
// with those of the history it is told: up to the turn in whose place the
// question is to be asked, or if that is 0 of all that is worked on. It asks
// nobody and reads no disk; a file that it has not seen before is hashed, which
// takes up to 20 ms for 5 MB.
func (b *Bench) Preflight(files []*prompts.Attachment, instead int) []Preflight {
	kept := make([]Attachment, len(files))
	tokens := make([]int, len(files))
	for i, f := range files {
		sum := b.shelf.sum(f)
		kept[i], tokens[i] = keptAs(f, sum.sha256), sum.tokens
	}
	b.mu.Lock()
	shown, chat := b.desk.session.Shown(), b.desk.session.Kind != Experiment
	path := b.desk.session.Path()
	if instead > 0 {
		path = b.desk.session.PathTo(b.desk.session.Parent(instead))
	}
	told := map[int][]earlier{}
	for _, c := range shown {
		if chat {
			told[c.ID] = b.desk.earlier(c.ID, path)
		}
	}
	b.mu.Unlock()
	var all []Preflight
	for _, c := range shown {
		m := b.Registry.Model(c.Model)
		p := Preflight{
			Column: c.ID, Again: again(m, told[c.ID]),
			Trouble: blind(m, told[c.ID], kept).words(), Doubt: doubt(m, told[c.ID], kept),
		}
		for i, f := range kept {
			s := sight(m, f, tokens[i])
			if s.View.Trouble != "" && p.Doubt == "" {
				p.Doubt = "the service may not take it: " + s.View.Trouble
			}
			p.Sights = append(p.Sights, s)
		}
		if e, err := b.Registry.Find(c.Model); err == nil && e.API != "demo" && m.Local && p.Trouble == "" {
			p.Doubt = cmp.Or(breakdown(told[c.ID], kept), p.Doubt)
		}
		all = append(all, p)
	}
	return all
}

// File is an attachment of this session again, to be looked at or sent once
// more. It reads the disk.
func (b *Bench) File(a Attachment) (*prompts.Attachment, error) {
	data, err := b.shelf.bytes(a.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quoted(a.Name), err)
	}
	return &prompts.Attachment{
		Name: a.Name, From: "an earlier question", MIME: a.MIME, Data: data,
		Width: a.SentWidth, Height: a.SentHeight, FileWidth: a.Width, FileHeight: a.Height, Notes: slices.Clone(a.Notes),
	}, nil
}

// keptAs is what a turn keeps of a file.
func keptAs(f *prompts.Attachment, sum string) Attachment {
	return Attachment{
		Name: f.Name, MIME: f.MIME, SHA256: sum, Bytes: len(f.Data), Width: f.FileWidth, Height: f.FileHeight,
		SentWidth: f.Width, SentHeight: f.Height, Notes: slices.Clone(f.Notes),
	}
}

// quoted is a file's name within a sentence, in one line; of a long one the
// beginning and the end, which tells what it is.
func quoted(name string) string {
	const most, end = 80, 24
	if r := []rune(name); len(r) > most {
		name = string(r[:most-end-1]) + "…" + string(r[len(r)-end:])
	}
	return strconv.Quote(name)
}

func kindOf(mime string) prompts.Kind { return (&prompts.Attachment{MIME: mime}).Kind() }

// takes says whether a model accepts a file. What is told as text, all do.
func takes(m providers.Model, mime string) providers.Support {
	if kindOf(mime) == prompts.Written {
		return providers.Yes
	}
	return m.Takes(mime)
}

// sight is what a model sees of a file; tokens is how many a written one has.
func sight(m providers.Model, a Attachment, tokens int) Sight {
	s := Sight{SHA256: a.SHA256}
	if takes(m, a.MIME) == providers.No {
		s.Trouble = "can't " + sense(a.MIME)
		return s
	}
	u := providers.Usage{Input: tokens}
	switch kindOf(a.MIME) {
	case prompts.Written:
		s.View.Tokens = tokens
	case prompts.Picture:
		s.View = view(m, a)
		u.Input, u.Images = s.View.Tokens, 1
	}
	s.Cost = extra(m, u)
	return s
}

// extra is what files add to the cost of a question; nil if unknown.
func extra(m providers.Model, u providers.Usage) *providers.Money {
	if m.Price == nil || u.Input <= 0 {
		return nil
	}
	price := *m.Price
	price.PerRequest = 0 // which the question costs without them, too
	cost, ok := price.Of(u)
	if !ok {
		return nil
	}
	return &cost
}

// again sums up what a model is told once more, as far as it is known.
func again(m providers.Model, told []earlier) Again {
	all := Again{Files: len(told)}
	var u providers.Usage
	for _, f := range told {
		tokens, pictures := f.tokens, 0
		if kindOf(f.MIME) == prompts.Picture {
			tokens, pictures = view(m, f.Attachment).Tokens, 1
		}
		if tokens <= 0 {
			all.Unknown++
			continue
		}
		u.Input += tokens
		u.Images += pictures
	}
	all.Tokens, all.Cost = u.Input, extra(m, u)
	return all
}

// view is what becomes of a picture; zero if nobody knows.
func view(m providers.Model, a Attachment) providers.View {
	if m.Vision == nil || kindOf(a.MIME) != prompts.Picture || a.SentWidth <= 0 || a.SentHeight <= 0 {
		return providers.View{}
	}
	return m.Vision.See(a.SentWidth, a.SentHeight)
}

// sense is what a model must be able to do for a file.
func sense(mime string) string {
	switch kindOf(mime) {
	case prompts.Picture:
		return "see pictures"
	case prompts.Document:
		return "read PDF files"
	case prompts.Sound:
		return "hear"
	}
	return "read it"
}

// earlier is a file that a column remembers: what it is, and of which turn.
type earlier struct {
	Attachment
	turn   int
	tokens int // of a written one
}

func attachments(told []earlier) []Attachment {
	all := make([]Attachment, 0, len(told))
	for _, f := range told {
		all = append(all, f.Attachment)
	}
	return all
}

// An obstacle is a file that a model can't take.
type obstacle struct {
	can  string // what it can't do; "" for no obstacle
	name string
	turn int // 0 for the question's own
}

// blind is the first file that keeps the model from being asked: of the
// question, or of what it is told of earlier turns.
func blind(m providers.Model, told []earlier, files []Attachment) obstacle {
	for _, f := range files {
		if takes(m, f.MIME) == providers.No {
			return obstacle{sense(f.MIME), f.Name, 0}
		}
	}
	for _, f := range told {
		if takes(m, f.MIME) == providers.No {
			return obstacle{sense(f.MIME), f.Name, f.turn}
		}
	}
	return obstacle{}
}

func (o obstacle) words() string {
	switch {
	case o.can == "":
		return ""
	case o.turn > 0:
		return fmt.Sprintf("can't %s, and is told of one in turn %d", o.can, o.turn)
	}
	return "can't " + o.can
}

// err is why the column is not asked, with the ways out; nil for no obstacle.
func (o obstacle) err(ref providers.Ref) *providers.Error {
	e := &providers.Error{Op: "asking", Ref: ref, Kind: providers.Unsupported}
	switch {
	case o.can == "":
		return nil
	case o.turn > 0:
		e.Err = fmt.Errorf("the model can't %s, and %s of turn %d is part of what it would be told; nothing was sent", o.can, quoted(o.name), o.turn)
		e.Hint = "choose another model for this column, or start a new session"
	default:
		e.Err = fmt.Errorf("the model can't %s, and the question has %s; nothing was sent", o.can, quoted(o.name))
		e.Hint = "choose another model for this column, or leave the file out"
	}
	return e
}

// doubt is what nobody knows of whether the model takes all of it.
func doubt(m providers.Model, told []earlier, files []Attachment) string {
	for _, f := range append(attachments(told), files...) {
		if takes(m, f.MIME) == providers.Unknown {
			return "it is not known whether it can " + sense(f.MIME)
		}
	}
	return ""
}

// breakdown is why a local server may end over what it is sent: that concerns
// whoever else it answers, and goes before other doubts.
func breakdown(told []earlier, files []Attachment) string {
	found := ""
	for _, f := range append(attachments(told), files...) {
		what := providers.Odd(f.SentWidth, f.SentHeight)
		switch {
		case kindOf(f.MIME) != prompts.Picture || what == "":
		case found != "":
			return "some of the pictures may be too much for its server: they are very small, long or large"
		default:
			found = fmt.Sprintf("%s may be too much for its server: it is %s, %d×%d", quoted(f.Name), what, f.SentWidth, f.SentHeight)
		}
	}
	return found
}

// earlier lists what a column remembers of a path that is on the branch worked
// on. It is known without a look into the store: from the questions of this
// process, and from Resume for those before.
func (d *desk) earlier(column int, path Path) []earlier {
	var all []earlier
	told := maps.Clone(d.remembers[0])
	if told == nil {
		told = map[int][]earlier{}
	}
	maps.Copy(told, d.remembers[column])
	for _, t := range slices.Sorted(maps.Keys(told)) {
		if path.Has(t) {
			all = append(all, told[t]...)
		}
	}
	return all
}

// remember notes which files of a turn a column is told from now on, by its
// answer to the turn; none after one that is not remembered, or if there is none.
func (d *desk) remember(column int, t *Turn, a *Answer, ok bool) {
	if t.Adopted != nil {
		column = 0
	}
	if len(t.Files) == 0 || !ok || !a.Remembered() {
		delete(d.remembers[column], t.ID)
		return
	}
	if d.remembers == nil {
		d.remembers = map[int]map[int][]earlier{}
	}
	if d.remembers[column] == nil {
		d.remembers[column] = map[int][]earlier{}
	}
	d.remembers[column][t.ID] = t.files(a)
}

// files are those of a turn as they are told with an answer to it, which may
// know the tokens of written ones; nil if there is none.
func (t *Turn) files(a *Answer) []earlier {
	all := make([]earlier, len(t.Files))
	for i, f := range t.Files {
		all[i] = earlier{Attachment: f, turn: t.ID}
		if kindOf(f.MIME) != prompts.Written {
			continue
		}
		all[i].tokens = providers.EstimateTokens(f.Bytes) // unless its text was counted
		if a != nil && i < len(a.Sights) && a.Sights[i].SHA256 == f.SHA256 && a.Sights[i].View.Tokens > 0 {
			all[i].tokens = a.Sights[i].View.Tokens
		}
	}
	return all
}
