package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/vision"
)

func TestAModelShowsHowItLooksAtPictures(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-4o":          "512 px tiles after fitting 2048² and a short side of 768, 85 + 170 a tile; 1024×1024 is ~765 tok",
		"claude-opus-5":   "28 px patches, 4,784 of them and 2,576 px a side at the most; 1024×1024 is ~1369 tok",
		"llama3.2-vision": "560 px tiles, 4 at the most",
		"nobody-knows":    "",
	} {
		m := vision.Complete(providers.Endpoint{}, providers.Model{Ref: providers.Ref{Provider: "p", Model: model}})
		if got := pictures(m); got != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
		b, err := json.Marshal(recordOf(providers.Entry{}, m))
		if err != nil {
			t.Fatal(err)
		}
		if null := strings.Contains(string(b), `"pictures":null`); null != (want == "") {
			t.Errorf("%s: %s", model, b)
		}
	}
}

func TestWhoTakesDocumentsIsNotSaidToOnlyRead(t *testing.T) {
	none := providers.Abilities{Images: providers.No, Thoughts: providers.No, Tools: providers.No, Audio: providers.No}
	for documents, want := range map[providers.Support]string{providers.Unknown: "text", providers.No: "text", providers.Yes: "documents"} {
		can := none
		can.Documents = documents
		if got := abilities(can); got != want {
			t.Errorf("documents %v: %q, want %q", documents, got, want)
		}
	}
}
