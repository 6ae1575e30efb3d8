package sessions

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"juxta/providers"
)

const (
	idLen   = 26
	turnKey = idLen + 4 // length of the key of a turn
)

// keyOf is the key of a session, or of something in it by its numbers. IDs come
// from files and from the command line: one that NewID can't have made is no
// key, because a shorter one would reach into its neighbours. The number behind
// all others is left free.
func keyOf(id ID, numbers ...int) ([]byte, error) {
	if len(id) != idLen || id[0] > '7' || !crockford(string(id)) {
		return nil, fmt.Errorf("%.40q is not the ID of a session: %w", string(id), ErrNotFound)
	}
	key := append(make([]byte, 0, idLen+4*len(numbers)), id...)
	for _, n := range numbers {
		if n < 1 || n >= math.MaxUint32 {
			return nil, fmt.Errorf("number %d: %w", n, ErrNotFound)
		}
		key = binary.BigEndian.AppendUint32(key, uint32(n))
	}
	return key, nil
}

func crockford(s string) bool {
	return strings.Trim(s, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ""
}

// number is the i-th number of a key.
func number(key []byte, i int) int {
	return int(binary.BigEndian.Uint32(key[idLen+4*i:]))
}

// recentKey sorts by time, also before 1970, where milliseconds are negative.
func recentKey(updated time.Time, id ID) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(updated.UnixMilli())^1<<63), id...)
}

// pack is v as JSON, a zero byte, which JSON never holds, and the texts, each
// after its length. So text is kept byte for byte even where it is not UTF-8,
// and read and searched without decoding it.
func pack(v any, texts ...string) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	b = append(b, 0)
	for _, t := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	return b, nil
}

func unpack(b []byte, v any, texts ...*string) error {
	head, tail, _ := bytes.Cut(b, []byte{0})
	if err := json.Unmarshal(head, v); err != nil {
		return damaged(err)
	}
	for _, t := range texts {
		n, width := binary.Uvarint(tail)
		if width <= 0 || n > uint64(len(tail)-width) {
			return damaged(errors.New("a text is cut off"))
		}
		tail = tail[width:]
		*t, tail = string(tail[:n]), tail[n:]
	}
	return nil
}

func packTurn(t Turn) ([]byte, error) {
	text := t.Text
	t.Text = ""
	return pack(t, text)
}

func unpackTurn(b []byte, t *Turn) error {
	var text string
	err := unpack(b, t, &text)
	t.Text = text
	return err
}

// packAnswer keeps Raw as a text too: as JSON inside JSON it would lose its
// spaces, and one that is malformed could not be saved at all.
func packAnswer(a Answer) ([]byte, error) {
	text, thoughts, refusal, raw := a.Text, a.Thoughts, a.Refusal, a.Raw
	a.Text, a.Thoughts, a.Refusal, a.Raw = "", "", "", nil
	return pack(a, text, thoughts, refusal, string(raw))
}

func unpackAnswer(b []byte, a *Answer) error {
	var text, thoughts, refusal, raw string
	err := unpack(b, a, &text, &thoughts, &refusal, &raw)
	a.Text, a.Thoughts, a.Refusal = text, thoughts, refusal
	if raw != "" {
		a.Raw = json.RawMessage(raw)
	}
	return err
}

// packChunks writes two varints a chunk: nanoseconds since the chunk before,
// and its bytes, doubled, plus one for a thought.
func packChunks(chunks []providers.Chunk) []byte {
	b := make([]byte, 0, 6*len(chunks))
	var before time.Duration
	for _, c := range chunks {
		b = binary.AppendVarint(b, int64(c.At-before))
		before = c.At
		size := int64(c.Bytes) << 1
		if c.Thought {
			size |= 1
		}
		b = binary.AppendVarint(b, size)
	}
	return b
}

func unpackChunks(b []byte) ([]providers.Chunk, error) {
	var chunks []providers.Chunk
	var at time.Duration
	for len(b) > 0 {
		delta, n := binary.Varint(b)
		if n <= 0 {
			return nil, damaged(errors.New("the times of an answer are cut off"))
		}
		size, m := binary.Varint(b[n:])
		if m <= 0 {
			return nil, damaged(errors.New("the times of an answer are cut off"))
		}
		b = b[n+m:]
		at += time.Duration(delta)
		chunks = append(chunks, providers.Chunk{At: at, Bytes: int32(size >> 1), Thought: size&1 != 0})
	}
	return chunks, nil
}
