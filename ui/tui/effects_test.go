package tui

import (
	"testing"
	"testing/synctest"
	"time"
)

// An effect is what a line of the help promises, once its key is pressed: what
// did not hold before, and does then.
type effect struct {
	first []string                   // keys that make the key mean something
	at    func(*testing.T) *terminal // where; nil for where its scope is standing
	shows string                     // a text or name on the screen
	hides string                     // one that was there
	holds func(*terminal) bool
}

// effects are those of every command, by scope and name.
var effects = map[scope]map[string]effect{
	overAll: {
		"back": {first: []string{"f1"}, hides: "All commands"},
		"quit": {}, // the program ends
	},
	anywhere: {
		"attach":      {shows: "Attach files"},
		"paste":       {shows: "no picture there"}, // which is what the clipboard says here
		"pictures":    {at: seeing, holds: func(x *terminal) bool { return x.grounds() == 0 }},
		"same_pixels": {shows: "Scale pictures once"},
		"picture":     {at: seeing, shows: "shown at 12 %"},
		"model":       {shows: "Model of column 1"},
		"sessions":    {shows: "─ Sessions ─"},
		"blind":       {shows: "· blind ·"},
		"prompts":     {shows: "─ Prompts ─"},
		"keep_prompt": {first: []string{"why?"}, shows: "Keep the question as a prompt"},
		"stop_all":    {at: atWork, shows: "stopped", holds: func(x *terminal) bool { return !x.answering(1) && !x.answering(2) }},
		"regenerate":  {shows: "take 2/2"},
		"only":        {shows: "will not be asked this time"},
		"page_up":     {at: tall, holds: func(x *terminal) bool { return !x.follows() }},
		"page_down":   {at: tall, first: []string{"pgup"}, holds: (*terminal).follows},
		"commands":    {shows: "All commands"},
		"get_model":   {shows: "no models on this machine"},
		"theme":       {shows: "─ Theme"},
	},
	inComposer: {
		"send":    {first: []string{"three"}, shows: "│ ❯ three"},
		"newline": {first: []string{"a"}, holds: func(x *terminal) bool { return x.typed() == "a\n" }},
		"panes":   {holds: (*terminal).inPanes},
	},
	inPanes: {
		"write":                 {holds: func(x *terminal) bool { return !x.inPanes() }},
		"next_column":           {holds: func(x *terminal) bool { return x.focused() == 1 }},
		"previous_column":       {first: []string{"l"}, holds: func(x *terminal) bool { return x.focused() == 0 }},
		"line_down":             {at: tallPanes, first: []string{"k"}, holds: (*terminal).follows},
		"line_up":               {at: tallPanes, holds: func(x *terminal) bool { return !x.follows() }},
		"first_turn":            {at: tallPanes, shows: "❯ tall one", hides: "❯ tall two"},
		"last_turn":             {at: tallPanes, first: []string{"g"}, holds: (*terminal).follows},
		"previous_turn":         {at: tallPanes, holds: func(x *terminal) bool { return !x.follows() }},
		"next_turn":             {at: tallPanes, first: []string{"g"}, shows: "❯ tall two"},
		"zoom":                  {hides: "╭─ 1 "},
		"differences":           {shows: "Differences"},
		"thoughts":              {at: thinking, shows: "▾ thought"},
		"reveal":                {at: blinded, first: []string{"enter"}, hides: "Answer 1"},
		"stop":                  {at: atWorkPanes, holds: func(x *terminal) bool { return !x.answering(1) && x.answering(2) }},
		"regenerate":            {shows: "take 2/2"},
		"regenerate_all":        {shows: "take 2/2 .*take 2/2"},
		"again_with":            {shows: "Ask again"},
		"retry":                 {at: failed, shows: "take 2/2"},
		"previous_take":         {first: []string{"r"}, shows: "take 1/2"},
		"next_take":             {first: []string{"r", "<"}, shows: "take 2/2"},
		"samples":               {shows: "▸ samples"},
		"previous_branch":       {at: branched, shows: "❯ two  ", hides: "❯ other"},
		"next_branch":           {at: branched, first: []string{"{"}, shows: "❯ other"},
		"fork":                  {shows: "a session of its own from here on"},
		"adopt":                 {shows: "⇒ all columns go on from this answer"},
		"only":                  {shows: "will not be asked this time"},
		"copy":                  {holds: copied("first long word"), shows: "copied the answer"},
		"copy_code":             {at: coding, holds: copied("x := 1"), shows: "copied"},
		"copy_turn":             {holds: copied("second long word"), shows: "copied the question and all answers"},
		"search":                {shows: "every question and answer of the session"},
		"next_disagreement":     {at: tallPanes, first: []string{"g"}, shows: "❯ tall two"},
		"previous_disagreement": {at: tallPanes, holds: func(x *terminal) bool { return !x.follows() }},
		"edit":                  {holds: func(x *terminal) bool { return x.typed() == "two" && !x.inPanes() }},
		"model":                 {shows: "Model of column 1"},
		"settings":              {shows: "Settings of column 1"},
		"presets":               {shows: "─ Presets ─"},
		"baseline":              {shows: "simulated ★"},
		"scores":                {shows: "Scoreboard"},
		"verdict":               {shows: "─ Verdict ─"},
		"add":                   {shows: "Add a column"},
		"duplicate":             {shows: "─ 3 script"},
		"remove":                {hides: "─ 2 script"},
		"restore":               {first: []string{"X"}, shows: "─ 2 script"},
		"move_left":             {first: []string{"l"}, shows: "│ second long word *│ first long word"},
		"move_right":            {shows: "│ second long word *│ first long word"},
		"system":                {shows: "System prompt"},
		"warm_up":               {shows: "nothing to warm up"}, // of a demo model; local ones are in fair_test.go
		"race":                  {shows: "· race: times"},
		"budget":                {shows: "Budget of this session"},
		"new_session":           {shows: "new session"},
		"note":                  {shows: "what you want to remember of it"},
		"vote_1":                {shows: "│ ✓ best · open vote +│"},
		"vote_2":                {shows: "│ +│ ✓ best · open vote"},
		"vote_tie":              {shows: "as good as the others"},
		"vote_bad":              {shows: "bad, as all"},
		"unvote":                {first: []string{"="}, hides: "as good as the others"},
		"commands":              {shows: "All commands"},
	},
	inBrowser: {
		"search_sessions":  {shows: "tab commands"},
		"mark_session":     {shows: "●  Is it old"},
		"rename_session":   {shows: "▸ title  Is it old"},
		"tag_sessions":     {shows: "▸ tags"},
		"pin_sessions":     {shows: "◆ Is it old"},
		"archive_sessions": {shows: "archived “Is it old"},
		"fork_session":     {shows: "forked: the newest of the list"},
		"merge_sessions":   {first: []string{" "}, shows: "enter merges"},
		"export_sessions":  {shows: "Write “Is it old\\?” to a file"},
		"again_with":       {shows: "Ask again"},
		"delete_sessions":  {shows: "deleted “Is it old"},
		"undo_sessions":    {first: []string{"d"}, shows: "Is it old\\?  "},
		"shelf":            {shows: "Archived sessions"},
		"new_session":      {shows: "new session"},
		"commands":         {shows: "All commands"},
	},
	inReplay: {
		"pause_replay":  {shows: "‖ replay, paused"},
		"slower_replay": {shows: "▶ replay · (½|0.5)×"},
		"faster_replay": {shows: "▶ replay · 2×"},
		"skip_turn":     {hides: "● first"},
		"end_replay":    {}, // the program ends
	},
	inBooth: {
		"left_better":    {shows: "1 is better · u takes it back"},
		"right_better":   {shows: "2 is better · u takes it back"},
		"both_alike":     {shows: "  alike · u takes it back"},
		"both_bad":       {shows: "both bad · u takes it back"},
		"skip_pair":      {shows: "skipped"},
		"undo_vote":      {first: []string{"1"}, shows: "taken back"},
		"whole_question": {shows: "esc shows the answers"},
		"commands":       {shows: "All commands"},
	},
	inVerdict: {
		"smaller_volume": {shows: " 30,000 requests a month"},
		"larger_volume":  {shows: "300,000 requests a month"},
		"next_due":       {shows: "▸ turn 22"},
		"previous_due":   {first: []string{"n"}, shows: "▸ turn 21"},
		"cast_due":       {hides: "Verdict"},
		"plan":           {at: unvoted, shows: "Plan of this session"},
		"next_part":      {shows: "lines 10–"},
		"previous_part":  {first: []string{"tab"}, shows: "lines 1–"},
		"commands":       {shows: "All commands"},
	},
}

// The first key of every command is pressed where it works, and what its line in
// the help says comes of it and was not so before. A new command needs its effect.
func TestEveryKeyOfTheHelpDoesWhatItSays(t *testing.T) {
	ends := map[string]bool{"quit": true, "end_replay": true}
	for _, c := range commands() {
		// The one stops this process; what becomes of the other's text is in palette_test.go.
		if c.id == "suspend" || c.id == "editor" {
			continue
		}
		e, ok := effects[c.scope][c.id]
		if !ok && c.scope == inPanes && len(c.id) == 6 && c.id[:5] == "vote_" { // of columns that are not there
			continue
		}
		if !ok {
			t.Errorf("nobody says what %s in scope %d does", c.id, c.scope)
			continue
		}
		t.Run(c.id, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var x *terminal
				if e.at != nil {
					x = e.at(t)
				} else {
					x = standing[c.scope](t)
				}
				x.press(e.first...)
				if x.after(300 * time.Millisecond); !ends[c.id] && e.shown(x) {
					t.Errorf("it is so before %s is pressed:\n%s", c.keys[0], x.now())
				}
				x.press(bytesOf(c.keys[0]))
				if ends[c.id] {
					if err := x.ended(); err != nil {
						t.Error(err)
					}
					return
				}
				if x.after(time.Second); !e.shown(x) {
					t.Errorf("%s does not %s:\n%s", c.keys[0], c.help, x.now())
				}
				x.quit()
			})
		})
	}
}

// shown reports whether all of it is so.
func (e *effect) shown(x *terminal) bool {
	on := func(p string) bool { return matches(x.now(), p) }
	return (e.shows != "" || e.hides != "" || e.holds != nil) &&
		(e.shows == "" || on(e.shows)) && (e.hides == "" || !on(e.hides)) && (e.holds == nil || e.holds(x))
}
