package providers

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Money is an amount in picodollars (10⁻¹² USD), small enough that every
// per-token price on sale is a whole number and sums are exact: $1 per million
// tokens is 1,000,000 per token. It holds up to 9.2 million dollars.
type Money int64

// Dollar is one US dollar.
const Dollar Money = 1_000_000_000_000

// ParsePerMillion reads a decimal of dollars per million tokens, such as
// "0.15" or "1.25e-1", as the exact price of one token.
func ParsePerMillion(s string) (Money, error) { return parseScaled(s, 1_000_000) }

// ParseDollars reads a decimal of dollars exactly.
func ParseDollars(s string) (Money, error) { return parseScaled(s, int64(Dollar)) }

func parseScaled(s string, scale int64) (Money, error) {
	if len(s) > 64 || strings.ContainsAny(s, "/_xXpPbBoO") {
		return 0, fmt.Errorf("%q is not a decimal number", s)
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 && len(s)-i > 4 {
		return 0, fmt.Errorf("%q is out of range", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, fmt.Errorf("%q is not a decimal number", s)
	}
	r.Mul(r, new(big.Rat).SetInt64(scale))
	switch {
	case !r.IsInt():
		return 0, fmt.Errorf("%s is finer than a picodollar", s)
	case r.Sign() < 0:
		return 0, fmt.Errorf("%s is negative", s)
	case !r.Num().IsInt64():
		return 0, fmt.Errorf("%s is out of range", s)
	}
	return Money(r.Num().Int64()), nil
}

// USD is the exact amount as a decimal with twelve places, for machines.
func (m Money) USD() string {
	sign, u := "", uint64(m)
	if m < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d.%012d", sign, u/uint64(Dollar), u%uint64(Dollar))
}

// PerMillion is the price of a token as exact dollars per million tokens, with
// at least two places: what [ParsePerMillion] reads.
func (m Money) PerMillion() string {
	sign, u := "", uint64(m)
	if m < 0 {
		sign, u = "-", -u
	}
	s := strings.TrimRight(fmt.Sprintf("%s%d.%06d", sign, u/1_000_000, u%1_000_000), "0")
	if n := len(s) - strings.IndexByte(s, '.'); n < 3 {
		s += "00"[:3-n]
	}
	return s
}

// String is the amount for people: cents from a dollar up, else as many places
// as show three digits but six at the most, never "$0.00" for something that was paid.
func (m Money) String() string {
	sign, u := "", uint64(m)
	if m < 0 {
		sign, u = "-", -u
	}
	switch {
	case u == 0:
		return "$0"
	case u < uint64(Dollar)/1_000_000:
		return sign + "<$0.000001"
	}
	// An amount that rounds up to the next magnitude is written like that one.
	places, least := 2, uint64(Dollar)
	for places < 6 && rounded(u, places+1) < least {
		places, least = places+1, least/10
	}
	u = rounded(u, places)
	return fmt.Sprintf("%s$%d.%0*d", sign, u/uint64(Dollar), places, u%uint64(Dollar)/tens(12-places))
}

// rounded rounds picodollars to places of a dollar, half up.
func rounded(u uint64, places int) uint64 {
	unit := tens(12 - places)
	return (u + unit/2) / unit * unit
}

// tens is 10ⁿ.
func tens(n int) uint64 {
	x := uint64(1)
	for range n {
		x *= 10
	}
	return x
}

// plus and times report overflow instead of wrapping, and times a negative factor,
// unless none of it is asked for.
func (m Money) plus(n Money) (Money, bool) {
	s := m + n
	return s, s >= m || n < 0
}

func (m Money) times(n int) (Money, bool) {
	switch {
	case n == 0:
		return 0, true
	case m < 0 || n < 0:
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(m), uint64(n))
	return Money(lo), hi == 0 && lo <= uint64(1<<63-1)
}
