package report

import "testing"

func TestWithoutAnswersTheCostIsUnknown(t *testing.T) {
	if f := (&Report{Hidden: 1}).spent(); f.Words != "Unknown" || f.Exact != "" {
		t.Fatalf("a report whose turns are all blind says they cost %q (%q)", f.Words, f.Exact)
	}
}
