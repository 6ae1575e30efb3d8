package tui

import (
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func TestASlowProviderDoesNotDelayThePicker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shops := market(t)
		shops[2].takes = time.Hour // openai
		x := show(t, 120, 36, shopping(shops...))
		screen := x.press("ctrl+l")
		want(t, screen, "no answer yet: openai · the key was not accepted .HTTP 401.: gemini · not running: vllm", "gemma3:4b", "sage")
		x.press("qwen")
		x.leads("ollama/qwen3:8b")
		want(t, x.after(10*time.Second), "no answer within 10s: openai · the key")
		x.leads("ollama/qwen3:8b") // what was typed and chosen stays
		shops[2].takes = 0
		lacks(t, x.press("ctrl+r"), ": openai")
		x.press("enter")
		want(t, x.now(), "1 qwen3:8b · ollama · local")
		x.quit()
	})
}

func TestManySilentProvidersLeaveRoomForTheReason(t *testing.T) {
	m := newModel(t.Context(), Options{})
	var shops []*shop
	for _, name := range []string{"openai", "openai-chat", "anthropic", "gemini", "openrouter"} {
		shops = append(shops, &shop{name: name})
	}
	m.bench = shopping(append(shops, &shop{name: "vllm"})...)
	m.offers.age = map[string]string{}
	for i, e := range m.entries() {
		m.offers.age[e.Name] = "3d ago"
		err := providers.Error{Kind: providers.Unreachable}
		if e.Name == "gemini" {
			err, m.offers.age[e.Name] = providers.Error{Kind: providers.Auth}, ""
		}
		m.found = append(m.found, providers.Listing{Entry: m.entries()[i], Err: &err})
	}
	got, bad := m.silent()
	if wants := complaint(&providers.Error{Kind: providers.Unreachable}) + ": openai, openai-chat, anthropic and 1 more (listed 3d ago) · " + complaint(&providers.Error{Kind: providers.Auth}) + ": gemini · not running: vllm (listed 3d ago)"; got != wants || !bad {
		t.Errorf("got  %s\nwant %s", got, wants)
	}
}

// One address that swallows everything keeps nobody from looking again.
func TestASecondLookWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shops := market(t)
		shops[2].takes = time.Hour // openai
		x := show(t, 120, 36, shopping(shops...))
		want(t, x.press("ctrl+l"), "no answer yet: openai", "not running: vllm")
		shops[1].err, shops[1].models = nil, []providers.Model{{Ref: providers.Ref{Provider: "vllm", Model: "just-started"}, Local: true}}
		screen := x.press("ctrl+r")
		want(t, screen, "vllm/just-started", "no answer yet: openai")
		lacks(t, screen, "not running")
		shops[2].takes = 0
		want(t, x.press("ctrl+r"), "openai/gpt-5.1")
		lacks(t, x.after(11*time.Second), "no answer", "stopped") // of the rounds that ended early
		x.press("esc")
		x.quit()
	})
}

// Columns that need nobody outside the program: nobody is asked for models
// before somebody wants to choose one.
func TestWithinTheProgramNobodyIsAskedForModels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := opens(shopping(market(t)...))
		o.Within = true
		x := start(t, 120, 40, o)
		screen := x.after(time.Minute)
		want(t, screen, "not asked yet, ctrl[+]l does: .*ollama")
		lacks(t, screen, "1 model|not running|looking")
		want(t, x.press("ctrl+l"), "gemma3:4b", "qwen3:8b")
		x.quit()
	})
}
