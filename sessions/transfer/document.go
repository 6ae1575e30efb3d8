package transfer

import (
	"encoding/json"
	"slices"
	"strings"
)

// A document is a text that a model wrote beside the conversation: ChatGPT's
// canvas, Claude's artifacts. Its programs call a tool for that, but what it says
// is the answer that somebody asked for, so it stands in the answer, below its
// name.
type document struct {
	name     string
	language string // of code; "" for prose in Markdown
	text     string
}

// inAnswersNote is said of every source that has one.
const inAnswersNote = "documents that a model wrote beside the conversation stand in its answers, below their names"

// whole is the document as Markdown.
func (d document) whole() string {
	text := strings.TrimRight(d.text, "\n")
	if d.language != "" {
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		text = fence + d.language + "\n" + text + "\n" + fence
	}
	if name := strings.Join(strings.Fields(d.name), " "); name != "" {
		text = "**" + name + "**\n\n" + text
	}
	return text
}

// gptDocument is the document that a call of ChatGPT's canvas writes; one that
// changes a part of it writes none.
func gptDocument(recipient string, content *gptContent) (d document, ok bool) {
	arguments := content.said
	if parts := content.text(); arguments == "" {
		arguments = parts
	}
	var made struct{ Name, Type, Content string }
	var changed struct {
		Updates []struct{ Pattern, Replacement string }
	}
	switch recipient {
	case "canmore.create_textdoc":
		if json.Unmarshal([]byte(arguments), &made) != nil || strings.TrimSpace(made.Content) == "" {
			return d, false
		}
		language, _ := strings.CutPrefix(made.Type, "code/")
		if language == made.Type { // "document"
			language = ""
		}
		return document{name: made.Name, language: languageOf(language), text: made.Content}, true
	case "canmore.update_textdoc":
		if json.Unmarshal([]byte(arguments), &changed) != nil || len(changed.Updates) != 1 || changed.Updates[0].Pattern != ".*" {
			return d, false
		}
		return document{text: changed.Updates[0].Replacement}, strings.TrimSpace(changed.Updates[0].Replacement) != ""
	}
	return d, false
}

// languageOf is a language's name as it may stand behind a fence; "text" for
// what is none.
func languageOf(name string) string {
	if name == "" {
		return ""
	}
	for _, r := range name {
		if r < '!' || r > '~' || r == '`' {
			return "text"
		}
	}
	return name
}

// claudeDocument is the document that a call of one of Claude's tools writes: an
// artifact, or a file that is shown to the reader.
func claudeDocument(tool string, input json.RawMessage) (d document, ok bool) {
	var in struct {
		Command, Type, Title, Content, Language, Path string
		File                                          string `json:"file_text"`
	}
	if json.Unmarshal(input, &in) != nil {
		return d, false
	}
	switch {
	case tool == "artifacts" && (in.Command == "create" || in.Command == "rewrite"):
		d = document{name: in.Title, language: languageOf(in.Language), text: in.Content}
		if d.language == "" && !slices.Contains([]string{"", "text/markdown", "text/plain"}, in.Type) {
			d.language = artifactLanguage(in.Type)
		}
	case tool == "create_file":
		name := in.Path[strings.LastIndexByte(in.Path, '/')+1:]
		d = document{name: name, language: languageOf(extensionOf(name)), text: in.File}
	}
	return d, strings.TrimSpace(d.text) != ""
}

// artifactLanguage is the language of an artifact that names only its type.
func artifactLanguage(kind string) string {
	switch kind {
	case "text/html":
		return "html"
	case "image/svg+xml":
		return "svg"
	case "application/vnd.ant.react":
		return "jsx"
	case "application/vnd.ant.mermaid":
		return "mermaid"
	}
	return "text"
}

// extensionOf is what stands behind the last dot of a file's name; "" for
// Markdown, which is prose.
func extensionOf(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "text"
	}
	if ext := strings.ToLower(name[i+1:]); ext != "md" && ext != "markdown" && ext != "" {
		return ext
	}
	return ""
}
