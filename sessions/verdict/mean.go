package verdict

import "juxta/providers"

// Mean is a sum of picodollars over n, rounded half up; 0 for none.
func Mean(sum providers.Money, n int) providers.Money {
	if n <= 0 {
		return 0
	}
	whole, rest := sum/providers.Money(n), sum%providers.Money(n)
	if rest >= providers.Money(n)-rest {
		whole++
	}
	return whole
}
