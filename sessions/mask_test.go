package sessions

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"juxta/providers"
)

func refs(t testing.TB, names ...string) []providers.Ref {
	t.Helper()
	var all []providers.Ref
	for _, n := range names {
		r, err := providers.ParseRef(n)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestNamesThatGiveAModelAwayAreMasked(t *testing.T) {
	columns := refs(t, "openai/gpt-5.1", "ollama/qwen3-vl:8b", "openrouter/moonshotai/kimi-k2", "lab/bielik-11b-v2.3-instruct:Q4_K_M", "demo/swift")
	for _, tt := range []struct{ question, said, shown string }{
		// as whom it speaks
		{"", "Speaking as Claude, I would say no.", "Speaking as ▒▒▒, I would say no."},
		{"", "I'm ChatGPT, a large language model trained by OpenAI.", "I'm ▒▒▒, a large language model trained by ▒▒▒."},
		{"", "I am a large language model, trained by Google.", "I am a large language model, trained by ▒▒▒."},
		{"", "I’m Gemini, built by Google DeepMind.", "I’m ▒▒▒, built by ▒▒▒."},
		{"", "As an AI language model developed by Microsoft Research, I can't.", "As an AI language model developed by ▒▒▒ Research, I can't."},
		{"", "Hello! I am Phi, created by a team at Microsoft.", "Hello! I am ▒▒▒, created by a team at ▒▒▒."},
		{"", `{"by": "\u0043laude", "n": "\u0041b"}`, `{"by": "▒▒▒", "n": "Ab"}`},
		{"", `{"n": "\u0041b", "c": "\u001b\u009b"}`, `{"n": "\u0041b", "c": "\u001b\u009b"}`},
		{"", "i am qwen, made by alibaba cloud", "i am ▒▒▒, made by ▒▒▒"},
		{"", "My name is Grok and xAI made me.", "My name is ▒▒▒ and ▒▒▒ made me."},
		{"", "Claude here, happy to help.", "▒▒▒ here, happy to help."},
		{"", "Hi there, Copilot here!", "Hi there, ▒▒▒ here!"},
		{"", "I'm **Llama 3.1 8B Instruct**, from Meta AI.", "I'm **▒▒▒**, from ▒▒▒."},
		{"", "I am _DeepSeek-V3_ (深度求索).", "I am _▒▒▒_ (▒▒▒)."},
		{"", "I was developed by Meta.", "I was developed by ▒▒▒."},
		{"", "My creators at Amazon taught me that.", "My creators at ▒▒▒ taught me that."},
		{"", "I run on Ollama.", "I run on ▒▒▒."},
		{"", "I'm swift.", "I'm ▒▒▒."},
		{"", "— Sonnet", "— ▒▒▒"},
		{"", "Bye!\n\n-- *Haiku*\n", "Bye!\n\n-- *▒▒▒*\n"},
		{"", "Written by Nova", "Written by ▒▒▒"},
		{"", "Model: Titan\nSpeed: high", "Model: ▒▒▒\nSpeed: high"},
		{"", "Ich bin ein Sprachmodell, das von Google trainiert wurde.", "Ich bin ein Sprachmodell, das von ▒▒▒ trainiert wurde."},
		{"", "Ich bin Phi.", "Ich bin ▒▒▒."},
		{"", "Je suis Le Chat, développé par Mistral AI.", "Je suis Le Chat, développé par ▒▒▒."},
		{"", "Soy un modelo de lenguaje entrenado por Google.", "Soy un modelo de lenguaje entrenado por ▒▒▒."},
		{"", "我是通义千问，由阿里云开发。", "我是▒▒▒，由▒▒▒开发。"},
		{"", "我是Claude，由Anthropic开发。", "我是▒▒▒，由▒▒▒开发。"},
		{"", "Я Gemini, меня создала компания Google.", "Я ▒▒▒, меня создала компания ▒▒▒."},

		// names that are nothing else
		{"", "OpenAI's documentation says so; GPT-4o and o1 agree.", "▒▒▒'s documentation says so; ▒▒▒ and o1 agree."},
		{"", "QWEN2.5-72B-Instruct, Qwen3 and qwen.", "▒▒▒, ▒▒▒ and ▒▒▒."},
		{"", "Claude 3.5 Sonnet, Claude Opus 4.1, Gemini 2.5 Pro!", "▒▒▒, ▒▒▒, ▒▒▒!"},
		{"", "gpt 5.1 or GPT-5.1-2025-11-13?", "▒▒▒ or ▒▒▒?"},
		{"", "Anth\u200bropic", "▒▒▒"},
		{"", "(Mistral)", "(▒▒▒)"},
		{"", "Claude/ChatGPT", "▒▒▒/▒▒▒"},
		{"", "An Anthropic-compatible service", "An ▒▒▒-compatible service"},

		// the columns' own
		{"", "Kimi K2 or bielik-11b-v2.3-instruct or Bielik 11B v2.3 Instruct", "▒▒▒ or ▒▒▒ or ▒▒▒"},
		{"", "ollama/qwen3-vl:8b says, served as kimi-k2-0905.", "▒▒▒ says, served as ▒▒▒."},

		// what is not a name, or says nothing of the writer
		{"", "Search Google Maps; Meta analyses show phi ≈ 1.618.", ""},
		{"", "A swift fox, a sage hen, a llama, an opus and a haiku.", ""},
		{"", "The mistral blows; I grok it.", ""},
		{"", "I would use Google Maps, which was developed by Google.", ""},
		{"", "I am sure that Google has it.", ""},
		{"", "I recommend TensorFlow, developed by Google.", ""},
		{"", "Companies:\n- Google\n- Meta\n* Amazon\n\nCost – Google: 3", ""},
		{"", "Commanded by Meta, the minimax algorithm is O(1).", ""},
		{"", "Openairy claudette qwenty", ""},
		{"", "an open AI model", ""},
		{"", "The GPTs and llamas", ""},
		{"", "the 5.1 release of 8 b", ""},

		// code and addresses stay what they are
		{"", "```python\nfrom openai import OpenAI\nclient = OpenAI(model=\"x\")\n```", ""},
		{"", "Run `pip install anthropic` and set OPENAI_API_KEY.", ""},
		{"", "See https://platform.openai.com/docs or help@anthropic.com, and claude.py.", ""},
		{"", "```\n# I am Claude, made by Anthropic\nprint(1)\n```", "```\n# I am ▒▒▒, made by ▒▒▒\nprint(1)\n```"},
		{"", "```json\n{\"model\": \"gpt-4\", \"text\": \"a\"}\n```", "```json\n{\"model\": \"▒▒▒\", \"text\": \"a\"}\n```"},
		{"", "I am `Claude`.", "I am `▒▒▒`."},

		// what was asked about
		{"Compare Claude with ChatGPT", "Claude is longer, ChatGPT is shorter; Gemini is neither. I am Claude.", "Claude is longer, ChatGPT is shorter; ▒▒▒ is neither. I am ▒▒▒."},
		{"Are you qwen?", "Yes: as Qwen, I am. Qwen has many sizes.", "Yes: as ▒▒▒, I am. Qwen has many sizes."},
	} {
		m := newMask(tt.question, columns, []string{"gpt-5.1-2025-11-13"})
		want := tt.shown
		if want == "" {
			want = tt.said
		}
		got, n := m.text(tt.said)
		if got != want {
			t.Errorf("%q is shown as\n %q, want\n %q", tt.said, got, want)
		}
		if count := strings.Count(want, Masked); n != count && got == want {
			t.Errorf("%q: %d names are said to be masked, %d are", tt.said, n, count)
		}
	}
}

// Whatever a model wrote, what is shown is the same text but for its names.
func FuzzMaskedTextIsTheTextWithoutItsNames(f *testing.F) {
	for _, s := range []string{"I am Claude.", "gpt-4o`gpt`\n```\nqwen", "我是通义千问\xff", "“Claude” is «GPT 5.1»", "a_gpt_b://qwen", "``` `` `", "As\u200bGPT\u0301, I"} {
		f.Add(s, "what?")
	}
	f.Fuzz(func(t *testing.T, s, question string) {
		m := newMask(question, []providers.Ref{{Provider: "openai", Model: "gpt-5.1"}, {Provider: "lab", Model: "日本/モデル:1b"}}, []string{"x"})
		got, n := m.text(s)
		if n == 0 && got != s {
			t.Fatalf("%q became %q with no name in it", s, got)
		}
		rest := s
		parts := strings.Split(got, Masked)
		if strings.Contains(s, Masked) {
			return
		}
		if len(parts) != n+1 {
			t.Fatalf("%d names masked, and %d signs: %q", n, len(parts)-1, got)
		}
		for _, part := range parts {
			_, after, ok := strings.Cut(rest, part)
			if !ok {
				t.Fatalf("%q is not a part of %q", part, s)
			}
			rest = after
		}
		if again, _ := m.text(got); utf8.ValidString(s) && !utf8.ValidString(again) {
			t.Fatalf("%q is not valid UTF-8", again)
		}
	})
}

// A model may write anything, and the screen waits for it.
func TestATextOfNothingButNamesIsMaskedInTime(t *testing.T) {
	m := newMask("what?", nil, nil)
	for _, s := range []string{"I am not as sure as Google by Meta, ", "gpt.", "`gpt` ", "gpt-", "Google. ", "gpt 4 gpt 4 ", "通义千问", "`"} {
		began := time.Now()
		if _, n := m.text(strings.Repeat(s, 200_000/len(s))); n > 0 && n < mostDoubts {
			t.Errorf("%q: %d masked", s, n)
		}
		if took := time.Since(began); took > 20*time.Second { // what grows with the square takes minutes
			t.Errorf("%q takes %v", s, took)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	text := strings.Repeat("The llama is a domesticated South American camelid, as Google says, and I am Claude. It costs `x` at https://a.example/b; ", 180) // 3,000 words
	m := newMask("what?", []providers.Ref{{Provider: "openai", Model: "gpt-5.1"}}, nil)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.text(text)
	}
}
