package sessions

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"juxta/providers"
)

// What a session may come to. Whoever counts on it would be kept busy for ever
// by a file that claims more.
const (
	mostTurns   = 1_000_000
	mostColumns = 1_000
	mostTakes   = 100_000
	mostTitle   = 4 << 10     // bytes
	mostEdge    = 100_000_000 // pixels of a picture's side: its area is a number, too
)

// Check says what is wrong with a bundle that comes from elsewhere, and where:
// what it claims of itself has to fit together, because the bench and the screen
// rely on it. nil means that it can be imported.
func (b *Bundle) Check() error {
	s := &b.Session
	if err := s.check(); err != nil {
		return err
	}
	if len(b.Turns) != s.Turns {
		return fmt.Errorf("it says that it has %d turns and brings %d", s.Turns, len(b.Turns))
	}
	var forks []Fork
	var hidden []int
	for i := range b.Turns {
		t := &b.Turns[i]
		if t.ID != i+1 {
			return fmt.Errorf("turn %d stands where turn %d should", t.ID, i+1)
		}
		if err := t.check(s); err != nil {
			return fmt.Errorf("turn %d: %w", t.ID, err)
		}
		if t.Parent != t.ID-1 {
			forks = append(forks, Fork{t.ID, t.Parent})
		}
		if t.Hidden() {
			hidden = append(hidden, t.ID)
		}
		for _, f := range t.Files {
			if data, ok := b.Files[f.SHA256]; ok && len(data) != f.Bytes {
				return fmt.Errorf("turn %d: its file %s is said to have %d bytes and has %d", t.ID, quoted(f.Name), f.Bytes, len(data))
			}
		}
	}
	if !same(forks, s.Forks, func(x, y Fork) int { return x.Turn - y.Turn }) {
		return errors.New("its list of branches is not that of its turns")
	}
	if !same(hidden, s.Hidden, func(x, y int) int { return x - y }) {
		return errors.New("its list of hidden turns is not that of its turns")
	}
	for sum, data := range b.Files {
		if got := sumOf(data); got != sum {
			return fmt.Errorf("the file %.80q is not what its hash says: that would be %s", sum, got)
		}
	}
	return nil
}

// same reports whether two lists have the same in any order.
func same[T comparable](x, y []T, order func(x, y T) int) bool {
	return slices.Equal(slices.SortedFunc(slices.Values(x), order), slices.SortedFunc(slices.Values(y), order))
}

func (s *Session) check() error {
	if s.ID != "" {
		if _, err := keyOf(s.ID); err != nil {
			return fmt.Errorf("%.40q is not the ID of a session", string(s.ID))
		}
	}
	switch from := s.Imported; {
	case from == nil && s.ID == "":
		return errors.New("it has neither an ID nor a source")
	case from != nil && (from.Format == "" || from.Key == ""):
		return errors.New("its source has no format or no key")
	case s.Kind != Chat && s.Kind != Experiment:
		return fmt.Errorf("%.40q is no kind of session", string(s.Kind))
	case len(s.Title) > mostTitle:
		return fmt.Errorf("its title has %d bytes, and the most is %d", len(s.Title), mostTitle)
	case s.Turns < 0 || s.Turns > mostTurns:
		return fmt.Errorf("%d turns are more than the %d that a session can have", s.Turns, mostTurns)
	case s.Tip < 0 || s.Tip > s.Turns:
		return fmt.Errorf("it works on turn %d of %d", s.Tip, s.Turns)
	case len(s.Columns) > mostColumns:
		return fmt.Errorf("%d columns are more than the %d that a session can have", len(s.Columns), mostColumns)
	case s.Spent < 0 || s.Unpriced < 0 || s.Budget != nil && *s.Budget < 0:
		return errors.New("what it cost is below nothing")
	}
	if tags, err := tagsOf(s.Tags); err != nil || !slices.Equal(tags, s.Tags) {
		return cmp.Or(err, errors.New("its tags are not as tags are kept: in lower case, each once"))
	}
	if err := cmp.Or(datable(s.Created), datable(s.Updated)); err != nil {
		return err
	}
	for i := range s.Columns {
		if err := s.Columns[i].check(i + 1); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	if err := s.among(s.Places); err != nil {
		return fmt.Errorf("the columns on its screen: %w", err)
	}
	if _, ok := s.Column(s.Baseline); s.Baseline != 0 && !ok {
		return fmt.Errorf("its baseline is column %d, which it does not have", s.Baseline)
	}
	if s.Plan != nil {
		if err := s.Plan.check(s); err != nil {
			return fmt.Errorf("its plan: %w", err)
		}
	}
	return nil
}

// datable reports times that have no form in JSON.
func datable(at time.Time) error {
	if y := at.Year(); y < 1 || y > 9999 {
		return fmt.Errorf("a time in the year %d", y)
	}
	return nil
}

// among reports columns that the session does not have, and those named twice.
func (s *Session) among(ids []int) error {
	for i, id := range ids {
		if _, ok := s.Column(id); !ok {
			return fmt.Errorf("there is no column %d", id)
		}
		if slices.Contains(ids[:i], id) {
			return fmt.Errorf("column %d twice", id)
		}
	}
	return nil
}

func (c *Column) check(id int) error {
	switch {
	case c.ID != id:
		return fmt.Errorf("it calls itself %d", c.ID)
	case c.Model.Provider == "" || c.Model.Model == "":
		return errors.New("it names no model")
	case c.Follows < 0 || c.Follows >= id:
		return fmt.Errorf("it follows column %d, which was not there before it", c.Follows)
	}
	return cmp.Or(validSchema(c.Schema), validParams(c.Params), datable(c.Added))
}

func validSchema(schema json.RawMessage) error {
	if schema != nil && !json.Valid(schema) {
		return errors.New("its schema is no JSON")
	}
	return nil
}

func validParams(p providers.Params) error {
	for _, f := range []*float64{p.Temperature, p.TopP} {
		if f != nil && (math.IsNaN(*f) || math.IsInf(*f, 0)) {
			return errors.New("a parameter is no number")
		}
	}
	if p.MaxTokens < 0 || p.ThinkBudget < 0 || p.Context < 0 {
		return errors.New("a parameter counts below nothing")
	}
	return nil
}

func (t *Turn) check(s *Session) error {
	if t.Parent < 0 || t.Parent >= t.ID {
		return fmt.Errorf("it can't follow turn %d", t.Parent)
	}
	if err := cmp.Or(datable(t.Asked), datable(t.Revealed), s.among(t.Columns)); err != nil {
		return err
	}
	for _, id := range t.Late {
		if !slices.Contains(t.Columns, id) {
			return fmt.Errorf("column %d joined late and was not asked", id)
		}
	}
	for _, f := range t.Files {
		if _, ok := fileKey(f.SHA256); !ok {
			return fmt.Errorf("%.80q is not the hash of its file %s", f.SHA256, quoted(f.Name))
		}
		if min(f.Bytes, f.Width, f.Height, f.SentWidth, f.SentHeight) < 0 {
			return fmt.Errorf("its file %s measures less than nothing", quoted(f.Name))
		}
		if max(f.Width, f.Height, f.SentWidth, f.SentHeight) > mostEdge {
			return fmt.Errorf("its file %s measures more than any picture", quoted(f.Name))
		}
	}
	for i := range t.Answers {
		a := &t.Answers[i]
		if err := t.checkPlace(i); err != nil {
			return err
		}
		if _, ok := s.Column(a.Follows); a.Follows != 0 && !ok {
			return fmt.Errorf("take %d of column %d: it was told the answers of column %d, which is not there", a.Take, a.Column, a.Follows)
		}
		if err := a.check(); err != nil {
			return fmt.Errorf("take %d of column %d: %w", a.Take, a.Column, err)
		}
	}
	for column, take := range t.Takes {
		if _, ok := t.Take(Pick{column, take}); !ok {
			return fmt.Errorf("take %d of column %d stands, and is not there", take, column)
		}
	}
	if t.Adopted != nil {
		if _, ok := t.Take(*t.Adopted); !ok {
			return fmt.Errorf("take %d of column %d was adopted, and is not there", t.Adopted.Take, t.Adopted.Column)
		}
	}
	for i := range t.Votes {
		if err := t.checkVote(i); err != nil {
			return fmt.Errorf("vote %d: %w", i+1, err)
		}
	}
	return nil
}

// checkPlace is about where the i-th answer stands.
func (t *Turn) checkPlace(i int) error {
	a := &t.Answers[i]
	switch {
	case !slices.Contains(t.Columns, a.Column):
		return fmt.Errorf("column %d answers and was not asked", a.Column)
	case a.Take < 1 || a.Take > mostTakes:
		return fmt.Errorf("column %d has a take %d", a.Column, a.Take)
	case i == 0:
		return nil
	}
	before := &t.Answers[i-1]
	if cmp.Or(before.Column-a.Column, before.Take-a.Take) >= 0 {
		return fmt.Errorf("take %d of column %d stands behind take %d of column %d", a.Take, a.Column, before.Take, before.Column)
	}
	return nil
}

func (a *Answer) check() error {
	reasons := []providers.Reason{"", providers.Finished, providers.Length, providers.ToolUse, providers.Refused, providers.Cancelled, providers.Failed}
	switch u, t := a.Usage, a.Timing; {
	case a.Model.Provider == "" || a.Model.Model == "":
		return errors.New("it names no model")
	case !slices.Contains(reasons, a.Finish):
		return fmt.Errorf("%.40q is no way to end", string(a.Finish))
	case min(u.Input, u.CacheRead, u.CacheWrite, u.Output, u.Reasoning, u.CacheWriteHour, u.Audio, u.Images, a.Foreseen, a.Context) < 0:
		return errors.New("tokens below nothing")
	case max(u.Input, u.CacheRead, u.CacheWrite, u.Output) > math.MaxInt32:
		return errors.New("more tokens than anybody can count")
	case min(t.FirstToken, t.FirstAnswer, t.Last, t.Total, t.Wall) < 0 || t.Attempts < 0:
		return errors.New("a time before it was asked")
	case a.Billed != nil && *a.Billed < 0:
		return errors.New("it was billed less than nothing")
	case a.Energy != nil && !a.Energy.Sound():
		return errors.New("it took energy that makes no sense")
	}
	for _, c := range a.Timing.Chunks {
		if c.At < 0 || c.Bytes < 0 {
			return errors.New("a piece of it came before it was asked, or is shorter than nothing")
		}
	}
	for _, d := range []*time.Duration{a.Server.Queue, a.Server.Load, a.Server.Prefill, a.Server.Decode} {
		if d != nil && *d < 0 {
			return errors.New("its server took less than no time")
		}
	}
	return cmp.Or(validPrice(a.Price), validSchema(a.Schema), validParams(a.Params), datable(a.Timing.Sent))
}

func validPrice(p *providers.Price) error {
	if p == nil {
		return nil
	}
	rates := []providers.Rates{p.Rates}
	for _, s := range p.Steps {
		rates = append(rates, s.Rates)
	}
	for _, r := range rates {
		if min(r.Input, r.CacheRead, r.CacheWrite, r.CacheWriteHour, r.Output, r.Audio) < providers.UnknownRate {
			return errors.New("its price is below nothing")
		}
	}
	if min(p.PerImage, p.PerRequest) < providers.UnknownRate {
		return errors.New("its price is below nothing")
	}
	return nil
}

func (t *Turn) checkVote(i int) error {
	v := &t.Votes[i]
	switch {
	case v.ID != i+1:
		return fmt.Errorf("it calls itself %d", v.ID)
	case len(v.Takes) != len(v.Seats):
		return fmt.Errorf("it judges %d answers at %d seats", len(v.Takes), len(v.Seats))
	}
	for n, p := range v.Takes {
		if p.Column != v.Seats[n] {
			return fmt.Errorf("column %d sits at the seat of column %d", p.Column, v.Seats[n])
		}
		if _, ok := t.Take(p); !ok {
			return fmt.Errorf("it judges take %d of column %d, which is not there", p.Take, p.Column)
		}
		if slices.Contains(v.Seats[:n], p.Column) {
			return fmt.Errorf("column %d sits twice", p.Column)
		}
	}
	for n, id := range v.Best {
		if !slices.Contains(v.Seats, id) || slices.Contains(v.Best[:n], id) {
			return fmt.Errorf("column %d is among the best, and was not judged, or is twice", id)
		}
	}
	return cmp.Or(datable(v.At), datable(v.Undone))
}
