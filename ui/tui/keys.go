package tui

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// scope is where a key means a command.
type scope uint8

const (
	overAll    scope = iota // with an overlay on top, too
	anywhere                // where no overlay is
	inComposer              // while the composer has the keys
	inPanes                 // while the panes have them
	inBrowser               // while the list of sessions has them
	inReplay                // while a recorded session is played, before inPanes
	inBooth                 // while somebody votes
	inVerdict               // while the verdict is on the screen; the last one
)

// A command is something the user can do: it has a line in the help and in the
// palette, and mostly a key.
type command struct {
	id    string   // its name in the configuration, which never changes; a line may share it with one of another scope that does the same
	keys  []string // as Bubble Tea names them; the first is shown
	scope scope
	help  string
	do    func(*Model) tea.Cmd
	short string // in the status line; "" for not there; "a b  words" shows the keys of a and b
}

// commands is what there is to do, in the order of the help, with the keys that
// it has unless the user binds others; see Keymap. What has none types, in the
// composer.
func commands() []command {
	all := []command{
		{"send", []string{"enter"}, inComposer, "send the question to every column", (*Model).ask, "send"},
		{"newline", []string{"alt+enter", "ctrl+j", "shift+enter"}, inComposer, "new line", (*Model).newline, ""},
		{"panes", []string{"tab"}, inComposer, "go to the panes", (*Model).toPanes, "panes"},
		{"attach", []string{"ctrl+t"}, anywhere, "attach files: find, preview, order, remove", (*Model).pickFile, "attach"},
		{"paste", []string{"ctrl+v", "alt+v"}, anywhere, "paste a picture from the clipboard", (*Model).pasteClipboard, ""},
		{"pictures", []string{"f2"}, anywhere, "show or hide the pictures above the panes", (*Model).toggleStage, ""},
		{"same_pixels", []string{"f3"}, anywhere, "scale pictures once, so that every model gets the same pixels", (*Model).samePixels, ""},
		{"picture", []string{"f4"}, anywhere, "show a picture on the whole screen", (*Model).openPicture, ""},
		{"model", []string{"ctrl+l"}, anywhere, "choose a model for the current column", openly((*Model).pickModel), "models"},
		{"sessions", []string{"ctrl+s"}, anywhere, "sessions: find an earlier one by what was said, open it", (*Model).browse, "sessions"},
		{"blind", []string{"ctrl+g"}, anywhere, "blind mode: no names before the vote", settled((*Model).toggleBlind), ""},
		{"prompts", []string{"f5"}, anywhere, "prompts of the library: find one and fill it in", (*Model).pickPrompt, ""},
		{"keep_prompt", []string{"f7"}, anywhere, "keep the question as a prompt of the library", (*Model).keepPrompt, ""},
		{"back", []string{"esc"}, overAll, "close, stop the column, or go back", (*Model).escape, ""},
		{"stop_all", []string{"ctrl+x"}, anywhere, "stop all columns", (*Model).stopAll, ""},
		{"regenerate", []string{"ctrl+r"}, anywhere, "ask the current column again", openly((*Model).again), ""},
		{"only", []string{"f6"}, anywhere, "ask only the current column, then only the next one, then all again", (*Model).onlyNext, ""},
		{"page_up", []string{"pgup"}, anywhere, "scroll up", (*Model).pageUp, ""},
		{"page_down", []string{"pgdown"}, anywhere, "scroll down", (*Model).pageDown, ""},
		{"editor", []string{"ctrl+o"}, anywhere, "write in $EDITOR", (*Model).editor, ""},
		{"commands", []string{"f1", "ctrl+\\"}, anywhere, "all commands", (*Model).palette, "all commands"},
		{"get_model", []string{"f8"}, anywhere, "get a small model for this machine through Ollama, or look again for models", (*Model).getModel, ""},
		{"theme", []string{"f9"}, anywhere, "choose a theme: colours", (*Model).pickTheme, ""},
		{"suspend", []string{"ctrl+z"}, overAll, "suspend", suspend, ""},
		{"quit", []string{"ctrl+c"}, overAll, "quit; everything is saved", quit, ""},

		{"write", []string{"tab", "i"}, inPanes, "back to the composer", (*Model).toComposerCmd, "write"},
		{"next_column", []string{"l", "right"}, inPanes, "next column", (*Model).nextPane, ""},
		{"previous_column", []string{"h", "left"}, inPanes, "column before", (*Model).previousPane, "previous_column next_column  column"},
		{"line_down", []string{"j", "down"}, inPanes, "scroll down a line", (*Model).lineDown, ""},
		{"line_up", []string{"k", "up"}, inPanes, "scroll up a line", (*Model).lineUp, "line_down line_up  scroll"},
		{"first_turn", []string{"g", "home"}, inPanes, "first turn loaded", (*Model).first, ""},
		{"last_turn", []string{"G", "end"}, inPanes, "newest turn", (*Model).last, ""},
		{"previous_turn", []string{"["}, inPanes, "turn before", (*Model).turnBefore, "previous_turn next_turn  turn"},
		{"next_turn", []string{"]"}, inPanes, "next turn", (*Model).turnAfter, ""},
		{"zoom", []string{"z"}, inPanes, "zoom the current column", (*Model).toggleZoom, "zoom"},
		{"differences", []string{"d"}, inPanes, "show the differences between two columns", (*Model).compareColumns, "diff"},
		{"thoughts", []string{"t"}, inPanes, "fold or unfold thoughts", (*Model).toggleThoughts, "thoughts"},
		{"reveal", []string{"enter"}, inPanes, "show who answered a blind turn; elsewhere its picture", (*Model).reveal, ""},
		{"stop", []string{"x"}, inPanes, "stop the current column, or skip its wait", (*Model).stopCurrent, ""},
		{"regenerate", []string{"r"}, inPanes, "ask the current column again", openly((*Model).again), ""},
		{"regenerate_all", []string{"R"}, inPanes, "ask every column again", openly((*Model).againAll), ""},
		{"again_with", []string{"M"}, inPanes, "ask the session's turns again of other models, beside the answers", settled((*Model).againWith), ""},
		{"retry", []string{"f"}, inPanes, "ask those again whose answer failed or was cut off", openly((*Model).retry), ""},
		{"previous_take", []string{"<", ","}, inPanes, "the take before of the current answer: it stands, and is told next", openly((*Model).previousTake), ""},
		{"next_take", []string{">", "."}, inPanes, "the next take of the current answer", openly((*Model).nextTake), ""},
		{"samples", []string{"#"}, inPanes, "samples: several answers of a column to this question", openly((*Model).sample), ""},
		{"previous_branch", []string{"{"}, inPanes, "the branch before at this turn ⑂", (*Model).previousBranch, ""},
		{"next_branch", []string{"}"}, inPanes, "the next branch at this turn ⑂", (*Model).nextBranch, ""},
		{"fork", []string{"F"}, inPanes, "fork: a session of its own that begins with the turns up to this one", (*Model).fork, ""},
		{"adopt", []string{"A"}, inPanes, "have all columns go on from the current answer, or each from its own again", openly((*Model).adopt), ""},
		{"only", []string{"o"}, inPanes, "ask only the current column, or all again", openly((*Model).onlyThis), ""},
		{"copy", []string{"c"}, inPanes, "copy the current answer", (*Model).copyAnswer, "copy"},
		{"copy_code", []string{"C"}, inPanes, "copy a block of code of the current answer", (*Model).copyCode, ""},
		{"copy_turn", []string{"Y"}, inPanes, "copy the turn as Markdown: question, answers, figures", (*Model).copyTurn, ""},
		{"search", []string{"/"}, inPanes, "search in the session", (*Model).search, "search"},
		{"next_disagreement", []string{"n"}, inPanes, "next turn in which the answers disagree", (*Model).nextDisagreement, ""},
		{"previous_disagreement", []string{"N"}, inPanes, "turn before in which the answers disagree", (*Model).previousDisagreement, "next_disagreement previous_disagreement  disagreement"},
		{"edit", []string{"e"}, inPanes, "edit the question, to ask it in the place of this turn: a branch", (*Model).edit, "edit"},
		{"model", []string{"m"}, inPanes, "choose a model for the current column", openly((*Model).pickModel), "model"},
		{"settings", []string{"p"}, inPanes, "settings of the current column", openly((*Model).settings), "settings"},
		{"presets", []string{"P"}, inPanes, "presets: settings by name", openly((*Model).pickPreset), ""},
		{"baseline", []string{"b", "*"}, inPanes, "make the current column the baseline ★", openly((*Model).toggleBaseline), ""},
		{"scores", []string{"s"}, inPanes, "scoreboard: votes, costs and times of this session", (*Model).scoreboard, "scores"},
		{"verdict", []string{"v"}, inPanes, "verdict: whether a model is good enough, what it saves, and how sure that is", (*Model).openVerdict, "verdict"},
		{"add", []string{"a"}, inPanes, "add a column", openly((*Model).addColumn), "add"},
		{"duplicate", []string{"D"}, inPanes, "duplicate the current column", openly((*Model).duplicate), ""},
		{"remove", []string{"X"}, inPanes, "remove the current column", openly((*Model).remove), ""},
		{"restore", []string{"U"}, inPanes, "bring back the column that was removed last", openly((*Model).restore), ""},
		{"move_left", []string{"H"}, inPanes, "move the column to the left", openly((*Model).moveLeft), ""},
		{"move_right", []string{"L"}, inPanes, "move the column to the right", openly((*Model).moveRight), ""},
		{"system", []string{"S"}, inPanes, "system prompt of all columns", settled((*Model).system), ""},
		{"warm_up", []string{"W"}, inPanes, "warm up the local models, so that no answer waits for a load", openly((*Model).warmUp), ""},
		{"race", []string{"!"}, inPanes, "race: local models answer at once, or one after the other again", settled((*Model).race), ""},
		{"budget", []string{"$"}, inPanes, "budget: what the session may cost", settled((*Model).budget), ""},
		{"new_session", []string{"ctrl+n"}, inPanes, "new session with the same columns", (*Model).newSession, ""},
		{"note", []string{"w"}, inPanes, "write a note on the turn", settled((*Model).note), ""},
		{"vote_tie", []string{"="}, inPanes, "vote: all are alike", (*Model).allTie, ""},
		{"vote_bad", []string{"0"}, inPanes, "vote: all are bad", (*Model).allBad, ""},
		{"unvote", []string{"u"}, inPanes, "take the vote back", (*Model).takeBack, ""},
		{"commands", []string{"?"}, inPanes, "all commands", (*Model).palette, "all"},

		{"search_sessions", []string{"/", "i"}, inBrowser, "search the sessions", inSessions((*browser).write), ""},
		{"mark_session", []string{"space"}, inBrowser, "mark the session: what is done next is done with all that are marked", inSessions((*browser).mark), "marks"},
		{"rename_session", []string{"r"}, inBrowser, "rename the session", withSessions((*Model).renameSession), "rename"},
		{"tag_sessions", []string{"t"}, inBrowser, "tag sessions", withSessions((*Model).tagSessions), "tag"},
		{"pin_sessions", []string{"p"}, inBrowser, "pin sessions ahead of the others, or not", withSessions((*Model).pinSessions), "pin"},
		{"archive_sessions", []string{"a"}, inBrowser, "archive sessions, or put them back", withSessions((*Model).archiveSessions), "archive"},
		{"fork_session", []string{"f"}, inBrowser, "fork the session: one of its own that begins with its turns", withSessions((*Model).forkSession), ""},
		{"merge_sessions", []string{"m"}, inBrowser, "merge: append the turns of the marked sessions to the chosen one", withSessions((*Model).mergeSessions), ""},
		{"export_sessions", []string{"e"}, inBrowser, "export: write sessions to a file", withSessions((*Model).exportSessions), "export"},
		{"again_with", []string{"M"}, inBrowser, "ask the session's turns again of other models, beside the answers", withSessions((*Model).againInBrowser), ""},
		{"delete_sessions", []string{"d", "delete"}, inBrowser, "delete sessions, which can be undone until juxta is left", withSessions((*Model).deleteSessions), "delete"},
		{"undo_sessions", []string{"u"}, inBrowser, "undo what was done to sessions last", withSessions((*Model).undoSessions), "undo"},
		{"shelf", []string{"A"}, inBrowser, "show the archived sessions, those that wait to be deleted, or the current ones", inSessions((*browser).nextShelf), "archived"},
		{"new_session", []string{"n"}, inBrowser, "new session with the same columns", withSessions((*Model).leaveForNew), "new"},
		{"pause_replay", []string{"space", "p"}, inReplay, "replay: pause, or go on", inReplays((*Model).pauseReplay), "pause"},
		{"slower_replay", []string{"<", ","}, inReplay, "replay: half as fast", inReplays((*Model).slowerReplay), ""},
		{"faster_replay", []string{">", "."}, inReplay, "replay: twice as fast", inReplays((*Model).fasterReplay), "slower_replay faster_replay  slower, faster"},
		{"skip_turn", []string{"n", "enter"}, inReplay, "replay: the rest of the turn at once, or else the next turn", inReplays((*Model).skipTurn), "next"},
		{"end_replay", []string{"q"}, inReplay, "replay: end it", inReplays(func(m *Model, _ *sessions.Pace) tea.Cmd { return quit(m) }), "end"},
		{"commands", []string{"?"}, inBrowser, "all commands", (*Model).palette, ""},

		{"left_better", []string{"1"}, inBooth, "voting: the left answer is better, or it alone passes", inBooths(choose(sessions.LeftBetter)), "left_better right_better  better"},
		{"right_better", []string{"2"}, inBooth, "voting: the right answer is better, or it alone passes", inBooths(choose(sessions.RightBetter)), ""},
		{"both_alike", []string{"="}, inBooth, "voting: both are alike, or pass", inBooths(choose(sessions.Alike)), "alike"},
		{"both_bad", []string{"0"}, inBooth, "voting: both are bad, or none passes", inBooths(choose(sessions.BothBad)), "both bad"},
		{"skip_pair", []string{"s"}, inBooth, "voting: skip the pair, which comes back at the end", inBooths((*booth).skip), "skip"},
		{"undo_vote", []string{"u"}, inBooth, "voting: take the last vote back", inBooths((*booth).undo), "undo"},
		{"whole_question", []string{"e"}, inBooth, "voting: show the whole question, or the answers again", inBooths((*booth).whole), ""},
		{"commands", []string{"?"}, inBooth, "all commands", (*Model).palette, ""},

		{"smaller_volume", []string{"h", "left"}, inVerdict, "verdict: count the costs of fewer requests a month", inVerdicts((*verdicts).smaller), "smaller_volume larger_volume  volume"},
		{"larger_volume", []string{"l", "right"}, inVerdict, "verdict: count the costs of more requests a month", inVerdicts((*verdicts).larger), ""},
		{"next_due", []string{"n"}, inVerdict, "verdict: the next of the votes that are to be cast", inVerdicts((*verdicts).nextDue), "next_due previous_due  turn"},
		{"previous_due", []string{"N"}, inVerdict, "verdict: the one before of the votes that are to be cast", inVerdicts((*verdicts).previousDue), ""},
		{"cast_due", []string{"enter"}, inVerdict, "verdict: go to the turn whose vote is to be cast", onVerdict((*Model).castDue), "vote"},
		{"plan", []string{"p"}, inVerdict, "verdict: plan what the session is to test, before the first vote", onVerdict((*Model).planTest), "plan"},
		{"next_part", []string{"tab"}, inVerdict, "verdict: the next part of the page", inVerdicts((*verdicts).nextPart), "part"},
		{"previous_part", []string{"shift+tab"}, inVerdict, "verdict: the part before of the page", inVerdicts((*verdicts).previousPart), ""},
		{"commands", []string{"?"}, inVerdict, "all commands", (*Model).palette, "all"},
	}
	for i := range MostColumns {
		all = append(all, command{vote(i), []string{strconv.Itoa(i + 1)}, inPanes, fmt.Sprintf("vote: answer %d is the best, or one of them", i+1), prefer(i), ""})
	}
	return all
}

// vote is the id of the command that votes for the answer at a place.
func vote(place int) string { return fmt.Sprintf("vote_%d", place+1) }
