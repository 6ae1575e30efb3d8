package sessions

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/providers/anthropic"
	"juxta/providers/gemini"
	"juxta/providers/openai"
)

// A conversation is a random session over real connections: four columns, each
// over another wire, and beside it the plain session that says what each must be
// told.
type conversation struct {
	*testing.T
	mock  string
	dice  *rand.Rand
	b     *Bench
	ses   *plainSession
	words int
	asked map[string]string // what the server must have been told, by the answer's model name, which is used once
}

// TestAServerIsToldWhatEachColumnShowed holds twenty turns with regenerations,
// samples, branches, adoptions, failures, stops and forks in four columns, and
// compares what the scripted server at JUXTA_MOCK was told with what the columns
// showed.
func TestAServerIsToldWhatEachColumnShowed(t *testing.T) {
	mock := os.Getenv("JUXTA_MOCK")
	if mock == "" {
		t.Skip("JUXTA_MOCK does not name a scripted server")
	}
	for seed := range uint64(4) {
		c := &conversation{
			T: t, mock: mock, dice: rand.New(rand.NewPCG(seed, 21)), asked: map[string]string{},
			ses: &plainSession{models: map[int]string{}}, words: int(time.Now().UnixMilli() % 1e6 * 1000),
		}
		c.b = bench(t, opened(t), nil)
		c.b.Registry = providers.NewRegistry([]providers.Endpoint{
			{Name: "chat", API: "chat", BaseURL: mock + "/v1"},
			{Name: "responses", API: "responses", BaseURL: mock + "/v1"},
			{Name: "anthropic", API: "anthropic", BaseURL: mock},
			{Name: "gemini", API: "gemini", BaseURL: mock},
		}, map[string]providers.Builder{"chat": openai.New, "responses": openai.NewResponses, "anthropic": anthropic.New, "gemini": gemini.New}, nil)
		for i, api := range []string{"chat", "responses", "anthropic", "gemini"} {
			c.b.Add(Column{Model: providers.Ref{Provider: api, Model: "mock"}})
			c.ses.columns, c.ses.models[i+1] = append(c.ses.columns, i+1), api
		}
		for len(c.ses.turns) < 20 {
			c.step()
		}
		c.listen()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// step does one thing at random.
func (c *conversation) step() {
	if len(c.ses.turns) == 0 {
		c.put(0)
		return
	}
	path := c.ses.path(c.ses.tip)
	turn := path[c.dice.IntN(len(path))]
	t := c.ses.turn(turn)
	column := c.ses.columns[c.dice.IntN(len(c.ses.columns))]
	switch n := 1 + c.dice.IntN(3); c.dice.IntN(10) {
	case 0:
		c.put(turn)
	case 1:
		t.stands[column] = len(t.answers[column]) + 1
		c.prepare(t, t.parent, column)
		c.run(turn)(c.b.Again(c.Context(), turn, column))
	case 2: // of which all have one model's name
		if t.stands[column] == 0 {
			t.stands[column] = 1
		}
		c.prepare(t, t.parent, column)
		c.run(turn)(c.b.Sample(c.Context(), turn, n, column))
	case 3:
		if takes := len(t.answers[column]); takes > 0 {
			p := Pick{column, 1 + c.dice.IntN(takes)}
			_, err := c.b.Choose(turn, p)
			want(c, "choosing", err, nil)
			t.stands[column] = p.Take
		}
	case 4:
		p := Pick{column, t.stands[column]}
		if a := t.answers[column]; p.Take > 0 && a[p.Take-1].told {
			_, err := c.b.Adopt(turn, &p)
			want(c, "adopting", err, nil)
			t.adopted = p
		}
	case 5:
		_, err := c.b.Adopt(turn, nil)
		want(c, "adopting nothing", err, nil)
		t.adopted = Pick{}
	case 6:
		all := c.ses.after(t.parent)
		to := all[c.dice.IntN(len(all))]
		want(c, "going to another branch", c.b.Go(to), nil)
		c.ses.tip = c.ses.end(to)
	case 7:
		if len(c.ses.turns) > 5 && c.dice.IntN(3) == 0 {
			want(c, "forking", c.b.Fork(turn), nil)
			c.ses = c.ses.fork(turn)
		}
	default:
		c.put(0)
	}
}

func (c *conversation) put(instead int) {
	t := &plainTurn{parent: c.ses.tip, text: c.word("question"), answers: map[int][]plainAnswer{}, stands: map[int]int{}}
	if instead > 0 {
		t.parent = c.ses.turn(instead).parent
	}
	for _, column := range c.ses.columns {
		t.stands[column] = 1
	}
	c.prepare(t, t.parent, c.ses.columns...)
	c.ses.turns = append(c.ses.turns, t)
	c.ses.tip = len(c.ses.turns)
	c.run(c.ses.tip)(c.b.Put(c.Context(), Question{Text: t.text, Instead: instead}))
}

func (c *conversation) word(kind string) string {
	c.words++
	return fmt.Sprintf("%s%d", kind, c.words)
}

// prepare gives columns models that answer as the dice say, and notes what they
// must be told.
func (c *conversation) prepare(t *plainTurn, after int, columns ...int) {
	for _, column := range columns {
		model := "mock:ttft=1,tps=0,n=4,end=" + c.word("answer")
		switch c.dice.IntN(6) {
		case 0:
			model = "mock:ttft=1,tps=0,n=4,err=500,id=" + c.word("failure")
		case 1:
			model = "mock:ttft=1,tps=0,n=40,err=cut@6,id=" + c.word("cut")
		case 2:
			model = "mock:ttft=1,tps=0,n=40,err=stall@6,id=" + c.word("stopped")
		}
		c.b.SetModel(column, providers.Ref{Provider: c.ses.models[column], Model: model})
		var told strings.Builder
		for _, id := range c.ses.path(after) {
			earlier := c.ses.turn(id)
			if a, ok := c.ses.shows(earlier, column); ok && a.told {
				fmt.Fprintf(&told, "user: %s\nassistant: %s\n", earlier.text, a.text)
			}
		}
		c.asked[model] = told.String() + "user: " + t.text + "\n"
	}
}

// run hears a run to its end, stops what stalls, and notes what was said.
func (c *conversation) run(turn int) func(*Run, error) {
	return func(r *Run, err error) {
		c.Helper()
		if err != nil {
			c.Fatal(err)
		}
		finals, t := map[Pick]*Answer{}, c.ses.turn(turn)
		for news := range r.All() {
			for _, n := range news {
				if n.Final != nil {
					finals[Pick{n.Column, n.Take}] = n.Final
				}
				s := c.b.Session()
				if col, _ := s.Column(n.Column); n.Text != "" && n.Final == nil && strings.Contains(col.Model.Model, "stall") {
					r.Stop(n.Column)
				}
			}
		}
		for _, p := range r.Picks() {
			a := finals[p]
			if want(c, "take", len(t.answers[p.Column])+1, p.Take); a.Finish == "" {
				c.Fatalf("%+v has not ended", p)
			}
			told := a.Text != "" && (a.Finish == providers.Finished || a.Finish == providers.Cancelled)
			t.answers[p.Column] = append(t.answers[p.Column], plainAnswer{text: a.Text, told: told, ended: true})
		}
	}
}

// listen compares everything that the server was told.
func (c *conversation) listen() {
	c.Helper()
	resp, err := http.Get(c.mock + "/_mock/log")
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close()
	heard := map[string]bool{}
	for lines := json.NewDecoder(resp.Body); ; {
		var line struct {
			Model string
			Turns []struct{ Role, Text string }
		}
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			c.Fatal(err)
		}
		must, ok := c.asked[line.Model]
		if !ok {
			continue // of somebody else's
		}
		var told strings.Builder
		for _, turn := range line.Turns {
			fmt.Fprintf(&told, "%s: %s\n", strings.Replace(turn.Role, "model", "assistant", 1), turn.Text)
		}
		if heard[line.Model] = true; told.String() != must {
			c.Errorf("%s was told\n%sinstead of\n%s", line.Model, told.String(), must)
		}
	}
	for model := range c.asked {
		if !heard[model] {
			c.Errorf("%s was never asked", model)
		}
	}
	if n := slices.MaxFunc(c.ses.turns, func(x, y *plainTurn) int { return len(x.answers) - len(y.answers) }); len(n.answers) != 4 {
		c.Error("not every column was asked")
	}
}
