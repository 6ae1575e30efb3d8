package verdict

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// simulations is how often each case is simulated: JUXTA_SIMULATE says, and
// else few enough for a test that always runs.
func simulations(t *testing.T, few int) int {
	s := os.Getenv("JUXTA_SIMULATE")
	if s == "" {
		return few
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("JUXTA_SIMULATE is %q: a number of runs is meant, such as 4000", s)
	}
	return n
}

// A world is what votes are drawn from: a share ties, and the mean score is w.
// The votes on a prompt are alike with probability alike.
type world struct{ w, ties, alike float64 }

func (o world) possible() bool { return o.w+o.ties/2 <= 1 && o.w-o.ties/2 >= 0 }

func (o world) vote(r *rand.Rand) float64 {
	switch x := r.Float64(); {
	case x < o.ties:
		return 0.5
	case x < o.ties/2+o.w:
		return 1
	}
	return 0
}

// prompt is the mean of so many votes.
func (o world) prompt(r *rand.Rand, votes int) float64 {
	first := o.vote(r)
	sum := first
	for range votes - 1 {
		if r.Float64() < o.alike {
			sum += first
		} else {
			sum += o.vote(r)
		}
	}
	return sum / float64(votes)
}

// Of intervals of a fixed number of prompts those that hold the true mean are
// between 93 % and 99.9 %, over all worlds with that number; go test -run Coverage
// -v with JUXTA_SIMULATE=4000 prints them. Single worlds lie further apart because
// few prompts have few means: 12 without ties, .55 true, cover 92.2 % exactly, as
// Wilson's interval does.
func TestCoverageOfTheInterval(t *testing.T) {
	runs := simulations(t, 400)
	r := rand.New(rand.NewPCG(20, 26))
	for _, n := range []int{8, 12, 20, 30, 60, 120} {
		all, worlds, least, most := 0.0, 0.0, 1.0, 0.0
		var worst string
		for _, votes := range []int{1, 3} {
			for _, ties := range []float64{0, .3, .6, .9} {
				for _, w := range []float64{.5, .55, .6, .7, .8, .9, .95} {
					o := world{w, ties, .5}
					if !o.possible() {
						continue
					}
					held := 0
					scores := make([]float64, n)
					for range runs {
						for i := range scores {
							scores[i] = o.prompt(r, votes)
						}
						if i := SampleOf(scores).Interval(); i.Low <= w && w <= i.High {
							held++
						}
					}
					share := float64(held) / float64(runs)
					all, worlds = all+share, worlds+1
					if share < least {
						worst = fmt.Sprintf("%d votes, ties %v, mean %v", votes, ties, w)
					}
					least, most = min(least, share), max(most, share)
				}
			}
		}
		mean := all / worlds
		t.Logf("n=%d: %.4f over %.0f worlds, from %.4f (%s) to %.4f", n, mean, worlds, least, worst, most)
		if mean < .93 || mean > .999 {
			t.Errorf("n=%d: the interval holds the mean in %.4f of the runs", n, mean)
		}
		if slack := 3.5 * .256 / sqrt(runs); least < .92-slack { // √(.93·.07) = .255
			t.Errorf("n=%d: in one world in %.4f", n, least)
		}
	}
}

func sqrt(n int) float64 { return math.Sqrt(float64(n)) }

// Looked at after every vote, the anytime interval lies above the true mean ever
// in no more than 2.5 % of the runs, and below it in no more either: with one vote
// a prompt, and with three that come one after the other or in three rounds
// through all prompts.
func TestTheAnytimeIntervalMayBeLookedAtAfterEveryVote(t *testing.T) {
	runs := simulations(t, 400)
	const prompts = 200
	r := rand.New(rand.NewPCG(20, 27))
	for _, rounds := range []struct {
		name  string
		votes int
		apart bool
	}{{"one vote", 1, false}, {"three votes at once", 3, false}, {"three rounds", 3, true}} {
		for _, o := range []world{{.4, 0, .5}, {.5, 0, .5}, {.4, .3, .5}, {.5, .3, .5}, {.5, .6, .5}, {.7, 0, .5}, {.9, 0, .5}} {
			over, under := 0, 0
			for range runs {
				above, below := peeks(r, o, prompts, rounds.votes, rounds.apart)
				if above {
					over++
				}
				if below {
					under++
				}
			}
			high, low := float64(over)/float64(runs), float64(under)/float64(runs)
			t.Logf("%s, mean %.1f, ties %.1f: %.4f too high, %.4f too low", rounds.name, o.w, o.ties, high, low)
			if limit := .025 + 3*.156/sqrt(runs); high > limit || low > limit && o.w <= .5 { // √(.025·.975) = .156
				t.Errorf("%s, mean %.1f, ties %.1f: wrong in %.4f and %.4f of the runs", rounds.name, o.w, o.ties, high, low)
			}
		}
	}
}

// peeks looks after every vote and reports whether the interval was ever above
// the true mean, or below it.
func peeks(r *rand.Rand, o world, prompts, votes int, apart bool) (above, below bool) {
	t := sharpAt(0)
	sums, counts := make([]float64, prompts), make([]float64, prompts)
	first := make([]float64, prompts)
	sum, n := 0.0, 0.0
	cast := func(i int) {
		x := o.vote(r)
		if counts[i] == 0 {
			first[i], n = x, n+1
		} else {
			if r.Float64() < o.alike {
				x = first[i]
			}
			sum -= sums[i] / counts[i]
		}
		sums[i], counts[i] = sums[i]+x, counts[i]+1
		sum += sums[i] / counts[i]
		s := min(max(sum, 0), n)
		if lnMixture(o.w, s, n, t) >= lnOdds { // the true mean is outside, on one side
			above = above || s/n > o.w
			below = below || s/n < o.w
		}
	}
	if apart {
		for range votes {
			for i := range prompts {
				cast(i)
			}
		}
		return above, below
	}
	for i := range prompts {
		for range votes {
			cast(i)
		}
	}
	return above, below
}

// The same through the whole verdict: a model that is worse by exactly the margin
// is called non-inferior, at any moment, by no more than 2.5 % of the exploratory
// trials, and by no more than 5 % of those with a plan that are also tested at
// its end.
func TestAFalseVerdictIsAsRareAsItSays(t *testing.T) {
	runs := simulations(t, 60)
	r := rand.New(rand.NewPCG(20, 28))
	for _, plan := range []*Plan{nil, {Margin: .1, N: 60}} {
		wrong := 0
		for range runs {
			full := trialOf(0, 0, 0)
			for range 60 {
				p := Prompt{Answers: []Answer{{State: Answered}, {State: Answered}}}
				b := Ballot{Blind: true, Seats: []int{0, 1}, Best: []int{1}}
				switch (world{w: .4, ties: .3}).vote(r) {
				case 1:
					b.Best = []int{0}
				case .5:
					b.Best = []int{0, 1}
				}
				p.Ballots = []Ballot{b}
				full.Prompts = append(full.Prompts, p)
			}
			for n := 1; n <= 60; n++ {
				look := full
				look.Prompts, look.Plan = full.Prompts[:n], plan
				if w := Judge(look)[0].Word; w == Better || w == NonInferior || w == WithinMargin {
					wrong++
					break
				}
			}
		}
		limit := .025
		if plan != nil {
			limit = .05
		}
		share := float64(wrong) / float64(runs)
		t.Logf("plan %v: %.4f are wrong", plan, share)
		if share > limit+3*.218/sqrt(runs) {
			t.Errorf("plan %v: %.4f of the trials are wrong", plan, share)
		}
	}
}
