package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func demo(t *testing.T) providers.Provider {
	t.Helper()
	p, err := New(providers.Endpoint{Name: "demo", API: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ask(model string, texts ...string) providers.Request {
	req := providers.Request{Model: model}
	for i, text := range texts {
		req.Messages = append(req.Messages, providers.Says(providers.Role(i%2), text))
	}
	return req
}

// heard is a whole answer as a reader of the events sees it.
type heard struct {
	events                 []providers.Event
	text, thought, refusal string
	stop                   *providers.Stop
	err                    *providers.Error
	timing                 providers.Timing
}

func listen(seq iter.Seq2[providers.Event, error]) heard {
	var h heard
	for ev, err := range providers.Meter(seq, &h.timing) {
		if err != nil {
			h.err = providers.AsError(err)
			continue
		}
		h.events = append(h.events, ev)
		switch ev := ev.(type) {
		case providers.Delta:
			h.text += ev.Text
		case providers.Thought:
			h.thought += ev.Text
		case providers.Refusal:
			h.refusal += ev.Text
		case providers.Stop:
			h.stop = &ev
		}
	}
	return h
}

func hear(t *testing.T, req providers.Request) heard {
	t.Helper()
	return listen(demo(t).Stream(t.Context(), req))
}

func TestTwoFreeModelsAreListed(t *testing.T) {
	models, err := demo(t).Models(t.Context())
	if err != nil || len(models) != 2 {
		t.Fatalf("models %v, %v", models, err)
	}
	for i, want := range []struct {
		name    string
		context int
	}{{"demo/swift", 8192}, {"demo/sage", 32768}} {
		m := models[i]
		if m.Ref.String() != want.name || m.Context != want.context {
			t.Errorf("%s with a window of %d, want %v", m.Ref, m.Context, want)
		}
		if m.Price == nil || !reflect.DeepEqual(*m.Price, providers.Price{Source: providers.Free}) {
			t.Errorf("%s costs %v, want nothing, and to say that it is free", m.Ref, m.Price)
		}
	}
}

func TestAnswersSayEarlyThatTheyAreSimulated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for i := range 40 {
			for _, model := range []string{"swift", "sage"} {
				topic := fmt.Sprintf("why the sky has colour number %d", i)
				h := hear(t, ask(model, topic))
				if h.err != nil {
					t.Fatal(h.err)
				}
				at := strings.Index(strings.ReplaceAll(h.text, "*", ""), "simulated model built into juxta")
				if at < 0 || at > 120 {
					t.Errorf("%s says at byte %d that it is simulated:\n%s", model, at, h.text)
				}
				if !strings.Contains(h.text, topic) {
					t.Errorf("%s does not take up the question:\n%s", model, h.text)
				}
				if h.stop.Model != "simulated" {
					t.Errorf("the model that answered is %q", h.stop.Model)
				}
			}
		}
	})
}

func TestTheTwoModelsDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		swift, sage := hear(t, ask("swift", "Hello?")), hear(t, ask("sage", "Hello?"))
		if swift.text == sage.text || len(sage.text) < 2*len(swift.text) {
			t.Errorf("swift says %d bytes, sage %d", len(swift.text), len(sage.text))
		}
		if swift.thought != "" || sage.thought == "" {
			t.Errorf("swift thinks %q, sage %q", swift.thought, sage.thought)
		}
		if ft := swift.timing.FirstToken; ft < 160*time.Millisecond || ft > 200*time.Millisecond {
			t.Errorf("swift's first token after %s", ft)
		}
		if ft := sage.timing.FirstToken; ft < 630*time.Millisecond || ft > 770*time.Millisecond {
			t.Errorf("sage's first token after %s", ft)
		}
		if s := swift.timing.Speed(*swift.stop.Usage); s < 89.9 || s > 90.1 {
			t.Errorf("swift's speed is %f", s)
		}
		if s := sage.timing.Speed(*sage.stop.Usage); s < 44.9 || s > 45.1 {
			t.Errorf("sage's speed is %f", s)
		}
		again := hear(t, ask("swift", "Hello?"))
		if again.text != swift.text || again.timing.FirstToken != swift.timing.FirstToken {
			t.Error("the same question got another answer")
		}
	})
}

func TestAQuestionWithoutWordsIsNotQuoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, q := range []string{"...", "!", " \n", "。"} {
			if h := hear(t, ask("sage", q)); strings.Contains(h.text+h.thought, "“”") || !strings.Contains(h.text, "your question") {
				t.Errorf("%q: %s\n%s", q, h.thought, h.text)
			}
		}
	})
}

func TestAnswersTellHowManyEarlierTurnsTheyKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, model := range []string{"swift", "sage"} {
			for _, c := range []struct {
				texts []string
				want  string
			}{
				{[]string{"a"}, "no earlier turns"},
				{[]string{"a", "A", "b"}, "1 earlier turn of"},
				{[]string{"a", "A", "b", "B", "c"}, "2 earlier turns of"},
			} {
				if h := hear(t, ask(model, c.texts...)); !strings.Contains(h.text, c.want) {
					t.Errorf("%s, told %q, does not say %q:\n%s", model, c.texts, c.want, h.text)
				}
			}
		}
	})
}

// picture is one colour, as PNG.
func picture(t *testing.T, w, h int, c color.Color) providers.Blob {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return providers.Blob{Name: "a.png", MIME: "image/png", Data: b.Bytes()}
}

func TestTheOneThatSeesTellsTheTruthOfAPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			colour color.Color
			want   string
		}{
			"red":         {color.RGBA{255, 0, 0, 255}, "red (#ff0000)"},
			"green":       {color.RGBA{0, 255, 0, 255}, "green (#00ff00)"},
			"blue":        {color.RGBA{0, 0, 255, 255}, "blue (#0000ff)"},
			"white":       {color.White, "white (#ffffff)"},
			"black":       {color.Black, "black (#000000)"},
			"grey":        {color.RGBA{128, 128, 128, 255}, "grey (#808080)"},
			"brown":       {color.RGBA{150, 90, 30, 255}, "brown (#965a1e)"},
			"transparent": {color.Transparent, "white (#ffffff)"},
		} {
			req := ask("swift", "What is this?")
			req.Messages[0].Parts = append(req.Messages[0].Parts, picture(t, 300, 200, c.colour))
			if h := hear(t, req); !strings.Contains(h.text, "300 × 200 pixels, and its mean colour is "+c.want) || !strings.Contains(h.text, "simulated") {
				t.Errorf("%s: %s", name, h.text)
			}
		}
		two := ask("swift", "")
		two.Messages[0].Parts = []providers.Part{picture(t, 3, 4, color.White), picture(t, 5, 6, color.Black)}
		if h := hear(t, two); !strings.Contains(h.text, "Picture 1 is 3 × 4") || !strings.Contains(h.text, "Picture 2 is 5 × 6") {
			t.Error(h.text)
		}
		broken := ask("swift", "What is this?")
		broken.Messages[0].Parts = append(broken.Messages[0].Parts, providers.Blob{MIME: "image/png", Data: []byte("x")})
		if h := hear(t, broken); !strings.Contains(h.text, "could not be read") {
			t.Error(h.text)
		}
		// A screen of one pixel, and a first frame that is 0 × 1.
		broken.Messages[0].Parts[1] = providers.Blob{MIME: "image/gif", Data: []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x01\x2c\x00;")}
		if h := hear(t, broken); h.err != nil || !strings.Contains(h.text, "is 1 × 1 pixels, and has nothing on it") {
			t.Error(h.text, h.err)
		}
	})
}

// What a simulated model is listed not to take is refused before it is sent, as
// a real one's provider does.
func TestWhatASimulatedModelDoesNotTakeIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		models, err := demo(t).Models(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range models {
			for _, b := range []providers.Blob{picture(t, 2, 2, color.White), {MIME: "application/pdf"}, {MIME: "audio/wav"}} {
				req := ask(m.Ref.Model, "What is this?")
				req.Messages[0].Parts = append(req.Messages[0].Parts, b)
				h := hear(t, req)
				refused := h.err != nil && h.err.Kind == providers.Unsupported && h.err.Hint != "" && len(h.events) == 0
				if refused != (m.Takes(b.MIME) == providers.No) {
					t.Errorf("%s takes %s: %v, and it ended with %v after %d events", m.Ref, b.MIME, m.Takes(b.MIME), h.err, len(h.events))
				}
			}
		}
		req := ask("script:say=x,blind=1", "What is this?")
		if h := hear(t, req); h.err != nil {
			t.Error(h.err)
		}
		req.Messages[0].Parts = append(req.Messages[0].Parts, picture(t, 2, 2, color.White))
		if h := hear(t, req); h.err == nil || h.err.Kind != providers.Unsupported || len(h.events) != 0 {
			t.Errorf("a blind script ends with %v", h.err)
		}
	})
}

// What a model is listed to accept is sent, and nothing else is: the rest is
// left out with a word.
func TestSimulatedModelsTakeWhatTheyAreListedToAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		models, err := demo(t).Models(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		warm, seed := 0.5, int64(7)
		for _, m := range models {
			req := ask(m.Ref.Model, "Hello")
			req.Params = providers.Params{
				Temperature: &warm, TopP: &warm, MaxTokens: 100, Seed: &seed, Stop: []string{"x"}, Think: "high", ThinkBudget: 5, Context: 9,
			}
			var asked, sent map[string]any
			turn := func(p providers.Params, into *map[string]any) {
				data, _ := json.Marshal(p)
				_ = json.Unmarshal(data, into)
			}
			turn(req.Params, &asked)
			h := hear(t, req)
			notice, _ := h.events[0].(providers.Notice)
			turn(h.events[1].(providers.Sent).Params, &sent)
			for name := range asked {
				accepted := slices.ContainsFunc(m.Accepts, func(k providers.Knob) bool { return k.Name == name })
				if _, was := sent[name]; was != accepted || !was && !strings.Contains(notice.Text, name) {
					t.Errorf("%s %s: accepted %t, sent %t, said %q", m.Ref.Model, name, accepted, was, notice.Text)
				}
			}
			if think, was := sent["think"]; was && (think != "on" || !strings.Contains(notice.Text, "think=high was sent as on")) {
				t.Errorf("think=%v, said %q", think, notice.Text)
			}
		}
	})
}

func TestSimulatedModelsObeyTheirLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		req := ask("sage", "Hello")
		req.Params.MaxTokens = 10
		if h := hear(t, req); h.stop.Reason != providers.Length || h.stop.Usage.Output != 10 || h.stop.Usage.Reasoning != 10 {
			t.Errorf("10 tokens allowed: %+v", h.stop)
		}
		req = ask("sage", "Hello")
		req.Params.Think = "off"
		if h := hear(t, req); h.thought != "" || h.text == "" {
			t.Errorf("told not to think, it thinks %q", h.thought)
		}
		if h := hear(t, ask("swift", strings.Repeat("word", 8193))); h.err == nil || h.err.Kind != providers.ContextFull {
			t.Errorf("a full context ends with %v", h.err)
		}
		req = ask("swift", "Hello")
		req.Schema = []byte(`{}`)
		if h := hear(t, req); h.err == nil || h.err.Kind != providers.Unsupported || len(h.events) > 0 {
			t.Errorf("a schema ends with %v after %d events", h.err, len(h.events))
		}
		seed := int64(1)
		req = ask("swift", "Hello")
		req.Params.Seed = &seed
		h := hear(t, req)
		if n, ok := h.events[0].(providers.Notice); !ok || !strings.Contains(n.Text, "seed") || n.Wait {
			t.Errorf("a seed is left out silently: %v", h.events[0])
		}
		if h := hear(t, ask("owl", "Hello")); h.err == nil || h.err.Kind != providers.NotFound || !strings.Contains(h.err.Advice(), "swift") {
			t.Errorf("an unknown model ends with %v", h.err)
		}
	})
}
