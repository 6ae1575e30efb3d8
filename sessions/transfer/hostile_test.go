package transfer

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"juxta/sessions"
)

// gptSaid is a conversation of ChatGPT's with one answer.
func gptSaid(id, question, answer string) string {
	return fmt.Sprintf(`{"title":"Talk %s","create_time":1714557600,"mapping":{"q":{"id":"q","parent":null,"message":{"author":{"role":"user"},"create_time":1714557600,"content":{"content_type":"text","parts":[%q]}}},"a":{"id":"a","parent":"q","message":{"author":{"role":"assistant"},"create_time":1714557601,"content":{"content_type":"text","parts":[%q]}}}},"current_node":"a","id":%q}`, id, question, answer, id)
}

// appender is a byte order that also appends.
type appender interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func utf16Of(order appender, s string) []byte {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, c)
	}
	return b
}

func TestBrokenFilesAreNamedWithThePlaceAndAddNothing(t *testing.T) {
	good := gptSaid("one", "Hello?", "Yes.")
	node := `"mapping":{"q":{"id":"q","parent":%s,"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["Hi"]}}}%s}`
	tree := func(parent, more string) string {
		return `[` + good + `,
{"id":"two","title":"Second talk",` + fmt.Sprintf(node, parent, more) + `}]`
	}
	deep := strings.Repeat(`{"a":`, 100_000)
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, `"k%d":1,`, i)
	}
	first := len(good) + 1 // bytes with the bracket before it
	at := func(n int) string { return fmt.Sprintf("byte %d", n) }
	in := func(old, new string) string { return "[" + strings.Replace(good, old, new, 1) + "]" }
	for name, c := range map[string]struct{ text, want string }{
		"cut short within a text":           {"[" + good + ",\n" + good[:60], "line 2, " + at(first+2+60+1) + `, conversation "Talk one": the file ends here`},
		"cut short between two":             {"[" + good + ",\n", "line 2, " + at(first+3) + ": the file ends here"},
		"cut short before the bracket":      {"[" + good, "line 1, " + at(first+1) + ": the file ends here"},
		"cut short within a word":           {`[{"mapping":tru`, `byte 16: the file ends here`},
		"cut short within an escape":        {`[{"mapping":"\`, `byte 15: the file ends here`},
		"more behind the end":               {"[" + good + "]\n[]", "line 2, " + at(first+3) + ": '[' behind the end"},
		"a comma too many":                  {"[" + good + ",]", at(first+2) + ": ']'"},
		"no comma":                          {"[" + good + good + "]", at(first+1) + ": '{' where a comma has to be"},
		"Latin-1":                           {in("Hello", "Hell\xf6"), at(2+strings.Index(good, "Hello")+4) + `, conversation "Talk one": the byte 0xF6 is not UTF-8`},
		"half a character at the end":       {"[" + good + ",\n\xe2\x82", "line 2, " + at(first+3) + ": the byte 0xE2 is not UTF-8"},
		"a zero byte":                       {in("Hello", "Hell\x00"), at(2+strings.Index(good, "Hello")+4) + `, conversation "Talk one": a zero byte`},
		"a line break within a text":        {in("Hello", "Hel\nlo"), at(2+strings.Index(good, "Hello")+3) + `, conversation "Talk one": the control character '\n'`},
		"a name twice":                      {"[" + strings.Replace(good, `"id":"one"`, `"id":"one","title":"x"`, 1) + "]", `conversation "Talk one": the name "title" is given twice`},
		"a name twice, once escaped":        {"[" + strings.Replace(good, `"id":"one"`, `"id":"one","\u0074itle":"x"`, 1) + "]", `the name "\\u0074itle" is given twice`},
		"a name twice among many":           {`[{"mapping":{},` + many.String() + `"k7":1}]`, `the name "k7" is given twice`},
		"deep nesting":                      {`[{"mapping":` + deep, `byte 1008: more than 200 objects and lists`},
		"brackets that do not fit":          {`[{"mapping":[}`, `'}', and nothing of the kind was begun`},
		"a word that is none":               {`[{"mapping":nil}]`, `this is no JSON: 'i' can't stand there`},
		"a sign that is none":               {`[{"mapping":#}]`, `byte 13: '#', which is no JSON`},
		"another kind of value":             {`[{"title":"T","id":"x","mapping":[1]}]`, `byte 34, conversation "T": mapping is an array, which can't be`},
		"a parent that is not there":        {tree(`"x"`, ``), "line 2, " + at(first+3) + `, conversation "Second talk": its message "q" follows "x", which is not there`},
		"a message that follows itself":     {tree(`"q"`, ``), `conversation "Second talk": its message "q" follows itself`},
		"messages that go round in circles": {tree(`"r"`, `,"r":{"id":"r","parent":"s"},"s":{"id":"s","parent":"q"}`), `conversation "Second talk": its message "q" follows itself, by way of "r"`},
	} {
		store := opened(t)
		_, err := Import(t.Context(), store, file(t, "conversations.json", []byte(c.text)))
		var u *Unreadable
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) || u.Hint == "" {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
		if n := count(t, store); n != 0 {
			t.Errorf("%s: %d were added", name, n)
		}
	}
}

func TestWhatIsWrongWithOneConversationCanBeLeftOut(t *testing.T) {
	good, last := gptSaid("one", "Hello?", "Yes."), gptSaid("last", "Bye?", "Yes.")
	node := `"mapping":{"q":{"parent":%s,"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["Hi"]}}}}`
	for name, bad := range map[string]string{
		"a circle":     `{"id":"two",` + fmt.Sprintf(node, `"q"`) + `}`,
		"an orphan":    `{"id":"two",` + fmt.Sprintf(node, `"x"`) + `}`,
		"a name twice": `{"id":"two","id":"three","mapping":{"a":["]",{"b":"\\"}]}}`,
		"another kind": `{"id":"two","mapping":7}`,
		"deep nesting": `{"id":"two","mapping":` + strings.Repeat("[", 500) + `"]"` + strings.Repeat("]", 500) + `}`,
	} {
		path := file(t, "conversations.json", []byte("["+good+",\n"+bad+",\n"+last+"]"))
		store := opened(t)
		_, err := Import(t.Context(), store, path)
		var u *Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Hint, "--skip-broken") || count(t, store) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		r, err := Import(t.Context(), store, path, SkipBroken)
		if err != nil || len(r.Sessions) != 2 || len(r.Left) != 1 || r.Left[0].What != "conversations with a fault" || !strings.HasPrefix(r.Left[0].First, "line 2, byte ") {
			t.Errorf("%s: %d, %v, %v", name, len(r.Sessions), r.Left, err)
		}
	}
}

func TestOtherBrokenFormats(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a role that there is not":   {`{"messages":[{"role":"user","content":"x"}]}` + "\n" + `{"messages":[{"role":"wizard","content":"x"}]}`, `line 2, byte 46: its message 1 has the role "wizard"`},
		"a line that is cut short":   {`{"messages":[{"role":"user","content":"x"}]}` + "\r\n\r\n" + `{"messages":[{"role":"us`, `line 3, byte 73: the file ends here`},
		"a line that is no object":   {`{"messages":[]}` + "\n7\n", `line 2, byte 17: '7' where an object has to begin`},
		"messages without a uuid":    {`[{"uuid":"c","name":"T","chat_messages":[{"sender":"human","text":"x","parent_message_uuid":"y"}]}]`, `conversation "T": its message 1 has no uuid`},
		"messages of one uuid":       {`[{"uuid":"c","chat_messages":[{"uuid":"m","sender":"human","text":"x","parent_message_uuid":"00000000-0000-4000-8000-000000000000"},{"uuid":"m","sender":"human","text":"y","parent_message_uuid":"m"}]}]`, `two of its messages have the id "m"`},
		"responses without an id":    {`[{"conversation_id":null,"id":"","prompt":"x","response":"y"}]`, `byte 2: it has neither an id`},
		"responses out of order":     {`[{"conversation_id":"c","id":"2","prompt":"x","response":"y","datetime_utc":"2025-01-02T00:00:00"},{"conversation_id":"c","id":"1","prompt":"x","response":"y","datetime_utc":"2025-01-01T00:00:00"}]`, `not in their order`},
		"answers of the wrong kind":  {`[{"conversation_id":"c","id":"2","prompt":["x"],"response":"y"}]`, `prompt is an array, which can't be`},
		"a list where there are two": {`{"conversations":[{"uuid":"c","chat_messages":[]}],"conversations":[]} x`, `byte 72: 'x' behind the end`},
	} {
		_, _, _, err := gathered(t, file(t, "x", []byte(c.text)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

func TestOtherEncodingsAreReadAndSaid(t *testing.T) {
	text := "[" + gptSaid("one", "Grüße? 🌳", "Ja.") + "]"
	little, big := utf16Of(binary.LittleEndian, "\ufeff"+text), utf16Of(binary.BigEndian, "\ufeff"+text)
	for name, data := range map[string][]byte{"utf8.json": []byte("\ufeff" + text), "little.json": little, "big.json": big} {
		store := opened(t)
		r, err := Import(t.Context(), store, file(t, name, data))
		if err != nil || len(r.Sessions) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		if b := bundled(t, store, r.Sessions[0].ID); b.Turns[0].Text != "Grüße? 🌳" {
			t.Errorf("%s: %q", name, b.Turns[0].Text)
		}
		if said := strings.Join(r.Notes, ";"); said != map[bool]string{true: "", false: "is UTF-16 and was read as that"}[name == "utf8.json"] {
			t.Errorf("%s: %q", name, said)
		}
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"without a mark":         {utf16Of(binary.LittleEndian, text), "in no format"},
		"cut in a character":     {little[:len(little)-1], "half a character of UTF-16"},
		"half of a pair":         {bytes.Replace(little, utf16Of(binary.LittleEndian, "🌳")[:2], nil, 1), "half a character of UTF-16"},
		"cut short":              {little[:len(little)-2], "the file ends here"},
		"a zero character":       {bytes.Replace(little, utf16Of(binary.LittleEndian, "J"), []byte{0, 0}, 1), "a zero character"},
		"UTF-8 mark and Latin-1": {[]byte("\ufeff" + strings.Replace(text, "ü", "\xfc", 1)), "the byte 0xFC is not UTF-8"},
	} {
		_, _, _, err := gathered(t, file(t, "x.json", c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Text is looked at in pieces; wherever they end, the same comes of it.
func TestPiecesOfAnySizeGiveTheSame(t *testing.T) {
	text := "[" + gptSaid("one", "Grüße? 🌳", `"\u00e4\\`) + ",\n" + gptSaid("two", "x", "y") + "]"
	for _, data := range [][]byte{[]byte(text), utf16Of(binary.LittleEndian, "\ufeff"+text)} {
		for size := 1; size < 9; size++ {
			var raws []string
			s := newScanner("", &pieces{data, size})
			if err := s.each("", func(v value) error { raws = append(raws, string(v.raw)); return nil }, nil); err != nil {
				t.Fatal(size, err)
			}
			if "["+strings.Join(raws, ",\n")+"]" != text {
				t.Errorf("pieces of %d: %q", size, raws)
			}
		}
	}
}

type pieces struct {
	data []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.data[:min(p.size, len(p.data))])
	p.data = p.data[n:]
	return n, nil
}

func TestTimesInOddUnits(t *testing.T) {
	for in, want := range map[string]string{
		`1714557600`: "2024-05-01T10:00:00Z", `1714557600.25`: "2024-05-01T10:00:00.25Z", `"1714557600.25"`: "2024-05-01T10:00:00.25Z",
		`1714557600250`: "2024-05-01T10:00:00.25Z", `1714557600250000`: "2024-05-01T10:00:00.25Z", `1714557600250000000`: "2024-05-01T10:00:00.25Z",
		`1e9`: "2001-09-09T01:46:40Z", `"2024-05-01T10:00:00.25Z"`: "2024-05-01T10:00:00.25Z", `"2024-05-01T12:00:00+02:00"`: "2024-05-01T10:00:00Z",
		`"2024-05-01T10:00:00"`: "2024-05-01T10:00:00Z", `"2024-05-01 10:00:00.25"`: "2024-05-01T10:00:00.25Z",
	} {
		var s stamp
		if err := s.UnmarshalJSON([]byte(in)); err != nil || s.Time.Format("2006-01-02T15:04:05.999999999Z07:00") != want {
			t.Errorf("%s: %v, %v; want %s", in, s.Time, err, want)
		}
	}
	for _, in := range []string{`null`, `0`, `-1`, `1e300`, `"soon"`, `""`, `{}`, `5`, `1e18e`, `"9999-01-01T00:00:00Z"`, `true`} {
		var s stamp
		if err := s.UnmarshalJSON([]byte(in)); err != nil || !s.IsZero() {
			t.Errorf("%s is a time: %v, %v", in, s.Time, err)
		}
	}
}

func TestHalvesOfCharactersAreCounted(t *testing.T) {
	for text, want := range map[string]int{
		`"\ud83c\udf33"`: 0, `"\uD83C"`: 1, `"\udf33"`: 1, `"\ud83c\ud83c\udf33"`: 1, `"\ud83cx\udf33"`: 2, `"\\ud83c"`: 0, `"\\\ud83c"`: 1, `"\u00fc\`: 0, `"\ud8`: 0,
	} {
		if n := halves([]byte(text)); n != want {
			t.Errorf("%s: %d, want %d", text, n, want)
		}
	}
	_, all, left, err := gathered(t, file(t, "x.json", []byte("["+strings.Replace(gptSaid("one", "x", "y"), `"x"`, `"tree: \ud83c"`, 1)+"]")))
	if err != nil || all[0].Turns[0].Text != "tree: �" || len(left) != 1 || left[0].What != "halves of characters, which are � now" {
		t.Errorf("%v, %v, %v", all, left, err)
	}
}

func TestAConversationThatIsTooLongIsNamed(t *testing.T) {
	long := gptSaid("two", "x", strings.Repeat("words ", 1000))
	s := newScanner("conversations.json", strings.NewReader("["+gptSaid("one", "x", "y")+","+long+"]"))
	s.most = 3 << 10
	err := s.each("", func(value) error { return nil }, nil)
	if err == nil || !strings.Contains(err.Error(), `conversations.json, line 1, byte 372, conversation "Talk two": it has more than`) {
		t.Error(err)
	}
	if cap(s.raw) > 16<<10+64<<10 {
		t.Errorf("%d bytes were held", cap(s.raw))
	}
	for _, long := range []string{`"` + strings.Repeat(`long \"`, 1000) + `"`, `["` + strings.Repeat(`long","`, 1000) + `"]`} {
		var taken, left []string
		s := newScanner("", strings.NewReader(`[{"id":1},{"title":"long","x":`+long+`,"y":"]"},{"id":3}]`))
		s.most = 3 << 10
		err := s.each("", func(v value) error { taken = append(taken, string(v.raw)); return nil }, func(e *placeError) { left = append(left, e.Error()) })
		if err != nil || strings.Join(taken, "") != `{"id":1}{"id":3}` || len(left) != 1 || !strings.Contains(left[0], `"long": it has more than`) {
			t.Errorf("%.9s…: %v, %v, %v", long, taken, left, err)
		}
	}
}

// One branch at each of many messages would repeat all that came before.
func TestBranchesThatMultiplyTextAreStopped(t *testing.T) {
	words := strings.Repeat("w", 10_000)
	talk := &talk{format: "x", provider: "x", key: "k", at: place{what: `conversation "bomb"`}}
	before := "q"
	talk.messages = append(talk.messages, message{id: "q", asks: true, text: "?"})
	for i := range 3000 {
		a, u := fmt.Sprintf("a%d", i), fmt.Sprintf("u%d", i)
		talk.messages = append(talk.messages, message{id: a, parent: before, answer: sessions.Answer{Text: words}}, message{id: u, parent: a, asks: true, text: "?"})
		before = a
	}
	if _, err := talk.bundle(); err == nil || !strings.Contains(err.Error(), `conversation "bomb": its branches come to more than 256 MB`) {
		t.Error(err)
	}
}

func TestArchivesThatMeanNoGood(t *testing.T) {
	raw := func(edit func(z *zip.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		edit(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	put := func(z *zip.Writer, h *zip.FileHeader, data []byte) {
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(h.Name, "/") {
			return
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	good := []byte("[" + gptSaid("one", "x", "y") + "]")
	named := func(names ...string) []byte {
		return raw(func(z *zip.Writer) {
			for _, n := range names {
				put(z, &zip.FileHeader{Name: n, Method: zip.Deflate}, good)
			}
		})
	}
	bomb := append([]byte("["+gptSaid("one", "x", "y")+","), bytes.Repeat([]byte{' '}, 8<<20)...)
	sound := named("conversations.json")
	broken := bytes.Clone(sound)
	broken[len(broken)/3] ^= 0x40
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"up and away":         {named("conversations.json", "../../etc/passwd"), `../../etc/passwd: a file of that name leads out of the archive`},
		"from the root":       {named("conversations.json", "/etc/passwd"), `/etc/passwd: a file of that name leads out`},
		"by backslashes":      {named("conversations.json", `..\evil.json`), `..\evil.json: a file of that name leads out`},
		"a folder up":         {named("conversations.json", "a/../../b/"), `a folder of that name leads out`},
		"the same name twice": {named("conversations.json", "conversations.json"), `conversations.json: it is in the archive twice`},
		"a bomb":              {raw(func(z *zip.Writer) { put(z, &zip.FileHeader{Name: "conversations.json", Method: zip.Deflate}, bomb) }), `unpacks to more than 300 times its size`},
		"encrypted":           {raw(func(z *zip.Writer) { put(z, &zip.FileHeader{Name: "conversations.json", Flags: 1}, good) }), `conversations.json: it is encrypted`},
		"cut short":           {sound[:len(sound)-30], `this ZIP archive can't be read, it may be cut short`},
		"a flipped bit":       {broken, `conversations.json`},
		"nothing in it":       {named("readme.txt"), `there is no conversations.json in it`},
	} {
		store := opened(t)
		_, err := Import(t.Context(), store, file(t, "export.zip", c.data))
		var u *Unreadable
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
		if count(t, store) != 0 {
			t.Errorf("%s: something was added", name)
		}
	}
}

func TestALinkInAFolderLeadsNowhere(t *testing.T) {
	dir, secret := t.TempDir(), file(t, "secret.png", fixture(t, "pin.png"))
	if err := os.WriteFile(filepath.Join(dir, "conversations.json"), fixture(t, "chatgpt.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "file-AbC123dEf-pin.png")); err != nil {
		t.Skip(err)
	}
	_, all, _, err := gathered(t, dir)
	if err != nil || len(all[0].Turns[0].Files) != 0 {
		t.Errorf("%v, %v", all[0].Turns[0].Files, err)
	}
}

func TestTheListOfAnArchiveIsBounded(t *testing.T) {
	list := &bounded{r: strings.NewReader(strings.Repeat("x", 100)), left: 64}
	if _, err := list.ReadAt(make([]byte, 60), 0); err != nil {
		t.Error(err)
	}
	if _, err := list.ReadAt(make([]byte, 60), 0); !errors.Is(err, errDirectory) {
		t.Error(err)
	}
}

var because = strings.Repeat("because ", 1<<17)

// endless is a long list of conversations that nobody ever holds whole.
type endless struct {
	left, n int
	rest    []byte
	peak    uint64
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.left <= 0 {
			return 0, io.EOF
		}
		e.n++
		text := strings.Replace(gptSaid(fmt.Sprint(e.n), "Why?", "@"), "@", because[:1<<20/(1+e.n%7)], 1)
		switch {
		case e.n == 1:
			text = "[" + text
		case e.left <= len(text):
			text = "," + text + "]"
			e.left = 0
		default:
			text = ",\n" + text
		}
		e.left -= len(text)
		e.rest = []byte(text)
		if e.n%16 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			e.peak = max(e.peak, m.HeapAlloc)
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestALongExportIsReadWithLittleMemory(t *testing.T) {
	const size, most = 96 << 20, 32 << 20
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	in := &endless{left: size}
	e := &export{members: []member{{open: func() (io.ReadCloser, error) { return io.NopCloser(in), nil }}}, left: mostUnpacked}
	taken, bytes := 0, 0
	gpt := chatGPT()
	err := gpt.gather(t.Context(), e, &Intake{take: func(b sessions.Bundle) error {
		taken++
		bytes += len(b.Turns[0].Answers[0].Text)
		return b.Check()
	}})
	if err != nil || taken != in.n || bytes < size*9/10 {
		t.Fatalf("%d of %d conversations, %d bytes: %v", taken, in.n, bytes, err)
	}
	if in.peak > before.HeapAlloc+most {
		t.Errorf("%d MB were in use, and %d MB before", in.peak>>20, before.HeapAlloc>>20)
	}
	t.Logf("%d conversations, %d MB: %d MB in use at most", taken, bytes>>20, in.peak>>20)
}
