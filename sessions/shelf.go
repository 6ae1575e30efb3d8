package sessions

import (
	"maps"
	"slices"
	"sync"
	"weak"

	"juxta/prompts"
)

// handy is how many bytes of files that the store has stay in memory, so that
// the next question about the same pictures need not read them again. Reading
// and checking that many takes about a tenth of a second.
const handy = 32 << 20

// A shelf has the bytes of files: those that the store does not have (yet), the
// ones used last, and all others from the store. Whoever gets bytes from it
// shares them with everybody and changes none.
type shelf struct {
	store *Store // nil keeps nothing

	mu     sync.Mutex
	only   map[string][]byte // in no other place, by SHA-256
	recent []lent            // what the store has, too; the last used last
	size   int               // bytes in recent
	sums   map[weak.Pointer[prompts.Attachment]]sum
}

type lent struct {
	sum  string
	data []byte
}

// A sum is what is found out of an attachment by reading all of it.
type sum struct {
	sha256 string
	tokens int // of written text, by estimate
}

// add keeps files until the store has them.
func (s *shelf) add(files map[string][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.only == nil {
		s.only = map[string][]byte{}
	}
	maps.Copy(s.only, files)
}

// stored is told which files the store has by now.
func (s *shelf) stored(files map[string][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sum, data := range files {
		delete(s.only, sum)
		s.use(sum, data)
	}
}

// clear forgets everything.
func (s *shelf) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.only, s.recent, s.size = nil, nil, 0
}

// use has data be the file that was used last.
func (s *shelf) use(sum string, data []byte) {
	s.recent = slices.DeleteFunc(s.recent, func(l lent) bool {
		if l.sum == sum {
			s.size -= len(l.data)
		}
		return l.sum == sum
	})
	s.recent = append(s.recent, lent{sum, data})
	s.size += len(data)
	n := 0
	for s.size > handy {
		s.size -= len(s.recent[n].data)
		n++
	}
	s.recent = slices.Delete(s.recent, 0, n)
}

// bytes is a file. It may read the disk. Its error is [ErrNotFound], or says
// what is wrong with the store.
func (s *shelf) bytes(sum string) ([]byte, error) {
	if data, ok := s.atHand(sum); ok {
		return data, nil
	}
	if s.store == nil {
		return nil, ErrNotFound
	}
	data, err := s.store.file(sum)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use(sum, data)
	return data, nil
}

func (s *shelf) atHand(sum string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data, ok := s.only[sum]; ok {
		return data, true
	}
	for _, l := range s.recent {
		if l.sum == sum {
			s.use(sum, l.data)
			return l.data, true
		}
	}
	return nil, false
}

// sum reads an attachment the first time it is asked for.
func (s *shelf) sum(a *prompts.Attachment) sum {
	key := weak.Make(a)
	s.mu.Lock()
	known, ok := s.sums[key]
	s.mu.Unlock()
	if ok {
		return known
	}
	known = sum{sha256: a.SHA256()}
	if a.Kind() == prompts.Written {
		known.tokens = textTokens(Enclosed(a.Name, a.Data))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sums == nil {
		s.sums = map[weak.Pointer[prompts.Attachment]]sum{}
	}
	maps.DeleteFunc(s.sums, func(k weak.Pointer[prompts.Attachment], _ sum) bool { return k.Value() == nil })
	s.sums[key] = known
	return known
}
