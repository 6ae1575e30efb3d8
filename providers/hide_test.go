package providers_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"juxta/providers"
)

func TestAKeyIsHiddenHoweverItIsWritten(t *testing.T) {
	for _, key := range []string{"sk-proj-Ab12_cd34-EF56gh", "my/odd key+1&more=<x>", "0123456789abcdef0123456789abcdef", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "12345678"} {
		js, _ := json.Marshal(key)
		percent, unicode := "", ""
		for _, c := range []byte(key) {
			percent += fmt.Sprintf("%%%02x", c)
			unicode += fmt.Sprintf(`\u%04X`, c)
		}
		for name, form := range map[string]string{
			"itself": key, "query": url.QueryEscape(key), "path": url.PathEscape(key), "every byte": percent,
			"query twice": url.QueryEscape(url.QueryEscape(key)), "JSON": string(js), "slashes": strings.ReplaceAll(key, "/", `\/`),
			"JSON by number": unicode, "JSON in JSON": fmt.Sprintf("%q", js), "HTML": html.EscapeString(key), "HTML by number": strings.ReplaceAll(key, "+", "&#x2B;"),
			"upper case": strings.ToUpper(key), "hexadecimal": hex.EncodeToString([]byte(key)),
			"base64":              base64.StdEncoding.EncodeToString([]byte(key)),
			"base64, for URLs":    base64.URLEncoding.EncodeToString([]byte(key)),
			"base64, as a user's": base64.StdEncoding.EncodeToString([]byte("user:" + key)),
			"base64, with more":   base64.StdEncoding.EncodeToString([]byte("Bearer  " + key + " and more")),
			"base64 in a URL":     url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(key))),
			"its beginning":       key[:8], "its end": key[len(key)-8:],
		} {
			text := "before: " + form + " and after"
			got := providers.NewSecret(key).Hide(text)
			if !strings.HasPrefix(got, "before: ") || !strings.HasSuffix(got, " and after") || !strings.Contains(got, "[secret]") {
				t.Errorf("%s of %s: %s", name, key, got)
			}
			for i := 0; i+8 <= len(key); i++ {
				if strings.Contains(got, key[i:i+8]) {
					t.Errorf("%s of %s: %s", name, key, got)
					break
				}
			}
		}
	}
}

func TestWhatIsNotTheKeyStaysAsItIs(t *testing.T) {
	key := providers.NewSecret("sk-proj-Ab12cd34EF56gh")
	for _, text := range []string{
		"", "the model does not exist", `100% of "a\/b" &amp; \u00e9 \q %zz &nbsp; & \`, "漢字 🦄 \xff\xfe", "sk-proj or sk-ab***yz",
		strings.Repeat("Ab12cd3 ", 1000),
	} {
		if got := key.Hide(text); got != text {
			t.Errorf("%.80q became %.80q", text, got)
		}
		if got := (providers.Secret{}).Hide(text); got != text {
			t.Errorf("no key: %.80q became %.80q", text, got)
		}
	}
}

func TestAShortKeyIsHiddenOnlyWhereItStandsAlone(t *testing.T) {
	for key, want := range map[string]string{
		"EMPTY": "key [secret] for an emptying bucket",
		"e":     "key EMPTY for an emptying bucket",
		"key":   "[secret] EMPTY for an emptying bucket",
	} {
		if got := providers.NewSecret(key).Hide("key EMPTY for an emptying bucket"); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

func FuzzHide(f *testing.F) {
	f.Add("sk-proj-Ab12cd34EF56gh", `{"error":"sk-proj-Ab12cd34EF56gh %73%6b \u0073 &#115;"}`)
	f.Add("k+/=", "a k%2B%2F%3D b")
	f.Fuzz(func(t *testing.T, key, text string) {
		s := providers.NewSecret(key)
		got := s.Hide(text)
		key = s.Reveal()
		if tail := key[max(0, len(key)-4):]; len(key) >= 8 && s.Printable() && !strings.Contains(key[:5], tail) {
			echo := "provided: " + key[:5] + "*******" + tail + "."
			if left := strings.TrimPrefix(s.Hide(echo), "provided: "); strings.Contains(left, tail) && strings.Trim(tail, ".*-xX[]") == tail {
				t.Errorf("%q became %q", echo, left)
			}
		}
		for i := 0; i+8 <= len(key); i++ {
			if piece := key[i : i+8]; strings.Contains(got, piece) && !strings.ContainsAny(piece, "[]") {
				t.Errorf("%q is in %q", piece, got)
			}
		}
	})
}
