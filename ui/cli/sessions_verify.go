package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"juxta/sessions/plain"
	"juxta/sessions/transfer"
)

func (a *app) sessionsVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE...", Short: "Say whether capsules are intact", Args: some("FILE"),
		Long: `Read capsules to their last byte and say whether they are what was exported:
every member by its SHA-256, and every byte as juxta would write it. The root that
is printed is one hash over all of it: whoever has it from elsewhere, from a paper
or a message, knows that this is the same capsule. The exit code is 2 for the first
that is not intact.`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.verify(cmd.Context(), args) },
	}
}

func (a *app) verify(ctx context.Context, files []string) error {
	for _, file := range files {
		is, err := transfer.Verify(ctx, file)
		var unreadable *transfer.Unreadable
		switch {
		case errors.As(err, &unreadable):
			return usage(unreadable.Advice(), "%w", err)
		case err != nil:
			return err
		case a.json:
			err = a.printJSON(is)
		default:
			_, err = fmt.Fprintf(a.out, "intact  %s  %s\n", is.Root, plain.Line(file))
			a.say("%s: %d members, %d bytes: %s, %s, %s", plain.Line(file), is.Members, is.Bytes,
				things(is.Sessions, "session"), things(is.Turns, "turn"), things(is.Answers, "answer"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
