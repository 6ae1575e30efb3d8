package tui

// A starter is a model to begin with.
type starter struct {
	name    string
	bytes   int64 // to be fetched
	licence string
	about   string
}

// startersAsOf is when their sizes were looked up.
const startersAsOf = "November 2026"

// starters are small models of Ollama's library that see pictures, the smallest
// first, with the sizes that https://ollama.com/library states.
func starters() []starter {
	return []starter{
		{"qwen3-vl:2b", 1_900_000_000, "Apache 2.0", "thinks"},
		{"granite3.2-vision:2b", 2_400_000_000, "Apache 2.0", "documents, tables"},
		{"gemma3:4b", 3_300_000_000, "Gemma terms", "many languages"},
		{"qwen3-vl:4b", 3_300_000_000, "Apache 2.0", "thinks"},
	}
}

// Starter is the model to begin with for whoever has none: its name in Ollama's
// library, and how much is to be fetched.
func Starter() (name, fetched string) {
	s := starters()[0]
	return s.name, size(s.bytes)
}
