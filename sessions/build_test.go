package sessions

import (
	"context"
	"iter"
	"testing"
	"time"

	"juxta/providers"
)

func TestABuildIsKeptWithItsAnswerAndItsTemplateOnce(t *testing.T) {
	s := opened(t)
	says := providers.Build{Digest: "sha256:abc", Quantization: "Q4_K_M", Template: "{{ .Prompt }}", Server: "ollama 0.17.4"}
	local := double{name: "lab", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			if yield(providers.Sent{At: time.Now(), Build: &says}, nil) && yield(providers.Delta{At: time.Now(), Text: "yes"}, nil) {
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
			}
		}
	}}
	b := bench(t, s, []string{"lab/m", "demo/" + saying("no")}, local)
	ask(t, b, "q1")
	ask(t, b, "q2")
	want(t, "saved", b.settle(), nil)
	_, turns := keptSession(t, s, b.Session().ID)
	first, second := turns[0].Answers[0].Build, turns[1].Answers[0].Build
	if first == nil || second == nil {
		t.Fatal("no build is kept")
	}
	want(t, "the first", first.Build, says)
	says.Template = ""
	want(t, "the second", second.Build, says)
	want(t, "whose template is the same", second.SHA256, first.SHA256)
	want(t, "the hash", first.SHA256, sumOf([]byte("{{ .Prompt }}")))
	want(t, "of one that does not say", turns[0].Answers[1].Build == nil, true)
}
