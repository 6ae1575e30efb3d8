package cli

import (
	"io"
	"slices"
	"strings"
	"time"

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
				if _, err := io.WriteString(a.out, bareBash); err != nil {
					return err
				}
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

// bareBash is what the script for bash wants of the package bash-completion, for
// whoever has not installed it: cur, prev, words and cword of the line up to the
// cursor. Bash takes words apart at each : and =, which a model's name may hold.
const bareBash = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
_get_comp_words_by_ref()
{
    local i rest=${COMP_LINE:0:COMP_POINT}
    words=()
    cword=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        if ((cword < 0)) || [[ -z ${COMP_WORDS[i]} || $rest == [[:space:]]* ]]; then
            ((cword++))
            words[cword]=
        fi
        words[cword]+=${COMP_WORDS[i]}
        rest=${rest#"${rest%%[![:space:]]*}"}
        rest=${rest#"${COMP_WORDS[i]}"}
    done
    cur=${words[cword]}
    prev=${words[cword > 0 ? cword - 1 : 0]}
}
fi

`

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

// patienceToComplete is how long tab waits for another process that has the
// store. The workbench has it for milliseconds at a time.
const patienceToComplete = 300 * time.Millisecond

// completeSessions offers the newest sessions with their titles.
func (a *app) completeSessions(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const most = 50
	all, err := sessions.ListSoon(a.storePath(), sessions.Listing{Shelf: sessions.Every, ByTime: true, Limit: most}, patienceToComplete)
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
	all, err := sessions.ListSoon(a.storePath(), sessions.Listing{Shelf: sessions.Every, ByTime: true, Limit: most}, patienceToComplete)
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
