package ollama

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/ollama/ollama/api"

	"juxta/providers"
)

// picture is a PNG of w×h.
func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The estimate follows the model's file, and is never less than what Ollama
// 0.17.4 counts by it.
func TestPicturesCountAsTheModelsFileSays(t *testing.T) {
	small, square, photo, tall := picture(t, 64, 64), picture(t, 1024, 1024), picture(t, 4000, 3000), picture(t, 10, 3000)
	show := func(arch string, info map[string]any) api.ShowResponse {
		all := map[string]any{"general.architecture": arch}
		for k, v := range info {
			all[arch+"."+k] = v
		}
		return api.ShowResponse{ModelInfo: all}
	}
	llava := api.ShowResponse{
		Details: api.ModelDetails{Families: []string{"llama", "clip"}}, ModelInfo: map[string]any{"general.architecture": "llama"},
		ProjectorInfo: map[string]any{"clip.vision.image_size": 336.0, "clip.vision.patch_size": 14.0},
	}
	parts := llava
	parts.ProjectorInfo = map[string]any{"clip.vision.image_size": 336.0, "clip.vision.patch_size": 14.0, "clip.vision.image_grid_pinpoints": nil}
	for name, c := range map[string]struct {
		show                       api.ShowResponse
		small, square, photo, tall int // without what stands around
	}{
		"gemma3":                {show("gemma3", map[string]any{"mm_tokens_per_image": 256.0}), 256, 256, 256, 256},
		"llava 1.5":             {llava, 576, 576, 576, 576},
		"llava 1.6":             {parts, 2880, 2880, 2880, 2880},
		"mistral3":              {show("mistral3", map[string]any{"vision.patch_size": 14.0, "spatial_merge_size": 2.0, "vision.longest_edge": 1540.0}), 12, 37*37 + 37, 55*42 + 42, 55 + 55},
		"qwen25vl":              {show("qwen25vl", map[string]any{"vision.patch_size": 14.0, "vision.spatial_merge_size": 2.0}), 12, 37*37 + 37, 4096, 108 + 108},
		"qwen3vl":               {show("qwen3vl", map[string]any{"vision.patch_size": 16.0}), 6, 32*32 + 32, 4096, 94 + 94},
		"nobody knows":          {show("novel", nil), 1500, 1500, 4096, 1500},
		"a file that says much": {show("gemma3", map[string]any{"mm_tokens_per_image": 1e30}), 256, 256, 256, 256},
	} {
		e := eyesOf(c.show)
		for what, p := range map[string]struct {
			data []byte
			want int
		}{"small": {small, c.small}, "square": {square, c.square}, "photo": {photo, c.photo}, "tall": {tall, c.tall}} {
			if got := e.tokens(p.data) - marks; got != p.want {
				t.Errorf("%s counts %d for a %s picture, want %d", name, got, what, p.want)
			}
		}
		if got := e.tokens([]byte("no picture")); got <= 0 || got > mostSeen {
			t.Errorf("%s counts %d for what is no picture", name, got)
		}
	}
}

func TestTheWindowGrowsWithThePictures(t *testing.T) {
	photo := picture(t, 4000, 3000)
	for _, c := range []struct{ pictures, want int }{{0, 8192}, {1, 16384}, {2, 16384}, {4, 32768}} {
		f := &fake{capabilities: []string{"completion", "vision"}, context: 131072}
		req := ask("what?")
		for range c.pictures {
			req.Messages[0].Parts = append(req.Messages[0].Parts, providers.Blob{MIME: "image/png", Data: photo})
		}
		if h := hear(t, f.start(t), req); h.err != nil || h.sent.Params.Context != c.want {
			t.Errorf("%d photographs got a window of %d, want %d (%v)", c.pictures, h.sent.Params.Context, c.want, h.err)
		}
	}
}
