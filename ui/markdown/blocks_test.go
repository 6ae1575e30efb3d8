package markdown

import (
	"reflect"
	"testing"
)

func TestBlocksAreTheCodeBetweenFences(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []Block
	}{
		{"no code, only `some` and ``` in a line", nil},
		{"a\n```go\nfunc f() {\n\treturn\n}\n```\nb\n~~~\nx\n~~~\n", []Block{{"go", "func f() {\n\treturn\n}"}, {"", "x"}}},
		{"````md\n```\ninner\n```\n````", []Block{{"md", "```\ninner\n```"}}},
		{"1. do:\n   ```sh\n   make\n     all\n   ```\n2. done", []Block{{"sh", "make\n  all"}}},
		{"- ```\n  a\n  ```", []Block{{"", "a"}}},
		{"> ```py\n> x = 1\n>\n> y\n> ```\n> z", []Block{{"py", "x = 1\n\ny"}}},
		{"> ```\n> x\nafter", []Block{{"", "x"}}},
		{"```\n\n\n```", []Block{{"", "\n"}}},
		{"```\n```", []Block{{"", ""}}},
		{"```json\r\n{}\r\n```\r\n", []Block{{"json", "{}"}}},
		{"```go\nnot ended", []Block{{"go", "not ended"}}},
		{"```\n> quoted in code\n- item\n```", []Block{{"", "> quoted in code\n- item"}}},
		{"```\n日本\n\x1b[31m\n```", []Block{{"", "日本\n\x1b[31m"}}},
	} {
		if got := Blocks(tt.text); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q:\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

// However hostile, a block is nothing but lines of the text, shortened in front.
func FuzzBlocks(f *testing.F) {
	f.Add("> - ```\n>  a\n```\n1. ~~~")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for _, b := range Blocks(text) {
			n += len(b.Text)
		}
		if n > len(text) {
			t.Fatalf("%d bytes of code in %d", n, len(text))
		}
	})
}
