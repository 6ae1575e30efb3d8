package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// A template is a value of the configuration in which ${VARIABLE} stands for
// the variable's value and $(command) for what the command prints. Any other $
// is a dollar sign. The zero value is the empty text.
type template []segment

// A segment is one of the three.
type segment struct{ literal, variable, command string }

func parseTemplate(s string) (template, error) {
	var t template
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			t = append(t, segment{literal: literal.String()})
			literal.Reset()
		}
	}
	for len(s) > 0 {
		switch {
		case strings.HasPrefix(s, "${"):
			name, rest, ok := strings.Cut(s[2:], "}")
			if !ok || !variableName(name) {
				return nil, errors.New("a variable is written ${NAME}")
			}
			flush()
			t = append(t, segment{variable: name})
			s = rest
		case strings.HasPrefix(s, "$("):
			end := closing(s)
			if end < 0 || strings.TrimSpace(s[2:end]) == "" {
				return nil, errors.New("a command is written $(command), with all its parentheses closed")
			}
			flush()
			t = append(t, segment{command: s[2:end]})
			s = s[end+1:]
		default:
			literal.WriteByte(s[0])
			s = s[1:]
		}
	}
	flush()
	return t, nil
}

// closing is where the parenthesis ends that opens at s[1]; -1 if it does not.
func closing(s string) int {
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func variableName(s string) bool {
	return s != "" && (s[0] < '0' || s[0] > '9') &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// runs reports whether there is a command in it.
func (t template) runs() bool {
	for _, s := range t {
		if s.command != "" {
			return true
		}
	}
	return false
}

// fixed is the text of a template that depends on nothing.
func (t template) fixed() (string, bool) {
	out := ""
	for _, s := range t {
		if s.literal == "" {
			return "", false
		}
		out += s.literal
	}
	return out, true
}

// variables names the first variable in it and lists those that are not set.
func (t template) variables(getenv func(string) string) (first string, unset []string) {
	for _, s := range t {
		if s.variable == "" {
			continue
		}
		if first == "" {
			first = s.variable
		}
		if getenv(s.variable) == "" {
			unset = append(unset, s.variable)
		}
	}
	return first, unset
}

// expand fills the template in. What a command prints on its standard error is
// left out of the error: it is not known to hold no part of a key.
func (t template) expand(ctx context.Context, getenv func(string) string) (string, error) {
	var b strings.Builder
	for _, s := range t {
		switch {
		case s.variable != "":
			b.WriteString(getenv(s.variable))
		case s.command != "":
			words := shellLine(runtime.GOOS, s.command)
			cmd := exec.CommandContext(ctx, words[0], words[1:]...)
			cmd.WaitDelay = time.Second
			out, err := cmd.Output()
			switch {
			case ctx.Err() != nil:
				return "", fmt.Errorf("the command for its key did not end within %s", keyPatience)
			case err != nil:
				return "", fmt.Errorf("the command for its key failed: %w", err)
			}
			b.WriteString(strings.TrimRight(string(out), "\r\n"))
		default:
			b.WriteString(s.literal)
		}
	}
	return b.String(), nil
}

// shellLine is how a system's shell is told to run a command.
func shellLine(system, command string) []string {
	if system == "windows" {
		return []string{"cmd", "/c", command}
	}
	return []string{"sh", "-c", command}
}
