package tui

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// edged is a service that scales pictures so that they are at most so many
// pixels wide and high.
type edged int

func (e edged) See(w, h int) providers.View {
	w, h = fitted(w, h, int(e))
	return providers.View{Width: w, Height: h, Tokens: w * h / 100}
}

// scaling are models that scale pictures to 1000 and to 600 pixels, and one of
// which nobody knows.
func scaling() double {
	sees := providers.Abilities{Images: providers.Yes}
	return double{name: "lab", models: []providers.Model{
		{Ref: providers.Ref{Provider: "lab", Model: "wide"}, Can: sees, Vision: edged(1000)},
		{Ref: providers.Ref{Provider: "lab", Model: "narrow"}, Can: sees, Vision: edged(600)},
		{Ref: providers.Ref{Provider: "lab", Model: "dark"}, Can: sees},
	}}
}

// strict is a service that scales as edged does, and refuses a long side.
type strict struct {
	edged
	most int
}

func (s strict) See(w, h int) providers.View {
	v := s.edged.See(w, h)
	if max(w, h) > s.most {
		v.Trouble = "a side is refused"
	}
	return v
}

// A refusal is named before what is merely scaled, be it of another model or of an
// earlier picture.
func TestEverySizeSaysFirstWhoMayRefuseIt(t *testing.T) {
	sees := providers.Abilities{Images: providers.Yes}
	lab := double{name: "lab", models: []providers.Model{
		{Ref: providers.Ref{Provider: "lab", Model: "scaler"}, Can: sees, Vision: edged(600)},
		{Ref: providers.Ref{Provider: "lab", Model: "strict-sonnet-4-5"}, Can: sees, Vision: strict{500, 1200}},
		{Ref: providers.Ref{Provider: "lab", Model: "also"}, Can: sees, Vision: strict{500, 1100}},
	}}
	dir := filled(t, map[string][]byte{"a.png": painted(t, 1000, 500, red), "b.png": painted(t, 2000, 1000, red)})
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"lab/scaler", "lab/strict-sonnet-4-5"}, lab))
		x.paste(filepath.Join(dir, "a.png") + " " + filepath.Join(dir, "b.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"),
			"as they are · now +1000×500 and 1 more · strict-sonnet-4-5 may refuse ▣2 +│",
			"1024 px +1000×500 · scaler \\(to 600×300\\) and 1 more scale ▣1 +│",
			"512 px +512×256 .*strict-sonnet-4-5 scales ▣1 to 500×250 +│")
		x.quit()
	})
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"lab/strict-sonnet-4-5", "lab/also"}, lab))
		x.paste(filepath.Join(dir, "b.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"), "as they are · now +2000×1000 · strict-so.* and 1 more.* may refuse it +│")
		x.quit()
	})
}

// What F3 offers says what each model would see of it, as the panes do.
func TestEverySizeSaysWhoScalesItFurther(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 2000, 1000, red), "small.png": painted(t, 8, 800, red)})
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"lab/wide", "lab/narrow"}, scaling()))
		x.paste(filepath.Join(dir, "pin.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"),
			"as they are · now +2000×1000 · wide \\(to 1000×500\\) and 1 more scale it", "2048 px +2000×1000 · wide \\(to 1000×500\\) and 1 more scale it",
			"1024 px +1024×512 · wide \\(to 1000×500\\) and 1 more model scale it", "768 px +768×384 · narrow scales it to 600×300 +│",
			"600 px +600×300 · the largest that all see unscaled +│", "512 px +512×256 · every model sees it unscaled +│")
		want(t, x.press("600", "enter"), "every model is sent the same bytes, at most 600 px")
		lacks(t, x.now(), "earlier turns")
		want(t, x.after(time.Second), "sees ▣1 600×300")
		x.press(" what?", "enter")
		x.after(time.Second)
		x.paste(filepath.Join(dir, "pin.png") + " " + filepath.Join(dir, "small.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"), "600 px · now +600×300 and 1 more · the largest that all see unscaled +│", "768 px +768×384 and 1 more · narrow scales ▣1 to 600×300 +│")
		want(t, x.press("as they", "enter"), "pictures are sent as they are; earlier turns stay as sent")
		x.quit()
	})
}

func TestWhatIsNotKnownOfAModelIsNotPromised(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 2000, 1000, red)})
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 36, bench(t, "", []string{"lab/wide", "lab/dark"}, scaling()))
		want(t, x.press("\x1bOR"), "as they are · now +each model's service scales them", "512 px +same bytes to each")
		x.press("esc")
		x.paste(filepath.Join(dir, "pin.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"), "2048 px .*wide scales it to 1000×500", "512 px .*unscaled where that is known")
		lacks(t, x.now(), "every model sees", "the largest")
		x.quit()
	})
}
