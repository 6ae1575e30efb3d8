package tui

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
)

func TestARecalledQuestionHasItsFiles(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red), "b.png": painted(t, 8, 8, green)})
	path := filepath.Join(t.TempDir(), "juxta.db")
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := show(t, 100, 30, bench(t, path, []string{"wit/eyes"}, k.double()))
		x.paste(filepath.Join(dir, "a.png"))
		x.press("what is it?", "enter")
		x.after(time.Second)
		x.paste(filepath.Join(dir, "b.png"))
		x.press("a draft")
		want(t, x.press("up"), `❯ \[Image #1\] what is it\?`, "a.png  8×8")
		want(t, x.press("down"), `❯ \[Image #1\] a draft`, "b.png  8×8")
		x.press("up", "enter")
		x.after(time.Second)
		if text, blobs := k.last(t); corners(t, blobs) != "ff0000" || text != "what is it?" {
			t.Errorf("asked again: %q with %s", text, corners(t, blobs))
		}
		x.quit()
	})
	// The next start reads the question from the store.
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		b := bench(t, path, []string{"wit/eyes"}, k.double())
		all, err := b.Store().Sessions(1)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if err := b.Resume(all[0].ID); err != nil {
			t.Fatal(err)
		}
		x := show(t, 100, 30, b)
		want(t, x.now(), "▣ a.png 8×8")
		want(t, x.press("up"), `❯ \[Image #1\] what is it\?`, "a.png  8×8")
		x.press("enter")
		x.after(time.Second)
		if text, blobs := k.last(t); corners(t, blobs) != "ff0000" || text != "what is it?" {
			t.Errorf("asked again: %q with %s", text, corners(t, blobs))
		}
		x.quit()
	})
}

func TestAQuestionThatFailsComesBackWithItsPills(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		b := bench(t, "", []string{"wit/eyes", "script:ttft=100,tps=10,n=300"}, k.double())
		x := show(t, 120, 30, b)
		if _, err := b.Put(t.Context(), sessions.Question{Text: "somebody else's"}); err != nil {
			t.Fatal(err)
		}
		x.paste(filepath.Join(dir, "a.png"))
		want(t, x.press("mine", "enter"), "answers are still coming", `❯ \[Image #1\] mine`, "▣ 1 a.png  8×8")
		b.StopAll()
		x.after(time.Second)
		x.press("enter")
		x.after(time.Second)
		if _, blobs := k.last(t); names(blobs) != "a.png" {
			t.Errorf("then sent %s", names(blobs))
		}
		x.press("ctrl+x")
		x.quit()
	})
}

func TestAQuestionWaitsForItsFiles(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red)})
	hold := func(x *terminal) (let func()) {
		see(x, func(m *Model) bool { m.busy[preparing] = 2; return true })
		return func() { see(x, func(m *Model) bool { m.busy[preparing] = 0; return true }) }
	}
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		let := hold(x)
		x.paste(filepath.Join(dir, "a.png"))
		want(t, x.now(), "▣ 1 a.png  8×8  preparing")
		want(t, x.press("what is it?", "enter"), "preparing 1 file, then it is sent", `\[Image #1\] what is it`)
		want(t, x.press("esc"), "not sent: enter sends it", `\[Image #1\] what is it`)
		x.press("enter")
		want(t, x.press("!"), "not sent, as it was changed", `what is it\?!`)
		x.press("enter")
		want(t, x.paste(" And why?"), "not sent, as it was changed")
		x.press("enter")
		if k.count() > 0 {
			t.Error("it was sent without its file")
		}
		let()
		x.after(time.Second)
		if text, blobs := k.last(t); text != "what is it?! And why?" || names(blobs) != "a.png" {
			t.Errorf("sent %q with %s", text, names(blobs))
		}
		x.quit()
	})
}

func TestAQuestionWhoseFileFailsIsNotSentWithoutIt(t *testing.T) {
	broken := painted(t, 900, 900, red)
	broken[len(broken)/2] ^= 0xff
	dir := filled(t, map[string][]byte{"broken.png": broken, "good.png": painted(t, 8, 8, green)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		see(x, func(m *Model) bool { m.busy[preparing] = 2; return true })
		x.paste(filepath.Join(dir, "good.png") + " " + filepath.Join(dir, "broken.png"))
		want(t, x.press("what is it?", "enter"), "preparing 2 files, then it is sent")
		see(x, func(m *Model) bool { m.busy[preparing] = 0; return true })
		want(t, x.after(time.Second), "✗ broken.png", "not sent: broken.png is not attached: enter sends without it", `❯ \[Image #1\] what is it`)
		if k.count() > 0 {
			t.Error("it was sent without its file")
		}
		x.press("enter")
		x.after(time.Second)
		if text, blobs := k.last(t); text != "what is it?" || names(blobs) != "good.png" {
			t.Errorf("then sent %q with %s", text, names(blobs))
		}
		x.quit()
	})
}

// Without a store the files of a question are there again, too.
func TestARecalledQuestionHasItsFilesWhereNothingIsSaved(t *testing.T) {
	dir := filled(t, map[string][]byte{"a.png": painted(t, 8, 8, red)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 100, 30, k)
		x.paste(filepath.Join(dir, "a.png"))
		x.press("one", "enter")
		x.after(time.Second)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		want(t, x.press("up"), `❯ \[Image #1\] one`, "▣ 1 a.png  8×8")
		x.press("ctrl+e", " more", "enter")
		x.after(time.Second)
		if text, blobs := k.last(t); text != "one more" || corners(t, blobs) != "ff0000" {
			t.Errorf("sent %q with %s", text, corners(t, blobs))
		}
		x.quit()
	})
}

func TestABlindModelIsNotAskedAndTheOthersAre(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 400, 200, red)})
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		synctest.Test(t, func(t *testing.T) {
			k := &witness{}
			x := sees(t, size[0], size[1], k, "wit/eyes", "wit/ears")
			x.paste(filepath.Join(dir, "pin.png"))
			screen := x.after(time.Second)
			want(t, screen, "sees ▣1 200×100 · ~800 tok", `~\$0.0008`, "✗ can't see pictures")
			x.whole()
			golden(t, fmt.Sprintf("pictures-%dx%d", size[0], size[1]), screen)
			want(t, screen, `ctrl\+l chooses`)
			want(t, x.press("ctrl+l"), "❯ img", "Model of column 2")
			x.press("esc", "what is it?", "enter")
			screen = x.after(time.Second)
			if k.count() != 1 {
				t.Errorf("%d were asked", k.count())
			}
			want(t, screen, "a plain answer", "the model can't see", "nothing was sent", "r asks", `812 in, ~\d+ est\.`)
			x.whole()
			golden(t, fmt.Sprintf("blind-%dx%d", size[0], size[1]), screen)
			x.press("more")
			want(t, x.now(), "(sent again: 1 earlier file|1 file again) ~800 tok · ~\\$0.000800")
			lacks(t, x.press("ctrl+u"), "sent again", "file again")
			x.quit()
		})
	}
}

func TestWhatNobodyKnowsIsSaid(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 400, 200, red)})
	synctest.Test(t, func(t *testing.T) {
		x := sees(t, 120, 30, &witness{}, "wit/nobody")
		x.paste(filepath.Join(dir, "pin.png"))
		want(t, x.after(time.Second), "pixels and tokens unknown", "not known whether it can see")
		x.quit()
	})
}

func TestTheSamePixelsForEverybody(t *testing.T) {
	dir := filled(t, map[string][]byte{"pin.png": painted(t, 2000, 1000, red)})
	synctest.Test(t, func(t *testing.T) {
		k := &witness{}
		x := sees(t, 120, 30, k, "wit/eyes", "wit/eyes")
		x.paste(filepath.Join(dir, "pin.png"))
		x.after(time.Second)
		want(t, x.press("\x1bOR"), "as they are · now", "512 px", "512×256")
		x.press("512", "enter")
		want(t, x.after(time.Second), "2000×1000 → all get 512×256", "sees ▣1 256×128 · ~1,310 tok")
		x.press("\x1bOR", "1024", "enter") // from the whole of it again
		want(t, x.after(time.Second), "2000×1000 → all get 1024×512")
		x.press("enter")
		x.after(time.Second)
		_, blobs := k.last(t)
		if m, _, err := image.DecodeConfig(bytes.NewReader(blobs[0].Data)); err != nil || m.Width != 1024 || m.Height != 512 {
			t.Errorf("%d×%d were sent, %v", m.Width, m.Height, err)
		}
		k.mu.Lock()
		if a, b := k.sent[0].Messages[0].Parts[0].(providers.Blob), k.sent[1].Messages[0].Parts[0].(providers.Blob); !bytes.Equal(a.Data, b.Data) {
			t.Error("the columns got different bytes")
		}
		k.mu.Unlock()
		x.quit()
	})
}

// The strip and the panes stay inside of any screen, whatever is attached.
func TestAttachedFilesFitEverySize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []int{1, 3, 40} {
			s := newRehearsal(t, 80, 24, bench(t, "", []string{"swift", "sage"}))
			for i := range n {
				a := &prompts.Attachment{Name: fmt.Sprintf("長い名前 %d %s.png", i, strings.Repeat("x", 40*i%300)), MIME: "image/png", Width: 1024 + i, Height: 768, FileWidth: 4032, FileHeight: 3024, Notes: []string{"camera data and place removed", "turned upright"}}
				s.m.attachReady(a)
				s.later(s.m.work())
			}
			s.m.failed = []*attached{{source: "/x/" + strings.Repeat("長", 100), err: errors.New(strings.Repeat("a reason ", 40))}}
			s.run(1000)
			for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 8}, {20, 16}, {34, 14}, {40, 12}, {80, 24}, {120, 36}, {200, 60}, {500, 5}, {5, 200}} {
				s.fits(t, fmt.Sprintf("%d files", n), size[0], size[1])
				for _, l := range s.m.strip(size[0]) {
					if got := ansi.StringWidth(l); got > size[0] {
						t.Errorf("%d files at %d: a line of the strip is %d wide: %q", n, size[0], got, ansi.Strip(l))
					}
				}
			}
			if err := s.m.bench.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestARecalledTurnKnowsItsLabels(t *testing.T) {
	files := []sessions.Attachment{{Name: "a.png", MIME: "image/png"}, {Name: "b.pdf", MIME: "application/pdf"}, {Name: "c.png", MIME: "image/png"}}
	for text, want := range map[string]string{
		"":                               "[Image #1] [PDF #2] [Image #3] ",
		"what?":                          "[Image #1] [PDF #2] [Image #3] what?",
		"is [Image #2] like the others?": "[Image #1] [PDF #2] is [Image #3] like the others?",
		"is [Image #1] a swap?":          "is [Image #1] a swap? [PDF #2] [Image #3]",
	} {
		if got := recalled(&sessions.Turn{Text: text, Files: files}).text; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestANewLineHoldsAQuestionThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, "", []string{"script:say=yes"}))
		x.press("a question")
		see(x, func(m *Model) bool { m.waiting = true; return true })
		x.press("ctrl+j")
		if see(x, func(m *Model) bool { return m.waiting }) {
			t.Error("it is still going to be sent")
		}
		x.quit()
	})
}
