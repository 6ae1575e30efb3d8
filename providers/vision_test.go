package providers_test

import (
	"testing"

	"juxta/providers"
)

func TestAnOddPictureIsToldFromAnOrdinaryOne(t *testing.T) {
	for _, x := range []struct {
		w, h int
		want string
	}{
		{1, 1, "very small"},
		{27, 640, "very small"},
		{28, 28, ""},
		{640, 480, ""},
		{2800, 28, ""},
		{2801, 28, "very long"},
		{10, 30_000, "very long"},
		{1, 200, "very long"},
		{16_384, 200, ""},
		{16_385, 16_000, "very large"},
		{0, 0, ""},
	} {
		if got := providers.Odd(x.w, x.h); got != x.want {
			t.Errorf("%d×%d is %q, want %q", x.w, x.h, got, x.want)
		}
		if got := providers.Odd(x.h, x.w); got != x.want {
			t.Errorf("%d×%d is %q, want %q", x.h, x.w, got, x.want)
		}
	}
}
