package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"juxta/providers/wire"
)

func TestABillIsReadExactlyAndNeverFromNonsense(t *testing.T) {
	for cost, want := range map[string]string{
		"0": "0.000000000000", "1.5": "1.500000000000", "4.68e-05": "0.000046800000", "0.00012600000000000003": "0.000126000000",
		"0.0000000000005": "0.000000000001",
		"null":            "", `"1"`: "", "-1": "", "1e999999999": "", "1e-99999": "", "{}": "", strings.Repeat("9", 41): "", "99999999999": "",
		`0.5,"is_byok":true,"cost_details":{"upstream_inference_cost":0.25}`: "0.750000000000",
		`0.5,"is_byok":false,"cost_details":{"upstream_inference_cost":9}`:   "0.500000000000",
		`0.5,"is_byok":true`:                                                "",
		`0.5,"is_byok":true,"cost_details":null`:                            "",
		`0.5,"is_byok":true,"cost_details":{}`:                              "",
		`9e6,"is_byok":true,"cost_details":{"upstream_inference_cost":9e6}`: "", // more than Money holds
	} {
		var b wire.Bill
		_ = wire.Lenient(json.RawMessage(`{"cost":`+cost+`}`), &b)
		got := ""
		if m := b.Charged(); m != nil {
			got = m.USD()
		}
		if got != want {
			t.Errorf("%.90s was charged as %q, want %q", cost, got, want)
		}
	}
	if m := new(wire.Bill).Charged(); m != nil {
		t.Errorf("no bill is one of %s", m.USD())
	}
}
