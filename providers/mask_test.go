package providers_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"juxta/providers"
)

// masksOf are the characters with which services hide the middle of a key.
func masksOf() []string { return []string{"*", ".", "…", "x", "X", "•", "-", "●"} }

func TestNoEndOfAKeyStaysBehindAMask(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		key := []string{"sk-", "sk-proj-", "gsk_", "AIza", ""}[rng.IntN(5)]
		for range 12 + rng.IntN(40) {
			key += string(alphabet[rng.IntN(len(alphabet))])
		}
		secret := providers.NewSecret(key)
		mask := masksOf()[rng.IntN(len(masksOf()))]
		head, tail := rng.IntN(10), 4+rng.IntN(8)
		form := key[:head] + strings.Repeat(mask, 3+rng.IntN(30)) + key[len(key)-tail:]
		js, _ := json.Marshal(form)
		for _, form := range []string{form, string(js), strings.Trim(url.QueryEscape(form), "\n"), strings.NewReplacer("…", `\u2026`, "•", `\u2022`).Replace(form), strings.NewReplacer("…", "&hellip;", "•", "&bull;").Replace(form)} {
			text := "Incorrect API key provided: " + form + ". You can find your key"
			got := secret.Hide(text)
			if strings.Contains(got, key[len(key)-4:]) || !strings.HasPrefix(got, "Incorrect API key provided: ") || !strings.HasSuffix(got, ". You can find your key") {
				t.Fatalf("of %s: %s became %s", key, text, got)
			}
		}
	}
}

func TestMaskedFormsOfAKeyAreHidden(t *testing.T) {
	for text, want := range map[string]string{
		"sk-test-****…6789":                        "[secret]",
		"sk-...6789":                               "[secret]",
		"sk-…6789, sk-•••89":                       "[secret], [secret]",
		"Incorrect API key: sk-te*******6789.":     "Incorrect API key: [secret].",
		"Bearer sk-other***89 is wrong":            "Bearer [secret] is wrong",
		"ends in ***789 or ...56789":               "ends in [secret] or [secret]",
		`{"key":"sk-t\u2022\u2022\u20226789"}`:     `{"key":"[secret]"}`,
		"SK-XXXXXXXXXXXX6789":                      "[secret]",
		"wait...78 of 6789 tokens, ***7890, ...78": "wait...78 of 6789 tokens, ***7890, ...78",
		"sk-6789 desk-89 q-.-89":                   "sk-6789 desk-89 q-.-89",
	} {
		if got := providers.NewSecret("sk-test-0123456789").Hide(text); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

func TestAKeyIsPrintableIfItIsOneVisibleWord(t *testing.T) {
	for key, want := range map[string]bool{"sk-a_1/+=": true, "two words": false, "sk-\x00": false, "sk-ü": false, "": true} {
		if got := providers.NewSecret(key).Printable(); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}
