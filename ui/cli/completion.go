package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	list := strings.Join(shells, "|")
	return &cobra.Command{
		Use: "completion " + list, Short: "Print what makes a shell complete juxta's commands, models and sessions",
		Example: `source <(juxta completion bash)
juxta completion zsh > "${fpath[1]}/_juxta"
juxta completion fish > ~/.config/fish/completions/juxta.fish`,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usage("juxta completion "+list, "juxta completion needs the name of one shell")
			case !slices.Contains(shells, args[0]):
				return usage("juxta completion "+list, "there is no completion for %q", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(a.out, true)
			case "zsh":
				return c.Root().GenZshCompletion(a.out)
			case "fish":
				return c.Root().GenFishCompletion(a.out, true)
			}
			return c.Root().GenPowerShellCompletionWithDesc(a.out)
		},
	}
}

// completeModels offers the models on devices of ours, and of everybody else
// what they listed before: nobody out there is asked while somebody types.
func (a *app) completeModels(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	_, n, err := a.setup()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	models := a.list(c.Context(), n, here, patienceToHint)
	answered := map[string]bool{}
	for _, m := range models {
		answered[m.Ref.Provider] = true
	}
	for _, m := range a.catalogue(n).recall() {
		if !answered[m.Ref.Provider] {
			models = append(models, m)
		}
	}
	var names []cobra.Completion
	for _, m := range models {
		names = append(names, plain.Line(m.Ref.String()))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeSessions offers the newest sessions with their titles.
func (a *app) completeSessions(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const most = 50
	store, err := sessions.Open(a.storePath())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	defer store.Close()
	all, err := store.List(sessions.Listing{Shelf: sessions.Every, ByTime: true, Limit: most})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []cobra.Completion
	for _, s := range all {
		ids = append(ids, cobra.CompletionWithDesc(string(s.ID), plain.Line(s.Title)))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// knownTags are the tags of the newest sessions, in alphabetical order.
func (a *app) knownTags() []cobra.Completion {
	const most = 1000
	store, err := sessions.Open(a.storePath())
	if err != nil {
		return nil
	}
	defer store.Close()
	all, err := store.List(sessions.Listing{Shelf: sessions.Every, ByTime: true, Limit: most})
	if err != nil {
		return nil
	}
	var tags []cobra.Completion
	for _, s := range all {
		for _, t := range s.Tags {
			tags = append(tags, plain.Line(t))
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}
