package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/wire"
)

func TestAnOddFieldDoesNotCostTheRest(t *testing.T) {
	var v struct {
		Text  string     `json:"text"`
		Count wire.Tally `json:"count"`
		Other int        `json:"other"`
	}
	if err := wire.Lenient([]byte(`{"other":"many","text":"hello","count":7.0}`), &v); err != nil || v.Text != "hello" || v.Count != 7 || v.Other != 0 {
		t.Errorf("%+v, %v", v, err)
	}
	if wire.Lenient([]byte(`{"text":`), &v) == nil {
		t.Error("half an object passed for JSON")
	}
	for in, want := range map[string]wire.Tally{"12": 12, "1.2e3": 1200, "-3": 0, `"5"`: 5, `"many"`: 0, `""`: 0, "null": 0, "1e99": 0, "[]": 0} {
		var n wire.Tally
		if err := json.Unmarshal([]byte(in), &n); err != nil || n != want {
			t.Errorf("%s counts as %d, %v", in, n, err)
		}
	}
}

func TestWhatIsNotTheProtocolIsQuotedWithoutTheKey(t *testing.T) {
	key := providers.NewSecret("odd-key-value-123456789")
	e := wire.Malformed("not JSON", []byte(strings.Repeat("x", 60)+"odd-key-value-123456789"), key)
	if e.Kind != providers.Malformed || strings.Contains(e.Error(), "odd-key") {
		t.Errorf("%v", e)
	}
}
