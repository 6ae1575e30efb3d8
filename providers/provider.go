// Package providers is the vocabulary of juxta: what a provider is, what it is
// asked, what it answers, what that costs and how long it took.
//
// Its model of the world: a [Provider] turns a [Request] into a sequence of
// [Event] values. [Retry] asks again while nothing has been said, [Meter] folds
// the events' time stamps into a [Timing], and a [Registry] knows every
// provider that is configured. Nothing here knows sessions or screens, and
// nothing here reads a network: the folders below do.
package providers

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
)

// A Provider answers requests with one family of models. It is safe for
// concurrent use and keeps no conversation.
type Provider interface {
	// Name is the Provider half of a [Ref].
	Name() string

	// Models lists the models that can be asked now.
	Models(ctx context.Context) ([]Model, error)

	// Stream asks one question. Nothing is sent until the sequence is ranged
	// over, and it may be ranged over once. It yields [Sent] when the request
	// leaves, then [Notice], [Counted], [Thought], [Delta], [Refusal] and [ToolCall]
	// events, each stamped when its bytes arrived, and ends in exactly one of
	// two ways: with a [Stop], or with a pair whose error is not nil (an
	// [*Error]). A Notice may also come before Sent. Leaving the loop, or
	// cancelling ctx, closes the connection first. It never retries.
	Stream(ctx context.Context, req Request) iter.Seq2[Event, error]
}

// A Puller is a provider that fetches models onto a device of ours.
type Puller interface {
	// Pull fetches a model and yields how far that is. It ends when the model can
	// be asked, or with a pair whose error is not nil (an [*Error]). Leaving the
	// loop, or cancelling ctx, stops it: what has come by then stays, and the next
	// Pull goes on from there.
	Pull(ctx context.Context, model string) iter.Seq2[Pulled, error]
}

// Pulled is how far a Pull is, in bytes of all files that are known by now; the
// total is 0 before the first one is.
type Pulled struct {
	Doing       string // the provider's own words
	Done, Total int64
}

// A Ref names a model the way people type it, such as "ollama/gemma3:4b".
// Model may hold any character, slashes included.
type Ref struct {
	Provider string `json:"provider"`
	Model    string `json:"model"`
}

func (r Ref) String() string { return r.Provider + "/" + r.Model }

// ParseRef splits s at its first slash. Both halves must be there.
func ParseRef(s string) (Ref, error) {
	provider, model, ok := strings.Cut(s, "/")
	if !ok || provider == "" || model == "" {
		return Ref{}, fmt.Errorf("%q is not provider/model", s)
	}
	return Ref{provider, model}, nil
}

// A Model describes one model that a provider offers.
type Model struct {
	Ref     Ref
	Context int // window in tokens, prompt and answer together; 0 if unknown
	Output  int // most tokens of one answer; 0 if unknown
	Can     Abilities
	Local   bool      // runs on a device of ours, so it competes with its neighbours
	Licence string    // "" if unknown
	Digest  string    // of the weights, for local models; "" if unknown
	Size    int64     // bytes on the disk; 0 if unknown
	Price   *Price    // nil is unknown, which is not the same as free
	Vision  Vision    `json:"-"` // nil if nobody knows how it looks at pictures
	Accepts []Knob    // parameters that are sent to it, in the order of [Params]; nil if unknown
	Seen    time.Time // when its provider last listed it; zero if it did not
}

// Abilities say what a model accepts and does.
// Documents are PDF files.
type Abilities struct{ Images, Thoughts, Tools, Audio, Documents Support }

// Support says whether a model has an ability. Its zero value is Unknown.
type Support uint8

// Degrees of support.
const (
	Unknown Support = iota
	No
	Yes
)

// Supported turns a provider's own yes or no into a Support.
func Supported(ok bool) Support {
	if ok {
		return Yes
	}
	return No
}

func (s Support) String() string { return [...]string{"unknown", "no", "yes"}[s] }
