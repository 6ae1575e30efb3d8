package cli

// ollamaCommand is what starts Ollama here, or else what installs it the way its
// makers say. Nothing is run: look only finds a program, as exec.LookPath does.
func ollamaCommand(system string, look func(string) (string, error)) string {
	if _, err := look("ollama"); err == nil {
		return "ollama serve"
	}
	switch system {
	case "darwin":
		return "brew install ollama && ollama serve"
	case "windows":
		return "winget install Ollama.Ollama"
	case "linux":
		return "curl -fsSL https://ollama.com/install.sh | sh"
	}
	return ""
}
