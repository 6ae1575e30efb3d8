package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// patienceToDiagnose is how long a provider may take to show that it is there.
const patienceToDiagnose = 3 * time.Second

func (a *app) doctorCommand() *cobra.Command {
	repair := ""
	c := &cobra.Command{
		Use: "doctor", Short: "Say what is configured, what is reachable, and what to do next", Args: noArgs,
		Long: `Say what juxta finds, and what to do next: the terminal (colours, size, keyboard
protocol, how pictures are drawn), the configuration, the store and its health,
whether the keyring answers, the clock beside the services' own, what pictures
are pasted with, where faults are described, what is known of energy, and every
provider with its address, whether it answers or why not, and where its key
comes from (never the key). The store is read through, a second or two for each
100 MB, and what is wrong with it is said; others use it meanwhile. Nothing is
changed. The exit code is 0 whatever is found.

With --repair, only the store is looked at: all that can be read of it goes into
a new one, also where its file is too damaged to be opened, and what is lost is
said. The store itself is left as it is.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("repair") {
				return a.repair(c.Context(), repair)
			}
			return a.doctor(c.Context())
		},
	}
	c.Flags().StringVar(&repair, "repair", "", "make a new store in `FILE` of what can be read of this one")
	return c
}

// A diagnosis is what the doctor finds; what is not known is null or left out.
// Whoever reads it as text is told all of it.
type diagnosis struct {
	Version   string           `json:"version"`
	Go        string           `json:"go"`
	OS        string           `json:"os"`
	Terminal  terminalFinding  `json:"terminal"`
	Config    fileFinding      `json:"config"`
	Store     storeFinding     `json:"store"`
	Providers []providerRecord `json:"providers"`
	Unset     []string         `json:"keys_not_set"`
	LocalOnly *string          `json:"local_only"` // what says so; null if nothing does
	Vault     vaultFinding     `json:"keyring"`
	Files     filesFinding     `json:"files"`
	Energy    energyFinding    `json:"energy"`
	Clock     clockFinding     `json:"clock"`
	Clipboard clipboardFinding `json:"clipboard"`
}

// vaultFinding is whether the operating system's keyring answers; nothing is read
// from it. It is not asked if the list of what it holds can't be read.
type vaultFinding struct {
	Answers *bool    `json:"answers"`
	Took    *float64 `json:"took_ms"`
	Problem *string  `json:"problem"`
	Next    *string  `json:"next"`
}

// filesFinding is where juxta keeps what is neither configuration nor store.
type filesFinding struct {
	State   string   `json:"state"`   // of descriptions of faults
	Cache   *string  `json:"cache"`   // of lists of models; null for nowhere
	Crashes []string `json:"crashes"` // faults of juxta's own that were described there, the newest first
}

type terminalFinding struct {
	Type    string `json:"type"`
	Colours string `json:"colours"`
	Unicode bool   `json:"unicode"` // the locale says so
	Tmux    bool   `json:"tmux"`
	SSH     bool   `json:"ssh"`
	Input   bool   `json:"input"` // somebody sits at the standard input
	Output  bool   `json:"output"`

	Name     *string `json:"name"` // as it calls itself
	Columns  *int    `json:"columns"`
	Rows     *int    `json:"rows"`
	Keyboard *bool   `json:"kitty_keyboard"` // null if it was not asked, as the fields around
	Pictures *string `json:"pictures"`       // how they are drawn
	NotAsked *string `json:"not_asked"`      // why
}

type fileFinding struct {
	Path     string  `json:"path"`
	Exists   bool    `json:"exists"`
	Size     *int64  `json:"size"`
	Sessions *int    `json:"sessions,omitempty"`
	Schema   *int    `json:"schema,omitempty"` // the version of the store's layout
	Holder   *string `json:"held_by,omitempty"`
	Problem  *string `json:"problem"`
	Next     *string `json:"next"`
}

type providerRecord struct {
	Name      string      `json:"name"`
	API       string      `json:"api"`
	Address   *string     `json:"address"`
	Local     bool        `json:"local"`
	Guessed   bool        `json:"looked_for"` // at its usual address; nobody configured it
	absent    bool        // nobody listens where it was looked for, which is no fault
	Reachable bool        `json:"reachable"`
	Took      float64     `json:"took_ms"`
	Models    *int        `json:"models"`
	Key       string      `json:"key"` // set, not set, command, keyring or not needed
	KeyName   *string     `json:"key_name"`
	KeyFrom   keys.Source `json:"key_source"`
	Problem   *string     `json:"problem"`
	Next      *string     `json:"next"`
}

func (a *app) doctor(ctx context.Context) error {
	terminal, err := a.examineTerminal(ctx)
	if err != nil {
		return err
	}
	d := diagnosis{
		Version: a.version(), Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH,
		Terminal:  terminal,
		Store:     examineStore(ctx, a.storePath()),
		Providers: []providerRecord{}, Unset: []string{},
	}
	path, named := a.configPath()
	d.Config = examine(path)
	conf, err := readConfig(path, named)
	if err != nil {
		d.Config.Problem = given(plain.Line(err.Error()))
		d.Config.Next = given(plain.Line(adviceOf(err)) + "; until then juxta does not start, and only the built-in providers are shown here")
	} else if !d.Config.Exists {
		d.Config.Next = given("nothing: there need not be one")
	}
	ring, unread := keys.Read(a.indexPath(), a.vault)
	n := a.network(conf, ring)
	if n.reason != "" {
		d.LocalOnly = given(n.reason)
	}
	d.Energy = conf.machine.examine()
	n.clock = &clock{}
	d.Unset = append(d.Unset, n.wanted(a.build.APIs)...)
	for _, l := range a.listings(ctx, conf, n, patienceToDiagnose) {
		d.Providers = append(d.Providers, examineProvider(n, l))
	}
	d.Clock, d.Clipboard = n.clock.finding(), examineClipboard()
	d.Vault, d.Files = a.examineVault(ctx, ring, unread), a.examineFiles(n)
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(d)
	}
	wide := 0 // somebody who reads it in a pipe breaks no lines
	if a.outTerm && a.width != nil {
		wide = a.width()
	}
	_, err = io.WriteString(a.out, d.text(wide))
	return err
}

// colours says what the environment asks for.
func (a *app) colours() string {
	switch {
	case a.getenv("NO_COLOR") != "":
		return "off (NO_COLOR)"
	case a.getenv("COLORTERM") != "":
		return a.getenv("COLORTERM")
	}
	return "by type"
}

func examine(path string) fileFinding {
	f := fileFinding{Path: path}
	info, err := os.Stat(path)
	switch {
	case err == nil:
		f.Exists = true
		f.Size = given(info.Size())
	case !errors.Is(err, fs.ErrNotExist):
		f.Problem = given(err.Error())
	}
	return f
}

func examineProvider(n *network, l providers.Listing) providerRecord {
	r := recordProvider(n, l)
	if name := n.withheld[r.Name]; name != "" && (l.Err == nil || providers.AsError(l.Err).Kind == providers.Auth) {
		r.Next = given(name + " is set, and not sent to this address; if it may go there: `key: ${" + name + "}` in its row of the configuration")
	}
	return r
}

func recordProvider(n *network, l providers.Listing) providerRecord {
	e := l.Entry
	r := providerRecord{
		Name: e.Name, API: e.API, Address: given(shown(e.Endpoint)), Local: e.Local, Guessed: n.guessed[e.Name] && e.BaseURL != "",
		Reachable: l.Err == nil, Took: float64(l.Took.Microseconds()) / 1000, Key: "not needed", KeyName: given(e.KeyName), KeyFrom: n.sources[e.Name],
	}
	late := n.late[e.Name].fetch != nil
	switch {
	case late && r.KeyFrom == keys.Keyring:
		r.Key = "keyring"
	case late:
		r.Key = "command"
	case !e.Key.Empty():
		r.Key = "set"
	case e.KeyName != "":
		r.Key = "not set"
	}
	if l.Err == nil {
		count := len(l.Models)
		r.Models = &count
		if count == 0 {
			r.Next = given("it has no models yet: load one there, then look again with `juxta doctor`")
			if e.API == "ollama" {
				name, fetched := tui.Starter()
				r.Next = given(fmt.Sprintf("get a model: `ollama pull %s` (%s, sees pictures), or F8 on the screen", name, fetched))
			}
		}
		return r
	}
	problem := providers.AsError(l.Err)
	// An answer of any kind shows that somebody is there.
	r.Reachable = problem.Status != 0 || problem.Kind == providers.Malformed || problem.Kind == providers.Auth && !late
	r.Problem, r.Next = given(plain.Line(problem.Message())), given(plain.Line(problem.Advice()))
	r.absent = r.Guessed && problem.Kind == providers.Unreachable
	if next := adviceOnFound(e.Endpoint, problem); r.Guessed && next != "" {
		r.Next = given(next)
	}
	return r
}

// adviceOnFound is what to do about a server that was only looked for: nobody
// configured it, and whatever has its usual port may be another program. It is ""
// where the error itself says it.
func adviceOnFound(e providers.Endpoint, problem *providers.Error) string {
	b, _ := builtinNamed(e.Name)
	switch {
	case problem.Kind == providers.Unreachable:
		if e.Name == "ollama" {
			return "if you want it: `" + cmp.Or(ollamaCommand(runtime.GOOS, exec.LookPath), "ollama serve") + "`, or set OLLAMA_HOST"
		}
		return map[string]string{
			"lmstudio": "if you want it: start its server on port 1234, or set LMSTUDIO_BASE_URL",
			"llamacpp": "if you want it: llama-server -m MODEL.gguf, or set LLAMACPP_BASE_URL",
			"vllm":     "if you want it: vllm serve MODEL, or set VLLM_BASE_URL",
		}[e.Name]
	case another(problem):
		return "another program may have this port: then there is nothing to do; if " + e.Name + " runs elsewhere, set " + b.base
	case problem.Kind == providers.Auth && e.KeyName == "":
		return "if it is yours, give it its key: `- {name: " + e.Name + ", key: \"${ITS_KEY}\"}` under `providers:` in the configuration"
	}
	return ""
}

// another reports whether an error is what a program says that is no model server.
func another(e *providers.Error) bool {
	return e.Kind == providers.Malformed || e.Kind == providers.NotFound
}
