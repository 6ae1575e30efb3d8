package tui

import (
	"slices"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// A row is a line of the picker.
type row struct {
	kind  rowKind
	name  string   // sanitised
	right string   // pixels or bytes
	notes []string // what was done to it; sanitised
	path  string   // of a file or folder
	pill  *attached
	kept  sessions.Attachment
}

type rowKind uint8

const (
	header rowKind = iota // names what is below, and can't be chosen
	pillRow
	folderRow
	fileRow
	keptRow
)

func (r row) same(o row) bool {
	return r.kind == o.kind && r.path == o.path && r.pill == o.pill && r.kept.SHA256 == o.kept.SHA256
}

// earlier are the files of turns, newest first, each once.
func earlier(turns []*turn) []row {
	var rows []row
	for _, t := range slices.Backward(turns) {
		for _, f := range t.Files {
			r := row{kind: keptRow, name: nameOf(f.Name), right: pixelsOf(f.SentWidth, f.SentHeight, f.Bytes), kept: f}
			if !slices.ContainsFunc(rows, r.same) {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

func pillOf(f *attached) row {
	r := row{kind: pillRow, pill: f}
	switch {
	case f.ready != nil:
		a := f.ready
		r.name, r.right = nameOf(a.Name), pixelsOf(a.Width, a.Height, len(a.Data))
		for _, n := range a.Notes {
			r.notes = append(r.notes, plain.Line(n))
			if strings.Contains(n, r.right) && a.Width > 0 { // "scaled to" them: once is enough
				r.right = ""
			}
		}
	case f.file != nil:
		r.name, r.right = nameOf(f.file.Name), pixelsOf(f.file.Width, f.file.Height, f.file.Bytes)
	default:
		r.name = nameOf(f.name())
	}
	if f.err != nil {
		r.right = plain.Line(f.err.Error())
	}
	return r
}

// now is a row as it is by now: an attached file may have been prepared since.
func (r row) now() row {
	if r.kind != pillRow {
		return r
	}
	return pillOf(r.pill)
}
