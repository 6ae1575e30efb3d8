package cli

import (
	"juxta/sessions/plain"
	"juxta/ui/clipboard"
)

// clipboardFinding is what pictures are pasted with; nothing of the clipboard is
// read.
type clipboardFinding struct {
	Program *string `json:"program"`
	Problem *string `json:"problem"`
	Next    *string `json:"next"`
}

func examineClipboard() (f clipboardFinding) {
	program, err := clipboard.Program()
	if err != nil {
		f.Problem, f.Next = given(plain.Line(err.Error())), given(plain.Line(adviceOf(err)))
		return f
	}
	f.Program = given(program)
	return f
}

func (f clipboardFinding) write(line func(name, format string, args ...any), next func(*string)) {
	if f.Program != nil {
		line("clipboard", "pictures are pasted with %s", *f.Program)
	} else if f.Problem != nil {
		line("clipboard", "· %s", *f.Problem)
	}
	next(f.Next)
}
