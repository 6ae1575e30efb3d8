package sessions

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash"
	"slices"
	"time"
)

// A Bundle is one session with everything that a store has of it: what leaves
// juxta, and what comes in.
type Bundle struct {
	Session Session // of one from elsewhere, ID may be "": then Imported says what it is
	Turns   []Turn  // by ID, with all answers by column and take (their Timing.Chunks included) and all votes by ID

	// Files are the bytes of the turns' files by SHA-256. One that the store has
	// lost is missing.
	Files map[string][]byte
}

// A Source is where a session was imported from.
type Source struct {
	Format string `json:"format"` // "juxta", or the name of another program's format
	Key    string `json:"key"`    // its name there; two imports of the same format and key are the same session

	// Taken is the [Bundle.Sum] of what was imported, by which the same file is
	// known again after the session was worked on. It never leaves the store.
	Taken string `json:"taken,omitempty"`
}

// ours is the [Source] format of juxta's own files.
const ours = "juxta"

// portable is the session as it may leave its store: without what only that
// store knows of it.
func (s Session) portable() Session {
	s = s.clone()
	s.Binned, s.Changes, s.Underway = time.Time{}, 0, nil
	if s.Imported == nil {
		return s
	}
	from := Source{Format: s.Imported.Format, Key: s.Imported.Key}
	s.Imported = &from
	if from == (Source{Format: ours, Key: string(s.ID)}) {
		s.Imported = nil
	}
	return s
}

// Sum is the SHA-256 of everything in the bundle, in hex: two bundles with the
// same sum are the same session. The turns name their files by hash.
func (b *Bundle) Sum() (string, error) {
	h := sha256.New()
	s, err := json.Marshal(b.Session.portable())
	if err != nil {
		return "", err
	}
	record(h, s)
	for i := range b.Turns {
		if err := sumTurn(h, b.Turns[i]); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sumTurn(h hash.Hash, t Turn) error {
	value, err := packTurn(t)
	if err != nil {
		return err
	}
	record(h, value)
	for _, a := range t.Answers {
		if value, err = packAnswer(a); err != nil {
			return err
		}
		record(h, value)
		record(h, packChunks(a.Timing.Chunks))
	}
	for _, v := range t.Votes {
		if value, err = json.Marshal(v); err != nil {
			return err
		}
		record(h, value)
	}
	return nil
}

// record adds a value with its length before it, so that no two lists of values
// look the same.
func record(h hash.Hash, value []byte) {
	_, _ = h.Write(binary.AppendUvarint(nil, uint64(len(value))))
	_, _ = h.Write(value)
}

// idFrom is the ID that something always has when it is imported: the same again
// is found by it. Its time is that of creation, so that IDs sort by it as ever.
func idFrom(created time.Time, format, key string) ID {
	h := sha256.New()
	record(h, []byte(format))
	record(h, []byte(key))
	return makeID(created, [10]byte(h.Sum(nil)))
}

// batches are the bundle as the store saves it.
func (b *Bundle) batches() []Batch {
	all := []Batch{{Session: &b.Session, counted: true}}
	for i := range b.Turns {
		t := &b.Turns[i]
		one := Batch{Session: &b.Session, Turn: t, Files: map[string][]byte{}, counted: true}
		for _, f := range t.Files {
			if data, ok := b.Files[f.SHA256]; ok {
				one.Files[f.SHA256] = data
			}
		}
		for _, a := range t.Answers {
			one.Answers = append(one.Answers, Kept{b.Session.ID, t.ID, a})
		}
		for _, v := range t.Votes {
			one.Votes = append(one.Votes, KeptVote{b.Session.ID, t.ID, v})
		}
		all = append(all, one)
	}
	return all
}

// Lacks lists the SHA-256 of those files of the turns whose bytes are missing.
func (b *Bundle) Lacks() []string {
	var all []string
	for _, t := range b.Turns {
		for _, f := range t.Files {
			if _, ok := b.Files[f.SHA256]; !ok && !slices.Contains(all, f.SHA256) {
				all = append(all, f.SHA256)
			}
		}
	}
	return all
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
