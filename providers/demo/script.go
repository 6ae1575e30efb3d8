package demo

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
)

// A script is a parsed name; the package comment lists its keys.
type script struct {
	ttft, load  time.Duration
	loads       int // how often it is loaded; 0 for always
	tps, chunk  int
	think, n    int // n is -1 for the text as it is
	text        string
	say         *string
	echo        bool
	finish      providers.Reason
	nousage     bool
	blind       bool
	kind        providers.Kind
	after       int
	times       int // 0 for always
	status      int
	statusGiven bool
	retry       time.Duration
}

// parse reads KEY=VALUE pairs with commas between them.
func parse(text string) (*script, error) {
	s := &script{chunk: 1, n: -1, text: "plain", finish: providers.Finished}
	if text == "" {
		return s, nil
	}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("%q in the script is not KEY=VALUE", pair)
		}
		if err := s.set(key, value); err != nil {
			return nil, fmt.Errorf("%s=%s in the script: %w", key, value, err)
		}
	}
	return s, nil
}

func (s *script) set(key, value string) (err error) {
	switch key {
	case "ttft":
		s.ttft, err = milliseconds(value)
	case "load":
		var times bool
		if value, s.loads, times = cutNumber(value, "x"); times && s.loads == 0 {
			return errors.New("it is loaded at least once")
		}
		s.load, err = milliseconds(value)
	case "retry":
		s.retry, err = seconds(value)
	case "tps":
		s.tps, err = number(value)
	case "chunk":
		if s.chunk, err = number(value); s.chunk == 0 && err == nil {
			err = errors.New("an event has at least one token")
		}
	case "think":
		s.think, err = number(value)
	case "n":
		s.n, err = number(value)
	case "status":
		s.statusGiven = true
		s.status, err = number(value)
	case "text":
		s.text = value
		if passages[value] == "" && value != "long" {
			err = errors.New("there is no such text")
		}
	case "say":
		var said string
		said, err = url.QueryUnescape(value)
		s.say = &said
	case "echo":
		s.echo, err = strconv.ParseBool(value)
	case "blind":
		s.blind, err = strconv.ParseBool(value)
	case "nousage":
		s.nousage, err = strconv.ParseBool(value)
	case "finish":
		s.finish, err = reason(value)
	case "err":
		err = s.failing(value)
	default:
		err = errors.New("there is no such key")
	}
	return err
}

// most keeps a slip of the finger from filling the memory.
const most = 1_000_000

func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("not a number from 0 to %d", most)
	}
	return n, nil
}

func milliseconds(s string) (time.Duration, error) {
	n, err := number(s)
	return time.Duration(n) * time.Millisecond, err
}

func seconds(s string) (time.Duration, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f <= most) {
		return 0, fmt.Errorf("not a number of seconds from 0 to %d", most)
	}
	return time.Duration(f * float64(time.Second)), nil
}

func reason(s string) (providers.Reason, error) {
	switch r := providers.Reason(s); r {
	case providers.Finished, providers.Length, providers.Refused, providers.ToolUse:
		return r, nil
	}
	return "", errors.New("a finish is stop, length, refusal or tool")
}

// failing reads KIND[@TOKEN][xTIMES].
func (s *script) failing(value string) (err error) {
	rest, times, ok := cutNumber(value, "x")
	if ok {
		s.times = times
		if times == 0 {
			return errors.New("an error happens at least once")
		}
	}
	rest, s.after, _ = cutNumber(rest, "@")
	s.kind = providers.Kind(rest)
	switch s.kind {
	case providers.Auth, providers.Quota, providers.RateLimit, providers.Overloaded, providers.NotFound,
		providers.ContextFull, providers.Unsupported, providers.Declined, providers.Unreachable, providers.Timeout,
		providers.Truncated, providers.Malformed, providers.ServerFault, providers.Stopped, cut, hang:
		return nil
	}
	return errors.New("there is no such kind of error")
}

// cutNumber splits s at its last sep if a number follows it.
func cutNumber(s, sep string) (before string, n int, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, 0, false
	}
	n, err := number(s[i+1:])
	if err != nil {
		return s, 0, false
	}
	return s[:i], n, true
}

// plan makes the script's answer to req.
func (s *script) plan(req providers.Request) *plan {
	p := &plan{
		ttft: s.ttft, load: s.load, tps: s.tps, chunk: s.chunk,
		finish: s.finish, refusal: s.finish == providers.Refused, silent: s.nousage,
	}
	if s.finish == providers.ToolUse {
		p.call = &providers.ToolCall{ID: "call_1", Name: "lookup", Arguments: `{"query":"the weather","limit":3}`}
	}
	p.output = append(exactly(thought, s.think, true), s.answer(req)...)
	if s.kind != "" {
		p.failure = &failure{kind: s.kind, after: s.after, status: s.status, retry: s.retry, err: errScripted}
		if !s.statusGiven && s.after == 0 { // later there has been a 200 already
			p.failure.status = usualStatus[s.kind]
		}
	}
	return p
}

func (s *script) answer(req providers.Request) []token {
	whole := ""
	switch {
	case s.say != nil:
		whole = *s.say
	case s.echo:
		whole = transcript(req)
	case s.text == "long":
		n := s.n
		if n < 0 {
			n = 4000
		}
		return tokenize(long(n), false)[:n]
	case s.n < 0:
		whole = passages[s.text]
	default:
		return exactly(passages[s.text]+"\n\n", s.n, false)
	}
	out := tokenize(whole, false)
	if s.n >= 0 {
		out = out[:min(s.n, len(out))]
	}
	return out
}

// exactly repeats text until it has n tokens.
func exactly(text string, n int, thought bool) []token {
	// A token has four bytes at the most, so 4n bytes are enough.
	return tokenize(strings.Repeat(text, 4*n/len(text)+1), thought)[:n]
}

// transcript is everything a model was told, a line for each message: its
// speaker, a colon, its parts. What is not text stands in brackets.
func transcript(req providers.Request) string {
	var b strings.Builder
	if req.System != "" {
		fmt.Fprintf(&b, "system: %s\n", req.System)
	}
	for _, m := range req.Messages {
		who := "user"
		if m.Role == providers.Assistant {
			who = "assistant"
		}
		b.WriteString(who + ":")
		for _, part := range m.Parts {
			switch part := part.(type) {
			case providers.Text:
				b.WriteString(" " + string(part))
			case providers.Blob:
				fmt.Fprintf(&b, " [%s, %d bytes]", part.MIME, len(part.Data))
			case providers.ToolCall:
				fmt.Fprintf(&b, " [calls %s %s]", part.Name, part.Arguments)
			case providers.ToolResult:
				fmt.Fprintf(&b, " [result %s]", part.Text)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
