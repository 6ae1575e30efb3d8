package ollama

import (
	"math"
	"slices"
	"strings"

	"github.com/ollama/ollama/api"

	"juxta/providers/wire"
)

// Eyes are how many tokens a model makes of a picture, as its file describes it:
// enough to know how large a window has to be, and rather too many than too few.
// With none of it known, a picture counts by its pixels, as most models of today
// do. The zero value knows nothing.
type eyes struct {
	fixed int // of every picture, whatever its size; 0 if it is by squares
	side  int // pixels of a square's side, each of which is a token
	edge  int // the longest side that is looked at, in pixels; 0 for any
	most  int // squares; 0 for any number
}

const (
	marks      = 16   // around a picture
	fewestSeen = 1500 // of a picture, where nothing is known: some count small ones like large ones
	mostSeen   = 4096 // squares of the models that look closest: llama.cpp's bound
)

// tokens is what a picture counts.
func (e eyes) tokens(data []byte) int {
	if e.fixed > 0 {
		return e.fixed + marks
	}
	known := e.side > 0
	if !known {
		e = eyes{side: 28, most: mostSeen}
	}
	w, h := wire.Pixels(data)
	if w == 0 { // it is said to be PNG or JPEG, and is not: the server will say more
		return fewestSeen
	}
	n := e.squares(w, h)
	if !known {
		n = max(n, fewestSeen)
	}
	return n + marks
}

func (e eyes) squares(w, h int) int {
	if long := max(w, h); e.edge > 0 && long > e.edge {
		shrink := float64(e.edge) / float64(long)
		w, h = int(math.Ceil(float64(w)*shrink)), int(math.Ceil(float64(h)*shrink))
	}
	across, down := (w+e.side-1)/e.side, (h+e.side-1)/e.side
	n := across*down + down // each row may end with one of its own
	if e.most > 0 {
		n = min(n, e.most)
	}
	return n
}

// eyesOf reads what /api/show says of a model that sees. The families are those
// of Ollama's own runner and of llama.cpp's, under the names that they give
// themselves.
func eyesOf(s api.ShowResponse) eyes {
	arch, _ := s.ModelInfo["general.architecture"].(string)
	number := func(key string, otherwise int) int {
		if n, ok := aboutArchitecture(s, key); ok {
			return n
		}
		return otherwise
	}
	square := func(patch, merge int) int {
		return number("vision.patch_size", patch) * number("vision.spatial_merge_size", number("spatial_merge_size", merge))
	}
	switch {
	case arch == "gemma3", arch == "gemma3n":
		return eyes{fixed: number("mm_tokens_per_image", 256)}
	case arch == "gemma4":
		return eyes{fixed: 280}
	case arch == "mllama": // which looks at pictures beside its window; a part of one each is more than it takes
		return eyes{fixed: 1601}
	case arch == "llama4":
		return eyes{fixed: 17 * 144}
	case arch == "mistral3":
		return eyes{side: square(14, 2), edge: number("vision.longest_edge", 1540)}
	case strings.HasPrefix(arch, "qwen2"):
		return eyes{side: square(14, 2), most: mostSeen}
	case strings.HasPrefix(arch, "qwen3"):
		return eyes{side: square(16, 2), most: mostSeen}
	case slices.Contains(s.Details.Families, "clip"):
		return clip(s.ProjectorInfo)
	}
	return eyes{}
}

// clip are the eyes of LLaVA and its kin, which have a file of their own: a
// square of so many patches, and four more of them where the picture is looked
// at in parts.
func clip(projector map[string]any) eyes {
	number := func(key string) int {
		n, _ := projector["clip.vision."+key].(float64)
		return int(min(max(n, 0), 1<<14))
	}
	size, patch := number("image_size"), number("patch_size")
	if size == 0 || patch == 0 || size < patch {
		return eyes{}
	}
	n := (size / patch) * (size / patch)
	if _, inParts := projector["clip.vision.image_grid_pinpoints"]; inParts {
		n *= 5
	}
	return eyes{fixed: min(n, mostSeen)}
}
