package tui

import (
	"strings"

	"juxta/prompts"
	"juxta/sessions"
)

// A draft is a question as it is written, with the files whose labels are in it.
type draft struct {
	text  string
	files []*attached
	using *using
}

// keep lets go of the bytes of files that were sent: the bench has them, should
// the question be recalled.
func (d *draft) keep(sent []sessions.Attachment) {
	if len(sent) != len(d.files) {
		return
	}
	light := make([]*attached, len(sent))
	for i, f := range d.files {
		light[i] = &attached{number: f.number, label: f.label, kept: &sent[i]}
	}
	d.files = light
}

// recalled is the draft of a question that was asked before: labels in its
// sentences are those of its files again, and the others' stand where they were
// left out.
func recalled(t *sessions.Turn) *draft {
	d := &draft{text: t.Text, using: usingOf(t)}
	var old, now []string
	var first, last []string // labels before and after the text
	counts := map[prompts.Kind]int{}
	for i := range t.Files {
		f := &attached{number: i + 1, kept: &t.Files[i]}
		f.label = label(f.kind(), f.number)
		counts[f.kind()]++
		was := label(f.kind(), counts[f.kind()])
		d.files = append(d.files, f)
		switch {
		case strings.Contains(t.Text, was):
			old, now = append(old, was), append(now, f.label)
			first, last = append(first, last...), nil // they came before it
		default:
			last = append(last, f.label)
		}
	}
	if len(d.files) == 0 {
		return d
	}
	if len(old) == 0 { // as they are attached: before what is said of them
		first, last = last, nil
	}
	swaps := make([]string, 0, 2*len(old))
	for i := range old {
		swaps = append(swaps, old[i], now[i])
	}
	d.text = strings.Join(append(append(first, strings.NewReplacer(swaps...).Replace(t.Text)), last...), " ")
	return d
}
