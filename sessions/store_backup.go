package sessions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"juxta/prompts"
)

// A Copy is a copy of the store beside it, named by its time:
// juxta.db.2026-11-28T09-30-00.bak, or with the layout that it has if it was
// made before an upgrade, juxta.db.2026-11-28T09-30-00.v3.bak.
type Copy struct {
	Path      string    `json:"path"`
	Bytes     int64     `json:"bytes"`
	Made      time.Time `json:"made"`
	Automatic bool      `json:"automatic"` // before an upgrade
}

// copyTime is when a copy was made, by this clock: no colon, which some systems
// do not have in names.
const copyTime = "2006-01-02T15-04-05"

// copyName follows the name of the store.
var copyName = regexp.MustCompile(`^\.(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)(?:-\d+)?(\.v\d+)?\.bak$`)

// Copies lists the copies beside the store in the file path, the newest first.
// A store that is damaged has its copies all the same.
func Copies(path string) ([]Copy, error) {
	path = realPath(path)
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	var all []Copy
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), base)
		m := copyName.FindStringSubmatch(rest)
		if !ours || m == nil {
			continue
		}
		made, err := time.ParseInLocation(copyTime, m[1], time.Local)
		info, gone := e.Info()
		if err != nil || gone != nil || !info.Mode().IsRegular() {
			continue
		}
		all = append(all, Copy{filepath.Join(dir, e.Name()), info.Size(), made, m[2] != ""})
	}
	slices.SortFunc(all, func(a, b Copy) int {
		if c := b.Made.Compare(a.Made); c != 0 {
			return c
		}
		return strings.Compare(b.Path, a.Path)
	})
	return all, nil
}

// copyPath is a name for a copy made now that nobody has; kind is "" or ".v3".
func (s *Store) copyPath(kind string) (string, error) {
	base := s.path + "." + time.Now().Format(copyTime)
	for n := 1; n < 1000; n++ {
		path := base + kind + ".bak"
		if n > 1 {
			path = fmt.Sprintf("%s-%d%s.bak", base, n, kind)
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s: %w", base, fs.ErrExist)
}

// copyBefore copies the file before it is upgraded from a version. One that is
// there already, because that upgrade was tried before and did not end, is not
// made again.
func (s *Store) copyBefore(version int) error {
	kind := fmt.Sprintf(".v%d", version)
	all, err := Copies(s.path)
	if err != nil {
		return err
	}
	filling := beganFilling(s.path, version)
	for _, c := range all {
		if strings.HasSuffix(c.Path, kind+".bak") {
			if filling {
				return nil // nothing of what it has was changed since
			}
			if same, err := sameBytes(c.Path, s.path); err == nil && same {
				return nil
			}
		}
	}
	to, err := s.copyPath(kind)
	if err != nil {
		return err
	}
	return copyFile(s.path, to)
}

// Backup copies the store into a new file, or with to as "" into one beside it
// that is named by the time. Others can't use the store while its bytes are
// copied, and can while they reach the disk and are checked. A file that is
// there is not written over: the error is [fs.ErrExist] then. It ends with the error
// of ctx when that ends, and there is no copy then.
func (s *Store) Backup(ctx context.Context, to string) (Copy, error) {
	const op = "copying"
	c := Copy{Path: to, Made: time.Now()}
	if to == "" {
		var err error
		if c.Path, err = s.copyPath(""); err != nil {
			return c, storeError(op, s.path, err)
		}
	}
	if _, err := os.Lstat(c.Path); err == nil {
		return c, fmt.Errorf("%s: %w", c.Path, fs.ErrExist)
	}
	if _, err := os.Stat(filepath.Dir(c.Path)); err != nil {
		return c, &StoreError{Path: c.Path, Op: op, Hint: "name a file in a folder that is there", Err: err}
	}
	var draft string
	err := s.lock.holdUnless(ctx, time.Duration(s.patience.Load()), func() error {
		err := transact(s.path, false, s.speaks)
		if err == nil {
			draft, err = copyBeside(ctx, s.path, c.Path)
		}
		return err
	})
	if err == nil {
		err = settleNew(draft, c.Path)
	}
	if err != nil {
		return c, storeError(op, s.path, err)
	}
	info, err := os.Stat(c.Path)
	if err != nil {
		return c, storeError(op, c.Path, err)
	}
	c.Bytes = info.Size()
	return c, nil
}

// copyFile copies from one file to another that appears at once and whole.
func copyFile(from, to string) error {
	draft, err := copyBeside(context.Background(), from, to)
	if err != nil {
		return err
	}
	return settleNew(draft, to)
}

// copiedAtOnce is how many bytes are copied before it is asked whether to go on.
const copiedAtOnce = 64 << 20

// copyBeside copies a file into a draft beside another, whose name nobody has. It
// ends with the error of ctx when that ends, and leaves no draft then.
func copyBeside(ctx context.Context, from, to string) (draft string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".*.new")
	if err != nil {
		return "", err
	}
	for err == nil {
		if _, err = io.CopyN(out, in, copiedAtOnce); err == nil {
			err = ctx.Err()
		}
	}
	if err == io.EOF { //nolint:errorlint // of CopyN itself
		err = ctx.Err()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		_ = os.Remove(out.Name())
		return "", err
	}
	return out.Name(), nil
}

// settleInto gives a draft its name, which another file may have until then, once
// it is on the disk, or removes it.
func settleInto(draft, to string) error { return settle(draft, to, os.Rename) }

// settleNew is settleInto for a name that no file has: [fs.ErrExist] if one does
// by now.
func settleNew(draft, to string) error { return settle(draft, to, prompts.Appear) }

// settle moves a draft, and sees to it that its bytes and then its name outlast a
// crash.
func settle(draft, to string, move func(from, to string) error) error {
	f, err := os.OpenFile(draft, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = move(draft, to)
	}
	if err != nil {
		_ = os.Remove(draft)
		return err
	}
	// Not every system lets folders be opened and synced; those that do not
	// order the renaming themselves.
	if dir, err := os.Open(filepath.Dir(to)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// sameBytes compares two files.
func sameBytes(a, b string) (bool, error) {
	fa, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer fa.Close()
	fb, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer fb.Close()
	one, other := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, errA := io.ReadFull(fa, one)
		m, errB := io.ReadFull(fb, other)
		if !bytes.Equal(one[:n], other[:m]) {
			return false, nil
		}
		switch {
		case errA == nil && errB == nil:
		case short(errA) && short(errB):
			return true, nil
		default:
			return false, errors.Join(errA, errB)
		}
	}
}

func short(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// realPath is the file that a path leads to, by which everybody takes the same
// lock.
func realPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}
