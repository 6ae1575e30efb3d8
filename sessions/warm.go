package sessions

import "time"

// coldLoad is the longest load of a model that was there: above it, it was not
// (METHOD.md §1.2).
const coldLoad = time.Second

// Cold reports whether the answer had to wait until its model was loaded, and
// whether that is known at all: it is where the server said what it held just
// before the question left, or that it loaded for more than a second. The time to the
// first token of a cold answer holds the load, so it is never counted with that
// of warm ones.
func (a *Answer) Cold() (cold, known bool) {
	switch {
	case a.Server.Load != nil && *a.Server.Load > coldLoad:
		return true, true
	case a.Resident != nil:
		return !*a.Resident, true
	}
	return false, false
}
