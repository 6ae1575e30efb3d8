package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// realServer is a provider for the server that JUXTA_OLLAMA names. Its models are
// tiny and computed, so their answers are known.
func realServer(t *testing.T) providers.Provider {
	t.Helper()
	address := os.Getenv("JUXTA_OLLAMA")
	if address == "" {
		t.Skip("JUXTA_OLLAMA is not set: no real Ollama to ask")
	}
	return made(t, address)
}

func askFor(model, text string) providers.Request {
	req := ask(text)
	req.Model = model
	return req
}

// solid is a PNG of one colour.
func solid(t *testing.T, c color.Color) providers.Blob {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return providers.Blob{MIME: "image/png", Data: b.Bytes()}
}

func withImage(t *testing.T, model string) providers.Request {
	req := askFor(model, "What do you see?")
	req.Messages[0].Parts = append(req.Messages[0].Parts, solid(t, color.RGBA{R: 255, A: 255}))
	return req
}

func TestRealServerListsItsModels(t *testing.T) {
	list, err := realServer(t).Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]providers.Model{}
	for _, m := range list {
		found[strings.TrimSuffix(m.Ref.Model, ":latest")] = m
	}
	const yes, no = providers.Yes, providers.No
	for name, can := range map[string]providers.Abilities{
		"tiny-text":   {Images: no, Thoughts: no, Tools: no, Audio: no, Documents: no},
		"tiny-tools":  {Images: no, Thoughts: no, Tools: yes, Audio: no, Documents: no},
		"tiny-think":  {Images: no, Thoughts: yes, Tools: yes, Audio: no, Documents: no},
		"tiny-vision": {Images: yes, Thoughts: no, Tools: no, Audio: no, Documents: no},
		"tiny-llava":  {Images: yes, Thoughts: no, Tools: no, Audio: no, Documents: no},
		"tiny-slow":   {Images: no, Thoughts: no, Tools: no, Audio: no, Documents: no},
	} {
		m := found[name]
		if m.Can != can || m.Context != 8192 || len(m.Digest) != 64 || m.Size == 0 || !m.Local || m.Price != nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// Two questions one after the other; the second finds the model loaded.
func TestRealServerAnswersAndSaysWhenItLoads(t *testing.T) {
	p := realServer(t)
	req := askFor("tiny-text", "@hello")
	req.Params.Context = 1024 + 16*int(time.Now().UnixNano()%64) // a window that is not loaded yet
	h := hear(t, p, req)
	if h.err != nil {
		t.Fatal(h.err)
	}
	if h.text != "Hello there, tester.\u200b" || h.stop.Reason != providers.Finished {
		t.Errorf("answer %q, %+v", h.text, h.stop)
	}
	if len(h.notices) != 1 || h.notices[0].Text != "loading" {
		t.Errorf("notices %+v", h.notices)
	}
	if u := h.stop.Usage; u == nil || u.Input == 0 || u.Output != 6 {
		t.Errorf("usage %+v", u)
	}
	if s := h.stop.Server; s.Load == nil || s.Prefill == nil || s.Decode == nil || *s.Load > h.timing.FirstToken {
		t.Errorf("server times %+v, first token after %s", s, h.timing.FirstToken)
	}
	h = hear(t, p, req)
	if h.err != nil || h.text != "Hello there, tester.\u200b" || len(h.notices) != 0 {
		t.Errorf("again: %q, %v, %+v", h.text, h.err, h.notices)
	}
	if h.sent.Params.Context != req.Params.Context || !said(p.(*provider).resident(t.Context(), "tiny-text", req.Params.Context)) {
		t.Errorf("the server did not take the window of %d", req.Params.Context)
	}
}

// A model that was unloaded is cold once, and warm with the same window then.
func TestRealServerSaysWhatItHolds(t *testing.T) {
	p := realServer(t)
	hear(t, p, askFor("tiny-text", "@hello"))
	unload(t, p, "tiny-text")
	for i, want := range []bool{false, true, true} {
		h := hear(t, p, askFor("tiny-text", "@hello"))
		if h.err != nil || h.sent.Resident == nil || *h.sent.Resident != want {
			t.Errorf("request %d: %v, %+v, want resident %v", i+1, h.err, h.sent, want)
		}
	}
}

// unload has the server forget a model, and waits until it has.
func unload(t *testing.T, p providers.Provider, model string) {
	t.Helper()
	var out any
	if err := p.(*provider).call(t.Context(), "POST", "/api/generate", map[string]any{"model": model, "keep_alive": 0}, &out); err != nil {
		t.Fatal(err)
	}
	for said(p.(*provider).resident(t.Context(), model, 0)) {
		if t.Context().Err() != nil {
			t.Fatal("it is still there")
		}
	}
}

func TestRealServerKeepsEveryByte(t *testing.T) {
	p := realServer(t)
	h := hear(t, p, askFor("tiny-text", "@utf8"))
	if h.err != nil {
		t.Fatal(h.err)
	}
	for _, part := range []string{"ß", "世界", "\u202e", "<"} {
		if !strings.Contains(h.text, part) {
			t.Errorf("%+q is not in %+q", part, h.text)
		}
	}
	// The server's own words, put together by nothing but the JSON decoder.
	if want := plainly(t, p, "tiny-text", "@utf8"); h.text != want {
		t.Errorf("got  %+q\nwant %+q", h.text, want)
	}
	h = hear(t, p, askFor("tiny-text", "@md"))
	if h.err != nil || !strings.Contains(h.text, "```") || !strings.Contains(h.text, "# ") {
		t.Errorf("Markdown came as %q, %v", h.text, h.err)
	}
	h = hear(t, p, askFor("tiny-text", "@empty"))
	if h.err != nil || h.text != "" || h.stop.Usage == nil {
		t.Errorf("nothing came as %q, %+v, %v", h.text, h.stop, h.err)
	}
}

// plainly is the same answer asked for in one piece.
func plainly(t *testing.T, p providers.Provider, model, text string) string {
	t.Helper()
	var out struct{ Message struct{ Content string } }
	err := p.(*provider).call(t.Context(), "POST", "/api/chat", map[string]any{
		"model": model, "stream": false, "options": map[string]any{"num_ctx": usualWindow},
		"messages": []map[string]string{{"role": "user", "content": text}},
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.Message.Content
}

func TestRealServerThinksWhenAsked(t *testing.T) {
	p := realServer(t)
	for think, thinks := range map[string]bool{"": true, "on": true, "off": false, "high": true} {
		req := askFor("tiny-think", "@hello")
		req.Params.Think = think
		h := hear(t, p, req)
		if h.err != nil || (h.thoughts != "") != thinks || !strings.HasPrefix(h.text, "Hello there") {
			t.Errorf("think=%q: thoughts %q, text %q, %v", think, h.thoughts, h.text, h.err)
		}
	}
	req := askFor("tiny-text", "@hello")
	req.Params.Think = "on"
	if h := hear(t, p, req); h.err != nil || len(h.notices) == 0 || !strings.Contains(h.notices[0].Text, "can't think") {
		t.Errorf("a model that can't think: %v, %+v", h.err, h.notices)
	}
}

func TestRealServerSeesImages(t *testing.T) {
	p := realServer(t)
	for _, model := range []string{"tiny-vision", "tiny-llava"} {
		if h := hear(t, p, withImage(t, model)); h.err != nil || !strings.HasPrefix(h.text, "I see red") {
			t.Errorf("%s: %q, %v", model, h.text, h.err)
		}
	}
	h := hear(t, p, withImage(t, "tiny-text"))
	h.wantError(t, providers.Unsupported, "vision")
	if h.sent != nil {
		t.Error("the image was sent to a model without vision")
	}
	broken := withImage(t, "tiny-vision")
	broken.Messages[0].Parts[1] = providers.Blob{MIME: "image/png", Data: []byte("not an image")}
	hear(t, p, broken).wantError(t, providers.Unsupported, "PNG")
}

func TestRealServerCallsTools(t *testing.T) {
	p := realServer(t)
	req := askFor("tiny-tools", "@tool")
	req.Tools = []providers.Tool{{
		Name: "get_weather", Description: "the weather of a city",
		Parameters: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}`),
	}}
	h := hear(t, p, req)
	if h.err != nil || len(h.calls) != 1 || h.stop.Reason != providers.ToolUse {
		t.Fatalf("%+v, %v", h.calls, h.err)
	}
	c := h.calls[0]
	if c.Name != "get_weather" || c.Arguments != `{"city":"Paris"}` || c.ID == "" || h.timing.FirstToken == 0 {
		t.Errorf("call %+v, first token after %s", c, h.timing.FirstToken)
	}
	// The result goes back in the form that the server takes.
	req.Messages = append(req.Messages,
		providers.Message{Role: providers.Assistant, Parts: []providers.Part{c}},
		providers.Message{Role: providers.User, Parts: []providers.Part{providers.ToolResult{ID: c.ID, Text: "sunny"}}})
	req.Params.MaxTokens = 20
	if h := hear(t, p, req); h.err != nil {
		t.Errorf("after the tool's result: %v", h.err)
	}
}

func TestRealServerEndsAreToldApart(t *testing.T) {
	p := realServer(t)
	if h := hear(t, p, askFor("tiny-text", "@repeat")); h.err == nil || h.err.Kind != providers.Truncated || h.text == "" {
		t.Errorf("a repetition that the server breaks off: %q, %v", h.text, h.err)
	}
	req := askFor("tiny-text", "@loop")
	req.Params.MaxTokens = 12
	if h := hear(t, p, req); h.err != nil || h.stop.Reason != providers.Length || h.stop.Usage.Output != 12 {
		t.Errorf("an answer at its limit: %+v, %v", h.stop, h.err)
	}
	req = askFor("tiny-text", "@loop")
	req.Params.Context = 256
	if h := hear(t, p, req); h.err != nil || h.stop.Reason != providers.Length || h.stop.Usage.Output > 256 {
		t.Errorf("an answer at the window's end: %+v, %v", h.stop, h.err)
	}
	hear(t, p, askFor("no-such-model", "@hello")).wantError(t, providers.NotFound, "ollama pull no-such-model")

	req = askFor("tiny-text", strings.Repeat("salad ", 4000))
	req.Params.Context = 512
	h := hear(t, p, req)
	h.wantError(t, providers.ContextFull, "context=1024")
	if h.err.Status != 400 {
		t.Errorf("status %d", h.err.Status)
	}
}

func TestRealServerStopsWhenCancelled(t *testing.T) {
	p := realServer(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	ticks := 0
	for ev, err := range p.Stream(ctx, askFor("tiny-slow", "@loop")) {
		if err != nil {
			if e := providers.AsError(err); e.Kind != providers.Stopped {
				t.Fatal(e)
			}
			break
		}
		if _, ok := ev.(providers.Delta); ok {
			if ticks++; ticks == 5 {
				cancel(providers.ErrStopped)
			}
		}
	}
	// There is one slot: the next answer would wait for ever behind the loop.
	h := hear(t, p, askFor("tiny-slow", "@hello"))
	if h.err != nil || !strings.HasPrefix(h.text, "Hello there") || h.timing.FirstToken > 3*time.Second {
		t.Errorf("after the cancel: %q after %s, %v", h.text, h.timing.FirstToken, h.err)
	}
	t.Logf("first token of the next answer after %s", h.timing.FirstToken)
}

// The window is sized by what a picture is estimated to count, so it must not
// count more.
func TestRealServerCountsPicturesAsEstimated(t *testing.T) {
	p := realServer(t)
	for _, model := range []string{"tiny-vision", "tiny-llava"} {
		about, err := p.(*provider).show(t.Context(), model)
		if err != nil {
			t.Fatal(err)
		}
		bare := hear(t, p, askFor(model, "what?"))
		if bare.err != nil {
			t.Fatal(bare.err)
		}
		for _, size := range [][2]int{{64, 64}, {336, 336}, {1000, 500}, {3000, 2000}, {20, 300}} {
			data := picture(t, size[0], size[1])
			req := askFor(model, "what?")
			req.Messages[0].Parts = append(req.Messages[0].Parts, providers.Blob{MIME: "image/png", Data: data})
			h := hear(t, p, req)
			if h.err != nil {
				t.Fatal(h.err)
			}
			counts, estimate := h.stop.Usage.Input-bare.stop.Usage.Input, about.eyes.tokens(data)
			t.Logf("%s counts %d for %d×%d, estimated %d", model, counts, size[0], size[1], estimate)
			if counts > estimate || counts == 0 {
				t.Errorf("%s counts %d for %d×%d, more than the %d that are estimated, or nothing", model, counts, size[0], size[1], estimate)
			}
		}
	}
}
