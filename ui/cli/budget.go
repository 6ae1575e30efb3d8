package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/sessions"
)

// A budget is what may be spent, as flags say it.
type budget struct {
	limit     *providers.Money // nil for no limit
	uncounted bool             // models whose cost can't be told are asked under it
}

func (u *budget) flags(c *cobra.Command, what string) {
	f := c.Flags()
	f.Func("max-cost", "send nothing that would bring "+what+" above `USD` dollars, by estimate; what runs by then ends", u.set)
	f.BoolVar(&u.uncounted, "allow-unknown-cost", false, "under --max-cost, ask models whose cost can't be told, too")
}

// set is what --max-cost says.
func (u *budget) set(text string) error {
	limit, err := providers.ParseDollars(strings.TrimPrefix(strings.TrimSpace(text), "$"))
	if err != nil {
		return fmt.Errorf("it is an amount of dollars such as 0.05: %w", err)
	}
	u.limit = &limit
	return nil
}

// check is the flags together.
func (u *budget) check() error {
	if u.uncounted && u.limit == nil {
		return usage("give --max-cost USD, too, or leave it out", "--allow-unknown-cost allows what only --max-cost forbids")
	}
	return nil
}

// refuse reports a question that is not sent as failed answers: in JSON a line
// of each column, with what every one of them would have said. Nothing was kept.
func (q *ask) refuse(b *sessions.Bench, err error) error {
	var over *sessions.OverBudget
	if !errors.As(err, &over) {
		return err
	}
	hint := "raise --max-cost, ask fewer models, or bound the answers with -o max_tokens=N"
	if over.Cost == 0 {
		hint = "set a price in the configuration, or ask all the same with --allow-unknown-cost"
	}
	if q.json {
		s := b.Session()
		for _, c := range s.Shown() {
			a := sessions.Answer{
				Column: c.ID, Take: 1, Model: c.Model, Finish: providers.Failed, Params: c.Params,
				Error: &sessions.Failure{Kind: providers.Quota, Message: err.Error(), Hint: hint},
			}
			if err := q.printJSON(a.Record("", 0)); err != nil && !errors.Is(err, errUnread) {
				return err
			}
		}
	}
	return &mistake{exitFailed, err, hint}
}

// unpriced reports whether the price of a model that somebody takes money for is
// not known yet.
func unpriced(reg *providers.Registry, refs []providers.Ref) bool {
	return slices.ContainsFunc(refs, func(r providers.Ref) bool {
		m := reg.Model(r)
		return m.Price == nil && !m.Local
	})
}
