// Command juxta puts language models side by side in a terminal.
package main

import (
	"os"

	"juxta/providers"
	"juxta/providers/anthropic"
	"juxta/providers/demo"
	"juxta/providers/gemini"
	"juxta/providers/ollama"
	"juxta/providers/openai"
	"juxta/ui/cli"
)

// A release's linker sets them.
var version, commit, date string

func main() {
	os.Exit(cli.Main(cli.Build{
		Version: version, Commit: commit, Date: date,
		APIs: map[string]providers.Builder{
			"openai-chat":      openai.New,
			"openai-responses": openai.NewResponses,
			"anthropic":        anthropic.New,
			"gemini":           gemini.New,
			"ollama":           ollama.New,
			"demo":             demo.New,
		},
	}))
}
