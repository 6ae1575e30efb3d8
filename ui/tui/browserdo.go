package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// What is done with sessions from the list of them.

// A shelving is what was done with sessions since the start, so that it can be
// undone.
type shelving struct {
	query string         // that stood in the browser when it was left, and stands there again
	at    spotted        // what was chosen then
	done  []shelvingStep // the last one at the end
	gone  []sessions.ID  // that are deleted for ever when juxta is left
}

type shelvingStep struct {
	what string // was done, in words that follow "undone: "
	undo func(*sessions.Store) error
	back []sessions.ID // that are no longer to be deleted
}

// inSessions is a command of the browser alone.
func inSessions(do func(*browser) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if b := m.browser(); b != nil {
			return do(b)
		}
		return m.browseToCommand()
	}
}

// withSessions is a command on what is chosen in the browser.
func withSessions(do func(*Model, *browser) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if b := m.browser(); b != nil {
			return do(m, b)
		}
		return m.browseToCommand()
	}
}

// browseToCommand opens the browser for somebody who has chosen one of its
// commands elsewhere.
func (m *Model) browseToCommand() tea.Cmd {
	cmd := m.browse()
	if b := m.browser(); b != nil {
		b.command()
		b.say("choose a session first", false)
	}
	return cmd
}

// shelve does something with sessions of the store, and reads the list anew.
func (m *Model) shelve(b *browser, did string, do, undo func(*sessions.Store) error, after func(*Model) tea.Cmd) tea.Cmd {
	if b.works {
		return nil
	}
	b.works = true
	bench, store := m.bench, b.store
	return func() tea.Msg {
		err := do(store)
		if err == nil {
			err = bench.Relabel()
		}
		return action(func(m *Model) tea.Cmd {
			b.works = false
			if err != nil {
				b.say(worded(err), true)
				return b.again()
			}
			b.marked = nil
			b.say(did, false)
			if undo != nil {
				m.shelving.done = append(m.shelving.done, shelvingStep{what: did, undo: undo})
			}
			m.refresh()
			if after != nil {
				return tea.Batch(after(m), b.again())
			}
			return b.again()
		})
	}
}

func idsOf(all []sessions.Session) []sessions.ID {
	ids := make([]sessions.ID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return ids
}

// called is what sessions are called in a message.
func called(all []sessions.Session) string {
	if len(all) == 1 {
		return "“" + clip(all[0].Words(), 44) + "”"
	}
	return fmt.Sprintf("%d sessions", len(all))
}

func (m *Model) renameSession(b *browser) tea.Cmd {
	p := b.chosen()
	if p.of == nil {
		return nil
	}
	s := p.of.Session
	old := ""
	if s.Named {
		old = s.Title
	}
	f := newForm("Rename the session", &m.look, func(f *form) action {
		title := f.value("title")
		return func(m *Model) tea.Cmd {
			m.pop()
			did := "renamed"
			if strings.TrimSpace(title) == "" {
				did = "named by its first question again"
			}
			return m.shelve(b, did, func(st *sessions.Store) error { return st.Rename(s.ID, title) },
				func(st *sessions.Store) error { return st.Rename(s.ID, old) }, nil)
		}
	}, &field{name: "title", kind: aLine, value: s.Title, empty: "the first question"})
	m.push(f)
	return nil
}

// tagSessions edits the tags of a session, or of several adds some and removes
// others.
func (m *Model) tagSessions(b *browser) tea.Cmd {
	all := b.targets()
	if len(all) == 0 {
		return nil
	}
	x := &field{name: "tags", kind: aLine, value: strings.Join(all[0].Tags, " "), empty: "words, with spaces between them"}
	if len(all) > 1 {
		x.value, x.empty = "", "pins -draft adds one and removes the other"
	}
	read := func(text string) (add, remove []string, err error) {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
			word, off := strings.CutPrefix(w, "-")
			tag, err := sessions.Tag(strings.TrimPrefix(word, "+"))
			switch {
			case err != nil:
				return nil, nil, err
			case off:
				remove = append(remove, tag)
			default:
				add = append(add, tag)
			}
		}
		if len(all) == 1 {
			for _, t := range all[0].Tags {
				if !slices.Contains(add, t) {
					remove = append(remove, t)
				}
			}
		}
		return add, remove, nil
	}
	x.check = func(text string) error { _, _, err := read(text); return err }
	f := newForm("Tag "+called(all), &m.look, func(f *form) action {
		add, remove, err := read(f.value("tags"))
		return func(m *Model) tea.Cmd {
			m.pop()
			if err != nil {
				return nil
			}
			return m.shelve(b, "tagged "+called(all), func(st *sessions.Store) error { return st.Tag(idsOf(all), add, remove) },
				func(st *sessions.Store) error { return retagged(st, all, add) }, nil)
		}
	}, x)
	m.push(f)
	return nil
}

// retagged gives sessions the tags that they had before some were added.
func retagged(st *sessions.Store, all []sessions.Session, added []string) error {
	for _, s := range all {
		remove := slices.DeleteFunc(slices.Clone(added), func(t string) bool { return slices.Contains(s.Tags, t) })
		if err := st.Tag([]sessions.ID{s.ID}, s.Tags, remove); err != nil {
			return err
		}
	}
	return nil
}

// flip sets what all sessions have to off, and else what not all have to on; it
// can be undone.
func (m *Model) flip(b *browser, has func(*sessions.Session) bool, set func(*sessions.Store, []sessions.ID, bool) error, on, off string) tea.Cmd {
	all := b.targets()
	var with, without []sessions.ID
	for i := range all {
		if has(&all[i]) {
			with = append(with, all[i].ID)
		} else {
			without = append(without, all[i].ID)
		}
	}
	ids, to, did := without, true, on
	if len(without) == 0 {
		ids, to, did = with, false, off
	}
	if len(ids) == 0 {
		return nil
	}
	return m.shelve(b, did+" "+called(all), func(st *sessions.Store) error { return set(st, ids, to) },
		func(st *sessions.Store) error { return set(st, ids, !to) }, nil)
}

func (m *Model) pinSessions(b *browser) tea.Cmd {
	return m.flip(b, func(s *sessions.Session) bool { return s.Pinned }, (*sessions.Store).Pin, "pinned", "no longer pinned:")
}

func (m *Model) archiveSessions(b *browser) tea.Cmd {
	return m.flip(b, func(s *sessions.Session) bool { return s.Archived }, (*sessions.Store).Archive, "archived", "taken out of the archive:")
}

// forkSession makes a session that begins with the turns of the chosen one, up
// to the place that is chosen.
func (m *Model) forkSession(b *browser) tea.Cmd {
	p := b.chosen()
	if p.of == nil {
		return nil
	}
	id, turn := p.of.ID, 0
	if p.hit >= 0 {
		turn = p.turn()
	}
	var fork sessions.Session
	return m.shelve(b, "forked: the newest of the list", func(st *sessions.Store) (err error) {
		fork, err = st.Fork(id, turn)
		return err
	}, func(st *sessions.Store) error { return st.Bin([]sessions.ID{fork.ID}) }, nil)
}

// mergeSessions appends the turns of the marked sessions to the chosen one.
func (m *Model) mergeSessions(b *browser) tea.Cmd {
	p := b.chosen()
	if p.of == nil {
		return nil
	}
	into := p.of.Session
	var from []sessions.Session
	for _, s := range b.marked {
		if s.ID != into.ID {
			from = append(from, s)
		}
	}
	if len(from) == 0 {
		b.say("mark the sessions whose turns are to be appended, and choose the one that gets them", false)
		return nil
	}
	if why := m.staysHere(append(from, into)); why != "" {
		b.say(why, true)
		return nil
	}
	label, stay, leave := "then it", "stays as it is", "is deleted"
	if len(from) > 1 {
		label, stay, leave = "then they", "stay as they are", "are deleted"
	}
	f := newForm("Append "+called(from)+" to "+called([]sessions.Session{into}), &m.look, func(f *form) action {
		bin := f.value(label) == leave
		return func(m *Model) tea.Cmd {
			m.pop()
			return m.merge(b, into, from, bin)
		}
	}, &field{name: label, kind: aChoice, value: stay, options: []string{stay, leave}})
	f.note, f.does = "columns of the same model and settings become one; a merge can't be undone", "enter merges"
	m.push(f)
	return nil
}

func (m *Model) merge(b *browser, into sessions.Session, from []sessions.Session, bin bool) tea.Cmd {
	slices.SortFunc(from, func(x, y sessions.Session) int { return x.Created.Compare(y.Created) })
	did := fmt.Sprintf("appended %s to %s", called(from), called([]sessions.Session{into}))
	return m.shelve(b, did, func(st *sessions.Store) error {
		_, err := st.Merge(into.ID, idsOf(from), bin)
		return err
	}, nil, func(m *Model) tea.Cmd {
		if bin {
			m.shelving.gone = append(m.shelving.gone, idsOf(from)...)
		}
		if into.ID == m.session.ID {
			return m.resume(into.ID)
		}
		return m.leave(idsOf(from), bin)
	})
}

// leave begins a new session where the one on the screen is deleted.
func (m *Model) leave(gone []sessions.ID, bin bool) tea.Cmd {
	if bin && slices.Contains(gone, m.session.ID) {
		return m.newSession()
	}
	return nil
}

// staysHere is why sessions can't be deleted or merged now: one of them is
// being answered.
func (m *Model) staysHere(all []sessions.Session) string {
	if (m.run != nil || m.asking || m.reask != nil || m.opening || m.ballot.saving) && slices.ContainsFunc(all, func(s sessions.Session) bool { return s.ID == m.session.ID }) {
		return m.keyed("the session on the screen is still being answered: {stop_all} stops it")
	}
	return ""
}

// deleteSessions puts sessions where they wait to be deleted, until juxta is
// left.
func (m *Model) deleteSessions(b *browser) tea.Cmd {
	all := b.targets()
	if len(all) == 0 {
		return nil
	}
	if b.shelf == sessions.Bin {
		b.say(m.keyed("it is deleted for ever when juxta is left; {undo_sessions} undoes"), false)
		return nil
	}
	if why := m.staysHere(all); why != "" {
		b.say(why, true)
		return nil
	}
	ids := idsOf(all)
	did := fmt.Sprintf("deleted %s; %s undoes", called(all), m.look.keys.nameIn(inBrowser, "undo_sessions"))
	return m.shelve(b, did, func(st *sessions.Store) error { return st.Bin(ids) }, nil, func(m *Model) tea.Cmd {
		m.shelving.gone = append(m.shelving.gone, ids...)
		m.shelving.done = append(m.shelving.done, shelvingStep{
			what: "deleted " + called(all), back: ids,
			undo: func(st *sessions.Store) error { return st.Unbin(ids) },
		})
		return m.leave(ids, true)
	})
}

// undoSessions undoes what was done last; of sessions that wait to be deleted
// it brings back the chosen ones.
func (m *Model) undoSessions(b *browser) tea.Cmd {
	if all := b.targets(); b.shelf == sessions.Bin && len(all) > 0 {
		ids := idsOf(all)
		return m.shelve(b, "brought back "+called(all), func(st *sessions.Store) error { return st.Unbin(ids) }, nil, func(m *Model) tea.Cmd {
			m.bringBack(ids)
			return nil
		})
	}
	n := len(m.shelving.done)
	if n == 0 {
		b.say("nothing to undo", false)
		return nil
	}
	last := m.shelving.done[n-1]
	return m.shelve(b, "undone: "+last.what, last.undo, nil, func(m *Model) tea.Cmd {
		m.shelving.done = m.shelving.done[:n-1]
		m.bringBack(last.back)
		return nil
	})
}

func (m *Model) bringBack(ids []sessions.ID) {
	m.shelving.gone = slices.DeleteFunc(m.shelving.gone, func(id sessions.ID) bool { return slices.Contains(ids, id) })
}

// emptyBin deletes for ever what was deleted and not brought back. It is called
// when the screen is left: whoever kills juxta before leaves the sessions in the
// bin.
func (m *Model) emptyBin() error {
	if m.bench == nil || len(m.shelving.gone) == 0 {
		return nil
	}
	if err := m.bench.Store().Empty(m.shelving.gone); err != nil {
		return fmt.Errorf("deleting sessions: %w", err)
	}
	return nil
}
