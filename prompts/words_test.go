package prompts

import (
	"slices"
	"testing"
)

func TestWordsAreReadAsTerminalsWriteThem(t *testing.T) {
	for text, want := range map[string][]string{
		"/tmp/pin.jpg":                                       {"/tmp/pin.jpg"},
		"/tmp/pin.jpg\n":                                     {"/tmp/pin.jpg"},
		" /tmp/pin.jpg  \r\n":                                {"/tmp/pin.jpg"},
		`/tmp/my\ pin\ \(1\).jpg `:                           {"/tmp/my pin (1).jpg"},
		`/tmp/na\ïve\ \$x.png`:                               {"/tmp/naïve $x.png"},
		`'/tmp/my pin.jpg' `:                                 {"/tmp/my pin.jpg"},
		`'/tmp/it'\''s.jpg'`:                                 {"/tmp/it's.jpg"},
		`"/tmp/my pin.jpg"`:                                  {"/tmp/my pin.jpg"},
		`"/tmp/a \"b\" \x.jpg"`:                              {`/tmp/a "b" \x.jpg`},
		"/a/1.png /a/2.png":                                  {"/a/1.png", "/a/2.png"},
		"/a/1.png\n/a/2.png\n":                               {"/a/1.png", "/a/2.png"},
		"/a/1.png\r/a/2.png\r":                               {"/a/1.png", "/a/2.png"},
		`'/a/1 x.png' "/b/2.png" ~/c.png`:                    {"/a/1 x.png", "/b/2.png", "~/c.png"},
		"/Users/me/My Pictures/pin 1.jpg":                    {"/Users/me/My Pictures/pin 1.jpg"},
		"/home/me/it's me.jpg":                               {"/home/me/it's me.jpg"},
		"/home/me/it's.jpg":                                  {"/home/me/it's.jpg"},
		"/a/Screenshot 2026 at 9.41 AM.png":                  {"/a/Screenshot 2026 at 9.41 AM.png"},
		"file:///tmp/my%20pin.jpg":                           {"/tmp/my pin.jpg"},
		"file://localhost/tmp/%C3%A9.jpg":                    {"/tmp/é.jpg"},
		"# dropped\r\nfile:///a.png\r\nfile:///b%25.png\r\n": {"/a.png", "/b%.png"},
		"~":                                    {"~"},
		"~/Pictures":                           {"~/Pictures"},
		"./a.png":                              {"./a.png"},
		"../pics/*.png":                        {"../pics/*.png"},
		"pin.jpg":                              {"pin.jpg"},
		"pin.JPG scan.pdf":                     {"pin.JPG", "scan.pdf"},
		"my/pin.heic":                          {"my/pin.heic"},
		"'my pin.jpg'":                         {"my pin.jpg"},
		"https://example.org/pin.jpg":          {"https://example.org/pin.jpg"},
		"HTTP://example.org/a?b=c&d=e":         {"HTTP://example.org/a?b=c&d=e"},
		"https://example.org/a.png /tmp/b.png": {"https://example.org/a.png", "/tmp/b.png"},
	} {
		got, ok := words(text, false)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
}

func TestWordsOnWindows(t *testing.T) {
	for text, want := range map[string][]string{
		`C:\Users\me\pin.jpg`:               {`C:\Users\me\pin.jpg`},
		`"C:\Users\me\My Pictures\pin.jpg"`: {`C:\Users\me\My Pictures\pin.jpg`},
		`C:\Users\me\My Pictures\pin.jpg`:   {`C:\Users\me\My Pictures\pin.jpg`},
		`"C:\a b.png" "D:\c.png"`:           {`C:\a b.png`, `D:\c.png`},
		`c:/a.png`:                          {`c:/a.png`},
		`file:///C:/Users/me/my%20pin.jpg`:  {`C:\Users\me\my pin.jpg`},
		`~\pin.jpg`:                         {`~\pin.jpg`},
		`..\pin.jpg`:                        {`..\pin.jpg`},
		"C:\\a.png\r\nC:\\b.png\r\n":        {`C:\a.png`, `C:\b.png`},
		`https://example.org/pin.jpg`:       {`https://example.org/pin.jpg`},
	} {
		got, ok := words(text, true)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
	if got, ok := words(`C:\a.png`, false); ok {
		t.Errorf("a drive where there are none: %q", got)
	}
}

func TestASentenceIsNotWords(t *testing.T) {
	for _, text := range []string{
		"", " \n", "hello", "What does /etc/hosts do?", "/etc/hosts what is this",
		"look at https://example.org/pin.jpg please", "https://example.org/pin.jpg: what is it?",
		"compare cat.png and dog.png", "pin.jpg?", "see pin.jpg", ".png", "…", "main.go",
		"for i := range x {\n\tfmt.Println(i)\n}", "// a comment", "//comment", "/*comment*/",
		"it's", "'unfinished", `/tmp/a\`, "and/or", "~user", "~~", "1/2", "https://", "http:///a.png",
		"/a.png\nwhat is this?", "/tmp/a\x00b.png", "/tmp/a\x1b[31m.png", "\xff/tmp/a.png",
		"file://elsewhere/a.png", "file:///%zz", "file://", "file:///a%00.png", "mailto:me@example.org",
		"javascript://a.png", "- /tmp/a.png", "`/tmp/a.png`", "$HOME/a.png is here",
	} {
		if got, ok := Words(text); ok {
			t.Errorf("%q is words: %q", text, got)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add(`/tmp/my\ pin.jpg 'a b.png' "c`, true)
	f.Add("file:///a%20b.png\n~/x https://example.org/?q", false)
	f.Fuzz(func(t *testing.T, text string, drives bool) {
		got, ok := words(text, drives)
		if ok != (len(got) > 0) {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
		for _, w := range got {
			if w == "" || len(w) > len(text) {
				t.Errorf("%q: %q", text, w)
			}
		}
	})
}
