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

// What F3 offers says what each model would see of it, as the panes do.
func TestEverySizeSaysWhoScalesItFurther(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 2000, 1000, red), "small.png": painted(t, 8, 800, red)})
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"lab/wide", "lab/narrow"}, scaling()))
		x.paste(filepath.Join(dir, "pin.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"),
			"as they are · now +2000×1000 · wide scales it to 1000×500 \\+1", "2048 px +2000×1000 · wide scales it to 1000×500",
			"1024 px +1024×512 · wide scales it to 1000×500 \\+1", "768 px +768×384 · narrow scales it to 600×300 +│",
			"600 px +600×300 · the largest that all see unscaled +│", "512 px +512×256 · every model sees it unscaled +│")
		want(t, x.press("600", "enter"), "every model is sent the same bytes, at most 600 px")
		lacks(t, x.now(), "earlier turns")
		want(t, x.after(time.Second), "sees ▣1 600×300")
		x.press(" what?", "enter")
		x.after(time.Second)
		x.paste(filepath.Join(dir, "pin.png") + " " + filepath.Join(dir, "small.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"), "600 px · now +600×300 \\+1 more · the largest that all see unscaled +│", "768 px +768×384 \\+1 more · narrow scales ▣1 to 600×300 +│")
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
