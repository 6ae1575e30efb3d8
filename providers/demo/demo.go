// Package demo is the simulated provider that is built into juxta: it shows a
// newcomer what the bench does before any model is installed or paid for, and
// it is the test double of the whole project.
//
// Its model of the world: a question becomes a [plan], which says what is
// answered, at which pace, and how that ends; playing the plan yields the
// events. Two models are listed, swift and sage, whose answers are canned and
// say so: swift sees, as far as a picture can be told of without a model, and
// sage thinks. Any name that starts with "script:" is a model, too, and its name is
// its plan:
//
//	script:ttft=200,tps=50,n=120,text=md
//	script:err=rate_limitx2,retry=1.5,say=Hello%2C+world
//
//	ttft=MS       milliseconds from Sent to the first token; 0
//	tps=N         tokens per second after it; 0 is as fast as possible
//	chunk=N       tokens per event; 1
//	load=MS       a Notice "loading" and this wait come before Sent, which says
//	              that the model was not in memory; MSxN with the first N requests
//	              for this name, and those after them say that it was
//	think=N       tokens of thoughts before the answer; 0
//	text=KIND     plain, md, cjk, emoji, long or hostile
//	n=N           tokens of the answer, its text repeated or cut; the text once
//	say=TEXT      the answer itself, URL-escaped; n only cuts it
//	echo=1        the answer is what the model was told, see [transcript]
//	finish=WHY    stop, length, refusal (in Refusal events) or tool (calls one)
//	nousage=1     no usage is reported
//	blind=1       pictures are refused before anything is sent, as are other files
//	err=KIND      fails with any [providers.Kind]; cut ends without a Stop, hang
//	              waits for ctx. KIND@N fails after N tokens of output, KINDxN
//	              fails the first N requests for this name and then no more
//	status=N      the error's HTTP status; what is usual for its kind
//	retry=SECONDS the error's RetryAfter; fractions allowed
//
// A token is the longest run of whole characters that fits four bytes, so
// usage is exact by a rule that a test can apply. Every output token is stamped
// when it is due, however late its reader comes for it: the first at ttft, the
// k-th (k-1)/tps later.
package demo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"

	"juxta/providers"
)

// window and output are the two models' limits in tokens.
const (
	swiftWindow, swiftOutput = 8192, 1024
	sageWindow, sageOutput   = 32768, 4096
)

type provider struct {
	endpoint providers.Endpoint

	mu       sync.Mutex
	requests map[string]int // so far, by the name of a script that fails or loads a number of times
}

// New makes the simulated provider. It needs no address and no key.
func New(e providers.Endpoint) (providers.Provider, error) {
	if e.Name == "" {
		return nil, errors.New("the simulated provider needs a name")
	}
	return &provider{endpoint: e, requests: map[string]int{}}, nil
}

func (p *provider) Name() string { return p.endpoint.Name }

// Models lists swift and sage: one that sees, and one that does not, so that a
// newcomer meets both.
func (p *provider) Models(context.Context) ([]providers.Model, error) {
	model := func(name string, window, output int, sees, thoughts bool) providers.Model {
		return providers.Model{
			Ref:     providers.Ref{Provider: p.endpoint.Name, Model: name},
			Context: window,
			Output:  output,
			Can: providers.Abilities{
				Images: providers.Supported(sees), Thoughts: providers.Supported(thoughts),
				Tools: providers.No, Audio: providers.No, Documents: providers.No,
			},
			Local: p.endpoint.Local,
			Price: &providers.Price{Source: providers.Free}, Accepts: accepts(thoughts),
		}
	}
	return []providers.Model{
		model("swift", swiftWindow, swiftOutput, true, false),
		model("sage", sageWindow, sageOutput, false, true),
	}, nil
}

func (p *provider) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		pl, err := p.plan(req)
		if err != nil {
			yield(nil, err)
			return
		}
		pl.play(ctx, yield)
	}
}

// plan decides everything about the answer before anything is sent.
func (p *provider) plan(req providers.Request) (*plan, error) {
	fail := func(kind providers.Kind, hint string, err error) error {
		return &providers.Error{
			Op: "asking", Ref: providers.Ref{Provider: p.endpoint.Name, Model: req.Model},
			Kind: kind, Hint: hint, Err: err,
		}
	}
	var pl *plan
	if text, ok := strings.CutPrefix(req.Model, "script:"); ok {
		s, err := parse(text)
		if err != nil {
			return nil, fail(providers.Unsupported, "write it like script:ttft=200,tps=50,say=Hello; the documentation of providers/demo lists the keys", err)
		}
		if hint, what := refusal(req, false); s.blind && what != nil {
			return nil, fail(providers.Unsupported, hint, what)
		}
		pl = s.plan(req)
		pl.sent = req.Params // a script is a double of whoever takes them
		if s.times > 0 || s.loads > 0 {
			n := p.asked(req.Model)
			if s.times > 0 && n > s.times {
				pl.failure = nil
			}
			if s.loads > 0 && n > s.loads {
				pl.load, pl.resident = 0, true
			}
		}
	} else {
		hint, what := refusal(req, req.Model == "swift")
		switch {
		case req.Model != "swift" && req.Model != "sage":
			return nil, fail(providers.NotFound, "the simulated models are swift and sage", errors.New("no such simulated model"))
		case what != nil:
			return nil, fail(providers.Unsupported, hint, what)
		case req.Model == "swift":
			pl = swift(req)
		default:
			pl = sage(req)
		}
		pl.sent, pl.notice = settle(req, req.Model == "sage")
		if req.Schema != nil {
			return nil, fail(providers.Unsupported, "choose a real model, or leave the schema out", errors.New("a simulated model can't answer by a schema"))
		}
	}
	pl.ref = providers.Ref{Provider: p.endpoint.Name, Model: req.Model}
	pl.input = told(req)
	if pl.window > 0 && pl.input > pl.window {
		pl.failure = &failure{kind: providers.ContextFull, status: usualStatus[providers.ContextFull], err: fmt.Errorf("%d tokens in a window of %d", pl.input, pl.window)}
	}
	pl.limit(req.Params.MaxTokens)
	return pl, nil
}

// asked counts this request and says how many there were.
func (p *provider) asked(model string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests[model]++
	return p.requests[model]
}
