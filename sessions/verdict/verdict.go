// Package verdict is what figures and votes say: pure functions, each with its
// formula, its units and where it is from. Nothing here knows a session, a
// screen or a clock.
//
// Its rule is to say no more than the data does: a percentile needs enough
// samples to be one, an interval says how sure it is, and what was not judged
// counts for nobody. A [Trial] is the prompts, the answers and the votes; [Judge]
// makes a [Verdict] of it for every candidate, and [Verdict.Sentence] is that in
// plain words. The scores of prompts are a [Sample], on which the rest stands.
package verdict

// A Word is what a verdict says.
type Word string

// What a verdict says, by the interval of the mean score and the margin δ.
const (
	Better          Word = "better"                  // low > ½
	NonInferior     Word = "non-inferior"            // low > ½ - δ
	WithinMargin    Word = "worse within the margin" // low > ½ - δ and high < ½
	Inferior        Word = "inferior"                // high < ½
	ClearlyInferior Word = "clearly inferior"        // high < ½ - δ
	Inconclusive    Word = "inconclusive"            // none of these
	TooFew          Word = "too few prompts"         // below 20, whatever the interval
)

// Evidence is what the scores are from.
type Evidence string

// Evidence.
const (
	Blind    Evidence = "blind votes"
	Open     Evidence = "open votes" // the voters saw who answered
	Failures Evidence = "failures"   // nobody could vote
	None     Evidence = "none"
)

// A Verdict is what a trial says of one candidate against the baseline. Every
// figure is finite; what there is not is 0, or nil.
type Verdict struct {
	Candidate string   `json:"candidate"`
	Baseline  string   `json:"baseline"`
	Word      Word     `json:"word"`
	Margin    float64  `json:"margin"`
	Evidence  Evidence `json:"evidence"`

	// Without a plan that was stored before the first vote it is exploratory: what
	// it finds is worth testing, and not tested.
	Exploratory bool   `json:"exploratory"`
	Unplanned   string `json:"why_exploratory,omitempty"` // see [Trial]
	Planned     int    `json:"planned,omitempty"`

	Sample
	Matched  int      `json:"matched"` // prompts with a score of ½ or more
	Votes    Tally    `json:"votes"`
	Interval Interval `json:"interval"`
	Fixed    bool     `json:"fixed"` // it is of a number of prompts that was fixed beforehand; else it holds at any time

	// P-values of the claims, corrected for Candidates by Holm: one-sided, declared
	// at .025 if Fixed; else the least α of both sides at which the anytime
	// interval says so, declared at .05.
	NonInferiority float64 `json:"p_non_inferior"`
	Superiority    float64 `json:"p_superior"`
	Inferiority    float64 `json:"p_inferior"`
	Sign           float64 `json:"p_sign"` // of the prompts that do not tie, two-sided and not corrected
	Candidates     int     `json:"candidates"`

	Passed    *Passed `json:"pass_fail,omitempty"`             // of votes of pass or fail
	OtherKind int     `json:"votes_of_another_kind,omitempty"` // preferences beside them, or the other way round: left out

	Failed         int    `json:"failed"`          // prompts on which the candidate failed
	BaselineFailed int    `json:"baseline_failed"` // and the baseline
	Lost           int    `json:"lost"`            // of N, those without a vote that count as lost for failing
	Won            int    `json:"won"`             // and as won, for the baseline's failing
	Apart          int    `json:"open_votes_left"` // open votes that do not count, since others were blind
	Left           []Left `json:"left_out"`        // prompts that do not count, most first
	Next           *Need  `json:"next,omitempty"`  // what more prompts would settle

	below float64 // p-value of the mean being less by more than the margin
}

// Left counts prompts that do not count for one reason.
type Left struct {
	Why string `json:"why"`
	N   int    `json:"n"`
}

// A Need is about how many more prompts would settle a claim, if they go on as
// they did.
type Need struct {
	Claim Claim `json:"claim"`
	More  int   `json:"more"` // 0: no number of prompts that anybody votes on
}

// A Claim is what more prompts may settle.
type Claim string

// Claims.
const (
	AnyVerdict       Claim = "a verdict"
	ClaimNonInferior Claim = "non-inferiority"
	ClaimSuperior    Claim = "superiority"
	ClaimInferior    Claim = "inferiority"
)
