package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/tui"
)

// A config is what the configuration file says, checked. Its zero value is that
// of no file.
type config struct {
	rows      []row
	prices    map[providers.Ref]providers.Price
	localOnly bool
	pricesURL string // where newer prices come from; "" for the usual place
	machine   machine

	keepMetadata bool // of pictures that are attached
	privateURLs  bool // of attachments may be read

	keys    *tui.Keymap
	theme   scalar // its name
	presets []sessions.Preset
	schemas map[int]scalar // by index in presets: the files of their schemas
}

// A row is a provider of one's own, or settings of a built-in one, which has
// what the row leaves out.
type row struct {
	name, api string
	baseURL   template // nil for the built-in one's
	key       template // nil for the built-in one's, or none
	local     *bool    // nil for the default
	retries   int
	timeouts  providers.Timeouts
}

// apis are the values that a row's api may have, and what a base URL of each
// looks like.
func apis() map[string]string {
	return map[string]string{
		"openai-chat":      "https://api.openai.com/v1",
		"openai-responses": "https://api.openai.com/v1",
		"anthropic":        "https://api.anthropic.com",
		"gemini":           "https://generativelanguage.googleapis.com",
		"ollama":           "http://127.0.0.1:11434",
	}
}

func apiNames() []string {
	return []string{"openai-chat", "openai-responses", "anthropic", "gemini", "ollama"}
}

// mostConfig is how long a configuration may be, in bytes: a device has no end.
const mostConfig = 4 << 20

// readConfig reads the file at path. A file that is not there is an empty one,
// unless it was asked for.
func readConfig(path string, asked bool) (config, error) {
	b, err := readUpTo(path, mostConfig+1)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !asked:
		return parseConfig(nil)
	case len(b) > mostConfig:
		return config{}, &configError{path: path, text: "this is no configuration: it is longer than 4 MB"}
	case err != nil:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return config{}, &configError{path: path, text: err.Error(), err: err}
	}
	c, err := parseConfig(b)
	if err == nil {
		err = c.readSchemas(filepath.Dir(path))
	}
	if err != nil {
		return config{}, placed(path, err)
	}
	return c, nil
}

type (
	document struct {
		Providers []rowText   `yaml:"providers"`
		Prices    pricesText  `yaml:"prices"`
		PricesURL scalar      `yaml:"prices_url"`
		Machine   machineText `yaml:"machine"`
		LocalOnly scalar      `yaml:"local_only"`

		Attachments struct {
			KeepMetadata scalar `yaml:"keep_metadata"`
			PrivateURLs  scalar `yaml:"private_urls"`
		} `yaml:"attachments"`

		Presets []presetText `yaml:"presets"`
		Keys    keysText     `yaml:"keys"`
		Theme   scalar       `yaml:"theme"`
	}
	rowText struct {
		at      *token.Token
		Name    scalar       `yaml:"name"`
		API     scalar       `yaml:"api"`
		BaseURL scalar       `yaml:"base_url"`
		Key     scalar       `yaml:"key"`
		Local   scalar       `yaml:"local"`
		Retries scalar       `yaml:"retries"`
		Timeout timeoutsText `yaml:"timeout"`
	}
	timeoutsText struct {
		Connect   scalar `yaml:"connect"`
		FirstByte scalar `yaml:"first_byte"`
		Idle      scalar `yaml:"idle"`
	}
)

func parseConfig(b []byte) (config, error) {
	var doc document
	dec := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict())
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return config{}, err
	}
	if err := dec.Decode(new(any)); err == nil {
		return config{}, errors.New("there is more than one document; put everything into the first")
	}
	c := config{prices: doc.Prices, pricesURL: doc.PricesURL.text, theme: doc.Theme}
	if err := checkPricesURL(c.pricesURL); err != nil {
		return config{}, wrong(doc.PricesURL.at, "prices_url: %v", err)
	}
	for _, x := range []struct {
		text scalar
		into *bool
	}{{doc.LocalOnly, &c.localOnly}, {doc.Attachments.KeepMetadata, &c.keepMetadata}, {doc.Attachments.PrivateURLs, &c.privateURLs}} {
		v, err := x.text.truth()
		if err != nil {
			return config{}, err
		}
		*x.into = v != nil && *v
	}
	for _, t := range doc.Providers {
		r, err := t.row()
		if err != nil {
			return config{}, err
		}
		if slices.ContainsFunc(c.rows, func(x row) bool { return x.name == r.name }) {
			return config{}, wrong(t.Name.at, "there are two providers named %q", r.name)
		}
		c.rows = append(c.rows, r)
	}
	var err error
	if c.machine, err = doc.Machine.machine(); err != nil {
		return config{}, err
	}
	if c.keys, err = doc.Keys.bind(); err != nil {
		return config{}, err
	}
	return c, c.takePresets(doc.Presets)
}

// UnmarshalYAML keeps the row's own place, for what is missing in it.
func (r *rowText) UnmarshalYAML(n ast.Node) error {
	type plain rowText
	if err := yaml.NodeToValue(n, (*plain)(r), yaml.Strict()); err != nil {
		return err
	}
	r.at = start(n)
	return nil
}

// start is where a node begins. The token of a mapping is its first colon.
func start(n ast.Node) *token.Token {
	if m, ok := n.(ast.MapNode); ok {
		if it := m.MapRange(); it.Next() {
			return it.Key().GetToken()
		}
	}
	return n.GetToken()
}

func (r rowText) row() (row, error) {
	out := row{name: r.Name.text, api: r.API.text, retries: defaultRetries}
	builtin, inherits := inheritable(out.name)
	if out.api == "" {
		out.api = builtin.api
	}
	usual, known := apis()[out.api]
	switch {
	case out.name == "":
		return row{}, wrong(r.at, "this provider has no name")
	case strings.ContainsFunc(out.name, func(c rune) bool { return c == ' ' || c == '/' || !unicode.IsPrint(c) }):
		return row{}, wrong(r.Name.at, "a provider's name has no slash and no space in it")
	case out.api == "":
		return row{}, wrong(r.at, "provider %q has no api; it is one of %s%s", out.name, strings.Join(apiNames(), ", "), meant(out.name))
	case !known:
		return row{}, wrong(r.API.at, "there is no api %q; it is one of %s", out.api, strings.Join(apiNames(), ", "))
	case r.BaseURL.text == "" && !(inherits && related(out.api, builtin.api)):
		// Guessing would send the row's key to a host that it was not meant for.
		return row{}, wrong(r.at, "provider %q has no base_url, such as %s", out.name, usual)
	}
	var err error
	if out.baseURL, err = r.address(out.api); err != nil {
		return row{}, err
	}
	if out.key, err = parseTemplate(r.Key.text); err != nil {
		return row{}, wrong(r.Key.at, "key: %v", err)
	}
	if out.local, err = r.Local.truth(); err != nil {
		return row{}, err
	}
	if r.Retries.text != "" {
		n, err := strconv.Atoi(r.Retries.text)
		if err != nil || n < 0 || n > 100 {
			return row{}, wrong(r.Retries.at, "retries is a number from 0 to 100")
		}
		out.retries = n
	}
	out.timeouts, err = r.Timeout.timeouts()
	return out, err
}

// meant asks whether a name that is nearly a built-in one's is a slip.
func meant(name string) string {
	var names []string
	for _, b := range builtins() {
		if _, ok := inheritable(b.name); ok {
			names = append(names, b.name)
		}
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("; did you mean %s, which needs none?", near)
	}
	return ""
}

// related reports whether two apis are spoken at the same address.
func related(a, b string) bool {
	return a == b || strings.HasPrefix(a, "openai-") && strings.HasPrefix(b, "openai-")
}

// address is the row's base_url, which is nil if it was left out.
func (r rowText) address(api string) (template, error) {
	t, err := parseTemplate(r.BaseURL.text)
	if err != nil {
		return nil, wrong(r.BaseURL.at, "base_url: %v", err)
	}
	if t.runs() {
		return nil, wrong(r.BaseURL.at, "base_url takes ${VARIABLE}, and no command")
	}
	if address, ok := t.fixed(); ok && t != nil {
		if api == "ollama" {
			address = ollamaURL(address)
		}
		if err := checkURL(address); err != nil {
			return nil, wrong(r.BaseURL.at, "base_url: %v", err)
		}
	}
	return t, nil
}

// checkPricesURL is the mistake in the address of a price list, which nobody on
// the way may change.
func checkPricesURL(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("this is not a URL")
	case u.Scheme != "https" && !(u.Scheme == "http" && providers.Loopback(u.Hostname())):
		return errors.New("a list of prices comes from an address that begins with https://")
	}
	return nil
}

// checkURL is the mistake in an address, in words that don't repeat it: it may
// hold a password.
func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return errors.New("this is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("a URL begins with http:// or https://")
	case u.Hostname() == "":
		return errors.New("the URL has no host")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("a base URL has no ? and no #")
	}
	return nil
}

func (t timeoutsText) timeouts() (out providers.Timeouts, err error) {
	for _, x := range []struct {
		text scalar
		into *time.Duration
	}{{t.Connect, &out.Connect}, {t.FirstByte, &out.FirstByte}, {t.Idle, &out.Idle}} {
		if x.text.text == "" {
			continue
		}
		d, err := time.ParseDuration(x.text.text)
		if err != nil || d <= 0 {
			return out, wrong(x.text.at, "a time is a number with a unit, such as 5s, 90s or 10m")
		}
		*x.into = d
	}
	return out, nil
}
