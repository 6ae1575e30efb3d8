package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
)

func (a *app) sessionsTag() *cobra.Command {
	c := &cobra.Command{
		Use: "tag SESSION... [+TAG] [-TAG]...", Short: "Tag sessions, or show their tags", Args: some("SESSION... +TAG"),
		Long: `Add tags to sessions with +TAG and remove them with -TAG, from all of the sessions
or, if something is wrong, from none. Without a tag the tags are shown. A tag is one
word of letters, digits and - _ . / @ +; capitals make no difference.`,
		Example: `juxta sessions tag 01J9 +pins -draft
juxta sessions list --tag pins`,
		ValidArgsFunction: a.completeTags,
		RunE: func(c *cobra.Command, args []string) error {
			prefixes, add, remove, err := tagArgs(c, args)
			if err != nil {
				return err
			}
			return a.tagSessions(prefixes, add, remove)
		},
	}
	c.Flags().SetInterspersed(false) // -draft is a tag, once a session is named
	return c
}

// tagArgs takes sessions and tags apart, and whatever flags stand among them.
func tagArgs(c *cobra.Command, args []string) (prefixes, add, remove []string, err error) {
	for i := 0; i < len(args); i++ {
		word := args[i]
		switch {
		case word == "--":
		case strings.HasPrefix(word, "--"):
			given := []string{word}
			f := c.Flags().Lookup(strings.SplitN(word[2:], "=", 2)[0])
			if f != nil && f.NoOptDefVal == "" && !strings.Contains(word, "=") && i+1 < len(args) { // its value follows
				i++
				given = append(given, args[i])
			}
			if err := c.Flags().Parse(given); err != nil {
				return nil, nil, nil, wrongFlag(c, err)
			}
		case strings.HasPrefix(word, "+"):
			add = append(add, word[1:])
		case strings.HasPrefix(word, "-"):
			remove = append(remove, word[1:])
		default:
			prefixes = append(prefixes, word)
		}
	}
	for _, word := range append(add, remove...) {
		if _, err := sessions.Tag(word); err != nil {
			return nil, nil, nil, usage("write +TAG to add one and -TAG to remove one", "%w", err)
		}
	}
	if len(prefixes) == 0 {
		return nil, nil, nil, usage("juxta sessions tag SESSION... +TAG", "juxta sessions tag needs SESSION")
	}
	return prefixes, add, remove, nil
}

func (a *app) tagSessions(prefixes, add, remove []string) error {
	store, ids, err := a.several(prefixes)
	if err != nil {
		return err
	}
	defer store.Close()
	if len(add)+len(remove) > 0 {
		if err := store.Tag(ids, add, remove); err != nil {
			return err
		}
	}
	return a.summaries(store, ids, func(s *sessions.Session) string {
		words := tagWords(s)
		if words == "" {
			words = "no tags"
		}
		return string(s.ID) + "  " + words + "  " + s.Words()
	})
}

// completeTags offers sessions, and behind a + or a - tags.
func (a *app) completeTags(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if !strings.HasPrefix(begun, "+") && !strings.HasPrefix(begun, "-") {
		return a.completeSessions(c, args, begun)
	}
	tags := a.knownTags()
	for i, t := range tags {
		tags[i] = begun[:1] + t
	}
	return tags, cobra.ShellCompDirectiveNoFileComp
}
