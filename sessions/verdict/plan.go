package verdict

import "fmt"

// Fewest prompts below which a verdict never says more than that they are too few.
const Fewest = 20

// DefaultMargin is how much worse a candidate may be and still be good enough,
// unless a plan says otherwise: its mean score may be .40 instead of .50.
const DefaultMargin = 0.10

// A Plan is what is tested, fixed before the first vote.
type Plan struct {
	Margin float64 `json:"margin"` // δ of the mean score, see [DefaultMargin]
	N      int     `json:"n"`      // prompts after which it is tested
}

// Check says what of a plan can't be tested.
func (p Plan) Check() error {
	switch {
	case !(p.Margin > 0 && p.Margin < 0.5):
		return fmt.Errorf("a margin of %v: one above 0 and below 0.5 is meant, such as 0.10", p.Margin)
	case p.N < Fewest:
		return fmt.Errorf("a plan of %d prompts: %d are the fewest that a verdict rests on", p.N, Fewest)
	case p.N > mostNeeded:
		return fmt.Errorf("a plan of %d prompts: %d are the most", p.N, mostNeeded)
	}
	return nil
}

// Suggest is how many prompts to plan for a margin, if the models are equally
// good and a share of the votes ties, so that non-inferiority comes out in four
// of five such tests, see [Needed].
func Suggest(margin, ties float64) (int, bool) {
	return Needed(0.5, (1-min(max(ties, 0), 1))/4, 0.5-margin, power80)
}
