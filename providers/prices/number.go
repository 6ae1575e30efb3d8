package prices

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"juxta/providers"
)

// Scales of published numbers.
const (
	perToken        = 1_000_000_000_000 // picodollars in a dollar
	perMillionScale = 1_000_000         // picodollars a token for each dollar per million
)

// dearest is more than anybody asks for a token: a rate beyond it was written
// in another unit than the list's.
const dearest = 10_000 * perMillionScale

var (
	errFiner = errors.New("finer than a picodollar")
	errWrong = errors.New("not a price")
)

// ParseRatio reads a positive fraction or decimal exactly, such as "1/2", "2"
// or "0.75".
func ParseRatio(s string) (providers.Ratio, error) {
	wrong := fmt.Errorf("%q is not a ratio such as 1/2 or 0.5", s)
	if len(s) > 24 || strings.Trim(s, "0123456789./") != "" {
		return providers.Ratio{}, wrong
	}
	if above, below, ok := strings.Cut(s, "/"); ok { // whose sides are octal with a zero in front
		s = strings.TrimLeft(above, "0") + "/" + strings.TrimLeft(below, "0")
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Sign() <= 0 || !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return providers.Ratio{}, wrong
	}
	return providers.Ratio{Num: r.Num().Int64(), Den: r.Denom().Int64()}, nil
}

// rate reads a number of a published list as picodollars a token. Those lists
// are written by programs that keep prices as floats, so what is off by less
// than a float can hold (0.39999999999999997) is the number that was meant.
func rate(n json.Number, scale int64) (providers.Money, error) {
	r, err := rational(n)
	if err != nil {
		return 0, err
	}
	r.Mul(r, new(big.Rat).SetInt64(scale))
	m, err := whole(r)
	if err == nil && m > dearest {
		return 0, fmt.Errorf("%w: %s is too dear", errWrong, n)
	}
	return m, err
}

// rational reads what is a number, and no larger work than one.
func rational(n json.Number) (*big.Rat, error) {
	s := n.String()
	if i := strings.IndexAny(s, "eE"); len(s) > 64 || i >= 0 && len(s)-i > 4 {
		return nil, fmt.Errorf("%w: a number is out of range", errWrong)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Sign() < 0 || strings.ContainsAny(s, "/_xXpP") {
		return nil, fmt.Errorf("%w: %q", errWrong, s)
	}
	return r, nil
}

// whole is the integer that r is, or is but for the error of a float.
func whole(r *big.Rat) (providers.Money, error) {
	twice := new(big.Int).Add(new(big.Int).Lsh(r.Num(), 1), r.Denom())
	n := twice.Quo(twice, new(big.Int).Lsh(r.Denom(), 1))
	off := new(big.Rat).Sub(r, new(big.Rat).SetInt(n))
	float := new(big.Rat).Mul(r, big.NewRat(1, 1_000_000_000_000))
	switch {
	case off.Abs(off).Cmp(float) > 0:
		return 0, errFiner
	case !n.IsInt64():
		return 0, fmt.Errorf("%w: out of range", errWrong)
	}
	return providers.Money(n.Int64()), nil
}
