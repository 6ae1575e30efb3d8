package cli

import (
	"context"
	"errors"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// warmUp has the local models of columns, or with nil of all, loaded before they
// are timed, and says what each took. One that can't be is told of, and asked all
// the same: its answer says why.
func (a *app) warmUp(ctx context.Context, b *sessions.Bench, only []int, files []*prompts.Attachment) error {
	run, err := b.Warm(ctx, only, files...)
	if errors.Is(err, sessions.ErrNoneLocal) {
		a.say("--warm: none of the models is local, so there is nothing to warm up")
		return nil
	}
	if err != nil {
		return err
	}
	for n := range each(run) {
		f := n.Final
		if f == nil {
			continue
		}
		name := plain.Line(f.Model.String())
		switch {
		case f.Finish == providers.Cancelled:
			a.say("%d %s: not warmed up", f.Column, name)
		case f.Error != nil:
			a.say("%d %s: not warmed up: %s", f.Column, name, plain.Line(f.Error.Message))
		case f.Server.Load != nil:
			a.say("%d %s: warm after %s, load %s", f.Column, name, sessions.Seconds(f.Timing.Wall), sessions.Seconds(*f.Server.Load))
		default:
			a.say("%d %s: warm after %s", f.Column, name, sessions.Seconds(f.Timing.Wall))
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
