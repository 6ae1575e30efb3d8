package tui

import (
	"image"

	"juxta/ui/picture"
)

const (
	minPane  = 34 // the narrowest pane worth reading; with less room panes become tabs
	minBox   = 14 // the lowest body in which panes have a box of lines around them
	minStage = 4  // the lowest stage on which a picture can be told from another
	lowStage = 8  // the highest that comes by itself on a screen that is not tall
	boxWide  = 24 // the narrowest pane that has room for its title in a box
)

const (
	tallEnough = 30 // lines of a screen on which pictures are shown without being asked for
	mostStage  = 24 // lines of a stage: a picture that is read at a glance needs no more
)

// stageRoom is what a stage would like.
type stageRoom struct {
	lines  int
	modest bool // it must leave the panes room for their boxes
}

// stageHeight is how many lines a stage of pictures would like on a screen h
// lines high. Unasked it takes no more than a third, so that answers keep the
// most; and on a screen that is not tall it is modest: it shows what is going to
// be sent, once, and leaves the panes their boxes.
func stageHeight(h int, attached bool, s shown, mode picture.Mode) stageRoom {
	low := s == asFits && h < tallEnough
	switch {
	case s == never, low && !attached:
		return stageRoom{}
	case mode == picture.Words:
		return stageRoom{1, low}
	case low:
		return stageRoom{lowStage, true}
	case s == always:
		return stageRoom{lines: h / 2}
	}
	return stageRoom{lines: min(h/3, mostStage)}
}

// A frame says where everything is. It is a function of numbers alone.
type frame struct {
	w, h     int
	header   image.Rectangle
	tabs     image.Rectangle // empty where every column has a pane
	welcome  image.Rectangle // empty once something was asked
	panes    []image.Rectangle
	stage    image.Rectangle // of pictures; empty where there is none or no room
	ballot   image.Rectangle // of what is voted on; empty where nothing is
	strip    image.Rectangle // of what is attached
	first    int             // index of the column in the first pane
	boxed    bool
	composer image.Rectangle
	status   image.Rectangle
}

// wants is what the frame is a function of.
type wants struct {
	w, h     int
	columns  int
	focus    int       // index of the column that must be seen
	first    int       // index of the first column seen so far
	composer int       // lines the composer would like
	welcome  int       // lines the welcome would like
	stage    stageRoom // for the pictures
	strip    int       // lines that tell of the attached files
	voting   bool      // turns are voted on
	zoom     bool
}

// layout divides a screen of w×h cells. Nothing is ever outside of it; what
// has no room is empty.
func layout(q wants) frame {
	f := frame{w: q.w, h: q.h}
	y, bottom := 0, q.h
	take := func(n int) image.Rectangle { // from the top
		n = max(0, min(n, bottom-y))
		y += n
		return image.Rect(0, y-n, q.w, y)
	}
	give := func(n int) image.Rectangle { // from the bottom
		n = max(0, min(n, bottom-y))
		bottom -= n
		return image.Rect(0, bottom, q.w, bottom+n)
	}
	f.composer = give(0)
	if q.h >= 3 {
		f.status = give(1)
	}
	f.composer = give(max(1, min(q.composer, q.h/3)))
	f.strip = give(min(q.strip, (bottom-y)/4))
	if q.voting && bottom-y >= 8 {
		f.ballot = give(1)
	}
	if q.h >= 6 {
		f.header = take(1)
	}
	if q.columns == 0 {
		f.welcome = take(bottom - y)
		return f
	}
	n := max(1, min(q.columns, q.w/minPane))
	if q.zoom {
		n = 1
	}
	if n < q.columns && bottom-y >= 4 {
		f.tabs = take(1)
	}
	body, least := bottom-y, min(q.stage.lines, minStage)
	room := body / 2
	if q.stage.modest {
		room = body - minBox
	}
	if least > 0 && room >= least {
		f.stage = take(min(q.stage.lines, room))
	}
	if body := bottom - y; q.welcome > 0 && body >= 16 && f.stage.Empty() { // whoever attaches pictures has been welcomed
		f.welcome = take(min(q.welcome, body-9))
	}
	f.boxed = q.w/n >= boxWide && (bottom-y >= minBox || f.welcome.Dy() > 0 && bottom-y >= 7)
	f.first = max(0, min(q.first, q.columns-n))
	f.first = max(min(f.first, q.focus), q.focus-n+1)
	for i := range n {
		f.panes = append(f.panes, image.Rect(q.w*i/n, y, q.w*(i+1)/n, bottom))
	}
	return f
}
