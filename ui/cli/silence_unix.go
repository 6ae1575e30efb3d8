//go:build unix

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
)

// silence keeps a terminal from showing what is typed at it, until the function
// that it returns is called. The system's own tool knows how on every Unix.
func silence(f *os.File) (show func(), err error) {
	stty := func(args ...string) (string, error) {
		var out bytes.Buffer
		c := exec.Command("stty", args...)
		c.Stdin, c.Stdout = f, &out
		err := c.Run()
		return strings.TrimSpace(out.String()), err
	}
	before, err := stty("-g")
	if err != nil {
		return nil, err
	}
	if _, err := stty("-echo"); err != nil {
		return nil, err
	}
	return func() { _, _ = stty(before) }, nil
}
