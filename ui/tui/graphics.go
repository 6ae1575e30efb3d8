package tui

import (
	"image"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"juxta/ui/picture"
)

// A screen is what is known of how the terminal shows pictures.
//
// It is found out without waiting: the terminal is asked for its name, in a
// sequence that every terminal swallows. Only one that answers is asked for the
// size of its cells, and whether it speaks kitty's graphics protocol: that
// question is an APC sequence, which older terminals print. Terminal.app, the
// Linux console, screen and whatever else knows no APC does not tell its name
// either, so that no list of them is needed, and none on this side of an SSH
// connection would help. Until an answer comes, and where none does, half blocks
// serve.
type screen struct {
	profile colorprofile.Profile
	cell    image.Point // a cell's pixels; zero while that is not known
	kitty   bool        // it said that it draws pictures
	tmux    bool        // it is behind tmux
	boxes   bool        // it is one that draws pictures, but not in the place of characters
	asked   bool        // it has told its name, and was asked the rest
	noColor bool        // the user wants none
	w, h    int         // when the cell was asked for last
}

const askCell = "\x1b[16t"

// mode is how pictures are shown.
func (s *screen) mode() picture.Mode {
	switch {
	case s.profile < colorprofile.ANSI256: // placeholders are told apart by colour, too
		return picture.Words
	case s.kitty:
		return picture.Kitty
	case s.profile < colorprofile.TrueColor:
		return picture.Blocks256
	}
	return picture.Blocks
}

// why says why no picture can be drawn, and what to do about it.
func (s *screen) why() string {
	if s.noColor {
		return "NO_COLOR is set, and pictures are drawn in colours: start juxta without it"
	}
	return "pictures need 256 colours: if the terminal has them, set TERM=xterm-256color"
}

// hear takes in an answer of the terminal, and says whether pictures must be
// drawn anew.
func (s *screen) hear(msg tea.Msg) (anew bool, cmd tea.Cmd) {
	before := *s
	switch msg := msg.(type) {
	case tea.EnvMsg:
		s.tmux = s.tmux || msg.Getenv("TMUX") != ""
		s.boxes = s.boxes || boxesIn(msg.Getenv)
		s.noColor = msg.Getenv("NO_COLOR") != ""
	case tea.ColorProfileMsg:
		s.profile = msg.Profile
	case tea.TerminalVersionMsg:
		if s.asked {
			break
		}
		name := strings.ToLower(msg.Name)
		s.asked = true
		s.tmux = s.tmux || strings.HasPrefix(name, "tmux")
		s.boxes = s.boxes || slices.ContainsFunc(boxed(), func(b string) bool { return strings.HasPrefix(name, b) })
		ask := askCell
		if !s.boxes {
			ask += picture.Query(s.tmux)
		}
		return false, tea.Raw(ask)
	case uv.CellSizeEvent:
		if msg.Width > 0 && msg.Height > 0 && msg.Width < 1000 && msg.Height < 1000 {
			s.cell = image.Pt(msg.Width, msg.Height)
		}
	case uv.KittyGraphicsEvent:
		if asked, yes := picture.Answers(msg.Options.ID, msg.Payload); asked {
			s.kitty = yes && s.asked && !s.boxes
		}
	case tea.ResumeMsg:
		return s.kitty, nil // another program may have had the screen, and the terminal may have let go of our pictures
	}
	return s.mode() != before.mode() || s.cell != before.cell || s.tmux != before.tmux, nil
}

// resized asks for the size of a cell again: with another font it has changed.
func (s *screen) resized(w, h int) (string, bool) {
	was := image.Pt(s.w, s.h)
	s.w, s.h = w, h
	return askCell, s.asked && was != image.Point{} && was != image.Pt(w, h)
}

// boxed are terminals that answer like kitty, but show a box for each
// placeholder.
func boxed() []string { return []string{"wezterm", "konsole", "iterm2", "warp", "xterm.js"} }

// boxesIn is the same by what such a terminal leaves in the environment, for
// where tmux stands before it and tells its own name.
func boxesIn(env func(string) string) bool {
	for _, name := range []string{"WEZTERM_PANE", "WEZTERM_EXECUTABLE", "KONSOLE_VERSION", "ITERM_SESSION_ID"} {
		if env(name) != "" {
			return true
		}
	}
	return env("LC_TERMINAL") == "iTerm2" || env("TERM_PROGRAM") == "WarpTerminal" || env("TERM_PROGRAM") == "vscode"
}
