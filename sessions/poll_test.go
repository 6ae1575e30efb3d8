package sessions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions/verdict"
)

// pollable is a store with a session of n questions, asked openly of so many columns
// of which the last one is the baseline.
func pollable(t testing.TB, n, columns int, edits ...func(*Session, []Turn)) (*Store, ID) {
	t.Helper()
	store := opened(t)
	ids := make([]int, columns)
	for i := range ids {
		ids[i] = i + 1
	}
	s := columnsOf(ids...)
	s.ID, s.Kind, s.Baseline, s.Turns, s.Seed, s.Places = NewID(time.Unix(1000, 0)), Experiment, columns, n, 7, ids
	s.Created, s.Updated = time.Unix(1000, 0), time.Unix(1000, 0)
	var turns []Turn
	for i := range n {
		turn := turnOf(i+1, ids)
		turn.Text = fmt.Sprintf("question %d", i+1)
		for k := range turn.Answers {
			turn.Answers[k].Text = fmt.Sprintf("answer %d to question %d", k+1, i+1)
		}
		turns = append(turns, turn)
	}
	for _, edit := range edits {
		edit(&s, turns)
	}
	save(t, store, s, turns)
	return store, s.ID
}

func save(t testing.TB, store *Store, s Session, turns []Turn) {
	t.Helper()
	var all []Batch
	for i := range turns {
		batch := Batch{Session: &s, Turn: &turns[i]}
		for _, a := range turns[i].Answers {
			batch.Answers = append(batch.Answers, Kept{s.ID, turns[i].ID, a})
		}
		for _, v := range turns[i].Votes {
			batch.Votes = append(batch.Votes, KeptVote{s.ID, turns[i].ID, v})
		}
		all = append(all, batch)
	}
	saved(t, store, all...)
}

func poll(t testing.TB, store *Store, id ID, o PollOptions) *Poll {
	t.Helper()
	p, err := store.Poll(id, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// next is the first slip that is open.
func next(p *Poll) int {
	return slices.IndexFunc(p.Slips, func(s Slip) bool { return p.Open(slices.Index(p.Slips, s)) })
}

// vote casts votes until n have been cast or nothing is open; of the pairs with
// column 1 that one wins.
func vote(t testing.TB, p *Poll, n int) (cast int) {
	t.Helper()
	for ; cast < n; cast++ {
		i := next(p)
		if i < 0 {
			return cast
		}
		c := Alike
		if p.Slips[i].Left.Column == 1 {
			c = LeftBetter
		} else if p.Slips[i].Right.Column == 1 {
			c = RightBetter
		}
		if err := p.Cast(i, c); err != nil {
			t.Fatal(err)
		}
	}
	return cast
}

func TestAVoterGoesOnWhereTheyStopped(t *testing.T) {
	store, id := pollable(t, 30, 2)
	first := poll(t, store, id, PollOptions{Voter: "ann"})
	vote(t, first, 11)
	at := next(first)
	other, err := Open(store.Path()) // the first one was killed: nobody has closed anything
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	second := poll(t, other, id, PollOptions{Voter: "ann"})
	if got := next(second); got != at || got < 11 {
		t.Errorf("it goes on at %d instead of %d", got, at)
	}
	want(t, "votes after all", 11+vote(t, second, 1000), len(first.Slips))
	want(t, "voted", second.Progress(), Polled{Session: id, Voter: "ann", Pairs: 30, Voted: 30, Looks: 2, Looked: 2})
}

func TestVotersKnowNothingOfEachOther(t *testing.T) {
	store, id := pollable(t, 12, 2)
	ann, bob := poll(t, store, id, PollOptions{Voter: "ann"}), poll(t, store, id, PollOptions{Voter: "bob"})
	vote(t, ann, 1000)
	want(t, "votes of bob", bob.Progress().Voted, 0)
	want(t, "votes of bob, who begins later", poll(t, store, id, PollOptions{Voter: "bob"}).Progress().Voted, 0)
	vote(t, bob, 1000)
	_, turns := keptSession(t, store, id)
	for _, turn := range turns {
		var voters []string
		for _, v := range turn.Votes {
			if v.Counts() {
				voters = append(voters, v.Voter)
			}
		}
		if slices.Sort(voters); !slices.Equal(voters, []string{"ann", "bob"}) {
			t.Errorf("turn %d has votes of %v", turn.ID, voters)
		}
	}
}

// The figures of a verdict are those of the first looks.
func TestASecondLookIsNeverCountedTwice(t *testing.T) {
	store, id := pollable(t, 30, 2)
	p := poll(t, store, id, PollOptions{Voter: "ann"})
	for {
		i := next(p)
		if i < 0 {
			break
		}
		if err := p.Cast(i, LeftBetter); err != nil { // whoever stands there
			t.Fatal(err)
		}
	}
	s, turns, err := p.Whole()
	if err != nil {
		t.Fatal(err)
	}
	trial := tried(t, s, 0, turns...)
	v, steady := verdict.Judge(trial.Trial)[0], trial.Steady("ann")
	want(t, "votes", v.Votes.N(), 30)
	want(t, "prompts", v.N, 30)
	want(t, "second looks", steady.N, 2)
	want(t, "of them the same", steady.Agree, 0)
	if sides := trial.Sides(); sides.Left != 30 || !sides.Biased {
		t.Errorf("%+v", sides)
	}
	board := BoardOf(s, turns)
	if b := board.Scores[0].Blind; b.N() != 30 {
		t.Errorf("the scoreboard counts %d votes", b.N())
	}
}

func TestAPollHidesTheNamesOfWhatWasAskedOpenly(t *testing.T) {
	store, id := pollable(t, 3, 2, func(s *Session, turns []Turn) {
		s.Columns[0].Model = providers.Ref{Provider: "qwen", Model: "qwen3-vl:8b"}
		s.Columns[1].Model = providers.Ref{Provider: "openai", Model: "gpt-5.1"}
		for i := range turns {
			a := turns[i].Answers
			a[0].Model, a[0].Text, a[0].Thoughts, a[0].Served = s.Columns[0].Model, "I am Qwen3-VL, made by Alibaba. Seven.", "I am Qwen", "qwen3-vl"
			a[1].Model, a[1].Text = s.Columns[1].Model, "As GPT-5.1 I say seven."
			turns[i].Note = "gpt was better"
		}
	})
	p := poll(t, store, id, PollOptions{})
	for i := range p.Slips {
		all := strings.ToLower(fmt.Sprintf("%+v", p.Paper(i)))
		for _, name := range []string{"qwen", "alibaba", "gpt", "openai"} {
			if strings.Contains(all, name) {
				t.Errorf("%s stands in %s", name, all)
			}
		}
		if !strings.Contains(all, "seven") {
			t.Errorf("the answers are missing from %s", all)
		}
	}
}

func TestOnlyWhatWasNotSeenIsVotedOnBlind(t *testing.T) {
	openly := preferring(false, 1)
	for _, tt := range []struct {
		name  string
		voter string
		seen  bool
		edit  func(*Session, []Turn)
		known int
		want  bool
	}{
		{"asked openly", "", false, nil, 1, true},
		{"asked openly, and read", "", true, nil, 1, false},
		{"hidden", "", true, func(s *Session, ts []Turn) { ts[0].Blind, s.Hidden = true, []int{1} }, 0, true},
		{"revealed", "", true, func(_ *Session, ts []Turn) { ts[0].Blind, ts[0].Revealed = true, time.Unix(3000, 0) }, 1, false},
		{"voted on openly by another", "ann", false, func(_ *Session, ts []Turn) { openly(&ts[0]) }, 1, true},
		{"voted on openly, and taken back", "", false, func(_ *Session, ts []Turn) {
			openly(&ts[0])
			ts[0].Votes[0].Undone = time.Unix(6000, 0)
		}, 1, false},
	} {
		edits := []func(*Session, []Turn){}
		if tt.edit != nil {
			edits = append(edits, tt.edit)
		}
		store, id := pollable(t, 1, 2, edits...)
		p := poll(t, store, id, PollOptions{Voter: tt.voter})
		want(t, tt.name+": known", p.Known(), tt.known)
		p.Saw(tt.seen)
		if err := p.Cast(0, BothBad); err != nil {
			t.Fatal(err)
		}
		_, turns := keptSession(t, store, id)
		vote, _ := turns[0].Vote(tt.voter)
		want(t, tt.name, vote.Blind, tt.want)
	}
}

func TestTheLastVoteCanBeTakenBack(t *testing.T) {
	store, id := pollable(t, 5, 2)
	p := poll(t, store, id, PollOptions{Voter: "ann"})
	vote(t, p, 2)
	at := p.mine[1].slip
	got, ok, err := p.Undo()
	if got != at || !ok || err != nil || !p.Open(at) {
		t.Errorf("undone is %d, %v, %v", got, ok, err)
	}
	_, _, _ = p.Undo()
	if _, ok, err := p.Undo(); ok || err != nil {
		t.Errorf("a third vote of two is taken back: %v, %v", ok, err)
	}
	want(t, "voted", poll(t, store, id, PollOptions{Voter: "ann"}).Progress().Voted, 0)
	_, turns := keptSession(t, store, id)
	want(t, "kept, for the record", len(turns[p.Slips[at].Turn-1].Votes), 1)
}

// Two windows, or two people, at one store.
func TestTwoVotersAtOnceLoseNoVote(t *testing.T) {
	store, id := pollable(t, 20, 2)
	other, err := Open(store.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	done := make(chan int)
	for _, at := range []struct {
		store *Store
		voter string
	}{{store, "ann"}, {other, "bob"}} {
		p := poll(t, at.store, id, PollOptions{Voter: at.voter})
		go func() { done <- vote(t, p, 1000) }()
	}
	<-done
	<-done
	for _, voter := range []string{"ann", "bob"} {
		want(t, voter, poll(t, store, id, PollOptions{Voter: voter}).Progress().Voted, 20)
	}
	twice := poll(t, other, id, PollOptions{Voter: "cid"})
	vote(t, poll(t, store, id, PollOptions{Voter: "cid"}), 1)
	if err := twice.Cast(next(twice), Alike); !errors.Is(err, errAlready) {
		t.Errorf("a pair is voted on twice: %v", err)
	}
	vote(t, twice, 3)
	want(t, "cid", poll(t, store, id, PollOptions{Voter: "cid"}).Progress().Voted+poll(t, store, id, PollOptions{Voter: "cid"}).Progress().Looked, 4)
}

// A vote in the workbench, whose memory is behind, takes nobody's place.
func TestAVoteWithATakenNumberComesBehind(t *testing.T) {
	store, id := pollable(t, 1, 2)
	vote(t, poll(t, store, id, PollOptions{Voter: "ann"}), 1)
	late := Vote{ID: 1, At: time.Unix(9000, 0), Seats: []int{1, 2}, Takes: []Pick{{1, 1}, {2, 1}}, Best: []int{2}}
	saved(t, store, Batch{Votes: []KeptVote{{id, 1, late}}})
	late.Undone = time.Unix(9001, 0)
	saved(t, store, Batch{Votes: []KeptVote{{id, 1, late}}})
	_, turns := keptSession(t, store, id)
	got := turns[0].Votes
	if len(got) != 2 || got[0].Voter != "ann" || got[1].ID != 2 || got[1].Undone.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestRevealedVotesCount(t *testing.T) {
	store, id := pollable(t, 4, 2, func(s *Session, turns []Turn) {
		for i := range turns {
			turns[i].Blind = true
			s.Hidden = append(s.Hidden, i+1)
		}
	})
	p := poll(t, store, id, PollOptions{})
	vote(t, p, 1000)
	want(t, "hidden", p.Progress().Hidden, 4)
	if err := p.Reveal(); err != nil {
		t.Fatal(err)
	}
	s, turns, err := p.Whole()
	if err != nil {
		t.Fatal(err)
	}
	v := verdict.Judge(tried(t, s, 0, turns...).Trial)[0]
	if len(s.Hidden) != 0 || v.N != 4 || v.Evidence != verdict.Blind || p.Progress().Hidden != 0 {
		t.Errorf("%v are hidden, %+v", s.Hidden, v)
	}
	if _, ok, _ := p.Undo(); ok {
		t.Error("a vote was taken back after the names were shown")
	}
}

// Who votes on all answers at once in the workbench means all of them.
func TestAVoteOnAllTakesThePlaceOfVotesOnPairs(t *testing.T) {
	store, id := pollable(t, 1, 3, func(s *Session, turns []Turn) { turns[0].Blind, s.Hidden = true, []int{1} })
	vote(t, poll(t, store, id, PollOptions{}), 2)
	b := bench(t, store, nil)
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	turn, err := b.Vote(1, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	counting := 0
	for _, v := range turn.Votes {
		if v.Counts() {
			counting++
		}
	}
	want(t, "votes that count", counting, 1)
	want(t, "pairs voted on by that", poll(t, store, id, PollOptions{}).Progress().Voted, 1) // of 1 and 3 it says nothing
}

// What passes and what is better are two questions.
func TestPassAndPreferenceAreNeverCountedTogether(t *testing.T) {
	store, id := pollable(t, 25, 2)
	if err := store.Plan(id, TestPlan{At: time.Now(), Metric: Pass, Margin: .2, N: 25, Baseline: 2, Seed: 8}); err != nil {
		t.Fatal(err)
	}
	p := poll(t, store, id, PollOptions{Voter: "ann"})
	vote(t, p, 1000)
	s, turns, err := p.Whole()
	if err != nil {
		t.Fatal(err)
	}
	for i := range turns[:3] {
		preferring(true, 2)(&turns[i]) // in the workbench
		turns[i].Votes[len(turns[i].Votes)-1].At = time.Now()
	}
	of := func(s Session) verdict.Verdict { return verdict.Judge(tried(t, s, 2, turns...).Trial)[0] }
	v := of(s)
	if !p.Pass || v.Passed == nil || v.Passed.Passed != 25 || v.N != 25 || !v.Fixed {
		t.Errorf("%+v", v)
	}
	want(t, "preferences left out", v.OtherKind, 3)
	s.Plan = nil
	if v := of(s); v.Passed != nil || v.N != 3 || v.OtherKind != 25 {
		t.Errorf("without a plan preferences count, not %+v", v)
	}
	for i := range turns[:3] {
		turns[i].Votes = slices.DeleteFunc(turns[i].Votes, func(v Vote) bool { return !v.Pass })
	}
	if v := of(s); v.Passed == nil || v.N != 25 {
		t.Errorf("where there are no others those of pass or fail count, not %+v", v)
	}
	first := turns[0].Votes[0]
	want(t, "in words", first.Words(map[int]string{1: "a", 2: "b"}), "passing: a; not passing: b")
	if _, ok := turns[0].Vote("ann"); ok {
		t.Error("what passes is told as a preference")
	}
	twice := poll(t, store, id, PollOptions{Voter: "ann", Pass: true})
	want(t, "voted", twice.Progress().Voted, 25)
}
