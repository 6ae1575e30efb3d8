package sessions

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
)

// Names calls the columns that were judged by the models whose answers those
// were, as they were received, and by their numbers as well where one model
// answered twice. A column may have another model by now, and another take.
func (v *Vote) Names(t *Turn) map[int]string {
	names, times := map[int]string{}, map[string]int{}
	for _, p := range v.Takes {
		if a, ok := t.Take(p); ok {
			names[p.Column] = a.Model.String()
			times[names[p.Column]]++
		}
	}
	for id, name := range names {
		if times[name] > 1 {
			names[id] = fmt.Sprintf("%s (column %d)", name, id)
		}
	}
	return names
}

// Words is what a vote says of the columns, called by the given names: "a over
// b and c", "a tie of a and b", "all bad: a and b".
func (v *Vote) Words(names map[int]string) string {
	var best, rest []string
	for _, id := range v.Seats {
		if slices.Contains(v.Best, id) {
			best = append(best, names[id])
		} else {
			rest = append(rest, names[id])
		}
	}
	switch {
	case v.Pass && len(best) == 0:
		return "none passes: " + list(rest)
	case v.Pass && len(rest) == 0:
		return "all pass: " + list(best)
	case v.Pass:
		return "passing: " + list(best) + "; not passing: " + list(rest)
	case len(best) == 0:
		return "all bad: " + list(rest)
	case len(rest) == 0:
		return "a tie of " + list(best)
	}
	return list(best) + " over " + list(rest)
}

func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// Price is what the chosen answer cost beside the cheapest of the others: "it
// cost 21×". It is "" unless one was chosen, and both costs are known.
func (v *Vote) Price(t *Turn) string {
	if len(v.Best) != 1 {
		return ""
	}
	cost := func(p Pick) *providers.Money {
		if a, ok := t.Take(p); ok {
			money, _ := a.Cost()
			return money
		}
		return nil
	}
	var chosen, other *providers.Money
	for _, p := range v.Takes {
		switch money := cost(p); {
		case money == nil:
			return ""
		case p.Column == v.Best[0]:
			chosen = money
		case other == nil || *money < *other:
			other = money
		}
	}
	switch {
	case chosen == nil || other == nil:
		return ""
	case *chosen == 0 && *other == 0 && len(v.Takes) > 2:
		return "it was free, as others were"
	case *chosen == 0 && *other == 0:
		return "both were free"
	case *chosen == 0:
		return "it was free"
	case *other == 0:
		if len(v.Takes) > 2 {
			return "it cost " + chosen.String() + ", the cheapest of the others nothing"
		}
		return "it cost " + chosen.String() + ", the other nothing"
	}
	of, as := "", ""
	if len(v.Takes) > 2 {
		of, as = " the cheapest of the others", " as the cheapest of the others"
	}
	switch r := float64(*chosen) / float64(*other); {
	case math.Abs(r-1) < 0.05:
		return "it cost about as much" + as
	case r > 1:
		return "it cost " + times(r) + of
	default:
		return "it cost 1/" + strings.TrimSuffix(times(1/r), "×") + " as much" + as
	}
}

// times is a ratio in two digits, and with more only where they are whole.
func times(r float64) string {
	if r < 9.95 {
		return strconv.FormatFloat(r, 'f', 1, 64) + "×"
	}
	return strconv.FormatFloat(r, 'f', 0, 64) + "×"
}
